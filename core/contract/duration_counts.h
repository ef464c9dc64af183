#pragma once
/// How many durations stayed below each of a fixed row of bounds since the process began: quantiles over any span, for who reads it twice.
///
/// *Thread:* belongs to its stage's thread; copies are published. *Cost:* 18 numbers, whatever is counted.
#include <algorithm>
#include <array>
#include <cstdint>

namespace sg {

class DurationCounts {
public:
    /// Upper bounds in seconds, each including its value; what is above the last is in the count alone.
    static constexpr std::array<double, 16> kBounds{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300};

    void addSeconds(double seconds) {
        seconds = std::max(0.0, seconds);
        ++m_counts[static_cast<std::size_t>(std::lower_bound(kBounds.begin(), kBounds.end(), seconds) - kBounds.begin())];
        m_sum += seconds;
    }
    void addMs(double ms) { addSeconds(ms / 1000); }

    /// Between the bound before and this one; the last row is above every bound.
    [[nodiscard]] const std::array<std::uint64_t, kBounds.size() + 1>& counts() const { return m_counts; }
    [[nodiscard]] double sumSeconds() const { return m_sum; }

private:
    std::array<std::uint64_t, kBounds.size() + 1> m_counts{};
    double m_sum = 0;
};

} // namespace sg
