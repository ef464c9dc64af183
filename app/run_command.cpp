#include "app/run_command.h"

#include "app/arguments.h"
#include "app/log_file.h"
#include "app/report.h"
#include "app/signals.h"
#include "app/terminal_view.h"
#include "core/base/file_system.h"
#include "core/pipeline/pipeline.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstdio>
#include <set>
#include <thread>
#include <unistd.h>

namespace sg {
namespace {

constexpr Milliseconds kFrame{100};
constexpr Milliseconds kPlainLine{2000};
constexpr Milliseconds kLeastPatience{1000};

int complain(const char* what, int code) {
    std::fprintf(stderr, "streamgauge-cli run: %s\n", what);
    return code;
}

/// Says each problem once, and each format that was recognised, when it is not drawn by the live view.
class ProblemTeller {
public:
    void tell(const Snapshot& snapshot) {
        const auto each = [&](const std::vector<Problem>& problems) {
            for (const Problem& problem : problems)
                if (!problem.resolved && m_told.insert(problem.key).second)
                    std::fprintf(stderr, "%s%s%s\n", problem.sentence.c_str(), problem.advice.empty() ? "" : ": ", problem.advice.c_str());
        };
        if (snapshot.generator) each(snapshot.generator->stage.problems);
        if (snapshot.splitter) each(snapshot.splitter->stage.problems);
        if (snapshot.batch) each(snapshot.batch->stage.problems);
        if (snapshot.output) each(snapshot.output->stage.problems);
        if (snapshot.metrics) each(snapshot.metrics->problems);
        if (snapshot.batch)
            for (const std::string& sentence : snapshot.batch->recognised)
                if (m_told.insert(sentence.substr(0, sentence.find(", "))).second) std::fprintf(stderr, "%s\n", sentence.c_str());
    }

private:
    std::set<std::string> m_told;
};

/// The reader waits for room that only delivery can make, and nothing has been delivered for that long: what is there now is done as far
/// as it can be.
class StallWatch {
public:
    explicit StallWatch(Milliseconds patience) : m_patience(patience) {}
    bool isStalled(const Snapshot& snapshot, SteadyTime now) {
        const auto& problems = snapshot.splitter->stage.problems;
        const bool full =
            std::any_of(problems.begin(), problems.end(), [](const Problem& p) { return p.key == "split.queue_full" && !p.resolved; });
        const std::uint64_t moved =
            snapshot.ledger.committed + snapshot.ledger.indexed() + snapshot.ledger.rejected + snapshot.ledger.abandoned;
        if (!full || moved != m_moved) {
            m_moved = moved;
            m_since = now;
        }
        return full && now - m_since >= m_patience;
    }

private:
    Milliseconds m_patience;
    std::uint64_t m_moved = 0;
    SteadyTime m_since{};
};

/// The steps of a scenario, each at its time.
class ScenarioSteps {
public:
    explicit ScenarioSteps(const Scenario& scenario) : m_scenario(scenario) {}
    /// Applies what is due; true with a new caption in `say`.
    bool advance(Milliseconds elapsed, Pipeline& pipeline, std::string& say) {
        bool said = false, changed = false;
        for (; m_next < m_scenario.steps.size() && m_scenario.steps[m_next].at <= elapsed; ++m_next) {
            const ScenarioStep& step = m_scenario.steps[m_next];
            changed = changed || !step.sets.empty();
            if (step.say.empty()) continue;
            say = step.say;
            said = true;
        }
        if (changed) pipeline.apply(m_scenario.after(elapsed));
        return said;
    }

private:
    const Scenario& m_scenario;
    std::size_t m_next = 0;
};

} // namespace

int runPipelineCommand(const std::vector<std::string>& arguments) {
    installSignalHandlers();
    const auto parsed = parseRunArguments(arguments);
    if (!parsed) return complain(parsed.error().message.c_str(), 2);
    const RunArguments& run = *parsed;

    char name[] = "streamgauge-cli";
    char* argv[] = {name, nullptr};
    int argc = 1;
    const QCoreApplication application(argc, argv);

    PosixFileSystem files;
    if (const Status made = files.makeDirectoriesDurably(run.pipeline.dataDirectory); !made)
        return complain(made.error().message.c_str(), 1);
    logToFile(run.pipeline.dataDirectory);

    auto pipeline = Pipeline::create(run.pipeline, run.tuning);
    if (!pipeline) return complain(pipeline.error().message.c_str(), 1);
    for (const std::string& note : (*pipeline)->notes()) std::fprintf(stderr, "%s\n", note.c_str());

    const bool live = ::isatty(STDOUT_FILENO) == 1 && !run.plain;
    const SystemClock clock;
    const SteadyTime begin = clock.steady();
    (*pipeline)->start();
    if (const auto metrics = (*pipeline)->snapshot()->metrics; metrics && !metrics->address.empty())
        std::fprintf(stderr, "metrics at http://%s/metrics\n", metrics->address.c_str());
    ProblemTeller teller;
    std::unique_ptr<TerminalView> view;
    if (live) view = std::make_unique<TerminalView>(run.colour);
    SteadyTime lastLine = begin;
    const auto show = [&] {
        const auto snapshot = (*pipeline)->snapshot();
        if (view) {
            view->draw(*snapshot);
        } else {
            teller.tell(*snapshot);
            if (clock.steady() - lastLine >= kPlainLine) {
                lastLine = clock.steady();
                std::printf("%s\n", renderPlainLine(*snapshot).c_str());
                std::fflush(stdout);
            }
        }
    };
    std::optional<ScenarioSteps> steps;
    if (run.scenario) steps.emplace(*run.scenario);
    StallWatch stall(std::max(run.tuning.output.drainTimeout, kLeastPatience));
    while (stopSignals() == 0 && !(*pipeline)->finished() && (*pipeline)->failure().empty()) {
        if (run.forDuration && clock.steady() - begin >= *run.forDuration) break;
        if (run.pipeline.availableNow && stall.isStalled(*(*pipeline)->snapshot(), clock.steady())) break;
        if (std::string say; steps && steps->advance(std::chrono::duration_cast<Milliseconds>(clock.steady() - begin), **pipeline, say)) {
            if (view) view->setCaption(say);
            else std::printf("%s\n", say.c_str());
        }
        show();
        std::this_thread::sleep_for(kFrame); // main only draws; the workers wait on conditions
    }
    const int signalsBefore = stopSignals();
    const bool delivered = (*pipeline)->stop(run.tuning.output.drainTimeout, [&] {
        show();
        return stopSignals() <= signalsBefore; // a further signal ends now
    });
    const auto last = (*pipeline)->snapshot();
    view.reset();
    teller.tell(*last);
    std::printf("%s", renderLedger(last->ledger).c_str());
    const std::string failure = (*pipeline)->failure();
    if (!failure.empty()) return complain(failure.c_str(), 1);
    const std::string waiting = delivered ? std::string()
                                          : waitingText(last->ledger.undelivered, last->output->lettersWaiting, run.pipeline.dataDirectory,
                                                        last->output->target);
    std::fputs(waiting.c_str(), stderr);
    return waiting.empty() ? 0 : 3;
}

} // namespace sg
