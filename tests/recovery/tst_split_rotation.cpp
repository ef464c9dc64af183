#include "tests/support/split_bench.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <set>

using namespace sg;
using namespace sg::test;

namespace {

const std::string kLog = "/log/access.log";
const std::vector<std::string> kBoth = {"/log/access.log", "/log/access.log.*"};

std::string gzip(const std::string& text) {
    QProcess process;
    process.start("gzip", {"-c"});
    process.write(QByteArray::fromStdString(text));
    process.closeWriteChannel();
    process.waitForFinished();
    return process.readAllStandardOutput().toStdString();
}

} // namespace

class SplitRotationTest : public QObject {
    Q_OBJECT
private slots:
    void followsARenameAndCreate_data();
    void followsARenameAndCreate();
    void readsTheOldFileToItsEndBeforeTheNew();
    void endsATornLineWhenTheWriterMovedOn();
    void findsALogThatWasRenamedWhileNobodyLooked_data();
    void findsALogThatWasRenamedWhileNobodyLooked();
    void followsACopyTruncate_data();
    void followsACopyTruncate();
    void readsFromTheCopyWhatTheTruncationTook();
    void beginsAnewAfterATruncationToNothing();
    void beginsAnewAfterATruncationWhileNobodyLooked();
    void beginsAnewWithTheSameFirstLine();
    void beginsAnewWhenAnotherFileHasTheSameInode_data();
    void beginsAnewWhenAnotherFileHasTheSameInode();
    void goesOnInANewInodeWithAKnownBeginning_data();
    void goesOnInANewInodeWithAKnownBeginning();
    void goesOnAtTheEndOfAFileThatShrank_data();
    void goesOnAtTheEndOfAFileThatShrank();
    void toldOfATruncationBetweenReadAndPublish();
    void splitsARotatedGzipOnce();
    void splitsAnUnknownGzip();
    void saysAndForgetsThatItMayNotRead();
    void stopsCleanlyOnAFullDisk();
    void survivesEveryFailedWrite();
    void followsRotationsOnARealDisk();
};

void SplitRotationTest::followsARenameAndCreate_data() {
    QTest::addColumn<bool>("glob");
    QTest::addColumn<int>("lines");
    for (const bool glob : {false, true})
        for (const int lines : {1, 5, 5000})
            QTest::addRow("%s, %d lines", glob ? "the old name is matched" : "only the path", lines) << glob << lines;
}

void SplitRotationTest::followsARenameAndCreate() {
    QFETCH(bool, glob);
    QFETCH(int, lines);
    const auto n = static_cast<std::uint64_t>(lines);
    SplitBench bench(glob ? kBoth : std::vector{kLog});
    SPLIT_OK(bench.open());
    std::string all;
    for (std::uint64_t round = 0; round < 6; ++round) {
        bench.files.put(kLog, linesOf(round * n, n));
        all += linesOf(round * n, n);
        SPLIT_OK(bench.run(Milliseconds(100 * static_cast<int>(round))));
        for (int i = 8; i >= 1; --i)
            if (bench.files.exists(kLog + "." + std::to_string(i)))
                bench.files.move(kLog + "." + std::to_string(i), kLog + "." + std::to_string(i + 1));
        bench.files.move(kLog, kLog + ".1");
        SPLIT_OK(bench.run(Milliseconds(20)));
    }
    SPLIT_OK(bench.run(Milliseconds(10'000)));
    QVERIFY(bench.text() == all);
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(3000)));
    QVERIFY(bench.text() == all);
    SPLIT_OK(bench.contradictions());
}

void SplitRotationTest::readsTheOldFileToItsEndBeforeTheNew() {
    SplitBench bench;
    bench.files.put(kLog, linesOf(0, 10));
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run());
    bench.files.move(kLog, "/log/old");
    bench.files.put(kLog, linesOf(100, 10));
    SPLIT_OK(bench.run());
    bench.files.add("/log/old", linesOf(10, 5)); // its writer has not noticed yet
    SPLIT_OK(bench.run(Milliseconds(3000)));
    const auto texts = bench.textBySource();
    QCOMPARE(texts.size(), std::size_t{2});
    QVERIFY(texts.begin()->second == linesOf(0, 15));
    QVERIFY(texts.rbegin()->second == linesOf(100, 10));
    SPLIT_OK(bench.contradictions());
}

void SplitRotationTest::endsATornLineWhenTheWriterMovedOn() {
    for (const bool glob : {false, true}) {
        SplitBench bench(glob ? kBoth : std::vector{kLog});
        bench.files.put(kLog, linesOf(0, 10) + "torn");
        SPLIT_OK(bench.open());
        SPLIT_OK(bench.run(Milliseconds(1000)));
        bench.files.move(kLog, kLog + ".1");
        bench.files.put(kLog, linesOf(100, 10));
        SPLIT_OK(bench.run(Milliseconds(10'000)));
        const auto texts = bench.textBySource();
        QCOMPARE(texts.size(), std::size_t{2});
        QVERIFY2(texts.begin()->second == linesOf(0, 10) + "torn", glob ? "matched" : "not matched");
        QVERIFY(texts.rbegin()->second == linesOf(100, 10));
        QCOMPARE(bench.splitter->part().split, std::uint64_t{21});
        SPLIT_OK(bench.contradictions());
    }
}

void SplitRotationTest::findsALogThatWasRenamedWhileNobodyLooked_data() {
    QTest::addColumn<bool>("glob");
    QTest::newRow("the old name is matched") << true;
    QTest::newRow("only the path") << false;
}

void SplitRotationTest::findsALogThatWasRenamedWhileNobodyLooked() {
    QFETCH(bool, glob);
    SplitBench bench(glob ? kBoth : std::vector{kLog});
    bench.files.put(kLog, linesOf(0, 100));
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(1000)));
    bench.splitter.reset();
    bench.files.add(kLog, linesOf(100, 100));
    bench.files.move(kLog, kLog + ".1");
    bench.files.put(kLog, linesOf(200, 100));
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(5000)));
    std::string all; // in any order of the sources
    for (const auto& [source, text] : bench.textBySource()) all += text;
    QVERIFY(all == linesOf(0, 300));
    SPLIT_OK(bench.contradictions());
}

void SplitRotationTest::followsACopyTruncate_data() {
    QTest::addColumn<bool>("glob");
    QTest::addColumn<int>("lines");
    QTest::addColumn<bool>("restart");
    for (const bool glob : {false, true})
        for (const int lines : {1, 5, 5000})
            for (const bool restart : {false, true})
                QTest::addRow("%s, %d lines%s", glob ? "the copy is matched" : "only the path", lines, restart ? ", restarted" : "")
                    << glob << lines << restart;
}

void SplitRotationTest::followsACopyTruncate() {
    QFETCH(bool, glob);
    QFETCH(int, lines);
    QFETCH(bool, restart);
    const auto n = static_cast<std::uint64_t>(lines);
    SplitBench bench(glob ? kBoth : std::vector{kLog});
    bench.files.put(kLog, "");
    SPLIT_OK(bench.open());
    std::string all;
    for (std::uint64_t round = 0; round < 4; ++round) {
        bench.files.add(kLog, linesOf(round * n, n));
        all += linesOf(round * n, n);
        SPLIT_OK(bench.run(Milliseconds(700)));
        bench.files.put(kLog + "." + std::to_string(9 - round), bench.files.content(kLog));
        SPLIT_OK(bench.run(Milliseconds(round % 2 == 0 ? 0 : 600)));
        if (restart) SPLIT_OK(bench.open());
        if (restart) SPLIT_OK(bench.run());
        bench.files.put(kLog, "");
        SPLIT_OK(bench.run(Milliseconds(20)));
    }
    SPLIT_OK(bench.run(Milliseconds(3000)));
    QVERIFY(bench.text() == all);
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(3000)));
    QVERIFY(bench.text() == all);
    SPLIT_OK(bench.contradictions());
}

/// The last lines before the copy were not read when the log was cut off: the copy has them.
void SplitRotationTest::readsFromTheCopyWhatTheTruncationTook() {
    SplitBench bench(kBoth);
    bench.files.put(kLog, linesOf(0, 100));
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(1000)));
    bench.files.add(kLog, linesOf(100, 100));
    bench.files.put(kLog + ".1", bench.files.content(kLog));
    bench.files.put(kLog, linesOf(200, 5));
    SPLIT_OK(bench.run(Milliseconds(5000)));
    QVERIFY(bench.text() == linesOf(0, 200) + linesOf(200, 5) || bench.text() == linesOf(0, 100) + linesOf(200, 5) + linesOf(100, 100));
    SPLIT_OK(bench.contradictions());
}

void SplitRotationTest::beginsAnewAfterATruncationToNothing() {
    SplitBench bench;
    bench.files.put(kLog, linesOf(0, 100) + "torn");
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run());
    bench.files.put(kLog, "");
    SPLIT_OK(bench.run(Milliseconds(100)));
    bench.files.add(kLog, linesOf(200, 300));
    SPLIT_OK(bench.run(Milliseconds(3000)));
    QVERIFY(bench.text() == linesOf(0, 100) + "torn" + linesOf(200, 300));
    SPLIT_OK(bench.contradictions());
}

void SplitRotationTest::beginsAnewAfterATruncationWhileNobodyLooked() {
    for (const std::uint64_t lines : {1U, 50U, 200U}) {
        SplitBench bench;
        bench.files.put(kLog, linesOf(0, 100));
        SPLIT_OK(bench.open());
        SPLIT_OK(bench.run(Milliseconds(1000)));
        bench.splitter.reset();
        bench.files.put(kLog, linesOf(500, lines));
        SPLIT_OK(bench.open());
        SPLIT_OK(bench.run(Milliseconds(2000)));
        QVERIFY(bench.text() == linesOf(0, 100) + linesOf(500, lines));
        SPLIT_OK(bench.contradictions());
    }
}

void SplitRotationTest::beginsAnewWithTheSameFirstLine() {
    for (const bool rename : {false, true}) {
        SplitBench bench(kBoth);
        bench.files.put(kLog, linesOf(0, 1));
        SPLIT_OK(bench.open());
        SPLIT_OK(bench.run(Milliseconds(1000)));
        if (rename) bench.files.move(kLog, kLog + ".1");
        bench.files.put(kLog, "");
        SPLIT_OK(bench.run(Milliseconds(100)));
        bench.files.add(kLog, linesOf(0, 1));
        SPLIT_OK(bench.run(Milliseconds(3000)));
        bench.files.add(kLog, linesOf(1, 3));
        SPLIT_OK(bench.run(Milliseconds(3000)));
        QVERIFY2(bench.text() == linesOf(0, 1) + linesOf(0, 4), rename ? "renamed" : "truncated");
        SPLIT_OK(bench.contradictions());
    }
}

void SplitRotationTest::beginsAnewWhenAnotherFileHasTheSameInode_data() {
    QTest::addColumn<bool>("running");
    QTest::newRow("while it is followed") << true;
    QTest::newRow("while nobody looked") << false;
}

void SplitRotationTest::beginsAnewWhenAnotherFileHasTheSameInode() {
    QFETCH(bool, running);
    SplitBench bench;
    bench.files.put(kLog, linesOf(0, 100));
    const std::uint64_t inode = bench.files.stat(kLog)->inode;
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(1000)));
    if (!running) bench.splitter.reset();
    bench.files.erase(kLog);
    bench.files.put(kLog, linesOf(700, 300));
    if (!running) QCOMPARE(bench.files.stat(kLog)->inode, inode);
    if (!running) SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(3000)));
    QVERIFY(bench.text() == linesOf(0, 100) + linesOf(700, 300));
    SPLIT_OK(bench.contradictions());
}

void SplitRotationTest::goesOnInANewInodeWithAKnownBeginning_data() {
    QTest::addColumn<int>("lines");
    QTest::newRow("a short log") << 5;
    QTest::newRow("a log of more than 1 KiB") << 500;
}

void SplitRotationTest::goesOnInANewInodeWithAKnownBeginning() {
    QFETCH(int, lines);
    const auto n = static_cast<std::uint64_t>(lines);
    SplitBench bench;
    bench.files.put(kLog, linesOf(0, n));
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(1000)));
    bench.splitter.reset();
    bench.files.move(kLog, "/log/moved");
    bench.files.put(kLog, linesOf(0, n) + linesOf(n, 5)); // restored from a backup, say
    bench.files.erase("/log/moved");
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(3000)));
    QVERIFY(bench.text() == linesOf(0, n + 5));
    SPLIT_OK(bench.contradictions());
}

void SplitRotationTest::goesOnAtTheEndOfAFileThatShrank_data() {
    QTest::addColumn<bool>("running");
    QTest::addColumn<quint64>("lines");
    QTest::addColumn<quint64>("bytes");
    const quint64 line = linesOf(0, 1).size();
    for (const bool running : {true, false}) {
        const char* when = running ? "while it is followed" : "while nobody looked";
        QTest::addRow("by half, %s", when) << running << quint64{100} << quint64{linesOf(0, 50).size()};
        QTest::addRow("below the length of its fingerprint, %s", when) << running << quint64{100} << 5 * line;
        QTest::addRow("to the middle of its second line, %s", when) << running << quint64{100} << line + 20;
        QTest::addRow("a short log, %s", when) << running << quint64{6} << 4 * line;
    }
}

void SplitRotationTest::goesOnAtTheEndOfAFileThatShrank() {
    QFETCH(bool, running);
    QFETCH(quint64, lines);
    QFETCH(quint64, bytes);
    SplitBench bench;
    bench.files.put(kLog, linesOf(0, lines));
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(1000)));
    if (!running) bench.splitter.reset();
    bench.files.put(kLog, linesOf(0, lines).substr(0, bytes));
    if (!running) SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(1000)));
    QVERIFY(bench.hasProblem("split.shrunk"));
    // The end of a line that was split whole is written again with a newline only.
    const std::string torn = bench.files.content(kLog).back() == '\n' ? "" : "\n";
    bench.files.add(kLog, torn + linesOf(1000, 10));
    SPLIT_OK(bench.run(Milliseconds(2000)));
    QCOMPARE(bench.text(), linesOf(0, lines) + torn + linesOf(1000, 10));
    // Its new end is remembered: lines that come while nobody looks are not beyond the old one.
    bench.splitter.reset();
    bench.files.add(kLog, linesOf(1010, 10));
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(2000)));
    QCOMPARE(bench.text(), linesOf(0, lines) + torn + linesOf(1000, 20));
    SPLIT_OK(bench.contradictions());
}

/// Cut off and grown beyond what was read between two looks.
void SplitRotationTest::toldOfATruncationBetweenReadAndPublish() {
    SplitBench bench;
    bench.files.put(kLog, linesOf(0, 100));
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run()); // read, not published
    bench.files.put(kLog, linesOf(500, 400));
    SPLIT_OK(bench.run(Milliseconds(2000)));
    QVERIFY(bench.text() == linesOf(0, 100) + linesOf(500, 400));
    SPLIT_OK(bench.contradictions());
}

void SplitRotationTest::splitsARotatedGzipOnce() {
    SplitBench bench(kBoth);
    bench.files.put(kLog, linesOf(0, 3000));
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(1000)));
    bench.splitter.reset();
    bench.files.add(kLog, linesOf(3000, 100));
    const std::string packed = gzip(bench.files.content(kLog));
    bench.files.put(kLog + ".1.gz", packed);
    bench.files.erase(kLog);
    bench.files.put(kLog, linesOf(5000, 10));
    for (int round = 0; round < 2; ++round) {
        SPLIT_OK(bench.open());
        SPLIT_OK(bench.run(Milliseconds(3000)));
        QVERIFY(bench.splitter->drained());
        std::map<std::uint64_t, std::string> texts = bench.textBySource();
        QCOMPARE(texts.size(), std::size_t{2});
        QVERIFY(texts.begin()->second == linesOf(0, 3100));
        QVERIFY(texts.rbegin()->second == linesOf(5000, 10));
        SPLIT_OK(bench.contradictions());
    }
}

void SplitRotationTest::splitsAnUnknownGzip() {
    SplitBench bench({"/log/*.gz"});
    bench.files.put("/log/a.gz", gzip(linesOf(0, 100)) + gzip(linesOf(100, 100) + "torn"));
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(1000)));
    QVERIFY(bench.text() == linesOf(0, 200) + "torn");
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(1000)));
    QVERIFY(bench.text() == linesOf(0, 200) + "torn");
    SPLIT_OK(bench.contradictions());
}

void SplitRotationTest::saysAndForgetsThatItMayNotRead() {
    SplitBench bench;
    bench.files.put(kLog, linesOf(0, 10));
    bench.files.deny(kLog);
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(100)));
    QVERIFY(bench.hasProblem("split.permission:" + kLog));
    QVERIFY(bench.splitter->drained());
    bench.files.deny(kLog, false);
    SPLIT_OK(bench.run(Milliseconds(3000)));
    QVERIFY(!bench.hasProblem("split.permission"));
    QVERIFY(bench.text() == linesOf(0, 10));
}

void SplitRotationTest::stopsCleanlyOnAFullDisk() {
    SplitBench bench;
    bench.tuning.split.minFreeBytes = 1000;
    bench.tuning.split.maxBytes = 64U << 10U;
    const std::string log = linesOf(0, 10'000);
    bench.files.put(kLog, log);
    for (const std::uint64_t free : {500U, 1001U, 30'000U, 100'000U, 150'000U}) {
        bench.files.setFreeBytes(free);
        SPLIT_OK(bench.open());
        SPLIT_OK(bench.run(Milliseconds(3000)));
        QVERIFY(bench.splitter->part().stage.state == StageState::Waiting);
        QVERIFY(bench.hasProblem("split.disk_full"));
        QVERIFY(log.starts_with(bench.text()));
        SPLIT_OK(bench.contradictions());
    }
    bench.files.setFreeBytes(std::nullopt);
    SPLIT_OK(bench.run(Milliseconds(3000)));
    QVERIFY(bench.text() == log);
    QVERIFY(!bench.hasProblem("split.disk_full"));
    SPLIT_OK(bench.contradictions());
}

/// The disk refuses each call once, one after the other.
void SplitRotationTest::survivesEveryFailedWrite() {
    for (std::uint64_t call = 1;; ++call) {
        SplitBench bench(kBoth);
        bench.tuning.split.maxBytes = 64U << 10U;
        bench.files.put(kLog, linesOf(0, 2500));
        SPLIT_OK(bench.open());
        const std::uint64_t before = bench.files.changingCalls();
        bench.files.failAtCall(call, ErrorCode::DiskFull);
        SPLIT_OK(bench.run(Milliseconds(1500)));
        bench.files.move(kLog, kLog + ".1");
        bench.files.put(kLog, linesOf(2500, 1200));
        SPLIT_OK(bench.run(Milliseconds(4000)));
        const std::uint64_t calls = bench.files.changingCalls() - before;
        QVERIFY2(bench.text() == linesOf(0, 3700), std::to_string(call).c_str());
        SPLIT_OK(bench.contradictions());
        if (call > calls) break;
    }
}

/// The same on the machine's own file system, with a writer that rotates in every way.
void SplitRotationTest::followsRotationsOnARealDisk() {
    QTemporaryDir folder;
    const std::string root = folder.path().toStdString();
    PosixFileSystem files;
    ManualClock clock;
    QVERIFY(files.makeDirectories(root + "/data"));
    const std::string log = root + "/access.log";
    SplitterOptions options;
    options.dataDirectory = root + "/data";
    options.stream = "abcdefgh";
    options.follow = {log, log + ".*"};
    Tuning tuning;
    tuning.split.minFreeBytes = 0;
    auto splitter = Splitter::open(files, clock, options);
    QVERIFY(splitter);
    std::multiset<std::string> written;
    const auto append = [&](std::uint64_t first, std::uint64_t count) {
        auto file = files.openAppend(log);
        QVERIFY(file && (*file)->append(linesOf(first, count)));
        for (std::uint64_t i = first; i < first + count; ++i) written.insert(linesOf(i, 1));
    };
    const auto run = [&](int ms) {
        for (int at = 0; at <= ms; at += 10) {
            while (true) {
                const auto wait = (*splitter)->step(tuning);
                QVERIFY(wait);
                if (wait->count() > 0) break;
            }
            clock.advance(Milliseconds(10));
        }
    };
    std::uint64_t next = 0;
    for (int round = 0; round < 12; ++round) {
        append(next, 700);
        next += 700;
        run(round % 3 == 0 ? 0 : 600);
        const std::string old = log + "." + std::to_string(round);
        switch (round % 4) {
        case 0:
            QVERIFY(files.rename(log, old));
            break;
        case 1: {
            run(600);
            auto copy = files.createNew(old);
            QVERIFY(copy && (*copy)->append(*files.readWhole(log)));
            QVERIFY((*files.openAppend(log))->truncate(0));
            break;
        }
        case 2:
            run(600);
            QVERIFY(files.remove(log));
            break;
        default:
            splitter->reset();
            QVERIFY(files.rename(log, old));
            append(next, 10);
            next += 10;
            splitter = Splitter::open(files, clock, options);
            QVERIFY(splitter);
        }
    }
    run(10'000);
    QVERIFY((*splitter)->drained());
    const DataDirectory data{root + "/data"};
    std::multiset<std::string> split;
    auto chunks = listChunks(files, data);
    for (const ChunkRef& chunk : *chunks) {
        const std::string text = *files.readWhole(joinPath(data.chunks(), chunk.fileName()));
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = text.find('\n', at) + 1;
            split.insert(text.substr(at, end - at));
            at = end;
        }
    }
    QCOMPARE(split.size(), written.size());
    QVERIFY(split == written);
}

QTEST_APPLESS_MAIN(SplitRotationTest)
#include "tst_split_rotation.moc"
