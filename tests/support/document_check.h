#pragma once
/// What must hold of the documents of any bytes: for the tests and for a fuzzer.
#include <string>
#include <string_view>

namespace sg::test {

/// Reads the line by every format and format string, and encodes what was read with its raw line. Empty when each document is one object of
/// valid UTF-8 JSON on one line whose `event.original` gives the line back (bytes that are not UTF-8 as \xHH); else what is wrong.
[[nodiscard]] std::string checkDocuments(std::string_view line);
/// The same with one format.
[[nodiscard]] std::string checkDocument(const std::string& format, std::string_view line);

} // namespace sg::test
