#include "core/generate/weights.h"

#include <charconv>

namespace sg {
namespace {

const std::vector<Weight>& browsers() {
    static const std::vector<Weight> agents{
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36", 30},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Mobile/15E148 "
         "Safari/604.1",
         20},
        {"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36", 22},
        {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4.1 Safari/605.1.15", 9},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:125.0) Gecko/20100101 Firefox/125.0", 6},
        {"Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0", 3},
        {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 "
         "Edg/124.0.2478.51",
         6},
        {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/123.0.0.0 Safari/537.36", 4},
    };
    return agents;
}

std::vector<double> sharesOf(const std::vector<Weight>& weights) {
    std::vector<double> shares;
    for (const Weight& weight : weights) shares.push_back(weight.weight);
    return shares;
}

} // namespace

WeightedTexts prepareTexts(const std::vector<Weight>& weights, LogFormat format, std::size_t limit) {
    WeightedTexts prepared;
    for (const Weight& weight : weights) prepared.texts.push_back(escapeFor(format, weight.name, limit));
    prepared.table = AliasTable(sharesOf(weights));
    return prepared;
}

Weights::Weights(const TrafficTuning& traffic, LogFormat format)
    : methods(prepareTexts(traffic.methods, format, 32)),
      agents(prepareTexts(traffic.agents.empty() ? browsers() : traffic.agents, format, 1000)),
      sites(prepareTexts(traffic.sites.empty() ? std::vector<Weight>{{"shop.example", 1}} : traffic.sites, format, 255)) {
    const auto ignore = [this](const std::string& name) { ignored += (ignored.empty() ? "" : ", ") + name; };
    std::vector<double> shares;
    for (const Weight& weight : traffic.statuses) {
        std::uint32_t code = 0;
        const char* end = weight.name.data() + weight.name.size();
        const auto [stop, error] = std::from_chars(weight.name.data(), end, code);
        if (error != std::errc{} || stop != end || code < 100 || code > 999) {
            ignore("status " + weight.name);
            continue;
        }
        statuses.push_back(code);
        shares.push_back(weight.weight);
    }
    statusTable = AliasTable(shares);
    shares.clear();
    for (const Weight& weight : traffic.addressRanges) {
        const auto range = AddressRange::parse(weight.name);
        if (!range) {
            ignore("address range " + weight.name);
            continue;
        }
        ranges.push_back(*range);
        shares.push_back(weight.weight);
    }
    rangeTable = AliasTable(shares);
}

} // namespace sg
