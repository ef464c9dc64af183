#include "core/pipeline/recognise.h"

#include "core/base/file_system.h"
#include "core/format/format.h"

#include <algorithm>

namespace sg {
namespace {

constexpr std::size_t kSampleBytes = 1U << 20U;

} // namespace

Result<RecognisedLog> recogniseLog(const std::string& path) {
    PosixFileSystem files;
    std::string file = path;
    SG_TRY_ASSIGN(const FileInfo info, files.stat(path));
    if (info.isDirectory) {
        SG_TRY_ASSIGN(std::vector<std::string> names, files.list(path));
        std::sort(names.begin(), names.end());
        if (names.empty()) return fail(ErrorCode::NotFound, path + " is an empty folder");
        file = joinPath(path, names.front());
    }
    SG_TRY_ASSIGN(const std::unique_ptr<File> opened, files.openRead(file));
    RecognisedLog log;
    log.bytes = info.isDirectory ? 0 : info.size;
    std::string sample(kSampleBytes, '\0');
    SG_TRY_ASSIGN(const std::size_t got, opened->readAt(0, sample));
    sample.resize(got);
    if (sample.starts_with("\x1f\x8b")) return fail(ErrorCode::InvalidArgument, file + " is compressed; its format shows when it is read");
    // A sample that ends within a line would make that line look dead.
    if (got == kSampleBytes)
        if (const auto end = sample.rfind('\n'); end != std::string::npos) sample.resize(end + 1);
    for (const FormatGuess& guess : detectFormat(sample)) {
        log.lines = std::max(log.lines, guess.lines);
        if (guess.matched > 0) log.candidates.push_back({guess.name, guess.share()});
    }
    return log;
}

} // namespace sg
