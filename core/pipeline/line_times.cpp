#include "core/pipeline/line_times.h"

namespace sg {

std::optional<Timestamp> LineTimes::of(SourceId source, std::string_view line) {
    std::unique_ptr<LineParser>& parser = m_parsers[source.value];
    if (!parser) {
        std::string name = m_format;
        if (name == "auto") {
            const auto guesses = detectFormat(std::string(line) + '\n', m_own);
            if (guesses.empty() || guesses.front().matched == 0) return std::nullopt;
            name = guesses.front().is;
        }
        const auto format = findFormat(name);
        if (!format) return std::nullopt;
        parser = (*format)->makeParser(m_options);
    }
    if (parser->parse(line, false, m_record).kind != LineOutcome::Kind::Parsed || !m_record.hasTime) return std::nullopt;
    return m_record.time;
}

} // namespace sg
