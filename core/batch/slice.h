#pragma once
/// The work of one slice of a batch: read pieces of chunks, parse, enrich, aggregate; everything into private results.
///
/// *Thread:* one Slice a worker; pieces are independent, results are put together in order of pieces. *Cost:* one buffer of a
/// piece a worker, no allocation per line.
#include "core/aggregate/aggregate.h"
#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/contract/privacy.h"
#include "core/enrich/anonymizer.h"
#include "core/enrich/enricher.h"
#include "core/format/format.h"
#include "core/store/plan.h"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

/// The lines of a chunk that begin in [begin, end) of its bytes.
struct Piece {
    std::uint32_t chunk = 0; ///< index in Plan::chunks
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    std::shared_ptr<File> file; ///< open when several pieces share it; else the slice opens the path
    std::string path;
    std::uint64_t fileOffset = 0; ///< where the chunk begins in the file
    std::string header{};         ///< in force at `begin`, where that is not the chunk's beginning; for formats that need one
};

/// Of a chunk that may be cut: a piece and what is counted of it share the second level of the cache.
inline constexpr std::uint64_t kPieceBytes = 256U << 10U;

/// What came out of a piece.
struct PieceResult {
    std::vector<LineRange> ranges;
    std::vector<DeadLetter> deadLetters;
    std::array<std::uint64_t, kReasonCount> deadByReason{};
    std::uint64_t lines = 0, parsed = 0, skipped = 0, late = 0, future = 0;
    Timestamp eventMin, eventMax; ///< of parsed lines; meaningful when parsed > 0
    Timestamp sourceMax;          ///< greatest event time, clamped to arrival + 1 min
    bool vanished = false;        ///< the file is not there any more
    Error error;                  ///< of reading, when `failed`
    bool failed = false;
};

/// Lines above this are cut by the splitter and are dead letters here (1 MiB).
inline constexpr std::size_t kMaxLine = 1U << 20U;
/// Samples of dead letters a reason and piece; a batch keeps at most 1,000 a reason.
inline constexpr std::size_t kMaxSamples = 1000;

class Slice {
public:
    /// The enricher outlives batches: what it knows of an agent stays known.
    Slice(FileSystem& files, const Plan& plan, Enricher& enricher, const PrivacyKey& key);
    void process(const Piece& piece, PieceResult& result);
    [[nodiscard]] Aggregate& aggregate() { return m_aggregate; }

private:
    [[nodiscard]] Result<std::string_view> read(const Piece& piece, std::uint64_t chunkLength, std::uint64_t& firstLine);
    [[nodiscard]] LineParser& parserFor(const PlannedChunk& chunk);

    FileSystem& m_files;
    const Plan& m_plan;
    Enricher& m_enricher;
    std::unique_ptr<Anonymizer> m_anonymizer; ///< null when the plan takes nothing out
    Aggregate m_aggregate;
    Event m_event;
    std::string m_buffer;
    struct Parser {
        bool timeless = false;
        std::unique_ptr<LineParser> parser;
    };
    std::map<std::pair<std::string, int>, Parser> m_parsers;
    const Parser* m_parser = nullptr;
    const PlannedChunk* m_parserChunk = nullptr;
};

} // namespace sg
