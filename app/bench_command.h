#pragma once
/// `streamgauge-cli bench`: what the engine does with a log on this machine, as ratios taken in one run.
#include <string>
#include <vector>

namespace sg {

/// Exit code: 0; 1 a file cannot be read or made; 2 wrong argument.
[[nodiscard]] int runBenchCommand(const std::vector<std::string>& arguments);

} // namespace sg
