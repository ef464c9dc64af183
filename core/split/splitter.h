#pragma once
/// Cuts followed logs and imports into chunks; DESIGN of a chunk in core/record/chunk.h and core/split/README.md.
///
/// One call of `step` reads what is there, publishes the chunks that are due and returns; the split thread calls it in a loop, the
/// tests call it by hand with a manual clock. *Thread:* one. *Owns:* `<data>/chunks`, `<data>/sources`, `<data>/released` (read only here).
#include "core/base/clock.h"
#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/contract/snapshot.h"
#include "core/contract/tuning.h"
#include "core/record/chunk.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

struct SplitterOptions {
    std::string dataDirectory;
    std::string stream;              ///< 8 characters of a-z2-7
    std::vector<std::string> follow; ///< paths and globs
    std::vector<std::string> import; ///< files and folders of files, referenced, never touched; `.gz` are unpacked into chunks
    /// The event time of a line, for imports at their own pace; unset = always at full speed.
    std::function<std::optional<Timestamp>(const SourceInfo&, std::string_view line)> eventTime;
    Sequence lastPlanned; ///< from the store; the next sequence is above it, above those on disk and in `released`
};

/// Lines that stand in no file any more: dead letters that are read again, as a source of their own.
struct RetriedSource {
    std::string name; ///< `retrySourceName`
    std::string path; ///< of the log in which they once stood
    friend bool operator==(const RetriedSource&, const RetriedSource&) = default;
};

class Splitter {
public:
    /// Reads sources, released positions and chunks; recounts the unsplit lines. *Errors:* what cannot be read, by path.
    [[nodiscard]] static Result<std::unique_ptr<Splitter>> open(FileSystem& files, const Clock& clock, SplitterOptions options);
    virtual ~Splitter() = default;

    /// One round. Returns how long the caller may wait before the next one (0 = more is there now). A full disk, a missing
    /// permission and a shrunk file are problems of `part()`, not errors; an error here is one that stops the stage.
    [[nodiscard]] virtual Result<Milliseconds> step(const Tuning& tuning) = 0;
    /// Publishes everything read, a torn last line excepted while its writer may go on (`sourcesEnded`: included).
    [[nodiscard]] virtual Status flush(bool sourcesEnded) = 0;
    /// Ends the imports where they are: what is in chunks stays, everything else of them is none of the books.
    [[nodiscard]] virtual Status cancelImports() = 0;
    /// How far the source is in durable chunks, bytes.
    [[nodiscard]] virtual std::uint64_t retried(const RetriedSource& source) = 0;
    /// Publishes whole lines that follow there as one chunk, and names it. Empty: there is no room now.
    [[nodiscard]] virtual Result<std::string> publishRetried(const RetriedSource& source, std::uint64_t lines, std::string_view bytes) = 0;
    [[nodiscard]] virtual const SplitterPart& part() const = 0;
    /// All imports split to their end, and no followed file has more at the moment.
    [[nodiscard]] virtual bool drained() const = 0;
    /// True when every byte of this (rotated, generated) file is in durable chunks.
    [[nodiscard]] virtual bool finished(std::uint64_t device, std::uint64_t inode, std::uint64_t size) const = 0;
};

} // namespace sg
