#include "tests/support/format_table.h"

#include "tests/support/format_check.h"

namespace sg::test {
namespace {

constexpr std::string_view kBegin = "<!-- formats: made by the target format_readme -->\n";
constexpr std::string_view kEnd = "<!-- end of formats -->\n";
constexpr std::size_t kShown = 110; ///< bytes of an example

/// As code in a cell of a table.
std::string cell(std::string_view text) {
    std::string out = "`";
    for (const char c : text.substr(0, kShown)) {
        if (c == '|') out += "\\|";
        else if (c == '\n') out += "` `";
        else if (c == '\t') out += "\\t";
        else out += c;
    }
    return out + (text.size() > kShown ? "...`" : "`");
}

std::string fieldsOf(const FormatInfo& info) {
    const auto parser = (*findFormat(info.name))->makeParser({});
    Record record;
    LineOutcome outcome;
    std::string_view rest = info.example;
    for (bool first = true; first || !rest.empty(); first = false) {
        const std::size_t newline = rest.find('\n');
        outcome = parser->parse(rest.substr(0, newline), first, record);
        rest.remove_prefix(newline == std::string_view::npos ? rest.size() : newline + 1);
    }
    if (outcome.kind != LineOutcome::Kind::Parsed) return "dead";
    std::string out;
    for (const std::string& name : fieldNames(record)) out += (out.empty() ? "" : " ") + name;
    return out;
}

} // namespace

std::string formatTableText() {
    std::string out = "| name | an example | read of it | source of truth |\n|---|---|---|---|\n";
    for (const FormatInfo& info : formatTable())
        out += "| " + cell(info.name) + " | " + cell(info.example) + " | " + fieldsOf(info) + " | " + std::string(info.source) + " |\n";
    return out;
}

std::string withFormatTable(const std::string& readme) {
    const std::size_t begin = readme.find(kBegin);
    const std::size_t end = readme.find(kEnd);
    if (begin == std::string::npos || end == std::string::npos || end < begin) return {};
    return readme.substr(0, begin + kBegin.size()) + formatTableText() + readme.substr(end);
}

} // namespace sg::test
