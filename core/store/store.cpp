#include "core/store/store.h"

#include "core/base/fault.h"
#include "core/base/file_system.h"
#include "core/store/codec.h"
#include "core/store/database.h"
#include "core/store/schema.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <limits>
#include <mutex>
#include <unistd.h>

namespace sg {
namespace {

constexpr std::size_t kProgressKept = 1000;
constexpr std::size_t kMaxRawBytes = 64U << 10U;
constexpr std::int64_t kSecondsKept = 86'400;
/// Ahead of the time at which its batch was planned: a log in another zone than it says is at most 14 h off.
constexpr std::int64_t kMinutesAhead = 1440;
constexpr std::int64_t kLiveMinutes = kLiveSeconds / 60;
constexpr std::chrono::seconds kCheckpointEvery{60};
constexpr std::int64_t kRetriesKept = 100;
constexpr std::size_t kDeadLetterOverhead = 200; // bytes of a row besides its texts, for the cap

constexpr const char* kLastCommitted = "committed_batch";
constexpr const char* kLastPlanned = "planned_batch";
constexpr const char* kLastSequence = "planned_sequence";

std::string deadCounter(std::size_t reason) { return "dead_" + std::to_string(reason); }
std::string resolvedCounter(std::size_t reason) { return "resolved_" + std::to_string(reason); }

/// What is known of a dead letter at the target to whose index of dead letters it goes.
enum class LetterState : std::uint8_t {
    Waits,
    Sent,     ///< it may be there; `run` says since which run
    There,
    Refused,
    Resolved, ///< its document is to be deleted; nothing but its id is left here
};
constexpr auto number(LetterState state) { return static_cast<std::int64_t>(state); }

std::uint64_t sizeOf(const DeadLetter& letter) {
    return kDeadLetterOverhead + std::min(letter.raw.size(), kMaxRawBytes) + letter.detail.size() + letter.sourcePath.size() +
           letter.documentId.size() + letter.target.size();
}

Failure outOfTurn(BatchId id, const std::string& why) { return fail(ErrorCode::Internal, "batch " + std::to_string(id.value) + ' ' + why); }

} // namespace

struct Store::Impl {
    Options options;
    bool createdNow = false;
    std::int64_t run = 0; // of this open; marks of earlier ones are older
    std::mutex mutex;
    Database database;                                                                       // guarded by mutex
    std::uint32_t commitsSinceCheckpoint = 0;                                                // guarded by mutex
    std::chrono::steady_clock::time_point lastCheckpoint = std::chrono::steady_clock::now(); // guarded by mutex

    Status open(bool readOnly);
    Status checkWhole();

    // All below: REQUIRES: mutex held.
    Status addTo(const std::string& counter, std::uint64_t amount);
    Status takeFrom(const std::string& counter, std::uint64_t amount);
    Status set(const std::string& counter, std::uint64_t value);
    Result<std::uint64_t> counter(const std::string& name);
    Result<std::string> meta(const std::string& key);
    Result<std::optional<Plan>> plan(BatchId id);
    Result<std::optional<Plan>> openPlan();
    Result<std::vector<BatchId>> batches(const char* sql, std::size_t limit);
    Result<std::uint64_t> sum(const char* sql);

    Status writeCommit(const BatchCommit& commit);
    Status writeCounters(const BatchCommit& commit, const Plan& plan);
    Status writeDelivery(const DeliveryCommit& delivery);
    Status keepDeadLetters(const std::vector<DeadLetter>& letters, BatchId batch, const std::string& goesTo);
    Status boundDeadLetters();
    Result<std::uint64_t> deadLettersLeft(std::optional<Reason> reason);
    Status checkpoint();
    Status fold(const Aggregate& delta);
    Status foldRow(const char* select, const char* upsert, bool hasLines, std::int64_t key, const std::string& row);
    Status expire();
    Status expireMinutes(std::int64_t from, std::int64_t to);
    Status prune();
};

Status Store::Impl::open(bool readOnly) {
    const std::string& path = options.path;
    createdNow = false;
    if (!readOnly && options.vfs.empty()) {
        // SQLite gives -wal and -shm the mode of the database file.
        const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        createdNow = file >= 0;
        if (file >= 0) ::close(file);
    }
    SG_TRY(database.open(path, options.vfs, readOnly));
    SG_TRY(database.execute("PRAGMA locking_mode = NORMAL; PRAGMA foreign_keys = OFF"));
    SG_TRY(checkWhole());
    if (readOnly) {
        SG_TRY_ASSIGN(const std::int64_t version, schemaVersion(database));
        if (version != static_cast<std::int64_t>(schemaSteps().size()))
            return fail(ErrorCode::Refused,
                        "the store " + path + " has schema version " + std::to_string(version) + ", not the one of this program");
        return {};
    }
    // EXTRA until WAL is on: the journal of the switch must not come back after a power loss and undo what followed it.
    SG_TRY(database.execute(
        "PRAGMA synchronous = EXTRA; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216"));
    if (options.maxPages > 0) SG_TRY(database.execute(("PRAGMA max_page_count = " + std::to_string(options.maxPages)).c_str()));
    SG_TRY_ASSIGN(const std::int64_t before, schemaVersion(database));
    createdNow = createdNow || before == 0;
    SG_TRY(migrate(database, schemaSteps()));
    Transaction transaction(database);
    SG_TRY(transaction.begin());
    SG_TRY(addTo("runs", 1));
    SG_TRY_ASSIGN(const std::uint64_t runs, counter("runs"));
    SG_TRY(transaction.commit());
    run = static_cast<std::int64_t>(runs);
    return {};
}

Status Store::Impl::checkWhole() {
    Statement check(database, "PRAGMA quick_check(1)");
    SG_TRY_ASSIGN(const bool any, check.step());
    if (any && check.bytes(0) != "ok")
        return fail(ErrorCode::Corrupt, "the store " + options.path + " is damaged: " + std::string(check.bytes(0)));
    return {};
}

Status Store::Impl::addTo(const std::string& counter, std::uint64_t amount) {
    if (amount == 0) return {};
    return Statement(database, "INSERT INTO counters VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = value + excluded.value")
        .bind(counter)
        .bind(amount)
        .run();
}

Status Store::Impl::takeFrom(const std::string& counter, std::uint64_t amount) {
    if (amount == 0) return {};
    return Statement(database, "UPDATE counters SET value = value - ?2 WHERE name = ?1").bind(counter).bind(amount).run();
}

Status Store::Impl::set(const std::string& counter, std::uint64_t value) {
    return Statement(database, "INSERT OR REPLACE INTO counters VALUES(?1, ?2)").bind(counter).bind(value).run();
}

Result<std::uint64_t> Store::Impl::counter(const std::string& name) {
    Statement query(database, "SELECT value FROM counters WHERE name = ?1");
    SG_TRY_ASSIGN(const bool any, query.bind(name).step());
    return any ? query.number(0) : 0;
}

Result<std::string> Store::Impl::meta(const std::string& key) {
    Statement query(database, "SELECT value FROM meta WHERE key = ?1");
    SG_TRY_ASSIGN(const bool any, query.bind(key).step());
    return any ? std::string(query.bytes(0)) : std::string();
}

Result<std::optional<Plan>> Store::Impl::plan(BatchId id) {
    Statement query(database, "SELECT plan FROM plans WHERE batch = ?1");
    SG_TRY_ASSIGN(const bool any, query.bind(id.value).step());
    if (!any) return std::optional<Plan>();
    SG_TRY_ASSIGN(Plan found, decodePlan(query.bytes(0)));
    return std::optional<Plan>(std::move(found));
}

Result<std::optional<Plan>> Store::Impl::openPlan() {
    SG_TRY_ASSIGN(const std::uint64_t planned, counter(kLastPlanned));
    SG_TRY_ASSIGN(const std::uint64_t committed, counter(kLastCommitted));
    if (planned == committed) return std::optional<Plan>();
    SG_TRY_ASSIGN(std::optional<Plan> found, plan(BatchId{planned}));
    if (!found) return fail(ErrorCode::Corrupt, "the store " + options.path + " has lost the plan of batch " + std::to_string(planned));
    return found;
}

Result<std::vector<BatchId>> Store::Impl::batches(const char* sql, std::size_t limit) {
    Statement query(database, sql);
    query.bind(std::min<std::size_t>(limit, 1U << 30U));
    std::vector<BatchId> ids;
    while (true) {
        SG_TRY_ASSIGN(const bool any, query.step());
        if (!any) return ids;
        ids.push_back({query.number(0)});
    }
}

Result<std::uint64_t> Store::Impl::sum(const char* sql) {
    Statement query(database, sql);
    SG_TRY(query.step());
    return query.number(0);
}

Status Store::Impl::writeCounters(const BatchCommit& commit, const Plan& plan) {
    SG_TRY(takeFrom("planned", commit.lost));
    SG_TRY(addTo("lost", commit.lost));
    // The planner's count, not the sum of what the processor found: the two are compared.
    SG_TRY(addTo("committed", plan.lines - std::min(commit.lost, plan.lines)));
    SG_TRY(addTo("parsed", commit.parsed));
    SG_TRY(addTo("parsed_again", commit.parsedAgain));
    SG_TRY(addTo("skipped", commit.skipped));
    SG_TRY(addTo("late", commit.late));
    for (std::size_t i = 0; i < kReasonCount; ++i) SG_TRY(addTo(deadCounter(i), commit.deadByReason[i]));
    if (!plan.hasTarget()) SG_TRY(addTo("not_requested", commit.parsed));
    SG_TRY(addTo("not_kept", commit.notKept));
    return set(kLastCommitted, commit.id.value);
}

Status Store::Impl::writeCommit(const BatchCommit& commit) {
    SG_TRY_ASSIGN(const std::optional<Plan> plan, openPlan());
    if (!plan || plan->id != commit.id) return outOfTurn(commit.id, "is not the open plan and cannot be committed");
    SG_TRY(writeCounters(commit, *plan));
    const std::string ranges = encodeRanges(commit.ranges);
    SG_TRY(Statement(database, "INSERT INTO commits(batch, parsed, target, bytes, ranges) VALUES(?1, ?2, ?3, ?4, ?5)")
               .bind(commit.id.value)
               .bind(commit.parsed)
               .bind(plan->target.key)
               .bind(plan->queueBytes())
               .blob(ranges)
               .run());
    if (commit.delta != nullptr) {
        std::uint64_t lines = 0; // the rows' own count, to be compared with `parsed`
        Status readable;
        commit.delta->visitMinutes([&](std::int64_t, const std::string& row) {
            const Result<std::uint64_t> of = minuteRowLines(row);
            if (of) lines += *of;
            else readable = fail(of.error());
        });
        SG_TRY(readable);
        const std::string delta = commit.delta->serialize();
        SG_TRY(Statement(database, "INSERT INTO deltas VALUES(?1, ?2, ?3)").bind(commit.id.value).bind(lines).blob(delta).run());
    }
    SG_FAULT_POINT("commit.during");
    for (const auto& [source, time] : commit.sourceMax)
        SG_TRY(
            Statement(database, "INSERT INTO source_max VALUES(?1, ?2) ON CONFLICT(source) DO UPDATE SET time = max(time, excluded.time)")
                .bind(source)
                .bind(time.ns)
                .run());
    SG_TRY(keepDeadLetters(commit.deadLetters, commit.id, plan->target.key));
    for (const auto& [key, lines] : commit.retried)
        SG_TRY(Statement(database, "UPDATE retries SET read = read + ?2, dead = dead + ?3, skipped = skipped + ?4 WHERE key = ?1")
                   .bind(key)
                   .bind(lines.read)
                   .bind(lines.dead)
                   .bind(lines.skipped)
                   .run());
    BatchProgress progress = commit.progress;
    progress.id = commit.id;
    const std::string record = encodeProgress(progress);
    SG_TRY(Statement(database, "INSERT OR REPLACE INTO progress VALUES(?1, ?2)").bind(commit.id.value).blob(record).run());
    if (commit.id.value > kProgressKept)
        SG_TRY(Statement(database, "DELETE FROM progress WHERE batch <= ?1").bind(commit.id.value - kProgressKept).run());
    return {};
}

/// `goesTo`: the target to whose index of dead letters they are delivered; empty = none.
Status Store::Impl::keepDeadLetters(const std::vector<DeadLetter>& letters, BatchId batch, const std::string& goesTo) {
    if (letters.empty()) return {};
    std::uint64_t added = 0;
    for (const DeadLetter& letter : letters) {
        const std::uint64_t size = sizeOf(letter);
        added += size;
        Statement insert(database, "INSERT INTO dead_letters(batch, time, reason, size, place, source, document, target, goes_to, "
                                   "detail, raw) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
        insert.bind(batch.value).bind(letter.time.ns).bind(static_cast<std::int64_t>(letter.reason)).bind(size).bind(letter.offset);
        insert.bind(letter.sourcePath).bind(letter.documentId).bind(letter.target).bind(goesTo).bind(letter.detail);
        SG_TRY(insert.blob(std::string_view(letter.raw).substr(0, kMaxRawBytes)).run());
    }
    SG_TRY(addTo("dead_bytes", added));
    return boundDeadLetters();
}

/// Drops the oldest beyond the cap or the age, which counts from the newest one: an idle installation forgets nothing.
Status Store::Impl::boundDeadLetters() {
    SG_TRY_ASSIGN(std::uint64_t held, counter("dead_bytes"));
    SG_TRY_ASSIGN(const std::uint64_t newest, sum("SELECT time FROM dead_letters ORDER BY id DESC LIMIT 1"));
    const std::int64_t age = std::chrono::duration_cast<Nanoseconds>(options.deadLetterAge).count();
    std::uint64_t dropped = 0;
    std::uint64_t droppedBytes = 0;
    while (true) {
        std::int64_t id = 0;
        std::uint64_t size = 0;
        {
            // What a retry has taken is fixed until it is finished.
            Statement oldest(database, "SELECT id, size, time FROM dead_letters WHERE retry = 0 ORDER BY id LIMIT 1");
            SG_TRY_ASSIGN(const bool any, oldest.step());
            if (!any) break;
            id = oldest.integer(0);
            size = oldest.number(1);
            if (held <= options.deadLetterBytes && oldest.integer(2) >= static_cast<std::int64_t>(newest) - age) break;
        }
        SG_TRY(Statement(database, "DELETE FROM dead_letters WHERE id = ?1").bind(id).run());
        held -= std::min(held, size);
        droppedBytes += size;
        ++dropped;
    }
    SG_TRY(takeFrom("dead_bytes", droppedBytes));
    return addTo("not_kept", dropped);
}

/// Dead letters that are not resolved, kept or not; refused documents are counted without their reason: they stand with the server's.
Result<std::uint64_t> Store::Impl::deadLettersLeft(std::optional<Reason> reason) {
    std::uint64_t dead = 0;
    std::uint64_t resolved = 0;
    for (std::size_t i = 0; i < kReasonCount; ++i) {
        if (reason && i != static_cast<std::size_t>(*reason)) continue;
        SG_TRY_ASSIGN(const std::uint64_t ofReason, counter(deadCounter(i)));
        SG_TRY_ASSIGN(const std::uint64_t done, counter(resolvedCounter(i)));
        dead += ofReason;
        resolved += done;
    }
    if (!reason || *reason == Reason::RejectedByServer) {
        SG_TRY_ASSIGN(const std::uint64_t rejected, counter("rejected"));
        dead += rejected;
    }
    return dead - std::min(dead, resolved);
}

Status Store::Impl::foldRow(const char* select, const char* upsert, bool hasLines, std::int64_t key, const std::string& row) {
    std::string merged = row;
    {
        Statement query(database, select);
        SG_TRY_ASSIGN(const bool any, query.bind(key).step());
        if (any) {
            SG_TRY_ASSIGN(merged, hasLines ? mergeMinuteRows(query.bytes(0), row) : mergeSecondRows(query.bytes(0), row));
        }
    }
    Statement write(database, upsert);
    write.bind(key);
    if (hasLines) {
        SG_TRY_ASSIGN(const std::uint64_t lines, minuteRowLines(merged));
        write.bind(lines);
    }
    return write.blob(merged).run();
}

Status Store::Impl::fold(const Aggregate& delta) {
    Status done;
    delta.visitMinutes([&](std::int64_t minute, const std::string& row) {
        if (done)
            done = foldRow("SELECT row FROM minutes WHERE minute = ?1", "INSERT OR REPLACE INTO minutes VALUES(?1, ?2, ?3)", true, minute,
                           row);
    });
    delta.visitSeconds([&](std::int64_t second, const std::string& row) {
        if (done)
            done =
                foldRow("SELECT row FROM seconds WHERE second = ?1", "INSERT OR REPLACE INTO seconds VALUES(?1, ?2)", false, second, row);
    });
    return done;
}

/// Minutes before `limit` (exclusive) and those from it on are kept each for itself: what lies ahead of its time never moves the others.
Status Store::Impl::expire() {
    SG_TRY(Statement(database, "DELETE FROM seconds WHERE second < (SELECT max(second) FROM seconds) - ?1").bind(kSecondsKept).run());
    SG_TRY_ASSIGN(const std::uint64_t committed, counter(kLastCommitted));
    SG_TRY_ASSIGN(const std::optional<Plan> newest, plan(BatchId{committed}));
    if (!newest) return {}; // nothing new has come
    const std::int64_t limit = newest->planned.seconds() / 60 + kMinutesAhead + 1;
    SG_TRY(expireMinutes(std::numeric_limits<std::int64_t>::min(), limit));
    return expireMinutes(limit, std::numeric_limits<std::int64_t>::max());
}

/// Of [from, to), what lies further behind the newest of them than minutes are kept.
Status Store::Impl::expireMinutes(std::int64_t from, std::int64_t to) {
    std::int64_t oldest = 0;
    {
        Statement newest(database, "SELECT max(minute), count(*) FROM minutes WHERE minute >= ?1 AND minute < ?2");
        SG_TRY(newest.bind(from).bind(to).step());
        if (newest.integer(1) == 0) return {};
        oldest = newest.integer(0) - std::int64_t{options.minuteRetentionDays} * 1440;
    }
    std::uint64_t lines = 0;
    {
        Statement expired(database, "SELECT coalesce(sum(lines), 0) FROM minutes WHERE minute >= ?1 AND minute < ?2");
        SG_TRY(expired.bind(from).bind(oldest).step());
        lines = expired.number(0);
    }
    SG_TRY(addTo("expired_minute_lines", lines));
    return Statement(database, "DELETE FROM minutes WHERE minute >= ?1 AND minute < ?2").bind(from).bind(oldest).run();
}

Status Store::Impl::prune() {
    SG_TRY_ASSIGN(const std::uint64_t committed, counter(kLastCommitted));
    if (committed <= options.retainBatches) return {};
    const std::uint64_t until = committed - options.retainBatches;
    SG_TRY(Statement(database,
                     "DELETE FROM plans WHERE batch <= ?1 AND batch IN (SELECT batch FROM commits WHERE released = 1 AND batch <= ?1)")
               .bind(until)
               .run());
    SG_TRY(Statement(database, "DELETE FROM commits WHERE released = 1 AND batch <= ?1").bind(until).run());
    SG_TRY(Statement(database, "DELETE FROM deliveries WHERE batch <= ?1 AND batch NOT IN (SELECT batch FROM commits)").bind(until).run());
    return Statement(database, "DELETE FROM sent_marks WHERE batch <= ?1 AND batch NOT IN (SELECT batch FROM commits)").bind(until).run();
}

Status Store::Impl::checkpoint() {
    SG_FAULT_POINT("checkpoint.before");
    Transaction transaction(database);
    SG_TRY(transaction.begin());
    Aggregate totals;
    {
        Statement query(database, "SELECT totals FROM checkpoint");
        SG_TRY_ASSIGN(const bool any, query.step());
        if (any) {
            SG_TRY_ASSIGN(totals, Aggregate::deserialize(query.bytes(0)));
        }
    }
    std::uint64_t last = 0;
    {
        Statement query(database, "SELECT batch, delta FROM deltas ORDER BY batch");
        while (true) {
            SG_TRY_ASSIGN(const bool any, query.step());
            if (!any) break;
            last = query.number(0);
            SG_TRY_ASSIGN(Aggregate delta, Aggregate::deserialize(query.bytes(1)));
            SG_TRY(fold(delta));
            delta.forgetRows();
            totals.merge(delta);
        }
    }
    if (last != 0) {
        const std::string bytes = totals.serialize();
        SG_TRY(Statement(database, "INSERT OR REPLACE INTO checkpoint VALUES(1, ?1, ?2)").bind(last).blob(bytes).run());
        SG_TRY(Statement(database, "DELETE FROM deltas").run());
    }
    SG_FAULT_POINT("checkpoint.during");
    SG_TRY(expire());
    SG_TRY(prune());
    SG_TRY(transaction.commit());
    commitsSinceCheckpoint = 0;
    lastCheckpoint = std::chrono::steady_clock::now();
    SG_FAULT_POINT("checkpoint.after");
    return {};
}

Store::Store(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(Options options) {
    auto impl = std::make_unique<Impl>();
    impl->options = std::move(options);
    SG_TRY(impl->open(false));
    return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Result<std::unique_ptr<Store>> openStoreForReading(const std::string& path) {
    auto impl = std::make_unique<Store::Impl>();
    impl->options.path = path;
    SG_TRY(impl->open(true));
    return std::unique_ptr<Store>(new Store(std::move(impl)));
}

Result<std::string> moveStoreAside(const std::string& path, Timestamp now) {
    std::string stamp = isoTime(now);
    stamp.erase(stamp.find('.')); // whole seconds
    std::erase_if(stamp, [](char c) { return c == '-' || c == ':'; });
    stamp = ".corrupt-" + stamp + 'Z';
    PosixFileSystem files;
    std::string to = path + stamp;
    for (int n = 2; files.stat(to).has_value(); ++n) to = path + stamp + '-' + std::to_string(n);
    // The log goes first: a new store must never meet the old one's.
    for (const char* suffix : {"-wal", "-shm", ""}) {
        const Status moved = files.rename(path + suffix, to + suffix);
        if (!moved && moved.error().code != ErrorCode::NotFound) return fail(moved.error());
    }
    SG_TRY(files.syncDirectory(parentDirectory(path)));
    return to;
}

bool Store::createdNow() const { return m_impl->createdNow; }

Result<std::string> Store::meta(const std::string& key) {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->meta(key);
}

Status Store::setMeta(const std::string& key, const std::string& value) {
    const std::lock_guard lock(m_impl->mutex);
    return Statement(m_impl->database, "INSERT OR REPLACE INTO meta VALUES(?1, ?2)").bind(key).bind(value).run();
}

Status Store::savePlan(const Plan& plan) {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    SG_FAULT_POINT("plan.before");
    {
        Transaction transaction(impl.database);
        SG_TRY(transaction.begin());
        SG_TRY_ASSIGN(const std::uint64_t planned, impl.counter(kLastPlanned));
        SG_TRY_ASSIGN(const std::uint64_t committed, impl.counter(kLastCommitted));
        if (planned != committed) return outOfTurn(plan.id, "cannot be planned while batch " + std::to_string(planned) + " is open");
        if (plan.id.value <= planned) return outOfTurn(plan.id, "cannot be planned after batch " + std::to_string(planned));
        const std::string bytes = encodePlan(plan);
        SG_TRY(Statement(impl.database, "INSERT INTO plans VALUES(?1, ?2, ?3, ?4, ?5)")
                   .bind(plan.id.value)
                   .bind(plan.last.value)
                   .bind(plan.lines)
                   .bind(plan.target.key)
                   .blob(bytes)
                   .run());
        for (const auto& [source, header] : plan.headers)
            SG_TRY(Statement(impl.database, "INSERT OR REPLACE INTO source_headers VALUES(?1, ?2, ?3)")
                       .bind(source)
                       .bind(header.end.value)
                       .blob(header.text)
                       .run());
        for (const PlannedChunk& each : plan.chunks) {
            if (each.retry.empty()) continue;
            // Chunks of a retry that an older, lost store began are lines like any others here.
            Statement known(impl.database, "SELECT count(*) FROM retries WHERE key = ?1");
            SG_TRY(known.bind(each.retry).step());
            if (known.number(0) > 0) SG_TRY(impl.addTo("retried", each.chunk.lines.value));
        }
        SG_TRY(impl.addTo("planned", plan.lines));
        SG_TRY(impl.addTo("lost", plan.lostLines));
        SG_TRY(impl.set(kLastPlanned, plan.id.value));
        SG_TRY(impl.set(kLastSequence, plan.last.value));
        SG_TRY(transaction.commit());
    }
    SG_FAULT_POINT("plan.after");
    return {};
}

Result<std::optional<Plan>> Store::openPlan() {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->openPlan();
}

Result<Sequence> Store::lastPlannedSequence() {
    const std::lock_guard lock(m_impl->mutex);
    SG_TRY_ASSIGN(const std::uint64_t last, m_impl->counter(kLastSequence));
    return Sequence{last};
}

Result<BatchId> Store::lastBatch() {
    const std::lock_guard lock(m_impl->mutex);
    SG_TRY_ASSIGN(const std::uint64_t last, m_impl->counter(kLastPlanned));
    return BatchId{last};
}

Result<std::string> Store::sourceFormat(SourceId source) {
    const std::lock_guard lock(m_impl->mutex);
    Statement query(m_impl->database, "SELECT format FROM source_formats WHERE source = ?1");
    SG_TRY_ASSIGN(const bool any, query.bind(source.value).step());
    return any ? std::string(query.bytes(0)) : std::string();
}

Status Store::setSourceFormat(SourceId source, const std::string& format) {
    const std::lock_guard lock(m_impl->mutex);
    return Statement(m_impl->database, "INSERT OR REPLACE INTO source_formats VALUES(?1, ?2)").bind(source.value).bind(format).run();
}

Result<std::optional<SourceHeader>> Store::sourceHeader(SourceId source) {
    const std::lock_guard lock(m_impl->mutex);
    Statement query(m_impl->database, "SELECT end, header FROM source_headers WHERE source = ?1");
    SG_TRY_ASSIGN(const bool any, query.bind(source.value).step());
    if (!any) return std::optional<SourceHeader>();
    return std::optional<SourceHeader>({std::string(query.bytes(1)), ByteOffset{query.number(0)}});
}

Result<std::map<std::uint64_t, Timestamp>> Store::sourceMaxima() {
    const std::lock_guard lock(m_impl->mutex);
    Statement query(m_impl->database, "SELECT source, time FROM source_max");
    std::map<std::uint64_t, Timestamp> maxima;
    while (true) {
        SG_TRY_ASSIGN(const bool any, query.step());
        if (!any) return maxima;
        maxima[query.number(0)] = Timestamp{query.integer(1)};
    }
}

Status Store::commit(const BatchCommit& commit) {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    SG_FAULT_POINT("commit.before");
    {
        Transaction transaction(impl.database);
        SG_TRY(transaction.begin());
        SG_TRY(impl.writeCommit(commit));
        SG_TRY(transaction.commit());
    }
    SG_FAULT_POINT("commit.after");
    ++impl.commitsSinceCheckpoint;
    const bool due = std::chrono::steady_clock::now() - impl.lastCheckpoint >= kCheckpointEvery;
    // The batch is committed whatever becomes of the checkpoint: its deltas stay, and the next commit tries again.
    if (impl.commitsSinceCheckpoint >= impl.options.checkpointBatches || due) static_cast<void>(impl.checkpoint());
    return {};
}

Result<bool> Store::isCommitted(BatchId id) {
    const std::lock_guard lock(m_impl->mutex);
    SG_TRY_ASSIGN(const std::uint64_t last, m_impl->counter(kLastCommitted));
    return id.value <= last;
}

Result<Aggregate> Store::loadAggregate() {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    Aggregate sums;
    {
        Statement query(impl.database, "SELECT totals FROM checkpoint");
        SG_TRY_ASSIGN(const bool any, query.step());
        if (any) {
            SG_TRY_ASSIGN(sums, Aggregate::deserialize(query.bytes(0)));
        }
    }
    {
        Statement query(impl.database, "SELECT second, row FROM seconds WHERE second > (SELECT max(second) FROM seconds) - ?1");
        query.bind(kLiveSeconds);
        while (true) {
            SG_TRY_ASSIGN(const bool any, query.step());
            if (!any) break;
            SG_TRY(sums.restoreSecond(query.integer(0), query.bytes(1)));
        }
    }
    {
        Statement query(impl.database, "SELECT minute, row FROM minutes WHERE minute > coalesce((SELECT max(second) / 60 FROM seconds), "
                                       "(SELECT max(minute) FROM minutes)) - ?1");
        query.bind(kLiveMinutes);
        while (true) {
            SG_TRY_ASSIGN(const bool any, query.step());
            if (!any) break;
            SG_TRY(sums.restoreMinute(query.integer(0), query.bytes(1)));
        }
    }
    Statement query(impl.database, "SELECT delta FROM deltas ORDER BY batch");
    while (true) {
        SG_TRY_ASSIGN(const bool any, query.step());
        if (!any) break;
        SG_TRY_ASSIGN(const Aggregate delta, Aggregate::deserialize(query.bytes(0)));
        sums.merge(delta);
    }
    sums.forgetRowsOlderThan(kLiveSeconds);
    return sums;
}

Status Store::eachMinute(std::int64_t from, std::int64_t to, const std::function<bool(std::int64_t, std::string_view)>& visit) {
    const std::lock_guard lock(m_impl->mutex);
    Statement query(m_impl->database, "SELECT minute, row FROM minutes WHERE minute >= ?1 AND minute < ?2 ORDER BY minute");
    query.bind(from).bind(to);
    while (true) {
        SG_TRY_ASSIGN(const bool any, query.step());
        if (!any || !visit(query.integer(0), query.bytes(1))) return {};
    }
}

Status Store::checkpoint() {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->checkpoint();
}

Result<std::vector<BatchId>> Store::undelivered(std::size_t limit) {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->batches("SELECT batch FROM commits WHERE delivered = 0 AND target <> '' ORDER BY batch LIMIT ?1", limit);
}

Result<CommittedBatch> Store::committedBatch(BatchId id) {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    CommittedBatch batch;
    {
        Statement query(impl.database, "SELECT parsed, ranges FROM commits WHERE batch = ?1");
        SG_TRY_ASSIGN(const bool any, query.bind(id.value).step());
        if (!any)
            return fail(ErrorCode::NotFound,
                        "batch " + std::to_string(id.value) + " is not committed in " + impl.options.path + ", or no longer kept");
        batch.parsed = query.number(0);
        SG_TRY_ASSIGN(batch.ranges, decodeRanges(query.bytes(1)));
    }
    SG_TRY_ASSIGN(std::optional<Plan> plan, impl.plan(id));
    if (!plan)
        return fail(ErrorCode::Corrupt, "the store " + impl.options.path + " has lost the plan of batch " + std::to_string(id.value));
    batch.plan = std::move(*plan);
    {
        Statement query(impl.database, "SELECT run FROM sent_marks WHERE batch = ?1");
        SG_TRY_ASSIGN(const bool any, query.bind(id.value).step());
        batch.maySentBefore = any && query.integer(0) < impl.run;
    }
    // Chunks of another stream come from before a copy or a lost store: what was sent of them is not known here.
    SG_TRY_ASSIGN(const std::string stream, impl.meta("stream"));
    if (!stream.empty())
        for (const PlannedChunk& planned : batch.plan.chunks) batch.maySentBefore = batch.maySentBefore || planned.chunk.stream != stream;
    return batch;
}

Result<std::vector<BatchId>> Store::undelivered(const std::string& target, BatchId after, std::size_t limit) {
    const std::lock_guard lock(m_impl->mutex);
    Statement query(m_impl->database, "SELECT batch FROM commits WHERE delivered = 0 AND target <> '' AND target = ?1 AND batch > ?2 "
                                      "ORDER BY batch LIMIT ?3");
    query.bind(target).bind(after.value).bind(std::min<std::size_t>(limit, 1U << 30U));
    std::vector<BatchId> ids;
    while (true) {
        SG_TRY_ASSIGN(const bool any, query.step());
        if (!any) return ids;
        ids.push_back({query.number(0)});
    }
}

Result<std::vector<std::pair<Target, BatchId>>> Store::waitingTargets() {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    std::vector<std::pair<Target, BatchId>> targets;
    std::string last;
    while (true) {
        BatchId oldest;
        {
            // From one target to the next, however many batches wait.
            Statement query(impl.database, "SELECT target, batch FROM commits WHERE delivered = 0 AND target <> '' AND target > ?1 "
                                           "ORDER BY target, batch LIMIT 1");
            SG_TRY_ASSIGN(const bool any, query.bind(last).step());
            if (!any) return targets;
            last = query.bytes(0);
            oldest = {query.number(1)};
        }
        SG_TRY_ASSIGN(std::optional<Plan> plan, impl.plan(oldest));
        if (!plan)
            return fail(ErrorCode::Corrupt,
                        "the store " + impl.options.path + " has lost the plan of batch " + std::to_string(oldest.value));
        targets.emplace_back(std::move(plan->target), oldest);
    }
}

Result<bool> Store::markSent(BatchId id, const std::string& target) {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    {
        Statement query(impl.database, "SELECT (SELECT count(*) FROM sent_marks WHERE batch = ?1), "
                                       "(SELECT count(*) FROM commits WHERE batch = ?1 AND target = ?2 AND delivered = 0)");
        SG_TRY(query.bind(id.value).bind(target).step());
        if (query.number(1) == 0) return false;
        if (query.number(0) != 0) return true;
    }
    SG_TRY(Statement(impl.database, "INSERT INTO sent_marks VALUES(?1, ?2, ?3)").bind(id.value).bind(target).bind(impl.run).run());
    return true;
}

Status Store::Impl::writeDelivery(const DeliveryCommit& delivery) {
    SG_TRY(Statement(database, "UPDATE commits SET delivered = 1 WHERE batch = ?1 AND target = ?2 AND delivered = 0 AND target <> ''")
               .bind(delivery.id.value)
               .bind(delivery.target)
               .run());
    if (database.changes() != 1) return outOfTurn(delivery.id, "does not wait for a delivery to " + delivery.target);
    SG_TRY(Statement(database, "INSERT INTO deliveries VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")
               .bind(delivery.id.value)
               .bind(delivery.target)
               .bind(delivery.created)
               .bind(delivery.duplicate)
               .bind(delivery.rejected)
               .bind(delivery.abandoned)
               .bind(delivery.sent)
               .run());
    SG_TRY(addTo("created", delivery.created));
    SG_TRY(addTo("duplicate", delivery.duplicate));
    SG_TRY(addTo("rejected", delivery.rejected));
    SG_TRY(addTo("abandoned", delivery.abandoned));
    SG_TRY(addTo("sent", delivery.sent));
    SG_TRY(addTo("not_kept", delivery.notKept));
    return keepDeadLetters(delivery.deadLetters, delivery.id, delivery.target);
}

Result<std::vector<AbandonedBatch>> Store::abandonOldest(std::uint64_t keepBytes) {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    std::vector<AbandonedBatch> given;
    SG_TRY_ASSIGN(std::uint64_t held, impl.sum("SELECT coalesce(sum(bytes), 0) FROM commits WHERE delivered = 0 AND target <> ''"));
    if (held <= keepBytes) return given;
    {
        Statement oldest(impl.database, "SELECT batch, parsed, bytes, target FROM commits WHERE delivered = 0 AND target <> '' AND "
                                        "batch NOT IN (SELECT batch FROM sent_marks) ORDER BY batch");
        while (held > keepBytes) {
            SG_TRY_ASSIGN(const bool any, oldest.step());
            if (!any) break;
            given.push_back({{oldest.number(0)}, oldest.number(1), std::string(oldest.bytes(3))});
            held -= std::min(held, oldest.number(2));
        }
    }
    if (given.empty()) return given;
    SG_FAULT_POINT("abandon.before");
    {
        Transaction transaction(impl.database);
        SG_TRY(transaction.begin());
        for (const AbandonedBatch& batch : given) {
            DeliveryCommit outcome;
            outcome.id = batch.id;
            outcome.target = batch.target;
            outcome.abandoned = batch.documents;
            SG_TRY(impl.writeDelivery(outcome));
            SG_FAULT_POINT("abandon.during");
        }
        SG_TRY(transaction.commit());
    }
    SG_FAULT_POINT("abandon.after");
    return given;
}

Status Store::commitDelivery(const DeliveryCommit& delivery) {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    SG_FAULT_POINT("delivery.before");
    {
        Transaction transaction(impl.database);
        SG_TRY(transaction.begin());
        SG_TRY(impl.writeDelivery(delivery));
        SG_TRY(transaction.commit());
    }
    SG_FAULT_POINT("delivery.after");
    return {};
}

Result<std::vector<LetterToDeliver>> Store::lettersToDeliver(const std::string& target, std::size_t limit) {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    SG_TRY_ASSIGN(const std::string stream, impl.meta("stream"));
    // What a retry has taken and nobody has sent need not be sent.
    Statement query(impl.database, "SELECT id, batch, time, reason, place, source, document, target, detail, raw, state, run FROM dead_letters "
                                   "WHERE goes_to = ?1 AND goes_to <> '' AND state IN (0, 1, 4) AND NOT (state = 0 AND retry <> 0) "
                                   "ORDER BY id LIMIT ?2");
    query.bind(target).bind(std::min<std::size_t>(limit, 1U << 30U));
    std::vector<LetterToDeliver> letters;
    while (true) {
        SG_TRY_ASSIGN(const bool any, query.step());
        if (!any) return letters;
        LetterToDeliver& one = letters.emplace_back();
        one.row = query.integer(0);
        one.letter.batch = {query.number(1)};
        one.letter.time = {query.integer(2)};
        one.letter.reason = query.number(3) < kReasonCount ? static_cast<Reason>(query.number(3)) : Reason::None;
        one.letter.offset = query.number(4);
        one.letter.sourcePath = query.bytes(5);
        one.letter.documentId = query.bytes(6);
        one.letter.target = query.bytes(7);
        one.letter.detail = query.bytes(8);
        one.letter.raw = query.bytes(9);
        one.resolved = query.integer(10) == number(LetterState::Resolved);
        // Of chunks of another stream, what was sent is not known here (see committedBatch).
        one.maySentBefore = (query.integer(10) == number(LetterState::Sent) && query.integer(11) < impl.run) ||
                            (!stream.empty() && !one.letter.documentId.starts_with(stream));
    }
}

Result<std::vector<std::int64_t>> Store::markLettersSent(const std::vector<std::int64_t>& rows) {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    std::vector<std::int64_t> marked;
    Transaction transaction(impl.database);
    SG_TRY(transaction.begin());
    for (const std::int64_t row : rows) {
        SG_TRY(Statement(impl.database, "UPDATE dead_letters SET state = 1, run = ?2 WHERE id = ?1 AND state = 0 AND retry = 0")
                   .bind(row)
                   .bind(impl.run)
                   .run());
        Statement query(impl.database, "SELECT count(*) FROM dead_letters WHERE id = ?1 AND state = 1");
        SG_TRY(query.bind(row).step());
        if (query.number(0) > 0) marked.push_back(row);
    }
    SG_TRY(transaction.commit());
    return marked;
}

Status Store::commitLetters(const LetterOutcome& outcome) {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    SG_FAULT_POINT("letters.before");
    {
        Transaction transaction(impl.database);
        SG_TRY(transaction.begin());
        // Who was resolved while its document was under way stays so: that document is deleted next.
        for (const std::int64_t row : outcome.there)
            SG_TRY(Statement(impl.database, "UPDATE dead_letters SET state = 2 WHERE id = ?1 AND state = 1").bind(row).run());
        for (const std::int64_t row : outcome.refused) {
            SG_TRY(Statement(impl.database, "UPDATE dead_letters SET state = 3 WHERE id = ?1 AND state = 1").bind(row).run());
            SG_TRY(Statement(impl.database, "DELETE FROM dead_letters WHERE id = ?1 AND state = 4").bind(row).run());
        }
        for (const std::int64_t row : outcome.deleted)
            SG_TRY(Statement(impl.database, "DELETE FROM dead_letters WHERE id = ?1 AND state = 4").bind(row).run());
        SG_TRY(transaction.commit());
    }
    SG_FAULT_POINT("letters.after");
    return {};
}

Result<std::uint64_t> Store::lettersWaiting() {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->sum("SELECT count(*) FROM dead_letters WHERE goes_to <> '' AND state IN (0, 1, 4) AND NOT (state = 0 AND retry <> 0)");
}

Result<std::vector<std::string>> Store::letterTargets() {
    const std::lock_guard lock(m_impl->mutex);
    std::vector<std::string> targets;
    std::string last;
    while (true) {
        Statement query(m_impl->database, "SELECT goes_to FROM dead_letters WHERE goes_to <> '' AND state IN (0, 1, 4) AND goes_to > ?1 "
                                          "ORDER BY goes_to LIMIT 1");
        SG_TRY_ASSIGN(const bool any, query.bind(last).step());
        if (!any) return targets;
        last = query.bytes(0);
        targets.push_back(last);
    }
}

Result<RetryOutcome> Store::beginRetry(const RetryRequest& request, bool withRefused, Timestamp now) {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    SG_FAULT_POINT("retry.begin.before");
    RetryOutcome outcome;
    outcome.begun = now;
    outcome.reason = request.reason;
    outcome.format = request.format;
    {
        Transaction transaction(impl.database);
        SG_TRY(transaction.begin());
        SG_TRY_ASSIGN(const std::uint64_t others, impl.sum("SELECT count(*) FROM retries WHERE open = 1"));
        if (others > 0) return fail(ErrorCode::Busy, "another retry of dead letters is not finished");
        const std::int64_t reason = request.reason ? static_cast<std::int64_t>(*request.reason) : -1;
        std::uint64_t kept = 0; // with a line
        {
            Statement query(impl.database, "SELECT count(*), coalesce(sum(length(raw) >= ?3), 0), "
                                           "coalesce(sum(length(raw) < ?3 AND target <> '' AND NOT ?2), 0) FROM dead_letters "
                                           "WHERE state <> 4 AND retry = 0 AND length(raw) > 0 AND (?1 < 0 OR reason = ?1)");
            SG_TRY(query.bind(reason).bind(std::int64_t{withRefused}).bind(std::int64_t{kMaxRawBytes}).step());
            kept = query.number(0);
            outcome.cut = query.number(1);
            outcome.noTarget = query.number(2);
        }
        outcome.taken = kept - outcome.cut - outcome.noTarget;
        outcome.open = outcome.taken > 0;
        SG_TRY_ASSIGN(const std::uint64_t left, impl.deadLettersLeft(request.reason));
        outcome.notKept = left - std::min(left, kept);
        SG_TRY(Statement(impl.database, "INSERT INTO retries(time, reason, format, taken, cut, not_kept, no_target, open) "
                                        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
                   .bind(now.ns)
                   .bind(reason)
                   .bind(request.format)
                   .bind(outcome.taken)
                   .bind(outcome.cut)
                   .bind(outcome.notKept)
                   .bind(outcome.noTarget)
                   .bind(std::int64_t{outcome.open})
                   .run());
        SG_TRY_ASSIGN(outcome.id, impl.sum("SELECT max(id) FROM retries"));
        // The stream is drawn anew when the store is lost: a key is never given twice.
        SG_TRY_ASSIGN(const std::string stream, impl.meta("stream"));
        SG_TRY(Statement(impl.database, "UPDATE retries SET key = ?2 WHERE id = ?1")
                   .bind(outcome.id)
                   .bind(stream + '-' + std::to_string(outcome.id))
                   .run());
        SG_TRY(Statement(impl.database, "UPDATE dead_letters SET retry = ?4 WHERE state <> 4 AND retry = 0 AND length(raw) > 0 "
                                        "AND (?1 < 0 OR reason = ?1) AND length(raw) < ?3 AND (target = '' OR ?2)")
                   .bind(reason)
                   .bind(std::int64_t{withRefused})
                   .bind(std::int64_t{kMaxRawBytes})
                   .bind(outcome.id)
                   .run());
        SG_TRY(Statement(impl.database, "DELETE FROM retries WHERE open = 0 AND id <= ?1")
                   .bind(static_cast<std::int64_t>(outcome.id) - std::int64_t{kRetriesKept})
                   .run());
        SG_TRY(transaction.commit());
    }
    SG_FAULT_POINT("retry.begin.after");
    return outcome;
}

Result<std::optional<OpenRetry>> Store::openRetry() {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    OpenRetry retry;
    {
        Statement query(impl.database, "SELECT id, key FROM retries WHERE open = 1");
        SG_TRY_ASSIGN(const bool any, query.step());
        if (!any) return std::optional<OpenRetry>();
        retry.id = query.number(0);
        retry.key = query.bytes(1);
    }
    Statement parts(impl.database, "SELECT source, target <> '', sum(length(raw) + 1) FROM dead_letters WHERE retry = ?1 AND state <> 4 "
                                   "GROUP BY source, target <> '' ORDER BY min(id)");
    parts.bind(retry.id);
    while (true) {
        SG_TRY_ASSIGN(const bool any, parts.step());
        if (!any) return std::optional<OpenRetry>(std::move(retry));
        retry.parts.push_back({std::string(parts.bytes(0)), parts.integer(1) != 0, parts.number(2)});
    }
}

Result<RetriedLines> Store::retryLines(std::uint64_t id, const OpenRetry::Part& part, std::uint64_t from, std::uint64_t most) {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    Statement query(impl.database, "SELECT raw FROM dead_letters WHERE retry = ?1 AND state <> 4 AND source = ?2 AND (target <> '') = ?3 "
                                   "ORDER BY id");
    query.bind(id).bind(part.path).bind(std::int64_t{part.counted});
    RetriedLines lines;
    std::uint64_t at = 0;
    while (true) {
        SG_TRY_ASSIGN(const bool any, query.step());
        if (!any) return lines;
        const std::string_view raw = query.bytes(0);
        const std::uint64_t begin = at;
        at += raw.size() + 1;
        if (begin < from) continue;
        if (lines.lines > 0 && lines.bytes.size() + raw.size() + 1 > most) return lines;
        lines.bytes.append(raw) += '\n';
        ++lines.lines;
    }
}

Status Store::finishRetry(std::uint64_t id, const std::string& chunk) {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    SG_FAULT_POINT("retry.finish.before");
    {
        Transaction transaction(impl.database);
        SG_TRY(transaction.begin());
        std::array<std::uint64_t, kReasonCount> resolved{};
        {
            Statement query(impl.database, "SELECT reason, count(*) FROM dead_letters WHERE retry = ?1 AND state <> 4 GROUP BY reason");
            query.bind(id);
            while (true) {
                SG_TRY_ASSIGN(const bool any, query.step());
                if (!any) break;
                resolved[query.number(0) < kReasonCount ? query.number(0) : 0] += query.number(1);
            }
        }
        for (std::size_t reason = 0; reason < kReasonCount; ++reason) SG_TRY(impl.addTo(resolvedCounter(reason), resolved[reason]));
        SG_FAULT_POINT("retry.finish.during");
        // Whose document may be at a target is kept, without its line, until that document is deleted.
        {
            Statement freed(impl.database, "SELECT coalesce(sum(size), 0) FROM dead_letters WHERE retry = ?1");
            SG_TRY(freed.bind(id).step());
            SG_TRY(impl.takeFrom("dead_bytes", freed.number(0)));
        }
        SG_TRY(Statement(impl.database, "DELETE FROM dead_letters WHERE retry = ?1 AND (goes_to = '' OR state IN (0, 3))").bind(id).run());
        SG_TRY(Statement(impl.database, "UPDATE dead_letters SET state = 4, raw = x'', detail = '', size = 0 WHERE retry = ?1").bind(id).run());
        SG_TRY(Statement(impl.database, "UPDATE retries SET open = 0, chunk = ?2 WHERE id = ?1").bind(id).bind(chunk).run());
        SG_TRY(transaction.commit());
    }
    SG_FAULT_POINT("retry.finish.after");
    return {};
}

Result<RetryOutcome> Store::newestRetry() {
    const std::lock_guard lock(m_impl->mutex);
    Statement query(m_impl->database, "SELECT id, time, reason, format, taken, cut, not_kept, no_target, open, read, dead, skipped "
                                      "FROM retries ORDER BY id DESC LIMIT 1");
    RetryOutcome outcome;
    SG_TRY_ASSIGN(const bool any, query.step());
    if (!any) return outcome;
    outcome.id = query.number(0);
    outcome.begun = {query.integer(1)};
    if (query.integer(2) >= 0 && query.number(2) < kReasonCount) outcome.reason = static_cast<Reason>(query.number(2));
    outcome.format = query.bytes(3);
    outcome.taken = query.number(4);
    outcome.cut = query.number(5);
    outcome.notKept = query.number(6);
    outcome.noTarget = query.number(7);
    outcome.open = query.integer(8) != 0;
    outcome.read = query.number(9);
    outcome.dead = query.number(10);
    outcome.skipped = query.number(11);
    return outcome;
}

Result<std::string> Store::retryFormat(const std::string& key) {
    const std::lock_guard lock(m_impl->mutex);
    Statement query(m_impl->database, "SELECT format FROM retries WHERE key = ?1");
    SG_TRY_ASSIGN(const bool any, query.bind(key).step());
    return any ? std::string(query.bytes(0)) : std::string();
}

Result<std::vector<Plan>> Store::releasable(std::size_t limit) {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    SG_TRY_ASSIGN(
        const std::vector<BatchId> ids,
        impl.batches("SELECT batch FROM commits WHERE released = 0 AND (target = '' OR delivered = 1) ORDER BY batch LIMIT ?1", limit));
    std::vector<Plan> plans;
    for (const BatchId id : ids) {
        SG_TRY_ASSIGN(std::optional<Plan> plan, impl.plan(id));
        if (!plan)
            return fail(ErrorCode::Corrupt, "the store " + impl.options.path + " has lost the plan of batch " + std::to_string(id.value));
        plans.push_back(std::move(*plan));
    }
    return plans;
}

Status Store::markReleased(BatchId id) {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    SG_FAULT_POINT("release.before");
    SG_TRY(Statement(impl.database, "UPDATE commits SET released = 1 WHERE batch = ?1").bind(id.value).run());
    SG_FAULT_POINT("release.after");
    return {};
}

Result<Ledger> Store::ledger() {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    // One read transaction: a reader beside a writer must not see half a commit.
    SG_TRY(impl.database.execute("BEGIN"));
    struct End {
        Database& database;
        ~End() { static_cast<void>(database.execute("ROLLBACK")); }
    } const end{impl.database};
    std::map<std::string, std::uint64_t> values;
    {
        Statement query(impl.database, "SELECT name, value FROM counters");
        while (true) {
            SG_TRY_ASSIGN(const bool any, query.step());
            if (!any) break;
            values[std::string(query.bytes(0))] = query.number(1);
        }
    }
    Ledger ledger;
    ledger.opening = values["opening"];
    ledger.planned = values["planned"];
    ledger.lost = values["lost"];
    ledger.committed = values["committed"];
    ledger.parsed = values["parsed"];
    ledger.parsedAgain = values["parsed_again"];
    ledger.retried = values["retried"];
    ledger.skipped = values["skipped"];
    ledger.late = values["late"];
    for (std::size_t i = 0; i < kReasonCount; ++i) {
        ledger.deadByReason[i] = values[deadCounter(i)];
        ledger.resolvedByReason[i] = values[resolvedCounter(i)];
    }
    SG_TRY_ASSIGN(ledger.retrying, impl.sum("SELECT coalesce(sum(taken), 0) FROM retries WHERE open = 1"));
    ledger.created = values["created"];
    ledger.duplicate = values["duplicate"];
    ledger.rejected = values["rejected"];
    ledger.abandoned = values["abandoned"];
    ledger.notRequested = values["not_requested"];
    ledger.sent = values["sent"];
    SG_TRY_ASSIGN(ledger.undelivered, impl.sum("SELECT coalesce(sum(parsed), 0) FROM commits WHERE delivered = 0 AND target <> ''"));
    Statement open(impl.database, "SELECT coalesce(sum(lines), 0) FROM plans WHERE batch > ?1");
    SG_TRY(open.bind(values[kLastCommitted]).step());
    ledger.open = open.number(0);
    return ledger;
}

Status Store::setOpening(std::uint64_t lines) {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->set("opening", lines);
}

Result<std::vector<BatchProgress>> Store::progress(std::size_t newest) {
    const std::lock_guard lock(m_impl->mutex);
    Statement query(m_impl->database, "SELECT p.record, coalesce(c.delivered = 1 OR c.target = '', 1) FROM progress p "
                                      "LEFT JOIN commits c ON c.batch = p.batch ORDER BY p.batch DESC LIMIT ?1");
    query.bind(std::min(newest, kProgressKept));
    std::vector<BatchProgress> records;
    while (true) {
        SG_TRY_ASSIGN(const bool any, query.step());
        if (!any) break;
        SG_TRY_ASSIGN(BatchProgress record, decodeProgress(query.bytes(0)));
        record.delivered = query.integer(1) != 0;
        records.push_back(record);
    }
    std::reverse(records.begin(), records.end());
    return records;
}

Result<std::vector<DeadLetter>> Store::deadLetters(std::size_t newest) {
    const std::lock_guard lock(m_impl->mutex);
    Statement query(m_impl->database, "SELECT batch, time, reason, place, source, document, target, detail, raw FROM dead_letters "
                                      "WHERE state <> ?2 ORDER BY id DESC LIMIT ?1");
    query.bind(std::min<std::size_t>(newest, 1U << 30U)).bind(number(LetterState::Resolved));
    std::vector<DeadLetter> letters;
    while (true) {
        SG_TRY_ASSIGN(const bool any, query.step());
        if (!any) break;
        DeadLetter letter;
        letter.batch = {query.number(0)};
        letter.time = {query.integer(1)};
        letter.reason = query.number(2) < kReasonCount ? static_cast<Reason>(query.number(2)) : Reason::None;
        letter.offset = query.number(3);
        letter.sourcePath = query.bytes(4);
        letter.documentId = query.bytes(5);
        letter.target = query.bytes(6);
        letter.detail = query.bytes(7);
        letter.raw = query.bytes(8);
        letters.push_back(std::move(letter));
    }
    std::reverse(letters.begin(), letters.end());
    return letters;
}

Result<std::uint64_t> Store::deadLettersNotKept() {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->counter("not_kept");
}

Result<std::uint64_t> Store::minuteLines() {
    Impl& impl = *m_impl;
    const std::lock_guard lock(impl.mutex);
    return impl.sum("SELECT (SELECT coalesce(sum(lines), 0) FROM minutes) + (SELECT coalesce(sum(lines), 0) FROM deltas) + "
                    "(SELECT coalesce(max(value), 0) FROM counters WHERE name = 'expired_minute_lines')");
}

Result<std::uint64_t> Store::undeliveredLines() {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->sum("SELECT coalesce(sum(parsed), 0) FROM commits WHERE delivered = 0 AND target <> ''");
}

Result<std::uint64_t> Store::undeliveredBatches() {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->sum("SELECT count(*) FROM commits WHERE delivered = 0 AND target <> ''");
}

} // namespace sg
