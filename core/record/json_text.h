#pragma once
/// Bytes as JSON text: always valid UTF-8, whatever the bytes are. One escape rule for documents, dead letters and memos.
///
/// Bytes that are not UTF-8 become `\xHH` (in JSON: `\\xHH`), as servers write them; controls become \u00HH; all else is copied.
#include <cstddef>
#include <string>
#include <string_view>

namespace sg {

/// The most that one byte can grow to.
inline constexpr std::size_t kJsonTextGrowth = 6;

/// Writes the escaped bytes without quotes and returns the new end. REQUIRES: room for kJsonTextGrowth * bytes.size() at `at`.
[[nodiscard]] char* writeJsonText(std::string_view bytes, char* at);
/// Appends `"..."`.
void appendJsonText(std::string_view bytes, std::string& out);
/// True when the bytes are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates).
[[nodiscard]] bool isUtf8(std::string_view bytes);

} // namespace sg
