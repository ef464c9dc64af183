#include "core/format/syslog_header.h"

#include "core/format/scanner.h"

#include <algorithm>

namespace sg {
namespace {

constexpr std::size_t kMaxWord = 255;

/// Takes the word up to the next space and the space; empty when there is none.
std::string_view takeWord(std::string_view& text) {
    const std::size_t space = text.substr(0, kMaxWord + 1).find(' ');
    if (space == std::string_view::npos) return {};
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space + 1);
    return word;
}

/// `<0>` to `<191>`.
bool takePriority(std::string_view& text) {
    if (text.empty() || text.front() != '<') return false;
    const std::size_t close = text.substr(0, 5).find('>');
    if (close == std::string_view::npos || close < 2) return false;
    const auto priority = readNumber(text.substr(1, close - 1));
    if (!priority || *priority > 191) return false;
    text.remove_prefix(close + 1);
    return true;
}

/// `Mmm dd hh:mm:ss ` or `yyyy-mm-ddThh:mm:ss...`: by its shape, for the line's own time counts.
bool takeTime(std::string_view& text, SyslogHeader& header) {
    if (text.size() >= 16 && text[3] == ' ' && text[6] == ' ' && text[9] == ':' && text[12] == ':' && text[15] == ' ') {
        text.remove_prefix(16);
        return true;
    }
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':') return false;
    header.time = takeWord(text);
    return !header.time.empty();
}

/// `[id name="value" ...]...` or `-`, and the space behind it; a backslash takes the next byte with it.
bool takeStructuredData(std::string_view& text) {
    if (text.starts_with("- ")) {
        text.remove_prefix(2);
        return true;
    }
    std::size_t at = 0;
    while (at < text.size() && text[at] == '[') {
        for (++at; at < text.size() && text[at] != ']'; ++at)
            if (text[at] == '\\') ++at;
        if (at >= text.size()) return false;
        ++at;
    }
    if (at == 0 || at >= text.size() || text[at] != ' ') return false;
    text.remove_prefix(at + 1);
    return true;
}

/// `program: ` or `program[pid]: `.
bool takeTag(std::string_view& text, SyslogHeader& header) {
    std::string_view rest = text;
    std::string_view word = takeWord(rest);
    if (word.size() < 2 || word.back() != ':') return false;
    word.remove_suffix(1);
    if (word.back() == ']') {
        const std::size_t open = word.rfind('[');
        if (open == std::string_view::npos || open == 0) return false;
        header.processId = word.substr(open + 1, word.size() - open - 2);
        word = word.substr(0, open);
    }
    header.program = word;
    text = rest;
    return true;
}

bool takeModern(std::string_view& text, SyslogHeader& header) {
    if (!text.starts_with("1 ")) return false;
    text.remove_prefix(2);
    if (text.starts_with("- ")) text.remove_prefix(2);
    else if (!takeTime(text, header)) return false;
    header.host = presentText(takeWord(text));
    header.program = presentText(takeWord(text));
    header.processId = presentText(takeWord(text));
    if (takeWord(text).empty() || !takeStructuredData(text)) return false;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    return true;
}

bool takeTraditional(std::string_view& text, SyslogHeader& header) {
    if (!takeTime(text, header)) return false;
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    if (takeTag(text, header)) return true;
    header.host = takeWord(text);
    return !header.host.empty() && takeTag(text, header);
}

/// The length of `web_1  | ` and `shop-web-1 | `: a container's name, padded to the longest, a bar and one space.
std::size_t composePrefix(std::string_view line) {
    const std::size_t space = line.substr(0, kMaxWord + 1).find(' ');
    const std::size_t bar = space == std::string_view::npos || space == 0 ? space : line.find_first_not_of(' ', space);
    if (bar == std::string_view::npos || bar + 2 > line.size() || line[bar] != '|' || line[bar + 1] != ' ') return 0;
    const bool named = std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(space), [](char c) {
        const char lower = static_cast<char>(c | 0x20);
        return isDigit(c) || (lower >= 'a' && lower <= 'z') || c == '_' || c == '-' || c == '.';
    });
    return named ? bar + 2 : 0;
}

SyslogHeader readDaemonsHeader(std::string_view line) {
    std::string_view text = line;
    const bool priority = takePriority(text);
    SyslogHeader header;
    const bool read = priority && text.starts_with("1 ") ? takeModern(text, header) : takeTraditional(text, header);
    if (!read) return {};
    header.length = line.size() - text.size();
    return header;
}

} // namespace

SyslogHeader readSyslogHeader(std::string_view line) {
    SyslogHeader header = readDaemonsHeader(line);
    if (header.length > 0) return header;
    const std::size_t prefix = composePrefix(line);
    if (prefix > 0) header = readDaemonsHeader(line.substr(prefix));
    header.length += prefix;
    return header;
}

} // namespace sg
