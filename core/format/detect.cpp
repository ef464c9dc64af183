#include "core/format/format.h"

#include <algorithm>

namespace sg {
namespace {

constexpr std::size_t kMaxLines = 1000;

std::size_t fieldCount(const Record& record) {
    std::size_t count = record.extraCount;
    for (const std::string_view text : {record.address, record.user, record.request, record.method, record.target, record.version,
                                        record.host, record.referrer, record.agent})
        count += text.data() != nullptr;
    count += record.hasTime;
    count += record.status != kNoStatus;
    count += record.bytes != kAbsent;
    count += record.durationNs != kAbsent;
    return count;
}

} // namespace

std::vector<FormatGuess> detectFormat(std::string_view sample) {
    std::vector<FormatGuess> guesses;
    for (const std::string_view name : formatNames()) {
        const auto format = findFormat(name);
        const auto parser = (*format)->makeParser({.lenient = false});
        FormatGuess guess;
        guess.name = name;
        Record record;
        std::string_view rest = sample;
        for (std::size_t line = 0; line < kMaxLines && !rest.empty(); ++line) {
            const std::size_t newline = rest.find('\n');
            const LineOutcome outcome = parser->parse(rest.substr(0, newline), line == 0, record);
            rest.remove_prefix(newline == std::string_view::npos ? rest.size() : newline + 1);
            if (outcome.kind == LineOutcome::Kind::Skipped) continue;
            ++guess.lines;
            if (outcome.kind != LineOutcome::Kind::Parsed) continue;
            ++guess.matched;
            guess.fields += fieldCount(record);
        }
        guesses.push_back(std::move(guess));
    }
    std::stable_sort(guesses.begin(), guesses.end(), [](const FormatGuess& a, const FormatGuess& b) {
        return a.share() != b.share() ? a.share() > b.share() : a.fields > b.fields;
    });
    return guesses;
}

} // namespace sg
