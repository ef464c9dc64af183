#include "ui/models/session.h"

#include <QFutureWatcher>
#include <QtConcurrentRun>

namespace sg {

namespace {
/// On a machine whose cores are all busy the window still answers at once.
constexpr int kWorkersYield = 5;
} // namespace

struct Session::Opened {
    std::shared_ptr<Pipeline> pipeline;
    std::string error;
    std::string archived; ///< where the run before is now
};

Session::Session(PipelineOptions options, const Tuning& tuning, Archive archive, QObject* parent)
    : QObject(parent), m_options(std::move(options)), m_archive(std::move(archive)), m_tuning(clip(tuning)) {
    m_pool.setMaxThreadCount(1);
}

Session::~Session() {
    m_endNow = true;
    m_pool.waitForDone();
    if (m_pipeline) m_pipeline->stop(Milliseconds(0), [] { return false; });
}

void Session::setState(State state) {
    if (state == m_state) return;
    m_state = state;
    emit stateChanged(state);
}

void Session::start() {
    if (m_state == State::Finishing) m_startNext = true;
    if (m_state != State::Stopped) return;
    m_startNext = false;
    m_stopNext = false;
    m_endNow = false;
    setState(State::Starting);
    const Archive archive = std::exchange(m_archiveNext, false) ? m_archive : Archive{};
    auto* watcher = new QFutureWatcher<std::shared_ptr<Opened>>(this);
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher] {
        watcher->deleteLater();
        opened(watcher->result());
    });
    watcher->setFuture(QtConcurrent::run(&m_pool, [options = m_options, tuning = m_tuning, archive]() mutable {
        auto result = std::make_shared<Opened>();
        if (archive) {
            const auto archived = archive(options.dataDirectory);
            if (!archived) {
                result->error = archived.error().message;
                return result;
            }
            result->archived = *archived;
        }
        options.niceness = kWorkersYield;
        auto pipeline = Pipeline::create(std::move(options), tuning);
        if (pipeline) result->pipeline = std::move(*pipeline);
        else result->error = pipeline.error().message;
        return result;
    }));
}

void Session::opened(const std::shared_ptr<Opened>& result) {
    if (!result->pipeline) {
        setState(State::Stopped);
        emit failed(QString::fromStdString(result->error));
        return;
    }
    m_pipeline = result->pipeline;
    m_notes.clear();
    for (const std::string& note : m_pipeline->notes()) m_notes << QString::fromStdString(note);
    m_pipeline->setView(m_view);
    m_pipeline->apply(m_tuning); // it may have changed meanwhile
    m_pipeline->start();
    setState(State::Running);
    if (!result->archived.empty()) emit said(tr("The run before is kept in %1.").arg(QString::fromStdString(result->archived)));
    for (const QString& note : std::as_const(m_notes)) emit said(note);
    if (m_stopNext) stop();
}

void Session::stop() {
    if (m_state == State::Starting) m_stopNext = true;
    if (m_state == State::Finishing) m_endNow = true;
    if (m_state != State::Running) return;
    setState(State::Finishing);
    auto* watcher = new QFutureWatcher<std::shared_ptr<const Snapshot>>(this);
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher] {
        watcher->deleteLater();
        m_last = watcher->result();
        ended();
    });
    // The last reference is given up on the pool: closing the store takes its time.
    watcher->setFuture(QtConcurrent::run(&m_pool, [this, drain = m_tuning.output.drainTimeout] {
        m_pipeline->stop(drain, [this] { return !m_endNow; });
        return m_pipeline->snapshot();
    }));
}

void Session::ended() {
    m_pool.start([pipeline = std::exchange(m_pipeline, nullptr)]() mutable { pipeline.reset(); });
    setState(State::Stopped);
    if (m_startNext) start();
}

void Session::open(const PipelineOptions& options) {
    m_options = options;
    if (m_state == State::Stopped) {
        start();
        return;
    }
    m_startNext = true;
    stop();
}

void Session::newRun() {
    m_archiveNext = true;
    open(m_options);
}

Revision Session::apply(const Tuning& tuning) {
    m_tuning = clip(tuning);
    return m_pipeline && m_state == State::Running ? m_pipeline->apply(m_tuning) : Revision{};
}

void Session::setView(const ViewRequest& view) {
    if (view == m_view) return;
    m_view = view;
    if (m_pipeline && m_state == State::Running) m_pipeline->setView(view);
}

QString Session::retryDeadLetters(const RetryRequest& request) {
    if (!m_pipeline || m_state != State::Running) return tr("Start the pipeline first: it reads the lines again.");
    const Status asked = m_pipeline->retryDeadLetters(request);
    return asked ? QString() : QString::fromStdString(asked.error().message);
}

void Session::setPaused(bool paused) {
    if (m_pipeline && m_state == State::Running) m_pipeline->pause(paused);
}

void Session::cancelImports() {
    if (m_pipeline && m_state == State::Running) m_pipeline->cancelImports();
}

void Session::restart(StageName stage) {
    if (m_pipeline && m_state == State::Running) m_pipeline->restart(stage);
}

std::shared_ptr<const Snapshot> Session::snapshot() const { return m_pipeline ? m_pipeline->snapshot() : m_last; }

} // namespace sg
