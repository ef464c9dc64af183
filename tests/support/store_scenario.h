#pragma once
/// Small plans, commits and deliveries for the tests of the store.
#include "core/aggregate/aggregate.h"
#include "core/store/store.h"

#include <string>

namespace sg::test {

inline constexpr std::uint64_t kLinesOfBatch = 10; // 7 parsed, 1 skipped, 2 dead

inline Plan planOf(std::uint64_t id, bool withTarget) {
    Plan plan;
    plan.id = {id};
    plan.planned = Timestamp::fromSeconds(1'700'000'000 + static_cast<std::int64_t>(id));
    plan.first = plan.last = {id};
    PlannedChunk planned;
    planned.chunk.stream = "abcdefgh";
    planned.chunk.sequence = {id};
    planned.chunk.source = {1};
    planned.chunk.start = {1000 * id};
    planned.chunk.lines = {kLinesOfBatch};
    planned.chunk.length = {1000};
    planned.format = "combined";
    planned.zoneMinutes = -90;
    planned.watermark = Timestamp{-5};
    plan.chunks = {planned};
    plan.lines = kLinesOfBatch;
    plan.bytes = 1000;
    plan.latenessMs = 120'000;
    plan.engineVersion = "1";
    plan.agentRulesHash = "rules";
    if (withTarget) plan.target = {"http://x/streamgauge", "http://x", "streamgauge"};
    return plan;
}

/// Seven events, one a second, of which the batch number decides minute and paths; `aheadSeconds` later than they should be.
inline Aggregate deltaOf(std::uint64_t id, std::int64_t aheadSeconds = 0) {
    Aggregate sums;
    const std::string path = "/p/" + std::to_string(id % 5);
    for (std::int64_t i = 0; i < 7; ++i) {
        Event event;
        event.record.time = Timestamp::fromSeconds(1'700'000'000 + 20 * static_cast<std::int64_t>(id) + i + aheadSeconds);
        event.record.address = i % 2 == 0 ? "192.0.2.1" : "192.0.2.2";
        event.record.method = "GET";
        event.record.status = 200;
        event.record.bytes = 100;
        event.record.durationNs = 1'000'000 * (i + 1);
        event.url.path = path;
        sums.add(event, aheadSeconds > 0); // as the engine does: in no second
    }
    return sums;
}

inline BatchCommit commitOf(std::uint64_t id, const Aggregate& delta) {
    BatchCommit commit;
    commit.id = {id};
    commit.delta = &delta;
    commit.ranges = {{0, 100, 2, Reason::BadTime}, {0, 500, 1, Reason::None}};
    DeadLetter letter;
    letter.time = Timestamp::fromSeconds(1'700'000'000 + static_cast<std::int64_t>(id));
    letter.reason = Reason::BadTime;
    letter.detail = "column 12";
    letter.raw = std::string("\x00\xFF raw", 6);
    letter.sourcePath = "/var/log/x.log";
    letter.offset = 1000 * id + 100;
    commit.deadLetters = {letter};
    commit.notKept = 1;
    commit.parsed = 7;
    commit.skipped = 1;
    commit.late = 1;
    commit.deadByReason[static_cast<std::size_t>(Reason::BadTime)] = 2;
    commit.sourceMax[1] = Timestamp::fromSeconds(1'700'000'000 + 20 * static_cast<std::int64_t>(id) + 6);
    commit.progress.id = {id};
    commit.progress.lines = kLinesOfBatch;
    return commit;
}

inline DeliveryCommit deliveryOf(std::uint64_t id) {
    DeliveryCommit delivery;
    delivery.id = {id};
    delivery.target = "http://x/streamgauge";
    delivery.created = 4;
    delivery.duplicate = 2;
    delivery.rejected = 1;
    delivery.sent = 9;
    DeadLetter letter;
    letter.reason = Reason::RejectedByServer;
    letter.documentId = "abcdefgh-000000001-00000000";
    letter.target = delivery.target;
    delivery.deadLetters = {letter};
    return delivery;
}

} // namespace sg::test
