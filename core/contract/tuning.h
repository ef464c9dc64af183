#pragma once
/// Everything that can be changed while the pipeline runs. Values in, clipped once at the door (`clip`), then immutable.
///
/// Every field: unit, range, default. Each takes effect at the worker's next tick, file or batch, unless it says otherwise.
#include "core/base/clock.h"
#include "core/record/types.h"

#include <cstdint>
#include <string>
#include <vector>

namespace sg {

enum class LoadShape : std::uint8_t { Steady, Ramp, Steps, Spike, DoubleWave, DayCycle, Stages };
enum class GeneratorModel : std::uint8_t { Visitors, Uniform };
enum class LogFormat : std::uint8_t { Original, Common, Combined, CombinedTimed, Nginx, Json };
enum class RotationKind : std::uint8_t { Rename, CopyTruncate };
enum class WhenFull : std::uint8_t { Wait, Drop };
enum class ReleaseAction : std::uint8_t { Delete, Archive };
enum class QueryPrivacy : std::uint8_t { Keep, Drop, KeepOnly };
enum class UserPrivacy : std::uint8_t { Keep, Hash };

/// A value and its share; shares are relative, their sum need not be 100.
struct Weight {
    std::string name;
    double weight = 0;
    friend bool operator==(const Weight&, const Weight&) = default;
};

struct Stage {
    Milliseconds duration{0};
    double rate = 0; ///< lines/s at its end, linear from the stage before
    friend bool operator==(const Stage&, const Stage&) = default;
};

struct TrafficTuning {
    bool on = true;
    double rate = 1000;               ///< lines/s, 1..1,000,000; 0 = as fast as possible
    LoadShape shape = LoadShape::Steady;
    double amplitude = 0.5;           ///< of the shape, share of the rate, 0..1 (spike: rate * (1 + 9 * amplitude))
    Milliseconds period{600'000};     ///< of the shape, 10 s..24 h
    std::vector<Stage> stages;        ///< for LoadShape::Stages
    GeneratorModel model = GeneratorModel::Visitors;
    std::uint64_t seed = 1;           ///< takes effect at the generator's start
    double malformedShare = 0.0002;   ///< 0..1
    double botShare = 0.12;           ///< 0..1, share of requests by populations that are no people
    double zipf = 1.1;                ///< exponent of the pages' popularity, 0..3
    std::uint32_t pages = 2000;       ///< product pages, 1..1,000,000
    double thinkMedian = 8.0;         ///< s between a visitor's pages, 0.1..600
    double responseMedianMs = 40;     ///< 0.1..60,000
    double responseSpread = 0.8;      ///< sigma of the log-normal, 0..3
    std::vector<Weight> statuses;     ///< code -> weight; empty = the model's own mix
    std::vector<Weight> methods;      ///< empty = the model's own mix
    std::vector<Weight> addressRanges;///< CIDR, IPv4 or IPv6; empty = the model's own
    std::vector<Weight> agents;       ///< user agent strings; empty = the model's own
    std::vector<Weight> sites;        ///< host names; empty = "shop.example"
    friend bool operator==(const TrafficTuning&, const TrafficTuning&) = default;
};

struct LogTuning {
    LogFormat format = LogFormat::CombinedTimed;
    std::uint64_t rotateBytes = 256U << 20U; ///< 1 MiB..64 GiB
    RotationKind rotation = RotationKind::Rename;
    std::uint32_t keepRotated = 3;           ///< 0..100
    bool gzipRotated = false;
    friend bool operator==(const LogTuning&, const LogTuning&) = default;
};

struct SplitTuning {
    std::uint32_t linesPerChunk = 1000;      ///< 1..1,000,000
    Milliseconds minAge{20};                 ///< a chunk does not close earlier (it grows in whole multiples), 0..10,000
    std::uint64_t maxBytes = 16U << 20U;     ///< 64 KiB..256 MiB
    std::uint64_t minFreeBytes = 256U << 20U;///< splitting stops below, 0..1 TiB
    std::uint64_t queueBytes = 1U << 30U;    ///< chunks on disk, 16 MiB..1 TiB
    WhenFull whenFull = WhenFull::Wait;
    double pace = 0;                         ///< of imports: 0 = as fast as possible, 1 = real time, 10 = ten times
    friend bool operator==(const SplitTuning&, const SplitTuning&) = default;
};

struct BatchTuning {
    Milliseconds interval{1000};             ///< 100 ms..5 min
    std::uint32_t maxFiles = 2000;           ///< 1..100,000
    std::uint64_t maxBytes = 128U << 20U;    ///< 1 MiB..1 GiB
    Milliseconds lateness{120'000};          ///< 0..24 h
    std::uint32_t threads = 0;               ///< 0 = all cores, 1..64; at the next batch
    ReleaseAction release = ReleaseAction::Delete;
    std::uint32_t retainBatches = 100;       ///< records kept for inspection, 2..10,000
    friend bool operator==(const BatchTuning&, const BatchTuning&) = default;
};

struct OutputTuning {
    bool on = true;
    bool hold = false;                       ///< documents wait on disk although there is a target; nothing more is sent
    std::string url;                         ///< empty = off, nothing is kept for it
    std::string indexPrefix = "streamgauge"; ///< a-z0-9_.-, not starting with _-+.
    std::uint64_t bulkBytes = 5U << 20U;     ///< at most, 64 KiB..64 MiB
    std::uint32_t inFlight = 2;              ///< at most, 1..16 requests
    bool gzip = false;                       ///< bodies packed: less on the line, more of this machine's time
    Milliseconds timeout{60'000};            ///< of a request, 1 s..10 min
    bool templates = true;                   ///< our index templates are put on the server, and renewed, at a connection and at a change of what is below
    Milliseconds refresh{500};               ///< index.refresh_interval in the template, 100 ms..60 s
    std::uint32_t shards = 1;                ///< of a new index, 1..64
    std::uint32_t replicas = 1;              ///< at most, as many as there are other nodes, 0..8
    Milliseconds retention{0};               ///< day indices older than this are deleted, by the server or by us; 0 = never, 1 d..10,000 d
    Milliseconds drainTimeout{60'000};       ///< at stop
    friend bool operator==(const OutputTuning&, const OutputTuning&) = default;
};

/// What of a line's personal data is kept (contract/privacy.h). Holds for batches that are planned from then on.
struct PrivacyTuning {
    std::uint32_t ipv4Bits = 32;             ///< of an address that are kept, 0..32
    std::uint32_t ipv6Bits = 128;            ///< 0..128
    QueryPrivacy query = QueryPrivacy::Keep;
    std::string queryKeys;                   ///< for KeepOnly: the parameters that are kept, with commas between
    UserPrivacy user = UserPrivacy::Keep;
    bool keepChunks = false;                 ///< processed chunks may be archived although they hold the lines as they were
    friend bool operator==(const PrivacyTuning&, const PrivacyTuning&) = default;
};

struct PlacesTuning {
    std::string databases; ///< paths of MMDB files with colons between; empty = nobody is asked for places. Read again when a file changes
    friend bool operator==(const PlacesTuning&, const PlacesTuning&) = default;
};

struct MetricsTuning {
    bool on = false;
    std::string address = "127.0.0.1:9464"; ///< where Prometheus is answered, host:port; whoever reaches it can read all figures
    friend bool operator==(const MetricsTuning&, const MetricsTuning&) = default;
};

/// A format that a person has described, under a name of their own.
struct NamedFormat {
    std::string name; ///< 1 to 40 of a-z, 0-9, _ and -; none that is built in
    std::string is;   ///< what it stands for: `apache:...`, `nginx:...`, `json:...`, `csv:...`, or a built-in one's name
    friend bool operator==(const NamedFormat&, const NamedFormat&) = default;
};

struct Tuning {
    Revision revision;
    TrafficTuning traffic;
    LogTuning log;
    SplitTuning split;
    BatchTuning batch;
    OutputTuning output;
    PrivacyTuning privacy;
    PlacesTuning places;
    MetricsTuning metrics;
    std::vector<NamedFormat> formats; ///< beside the built-in ones; a source keeps the format it was begun with
    friend bool operator==(const Tuning&, const Tuning&) = default;
};

/// Every field into its range. The one place where ranges are enforced at run time.
[[nodiscard]] Tuning clip(Tuning tuning);

} // namespace sg
