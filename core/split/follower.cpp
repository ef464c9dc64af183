#include "core/split/follower.h"

#include "core/split/newlines.h"

#include <algorithm>

namespace sg {
namespace {
constexpr std::size_t kTailBytes = 64;
}

Status Follower::open(SplitContext& context) {
    if (m_file) return {};
    SG_TRY_ASSIGN(auto file, context.files.openRead(path));
    SG_TRY_ASSIGN(const FileInfo now, file->info());
    if (info.inode != 0 && (now.inode != info.inode || now.device != info.device))
        return fail(ErrorCode::NotFound, path + " is another file now");
    info = now;
    m_file = std::move(file);
    return {};
}

void Follower::close() {
    m_gzip.reset();
    m_file.reset();
}

Result<std::string> Follower::readHead() {
    SG_TRY_ASSIGN(info, m_file->info());
    std::string head(kFingerprintBytes, '\0');
    std::size_t size = 0;
    if (isGzip()) {
        GzipReader reader(*m_file, path);
        SG_TRY_ASSIGN(size, reader.read(head));
    } else {
        SG_TRY_ASSIGN(size, m_file->readAt(0, head));
    }
    head.resize(size);
    return head;
}

Result<std::string> Follower::bytesBefore(std::uint64_t end) {
    std::string bytes(std::min<std::uint64_t>(kTailBytes, end), '\0');
    SG_TRY_ASSIGN(const std::size_t n, m_file->readAt(end - bytes.size(), bytes));
    bytes.resize(n);
    return bytes;
}

/// A position without a newline before it is in the middle of a line that was cut if exactly kLongestLine bytes of the line are before it.
Result<Cutter::Before> Follower::lineBefore(std::uint64_t end) {
    const std::uint64_t begin = source->begin();
    if (end <= begin) return Cutter::Before::Line;
    char last = 0;
    SG_TRY_ASSIGN(const std::size_t one, m_file->readAt(end - 1, {&last, 1}));
    if (one == 0 || last == '\n') return Cutter::Before::Line;
    if (end < begin + kLongestLine) return Cutter::Before::TornLine;
    const bool fromBegin = end == begin + kLongestLine;
    std::string bytes(kLongestLine + (fromBegin ? 0 : 1), '\0');
    SG_TRY_ASSIGN(const std::size_t n, m_file->readAt(end - bytes.size(), bytes));
    const std::size_t newline = std::string_view(bytes).substr(0, n).rfind('\n');
    const bool wasCut = n == bytes.size() && (fromBegin ? newline == std::string::npos : newline == 0);
    return wasCut ? Cutter::Before::CutLine : Cutter::Before::TornLine;
}

Status Follower::attach(SplitContext& context, KnownSource& known) {
    SG_TRY_ASSIGN(const std::string head, readHead());
    source = &known;
    state = State::Reading;
    home = known.info.path;
    context.book.learnHead(known, head);
    m_quiet = -1;
    m_countedCut = 0;
    atEnd = false;
    ended = false;
    unread = 0;
    grown = context.clock.steady();
    m_tail.clear();
    if (isGzip()) {
        m_gzip = std::make_unique<GzipReader>(*m_file, path);
        m_skipTo = known.position;
        m_sinceNewline = 0;
        readTo = 0;
        cutter.start(known.position, Cutter::Before::Line);
        return {};
    }
    readTo = known.position;
    SG_TRY_ASSIGN(m_tail, bytesBefore(readTo));
    SG_TRY_ASSIGN(const Cutter::Before before, lineBefore(readTo));
    cutter.start(readTo, before);
    return {};
}

Status Follower::countUnread(SplitContext& context) {
    if (isGzip()) return {};
    std::uint64_t at = readTo;
    SG_TRY_ASSIGN(const Cutter::Before before, lineBefore(readTo));
    bool endsOther = before == Cutter::Before::CutLine; // the first newline ends a line that was counted
    while (true) {
        SG_TRY_ASSIGN(const std::size_t n, m_file->readAt(at, context.block));
        if (n == 0) break;
        if (at == readTo && before == Cutter::Before::TornLine) endsOther = context.block.front() == '\n';
        at += n;
        unread += countNewlines({context.block.data(), n});
    }
    if (endsOther && unread > 0) --unread;
    context.linesRead(unread);
    return {};
}

Result<bool> Follower::isUnchanged() {
    const std::string_view known = source->head;
    std::string head(std::min<std::uint64_t>(known.size(), readTo), '\0'); // what is beyond may still be taken back by its writer
    SG_TRY_ASSIGN(const std::size_t n, m_file->readAt(0, head));
    if (known.substr(0, head.size()) != std::string_view(head).substr(0, n)) return false;
    SG_TRY_ASSIGN(const std::string tail, bytesBefore(readTo));
    return tail == m_tail;
}

Result<Follower::Outcome> Follower::read(SplitContext& context) { return m_gzip ? readGzip(context) : readPlain(context); }

Result<Follower::Outcome> Follower::readPlain(SplitContext& context) {
    SG_TRY_ASSIGN(info, m_file->info());
    if (info.size == readTo && info.modifiedNs == m_quiet) {
        noMore(context);
        return Outcome::End;
    }
    SG_TRY_ASSIGN(const std::size_t n, m_file->readAt(readTo, context.block));
    SG_TRY_ASSIGN(const FileInfo after, m_file->info());
    if (after.size < readTo + n) return Outcome::Replaced;
    SG_TRY_ASSIGN(const bool unchanged, isUnchanged());
    if (!unchanged) return Outcome::Replaced;
    if (n == 0) {
        m_quiet = info.modifiedNs;
        noMore(context);
        return Outcome::End;
    }
    accept(context, {context.block.data(), n});
    return Outcome::Bytes;
}

Result<std::string_view> Follower::fetch(SplitContext& context, std::uint64_t ahead) {
    if (!m_gzip) {
        SG_TRY_ASSIGN(const std::size_t n, m_file->readAt(readTo + ahead, context.block));
        return std::string_view(context.block.data(), n);
    }
    while (true) {
        SG_TRY_ASSIGN(const std::size_t n, m_gzip->read(context.block));
        std::string_view bytes(context.block.data(), n);
        if (n == 0 || readTo >= m_skipTo) return bytes;
        const std::string_view known = bytes.substr(0, m_skipTo - readTo);
        const std::size_t newline = known.rfind('\n');
        m_sinceNewline = newline == std::string_view::npos ? m_sinceNewline + known.size() : known.size() - newline - 1;
        readTo += known.size();
        if (readTo == m_skipTo) {
            const bool wasCut = m_sinceNewline == kLongestLine;
            cutter.start(readTo, wasCut ? Cutter::Before::CutLine : m_sinceNewline > 0 ? Cutter::Before::TornLine : Cutter::Before::Line);
        }
        bytes.remove_prefix(known.size());
        if (!bytes.empty()) return bytes;
    }
}

Result<Follower::Outcome> Follower::readGzip(SplitContext& context) {
    SG_TRY_ASSIGN(const std::string_view bytes, fetch(context, 0));
    if (bytes.empty()) {
        noMore(context);
        ended = m_gzip->complete();
        return Outcome::End;
    }
    accept(context, bytes);
    return Outcome::Bytes;
}

void Follower::accept(SplitContext& context, std::string_view bytes) {
    if (readTo < kFingerprintBytes) // also over what was seen there before: only what was read counts
        context.book.learnHead(*source, source->head.substr(0, readTo) + std::string(bytes.substr(0, kFingerprintBytes - readTo)));
    m_tail += bytes.substr(bytes.size() - std::min(bytes.size(), kTailBytes));
    if (m_tail.size() > kTailBytes) m_tail.erase(0, m_tail.size() - kTailBytes);
    const SteadyTime now = context.clock.steady();
    const std::uint64_t completed = cutter.add(bytes, context.clock.wall(), now, context.rules.linesPerChunk);
    const std::uint64_t known = std::min(unread, completed);
    unread -= known;
    context.linesRead(completed - known);
    context.part.cutBytes += cutter.cutBytes() - m_countedCut;
    m_countedCut = cutter.cutBytes();
    readTo += bytes.size();
    grown = now;
    atEnd = false;
}

void Follower::noMore(SplitContext& context) {
    atEnd = true;
    context.linesGone(unread); // they were cut off before they could be read
    unread = 0;
    cutter.shrink();
}

void Follower::drop(SplitContext& context) {
    context.linesGone(cutter.lines() + unread);
    unread = 0;
    cutter.start(source->position, Cutter::Before::Line);
}

} // namespace sg
