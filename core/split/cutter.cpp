#include "core/split/cutter.h"

#include "core/split/newlines.h"

#include <algorithm>
#include <cstring>

namespace sg {
namespace {
constexpr std::size_t kScanBytes = 2048;
constexpr Nanoseconds kMarkEvery{1'000'000};
constexpr std::size_t kSmall = 1U << 20U;
} // namespace

void Cutter::start(std::uint64_t offset, Before before) {
    m_buffer.clear();
    m_offset = offset;
    m_lines = 0;
    m_lastLineEnd = 0;
    m_boundaries.clear();
    m_seals.clear();
    m_marks.clear();
    m_cutBytes = 0;
    m_lastTake = SteadyTime::min();
    m_skipping = before == Before::CutLine;
    m_afterTorn = before == Before::TornLine;
    if (m_skipping) m_seals.push_back({});
}

/// Leaves out the rest of a cut line; returns how many bytes that were.
std::size_t Cutter::skip(std::string_view bytes) {
    const std::size_t newline = bytes.find('\n');
    const std::size_t n = newline == std::string_view::npos ? bytes.size() : newline + 1;
    m_seals.back().gap += n;
    m_cutBytes += n;
    m_skipping = newline == std::string_view::npos;
    settle();
    return n;
}

std::uint64_t Cutter::add(std::string_view bytes, Timestamp wall, SteadyTime steady, std::uint64_t linesPerChunk) {
    if (linesPerChunk != m_linesPerChunk) {
        m_linesPerChunk = linesPerChunk;
        rescan();
    }
    const std::uint64_t before = m_lines;
    if (m_afterTorn && bytes.starts_with('\n')) {
        ++m_offset;
        ++m_cutBytes;
        bytes.remove_prefix(1);
    }
    m_afterTorn = false;
    while (!bytes.empty()) {
        if (m_skipping) {
            bytes.remove_prefix(skip(bytes));
            continue;
        }
        const std::size_t torn = m_buffer.size() - m_lastLineEnd;
        const std::size_t rest = std::min(bytes.find('\n'), bytes.size());
        const std::size_t from = m_buffer.size();
        if (torn + rest <= kLongestLine) {
            m_buffer += bytes; // a line that begins in these bytes cannot be too long yet
            scan(from, m_buffer.size());
            break;
        }
        m_buffer += bytes.substr(0, kLongestLine - torn);
        bytes.remove_prefix(kLongestLine - torn);
        countLine(m_buffer.size());
        m_seals.push_back({m_buffer.size(), m_lines, 0});
        m_skipping = true;
    }
    const std::uint64_t completed = m_lines - before;
    if (completed > 0) {
        if (!m_marks.empty() && steady - m_marks.back().steady < kMarkEvery) m_marks.back().lines = m_lines;
        else m_marks.push_back({m_lines, wall, steady});
    }
    return completed;
}

void Cutter::countLine(std::size_t end) {
    m_lastLineEnd = end;
    if (++m_lines % m_linesPerChunk == 0) m_boundaries.push_back(end);
}

/// Counts the newlines of a part of the buffer; looks at single lines only where a boundary is.
void Cutter::scan(std::size_t from, std::size_t to) {
    while (from < to) {
        const std::string_view part(m_buffer.data() + from, std::min(kScanBytes, to - from));
        const std::uint64_t count = countNewlines(part);
        if (m_lines % m_linesPerChunk + count < m_linesPerChunk) {
            m_lines += count;
            if (count > 0) m_lastLineEnd = from + part.rfind('\n') + 1;
        } else {
            for (std::size_t at = part.find('\n'); at != std::string_view::npos; at = part.find('\n', at + 1)) countLine(from + at + 1);
        }
        from += part.size();
    }
}

/// Lines and boundaries anew, after a cut that was no multiple of linesPerChunk.
void Cutter::rescan() {
    m_lines = 0;
    m_lastLineEnd = 0;
    m_boundaries.clear();
    std::size_t from = 0;
    for (Seal& seal : m_seals) {
        if (seal.end == 0) continue;
        scan(from, seal.end);
        countLine(seal.end);
        seal.lines = m_lines;
        from = seal.end;
    }
    scan(from, m_buffer.size());
}

/// Closed gaps before the first byte belong to the past.
void Cutter::settle() {
    while (!m_seals.empty() && m_seals.front().end == 0 && !(m_skipping && m_seals.size() == 1)) {
        m_offset += m_seals.front().gap;
        m_seals.pop_front();
    }
}

Cut Cutter::cutOf(std::size_t bytes, std::uint64_t lines) const {
    return {bytes, lines, m_marks.empty() ? Timestamp{} : m_marks.front().wall};
}

/// The most that fits: whole multiples of linesPerChunk, else whole lines, else one line.
Cut Cutter::largest(std::size_t maxBytes) const {
    const std::size_t limit = m_seals.empty() ? m_lastLineEnd : m_seals.front().end;
    const std::size_t room = std::min(maxBytes, limit);
    const auto boundary = std::upper_bound(m_boundaries.begin(), m_boundaries.end(), room);
    if (boundary != m_boundaries.begin())
        return cutOf(*std::prev(boundary), static_cast<std::uint64_t>(boundary - m_boundaries.begin()) * m_linesPerChunk);
    if (limit <= maxBytes) return cutOf(limit, m_seals.empty() ? m_lines : m_seals.front().lines);
    const std::string_view bytes(m_buffer.data(), limit);
    std::size_t end = bytes.substr(0, room).rfind('\n');
    if (end == std::string_view::npos) end = bytes.find('\n');
    if (end == std::string_view::npos) return cutOf(limit, 1);
    return cutOf(end + 1, countNewlines(bytes.substr(0, end + 1)));
}

std::optional<Cut> Cutter::next(SteadyTime now, const CutRules& rules, Until until) const {
    if (m_lines == 0) {
        if (until != Until::End || m_buffer.empty()) return std::nullopt;
        return Cut{m_buffer.size(), 1, m_marks.empty() ? Timestamp{} : m_marks.front().wall};
    }
    if (m_buffer.size() >= rules.maxBytes) return largest(rules.maxBytes);
    if (!m_seals.empty()) return cutOf(m_seals.front().end, m_seals.front().lines);
    if (until == Until::End && hasTornLine()) return cutOf(m_buffer.size(), m_lines + 1);
    if (until != Until::Due || now - opened() >= rules.maxAge) return cutOf(m_lastLineEnd, m_lines);
    if (m_lines < m_linesPerChunk || now - opened() < rules.minAge) return std::nullopt;
    // What came before it was old enough decides how far it had to grow.
    std::uint64_t grown = 0;
    for (const Mark& mark : m_marks)
        if (rules.minAge.count() > 0 && mark.steady < opened() + rules.minAge) grown = mark.lines;
    const std::uint64_t multiples = std::max<std::uint64_t>(1, grown / m_linesPerChunk);
    return cutOf(m_boundaries[multiples - 1], multiples * m_linesPerChunk);
}

void Cutter::take(const Cut& cut, SteadyTime now) {
    m_afterTorn = cut.lines > m_lines;
    m_buffer.erase(0, cut.bytes);
    m_offset += cut.bytes;
    m_lastTake = now;
    for (Seal& seal : m_seals) {
        seal.end -= cut.bytes;
        seal.lines -= cut.lines;
    }
    while (!m_marks.empty() && m_marks.front().lines <= cut.lines) m_marks.pop_front();
    for (Mark& mark : m_marks) mark.lines -= cut.lines;
    if (m_buffer.empty()) { // a torn line may have been among what was taken
        m_lines = 0;
        m_lastLineEnd = 0;
        m_boundaries.clear();
    } else if (cut.lines % m_linesPerChunk == 0) {
        m_boundaries.erase(m_boundaries.begin(), m_boundaries.begin() + static_cast<std::ptrdiff_t>(cut.lines / m_linesPerChunk));
        for (std::size_t& boundary : m_boundaries) boundary -= cut.bytes;
        m_lines -= cut.lines;
        m_lastLineEnd -= std::min(cut.bytes, m_lastLineEnd);
    } else {
        rescan();
    }
    settle();
}

std::optional<Nanoseconds> Cutter::untilDue(SteadyTime now, const CutRules& rules) const {
    if (m_lines == 0) return std::nullopt;
    const Nanoseconds age = m_lines >= m_linesPerChunk ? std::min(rules.minAge, rules.maxAge) : rules.maxAge;
    return std::max(Nanoseconds(0), opened() + age - now);
}

void Cutter::shrink() {
    if (m_buffer.capacity() > kSmall && m_buffer.size() < m_buffer.capacity() / 8) m_buffer.shrink_to_fit();
}

} // namespace sg
