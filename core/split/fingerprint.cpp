#include "core/split/fingerprint.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace sg {

void Digest::mix(std::uint64_t word) {
    m_a = (m_a ^ word) * 0xFF51AFD7ED558CCDULL;
    m_a ^= m_a >> 32U;
    m_b = (m_b + word) * 0xC4CEB9FE1A85EC53ULL;
    m_b ^= m_b >> 29U;
}

void Digest::add(std::string_view bytes) {
    m_size += bytes.size();
    if (m_restSize > 0) {
        const std::size_t take = std::min(bytes.size(), m_rest.size() - m_restSize);
        std::memcpy(m_rest.data() + m_restSize, bytes.data(), take);
        m_restSize += take;
        bytes.remove_prefix(take);
        if (m_restSize < m_rest.size()) return;
        std::uint64_t word = 0;
        std::memcpy(&word, m_rest.data(), sizeof word);
        mix(word);
        m_restSize = 0;
    }
    while (bytes.size() >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data(), sizeof word);
        mix(word);
        bytes.remove_prefix(8);
    }
    std::memcpy(m_rest.data(), bytes.data(), bytes.size());
    m_restSize = bytes.size();
}

std::string Digest::finish() {
    std::uint64_t word = 0;
    std::memcpy(&word, m_rest.data(), m_restSize);
    mix(word);
    mix(m_size);
    char text[40];
    std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(m_a), static_cast<unsigned long long>(m_b));
    return text;
}

std::string digestOf(std::string_view bytes) {
    Digest digest;
    digest.add(bytes);
    return digest.finish();
}

} // namespace sg
