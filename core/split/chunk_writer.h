#pragma once
/// Makes chunks appear: temporary file, sync, rename, sync of the folder, under the next sequence; and knows whether there is room for one.
///
/// Each `.log` chunk is durable before the next one is begun: a position is the highest end, so an older chunk must never be the one that a
/// power loss takes. References to imports may share a sync, because what is lost of them can be referenced again.
/// *Thread:* the splitter's. *Errors:* a full disk is no error here: nothing is published, and `room` says so until there is some again.
#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/chunks/data_directory.h"
#include "core/contract/snapshot.h"
#include "core/contract/tuning.h"
#include "core/split/cutter.h"
#include "core/split/source_book.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

class ChunkWriter {
public:
    enum class Room : std::uint8_t { Free, QueueFull, DiskFull };
    /// A range of a finished file that will be a chunk.
    struct Reference {
        KnownSource* source = nullptr;
        std::uint64_t start = 0;
        Cut cut;
    };

    /// Removes leftovers of a kill, reads what is there into `book` (positions) and `part` (lines that are split, bytes on disk).
    [[nodiscard]] static Result<std::unique_ptr<ChunkWriter>> open(FileSystem& files, const DataDirectory& data, std::string stream,
                                                                   Sequence lastPlanned, SourceBook& book, SplitterPart& part);

    /// Whether a chunk may be published now; looks at the disk when it has to.
    [[nodiscard]] Result<Room> room(SteadyTime now, const SplitTuning& tuning);
    /// Why there was none, last time.
    [[nodiscard]] const std::string& reason() const { return m_reason; }
    /// False: the disk is full, nothing has changed.
    [[nodiscard]] Result<bool> publish(KnownSource& source, std::uint64_t start, const Cut& cut, std::string_view bytes, SteadyTime now);
    /// As many as there is room for, in order; returns how many.
    [[nodiscard]] Result<std::size_t> publishReferences(const std::vector<Reference>& references, SteadyTime now);
    /// Counts anew what the batch engine has left on the disk.
    [[nodiscard]] Status refresh(SteadyTime now);
    [[nodiscard]] const std::string& newest() const { return m_newest; } ///< the chunk that was published last in this run
    [[nodiscard]] SteadyTime refreshed() const { return m_refreshed; }

private:
    struct OnDisk {
        std::uint64_t bytes = 0;
        bool reference = false;
    };
    ChunkWriter(FileSystem& files, DataDirectory data, std::string stream, SourceBook& book, SplitterPart& part)
        : m_files(files), m_data(std::move(data)), m_stream(std::move(stream)), m_book(book), m_part(part) {}
    [[nodiscard]] Status load(Sequence lastPlanned);
    [[nodiscard]] Status dropAfterGap(std::vector<ChunkRef>& chunks, const ReleasedPositions& released, Sequence lastPlanned);
    [[nodiscard]] Status writeFile(const std::string& name, std::string_view bytes);
    [[nodiscard]] Status syncFolder();
    [[nodiscard]] ChunkRef refOf(const KnownSource& source, std::uint64_t start, const Cut& cut, bool reference) const;
    void published(const ChunkRef& chunk, KnownSource& source);
    /// True when the error was a full disk, which is then remembered for a while.
    bool isFull(const Error& error, SteadyTime now);
    void count();

    FileSystem& m_files;
    const DataDirectory m_data;
    const std::string m_stream;
    SourceBook& m_book;
    SplitterPart& m_part;
    Sequence m_next{1};
    std::string m_newest;
    std::map<std::uint64_t, OnDisk> m_onDisk; // by sequence
    std::uint64_t m_referenced = 0;           // bytes of references that are not released
    bool m_folderUnsynced = false;
    SteadyTime m_refreshed{};
    SteadyTime m_retryAt = SteadyTime::min();
    std::string m_reason;
};

} // namespace sg
