#pragma once
/// What a plan says of personal data, for those who read its lines.
#include "core/contract/privacy.h"
#include "core/enrich/anonymizer.h"
#include "core/store/plan.h"

#include <memory>
#include <string_view>

namespace sg {

/// Null when the plan takes nothing out.
[[nodiscard]] std::unique_ptr<Anonymizer> anonymizerOf(const Plan& plan, const PrivacyKey& key);
/// A line that could not be read may hold anything anywhere: its place and its reason are kept, its bytes only where nothing is taken out.
void keepRaw(std::string_view raw, const Plan& plan, DeadLetter& letter);
void leaveRawOut(DeadLetter& letter);

} // namespace sg
