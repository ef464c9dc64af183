#include "core/generate/alias_table.h"

#include <cmath>

namespace sg {

AliasTable::AliasTable(std::span<const double> weights) : m_cells(weights.size()) {
    std::vector<double> scaled(weights.begin(), weights.end());
    double sum = 0;
    for (double& weight : scaled) {
        if (!std::isfinite(weight) || weight < 0) weight = 0;
        sum += weight;
    }
    const auto n = static_cast<double>(scaled.size());
    for (double& weight : scaled) weight = sum > 0 ? weight * n / sum : 1;

    std::vector<std::uint32_t> small;
    std::vector<std::uint32_t> large;
    for (std::uint32_t i = 0; i < scaled.size(); ++i) (scaled[i] < 1 ? small : large).push_back(i);
    while (!small.empty() && !large.empty()) {
        const std::uint32_t poor = small.back();
        const std::uint32_t rich = large.back();
        small.pop_back();
        m_cells[poor] = {static_cast<std::uint32_t>(scaled[poor] * 0xFFFFFFFFU), rich};
        // A weight of 0 would still be picked by the one value that equals the threshold.
        if (scaled[poor] <= 0) m_cells[poor].threshold = 0;
        scaled[rich] -= 1 - scaled[poor];
        if (scaled[rich] < 1) {
            large.pop_back();
            small.push_back(rich);
        }
    }
    // What rounding left over is full: it points to itself.
    for (const std::uint32_t i : small) m_cells[i] = {0xFFFFFFFFU, i};
    for (const std::uint32_t i : large) m_cells[i] = {0xFFFFFFFFU, i};
}

AliasTable AliasTable::zipf(std::uint32_t count, double exponent) {
    std::vector<double> weights(count);
    for (std::uint32_t i = 0; i < count; ++i) weights[i] = std::pow(i + 1.0, -exponent);
    return AliasTable(weights);
}

} // namespace sg
