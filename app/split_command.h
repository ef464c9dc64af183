#pragma once
/// `streamgauge-cli split`: cuts logs into chunks in a data directory, without processing them.
#include <string>
#include <vector>

namespace sg {

/// Exit code: 0; 1 input cannot be read; 2 wrong argument.
[[nodiscard]] int runSplitCommand(const std::vector<std::string>& arguments);

} // namespace sg
