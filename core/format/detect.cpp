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

std::vector<FormatGuess> detectFormat(std::string_view sample, std::span<const NamedFormat> own) {
    std::vector<FormatGuess> guesses;
    std::vector<std::vector<bool>> read; // by guess, then by line
    std::vector<NamedFormat> tried(own.begin(), own.end());
    for (const std::string_view name : formatNames()) tried.push_back({std::string(name), std::string(name)});
    for (const auto& [name, is] : tried) {
        const auto format = findFormat(is);
        if (!format) continue;
        const auto parser = (*format)->makeParser({.lenient = false});
        FormatGuess guess;
        guess.name = name;
        guess.is = is;
        guess.place = guesses.size();
        std::vector<bool>& lines = read.emplace_back();
        Record record;
        std::string_view rest = sample;
        for (std::size_t line = 0; line < kMaxLines && !rest.empty(); ++line) {
            const std::size_t newline = rest.find('\n');
            const LineOutcome outcome = parser->parse(rest.substr(0, newline), line == 0, record);
            rest.remove_prefix(newline == std::string_view::npos ? rest.size() : newline + 1);
            lines.push_back(outcome.kind != LineOutcome::Kind::Dead);
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
    if (guesses.empty()) return guesses;
    const std::vector<bool>& best = read[guesses.front().place];
    for (FormatGuess& guess : guesses)
        for (std::size_t line = 0; line < best.size(); ++line) guess.beyond += !best[line] && read[guess.place][line];
    return guesses;
}

std::string explainGuesses(std::span<const FormatGuess> guesses) {
    if (guesses.empty() || guesses.front().matched == 0) return "no known format reads any of the first lines";
    const FormatGuess& best = guesses.front();
    const auto percent = static_cast<int>(best.share() * 100);
    std::string out = "format " + best.name + ", " + std::to_string(percent) + " % of the first " + std::to_string(best.lines) + " lines";
    constexpr std::size_t kNamed = 3;
    std::size_t named = 0;
    for (const FormatGuess& other : guesses.subspan(1)) {
        if (other.share() != best.share() || named++ == kNamed) break;
        out += named == 1 ? "; as many are read by " : ", ";
        out += other.name + (other.fields < best.fields ? " (fewer fields)" : " (the same fields; " + best.name + " comes first)");
    }
    const auto mixed =
        std::max_element(guesses.begin(), guesses.end(), [](const FormatGuess& a, const FormatGuess& b) { return a.beyond < b.beyond; });
    if (mixed->beyond > 0)
        out += "; the lines are mixed: " + mixed->name + " reads " + std::to_string(mixed->beyond) + " of those that " + best.name +
               " does not";
    return out;
}

} // namespace sg
