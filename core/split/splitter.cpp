#include "core/split/splitter.h"

#include "core/split/following.h"
#include "core/split/importer.h"
#include "core/split/split_context.h"

#include <algorithm>

namespace sg {
namespace {

constexpr Milliseconds kPollEvery{10};
constexpr Milliseconds kBlockedFor{50};
constexpr Milliseconds kIdleFor{100};
constexpr Milliseconds kRefreshEvery{1000};
constexpr Milliseconds kRateOver{1000};
constexpr Milliseconds kLeastMaxAge{50};
constexpr Milliseconds kMostMaxAge{5000};
constexpr std::size_t kBuffered = 64U << 20U; // by all followed files together, about
constexpr std::uint64_t kChunkShareOfQueue = 16;
constexpr std::size_t kLeastChunk = 1U << 20U;

class RunningSplitter final : public Splitter {
public:
    RunningSplitter(SplitContext context, SplitterOptions& options)
        : m_context(std::move(context)), m_following(m_context, std::move(options.follow)),
          m_importer(m_context, std::move(options.eventTime)) {}

    Status open(const SplitterOptions& options);
    Result<Milliseconds> step(const Tuning& tuning) override;
    Status flush(bool sourcesEnded) override;
    Status cancelImports() override {
        SG_TRY(m_importer.cancel());
        describe();
        return {};
    }
    std::uint64_t retried(const RetriedSource& source) override {
        const KnownSource* known = m_context.book.byRetry(source.name, source.path);
        return known == nullptr ? 0 : known->position;
    }
    Result<std::string> publishRetried(const RetriedSource& source, std::uint64_t lines, std::string_view bytes) override;
    const SplitterPart& part() const override { return m_context.part; }
    bool drained() const override { return m_stepped && m_importer.done() && m_following.drained(); }
    bool finished(std::uint64_t device, std::uint64_t inode, std::uint64_t size) const override {
        return m_following.finished(device, inode, size);
    }

private:
    void adopt(const Tuning& tuning);
    void describe();
    void measureRate(SteadyTime now);

    SplitContext m_context;
    Following m_following;
    Importer m_importer;
    bool m_stepped = false;
    SteadyTime m_rateSince{};
    std::uint64_t m_rateLines = 0;
};

Status RunningSplitter::open(const SplitterOptions& options) {
    SG_TRY_ASSIGN(m_context.writer,
                  ChunkWriter::open(m_context.files, m_context.data, options.stream, options.lastPlanned, m_context.book, m_context.part));
    m_context.part.lines = m_context.part.split;
    adopt(Tuning{});
    SG_TRY(m_importer.open(options.import));
    SG_TRY(m_following.open());
    m_rateSince = m_context.clock.steady();
    m_rateLines = m_context.part.lines;
    m_context.part.stage.state = StageState::Starting;
    describe();
    return {};
}

void RunningSplitter::adopt(const Tuning& tuning) {
    SplitContext& c = m_context;
    c.tuning = tuning.split;
    c.rules.linesPerChunk = std::max<std::uint32_t>(1, tuning.split.linesPerChunk);
    c.rules.maxAge = std::clamp<Milliseconds>(tuning.batch.interval / 2, kLeastMaxAge, kMostMaxAge);
    // The files a second are shared by all sources, and so is the memory.
    const std::size_t sources = std::max<std::size_t>(1, m_following.active());
    c.rules.minAge = std::min<Nanoseconds>(tuning.split.minAge * static_cast<std::int64_t>(sources), c.rules.maxAge);
    // A chunk is a small part of the queue, so that a full one can be freed in small steps.
    const std::uint64_t ofQueue = std::min<std::uint64_t>(tuning.split.maxBytes, tuning.split.queueBytes / kChunkShareOfQueue);
    c.rules.maxBytes = std::min<std::size_t>(ofQueue, std::max(kLeastChunk, kBuffered / sources));
    c.part.stage.appliedRevision = tuning.revision;
}

Result<Milliseconds> RunningSplitter::step(const Tuning& tuning) {
    adopt(tuning);
    const SteadyTime now = m_context.clock.steady();
    if (now - m_context.writer->refreshed() >= kRefreshEvery) SG_TRY(m_context.writer->refresh(now));
    SG_TRY(m_context.lookForRoom());
    SG_TRY_ASSIGN(const bool logs, m_following.round());
    SG_TRY_ASSIGN(const bool imports, m_importer.round());
    m_stepped = true;
    measureRate(now);
    describe();
    if (m_context.blocked()) return kBlockedFor;
    if (logs || imports) return Milliseconds(0);
    Milliseconds wait = m_following.any() ? kPollEvery : kIdleFor;
    for (const auto& due : {m_following.untilDue(), m_importer.untilDue()})
        if (due) wait = std::min(wait, std::chrono::ceil<Milliseconds>(*due));
    return std::max(wait, Milliseconds(1));
}

Status RunningSplitter::flush(bool sourcesEnded) {
    SG_TRY(m_context.lookForRoom());
    SG_TRY(m_following.flush(sourcesEnded));
    SG_TRY(m_importer.flush());
    describe();
    return {};
}

Result<std::string> RunningSplitter::publishRetried(const RetriedSource& source, std::uint64_t lines, std::string_view bytes) {
    SG_TRY(m_context.lookForRoom());
    if (m_context.blocked()) return std::string();
    KnownSource* known = m_context.book.byRetry(source.name, source.path);
    if (known == nullptr) {
        SourceInfo info;
        info.kind = SourceInfo::Kind::Retried;
        info.path = source.path;
        info.contentHash = source.name;
        known = &m_context.book.add(std::move(info));
    }
    const Cut cut{bytes.size(), lines, m_context.clock.wall()};
    m_context.linesRead(lines);
    SG_TRY_ASSIGN(const bool done, m_context.writer->publish(*known, known->position, cut, bytes, m_context.clock.steady()));
    if (!done) m_context.linesGone(lines);
    describe();
    return done ? m_context.writer->newest() : std::string();
}

void RunningSplitter::measureRate(SteadyTime now) {
    if (now - m_rateSince < kRateOver) return;
    SplitterPart& part = m_context.part;
    const double seconds = std::chrono::duration<double>(now - m_rateSince).count();
    part.stage.rate = part.lines > m_rateLines ? static_cast<double>(part.lines - m_rateLines) / seconds : 0;
    m_rateSince = now;
    m_rateLines = part.lines;
}

void RunningSplitter::describe() {
    SplitterPart& part = m_context.part;
    part.sources = m_context.book.size();
    part.importDone = m_importer.done();
    if (m_importer.any()) part.import = m_importer.progress();
    if (m_context.room == ChunkWriter::Room::DiskFull) {
        const std::string sentence = "the disk is full: " + m_context.writer->reason();
        if (!m_context.problems.isOpen("split.disk_full"))
            m_context.raise("split.disk_full", Severity::Error, sentence, "Free some space; splitting goes on by itself, nothing is lost.");
        part.stage.state = StageState::Waiting;
        part.stage.detail = sentence;
    } else {
        m_context.resolve("split.disk_full");
        if (!m_context.blocked()) m_context.resolve("split.queue_full");
        else if (!m_context.problems.isOpen("split.queue_full"))
            m_context.raise("split.queue_full", Severity::Warning, "reading waits: " + m_context.writer->reason(),
                            "It goes on when batches are delivered and released; or raise split.queue_bytes.");
        part.stage.state = m_context.blocked() ? StageState::Waiting : StageState::Running;
        if (m_context.blocked()) part.stage.detail = m_context.writer->reason();
        else if (!m_importer.done())
            part.stage.detail =
                "importing, " + std::to_string(part.import.filesDone) + " of " + std::to_string(part.import.files) + " files done";
        else part.stage.detail = "following " + std::to_string(m_following.files()) + (m_following.files() == 1 ? " file" : " files");
    }
    if (m_context.problemsChanged) part.stage.problems = m_context.problems.rows();
    m_context.problemsChanged = false;
}

} // namespace

Result<std::unique_ptr<Splitter>> Splitter::open(FileSystem& files, const Clock& clock, SplitterOptions options) {
    const DataDirectory data{options.dataDirectory};
    SG_TRY_ASSIGN(SourceBook book, SourceBook::load(files, data));
    auto splitter = std::make_unique<RunningSplitter>(SplitContext{files, clock, data, std::move(book)}, options);
    SG_TRY(splitter->open(options));
    return std::unique_ptr<Splitter>(std::move(splitter));
}

} // namespace sg
