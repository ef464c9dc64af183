#include "core/format/request_line.h"

#include "core/format/scanner.h"

#include <array>

namespace sg {
namespace {

/// RFC 9110 token characters.
constexpr std::array<bool, 256> kTokenBytes = [] {
    std::array<bool, 256> table{};
    for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = table[c - 0x20] = true;
    for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
    for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
    return table;
}();

/// Length of the method at the beginning of `text`, 0 when there is none: a letter, token characters, and then a space.
std::size_t methodLength(std::string_view text) {
    if (text.substr(0, 4) == "GET ") return 3; // nearly always
    const char first = static_cast<char>(text[0] | 0x20);
    if (first < 'a' || first > 'z') return 0;
    std::size_t n = 1;
    while (n < text.size() && kTokenBytes[static_cast<unsigned char>(text[n])]) ++n;
    return n < text.size() && text[n] == ' ' ? n : 0;
}

/// `HTTP/` and a version; empty when it is none.
std::string_view httpVersion(std::string_view word) {
    if (word.size() < 6 || word.size() > 12 || word.substr(0, 5) != "HTTP/") return {};
    word.remove_prefix(5);
    if (word.size() == 3 && isDigit(word[0]) && word[1] == '.' && isDigit(word[2])) [[likely]]
        return word;
    if (!isDigit(word.front()) || !isDigit(word.back())) return {};
    std::size_t points = 0;
    for (const char c : word) {
        if (c == '.') ++points;
        else if (!isDigit(c)) return {};
    }
    return points <= 1 ? word : std::string_view();
}

bool looksLikeTarget(std::string_view word) {
    if (word.empty() || word.find(' ') != std::string_view::npos) return false;
    return word[0] == '/' || word.find("://") != std::string_view::npos;
}

} // namespace

void readRequestLine(std::string_view text, Record& record) {
    if (presentText(text).empty()) return;
    std::string_view trimmed = text;
    while (!trimmed.empty() && trimmed.back() == ' ') trimmed.remove_suffix(1);
    const std::size_t method = trimmed.empty() ? 0 : methodLength(trimmed);
    if (method == 0) {
        record.request = text;
        return;
    }
    // Nearly always ` HTTP/1.1`: looking from the end byte by byte would cost as much as all the rest.
    constexpr std::size_t kUsual = 9;
    const std::string_view tail = trimmed.size() > kUsual ? trimmed.substr(trimmed.size() - kUsual) : std::string_view();
    const bool usual = !tail.empty() && std::memcmp(tail.data(), " HTTP/", 6) == 0 && tail[6] != ' ' && tail[7] != ' ';
    const std::size_t lastSpace = usual ? trimmed.size() - kUsual : trimmed.rfind(' ');
    const std::string_view version = httpVersion(trimmed.substr(lastSpace + 1));
    if (!version.empty() && lastSpace > method + 1) {
        const std::string_view target = trimmed.substr(method + 1, lastSpace - method - 1);
        if (target[0] != ' ' || target.find_first_not_of(' ') != std::string_view::npos) {
            record.method = trimmed.substr(0, method);
            record.target = target;
            record.version = version;
            return;
        }
    }
    record.request = text;
    if (const std::string_view target = trimmed.substr(method + 1); version.empty() && looksLikeTarget(target)) {
        record.method = trimmed.substr(0, method);
        record.target = target;
    }
}

} // namespace sg
