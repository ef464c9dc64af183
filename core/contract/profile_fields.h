#pragma once
/// Every field of a profile: section, key, unit, range and meaning. Its default is what `Tuning{}` holds.
///
/// To add a field: one row here, and its range in `clip`; a test compares the two.
#include "core/contract/tuning.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace sg {

struct SwitchField {
    bool& (*of)(Tuning&);
};
struct RealField {
    double& (*of)(Tuning&);
    double low, high;
    bool zeroToo = false; ///< 0 is right although `low` is above it
};
struct CountField {
    std::uint32_t& (*of)(Tuning&);
    std::uint64_t low, high;
};
struct LongField {
    std::uint64_t& (*of)(Tuning&);
    std::uint64_t low, high;
};
struct SizeField {
    std::uint64_t& (*of)(Tuning&);
    std::uint64_t low, high; ///< bytes
};
struct DurationField {
    Milliseconds& (*of)(Tuning&);
    Milliseconds low, high;
    bool zeroToo = false; ///< 0 is right although `low` is above it
};
/// An enum by the names of its values, in their order.
struct ChoiceField {
    std::size_t (*get)(const Tuning&);
    void (*set)(Tuning&, std::size_t);
    std::span<const std::string_view> names;
};
struct TextField {
    std::string& (*of)(Tuning&);
    std::string (*check)(std::string_view); ///< what is wrong with it; empty = nothing
};
struct WeightsField {
    std::vector<Weight>& (*of)(Tuning&);
};
struct StagesField {
    std::vector<Stage>& (*of)(Tuning&);
};

struct ProfileField {
    std::string_view section;
    std::string_view key;
    std::string_view unit; ///< and what special values mean
    std::variant<SwitchField, RealField, CountField, LongField, SizeField, DurationField, ChoiceField, TextField, WeightsField, StagesField>
        value;
};

/// What is wrong with an Elasticsearch address, as the end of a sentence; empty = nothing. A user or password in it is never repeated.
[[nodiscard]] std::string checkServerUrl(std::string_view url);
/// The same of names of query parameters with commas between.
[[nodiscard]] std::string checkQueryKeys(std::string_view keys);
/// The same of paths with colons between.
[[nodiscard]] std::string checkDatabases(std::string_view paths);
/// What stands for the source's name in an index prefix (elastic/index_prefix.h).
inline constexpr std::string_view kSourceMark = "{source}";
/// The same of an index prefix.
[[nodiscard]] std::string checkIndexPrefix(std::string_view prefix);

/// What is wrong with an address to listen on, as the end of a sentence; empty = nothing.
[[nodiscard]] std::string checkListenAddress(std::string_view address);

inline constexpr std::array<std::string_view, 7> kLoadShapes{"steady", "ramp", "steps", "spike", "double_wave", "day_cycle", "stages"};
inline constexpr std::array<std::string_view, 2> kGeneratorModels{"visitors", "uniform"};
inline constexpr std::array<std::string_view, 6> kLogFormats{"original", "common", "combined", "combined_timed", "nginx", "json"};
inline constexpr std::array<std::string_view, 2> kRotationKinds{"rename", "copytruncate"};
inline constexpr std::array<std::string_view, 2> kWhenFull{"wait", "drop"};
inline constexpr std::array<std::string_view, 2> kReleaseActions{"delete", "archive"};

inline constexpr std::array<std::string_view, 3> kQueryPrivacy{"keep", "drop", "keep_only"};
inline constexpr std::array<std::string_view, 2> kUserPrivacy{"keep", "hash"};

inline constexpr std::uint64_t kKiB = 1ULL << 10U, kMiB = 1ULL << 20U, kGiB = 1ULL << 30U;
inline constexpr std::uint64_t kMaxTomlInteger = 9'223'372'036'854'775'807ULL;

// clang-format off
#define SG_FIELD(path) [](Tuning& t) -> auto& { return t.path; }
#define SG_CHOICE(path, names) ChoiceField{[](const Tuning& t) { return static_cast<std::size_t>(t.path); }, \
    [](Tuning& t, std::size_t index) { t.path = static_cast<decltype(t.path)>(index); }, names}
inline constexpr ProfileField kProfileFields[] = {
    {"traffic", "on", "whether lines are made", SwitchField{SG_FIELD(traffic.on)}},
    {"traffic", "rate", "lines/s, 0 = as fast as possible", RealField{SG_FIELD(traffic.rate), 1, 1'000'000, true}},
    {"traffic", "shape", "of the load over time", SG_CHOICE(traffic.shape, kLoadShapes)},
    {"traffic", "amplitude", "of the shape, share of the rate", RealField{SG_FIELD(traffic.amplitude), 0, 1}},
    {"traffic", "period", "of the shape", DurationField{SG_FIELD(traffic.period), Milliseconds(10'000), std::chrono::hours(24)}},
    {"traffic", "stages", "of the shape \"stages\": {for = \"30s\", rate = lines/s at its end}", StagesField{SG_FIELD(traffic.stages)}},
    {"traffic", "model", "visitors walk a shop; uniform draws each line by itself", SG_CHOICE(traffic.model, kGeneratorModels)},
    {"traffic", "seed", "same seed, same lines; at the generator's start", LongField{SG_FIELD(traffic.seed), 0, kMaxTomlInteger}},
    {"traffic", "malformed_share", "share of lines", RealField{SG_FIELD(traffic.malformedShare), 0, 1}},
    {"traffic", "bot_share", "share of requests that no person makes", RealField{SG_FIELD(traffic.botShare), 0, 1}},
    {"traffic", "zipf", "exponent of the pages' popularity", RealField{SG_FIELD(traffic.zipf), 0, 3}},
    {"traffic", "pages", "product pages", CountField{SG_FIELD(traffic.pages), 1, 1'000'000}},
    {"traffic", "think_median", "s between a visitor's pages", RealField{SG_FIELD(traffic.thinkMedian), 0.1, 600}},
    {"traffic", "response_median_ms", "ms", RealField{SG_FIELD(traffic.responseMedianMs), 0.1, 60'000}},
    {"traffic", "response_spread", "sigma of the log-normal", RealField{SG_FIELD(traffic.responseSpread), 0, 3}},
    {"traffic", "statuses", "{name = \"404\", weight = 3}, empty = the model's own", WeightsField{SG_FIELD(traffic.statuses)}},
    {"traffic", "methods", "{name = \"GET\", weight = 90}, empty = the model's own", WeightsField{SG_FIELD(traffic.methods)}},
    {"traffic", "address_ranges", "{name = \"203.0.113.0/24\", weight = 1}, empty = the model's own", WeightsField{SG_FIELD(traffic.addressRanges)}},
    {"traffic", "agents", "{name = \"user agent\", weight = 1}, empty = the model's own", WeightsField{SG_FIELD(traffic.agents)}},
    {"traffic", "sites", "{name = \"host\", weight = 1}, empty = shop.example", WeightsField{SG_FIELD(traffic.sites)}},
    {"log", "format", "of the lines that are made", SG_CHOICE(log.format, kLogFormats)},
    {"log", "rotate_bytes", "bytes", SizeField{SG_FIELD(log.rotateBytes), kMiB, 64 * kGiB}},
    {"log", "rotation", "how", SG_CHOICE(log.rotation, kRotationKinds)},
    {"log", "keep_rotated", "files", CountField{SG_FIELD(log.keepRotated), 0, 100}},
    {"log", "gzip_rotated", "whether the old ones are compressed", SwitchField{SG_FIELD(log.gzipRotated)}},
    {"split", "lines_per_chunk", "lines", CountField{SG_FIELD(split.linesPerChunk), 1, 1'000'000}},
    {"split", "min_age", "a chunk does not close earlier", DurationField{SG_FIELD(split.minAge), Milliseconds(0), Milliseconds(10'000)}},
    {"split", "max_bytes", "bytes of a chunk", SizeField{SG_FIELD(split.maxBytes), 64 * kKiB, 256 * kMiB}},
    {"split", "min_free_bytes", "bytes on the disk, splitting stops below", SizeField{SG_FIELD(split.minFreeBytes), 0, 1024 * kGiB}},
    {"split", "queue_bytes", "bytes of chunks on disk", SizeField{SG_FIELD(split.queueBytes), 16 * kMiB, 1024 * kGiB}},
    {"split", "when_full", "drop abandons the oldest and counts it", SG_CHOICE(split.whenFull, kWhenFull)},
    {"split", "pace", "of imports: 0 = as fast as possible, 1 = real time, 10 = ten times", RealField{SG_FIELD(split.pace), 0, 1e6}},
    {"batch", "interval", "from one batch to the next", DurationField{SG_FIELD(batch.interval), Milliseconds(100), Milliseconds(300'000)}},
    {"batch", "max_files", "chunks of a batch", CountField{SG_FIELD(batch.maxFiles), 1, 100'000}},
    {"batch", "max_bytes", "bytes of a batch", SizeField{SG_FIELD(batch.maxBytes), kMiB, kGiB}},
    {"batch", "lateness", "how late a line may be and still count in its second", DurationField{SG_FIELD(batch.lateness), Milliseconds(0), std::chrono::hours(24)}},
    {"batch", "threads", "0 = all cores; at the next batch", CountField{SG_FIELD(batch.threads), 0, 64}},
    {"batch", "release", "what becomes of processed chunks", SG_CHOICE(batch.release, kReleaseActions)},
    {"batch", "retain_batches", "records kept for inspection", CountField{SG_FIELD(batch.retainBatches), 2, 10'000}},
    {"output", "on", "whether documents are delivered", SwitchField{SG_FIELD(output.on)}},
    {"output", "hold", "whether documents wait on disk for now", SwitchField{SG_FIELD(output.hold)}},
    {"output", "url", "http(s)://host:port, empty = off; secrets stand in the environment, never here", TextField{SG_FIELD(output.url), checkServerUrl}},
    {"output", "index_prefix", "a-z 0-9 _ . -, {source}", TextField{SG_FIELD(output.indexPrefix), checkIndexPrefix}},
    {"output", "bulk_bytes", "bytes of a request, at most: fewer while the server complains", SizeField{SG_FIELD(output.bulkBytes), 64 * kKiB, 64 * kMiB}},
    {"output", "in_flight", "requests, at most: fewer while the server complains", CountField{SG_FIELD(output.inFlight), 1, 16}},
    {"output", "gzip", "whether requests are packed, for a slow line", SwitchField{SG_FIELD(output.gzip)}},
    {"output", "timeout", "of a request", DurationField{SG_FIELD(output.timeout), Milliseconds(1000), Milliseconds(600'000)}},
    {"output", "refresh", "index.refresh_interval", DurationField{SG_FIELD(output.refresh), Milliseconds(100), Milliseconds(60'000)}},
    {"output", "templates", "whether our index templates are put on the server, and renewed", SwitchField{SG_FIELD(output.templates)}},
    {"output", "shards", "of a new index", CountField{SG_FIELD(output.shards), 1, 64}},
    {"output", "replicas", "at most, as many as there are other nodes", CountField{SG_FIELD(output.replicas), 0, 8}},
    {"output", "retention", "day indices older than this are deleted, such as 30d; 0s = never", DurationField{SG_FIELD(output.retention), std::chrono::hours(24), std::chrono::hours(240'000), true}},
    {"output", "drain_timeout", "at the end, before what is left stays on disk", DurationField{SG_FIELD(output.drainTimeout), Milliseconds(0), Milliseconds(3'600'000)}},
    {"privacy", "ipv4_bits", "bits of a visitor's IPv4 address that are kept, 32 = all, 24 is usual", CountField{SG_FIELD(privacy.ipv4Bits), 0, 32}},
    {"privacy", "ipv6_bits", "bits of an IPv6 address, 128 = all, 48 is usual", CountField{SG_FIELD(privacy.ipv6Bits), 0, 128}},
    {"privacy", "query", "of URLs and referrers: keep_only keeps the parameters of query_keys", SG_CHOICE(privacy.query, kQueryPrivacy)},
    {"privacy", "query_keys", "parameters that are kept, such as \"page,q\"", TextField{SG_FIELD(privacy.queryKeys), checkQueryKeys}},
    {"privacy", "user", "user names: hash writes a keyed hash in their place", SG_CHOICE(privacy.user, kUserPrivacy)},
    {"privacy", "keep_chunks", "whether chunks may be archived although they hold the lines as they were", SwitchField{SG_FIELD(privacy.keepChunks)}},
    {"places", "databases", "MMDB files of countries, cities and networks, with colons between; empty = no places", TextField{SG_FIELD(places.databases), checkDatabases}},
    {"metrics", "on", "whether Prometheus is answered", SwitchField{SG_FIELD(metrics.on)}},
    {"metrics", "address", "host:port to listen on; whoever reaches it can read all figures", TextField{SG_FIELD(metrics.address), checkListenAddress}},
};
#undef SG_FIELD
#undef SG_CHOICE
// clang-format on

} // namespace sg
