#include "core/batch/engine.h"

#include "core/base/fault.h"
#include "core/batch/header_scan.h"
#include "core/batch/slice.h"
#include "core/batch/tail_reader.h"
#include "core/batch/window_view.h"
#include "core/elastic/index_prefix.h"
#include "core/format/format.h"
#include "core/record/header.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <mutex>
#include <set>
#include <span>
#include <unordered_map>

namespace sg {
namespace {

/// That many bytes and what is missing to whole pieces.
constexpr std::uint64_t wholePieces(std::uint64_t bytes) { return (bytes + kPieceBytes - 1) / kPieceBytes * kPieceBytes; }
constexpr std::size_t kMostRecognised = 50;
constexpr std::size_t kMixedShare = 20; ///< one in so many lines of another format is more than a torn one now and then
constexpr std::size_t kSampleBytes = 256U << 10U;
constexpr std::size_t kStickyLines = 20;
constexpr std::uint64_t kHeaderSearch = 64U << 10U; // of a log's beginning, for the header when its format is guessed
constexpr std::size_t kTopEntries = 50;
constexpr std::size_t kRecentBatches = 100;
constexpr std::size_t kSecondPoints = 300;
constexpr Timestamp kNoWatermark{std::numeric_limits<std::int64_t>::min()};
constexpr Milliseconds kTopsEvery{250};
constexpr Milliseconds kTailEvery{200};
constexpr Milliseconds kDeadLettersEvery{1000};
// Shares of the queue when it drops: what is processed next must find room, whatever delivery does.
constexpr std::uint64_t kDropBatchShare = 8; // a batch takes at most an eighth, so that little is given up at a time
constexpr std::uint64_t kDropRoomShare = 4;  // what waits for delivery leaves a quarter to what is being processed

double elapsedMs(SteadyTime from, SteadyTime to) { return std::chrono::duration<double, std::milli>(to - from).count(); }

/// A piece's place among the others, so that results are put together in order.
struct Work {
    std::vector<Piece> pieces;
    std::vector<PieceResult> results;
};

class Engine final : public BatchEngine {
public:
    Engine(FileSystem& files, const Clock& clock, Store& store, Executor& executor, BatchEngineOptions options)
        : m_files(files), m_clock(clock), m_store(store), m_executor(executor), m_options(std::move(options)), m_window(store) {}

    Status load();
    Result<Tick> runOnce(const Tuning& tuning) override;
    Status release(const Tuning& tuning) override;
    std::uint64_t waiting() const override { return m_part.ledger.waiting; }
    Status refresh() override;
    const BatchPart& part() const override { return m_part; }
    Status view(const ViewRequest& request, bool ended) override;
    std::shared_ptr<const TailPart> tail() const override { return m_tail; }
    std::shared_ptr<const DeadLetterPart> deadLetters() const override { return m_deadLetters; }
    std::shared_ptr<const WindowPart> window() const override { return m_window.part(); }
    std::string sourcePath(SourceId source) const override {
        const std::lock_guard lock(m_sourcesMutex);
        const auto at = m_sources.find(source.value);
        return at == m_sources.end() ? std::string() : at->second.path;
    }

private:
    Status takeLeftovers(const Tuning& tuning);
    Status setOpeningBalance(const std::vector<ChunkRef>& onDisk);
    Status learnSources();
    Result<std::vector<ChunkRef>> listWaiting();
    void countWaiting();
    void checkBooks(Ledger ledger);
    Result<std::optional<Plan>> makePlan(const Tuning& tuning, bool& limited);
    void tellFormat(const std::string& path, std::span<const FormatGuess> guesses);
    [[nodiscard]] SourceId logOf(SourceId retried) const;
    void nameRetry(PlannedChunk& planned) const;
    Result<std::string> decideFormat(const PlannedChunk& planned, const std::map<std::uint64_t, SourceHeader>& headers,
                                     std::span<const NamedFormat> own);
    Result<SourceHeader> headerOf(const ChunkRef& chunk, const std::map<std::uint64_t, SourceHeader>& headers, std::uint64_t most);
    Status carryHeader(PlannedChunk& planned, Plan& plan);
    Result<std::unique_ptr<File>> fileOf(const ChunkRef& chunk);
    void lookForPlaces(const Tuning& tuning);
    Status settle(const Plan& plan, BatchProgress& progress, const Tuning& tuning);
    Result<Work> prepare(const Plan& plan);
    Status collect(const Plan& plan, Work& work, BatchCommit& commit);
    Status storeCommit(const BatchCommit& commit);
    void judgeSources(const Plan& plan);
    void publish(const BatchProgress& progress);
    void showTail(const Plan& plan);
    Status showDeadLetters();
    Status removeChunk(const ChunkRef& chunk, const Tuning& tuning);
    Status syncArchive();
    Status abandonOldest(const Tuning& tuning);
    void giveUpReserve(const Error& error);
    void raise(const std::string& key, Severity severity, std::string sentence, std::string advice) {
        m_problems.raise(key, severity, std::move(sentence), std::move(advice), m_clock.wall());
    }

    FileSystem& m_files;
    const Clock& m_clock;
    Store& m_store;
    Executor& m_executor;
    const BatchEngineOptions m_options;
    WindowView m_window;
    bool m_watched = false; // somebody has asked for a view: without a viewer nothing is read back for one
    SteadyTime m_tailAt{}, m_deadLettersAt{};
    std::shared_ptr<const TailPart> m_tail;
    std::shared_ptr<const DeadLetterPart> m_deadLetters;
    std::uint64_t m_deadShown = 0; // dead letters, and resolved ones, when m_deadLetters was made
    std::array<std::uint64_t, kReasonCount> m_resolvedAtListing{};

    mutable std::mutex m_sourcesMutex;
    std::unordered_map<std::uint64_t, SourceInfo> m_sources; // guarded by m_sourcesMutex

    std::vector<std::unique_ptr<Enricher>> m_enrichers; // one a worker, kept over batches

    Sequence m_lastPlanned;
    ReleasedPositions m_released;
    Aggregate m_live;
    BatchPart m_part;
    ProblemList m_problems;
    std::map<std::uint64_t, Timestamp> m_sourceMax;
    std::unordered_map<std::uint64_t, std::uint64_t> m_linesSeen; // sequence -> lines, of chunks listed and not yet planned
    std::unordered_map<std::uint64_t, std::string> m_formats;     // source -> decided for good
    struct Share {
        std::uint64_t parsed = 0, dead = 0;
    };
    std::unordered_map<std::uint64_t, Share> m_sourceShare; // source -> lines read and not read
    std::string m_placesProblem; // as it was raised
    bool m_leftoversTaken = false;
    std::set<std::string> m_archiveFolders;  // made in this run, their names durable
    std::set<std::string> m_archiveUnsynced; // got chunks since their last sync
    std::uint64_t m_abandoned = 0;           // documents, in this run
    SteadyTime m_topsAt{};
    SteadyTime m_lastTrigger{};
    bool m_haveTrigger = false;
};

Status Engine::load() {
    SG_TRY(m_files.makeDirectories(m_options.data.chunks()));
    SG_TRY_ASSIGN(m_released, readReleased(m_files, m_options.data));
    SG_TRY(learnSources());
    SG_TRY_ASSIGN(const std::vector<ChunkRef> onDisk, listChunks(m_files, m_options.data));
    SG_TRY(setOpeningBalance(onDisk));
    SG_TRY_ASSIGN(m_live, m_store.loadAggregate());
    SG_TRY_ASSIGN(m_sourceMax, m_store.sourceMaxima());
    SG_TRY_ASSIGN(m_part.recent, m_store.progress(kRecentBatches));
    SG_TRY_ASSIGN(const BatchId last, m_store.lastBatch());
    m_part.batches = last.value;
    m_part.stage.state = StageState::Starting;
    SG_TRY(listWaiting());
    return refresh();
}

/// A store that was made anew beside chunks and released positions begins with what was released before as its opening balance.
Status Engine::setOpeningBalance(const std::vector<ChunkRef>& onDisk) {
    SG_TRY_ASSIGN(m_lastPlanned, m_store.lastPlannedSequence());
    SG_TRY_ASSIGN(const std::string first, m_store.meta("firstSequence"));
    if (!first.empty()) {
        m_lastPlanned = std::max(m_lastPlanned, Sequence{std::stoull(first) - 1});
        return {};
    }
    Sequence before = m_released.last;
    for (const ChunkRef& chunk : onDisk)
        if (!m_released.isReleased(chunk.sequence)) {
            before = Sequence{chunk.sequence.value - 1};
            break;
        }
    if (m_lastPlanned.value == 0) {
        m_lastPlanned = before;
        SG_TRY(m_store.setOpening(m_released.lines().value));
    }
    return m_store.setMeta("firstSequence", std::to_string(m_lastPlanned.value + 1));
}

/// Finishes the removal of chunks whose release was durable before a kill; once, as soon as it is known what is to become of them.
Status Engine::takeLeftovers(const Tuning& tuning) {
    if (m_leftoversTaken) return {};
    SG_TRY_ASSIGN(const std::vector<ChunkRef> onDisk, listChunks(m_files, m_options.data));
    for (const ChunkRef& chunk : onDisk)
        if (m_released.isReleased(chunk.sequence)) SG_TRY(removeChunk(chunk, tuning));
    SG_TRY(syncArchive());
    m_leftoversTaken = true;
    return {};
}

Status Engine::learnSources() {
    SG_TRY_ASSIGN(std::vector<SourceInfo> sources, readSources(m_files, m_options.data));
    const std::lock_guard lock(m_sourcesMutex);
    for (SourceInfo& source : sources) m_sources.insert_or_assign(source.id.value, std::move(source));
    return {};
}

/// Chunks that no batch has taken, ascending; brings `waiting` up to date.
Result<std::vector<ChunkRef>> Engine::listWaiting() {
    std::vector<ChunkRef> chunks;
    // A folder that is written to while it is listed may show a chunk and hide an older one; the second listing cannot.
    for (int attempt = 0; attempt < 2; ++attempt) {
        SG_TRY_ASSIGN(chunks, listChunks(m_files, m_options.data));
        std::erase_if(chunks, [&](const ChunkRef& c) { return c.sequence <= m_lastPlanned || m_released.isReleased(c.sequence); });
        if (chunks.empty() || chunks.back().sequence.value == m_lastPlanned.value + chunks.size()) break;
    }
    m_resolvedAtListing = m_part.ledger.resolvedByReason;
    for (const ChunkRef& chunk : chunks) m_linesSeen[chunk.sequence.value] = chunk.lines.value;
    countWaiting();
    return chunks;
}

void Engine::countWaiting() {
    std::erase_if(m_linesSeen, [&](const auto& seen) { return seen.first <= m_lastPlanned.value; });
    m_part.ledger.waiting = 0;
    for (const auto& [sequence, lines] : m_linesSeen) m_part.ledger.waiting += lines;
}

/// The source's own file, in which `chunk` still begins at `start`; none when it is another one by now, or packed.
Result<std::unique_ptr<File>> Engine::fileOf(const ChunkRef& chunk) {
    SourceInfo source;
    {
        const std::lock_guard lock(m_sourcesMutex);
        if (const auto at = m_sources.find(chunk.source.value); at != m_sources.end()) source = at->second;
    }
    if (source.path.empty() || (source.kind != SourceInfo::Kind::Followed && !chunk.reference)) return std::unique_ptr<File>();
    auto file = m_files.openRead(source.path);
    if (!file) return std::unique_ptr<File>();
    SG_TRY_ASSIGN(const FileInfo info, (*file)->info());
    if (info.device != source.device || info.inode != source.inode || info.size < chunk.start.value) return std::unique_ptr<File>();
    return std::move(*file);
}

/// The header in force where the chunk begins. What lies between there and what is known (a log that is followed from its end, a chunk that
/// was lost, a new store) is looked up in the source's own file, at most `most` bytes of it.
Result<SourceHeader> Engine::headerOf(const ChunkRef& chunk, const std::map<std::uint64_t, SourceHeader>& headers, std::uint64_t most) {
    SourceHeader header;
    if (const auto known = headers.find(chunk.source.value); known != headers.end()) {
        header = known->second;
    } else {
        SG_TRY_ASSIGN(std::optional<SourceHeader> stored, m_store.sourceHeader(chunk.source));
        if (stored) header = std::move(*stored);
    }
    if (const SourceId log = logOf(chunk.source); log.value != 0 && header.text.empty()) {
        SG_TRY_ASSIGN(const std::optional<SourceHeader> ofLog, m_store.sourceHeader(log));
        if (ofLog) header.text = ofLog->text; // what its log is read with now
    }
    if (header.end >= chunk.start) return header;
    SG_TRY_ASSIGN(const std::unique_ptr<File> file, fileOf(chunk));
    if (!file) return header;
    HeaderRange range{header.end.value, chunk.start.value, header.end.value == 0};
    if (range.end - range.begin > most) range.end = range.begin + most;
    if (range.begin > 0) {
        --range.begin; // one byte before tells whether a line begins there
        range.insideLine = true;
    }
    SG_TRY(foldHeader(*file, range, header.text));
    header.end = chunk.start;
    return header;
}

/// Plans the header in force at the chunk's beginning, and keeps the one at its end for the next of its source.
Status Engine::carryHeader(PlannedChunk& planned, Plan& plan) {
    const ChunkRef& chunk = planned.chunk;
    SG_TRY_ASSIGN(SourceHeader header, headerOf(chunk, plan.headers, std::numeric_limits<std::uint64_t>::max()));
    planned.header = header.text;
    const ChunkPlace place = placeOf(chunk, sourcePath(chunk.source), m_options.data);
    auto file = m_files.openRead(place.path);
    if (file) {
        std::uint64_t behindLast = place.offset;
        SG_TRY(foldHeader(**file, {place.offset, place.offset + chunk.length.value, chunk.start.value == 0}, header.text, &behindLast));
        header.end = chunk.end();
        if (!header.text.empty() && chunk.length.value > kPieceBytes)
            plan.tails[static_cast<std::uint32_t>(plan.chunks.size())] = {header.text, ByteOffset{behindLast - place.offset}};
    } else if (file.error().code != ErrorCode::NotFound) { // one that vanished is counted as lost when it is processed
        return fail(file.error());
    }
    plan.headers[chunk.source.value] = std::move(header);
    return {};
}

/// The log from which the dead letters of a retry came: the newest source of its path. 0 = the source is no retry, or nothing is known.
SourceId Engine::logOf(SourceId retried) const {
    const std::lock_guard lock(m_sourcesMutex);
    SourceId log;
    const auto at = m_sources.find(retried.value);
    if (at == m_sources.end() || at->second.kind != SourceInfo::Kind::Retried) return log;
    for (const auto& [id, source] : m_sources)
        if (source.kind != SourceInfo::Kind::Retried && source.path == at->second.path) log = std::max(log, source.id);
    return log;
}

/// Of a source of retried dead letters: which retry, and whether its lines were counted before.
void Engine::nameRetry(PlannedChunk& planned) const {
    const std::lock_guard lock(m_sourcesMutex);
    const auto at = m_sources.find(planned.chunk.source.value);
    if (at != m_sources.end() && at->second.kind == SourceInfo::Kind::Retried)
        planned.retry = retryKey(at->second.contentHash, planned.counted);
}

Result<std::string> Engine::decideFormat(const PlannedChunk& planned, const std::map<std::uint64_t, SourceHeader>& headers,
                                         std::span<const NamedFormat> own) {
    const ChunkRef& chunk = planned.chunk;
    if (!planned.retry.empty()) {
        SG_TRY_ASSIGN(const std::string chosen, m_store.retryFormat(planned.retry));
        if (!chosen.empty() && findFormat(chosen)) return chosen;
    }
    if (m_options.format != "auto") return m_options.format;
    if (const SourceId log = logOf(chunk.source); log.value != 0) {
        SG_TRY_ASSIGN(const std::string decided, m_store.sourceFormat(log));
        if (!decided.empty()) return decided;
    }
    if (const auto known = m_formats.find(chunk.source.value); known != m_formats.end()) return known->second;
    SG_TRY_ASSIGN(const std::string stored, m_store.sourceFormat(chunk.source));
    if (!stored.empty()) {
        m_formats[chunk.source.value] = stored;
        return stored;
    }
    const ChunkPlace place = placeOf(chunk, sourcePath(chunk.source), m_options.data);
    std::string sample(std::min<std::uint64_t>(kSampleBytes, chunk.length.value), '\0');
    auto file = m_files.openRead(place.path);
    if (!file) return std::string(formatNames().front()); // it vanished: it will be counted as lost when it is processed
    SG_TRY_ASSIGN(const std::size_t n, (*file)->readAt(place.offset, sample));
    sample.resize(n);
    if (n < chunk.length.value)
        if (const auto newline = sample.rfind('\n'); newline != std::string::npos) sample.resize(newline + 1);
    SG_TRY_ASSIGN(const SourceHeader before, headerOf(chunk, headers, kHeaderSearch));
    if (!before.text.empty()) sample.insert(0, before.text + '\n');
    const std::vector<FormatGuess> guesses = detectFormat(sample, own);
    if (guesses.empty()) return std::string(formatNames().front());
    const FormatGuess& best = guesses.front();
    if (planned.retry.empty()) tellFormat(sourcePath(chunk.source), guesses);
    // Nothing but header lines, which one of those formats skips and every other one takes for broken lines.
    if (best.matched == 0)
        for (const FormatGuess& guess : guesses)
            if (needsHeader(guess.is) && guess.lines == 0 && best.lines > 0) return guess.is;
    // With fewer lines the guess serves this batch and is made again for the next; a header says as much as many lines.
    const bool told = needsHeader(best.is) && hasFieldsLine(sample);
    if ((best.lines >= kStickyLines || told) && best.matched > 0) {
        SG_TRY(m_store.setSourceFormat(chunk.source, best.is));
        m_formats[chunk.source.value] = best.is;
    }
    return best.is;
}

void Engine::lookForPlaces(const Tuning& tuning) {
    constexpr const char* kKey = "batch.places";
    if (!m_options.places) return;
    m_options.places->refresh(tuning.places.databases, m_clock.steady());
    if (m_options.places->problem() == m_placesProblem) return; // a row of the problems' list counts how often it happened
    m_placesProblem = m_options.places->problem();
    if (m_placesProblem.empty()) {
        m_problems.resolve(kKey, m_clock.wall());
        return;
    }
    raise(kKey, Severity::Warning, m_placesProblem,
          m_options.places->current() ? "Places come from the databases read before; the file is looked at again when it changes."
                                      : "Nothing is lost; lines have no places until the file can be read.");
}

/// What was recognised, and how surely. A problem where many lines of the log are of another format; a torn one may look like one.
void Engine::tellFormat(const std::string& path, std::span<const FormatGuess> guesses) {
    const std::string key = "batch.format:" + path;
    const bool mixed =
        std::any_of(guesses.begin(), guesses.end(), [](const FormatGuess& guess) { return guess.beyond * kMixedShare > guess.lines; });
    const std::string sentence = path + ": " + explainGuesses(guesses);
    constexpr const char* kAdvice = "Lines of other formats are dead letters; name the format where the guess is wrong.";
    if (mixed) raise(key, Severity::Warning, sentence, kAdvice);
    else m_problems.resolve(key, m_clock.wall());
    std::vector<std::string>& told = m_part.recognised;
    std::erase_if(told, [&](const std::string& older) { return older.starts_with(path + ": "); });
    if (told.size() == kMostRecognised) told.erase(told.begin());
    told.push_back(sentence);
}

Result<std::optional<Plan>> Engine::makePlan(const Tuning& tuning, bool& limited) {
    limited = false;
    SG_TRY_ASSIGN(std::vector<ChunkRef> waiting, listWaiting());
    if (waiting.empty()) return std::optional<Plan>();
    Plan plan;
    SG_TRY_ASSIGN(const BatchId last, m_store.lastBatch());
    plan.id = BatchId{last.value + 1};
    plan.planned = m_clock.wall();
    plan.first = Sequence{m_lastPlanned.value + 1};
    plan.latenessMs = tuning.batch.lateness.count();
    plan.engineVersion = kEngineVersion;
    if (m_options.agentRules) plan.agentRulesHash = agentRulesHash(*m_options.agentRules);
    plan.privacy = privacyText(tuning.privacy);
    if (m_options.places)
        if (const auto places = m_options.places->current()) plan.places = places->name();
    if (m_options.target) plan.target = m_options.target();

    const bool drops = tuning.split.whenFull == WhenFull::Drop && plan.hasTarget();
    const std::uint64_t maxBytes =
        drops ? std::min(tuning.batch.maxBytes, tuning.split.queueBytes / kDropBatchShare) : tuning.batch.maxBytes;
    Sequence next = plan.first;
    for (ChunkRef& chunk : waiting) {
        if (!chunk.reference) {
            const auto info = m_files.stat(joinPath(m_options.data.chunks(), chunk.fileName()));
            if (!info) continue; // vanished between listing and now: the gap says so
            chunk.length = ByteCount{info->size};
        }
        if (!plan.chunks.empty() && (plan.chunks.size() >= tuning.batch.maxFiles || plan.bytes + chunk.length.value > maxBytes)) {
            limited = true;
            break;
        }
        for (; next < chunk.sequence; ++next) {
            if (m_released.isReleased(next)) continue;
            plan.missing.push_back(next);
            const auto seen = m_linesSeen.find(next.value);
            plan.lostLines += seen == m_linesSeen.end() ? 0 : seen->second;
        }
        bool known = false;
        {
            const std::lock_guard lock(m_sourcesMutex);
            known = m_sources.contains(chunk.source.value);
        }
        if (!known) SG_TRY(learnSources());
        PlannedChunk planned;
        planned.chunk = std::move(chunk);
        nameRetry(planned);
        SG_TRY_ASSIGN(planned.format, decideFormat(planned, plan.headers, tuning.formats));
        planned.zoneMinutes = m_options.zoneMinutes;
        if (namesSource(plan.target.prefix)) planned.sourceName = sourceIndexName(sourcePath(planned.chunk.source));
        const auto max = m_sourceMax.find(planned.chunk.source.value);
        // What died came whenever it came: nothing of a retry is late.
        planned.watermark = max == m_sourceMax.end() || !planned.retry.empty() ? kNoWatermark
                                                                               : Timestamp{max->second.ns - plan.latenessMs * 1'000'000};
        plan.lines += planned.chunk.lines.value;
        plan.bytes += planned.chunk.length.value;
        next = Sequence{planned.chunk.sequence.value + 1};
        if (needsHeader(planned.format)) SG_TRY(carryHeader(planned, plan));
        plan.chunks.push_back(std::move(planned));
    }
    if (plan.chunks.empty()) return std::optional<Plan>();
    plan.last = plan.chunks.back().chunk.sequence;
    return std::optional<Plan>(std::move(plan));
}

Result<Work> Engine::prepare(const Plan& plan) {
    Work work;
    for (std::uint32_t i = 0; i < plan.chunks.size(); ++i) {
        const ChunkRef& chunk = plan.chunks[i].chunk;
        const ChunkPlace place = placeOf(chunk, sourcePath(chunk.source), m_options.data);
        // Lines that are read by what lies before them in the chunk are read by one slice, up to the last header line.
        const auto tail = plan.tails.find(i);
        const bool whole = needsHeader(plan.chunks[i].format) && tail == plan.tails.end();
        const std::uint64_t first = tail == plan.tails.end() ? kPieceBytes : wholePieces(std::max(tail->second.end.value, kPieceBytes));
        const std::uint64_t count = whole || chunk.length.value <= first ? 1 : 1 + wholePieces(chunk.length.value - first) / kPieceBytes;
        std::shared_ptr<File> shared;
        if (count > 1) {
            auto opened = m_files.openRead(place.path);
            if (!opened && opened.error().code != ErrorCode::NotFound) return fail(opened.error());
            if (opened) shared = std::move(*opened);
        }
        // A chunk that vanished becomes one piece, whose opening fails and counts it as lost.
        const std::uint64_t pieces = count > 1 && !shared ? 1 : count;
        for (std::uint64_t p = 0; p < pieces; ++p) {
            const std::uint64_t begin = p == 0 ? 0 : first + (p - 1) * kPieceBytes;
            const std::uint64_t end = pieces == 1 ? chunk.length.value : std::min(chunk.length.value, first + p * kPieceBytes);
            work.pieces.push_back({i, begin, end, shared, place.path, place.offset,
                                   p > 0 && tail != plan.tails.end() ? tail->second.text : std::string()});
        }
    }
    work.results.resize(work.pieces.size());
    return work;
}

/// Puts the results of the pieces together, in order, and checks them against the plan.
Status Engine::collect(const Plan& plan, Work& work, BatchCommit& commit) {
    std::vector<std::uint64_t> lines(plan.chunks.size(), 0);
    std::vector<bool> vanished(plan.chunks.size(), false);
    std::array<std::uint64_t, kReasonCount> kept{};
    for (std::size_t i = 0; i < work.pieces.size(); ++i) {
        const Piece& piece = work.pieces[i];
        PieceResult& result = work.results[i];
        const ChunkRef& chunk = plan.chunks[piece.chunk].chunk;
        if (result.failed) return fail(result.error);
        if (result.vanished) {
            vanished[piece.chunk] = true;
            continue;
        }
        lines[piece.chunk] += result.lines;
        for (const LineRange& range : result.ranges) {
            LineRange* last = commit.ranges.empty() ? nullptr : &commit.ranges.back();
            const bool joins = last != nullptr && last->chunk == range.chunk && last->reason == range.reason && result.parsed == 0 &&
                               &range == &result.ranges.front() && i > 0 && work.results[i - 1].parsed == 0;
            if (joins) last->lines += range.lines;
            else commit.ranges.push_back(range);
        }
        for (std::size_t r = 0; r < kReasonCount; ++r) commit.deadByReason[r] += result.deadByReason[r];
        for (DeadLetter& letter : result.deadLetters) {
            if (kept[static_cast<std::size_t>(letter.reason)]++ >= kMaxSamples) continue;
            letter.sourcePath = sourcePath(chunk.source);
            letter.documentId = documentId(chunk.stream, chunk.sequence, letter.offset - chunk.start.value);
            if (!plan.chunks[piece.chunk].retry.empty()) letter.detail += ", of a retried line"; // the offset is not one in the log
            commit.deadLetters.push_back(std::move(letter));
        }
        commit.parsed += result.parsed;
        commit.skipped += result.skipped;
        const PlannedChunk& planned = plan.chunks[piece.chunk];
        if (planned.counted) commit.parsedAgain += result.parsed;
        if (!planned.retry.empty()) {
            BatchCommit::Retried& retried = commit.retried[planned.retry];
            retried.read += result.parsed;
            retried.skipped += result.skipped;
            retried.dead += result.lines - result.parsed - result.skipped;
        }
        commit.late += result.late;
        Share& share = m_sourceShare[chunk.source.value];
        share.parsed += result.parsed;
        share.dead += result.lines - result.parsed - result.skipped;
        if (result.parsed > 0) {
            auto [at, isNew] = commit.sourceMax.try_emplace(chunk.source.value, result.sourceMax);
            if (!isNew) at->second = std::max(at->second, result.sourceMax);
            BatchProgress& p = commit.progress;
            const bool first = commit.parsed == result.parsed;
            p.eventMin = first ? result.eventMin : std::min(p.eventMin, result.eventMin);
            p.eventMax = first ? result.eventMax : std::max(p.eventMax, result.eventMax);
        }
    }
    std::uint64_t dead = 0;
    for (const std::uint64_t count : commit.deadByReason) dead += count;
    commit.notKept = dead - commit.deadLetters.size();
    for (std::size_t c = 0; c < plan.chunks.size(); ++c) {
        const ChunkRef& chunk = plan.chunks[c].chunk;
        if (lines[c] == chunk.lines.value) continue;
        const std::string name = chunk.fileName();
        if (lines[c] < chunk.lines.value) {
            commit.lost += chunk.lines.value - lines[c];
            raise("batch.lost:" + name, Severity::Error,
                  "chunk " + name + (vanished[c] ? " vanished" : " was cut") +
                      " before it was processed: " + std::to_string(chunk.lines.value - lines[c]) + " lines are lost",
                  "Something other than Streamgauge changes " + (chunk.reference ? sourcePath(chunk.source) : m_options.data.chunks()) +
                      ".");
        } else {
            raise("batch.grown:" + name, Severity::Error,
                  "chunk " + name + " has " + std::to_string(lines[c]) + " lines, not the " + std::to_string(chunk.lines.value) +
                      " in its name",
                  "Its bytes were changed after it was cut; the ledger shows the difference.");
        }
    }
    return {};
}

void Engine::giveUpReserve(const Error& error) {
    if (m_files.stat(m_options.data.reserve())) {
        if (m_files.remove(m_options.data.reserve()))
            raise("batch.reserve", Severity::Warning,
                  "the disk is full (" + error.message + "): the reserve file was given up so that commits can go on",
                  "Free some space; the reserve is made again at the next start.");
    }
}

Status Engine::storeCommit(const BatchCommit& commit) {
    for (int attempt = 0;; ++attempt) {
        const Status done = m_store.commit(commit);
        if (done) return {};
        // Whether a failed COMMIT took effect is known only by its marker.
        const auto marker = m_store.isCommitted(commit.id);
        if (marker && *marker) return {};
        if (attempt > 0 || done.error().code != ErrorCode::DiskFull) return done;
        giveUpReserve(done.error());
    }
}

/// More dead lines than others in a source is one problem, however many there are.
void Engine::judgeSources(const Plan& plan) {
    std::map<std::uint64_t, const PlannedChunk*> sources;
    for (const PlannedChunk& chunk : plan.chunks)
        if (chunk.retry.empty()) sources[chunk.chunk.source.value] = &chunk; // a retry has an outcome of its own
    for (const auto& [source, chunk] : sources) {
        const Share share = m_sourceShare[source];
        const std::string key = "batch.dead:" + std::to_string(source);
        if (share.dead > share.parsed && share.dead >= kStickyLines)
            raise(key, Severity::Warning,
                  "more than half of the lines of " + sourcePath(SourceId{source}) + " cannot be read as " + chunk->format,
                  "See the dead letters for the reasons, or choose the format by name.");
        else m_problems.resolve(key, m_clock.wall());
    }
}

Status Engine::settle(const Plan& plan, BatchProgress& progress, const Tuning& tuning) {
    const SteadyTime begin = m_clock.steady();
    SG_TRY_ASSIGN(Work work, prepare(plan));
    const std::size_t threads =
        tuning.batch.threads == 0 ? m_executor.width() : std::min<std::size_t>(tuning.batch.threads, m_executor.width());
    const std::size_t workers = std::clamp<std::size_t>(work.pieces.size(), 1, std::max<std::size_t>(threads, 1));
    while (m_enrichers.size() < workers) m_enrichers.push_back(std::make_unique<Enricher>(m_options.agentRules));
    if (m_options.places) {
        const auto places = m_options.places->named(plan.places);
        for (const auto& enricher : m_enrichers) enricher->usePlaces(places);
    }
    std::vector<std::unique_ptr<Slice>> slices(workers);
    std::atomic<std::size_t> nextPiece = 0;
    SG_FAULT_POINT("process.before");
    m_executor.run(workers, [&](std::size_t worker) {
        slices[worker] = std::make_unique<Slice>(m_files, plan, *m_enrichers[worker], m_options.privacyKey);
        for (std::size_t i = nextPiece++; i < work.pieces.size(); i = nextPiece++) slices[worker]->process(work.pieces[i], work.results[i]);
    });
    BatchCommit commit;
    commit.id = plan.id;
    commit.progress = progress;
    SG_TRY(collect(plan, work, commit));
    Aggregate& delta = slices.front()->aggregate();
    for (std::size_t i = 1; i < workers; ++i) delta.merge(slices[i]->aggregate());
    commit.delta = &delta;
    SG_FAULT_POINT("process.after");
    const SteadyTime processed = m_clock.steady();

    BatchProgress& p = commit.progress;
    p.addBatchMs = elapsedMs(begin, processed);
    p.parsed = commit.parsed;
    for (const std::uint64_t count : commit.deadByReason) p.dead += count;
    p.late = commit.late;
    p.triggerMs += p.addBatchMs;
    p.totalDelayMs = p.schedulingDelayMs + p.triggerMs;
    p.processedRowsPerSecond = p.addBatchMs > 0 ? static_cast<double>(p.lines) * 1000.0 / p.triggerMs : 0;
    SG_TRY(storeCommit(commit));
    p.commitMs = elapsedMs(processed, m_clock.steady());
    p.triggerMs += p.commitMs;
    p.totalDelayMs += p.commitMs;
    progress = p;

    m_live.merge(delta);
    m_live.forgetRowsOlderThan(kLiveSeconds);
    m_window.committed(delta);
    for (const auto& [source, max] : commit.sourceMax) {
        auto [at, isNew] = m_sourceMax.try_emplace(source, max);
        if (!isNew) at->second = std::max(at->second, max);
    }
    judgeSources(plan);
    if (m_options.committed) m_options.committed();
    return {};
}

Result<BatchEngine::Tick> Engine::runOnce(const Tuning& tuning) {
    const SteadyTime begin = m_clock.steady();
    m_part.interval = tuning.batch.interval;
    m_part.stage.appliedRevision = tuning.revision;
    lookForPlaces(tuning);
    BatchProgress progress;
    SG_TRY_ASSIGN(std::optional<Plan> plan, m_store.openPlan());
    bool limited = false;
    progress.recovered = plan.has_value();
    if (plan) {
        SG_TRY(learnSources());
        m_lastPlanned = std::max(m_lastPlanned, plan->last);
    } else {
        SG_TRY_ASSIGN(plan, makePlan(tuning, limited));
        const SteadyTime listed = m_clock.steady();
        progress.latestOffsetMs = elapsedMs(begin, listed);
        if (!plan) {
            m_part.stage.state = StageState::Running;
            SG_TRY(refresh());
            return Tick{};
        }
        // The names must outlive a power loss before a plan relies on them.
        Status saved = m_files.syncDirectory(m_options.data.chunks());
        if (saved) saved = m_store.savePlan(*plan);
        if (!saved) {
            if (saved.error().code != ErrorCode::DiskFull) return fail(saved.error());
            giveUpReserve(saved.error());
            raise("batch.disk_full", Severity::Warning, saved.error().message, "Free some space; processing goes on by itself.");
            m_part.stage.state = StageState::Waiting;
            m_part.stage.problems = m_problems.rows();
            return Tick{};
        }
        m_problems.resolve("batch.disk_full", m_clock.wall());
        m_lastPlanned = plan->last;
        progress.walCommitMs = elapsedMs(listed, m_clock.steady());
        for (const Sequence gap : plan->missing)
            raise("batch.gap:" + std::to_string(gap.value), Severity::Error,
                  "chunk number " + std::to_string(gap.value) + " is missing from " + m_options.data.chunks() + " and counted as lost",
                  "Something other than Streamgauge removes files there.");
    }
    progress.id = plan->id;
    progress.planned = plan->planned;
    progress.chunks = static_cast<std::uint32_t>(plan->chunks.size());
    progress.lines = plan->lines;
    progress.bytes = plan->bytes;
    progress.oldestArrival = plan->planned;
    progress.watermark = Timestamp{0};
    for (const PlannedChunk& c : plan->chunks) {
        progress.oldestArrival = std::min(progress.oldestArrival, c.chunk.arrival);
        if (c.watermark != kNoWatermark) progress.watermark = std::max(progress.watermark, c.watermark);
    }
    const auto interval = std::chrono::duration<double, std::milli>(tuning.batch.interval).count();
    const double waited = static_cast<double>(plan->planned.ns - progress.oldestArrival.ns) / 1e6;
    progress.schedulingDelayMs = std::max(0.0, waited - interval);
    const double sinceLast = m_haveTrigger ? elapsedMs(m_lastTrigger, begin) : interval;
    progress.inputRowsPerSecond = sinceLast > 0 ? static_cast<double>(plan->lines) * 1000.0 / sinceLast : 0;
    m_lastTrigger = begin;
    m_haveTrigger = true;
    progress.triggerMs = progress.latestOffsetMs + progress.walCommitMs;
    SG_TRY(settle(*plan, progress, tuning));
    publish(progress);
    showTail(*plan);
    SG_TRY(refresh());
    return Tick{true, limited || progress.recovered};
}

void Engine::publish(const BatchProgress& progress) {
    m_part.current = progress;
    m_part.recent.push_back(progress);
    if (m_part.recent.size() > kRecentBatches) m_part.recent.erase(m_part.recent.begin());
    m_part.batches = progress.id.value;
    m_part.lineToChartMs = static_cast<double>(m_clock.wall().ns - progress.oldestArrival.ns) / 1e6;
    m_part.stage.rate = progress.inputRowsPerSecond;
    BatchTimings& timings = m_part.timings;
    timings.processing.addMs(progress.triggerMs);
    timings.schedulingDelay.addMs(progress.schedulingDelayMs);
    timings.totalDelay.addMs(progress.totalDelayMs);
    timings.lineToChart.addMs(m_part.lineToChartMs);
    timings.latestOffsetSeconds += progress.latestOffsetMs / 1000;
    timings.walCommitSeconds += progress.walCommitMs / 1000;
    timings.addBatchSeconds += progress.addBatchMs / 1000;
    timings.commitSeconds += progress.commitMs / 1000;
    const double interval = std::chrono::duration<double, std::milli>(m_part.interval).count();
    const bool behind = progress.triggerMs > interval || progress.schedulingDelayMs > 2 * interval;
    m_part.stage.state = behind ? StageState::Behind : StageState::Running;
    char text[96];
    std::snprintf(text, sizeof text, "batch %llu took %.2f of %.1f s", static_cast<unsigned long long>(progress.id.value),
                  progress.triggerMs / 1000, interval / 1000);
    m_part.stage.detail = text;
    const std::string line = toProgressJson(progress, m_options.stream, m_options.runId) + '\n';
    // Progress lines are for people and scrapers; failing to write one loses no event.
    if (auto info = m_files.stat(m_options.data.progress()); info && info->size > (4U << 20U))
        static_cast<void>(m_files.rename(m_options.data.progress(), m_options.data.progress() + ".1"));
    if (auto file = m_files.openAppend(m_options.data.progress())) static_cast<void>((*file)->append(line));
}

/// Before the chunks are released.
void Engine::showTail(const Plan& plan) {
    const SteadyTime now = m_clock.steady();
    if (!m_watched || (m_tail && now - m_tailAt < kTailEvery)) return;
    m_tailAt = now;
    m_tail =
        std::make_shared<const TailPart>(readTail(
            m_files, plan, m_options.data, [this](SourceId source) { return sourcePath(source); }, m_options.privacyKey));
}

Status Engine::showDeadLetters() {
    const std::uint64_t changes = m_part.ledger.dead() + m_part.ledger.resolved();
    const SteadyTime now = m_clock.steady();
    if (m_deadLetters && now - m_deadLettersAt < kDeadLettersEvery) return {};
    SG_TRY_ASSIGN(const RetryOutcome retry, m_store.newestRetry());
    if (m_deadLetters && changes == m_deadShown && retry == m_deadLetters->retry) return {};
    m_deadLettersAt = now;
    m_deadShown = changes;
    DeadLetterPart part;
    part.retry = retry;
    for (std::size_t reason = 0; reason < kReasonCount; ++reason)
        part.byReason[reason] = m_part.ledger.deadLeft(static_cast<Reason>(reason));
    SG_TRY_ASSIGN(part.notKept, m_store.deadLettersNotKept());
    SG_TRY_ASSIGN(std::vector<DeadLetter> letters, m_store.deadLetters(kShownDeadLetters));
    part.rows.reserve(letters.size());
    for (auto letter = letters.rbegin(); letter != letters.rend(); ++letter)
        part.rows.push_back({letter->batch, letter->time, letter->reason, std::move(letter->detail), std::move(letter->raw),
                             std::move(letter->sourcePath), letter->offset, !letter->target.empty()});
    m_deadLetters = std::make_shared<const DeadLetterPart>(std::move(part));
    return {};
}

Status Engine::view(const ViewRequest& request, bool ended) {
    m_watched = true;
    SG_TRY(m_window.update(request, m_live, ended));
    return showDeadLetters();
}

/// The equalities whose both sides this thread reads in one look at the store.
void Engine::checkBooks(Ledger ledger) {
    const std::uint64_t resolvedNow = ledger.resolved();
    ledger.split = ledger.opening + ledger.planned + ledger.waiting + ledger.lost;
    ledger.lines = ledger.split + ledger.unsplit;
    ledger.resolvedByReason = m_resolvedAtListing; // chunks of those resolved since may not be listed yet
    ledger.retrying += resolvedNow - std::min(resolvedNow, ledger.resolved());
    const std::vector<std::string> differences = ledger.differences();
    if (differences.empty()) {
        m_problems.resolve("batch.books", m_clock.wall());
        return;
    }
    raise("batch.books", Severity::Error, "the books do not balance: " + differences.front(), "Keep the data directory and report it.");
}

Status Engine::refresh() {
    SG_TRY_ASSIGN(Ledger ledger, m_store.ledger());
    countWaiting();
    ledger.waiting = m_part.ledger.waiting;
    m_part.ledger = ledger;
    checkBooks(ledger);
    m_part.totals = m_live.totals();
    const SteadyTime now = m_clock.steady();
    if (now - m_topsAt >= kTopsEvery || ledger.waiting == 0) {
        m_topsAt = now;
        m_part.urls = m_live.top(Dimension::Url, RankBy::Count, kTopEntries);
        m_part.hosts = m_live.top(Dimension::Host, RankBy::Count, kTopEntries);
        m_part.agents = m_live.top(Dimension::Agent, RankBy::Count, kTopEntries);
        m_part.referrers = m_live.top(Dimension::Referrer, RankBy::Count, kTopEntries);
        m_part.methods = m_live.top(Dimension::Method, RankBy::Count, kTopEntries);
        m_part.addresses = m_live.top(Dimension::Address, RankBy::Count, kTopEntries);
        m_part.keys = m_live.top(Dimension::Key, RankBy::Count, kTopEntries);
        m_part.countries = m_live.top(Dimension::Country, RankBy::Count, kTopEntries);
        m_part.networks = m_live.top(Dimension::Network, RankBy::Count, kTopEntries);
        m_part.systems = m_live.top(Dimension::System, RankBy::Count, kTopEntries);
        m_part.seconds = m_live.seconds(kSecondPoints);
    }
    m_part.stage.problems = m_problems.rows();
    return {};
}

Status Engine::removeChunk(const ChunkRef& chunk, const Tuning& tuning) {
    const std::string name = chunk.fileName();
    const std::string path = joinPath(m_options.data.chunks(), name);
    if (tuning.batch.release == ReleaseAction::Archive && !chunk.reference) {
        const std::string to = joinPath(m_options.data.archive(), isoDate(chunk.arrival));
        if (m_archiveFolders.insert(to).second) {
            SG_TRY(m_files.makeDirectoriesDurably(m_options.data.archive()));
            SG_TRY(m_files.makeDirectoriesDurably(to));
        }
        m_archiveUnsynced.insert(to);
        if (const Status moved = m_files.rename(path, joinPath(to, name)); !moved && moved.error().code != ErrorCode::NotFound)
            return moved;
        return {};
    }
    if (const Status removed = m_files.remove(path); !removed && removed.error().code != ErrorCode::NotFound) return removed;
    return {};
}

/// What was moved into the archive must not be in neither place after a power loss.
Status Engine::syncArchive() {
    for (const std::string& folder : m_archiveUnsynced) SG_TRY(m_files.syncDirectory(folder));
    m_archiveUnsynced.clear();
    return {};
}

/// The queue is full and shall drop: the oldest that waits for delivery makes room for the newest. Their chunks are then released like
/// those of any batch whose end is known.
Status Engine::abandonOldest(const Tuning& tuning) {
    constexpr const char* kKey = "batch.abandoned";
    if (m_part.ledger.undelivered == 0) m_problems.resolve(kKey, m_clock.wall());
    if (tuning.split.whenFull != WhenFull::Drop) return {};
    const std::uint64_t keep = tuning.split.queueBytes - tuning.split.queueBytes / kDropRoomShare;
    const auto given = m_store.abandonOldest(keep);
    if (!given) {
        if (given.error().code != ErrorCode::DiskFull) return fail(given.error());
        giveUpReserve(given.error());
        return {}; // with the reserve gone, the next trigger can
    }
    if (given->empty()) return {};
    std::uint64_t documents = 0;
    for (const AbandonedBatch& batch : *given) documents += batch.documents;
    m_abandoned += documents;
    raise(kKey, Severity::Error,
          std::to_string(m_abandoned) + " documents for " + given->back().target + " were abandoned, the last " +
              std::to_string(documents) + " with batch " + std::to_string(given->back().id.value) + ": more than " +
              std::to_string(keep >> 20U) + " MiB waited for delivery",
          "They are counted here and missing there. Bring the target back, raise split.queue_bytes, or let the reader wait "
          "(split.when_full = \"wait\").");
    return refresh();
}

Status Engine::release(const Tuning& tuning) {
    SG_TRY(takeLeftovers(tuning));
    SG_TRY(abandonOldest(tuning));
    SG_TRY_ASSIGN(const std::vector<Plan> plans, m_store.releasable(64));
    if (plans.empty()) return {};
    ReleasedPositions released = m_released;
    for (const Plan& plan : plans) {
        for (const PlannedChunk& c : plan.chunks) {
            if (m_released.isReleased(c.chunk.sequence)) continue; // a kill came between the positions and the mark
            ReleasedPosition& position = released.sources[c.chunk.source.value];
            position.end = std::max(position.end, c.chunk.end());
            position.lines += c.chunk.lines;
        }
        released.release(plan.first, plan.last);
    }
    if (const Status written = writeReleased(m_files, m_options.data, released); !written) {
        if (written.error().code != ErrorCode::DiskFull) return written;
        giveUpReserve(written.error());
        return writeReleased(m_files, m_options.data, m_released);
    }
    m_released = std::move(released);
    for (const Plan& plan : plans) {
        for (const PlannedChunk& c : plan.chunks) SG_TRY(removeChunk(c.chunk, tuning));
        SG_TRY(syncArchive());
        SG_TRY(m_store.markReleased(plan.id));
    }
    return {};
}

} // namespace

Result<std::unique_ptr<BatchEngine>> BatchEngine::open(FileSystem& files, const Clock& clock, Store& store, Executor& executor,
                                                       BatchEngineOptions options) {
    if (options.format != "auto") SG_TRY(findFormat(options.format));
    auto engine = std::make_unique<Engine>(files, clock, store, executor, std::move(options));
    SG_TRY(engine->load());
    return std::unique_ptr<BatchEngine>(std::move(engine));
}

} // namespace sg
