#pragma once
/// What a log file is, judged by its first lines: for a person who has just dropped one on the window.
#include "core/base/result.h"

#include <string>
#include <vector>

namespace sg {

struct FormatCandidate {
    std::string name;
    double share = 0; ///< of the lines looked at that it reads, 0..1
};

struct RecognisedLog {
    std::vector<FormatCandidate> candidates; ///< best first; those that read nothing are left out
    std::size_t lines = 0;                   ///< looked at, blank ones left out
    std::uint64_t bytes = 0;                 ///< of the whole file
};

/// Looks at the first 1,000 lines (1 MiB) of a file; of a folder at its first file by name. *Cost:* some milliseconds; not for the
/// window's thread. *Errors:* what cannot be opened, named; Unsupported for a compressed file.
[[nodiscard]] Result<RecognisedLog> recogniseLog(const std::string& path);

} // namespace sg
