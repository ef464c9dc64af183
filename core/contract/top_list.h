#pragma once
/// Top lists as they are shown.
#include <cstdint>
#include <string>
#include <vector>

namespace sg {

enum class RankBy : std::uint8_t { Count, Errors, Bytes };

/// One bar of a top list, with the sketch's guaranteed error (0 = exact).
struct TopEntry {
    std::string key;
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    std::uint64_t errors = 0;   ///< status >= 400
    std::uint64_t maxError = 0; ///< count may be too high by at most this
};
struct TopList {
    std::vector<TopEntry> entries; ///< at most 50, by count descending, then key
    bool exact = true;
    std::uint64_t keys = 0; ///< distinct keys known (exact only)
};

} // namespace sg
