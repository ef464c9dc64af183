#pragma once
/// The header lines of a W3C log: `#Fields:` says the columns of the lines behind it, `#Date:` the day of lines that have none.
///
/// A reader that begins in the middle of a file is given the header in force there. It is text, the lines themselves with a newline
/// between, at most one of each kind. What this file takes for a header line and what a W3C parser does are the same. *Source:* W3C Working
/// Draft WD-logfile.
#include <string>
#include <string_view>

namespace sg {

/// A line that changes how the ones behind it are read. Letters of either case.
[[nodiscard]] bool isFieldsLine(std::string_view line);
[[nodiscard]] bool isDateLine(std::string_view line);
/// No header line that a server writes is longer; of one that is, the beginning counts, for a plan keeps a header for each chunk.
inline constexpr std::size_t kMaxHeaderLine = 16U << 10U;
/// What counts of a header line: a CR at its end and what is beyond kMaxHeaderLine is left out.
[[nodiscard]] std::string_view headerText(std::string_view line);
/// Takes a line into the header in force: `#Fields:` and `#Date:` replace their older one, every other line changes nothing.
/// Of the line, `headerText` is kept.
void takeHeaderLine(std::string_view line, std::string& header);

/// Formats whose lines mean nothing without the header in force: a plan carries it from chunk to chunk (Plan::headers).
[[nodiscard]] inline bool needsHeader(std::string_view format) { return format == "w3c" || format == "cloudfront"; }

} // namespace sg
