#include "core/split/newlines.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace sg {

std::uint64_t countNewlines(std::string_view bytes) {
    constexpr std::uint64_t kLow = 0x0101010101010101U;
    constexpr std::uint64_t kSeven = 0x7F7F7F7F7F7F7F7FU;
    constexpr std::uint64_t kHigh = 0x8080808080808080U;
    constexpr std::uint64_t kEven = 0x00FF00FF00FF00FFU;
    std::uint64_t count = 0;
    while (bytes.size() >= 8) {
        // Each of the eight byte lanes counts for itself; after 255 words one could overflow.
        std::size_t words = std::min<std::size_t>(bytes.size() / 8, 255);
        const char* at = bytes.data();
        bytes.remove_prefix(words * 8);
        std::uint64_t lanes = 0;
        for (; words > 0; --words, at += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, sizeof word);
            word ^= kLow * '\n';                                           // a newline becomes 0
            const std::uint64_t other = ((word & kSeven) + kSeven) | word; // high bit clear only where it was 0
            lanes += (~other & kHigh) >> 7U;
        }
        lanes = (lanes & kEven) + ((lanes >> 8U) & kEven);
        count += (lanes * 0x0001000100010001U) >> 48U;
    }
    return count + static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
}

} // namespace sg
