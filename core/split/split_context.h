#pragma once
/// What the parts of the splitter share: the disk, the book, the writer, the counters and the tuning of this round.
///
/// *Thread:* the splitter's.
#include "core/base/clock.h"
#include "core/base/file_system.h"
#include "core/chunks/data_directory.h"
#include "core/contract/problem.h"
#include "core/contract/snapshot.h"
#include "core/contract/tuning.h"
#include "core/split/chunk_writer.h"
#include "core/split/cutter.h"
#include "core/split/source_book.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sg {

inline constexpr std::size_t kReadBlock = 256U << 10U;

struct SplitContext {
    FileSystem& files;
    const Clock& clock;
    const DataDirectory data;
    SourceBook book;
    SplitterPart part = {};
    ProblemList problems = {};
    std::unique_ptr<ChunkWriter> writer = nullptr;
    SplitTuning tuning = {};
    CutRules rules = {};                                     ///< of followed logs, in this round
    std::vector<char> block = std::vector<char>(kReadBlock); ///< for reading, shared
    ChunkWriter::Room room = ChunkWriter::Room::Free;        ///< as found in this round; anything else: nothing is read or published

    [[nodiscard]] bool blocked() const { return room != ChunkWriter::Room::Free; }
    [[nodiscard]] Status lookForRoom();

    /// Publishes what `until` allows; stops, without an error, where there is no room.
    [[nodiscard]] Status publish(KnownSource& source, Cutter& cutter, const CutRules& with, Cutter::Until until);

    void linesRead(std::uint64_t lines);
    /// Lines that were known and not split are no more: their file was cut off, or another file has them.
    void linesGone(std::uint64_t lines);

    void raise(const std::string& key, Severity severity, std::string sentence, std::string advice);
    void resolve(const std::string& key);
    bool problemsChanged = false;
};

} // namespace sg
