#include "core/pipeline/line_times.h"

#include "core/record/header.h"

namespace sg {

std::optional<Timestamp> LineTimes::of(SourceId source, std::string_view line) {
    const auto [at, isNew] = m_sources.try_emplace(source.value);
    Source& known = at->second;
    if (isNew && m_headerOf) known.header = m_headerOf(source);
    if (!known.parser) {
        std::string name = m_format;
        if (name == "auto") {
            const std::string before = known.header.empty() ? std::string() : known.header + '\n';
            takeHeaderLine(line, known.header);
            const auto guesses = detectFormat(before + std::string(line) + '\n', m_own);
            if (guesses.empty() || guesses.front().matched == 0) return std::nullopt;
            name = guesses.front().is;
        }
        const auto format = findFormat(name);
        if (!format) return std::nullopt;
        known.parser = (*format)->makeParser(m_options);
        known.parser->setHeader(known.header);
    }
    if (known.parser->parse(line, isNew, m_record).kind != LineOutcome::Kind::Parsed || !m_record.hasTime) return std::nullopt;
    return m_record.time;
}

} // namespace sg
