// The models of the tables, row by row.
#include <QAbstractItemModelTester>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>

#include "ui/models/batch_table.h"
#include "ui/models/dead_letter_table.h"
#include "ui/models/live_log.h"
#include "ui/models/problem_table.h"

using namespace sg;

namespace {

BatchProgress batch(std::uint64_t id) {
    BatchProgress progress;
    progress.id = {id};
    progress.planned = Timestamp::fromSeconds(1'700'000'000 + static_cast<std::int64_t>(id));
    progress.chunks = 13;
    progress.lines = 12'000 + id;
    progress.inputRowsPerSecond = 12'500;
    progress.schedulingDelayMs = 10;
    progress.triggerMs = 210;
    progress.totalDelayMs = 220;
    return progress;
}

BatchPart batches(std::uint64_t first, std::uint64_t last) {
    BatchPart part;
    for (std::uint64_t id = first; id <= last; ++id) part.recent.push_back(batch(id));
    return part;
}

QString cell(const QAbstractItemModel& model, int row, int column) { return model.index(row, column).data().toString(); }

TailPart tail(std::uint64_t id, int lines, std::uint64_t of = 0) {
    TailPart part;
    part.batch = {id};
    part.linesInBatch = of == 0 ? static_cast<std::uint64_t>(lines) : of;
    for (int i = 0; i < lines; ++i) {
        TailLine line;
        line.raw = "batch " + std::to_string(id) + " line " + std::to_string(i);
        line.status = i % 10 == 9 ? 503 : i % 5 == 4 ? 404 : 200;
        line.time = Timestamp::fromSeconds(1'700'000'000);
        part.lines.push_back(line);
    }
    return part;
}

DeadLetterRow dead(std::uint64_t offset, Reason reason, std::string raw) {
    DeadLetterRow row;
    row.batch = {7};
    row.time = Timestamp::fromSeconds(1'700'000'000);
    row.reason = reason;
    row.raw = std::move(raw);
    row.source = "/var/log/access.log";
    row.offset = offset;
    row.detail = "column 3";
    return row;
}

std::shared_ptr<DeadLetterPart> deadPart() {
    auto part = std::make_shared<DeadLetterPart>();
    part->rows = {dead(300, Reason::BadTime, "c"), dead(200, Reason::BadStatus, std::string("b\xff\x00z", 4)),
                  dead(100, Reason::BadTime, "a")};
    part->byReason[static_cast<std::size_t>(Reason::BadTime)] = 5;
    part->byReason[static_cast<std::size_t>(Reason::BadStatus)] = 1;
    part->notKept = 3;
    return part;
}

Snapshot withProblems(std::vector<Problem> splitter, std::vector<Problem> output) {
    Snapshot snapshot;
    SplitterPart split;
    split.stage.problems = std::move(splitter);
    snapshot.splitter = std::make_shared<const SplitterPart>(split);
    OutputPart out;
    out.stage.problems = std::move(output);
    snapshot.output = std::make_shared<const OutputPart>(out);
    return snapshot;
}

Problem problem(const char* key, Severity severity, bool resolved, std::int64_t first) {
    return {
        key,     severity, std::string("sentence of ") + key, "advice", 2, Timestamp::fromSeconds(first), Timestamp::fromSeconds(first + 5),
        resolved};
}

} // namespace

class TestTables : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void showsTheNewestBatchFirstInSparksWords() {
        BatchTable table;
        QAbstractItemModelTester tester(&table);
        table.take(batches(1, 3), nullptr, true);
        QCOMPARE(table.rowCount(), 3);
        QCOMPARE(cell(table, 0, BatchTable::Batch), QStringLiteral("3"));
        QCOMPARE(cell(table, 0, BatchTable::Lines), QStringLiteral("12,003"));
        QCOMPARE(cell(table, 0, BatchTable::InputRate), QStringLiteral("12,500 /s"));
        QCOMPARE(cell(table, 0, BatchTable::SchedulingDelay), QStringLiteral("0.01 s"));
        QCOMPARE(cell(table, 0, BatchTable::ProcessingTime), QStringLiteral("0.21 s"));
        QCOMPARE(cell(table, 0, BatchTable::TotalDelay), QStringLiteral("0.22 s"));
        QCOMPARE(table.headerData(BatchTable::SchedulingDelay, Qt::Horizontal, Qt::DisplayRole).toString(),
                 QStringLiteral("Scheduling delay"));
        QVERIFY(table.headerData(BatchTable::Lines, Qt::Horizontal, Qt::TextAlignmentRole).toInt() & Qt::AlignRight);
    }
    void saysWhichBatchesWaitForElasticsearch() {
        BatchTable table;
        OutputPart output;
        output.batchesWaiting = 2;
        table.take(batches(1, 4), &output, true);
        QCOMPARE(cell(table, 0, BatchTable::State), QStringLiteral("committed"));
        QCOMPARE(cell(table, 1, BatchTable::State), QStringLiteral("committed"));
        QCOMPARE(cell(table, 2, BatchTable::State), QStringLiteral("indexed"));
        output.batchesWaiting = 0;
        table.take(batches(1, 4), &output, true);
        QCOMPARE(cell(table, 0, BatchTable::State), QStringLiteral("indexed"));
    }
    void keepsABatchOffThatWasMadeWithoutOutput() {
        BatchTable table;
        table.take(batches(1, 2), nullptr, false);
        QCOMPARE(cell(table, 0, BatchTable::State), QStringLiteral("off"));
        table.take(batches(1, 3), nullptr, true);
        QCOMPARE(cell(table, 0, BatchTable::State), QStringLiteral("indexed"));
        QCOMPARE(cell(table, 1, BatchTable::State), QStringLiteral("off"));
    }
    void putsThePlannedBatchOnTop() {
        BatchTable table;
        QAbstractItemModelTester tester(&table);
        BatchPart part = batches(1, 2);
        part.ledger.open = 500;
        table.take(part, nullptr, true);
        QCOMPARE(cell(table, 0, BatchTable::Batch), QStringLiteral("3"));
        QCOMPARE(cell(table, 0, BatchTable::State), QStringLiteral("planned"));
        QCOMPARE(cell(table, 0, BatchTable::Lines), QStringLiteral("500"));
        QCOMPARE(cell(table, 0, BatchTable::ProcessingTime), QStringLiteral("-"));
        table.take(batches(1, 3), nullptr, true);
        QCOMPARE(table.rowCount(), 3);
        QCOMPARE(cell(table, 0, BatchTable::State), QStringLiteral("indexed"));
    }
    void takesNewRowsWithoutAReset() {
        BatchTable table;
        QAbstractItemModelTester tester(&table);
        table.take(batches(1, 100), nullptr, true);
        const QPersistentModelIndex chosen = table.index(10, 0);
        QSignalSpy resets(&table, &QAbstractItemModel::modelReset), inserted(&table, &QAbstractItemModel::rowsInserted);
        table.take(batches(6, 105), nullptr, true);
        QCOMPARE(resets.count(), 0);
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(table.rowCount(), 100);
        QCOMPARE(chosen.row(), 15);
        QCOMPARE(chosen.data().toString(), QStringLiteral("90"));
    }
    void beginsAnewWithAnotherRun() {
        BatchTable table;
        QAbstractItemModelTester tester(&table);
        table.take(batches(50, 60), nullptr, true);
        table.take(batches(1, 2), nullptr, true);
        QCOMPARE(table.rowCount(), 2);
        QCOMPARE(cell(table, 0, BatchTable::Batch), QStringLiteral("2"));
    }

    void keepsTenThousandLinesAndTheirPlaces() {
        LiveLog log;
        QAbstractItemModelTester tester(&log);
        for (std::uint64_t id = 1; id <= 50; ++id) log.take(tail(id, 200));
        QCOMPARE(log.rowCount(), 10'000);
        const QPersistentModelIndex read = log.index(5'000);
        const QString text = read.data().toString();
        log.take(tail(51, 200));
        QCOMPARE(log.rowCount(), 10'000);
        QCOMPARE(read.row(), 4'800);
        QCOMPARE(read.data().toString(), text);
        QCOMPARE(log.rowAt(9'999).text, QStringLiteral("batch 51 line 199"));
    }
    void takesABatchOnce() {
        LiveLog log;
        log.take(tail(1, 3));
        log.take(tail(1, 3));
        QCOMPARE(log.rowCount(), 3);
        log.take(tail(2, 3));
        QCOMPARE(log.rowCount(), 6);
    }
    void saysThatItShowsASample() {
        LiveLog log;
        log.take(tail(1, 200, 12'498));
        QCOMPARE(log.sampleText(), QStringLiteral("200 of 12,498 lines of this batch are shown"));
        log.take(tail(2, 150));
        QVERIFY(log.sampleText().isEmpty());
    }
    void filtersByTextExpressionAndClass_data() {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<bool>("regular");
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("rows");
        QTest::newRow("everything") << QString() << false << -1 << 20;
        QTest::newRow("a text in any case") << QStringLiteral("LINE 7") << false << -1 << 1;
        QTest::newRow("a text with signs of an expression") << QStringLiteral("line .") << false << -1 << 0;
        QTest::newRow("an expression") << QStringLiteral("line 1\\d$") << true << -1 << 10;
        QTest::newRow("a class") << QString() << false << int(LineClass::ServerError) << 2;
        QTest::newRow("a class and a text") << QStringLiteral("line 1") << false << int(LineClass::ClientError) << 1;
        QTest::newRow("a class that no line has") << QString() << false << int(LineClass::Info) << 0;
    }
    void filtersByTextExpressionAndClass() {
        QFETCH(QString, pattern);
        QFETCH(bool, regular);
        QFETCH(int, kind);
        LiveLog log;
        QAbstractItemModelTester tester(&log);
        log.take(tail(1, 10));
        QVERIFY(log.setPattern(pattern, regular));
        std::bitset<kLineClasses> classes;
        if (kind >= 0) classes.set(static_cast<std::size_t>(kind));
        log.setClasses(classes);
        log.take([] {
            TailPart more = tail(2, 20);
            more.lines.erase(more.lines.begin(), more.lines.begin() + 10);
            return more;
        }());
        QTEST(log.rowCount(), "rows");
        log.setPattern({}, false);
        log.setClasses({});
        QCOMPARE(log.rowCount(), 20);
    }
    void saysWhatIsWrongWithAnExpressionAndKeepsTheFilterBefore() {
        LiveLog log;
        log.take(tail(1, 10));
        QVERIFY(log.setPattern(QStringLiteral("line 3"), false));
        QVERIFY(!log.setPattern(QStringLiteral("line ("), true));
        QVERIFY2(log.error().startsWith(QStringLiteral("Not a regular expression: ")), qPrintable(log.error()));
        QCOMPARE(log.rowCount(), 1);
        QVERIFY(log.setPattern(QStringLiteral("line 4"), false));
        QVERIFY(log.error().isEmpty());
    }
    void onlyHighlightsWhenOthersStay() {
        LiveLog log;
        log.take(tail(1, 10));
        log.setOnlyMatches(false);
        log.setPattern(QStringLiteral("line"), false);
        QCOMPARE(log.rowCount(), 10);
        const auto found = log.matches(QStringLiteral("a line, a LINE"));
        QCOMPARE(found.size(), 2);
        QCOMPARE(found[1], std::pair(10, 4));
    }
    void namesTheClassOfALine_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("isDead");
        QTest::addColumn<QString>("text");
        QTest::newRow("informational") << 101 << false << "1xx";
        QTest::newRow("server error") << 503 << false << "5xx";
        QTest::newRow("none") << -1 << false << "other";
        QTest::newRow("beyond") << 999 << false << "other";
        QTest::newRow("not read") << -1 << true << "dead";
    }
    void namesTheClassOfALine() {
        QFETCH(int, status);
        QFETCH(bool, isDead);
        TailLine line;
        line.status = status;
        if (isDead) line.reason = Reason::BadTime;
        QTEST(lineClassText(lineClass(line)), "text");
    }

    void tellsReasonPlaceAndAdviceOfADeadLetter() {
        DeadLetterTable table;
        QAbstractItemModelTester tester(&table);
        table.take(deadPart());
        QCOMPARE(table.rowCount(), 3);
        QCOMPARE(cell(table, 1, DeadLetterTable::Why), QStringLiteral("The status is not a number of three digits."));
        QCOMPARE(cell(table, 1, DeadLetterTable::Line), QStringLiteral("b\\xFF\\x00z"));
        QCOMPARE(cell(table, 1, DeadLetterTable::Place), QStringLiteral("/var/log/access.log:200"));
        QCOMPARE(cell(table, 1, DeadLetterTable::Detail), QStringLiteral("column 3"));
        QVERIFY(!cell(table, 1, DeadLetterTable::Advice).isEmpty());
        QCOMPARE(table.total(), 6u);
        QCOMPARE(table.notKept(), 3u);
    }
    void filtersDeadLettersByReasonWithExactCounts() {
        DeadLetterTable table;
        QAbstractItemModelTester tester(&table);
        table.take(deadPart());
        table.setReason(Reason::BadTime);
        QCOMPARE(table.rowCount(), 2);
        QCOMPARE(table.count(Reason::BadTime), 5u);
        table.setReason(std::nullopt);
        QCOMPARE(table.rowCount(), 3);
        QCOMPARE(cell(table, 1, DeadLetterTable::Place), QStringLiteral("/var/log/access.log:200"));
    }
    void givesTheBytesOfDeadLettersBack() {
        DeadLetterTable table;
        table.take(deadPart());
        const QList<QByteArray> lines = table.ndjson().split('\n');
        QCOMPARE(lines.size(), 4); // the last is empty
        const QJsonObject object = QJsonDocument::fromJson(lines[1]).object();
        QCOMPARE(object[QStringLiteral("reason")].toString(), QStringLiteral("bad_status"));
        QCOMPARE(object[QStringLiteral("offset")].toInt(), 200);
        QCOMPARE(QByteArray::fromBase64(object[QStringLiteral("line_base64")].toString().toLatin1()), QByteArray("b\xff\x00z", 4));
    }

    void putsOpenAndGraveProblemsFirst() {
        ProblemTable table;
        QAbstractItemModelTester tester(&table);
        table.take(withProblems({problem("split.a", Severity::Warning, false, 10), problem("split.b", Severity::Error, true, 20)},
                                {problem("elastic.c", Severity::Error, false, 5), problem("elastic.d", Severity::Info, false, 30)}));
        QCOMPARE(table.rowCount(), 4);
        QCOMPARE(table.open(), 2);
        QCOMPARE(cell(table, 0, ProblemTable::Sentence), QStringLiteral("sentence of elastic.c"));
        QCOMPARE(cell(table, 0, ProblemTable::Severity), QStringLiteral("error"));
        QCOMPARE(cell(table, 0, ProblemTable::Stage), QStringLiteral("Elasticsearch"));
        QCOMPARE(cell(table, 1, ProblemTable::Sentence), QStringLiteral("sentence of split.a"));
        QCOMPARE(cell(table, 3, ProblemTable::Severity), QStringLiteral("resolved"));
        QVERIFY(table.index(3, 0).data(kDimRole).toBool());
        QVERIFY(!table.index(0, 0).data(kDimRole).toBool());
    }
    void showsWhatIsAmissWithTheMetrics() {
        ProblemTable table;
        Snapshot snapshot = withProblems({problem("split.a", Severity::Warning, false, 10)}, {});
        snapshot.metrics = std::make_shared<MetricsPart>(MetricsPart{{}, {problem("metrics.listen", Severity::Warning, false, 20)}});
        table.take(snapshot);
        QCOMPARE(table.open(), 2);
        QCOMPARE(cell(table, 0, ProblemTable::Stage), QStringLiteral("Metrics"));
        QCOMPARE(cell(table, 0, ProblemTable::Sentence), QStringLiteral("sentence of metrics.listen"));
    }
    void movesAProblemThatIsResolvedWithItsSelection() {
        ProblemTable table;
        QAbstractItemModelTester tester(&table);
        table.take(withProblems({problem("a", Severity::Error, false, 10), problem("b", Severity::Warning, false, 20)}, {}));
        const QPersistentModelIndex first = table.index(0, 0);
        table.take(withProblems({problem("a", Severity::Error, true, 10), problem("b", Severity::Warning, false, 20)}, {}));
        QCOMPARE(table.open(), 1);
        QCOMPARE(cell(table, 0, ProblemTable::Sentence), QStringLiteral("sentence of b"));
        QVERIFY(first.isValid());
        QCOMPARE(first.row(), 1);
    }
};

QTEST_GUILESS_MAIN(TestTables)
#include "tst_tables.moc"
