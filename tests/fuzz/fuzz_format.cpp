/// libFuzzer target: any bytes as one line, and the document of what was read.
///
/// The first byte says of which format: its number in `formatNames()`, then `formatStrings()`, then all of them, and so on again. One format
/// at a time is thirty times as many lines a second. What one format reads is also tried with kMutations random changes, drawn from the line
/// itself so that a finding can be played again: libFuzzer's own bookkeeping costs more than a line does.
#include "tests/support/document_check.h"
#include "tests/support/format_check.h"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <vector>

static constexpr int kMutations = 15;

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
    if (one && wrong.empty()) {
        std::mt19937 random(static_cast<std::mt19937::result_type>(std::hash<std::string_view>{}(line)));
        for (int i = 0; i < kMutations && wrong.empty(); ++i) {
            const std::string changed = sg::test::mutated(std::string(line), random);
            wrong = sg::test::checkFormat(kFormats[which], changed);
            if (!wrong.empty()) wrong += "\nchange " + std::to_string(i + 1) + " of the line: " + changed;
        }
    }
    if (wrong.empty()) return 0;
    std::fprintf(stderr, "%s\n", wrong.c_str());
    std::abort();
}
