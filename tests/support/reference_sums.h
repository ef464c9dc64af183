#pragma once
/// What `Aggregate` promises, by the plainest means: every line looked up by name in ordered maps, in the order of the lines.
///
/// Nothing is kept back, cached or numbered here, so that whatever the fast sums do of that kind shows as a difference.
#include "core/aggregate/aggregate.h"
#include "core/aggregate/rows.h"
#include "core/base/hash.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace sg {

/// Counts by key with the purge that `TopMap` describes.
class ReferenceTop {
public:
    explicit ReferenceTop(std::size_t capacity = 100'000, std::size_t textBytes = 8U << 20U) : m_capacity(capacity), m_limit(textBytes) {}

    [[nodiscard]] bool purgesFor(const std::string& key) const {
        return !m_keys.contains(key) && (m_keys.size() >= m_capacity || (m_text + key.size() > m_limit && !m_keys.empty()));
    }
    void add(const std::string& key, const TopMap::Counts& more) {
        if (purgesFor(key)) purge();
        const auto [at, isNew] = m_keys.try_emplace(key);
        if (isNew) m_text += key.size();
        at->second.count += more.count;
        at->second.bytes += more.bytes;
        at->second.errors += more.errors;
    }
    [[nodiscard]] std::uint64_t maxError() const { return m_maxError; }
    /// As `TopMap::top` by count, without an end.
    [[nodiscard]] std::vector<TopEntry> entries() const {
        std::vector<TopEntry> all;
        for (const auto& [key, c] : m_keys) all.push_back({key, c.count + m_maxError, c.bytes, c.errors, m_maxError});
        std::stable_sort(all.begin(), all.end(), [](const TopEntry& a, const TopEntry& b) { return a.count > b.count; });
        return all;
    }

private:
    void purge() {
        std::vector<std::uint64_t> counts;
        for (const auto& [key, c] : m_keys) counts.push_back(c.count);
        std::sort(counts.begin(), counts.end());
        const std::uint64_t median = counts[counts.size() / 2];
        m_maxError += median;
        for (auto at = m_keys.begin(); at != m_keys.end();) {
            at->second.count -= std::min(at->second.count, median);
            if (at->second.count > 0) {
                ++at;
                continue;
            }
            m_text -= at->first.size();
            at = m_keys.erase(at);
        }
    }

    std::size_t m_capacity, m_limit, m_text = 0;
    std::uint64_t m_maxError = 0;
    std::map<std::string, TopMap::Counts> m_keys;
};

struct ReferenceMinute {
    std::uint64_t lines = 0, late = 0, bytes = 0, errors = 0, bots = 0;
    std::array<std::uint64_t, 6> byClass{};
    std::map<std::int32_t, std::uint64_t> byStatus;
    HyperLogLog visitors;
    Histogram durations{512};
    std::map<Dimension, ReferenceTop> tops = {
        {Dimension::Url, ReferenceTop(128, 32U << 10U)},    {Dimension::Host, ReferenceTop(32, 4096)},
        {Dimension::Agent, ReferenceTop(32, 4096)},         {Dimension::Referrer, ReferenceTop(32, 4096)},
        {Dimension::Method, ReferenceTop(16, 4096)},        {Dimension::Key, ReferenceTop(128, 16U << 10U)},
        {Dimension::Country, ReferenceTop(256, 4096)},      {Dimension::Network, ReferenceTop(64, 8U << 10U)},
        {Dimension::System, ReferenceTop(32, 4096)},
    };
};

struct ReferenceSums {
    std::uint64_t parsed = 0, bytes = 0, late = 0, bots = 0;
    std::map<std::int32_t, std::uint64_t> byStatus; // kNoStatus also for those above 999
    HyperLogLog visitors;
    Histogram durations;
    std::map<Dimension, ReferenceTop> tops;
    std::map<std::int64_t, SecondRow> seconds;
    std::map<std::int64_t, ReferenceMinute> minutes;

    void add(const Event& event, bool isLate, const std::map<Dimension, std::string>& keys) {
        const Record& r = event.record;
        const std::int64_t minute = r.time.minutes();
        if (minute != m_minute) handOver();
        m_minute = minute;
        ReferenceMinute& row = minutes[minute];
        const std::uint64_t size = r.bytes > 0 ? static_cast<std::uint64_t>(r.bytes) : 0;
        const TopMap::Counts counts{1, size, r.status >= 400 ? 1U : 0U};
        const std::uint64_t bot = event.agent != nullptr && event.agent->bot ? 1 : 0;
        const std::int32_t status = r.status >= 0 && r.status <= 999 ? r.status : kNoStatus;
        const std::uint64_t visitor = combineHashes(hashBytes(TopMap::cut(r.address)), event.agentHash);
        ++parsed, bytes += size, late += isLate ? 1 : 0, bots += bot, ++byStatus[status];
        ++row.lines, row.late += isLate ? 1 : 0, row.bytes += size, row.errors += counts.errors, row.bots += bot, ++row.byStatus[status];
        ++row.byClass[statusClass(r.status)];
        visitors.add(visitor);
        row.visitors.add(visitor);
        durations.add(r.durationNs);
        row.durations.add(r.durationNs);
        if (!isLate) {
            SecondRow& second = seconds[r.time.seconds()];
            ++second.byClass[statusClass(r.status)];
            second.noStatus += r.status < 0 ? 1 : 0;
            second.bytes += size;
            second.durations.add(r.durationNs);
        }
        for (const auto& [dimension, whole] : keys) {
            const std::string key(TopMap::cut(whole));
            if (key.empty()) continue;
            if (dimension != Dimension::Address) {
                // What a purge takes from the whole is handed to the minute first.
                if (tops[dimension].purgesFor(key)) handOver();
                TopMap::Counts& c = m_ofMinute[dimension][key];
                c.count += counts.count, c.bytes += counts.bytes, c.errors += counts.errors;
            }
            tops[dimension].add(key, counts);
        }
    }
    /// The minute's keys into its lists, the most frequent first: at its end, before a purge, and before anybody looks.
    void handOver() {
        for (auto& [dimension, keys] : m_ofMinute) {
            std::vector<std::pair<std::string, TopMap::Counts>> order(keys.begin(), keys.end());
            std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
            for (const auto& [key, counts] : order) minutes[m_minute].tops.at(dimension).add(key, counts);
        }
        m_ofMinute.clear();
    }

private:
    std::int64_t m_minute = 0;
    std::map<Dimension, std::map<std::string, TopMap::Counts>> m_ofMinute;
};

} // namespace sg
