#pragma once
/// `streamgauge-cli generate`: writes an access log to a file or to the standard output.
#include <string>
#include <vector>

namespace sg {

/// `args` without the program's and the command's name. Returns the exit code: 0, 1 = cannot write, 2 = a wrong argument.
/// SIGINT and SIGTERM end it cleanly, and so does a reader of the standard output who goes away.
[[nodiscard]] int runGenerateCommand(const std::vector<std::string>& args);

} // namespace sg
