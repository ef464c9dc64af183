#pragma once
/// Names inside a data directory, and the small text files that splitter and batch engine share.
#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/record/chunk.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sg {

struct DataDirectory {
    std::string root;
    [[nodiscard]] std::string chunks() const { return joinPath(root, "chunks"); }
    [[nodiscard]] std::string archive() const { return joinPath(root, "archive"); }
    [[nodiscard]] std::string sources() const { return joinPath(root, "sources"); }
    [[nodiscard]] std::string released() const { return joinPath(root, "released"); }
    [[nodiscard]] std::string store() const { return joinPath(root, "store.sqlite"); }
    [[nodiscard]] std::string stream() const { return joinPath(root, "stream"); }
    [[nodiscard]] std::string privacyKey() const { return joinPath(root, "privacy.key"); } ///< what user names are hashed with
    [[nodiscard]] std::string lock() const { return joinPath(root, "lock"); }
    [[nodiscard]] std::string reserve() const { return joinPath(root, "reserve"); }
    [[nodiscard]] std::string progress() const { return joinPath(root, "progress.jsonl"); }
    [[nodiscard]] std::string log() const { return joinPath(root, "log"); }       ///< folder of the generator's log
};

/// Per source: how far its chunks were released (end position), and the lines in them.
struct ReleasedPosition {
    ByteOffset end;
    LineCount lines;
};
struct ReleasedPositions {
    Sequence last;                                     ///< highest released sequence
    std::map<std::uint64_t, ReleasedPosition> sources; ///< by source id
    /// Sequences up to `last` that are still needed: a batch without a target may be released before an older one that waits for its.
    std::vector<std::pair<Sequence, Sequence>> holes;  ///< first and last of each, ascending
    [[nodiscard]] LineCount lines() const;
    /// True when the chunk was released: if its file is still there, a kill came between the release and the removal.
    [[nodiscard]] bool isReleased(Sequence sequence) const;
    /// Marks the sequences `first` to `last` as released; those between the old `last` and `first` become a hole.
    void release(Sequence first, Sequence last);
};
/// One line `last <sequence>`, then `hole <first> <last>` and `<source> <end> <lines>` lines; replaced durably. A missing file is an empty one.
[[nodiscard]] Result<ReleasedPositions> readReleased(FileSystem& files, const DataDirectory& data);
[[nodiscard]] Status writeReleased(FileSystem& files, const DataDirectory& data, const ReleasedPositions& released);

/// All sources known to the directory; a torn last line (power loss) is ignored. A missing file is none.
[[nodiscard]] Result<std::vector<SourceInfo>> readSources(FileSystem& files, const DataDirectory& data);
/// Appends and syncs; creates the file (and syncs the folder) if missing; cuts off a torn last line first.
[[nodiscard]] Status appendSources(FileSystem& files, const DataDirectory& data, const std::vector<SourceInfo>& sources);

/// Chunks on disk in order of sequence; lengths of .log chunks are not filled in.
[[nodiscard]] Result<std::vector<ChunkRef>> listChunks(FileSystem& files, const DataDirectory& data);
/// Where a chunk's bytes are: file and first byte.
struct ChunkPlace {
    std::string path;
    std::uint64_t offset = 0;
};
[[nodiscard]] ChunkPlace placeOf(const ChunkRef& chunk, const std::string& sourcePath, const DataDirectory& data);

} // namespace sg
