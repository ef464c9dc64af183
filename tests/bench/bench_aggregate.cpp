// Nanoseconds per Aggregate::add, beside one std::unordered_map<string, count> over the same paths in the same run.
// Medians of ratios of alternating pairs; the first pair is dropped.
#include "core/aggregate/aggregate.h"
#include "core/base/hash.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

using namespace sg;

namespace {

constexpr std::size_t kEvents = 1'000'000;
constexpr int kPairs = 8;

struct Workload {
    const char* name;
    std::vector<std::string> paths;
    std::vector<std::uint32_t> order;
};

Workload workload(const char* name, std::size_t urls, bool unique) {
    Workload w{name, {}, {}};
    std::mt19937_64 random(1);
    for (std::size_t i = 0; i < urls; ++i) w.paths.push_back("/products/item-" + std::to_string(i) + ".html");
    for (std::size_t i = 0; i < kEvents; ++i) {
        // the square of a uniform number: a few pages get most of the visits
        const double u = static_cast<double>(random() >> 11) / 9007199254740992.0;
        w.order.push_back(static_cast<std::uint32_t>(unique ? i % urls : static_cast<std::size_t>(u * u * static_cast<double>(urls))));
    }
    return w;
}

double nanoseconds(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count() / static_cast<double>(kEvents);
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

double addAll(const Workload& w, std::size_t& memory) {
    std::vector<std::string> addresses, agents;
    for (int i = 0; i < 4096; ++i) addresses.push_back("198.51." + std::to_string(i / 256) + '.' + std::to_string(i % 256));
    for (int i = 0; i < 64; ++i)
        agents.push_back("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" + std::to_string(60 + i) +
                         ".0 Safari/537.36");
    AgentInfo chrome;
    chrome.name = "Chrome";
    Aggregate sums;
    Event event;
    event.agent = &chrome;
    event.record.method = "GET";
    event.record.host = "shop.example";
    event.record.referrer = "https://www.example.com/search?q=x";
    const auto begin = std::chrono::steady_clock::now();
    std::uint64_t noise = 1;
    for (std::size_t i = 0; i < kEvents; ++i) {
        noise = noise * 6364136223846793005ULL + 1442695040888963407ULL;
        event.record.time = Timestamp{1'700'000'000'000'000'000 + static_cast<std::int64_t>(i) * 10'000};
        event.record.address = addresses[noise >> 52];
        event.record.agent = agents[noise >> 40 & 63];
        event.agentHash = hashBytes(event.record.agent);
        event.record.status = (noise >> 33 & 15) == 0 ? 404 : 200;
        event.record.bytes = static_cast<std::int64_t>(noise >> 48);
        event.record.durationNs = static_cast<std::int64_t>(1'000'000 + (noise >> 38));
        event.url.path = w.paths[w.order[i]];
        sums.add(event, false);
    }
    const double cost = nanoseconds(begin);
    memory = sums.memoryBytes();
    return cost;
}

double countAll(const Workload& w) {
    std::unordered_map<std::string, std::uint64_t> counts;
    const auto begin = std::chrono::steady_clock::now();
    for (const std::uint32_t i : w.order) ++counts[w.paths[i]];
    return nanoseconds(begin);
}

} // namespace

int main() {
    for (const Workload& w : {workload("2,000 URLs", 2000, false), workload("1 M unique", kEvents, true)}) {
        std::vector<double> ours, theirs, ratios;
        std::size_t memory = 0;
        for (int pair = 0; pair < kPairs; ++pair) {
            const double a = addAll(w, memory);
            const double b = countAll(w);
            if (pair == 0) continue;
            ours.push_back(a);
            theirs.push_back(b);
            ratios.push_back(a / b);
        }
        std::printf("%-12s Aggregate::add %6.1f ns, unordered_map<string> of paths alone %6.1f ns, ratio %.2f, %.1f MB\n", w.name,
                    median(ours), median(theirs), median(ratios), static_cast<double>(memory) / 1e6);
    }
    return 0;
}
