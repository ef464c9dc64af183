#pragma once
/// A small, fast, seeded source of randomness that gives the same numbers with every compiler and library.
///
/// The distributions of the standard library may differ between implementations; "same seed, same bytes" must not.
/// *Thread:* one. *Cost:* about 1 ns a number. *Source:* xoshiro256++ 1.0 and splitmix64, Blackman and Vigna.
#include <array>
#include <bit>
#include <cstdint>

namespace sg {

/// Spreads a seed: neighbouring seeds give unrelated values.
[[nodiscard]] constexpr std::uint64_t splitMix(std::uint64_t& state) {
    state += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
}

class Random {
public:
    explicit Random(std::uint64_t seed) {
        for (std::uint64_t& word : m_state) word = splitMix(seed);
    }
    [[nodiscard]] std::uint64_t next() {
        const std::uint64_t result = std::rotl(m_state[0] + m_state[3], 23) + m_state[0];
        const std::uint64_t t = m_state[1] << 17U;
        m_state[2] ^= m_state[0];
        m_state[3] ^= m_state[1];
        m_state[1] ^= m_state[2];
        m_state[0] ^= m_state[3];
        m_state[2] ^= t;
        m_state[3] = std::rotl(m_state[3], 45);
        return result;
    }
    [[nodiscard]] std::uint32_t next32() { return static_cast<std::uint32_t>(next() >> 32U); }
    /// 0 .. `bound` - 1; the bias is below 2^-32 x bound. REQUIRES: bound > 0.
    [[nodiscard]] std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>((std::uint64_t{next32()} * bound) >> 32U); }
    /// 0 <= x < 1
    [[nodiscard]] double unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
    /// True with the probability of `threshold` (see `toThreshold`).
    [[nodiscard]] bool chance(std::uint64_t threshold) { return next32() < threshold; }
    [[nodiscard]] static constexpr std::uint64_t toThreshold(double probability) {
        if (!(probability > 0)) return 0;
        return probability >= 1 ? 0x1'0000'0000ULL : static_cast<std::uint64_t>(probability * 0x1.0p32);
    }

private:
    std::array<std::uint64_t, 4> m_state{};
};

} // namespace sg
