#include "core/record/json_text.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace sg {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighs = 0x8080808080808080U;

/// Non-zero when one of the 8 bytes is a control, a quote, a backslash or not ASCII.
std::uint64_t needsCare(std::uint64_t word) {
    const std::uint64_t quote = word ^ (kOnes * '"');
    const std::uint64_t backslash = word ^ (kOnes * '\\');
    return (word | ((word - kOnes * 0x20U) & ~word) | ((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash)) & kHighs;
}

/// Length of the well-formed sequence at `at`, 0 when there is none.
std::size_t sequenceLength(const unsigned char* at, std::size_t left) {
    const unsigned lead = at[0];
    const auto continues = [&](std::size_t i) { return i < left && (at[i] & 0xC0U) == 0x80U; };
    if (lead < 0x80) return 1;
    if (lead < 0xC2) return 0;
    if (lead < 0xE0) return continues(1) ? 2 : 0;
    if (lead < 0xF0) {
        if (!continues(1) || !continues(2)) return 0;
        if ((lead == 0xE0 && at[1] < 0xA0) || (lead == 0xED && at[1] >= 0xA0)) return 0;
        return 3;
    }
    if (lead > 0xF4 || !continues(1) || !continues(2) || !continues(3)) return 0;
    if ((lead == 0xF0 && at[1] < 0x90) || (lead == 0xF4 && at[1] >= 0x90)) return 0;
    return 4;
}

constexpr std::array<char, 16> kHex = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'};

char* put(char* at, std::string_view text) {
    std::memcpy(at, text.data(), text.size());
    return at + text.size();
}

} // namespace

char* writeJsonText(std::string_view bytes, char* at) {
    const char* from = bytes.data();
    std::size_t left = bytes.size();
    while (left > 0) {
        if (left >= 8) {
            std::uint64_t word;
            std::memcpy(&word, from, 8);
            if (needsCare(word) == 0) {
                std::memcpy(at, &word, 8);
                at += 8;
                from += 8;
                left -= 8;
                continue;
            }
        }
        const auto byte = static_cast<unsigned char>(*from);
        std::size_t length = 1;
        if (byte < 0x20) {
            at = put(at, "\\u00");
            *at++ = kHex[byte >> 4U];
            *at++ = kHex[byte & 15U];
        } else if (byte == '"' || byte == '\\') {
            *at++ = '\\';
            *at++ = *from;
        } else if (byte < 0x80) {
            *at++ = *from;
        } else if (length = sequenceLength(reinterpret_cast<const unsigned char*>(from), left); length > 0) {
            at = put(at, {from, length});
        } else {
            length = 1;
            at = put(at, "\\\\x");
            *at++ = kHex[byte >> 4U];
            *at++ = kHex[byte & 15U];
        }
        from += length;
        left -= length;
    }
    return at;
}

void appendJsonText(std::string_view bytes, std::string& out) {
    const std::size_t before = out.size();
    out.resize(before + bytes.size() * kJsonTextGrowth + 2);
    char* at = out.data() + before;
    *at++ = '"';
    at = writeJsonText(bytes, at);
    *at++ = '"';
    out.resize(static_cast<std::size_t>(at - out.data()));
}

bool isUtf8(std::string_view bytes) {
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    for (std::size_t i = 0; i < bytes.size();) {
        const std::size_t length = sequenceLength(at + i, bytes.size() - i);
        if (length == 0) return false;
        i += length;
    }
    return true;
}

} // namespace sg
