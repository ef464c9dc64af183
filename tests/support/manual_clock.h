#pragma once
/// A clock that stands still until a test moves it.
#include "core/base/clock.h"

namespace sg {

class ManualClock final : public Clock {
public:
    [[nodiscard]] Timestamp wall() const override { return m_wall; }
    [[nodiscard]] SteadyTime steady() const override { return m_steady; }
    /// Both clocks go on.
    void advance(Nanoseconds by) {
        m_wall.ns += by.count();
        m_steady += by;
    }
    /// The wall clock alone jumps.
    void setWall(Timestamp wall) { m_wall = wall; }

private:
    Timestamp m_wall = Timestamp::fromSeconds(1'760'000'000);
    SteadyTime m_steady{std::chrono::hours(1)};
};

} // namespace sg
