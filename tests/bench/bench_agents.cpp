/// How fast agents are told apart: `bench_agents [MILLIONS]`.
///
/// First 33,000 distinct agents, which no memo helps with: those of uap-core's own tests, again with endings of their own until there are
/// enough. Then millions of agents that never come again, with the heap in use after each. CPU time of one thread.
#include "core/enrich/enricher.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <malloc.h>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace sg;

constexpr std::size_t kDistinct = 33'000;

double cpuSeconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double heapMegabytes() {
    const struct mallinfo2 info = mallinfo2();
    return static_cast<double>(info.uordblks + info.hblkhd) / (1 << 20);
}

/// The texts of `user_agent_string:` as they are quoted there; what YAML escapes in them does not matter here.
void readSuite(const char* path, std::set<std::string>& agents) {
    std::ifstream file(path);
    constexpr std::string_view kKey = "user_agent_string:";
    for (std::string line; std::getline(file, line);) {
        const std::size_t at = line.find(kKey);
        if (at == std::string::npos) continue;
        std::size_t begin = line.find_first_not_of(" '\"", at + kKey.size());
        const std::size_t end = line.find_last_not_of(" '\"\r");
        if (begin != std::string::npos && end >= begin) agents.insert(line.substr(begin, end - begin + 1));
    }
}

double secondsFor(Enricher& enricher, const std::vector<std::string>& agents) {
    const double start = cpuSeconds();
    for (const std::string& agent : agents) {
        Event event;
        event.record.agent = agent;
        enricher.enrichForSums(event);
    }
    return cpuSeconds() - start;
}

} // namespace

int main(int argc, char** argv) {
    const double before = cpuSeconds();
    const auto rules = loadAgentRules(std::string(kDefaultAgentRules));
    if (!rules) {
        std::fprintf(stderr, "%s\n", rules.error().message.c_str());
        return 1;
    }
    std::printf("rules loaded in %.2f s, heap %.1f MiB\n", cpuSeconds() - before, heapMegabytes());
    std::set<std::string> suite;
    for (const char* list : {"ua", "os", "device"})
        readSuite(("/usr/share/uap-core/tests/test_" + std::string(list) + ".yaml").c_str(), suite);
    std::vector<std::string> agents(suite.begin(), suite.end());
    std::printf("%zu distinct agents in uap-core's tests\n", agents.size());
    if (agents.empty()) return 1;
    for (std::size_t i = 0; agents.size() < kDistinct; ++i) agents.push_back(agents[i] + " x/" + std::to_string(i));
    for (int round = 0; round < 3; ++round) {
        Enricher enricher(*rules);
        const double seconds = secondsFor(enricher, agents);
        std::printf("%zu agents: %.2f s, %.1f us each, heap %.1f MiB\n", agents.size(), seconds,
                    seconds / static_cast<double>(agents.size()) * 1e6, heapMegabytes());
    }
    const int millions = argc > 1 ? std::atoi(argv[1]) : 1;
    Enricher enricher(*rules);
    std::vector<std::string> some(100'000);
    for (int round = 0; round < millions * 10; ++round) {
        for (std::size_t i = 0; i < some.size(); ++i)
            some[i] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/" +
                      std::to_string(static_cast<std::size_t>(round) * some.size() + i) + ".0.0.0 Safari/537.36";
        const double seconds = secondsFor(enricher, some);
        if (round % 2 == 1 || millions > 2)
            std::printf("%6.1f million agents seen: %.0f a second, heap %.1f MiB\n", (round + 1) / 10.0,
                        static_cast<double>(some.size()) / seconds, heapMegabytes());
    }
}
