#include "core/store/schema.h"

#include <array>

namespace sg {
namespace {

constexpr const char* kFirst = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE counters(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE plans(batch INTEGER PRIMARY KEY, last INTEGER NOT NULL, lines INTEGER NOT NULL, target TEXT NOT NULL, plan BLOB NOT NULL);
CREATE TABLE commits(batch INTEGER PRIMARY KEY, parsed INTEGER NOT NULL, target TEXT NOT NULL, delivered INTEGER NOT NULL DEFAULT 0,
                     released INTEGER NOT NULL DEFAULT 0, ranges BLOB NOT NULL);
CREATE INDEX commits_undelivered ON commits(batch, parsed) WHERE delivered = 0 AND target <> '';
CREATE INDEX commits_unreleased ON commits(batch) WHERE released = 0;
CREATE TABLE deliveries(batch INTEGER PRIMARY KEY, target TEXT NOT NULL, created INTEGER NOT NULL, duplicate INTEGER NOT NULL,
                        rejected INTEGER NOT NULL, abandoned INTEGER NOT NULL, sent INTEGER NOT NULL);
CREATE TABLE sent_marks(batch INTEGER PRIMARY KEY, target TEXT NOT NULL, run INTEGER NOT NULL);
CREATE TABLE deltas(batch INTEGER PRIMARY KEY, lines INTEGER NOT NULL, delta BLOB NOT NULL);
CREATE TABLE checkpoint(id INTEGER PRIMARY KEY CHECK(id = 1), batch INTEGER NOT NULL, totals BLOB NOT NULL);
CREATE TABLE minutes(minute INTEGER PRIMARY KEY, lines INTEGER NOT NULL, row BLOB NOT NULL);
CREATE INDEX minutes_lines ON minutes(minute, lines);
CREATE TABLE seconds(second INTEGER PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE dead_letters(id INTEGER PRIMARY KEY AUTOINCREMENT, batch INTEGER NOT NULL, time INTEGER NOT NULL, reason INTEGER NOT NULL,
                          size INTEGER NOT NULL, place INTEGER NOT NULL, source TEXT NOT NULL, document TEXT NOT NULL,
                          target TEXT NOT NULL, detail TEXT NOT NULL, raw BLOB NOT NULL);
CREATE TABLE progress(batch INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE source_formats(source INTEGER PRIMARY KEY, format TEXT NOT NULL);
CREATE TABLE source_max(source INTEGER PRIMARY KEY, time INTEGER NOT NULL);
)sql";

/// What a batch takes of the queue, and the way to the batches of one target.
constexpr const char* kQueueBytes = R"sql(
ALTER TABLE commits ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
DROP INDEX commits_undelivered;
CREATE INDEX commits_undelivered ON commits(batch, parsed, bytes) WHERE delivered = 0 AND target <> '';
CREATE INDEX commits_of_target ON commits(target, batch) WHERE delivered = 0 AND target <> '';
)sql";

/// The W3C header in force in each source behind its planned chunks.
constexpr const char* kSourceHeaders = R"sql(
CREATE TABLE source_headers(source INTEGER PRIMARY KEY, end INTEGER NOT NULL, header BLOB NOT NULL);
)sql";

/// Dead letters that are retried, and their way to a target's own index of dead letters (LetterState).
constexpr const char* kRetries = R"sql(
CREATE TABLE retries(id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL DEFAULT '', time INTEGER NOT NULL, reason INTEGER NOT NULL,
                     format TEXT NOT NULL, taken INTEGER NOT NULL, cut INTEGER NOT NULL, not_kept INTEGER NOT NULL,
                     no_target INTEGER NOT NULL, open INTEGER NOT NULL, chunk TEXT NOT NULL DEFAULT '', read INTEGER NOT NULL DEFAULT 0,
                     dead INTEGER NOT NULL DEFAULT 0, skipped INTEGER NOT NULL DEFAULT 0);
CREATE INDEX retries_key ON retries(key);
ALTER TABLE dead_letters ADD COLUMN retry INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dead_letters ADD COLUMN goes_to TEXT NOT NULL DEFAULT '';
ALTER TABLE dead_letters ADD COLUMN state INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dead_letters ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
CREATE INDEX dead_letters_retry ON dead_letters(retry) WHERE retry <> 0;
CREATE INDEX dead_letters_waiting ON dead_letters(goes_to, id) WHERE goes_to <> '' AND state IN (0, 1, 4);
)sql";

constexpr std::array kSteps = {kFirst, kQueueBytes, kSourceHeaders, kRetries};

} // namespace

std::span<const char* const> schemaSteps() { return kSteps; }

Result<std::int64_t> schemaVersion(Database& database) {
    Statement query(database, "PRAGMA user_version");
    SG_TRY(query.step());
    return query.integer(0);
}

Status migrate(Database& database, std::span<const char* const> steps) {
    SG_TRY_ASSIGN(std::int64_t version, schemaVersion(database));
    const auto newest = static_cast<std::int64_t>(steps.size());
    if (version > newest || version < 0)
        return fail(ErrorCode::Refused, "the store " + database.path() + " has schema version " + std::to_string(version) +
                                            "; this program knows versions up to " + std::to_string(newest));
    while (version < newest) {
        Transaction transaction(database);
        SG_TRY(transaction.begin());
        SG_TRY(database.execute(steps[static_cast<std::size_t>(version)]));
        ++version;
        SG_TRY(database.execute(("PRAGMA user_version = " + std::to_string(version)).c_str()));
        SG_TRY(transaction.commit());
    }
    return {};
}

} // namespace sg
