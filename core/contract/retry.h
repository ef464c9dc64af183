#pragma once
/// The retry of dead letters: what is asked for, and what became of it.
#include "core/base/clock.h"
#include "core/record/reason.h"

#include <cstdint>
#include <optional>
#include <string>

namespace sg {

struct RetryRequest {
    std::optional<Reason> reason; ///< unset = every reason
    std::string format;           ///< by which findFormat finds it; empty = as its source is read now
};

/// Counts of one retry. Its letters are taken at once; their lines are then processed like any others.
struct RetryOutcome {
    std::uint64_t id = 0; ///< ascending; 0 = there was none
    Timestamp begun;
    std::optional<Reason> reason;
    std::string format;
    std::uint64_t taken = 0;    ///< letters whose lines are read again
    std::uint64_t cut = 0;      ///< left: only the first 64 KiB of the line were kept
    std::uint64_t notKept = 0;  ///< left: counted, but their lines were not kept
    std::uint64_t noTarget = 0; ///< left: refused documents, and there is no output that would take them now
    bool open = false;          ///< not all of its lines are in chunks
    std::uint64_t read = 0;     ///< lines that can be read now
    std::uint64_t dead = 0;     ///< lines that are dead letters again
    std::uint64_t skipped = 0;  ///< lines that are blank or headers now
    [[nodiscard]] bool isDone() const { return id != 0 && !open && read + dead + skipped >= taken; }
    friend bool operator==(const RetryOutcome&, const RetryOutcome&) = default;
};

/// "1,204 of 1,300 lines read now; 96 stay, 0 were not kept".
[[nodiscard]] std::string retryWords(const RetryOutcome& outcome);

} // namespace sg
