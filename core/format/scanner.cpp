#include "core/format/scanner.h"

#include "core/format/syslog_header.h"

#include <limits>

namespace sg {

const char* Scan::escapedQuoteEnd(const char* from) const {
    const char* p = from;
    while (p < end) {
#ifdef __SSE2__
        const __m128i quote = _mm_set1_epi8('"');
        const __m128i backslash = _mm_set1_epi8('\\');
        while (end - p >= 16) {
            const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
            const int hits = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, backslash)));
            if (hits != 0) {
                p += __builtin_ctz(static_cast<unsigned>(hits));
                break;
            }
            p += 16;
        }
        if (p == end) break;
#endif
        if (*p == '"') return p;
        p += *p == '\\' && end - p >= 2 ? 2 : 1;
    }
    return end;
}

Reason takeStatus(Scan& scan, Record& record) {
    const char* statusBegin = scan.at;
    const std::string_view status = scan.takeWord();
    if (status != "-") {
        const auto code = readStatus(status);
        if (!code) {
            scan.at = statusBegin;
            return Reason::BadStatus;
        }
        record.status = *code;
    }
    return Reason::None;
}

std::optional<std::int64_t> readNumber(std::string_view text) {
    constexpr std::size_t kSafeDigits = 18; // cannot overflow
    if (text.empty()) return std::nullopt;
    std::int64_t value = 0;
    for (const char c : text.substr(0, kSafeDigits)) {
        if (!isDigit(c)) return std::nullopt;
        value = value * 10 + (c - '0');
    }
    if (text.size() <= kSafeDigits) [[likely]]
        return value;
    for (const char c : text.substr(kSafeDigits)) {
        if (!isDigit(c)) return std::nullopt;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, c - '0', &value)) return std::nullopt;
    }
    return value;
}

std::optional<std::int64_t> readSeconds(std::string_view text) {
    constexpr std::int64_t kMaxSeconds = std::numeric_limits<std::int64_t>::max() / 1'000'000'000 - 1;
    // `0.049`, as most servers write it.
    if (text.size() == 5 && text[1] == '.' && isDigit(text[0]) && isDigit(text[2]) && isDigit(text[3]) && isDigit(text[4]))
        return ((text[0] - '0') * 1000 + (text[2] - '0') * 100 + (text[3] - '0') * 10 + (text[4] - '0')) * std::int64_t{1'000'000};
    const std::size_t point = text.find('.');
    const auto whole = readNumber(text.substr(0, point));
    if (!whole || *whole > kMaxSeconds) return std::nullopt;
    std::int64_t fraction = 0;
    if (point != std::string_view::npos) {
        const std::string_view digits = text.substr(point + 1);
        if (digits.empty()) return std::nullopt;
        std::int64_t weight = 100'000'000;
        for (const char c : digits) {
            if (!isDigit(c)) return std::nullopt;
            fraction += (c - '0') * weight;
            weight /= 10;
        }
    }
    return *whole * 1'000'000'000 + fraction;
}

namespace {

enum class ListItem : std::uint8_t { Other, Unknown, Address };

/// By shape alone: four numbers and three dots, or hex digits with two colons or more. Whether it is an address is the enricher's matter.
ListItem listItem(std::string_view item) {
    while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
    while (!item.empty() && item.back() == ' ') item.remove_suffix(1);
    if (item == "unknown") return ListItem::Unknown;
    if (!item.empty() && item.front() == '[') {
        const std::size_t close = item.find(']');
        if (close == std::string_view::npos) return ListItem::Other;
        item = item.substr(1, close - 1);
    }
    item = item.substr(0, item.find('%'));
    std::size_t dots = 0;
    std::size_t colons = 0;
    bool hex = false;
    for (const char c : item) {
        const char lower = static_cast<char>(c | 0x20);
        if (c == '.') ++dots;
        else if (c == ':') ++colons;
        else if (lower >= 'a' && lower <= 'f') hex = true;
        else if (!isDigit(c)) return ListItem::Other;
    }
    if (item.size() < 2 || item.size() > 45) return ListItem::Other;
    if (dots == 3 && colons <= 1 && !hex && isDigit(item.front()) && isDigit(item.back())) return ListItem::Address;
    return colons >= 2 && (dots == 0 || dots == 3) ? ListItem::Address : ListItem::Other;
}

} // namespace

bool isAddressList(std::string_view text) {
    bool any = false;
    for (;;) {
        const std::size_t comma = text.find(',');
        const ListItem item = listItem(text.substr(0, comma));
        if (item == ListItem::Other) return false;
        any = any || item == ListItem::Address;
        if (comma == std::string_view::npos) return any;
        text.remove_prefix(comma + 1);
    }
}

std::string_view withoutPort(std::string_view host) {
    const std::size_t colon = host.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return host;
    const bool bracketed = host[colon - 1] == ']';
    if (!bracketed && host.find(':') != colon) return host; // a bare IPv6 address
    for (const char c : host.substr(colon + 1))
        if (!isDigit(c)) return host;
    return host.substr(0, colon);
}

/// False when there is no header; else what was read behind it.
bool ScanningParser::readBehindHeader(Scan& scan, Record& record, Reason& reason) {
    const std::string_view line = record.line;
    if (isDigit(line.front()) && (line.size() < 5 || line[4] != '-')) return false; // a client's address, nearly always
    const SyslogHeader header = readSyslogHeader(line);
    if (header.length == 0) return false;
    clearRecord(record);
    record.line = line;
    scan.begin = scan.at = line.data() + header.length;
    reason = read(scan, record);
    if (reason == Reason::None && header.host.data() != nullptr) {
        record.addExtra(EcsField::HostName, header.host);
        record.clean = record.clean && header.host.find('"') == std::string_view::npos;
    }
    return true;
}

LineOutcome ScanningParser::parse(std::string_view line, bool firstOfSource, Record& record) {
    const char* const given = line.data();
    if (firstOfSource && line.substr(0, 3) == "\xEF\xBB\xBF") line.remove_prefix(3);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    clearRecord(record);
    record.line = line;
    if (line.empty() || (line.front() == '\r' && line.find_first_not_of('\r') == std::string_view::npos))
        return {LineOutcome::Kind::Skipped, Reason::None, 0};

    Scan scan{line.data(), line.data(), line.data() + line.size(), isPlain(line)};
    const Syslog syslog = syslogHeader();
    Reason reason = Reason::None;
    if (syslog != Syslog::First || !readBehindHeader(scan, record, reason)) [[likely]] {
        reason = read(scan, record);
        if (reason == Reason::None) [[likely]]
            return {LineOutcome::Kind::Parsed, Reason::None, 0};
        if (syslog == Syslog::OnFailure) static_cast<void>(readBehindHeader(scan, record, reason));
    }
    if (reason == Reason::None) return {LineOutcome::Kind::Parsed, Reason::None, 0};
    clearRecord(record);
    record.line = line;
    return {LineOutcome::Kind::Dead, reason, static_cast<std::uint32_t>(scan.at - given)};
}

} // namespace sg
