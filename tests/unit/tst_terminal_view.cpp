#include "app/terminal_view.h"

#include <QFile>
#include <QTest>

using namespace sg;

namespace {

/// Cells of a line: escape sequences take none, a code point takes one.
int cells(const std::string& line) {
    int n = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\x1b') {
            while (line[i] != 'm') ++i;
            continue;
        }
        n += (static_cast<unsigned char>(line[i]) & 0xc0U) != 0x80 ? 1 : 0;
    }
    return n;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string out;
    for (std::string line : lines) {
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + '\n';
    }
    return out;
}

Snapshot busy() {
    Snapshot s;
    s.stream = "abcd2345";
    s.taken = Timestamp::fromSeconds(1'700'000'083);
    GeneratorPart g;
    g.stage = {StageState::Running, "", {}, 5000, {}};
    g.targetRate = 5000;
    g.logSize = 12'345'678;
    g.rotations = 2;
    g.logPath = "/d/log/access.log";
    s.generator = std::make_shared<GeneratorPart>(g);
    SplitterPart sp;
    sp.stage = {StageState::Running, "", {}, 4998, {}};
    sp.stage.problems = {
        {"split.permission:/x.log", Severity::Error, "cannot open /x.log: permission denied", "let the user read it", 3, {}, {}, false},
        {"old", Severity::Error, "long over", "", 1, {}, {}, true}};
    sp.unsplit = 300;
    s.splitter = std::make_shared<SplitterPart>(sp);
    BatchPart b;
    b.stage = {StageState::Running, "", {}, 5010, {}};
    b.interval = Milliseconds(1000);
    b.totals.parsed = 1'000'000;
    b.totals.byClass = {0, 920'000, 40'000, 30'000, 10'000, 0};
    b.totals.bytes = 5'200'000'000;
    b.totals.visitors = 12'345;
    b.totals.visitorsError = 0.0081;
    b.totals.p95Ms = 142;
    b.lineToChartMs = 612;
    b.urls.entries = {
        {"/index.html", 400'000, 0, 0, 0}, {"/evil\x1b[2J\xff/\xe4\xb8\xad", 100, 0, 0, 0}, {std::string(300, 'a'), 1, 0, 0, 0}};
    b.seconds = {{1000, {0, 50, 0, 0, 50, 0}, 0, 0, -1, -1, -1}, {1100, {0, 90, 0, 10, 0, 0}, 0, 0, -1, -1, -1}};
    BatchProgress p;
    p.id = {199};
    p.lines = 5000;
    p.processedRowsPerSecond = 116'279;
    p.totalDelayMs = 620;
    p.triggerMs = 43;
    b.recent = {p};
    b.current = p;
    s.batch = std::make_shared<BatchPart>(b);
    OutputPart o;
    s.output = std::make_shared<OutputPart>(o);
    s.ledger.lines = 1'000'324;
    s.ledger.split = 1'000'024;
    s.ledger.unsplit = 300;
    s.ledger.planned = s.ledger.committed = 1'000'024;
    s.ledger.parsed = s.ledger.notRequested = 1'000'000;
    s.ledger.deadByReason[static_cast<std::size_t>(Reason::BadTime)] = 24;
    return s;
}

ViewOptions plainText(int columns = 80, int rows = 24) {
    ViewOptions o;
    o.columns = columns;
    o.rows = rows;
    o.colour = false;
    o.started = Timestamp::fromSeconds(1'700'000'000);
    return o;
}

} // namespace

class TestTerminalView : public QObject {
    Q_OBJECT
private slots:
    void drawsTheWholePicture() {
        const std::string drawn = joined(renderView(busy(), plainText()));
        QFile golden(QStringLiteral(SG_TEST_DATA "/terminal_view/busy.txt"));
        if (qEnvironmentVariableIsSet("STREAMGAUGE_WRITE_GOLDEN") && golden.open(QIODevice::WriteOnly)) {
            golden.write(QByteArray::fromStdString(drawn));
            golden.close();
        }
        QVERIFY2(golden.open(QIODevice::ReadOnly), "tests/data/terminal_view/busy.txt");
        QCOMPARE(QString::fromStdString(drawn), QString::fromUtf8(golden.readAll()));
    }

    void claimsNothingOfLinesWithoutAStatus() {
        Snapshot s = busy();
        BatchPart batch = *s.batch;
        batch.totals.byClass = {0, 0, 0, 0, 0, batch.totals.parsed};
        batch.totals.noStatus = batch.totals.parsed;
        batch.totals.visitors = 0;
        batch.totals.p95Ms = -1;
        batch.seconds = {{1100, {0, 0, 0, 0, 0, 100}, 100, 0, -1, -1, -1}};
        batch.urls = {};
        batch.keys.entries = {{"greenhouse-4", 70, 0, 0, 0}};
        s.batch = std::make_shared<const BatchPart>(batch);
        const std::string drawn = joined(renderView(s, plainText(120, 30)));
        QVERIFY2(drawn.find("Top keys") != std::string::npos && drawn.find("greenhouse-4") != std::string::npos, drawn.c_str());
        QVERIFY2(drawn.find("100 %") == std::string::npos, drawn.c_str());
        QVERIFY2(drawn.find("0.0 %") == std::string::npos, drawn.c_str());
    }

    void saysHowFarAnImportIs() {
        Snapshot s = busy();
        SplitterPart part = *s.splitter;
        part.import = {3, 1, 1'000'000'000, 600'000'000, 412'000'000, 5, 6.2, false, false, "/old/2.log"};
        s.splitter = std::make_shared<SplitterPart>(part);
        const std::string drawn = joined(renderView(s, plainText()));
        QVERIFY2(drawn.find("51 %  412 MB of 1.0 GB, 1 of 3 files, about 6 s left") != std::string::npos, drawn.c_str());
        QVERIFY(renderPlainLine(s).find(", import 412 MB of 1.0 GB, 1 of 3 files, about 6 s left,") != std::string::npos);
        part.import.secondsLeft = 7300;
        part.importDone = true;
        s.splitter = std::make_shared<SplitterPart>(part);
        QVERIFY(joined(renderView(s, plainText())).find("of 3 files") == std::string::npos);
    }

    void neverExceedsTheTerminal() {
        for (const bool unicode : {true, false})
            for (const bool colour : {true, false})
                for (int columns = 1; columns <= 220; columns += 3)
                    for (const int rows : {1, 8, 23, 24, 31, 60}) {
                        ViewOptions o = plainText(columns, rows);
                        o.unicode = unicode;
                        o.colour = colour;
                        for (const Snapshot& s : {busy(), Snapshot{}}) {
                            const auto lines = renderView(s, o);
                            QVERIFY(lines.size() <= static_cast<std::size_t>(rows));
                            for (const std::string& line : lines) QVERIFY2(cells(line) <= columns, line.c_str());
                        }
                    }
    }

    void letsNoLogSteerTheTerminal() {
        ViewOptions o = plainText();
        o.unicode = false;
        for (const std::string& line : renderView(busy(), o))
            for (const char c : line) QVERIFY2(c >= 0x20 && c < 0x7f, line.c_str());
    }

    void teachesWhenThereIsNothing() {
        const std::string drawn = joined(renderView(Snapshot{}, plainText()));
        QVERIFY(drawn.find("No line has been processed yet.") != std::string::npos);
        QVERIFY(drawn.find("streamgauge-cli run --generate") != std::string::npos);
    }

    void showsTheDifferenceWhenTheBooksDoNotBalance() {
        Snapshot s = busy();
        s.ledger.committed -= 10;
        const std::string drawn = joined(renderView(s, plainText(120, 30)));
        QVERIFY2(drawn.find("✖ planned is 1000024") != std::string::npos, drawn.c_str());
        QVERIFY(renderPlainLine(s).find("NOT BALANCED") != std::string::npos);
        QVERIFY(renderLedger(s.ledger).find("do not balance: planned is") != std::string::npos);
    }

    void saysTheStateInWordsAndNotByColourAlone() {
        Snapshot s = busy();
        GeneratorPart g = *s.generator;
        g.stage.state = StageState::Failed;
        s.generator = std::make_shared<GeneratorPart>(g);
        QVERIFY(joined(renderView(s, plainText())).find("✖ failed") != std::string::npos);
    }

    void writesOnePlainLine() {
        QCOMPARE(QString::fromStdString(renderPlainLine(busy())),
                 QString("22:14:43Z  1,000,324 lines (4,998/s), 1,000,000 parsed, 24 dead, 300 in flight, p95 142 ms, batch 199 took 43 "
                         "ms, balanced"));
    }

    void listsTheTermsOfTheBooks() {
        QCOMPARE(QString::fromStdString(renderLedger(busy().ledger)),
                 QString("         1,000,324 lines           read from the logs\n"
                         " =       1,000,000 not requested   processed while no Elasticsearch was set\n"
                         " +              24 dead letters    could not be read or were refused; kept with their reason\n"
                         " +             300 in flight       read, and on their way\n"
                         "     dead letters, bad_time: 24\n"
                         "The books balance.\n"));
    }

    void separatesThousands_data() {
        QTest::addColumn<quint64>("number");
        QTest::addColumn<QString>("text");
        QTest::newRow("zero") << quint64(0) << "0";
        QTest::newRow("three digits") << quint64(999) << "999";
        QTest::newRow("four digits") << quint64(1000) << "1,000";
        QTest::newRow("the greatest") << ~quint64(0) << "18,446,744,073,709,551,615";
    }
    void separatesThousands() {
        QFETCH(quint64, number);
        QFETCH(QString, text);
        QCOMPARE(QString::fromStdString(withSeparators(number)), text);
    }
};

QTEST_APPLESS_MAIN(TestTerminalView)
#include "tst_terminal_view.moc"
