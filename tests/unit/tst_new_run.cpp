#include "core/pipeline/new_run.h"

#include "core/pipeline/opened_directory.h"
#include "tests/support/memory_file_system.h"

#include <QTemporaryDir>
#include <QTest>

#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace sg;
using namespace sg::test;

namespace {

/// The machine's disk until its `last` changing call; from then on nothing changes any more, as after a kill.
class MortalDisk final : public FileSystem {
public:
    explicit MortalDisk(int last = std::numeric_limits<int>::max()) : m_left(last) {}
    int calls() const { return m_calls; }

    Result<std::unique_ptr<File>> openRead(const std::string& path) override { return m_disk.openRead(path); }
    Result<std::unique_ptr<File>> openAppend(const std::string& path) override {
        if (const Status alive = step(); !alive) return fail(alive.error());
        return m_disk.openAppend(path);
    }
    Result<std::unique_ptr<File>> createNew(const std::string& path) override {
        if (const Status alive = step(); !alive) return fail(alive.error());
        return m_disk.createNew(path);
    }
    Status rename(const std::string& from, const std::string& to) override {
        SG_TRY(step());
        return m_disk.rename(from, to);
    }
    Status remove(const std::string& path) override {
        SG_TRY(step());
        return m_disk.remove(path);
    }
    Status makeDirectories(const std::string& path) override {
        SG_TRY(step());
        return m_disk.makeDirectories(path);
    }
    Status syncDirectory(const std::string& path) override {
        SG_TRY(step());
        return m_disk.syncDirectory(path);
    }
    Result<std::vector<std::string>> list(const std::string& path) override { return m_disk.list(path); }
    Result<FileInfo> stat(const std::string& path) override { return m_disk.stat(path); }
    Result<std::uint64_t> freeBytes(const std::string& path) override { return m_disk.freeBytes(path); }

private:
    Status step() {
        ++m_calls;
        if (m_left-- > 0) return {};
        return fail(ErrorCode::Io, "killed");
    }
    PosixFileSystem m_disk;
    int m_left;
    int m_calls = 0;
};

const Timestamp kNow = Timestamp::fromSeconds(1'760'000'000);

/// A directory as a run leaves it: a store with something in it, a chunk that waits, positions, a log of its own.
class Directory {
public:
    Directory() {
        data.root = folder.filePath("data").toStdString();
        auto opened = OpenedDirectory::open(files, clock, data.root);
        if (!opened) qFatal("%s", opened.error().message.c_str());
        stream = (*opened)->stream();
        write(joinPath(data.log(), "access.log"), "ours\n", data.log());
        write(data.progress(), "{}\n");
        SourceInfo ours, theirs, imported;
        ours.id = SourceId{1};
        ours.path = joinPath(data.log(), "access.log");
        theirs.id = SourceId{2};
        theirs.path = "/var/log/nginx/access.log";
        theirs.fingerprint = "abc";
        theirs.fingerprintLength = 100;
        imported.id = SourceId{3};
        imported.kind = SourceInfo::Kind::Imported;
        imported.path = "/tmp/old.log";
        if (!appendSources(files, data, {ours, theirs, imported})) qFatal("no sources");
        ReleasedPositions released;
        released.last = Sequence{7};
        released.sources[2] = {ByteOffset{1000}, LineCount{10}};
        if (!writeReleased(files, data, released)) qFatal("no positions");
        ChunkRef chunk;
        chunk.stream = stream;
        chunk.sequence = Sequence{8};
        chunk.source = SourceId{2};
        chunk.start = ByteOffset{1000};
        chunk.lines = LineCount{1};
        write(joinPath(data.chunks(), chunk.fileName()), std::string(49, 'x') + '\n');
        if (!(*opened)->store().setMeta("mark", "old")) qFatal("no mark");
    }
    void write(const std::string& path, const std::string& bytes, const std::string& in = {}) {
        if (!in.empty() && !files.makeDirectories(in)) qFatal("no folder");
        if (!files.replaceDurably(path, bytes)) qFatal("cannot write");
    }
    bool has(const std::string& path) { return files.stat(path).has_value(); }

    QTemporaryDir folder;
    PosixFileSystem files;
    SystemClock clock;
    DataDirectory data;
    std::string stream;
};

/// Empty when `root` is the old run, whole.
std::string whatIsMissing(Directory& d, const std::string& root) {
    DataDirectory old;
    old.root = root;
    if (!d.has(joinPath(old.log(), "access.log"))) return "log";
    if (!d.has(old.progress())) return "progress";
    const auto chunks = listChunks(d.files, old);
    if (!chunks || chunks->size() != 1) return "chunk";
    const auto released = readReleased(d.files, old);
    if (!released || released->last.value != 7) return "positions";
    const auto sources = readSources(d.files, old);
    if (!sources || sources->size() != 3) return "sources";
    const auto stream = d.files.readWhole(old.stream());
    if (!stream || stream->substr(0, 8) != d.stream) return "stream";
    Store::Options options;
    options.path = old.store();
    const auto store = Store::open(options);
    if (!store || (*store)->meta("mark").value_or("") != "old") return "store";
    return {};
}

/// Empty when the opened directory is a run of its own.
std::string whatIsLeft(Directory& d, OpenedDirectory& opened) {
    if (opened.stream() == d.stream) return "stream";
    if (opened.store().meta("mark").value_or("?") != "") return "store";
    if (!opened.store().createdNow()) return "an old store";
    const auto chunks = listChunks(d.files, d.data);
    if (!chunks || !chunks->empty()) return "chunks";
    const auto released = readReleased(d.files, d.data);
    if (!released || released->last.value != 0 || !released->sources.empty()) return "positions";
    if (d.has(joinPath(d.data.log(), "access.log"))) return "log";
    const auto sources = readSources(d.files, d.data);
    if (!sources || sources->size() != 1) return "sources";
    const SourceInfo& theirs = sources->front();
    if (theirs.id.value != 2 || theirs.begin.value != 1050 || theirs.fingerprint != "abc") return "the followed log's position";
    if (!opened.notes().empty()) return opened.notes().front();
    if (d.has(joinPath(d.data.root, "new_run"))) return "marker";
    return {};
}

/// A run on a disk that forgets what was not synced; its lock alone is on the machine's own.
class UnpluggedDirectory {
public:
    UnpluggedDirectory() {
        data.root = folder.path().toStdString();
        for (const auto& [name, content] : kEntries) files.put(joinPath(data.root, name), content);
        SourceInfo theirs;
        theirs.id = SourceId{2};
        theirs.path = "/var/log/nginx/access.log";
        theirs.fingerprint = "abc";
        theirs.fingerprintLength = 100;
        if (!appendSources(files, data, {theirs})) qFatal("no sources");
        ReleasedPositions released;
        released.last = Sequence{7};
        released.sources[2] = {ByteOffset{1000}, LineCount{10}};
        if (!writeReleased(files, data, released)) qFatal("no positions");
    }
    /// Of the archives there is one that has the run: another may have been begun before the power went.
    std::string archive() {
        const auto names = files.list(data.archive());
        for (const std::string& name : names.value_or(std::vector<std::string>()))
            if (files.exists(joinPath(joinPath(data.archive(), name), "store.sqlite"))) return joinPath(data.archive(), name);
        return data.archive();
    }
    /// Empty when `root` is the old run, whole.
    std::string missing(const std::string& root) {
        for (const auto& [name, content] : kEntries)
            if (files.content(joinPath(root, name)) != content) return name;
        DataDirectory old;
        old.root = root;
        const auto released = readReleased(files, old);
        if (!released || released->last.value != 7) return "positions";
        const auto sources = readSources(files, old);
        return !sources || sources->size() != 1 || sources->front().begin.value != 0 ? "sources" : "";
    }
    /// Empty when only what a new run begins with is left.
    std::string left() {
        for (const auto& [name, content] : kEntries)
            if (files.exists(joinPath(data.root, name))) return name;
        if (files.exists(joinPath(data.root, "new_run"))) return "marker";
        const auto sources = readSources(files, data);
        return !sources || sources->size() != 1 || sources->front().begin.value != 1000 ? "the followed log's position" : "";
    }

    QTemporaryDir folder;
    MemoryFileSystem files;
    DataDirectory data;

private:
    inline static const std::vector<std::pair<std::string, std::string>> kEntries = {{"log/access.log", "ours\n"},
                                                                                     {"progress.jsonl", "{}\n"},
                                                                                     {"stream", "abcdefgh 1 2 m\n"},
                                                                                     {"store.sqlite-wal", "its log"},
                                                                                     {"store.sqlite", "the old store"}};
};

} // namespace

class NewRunTest : public QObject {
    Q_OBJECT
private slots:
    void movesTheOldRunAndBeginsANewOne() {
        Directory d;
        const auto archive = archiveRun(d.files, d.data.root, kNow);
        QVERIFY2(archive, archive ? "" : archive.error().message.c_str());
        QCOMPARE(*archive, joinPath(d.data.archive(), "run-20251009T085320Z-" + d.stream));
        QCOMPARE(whatIsMissing(d, *archive), std::string());
        const auto opened = OpenedDirectory::open(d.files, d.clock, d.data.root);
        QVERIFY(opened);
        QCOMPARE(whatIsLeft(d, **opened), std::string());
    }

    void keepsEitherRunThroughAKillAtEveryCall() {
        int calls = 0;
        {
            Directory d;
            MortalDisk counting;
            QVERIFY(archiveRun(counting, d.data.root, kNow));
            calls = counting.calls();
        }
        QVERIFY(calls > 15);
        int old = 0;
        for (int last = 0; last < calls; ++last) {
            Directory d;
            MortalDisk disk(last);
            QVERIFY(!archiveRun(disk, d.data.root, kNow));
            const bool begun = d.has(joinPath(d.data.root, "new_run")) || !d.has(d.data.store());
            if (!begun) {
                ++old;
                QCOMPARE(whatIsMissing(d, d.data.root), std::string());
                const auto again = archiveRun(d.files, d.data.root, kNow);
                QVERIFY(again);
                QCOMPARE(whatIsMissing(d, *again), std::string());
            }
            const auto opened = OpenedDirectory::open(d.files, d.clock, d.data.root);
            QVERIFY2(opened, opened ? "" : opened.error().message.c_str());
            QVERIFY2(whatIsLeft(d, **opened).empty(), qPrintable(QString("call %1: %2").arg(last).arg(whatIsLeft(d, **opened).c_str())));
            const std::string name = "run-20251009T085320Z-" + d.stream;
            const std::string archive = joinPath(d.data.archive(), name);
            QCOMPARE(begun ? whatIsMissing(d, archive) : std::string(), std::string());
        }
        QVERIFY(old > 3 && old < calls);
    }

    // The store is a file like the others here: what moves is its name.
    void keepsEitherRunThroughAPowerLossAtEveryCall() {
        std::uint64_t calls = 0;
        int old = 0, begun = 0;
        for (std::uint64_t cut = 0; cut == 0 || cut <= calls; ++cut) {
            for (std::uint64_t seed = 0; seed < 12; ++seed) {
                UnpluggedDirectory d;
                if (cut == 0) {
                    const std::uint64_t before = d.files.changingCalls();
                    QVERIFY(archiveRun(d.files, d.data.root, kNow));
                    calls = d.files.changingCalls() - before;
                    break;
                }
                const std::string where = "call " + std::to_string(cut) + ", seed " + std::to_string(seed) + ": ";
                d.files.dieAtCall(cut);
                QVERIFY_EXCEPTION_THROWN(static_cast<void>(archiveRun(d.files, d.data.root, kNow)), PowerLost);
                d.files.powerLoss(seed);
                // The power goes once more while it is completed.
                d.files.dieAtCall(1 + seed);
                try {
                    static_cast<void>(finishNewRun(d.files, d.data));
                } catch (const PowerLost&) {
                }
                d.files.powerLoss(seed + 100);
                const Status finished = finishNewRun(d.files, d.data);
                QVERIFY2(finished, (where + (finished ? "" : finished.error().message)).c_str());
                if (d.files.exists(d.data.store())) {
                    ++old;
                    QCOMPARE(where + d.missing(d.data.root), where);
                    QVERIFY(archiveRun(d.files, d.data.root, kNow));
                } else {
                    ++begun;
                }
                d.files.powerLoss(seed + 200); // all of it was durable
                QCOMPARE(where + d.missing(d.archive()), where);
                QCOMPARE(where + d.left(), where);
            }
        }
        QVERIFY(calls > 15);
        QVERIFY(old > 30 && begun > 30);
    }

    void survivesASecondKillWhileItIsCompleted() {
        int calls = 0;
        for (int first = 0; calls == 0 || first < calls; ++first) {
            Directory d;
            MortalDisk disk(first);
            const bool whole = archiveRun(disk, d.data.root, kNow).has_value();
            if (whole) calls = first;
            if (!d.has(joinPath(d.data.root, "new_run"))) continue;
            MortalDisk again(2);
            QVERIFY(!finishNewRun(again, d.data));
            const auto opened = OpenedDirectory::open(d.files, d.clock, d.data.root);
            QVERIFY(opened);
            QCOMPARE(whatIsLeft(d, **opened), std::string());
        }
    }

    void refusesWhatIsOpen() {
        Directory d;
        const auto opened = OpenedDirectory::open(d.files, d.clock, d.data.root);
        QVERIFY(opened);
        const auto archive = archiveRun(d.files, d.data.root, kNow);
        QVERIFY(!archive);
        QCOMPARE(archive.error().code, ErrorCode::Busy);
        QVERIFY(archive.error().message.find(std::to_string(::getpid())) != std::string::npos);
        QVERIFY(d.has(joinPath(d.data.log(), "access.log")));
    }

    void findsNothingToArchive() {
        QTemporaryDir folder;
        PosixFileSystem files;
        QCOMPARE(archiveRun(files, folder.filePath("none").toStdString(), kNow).value_or("?"), std::string());
        QCOMPARE(archiveRun(files, folder.path().toStdString(), kNow).value_or("?"), std::string());
    }

    void archivesTwiceInOneSecond() {
        Directory d;
        const auto first = archiveRun(d.files, d.data.root, kNow);
        QVERIFY(first);
        { QVERIFY(OpenedDirectory::open(d.files, d.clock, d.data.root)); }
        const auto second = archiveRun(d.files, d.data.root, kNow);
        QVERIFY(second && *second != *first);
        QCOMPARE(whatIsMissing(d, *first), std::string());
    }
};

QTEST_GUILESS_MAIN(NewRunTest)
#include "tst_new_run.moc"
