#pragma once
/// The one clock of the screen: pulls the Snapshot at 10 Hz and says what is new in it, so that nothing is redrawn without a reason.
///
/// Paused, the picture stands still (no signal but `lagged`) and the pipeline goes on; the history is still recorded.
/// *Thread:* the window's.
#include "ui/models/history.h"
#include "ui/models/session.h"
#include "ui/models/time_range.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <deque>

namespace sg {

class Feed : public QObject {
    Q_OBJECT

public:
    Feed(Session& session, QObject* parent = nullptr);

    /// On the screen now; null before the first.
    [[nodiscard]] const std::shared_ptr<const Snapshot>& shown() const { return m_shown; }
    [[nodiscard]] const History& history() const { return m_history; }
    [[nodiscard]] History& history() { return m_history; }
    [[nodiscard]] TimeRange& range() { return m_range; }
    [[nodiscard]] const TimeRange& range() const { return m_range; }
    [[nodiscard]] Session& session() { return m_session; }

    void setPaused(bool paused);
    [[nodiscard]] bool isPaused() const { return m_paused; }
    [[nodiscard]] qint64 behindMs() const; ///< since the picture was frozen; 0 = it is live
    void setRank(RankBy rank);
    [[nodiscard]] RankBy rank() const { return m_rank; }
    void mark(const QString& subject, const QString& text);

    /// From the arrival of a batch's oldest line to the frame that shows it, seconds; negative without one (stopped, or an import).
    [[nodiscard]] double delaySeconds() const { return m_delay; }
    [[nodiscard]] double delayP99() const;

    /// One turn, as the timer does it; for tests by hand.
    void tick(qint64 nowMs);
    /// One turn over a snapshot from elsewhere, as if a run had given it; from then on the feed's own timer is silent.
    void inject(const std::shared_ptr<const Snapshot>& snapshot, qint64 nowMs);
    [[nodiscard]] qint64 nowMs() const { return m_now; }

signals:
    void frame();  ///< 10 Hz: numbers may have changed
    void second(); ///< the live range moved on, or another range was chosen: time axes
    void batch();  ///< a batch was committed
    void window(); ///< the sums of the window have changed
    void lines();  ///< new lines in the tail
    void deadLetters();
    void pausedChanged(bool paused);
    void lagged(); ///< paused, once a second: `behindMs` grows

private:
    void request();
    void turn(const std::shared_ptr<const Snapshot>& next, qint64 nowMs, bool running);
    void take(const std::shared_ptr<const Snapshot>& next);

    Session& m_session;
    History m_history;
    TimeRange m_range;
    RankBy m_rank = RankBy::Count;
    std::shared_ptr<const Snapshot> m_shown;
    std::uint64_t m_batches = 0;
    qint64 m_now = 0;
    qint64 m_pausedAt = 0;
    bool m_paused = false;
    double m_delay = -1;
    std::deque<double> m_delays;
    QTimer m_timer;
};

} // namespace sg
