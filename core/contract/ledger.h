#pragma once
/// The books: every physical line, cumulative since the data directory's stream began, each counter counted by its own stage.
///
///   lines     = split + unsplit
///   split     = opening + planned + waiting + lost
///   planned   = committed + open
///   committed = parsed + dead (by reason) + skipped
///   parsed    = created + duplicate + rejected + undelivered + abandoned + notRequested
///   resolved  = retried, but for what is under way: resolved <= retried + waiting + lost, retried <= resolved + retrying
///
/// A dead letter that is retried stays counted as dead and becomes a line of a new chunk: so `lines - resolved` are the lines of the logs,
/// `dead - resolved` those that are still dead letters, and all equations above hold as they stand.
#include "core/record/reason.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace sg {

struct Ledger {
    // the reader and the splitter
    std::uint64_t lines = 0;   ///< complete lines read from the sources, or torn at their end
    std::uint64_t split = 0;   ///< in published chunks
    std::uint64_t unsplit = 0; ///< read, not yet in a published chunk
    // the planner
    std::uint64_t opening = 0; ///< released before this store was created (it was lost): their fate is in the old one
    std::uint64_t planned = 0;
    std::uint64_t waiting = 0; ///< in chunks that no batch has taken
    std::uint64_t lost = 0;    ///< in chunks that vanished or could not be read
    // the processor
    std::uint64_t open = 0; ///< in the planned, not yet committed batch
    std::uint64_t committed = 0;
    std::uint64_t parsed = 0;
    std::uint64_t skipped = 0; ///< blank lines, headers
    std::array<std::uint64_t, kReasonCount> deadByReason{};
    // the deliverer
    std::uint64_t created = 0;
    std::uint64_t duplicate = 0; ///< 409 where the batch may have been sent before
    std::uint64_t rejected = 0;
    std::uint64_t undelivered = 0;
    std::uint64_t abandoned = 0;
    std::uint64_t notRequested = 0;
    // the retry of dead letters
    std::array<std::uint64_t, kReasonCount> resolvedByReason{}; ///< letters that are lines of a chunk again: counted with their mark
    std::uint64_t retried = 0;                                  ///< lines of such chunks: the planner's count
    std::uint64_t retrying = 0;                                 ///< letters of a retry that is not finished
    // labels, no terms
    std::uint64_t parsedAgain = 0; ///< retried documents: of `parsed`, those that the charts have counted before
    std::uint64_t late = 0;
    std::uint64_t sent = 0;      ///< attempts
    std::uint64_t generated = 0; ///< lines that the generator's write() accepted in this run

    [[nodiscard]] std::uint64_t deadParse() const;
    [[nodiscard]] std::uint64_t indexed() const { return created + duplicate; }
    [[nodiscard]] std::uint64_t dead() const { return deadParse() + rejected; }
    [[nodiscard]] std::uint64_t resolved() const;
    [[nodiscard]] std::uint64_t deadLeft() const { return dead() - std::min(dead(), resolved()); } ///< dead and not retried
    [[nodiscard]] std::uint64_t deadLeft(Reason reason) const; ///< of those that could not be read
    [[nodiscard]] std::uint64_t deadParseLeft() const;
    [[nodiscard]] std::uint64_t logLines() const { return lines - std::min(lines, resolved()); } ///< each counted once, however often retried
    [[nodiscard]] std::uint64_t inFlight() const { return unsplit + waiting + open + undelivered; }
    /// One sentence per equality that does not hold ("split 1,000 is not planned 900 + waiting 90 (10 missing)"); empty = balanced.
    [[nodiscard]] std::vector<std::string> differences() const;
    [[nodiscard]] bool balanced() const { return differences().empty(); }
    friend bool operator==(const Ledger&, const Ledger&) = default;
};

} // namespace sg
