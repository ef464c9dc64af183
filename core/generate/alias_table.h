#pragma once
/// Picks an index with a given weight in constant time.
///
/// *Cost:* 8 bytes an entry; building is linear, a pick is one random number and one load.
/// *Source:* Vose, "A linear algorithm for generating random numbers with a given distribution", 1991.
#include "core/generate/random.h"

#include <cstddef>
#include <span>
#include <vector>

namespace sg {

class AliasTable {
public:
    AliasTable() = default;
    /// Weights that are negative or not finite count as 0; if none is left, all are equal.
    explicit AliasTable(std::span<const double> weights);
    /// The table of `count` ranks whose weight is 1 / rank^exponent.
    [[nodiscard]] static AliasTable zipf(std::uint32_t count, double exponent);

    [[nodiscard]] bool empty() const { return m_cells.empty(); }
    [[nodiscard]] std::size_t size() const { return m_cells.size(); }
    /// REQUIRES: not empty.
    [[nodiscard]] std::uint32_t pick(Random& random) const {
        const std::uint64_t r = random.next();
        const auto at = static_cast<std::uint32_t>(((r >> 32U) * m_cells.size()) >> 32U);
        const Cell& cell = m_cells[at];
        return static_cast<std::uint32_t>(r) <= cell.threshold ? at : cell.alias;
    }

private:
    struct Cell {
        std::uint32_t threshold = 0xFFFFFFFFU;
        std::uint32_t alias = 0;
    };
    std::vector<Cell> m_cells;
};

} // namespace sg
