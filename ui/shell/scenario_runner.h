#pragma once
/// Plays a scenario: its settings at once, then its steps at their times, each with its caption.
///
/// *Thread:* the window's. Time is counted from the start of the scenario on the steady clock; a paused picture does not stop it.
#include "core/pipeline/scenario.h"
#include "ui/models/tuning_model.h"

#include <QElapsedTimer>
#include <QTimer>

#include <memory>
#include <optional>

namespace sg {

class ScenarioRunner : public QObject {
    Q_OBJECT

public:
    ScenarioRunner(TuningModel& tuning, Feed& feed, QObject* parent = nullptr);
    /// Replaces the one that plays.
    void play(const Scenario& scenario);
    void stop(); ///< the settings stay as they are
    [[nodiscard]] bool isPlaying() const { return m_scenario.has_value(); }
    [[nodiscard]] QString title() const;
    [[nodiscard]] const QString& caption() const { return m_caption; }
    /// Applies what is due `elapsedMs` after the start; the timer does it, tests by hand.
    void advance(qint64 elapsedMs);

signals:
    void changed(); ///< title or caption

private:
    TuningModel& m_tuning;
    Feed& m_feed;
    std::optional<Scenario> m_scenario;
    std::size_t m_next = 0;
    bool m_outputMissing = false; ///< the scenario is about the output, and there is none
    QString m_caption;
    QElapsedTimer m_since;
    QTimer m_timer;
};

} // namespace sg
