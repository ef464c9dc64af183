#pragma once
/// A load shape as a function of time: how many lines/s are wanted at an instant, and how many lines up to it.
///
/// The count is the exact integral, not a sum of ticks: a schedule that is asked rarely says the same as one that is asked often.
/// Shapes repeat with their period and have the mean `rate`, but for the spike (which is extra) and stages (which are absolute).
#include "core/contract/tuning.h"

#include <vector>

namespace sg {

class Schedule {
public:
    Schedule() : Schedule(TrafficTuning{}) {}
    explicit Schedule(const TrafficTuning& traffic);

    /// As fast as possible: neither `rateAt` nor `linesUntil` says anything.
    [[nodiscard]] bool unlimited() const { return m_unlimited; }
    /// Lines/s `seconds` after the shape began.
    [[nodiscard]] double rateAt(double seconds) const;
    /// Lines due in the first `seconds` of the shape.
    [[nodiscard]] double linesUntil(double seconds) const;
    /// rateAt relative to the rate around which the shape moves (1 when unlimited): what a server feels as load.
    [[nodiscard]] double loadAt(double seconds) const;

private:
    /// A corner of a piecewise linear shape; two corners at one `at` are a jump.
    struct Corner {
        double at = 0; ///< s
        double rate = 0;
        double linesBefore = 0; ///< integral up to `at`
    };
    void addCorner(double at, double rate);

    bool m_unlimited = false;
    LoadShape m_shape = LoadShape::Steady;
    double m_rate = 0;
    double m_amplitude = 0;
    double m_period = 1;           ///< s
    std::vector<Corner> m_corners; ///< empty for the waves
};

} // namespace sg
