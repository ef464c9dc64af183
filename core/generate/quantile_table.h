#pragma once
/// Samples of continuous distributions by one table look-up each.
///
/// A table holds the quantiles at the middles of 4,096 equal shares; a pick takes one of them. Mean and tail are those of the
/// distribution cut at 1/8192 on each side, which is what a log of plausible sizes and times wants anyway.
#include "core/generate/random.h"

#include <array>
#include <cstddef>

namespace sg {

class QuantileTable {
public:
    static constexpr std::size_t kShares = 4096;
    /// Log-normal with median 1. *Unit:* sigma is the standard deviation of the logarithm, 0..3.
    [[nodiscard]] static QuantileTable logNormal(double sigma);
    /// Exponential with mean 1: the gaps of a Poisson process.
    [[nodiscard]] static QuantileTable exponential();

    [[nodiscard]] float pick(Random& random) const { return m_values[random.next() >> 52U]; }
    [[nodiscard]] double mean() const;

private:
    std::array<float, kShares> m_values{};
};

} // namespace sg
