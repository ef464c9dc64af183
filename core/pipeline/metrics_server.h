#pragma once
/// Answers Prometheus: `/metrics` from the newest Snapshot, `/healthz` with 200 or 503 and the reason. Off until it is told an address.
///
/// *Thread:* one of its own, made while it is on; methods from any thread but that one, `apply` one at a time. Workers are never asked:
/// a scrape reads what they have published. *Errors:* an address that cannot be had is a problem of `part()`, and is tried again every 5 s.
/// *Cost:* one request 1 to 2 ms; at most 16 connections, 10 s each, heads of at most 8 KiB.
#include "core/base/latest.h"
#include "core/contract/snapshot.h"
#include "core/contract/tuning.h"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

class QEventLoop;

namespace sg {

class MetricsServer {
public:
    /// `snapshot` from any thread. `unwell` gives what speaks against the pipeline; empty = nothing.
    MetricsServer(std::function<std::shared_ptr<const Snapshot>()> snapshot, std::function<std::string()> unwell);
    ~MetricsServer() { stop(); }
    MetricsServer(const MetricsServer&) = delete;
    MetricsServer& operator=(const MetricsServer&) = delete;

    /// Listens, moves or ends; what is as it was stays untouched. Returns when it has been tried: in milliseconds.
    void apply(const MetricsTuning& tuning);
    void stop();
    /// Null until it was first told to listen.
    [[nodiscard]] std::shared_ptr<const MetricsPart> part() const { return m_part.get(); }

private:
    void serve(const std::string& address, const std::function<void()>& tried);

    const std::function<std::shared_ptr<const Snapshot>()> m_snapshot;
    const std::function<std::string()> m_unwell;
    Latest<MetricsPart> m_part;
    MetricsTuning m_tuning; // of the thread that applies
    std::mutex m_loopMutex;
    QEventLoop* m_loop = nullptr; // guarded by m_loopMutex
    std::jthread m_thread;
};

} // namespace sg
