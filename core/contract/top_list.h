#pragma once
/// Top lists as they are shown.
#include <cstdint>
#include <string>
#include <vector>

namespace sg {

enum class RankBy : std::uint8_t { Count, Errors, Bytes, P95 };

/// One bar of a top list, with the sketch's guaranteed error (0 = exact).
struct TopEntry {
    std::string key;
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    std::uint64_t errors = 0;   ///< status >= 400
    std::uint64_t maxError = 0; ///< count may be too high by at most this
    float p95Ms = -1;           ///< of its requests' durations, within 12.5 %; -1 = not known (URLs that are asked for often have one)
};
struct TopList {
    std::vector<TopEntry> entries; ///< at most 50, by count descending, then key
    bool exact = true;
    std::uint64_t keys = 0; ///< distinct keys known (exact only)
};

} // namespace sg
