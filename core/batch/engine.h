#pragma once
/// The micro-batch engine: plan, process, commit, release. Each step is durable before the next begins.
///
/// One call of `runOnce` is one trigger; the batch thread calls it at each interval, the tests by hand. *Thread:* the batch thread
/// (slices run on the Executor); `sourcePath` from any thread. *Errors:* an error of `runOnce` stops the stage; what can be waited
/// for (a full disk) or accounted for (a chunk that vanished) is a problem of `part()` instead.
#include "core/base/clock.h"
#include "core/base/executor.h"
#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/batch/place_files.h"
#include "core/chunks/data_directory.h"
#include "core/contract/privacy.h"
#include "core/contract/snapshot.h"
#include "core/contract/tuning.h"
#include "core/enrich/enricher.h"
#include "core/store/store.h"

#include <functional>
#include <memory>
#include <string>

namespace sg {

struct BatchEngineOptions {
    DataDirectory data;
    std::string stream;
    std::string runId;                            ///< of this process, for progress records
    std::string format = "auto";                  ///< registry name, or "auto": decided once per source
    int zoneMinutes = 0;                          ///< of times without a zone
    std::shared_ptr<const AgentRules> agentRules; ///< may be null
    PrivacyKey privacyKey{};                      ///< what user names are hashed with
    std::shared_ptr<PlaceFiles> places;           ///< shared with delivery; may be null
    std::function<Target()> target;               ///< where new plans go; unset = nowhere
    std::function<void()> committed;              ///< called after each commit (wakes delivery)
};

class BatchEngine {
public:
    /// What a trigger did.
    struct Tick {
        bool ran = false;  ///< a batch was committed
        bool more = false; ///< a limit was hit, or an older plan was finished: the next batch starts at once
    };

    /// Loads the live state; sets the opening balance of a new store.
    [[nodiscard]] static Result<std::unique_ptr<BatchEngine>> open(FileSystem& files, const Clock& clock, Store& store, Executor& executor,
                                                                   BatchEngineOptions options);
    virtual ~BatchEngine() = default;

    [[nodiscard]] virtual Result<Tick> runOnce(const Tuning& tuning) = 0;
    /// Frees the chunks of batches that every target has: positions durable first, then the files. The first call also finishes the
    /// releases that a kill interrupted; with `whenFull` drop it abandons what does not fit.
    [[nodiscard]] virtual Status release(const Tuning& tuning) = 0;
    /// Lines in chunks that no batch has taken, as of the last listing.
    [[nodiscard]] virtual std::uint64_t waiting() const = 0;
    /// Brings the published part up to date (delivery counters, top lists).
    [[nodiscard]] virtual Status refresh() = 0;
    [[nodiscard]] virtual const BatchPart& part() const = 0;
    /// Answers a request for a window; from then on each commit keeps it up to date, and this puts it together. `ended`: no line more
    /// will come. *Errors:* of reading the store.
    [[nodiscard]] virtual Status view(const ViewRequest& request, bool ended) = 0;
    /// Null before the first `view`.
    [[nodiscard]] virtual std::shared_ptr<const WindowPart> window() const = 0;
    /// The newest lines of the last batch committed since the first `view`, at most five times a second. Null before.
    [[nodiscard]] virtual std::shared_ptr<const TailPart> tail() const = 0;
    /// As of a `view` at most a second after a dead letter was added. Null before the first.
    [[nodiscard]] virtual std::shared_ptr<const DeadLetterPart> deadLetters() const = 0;
    /// The path that a source had when it was first seen; empty when unknown.
    [[nodiscard]] virtual std::string sourcePath(SourceId source) const = 0;
};

/// Written into every plan; raised when a change of the engine could change a document.
inline constexpr std::string_view kEngineVersion = "1";

} // namespace sg
