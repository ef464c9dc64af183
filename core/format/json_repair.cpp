#include "core/format/json_repair.h"

#include "core/format/scanner.h"

namespace sg {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

/// Bytes of the UTF-8 character at the beginning of `text` (RFC 3629), 0 when it is none.
std::size_t utf8Length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        if (!tail(1) || !tail(2)) return 0;
        if (first == 0xE0 && byte(1) < 0xA0) return 0;
        if (first == 0xED && byte(1) > 0x9F) return 0;
        return 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (!tail(1) || !tail(2) || !tail(3)) return 0;
        if (first == 0xF0 && byte(1) < 0x90) return 0;
        if (first == 0xF4 && byte(1) > 0x8F) return 0;
        return 4;
    }
    return 0;
}

/// The code unit of a `\uXXXX` at the beginning of `text`, -1 when there is none.
int unicodeEscape(std::string_view text) {
    if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') return -1;
    int unit = 0;
    for (std::size_t i = 2; i < 6; ++i) {
        const char lower = static_cast<char>(text[i] | 0x20);
        if (isDigit(text[i])) unit = unit * 16 + (text[i] - '0');
        else if (lower >= 'a' && lower <= 'f') unit = unit * 16 + (lower - 'a' + 10);
        else return -1;
    }
    return unit;
}

/// Copies the escape at the beginning of `text` as it is, or with its backslash doubled where JSON has no such escape; returns the bytes
/// read.
std::size_t copyEscape(std::string_view text, std::string& out) {
    const int unit = unicodeEscape(text);
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        const int second = unicodeEscape(text.substr(6));
        if (second >= 0xDC00 && second <= 0xDFFF) {
            out.append(text.substr(0, 12));
            return 12;
        }
    }
    if (unit >= 0xD800 && unit <= 0xDFFF) {
        out += '\\';
        out.append(text.substr(0, 6));
        return 6;
    }
    if (unit >= 0) {
        out.append(text.substr(0, 6));
        return 6;
    }
    if (text.size() >= 2 && std::string_view("\"\\/bfnrt").find(text[1]) != std::string_view::npos) {
        out.append(text.substr(0, 2));
        return 2;
    }
    out += "\\\\";
    return 1;
}

/// Bytes of the number at the beginning of `text`; `odd` when a strict parser of 64-bit numbers could refuse it.
std::size_t numberLength(std::string_view text, bool& odd) {
    std::size_t n = 0;
    odd = false;
    while (n < text.size() && (isDigit(text[n]) || std::string_view("+-.eE").find(text[n]) != std::string_view::npos)) {
        odd = odd || text[n] == 'e' || text[n] == 'E';
        ++n;
    }
    odd = odd || n > 18;
    return n;
}

} // namespace

void repairJson(std::string_view line, std::string& out) {
    out.clear();
    bool inString = false;
    std::size_t at = 0;
    while (at < line.size()) {
        const char c = line[at];
        const auto byte = static_cast<unsigned char>(c);
        if (!inString) {
            bool odd = false;
            const std::size_t number = isDigit(c) || c == '-' ? numberLength(line.substr(at), odd) : 0;
            if (odd) out += '"';
            out.append(line.substr(at, number == 0 ? 1 : number));
            if (odd) out += '"';
            at += number == 0 ? 1 : number;
            inString = c == '"';
            continue;
        }
        if (c == '"') {
            inString = false;
            out += c;
            ++at;
        } else if (c == '\\') {
            at += copyEscape(line.substr(at), out);
        } else if (byte < 0x20) {
            out += "\\u00";
            out += kHex[byte >> 4U];
            out += kHex[byte & 15U];
            ++at;
        } else if (const std::size_t length = utf8Length(line.substr(at)); length > 0) {
            out.append(line.substr(at, length));
            at += length;
        } else {
            out += "\\\\x";
            out += kHex[byte >> 4U];
            out += kHex[byte & 15U];
            ++at;
        }
    }
}

std::size_t brokenJsonColumn(std::string_view line) {
    std::size_t depth = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        const char c = line[at];
        if (c == '"') {
            const std::size_t open = at;
            for (++at; at < line.size() && line[at] != '"'; ++at)
                if (line[at] == '\\') ++at;
            if (at >= line.size()) return open;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
    return depth > 0 ? line.size() : 0;
}

} // namespace sg
