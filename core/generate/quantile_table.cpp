#include "core/generate/quantile_table.h"

#include <cmath>
#include <numeric>

namespace sg {
namespace {

/// The value below which the share `p` of a standard normal distribution lies, by bisection.
double normalQuantile(double p) {
    double low = -8;
    double high = 8;
    for (int i = 0; i < 48; ++i) {
        const double middle = (low + high) / 2;
        (0.5 * std::erfc(-middle / std::sqrt(2.0)) < p ? low : high) = middle;
    }
    return (low + high) / 2;
}

const std::array<double, QuantileTable::kShares>& normalQuantiles() {
    static const auto values = [] {
        std::array<double, QuantileTable::kShares> quantiles{};
        for (std::size_t i = 0; i < quantiles.size(); ++i)
            quantiles[i] = normalQuantile((static_cast<double>(i) + 0.5) / QuantileTable::kShares);
        return quantiles;
    }();
    return values;
}

} // namespace

QuantileTable QuantileTable::logNormal(double sigma) {
    QuantileTable table;
    const auto& normal = normalQuantiles();
    for (std::size_t i = 0; i < kShares; ++i) table.m_values[i] = static_cast<float>(std::exp(sigma * normal[i]));
    return table;
}

QuantileTable QuantileTable::exponential() {
    QuantileTable table;
    for (std::size_t i = 0; i < kShares; ++i) table.m_values[i] = static_cast<float>(-std::log((static_cast<double>(i) + 0.5) / kShares));
    return table;
}

double QuantileTable::mean() const { return std::accumulate(m_values.begin(), m_values.end(), 0.0) / static_cast<double>(kShares); }

} // namespace sg
