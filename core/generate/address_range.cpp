#include "core/generate/address_range.h"

#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <string>

namespace sg {
namespace {

AddressText toText(const std::array<std::uint8_t, 16>& bytes, bool six) {
    AddressText address;
    if (six) {
        ::inet_ntop(AF_INET6, bytes.data(), address.text.data(), static_cast<socklen_t>(address.text.size()));
        address.length = static_cast<std::uint8_t>(std::strlen(address.text.data()));
        return address;
    }
    char* at = address.text.data();
    for (int i = 0; i < 4; ++i) {
        if (i != 0) *at++ = '.';
        at = std::to_chars(at, at + 3, unsigned{bytes[static_cast<std::size_t>(i)]}).ptr;
    }
    address.length = static_cast<std::uint8_t>(at - address.text.data());
    return address;
}

bool isPublic(unsigned a, unsigned b) {
    if (a == 0 || a == 10 || a == 127 || a >= 224) return false;
    if (a == 100 && b >= 64 && b < 128) return false;
    return !((a == 169 && b == 254) || (a == 172 && b >= 16 && b < 32) || (a == 192 && (b == 168 || b == 0)) ||
             (a == 198 && (b & 0xFEU) == 18));
}

} // namespace

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
    AddressRange range;
    const std::size_t slash = text.find('/');
    const std::string address(text.substr(0, slash));
    unsigned bits = 32;
    if (address.find(':') != std::string::npos) {
        range.m_six = true;
        bits = 128;
    }
    if (::inet_pton(range.m_six ? AF_INET6 : AF_INET, address.c_str(), range.m_base.data()) != 1) return std::nullopt;
    unsigned prefix = bits;
    if (slash != std::string_view::npos) {
        const char* begin = text.data() + slash + 1;
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(begin, end, prefix);
        if (error != std::errc{} || stop != end || prefix > bits) return std::nullopt;
    }
    range.m_prefix = static_cast<std::uint8_t>(prefix);
    return range;
}

AddressText AddressRange::pick(Random& random) const {
    std::array<std::uint8_t, 16> bytes = m_base;
    const unsigned size = m_six ? 16 : 4;
    std::uint64_t bits = 0;
    for (unsigned i = 0; i < size; ++i) {
        if (i % 8 == 0) bits = random.next();
        const auto drawn = static_cast<std::uint8_t>(bits >> (8 * (7 - i % 8)));
        const unsigned fixed = m_prefix > i * 8 ? m_prefix - i * 8 : 0;
        const unsigned mask = fixed >= 8 ? 0U : 0xFFU >> fixed;
        bytes[i] = static_cast<std::uint8_t>((bytes[i] & ~mask) | (drawn & mask));
    }
    return toText(bytes, m_six);
}

AddressText publicAddress(Random& random) {
    for (;;) {
        const std::uint32_t bits = random.next32();
        if (!isPublic(bits >> 24U, (bits >> 16U) & 0xFFU)) continue;
        const std::array<std::uint8_t, 16> bytes{static_cast<std::uint8_t>(bits >> 24U), static_cast<std::uint8_t>(bits >> 16U),
                                                 static_cast<std::uint8_t>(bits >> 8U), static_cast<std::uint8_t>(bits)};
        return toText(bytes, false);
    }
}

} // namespace sg
