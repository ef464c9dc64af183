#pragma once
/// 128 bits that tell contents apart: of the beginning of a log, and of a whole import. Not cryptographic; a log has no enemy here.
///
/// Two lanes of multiply and rotate over words of eight bytes: each step is a bijection of the lane for a given word, so that two texts
/// that differ in one word never meet there. *Cost:* about a cycle a byte or less. Stored in `sources`: never change what it computes.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sg {

class Digest {
public:
    void add(std::string_view bytes);
    /// 32 hexadecimal digits of everything added.
    [[nodiscard]] std::string hex() const;
    [[nodiscard]] static std::string of(std::string_view bytes);

private:
    void mix(std::uint64_t word);

    std::uint64_t m_a = 0x9E3779B97F4A7C15U;
    std::uint64_t m_b = 0xC2B2AE3D27D4EB4FU;
    std::uint64_t m_length = 0;
    std::array<char, 8> m_pending{};
};

} // namespace sg
