#pragma once
/// The part of the data that a viewer looks at: a window of event time, summed up, beside the window before it.
///
/// *Thread:* a ViewRequest is set from any thread; the answer is made by the batch thread at each commit and published as a part.
/// *Cost:* bounded: at most 300 points, at most 50 bars a list, whatever the window's length.
#include "core/contract/top_list.h"
#include "core/record/types.h"

#include <array>
#include <cstdint>
#include <vector>

namespace sg {

/// Which window, in event time. Bounds are whole seconds since the epoch.
struct ViewRequest {
    std::int64_t spanSeconds = 300; ///< live: the newest so many complete seconds, 10..86,400
    std::int64_t from = 0, to = 0;  ///< fixed: [from, to); in force when to > from
    bool everything = false;        ///< fixed: from the first event to the last (an import)
    RankBy rank = RankBy::Count;    ///< of the URLs
    [[nodiscard]] bool live() const { return !everything && to <= from; }
    friend bool operator==(const ViewRequest&, const ViewRequest&) = default;
};

/// One step of the time charts: `stepSeconds` seconds from `second` on. A step without data has no point.
struct WindowPoint {
    std::int64_t second = 0;
    std::array<std::uint64_t, 6> byClass{}; ///< 1xx..5xx, other
    std::uint64_t noStatus = 0;             ///< of the others, those without any
    std::uint64_t bytes = 0;
    double visitors = -1;                     ///< distinct, where the step is a minute or more; else -1
    float p50Ms = -1, p95Ms = -1, p99Ms = -1; ///< -1 = the format carries none
    [[nodiscard]] std::uint64_t lines() const;
};

/// Sums over a window. Visitors and percentiles come from whole minutes: the window widened to its minutes.
struct WindowSums {
    std::uint64_t lines = 0;
    std::uint64_t bytes = 0;
    std::uint64_t errors = 0; ///< status >= 400
    std::uint64_t bots = 0;
    std::array<std::uint64_t, 6> byClass{};
    std::uint64_t noStatus = 0; ///< of the others, those without any: lines of devices, shops, programs
    std::vector<std::pair<std::int32_t, std::uint64_t>> byStatus; ///< ascending by code; without a status = -1
    double visitors = 0;
    double visitorsError = 0; ///< relative standard error
    float p50Ms = -1, p95Ms = -1, p99Ms = -1;
};

struct WindowPart {
    ViewRequest request;           ///< that this answers
    std::int64_t from = 0, to = 0; ///< [from, to) seconds; live: `to` is behind the newest complete second; 0, 0 = no data yet
    std::int64_t stepSeconds = 1;
    std::vector<WindowPoint> points; ///< ascending, at most 300, complete steps only
    WindowSums now;
    WindowSums before;                         ///< of the same length, ending at `from`; all 0 when nothing is known of it
    TopList urls;                              ///< ranked as requested
    TopList hosts, agents, referrers, methods; ///< by count
    TopList keys, countries, networks, systems; ///< the same
};

} // namespace sg
