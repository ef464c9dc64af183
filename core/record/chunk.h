#pragma once
/// ChunkRef: a run of whole lines of one source, and the name under which it is durable.
///
/// A chunk is either a file of its own (`<name>.log`, its bytes are the log's bytes) or a reference to a range of a finished
/// file that never changes (`<name>.ref`, an empty file: the name says all). Name fields, fixed in width, so that names sort by sequence:
///   <stream:8 base32>-<sequence:9 digits>-<source:6 digits>-<start:15 digits>-<lines:8 digits>-<arrival ms:13 digits>[-<length:9 digits>].log|.ref
/// (the length stands in .ref names only; a .log file's length is its size)
#include "core/base/clock.h"
#include "core/record/types.h"

#include <optional>
#include <string>
#include <string_view>

namespace sg {

/// Bytes of a reference, which lie in someone else's file, that count as one byte of the queue of chunks.
inline constexpr std::uint64_t kReferencedPerQueueByte = 4;

struct ChunkRef {
    std::string stream;   ///< 8 characters of a-z2-7: the data directory's stream when the chunk was cut
    Sequence sequence;
    SourceId source;
    ByteOffset start;     ///< of the first line, in the source
    LineCount lines;      ///< physical lines, blank ones and headers included
    Timestamp arrival;    ///< wall clock when its first line was read, in whole milliseconds
    ByteCount length;     ///< bytes; of a .log chunk known only after stat
    bool reference = false; ///< true: a range of the source's own file (.ref)

    [[nodiscard]] ByteOffset end() const { return {start.value + length.value}; }
    [[nodiscard]] std::string fileName() const;
    /// Empty when the name is not a chunk's (temporary files, foreign files). `length` is 0 for .log.
    [[nodiscard]] static std::optional<ChunkRef> parseFileName(std::string_view name);
    friend bool operator==(const ChunkRef&, const ChunkRef&) = default;
};

/// What a source is, durable in the data directory's `sources` file (one JSON object a line) before its first chunk.
struct SourceInfo {
    SourceId id;
    enum class Kind : std::uint8_t { Followed, Imported, Retried } kind = Kind::Followed;
    std::string path;             ///< as opened
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::string fingerprint;      ///< hex SHA-like digest of the first `fingerprintLength` bytes
    std::uint32_t fingerprintLength = 0; ///< min(1024, size when taken)
    std::string beginnings;       ///< 8 hex digits for the first 32, 64, ... bytes of these: what a log that shrank below them still bears
    std::string firstBytes;       ///< the same for the first 1, 2, ... 31 bytes, 4 digits each: of a log that shrank to a line or less
    std::uint64_t size = 0;       ///< Imported only: bytes of the finished file
    std::string contentHash;      ///< Imported: of the whole file; Retried: `retrySourceName`
    ByteOffset begin;             ///< position before its first chunk: not 0 where an older source has what comes before
    std::string header;           ///< W3C `#Fields:` in force at its start, if any
};

/// What a source of retried dead letters is known by: the retry's key, and whether the charts have counted its lines before (documents that
/// a target refused). Its path is that of the log in which the lines once stood.
[[nodiscard]] std::string retrySourceName(std::string_view key, bool counted);
/// The key of a `retrySourceName`.
[[nodiscard]] std::string_view retryKey(std::string_view name, bool& counted);

/// Document id: `<stream>-<sequence>-<offset in the chunk>`, 8 base32 characters, 9 and 8 digits: 27 bytes, increasing.
[[nodiscard]] std::string documentId(std::string_view stream, Sequence sequence, std::uint64_t offsetInChunk);

} // namespace sg
