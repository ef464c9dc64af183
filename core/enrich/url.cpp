#include "core/enrich/enricher.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace sg {
namespace {

constexpr std::size_t kMaxExtension = 16;

bool isAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Length of a scheme that `://` follows, 0 when the target has none.
std::size_t schemeLength(std::string_view target) {
    if (target.empty() || !isAlpha(target[0])) return 0;
    std::size_t i = 1;
    while (i < target.size() && (isAlpha(target[i]) || isDigit(target[i]) || target[i] == '+' || target[i] == '-' || target[i] == '.')) ++i;
    return target.substr(i).starts_with("://") ? i : 0;
}

/// The host of `user@host:port`; an IPv6 literal with its brackets, as ECS wants a domain that is one.
std::string_view hostOf(std::string_view authority) {
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        return end == std::string_view::npos ? std::string_view() : authority.substr(0, end + 1);
    }
    return authority.substr(0, authority.find(':'));
}

/// The first `?` or `#`, else the size. By words, for most targets are too short for a call of the library's search to be worth it.
std::size_t findMark(std::string_view text) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    constexpr std::uint64_t kHighs = 0x8080808080808080;
    // Exact up to the lowest byte that is zero, which is the one looked for.
    const auto zeros = [](std::uint64_t word) { return (word - kOnes) & ~word & kHighs; };
    std::size_t at = 0;
    if constexpr (std::endian::native == std::endian::little) {
        const auto marks = [&](std::size_t from) {
            std::uint64_t word = 0;
            std::memcpy(&word, text.data() + from, sizeof word);
            return zeros(word ^ kOnes * '?') | zeros(word ^ kOnes * '#');
        };
        const auto place = [](std::uint64_t hits) { return static_cast<std::size_t>(std::countr_zero(hits)) / 8; };
        for (; at + 8 <= text.size(); at += 8)
            if (const std::uint64_t hits = marks(at); hits != 0) return at + place(hits);
        if (text.size() >= 8) { // what is left, with bytes before it that are none
            const std::uint64_t hits = at == text.size() ? 0 : marks(text.size() - 8);
            return hits == 0 ? text.size() : text.size() - 8 + place(hits);
        }
    }
    while (at < text.size() && text[at] != '?' && text[at] != '#') ++at;
    return at;
}

} // namespace

std::string_view urlExtension(std::string_view path) {
    std::string_view segment = path.substr(path.rfind('/') + 1); // npos + 1 = 0: the whole path
    segment = segment.substr(0, segment.find(';'));              // a path parameter: /a.jsp;jsessionid=1
    const auto dot = segment.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return {};
    const std::string_view extension = segment.substr(dot + 1);
    if (extension.empty() || extension.size() > kMaxExtension) return {};
    return std::all_of(extension.begin(), extension.end(), [](char c) { return isAlpha(c) || isDigit(c); }) ? extension
                                                                                                            : std::string_view();
}

UrlParts splitUrl(std::string_view method, std::string_view target) {
    UrlParts parts;
    if (target.empty()) return parts;
    if (method == "CONNECT") {
        parts.domain = hostOf(target);
        return parts;
    }
    if (target == "*") {
        parts.path = target;
        return parts;
    }
    std::string_view rest = target;
    if (rest[0] != '/') {
        if (const std::size_t length = schemeLength(rest); length > 0) {
            parts.scheme = rest.substr(0, length);
            rest.remove_prefix(length + 3);
            const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
            parts.domain = hostOf(rest.substr(0, end));
            rest.remove_prefix(end);
        }
    }
    const std::size_t mark = findMark(rest);
    if (mark < rest.size()) {
        const std::size_t hash = rest.find('#', mark);
        if (hash != std::string_view::npos) parts.fragment = rest.substr(hash + 1);
        if (hash != mark) parts.query = rest.substr(mark + 1, hash == std::string_view::npos ? hash : hash - mark - 1);
        rest = rest.substr(0, mark);
    }
    parts.path = rest;
    return parts;
}

} // namespace sg
