#pragma once
/// Decides where a chunk of one source ends. Pure: bytes and times in, cuts out; reading and writing is done by others.
///
/// It holds the bytes that were read and not yet published. A chunk closes at `linesPerChunk` lines, though not before it is `minAge` old
/// (then at the whole multiples of linesPerChunk that had come by then), at `maxBytes`, and at `maxAge` with whatever whole lines there
/// are. Of a line above 1 MiB the first 1 MiB is kept, without a newline, and ends its chunk; the rest is left out and counted. *Cost:* the
/// bytes it holds, usually at most maxBytes and a block.
#include "core/base/clock.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace sg {

inline constexpr std::size_t kLongestLine = 1U << 20U;

struct CutRules {
    std::uint64_t linesPerChunk = 1000;
    Nanoseconds minAge{0};
    Nanoseconds maxAge{0};
    std::size_t maxBytes = 16U << 20U; ///< a single line may exceed it
};

/// The first bytes of what a Cutter holds, meant to be a chunk.
struct Cut {
    std::size_t bytes = 0;
    std::uint64_t lines = 0;
    Timestamp arrival; ///< when its first line was complete
};

class Cutter {
public:
    enum class Until : std::uint8_t {
        Due,        ///< by the rules
        WholeLines, ///< everything but a torn last line
        End,        ///< everything: a torn last line is a line
    };

    /// What ended before the first byte.
    enum class Before : std::uint8_t {
        Line,
        CutLine,  ///< the first 1 MiB of a line: the rest is left out
        TornLine, ///< a line that was taken without its newline: if that comes after all, it is no line of its own
    };

    /// Empties it; the next byte has this offset in its source.
    void start(std::uint64_t offset, Before before);
    /// Appends and returns how many lines became complete (or were cut). REQUIRES: at most kLongestLine bytes.
    std::uint64_t add(std::string_view bytes, Timestamp wall, SteadyTime steady, std::uint64_t linesPerChunk);
    [[nodiscard]] std::optional<Cut> next(SteadyTime now, const CutRules& rules, Until until) const;
    void take(const Cut& cut, SteadyTime now);
    [[nodiscard]] std::string_view bytesOf(const Cut& cut) const { return std::string_view(m_buffer).substr(0, cut.bytes); }
    /// How long until `next(..., Due)` has something, if no more bytes come.
    [[nodiscard]] std::optional<Nanoseconds> untilDue(SteadyTime now, const CutRules& rules) const;

    /// Offset in the source of the first byte held (or, when empty, of the next one).
    [[nodiscard]] std::uint64_t offset() const { return m_offset; }
    [[nodiscard]] bool empty() const { return m_buffer.empty(); }
    [[nodiscard]] std::size_t size() const { return m_buffer.size(); }
    [[nodiscard]] std::uint64_t lines() const { return m_lines; } ///< complete ones
    [[nodiscard]] bool hasTornLine() const { return m_lastLineEnd < m_buffer.size(); }
    /// Bytes left out since `start`.
    [[nodiscard]] std::uint64_t cutBytes() const { return m_cutBytes; }
    /// Gives memory back that a backlog needed.
    void shrink();

private:
    /// A place where bytes of the source were left out: no chunk spans it.
    struct Seal {
        std::size_t end = 0;     // in the buffer
        std::uint64_t lines = 0; // up to there
        std::uint64_t gap = 0;   // bytes left out
    };
    /// What had come by a time.
    struct Mark {
        std::uint64_t lines = 0;
        Timestamp wall;
        SteadyTime steady;
    };
    std::size_t skip(std::string_view bytes);
    void scan(std::size_t from, std::size_t to);
    void countLine(std::size_t end);
    void rescan();
    void settle();
    [[nodiscard]] Cut cutOf(std::size_t bytes, std::uint64_t lines) const;
    [[nodiscard]] Cut largest(std::size_t maxBytes) const;
    [[nodiscard]] SteadyTime opened() const { return std::max(m_marks.front().steady, m_lastTake); }

    std::string m_buffer;
    std::uint64_t m_offset = 0;
    std::uint64_t m_lines = 0;
    std::size_t m_lastLineEnd = 0;
    std::uint64_t m_linesPerChunk = 1000;
    std::deque<std::size_t> m_boundaries; // end of each linesPerChunk-th line
    std::deque<Seal> m_seals;
    bool m_skipping = false;  // the last seal's gap still grows
    bool m_afterTorn = false; // nothing came yet after a torn line
    std::uint64_t m_cutBytes = 0;
    std::deque<Mark> m_marks; // ascending; the first has at least one line
    SteadyTime m_lastTake = SteadyTime::min();
};

} // namespace sg
