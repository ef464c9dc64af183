#pragma once
/// A range of IP addresses in CIDR notation, and addresses uniform inside it.
#include "core/generate/random.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sg {

/// An address as text, without allocation.
struct AddressText {
    std::array<char, 46> text{};
    std::uint8_t length = 0;
    [[nodiscard]] std::string_view view() const { return {text.data(), length}; }
};

class AddressRange {
public:
    /// "10.0.0.0/8", "2001:db8::/32", or a single address. Empty when it is none; bits beyond the prefix are ignored.
    [[nodiscard]] static std::optional<AddressRange> parse(std::string_view text);
    [[nodiscard]] AddressText pick(Random& random) const;

private:
    bool m_six = false;
    std::uint8_t m_prefix = 0; ///< bits
    std::array<std::uint8_t, 16> m_base{};
};

/// Any public IPv4 address: no private, loopback, link-local, shared, multicast or reserved one.
[[nodiscard]] AddressText publicAddress(Random& random);

} // namespace sg
