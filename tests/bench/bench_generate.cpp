/// How fast lines are made and written, beside a plain write() of the same bytes: medians of alternating pairs, the first dropped.
///
/// bench_generate [LINES] [FOLDER]
#include "core/generate/generator.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

namespace {

using namespace sg;

/// Processor time of this thread, in seconds: other work on the machine does not count.
double cpuSeconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// Seconds to make `lines`; to the file `path`, or to `text` when it is given.
double generate(FileSystem& files, const Tuning& tuning, std::uint64_t lines, const std::string& path, std::string* text) {
    const SystemClock clock;
    GeneratorOptions options;
    options.count = lines;
    options.start = Timestamp::fromSeconds(1'700'000'000);
    options.path = path;
    std::uint64_t bytes = 0;
    options.sink = [&](std::string_view piece) {
        bytes += piece.size();
        if (text != nullptr) text->append(piece);
        return Status{};
    };
    const double begin = cpuSeconds();
    auto generator = Generator::open(files, clock, options, tuning);
    while (generator && !(*generator)->finished())
        if (!(*generator)->step(tuning)) break;
    return cpuSeconds() - begin;
}

double writePlainly(FileSystem& files, const std::string& path, std::string_view text) {
    const double begin = cpuSeconds();
    auto file = files.openAppend(path);
    for (std::size_t at = 0; file && at < text.size(); at += 1U << 20U)
        if (!(*file)->append(text.substr(at, 1U << 20U))) break;
    return cpuSeconds() - begin;
}

} // namespace

int main(int argc, char** argv) {
    const std::uint64_t lines = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    const std::string path = std::string(argc > 2 ? argv[2] : "/tmp") + "/bench_generate.log";
    PosixFileSystem files;
    const std::pair<const char*, LogFormat> formats[] = {{"original", LogFormat::Original},
                                                         {"common", LogFormat::Common},
                                                         {"combined + time", LogFormat::CombinedTimed},
                                                         {"json", LogFormat::Json}};
    std::printf("%-16s %14s %14s %10s\n", "format", "memory", "file", "x write()");
    for (const auto& [name, format] : formats) {
        Tuning tuning;
        tuning.traffic.rate = 0;
        tuning.log.format = format;
        tuning.log.rotateBytes = 0;
        std::vector<double> memory, file, ratio;
        std::string text;
        for (int pair = 0; pair < 6; ++pair) {
            text.clear();
            const double toMemory = generate(files, tuning, lines, {}, nullptr);
            static_cast<void>(generate(files, tuning, lines, {}, &text));
            const double toFile = generate(files, tuning, lines, path, nullptr);
            static_cast<void>(files.remove(path));
            const double plain = writePlainly(files, path, text);
            static_cast<void>(files.remove(path));
            if (pair == 0) continue;
            memory.push_back(static_cast<double>(lines) / toMemory);
            file.push_back(static_cast<double>(lines) / toFile);
            ratio.push_back(toFile / plain);
        }
        std::printf("%-16s %12.2f M %12.2f M %10.2f\n", name, median(memory) / 1e6, median(file) / 1e6, median(ratio));
    }
    return 0;
}
