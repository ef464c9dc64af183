#pragma once
/// The weights of a TrafficTuning in the form the models pick from.
#include "core/contract/tuning.h"
#include "core/generate/address_range.h"
#include "core/generate/alias_table.h"
#include "core/generate/line_writer.h"

#include <string>
#include <vector>

namespace sg {

/// Prepared texts with their shares. Empty = the model's own mix is in force.
struct WeightedTexts {
    AliasTable table;
    std::vector<std::string> texts;
    [[nodiscard]] bool empty() const { return texts.empty(); }
};
[[nodiscard]] WeightedTexts prepareTexts(const std::vector<Weight>& weights, LogFormat format, std::size_t limit);

struct Weights {
    Weights(const TrafficTuning& traffic, LogFormat format);

    AliasTable statusTable;
    std::vector<std::uint32_t> statuses;
    AliasTable rangeTable;
    std::vector<AddressRange> ranges;
    WeightedTexts methods;
    WeightedTexts agents; ///< never empty: the usual browsers
    WeightedTexts sites;  ///< never empty: "shop.example"
    std::string ignored;  ///< names that could not be used, for people; empty = none

    [[nodiscard]] AddressText address(Random& random) const {
        return ranges.empty() ? publicAddress(random) : ranges[rangeTable.pick(random)].pick(random);
    }
};

} // namespace sg
