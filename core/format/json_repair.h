#pragma once
/// Makes a line that a server wrote as JSON without escaping it readable, when nothing but that is wrong with it.
#include <string>
#include <string_view>

namespace sg {

/// Writes to `out` the line with, inside strings: bytes that are not UTF-8 as the text `\xHH`, `\xHH` of a server as that text, raw
/// controls as their JSON escape, lone surrogates as their text; outside strings: numbers beyond 64 bits and with exponents as strings. All
/// else is copied. *Cost:* byte by byte; for lines that a strict parser has refused.
void repairJson(std::string_view line, std::string& out);

/// Where a line that is not JSON breaks: the quote that is not closed, or the end when brackets are; 0 when neither says.
[[nodiscard]] std::size_t brokenJsonColumn(std::string_view line);

} // namespace sg
