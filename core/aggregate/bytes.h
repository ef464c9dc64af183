#pragma once
/// Compact bytes for what is stored: varints, zigzag numbers and texts, written by ByteWriter and read by ByteReader.
///
/// *Errors:* a reader fails once and for good (`failed()`), answers zeroes from then on and never reads outside its bytes;
/// callers check once at the end, and bound every count by `fits` before they reserve memory for it.
#include <cstdint>
#include <string>
#include <string_view>

namespace sg {

class ByteWriter {
public:
    void byte(std::uint8_t value) { m_out.push_back(static_cast<char>(value)); }
    /// LEB128, 1 to 10 bytes.
    void number(std::uint64_t value);
    /// Zigzag, so that small negative numbers stay short.
    void signedNumber(std::int64_t value);
    void real(double value);
    void text(std::string_view value);
    [[nodiscard]] const std::string& bytes() const { return m_out; }
    [[nodiscard]] std::string take() { return std::move(m_out); }

private:
    std::string m_out;
};

class ByteReader {
public:
    explicit ByteReader(std::string_view bytes) : m_rest(bytes) {}
    [[nodiscard]] std::uint8_t byte();
    [[nodiscard]] std::uint64_t number();
    [[nodiscard]] std::int64_t signedNumber();
    [[nodiscard]] double real();
    /// A view into the bytes.
    [[nodiscard]] std::string_view text();
    /// A count of things of at least `bytesEach` bytes; fails when the rest cannot hold them.
    [[nodiscard]] std::size_t count(std::size_t bytesEach);
    void fail() {
        m_failed = true;
        m_rest = {};
    }
    [[nodiscard]] bool failed() const { return m_failed; }
    /// True when everything was read and nothing was wrong.
    [[nodiscard]] bool finished() const { return !m_failed && m_rest.empty(); }

private:
    std::string_view m_rest;
    bool m_failed = false;
};

} // namespace sg
