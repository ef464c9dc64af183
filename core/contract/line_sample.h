#pragma once
/// Some lines of a log as one format reads them: what a person looks at to see whether it is the right one.
#include "core/record/reason.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

/// What a field is to a reader of the line; each has its own colour on the screen.
enum class FieldKind : std::uint8_t {
    Time,
    Client,
    User,
    Host,
    Method,
    Target,
    Version,
    Request, ///< a request line that is not METHOD target HTTP/x
    StatusCode,
    Bytes,
    Duration,
    Referrer,
    Agent,
    Key,
    Other, ///< everything that has a name of its own
};
inline constexpr std::size_t kFieldKinds = 15;
[[nodiscard]] std::string_view fieldKindName(FieldKind kind); ///< "time", "client", ...

struct ReadField {
    FieldKind kind = FieldKind::Other;
    std::string name;  ///< of the kind, or the format's own word
    std::string value; ///< raw bytes of a text; numbers with their unit, times in UTC
    friend bool operator==(const ReadField&, const ReadField&) = default;
};

/// Bytes [begin, end) of a line in which a field stands.
struct FieldRange {
    std::uint32_t begin = 0, end = 0;
    std::uint32_t field = 0; ///< of the line's fields
    friend bool operator==(const FieldRange&, const FieldRange&) = default;
};

struct LineSample {
    std::uint64_t number = 0; ///< in the sample, from 1
    std::string line;         ///< without its newline
    bool parsed = false;
    Reason reason = Reason::None;   ///< when not parsed
    std::uint32_t column = 0;       ///< when not parsed: byte where the structure broke, from 0
    std::vector<ReadField> fields;  ///< when parsed
    std::vector<FieldRange> ranges; ///< ascending, apart; a field may stand in several places, or in none
};

struct FormatTrial {
    std::size_t lines = 0;   ///< looked at, those that the format skips left out
    std::size_t matched = 0; ///< of them
    std::size_t skipped = 0; ///< blank lines and headers
    std::vector<LineSample> samples;  ///< the first lines, unreadable ones among them
    std::vector<LineSample> failures; ///< the first unreadable lines
    [[nodiscard]] double share() const { return lines == 0 ? 0 : static_cast<double>(matched) / static_cast<double>(lines); }
};

} // namespace sg
