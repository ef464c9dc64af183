#pragma once
/// What a viewer sees, in parts; each part is published by one worker and immutable from then on.
///
/// *Cost:* parts are bounded (lists have stated lengths), so that a pull at 10 Hz costs the same at any data rate.
#include "core/contract/batch_progress.h"
#include "core/contract/ledger.h"
#include "core/contract/log_tail.h"
#include "core/contract/problem.h"
#include "core/contract/top_list.h"
#include "core/contract/window.h"
#include "core/record/types.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sg {

enum class StageState : std::uint8_t { Off, Starting, Running, Waiting, Behind, Paused, Failed, Stopped };

/// What every stage says of itself.
struct StageStatus {
    StageState state = StageState::Off;
    std::string detail;       ///< one line, a sentence fragment ("240 lines waiting")
    Revision appliedRevision; ///< the Tuning in force there
    double rate = 0;          ///< lines/s (elastic: documents/s), over the last second or so
    std::vector<Problem> problems;
};

struct GeneratorPart {
    StageStatus stage;
    double targetRate = 0;
    double achievedRate = 0;
    std::uint64_t lines = 0; ///< accepted by write() in this run
    std::uint64_t bytes = 0;
    std::uint64_t logSize = 0; ///< bytes of the current file
    std::uint32_t rotations = 0;
    std::string logPath;
};

struct SplitterPart {
    StageStatus stage;
    std::uint64_t lines = 0; ///< since the stream began (see Ledger)
    std::uint64_t split = 0;
    std::uint64_t unsplit = 0;
    std::uint64_t cutBytes = 0; ///< bytes of lines above 1 MiB that were left out
    std::uint64_t chunks = 0;   ///< published in this run
    std::uint64_t chunkBytesOnDisk = 0;
    std::uint32_t sources = 0;
    bool importDone = false; ///< every import has been split to its end
};

/// A second of the time charts.
struct SecondPoint {
    std::int64_t second = 0;                ///< since the epoch, event time
    std::array<std::uint32_t, 6> byClass{}; ///< 1xx..5xx, other
    std::uint32_t noStatus = 0;             ///< of the others, those without any
    std::uint64_t bytes = 0;
    float p50Ms = -1, p95Ms = -1, p99Ms = -1; ///< -1 = the format carries none
};

struct Totals {
    std::uint64_t parsed = 0;
    std::uint64_t bytes = 0;
    std::array<std::uint64_t, 6> byClass{};
    std::array<std::uint64_t, 1000> byStatus{};
    std::uint64_t noStatus = 0;
    double visitors = 0;      ///< distinct (address, agent), HyperLogLog
    double visitorsError = 0; ///< relative standard error, e.g. 0.0081
    std::uint64_t bots = 0;
    float p50Ms = -1, p95Ms = -1, p99Ms = -1;
    Timestamp first, last; ///< event time; 0 = none yet
};

struct BatchPart {
    StageStatus stage;
    Ledger ledger; ///< the planner's, processor's and deliverer's counters; the reader's are in SplitterPart
    Totals totals;
    TopList urls, hosts, agents, referrers, methods, addresses, keys, countries, networks, systems;
    std::vector<SecondPoint> seconds;  ///< last 300 with data, ascending
    std::vector<BatchProgress> recent; ///< newest last, at most 100
    BatchProgress current;
    std::uint64_t batches = 0;
    std::vector<std::string> recognised; ///< formats that were recognised: a sentence a source, newest last, at most 50
    double lineToChartMs = 0; ///< arrival of the newest batch's oldest line until its commit
    Milliseconds interval{0};
};

struct OutputPart {
    StageStatus stage;
    std::string target;  ///< address without secrets
    std::string product; ///< "Elasticsearch 7.17.29", "OpenSearch 2.19.1", empty before it is known
    std::uint64_t created = 0, duplicate = 0, rejected = 0, sent = 0;
    std::uint64_t undelivered = 0; ///< documents of committed batches
    std::uint64_t batchesWaiting = 0;
    std::uint64_t retries = 0;
    std::uint32_t inFlight = 0;
    double latencyMs = 0; ///< of the last bulk request
};

struct Snapshot {
    Revision revision; ///< newest Tuning published
    std::shared_ptr<const GeneratorPart> generator;
    std::shared_ptr<const SplitterPart> splitter;
    std::shared_ptr<const BatchPart> batch;
    std::shared_ptr<const OutputPart> output;
    std::shared_ptr<const WindowPart> window;          ///< null before the first
    std::shared_ptr<const TailPart> tail;              ///< null before the first batch of this run
    std::shared_ptr<const DeadLetterPart> deadLetters; ///< null before the first look
    /// All counters in one: consistent when the pipeline is idle, ordered downstream first while it runs.
    Ledger ledger;
    Timestamp taken;
    std::string stream;
};

} // namespace sg
