#pragma once
/// `streamgauge-cli report`: what a data directory holds, from its files alone; a running pipeline need not be stopped.
#include <string>
#include <vector>

namespace sg {

/// Exit code: 0; 1 the directory cannot be read; 2 wrong argument.
[[nodiscard]] int runReportCommand(const std::vector<std::string>& arguments);

} // namespace sg
