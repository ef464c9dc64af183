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
constexpr std::size_t kDeadLetterOverhead = 200; // bytes of a row besides its texts, for the cap

constexpr const char* kLastCommitted = "committed_batch";
constexpr const char* kLastPlanned = "planned_batch";
constexpr const char* kLastSequence = "planned_sequence";

std::string deadCounter(std::size_t reason) { return "dead_" + std::to_string(reason); }

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
    Status keepDeadLetters(const std::vector<DeadLetter>& letters, BatchId batch);
    Status boundDeadLetters();
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
    SG_TRY(keepDeadLetters(commit.deadLetters, commit.id));
    BatchProgress progress = commit.progress;
    progress.id = commit.id;
    const std::string record = encodeProgress(progress);
    SG_TRY(Statement(database, "INSERT OR REPLACE INTO progress VALUES(?1, ?2)").bind(commit.id.value).blob(record).run());
    if (commit.id.value > kProgressKept)
        SG_TRY(Statement(database, "DELETE FROM progress WHERE batch <= ?1").bind(commit.id.value - kProgressKept).run());
    return {};
}

Status Store::Impl::keepDeadLetters(const std::vector<DeadLetter>& letters, BatchId batch) {
    if (letters.empty()) return {};
    std::uint64_t added = 0;
    for (const DeadLetter& letter : letters) {
        const std::uint64_t size = sizeOf(letter);
        added += size;
        Statement insert(database, "INSERT INTO dead_letters(batch, time, reason, size, place, source, document, target, detail, raw) "
                                   "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
        insert.bind(batch.value).bind(letter.time.ns).bind(static_cast<std::int64_t>(letter.reason)).bind(size).bind(letter.offset);
        insert.bind(letter.sourcePath).bind(letter.documentId).bind(letter.target).bind(letter.detail);
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
            Statement oldest(database, "SELECT id, size, time FROM dead_letters ORDER BY id LIMIT 1");
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
    return keepDeadLetters(delivery.deadLetters, delivery.id);
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
    ledger.skipped = values["skipped"];
    ledger.late = values["late"];
    for (std::size_t i = 0; i < kReasonCount; ++i) ledger.deadByReason[i] = values[deadCounter(i)];
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
                                      "ORDER BY id DESC LIMIT ?1");
    query.bind(std::min<std::size_t>(newest, 1U << 30U));
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
