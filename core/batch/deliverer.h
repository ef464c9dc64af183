#pragma once
/// Delivers committed batches to Elasticsearch, exactly once: a cursor per target, ids from positions, op `create`.
///
/// Older targets that batches still wait for are served beside the current one, three at most, one request at a time each: none holds
/// back another. The keys of their problems end in the target's key.
/// *Thread:* the deliver thread only; `pump` starts what can be started, answers arrive through the transport. *Cost:* whatever the backlog,
/// twice bulkBytes for each request under way (a body is kept until its answer, and the transport holds its copy) and one body
/// read ahead, so bulkBytes x (2 x inFlight + 1) and three for each older target, and the ranges of up to 32 open batches a target; batches are read again from their chunks.
#include "core/base/clock.h"
#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/batch/place_files.h"
#include "core/contract/privacy.h"
#include "core/contract/snapshot.h"
#include "core/contract/tuning.h"
#include "core/elastic/transport.h"
#include "core/enrich/enricher.h"
#include "core/chunks/data_directory.h"
#include "core/store/store.h"

#include <functional>
#include <memory>
#include <string>

namespace sg {

struct DelivererOptions {
    DataDirectory data;
    std::shared_ptr<const AgentRules> agentRules;
    PrivacyKey privacyKey{};                           ///< for user names
    std::shared_ptr<PlaceFiles> places;                ///< may be null
    std::string stream;                                ///< for X-Opaque-Id
    std::function<std::string(SourceId)> sourcePath;   ///< thread-safe
    std::function<void()> delivered;                   ///< called after each delivery commit (wakes the batch thread to release)
    std::uint64_t jitterSeed = 1;
};

class Deliverer {
public:
    /// `makeTransport` builds one for an address (with its credentials) when the address changes.
    [[nodiscard]] static std::unique_ptr<Deliverer> create(FileSystem& files, const Clock& clock, Store& store,
                                                          std::function<std::unique_ptr<Transport>(const std::string& url)> makeTransport,
                                                          DelivererOptions options);
    virtual ~Deliverer() = default;
    /// Starts what can be started now: identifies the server, puts the template, sends bodies, retries. Returns when to call again
    /// at the latest; also call it after each answer and when new batches were committed.
    [[nodiscard]] virtual Result<Milliseconds> pump(const Tuning& tuning) = 0;
    [[nodiscard]] virtual const OutputPart& part() const = 0;
    /// Nothing undelivered and nothing in flight.
    [[nodiscard]] virtual bool idle() const = 0;
};

} // namespace sg
