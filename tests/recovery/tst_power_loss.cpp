// Logs, chunks, batches and store in one process, on a disk that forgets what was not synced; the power goes at every changing call.
//
// That it can fail was tried. It does when one of these is taken out: the sync of a chunk file before its rename, the sync of the folder
// between two chunks (core/split/splitter.cpp), the sync of the folder before savePlan (core/batch/engine.cpp), the sync of `sources`
// (core/chunks/data_directory.cpp), the sync of the folder after the rename in replaceDurably (core/base/file_system.cpp).
#include "core/batch/deliverer.h"
#include "core/batch/engine.h"
#include "core/batch/target.h"
#include "core/elastic/bulk.h"
#include "core/pipeline/dead_letter_retry.h"
#include "core/split/splitter.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_file_system.h"
#include "tests/support/power_loss_vfs.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <utility>
#include <vector>

using namespace sg;
using namespace sg::test;

namespace {

const std::string kLog = "/log/access.log";
const DataDirectory kData{"/data"};

/// What a course has besides a followed log whose lines are only counted.
struct Extras {
    bool import = false;  // a finished file as well
    bool deliver = false; // documents have a target
    bool retry = false;   // what could not be read is read again, and again cannot be read
};

const std::string kImport = "/import/old.log";
constexpr int kImportFrom = 400, kImportLines = 50;

/// A server on another machine, which keeps its power: every document once, and how often each was taken.
class Receiver {
public:
    std::unique_ptr<Transport> connect() { return std::make_unique<Line>(*this); }
    /// Answers what has come.
    void answer() {
        for (auto pending = std::exchange(m_pending, {}); auto& [answer, response] : pending) answer(std::move(response));
    }
    std::set<std::string> ids;     ///< of documents
    std::set<std::string> letters; ///< of dead letters, in their own index

private:
    class Line final : public Transport {
    public:
        explicit Line(Receiver& receiver) : m_receiver(receiver) {}
        ~Line() override { m_receiver.m_pending.clear(); }
        void send(HttpRequest request, Answer answer) override {
            HttpResponse response;
            response.status = 200;
            response.headers = {{"x-elastic-product", "Elasticsearch"}};
            if (request.path == "/") {
                response.body = "{\"version\":{\"number\":\"8.15.0\",\"build_flavor\":\"default\"},\"tagline\":\"You Know, for Search\"}";
            } else if (request.path == kBulkPath) {
                response.body = m_receiver.take(request.body);
            } else {
                response.body = "{\"acknowledged\":true}";
            }
            m_receiver.m_pending.emplace_back(std::move(answer), std::move(response));
        }

    private:
        Receiver& m_receiver;
    };
    std::string take(const std::string& body) {
        std::string items;
        for (std::size_t at = 0; at < body.size();) {
            const std::size_t end = body.find('\n', at);
            const std::size_t index = body.find("-deadletters-", at);
            const std::size_t begin = body.find("\"_id\":\"", at) + 7;
            const std::string id = body.substr(begin, body.find('"', begin) - begin);
            items += items.empty() ? "" : ",";
            if (body.compare(at, 9, "{\"delete\"") == 0) {
                items += std::string("{\"delete\":{\"status\":") + (letters.erase(id) > 0 ? "200" : "404") + "}}";
                at = end + 1;
                continue;
            }
            const bool fresh = (index < end ? letters : ids).insert(id).second;
            items += std::string("{\"create\":{\"status\":") + (fresh ? "201" : "409") + "}}";
            at = body.find('\n', end + 1) + 1;
        }
        return "{\"items\":[" + items + "]}";
    }
    std::vector<std::pair<Transport::Answer, HttpResponse>> m_pending;
};

/// The web server: no two of its good lines have the same status, so that a status count says how often one line was counted.
class Server {
public:
    explicit Server(MemoryFileSystem& files) : m_files(files) {}

    void write(int lines, bool durable) {
        std::string bytes;
        for (int i = 0; i < lines; ++i, ++m_written) {
            if (m_written % 11 == 10) bytes += '\n';
            else if (m_written % 9 == 8) bytes += "no access log line " + std::to_string(m_written) + '\n';
            else bytes += good(m_written) + '\n';
        }
        m_files.add(kLog, bytes, durable);
    }
    void writeTornLine() { m_files.add(kLog, good(m_written++)); }
    void rotate() {
        m_files.move(kLog, kLog + ".1");
        m_files.put(kLog, "");
    }
    /// What a power loss tore off is not written again; the next line begins on a line of its own.
    void restart() {
        const std::string content = m_files.content(kLog);
        if (!content.empty() && content.back() != '\n') m_files.add(kLog, "\n");
    }
    /// Both files; the rotated one ends where the disk forgot it.
    [[nodiscard]] std::string everything() const {
        std::string old = m_files.content(kLog + ".1");
        if (!old.empty() && old.back() != '\n') old += '\n';
        old += m_files.content(kLog);
        if (!m_files.exists(kImport)) return old;
        return old + (old.empty() || old.back() == '\n' ? "" : "\n") + m_files.content(kImport);
    }
    static std::string good(int number) {
        char line[200];
        std::snprintf(line, sizeof line, "203.0.113.9 - - [10/Oct/2025:13:%02d:%02d +0000] \"GET /%d HTTP/1.1\" %d 100 \"-\" \"curl/8.0\"",
                      number / 60, number % 60, number, 100 + number);
        return line;
    }

private:
    MemoryFileSystem& m_files;
    int m_written = 0;
};

/// What a log says, read by other means than the product's.
struct Count {
    std::uint64_t lines = 0, good = 0, dead = 0, blank = 0;
    std::array<std::uint64_t, 1000> byStatus{};
};

Count countOf(const std::string& log) {
    Count count;
    for (std::size_t at = 0; at < log.size();) {
        const std::size_t end = std::min(log.find('\n', at), log.size());
        const std::string line = log.substr(at, end - at);
        at = end + 1;
        ++count.lines;
        const std::size_t quote = line.find("HTTP/1.1\" ");
        if (line.empty()) ++count.blank;
        else if (quote == std::string::npos || !line.ends_with("\"curl/8.0\"")) ++count.dead;
        else {
            ++count.good;
            ++count.byStatus[std::stoul(line.substr(quote + 10, 3))];
        }
    }
    return count;
}

/// The machine that the power is cut of, and the program on it.
class Machine {
public:
    explicit Machine(Extras what) : extras(what) {
        files.plugInto(power);
        disk.plugInto(power);
        files.put(joinPath(kData.root, "lock"), "");
        files.put(kLog, "");
        clock.setWall(Timestamp::fromSeconds(1'760'200'000)); // a day after the lines
        tuning.split.linesPerChunk = 4;
        tuning.split.minAge = Milliseconds(0);
        tuning.batch.maxFiles = 2;
        tuning.batch.threads = 1;
        if (extras.deliver) tuning.output.url = "http://search.example:9200";
        if (extras.import) {
            std::string old;
            for (int i = 0; i < kImportLines; ++i) old += Server::good(kImportFrom + i) + '\n';
            files.put(kImport, old);
        }
    }
    ~Machine() { close(); }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    /// As the pipeline does it: folders, store, stream, engine, splitter.
    Status open() {
        SG_TRY(files.makeDirectories(kData.root));
        SG_TRY(files.makeDirectories(kData.chunks()));
        Store::Options options;
        options.path = kData.store();
        options.vfs = disk.name();
        options.checkpointBatches = 3;
        SG_TRY_ASSIGN(store, Store::open(options));
        const auto known = files.readWhole(kData.stream());
        std::string stream = known ? *known : std::string();
        if (stream.empty() || store->createdNow()) {
            stream = std::string("stream") + static_cast<char>('a' + m_streams % 26) + static_cast<char>('a' + m_streams / 26 % 26);
            ++m_streams;
            SG_TRY(files.replaceDurably(kData.stream(), stream));
        }
        SG_TRY(store->setMeta("stream", stream));
        BatchEngineOptions batch;
        batch.data = kData;
        batch.stream = stream;
        batch.runId = "run";
        batch.format = "combined";
        batch.target = [this] { return targetOf(tuning.output); };
        SG_TRY_ASSIGN(engine, BatchEngine::open(files, clock, *store, executor, batch));
        SplitterOptions split;
        split.dataDirectory = kData.root;
        split.stream = stream;
        split.follow = {kLog + ".1", kLog};
        if (extras.import) split.import = {kImport};
        SG_TRY_ASSIGN(split.lastPlanned, store->lastPlannedSequence());
        SG_TRY_ASSIGN(splitter, Splitter::open(files, clock, split));
        DelivererOptions deliver;
        deliver.data = kData;
        deliver.stream = stream;
        deliver.sourcePath = [this](SourceId source) { return engine->sourcePath(source); };
        retry = std::make_unique<DeadLetterRetry>(*store, clock);
        deliverer = Deliverer::create(
            files, clock, *store, [this](const std::string&) { return receiver.connect(); }, std::move(deliver));
        return {};
    }
    void close() {
        deliverer.reset();
        retry.reset();
        splitter.reset();
        engine.reset();
        store.reset();
    }
    void losePower(std::uint64_t seed) {
        close();
        files.beforeSyncDirectory({});
        files.powerLoss(seed);
        disk.restore(seed);
        power.comeBack();
    }

    /// Asks once, whatever the power does, and goes on until all lines are in chunks.
    Status readDeadLettersAgain() {
        SG_TRY_ASSIGN(const RetryOutcome newest, store->newestRetry());
        if (newest.id == 0) SG_TRY(retry->ask({}));
        for (int round = 0; round < 100 && retry->isPending(); ++round) SG_TRY(retry->step(*splitter, tuning));
        return retry->isPending() ? fail(ErrorCode::Internal, "the retry has no end") : Status();
    }
    Status step() {
        SG_TRY(retry->step(*splitter, tuning)); // what a power loss left of one
        clock.advance(Milliseconds(600)); // old enough for chunks of fewer lines, and for the next look at what is there
        for (int round = 0; round < 20; ++round) {
            SG_TRY_ASSIGN(const Milliseconds wait, splitter->step(tuning));
            if (wait.count() > 0) break;
        }
        return {};
    }
    /// The batch thread is faster than the sync of a chunk's name.
    Status stepAmidBatches() {
        Status ran;
        files.beforeSyncDirectory([&] {
            if (ran) ran = run();
        });
        const Status stepped = step();
        files.beforeSyncDirectory({});
        return stepped ? ran : stepped;
    }
    Status run() { return engine->runOnce(tuning) ? Status() : fail(ErrorCode::Internal, "the engine stopped"); }
    /// What is committed goes to its target, and then its chunks may go.
    Status release() {
        for (int round = 0; extras.deliver && round < 200; ++round) {
            receiver.answer();
            SG_TRY_ASSIGN(const Milliseconds wait, deliverer->pump(tuning));
            if (deliverer->idle()) break;
            clock.advance(std::max(wait, Milliseconds(1)));
        }
        return engine->release(tuning);
    }
    /// Until nothing is left to do.
    Status drain(bool sourcesEnded) {
        for (int round = 0; round < 60; ++round) {
            SG_TRY(step());
            SG_TRY(splitter->flush(sourcesEnded));
            SG_TRY_ASSIGN(const BatchEngine::Tick tick, engine->runOnce(tuning));
            SG_TRY(release());
            if (!tick.ran && splitter->drained() && splitter->part().unsplit == 0) return {};
        }
        return fail(ErrorCode::Internal, "there is no end");
    }
    [[nodiscard]] Ledger ledger() const {
        Ledger books = engine->part().ledger;
        books.lines = splitter->part().lines;
        books.split = splitter->part().split;
        books.unsplit = splitter->part().unsplit;
        return books;
    }

    Power power;
    MemoryFileSystem files;
    PowerLossVfs disk{"chain"};
    ManualClock clock;
    InlineExecutor executor;
    Tuning tuning;
    Server server{files};
    std::unique_ptr<Store> store;
    std::unique_ptr<BatchEngine> engine;
    std::unique_ptr<Splitter> splitter;
    std::unique_ptr<DeadLetterRetry> retry;
    Receiver receiver;
    std::unique_ptr<Deliverer> deliverer;
    const Extras extras;

private:
    int m_streams = 0;
};

struct Action {
    const char* name;
    bool ofServer; // happens whether the program runs or not, and once
    std::function<Status(Machine&)> run;
};

Action serverDoes(const char* name, std::function<void(Machine&)> what) {
    return {name, true, [what = std::move(what)](Machine& m) {
                what(m);
                return Status();
            }};
}

std::vector<Action> scenario(bool logIsSynced) {
    const Action step{"step", false, [](Machine& m) { return m.step(); }};
    const Action amid{"step amid batches", false, [](Machine& m) { return m.stepAmidBatches(); }};
    const Action flush{"flush", false, [](Machine& m) { return m.splitter->flush(false); }};
    const Action run{"runOnce", false, [](Machine& m) { return m.run(); }};
    const Action release{"release", false, [](Machine& m) { return m.release(); }};
    const Action checkpoint{"checkpoint", false, [](Machine& m) { return m.store->checkpoint(); }};
    const Action first = serverDoes("first 15 lines", [](Machine& m) { m.server.write(15, true); });
    const Action lines = serverDoes("9 lines", [logIsSynced](Machine& m) { m.server.write(9, logIsSynced); });
    const Action rotate = serverDoes("rotation", [](Machine& m) { m.server.rotate(); });
    const Action torn = serverDoes("a torn line", [](Machine& m) { m.server.writeTornLine(); });
    const Action drain{"drain", false, [](Machine& m) { return m.drain(false); }};
    const Action last{"drain to the torn line", false, [](Machine& m) { return m.drain(true); }};
    const Action again{"retry", false, [](Machine& m) { return m.extras.retry ? m.readDeadLettersAgain() : Status(); }};
    return {first, step,       run, lines, step, run,     release, lines, rotate, first, step, flush,   run,   run,  lines,
            amid,  checkpoint, run, lines, amid, release, lines,   step,  flush,  run,   run,  release, again, run, drain, torn, last};
}

/// Empty, or what must not be at any moment.
std::string wrongNow(Machine& m) {
    for (const Problem& problem : m.engine->part().stage.problems) return problem.sentence;
    const auto released = readReleased(m.files, kData);
    const auto chunks = listChunks(m.files, kData);
    if (!released || !chunks) return "released positions or chunks cannot be read";
    if (!released->holes.empty()) return "a hole is released";
    std::uint64_t last = released->last.value;
    for (const ChunkRef& chunk : *chunks) {
        if (released->isReleased(chunk.sequence)) continue;
        if (chunk.sequence.value != last + 1) return "chunk " + chunk.fileName() + " follows sequence " + std::to_string(last);
        last = chunk.sequence.value;
    }
    return "";
}

/// Empty, or how the end differs from the log.
std::string wrongAtTheEnd(Machine& m, bool logIsSynced) {
    const std::string now = wrongNow(m);
    if (!now.empty()) return now;
    if (const Status fresh = m.engine->refresh(); !fresh) return fresh.error().message;
    const Ledger books = m.ledger();
    for (const std::string& text : books.differences()) return text;
    if (books.lost != 0) return std::to_string(books.lost) + " lines are lost";
    if (books.inFlight() != 0) return std::to_string(books.inFlight()) + " lines are on their way";
    if (books.parsed + books.dead() + books.skipped != books.lines) return "not every line has an end";
    const auto minutes = m.store->minuteLines();
    if (!minutes || *minutes != books.parsed) return "the minutes do not add up to the parsed lines";
    for (const std::string& name : m.files.list(kData.chunks()).value_or(std::vector<std::string>{"no folder"})) return name + " is left";
    const auto sums = m.store->loadAggregate();
    if (!sums || sums->totals().byStatus != m.engine->part().totals.byStatus) return "the store's totals are not the engine's";
    const auto& found = m.engine->part().totals.byStatus;
    const Count log = countOf(m.server.everything());
    for (std::size_t status = 100; status < found.size(); ++status) {
        const std::string line =
            "the line with status " + std::to_string(status) + " was counted " + std::to_string(found[status]) + " times";
        // A line that the log itself lost may have been read before.
        if (found[status] > 1 || found[status] < log.byStatus[status]) return line;
        if (logIsSynced && found[status] != log.byStatus[status]) return line;
    }
    if (m.extras.retry != (books.resolved() > 0)) return std::to_string(books.resolved()) + " dead letters are resolved";
    if (books.resolved() != books.retried || books.retrying != 0) return "letters and lines of the retry differ";
    if (m.extras.deliver) {
        if (m.receiver.letters.size() != books.deadLeft())
            return std::to_string(books.deadLeft()) + " dead letters are left, " + std::to_string(m.receiver.letters.size()) +
                   " are in their index";
        if (books.created + books.duplicate != books.parsed) return "not every document was delivered";
        if (m.receiver.ids.size() != books.parsed)
            return std::to_string(books.parsed) + " documents are in the books, " + std::to_string(m.receiver.ids.size()) +
                   " at the target";
    }
    if (!logIsSynced) return "";
    if (books.logLines() != log.lines)
        return std::to_string(log.lines) + " lines are in the log, " + std::to_string(books.logLines()) + " in the books";
    if (books.parsed != log.good || books.deadLeft() != log.dead || books.skipped != log.blank) return "lines have another end than the log's";
    return "";
}

/// What was promised before the cut and must hold after it.
struct Promised {
    std::uint64_t committed = 0;
    std::set<std::pair<std::uint64_t, std::uint64_t>> finished; // inode, size of what its writer may delete

    void learn(Machine& m) {
        if (const auto books = m.store->ledger()) committed = books->committed;
        for (const std::string& path : {kLog, kLog + ".1"})
            if (const auto info = m.files.stat(path); info && m.splitter->finished(info->device, info->inode, info->size))
                finished.emplace(info->inode, info->size);
    }
    std::string broken(Machine& m) const {
        const auto books = m.store->ledger();
        if (!books || books->committed < committed) return "a commit is gone";
        for (const auto& [inode, size] : finished)
            if (!m.splitter->finished(1, inode, size)) return "a file that was finished is no more";
        return "";
    }
};

struct Course {
    std::uint64_t cut = 0;   // at this call
    std::uint64_t again = 0; // and at this one after the first cut; 0 = no
    std::uint64_t seed = 0;
    bool logIsSynced = true;
    Extras extras;
    std::string wrong; // first thing that was
    int cuts = 0;
    bool shrank = false;  // the splitter saw a log that was shorter than what it had read
    std::size_t kept = 0; // promises

    void go() {
        Machine m(extras);
        m.power.cutAtCall(cut);
        const std::vector<Action> actions = scenario(logIsSynced);
        std::string history;
        Promised promised;
        bool open = false;
        for (std::size_t i = 0; i < actions.size() && wrong.empty();) {
            const Action& action = actions[i];
            history += std::string(open ? ", " : ", open, ") + action.name;
            try {
                Status done;
                if (!open && !action.ofServer) {
                    done = m.open();
                    open = done.has_value();
                    if (open && !m.power.isOff()) {
                        wrong = promised.broken(m);
                        if (wrong.empty()) wrong = wrongNow(m);
                        // What shrank is seen before it grows again.
                        if (!logIsSynced) done = m.step();
                        m.server.restart();
                    }
                }
                if (done) done = action.run(m);
                if (done && !action.ofServer) promised.learn(m);
                kept = promised.finished.size();
                if (open)
                    for (const Problem& problem : m.splitter->part().stage.problems)
                        shrank = shrank || problem.key.starts_with("split.shrunk");
                if (!m.power.isOff()) {
                    if (!done) wrong = done.error().message;
                    else if (wrong.empty() && open) wrong = i + 1 == actions.size() ? wrongAtTheEnd(m, logIsSynced) : wrongNow(m);
                    ++i;
                    continue;
                }
            } catch (const PowerLost&) {
            }
            history += ", POWER LOSS";
            ++cuts;
            m.losePower(seed * 1'000'000 + cut * 1000 + static_cast<std::uint64_t>(cuts));
            if (cuts == 1) m.power.cutAtCall(again);
            if (!logIsSynced) promised.finished.clear();
            open = false;
        }
        if (!wrong.empty()) wrong += "\n  cut at call " + std::to_string(cut) + history;
    }
};

} // namespace

class PowerLossTest : public QObject {
    Q_OBJECT
private slots:
    void everyLineIsCountedOnceWhereverThePowerGoes_data() {
        QTest::addColumn<quint64>("seed");
        QTest::addColumn<bool>("again");
        QTest::addColumn<bool>("logIsSynced");
        QTest::addColumn<bool>("import");
        QTest::addColumn<bool>("deliver");
        QTest::addColumn<bool>("retry");
        const auto row = [](const char* name, quint64 seed, bool again, bool logIsSynced, Extras extras = {}) {
            QTest::newRow(name) << seed << again << logIsSynced << extras.import << extras.deliver << extras.retry;
        };
        row("the log is synced", 1, false, true);
        row("other writes survive", 2, false, true);
        row("it goes again during the recovery", 3, true, true);
        row("the log becomes shorter", 4, false, false);
        row("the log becomes shorter, other writes survive", 5, false, false);
        row("a finished file is imported", 6, false, true, {true, false});
        row("an import, and it goes again", 7, true, true, {true, false});
        row("documents are delivered", 10, false, true, {false, true});
        row("documents are delivered, and it goes again", 11, true, true, {true, true});
        row("dead letters are retried", 12, false, true, {false, false, true});
        row("dead letters are delivered and retried, and it goes again", 13, true, true, {false, true, true});
    }
    void everyLineIsCountedOnceWhereverThePowerGoes() {
        QFETCH(quint64, seed);
        QFETCH(bool, again);
        QFETCH(bool, logIsSynced);
        QFETCH(bool, import);
        QFETCH(bool, deliver);
        QFETCH(bool, retry);
        std::uint64_t call = 1;
        bool shrank = false;
        for (;; ++call) {
            Course course{call, again ? 1 + call * 7 % 90 : 0, seed, logIsSynced, {import, deliver, retry}, {}, 0, false, 0};
            course.go();
            QVERIFY2(course.wrong.empty(), course.wrong.c_str());
            shrank = shrank || course.shrank;
            if (course.cuts > 0) continue;
            QVERIFY(course.kept > 2);
            break;
        }
        QCOMPARE(shrank, !logIsSynced);
        QVERIFY2(call > 300, qPrintable(QString::number(call)));
    }
};

QTEST_APPLESS_MAIN(PowerLossTest)
#include "tst_power_loss.moc"
