#include "core/contract/retry.h"

namespace sg {
namespace {

std::string counted(std::uint64_t count) {
    std::string text = std::to_string(count);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) text.insert(static_cast<std::size_t>(at), 1, ',');
    return text;
}

} // namespace

std::string retryWords(const RetryOutcome& outcome) {
    if (outcome.id == 0) return "nothing was retried";
    const std::uint64_t settled = outcome.read + outcome.dead + outcome.skipped;
    std::string text = counted(outcome.read) + " of " + counted(outcome.taken) + (outcome.taken == 1 ? " line" : " lines") + " read now; ";
    if (settled < outcome.taken) text += counted(outcome.taken - settled) + " are on their way, ";
    text += counted(outcome.dead) + " stay, " + counted(outcome.notKept) + " were not kept";
    if (outcome.skipped > 0) text += ", " + counted(outcome.skipped) + " are blank or headers now";
    if (outcome.cut > 0) text += ", " + counted(outcome.cut) + " were kept only in part";
    if (outcome.noTarget > 0) text += ", " + counted(outcome.noTarget) + " refused documents wait for an output";
    return text;
}

} // namespace sg
