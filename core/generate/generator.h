#pragma once
/// Makes a realistic access log on an absolute schedule and writes it to a file or a sink.
///
/// One call of `step` writes the lines that are due and returns; the gen thread calls it in a loop. *Thread:* one.
/// Deterministic: with rate 0 (max) and a start time, the same seed gives the same bytes.
#include "core/base/clock.h"
#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/contract/snapshot.h"
#include "core/contract/tuning.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sg {

struct GeneratorOptions {
    std::string path; ///< log file; empty = `sink`
    std::function<Status(std::string_view)> sink;
    std::optional<std::uint64_t> count;   ///< lines, then `finished`
    std::optional<Milliseconds> duration; ///< of steady time, then `finished`
    std::optional<Timestamp> start;       ///< first time stamp; with rate max each line is 1/10,000 s later. Unset = wall clock
    /// Asked before a rotated file is deleted: has everything in it been split? Unset = yes.
    std::function<bool(std::uint64_t device, std::uint64_t inode, std::uint64_t size)> mayDelete;
};

class Generator {
public:
    [[nodiscard]] static Result<std::unique_ptr<Generator>> open(FileSystem& files, const Clock& clock, GeneratorOptions options,
                                                                 const Tuning& tuning);
    virtual ~Generator() = default;
    /// Writes what is due. Returns how long the caller may wait (0 = at once). A full disk is a problem of `part()`: it waits and goes on.
    [[nodiscard]] virtual Result<Milliseconds> step(const Tuning& tuning) = 0;
    [[nodiscard]] virtual Status flush() = 0;
    [[nodiscard]] virtual const GeneratorPart& part() const = 0;
    [[nodiscard]] virtual bool finished() const = 0;
};

} // namespace sg
