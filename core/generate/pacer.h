#pragma once
/// Turns a schedule into a number of lines that are due now, on the steady clock.
///
/// A change of the schedule takes effect from the instant it is given; what was due before stays due. After a stall (a suspended machine, a
/// full disk) at most two seconds of lines are caught up; the rest is left out and counted.
#include "core/base/clock.h"
#include "core/generate/schedule.h"

#include <cstdint>

namespace sg {

class Pacer {
public:
    static constexpr double kCatchUpSeconds = 2;

    explicit Pacer(SteadyTime now) : m_anchor(now) {}
    /// Follows `traffic` from `now` on. The shape's phase goes on when only its rate or amplitude changed, else it begins anew.
    void follow(const TrafficTuning& traffic, SteadyTime now);
    /// Lines due up to `now` that have not been taken. REQUIRES: not `schedule().unlimited()`.
    [[nodiscard]] std::uint64_t due(SteadyTime now);
    /// `lines` of those that were due have been made.
    void take(std::uint64_t lines) { m_taken += lines; }
    /// Leaves out what became due up to `now` without counting it as lost to a stall: the traffic was switched off.
    void skip(SteadyTime now);
    /// How long until the next line is due; at most `limit`.
    [[nodiscard]] Milliseconds wait(SteadyTime now, Milliseconds limit) const;

    [[nodiscard]] double rate(SteadyTime now) const { return m_schedule.rateAt(phase(now)); }
    [[nodiscard]] double load(SteadyTime now) const { return m_schedule.loadAt(phase(now)); }
    [[nodiscard]] const Schedule& schedule() const { return m_schedule; }
    /// Lines left out after stalls.
    [[nodiscard]] std::uint64_t leftOut() const { return m_leftOut; }

private:
    [[nodiscard]] double phase(SteadyTime now) const { return std::chrono::duration<double>(now - m_anchor).count(); }
    [[nodiscard]] double total(SteadyTime now) const { return m_base + m_schedule.linesUntil(phase(now)); }

    Schedule m_schedule;
    TrafficTuning m_traffic;
    bool m_following = false;
    SteadyTime m_anchor; ///< where the shape began
    double m_base = 0;   ///< lines due are m_base + the schedule's integral since m_anchor
    std::uint64_t m_taken = 0;
    std::uint64_t m_leftOut = 0;
};

} // namespace sg
