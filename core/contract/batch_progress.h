#pragma once
/// One micro-batch in Spark's words: what StreamingQueryProgress says, plus the DStream delays.
/// *Source:* Spark 3.5, StreamingQueryProgress and the Streaming tab.
#include "core/base/clock.h"
#include "core/record/types.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace sg {

struct BatchProgress {
    BatchId id;
    Timestamp planned; ///< wall clock
    std::uint32_t chunks = 0;
    std::uint64_t lines = 0; ///< numInputRows: physical lines
    std::uint64_t bytes = 0;
    std::uint64_t parsed = 0;
    std::uint64_t dead = 0;
    std::uint64_t late = 0;
    double inputRowsPerSecond = 0; ///< since the batch before; not finite values are 0 and left out of JSON
    double processedRowsPerSecond = 0;
    // durationMs
    double latestOffsetMs = 0;               ///< listing chunks
    double walCommitMs = 0;                  ///< making the plan durable
    double addBatchMs = 0;                   ///< parse, enrich, aggregate
    double commitMs = 0;                     ///< commitOffsets
    double triggerMs = 0;                    ///< triggerExecution: all of it
    double schedulingDelayMs = 0;            ///< from the arrival of its oldest line's due tick to its start
    double totalDelayMs = 0;                 ///< scheduling delay + processing time
    Timestamp eventMin, eventMax, watermark; ///< of its parsed lines; 0 = none
    Timestamp oldestArrival;
    bool delivered = false; ///< behind every cursor
    bool recovered = false; ///< planned by an earlier run
};

/// One line of JSON with the keys of StreamingQueryProgress (id = stream, batchId, timestamp, numInputRows, durationMs{...}, eventTime{...}
/// ...).
[[nodiscard]] std::string toProgressJson(const BatchProgress& progress, std::string_view stream, std::string_view runId);

} // namespace sg
