#include "core/pipeline/dead_letter_retry.h"

#include "core/base/fault.h"
#include "core/batch/target.h"
#include "core/format/format.h"

#include <algorithm>

namespace sg {
namespace {

constexpr std::uint64_t kChunkBytes = 4U << 20U;
constexpr Milliseconds kAgain{500};

bool canWait(const Error& error) { return error.code == ErrorCode::DiskFull || error.code == ErrorCode::Busy; }

} // namespace

Status DeadLetterRetry::ask(const RetryRequest& request) {
    if (!request.format.empty()) SG_TRY(findFormat(request.format));
    const std::lock_guard lock(m_mutex);
    m_asked.push_back(request);
    m_pending = true;
    return {};
}

Status DeadLetterRetry::begin(const Tuning& tuning) {
    RetryRequest request;
    {
        const std::lock_guard lock(m_mutex);
        if (m_asked.empty()) {
            m_pending = false;
            return {};
        }
        request = m_asked.front();
    }
    SG_TRY(m_store.beginRetry(request, !targetOf(tuning.output).key.empty(), m_clock.wall()));
    const std::lock_guard lock(m_mutex);
    m_asked.pop_front();
    m_looked = false;
    return {};
}

/// The next chunk; true when all of them are published.
Result<bool> DeadLetterRetry::publish(Splitter& splitter, const Tuning& tuning) {
    for (const OpenRetry::Part& part : m_open->parts) {
        const RetriedSource source{retrySourceName(m_open->key, part.counted), part.path};
        const std::uint64_t position = splitter.retried(source);
        if (position >= part.bytes) continue;
        SG_TRY_ASSIGN(const RetriedLines lines,
                      m_store.retryLines(m_open->id, part, position, std::min(kChunkBytes, tuning.split.maxBytes)));
        if (lines.lines == 0) return fail(ErrorCode::Internal, "the dead letters of retry " + m_open->key + " have changed");
        SG_TRY_ASSIGN(const std::string chunk, splitter.publishRetried(source, lines.lines, lines.bytes));
        if (chunk.empty()) return fail(ErrorCode::Busy, "there is no room for the chunks of a retry");
        m_lastChunk = chunk;
        SG_FAULT_POINT("retry.chunk.after");
        return false;
    }
    return true;
}

Result<bool> DeadLetterRetry::step(Splitter& splitter, const Tuning& tuning) {
    if (!m_pending || m_clock.steady() < m_notBefore) return false;
    const auto doStep = [&]() -> Status {
        if (!m_looked) {
            SG_TRY_ASSIGN(m_open, m_store.openRetry());
            m_looked = true;
        }
        if (!m_open) return begin(tuning);
        SG_TRY_ASSIGN(const bool all, publish(splitter, tuning));
        if (!all) return {};
        SG_TRY(m_store.finishRetry(m_open->id, m_lastChunk));
        m_open.reset();
        m_lastChunk.clear();
        return {};
    };
    const Status done = doStep();
    if (done) return m_pending.load();
    if (!canWait(done.error())) return fail(done.error());
    m_notBefore = m_clock.steady() + kAgain;
    return false;
}

} // namespace sg
