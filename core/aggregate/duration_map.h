#pragma once
/// How long things took by key, for the keys that are asked for most: a small histogram each, mergeable.
///
/// A histogram has at most 40 buckets of 3 bits or fewer: a percentile is right within 6.3 % where a key's durations lie within a factor of
/// 32 of each other, within 12.5 % to a factor of 1,000. Beyond `capacity` keys those with the fewest durations go.
/// *Cost:* at most `capacity` times 300 bytes and the key.
#include "core/aggregate/histogram.h"
#include "core/aggregate/top_map.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

inline constexpr std::uint32_t kTimedUrls = 64;        ///< of a minute
inline constexpr std::uint32_t kTimedUrlsOfAll = 1024; ///< of a window, and of the whole run

class DurationMap {
public:
    explicit DurationMap(std::uint32_t capacity) : m_capacity(capacity) {}

    /// Of one key, to be filled and given to `add`.
    [[nodiscard]] static Histogram emptyHistogram() { return Histogram(40, 3); }
    void add(std::string_view key, const Histogram& durations);
    void merge(const DurationMap& other);
    /// Milliseconds; -1 when nothing is known of the key.
    [[nodiscard]] float quantileMs(std::string_view key, double q) const;
    [[nodiscard]] std::uint64_t count(std::string_view key) const; ///< durations of the key
    /// Keys with at least `least` durations, the greatest 95th percentile first, ties by key.
    [[nodiscard]] std::vector<std::string_view> slowest(std::size_t count, std::uint64_t least) const;
    [[nodiscard]] std::size_t size() const { return m_keys.size(); }
    [[nodiscard]] std::size_t memoryBytes() const;

    void write(ByteWriter& out) const;
    /// Fails the reader when keys are out of order, too many or too long.
    void read(ByteReader& in);

private:
    void trim();

    std::uint32_t m_capacity;
    std::map<std::string, Histogram, std::less<>> m_keys;
};

/// Durations on their way to a DurationMap. Which keys are the frequent ones is known at the end only, so each line leaves a note of four
/// bytes; `moveTo` reads them once.
class KeyedDurations {
public:
    /// Of the key with this number (below 2^19), in a bucket of `Histogram::kBits`. Returns whether there are so many that `moveTo` is due.
    bool add(std::uint32_t number, std::uint32_t bucket) {
        m_notes.push_back(number << kBucketBits | bucket);
        return m_notes.size() >= kMostNotes;
    }
    [[nodiscard]] bool empty() const { return m_notes.empty(); }
    /// Calls `each(number, histogram)` for the keys of `wanted` (at most kTimedUrls) that have durations, forgets all others. `keys`: every
    /// number is below it.
    void moveTo(const std::vector<std::uint32_t>& wanted, std::size_t keys,
                const std::function<void(std::uint32_t, const Histogram&)>& each);

private:
    static constexpr unsigned kBucketBits = 13;
    static constexpr std::size_t kMostNotes = std::size_t{1} << 18;

    std::vector<std::uint32_t> m_notes;
    std::vector<std::uint8_t> m_places;   // by number: its place in `wanted` + 1
    std::vector<std::uint32_t> m_counts;  // by place and coarse bucket
};

/// The `count` first URLs by a rank, with their 95th percentiles where they are known; by P95 only those with 20 durations or more, so that
/// one slow request does not lead the list.
[[nodiscard]] TopList topUrls(const TopMap& urls, const DurationMap& durations, RankBy rank, std::size_t count);

} // namespace sg
