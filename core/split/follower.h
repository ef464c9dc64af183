#pragma once
/// One followed file: what it is, how far it was read, and whether its bytes are still those that were read before.
///
/// After each read its size, its first bytes and the bytes before the read are looked at again: a log that was cut off and written anew
/// while it was read is noticed before anything of it is published. *Thread:* the splitter's.
#include "core/split/cutter.h"
#include "core/split/gzip_reader.h"
#include "core/split/split_context.h"

#include <memory>
#include <string>

namespace sg {

struct Follower {
    enum class State : std::uint8_t {
        Waiting,  ///< not known yet what it is: empty, refused, or too alike to another one
        Reading,  ///< the reader of its source
        Copy,     ///< holds the same bytes as the file that is read
        Detached, ///< its file is no more; what was read of it waits to be published
        Broken,   ///< cannot be read any further
    };
    enum class Outcome : std::uint8_t { Bytes, End, Replaced };

    std::string path; ///< where it was seen last
    std::string home; ///< where its writer puts a successor
    FileInfo info;    ///< as seen last
    State state = State::Waiting;
    KnownSource* source = nullptr; ///< set but for Waiting
    Cutter cutter;
    std::uint64_t readTo = 0;
    bool atEnd = false;                  ///< there was no more when it was read last
    bool gone = false;                   ///< no pattern finds it any more
    bool ended = false;                  ///< its writer has moved on: a torn last line is a line
    SteadyTime seen{};                   ///< first time
    SteadyTime grown{};                  ///< last time bytes came
    SteadyTime away = SteadyTime::max(); ///< since when it is not at its home
    SteadyTime retryAt = SteadyTime::min();
    std::uint64_t unread = 0; ///< lines beyond `readTo` that were counted at the start

    [[nodiscard]] bool isOpen() const { return m_file != nullptr; }
    [[nodiscard]] bool isGzip() const { return isGzipPath(path) || m_gzip; }
    /// Bytes of the file itself, packed where it is packed, that were read.
    [[nodiscard]] std::uint64_t consumed() const { return m_gzip ? m_gzip->consumed() : readTo; }
    /// Everything up to here is in durable chunks, or was left out.
    [[nodiscard]] std::uint64_t handled() const { return cutter.empty() ? readTo : cutter.offset(); }

    /// REQUIRES of the methods below: `open` succeeded.
    [[nodiscard]] Status open(SplitContext& context);
    void close();
    /// Its first bytes (unpacked), at most kFingerprintBytes; `info` is brought up to date.
    [[nodiscard]] Result<std::string> readHead();
    /// Goes on where the source is.
    [[nodiscard]] Status attach(SplitContext& context, KnownSource& known);
    /// Counts the lines that are there to be read.
    [[nodiscard]] Status countUnread(SplitContext& context);
    [[nodiscard]] Result<Outcome> read(SplitContext& context);
    /// The next bytes, not looked at otherwise: those `ahead` bytes after `readTo`. Valid until the shared block is used again.
    [[nodiscard]] Result<std::string_view> fetch(SplitContext& context, std::uint64_t ahead);
    /// Takes what was fetched, in order.
    void accept(SplitContext& context, std::string_view bytes);
    /// The bytes before `end`, at most 64 (fewer only at the beginning).
    [[nodiscard]] Result<std::string> bytesBefore(std::uint64_t end);
    /// Forgets what was read and not published.
    void drop(SplitContext& context);

private:
    [[nodiscard]] Result<bool> isUnchanged();
    [[nodiscard]] Result<Cutter::Before> lineBefore(std::uint64_t end);
    [[nodiscard]] Result<Outcome> readPlain(SplitContext& context);
    [[nodiscard]] Result<Outcome> readGzip(SplitContext& context);
    void noMore(SplitContext& context);

    std::unique_ptr<File> m_file; // null: closed, to be opened again when there is more
    std::unique_ptr<GzipReader> m_gzip;
    std::string m_tail;             // bytes before readTo
    std::int64_t m_quiet = -1;      // modification time when there was no more
    std::uint64_t m_countedCut = 0; // cut bytes that the counters have
    std::uint64_t m_skipTo = 0;     // gzip: position of the source
    std::uint64_t m_sinceNewline = 0;
};

} // namespace sg
