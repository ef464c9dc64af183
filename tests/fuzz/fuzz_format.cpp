/// libFuzzer target: any bytes as one line of every format, and the document of what was read.
#include "tests/support/document_check.h"
#include "tests/support/format_check.h"

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view line(reinterpret_cast<const char*>(data), size);
    std::string wrong = sg::test::checkFormats(line);
    if (wrong.empty()) wrong = sg::test::checkDocuments(line);
    if (wrong.empty()) return 0;
    std::fprintf(stderr, "%s\n", wrong.c_str());
    std::abort();
}
