#pragma once
/// The table of the formats in core/format/README.md, made from the registry: what each reads is what its example gives.
#include <string>

namespace sg::test {

/// Markdown, one row a format; a format that cannot read its example has `dead` in the place of the fields.
[[nodiscard]] std::string formatTableText();
/// The text with the table between its two marks replaced; empty when the marks are not there.
[[nodiscard]] std::string withFormatTable(const std::string& readme);

} // namespace sg::test
