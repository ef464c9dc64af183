#pragma once
/// What a log is, judged by its first lines, and what a description makes of them: for a person who brings a log.
///
/// *Thread:* any; all of it is for a pool, not for the window's thread. *Cost:* some milliseconds for each 1,000 lines.
#include "core/base/result.h"
#include "core/contract/line_sample.h"
#include "core/contract/tuning.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace sg {

struct FormatCandidate {
    std::string name;
    std::string is; ///< what it stands for: the name, but for a format of a person's own
    std::size_t matched = 0; ///< lines that it reads
    double share = 0;        ///< of the lines looked at, 0..1
    bool own = false;        ///< of the profile
    std::string remark;      ///< why it stands where it stands: a tie, lines that the best one does not read; may be empty
};

struct RecognisedLog {
    std::string file;                        ///< that was looked at
    std::string sample;                      ///< its first lines, whole, unpacked
    std::vector<FormatCandidate> candidates; ///< best first; those that read nothing are left out
    std::string explanation;                 ///< of the ranking, one sentence
    std::size_t lines = 0;                   ///< looked at, blank ones left out
    std::uint64_t bytes = 0;                 ///< of the whole file, as it lies on the disk; 0 for a folder
};

/// Looks at the first 1,000 lines (1 MiB) of a file, `.gz` too; of a folder at its first file by name, of a pattern at the file written
/// last. *Errors:* what cannot be opened, named.
[[nodiscard]] Result<RecognisedLog> recogniseLog(const std::string& path, std::span<const NamedFormat> own = {});
/// The same of lines at hand.
[[nodiscard]] RecognisedLog recogniseLines(std::string sample, std::span<const NamedFormat> own = {});

/// What a format does with a log's first lines, or why there is no such format.
struct DescribedFormat {
    FormatTrial trial;             ///< empty where it is wrong
    std::string wrong;             ///< why; empty = nothing
    std::size_t wrongAt = 0;       ///< byte of the description, from 0
};
[[nodiscard]] DescribedFormat tryDescription(const std::string& nameOrDescription, std::string_view sample,
                                             std::span<const NamedFormat> own = {});
/// What is wrong with a name for a format of a person's own, as the end of a sentence; empty = nothing.
[[nodiscard]] std::string checkOwnFormatName(std::string_view name);

} // namespace sg
