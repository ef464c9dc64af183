#include "core/store/store.h"
#include "tests/support/power_loss_vfs.h"
#include "tests/support/store_scenario.h"

#include <QTest>

#include <memory>
#include <string>

using namespace sg;
using namespace sg::test;

namespace {

constexpr std::uint64_t kBatches = 7;

/// What the store has confirmed; the disk must know at least this.
struct Confirmed {
    std::uint64_t planned = 0, committed = 0, delivered = 0;
};

Result<std::unique_ptr<Store>> openOn(const PowerLossVfs& disk) {
    Store::Options options;
    options.path = "/store.sqlite";
    options.vfs = disk.name();
    options.checkpointBatches = 3;
    options.retainBatches = 2;
    options.deadLetterBytes = 600;
    return Store::open(options);
}

/// Every third batch has no target.
bool hasTarget(std::uint64_t id) { return id % 3 != 0; }

/// Does what is still to be done, up to `kBatches`; ends at the first failure. Steps and their confirmation are what the engine does.
Status goOn(Store& store, Confirmed& confirmed) {
    while (true) {
        SG_TRY_ASSIGN(const std::optional<Plan> open, store.openPlan());
        SG_TRY_ASSIGN(const BatchId last, store.lastBatch());
        if (!open && last.value == kBatches) break;
        const std::uint64_t id = open ? open->id.value : last.value + 1;
        if (!open) SG_TRY(store.savePlan(planOf(id, hasTarget(id))));
        confirmed.planned = id;
        const Aggregate delta = deltaOf(id);
        SG_TRY(store.commit(commitOf(id, delta)));
        confirmed.committed = id;
        if (id % 2 != 0 && id != kBatches) continue; // deliveries lag behind
        SG_TRY_ASSIGN(const std::vector<BatchId> waiting, store.undelivered(100));
        for (const BatchId batch : waiting) {
            SG_TRY(store.markSent(batch, "http://x/streamgauge"));
            SG_TRY(store.commitDelivery(deliveryOf(batch.value)));
            confirmed.delivered = batch.value;
        }
        SG_TRY_ASSIGN(const std::vector<Plan> plans, store.releasable(100));
        for (const Plan& plan : plans) SG_TRY(store.markReleased(plan.id));
    }
    SG_TRY_ASSIGN(const std::vector<BatchId> waiting, store.undelivered(100));
    for (const BatchId batch : waiting) SG_TRY(store.commitDelivery(deliveryOf(batch.value)));
    return {};
}

/// Empty, or what is wrong with the books.
std::string wrongBooks(Store& store, const Confirmed& confirmed) {
    const Result<Ledger> books = store.ledger();
    if (!books) return books.error().message;
    Ledger ledger = *books;
    ledger.lines = ledger.split = ledger.opening + ledger.planned + ledger.lost;
    for (const std::string& text : ledger.differences()) return text;
    const std::uint64_t committed = ledger.parsed / 7;
    if (ledger.parsed != committed * 7 || ledger.skipped != committed || ledger.dead() != committed * 2 + ledger.rejected)
        return "half a batch is committed";
    if (committed < confirmed.committed) return "a confirmed commit is gone";
    if (committed > confirmed.planned + 1) return "a batch is committed that was not planned";
    if (store.lastBatch().value_or(BatchId{}).value < confirmed.planned) return "a confirmed plan is gone";
    if (store.minuteLines().value_or(0U) != ledger.parsed) return "the minutes do not add up to the parsed lines";
    if (!store.isCommitted({committed}).value_or(false) || store.isCommitted({committed + 1}).value_or(true)) return "the marker is wrong";
    for (const BatchId batch : store.undelivered(100).value_or(std::vector<BatchId>{})) {
        if (batch.value <= confirmed.delivered) return "a confirmed delivery is gone";
        if (!store.committedBatch(batch)) return "an undelivered batch cannot be read";
    }
    Aggregate expected;
    for (std::uint64_t id = 1; id <= committed; ++id) expected.merge(deltaOf(id));
    const Result<Aggregate> sums = store.loadAggregate();
    if (!sums) return sums.error().message;
    return sums->serialize() == expected.serialize() ? "" : "the sums are not those of the committed batches";
}

} // namespace

class StorePowerLossTest : public QObject {
    Q_OBJECT
private slots:
    void theBooksBalanceWhereverThePowerGoes_data() {
        QTest::addColumn<quint64>("seed");
        for (quint64 seed = 1; seed <= 2; ++seed)
            QTest::addRow("fate of unsynced writes %llu", static_cast<unsigned long long>(seed)) << seed;
    }
    void theBooksBalanceWhereverThePowerGoes() {
        QFETCH(quint64, seed);
        std::uint64_t cuts = 0;
        for (std::uint64_t call = 1;; ++call) {
            PowerLossVfs disk("power-loss");
            disk.cutAt(call);
            Confirmed confirmed;
            {
                Result<std::unique_ptr<Store>> store = openOn(disk);
                if (store) static_cast<void>(goOn(**store, confirmed));
            }
            if (!disk.isCut()) break;
            ++cuts;
            disk.restore(seed * 100'000 + call);
            {
                Result<std::unique_ptr<Store>> store = openOn(disk);
                QVERIFY2(store.has_value(),
                         qPrintable(QString("cut at call %1: %2").arg(call).arg(store ? "" : store.error().message.c_str())));
                const std::string wrong = wrongBooks(**store, confirmed);
                QVERIFY2(wrong.empty(), qPrintable(QString("cut at call %1: %2").arg(call).arg(wrong.c_str())));
                const Status rest = goOn(**store, confirmed);
                QVERIFY2(rest.has_value(),
                         qPrintable(QString("cut at call %1: %2").arg(call).arg(rest ? "" : rest.error().message.c_str())));
                const std::string wrongAtTheEnd = wrongBooks(**store, confirmed);
                QVERIFY2(wrongAtTheEnd.empty(), qPrintable(QString("after call %1: %2").arg(call).arg(wrongAtTheEnd.c_str())));
                QCOMPARE((*store)->ledger()->parsed, 7 * kBatches);
                QCOMPARE((*store)->ledger()->undelivered, std::uint64_t{0});
            }
        }
        QVERIFY2(cuts > 100, qPrintable(QString::number(cuts)));
    }
};

QTEST_APPLESS_MAIN(StorePowerLossTest)
#include "tst_store_power_loss.moc"
