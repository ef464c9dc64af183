#include "core/generate/pacer.h"

#include <algorithm>
#include <cmath>

namespace sg {
namespace {
/// A line that is due to within a millionth of itself is due: 60 s at 1/s are 60 lines, not 59.
constexpr double kRounding = 1e-6;
} // namespace

void Pacer::follow(const TrafficTuning& traffic, SteadyTime now) {
    const bool samePhase =
        m_following && traffic.shape == m_traffic.shape && traffic.period == m_traffic.period && traffic.stages == m_traffic.stages;
    if (samePhase && traffic.rate == m_traffic.rate && traffic.amplitude == m_traffic.amplitude) return;
    const double before = m_following && !m_schedule.unlimited() ? total(now) : static_cast<double>(m_taken);
    if (!samePhase) m_anchor = now;
    m_schedule = Schedule(traffic);
    m_traffic = traffic;
    m_following = true;
    m_base = before - m_schedule.linesUntil(phase(now));
}

std::uint64_t Pacer::due(SteadyTime now) {
    const double wanted = total(now) + kRounding;
    const double open = wanted - static_cast<double>(m_taken);
    if (open < 1) return 0;
    const double most = std::max(2.0, rate(now) * kCatchUpSeconds);
    if (open <= most + 1) return static_cast<std::uint64_t>(open);
    const double surplus = std::floor(open - most);
    m_leftOut += static_cast<std::uint64_t>(surplus);
    m_base -= surplus;
    return static_cast<std::uint64_t>(open - surplus);
}

void Pacer::skip(SteadyTime now) {
    const double open = total(now) - static_cast<double>(m_taken);
    if (open > 0) m_base -= open;
}

Milliseconds Pacer::wait(SteadyTime now, Milliseconds limit) const {
    const double missing = static_cast<double>(m_taken) + 1 - total(now);
    const double perSecond = rate(now);
    if (perSecond <= 0) return limit;
    const double ms = std::ceil(missing / perSecond * 1000);
    return Milliseconds(static_cast<Milliseconds::rep>(std::clamp(ms, 1.0, static_cast<double>(limit.count()))));
}

} // namespace sg
