#include "core/pipeline/recognise.h"

#include "core/base/file_system.h"
#include "core/format/trial.h"
#include "core/split/gzip_reader.h"
#include "core/split/path_pattern.h"

#include <algorithm>
#include <limits>

namespace sg {
namespace {

constexpr std::size_t kSampleBytes = 1U << 20U;

/// The file behind a path: of a pattern the one written last, of a folder its first one by name.
Result<std::string> fileOf(FileSystem& files, const std::string& path) {
    std::string chosen = path;
    if (hasWildcard(path)) {
        std::int64_t newest = std::numeric_limits<std::int64_t>::min();
        chosen.clear();
        for (const std::string& each : expandPattern(files, path))
            if (const auto info = files.stat(each); info && !info->isDirectory && info->modifiedNs > newest) {
                newest = info->modifiedNs;
                chosen = each;
            }
        if (chosen.empty()) return fail(ErrorCode::NotFound, "no file is named " + path + " yet; it is recognised when one comes");
    }
    SG_TRY_ASSIGN(const FileInfo info, files.stat(chosen));
    if (!info.isDirectory) return chosen;
    SG_TRY_ASSIGN(std::vector<std::string> names, files.list(chosen));
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
        const auto inside = files.stat(joinPath(chosen, name));
        if (name.front() != '.' && inside && !inside->isDirectory) return joinPath(chosen, name);
    }
    return fail(ErrorCode::NotFound, chosen + " has no file in it");
}

std::string remarkOn(const FormatGuess& guess, const FormatGuess& best) {
    if (&guess == &best) return {};
    if (guess.beyond > 0)
        return std::to_string(guess.beyond) + (guess.beyond == 1 ? " line that " : " lines that ") + best.name + " does not read";
    if (guess.matched != best.matched) return {};
    return guess.fields < best.fields ? "as many lines, fewer fields" : "the same fields; " + best.name + " comes first";
}

} // namespace

RecognisedLog recogniseLines(std::string sample, std::span<const NamedFormat> own) {
    RecognisedLog log;
    const std::vector<FormatGuess> guesses = detectFormat(sample, own);
    for (const FormatGuess& guess : guesses) {
        log.lines = std::max(log.lines, guess.lines);
        if (guess.matched == 0) continue;
        const bool ofProfile = std::any_of(own.begin(), own.end(), [&](const NamedFormat& each) { return each.name == guess.name; });
        log.candidates.push_back({guess.name, guess.is, guess.matched, guess.share(), ofProfile, remarkOn(guess, guesses.front())});
    }
    log.explanation = explainGuesses(guesses);
    log.sample = std::move(sample);
    return log;
}

Result<RecognisedLog> recogniseLog(const std::string& path, std::span<const NamedFormat> own) {
    PosixFileSystem files;
    SG_TRY_ASSIGN(const std::string file, fileOf(files, path));
    SG_TRY_ASSIGN(const FileInfo info, files.stat(file));
    SG_TRY_ASSIGN(const std::unique_ptr<File> opened, files.openRead(file));
    std::string sample(kSampleBytes, '\0');
    std::size_t got = 0;
    if (isGzipPath(file)) {
        GzipReader reader(*opened, file);
        SG_TRY_ASSIGN(got, reader.read(sample));
    } else {
        SG_TRY_ASSIGN(got, opened->readAt(0, sample));
    }
    sample.resize(got);
    // A sample that ends within a line would make that line look dead.
    if (got == kSampleBytes)
        if (const auto end = sample.rfind('\n'); end != std::string::npos) sample.resize(end + 1);
    RecognisedLog log = recogniseLines(std::move(sample), own);
    log.file = file;
    log.bytes = file == path ? info.size : 0;
    return log;
}

DescribedFormat tryDescription(const std::string& nameOrDescription, std::string_view sample, std::span<const NamedFormat> own) {
    DescribedFormat described;
    const auto is = resolveFormat(nameOrDescription, own);
    if (is) {
        described.trial = tryFormat(**findFormat(*is), sample);
    } else if (const auto fault = formatFault(nameOrDescription)) {
        described.wrong = fault->why;
        described.wrongAt = fault->byte;
    } else {
        described.wrong = is.error().message;
    }
    return described;
}

std::string checkOwnFormatName(std::string_view name) { return checkFormatName(name); }

} // namespace sg
