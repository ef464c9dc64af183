#pragma once
/// `streamgauge-cli run`: the pipeline in the terminal, until it is told to stop or nothing is left.
#include <string>
#include <vector>

namespace sg {

/// Exit code: 0 done and delivered; 1 input or data directory cannot be used, or a worker failed; 2 wrong argument;
/// 3 documents or dead letters wait on disk for an Elasticsearch that stayed away (nothing is lost).
[[nodiscard]] int runPipelineCommand(const std::vector<std::string>& arguments);

} // namespace sg
