#pragma once
/// What a viewer sees, in parts; each part is published by one worker and immutable from then on.
///
/// *Cost:* parts are bounded (lists have stated lengths), so that a pull at 10 Hz costs the same at any data rate.
#include "core/contract/batch_progress.h"
#include "core/contract/duration_counts.h"
#include "core/contract/ledger.h"
#include "core/contract/log_tail.h"
#include "core/contract/problem.h"
#include "core/contract/top_list.h"
#include "core/contract/window.h"
#include "core/record/types.h"

#include <array>
#include <cstdint>
#include <map>
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

/// How far the imports are. A file is read twice: to know whether it was imported before, and to cut it.
struct ImportProgress {
    std::uint32_t files = 0, filesDone = 0;
    std::uint64_t bytes = 0;   ///< of all files as they lie on the disk, `.gz` packed
    std::uint64_t checked = 0; ///< of them, looked at for the first time
    std::uint64_t read = 0;    ///< of them, cut into chunks or released by the pace
    std::uint64_t lines = 0;   ///< in chunks, of this run
    double secondsLeft = -1;   ///< at the speed of the last ten seconds; negative = not known
    bool paced = false;
    bool cancelled = false;
    std::string file; ///< that is read now; empty when none is
    /// Of the work that the reader has with it, 0..1.
    [[nodiscard]] double share() const;
    friend bool operator==(const ImportProgress&, const ImportProgress&) = default;
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
    bool importDone = false; ///< every import has been split to its end, or was cancelled
    ImportProgress import;
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

/// The batches of this process in Spark's words, for who looks less often than batches come.
struct BatchTimings {
    DurationCounts processing;      ///< triggerExecution: plan, read, commit
    DurationCounts schedulingDelay; ///< how long after its due tick a batch began
    DurationCounts totalDelay;
    DurationCounts lineToChart;     ///< arrival of its oldest line until its commit
    double latestOffsetSeconds = 0, walCommitSeconds = 0, addBatchSeconds = 0, commitSeconds = 0; ///< sums, by phase
};

struct BatchPart {
    StageStatus stage;
    Ledger ledger; ///< the planner's, processor's and deliverer's counters; the reader's are in SplitterPart
    Totals totals;
    TopList urls, hosts, agents, referrers, methods, addresses, keys, countries, networks, systems;
    std::vector<SecondPoint> seconds;  ///< last 300 with data, ascending
    std::vector<BatchProgress> recent; ///< newest last, at most 100
    BatchProgress current;
    BatchTimings timings;
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
    std::uint64_t lettersWaiting = 0; ///< dead letters that are not in their index, or whose documents are to leave it
    std::uint64_t retries = 0;
    std::uint32_t inFlight = 0;
    double latencyMs = 0;         ///< of the last bulk request
    std::uint64_t bodyBytes = 0;  ///< of a request at most, for now
    std::uint32_t mayFly = 0;     ///< requests at a time at most, for now
    double busyShare = 0;         ///< of the last second or so, in which the server had a request of ours, 0..1
    std::uint64_t sentBytes = 0;  ///< of bodies, as they were on the line, in this run
    DurationCounts latency;                ///< of the bulk requests of this process
    std::map<int, std::uint64_t> answers;  ///< HTTP status of a bulk request -> how many in this process; 0 = none came
};

/// Where Prometheus is answered. Published by the server of metrics; off until it is asked for.
struct MetricsPart {
    std::string address; ///< where it listens, host:port; empty = nowhere
    std::vector<Problem> problems;
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
    std::shared_ptr<const MetricsPart> metrics;        ///< null until they were once asked for
    /// All counters in one: consistent when the pipeline is idle, ordered downstream first while it runs.
    Ledger ledger;
    Timestamp taken;
    std::string stream;
};

} // namespace sg
