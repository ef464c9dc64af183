#pragma once
/// Finished files that are split once, and never touched: single files, or the files of a folder in the order of their names.
///
/// A file is read once for its hash (the same bytes are never imported twice), then cut into references to ranges of it; of a `.gz` the
/// unpacked bytes become chunks. At full speed chunks are as large as they may be; with a pace, lines are released at the speed at which
/// they happened. References of many files are made durable together. *Thread:* the splitter's.
#include "core/split/digest.h"
#include "core/split/follower.h"
#include "core/split/split_context.h"
#include "core/split/splitter.h"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace sg {

class Importer {
public:
    using EventTime = decltype(SplitterOptions::eventTime);
    Importer(SplitContext& context, EventTime eventTime) : m_context(context), m_eventTime(std::move(eventTime)) {}

    /// Finds the files. *Errors:* a path that is not there or cannot be read, by name.
    [[nodiscard]] Status open(const std::vector<std::string>& paths);
    /// True: there is more to do now.
    [[nodiscard]] Result<bool> round();
    [[nodiscard]] Status flush();
    [[nodiscard]] bool done() const { return (m_cancelled || m_next == m_paths.size()) && !m_current && m_references.empty(); }
    /// Ends the imports where they are: what is in chunks stays, and an import of the same file goes on behind it; what is not is forgotten,
    /// and its lines are none of the books. Nothing happens when all is done.
    [[nodiscard]] Status cancel();
    [[nodiscard]] ImportProgress progress();
    [[nodiscard]] std::optional<Nanoseconds> untilDue() const;
    [[nodiscard]] bool any() const { return !m_paths.empty(); }

private:
    struct Current {
        Follower file;
        Digest digest;
        std::uint64_t hashed = 0;
        bool known = false; // from an earlier import
        bool allRead = false;
        std::uint64_t chunks = 0;
        std::string held; // read, not released yet (with a pace)
        std::size_t heldFrom = 0;
    };

    [[nodiscard]] Status begin();
    [[nodiscard]] Result<std::size_t> hashSome();
    [[nodiscard]] Status identify();
    [[nodiscard]] Result<std::size_t> readSome();
    [[nodiscard]] Result<std::size_t> releaseDue();
    [[nodiscard]] bool isDue(std::string_view line);
    [[nodiscard]] Result<std::string_view> next(std::uint64_t ahead);
    [[nodiscard]] Status cut(Cutter::Until until);
    [[nodiscard]] Status publishReferences();
    [[nodiscard]] CutRules rules() const;
    [[nodiscard]] bool isPaced() const { return m_context.tuning.pace > 0 && m_eventTime; }
    void finish();
    void giveUp(const Error& error);
    [[nodiscard]] double secondsLeft(const ImportProgress& progress);

    SplitContext& m_context;
    const EventTime m_eventTime;
    std::vector<std::string> m_paths;
    std::vector<std::uint64_t> m_sizes; // of them, when they were found
    std::uint64_t m_bytes = 0;          // sum of the sizes
    std::uint64_t m_bytesBehind = 0;    // sum of those of the files before m_next
    std::uint64_t m_lines = 0;          // in chunks
    std::size_t m_next = 0;
    bool m_cancelled = false;
    ImportProgress m_last;                                     // when it was cancelled
    std::deque<std::pair<SteadyTime, std::uint64_t>> m_speed; // work done by then, ascending
    std::optional<Current> m_current;
    std::vector<ChunkWriter::Reference> m_references; // cut, not published yet
    std::uint64_t m_referencedBytes = 0;
    std::uint64_t m_alreadyImported = 0;
    double m_pace = 0;
    std::optional<std::pair<Timestamp, SteadyTime>> m_base; // an event, and when it was released
    SteadyTime m_due = SteadyTime::min();                   // of the next line
};

} // namespace sg
