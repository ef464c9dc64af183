/// libFuzzer target: any bytes as one line, and the document of what was read.
///
/// The first byte says of which format: its number in `formatNames()`, then `formatStrings()`, then all of them, and so on again. One format
/// at a time is thirty times as many lines a second.
#include "tests/support/document_check.h"
#include "tests/support/format_check.h"

#include <cstdio>
#include <cstdlib>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    static const std::vector<std::string> kFormats = [] {
        std::vector<std::string> names(sg::formatNames().begin(), sg::formatNames().end());
        for (const sg::test::FormatString& each : sg::test::formatStrings()) names.push_back(each.format);
        return names;
    }();
    if (size == 0) return 0;
    const std::string_view line(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t which = data[0] % (kFormats.size() + 1);
    const bool one = which < kFormats.size();
    std::string wrong = one ? sg::test::checkFormat(kFormats[which], line) : sg::test::checkFormats(line);
    if (wrong.empty()) wrong = one ? sg::test::checkDocument(kFormats[which], line) : sg::test::checkDocuments(line);
    if (wrong.empty()) return 0;
    std::fprintf(stderr, "%s\n", wrong.c_str());
    std::abort();
}
