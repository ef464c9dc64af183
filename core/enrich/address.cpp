#include "core/enrich/enricher.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstring>
#include <optional>

namespace sg {
namespace {

constexpr std::size_t kMaxIpText = 45; // 8 groups with an IPv4 tail
constexpr std::size_t kMaxNameText = 255;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

/// Dotted decimal without leading zeros: what Elasticsearch takes too.
bool readIpv4(std::string_view text, std::array<std::uint8_t, 16>& bytes) {
    std::array<std::uint8_t, 4> octets{};
    std::size_t octet = 0;
    unsigned value = 0;
    unsigned digits = 0;
    if (text.size() < 7 || text.size() > 15) return false;
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            if (digits > 0 && value == 0) return false;
            value = value * 10 + static_cast<unsigned>(c - '0');
            if (++digits > 3 || value > 255) return false;
        } else if (c == '.' && digits > 0 && octet < 3) {
            octets[octet++] = static_cast<std::uint8_t>(value);
            value = 0;
            digits = 0;
        } else {
            return false;
        }
    }
    if (octet != 3 || digits == 0) return false;
    octets[3] = static_cast<std::uint8_t>(value);
    bytes.fill(0);
    bytes[10] = bytes[11] = 0xFF;
    std::copy(octets.begin(), octets.end(), bytes.begin() + 12);
    return true;
}

bool isMapped(const std::array<std::uint8_t, 16>& bytes) {
    return std::all_of(bytes.begin(), bytes.begin() + 10, [](std::uint8_t b) { return b == 0; }) && bytes[10] == 0xFF && bytes[11] == 0xFF;
}

/// `text` has no brackets and no port; a zone is left out of the ip.
bool readIpv6(std::string_view text, AddressInfo& info) {
    text = text.substr(0, text.find('%'));
    if (text.size() < 2 || text.size() > kMaxIpText) return false;
    std::array<char, kMaxIpText + 1> terminated;
    std::memcpy(terminated.data(), text.data(), text.size());
    terminated[text.size()] = '\0';
    if (std::memchr(text.data(), '\0', text.size()) != nullptr || inet_pton(AF_INET6, terminated.data(), info.bytes.data()) != 1)
        return false;
    info.kind = AddressKind::Ipv6;
    info.ip = text;
    if (isMapped(info.bytes)) {
        info.kind = AddressKind::Ipv4;
        if (text.find('.') != std::string_view::npos) info.ip = text.substr(text.rfind(':') + 1);
    }
    return true;
}

std::optional<std::int32_t> readPort(std::string_view text) {
    std::int32_t port = 0;
    if (text.empty() || text.size() > 5) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port < 0 || port > 65535) return std::nullopt;
    return port;
}

bool isName(std::string_view text) {
    if (text.empty() || text.size() > kMaxNameText) return false;
    bool letter = false;
    for (const char c : text) {
        const bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        // bytes above ASCII: an internationalised name that was not turned into punycode
        if (!alpha && !(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '_' && static_cast<unsigned char>(c) < 0x80) return false;
        letter = letter || alpha;
    }
    return letter;
}

AddressInfo readOne(std::string_view text) {
    AddressInfo info;
    if (text.empty() || text == "-") return info;
    if (readIpv4(text, info.bytes)) {
        info.kind = AddressKind::Ipv4;
        info.ip = text;
        return info;
    }
    info.kind = AddressKind::Unknown;
    if (text.front() == '[') {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return info;
        const std::string_view after = text.substr(end + 1);
        if (!after.empty()) {
            const auto port = after.front() == ':' ? readPort(after.substr(1)) : std::nullopt;
            if (!port) return info;
            info.port = *port;
        }
        if (!readIpv6(text.substr(1, end - 1), info)) info.port = -1;
        return info;
    }
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && text.find(':', colon + 1) != std::string_view::npos) {
        static_cast<void>(readIpv6(text, info));
        return info;
    }
    std::string_view host = text.substr(0, colon);
    if (colon != std::string_view::npos) {
        const auto port = readPort(text.substr(colon + 1));
        if (!port) return info;
        info.port = *port;
        if (readIpv4(host, info.bytes)) {
            info.kind = AddressKind::Ipv4;
            info.ip = host;
            return info;
        }
    }
    if (host != "unknown" && isName(host)) info.kind = AddressKind::Name;
    else info.port = -1;
    return info;
}

bool isIp(const AddressInfo& info) { return info.kind == AddressKind::Ipv4 || info.kind == AddressKind::Ipv6; }

/// Whether an address can be that of a client in the internet: not private, loopback, link-local, shared (RFC 6598) or multicast.
bool isPublic(const AddressInfo& info) {
    const auto& b = info.bytes;
    if (info.kind == AddressKind::Ipv4) {
        const unsigned first = b[12];
        const unsigned second = b[13];
        return !(first == 0 || first == 10 || first == 127 || first >= 224 || (first == 100 && second >= 64 && second < 128) ||
                 (first == 169 && second == 254) || (first == 172 && second >= 16 && second < 32) || (first == 192 && second == 168));
    }
    const bool low = std::all_of(b.begin(), b.end() - 1, [](std::uint8_t byte) { return byte == 0; });
    return !(low || (b[0] & 0xFEU) == 0xFC || (b[0] == 0xFE && (b[1] & 0xC0U) == 0x80) || b[0] == 0xFF);
}

struct Client {
    AddressInfo info;
    std::string_view text; ///< as it is written
};

/// Of a list the first public address, else the first that is one, else the first item.
Client clientOf(std::string_view address) {
    address = trimmed(address);
    if (address.find(',') == std::string_view::npos) return {readOne(address), address};
    Client firstIp;
    Client firstOther;
    while (true) {
        const auto comma = address.find(',');
        const std::string_view item = trimmed(address.substr(0, comma));
        const Client client{readOne(item), item};
        if (isIp(client.info)) {
            if (isPublic(client.info)) return client;
            if (!isIp(firstIp.info)) firstIp = client;
        } else if (firstOther.info.kind == AddressKind::Absent) {
            firstOther = client;
        }
        if (comma == std::string_view::npos) break;
        address.remove_prefix(comma + 1);
    }
    return isIp(firstIp.info) ? firstIp : firstOther;
}

} // namespace

AddressInfo readAddress(std::string_view address) { return clientOf(address).info; }

std::string_view clientOfList(std::string_view list) { return clientOf(list).text; }

} // namespace sg
