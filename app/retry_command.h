#pragma once
/// `streamgauge-cli retry`: reads the dead letters of a data directory at rest again, and says what became of them.
///
/// *Errors:* exit code 2 for a wrong argument, 1 when something failed, 3 when documents or dead letters still wait on disk.
#include <string>
#include <vector>

namespace sg {
int runRetryCommand(const std::vector<std::string>& arguments);
} // namespace sg
