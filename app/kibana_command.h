#pragma once
/// `streamgauge-cli kibana import|open|check`: the dashboards in a Kibana or OpenSearch Dashboards.
#include <string>
#include <vector>

namespace sg {

/// Exit code: 0; 1 Kibana is not there, or refuses; 2 wrong argument; 3 the dashboards are not there, or older than this program's.
[[nodiscard]] int runKibanaCommand(const std::vector<std::string>& arguments);

} // namespace sg
