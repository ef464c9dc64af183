#include "app/retry_command.h"

#include "app/arguments.h"
#include "app/log_file.h"
#include "app/report.h"
#include "app/signals.h"
#include "core/batch/target.h"
#include "core/chunks/data_directory.h"
#include "core/pipeline/pipeline.h"
#include "core/store/store.h"

#include <QCoreApplication>

#include <cstdio>
#include <thread>

namespace sg {
namespace {

constexpr Milliseconds kLook{20};

int complain(const std::string& what, int code) {
    std::fprintf(stderr, "streamgauge-cli retry: %s\n", what.c_str());
    return code;
}

/// Lines that can be read now belong where the others went: to forget the address would leave them out there for good.
Status checkTarget(const RetryArguments& retry, const std::string& store) {
    if (retry.keepHere || !targetOf(retry.run.tuning.output).key.empty()) return {};
    SG_TRY_ASSIGN(const auto reading, openStoreForReading(store));
    SG_TRY_ASSIGN(const BatchId last, reading->lastBatch());
    const auto batch = reading->committedBatch(last);
    if (!batch || !batch->plan.hasTarget()) return {};
    return fail(ErrorCode::InvalidArgument, "the newest batch went to " + batch->plan.target.url + ": give --elasticsearch " +
                                                batch->plan.target.url + ", or --keep-here to read the lines for the charts alone");
}

} // namespace

int runRetryCommand(const std::vector<std::string>& arguments) {
    installSignalHandlers();
    const auto parsed = parseRetryArguments(arguments);
    if (!parsed) return complain(parsed.error().message, 2);
    const RunArguments& run = parsed->run;
    const DataDirectory data{run.pipeline.dataDirectory};
    PosixFileSystem files;
    if (!files.stat(data.store()))
        return complain(data.root + " holds no Streamgauge data (no " + data.store() + "); give the folder of a run with --data", 1);
    if (const Status fits = checkTarget(*parsed, data.store()); !fits)
        return complain(fits.error().message, fits.error().code == ErrorCode::InvalidArgument ? 2 : 1);

    char name[] = "streamgauge-cli";
    char* argv[] = {name, nullptr};
    int argc = 1;
    const QCoreApplication application(argc, argv);
    logToFile(data.root);
    auto pipeline = Pipeline::create(run.pipeline, run.tuning);
    if (!pipeline) return complain(pipeline.error().message, 1);
    for (const std::string& note : (*pipeline)->notes()) std::fprintf(stderr, "%s\n", note.c_str());
    if (const Status asked = (*pipeline)->retryDeadLetters(parsed->request); !asked) return complain(asked.error().message, 2);
    (*pipeline)->start();
    while (stopSignals() == 0 && !(*pipeline)->finished() && (*pipeline)->failure().empty())
        std::this_thread::sleep_for(kLook); // main only waits; the workers wait on conditions
    const int signalsBefore = stopSignals();
    const bool delivered = (*pipeline)->stop(run.tuning.output.drainTimeout, [&] { return stopSignals() <= signalsBefore; });
    const std::string failure = (*pipeline)->failure();
    const auto last = (*pipeline)->snapshot();
    pipeline->reset();
    if (!failure.empty()) return complain(failure, 1);
    const auto store = openStoreForReading(data.store());
    if (!store) return complain(store.error().message, 1);
    const auto outcome = (*store)->newestRetry();
    if (!outcome) return complain(outcome.error().message, 1);
    std::printf("%s\n", retryWords(*outcome).c_str());
    const std::string waiting =
        delivered ? std::string() : waitingText(last->ledger.undelivered, last->output->lettersWaiting, data.root, last->output->target);
    std::fputs(waiting.c_str(), stderr);
    return waiting.empty() ? 0 : 3;
}

} // namespace sg
