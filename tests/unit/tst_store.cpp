#include "core/store/database.h"
#include "core/store/schema.h"
#include "core/store/store.h"
#include "tests/support/store_scenario.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <limits>
#include <memory>

using namespace sg;
using namespace sg::test;

namespace {

template <class T> bool ok(const Result<T>& result) {
    if (!result) qWarning("%s", result.error().message.c_str());
    return result.has_value();
}

/// Lines, split and waiting are the reader's: filled in as if every chunk so far had been planned.
Ledger balanced(Store& store) {
    Ledger ledger = store.ledger().value_or(Ledger{});
    ledger.lines = ledger.split = ledger.opening + ledger.planned + ledger.lost;
    for (const std::string& text : ledger.differences()) qWarning("%s", text.c_str());
    return ledger;
}

} // namespace

class StoreTest : public QObject {
    Q_OBJECT
private:
    std::unique_ptr<QTemporaryDir> m_directory;
    Store::Options m_options;
    std::unique_ptr<Store> m_store;

    void reopen() {
        m_store.reset();
        Result<std::unique_ptr<Store>> opened = Store::open(m_options);
        QVERIFY(ok(opened));
        m_store = std::move(*opened);
    }
    void plan(std::uint64_t id, bool withTarget = true) { QVERIFY(ok(m_store->savePlan(planOf(id, withTarget)))); }
    void commit(std::uint64_t id) {
        const Aggregate delta = deltaOf(id);
        QVERIFY(ok(m_store->commit(commitOf(id, delta))));
    }
    void batch(std::uint64_t id, bool withTarget = true) {
        plan(id, withTarget);
        commit(id);
    }

private slots:
    void init() {
        m_directory = std::make_unique<QTemporaryDir>();
        m_options = {};
        m_options.path = m_directory->filePath("store.sqlite").toStdString();
        reopen();
    }
    void cleanup() { m_store.reset(); }

    void aNewStoreSaysSoAndIsPrivate() {
        QVERIFY(m_store->createdNow());
        const auto mode = QFileInfo(QString::fromStdString(m_options.path)).permissions();
        QVERIFY(!(mode & (QFileDevice::ReadGroup | QFileDevice::ReadOther)));
        reopen();
        QVERIFY(!m_store->createdNow());
        QCOMPARE(m_store->lastBatch()->value, std::uint64_t{0});
        QVERIFY(!m_store->openPlan()->has_value());
        QVERIFY(balanced(*m_store).balanced());
    }
    void metaAndFormatsOutliveTheProcess() {
        QVERIFY(ok(m_store->setMeta("stream", "abcdefgh")));
        QVERIFY(ok(m_store->setSourceFormat({4}, "combined")));
        reopen();
        QVERIFY(*m_store->meta("stream") == "abcdefgh");
        QVERIFY(m_store->meta("nothing")->empty());
        QVERIFY(*m_store->sourceFormat({4}) == "combined");
        QVERIFY(m_store->sourceFormat({5})->empty());
    }
    void theLedgerBalancesAfterEachStep() {
        plan(1);
        Ledger ledger = balanced(*m_store);
        QVERIFY(ledger.balanced());
        QCOMPARE(ledger.open, kLinesOfBatch);
        reopen();
        QVERIFY(m_store->openPlan()->has_value());
        commit(1);
        ledger = balanced(*m_store);
        QVERIFY(ledger.balanced());
        QCOMPARE(ledger.open, std::uint64_t{0});
        QCOMPARE(ledger.undelivered, std::uint64_t{7});
        QCOMPARE(ledger.late, std::uint64_t{1});
        QVERIFY(ok(m_store->commitDelivery(deliveryOf(1))));
        ledger = balanced(*m_store);
        QVERIFY(ledger.balanced());
        QCOMPARE(ledger.created, std::uint64_t{4});
        QCOMPARE(ledger.sent, std::uint64_t{9});
        QCOMPARE(*m_store->undeliveredLines(), std::uint64_t{0});
        batch(2, false);
        ledger = balanced(*m_store);
        QVERIFY(ledger.balanced());
        QCOMPARE(ledger.notRequested, std::uint64_t{7});
        QCOMPARE(*m_store->minuteLines(), ledger.parsed);
    }
    void theOldestThatWasNeverSentIsAbandonedFirst() {
        for (std::uint64_t id = 1; id <= 6; ++id) batch(id, id != 2); // of 1000 bytes each
        QVERIFY(ok(m_store->markSent({1}, "http://x/streamgauge")));
        QVERIFY(ok(m_store->commitDelivery(deliveryOf(3))));
        QVERIFY(m_store->abandonOldest(4000)->empty());
        const auto given = m_store->abandonOldest(2500); // 1, 4, 5 and 6 wait
        QVERIFY(ok(given));
        QCOMPARE(given->size(), std::size_t{2});
        QCOMPARE((*given)[0].id.value, std::uint64_t{4});
        QCOMPARE((*given)[1].id.value, std::uint64_t{5});
        QCOMPARE((*given)[1].documents, std::uint64_t{7});
        QVERIFY((*given)[1].target == "http://x/streamgauge");
        const Ledger ledger = balanced(*m_store);
        QVERIFY(ledger.balanced());
        QCOMPARE(ledger.abandoned, std::uint64_t{14});
        QCOMPARE(ledger.undelivered, std::uint64_t{14});
        // What may have left is kept, however little is allowed; and nobody sends what was given up.
        QCOMPARE(m_store->abandonOldest(0)->size(), std::size_t{1});
        QCOMPARE(m_store->undeliveredBatches().value_or(0), std::uint64_t{1});
        QVERIFY(*m_store->markSent({1}, "http://x/streamgauge"));
        QVERIFY(!*m_store->markSent({4}, "http://x/streamgauge"));
        QVERIFY(!*m_store->markSent({1}, "http://elsewhere/streamgauge"));
        QCOMPARE(m_store->releasable(10)->size(), std::size_t{5}); // 2, 3 and the abandoned
    }
    void aReferenceTakesAQuarterOfItsBytes() {
        Plan planned = planOf(1, true);
        planned.chunks[0].chunk.reference = true;
        QVERIFY(ok(m_store->savePlan(planned)));
        commit(1);
        QVERIFY(m_store->abandonOldest(250)->empty());
        QCOMPARE(m_store->abandonOldest(249)->size(), std::size_t{1});
    }
    void everyTargetHasABatchThatWaitsLongest() {
        for (std::uint64_t id = 1; id <= 4; ++id) {
            Plan planned = planOf(id, true);
            if (id % 2 == 0) planned.target = {"http://a/b", "http://a", "b"};
            QVERIFY(ok(m_store->savePlan(planned)));
            commit(id);
        }
        auto targets = m_store->waitingTargets();
        QVERIFY(ok(targets));
        QCOMPARE(targets->size(), std::size_t{2});
        QVERIFY((*targets)[0].first == (Target{"http://a/b", "http://a", "b"}));
        QCOMPARE((*targets)[0].second.value, std::uint64_t{2});
        QCOMPARE((*targets)[1].second.value, std::uint64_t{1});
        QVERIFY(*m_store->undelivered("http://a/b", {2}, 10) == std::vector<BatchId>{{4}});
        QVERIFY(m_store->undelivered("http://elsewhere/x", {0}, 10)->empty());
        QVERIFY(ok(m_store->commitDelivery(deliveryOf(1))));
        QVERIFY(ok(m_store->commitDelivery(deliveryOf(3))));
        QCOMPARE(m_store->waitingTargets()->size(), std::size_t{1});
    }
    void aStoreOfTheFirstSchemaGoesOn() {
        m_store.reset();
        QVERIFY(QFile::remove(QString::fromStdString(m_options.path)));
        {
            Database database;
            QVERIFY(ok(database.open(m_options.path, "", false)));
            QVERIFY(ok(migrate(database, schemaSteps().first(1))));
            QVERIFY(ok(database.execute("INSERT INTO commits VALUES(100, 7, 'http://x/streamgauge', 1, 0, x'')")));
        }
        reopen();
        QCOMPARE(m_store->undeliveredBatches().value_or(9), std::uint64_t{0});
        batch(1);
        QVERIFY(m_store->abandonOldest(1000)->empty());
        const auto header = m_store->sourceHeader(SourceId{1});
        QVERIFY(header && !*header);
    }
    void rejectedDocumentsBeyondTheSamplesAreCounted() {
        batch(1);
        const std::uint64_t before = m_store->deadLettersNotKept().value_or(0);
        DeliveryCommit delivery = deliveryOf(1);
        delivery.notKept = 3;
        QVERIFY(ok(m_store->commitDelivery(delivery)));
        QCOMPARE(m_store->deadLettersNotKept().value_or(0), before + 3);
    }
    void aWrongCountTurnsTheLedgerRed() {
        plan(1);
        const Aggregate delta = deltaOf(1);
        BatchCommit wrong = commitOf(1, delta);
        wrong.skipped = 5;
        QVERIFY(ok(m_store->commit(wrong)));
        Ledger ledger = m_store->ledger().value_or(Ledger{});
        ledger.lines = ledger.split = ledger.planned + ledger.lost;
        QCOMPARE(ledger.differences().size(), std::size_t{1});
    }
    void lostLinesLeaveWhatWasPlanned() {
        Plan planned = planOf(1, false);
        planned.lostLines = 30;
        QVERIFY(ok(m_store->savePlan(planned)));
        const Aggregate delta = deltaOf(1);
        BatchCommit lost = commitOf(1, delta);
        lost.skipped = 0;
        lost.lost = 1;
        QVERIFY(ok(m_store->commit(lost)));
        const Ledger ledger = balanced(*m_store);
        QVERIFY(ledger.balanced());
        QCOMPARE(ledger.planned, std::uint64_t{9});
        QCOMPARE(ledger.lost, std::uint64_t{31});
    }
    void stepsOutOfTurnAreRefused() {
        const Aggregate delta = deltaOf(1);
        QCOMPARE(m_store->commit(commitOf(1, delta)).error().code, ErrorCode::Internal);
        plan(1);
        QCOMPARE(m_store->savePlan(planOf(2, true)).error().code, ErrorCode::Internal);
        QCOMPARE(m_store->commit(commitOf(2, delta)).error().code, ErrorCode::Internal);
        QCOMPARE(m_store->commitDelivery(deliveryOf(1)).error().code, ErrorCode::Internal);
        commit(1);
        QCOMPARE(m_store->commit(commitOf(1, delta)).error().code, ErrorCode::Internal);
        QCOMPARE(m_store->savePlan(planOf(1, true)).error().code, ErrorCode::Internal);
        QVERIFY(ok(m_store->commitDelivery(deliveryOf(1))));
        QCOMPARE(m_store->commitDelivery(deliveryOf(1)).error().code, ErrorCode::Internal);
        const Ledger ledger = balanced(*m_store);
        QVERIFY(ledger.balanced());
        QCOMPARE(ledger.created, std::uint64_t{4});
    }
    void theMarkerDecides() {
        plan(1);
        QVERIFY(!*m_store->isCommitted({1}));
        commit(1);
        QVERIFY(*m_store->isCommitted({1}));
        QVERIFY(!*m_store->isCommitted({2}));
    }
    void deliveryFollowsTheOrderOfBatches() {
        batch(1);
        batch(2, false);
        batch(3);
        const auto waiting = m_store->undelivered(10);
        QCOMPARE(waiting->size(), std::size_t{2});
        QCOMPARE(*m_store->undeliveredBatches(), std::uint64_t{2});
        QVERIFY((*waiting)[0] == BatchId{1} && (*waiting)[1] == BatchId{3});
        const Result<CommittedBatch> first = m_store->committedBatch({1});
        QVERIFY(ok(first));
        QCOMPARE(first->parsed, std::uint64_t{7});
        QCOMPARE(first->ranges.size(), std::size_t{2});
        QVERIFY(first->ranges[0].reason == Reason::BadTime && first->ranges[1].reason == Reason::None);
        QCOMPARE(m_store->releasable(10)->size(), std::size_t{1});
        QVERIFY(ok(m_store->commitDelivery(deliveryOf(1))));
        QCOMPARE(m_store->releasable(10)->size(), std::size_t{2});
        QVERIFY(ok(m_store->markReleased({1})));
        QCOMPARE(m_store->releasable(10)->size(), std::size_t{1});
        QCOMPARE(m_store->committedBatch({9}).error().code, ErrorCode::NotFound);
    }
    void aSentMarkOfAnEarlierRunMeansMaybeSent() {
        QVERIFY(ok(m_store->setMeta("stream", "abcdefgh")));
        batch(1);
        QVERIFY(!m_store->committedBatch({1})->maySentBefore);
        QVERIFY(ok(m_store->markSent({1}, "http://x/streamgauge")));
        QVERIFY(!m_store->committedBatch({1})->maySentBefore);
        reopen();
        QVERIFY(ok(m_store->markSent({1}, "http://x/streamgauge"))); // again: the first mark stays
        QVERIFY(m_store->committedBatch({1})->maySentBefore);
        QVERIFY(ok(m_store->setMeta("stream", "otherone")));
        batch(2);
        QVERIFY(m_store->committedBatch({2})->maySentBefore);
    }
    void theLiveStateIsTheSumOfAllBatches_data() {
        QTest::addColumn<int>("checkpointBatches");
        QTest::newRow("deltas only") << 1000;
        QTest::newRow("checkpoint and deltas") << 4;
        QTest::newRow("a checkpoint each time") << 1;
    }
    void theLiveStateIsTheSumOfAllBatches() {
        QFETCH(int, checkpointBatches);
        m_options.checkpointBatches = static_cast<std::uint32_t>(checkpointBatches);
        reopen();
        Aggregate expected;
        for (std::uint64_t id = 1; id <= 30; ++id) {
            batch(id);
            expected.merge(deltaOf(id));
        }
        QVERIFY(m_store->loadAggregate()->serialize() == expected.serialize());
        reopen();
        QVERIFY(m_store->loadAggregate()->serialize() == expected.serialize());
        QCOMPARE(*m_store->minuteLines(), std::uint64_t{210});
        QVERIFY(m_store->sourceMaxima()->at(1) == Timestamp::fromSeconds(1'700'000'606));
    }
    void expiredMinutesStayCounted() {
        m_options.minuteRetentionDays = 0;
        m_options.checkpointBatches = 1;
        reopen();
        for (std::uint64_t id = 1; id <= 30; ++id) batch(id);
        QCOMPARE(*m_store->minuteLines(), std::uint64_t{210});
        std::size_t minutes = 0;
        m_store->loadAggregate()->visitMinutes([&](std::int64_t, const std::string&) { ++minutes; });
        QCOMPARE(minutes, std::size_t{1});
    }
    void aWrongClockExpiresNothing_data() {
        QTest::addColumn<QList<int>>("daysAhead"); // of batches 2 and on; batch 1 is on time
        QTest::addColumn<int>("minutesLeft");
        QTest::newRow("all on time") << QList<int>{0, 0} << 2;
        QTest::newRow("one far ahead") << QList<int>{3650, 0} << 3;
        QTest::newRow("some far ahead, wildly") << QList<int>{3650, 7300, 400, 0} << 3; // of those, what is near the newest
        QTest::newRow("sixty days behind") << QList<int>{-60, -60} << 1;
    }
    void aWrongClockExpiresNothing() {
        QFETCH(QList<int>, daysAhead);
        QFETCH(int, minutesLeft);
        m_options.checkpointBatches = 1;
        reopen();
        batch(1);
        for (int i = 0; i < daysAhead.size(); ++i) {
            const std::uint64_t id = static_cast<std::uint64_t>(i) + 2;
            plan(id);
            const Aggregate delta = deltaOf(id, std::int64_t{daysAhead[i]} * 86'400);
            QVERIFY(ok(m_store->commit(commitOf(id, delta))));
        }
        int minutes = 0;
        QVERIFY(ok(m_store->eachMinute(0, std::numeric_limits<std::int64_t>::max(), [&](std::int64_t, std::string_view) {
            ++minutes;
            return true;
        })));
        QCOMPARE(minutes, minutesLeft);
        QCOMPARE(*m_store->minuteLines(), 7 * (1 + static_cast<std::uint64_t>(daysAhead.size())));
    }
    void releasedBatchesArePrunedAndTheBooksStay() {
        m_options.retainBatches = 3;
        m_options.checkpointBatches = 1;
        reopen();
        for (std::uint64_t id = 1; id <= 10; ++id) {
            batch(id);
            QVERIFY(ok(m_store->markSent({id}, "http://x/streamgauge")));
            if (id == 2) continue; // stays undelivered
            QVERIFY(ok(m_store->commitDelivery(deliveryOf(id))));
            QVERIFY(ok(m_store->markReleased({id})));
        }
        QVERIFY(ok(m_store->checkpoint()));
        QCOMPARE(m_store->committedBatch({1}).error().code, ErrorCode::NotFound);
        QVERIFY(m_store->committedBatch({2}).has_value());
        QVERIFY(m_store->committedBatch({8}).has_value());
        QVERIFY(*m_store->isCommitted({1}));
        QCOMPARE(m_store->lastBatch()->value, std::uint64_t{10});
        QCOMPARE(m_store->lastPlannedSequence()->value, std::uint64_t{10});
        QVERIFY(balanced(*m_store).balanced());
        const auto progress = m_store->progress(100);
        QCOMPARE(progress->size(), std::size_t{10});
        QVERIFY(progress->at(0).delivered && !progress->at(1).delivered && progress->at(9).delivered);
    }
    void deadLettersKeepTheirBytes() {
        batch(1);
        const auto letters = m_store->deadLetters(10);
        QCOMPARE(letters->size(), std::size_t{1});
        QVERIFY(letters->at(0).raw == std::string("\x00\xFF raw", 6));
        QVERIFY(letters->at(0).sourcePath == "/var/log/x.log");
        QCOMPARE(letters->at(0).offset, std::uint64_t{1100});
        QCOMPARE(*m_store->deadLettersNotKept(), std::uint64_t{1});
    }
    void deadLettersAreBoundedBySizeAndCounted() {
        m_options.deadLetterBytes = 2000;
        reopen();
        for (std::uint64_t id = 1; id <= 20; ++id) batch(id);
        const auto letters = m_store->deadLetters(100);
        QVERIFY(letters->size() >= 5 && letters->size() < 20);
        QVERIFY(letters->back().batch == BatchId{20});
        QCOMPARE(*m_store->deadLettersNotKept(), 20 + 20 - letters->size());
    }
    void aRetryTakesWholeLinesOfItsReasonAndSaysWhatItLeaves() {
        plan(1);
        const Aggregate delta = deltaOf(1);
        BatchCommit commit = commitOf(1, delta);
        DeadLetter letter = commit.deadLetters[0];
        commit.deadLetters.clear();
        const auto add = [&](Reason reason, std::string raw, const char* path) {
            letter.reason = reason;
            letter.raw = std::move(raw);
            letter.sourcePath = path;
            commit.deadLetters.push_back(letter);
            ++commit.deadByReason[static_cast<std::size_t>(reason)];
        };
        commit.deadByReason = {};
        add(Reason::BadTime, "one", "/a");
        add(Reason::BadTime, "two", "/b");
        add(Reason::BadTime, std::string(70'000, 'x'), "/a"); // kept in part
        add(Reason::BadStatus, "three", "/a");
        add(Reason::BadTime, "four", "/a");
        commit.deadByReason[static_cast<std::size_t>(Reason::BadTime)] += 9; // counted, not kept
        QVERIFY(ok(m_store->commit(commit)));
        RetryRequest request{Reason::BadTime, "json"};
        const auto outcome = m_store->beginRetry(request, true, {});
        QVERIFY(ok(outcome));
        QCOMPARE(outcome->taken, std::uint64_t{3});
        QCOMPARE(outcome->cut, std::uint64_t{1});
        QCOMPARE(outcome->notKept, std::uint64_t{9});
        QVERIFY(!m_store->beginRetry({}, true, {}));
        reopen(); // what was taken is durable
        const auto open = m_store->openRetry();
        QVERIFY(ok(open) && open->has_value());
        QCOMPARE((*open)->parts.size(), std::size_t{2});
        const OpenRetry::Part& first = (*open)->parts[0];
        QVERIFY(first.path == "/a" && first.bytes == 9 && !first.counted);
        QVERIFY(m_store->retryLines(outcome->id, first, 0, 1)->bytes == "one\n"); // one line always
        QVERIFY(m_store->retryLines(outcome->id, first, 4, 100)->bytes == "four\n");
        QVERIFY(m_store->retryLines(outcome->id, first, 0, 100)->bytes == "one\nfour\n");
        QCOMPARE(m_store->retryLines(outcome->id, first, 9, 100)->lines, std::uint64_t{0});
        QVERIFY(*m_store->retryFormat((*open)->key) == "json");
        QCOMPARE(m_store->ledger()->retrying, std::uint64_t{3});
        QVERIFY(ok(m_store->finishRetry(outcome->id, "chunk")));
        QCOMPARE(m_store->ledger()->resolved(), std::uint64_t{3});
        QCOMPARE(m_store->ledger()->resolvedByReason[static_cast<std::size_t>(Reason::BadTime)], std::uint64_t{3});
        QCOMPARE(m_store->ledger()->retrying, std::uint64_t{0});
        QCOMPARE(m_store->deadLetters(10)->size(), std::size_t{2}); // the one kept in part, and the other reason
        const auto none = m_store->beginRetry(request, true, {});
        QVERIFY(ok(none) && none->taken == 0 && !none->open && none->cut == 1 && none->notKept == 9);
        QVERIFY(!m_store->openRetry()->has_value());
    }
    void aRetryLeavesRefusedDocumentsWhereNobodyTakesThem() {
        batch(1);
        DeliveryCommit delivery = deliveryOf(1);
        delivery.deadLetters[0].raw = "refused";
        QVERIFY(ok(m_store->commitDelivery(delivery)));
        const auto without = m_store->beginRetry({}, false, {});
        QVERIFY(ok(without));
        QCOMPARE(without->taken, std::uint64_t{1}); // the line that could not be read
        QCOMPARE(without->noTarget, std::uint64_t{1});
        QVERIFY(ok(m_store->finishRetry(without->id, "chunk")));
        const auto with = m_store->beginRetry({Reason::RejectedByServer, {}}, true, {});
        QVERIFY(ok(with));
        QCOMPARE(with->taken, std::uint64_t{1});
        QVERIFY((*m_store->openRetry())->parts.at(0).counted);
    }
    void deadLettersAreBoundedByAge() {
        m_options.deadLetterAge = Milliseconds{4000};
        reopen();
        for (std::uint64_t id = 1; id <= 20; ++id) batch(id);
        QCOMPARE(m_store->deadLetters(100)->size(), std::size_t{5});
    }
    void aReaderSeesTheBooksWhileTheWriterHasThemOpen() {
        batch(1);
        Result<std::unique_ptr<Store>> reader = openStoreForReading(m_options.path);
        QVERIFY(ok(reader));
        QCOMPARE((*reader)->ledger()->parsed, std::uint64_t{7});
        batch(2);
        QCOMPARE((*reader)->ledger()->parsed, std::uint64_t{14});
        QVERIFY(!(*reader)->setMeta("a", "b"));
        reader->reset();
        m_store.reset();
        reader = openStoreForReading(m_options.path);
        QVERIFY(ok(reader));
        QCOMPARE((*reader)->loadAggregate()->totals().parsed, std::uint64_t{14});
    }
    void noStoreToReadIsSaid() {
        const auto reader = openStoreForReading(m_directory->filePath("none.sqlite").toStdString());
        QVERIFY(!reader);
        QCOMPARE(reader.error().code, ErrorCode::NotFound);
    }
    void aFileThatIsNoDatabaseIsCorruptAndCanBeMovedAside() {
        m_store.reset();
        QFile file(QString::fromStdString(m_options.path));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(QByteArray(8192, 'x'));
        file.close();
        const auto opened = Store::open(m_options);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::Corrupt);
        QVERIFY(opened.error().message.find(m_options.path) != std::string::npos);
        const Result<std::string> aside = moveStoreAside(m_options.path, Timestamp::fromSeconds(0));
        QVERIFY(ok(aside));
        QVERIFY(*aside == m_options.path + ".corrupt-19700101T000000Z");
        QVERIFY(QFile::exists(QString::fromStdString(*aside)));
        reopen();
        QVERIFY(m_store->createdNow());
    }
    void damagedPagesAreCorrupt() {
        for (std::uint64_t id = 1; id <= 20; ++id) batch(id);
        QVERIFY(ok(m_store->checkpoint()));
        m_store.reset();
        QFile file(QString::fromStdString(m_options.path));
        QVERIFY(file.open(QIODevice::ReadWrite));
        for (qint64 page = 2; page < file.size() / 4096; ++page) {
            file.seek(page * 4096);
            file.write(QByteArray(64, '\xEE'));
        }
        file.close();
        const auto opened = Store::open(m_options);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::Corrupt);
    }
    void aFullDiskChangesNothingAndTheStoreGoesOn() {
        m_options.maxPages = 60;
        m_options.checkpointBatches = 1'000'000;
        reopen();
        std::uint64_t id = 0;
        Status full;
        while (full) {
            const std::uint64_t next = id + 1;
            full = m_store->savePlan(planOf(next, true));
            if (!full) break;
            const Aggregate delta = deltaOf(next);
            full = m_store->commit(commitOf(next, delta));
            if (full) id = next;
            QVERIFY(id < 10'000);
        }
        QCOMPARE(full.error().code, ErrorCode::DiskFull);
        QVERIFY(balanced(*m_store).balanced());
        QCOMPARE(m_store->ledger()->parsed, 7 * id);
        m_options.maxPages = 1'000'000;
        reopen();
        QVERIFY(balanced(*m_store).balanced());
        QCOMPARE(*m_store->minuteLines(), 7 * id);
        if (!m_store->openPlan()->has_value()) plan(id + 1);
        commit(id + 1);
        QCOMPARE(m_store->ledger()->parsed, 7 * (id + 1));
    }
    void anOlderSchemaIsMovedForwardStepByStep() {
        Database database;
        QVERIFY(ok(database.open(m_directory->filePath("steps.sqlite").toStdString(), "", false)));
        constexpr std::array<const char*, 3> kSteps = {"CREATE TABLE a(x)", "ALTER TABLE a ADD COLUMN y; CREATE TABLE b(x)",
                                                       "INSERT INTO a VALUES(1, 2)"};
        QVERIFY(ok(migrate(database, std::span(kSteps).first(1))));
        QCOMPARE(*schemaVersion(database), std::int64_t{1});
        QVERIFY(ok(migrate(database, kSteps)));
        QVERIFY(ok(migrate(database, kSteps)));
        QCOMPARE(*schemaVersion(database), std::int64_t{3});
        Statement query(database, "SELECT count(*) FROM a");
        QVERIFY(*query.step());
        QCOMPARE(query.integer(0), std::int64_t{1});
    }
    void aStepThatFailsLeavesTheVersionBefore() {
        Database database;
        QVERIFY(ok(database.open(m_directory->filePath("steps.sqlite").toStdString(), "", false)));
        constexpr std::array<const char*, 2> kSteps = {"CREATE TABLE a(x)", "CREATE TABLE b(x); CREATE TABLE a(x)"};
        QVERIFY(!migrate(database, kSteps));
        QCOMPARE(*schemaVersion(database), std::int64_t{1});
        QVERIFY(ok(database.execute("CREATE TABLE b(x)")));
    }
    void aStoreOfANewerProgramIsRefused() {
        m_store.reset();
        {
            Database database;
            QVERIFY(ok(database.open(m_options.path, "", false)));
            QVERIFY(ok(database.execute("PRAGMA user_version = 99")));
        }
        const auto opened = Store::open(m_options);
        QVERIFY(!opened);
        QCOMPARE(opened.error().code, ErrorCode::Refused);
    }
};

QTEST_APPLESS_MAIN(StoreTest)
#include "tst_store.moc"
