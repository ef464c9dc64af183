#include "app/split_command.h"

#include "app/arguments.h"
#include "app/signals.h"
#include "core/pipeline/opened_directory.h"
#include "core/split/splitter.h"

#include <cstdio>
#include <thread>

namespace sg {
namespace {

Status split(const RunArguments& arguments, SplitterPart& part) {
    PosixFileSystem files;
    const SystemClock clock;
    SG_TRY_ASSIGN(auto directory, OpenedDirectory::open(files, clock, arguments.pipeline.dataDirectory));
    SplitterOptions options;
    options.dataDirectory = arguments.pipeline.dataDirectory;
    options.stream = directory->stream();
    options.follow = arguments.pipeline.follow;
    options.import = arguments.pipeline.import;
    SG_TRY_ASSIGN(options.lastPlanned, directory->store().lastPlannedSequence());
    SG_TRY_ASSIGN(auto splitter, Splitter::open(files, clock, std::move(options)));
    const bool endless = !arguments.pipeline.follow.empty() && !arguments.pipeline.availableNow;
    while (stopSignals() == 0 && (endless || !splitter->drained())) {
        SG_TRY_ASSIGN(const Milliseconds wait, splitter->step(arguments.tuning));
        part = splitter->part();
        if (wait.count() > 0) std::this_thread::sleep_for(std::min(wait, Milliseconds(50)));
    }
    SG_TRY(splitter->flush(false));
    part = splitter->part();
    return {};
}

} // namespace

int runSplitCommand(const std::vector<std::string>& arguments) {
    installSignalHandlers();
    const auto parsed = parseRunArguments(arguments);
    if (!parsed || (parsed->pipeline.follow.empty() && parsed->pipeline.import.empty())) {
        std::fprintf(stderr, "streamgauge-cli split: %s\n",
                     parsed ? "what to split is missing: give --follow GLOB... or --import PATH..." : parsed.error().message.c_str());
        return 2;
    }
    SplitterPart part;
    if (const Status done = split(*parsed, part); !done) {
        std::fprintf(stderr, "streamgauge-cli split: %s\n", done.error().message.c_str());
        return 1;
    }
    for (const Problem& problem : part.stage.problems)
        if (!problem.resolved) std::fprintf(stderr, "%s\n", problem.sentence.c_str());
    std::printf("%llu lines in chunks, %llu not yet; %llu chunks made, %u sources\n", static_cast<unsigned long long>(part.split),
                static_cast<unsigned long long>(part.unsplit), static_cast<unsigned long long>(part.chunks), part.sources);
    return 0;
}

} // namespace sg
