#pragma once
/// What must hold of any format for any bytes, and a record as text: for the tests and for a fuzzer.
#include "core/format/format.h"

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace sg::test {

/// `status=200 address=1.2.3.4 ...` in a fixed order, absent fields left out; bytes outside printable ASCII as \xHH.
[[nodiscard]] std::string describe(const Record& record);
/// The fields that are present, in the order of `describe`.
[[nodiscard]] std::vector<std::string> fieldNames(const Record& record);
/// `describe`, or `skipped`, or `dead <reason> at <column>`.
[[nodiscard]] std::string parseToText(LineParser& parser, std::string_view line, bool firstOfSource = false);

/// Format strings, and a line that each reads: what the tests of any bytes run through beside the formats with a name.
struct FormatString {
    std::string format;
    std::string line;
};
[[nodiscard]] const std::vector<FormatString>& formatStrings();

/// Parses `bytes` as one line of each format and of each format string, from an allocation of its exact size (an access beyond it is the
/// sanitizer's to find), and again beside other bytes with the parsers that have seen every earlier line. Empty when all is well, else what
/// is wrong: an outcome that is none of the three, a column outside the line, a field that is neither inside the line nor stable, a `clean`
/// line that is not. A libFuzzer target is `LLVMFuzzerTestOneInput(data, size) { if (!checkFormats({data, size}).empty()) abort(); }`.
[[nodiscard]] std::string checkFormats(std::string_view bytes);
/// The same with one format.
[[nodiscard]] std::string checkFormat(const std::string& format, std::string_view bytes);

/// One to four changes: a byte, one more, some less, a piece of the line again; half of the bytes are such that mean something to a format.
[[nodiscard]] std::string mutated(std::string line, std::mt19937& random);

} // namespace sg::test
