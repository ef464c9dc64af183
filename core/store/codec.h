#pragma once
/// The bytes of what the store keeps whole: plans, line ranges and progress records. Each begins with its version.
///
/// *Errors (read):* Corrupt, with what it was.
#include "core/base/result.h"
#include "core/contract/batch_progress.h"
#include "core/store/plan.h"

#include <string>
#include <string_view>
#include <vector>

namespace sg {

[[nodiscard]] std::string encodePlan(const Plan& plan);
[[nodiscard]] Result<Plan> decodePlan(std::string_view bytes);
[[nodiscard]] std::string encodeRanges(const std::vector<LineRange>& ranges);
[[nodiscard]] Result<std::vector<LineRange>> decodeRanges(std::string_view bytes);
[[nodiscard]] std::string encodeProgress(const BatchProgress& progress);
[[nodiscard]] Result<BatchProgress> decodeProgress(std::string_view bytes);

} // namespace sg
