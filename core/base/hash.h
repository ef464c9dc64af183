#pragma once
/// A 64-bit hash of bytes, the same on every machine and in every version: HyperLogLog registers made with it are stored.
///
/// *Cost:* one 64 x 64 -> 128 bit multiplication per 16 bytes. Not for secrets.
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sg {

namespace hash_detail {
__extension__ using Wide = unsigned __int128;
inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
template <class T> std::uint64_t load(const char* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}
inline constexpr std::uint64_t kFirst = 0x9E3779B97F4A7C15ULL;  // the golden ratio
inline constexpr std::uint64_t kSecond = 0xC2B2AE3D27D4EB4FULL; // odd, half of its bits set
inline constexpr std::uint64_t kThird = 0x165667B19E3779F9ULL;
} // namespace hash_detail

[[nodiscard]] inline std::uint64_t hashBytes(std::string_view text, std::uint64_t seed = 0) {
    using namespace hash_detail;
    const char* at = text.data();
    std::size_t left = text.size();
    std::uint64_t state = seed ^ kThird;
    while (left > 16) {
        state = mix(load<std::uint64_t>(at) ^ kFirst, load<std::uint64_t>(at + 8) ^ state);
        at += 16;
        left -= 16;
    }
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    if (left >= 8) {
        low = load<std::uint64_t>(at);
        high = load<std::uint64_t>(at + left - 8);
    } else if (left >= 4) {
        low = load<std::uint32_t>(at);
        high = load<std::uint32_t>(at + left - 4);
    } else if (left > 0) {
        low = load<std::uint8_t>(at) << 16U | load<std::uint8_t>(at + left / 2) << 8U | load<std::uint8_t>(at + left - 1);
    }
    return mix(kSecond ^ text.size(), mix(low ^ kFirst, high ^ state));
}

/// One hash of two, in this order.
[[nodiscard]] inline std::uint64_t combineHashes(std::uint64_t first, std::uint64_t second) {
    return hash_detail::mix(first ^ hash_detail::kFirst, second ^ hash_detail::kThird);
}

} // namespace sg
