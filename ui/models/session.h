#pragma once
/// The pipeline as the window holds it: started, stopped and replaced without ever blocking the window.
///
/// *Thread:* the window's; opening and stopping run on a private pool. *Owns:* at most one Pipeline at a time. What a run has shown last
/// stays readable after it has ended. *Errors:* `failed`, a sentence; the session is then stopped.
#include "core/pipeline/pipeline.h"

#include <QObject>
#include <QString>
#include <QThreadPool>

#include <atomic>
#include <functional>
#include <memory>

namespace sg {

class Session : public QObject {
    Q_OBJECT

public:
    enum class State { Stopped, Starting, Running, Finishing };
    Q_ENUM(State)

    /// Moves what a closed data directory holds to where `newRun` leaves the old run; returns that place.
    using Archive = std::function<Result<std::string>(const std::string& dataDirectory)>;

    Session(PipelineOptions options, const Tuning& tuning, Archive archive = {}, QObject* parent = nullptr);
    /// Ends a run at once: what is not delivered waits on disk.
    ~Session() override;

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const PipelineOptions& options() const { return m_options; }
    void setOptions(const PipelineOptions& options) { m_options = options; } ///< for the next start
    void start();
    /// Sources first, the tail is processed and delivered up to the drain time-out; called again it ends now.
    void stop();
    /// Other sources: what runs is stopped first, then these start.
    void open(const PipelineOptions& options);
    /// Archives what the data directory holds and starts with empty books.
    void newRun();

    /// In force at the workers' next tick; without a run it is kept for the next one. The revision is 0 then.
    Revision apply(const Tuning& tuning);
    [[nodiscard]] const Tuning& tuning() const { return m_tuning; }
    void setView(const ViewRequest& view);
    /// Reads dead letters again; what became of it is in the snapshot's `deadLetters`. A sentence when it cannot be asked for.
    QString retryDeadLetters(const RetryRequest& request);
    void setPaused(bool paused); ///< of the sources, not of the picture
    void cancelImports(); ///< what is in chunks stays, an import of the same files goes on behind it
    void restart(StageName stage);

    /// The newest; of the last run when none runs; null before the first.
    [[nodiscard]] std::shared_ptr<const Snapshot> snapshot() const;
    /// What happened at opening that a person should know.
    [[nodiscard]] const QStringList& notes() const { return m_notes; }

signals:
    void stateChanged(sg::Session::State state);
    void failed(const QString& sentence);
    /// Something that went as it should and is worth a line ("the run was archived in ...").
    void said(const QString& sentence);

private:
    struct Opened;
    void setState(State state);
    void opened(const std::shared_ptr<Opened>& result);
    void ended();

    PipelineOptions m_options;
    Archive m_archive;
    Tuning m_tuning;
    ViewRequest m_view;
    State m_state = State::Stopped;
    bool m_startNext = false;
    bool m_archiveNext = false;
    bool m_stopNext = false; ///< stop was asked while starting
    std::shared_ptr<Pipeline> m_pipeline;
    std::shared_ptr<const Snapshot> m_last;
    QStringList m_notes;
    std::atomic<bool> m_endNow = false;
    QThreadPool m_pool;
};

} // namespace sg
