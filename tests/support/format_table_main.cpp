/// Writes the formats' table into a README: `format_table FILE`.
#include "tests/support/format_table.h"

#include <cstdio>
#include <fstream>
#include <iterator>

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    std::ifstream in(argv[1], std::ios::binary);
    const std::string text = sg::test::withFormatTable({std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
    if (text.empty()) {
        std::fprintf(stderr, "%s has no place for the formats\n", argv[1]);
        return 1;
    }
    in.close();
    std::ofstream out(argv[1], std::ios::binary);
    out << text;
    return out.flush() ? 0 : 1;
}
