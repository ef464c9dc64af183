#pragma once
/// What is kept of one second and of one minute of event time.
///
/// A second is fixed counters and a histogram of at most 160 buckets, under 1 KiB; a minute besides that HyperLogLog visitors and
/// small top lists, sparse while small. Both are mergeable, and equal rows give equal bytes. `read` takes what an earlier version wrote.
#include "core/aggregate/duration_map.h"
#include "core/aggregate/histogram.h"
#include "core/aggregate/hyper_log_log.h"
#include "core/aggregate/top_map.h"
#include "core/contract/snapshot.h"

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace sg {

/// Of sums and rows as they are stored. Version 1 had no keys, countries, networks and systems, and did not tell
/// lines without a status from others in a second. Version 2 had no durations by URL.
inline constexpr std::uint8_t kStoredVersion = 3;

struct SecondRow {
    std::array<std::uint64_t, 6> byClass{};
    std::uint64_t noStatus = 0; ///< of the others, those without any
    std::uint64_t bytes = 0;
    Histogram durations{160};

    void merge(const SecondRow& other);
    void write(ByteWriter& out) const;
    void read(ByteReader& in, std::uint8_t version);
    [[nodiscard]] SecondPoint point(std::int64_t second) const;
    [[nodiscard]] std::size_t memoryBytes() const { return sizeof *this + durations.memoryBytes(); }
};

struct MinuteRow {
    std::uint64_t lines = 0;
    std::uint64_t late = 0;
    std::uint64_t bytes = 0;
    std::uint64_t errors = 0; ///< status >= 400
    std::uint64_t bots = 0;
    std::array<std::uint64_t, 6> byClass{};
    std::vector<std::pair<std::int32_t, std::uint64_t>> byStatus; ///< ascending; without a status = kNoStatus
    HyperLogLog visitors;
    Histogram durations{512};
    TopMap methods{16, 4096};
    TopMap urls{128, 32U << 10U};
    DurationMap urlDurations{kTimedUrls}; ///< of the most frequent ones
    TopMap hosts{32, 4096};
    TopMap agents{32, 4096};
    TopMap referrers{32, 4096};
    TopMap keys{128, 16U << 10U};
    TopMap countries{256, 4096};
    TopMap networks{64, 8U << 10U};
    TopMap systems{32, 4096};

    [[nodiscard]] std::uint64_t noStatus() const {
        return !byStatus.empty() && byStatus.front().first < 0 ? byStatus.front().second : 0;
    }
    void addStatus(std::int32_t status, std::uint64_t times);
    void merge(const MinuteRow& other);
    void write(ByteWriter& out) const;
    void read(ByteReader& in, std::uint8_t version);
    [[nodiscard]] std::size_t memoryBytes() const;
};

} // namespace sg
