#include "core/contract/ledger.h"

#include <numeric>

namespace sg {
namespace {

void compare(std::vector<std::string>& out, const char* left, std::uint64_t a, const char* right, std::uint64_t b) {
    if (a == b) return;
    std::string text = std::string(left) + " is " + std::to_string(a) + ", but " + right + " make " + std::to_string(b) + " (";
    text += a > b ? std::to_string(a - b) + " missing)" : std::to_string(b - a) + " too many)";
    out.push_back(std::move(text));
}

} // namespace

std::uint64_t Ledger::deadParse() const { return std::accumulate(deadByReason.begin(), deadByReason.end(), std::uint64_t{0}); }

std::uint64_t Ledger::resolved() const { return std::accumulate(resolvedByReason.begin(), resolvedByReason.end(), std::uint64_t{0}); }

std::uint64_t Ledger::deadLeft(Reason reason) const {
    const auto at = static_cast<std::size_t>(reason);
    return deadByReason[at] - std::min(deadByReason[at], resolvedByReason[at]);
}

std::uint64_t Ledger::deadParseLeft() const {
    std::uint64_t left = 0;
    for (std::size_t at = 0; at < kReasonCount; ++at) left += deadLeft(static_cast<Reason>(at));
    return left;
}

std::vector<std::string> Ledger::differences() const {
    std::vector<std::string> out;
    compare(out, "lines", lines, "split + unsplit", split + unsplit);
    compare(out, "split", split, "opening + planned + waiting + lost", opening + planned + waiting + lost);
    compare(out, "planned", planned, "committed + open", committed + open);
    compare(out, "committed", committed, "parsed + dead + skipped", parsed + deadParse() + skipped);
    compare(out, "parsed", parsed, "created + duplicate + rejected + undelivered + abandoned + not requested",
            created + duplicate + rejected + undelivered + abandoned + notRequested);
    // Two stages that do not move together: each may be ahead of the other by what is known to be on its way.
    if (resolved() > retried + waiting + lost)
        out.push_back(std::to_string(resolved()) + " dead letters are resolved, but only " + std::to_string(retried) +
                      " lines were retried");
    if (retried > resolved() + retrying)
        out.push_back(std::to_string(retried) + " lines were retried, but only " + std::to_string(resolved()) + " dead letters are resolved");
    return out;
}

} // namespace sg
