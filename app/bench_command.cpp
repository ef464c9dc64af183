#include "app/bench_command.h"

#include "core/base/clock.h"
#include "core/base/file_system.h"
#include "core/batch/place_files.h"
#include "core/batch/plan_privacy.h"
#include "core/batch/slice.h"
#include "core/elastic/encode.h"
#include "core/enrich/enricher.h"
#include "core/format/format.h"
#include "core/generate/generator.h"
#include "core/pipeline/pool_executor.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <thread>
#include <unistd.h>

namespace sg {
namespace {

struct BenchOptions {
    std::string file; ///< empty = generated
    std::string format = "combined";
    std::uint64_t lines = 4'500'000; ///< of the generated log: about 1 GB
    std::size_t rounds = 5;          ///< counted; one more is run first and dropped
    std::vector<std::string> placeFiles; ///< MMDB: a level more each, with places
    std::string anonymize;               ///< as of run: a level more each, anonymised
};

/// Removes the generated log, however the bench ends.
struct TemporaryLog {
    std::string path;
    ~TemporaryLog() {
        if (!path.empty()) ::unlink(path.c_str());
    }
};

Result<BenchOptions> readOptions(const std::vector<std::string>& arguments) {
    BenchOptions options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& name = arguments[i];
        if (!name.starts_with("--")) {
            options.file = name;
            continue;
        }
        if (i + 1 >= arguments.size()) return fail(ErrorCode::InvalidArgument, name + " needs a value");
        const std::string& value = arguments[++i];
        const auto number = [&](auto& out, std::uint64_t low, std::uint64_t high) -> Status {
            std::uint64_t n = 0;
            const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), n);
            if (error != std::errc{} || end != value.data() + value.size() || n < low || n > high)
                return fail(ErrorCode::InvalidArgument, name + " is \"" + value + "\", but must be a number from " + std::to_string(low) +
                                                            " to " + std::to_string(high));
            out = n;
            return {};
        };
        if (name == "--format") options.format = value;
        else if (name == "--lines") SG_TRY(number(options.lines, 1000, 1'000'000'000));
        else if (name == "--rounds") SG_TRY(number(options.rounds, 1, 100));
        else if (name == "--mmdb") options.placeFiles.push_back(value);
        else if (name == "--anonymize") {
            if (const auto privacy = readPrivacy(value); !privacy)
                return fail(ErrorCode::InvalidArgument, "--anonymize: " + privacy.error().message);
            else options.anonymize = privacyText(*privacy);
        } else
            return fail(ErrorCode::InvalidArgument,
                        "unknown option " + name + "; known are --format, --lines, --rounds, --mmdb, --anonymize and a file");
    }
    return options;
}

Status generateLog(FileSystem& files, const std::string& path, std::uint64_t lines) {
    const SystemClock clock;
    Tuning tuning;
    tuning.traffic.rate = 0;
    tuning.log.rotateBytes = 64ULL << 30U;
    GeneratorOptions options;
    options.path = path;
    options.count = lines;
    options.start = Timestamp::fromSeconds(1'700'000'000);
    SG_TRY_ASSIGN(auto generator, Generator::open(files, clock, std::move(options), tuning));
    while (!generator->finished()) SG_TRY(generator->step(tuning));
    return generator->flush();
}

struct Seconds {
    double wall = 0;
    double cpu = 0; ///< of all threads together
};

Seconds seconds(const std::function<void()>& work) {
    const auto cpuNow = [] {
        timespec time{};
        ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
    };
    const auto begin = std::chrono::steady_clock::now();
    const double cpuBegin = cpuNow();
    work();
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), cpuNow() - cpuBegin};
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// The engine's own slices over the whole file, as a batch would run them.
std::uint64_t aggregateFile(FileSystem& files, const Plan& plan, const std::string& path, std::size_t threads,
                            const std::shared_ptr<const AgentRules>& rules, const std::shared_ptr<const Places>& places) {
    PoolExecutor executor(threads);
    const std::uint64_t size = plan.chunks.front().chunk.length.value;
    const std::size_t pieces = (size + kPieceBytes - 1) / kPieceBytes;
    std::shared_ptr<File> file = std::move(*files.openRead(path));
    std::vector<std::unique_ptr<Slice>> slices(threads);
    std::vector<std::unique_ptr<Enricher>> enrichers;
    for (std::size_t i = 0; i < threads; ++i) {
        enrichers.push_back(std::make_unique<Enricher>(rules));
        enrichers.back()->usePlaces(places);
    }
    std::vector<PieceResult> results(pieces);
    std::atomic<std::size_t> next = 0;
    executor.run(threads, [&](std::size_t worker) {
        slices[worker] = std::make_unique<Slice>(files, plan, *enrichers[worker], PrivacyKey{});
        for (std::size_t i = next++; i < pieces; i = next++)
            slices[worker]->process({0, i * kPieceBytes, std::min(size, (i + 1) * kPieceBytes), file, path, 0}, results[i]);
    });
    for (std::size_t i = 1; i < threads; ++i) slices.front()->aggregate().merge(slices[i]->aggregate());
    std::uint64_t lines = 0;
    for (const PieceResult& result : results) lines += result.lines;
    return lines;
}

/// Reads in blocks of 256 KiB and hands out whole lines.
void forEachLine(FileSystem& files, const std::string& path, const std::function<void(std::string_view)>& visit) {
    auto file = std::move(*files.openRead(path));
    std::string buffer(512U << 10U, '\0');
    std::uint64_t at = 0;
    std::size_t kept = 0;
    while (true) {
        const auto n = file->readAt(at, {buffer.data() + kept, buffer.size() - kept});
        if (!n || *n == 0) return;
        at += *n;
        const std::size_t have = kept + *n;
        std::size_t begin = 0;
        while (const void* newline = std::memchr(buffer.data() + begin, '\n', have - begin)) {
            const auto end = static_cast<std::size_t>(static_cast<const char*>(newline) - buffer.data());
            visit({buffer.data() + begin, end - begin});
            begin = end + 1;
        }
        kept = have - begin;
        if (kept == buffer.size()) kept = 0;
        std::memmove(buffer.data(), buffer.data() + begin, kept);
    }
}

int bench(const BenchOptions& options) {
    PosixFileSystem files;
    TemporaryLog temporary;
    std::string path = options.file;
    const auto failed = [](const Error& error) {
        std::fprintf(stderr, "streamgauge-cli bench: %s\n", error.message.c_str());
        return 1;
    };
    if (path.empty()) {
        const char* folder = std::getenv("TMPDIR");
        path = temporary.path = joinPath(folder == nullptr ? "/tmp" : folder, "streamgauge-bench-" + std::to_string(::getpid()) + ".log");
        std::fprintf(stderr, "making %llu lines of %s ...\n", static_cast<unsigned long long>(options.lines),
                     "combined with response time");
        if (const Status made = generateLog(files, path, options.lines); !made) return failed(made.error());
    }
    const auto info = files.stat(path);
    if (!info) return failed(info.error());
    const auto format = findFormat(options.format);
    if (!format) return failed(format.error());
    const auto loaded = loadAgentRules(std::string(kDefaultAgentRules));
    const std::shared_ptr<const AgentRules> rules = loaded ? *loaded : nullptr;

    Plan plan;
    PlannedChunk chunk;
    chunk.chunk.length = ByteCount{info->size};
    chunk.chunk.reference = true;
    chunk.chunk.arrival = SystemClock().wall();
    chunk.format = options.format;
    chunk.watermark = Timestamp{INT64_MIN};
    plan.chunks.push_back(chunk);

    std::shared_ptr<const Places> places;
    if (!options.placeFiles.empty()) {
        auto read = readPlaces(files, options.placeFiles);
        if (!read) return failed(read.error());
        places = std::move(*read);
    }
    Plan anonymised = plan;
    anonymised.privacy = options.anonymize;

    std::uint64_t lines = 0;
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    const auto parser = (*format)->makeParser({});
    Event event;
    struct Level {
        std::string name;
        std::function<void()> run;
        std::vector<double> times;
        std::vector<double> cpuTimes = {};
    };
    std::vector<Level> levels;
    levels.push_back({"count newlines (memchr)",
                      [&] {
                          lines = 0;
                          forEachLine(files, path, [&](std::string_view) { ++lines; });
                      },
                      {}});
    levels.push_back({"parse",
                      [&] {
                          bool first = true;
                          forEachLine(files, path, [&](std::string_view line) {
                              static_cast<void>(parser->parse(line, first, event.record));
                              first = false;
                          });
                      },
                      {}});
    levels.push_back({"parse + enrich + aggregate, 1 thread", [&] { aggregateFile(files, plan, path, 1, rules, nullptr); }, {}});
    if (cores > 1)
        levels.push_back({"parse + enrich + aggregate, " + std::to_string(cores) + " threads",
                          [&] { aggregateFile(files, plan, path, cores, rules, nullptr); },
                          {}});
    const auto encode = [&](const std::shared_ptr<const Places>& asked, const Plan& planned) {
        Enricher enricher(rules);
        enricher.usePlaces(asked);
        const std::unique_ptr<Anonymizer> anonymizer = anonymizerOf(planned, {});
        std::string body;
        std::uint64_t offset = 0;
        forEachLine(files, path, [&](std::string_view line) {
            const std::uint64_t at = offset;
            offset += line.size() + 1;
            if (parser->parse(line, at == 0, event.record).kind != LineOutcome::Kind::Parsed) return;
            if (anonymizer) anonymizer->apply(event.record);
            enricher.enrich(event);
            const std::string id = documentId("aaaaaaaa", Sequence{1}, at % 100'000'000);
            DocumentContext context;
            context.id = id;
            context.filePath = path;
            context.offset = at;
            context.hasOffset = true;
            context.batch = 1;
            context.dataset = "combined";
            encodeDocument(event, context, body);
            body += '\n';
            if (body.size() > (5U << 20U)) body.clear();
        });
    };
    levels.push_back({"parse + enrich + encode, 1 thread", [&] { encode(nullptr, plan); }, {}});
    if (places) {
        levels.push_back({"... + aggregate, with places, 1 thread", [&] { aggregateFile(files, plan, path, 1, rules, places); }, {}});
        levels.push_back({"... + encode, with places, 1 thread", [&] { encode(places, plan); }, {}});
    }
    if (!anonymised.privacy.empty()) {
        levels.push_back({"... + aggregate, anonymised, 1 thread", [&] { aggregateFile(files, anonymised, path, 1, rules, nullptr); }, {}});
        levels.push_back({"... + encode, anonymised, 1 thread", [&] { encode(nullptr, anonymised); }, {}});
    }
    for (std::size_t round = 0; round <= options.rounds; ++round)
        for (Level& level : levels) {
            const Seconds time = seconds(level.run);
            if (round == 0) continue;
            level.times.push_back(time.wall);
            level.cpuTimes.push_back(time.cpu);
        }
    std::printf("%s: %llu lines, %.0f MB; medians of %zu rounds, the levels in turn, the first round dropped\n", path.c_str(),
                static_cast<unsigned long long>(lines), static_cast<double>(info->size) / 1e6, options.rounds);
    std::printf("%-42s %14s %10s %16s %18s\n", "level", "lines/s", "MB/s", "lines/s of CPU", "time vs newlines");
    for (const Level& level : levels) {
        std::vector<double> ratios;
        for (std::size_t i = 0; i < level.times.size(); ++i) ratios.push_back(level.times[i] / levels.front().times[i]);
        const double time = median(level.times);
        std::printf("%-42s %14.0f %10.0f %16.0f %17.2fx\n", level.name.c_str(), static_cast<double>(lines) / time,
                    static_cast<double>(info->size) / 1e6 / time, static_cast<double>(lines) / median(level.cpuTimes), median(ratios));
    }
    if (cores > 1) {
        std::vector<double> scaling, ofCpu;
        for (std::size_t i = 0; i < levels[2].times.size(); ++i) {
            scaling.push_back(levels[2].times[i] / levels[3].times[i]);
            ofCpu.push_back(static_cast<double>(cores) * levels[2].cpuTimes[i] / levels[3].cpuTimes[i]);
        }
        const auto [least, most] = std::minmax_element(scaling.begin(), scaling.end());
        std::printf("%zu threads do %.2f times the work of one (%.2f to %.2f); with a core each to themselves %.2f, by their CPU time\n", cores,
                    median(scaling), *least, *most, median(ofCpu));
    }
    return 0;
}

} // namespace

int runBenchCommand(const std::vector<std::string>& arguments) {
    const auto options = readOptions(arguments);
    if (!options) {
        std::fprintf(stderr, "streamgauge-cli bench: %s\n", options.error().message.c_str());
        return 2;
    }
    return bench(*options);
}

} // namespace sg
