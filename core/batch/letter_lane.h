#pragma once
/// The dead letters of one target on their way to its index of dead letters, and their documents out of it again when they are resolved.
///
/// One request at a time, built anew from the store each time: what is not settled stays there. A letter that is refused itself is settled:
/// it is kept here, told, and not sent again. What keeps letters back keeps back no other document. *Thread:* the deliver thread.
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/contract/problem.h"
#include "core/contract/tuning.h"
#include "core/elastic/transport.h"
#include "core/store/store.h"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sg {

class LetterLane {
public:
    LetterLane(Store& store, const Clock& clock, Target target, std::function<std::uint32_t()> random)
        : m_store(store), m_clock(clock), m_target(std::move(target)), m_random(std::move(random)) {}

    /// The next request, if there is something to say and it is time for it: its letters are marked as sent.
    [[nodiscard]] Result<std::optional<HttpRequest>> next(const OutputTuning& tuning);
    [[nodiscard]] Status answer(const HttpResponse& response, ProblemList& problems);
    /// The answer will not come.
    void lost();
    [[nodiscard]] bool isFlying() const { return m_flying; }
    /// When `next` may have something.
    [[nodiscard]] SteadyTime due() const { return m_notBefore; }

private:
    void wait(bool blocked);
    void say(ProblemList& problems, Severity severity, const std::string& sentence, const std::string& advice);
    void hold(ProblemList& problems, Severity severity, const std::string& sentence, const std::string& advice);
    Status commit(const LetterOutcome& outcome);

    Store& m_store;
    const Clock& m_clock;
    const Target m_target;
    const std::function<std::uint32_t()> m_random;
    std::vector<LetterToDeliver> m_sent; ///< of the request under way
    std::set<std::int64_t> m_maybeSent;  ///< rows of which an attempt of this run ended without a known outcome
    std::size_t m_most = kMostLetters;   ///< of a request
    bool m_flying = false;
    bool m_deletes = false; ///< the request under way takes documents away
    unsigned m_attempt = 0;
    std::uint64_t m_refused = 0; ///< in this run
    SteadyTime m_notBefore{};

    static constexpr std::size_t kMostLetters = 500;
};

} // namespace sg
