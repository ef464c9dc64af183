#pragma once
/// One long-lived named thread that calls a step again and again, waits between calls, and can be woken, paused, failed and restarted.
///
/// *Thread:* synchronizes itself; `step` runs on the worker's thread only. *Errors:* a step that fails, or throws, puts the loop into
/// the sticky failed state until `restart`; the sentence is kept.
#include "core/base/clock.h"
#include "core/base/result.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace sg {

/// Lets other threads of the process go first; threads that this one starts inherit it. Linux has a niceness for each thread.
void yieldThisThread(int niceness);

class WorkerLoop {
public:
    /// Returns how long to wait before the next call; 0 = at once.
    using Step = std::function<Result<Milliseconds>()>;
    /// `failed` is called on the worker's thread when it enters the failed state.
    void start(const char* name, int niceness, Step step, std::function<void(const std::string&)> failed);
    /// Ends the wait that is under way.
    void wake();
    void restart();
    /// Lets the step that is running end; no lock is held while joining.
    void stop();
    [[nodiscard]] bool isFailed() const { return m_failed; }
    [[nodiscard]] std::string failure() const;
    ~WorkerLoop() { stop(); }

private:
    void run(const std::stop_token& token);
    [[nodiscard]] Result<Milliseconds> guardedStep();

    Step m_step;                                    // constant after start
    std::function<void(const std::string&)> m_onFailed; // constant after start
    std::jthread m_thread;
    std::atomic<bool> m_failed = false;
    mutable std::mutex m_mutex;
    std::condition_variable_any m_woken;
    bool m_wake = false;    // guarded by m_mutex
    std::string m_failure;  // guarded by m_mutex
};

} // namespace sg
