#pragma once
/// The event time of a line, for imports that are read at their own pace: the splitter knows positions, not formats.
///
/// *Thread:* the split thread. *Cost:* one parse a line. With `auto` the format of a source is decided on its first line that any
/// format reads with a time; the micro-batch decides for itself, on more lines.
#include "core/format/format.h"
#include "core/record/types.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sg {

class LineTimes {
public:
    LineTimes(std::string format, int zoneMinutes, std::vector<NamedFormat> own = {})
        : m_format(std::move(format)), m_options{zoneMinutes}, m_own(std::move(own)) {}
    /// Empty when the line carries no time that can be read.
    [[nodiscard]] std::optional<Timestamp> of(SourceId source, std::string_view line);

private:
    std::string m_format;
    FormatOptions m_options;
    std::vector<NamedFormat> m_own; // tried too
    std::map<std::uint64_t, std::unique_ptr<LineParser>> m_parsers; // by source
    Record m_record;
};

} // namespace sg
