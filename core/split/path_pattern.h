#pragma once
/// Paths that may hold `*`, `?` and `[...]` in any of their parts, as a shell has them: hidden names match only a pattern that begins so.
#include "core/base/file_system.h"

#include <string>
#include <vector>

namespace sg {

[[nodiscard]] bool hasWildcard(const std::string& pattern);
/// The paths that exist now, sorted in each folder. Folders that cannot be listed hold none.
[[nodiscard]] std::vector<std::string> expandPattern(FileSystem& files, const std::string& pattern);

} // namespace sg
