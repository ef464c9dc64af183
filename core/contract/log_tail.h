#pragma once
/// The newest lines and the newest dead letters, as a viewer shows them. Bounded; raw bytes stay bytes.
#include "core/base/clock.h"
#include "core/contract/retry.h"
#include "core/record/reason.h"
#include "core/record/types.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace sg {

inline constexpr std::size_t kTailLines = 200;      ///< of a batch, its newest
inline constexpr std::size_t kTailLineBytes = 4096; ///< a longer line is cut there
inline constexpr std::size_t kShownDeadLetters = 1000;

struct TailLine {
    std::string raw;              ///< bytes as in the log, without the newline
    Timestamp time;               ///< event time; 0 = none
    std::int32_t status = -1;     ///< -1 = none
    Reason reason = Reason::None; ///< why it is a dead letter; None = parsed
    SourceId source;
    std::uint64_t offset = 0; ///< in the source, bytes
};

/// The end of one batch.
struct TailPart {
    BatchId batch;
    std::uint64_t linesInBatch = 0; ///< all of them; `lines` are the newest
    std::vector<TailLine> lines;    ///< in the order of the log
};

struct DeadLetterRow {
    BatchId batch;
    Timestamp time; ///< wall clock when it was found
    Reason reason = Reason::None;
    std::string detail; ///< column, or the server's own reason
    std::string raw;    ///< bytes as they were
    std::string source; ///< path
    std::uint64_t offset = 0;
    bool rejected = false; ///< by the target, after parsing
};

struct DeadLetterPart {
    std::vector<DeadLetterRow> rows;                    ///< newest first, at most kShownDeadLetters
    std::uint64_t notKept = 0;                          ///< counted, but not stored
    std::array<std::uint64_t, kReasonCount> byReason{}; ///< exact, of all that cannot be read; rejected documents are in the ledger
    RetryOutcome retry;                                 ///< the newest
};

} // namespace sg
