#include "core/pipeline/worker_loop.h"

#include <exception>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace sg {

void yieldThisThread(int niceness) {
    if (niceness > 0) ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);
}

void WorkerLoop::start(const char* name, int niceness, Step step, std::function<void(const std::string&)> failed) {
    m_step = std::move(step);
    m_onFailed = std::move(failed);
    m_thread = std::jthread([this, niceness](const std::stop_token& token) {
        yieldThisThread(niceness);
        run(token);
    });
    ::pthread_setname_np(m_thread.native_handle(), name);
}

void WorkerLoop::wake() {
    {
        const std::lock_guard lock(m_mutex);
        m_wake = true;
    }
    m_woken.notify_all();
}

void WorkerLoop::restart() {
    {
        const std::lock_guard lock(m_mutex);
        m_failure.clear();
        m_failed = false;
        m_wake = true;
    }
    m_woken.notify_all();
}

void WorkerLoop::stop() {
    if (!m_thread.joinable()) return;
    m_thread.request_stop();
    m_thread.join();
}

std::string WorkerLoop::failure() const {
    const std::lock_guard lock(m_mutex);
    return m_failure;
}

Result<Milliseconds> WorkerLoop::guardedStep() {
    try {
        return m_step();
    } catch (const std::exception& stray) {
        return fail(ErrorCode::Internal, std::string("unexpected: ") + stray.what());
    }
}

void WorkerLoop::run(const std::stop_token& token) {
    while (!token.stop_requested()) {
        Milliseconds pause = std::chrono::hours(1);
        if (!m_failed) {
            const auto next = guardedStep();
            if (next) {
                pause = *next;
            } else {
                {
                    const std::lock_guard lock(m_mutex);
                    m_failure = next.error().message;
                    m_failed = true;
                }
                m_onFailed(next.error().message);
            }
        }
        if (pause.count() <= 0) continue;
        std::unique_lock lock(m_mutex);
        m_woken.wait_for(lock, token, pause, [this] { return m_wake; });
        m_wake = false;
    }
}

} // namespace sg
