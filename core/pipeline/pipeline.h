#pragma once
/// The whole machine: generator or followed logs > splitter > micro-batches > store > Elasticsearch, on four named threads.
///
/// Verbs in, values out: nothing of the workers is visible but their parts of the Snapshot. *Thread:* all methods from one thread
/// (the window's or main), `snapshot` and `apply` from any. *Owns:* the data directory while it lives.
/// *Errors:* `create` says what cannot be opened; later a worker's failure is sticky in its part (StageState::Failed) until `restart`.
#include "core/base/result.h"
#include "core/contract/credentials.h"
#include "core/contract/snapshot.h"
#include "core/contract/tuning.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sg {

struct PipelineOptions {
    std::string dataDirectory;
    bool generate = false;                     ///< host a generator writing to `logPath`
    std::string logPath;                       ///< empty = <data>/log/access.log
    std::optional<std::uint64_t> count;        ///< lines to generate in this run
    std::vector<std::string> follow;           ///< paths and globs
    std::vector<std::string> import;           ///< files and folders
    std::string format = "auto";               ///< or a format's name, one of the Tuning's own among them
    int zoneMinutes = 0;
    std::string agentRules;                    ///< regexes.yaml; empty = Debian's, and without it only if it is not there
    std::optional<Credentials> credentials;    ///< for Elasticsearch; unset = from the environment
    int niceness = 0;                          ///< of the workers' threads, 0 to 19: a window beside them answers first
    bool availableNow = false;                 ///< end when everything that is there has been processed and delivered
};

enum class StageName : std::uint8_t { Generator, Splitter, Batch, Output };

class Pipeline {
public:
    [[nodiscard]] static Result<std::unique_ptr<Pipeline>> create(PipelineOptions options, const Tuning& tuning);
    virtual ~Pipeline() = default;

    virtual void start() = 0;
    /// Sources stand still (generator and reader); what has been read is still processed and delivered.
    virtual void pause(bool paused) = 0;
    /// Ends the imports where they are: what is in chunks stays and is processed, an import of the same files goes on behind it. Takes
    /// effect at the splitter's next step; its part says when.
    virtual void cancelImports() = 0;
    /// Clips, numbers and publishes a Tuning; wakes every wait. Returns its revision, which the parts echo once it is in force.
    virtual Revision apply(Tuning tuning) = 0;
    [[nodiscard]] virtual Tuning tuning() const = 0;
    [[nodiscard]] virtual std::shared_ptr<const Snapshot> snapshot() const = 0;
    /// Which window of event time the snapshot's `window` sums up; from any thread, answered within a tenth of a second or so.
    virtual void setView(const ViewRequest& view) = 0;
    /// Reads dead letters again; from any thread. What became of it is in the snapshot's `deadLetters`, as the newest retry; it survives a
    /// kill, and one that is asked for while another is under way waits for it. *Errors:* there is no such format.
    [[nodiscard]] virtual Status retryDeadLetters(const RetryRequest& request) = 0;
    /// Nothing is left to do: the generator's count is reached, or imports are through (availableNow: and delivered).
    [[nodiscard]] virtual bool finished() const = 0;
    /// A worker that failed and is not restarted; empty when none has.
    [[nodiscard]] virtual std::string failure() const = 0;
    virtual void restart(StageName stage) = 0;
    /// Sources first, the tail is split, the batch committed, delivery up to `drain`. Blocks; calls `whileWaiting` about ten times a
    /// second; ends at once when it returns false. True when nothing is left undelivered.
    virtual bool stop(Milliseconds drain, const std::function<bool()>& whileWaiting) = 0;
    /// What happened at opening that a person should know.
    [[nodiscard]] virtual const std::vector<std::string>& notes() const = 0;
};

/// Names of the formats that can be read, for a choice of them.
[[nodiscard]] std::vector<std::string> readableFormats();

} // namespace sg
