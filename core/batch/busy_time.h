#pragma once
/// How long at least one of several overlapping things was under way. Pure; times ascend.
#include "core/base/clock.h"

#include <cstdint>

namespace sg {

class BusyTime {
public:
    void begin(SteadyTime now) {
        if (m_underWay++ == 0) m_since = now;
    }
    void end(SteadyTime now) {
        if (--m_underWay == 0) m_sum += now - m_since;
    }
    /// Since the last call.
    [[nodiscard]] Nanoseconds take(SteadyTime now) {
        Nanoseconds sum = m_sum;
        if (m_underWay > 0) {
            sum += now - m_since;
            m_since = now;
        }
        m_sum = Nanoseconds(0);
        return sum;
    }

private:
    std::uint32_t m_underWay = 0;
    SteadyTime m_since{};
    Nanoseconds m_sum{0};
};

} // namespace sg
