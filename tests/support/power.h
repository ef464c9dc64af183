#pragma once
/// The one socket that several twins are plugged into: one count of changing calls, one moment at which the power goes for all of them.
///
/// *Thread:* one at a time.
#include <cstdint>

namespace sg::test {

class Power {
public:
    /// A changing call of any twin; false = the power is gone, from this call on.
    [[nodiscard]] bool count() {
        if (m_off) return false;
        ++m_calls;
        m_off = m_cut != 0 && m_calls >= m_cut;
        return !m_off;
    }
    /// The power goes at the n-th changing call from now (1 = the next); 0 = never.
    void cutAtCall(std::uint64_t n) { m_cut = n == 0 ? 0 : m_calls + n; }
    void comeBack() {
        m_off = false;
        m_cut = 0;
    }
    [[nodiscard]] bool isOff() const { return m_off; }
    [[nodiscard]] std::uint64_t calls() const { return m_calls; }

private:
    std::uint64_t m_calls = 0;
    std::uint64_t m_cut = 0;
    bool m_off = false;
};

} // namespace sg::test
