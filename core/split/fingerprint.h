#pragma once
/// What a file is known by: a 128-bit digest of its first bytes, or of all of them. Not for security: for telling logs apart.
///
/// *Cost:* 8 bytes a step, several GB/s.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace sg {

/// Two multiply-and-fold lanes over 8-byte words, in the manner of the non-cryptographic hashes of hash tables; fed in any pieces.
class Digest {
public:
    void add(std::string_view bytes);
    /// 32 hex digits. The object is used up.
    [[nodiscard]] std::string finish();

private:
    void mix(std::uint64_t word);
    std::uint64_t m_a = 0x9E3779B97F4A7C15ULL;
    std::uint64_t m_b = 0xC2B2AE3D27D4EB4FULL;
    std::uint64_t m_size = 0;
    std::array<char, 8> m_rest{};
    std::size_t m_restSize = 0;
};

[[nodiscard]] std::string digestOf(std::string_view bytes);

} // namespace sg
