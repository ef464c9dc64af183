#pragma once
/// The event time of a line, for imports that are read at their own pace: the splitter knows positions, not formats.
///
/// *Thread:* the split thread. *Cost:* one parse a line. With `auto` the format of a source is decided on its first line that any
/// format reads with a time; the micro-batch decides for itself, on more lines. Lines that mean nothing without a header before them
/// (record/header.h) have it from the lines that were asked for before, or, where those were in an earlier run, from who knows it.
#include "core/format/format.h"
#include "core/record/types.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sg {

class LineTimes {
public:
    /// `headerOf` is asked once a source, for the header in force where its lines begin; empty = none.
    using HeaderOf = std::function<std::string(SourceId source)>;
    LineTimes(std::string format, int zoneMinutes, HeaderOf headerOf = {}, std::vector<NamedFormat> own = {})
        : m_format(std::move(format)), m_options{zoneMinutes}, m_headerOf(std::move(headerOf)), m_own(std::move(own)) {}
    /// Empty when the line carries no time that can be read. REQUIRES: the lines of a source in their order.
    [[nodiscard]] std::optional<Timestamp> of(SourceId source, std::string_view line);

private:
    struct Source {
        std::unique_ptr<LineParser> parser; // null until its format is known
        std::string header;                 // in force until then
    };
    std::string m_format;
    FormatOptions m_options;
    HeaderOf m_headerOf;
    std::vector<NamedFormat> m_own; // tried too
    std::map<std::uint64_t, Source> m_sources;
    Record m_record;
};

} // namespace sg
