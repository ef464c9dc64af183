#include "tests/support/split_bench.h"

#include <QProcess>
#include <QTest>

using namespace sg;
using namespace sg::test;

namespace {
const std::string kLog = "/log/access.log";
}

class SplitRulesTest : public QObject {
    Q_OBJECT
private slots:
    void closesAChunkAtAThousandLines_data();
    void closesAChunkAtAThousandLines();
    void growsInWholeThousandsAbove();
    void closesAtExactlyTheLinesWithoutAMinimumAge();
    void closesByAge_data();
    void closesByAge();
    void neverExceedsMaxBytes();
    void keepsATornLineUntilItsNewline();
    void makesATornLineALineWhenTheSourceEnds();
    void takesTheNewlineOfATornLineForNoLine();
    void countsWhatIsNotSplitAtTheStart();
    void goesOnAfterARestartWithoutALineTwice();
    void neverPutsTwoSourcesIntoOneChunk();
    void waitsForALogThatIsNotThereYet();
    void findsNewFilesOfAPattern();
    void waitsWhileTheQueueIsFull();
    void saysWhenItIsDrainedAndAFileIsFinished();
    void numbersOnAfterWhatWasPlannedOrReleased();
    void removesLeftoverTemporaries();
    void cutsALineAboveOneMebibyte_data();
    void cutsALineAboveOneMebibyte();
    void boundsMemoryForAFileWithoutANewline();
    void importsAFolderByReference();
    void importsTheSameBytesOnce();
    void importsManySmallFilesWithFewSyncs();
    void saysHowFarAnImportIs();
    void cancelsAnImportAndKeepsTheBooks_data();
    void cancelsAnImportAndKeepsTheBooks();
    void cancelsAPackedImportAndGoesOnBehindIt_data();
    void cancelsAPackedImportAndGoesOnBehindIt();
    void goesOnWithAnImportAfterARestart();
    void refusesAnImportThatCannotBeRead();
    void releasesAnImportAtItsOwnPace();
    void echoesTheRevision();
};

void SplitRulesTest::closesAChunkAtAThousandLines_data() {
    QTest::addColumn<int>("rate");
    for (const int rate : {5'000, 10'000, 25'000, 40'000, 50'000}) QTest::addRow("%d lines/s", rate) << rate;
}

void SplitRulesTest::closesAChunkAtAThousandLines() {
    QFETCH(int, rate);
    SplitBench bench;
    SPLIT_OK(bench.open());
    std::uint64_t written = 0;
    bench.files.put(kLog, "");
    for (int tick = 0; tick < 200; ++tick) { // of 5 ms
        const std::uint64_t due = static_cast<std::uint64_t>(rate) * static_cast<std::uint64_t>(tick + 1) / 200;
        bench.files.add(kLog, linesOf(written, due - written));
        written = due;
        SPLIT_OK(bench.run());
        bench.clock.advance(Milliseconds(5));
    }
    const auto chunks = bench.chunks();
    QVERIFY(chunks.size() + 2 >= static_cast<std::size_t>(rate) / 1000);
    for (const ChunkRef& chunk : chunks) QCOMPARE(chunk.lines.value, std::uint64_t{1000});
    SPLIT_OK(bench.contradictions());
}

void SplitRulesTest::growsInWholeThousandsAbove() {
    SplitBench bench;
    SPLIT_OK(bench.open());
    bench.files.put(kLog, "");
    for (std::uint64_t tick = 0; tick < 200; ++tick) { // 200,000 lines/s for 1 s
        bench.files.add(kLog, linesOf(tick * 1000, 1000));
        SPLIT_OK(bench.run());
        bench.clock.advance(Milliseconds(5));
    }
    const auto chunks = bench.chunks();
    QVERIFY2(chunks.size() <= 51, "more than 50 files a second");
    QVERIFY(chunks.size() >= 25);
    for (const ChunkRef& chunk : chunks) QCOMPARE(chunk.lines.value % 1000, std::uint64_t{0});
    SPLIT_OK(bench.contradictions());
}

void SplitRulesTest::closesAtExactlyTheLinesWithoutAMinimumAge() {
    SplitBench bench;
    bench.tuning.split.minAge = Milliseconds(0);
    bench.tuning.split.linesPerChunk = 100;
    SPLIT_OK(bench.open());
    bench.files.put(kLog, linesOf(0, 30'000));
    SPLIT_OK(bench.run());
    QCOMPARE(bench.chunks().size(), std::size_t{300});
    for (const ChunkRef& chunk : bench.chunks()) QCOMPARE(chunk.lines.value, std::uint64_t{100});
    SPLIT_OK(bench.contradictions());
}

void SplitRulesTest::closesByAge_data() {
    QTest::addColumn<int>("intervalMs");
    QTest::addColumn<int>("ageMs");
    QTest::newRow("half of the interval") << 1000 << 500;
    QTest::newRow("not below 50 ms") << 100 << 50;
    QTest::newRow("not above 5 s") << 60'000 << 5000;
}

void SplitRulesTest::closesByAge() {
    QFETCH(int, intervalMs);
    QFETCH(int, ageMs);
    SplitBench bench;
    bench.tuning.batch.interval = Milliseconds(intervalMs);
    SPLIT_OK(bench.open());
    bench.files.put(kLog, linesOf(0, 3));
    SPLIT_OK(bench.run());
    SPLIT_OK(bench.run(Milliseconds(ageMs - 5)));
    QCOMPARE(bench.chunks().size(), std::size_t{0});
    QCOMPARE(bench.splitter->part().unsplit, std::uint64_t{3});
    SPLIT_OK(bench.run(Milliseconds(30)));
    QCOMPARE(bench.chunks().size(), std::size_t{1});
    QCOMPARE(bench.text(), linesOf(0, 3));
    QCOMPARE(bench.splitter->part().unsplit, std::uint64_t{0});
    SPLIT_OK(bench.contradictions());
}

void SplitRulesTest::neverExceedsMaxBytes() {
    SplitBench bench;
    bench.tuning.split.maxBytes = 64U << 10U;
    SPLIT_OK(bench.open());
    const std::string log = linesOf(0, 20'000);
    bench.files.put(kLog, log);
    SPLIT_OK(bench.run(Milliseconds(1000)));
    for (const ChunkRef& chunk : bench.chunks()) QVERIFY(chunk.length.value <= 64U << 10U);
    QVERIFY(bench.text() == log);
    SPLIT_OK(bench.contradictions());
}

void SplitRulesTest::keepsATornLineUntilItsNewline() {
    SplitBench bench;
    SPLIT_OK(bench.open());
    bench.files.put(kLog, "whole\nto");
    SPLIT_OK(bench.run(Milliseconds(2000)));
    QCOMPARE(bench.text(), std::string("whole\n"));
    QCOMPARE(bench.splitter->part().unsplit, std::uint64_t{0});
    bench.files.add(kLog, "rn\n");
    SPLIT_OK(bench.run(Milliseconds(2000)));
    QCOMPARE(bench.text(), std::string("whole\ntorn\n"));
    SPLIT_OK(bench.contradictions());
}

void SplitRulesTest::makesATornLineALineWhenTheSourceEnds() {
    SplitBench bench;
    SPLIT_OK(bench.open());
    bench.files.put(kLog, "whole\ntorn");
    SPLIT_OK(bench.run());
    QVERIFY(bench.splitter->flush(false));
    QCOMPARE(bench.text(), std::string("whole\n"));
    QVERIFY(bench.splitter->flush(true));
    QCOMPARE(bench.text(), std::string("whole\ntorn"));
    QCOMPARE(bench.splitter->part().lines, std::uint64_t{2});
    SPLIT_OK(bench.contradictions());
}

void SplitRulesTest::takesTheNewlineOfATornLineForNoLine() {
    for (const bool restart : {false, true}) {
        SplitBench bench;
        SPLIT_OK(bench.open());
        bench.files.put(kLog, "whole\ntorn");
        SPLIT_OK(bench.run());
        QVERIFY(bench.splitter->flush(true));
        if (restart) bench.splitter.reset();
        bench.files.add(kLog, "\nnext\n");
        if (restart) SPLIT_OK(bench.open());
        if (restart) QCOMPARE(bench.splitter->part().unsplit, std::uint64_t{1});
        SPLIT_OK(bench.run(Milliseconds(1000)));
        QCOMPARE(bench.text(), std::string("whole\ntornnext\n"));
        QCOMPARE(bench.splitter->part().split, std::uint64_t{3});
        SPLIT_OK(bench.contradictions());
    }
}

void SplitRulesTest::countsWhatIsNotSplitAtTheStart() {
    SplitBench bench;
    bench.files.put(kLog, linesOf(0, 1234) + "torn");
    SPLIT_OK(bench.open());
    QCOMPARE(bench.splitter->part().unsplit, std::uint64_t{1234});
    QCOMPARE(bench.splitter->part().lines, std::uint64_t{1234});
    SPLIT_OK(bench.run(Milliseconds(2000)));
    QCOMPARE(bench.splitter->part().split, std::uint64_t{1234});
    bench.files.add(kLog, "\n" + linesOf(1235, 10));
    SPLIT_OK(bench.open());
    QCOMPARE(bench.splitter->part().unsplit, std::uint64_t{11});
    QCOMPARE(bench.splitter->part().lines, std::uint64_t{1245});
    SPLIT_OK(bench.contradictions());
}

void SplitRulesTest::goesOnAfterARestartWithoutALineTwice() {
    SplitBench bench;
    std::string log;
    for (std::uint64_t round = 0; round < 5; ++round) {
        bench.files.put(kLog, log += linesOf(round * 777, 777));
        SPLIT_OK(bench.open());
        SPLIT_OK(bench.run(Milliseconds(300 * static_cast<int>(round))));
    }
    SPLIT_OK(bench.run(Milliseconds(1000)));
    QVERIFY(bench.text() == log);
    SPLIT_OK(bench.contradictions());
}

void SplitRulesTest::neverPutsTwoSourcesIntoOneChunk() {
    SplitBench bench({"/log/*.log"});
    SPLIT_OK(bench.open());
    bench.files.put("/log/a.log", linesOf(0, 1500, "a"));
    bench.files.put("/log/b.log", linesOf(0, 500, "b"));
    SPLIT_OK(bench.run(Milliseconds(1500)));
    const auto texts = bench.textBySource();
    QCOMPARE(texts.size(), std::size_t{2});
    for (const auto& [source, text] : texts) QVERIFY(text == linesOf(0, 1500, "a") || text == linesOf(0, 500, "b"));
    SPLIT_OK(bench.contradictions());
}

void SplitRulesTest::waitsForALogThatIsNotThereYet() {
    SplitBench bench;
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(100)));
    QVERIFY(bench.splitter->drained());
    bench.files.put(kLog, linesOf(0, 5));
    SPLIT_OK(bench.run(Milliseconds(1000)));
    QCOMPARE(bench.text(), linesOf(0, 5));
}

void SplitRulesTest::findsNewFilesOfAPattern() {
    SplitBench bench({"/log/*/access.log"});
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(600)));
    bench.files.put("/log/one/access.log", linesOf(0, 5, "one"));
    SPLIT_OK(bench.run(Milliseconds(1500)));
    bench.files.put("/log/two/access.log", linesOf(0, 5, "two"));
    bench.files.put("/log/two/error.log", linesOf(0, 5, "error"));
    SPLIT_OK(bench.run(Milliseconds(1500)));
    QCOMPARE(bench.text(), linesOf(0, 5, "one") + linesOf(0, 5, "two"));
}

void SplitRulesTest::waitsWhileTheQueueIsFull() {
    SplitBench bench;
    bench.tuning.split.queueBytes = 100'000;
    bench.tuning.split.maxBytes = 64U << 10U;
    SPLIT_OK(bench.open());
    const std::string log = linesOf(0, 20'000);
    bench.files.put(kLog, log);
    SPLIT_OK(bench.run(Milliseconds(3000)));
    QVERIFY(bench.splitter->part().stage.state == StageState::Waiting);
    QVERIFY(!bench.splitter->part().stage.detail.empty());
    QVERIFY(bench.splitter->part().chunkBytesOnDisk < 300'000);
    std::string all;
    for (int round = 0; round < 1000 && all.size() < log.size(); ++round) {
        for (const ChunkRef& chunk : bench.chunks()) {
            all += bench.bytesOf(chunk);
            QVERIFY(bench.files.remove("/data/chunks/" + chunk.fileName()));
        }
        SPLIT_OK(bench.run(Milliseconds(500)));
    }
    QVERIFY(all == log);
}

void SplitRulesTest::saysWhenItIsDrainedAndAFileIsFinished() {
    SplitBench bench;
    bench.files.put(kLog, linesOf(0, 100));
    SPLIT_OK(bench.open());
    QVERIFY(!bench.splitter->drained());
    SPLIT_OK(bench.run());
    QVERIFY(bench.splitter->drained());
    const auto info = bench.files.stat(kLog);
    QVERIFY(!bench.splitter->finished(info->device, info->inode, info->size));
    QVERIFY(bench.splitter->flush(false));
    QVERIFY(bench.splitter->finished(info->device, info->inode, info->size));
    QVERIFY(!bench.splitter->finished(info->device, info->inode, info->size + 1));
    bench.files.add(kLog, linesOf(100, 1));
    SPLIT_OK(bench.run());
    QVERIFY(!bench.splitter->finished(info->device, info->inode, bench.files.stat(kLog)->size));
    // The number of a deleted file is given to the next one: nothing of that has been read.
    SPLIT_OK(bench.run(Milliseconds(1000)));
    bench.splitter.reset();
    bench.files.erase(kLog);
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run());
    bench.files.put("/log/other", linesOf(0, 50, "x"));
    const auto reused = bench.files.stat("/log/other");
    QCOMPARE(reused->inode, info->inode);
    QVERIFY(!bench.splitter->finished(reused->device, reused->inode, reused->size));
}

void SplitRulesTest::numbersOnAfterWhatWasPlannedOrReleased() {
    SplitBench bench;
    bench.files.put(kLog, linesOf(0, 10));
    ReleasedPositions released;
    released.last = Sequence{7};
    released.sources[3] = {ByteOffset{500}, LineCount{70}};
    QVERIFY(writeReleased(bench.files, DataDirectory{"/data"}, released));
    bench.options.lastPlanned = Sequence{12};
    SPLIT_OK(bench.open());
    QCOMPARE(bench.splitter->part().split, std::uint64_t{70});
    SPLIT_OK(bench.run(Milliseconds(1000)));
    QCOMPARE(bench.chunks().at(0).sequence.value, std::uint64_t{13});
    QVERIFY(bench.chunks().at(0).source.value != 3);
    QCOMPARE(bench.splitter->part().split, std::uint64_t{80});
}

void SplitRulesTest::removesLeftoverTemporaries() {
    SplitBench bench;
    bench.files.put("/data/chunks/.tmp-abcdefgh-000000001", "half");
    SPLIT_OK(bench.open());
    QVERIFY(!bench.files.exists("/data/chunks/.tmp-abcdefgh-000000001"));
}

void SplitRulesTest::cutsALineAboveOneMebibyte_data() {
    QTest::addColumn<int>("length");
    QTest::addColumn<bool>("restart");
    for (const bool restart : {false, true})
        for (const int length : {(1 << 20) - 1, 1 << 20, (1 << 20) + 1, (1 << 20) + (1 << 18), 5 << 20})
            QTest::addRow("%d bytes%s", length, restart ? ", restarted in its middle" : "") << length << restart;
}

void SplitRulesTest::cutsALineAboveOneMebibyte() {
    QFETCH(int, length);
    QFETCH(bool, restart);
    SplitBench bench;
    const auto size = static_cast<std::size_t>(length);
    const std::string before = linesOf(0, 10);
    const std::string after = linesOf(10, 10);
    const std::string line(size, 'x');
    bench.files.put(kLog, before + line.substr(0, size - 100));
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(1000)));
    if (restart) SPLIT_OK(bench.open());
    bench.files.add(kLog, line.substr(size - 100) + "\n" + after);
    SPLIT_OK(bench.run(Milliseconds(1000)));
    const std::size_t limit = 1U << 20U;
    const std::string expected = before + (size > limit ? line.substr(0, limit) : line + "\n") + after;
    const std::string text = bench.text();
    QCOMPARE(text.size(), expected.size());
    QVERIFY(text == expected);
    std::uint64_t lines = 0;
    for (const ChunkRef& chunk : bench.chunks()) lines += chunk.lines.value;
    QCOMPARE(lines, std::uint64_t{21});
    SPLIT_OK(bench.contradictions());
    if (!restart) QCOMPARE(bench.splitter->part().cutBytes, size > limit ? size + 1 - limit : 0);
}

void SplitRulesTest::boundsMemoryForAFileWithoutANewline() {
    SplitBench bench;
    bench.files.put(kLog, "");
    SPLIT_OK(bench.open());
    const std::string piece(1U << 20U, 'x');
    for (int i = 0; i < 20; ++i) {
        bench.files.add(kLog, piece);
        SPLIT_OK(bench.run(Milliseconds(100)));
    }
    QCOMPARE(bench.text().size(), std::size_t{1U << 20U});
    const auto info = bench.files.stat(kLog);
    QVERIFY(bench.splitter->finished(info->device, info->inode, info->size));
    SPLIT_OK(bench.contradictions());
}

void SplitRulesTest::importsAFolderByReference() {
    SplitBench bench({}, {"/in"});
    bench.files.put("/in/2.log", linesOf(0, 2500, "two"));
    bench.files.put("/in/1.log", linesOf(0, 10, "one") + "torn");
    bench.files.put("/in/3.log", "");
    SPLIT_OK(bench.open());
    QVERIFY(!bench.splitter->drained());
    SPLIT_OK(bench.run(Milliseconds(100)));
    QVERIFY(bench.splitter->drained());
    QVERIFY(bench.splitter->part().importDone);
    for (const ChunkRef& chunk : bench.chunks()) QVERIFY(chunk.reference);
    QVERIFY(bench.text() == linesOf(0, 10, "one") + "torn" + linesOf(0, 2500, "two"));
    QCOMPARE(bench.splitter->part().split, std::uint64_t{2511});
    QCOMPARE(bench.splitter->part().chunkBytesOnDisk, std::uint64_t{0});
    SPLIT_OK(bench.contradictions());
}

void SplitRulesTest::importsTheSameBytesOnce() {
    SplitBench bench({}, {"/in/1.log", "/in/copy.log"});
    bench.files.put("/in/1.log", linesOf(0, 100));
    bench.files.put("/in/copy.log", linesOf(0, 100));
    for (int round = 0; round < 2; ++round) {
        SPLIT_OK(bench.open());
        SPLIT_OK(bench.run(Milliseconds(100)));
        QVERIFY(bench.splitter->drained());
        QVERIFY(bench.text() == linesOf(0, 100));
        QVERIFY(bench.hasProblem("split.imported"));
        SPLIT_OK(bench.contradictions());
    }
}

namespace {
constexpr std::uint64_t kManyLines = 900'000; // 45 MB; a round reads 32 MiB

const std::string& manyLines() {
    static const std::string lines = linesOf(0, kManyLines);
    return lines;
}
}

void SplitRulesTest::saysHowFarAnImportIs() {
    SplitBench bench({}, {"/old"});
    const std::string& big = manyLines();
    bench.files.put("/old/1.log", big);
    bench.files.put("/old/2.log", linesOf(0, 10, "b"));
    SPLIT_OK(bench.open());
    const std::uint64_t bytes = big.size() + linesOf(0, 10, "b").size();
    const auto progress = [&] { return bench.splitter->part().import; };
    QCOMPARE(progress().files, 2U);
    QCOMPARE(progress().bytes, bytes);
    QCOMPARE(progress().share(), 0.0);
    QVERIFY(progress().secondsLeft < 0); // nothing is known yet
    double share = 0;
    bool estimated = false;
    while (!bench.splitter->drained()) {
        QVERIFY(bench.splitter->step(bench.tuning));
        bench.clock.advance(Milliseconds(1000));
        const ImportProgress now = progress();
        QVERIFY(now.share() >= share && now.read <= now.checked && now.checked <= bytes);
        // A round a second, each of 32 MiB: what is left takes as many seconds, about.
        if (now.secondsLeft > 0) {
            estimated = true;
            const double rounds = static_cast<double>(2 * bytes - now.checked - now.read) / static_cast<double>(32U << 20U);
            QVERIFY2(now.secondsLeft > rounds / 3 && now.secondsLeft < rounds * 3 + 1, qPrintable(QString::number(now.secondsLeft)));
        }
        share = now.share();
    }
    QVERIFY(estimated);
    QCOMPARE(progress().filesDone, 2U);
    QCOMPARE(progress().read, bytes);
    QCOMPARE(progress().lines, kManyLines + 10);
    QCOMPARE(progress().share(), 1.0);
    QCOMPARE(progress().secondsLeft, 0.0);
    QVERIFY(!progress().cancelled);
    // The same bytes again: nothing to do, and it says that it is through.
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run());
    QCOMPARE(progress().share(), 1.0);
    QCOMPARE(progress().lines, std::uint64_t{0});
}

void SplitRulesTest::cancelsAnImportAndKeepsTheBooks_data() {
    QTest::addColumn<double>("pace");
    QTest::addColumn<int>("steps");
    QTest::addColumn<bool>("full");
    QTest::newRow("before the first byte") << 0.0 << 0 << false;
    QTest::newRow("while it is looked at") << 0.0 << 1 << false;
    QTest::newRow("while it is cut") << 0.0 << 2 << false;
    QTest::newRow("while the disk is full") << 0.0 << 2 << true;
    QTest::newRow("at its own pace") << 1.0 << 5 << false;
    QTest::newRow("when all is done") << 0.0 << 50 << false;
}

void SplitRulesTest::cancelsAnImportAndKeepsTheBooks() {
    QFETCH(double, pace);
    QFETCH(int, steps);
    QFETCH(bool, full);
    SplitBench bench({}, {"/old"});
    const std::string first = manyLines() + "torn", second = linesOf(0, 10, "b");
    bench.files.put("/old/1.log", first);
    bench.files.put("/old/2.log", second);
    bench.tuning.split.pace = pace;
    if (pace > 0) bench.options.eventTime = [n = 0](const SourceInfo&, std::string_view) mutable { return Timestamp::fromSeconds(n++ / 100); };
    SPLIT_OK(bench.open());
    for (int i = 0; i < steps; ++i) {
        if (full && i == 1) bench.files.setFreeBytes(0);
        QVERIFY(bench.splitter->step(bench.tuning));
        bench.clock.advance(Milliseconds(1000));
    }
    const bool done = bench.splitter->drained();
    QCOMPARE(done, steps == 50);
    QVERIFY(bench.splitter->cancelImports());
    QVERIFY(bench.splitter->drained() || steps == 0);
    QCOMPARE(bench.splitter->part().import.cancelled, !done);
    QCOMPARE(bench.hasProblem("split.import_cancelled"), !done);
    QCOMPARE(bench.contradictions(), std::string());
    QCOMPARE(bench.splitter->part().unsplit, std::uint64_t{0});
    QCOMPARE(bench.splitter->part().lines, bench.splitter->part().split);
    QCOMPARE(bench.splitter->part().import.lines, bench.splitter->part().split);
    const std::string cut = bench.text();
    QVERIFY((first + second).starts_with(cut));
    if (!done && !full && steps > 1) QVERIFY(!cut.empty() && cut.size() < first.size());
    SPLIT_OK(bench.run(Milliseconds(2000))); // and it stays cancelled
    QCOMPARE(bench.text(), cut);
    // Imported again it goes on behind what was cut.
    bench.files.setFreeBytes(1ULL << 40U);
    bench.tuning.split.pace = 0;
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run());
    QVERIFY(bench.splitter->part().importDone);
    QCOMPARE(bench.text(), first + second);
    QCOMPARE(bench.splitter->part().lines, kManyLines + 11);
    QCOMPARE(bench.contradictions(), std::string());
}

void SplitRulesTest::cancelsAPackedImportAndGoesOnBehindIt_data() {
    QTest::addColumn<double>("pace");
    QTest::addColumn<int>("steps");
    QTest::newRow("before the first byte") << 0.0 << 0;
    QTest::newRow("while it is unpacked") << 0.0 << 1;
    QTest::newRow("at its own pace") << 1.0 << 5;
}

void SplitRulesTest::cancelsAPackedImportAndGoesOnBehindIt() {
    QFETCH(double, pace);
    QFETCH(int, steps);
    SplitBench bench({}, {"/old/1.log.gz"});
    const std::string text = manyLines() + "torn"; // unpacked it is more than a round reads
    QProcess gzip;
    gzip.start("gzip", {"-1", "-c"});
    gzip.write(QByteArray::fromStdString(text));
    gzip.closeWriteChannel();
    QVERIFY(gzip.waitForFinished());
    bench.files.put("/old/1.log.gz", gzip.readAllStandardOutput().toStdString());
    bench.tuning.split.pace = pace;
    int line = 0;
    if (pace > 0) bench.options.eventTime = [&](const SourceInfo&, std::string_view) { return Timestamp::fromSeconds(line++ / 100); };
    SPLIT_OK(bench.open());
    for (int i = 0; i < steps; ++i) {
        QVERIFY(bench.splitter->step(bench.tuning));
        bench.clock.advance(Milliseconds(1000));
    }
    QVERIFY(bench.splitter->cancelImports());
    QVERIFY(bench.splitter->part().import.cancelled);
    QVERIFY(bench.hasProblem("split.import_cancelled"));
    QCOMPARE(bench.contradictions(), std::string());
    QCOMPARE(bench.splitter->part().unsplit, std::uint64_t{0});
    QCOMPARE(bench.splitter->part().import.lines, bench.splitter->part().split);
    const std::string cut = bench.text();
    QVERIFY(text.starts_with(cut) && cut.size() < text.size());
    QCOMPARE(cut.empty(), steps == 0);
    SPLIT_OK(bench.run(Milliseconds(2000))); // and it stays cancelled
    QVERIFY(bench.text() == cut);

    bench.tuning.split.pace = 0;
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run());
    QVERIFY(bench.splitter->part().importDone);
    QVERIFY(bench.text() == text);
    QCOMPARE(bench.splitter->part().lines, kManyLines + 1);
    QCOMPARE(bench.contradictions(), std::string());
}

void SplitRulesTest::importsManySmallFilesWithFewSyncs() {
    SplitBench bench({}, {"/in"});
    std::string all;
    for (std::uint64_t i = 0; i < 3000; ++i) {
        const std::string text = linesOf(i, 3);
        bench.files.put("/in/" + std::to_string(10'000 + i), text);
        all += text;
    }
    SPLIT_OK(bench.open());
    const std::uint64_t before = bench.files.syncCalls();
    SPLIT_OK(bench.run(Milliseconds(1000)));
    QVERIFY(bench.splitter->drained());
    QVERIFY2(bench.files.syncCalls() - before < 100, std::to_string(bench.files.syncCalls() - before).c_str());
    QVERIFY(bench.text() == all);
    SPLIT_OK(bench.contradictions());
}

void SplitRulesTest::goesOnWithAnImportAfterARestart() {
    SplitBench bench({}, {"/in/1.log"});
    bench.tuning.split.maxBytes = 64U << 10U;
    bench.tuning.split.queueBytes = 100'000; // references: four times as many
    const std::string log = linesOf(0, 20'000) + "torn";
    bench.files.put("/in/1.log", log);
    std::string all;
    for (int round = 0; round < 100 && all.size() < log.size(); ++round) {
        SPLIT_OK(bench.open());
        SPLIT_OK(bench.run(Milliseconds(300)));
        const auto chunks = bench.chunks();
        QVERIFY2(!chunks.empty(), "it stands still");
        ReleasedPositions released = *readReleased(bench.files, DataDirectory{"/data"});
        for (const ChunkRef& chunk : chunks) {
            all += bench.bytesOf(chunk);
            released.release(chunk.sequence, chunk.sequence);
            released.sources[chunk.source.value].end = chunk.end();
            released.sources[chunk.source.value].lines += chunk.lines;
        }
        QVERIFY(writeReleased(bench.files, DataDirectory{"/data"}, released));
        for (const ChunkRef& chunk : chunks) QVERIFY(bench.files.remove("/data/chunks/" + chunk.fileName()));
    }
    QVERIFY(all == log);
}

void SplitRulesTest::refusesAnImportThatCannotBeRead() {
    SplitBench bench({}, {"/in/1.log"});
    QVERIFY(bench.open().find("/in/1.log") != std::string::npos);
    bench.files.put("/in/1.log", "x\n");
    bench.files.deny("/in/1.log");
    QVERIFY(bench.open().find("/in/1.log") != std::string::npos);
}

void SplitRulesTest::releasesAnImportAtItsOwnPace() {
    SplitBench bench({}, {"/in/1.log"});
    std::string log;
    for (int second = 0; second < 20; ++second) log += std::to_string(100 + second) + " line\n";
    bench.files.put("/in/1.log", log);
    bench.options.eventTime = [](const SourceInfo&, std::string_view line) -> std::optional<Timestamp> {
        return Timestamp::fromSeconds(std::stoll(std::string(line.substr(0, 3))));
    };
    bench.tuning.split.pace = 1;
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run(Milliseconds(5600)));
    QCOMPARE(bench.text(), log.substr(0, 6 * 9)); // seconds 0 to 5
    QVERIFY(!bench.splitter->drained());
    bench.tuning.split.pace = 10;
    SPLIT_OK(bench.run(Milliseconds(2000)));
    QCOMPARE(bench.text(), log);
    QVERIFY(bench.splitter->drained());
    SPLIT_OK(bench.contradictions());
}

void SplitRulesTest::echoesTheRevision() {
    SplitBench bench;
    bench.tuning.revision = Revision{42};
    SPLIT_OK(bench.open());
    SPLIT_OK(bench.run());
    QCOMPARE(bench.splitter->part().stage.appliedRevision.value, std::uint64_t{42});
}

QTEST_APPLESS_MAIN(SplitRulesTest)
#include "tst_split_rules.moc"
