#pragma once
/// Makes dead letters lines again, exactly once: taken in the store, published as chunks of a source of their own, resolved in the store.
///
/// What was taken fixes the bytes of the source, and the source's chunks say how far it is: after a kill between any two steps the same
/// bytes go on where they end, and only then the letters are resolved. *Thread:* the split thread, `ask` from any.
/// *Errors:* of `step`: what stops the stage; a full disk is waited for.
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/contract/retry.h"
#include "core/contract/tuning.h"
#include "core/split/splitter.h"
#include "core/store/store.h"

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>

namespace sg {

class DeadLetterRetry {
public:
    /// A retry that a kill interrupted goes on with the first step.
    DeadLetterRetry(Store& store, const Clock& clock) : m_store(store), m_clock(clock) {}

    /// *Errors:* InvalidArgument when no format has this name.
    [[nodiscard]] Status ask(const RetryRequest& request);
    /// Something is asked for, or under way.
    [[nodiscard]] bool isPending() const { return m_pending; }
    /// Does what can be done now. True: there is more to do, and room for it.
    [[nodiscard]] Result<bool> step(Splitter& splitter, const Tuning& tuning);

private:
    Status begin(const Tuning& tuning);
    Result<bool> publish(Splitter& splitter, const Tuning& tuning);

    Store& m_store;
    const Clock& m_clock;
    std::mutex m_mutex;
    std::deque<RetryRequest> m_asked; // guarded by m_mutex
    std::atomic<bool> m_pending = true; // until the store was asked
    std::optional<OpenRetry> m_open;
    bool m_looked = false; // the store was asked what is open
    std::string m_lastChunk;
    SteadyTime m_notBefore{};
};

} // namespace sg
