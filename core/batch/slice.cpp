#include "core/batch/slice.h"

#include "core/batch/plan_privacy.h"

#include <algorithm>
#include <cstring>

namespace sg {
namespace {

constexpr std::size_t kMaxKeptLine = 64U << 10U;
constexpr std::size_t kTailBlock = 64U << 10U;
constexpr std::int64_t kFutureNs = 60'000'000'000;

/// Extends the last range or begins a new one.
void addRange(std::vector<LineRange>& ranges, std::uint32_t chunk, std::uint64_t offset, Reason reason, bool follows) {
    if (follows && !ranges.empty() && ranges.back().chunk == chunk && ranges.back().reason == reason) ++ranges.back().lines;
    else ranges.push_back({chunk, offset, 1, reason});
}

} // namespace

Slice::Slice(FileSystem& files, const Plan& plan, Enricher& enricher, const PrivacyKey& key)
    : m_files(files), m_plan(plan), m_enricher(enricher), m_anonymizer(anonymizerOf(plan, key)) {}

LineParser& Slice::parserFor(const PlannedChunk& chunk) {
    if (m_parserChunk != &chunk) {
        Parser& entry = m_parsers[{chunk.format, chunk.zoneMinutes}];
        if (!entry.parser) {
            const auto format = findFormat(chunk.format); // the plan holds registered names only; checked when it was made
            entry.parser = (*format)->makeParser({chunk.zoneMinutes});
            entry.timeless = (*format)->timeless();
        }
        m_parser = &entry;
        m_parserChunk = &chunk;
    }
    return *m_parser->parser;
}

/// Reads the piece and what is needed to end its last line; `firstLine` is where the first line that belongs to it begins in the view.
Result<std::string_view> Slice::read(const Piece& piece, std::uint64_t chunkLength, std::uint64_t& firstLine) {
    std::shared_ptr<File> file = piece.file;
    if (!file) {
        SG_TRY_ASSIGN(file, m_files.openRead(piece.path));
    }
    // One byte before tells whether `begin` is the start of a line.
    const std::uint64_t from = piece.begin == 0 ? 0 : piece.begin - 1;
    const std::size_t wanted = piece.end - from;
    if (m_buffer.size() < wanted) m_buffer.resize(wanted + kTailBlock);
    SG_TRY_ASSIGN(std::size_t have, file->readAt(piece.fileOffset + from, {m_buffer.data(), wanted}));
    bool whole = have < wanted || from + have >= chunkLength || m_buffer[have - 1] == '\n';
    while (!whole) {
        const std::size_t more = std::min<std::uint64_t>(kTailBlock, chunkLength - from - have);
        if (m_buffer.size() < have + more) m_buffer.resize(have + more);
        SG_TRY_ASSIGN(const std::size_t n, file->readAt(piece.fileOffset + from + have, {m_buffer.data() + have, more}));
        const void* newline = std::memchr(m_buffer.data() + have, '\n', n);
        whole = newline != nullptr || n < more || from + have + n >= chunkLength;
        have = newline == nullptr ? have + n : static_cast<std::size_t>(static_cast<const char*>(newline) - m_buffer.data()) + 1;
    }
    std::string_view view(m_buffer.data(), have);
    firstLine = 0;
    if (piece.begin != 0) {
        const auto newline = view.find('\n');
        firstLine = newline == std::string_view::npos ? view.size() : newline + 1;
    }
    return view;
}

void Slice::process(const Piece& piece, PieceResult& result) {
    const PlannedChunk& planned = m_plan.chunks[piece.chunk];
    const ChunkRef& chunk = planned.chunk;
    LineParser& parser = parserFor(planned);
    if (piece.begin == 0) parser.setHeader(planned.header);
    else if (!piece.header.empty()) parser.setHeader(piece.header);
    std::uint64_t at = 0;
    const auto bytes = read(piece, chunk.length.value, at);
    if (!bytes) {
        result.vanished = bytes.error().code == ErrorCode::NotFound;
        result.failed = !result.vanished;
        result.error = bytes.error();
        return;
    }
    const std::uint64_t base = piece.begin == 0 ? 0 : piece.begin - 1; // position of the view in the chunk
    const std::int64_t futureLimit = chunk.arrival.ns + kFutureNs;
    Reason before = Reason::None;
    bool beforeWasRange = false;
    while (at < bytes->size() && base + at < piece.end) {
        const void* found = std::memchr(bytes->data() + at, '\n', bytes->size() - at);
        const std::size_t end =
            found == nullptr ? bytes->size() : static_cast<std::size_t>(static_cast<const char*>(found) - bytes->data());
        const std::string_view line = bytes->substr(at, end - at);
        const std::uint64_t offset = base + at;
        at = end + 1;
        ++result.lines;

        LineOutcome outcome{LineOutcome::Kind::Dead, Reason::TooLong, 0};
        if (line.size() < kMaxLine) outcome = parser.parse(line, chunk.start.value + offset == 0, m_event.record);
        if (outcome.kind == LineOutcome::Kind::Parsed) {
            beforeWasRange = false;
            Record& record = m_event.record;
            if (!record.hasTime) record.time = chunk.arrival;
            if (m_anonymizer) m_anonymizer->apply(record);
            m_aggregate.expect(record);
            m_enricher.enrichForSums(m_event);
            const bool future = record.time.ns > futureLimit;
            const bool late = record.time < planned.watermark;
            // A line from the future would close every open second; like a late one it counts in its minute only.
            if (!planned.counted) m_aggregate.add(m_event, late || future);
            result.late += late ? 1 : 0;
            result.future += future ? 1 : 0;
            if (result.parsed == 0 || record.time < result.eventMin) result.eventMin = record.time;
            if (result.parsed == 0 || record.time > result.eventMax) result.eventMax = record.time;
            result.sourceMax =
                std::max(result.parsed == 0 ? Timestamp{INT64_MIN} : result.sourceMax, Timestamp{std::min(record.time.ns, futureLimit)});
            ++result.parsed;
            continue;
        }
        const Reason reason = outcome.kind == LineOutcome::Kind::Skipped ? Reason::None : outcome.reason;
        addRange(result.ranges, piece.chunk, offset, reason, beforeWasRange && before == reason);
        before = reason;
        beforeWasRange = true;
        if (reason == Reason::None) {
            ++result.skipped;
            continue;
        }
        const auto index = static_cast<std::size_t>(reason);
        if (result.deadByReason[index]++ < kMaxSamples) {
            DeadLetter letter;
            letter.batch = m_plan.id;
            letter.time = m_plan.planned;
            letter.reason = reason;
            letter.detail = "column " + std::to_string(outcome.column + 1);
            keepRaw(line.substr(0, kMaxKeptLine), m_plan, letter);
            letter.offset = chunk.start.value + offset;
            result.deadLetters.push_back(std::move(letter));
        }
    }
}

} // namespace sg
