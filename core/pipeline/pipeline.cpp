#include "core/pipeline/pipeline.h"

#include "core/base/latest.h"
#include "core/batch/deliverer.h"
#include "core/batch/engine.h"
#include "core/batch/target.h"
#include "core/format/format.h"
#include "core/generate/generator.h"
#include "core/pipeline/dead_letter_retry.h"
#include "core/pipeline/line_times.h"
#include "core/pipeline/metrics.h"
#include "core/pipeline/metrics_server.h"
#include "core/pipeline/opened_directory.h"
#include "core/pipeline/pool_executor.h"
#include "core/pipeline/problem_log.h"
#include "core/pipeline/qt_transport.h"
#include "core/pipeline/worker_loop.h"
#include "core/split/path_pattern.h"
#include "core/split/splitter.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <QTimer>

#include <algorithm>
#include <atomic>
#include <functional>
#include <mutex>
#include <spdlog/spdlog.h>

namespace sg {
namespace {

constexpr Milliseconds kPublishEvery{50};
constexpr Milliseconds kIdleWait{25};
constexpr Milliseconds kTailTime{10'000};
constexpr int kViewShare = 20; // a view is made anew after so many times what it cost

class RunningPipeline final : public Pipeline {
public:
    RunningPipeline(PipelineOptions options, const Tuning& tuning) : m_options(std::move(options)) { apply(tuning); }
    ~RunningPipeline() override;
    Status open();

    void start() override;
    void pause(bool paused) override {
        m_paused = paused;
        wakeAll();
    }
    void cancelImports() override {
        m_importsCancelled = true;
        m_splitLoop.wake();
    }
    Revision apply(Tuning tuning) override;
    Tuning tuning() const override { return *m_tuning.get(); }
    std::shared_ptr<const Snapshot> snapshot() const override;
    void setView(const ViewRequest& view) override {
        m_view.publish(view);
        m_batchLoop.wake();
    }
    Status retryDeadLetters(const RetryRequest& request) override {
        SG_TRY(m_retry->ask(request));
        m_splitLoop.wake();
        return {};
    }
    bool finished() const override;
    std::string failure() const override;
    void restart(StageName stage) override;
    bool stop(Milliseconds drain, const std::function<bool()>& whileWaiting) override;
    const std::vector<std::string>& notes() const override { return m_directory->notes(); }

private:
    Result<Milliseconds> generateStep();
    Result<Milliseconds> splitStep();
    Result<Milliseconds> batchStep();
    Status answerView(bool changed);
    Status runDueBatch(const Tuning& tuning, bool& again);
    void deliverThread(const std::stop_token& token);
    void wakeDeliver();
    void wakeAll();
    void publishFailure(StageName stage, const std::string& sentence);
    template <class Part> void publishEvery(Latest<Part>& mailbox, const Part& part, ProblemLog& log, SteadyTime& last, bool now = false);
    static ProblemLog logOf(const char* worker) { return ProblemLog(spdlog::default_logger()->clone(worker)); }
    bool waitFor(const std::function<bool()>& done, Milliseconds limit, const std::function<bool()>& whileWaiting);

    const PipelineOptions m_options;
    PosixFileSystem m_files;
    SystemClock m_clock;
    Latest<Tuning> m_tuning;
    Latest<ViewRequest> m_view;
    std::mutex m_applyMutex;
    std::uint64_t m_revision = 0; // guarded by m_applyMutex

    std::unique_ptr<OpenedDirectory> m_directory;
    std::shared_ptr<const AgentRules> m_agentRules;
    std::unique_ptr<PoolExecutor> m_executor;
    std::unique_ptr<Generator> m_generator; // gen thread
    std::mutex m_splitterMutex;
    std::unique_ptr<Splitter> m_splitter;   // guarded by m_splitterMutex once the threads run: the generator asks what is finished
    std::unique_ptr<DeadLetterRetry> m_retry; // split thread
    std::unique_ptr<BatchEngine> m_engine;  // batch thread
    std::unique_ptr<Deliverer> m_deliverer; // deliver thread

    Latest<GeneratorPart> m_generatorPart;
    Latest<SplitterPart> m_splitterPart;
    Latest<BatchPart> m_batchPart;
    Latest<OutputPart> m_outputPart;
    Latest<WindowPart> m_windowPart;
    Latest<TailPart> m_tailPart;
    Latest<DeadLetterPart> m_deadLetterPart;
    SteadyTime m_generatorPublished{}, m_splitterPublished{};
    ProblemLog m_generatorLog = logOf("gen"), m_splitterLog = logOf("split"), m_batchLog = logOf("batch"), m_outputLog = logOf("deliver");

    std::atomic<bool> m_paused = false;
    std::atomic<bool> m_importsCancelled = false;
    std::atomic<bool> m_generatorDone = false;
    std::atomic<bool> m_splitDrained = false;
    std::atomic<bool> m_batchIdle = false; // the last trigger found nothing
    std::atomic<bool> m_deliverIdle = true;
    std::atomic<bool> m_draining = false; // stop() has begun: batches at once
    std::atomic<bool> m_deliveryChanged = false;
    std::atomic<bool> m_stopped = false; // the last listing is final
    std::atomic<std::uint64_t> m_splitRounds = 0;
    std::atomic<std::uint64_t> m_batchRounds = 0;
    SteadyTime m_nextTick{};                           // batch thread
    std::shared_ptr<const ViewRequest> m_answeredView; // batch thread
    SteadyTime m_viewNotBefore{};                      // batch thread
    bool m_viewEnded = false;                          // batch thread

    WorkerLoop m_genLoop, m_splitLoop, m_batchLoop;
    std::atomic<bool> m_deliverWoken = false;
    std::mutex m_deliverMutex;
    QEventLoop* m_deliverLoop = nullptr; // guarded by m_deliverMutex
    std::jthread m_deliverWorker;
    bool m_started = false;
    MetricsServer m_metrics{[this] { return snapshot(); },
                            [this] { return m_stopped ? std::string("the pipeline has stopped") : failedStages(*snapshot()); }};
    mutable std::mutex m_failureMutex;
    std::string m_deliverFailure; // guarded by m_failureMutex
    std::atomic<bool> m_deliverFailed = false;
};

Status RunningPipeline::open() {
    SG_TRY_ASSIGN(m_directory, OpenedDirectory::open(m_files, m_clock, m_options.dataDirectory));
    for (const std::string& note : m_directory->notes()) spdlog::warn("{}", note);
    const std::string rules = m_options.agentRules.empty() ? std::string(kDefaultAgentRules) : m_options.agentRules;
    if (auto loaded = loadAgentRules(rules)) m_agentRules = std::move(*loaded);
    else if (!m_options.agentRules.empty() || loaded.error().code != ErrorCode::NotFound) return fail(loaded.error());
    else spdlog::warn("{}: user agents keep their text only", loaded.error().message);

    const Tuning tuning = *m_tuning.get();
    const DataDirectory& data = m_directory->data();
    Store& store = m_directory->store();
    m_retry = std::make_unique<DeadLetterRetry>(store, m_clock);
    m_executor = std::make_unique<PoolExecutor>(std::max(1U, std::thread::hardware_concurrency()));

    Credentials credentials;
    if (m_options.credentials) {
        credentials = *m_options.credentials;
    } else {
        SG_TRY_ASSIGN(credentials, credentialsFromEnvironment());
    }
    DelivererOptions deliver;
    deliver.data = data;
    deliver.agentRules = m_agentRules;
    deliver.privacyKey = m_directory->privacyKey();
    const auto places = std::make_shared<PlaceFiles>(m_files);
    places->refresh(tuning.places.databases, m_clock.steady()); // before delivery reads what an earlier run left
    deliver.places = places;
    deliver.stream = m_directory->stream();
    deliver.sourcePath = [this](SourceId source) { return m_engine->sourcePath(source); };
    deliver.delivered = [this] {
        m_deliveryChanged = true;
        m_batchLoop.wake();
    };
    deliver.jitterSeed = static_cast<std::uint64_t>(m_clock.wall().ns);
    m_deliverer = Deliverer::create(
        m_files, m_clock, store,
        [this, credentials, stream = m_directory->stream()](const std::string& url) -> std::unique_ptr<Transport> {
            return makeQtTransport(url, credentialsFor(url, m_tuning.get()->output.url, credentials), stream);
        },
        std::move(deliver));

    BatchEngineOptions batch;
    batch.data = data;
    batch.stream = m_directory->stream();
    batch.runId = m_directory->stream() + "-" + std::to_string(m_clock.wall().ns / 1'000'000);
    batch.format = m_options.format;
    batch.zoneMinutes = m_options.zoneMinutes;
    batch.agentRules = m_agentRules;
    batch.privacyKey = m_directory->privacyKey();
    batch.places = places;
    batch.target = [this] {
        // What the Tuning says now, so that a plan made before the first contact names its target too.
        return targetOf(m_tuning.get()->output);
    };
    batch.committed = [this] { wakeDeliver(); };
    SG_TRY_ASSIGN(m_engine, BatchEngine::open(m_files, m_clock, store, *m_executor, std::move(batch)));

    SplitterOptions split;
    split.dataDirectory = data.root;
    split.stream = m_directory->stream();
    split.follow = m_options.follow;
    split.import = m_options.import;
    // What was planned is where an earlier run left off. Without a header lines have no time, and are due at once.
    const auto headerOf = [&store](SourceId source) {
        const auto header = store.sourceHeader(source);
        return header && *header ? (*header)->text : std::string();
    };
    split.eventTime = [times = std::make_shared<LineTimes>(m_options.format, m_options.zoneMinutes, headerOf, tuning.formats)](
                          const SourceInfo& source, std::string_view line) { return times->of(source.id, line); };
    SG_TRY_ASSIGN(split.lastPlanned, store.lastPlannedSequence());
    const std::string log = m_options.logPath.empty() ? joinPath(data.log(), "access.log") : m_options.logPath;
    if (m_options.generate) SG_TRY(m_files.makeDirectories(parentDirectory(log)));
    // Also without the generator: what it had written when it was killed is in the books, and still to be cut.
    for (const std::string& pattern : {log + ".[0-9]*[0-9]", log + ".[0-9]", log})
        if (m_options.generate || !expandPattern(m_files, pattern).empty()) split.follow.push_back(pattern);
    SG_TRY_ASSIGN(m_splitter, Splitter::open(m_files, m_clock, std::move(split)));
    if (m_options.generate) {
        GeneratorOptions generate;
        generate.path = log;
        generate.count = m_options.count;
        generate.mayDelete = [this](std::uint64_t device, std::uint64_t inode, std::uint64_t size) {
            const std::lock_guard lock(m_splitterMutex);
            return m_splitter->finished(device, inode, size);
        };
        SG_TRY_ASSIGN(m_generator, Generator::open(m_files, m_clock, std::move(generate), tuning));
        m_generatorPart.publish(m_generator->part());
    }
    m_splitterPart.publish(m_splitter->part());
    m_batchPart.publish(m_engine->part());
    m_outputPart.publish(m_deliverer->part());
    m_deliverIdle = m_deliverer->idle();
    return {};
}

RunningPipeline::~RunningPipeline() {
    m_metrics.stop();
    m_genLoop.stop();
    m_splitLoop.stop();
    m_batchLoop.stop();
    if (m_deliverWorker.joinable()) {
        m_deliverWorker.request_stop();
        wakeDeliver();
        m_deliverWorker.join();
    }
}

void RunningPipeline::start() {
    m_started = true;
    m_nextTick = m_clock.steady() + m_tuning.get()->batch.interval;
    const auto failed = [this](StageName stage) { return [this, stage](const std::string& sentence) { publishFailure(stage, sentence); }; };
    const int niceness = m_options.niceness;
    m_deliverWorker = std::jthread([this, niceness](const std::stop_token& token) {
        yieldThisThread(niceness);
        deliverThread(token);
    });
    ::pthread_setname_np(m_deliverWorker.native_handle(), "deliver");
    m_batchLoop.start(
        "batch", niceness, [this] { return batchStep(); }, failed(StageName::Batch));
    m_splitLoop.start(
        "split", niceness, [this] { return splitStep(); }, failed(StageName::Splitter));
    if (m_generator)
        m_genLoop.start(
            "gen", niceness, [this] { return generateStep(); }, failed(StageName::Generator));
    const std::lock_guard lock(m_applyMutex);
    m_metrics.apply(m_tuning.get()->metrics);
}

Revision RunningPipeline::apply(Tuning tuning) {
    Revision revision;
    {
        const std::lock_guard lock(m_applyMutex);
        tuning = clip(std::move(tuning));
        revision = tuning.revision = Revision{++m_revision};
        // Before the start there is nothing to show.
        if (m_started) m_metrics.apply(tuning.metrics);
        m_tuning.publish(std::move(tuning));
    }
    wakeAll();
    return revision;
}

void RunningPipeline::wakeAll() {
    m_genLoop.wake();
    m_splitLoop.wake();
    m_batchLoop.wake();
    if (m_started) wakeDeliver();
}

template <class Part>
void RunningPipeline::publishEvery(Latest<Part>& mailbox, const Part& part, ProblemLog& log, SteadyTime& last, bool now) {
    const SteadyTime time = m_clock.steady();
    if (!now && time - last < kPublishEvery) return;
    last = time;
    log.note(part.stage.problems, time);
    mailbox.publish(part);
}

Result<Milliseconds> RunningPipeline::generateStep() {
    const auto tuning = m_tuning.get();
    if (m_paused) {
        SG_TRY(m_generator->flush());
        publishEvery(m_generatorPart, m_generator->part(), m_generatorLog, m_generatorPublished, true);
        return Milliseconds(100);
    }
    SG_TRY_ASSIGN(const Milliseconds wait, m_generator->step(*tuning));
    const bool done = m_generator->finished();
    if (done) SG_TRY(m_generator->flush());
    publishEvery(m_generatorPart, m_generator->part(), m_generatorLog, m_generatorPublished, done);
    m_generatorDone = done;
    return done ? Milliseconds(1000) : wait;
}

Result<Milliseconds> RunningPipeline::splitStep() {
    const auto tuning = m_tuning.get();
    if (m_importsCancelled.exchange(false)) {
        const std::lock_guard lock(m_splitterMutex);
        SG_TRY(m_splitter->cancelImports());
        publishEvery(m_splitterPart, m_splitter->part(), m_splitterLog, m_splitterPublished, true);
    }
    bool retrying = false;
    if (m_retry->isPending()) { // also while the sources stand still
        const std::lock_guard lock(m_splitterMutex);
        SG_TRY_ASSIGN(retrying, m_retry->step(*m_splitter, *tuning));
    }
    if (m_paused) {
        publishEvery(m_splitterPart, m_splitter->part(), m_splitterLog, m_splitterPublished);
        return Milliseconds(retrying ? 0 : 100);
    }
    // Asked before the step: what the generator had written by then, the step will see.
    const bool sourceDone = m_options.generate ? m_generatorDone.load() : true;
    const std::lock_guard lock(m_splitterMutex);
    SG_TRY_ASSIGN(const Milliseconds wait, m_splitter->step(*tuning));
    const bool drained = m_splitter->drained();
    if (drained && sourceDone && m_options.availableNow) SG_TRY(m_splitter->flush(false));
    const bool done = drained && sourceDone && !m_retry->isPending() && (!m_options.availableNow || m_splitter->part().unsplit == 0);
    publishEvery(m_splitterPart, m_splitter->part(), m_splitterLog, m_splitterPublished, done != m_splitDrained);
    m_splitDrained = done;
    ++m_splitRounds;
    return retrying ? Milliseconds(0) : wait;
}

Status RunningPipeline::runDueBatch(const Tuning& tuning, bool& again) {
    const bool splitDone = m_splitDrained; // asked before the listing: chunks published by then are in it
    SG_TRY_ASSIGN(const BatchEngine::Tick tick, m_engine->runOnce(tuning));
    again = tick.more || ((m_options.availableNow || m_draining) && tick.ran);
    m_batchIdle = !tick.ran && splitDone && m_engine->waiting() == 0;
    ++m_batchRounds;
    return {};
}

/// Nobody has asked: nothing is summed up for nobody. A long window may cost more than a batch; it takes a twentieth of the thread at most.
Status RunningPipeline::answerView(bool changed) {
    const auto view = m_view.get();
    const SteadyTime begin = m_clock.steady();
    // A log that is followed may grow in its newest second, however long it has been still.
    const bool ended = m_splitDrained && m_batchIdle && (m_options.follow.empty() || m_options.availableNow || m_draining);
    const bool asked = view != m_answeredView || ended != m_viewEnded;
    if (!view || (!asked && (!changed || begin < m_viewNotBefore))) return {};
    SG_TRY(m_engine->view(*view, ended));
    m_viewNotBefore = begin + (m_clock.steady() - begin) * kViewShare;
    m_answeredView = view;
    m_viewEnded = ended;
    m_windowPart.publish(m_engine->window());
    m_tailPart.publish(m_engine->tail());
    m_deadLetterPart.publish(m_engine->deadLetters());
    return {};
}

Result<Milliseconds> RunningPipeline::batchStep() {
    const auto tuning = m_tuning.get();
    const SteadyTime now = m_clock.steady();
    const Nanoseconds interval = tuning->batch.interval;
    const bool eager = m_options.availableNow || m_draining;
    m_nextTick = std::min(m_nextTick, now + interval); // a shorter interval takes effect at once
    bool again = false;
    const bool due = eager || now >= m_nextTick;
    const bool delivered = m_deliveryChanged.exchange(false);
    if (due) {
        // The schedule is absolute; triggers that were missed are not made up for.
        while (m_nextTick <= now) m_nextTick += interval;
        SG_TRY(runDueBatch(*tuning, again)); // which also refreshes
    } else if (delivered) {
        SG_TRY(m_engine->refresh());
    }
    if (due || delivered) {
        SG_TRY(m_engine->release(*tuning));
        m_batchLog.note(m_engine->part().stage.problems, m_clock.steady());
        m_batchPart.publish(m_engine->part());
    }
    SG_TRY(answerView(due));
    if (again) return Milliseconds(0);
    if (eager) return kIdleWait;
    return std::max(Milliseconds(1), std::chrono::ceil<Milliseconds>(m_nextTick - m_clock.steady()));
}

void RunningPipeline::wakeDeliver() {
    if (m_deliverWoken.exchange(true)) return;
    const std::lock_guard lock(m_deliverMutex);
    if (m_deliverLoop != nullptr)
        QMetaObject::invokeMethod(
            m_deliverLoop, [] {}, Qt::QueuedConnection);
    else m_deliverWoken = false;
}

/// The event loop is the thread's only wait; each round of it ends in one `pump`.
void RunningPipeline::deliverThread(const std::stop_token& token) {
    QEventLoop loop;
    QTimer timer;
    timer.setSingleShot(true);
    QObject::connect(&timer, &QTimer::timeout, &loop, [] {});
    {
        const std::lock_guard lock(m_deliverMutex);
        m_deliverLoop = &loop;
    }
    SteadyTime published{};
    while (!token.stop_requested()) {
        m_deliverWoken = false;
        Milliseconds next = std::chrono::hours(1);
        if (!m_deliverFailed) {
            Result<Milliseconds> pumped = Milliseconds(0);
            try {
                pumped = m_deliverer->pump(*m_tuning.get());
            } catch (const std::exception& stray) {
                pumped = fail(ErrorCode::Internal, std::string("unexpected: ") + stray.what());
            }
            if (pumped) {
                next = *pumped;
            } else {
                {
                    const std::lock_guard lock(m_failureMutex);
                    m_deliverFailure = pumped.error().message;
                }
                m_deliverFailed = true;
                publishFailure(StageName::Output, pumped.error().message);
            }
            const bool idle = m_deliverer->idle();
            if (!m_deliverFailed) publishEvery(m_outputPart, m_deliverer->part(), m_outputLog, published, idle != m_deliverIdle);
            m_deliverIdle = idle;
        }
        timer.start(std::clamp(next, Milliseconds(0), Milliseconds(100)));
        loop.processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
    }
    {
        const std::lock_guard lock(m_deliverMutex);
        m_deliverLoop = nullptr;
    }
    m_outputPart.publish(m_deliverer->part());
    m_deliverer.reset(); // its network objects die in the thread they lived in
}

void RunningPipeline::publishFailure(StageName stage, const std::string& sentence) {
    spdlog::error("{}", sentence);
    const auto mark = [&](auto& mailbox) {
        auto part = *mailbox.get();
        part.stage.state = StageState::Failed;
        part.stage.detail = sentence;
        mailbox.publish(std::move(part));
    };
    switch (stage) {
    case StageName::Generator:
        mark(m_generatorPart);
        break;
    case StageName::Splitter:
        mark(m_splitterPart);
        break;
    case StageName::Batch:
        mark(m_batchPart);
        break;
    case StageName::Output:
        mark(m_outputPart);
        break;
    }
}

std::string RunningPipeline::failure() const {
    for (const WorkerLoop* loop : {&m_genLoop, &m_splitLoop, &m_batchLoop})
        if (loop->isFailed()) return loop->failure();
    const std::lock_guard lock(m_failureMutex);
    return m_deliverFailed ? m_deliverFailure : std::string();
}

void RunningPipeline::restart(StageName stage) {
    switch (stage) {
    case StageName::Generator:
        m_genLoop.restart();
        break;
    case StageName::Splitter:
        m_splitLoop.restart();
        break;
    case StageName::Batch:
        m_batchLoop.restart();
        break;
    case StageName::Output:
        m_deliverFailed = false;
        wakeDeliver();
        break;
    }
}

std::shared_ptr<const Snapshot> RunningPipeline::snapshot() const {
    auto snapshot = std::make_shared<Snapshot>();
    // Downstream first: what a later stage has counted, an earlier one has counted before.
    snapshot->output = m_outputPart.get();
    snapshot->batch = m_batchPart.get();
    snapshot->window = m_windowPart.get();
    snapshot->tail = m_tailPart.get();
    snapshot->deadLetters = m_deadLetterPart.get();
    snapshot->splitter = m_splitterPart.get();
    snapshot->generator = m_generatorPart.get();
    snapshot->metrics = m_metrics.part();
    snapshot->revision = m_tuning.get()->revision;
    snapshot->taken = m_clock.wall();
    snapshot->stream = m_directory->stream();
    Ledger& ledger = snapshot->ledger;
    ledger = snapshot->batch->ledger;
    ledger.lines = snapshot->splitter->lines;
    ledger.split = snapshot->splitter->split;
    ledger.unsplit = snapshot->splitter->unsplit;
    if (snapshot->generator) ledger.generated = snapshot->generator->lines;
    // Chunks published since the planner's last listing wait too; only it counts them exactly.
    const std::uint64_t known = ledger.opening + ledger.planned + ledger.waiting + ledger.lost;
    if (ledger.split > known && !m_stopped) ledger.waiting += ledger.split - known;
    return snapshot;
}

bool RunningPipeline::finished() const {
    const bool sourcesDone = m_options.generate ? m_generatorDone.load() : m_options.follow.empty() || m_options.availableNow;
    if (!sourcesDone || !m_splitDrained) return false;
    if (!m_options.availableNow && m_options.generate) return true; // the tail is left to stop()
    return m_batchIdle;
}

bool RunningPipeline::waitFor(const std::function<bool()>& done, Milliseconds limit, const std::function<bool()>& whileWaiting) {
    const SteadyTime end = m_clock.steady() + limit;
    while (!done()) {
        if (m_clock.steady() >= end || (whileWaiting && !whileWaiting())) return false;
        std::this_thread::sleep_for(Milliseconds(20)); // this thread only watches; the workers wait on conditions
    }
    return true;
}

bool RunningPipeline::stop(Milliseconds drain, const std::function<bool()>& whileWaiting) {
    m_paused = false;
    m_genLoop.stop();
    bool goOn = true;
    const auto guard = [&] { return goOn = !whileWaiting || whileWaiting(); };
    if (m_generator && !m_genLoop.isFailed()) {
        if (const Status flushed = m_generator->flush(); !flushed) publishFailure(StageName::Generator, flushed.error().message);
        m_generatorPart.publish(m_generator->part());
    }
    if (m_options.generate) {
        // Two rounds that began after the last line was written have seen it.
        m_generatorDone = true;
        const std::uint64_t round = m_splitRounds;
        m_splitLoop.wake();
        waitFor([&] { return m_splitLoop.isFailed() || (m_splitRounds >= round + 2 && m_splitDrained); }, kTailTime, guard);
    }
    m_splitLoop.stop();
    if (!m_splitLoop.isFailed()) {
        if (const Status flushed = m_splitter->flush(false); !flushed) publishFailure(StageName::Splitter, flushed.error().message);
        m_splitterPart.publish(m_splitter->part());
    }
    m_splitDrained = true;
    m_draining = true;
    // The second round from here began after the tail was published.
    const std::uint64_t round = m_batchRounds;
    m_batchLoop.wake();
    if (goOn)
        waitFor([&] { return m_batchLoop.isFailed() || (m_batchRounds >= round + 2 && m_batchIdle); }, std::max(drain, kTailTime), guard);
    wakeDeliver();
    // The store is asked, not the published part: that one may be older than the last commit.
    const bool outputOff = targetOf(m_tuning.get()->output).key.empty();
    const auto delivered = [&] {
        if (m_deliverFailed || outputOff) return true;
        const auto left = m_directory->store().undeliveredLines();
        const auto letters = m_directory->store().lettersWaiting();
        return left && *left == 0 && letters && *letters == 0 && m_deliverIdle;
    };
    if (goOn) waitFor(delivered, drain, guard);
    if (m_deliverWorker.joinable()) {
        m_deliverWorker.request_stop();
        wakeDeliver();
        m_deliverWorker.join();
    }
    m_batchLoop.stop();
    if (!m_batchLoop.isFailed()) {
        Status last = m_engine->release(*m_tuning.get());
        if (last) last = m_engine->refresh();
        if (!last) publishFailure(StageName::Batch, last.error().message);
        m_batchPart.publish(m_engine->part());
    }
    m_stopped = true;
    // What the published part says may be older than the last answer.
    OutputPart output = *m_outputPart.get();
    const auto letters = m_directory->store().lettersWaiting();
    if (letters) output.lettersWaiting = *letters;
    m_outputPart.publish(output);
    const auto batch = m_batchPart.get();
    return batch->ledger.undelivered == 0 && batch->ledger.waiting == 0 && output.lettersWaiting == 0 && failure().empty();
}

} // namespace

std::vector<std::string> readableFormats() { return {formatNames().begin(), formatNames().end()}; }

Result<std::unique_ptr<Pipeline>> Pipeline::create(PipelineOptions options, const Tuning& tuning) {
    if (options.format != "auto") {
        SG_TRY_ASSIGN(options.format, resolveFormat(options.format, tuning.formats));
    }
    auto pipeline = std::make_unique<RunningPipeline>(std::move(options), tuning);
    SG_TRY(pipeline->open());
    return std::unique_ptr<Pipeline>(std::move(pipeline));
}

} // namespace sg
