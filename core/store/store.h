#pragma once
/// The embedded store: one SQLite file with plans, commits, aggregates, cursors and dead letters. One writer.
///
/// *Thread:* one write connection behind a mutex, usable from any thread. *Owns:* `store.sqlite` (WAL, synchronous=FULL).
/// *Errors:* Corrupt when the file is no database of ours (see `moveStoreAside`), DiskFull, Io; messages name the file.
#include "core/aggregate/aggregate.h"
#include "core/base/result.h"
#include "core/contract/batch_progress.h"
#include "core/contract/ledger.h"
#include "core/contract/retry.h"
#include "core/store/plan.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

/// All that a commit makes true, in one transaction.
struct BatchCommit {
    BatchId id;
    const Aggregate* delta = nullptr;
    std::vector<LineRange> ranges;       ///< dead and skipped lines, ascending
    std::vector<DeadLetter> deadLetters; ///< samples, at most 1,000 a reason
    std::uint64_t notKept = 0;           ///< dead letters beyond the samples
    std::uint64_t parsed = 0;
    std::uint64_t parsedAgain = 0; ///< of these, lines of chunks whose lines were counted before
    std::uint64_t skipped = 0;
    std::uint64_t late = 0;
    std::uint64_t lost = 0; ///< planned lines that could not be read any more; leaves `planned`, enters `lost`
    std::array<std::uint64_t, kReasonCount> deadByReason{};
    struct Retried {
        std::uint64_t read = 0, dead = 0, skipped = 0;
    };
    std::map<std::string, Retried> retried;       ///< by the retry's key
    std::map<std::uint64_t, Timestamp> sourceMax; ///< source id -> greatest event time of the batch (clamped)
    BatchProgress progress;
};

/// The outcome of delivering one batch to its target, in one transaction.
struct DeliveryCommit {
    BatchId id;
    std::string target; ///< Target::key
    std::uint64_t created = 0;
    std::uint64_t duplicate = 0;
    std::uint64_t rejected = 0;
    std::uint64_t abandoned = 0;
    std::uint64_t sent = 0; ///< attempts
    std::vector<DeadLetter> deadLetters;
    std::uint64_t notKept = 0; ///< rejected documents beyond these
};

/// A dead letter on its way to a target's index of dead letters, or one whose document there is to go.
struct LetterToDeliver {
    std::int64_t row = 0; ///< in the store
    DeadLetter letter;
    bool maySentBefore = false; ///< `markLettersSent` was durable in an earlier run: 409 means duplicate
    bool resolved = false;      ///< its document is to be deleted; the letter has no line any more
};

/// What a target said to letters, in one transaction.
struct LetterOutcome {
    std::vector<std::int64_t> there;   ///< created, or there already
    std::vector<std::int64_t> refused; ///< not sent again
    std::vector<std::int64_t> deleted;
};

/// A batch that was given up so that the newest can go on.
struct AbandonedBatch {
    BatchId id;
    std::uint64_t documents = 0;
    std::string target; ///< Target::key
};

/// A committed batch as the deliverer needs it.
struct CommittedBatch {
    Plan plan;
    std::vector<LineRange> ranges;
    std::uint64_t parsed = 0;
    bool maySentBefore = false; ///< `markSent` was durable in an earlier run: 409 means duplicate
};

/// A retry whose lines are not all in chunks yet.
struct OpenRetry {
    std::uint64_t id = 0;
    std::string key;
    /// What becomes a source of its own: letters of one log, in their order.
    struct Part {
        std::string path; ///< of the log
        bool counted = false;
        std::uint64_t bytes = 0; ///< with a newline behind each line
    };
    std::vector<Part> parts;
};

struct RetriedLines {
    std::string bytes;
    std::uint64_t lines = 0;
};

class Store {
public:
    struct Options {
        std::string path; ///< of store.sqlite
        std::string vfs;  ///< SQLite VFS name; empty = the default
        std::uint32_t checkpointBatches = 64;
        std::uint64_t deadLetterBytes = 256U << 20U; ///< kept at most
        Milliseconds deadLetterAge{std::chrono::hours(24 * 30)};
        std::uint32_t minuteRetentionDays = 30; ///< counted from the newest event that is not a day ahead of its time
        std::uint32_t retainBatches = 100;      ///< plans and commits of released batches kept for inspection
        std::uint64_t maxPages = 0;             ///< of 4 KiB; 0 = as the disk allows. A full store is a DiskFull
    };
    /// Opens or creates; runs forward migrations. *Errors:* Corrupt, Busy, or a schema newer than this program.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(Options options);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    // identity
    [[nodiscard]] bool createdNow() const;                          ///< the file was made by this open
    [[nodiscard]] Result<std::string> meta(const std::string& key); ///< empty when unset
    [[nodiscard]] Status setMeta(const std::string& key, const std::string& value);

    // plan
    [[nodiscard]] Status savePlan(const Plan& plan);                 ///< also adds to `planned` (and `lost` for missing), keeps `headers`
    [[nodiscard]] Result<std::optional<Plan>> openPlan();            ///< planned, not committed
    [[nodiscard]] Result<Sequence> lastPlannedSequence();            ///< 0 = none
    [[nodiscard]] Result<BatchId> lastBatch();                       ///< 0 = none
    [[nodiscard]] Result<std::string> sourceFormat(SourceId source); ///< sticky decision of auto; empty = undecided
    [[nodiscard]] Status setSourceFormat(SourceId source, const std::string& format);
    [[nodiscard]] Result<std::optional<SourceHeader>> sourceHeader(SourceId source); ///< behind the newest plan's chunks; none = never kept
    [[nodiscard]] Result<std::map<std::uint64_t, Timestamp>> sourceMaxima();         ///< source -> greatest committed event time

    // commit
    /// Also takes `lost` lines out of `planned`, so that planned = committed + open holds. *Errors:* Internal when the batch is not the
    /// open plan.
    [[nodiscard]] Status commit(const BatchCommit& commit);
    [[nodiscard]] Result<bool> isCommitted(BatchId id); ///< the marker decides after an unknown outcome
    /// Everything committed, folded: what the live state starts from.
    [[nodiscard]] Result<Aggregate> loadAggregate();
    /// Stored minute rows of [from, to), minutes since the epoch, ascending, while `visit` returns true. What was committed since the
    /// last checkpoint is not in them. REQUIRES: `visit` does not call the store.
    [[nodiscard]] Status eachMinute(std::int64_t from, std::int64_t to,
                                    const std::function<bool(std::int64_t minute, std::string_view row)>& visit);
    [[nodiscard]] Status checkpoint(); ///< folds deltas; called by commit every checkpointBatches

    // deliver
    [[nodiscard]] Result<std::vector<BatchId>> undelivered(std::size_t limit); ///< committed, with a target, behind no cursor; ascending
    /// The same of one target, behind `after`.
    [[nodiscard]] Result<std::vector<BatchId>> undelivered(const std::string& target, BatchId after, std::size_t limit);
    /// Every target that a batch waits for, with its oldest batch.
    [[nodiscard]] Result<std::vector<std::pair<Target, BatchId>>> waitingTargets();
    [[nodiscard]] Result<CommittedBatch> committedBatch(BatchId id);
    /// Durable before the first body leaves; from then on nobody abandons the batch. False: it does not wait for this target (any more).
    [[nodiscard]] Result<bool> markSent(BatchId id, const std::string& target);
    /// Gives up the oldest undelivered batches, in one transaction, until the others take at most `keepBytes` of the queue. Batches of
    /// which anything may have left are not touched: whether they arrived is not known.
    [[nodiscard]] Result<std::vector<AbandonedBatch>> abandonOldest(std::uint64_t keepBytes);
    /// *Errors:* Internal when the batch is not committed, has another target or was delivered before.
    [[nodiscard]] Status commitDelivery(const DeliveryCommit& commit);

    // dead letters, to their own index
    /// The oldest for this target that are not there, and the resolved ones that still are.
    [[nodiscard]] Result<std::vector<LetterToDeliver>> lettersToDeliver(const std::string& target, std::size_t limit);
    /// Durable before their body leaves. Those of them, ascending, that are still to be delivered. REQUIRES: ascending.
    [[nodiscard]] Result<std::vector<std::int64_t>> markLettersSent(const std::vector<std::int64_t>& rows);
    [[nodiscard]] Status commitLetters(const LetterOutcome& outcome);
    [[nodiscard]] Result<std::uint64_t> lettersWaiting();              ///< of all targets
    [[nodiscard]] Result<std::vector<std::string>> letterTargets(); ///< keys of those that letters wait for

    // the retry of dead letters
    /// Takes the letters of a reason (or all) whose lines are whole; from now on what will be in the retry's chunks is fixed. With nothing to
    /// take it is closed at once. REQUIRES: none is open. `withRefused`: there is a target that would take refused documents.
    [[nodiscard]] Result<RetryOutcome> beginRetry(const RetryRequest& request, bool withRefused, Timestamp now);
    [[nodiscard]] Result<std::optional<OpenRetry>> openRetry();
    /// Whole lines of a part from byte `from` on: at least one, no more than `most` bytes otherwise.
    [[nodiscard]] Result<RetriedLines> retryLines(std::uint64_t id, const OpenRetry::Part& part, std::uint64_t from, std::uint64_t most);
    /// All of it is in durable chunks, `chunk` the last: its letters are resolved, in one transaction.
    [[nodiscard]] Status finishRetry(std::uint64_t id, const std::string& chunk);
    [[nodiscard]] Result<RetryOutcome> newestRetry(); ///< id 0 = none
    /// The format that was chosen for a retry; empty = its source's, or the retry is not of this store.
    [[nodiscard]] Result<std::string> retryFormat(const std::string& key);

    // release
    /// Committed batches whose chunks may go: no target, or delivered; not yet released; ascending.
    [[nodiscard]] Result<std::vector<Plan>> releasable(std::size_t limit);
    [[nodiscard]] Status markReleased(BatchId id);

    // reports
    /// The planner's, processor's and deliverer's counters; lines, split, unsplit, waiting are the caller's.
    [[nodiscard]] Result<Ledger> ledger();
    [[nodiscard]] Status setOpening(std::uint64_t lines);
    [[nodiscard]] Result<std::vector<BatchProgress>> progress(std::size_t newest);
    [[nodiscard]] Result<std::vector<DeadLetter>> deadLetters(std::size_t newest); ///< those that are not resolved
    [[nodiscard]] Result<std::uint64_t> deadLettersNotKept();
    [[nodiscard]] Result<std::uint64_t> minuteLines(); ///< sum over all minute rows, expired ones included
    [[nodiscard]] Result<std::uint64_t> undeliveredLines();
    [[nodiscard]] Result<std::uint64_t> undeliveredBatches();

private:
    friend Result<std::unique_ptr<Store>> openStoreForReading(const std::string& path);
    struct Impl;
    explicit Store(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

/// Opens the store read-only for a report while another process may write.
[[nodiscard]] Result<std::unique_ptr<Store>> openStoreForReading(const std::string& path);

/// Renames the store at `path`, its -wal and its -shm to `<name>.corrupt-<UTC stamp>`; returns the new path of the store.
/// The caller says so to a person, draws a new stream and opens a new store with an opening balance.
[[nodiscard]] Result<std::string> moveStoreAside(const std::string& path, Timestamp now);

} // namespace sg
