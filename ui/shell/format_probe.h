#pragma once
/// Asks the core what lines are and what a format makes of them, off the window's thread; of several questions the newest is answered.
#include "core/pipeline/recognise.h"

#include <QFutureWatcher>
#include <QObject>

#include <functional>
#include <memory>
#include <optional>

namespace sg {

class FormatProbe : public QObject {
    Q_OBJECT

public:
    using Log = std::shared_ptr<const Result<RecognisedLog>>;
    using Trial = std::shared_ptr<const DescribedFormat>;

    explicit FormatProbe(QObject* parent = nullptr);
    void setOwn(std::vector<NamedFormat> own) { m_own = std::move(own); } ///< formats that are tried too
    [[nodiscard]] const std::vector<NamedFormat>& own() const { return m_own; }

    void recogniseFile(const QString& path);
    void recogniseText(std::string lines);
    /// A name or a description, on those lines.
    void tryFormat(std::string format, std::shared_ptr<const std::string> sample);

signals:
    void recognised(const sg::FormatProbe::Log& log);
    void tried(const std::string& format, const sg::FormatProbe::Trial& trial);

private:
    /// One question at a time runs; the newest that came meanwhile is next.
    template <class Answer> struct Line {
        QFutureWatcher<Answer> watcher;
        std::function<Answer()> next;
    };
    template <class Answer> void ask(Line<Answer>& line, std::function<Answer()> question);
    template <class Answer> void answered(Line<Answer>& line, const std::function<void(const Answer&)>& tell);

    std::vector<NamedFormat> m_own;
    Line<Log> m_logs;
    Line<std::pair<std::string, Trial>> m_trials;
};

} // namespace sg
