#pragma once
/// A format string compiled: literals and fields in the order of a line, and the parser that runs them.
///
/// A field ends where the literal behind it begins. Where the literal cannot stand inside the field, or is a quote that the server escapes,
/// that is one search. Else the first place is tried, and when the rest of the line does not fit, the next one (at most kMaxRetries a
/// line). Two fields with nothing between must part by their bytes (a number before a path), or the string is refused.
///
/// *Thread:* immutable, shared by all parsers. *Cost:* no allocation a line, no regular expression.
#include "core/format/scanner.h"
#include "core/format/time_pattern.h"

#include <optional>
#include <string>
#include <vector>

namespace sg {

/// What the bytes of a field may be, which says where it can end.
enum class FieldShape : std::uint8_t {
    Text,       ///< anything
    Word,       ///< no space, no tab
    Host,       ///< letters, digits, `.-_:%[]`
    Token,      ///< letters, digits, `-_`: a method, a scheme
    Target,     ///< anything, beginning with `/`
    Path,       ///< anything but `?`, beginning with `/`
    Query,      ///< anything, beginning with `?`
    List,       ///< words, separated by `,`, `, ` or ` : `
    Number,     ///< digits
    Decimal,    ///< digits and a point
    StatusCode, ///< three digits
    Mark,       ///< one byte
    Protocol,   ///< `HTTP/1.1`
    ApacheTime,
    IsoTime,
    Epoch,   ///< seconds with milliseconds
    Pattern, ///< strftime's
};

/// What a field says. Of several fields that say the same, the one of the highest rank counts.
enum class FieldRole : std::uint8_t {
    Skip,
    Label,
    Address,
    User,
    Request,
    Method,
    Target,
    Path,
    Query,
    Version,
    Host,
    Referrer,
    Agent,
    StatusCode,
    Bytes,
    Duration, ///< `unit` in ns
    Extra,
    Time,     ///< `unit` of a number in ns
    Fraction, ///< of the time's second; `unit` in ns
};

struct FormatField {
    FieldShape shape = FieldShape::Text;
    FieldRole role = FieldRole::Skip;
    std::uint8_t rank = 0;
    EcsField extra = EcsField::Message;
    std::int64_t unit = 0;
    std::string label;       ///< its name when the role is Label, or when another field takes the role; empty = then it is left out
    bool mayBeEmpty = false; ///< an absent value is written as nothing, not as `-`
    std::optional<TimePattern> pattern;
};

/// A literal (`field` absent) or a field, and where it stands in the format string.
struct FormatItem {
    std::string text; ///< the literal, or the field as it was written
    std::size_t position = 0;
    std::optional<FormatField> field;
};

/// How the server writes what would spoil a line.
enum class LogEscapes : std::uint8_t {
    Backslash, ///< `\"` or `\x22`: a quote ends its field; text stays as written
    Json,      ///< as JSON strings: a quote ends its field; text is decoded
    None,      ///< not at all: a quote may be a part of the text
};

/// *Errors:* InvalidArgument with the place in the format string: nothing to read, two fields that cannot be told apart, too many.
[[nodiscard]] Result<std::shared_ptr<const Format>> compileFormat(std::string name, std::vector<FormatItem> items, LogEscapes escapes);

/// "byte 12: why". Bytes count from 1, in the format string without its family.
[[nodiscard]] Error formatError(std::size_t position, const std::string& why);

} // namespace sg
