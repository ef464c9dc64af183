#include <QTest>

#include "core/chunks/data_directory.h"
#include "core/split/splitter.h"
#include "tests/support/manual_clock.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

#include <map>
#include <unistd.h>
#include <zlib.h>

namespace sg {
namespace {

/// A data directory, a log and a splitter on the real file system, with a clock that the test moves.
class SplitBench {
public:
    explicit SplitBench(std::vector<std::string> follow = {}, std::vector<std::string> import = {}) {
        for (std::string& path : follow) path = this->path(path);
        for (std::string& path : import) path = this->path(path);
        if (follow.empty() && import.empty()) follow.push_back(log());
        m_follow = follow;
        m_import = import;
        tuning.split.minFreeBytes = 0;
    }
    std::string path(const std::string& name) const { return m_folder.filePath(QString::fromStdString(name)).toStdString(); }
    std::string log() const { return path("access.log"); }
    void write(const std::string& bytes, const std::string& name = "access.log") const {
        QFile file(QString::fromStdString(path(name)));
        if (!file.open(QIODevice::Append)) std::abort();
        file.write(bytes.data(), static_cast<qint64>(bytes.size()));
    }
    void reopen() {
        splitter.reset();
        SplitterOptions options;
        options.dataDirectory = path("data");
        options.stream = "abcdefgh";
        options.follow = m_follow;
        options.import = m_import;
        auto opened = Splitter::open(files, clock, std::move(options));
        if (!opened) qFatal("%s", opened.error().message.c_str());
        splitter = std::move(*opened);
    }
    /// Steps until nothing is left to do now, then lets time pass and steps again: what is due by age is published.
    void settle() {
        if (!splitter) reopen();
        for (int round = 0; round < 3; ++round) {
            step();
            clock.advance(std::chrono::milliseconds(600));
        }
        step();
    }
    void step() {
        if (!splitter) reopen();
        for (int i = 0; i < 1000; ++i) {
            const auto wait = splitter->step(tuning);
            if (!wait) qFatal("%s", wait.error().message.c_str());
            if (wait->count() > 0) return;
        }
        qFatal("the splitter never rests");
    }
    std::vector<ChunkRef> chunks() {
        auto list = listChunks(files, DataDirectory{path("data")});
        if (!list) qFatal("%s", list.error().message.c_str());
        return *list;
    }
    /// What the chunks hold, by source in order of positions, put together in order of first appearance.
    std::string content() {
        std::map<std::uint64_t, std::string> paths;
        const auto sources = readSources(files, DataDirectory{path("data")});
        for (const SourceInfo& source : *sources) paths[source.id.value] = source.path;
        std::string all;
        for (const ChunkRef& chunk : chunks()) {
            const ChunkPlace place = placeOf(chunk, paths[chunk.source.value], DataDirectory{path("data")});
            auto file = files.openRead(place.path);
            if (!file) qFatal("%s", file.error().message.c_str());
            std::string bytes(chunk.reference ? chunk.length.value : (*file)->info()->size, '\0');
            if (*(*file)->readAt(place.offset, bytes) != bytes.size()) std::abort();
            const auto newlines = static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
            const std::uint64_t torn = !bytes.empty() && bytes.back() != '\n' ? 1 : 0;
            if (newlines + torn != chunk.lines.value) qFatal("%s has other lines", chunk.fileName().c_str());
            all += bytes;
        }
        return all;
    }
    bool hasProblem(const std::string& beginning) const {
        for (const Problem& problem : splitter->part().stage.problems)
            if (problem.key.starts_with(beginning) && !problem.resolved) return true;
        return false;
    }
    void verifyBooks() const {
        const SplitterPart& part = splitter->part();
        QCOMPARE(part.lines, part.split + part.unsplit);
    }

    PosixFileSystem files;
    ManualClock clock;
    Tuning tuning;
    std::unique_ptr<Splitter> splitter;

private:
    QTemporaryDir m_folder;
    std::vector<std::string> m_follow, m_import;
};

std::string lines(int from, int count, const std::string& what = "line") {
    std::string text;
    for (int i = from; i < from + count; ++i) text += what + " " + std::to_string(i) + " ..............................\n";
    return text;
}

} // namespace

class TestSplitter : public QObject {
    Q_OBJECT

private slots:
    void cutsAtAThousandLines() {
        SplitBench bench;
        bench.write(lines(0, 2500));
        bench.tuning.split.minAge = Milliseconds(0);
        bench.step();
        QCOMPARE(bench.chunks().size(), std::size_t{2});
        for (const ChunkRef& chunk : bench.chunks()) QCOMPARE(chunk.lines.value, 1000ULL);
        QCOMPARE(bench.splitter->part().unsplit, 500ULL);
        bench.verifyBooks();
        bench.settle();
        QCOMPARE(bench.chunks().size(), std::size_t{3});
        QCOMPARE(bench.content(), lines(0, 2500));
        bench.verifyBooks();
    }
    void growsInWholeThousandsWhileYoung() {
        SplitBench bench;
        bench.write(lines(0, 3500));
        bench.step();
        QCOMPARE(bench.chunks().size(), std::size_t{0}); // younger than 20 ms
        bench.clock.advance(std::chrono::milliseconds(25));
        bench.step();
        QCOMPARE(bench.chunks().size(), std::size_t{1});
        QCOMPARE(bench.chunks().front().lines.value, 3000ULL);
    }
    void doesNotLetALonelyLineWait() {
        SplitBench bench;
        bench.write("one\n");
        bench.step();
        QVERIFY(bench.chunks().empty());
        bench.clock.advance(std::chrono::milliseconds(501)); // interval 1 s
        bench.step();
        QCOMPARE(bench.content(), std::string("one\n"));
    }
    void keepsALineSplitAcrossTwoReads() {
        SplitBench bench;
        bench.write("one\ntw");
        bench.settle();
        QCOMPARE(bench.content(), std::string("one\n"));
        bench.write("o\nthree\n");
        bench.settle();
        QCOMPARE(bench.content(), std::string("one\ntwo\nthree\n"));
        bench.verifyBooks();
    }
    void keepsAnyBytes() {
        SplitBench bench;
        std::string bytes("a\0b\xFF\x1B\r\n\n\n\xE2\x80\xA8x\n", 14);
        bench.write(bytes);
        bench.settle();
        QCOMPARE(bench.content(), bytes);
    }
    void readsToTheEndOfARenamedFileAndGoesOnInTheNewOne() {
        SplitBench bench;
        bench.write(lines(0, 100));
        bench.settle();
        QVERIFY(bench.files.rename(bench.log(), bench.path("rotated")));
        bench.write(lines(100, 5), "rotated"); // the server has not reopened its log yet
        bench.write("torn", "rotated");
        bench.write(lines(200, 10));
        bench.settle();
        bench.clock.advance(std::chrono::seconds(6));
        bench.settle();
        QCOMPARE(bench.splitter->part().lines, 116ULL);
        QVERIFY(bench.content().find("torn") != std::string::npos);
        bench.verifyBooks();
        bench.reopen();
        bench.settle();
        QCOMPARE(bench.splitter->part().lines, 116ULL);
    }
    void knowsARenamedFileInAGlob() {
        SplitBench bench({"access.log*"});
        bench.write(lines(0, 100));
        bench.settle();
        QVERIFY(bench.files.rename(bench.log(), bench.path("access.log.1")));
        bench.write(lines(100, 50));
        bench.settle();
        bench.reopen();
        bench.settle();
        QCOMPARE(bench.content(), lines(0, 150));
    }
    void survivesCopytruncateWithTheCopyInTheGlob() {
        SplitBench bench({"access.log*"});
        bench.write(lines(0, 100));
        bench.settle();
        bench.write(lines(100, 20)); // not read yet when the copy is made
        QVERIFY(QFile::copy(QString::fromStdString(bench.log()), QString::fromStdString(bench.path("access.log.1"))));
        QVERIFY(QFile::resize(QString::fromStdString(bench.log()), 0));
        bench.write(lines(500, 30, "newer"));
        bench.settle();
        bench.settle();
        const std::string all = bench.content();
        QCOMPARE(bench.splitter->part().lines, 150ULL);
        for (const std::string& line : {std::string("line 0 "), std::string("line 119 "), std::string("newer 529 ")})
            QVERIFY2(all.find(line) != std::string::npos, line.c_str());
        bench.reopen();
        bench.settle();
        QCOMPARE(bench.splitter->part().lines, 150ULL);
    }
    void beginsAgainAfterATruncationToNothing() {
        SplitBench bench;
        bench.write(lines(0, 100));
        bench.settle();
        QVERIFY(QFile::resize(QString::fromStdString(bench.log()), 0));
        bench.settle();
        bench.write(lines(300, 7));
        bench.settle();
        QCOMPARE(bench.content(), lines(0, 100) + lines(300, 7));
        bench.reopen();
        bench.settle();
        QCOMPARE(bench.content(), lines(0, 100) + lines(300, 7));
    }
    void tellsARecreatedFileByItsBytes() {
        SplitBench bench;
        bench.write(lines(0, 100));
        bench.settle();
        bench.splitter.reset(); // nobody holds the inode: the new file may get the same
        QVERIFY(bench.files.remove(bench.log()));
        bench.write(lines(700, 120, "other"));
        bench.settle();
        QCOMPARE(bench.content(), lines(0, 100) + lines(700, 120, "other"));
    }
    void goesOnAtTheNewEndOfAFileThatShrank() {
        SplitBench bench;
        bench.write(lines(0, 100));
        bench.settle();
        const std::string kept = lines(0, 60);
        QVERIFY(QFile::resize(QString::fromStdString(bench.log()), static_cast<qint64>(kept.size())));
        bench.settle();
        QVERIFY(bench.hasProblem("split.shrunk"));
        bench.write(lines(900, 80));
        bench.settle();
        QCOMPARE(bench.content(), lines(0, 100) + lines(900, 80));
        bench.reopen();
        bench.settle();
        QCOMPARE(bench.content(), lines(0, 100) + lines(900, 80));
    }
    void knowsAShortLogAfterARestart_data() {
        QTest::addColumn<int>("left"); // bytes of "ab\ncde\n" and further lines
        for (const int bytes : {1, 3, 5, 7, 31, 32, 33, 63, 64, 100}) QTest::addRow("shrunk to %d bytes", bytes) << bytes;
        QTest::addRow("as long as it was") << -1;
    }
    void knowsAShortLogAfterARestart() {
        QFETCH(int, left);
        const std::string all = "ab\ncde\n" + (left < 0 ? std::string() : lines(0, 50));
        SplitBench bench;
        bench.write(all);
        bench.settle();
        QCOMPARE(bench.content(), all);
        bench.splitter.reset(); // the power goes; what was not synced is missing at the end of the log
        if (left >= 0) QVERIFY(QFile::resize(QString::fromStdString(bench.log()), left));
        bench.settle();
        QCOMPARE(bench.content(), all);
        bench.write("new\n");
        bench.settle();
        QCOMPARE(bench.content(), all + "new\n");
    }
    void readsAShortLogThatIsAnotherAfterARestart() {
        SplitBench bench;
        bench.write(lines(0, 50));
        bench.settle();
        bench.splitter.reset();
        QVERIFY(QFile::resize(QString::fromStdString(bench.log()), 0));
        bench.write("line 1\n"); // in the same inode, beginning nearly as the old one did: "line 0 ..."
        bench.settle();
        QCOMPARE(bench.content(), lines(0, 50) + "line 1\n");
    }
    void cutsALineAboveOneMebibyte() {
        SplitBench bench;
        const std::string giant(3U << 20U, 'x');
        bench.write("before\n" + giant + "\nafter\n");
        bench.settle();
        const std::string all = bench.content();
        QCOMPARE(all, "before\n" + giant.substr(0, 1U << 20U) + "after\n");
        QCOMPARE(bench.splitter->part().cutBytes, (2ULL << 20U) + 1);
        QCOMPARE(bench.splitter->part().lines, 3ULL);
        bench.verifyBooks();
        bench.reopen();
        bench.settle();
        QCOMPARE(bench.content(), all);
    }
    void boundsAFileWithoutAnyNewline() {
        SplitBench bench;
        bench.write(std::string(5U << 20U, 'x'));
        bench.settle();
        QCOMPARE(bench.content().size(), std::size_t{1U << 20U});
        bench.reopen(); // in the middle of the line
        bench.write(std::string(1U << 20U, 'y') + "\nnext\n");
        bench.settle();
        QVERIFY(bench.content().ends_with("xnext\n"));
        QCOMPARE(bench.splitter->part().lines, 2ULL);
    }
    void continuesWhereItWasAfterARestart() {
        SplitBench bench;
        for (int round = 0; round < 5; ++round) {
            bench.write(lines(round * 70, 70));
            bench.reopen();
            bench.settle();
        }
        QCOMPARE(bench.content(), lines(0, 350));
        std::uint64_t sequence = 0;
        for (const ChunkRef& chunk : bench.chunks()) QCOMPARE(chunk.sequence.value, ++sequence);
    }
    void referencesImportsAndTouchesNothing() {
        SplitBench bench({}, {"old"});
        QVERIFY(QDir(QString::fromStdString(bench.path("."))).mkdir("old"));
        for (int i = 0; i < 20; ++i)
            bench.write(lines(i * 10, 10, "file " + std::to_string(i)) + "torn", "old/" + std::to_string(100 + i) + ".log");
        bench.settle();
        QVERIFY(bench.splitter->part().importDone);
        QCOMPARE(bench.splitter->part().lines, 220ULL);
        for (const ChunkRef& chunk : bench.chunks()) QVERIFY(chunk.reference);
        QCOMPARE(bench.splitter->part().chunkBytesOnDisk, 0ULL);
        bench.verifyBooks();
        // the same bytes again, also under another name
        QVERIFY(bench.files.rename(bench.path("old/100.log"), bench.path("old/moved.log")));
        bench.reopen();
        bench.settle();
        QCOMPARE(bench.splitter->part().lines, 220ULL);
        QVERIFY(bench.hasProblem("split.imported"));
    }
    void cutsAReferenceInWholeLinesOnly() {
        SplitBench bench({}, {"big.log"});
        bench.write(lines(0, 50'000), "big.log");
        bench.tuning.split.maxBytes = 64U << 10U;
        bench.settle();
        QVERIFY(bench.chunks().size() > 10);
        QCOMPARE(bench.content(), lines(0, 50'000));
        bench.verifyBooks();
    }
    void unpacksGzip() {
        SplitBench bench({}, {"old.log.gz"});
        const std::string text = lines(0, 5'000);
        gzFile gz = ::gzopen(bench.path("old.log.gz").c_str(), "wb");
        QVERIFY(gz != nullptr);
        QCOMPARE(::gzwrite(gz, text.data(), static_cast<unsigned>(text.size())), static_cast<int>(text.size()));
        ::gzclose(gz);
        bench.settle();
        QCOMPARE(bench.content(), text);
        bench.reopen();
        bench.settle();
        QCOMPARE(bench.content(), text);
    }
    void saysThatAPathIsMissingAndReadsItOnceItIsThere() {
        SplitBench bench;
        bench.settle();
        QVERIFY(bench.hasProblem("split.missing"));
        bench.write("here\n");
        bench.settle();
        QVERIFY(!bench.hasProblem("split.missing"));
        QCOMPARE(bench.content(), std::string("here\n"));
    }
    void saysThatALogMayNotBeRead() {
        if (::geteuid() == 0) QSKIP("root may read everything");
        SplitBench bench;
        bench.write("secret\n");
        QFile::setPermissions(QString::fromStdString(bench.log()), {});
        bench.settle();
        QVERIFY(bench.hasProblem("split.permission"));
        QFile::setPermissions(QString::fromStdString(bench.log()), QFile::ReadOwner);
        bench.settle();
        QCOMPARE(bench.content(), std::string("secret\n"));
    }
    void refusesAnImportThatIsNotThere() {
        SplitBench bench;
        SplitterOptions options;
        options.dataDirectory = bench.path("data");
        options.stream = "abcdefgh";
        options.import = {bench.path("nowhere.log")};
        const auto opened = Splitter::open(bench.files, bench.clock, std::move(options));
        QVERIFY(!opened);
        QVERIFY(opened.error().message.find("nowhere.log") != std::string::npos);
    }
    void waitsWhenItsQueueIsFull() {
        SplitBench bench;
        bench.tuning.split.queueBytes = 10'000;
        bench.tuning.split.minAge = Milliseconds(0);
        bench.tuning.split.linesPerChunk = 100;
        bench.write(lines(0, 100'000));
        bench.settle();
        QVERIFY(bench.hasProblem("split.queue_full"));
        QCOMPARE(bench.splitter->part().stage.state, StageState::Waiting);
        for (int round = 0; round < 400 && bench.splitter->part().split < 100'000; ++round) {
            for (const ChunkRef& chunk : bench.chunks()) QVERIFY(bench.files.remove(joinPath(bench.path("data/chunks"), chunk.fileName())));
            bench.clock.advance(std::chrono::milliseconds(300));
            bench.step();
        }
        QCOMPARE(bench.splitter->part().split, 100'000ULL);
        bench.verifyBooks();
    }
    void waitsBelowTheFreeSpaceThatIsKept() {
        SplitBench bench;
        bench.write(lines(0, 10));
        bench.tuning.split.minFreeBytes = 1ULL << 60U;
        bench.settle();
        QVERIFY(bench.hasProblem("split.disk_full"));
        QVERIFY(bench.chunks().empty());
        bench.tuning.split.minFreeBytes = 0;
        bench.settle();
        QVERIFY(!bench.hasProblem("split.disk_full"));
        QCOMPARE(bench.content(), lines(0, 10));
    }
    void saysWhichFilesAreFinished() {
        SplitBench bench;
        bench.write(lines(0, 100));
        bench.reopen();
        const FileInfo info = *bench.files.stat(bench.log());
        QVERIFY(!bench.splitter->finished(info.device, info.inode, info.size));
        bench.settle();
        QVERIFY(bench.splitter->finished(info.device, info.inode, info.size));
        QVERIFY(!bench.splitter->finished(info.device, info.inode, info.size + 1));
    }
};

} // namespace sg

QTEST_APPLESS_MAIN(sg::TestSplitter)
#include "tst_splitter.moc"
