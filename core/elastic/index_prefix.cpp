#include "core/elastic/index_prefix.h"

#include "core/contract/profile_fields.h"

#include <algorithm>
#include <array>

namespace sg {
namespace {

constexpr std::size_t kMaxName = 60;
constexpr std::array<std::string_view, 5> kPacked = {".gz", ".bz2", ".xz", ".zst", ".zip"};
constexpr std::array<std::string_view, 9> kEndings = {".log", ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".txt", ".access", ".out"};

bool isDigit(char c) { return c >= '0' && c <= '9'; }

template <std::size_t N> bool removeOne(std::string& name, const std::array<std::string_view, N>& endings) {
    for (const std::string_view ending : endings)
        if (name.size() > ending.size() && name.ends_with(ending)) {
            name.resize(name.size() - ending.size());
            return true;
        }
    return false;
}

/// `.1` to `.999`, and a day with or without dashes and what may follow of a time: `-20240323`, `.2024-03-23`, `_2024-03-23-18`,
/// `-20240323-1711156700`.
bool removeRotation(std::string& name) {
    const std::size_t mark = name.find_last_not_of("0123456789-_:T.t");
    // From the left, so that the whole of a date goes.
    for (std::size_t at = mark == std::string::npos ? 1 : mark + 1; at + 1 < name.size(); ++at) {
        const std::string_view tail = std::string_view(name).substr(at + 1);
        if ((name[at] != '.' && name[at] != '-' && name[at] != '_') || !isDigit(tail.front()) || !isDigit(tail.back())) continue;
        const auto digits = static_cast<std::size_t>(std::count_if(tail.begin(), tail.end(), isDigit));
        const bool number = name[at] == '.' && digits == tail.size() && digits <= 3;
        const auto inCentury = [](std::string_view year) { return year.starts_with("19") || year.starts_with("20"); };
        const bool day = digits >= 8 && inCentury(tail);
        if (!number && !day) continue;
        name.resize(at);
        return true;
    }
    return false;
}

/// IIS writes the day without a mark before it: `u_ex240323`, `nc24032318_x`.
void removeDayOfIis(std::string& name) {
    std::string_view rest = name;
    if (rest.ends_with("_x")) rest.remove_suffix(2);
    const std::size_t letters = rest.find_first_of("0123456789");
    if (letters == std::string_view::npos || rest.size() - letters < 4 || rest.size() - letters > 8) return;
    const std::string_view kind = rest.substr(0, letters);
    if (kind != "u_ex" && kind != "u_nc" && kind != "u_in" && kind != "ex" && kind != "nc" && kind != "in") return;
    if (std::all_of(rest.begin() + static_cast<std::ptrdiff_t>(letters), rest.end(), isDigit)) name.resize(letters);
}

std::string replaced(std::string_view prefix, std::string_view by) {
    std::string out(prefix);
    if (const std::size_t at = out.find(kSourceMark); at != std::string::npos) out.replace(at, kSourceMark.size(), by);
    return out;
}

} // namespace

std::string sourceIndexName(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    std::string name(path.substr(slash == std::string_view::npos ? 0 : slash + 1));
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    while (removeOne(name, kPacked) || removeRotation(name)) {}
    while (removeOne(name, kEndings) || removeRotation(name)) {}
    removeDayOfIis(name);
    std::string out;
    for (const char c : name) {
        if ((c >= 'a' && c <= 'z') || isDigit(c) || c == '_') out += c;
        else if (!out.empty() && out.back() != '-') out += '-';
        if (out.size() == kMaxName) break;
    }
    while (out.ends_with('-')) out.pop_back();
    return out.empty() ? "source" : out;
}

bool namesSource(std::string_view prefix) { return prefix.find(kSourceMark) != std::string_view::npos; }
std::string prefixFor(std::string_view prefix, std::string_view sourceName) { return replaced(prefix, sourceName); }
std::string prefixPattern(std::string_view prefix) { return replaced(prefix, "*"); }

bool isPrefixOf(std::string_view made, std::string_view prefix) {
    const std::size_t hole = prefix.find(kSourceMark);
    if (hole == std::string_view::npos) return made == prefix;
    const std::string_view before = prefix.substr(0, hole), behind = prefix.substr(hole + kSourceMark.size());
    if (made.size() <= before.size() + behind.size() || !made.starts_with(before) || !made.ends_with(behind)) return false;
    const std::string_view name = made.substr(before.size(), made.size() - before.size() - behind.size());
    const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || isDigit(c) || c == '_' || c == '-'; };
    return name.size() <= kMaxName && std::all_of(name.begin(), name.end(), allowed);
}

std::string prefixName(std::string_view prefix) { return replaced(prefix, "each-source"); }

} // namespace sg
