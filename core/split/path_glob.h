#pragma once
/// Paths that a shell's pattern means, through the FileSystem.
#include "core/base/file_system.h"

#include <string>
#include <vector>

namespace sg {

[[nodiscard]] bool isGlob(const std::string& pattern);
/// Existing paths that match, sorted; `*`, `?` and `[...]` in any component, hidden names only where the pattern says the dot.
[[nodiscard]] std::vector<std::string> expandGlob(FileSystem& files, const std::string& pattern);

} // namespace sg
