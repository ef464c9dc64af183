#include "ui/shell/format_probe.h"

#include <QtConcurrentRun>

namespace sg {

FormatProbe::FormatProbe(QObject* parent) : QObject(parent) {
    connect(&m_logs.watcher, &QFutureWatcherBase::finished, this,
            [this] { answered<Log>(m_logs, [this](const Log& log) { emit recognised(log); }); });
    connect(&m_trials.watcher, &QFutureWatcherBase::finished, this, [this] {
        answered<std::pair<std::string, Trial>>(m_trials, [this](const auto& trial) { emit tried(trial.first, trial.second); });
    });
}

template <class Answer> void FormatProbe::ask(Line<Answer>& line, std::function<Answer()> question) {
    if (line.watcher.isRunning()) {
        line.next = std::move(question);
        return;
    }
    line.watcher.setFuture(QtConcurrent::run(std::move(question)));
}

template <class Answer> void FormatProbe::answered(Line<Answer>& line, const std::function<void(const Answer&)>& tell) {
    const Answer answer = line.watcher.result();
    if (line.next) ask(line, std::exchange(line.next, nullptr));
    else tell(answer);
}

void FormatProbe::recogniseFile(const QString& path) {
    ask<Log>(m_logs, [name = path.toStdString(), own = m_own] { return std::make_shared<const Result<RecognisedLog>>(recogniseLog(name, own)); });
}

void FormatProbe::recogniseText(std::string lines) {
    ask<Log>(m_logs, [lines = std::move(lines), own = m_own] {
        return std::make_shared<const Result<RecognisedLog>>(recogniseLines(lines, own));
    });
}

void FormatProbe::tryFormat(std::string format, std::shared_ptr<const std::string> sample) {
    ask<std::pair<std::string, Trial>>(m_trials, [format = std::move(format), sample = std::move(sample), own = m_own] {
        return std::make_pair(format, std::make_shared<const DescribedFormat>(tryDescription(format, *sample, own)));
    });
}

} // namespace sg
