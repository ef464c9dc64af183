#pragma once
/// Writes the problems of one stage into the log: when one begins, when it has grown (at most every 10 s) and when it is over.
///
/// *Thread:* belongs to its stage's thread, which calls `note` before it publishes its part.
#include "core/base/clock.h"
#include "core/contract/problem.h"

#include <map>
#include <memory>
#include <spdlog/spdlog.h>
#include <string>
#include <vector>

namespace sg {

class ProblemLog {
public:
    explicit ProblemLog(std::shared_ptr<spdlog::logger> logger) : m_logger(std::move(logger)) {}

    void note(const std::vector<Problem>& problems, SteadyTime now) {
        for (const Problem& problem : problems) {
            Known& known = m_known[problem.key];
            const bool begins = known.count == 0 || (known.over && !problem.resolved);
            const bool grew = !problem.resolved && problem.count > known.count && problem.sentence != known.sentence;
            if (problem.resolved) {
                if (!known.over) m_logger->info("over: {}", problem.sentence);
            } else if (begins || (grew && now - known.written >= kAgainAfter)) {
                m_logger->log(levelOf(problem.severity), "{}{}{}", problem.sentence, problem.advice.empty() ? "" : " - ", problem.advice);
                known.written = now;
                known.sentence = problem.sentence;
            }
            known.count = problem.count;
            known.over = problem.resolved;
        }
        if (m_known.size() > 2 * problems.size() + 16) forgetAllBut(problems);
    }

private:
    static constexpr Milliseconds kAgainAfter{10'000};
    struct Known {
        std::uint64_t count = 0;
        bool over = false;
        std::string sentence;
        SteadyTime written{};
    };
    static spdlog::level::level_enum levelOf(Severity severity) {
        return severity == Severity::Error ? spdlog::level::err : severity == Severity::Warning ? spdlog::level::warn : spdlog::level::info;
    }
    void forgetAllBut(const std::vector<Problem>& problems) {
        std::map<std::string, Known> left;
        for (const Problem& problem : problems) left[problem.key] = m_known[problem.key];
        m_known = std::move(left);
    }

    const std::shared_ptr<spdlog::logger> m_logger;
    std::map<std::string, Known> m_known;
};

} // namespace sg
