#include "ui/shell/scenario_runner.h"

#include <algorithm>

namespace sg {

ScenarioRunner::ScenarioRunner(TuningModel& tuning, Feed& feed, QObject* parent) : QObject(parent), m_tuning(tuning), m_feed(feed) {
    m_timer.setInterval(100);
    connect(&m_timer, &QTimer::timeout, this, [this] { advance(m_since.elapsed()); });
}

QString ScenarioRunner::title() const { return m_scenario ? QString::fromStdString(m_scenario->title) : QString(); }

void ScenarioRunner::play(const Scenario& scenario) {
    m_scenario = scenario;
    m_next = 0;
    m_caption = QString::fromStdString(scenario.about);
    // Words about documents that wait would be false where none are delivered.
    const OutputTuning& output = m_tuning.wanted().output;
    m_outputMissing = (output.url.empty() || !output.on) &&
                      std::any_of(scenario.steps.begin(), scenario.steps.end(), [](const ScenarioStep& step) {
                          return std::any_of(step.sets.begin(), step.sets.end(),
                                             [](const ProfileField* field) { return field->section == "output"; });
                      });
    // Where the lines come from and go to stays the person's own choice.
    Tuning start = scenario.start;
    start.output.url = m_tuning.wanted().output.url;
    start.output.indexPrefix = m_tuning.wanted().output.indexPrefix;
    start.output.on = m_tuning.wanted().output.on;
    start.formats = m_tuning.wanted().formats;
    m_tuning.change(QStringLiteral("scenario"), title(), [&](Tuning& wanted) { wanted = start; });
    m_since.start();
    m_timer.start();
    emit changed();
    advance(0);
}

void ScenarioRunner::stop() {
    if (!m_scenario) return;
    m_timer.stop();
    m_scenario.reset();
    m_caption.clear();
    emit changed();
}

void ScenarioRunner::advance(qint64 elapsedMs) {
    if (!m_scenario) return;
    bool said = false;
    while (m_next < m_scenario->steps.size() && m_scenario->steps[m_next].at.count() <= elapsedMs) {
        const ScenarioStep& step = m_scenario->steps[m_next++];
        QString say = QString::fromStdString(step.say);
        if (m_outputMissing && !say.isEmpty() && m_next > 1) say = tr("With an address in Output: %1").arg(say);
        m_tuning.change(QStringLiteral("scenario"), say, [&](Tuning& wanted) { step.apply(wanted); });
        if (!say.isEmpty()) m_caption = say;
        said = true;
    }
    if (said) emit changed();
    // The last caption stays for a while, then the scenario is over.
    if (m_next == m_scenario->steps.size() && (m_scenario->steps.empty() || elapsedMs > m_scenario->steps.back().at.count() + 20'000))
        stop();
}

} // namespace sg
