#pragma once
/// `streamgauge-cli doctor|install|uninstall|snapshot`: what is to be known and done about an Elasticsearch before and after documents flow.
#include <string>
#include <vector>

namespace sg {

/// Exit code: 0 all is well, or done; 1 the server does not answer; 2 wrong argument; 3 something is to be done by a person.
[[nodiscard]] int runServerCommand(const std::string& command, const std::vector<std::string>& arguments);

} // namespace sg
