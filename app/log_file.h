#pragma once
/// Where the workers' messages go while something else has the terminal.
#include <string>

namespace sg {

/// `<data>/streamgauge.log`, 5 MiB, two old ones; stays on stderr when it cannot be opened.
void logToFile(const std::string& dataDirectory);

} // namespace sg
