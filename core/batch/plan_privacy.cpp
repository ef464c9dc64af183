#include "core/batch/plan_privacy.h"

namespace sg {

std::unique_ptr<Anonymizer> anonymizerOf(const Plan& plan, const PrivacyKey& key) {
    if (plan.privacy.empty()) return nullptr;
    const auto privacy = readPrivacy(plan.privacy);
    // Written by privacyText. What cannot be read, by an older program say, must not let everything through.
    const PrivacyTuning most{0, 0, QueryPrivacy::Drop, {}, UserPrivacy::Hash, false};
    return std::make_unique<Anonymizer>(privacy ? *privacy : most, key);
}

void leaveRawOut(DeadLetter& letter) { letter.detail += letter.detail.empty() ? "raw line withheld" : "; raw line withheld"; }

void keepRaw(std::string_view raw, const Plan& plan, DeadLetter& letter) {
    if (plan.privacy.empty()) letter.raw = raw;
    else leaveRawOut(letter);
}

} // namespace sg
