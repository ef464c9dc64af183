#include "core/split/digest.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstring>

namespace sg {
namespace {

constexpr std::uint64_t kFactorA = 0xA0761D6478BD642FU; // odd: multiplying loses nothing
constexpr std::uint64_t kFactorB = 0xE7037ED1A0B428DBU;

std::uint64_t wordAt(const char* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
}

/// Every bit of the input reaches every bit of the output (the finisher of MurmurHash3, public domain constants).
std::uint64_t spread(std::uint64_t x) {
    x = (x ^ (x >> 33U)) * 0xFF51AFD7ED558CCDU;
    x = (x ^ (x >> 33U)) * 0xC4CEB9FE1A85EC53U;
    return x ^ (x >> 33U);
}

} // namespace

void Digest::mix(std::uint64_t word) {
    m_a = std::rotl(m_a ^ word, 29) * kFactorA;
    m_b = std::rotl(m_b + word, 43) * kFactorB;
}

void Digest::add(std::string_view bytes) {
    const std::size_t held = m_length % m_pending.size();
    m_length += bytes.size();
    if (held > 0) {
        const std::size_t take = std::min(m_pending.size() - held, bytes.size());
        std::memcpy(m_pending.data() + held, bytes.data(), take);
        bytes.remove_prefix(take);
        if (held + take < m_pending.size()) return;
        mix(wordAt(m_pending.data()));
    }
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) mix(wordAt(bytes.data()));
    if (!bytes.empty()) std::memcpy(m_pending.data(), bytes.data(), bytes.size());
}

std::string Digest::hex() const {
    Digest end = *this;
    std::array<char, 8> rest{};
    std::memcpy(rest.data(), m_pending.data(), m_length % 8);
    end.mix(wordAt(rest.data()));
    end.mix(m_length);
    char text[33];
    std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(spread(end.m_a ^ std::rotl(end.m_b, 17))),
                  static_cast<unsigned long long>(spread(end.m_b)));
    return text;
}

std::string Digest::of(std::string_view bytes) {
    Digest digest;
    digest.add(bytes);
    return digest.hex();
}

} // namespace sg
