#include "core/aggregate/bytes.h"

#include <bit>

namespace sg {

void ByteWriter::number(std::uint64_t value) {
    while (value >= 0x80) {
        byte(static_cast<std::uint8_t>(value | 0x80));
        value >>= 7;
    }
    byte(static_cast<std::uint8_t>(value));
}

void ByteWriter::signedNumber(std::int64_t value) {
    number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

void ByteWriter::real(double value) { number(std::bit_cast<std::uint64_t>(value)); }

void ByteWriter::text(std::string_view value) {
    number(value.size());
    m_out.append(value);
}

std::uint8_t ByteReader::byte() {
    if (m_rest.empty()) {
        fail();
        return 0;
    }
    const auto value = static_cast<std::uint8_t>(m_rest.front());
    m_rest.remove_prefix(1);
    return value;
}

std::uint64_t ByteReader::number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const std::uint8_t b = byte();
        if (shift == 63 && b > 1) fail();
        value |= static_cast<std::uint64_t>(b & 0x7F) << shift;
        if (b < 0x80) return m_failed ? 0 : value;
    }
    fail();
    return 0;
}

std::int64_t ByteReader::signedNumber() {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

double ByteReader::real() { return std::bit_cast<double>(number()); }

std::string_view ByteReader::text() {
    const std::uint64_t length = number();
    if (length > m_rest.size()) {
        fail();
        return {};
    }
    const std::string_view value = m_rest.substr(0, length);
    m_rest.remove_prefix(length);
    return value;
}

std::size_t ByteReader::count(std::size_t bytesEach) {
    const std::uint64_t value = number();
    if (value > m_rest.size() / bytesEach) {
        fail();
        return 0;
    }
    return value;
}

} // namespace sg
