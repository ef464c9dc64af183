#pragma once
/// What a micro-batch is, durable before anything else: everything that changes its result is in it, so that a replay, after
/// midnight or after an upgrade, gives the same documents.
#include "core/base/clock.h"
#include "core/record/chunk.h"
#include "core/record/reason.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sg {

struct PlannedChunk {
    ChunkRef chunk;     ///< length known
    std::string format; ///< registry name, decided ("auto" never stands here)
    std::int32_t zoneMinutes = 0;
    std::string header;  ///< in force at its beginning (record/header.h); formats that need one
    Timestamp watermark; ///< of its source; events before it are late
    std::string sourceName; ///< where the target's prefix names the source: what stands in it (elastic/index_prefix.h)
    std::string retry;    ///< of retried dead letters: the retry's key; else empty
    bool counted = false; ///< retried documents: the charts have counted these lines before
};

/// The header lines in force in a source behind the last byte that was looked at for them.
struct SourceHeader {
    std::string text; ///< record/header.h
    ByteOffset end;
    friend bool operator==(const SourceHeader&, const SourceHeader&) = default;
};

/// Where documents of a batch go. Empty = no target: nothing is kept for it.
struct Target {
    std::string key; ///< "<url>/<prefix>"
    std::string url; ///< without secrets
    std::string prefix;
    friend bool operator==(const Target&, const Target&) = default;
};

struct Plan {
    BatchId id;
    Timestamp planned;
    Sequence first, last; ///< contiguous; a gap inside is in `missing`
    std::vector<PlannedChunk> chunks;
    std::vector<Sequence> missing;
    std::uint64_t lines = 0;     ///< sum over chunks
    std::uint64_t lostLines = 0; ///< of missing chunks, where known
    std::uint64_t bytes = 0;
    std::int64_t latenessMs = 0;
    std::string engineVersion;
    std::uint32_t documentVersion = 1;
    std::string agentRulesHash;
    std::string places;  ///< Places::name of the databases; empty = none
    std::string privacy; ///< what was taken out of its lines (contract/privacy.h); empty = nothing
    Target target;
    /// Chunk -> where the last header line in it ends, and the header in force from there on: slices may begin behind it. A plan that is
    /// read back has none.
    std::map<std::uint32_t, SourceHeader> tails;
    /// Source -> what the next plan begins with. Kept beside the plans, in the same transaction: a plan that is read back has none.
    std::map<std::uint64_t, SourceHeader> headers;
    [[nodiscard]] bool hasTarget() const { return !target.key.empty(); }
    /// What its chunks take of `queue_bytes`.
    [[nodiscard]] std::uint64_t queueBytes() const {
        std::uint64_t sum = 0;
        for (const PlannedChunk& each : chunks)
            sum += each.chunk.reference ? each.chunk.length.value / kReferencedPerQueueByte : each.chunk.length.value;
        return sum;
    }
};

/// Lines of a planned chunk that are no documents.
struct LineRange {
    std::uint32_t chunk = 0;      ///< index in Plan::chunks
    std::uint64_t offset = 0;     ///< in the chunk, bytes
    std::uint32_t lines = 1;      ///< consecutive lines of the same kind
    Reason reason = Reason::None; ///< None = skipped (blank, header)
};

struct DeadLetter {
    BatchId batch;
    Timestamp time; ///< wall clock when it was found
    Reason reason = Reason::None;
    std::string detail; ///< column, or the server's own reason
    std::string raw;    ///< bytes as they were, cut at 64 KiB
    std::string sourcePath;
    std::uint64_t offset = 0; ///< in the source
    std::string documentId;   ///< of its position: of the refused document, and of its own in the index of dead letters
    std::string target;       ///< rejected documents only: Target::key
};

} // namespace sg
