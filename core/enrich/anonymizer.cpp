#include "core/enrich/anonymizer.h"

#include "core/enrich/enricher.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

namespace sg {
namespace {

constexpr std::size_t kKeptScratch = std::size_t{64} << 10U;
constexpr std::uint32_t kIpv4Bits = 32, kIpv6Bits = 128;
constexpr std::uint32_t kBitsBefore6to4 = 16; ///< 2002::/16, then the IPv4 address (RFC 3056)
constexpr std::string_view kHexDigits = "0123456789abcdef";

std::uint64_t loadLittle(const std::uint8_t* at) {
    std::uint64_t word = 0;
    for (int i = 7; i >= 0; --i) word = word << 8U | at[i];
    return word;
}

/// SipHash-2-4 with a result of 64 bits.
std::uint64_t sipHash(std::uint64_t key0, std::uint64_t key1, std::string_view text) {
    std::uint64_t v0 = key0 ^ 0x736f6d6570736575U, v1 = key1 ^ 0x646f72616e646f6dU, v2 = key0 ^ 0x6c7967656e657261U,
                  v3 = key1 ^ 0x7465646279746573U;
    const auto round = [&] {
        v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
        v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
    };
    const auto take = [&](std::uint64_t word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    };
    const auto* at = reinterpret_cast<const std::uint8_t*>(text.data());
    std::size_t left = text.size();
    for (; left >= 8; left -= 8, at += 8) take(loadLittle(at));
    std::array<std::uint8_t, 8> last{};
    if (left > 0) std::memcpy(last.data(), at, left);
    last[7] = static_cast<std::uint8_t>(text.size());
    take(loadLittle(last.data()));
    v2 ^= 0xFF;
    for (int i = 0; i < 4; ++i) round();
    return v0 ^ v1 ^ v2 ^ v3;
}

void keepFirstBits(std::uint8_t* bytes, std::uint32_t count, std::uint32_t bits) {
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::uint32_t kept = bits > i * 8 ? std::min<std::uint32_t>(bits - i * 8, 8) : 0;
        bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xFF00U >> kept));
    }
}

bool isAddressByte(char c) {
    const char lower = static_cast<char>(c | 0x20);
    return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'f') || c == '.' || c == ':';
}

/// `word` is in lower case.
bool contains(std::string_view name, std::string_view word) {
    return std::search(name.begin(), name.end(), word.begin(), word.end(), [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
           }) != name.end();
}
bool containsAny(std::string_view name, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return contains(name, word); });
}

/// Labels that name a person, or what a person is known again by.
bool namesUser(std::string_view label) {
    return !contains(label, "agent") && containsAny(label, {"user", "login", "mail", "account", "member", "customer", "cookie", "session",
                                                            "token", "auth", "passw", "subject", "s_dn"});
}
/// Labels whose numbers with dots between are no addresses.
bool namesVersion(std::string_view label) { return containsAny(label, {"agent", "version"}); }

} // namespace

Anonymizer::Anonymizer(const PrivacyTuning& privacy, const PrivacyKey& key)
    : m_privacy(privacy), m_shortens(privacy.ipv4Bits < kIpv4Bits || privacy.ipv6Bits < kIpv6Bits), m_key0(loadLittle(key.data())),
      m_key1(loadLittle(key.data() + 8)) {
    if (privacy.query != QueryPrivacy::KeepOnly) return;
    std::string_view keys = privacy.queryKeys;
    while (!keys.empty()) {
        const auto comma = std::min(keys.find(','), keys.size());
        m_kept.emplace_back(keys.substr(0, comma));
        keys.remove_prefix(std::min(comma + 1, keys.size()));
    }
}

std::string& Anonymizer::scratch() {
    if (m_used == m_texts.size()) m_texts.emplace_back();
    std::string& text = m_texts[m_used++];
    if (text.capacity() > kKeptScratch) std::string().swap(text);
    text.clear();
    return text;
}

/// Nothing for what is no address: a name says as much as the address behind it.
std::string_view Anonymizer::address(std::string_view one) {
    AddressInfo info = readAddress(one);
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (info.kind == AddressKind::Ipv4) {
        keepFirstBits(info.bytes.data() + 12, 4, m_privacy.ipv4Bits);
        ::inet_ntop(AF_INET, info.bytes.data() + 12, text.data(), text.size());
    } else if (info.kind == AddressKind::Ipv6) {
        const bool holdsIpv4 = info.bytes[0] == 0x20 && info.bytes[1] == 0x02;
        const std::uint32_t bits =
            holdsIpv4 ? std::min(m_privacy.ipv6Bits, kBitsBefore6to4 + m_privacy.ipv4Bits) : m_privacy.ipv6Bits;
        keepFirstBits(info.bytes.data(), 16, bits);
        ::inet_ntop(AF_INET6, info.bytes.data(), text.data(), text.size());
    } else {
        return {};
    }
    std::string& out = scratch();
    out = text.data();
    return out;
}

std::string_view Anonymizer::addresses(std::string_view list) {
    if (list.find(',') == std::string_view::npos) return address(list);
    std::string out;
    while (true) {
        const auto comma = std::min(list.find(','), list.size());
        if (const std::string_view one = address(list.substr(0, comma)); !one.empty()) {
            if (!out.empty()) out += ", ";
            out += one;
        }
        if (comma == list.size()) break;
        list.remove_prefix(comma + 1);
    }
    std::string& kept = scratch();
    kept.swap(out);
    return kept;
}

/// Every address that stands somewhere in the text, shortened.
std::string_view Anonymizer::addressesWithin(std::string_view text) {
    std::string* out = nullptr;
    std::size_t copied = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!isAddressByte(text[i])) continue;
        std::size_t begin = i;
        while (i < text.size() && isAddressByte(text[i])) ++i;
        std::size_t end = i;
        const auto token = [&] { return text.substr(begin, end - begin); };
        while (end > begin && text[end - 1] == '.') --end;
        const bool groups = std::count(text.begin() + static_cast<std::ptrdiff_t>(begin), text.begin() + static_cast<std::ptrdiff_t>(end),
                                       ':') > 1;
        if (!groups) // letters before a dotted address belong to a word
            while (end > begin && (text[begin] < '0' || text[begin] > '9')) ++begin;
        if (token().size() < (groups ? 3U : 7U) || (!groups && std::count(token().begin(), token().end(), '.') < 3)) continue;
        const std::string_view shorter = address(token());
        if (shorter.empty()) continue;
        if (out == nullptr) out = &scratch();
        out->append(text, copied, begin - copied);
        out->append(shorter);
        copied = end;
    }
    if (out == nullptr) return text;
    out->append(text, copied);
    return *out;
}

bool Anonymizer::isKept(std::string_view parameter) const {
    return std::find(m_kept.begin(), m_kept.end(), parameter.substr(0, parameter.find('='))) != m_kept.end();
}

/// Both separators that servers know: what one takes for a value may be two parameters for another.
std::string_view Anonymizer::query(std::string_view text) {
    if (m_privacy.query == QueryPrivacy::Keep) return text;
    if (m_kept.empty()) return {};
    std::string& out = scratch();
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of("&;"), text.size());
        if (isKept(text.substr(0, end))) {
            if (!out.empty()) out += '&';
            out.append(text.substr(0, end));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::string_view Anonymizer::url(std::string_view text) {
    std::string_view scheme, rest = text;
    if (m_privacy.user == UserPrivacy::Hash && !text.empty() && text.front() != '/') {
        const auto colon = text.find("://");
        const std::size_t authority = colon == std::string_view::npos ? 0 : colon + 3;
        const std::size_t end = std::min(text.find_first_of("/?#", authority), text.size());
        if (const auto at = text.substr(0, end).rfind('@'); at != std::string_view::npos && at >= authority) {
            scheme = text.substr(0, authority);
            rest = text.substr(at + 1);
        }
    }
    std::string_view kept;
    if (m_privacy.query != QueryPrivacy::Keep) {
        if (const auto mark = rest.find_first_of("?#"); mark != std::string_view::npos) {
            if (rest[mark] == '?') {
                const std::string_view behind = rest.substr(mark + 1);
                kept = query(behind.substr(0, behind.find('#')));
            }
            rest = rest.substr(0, mark);
        }
    }
    if (scheme.empty() && kept.empty()) return rest;
    std::string& out = scratch();
    out.append(scheme).append(rest);
    if (!kept.empty()) out.append("?").append(kept);
    return out;
}

std::string_view Anonymizer::name(std::string_view user) {
    if (user.empty()) return user;
    const std::uint64_t hash = sipHash(m_key0, m_key1, user);
    std::string& out = scratch();
    for (int shift = 60; shift >= 0; shift -= 4) out += kHexDigits[hash >> static_cast<unsigned>(shift) & 15U];
    return out;
}

Label Anonymizer::label(Label label) {
    constexpr std::string_view kParameter = "arg_";
    const bool parameter = label.name.starts_with(kParameter);
    if (parameter && m_privacy.query != QueryPrivacy::Keep && !isKept(label.name.substr(kParameter.size()))) {
        label.value = {};
        return label;
    }
    if (m_privacy.user == UserPrivacy::Hash && namesUser(label.name)) {
        label.value = name(label.value);
        label.number = false;
        return label;
    }
    if (label.number) return label;
    if (m_privacy.query != QueryPrivacy::Keep && !parameter) {
        if (containsAny(label.name, {"args", "query"})) label.value = query(label.value.substr(label.value.starts_with('?') ? 1 : 0));
        else label.value = url(label.value);
    } else if (m_privacy.user == UserPrivacy::Hash && label.value.find("://") != std::string_view::npos) {
        label.value = url(label.value);
    }
    if (m_shortens && !namesVersion(label.name)) label.value = addressesWithin(label.value);
    return label;
}

void Anonymizer::apply(Record& record) {
    m_used = 0;
    record.line = {};
    record.request = {};
    record.target = url(record.target);
    record.referrer = url(record.referrer);
    if (m_shortens) {
        record.address = addresses(record.address);
        record.key = addressesWithin(record.key);
    }
    std::uint8_t kept = 0;
    for (std::uint8_t i = 0; i < record.extraCount; ++i) {
        ExtraField extra = record.extras[i];
        switch (extra.field) {
        case EcsField::Message:
            continue;
        case EcsField::ForwardedFor:
            if (m_shortens) extra.value = addresses(extra.value);
            break;
        case EcsField::SourcePort: // with the time it leads behind a shared address
            if (m_shortens) continue;
            break;
        case EcsField::UrlPath:
            extra.value = url(extra.value);
            break;
        case EcsField::UrlQuery:
            extra.value = query(extra.value);
            break;
        case EcsField::TlsClientSubject:
            if (m_privacy.user == UserPrivacy::Hash) extra.value = name(extra.value);
            break;
        default:
            break;
        }
        if (!extra.value.empty()) record.extras[kept++] = extra;
    }
    record.extraCount = kept;
    if (m_privacy.user == UserPrivacy::Hash && !record.user.empty()) {
        record.addExtra(EcsField::UserHash, name(record.user));
        record.user = {};
    }
    if (record.labels.empty()) return;
    m_labels.assign(record.labels.begin(), record.labels.end());
    for (Label& each : m_labels) each = label(each);
    record.labels = m_labels;
}

std::string rebuiltLine(const Record& record) {
    std::string out;
    const auto add = [&](std::string_view text) {
        if (!out.empty()) out += ' ';
        out += text.empty() ? std::string_view("-") : text;
    };
    const auto quoted = [&](std::string_view text) { add('"' + std::string(text.empty() ? std::string_view("-") : text) + '"'); };
    std::string_view user = record.user, forwarded;
    for (std::size_t i = 0; i < record.extraCount; ++i) {
        if (record.extras[i].field == EcsField::UserHash) user = record.extras[i].value;
        if (record.extras[i].field == EcsField::ForwardedFor) forwarded = record.extras[i].value;
    }
    if (record.web) {
        add(record.address.empty() ? forwarded : record.address);
        add("-");
        add(user);
        std::string request(record.method);
        for (const std::string_view part : {record.target, record.version.empty() ? std::string_view() : std::string_view("HTTP/")})
            if (!part.empty()) request += (request.empty() ? "" : " ") + std::string(part);
        quoted(request + std::string(record.version));
        add(record.status == kNoStatus ? std::string() : std::to_string(record.status));
        add(record.bytes == kAbsent ? std::string() : std::to_string(record.bytes));
        quoted(record.referrer);
        quoted(record.agent);
    } else {
        add(record.key);
    }
    for (const Label& label : record.labels)
        if (!label.value.empty()) add(std::string(label.name) + '=' + std::string(label.value));
    return out;
}

} // namespace sg
