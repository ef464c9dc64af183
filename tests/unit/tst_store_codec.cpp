#include "core/store/codec.h"
#include "tests/support/store_scenario.h"

#include <QTest>

#include <random>

using namespace sg;

class StoreCodecTest : public QObject {
    Q_OBJECT
private slots:
    void aPlanComesBackWhole() {
        Plan plan = test::planOf(7, true);
        plan.missing = {{3}, {4}};
        plan.privacy = "ip=24/48";
        plan.places = "GeoLite2-City 1 2";
        plan.lostLines = 2000;
        plan.chunks[0].sourceName = "greenhouse-4";
        const Result<Plan> read = decodePlan(encodePlan(plan));
        QVERIFY(read.has_value());
        QVERIFY(read->id == plan.id && read->first == plan.first && read->last == plan.last);
        QVERIFY(read->chunks.size() == 1 && read->chunks[0].chunk == plan.chunks[0].chunk);
        QCOMPARE(read->chunks[0].zoneMinutes, -90);
        QCOMPARE(read->chunks[0].sourceName, std::string("greenhouse-4"));
        QVERIFY(read->chunks[0].watermark == Timestamp{-5});
        QVERIFY(read->missing == plan.missing);
        QVERIFY(read->target == plan.target);
        QVERIFY(read->privacy == plan.privacy && read->places == plan.places);
        QVERIFY(encodePlan(*read) == encodePlan(plan));
    }
    void aPlanOfTheFirstVersionIsRead() {
        const QByteArray bytes = QByteArray::fromHex("01070a0102010861626364656667680103001e00000003773363780d234669656c64733a206461746512001e009003"
                                                     "a01f0165010168016b01750170");
        const Result<Plan> plan = decodePlan({bytes.constData(), static_cast<std::size_t>(bytes.size())});
        QVERIFY2(plan.has_value(), plan ? "" : plan.error().message.c_str());
        QCOMPARE(plan->chunks.size(), std::size_t{1});
        QCOMPARE(plan->chunks[0].header, std::string("#Fields: date"));
        QVERIFY(plan->chunks[0].watermark == Timestamp{9});
        QVERIFY(plan->chunks[0].sourceName.empty());
        QCOMPARE(plan->target.prefix, std::string("p"));
        QVERIFY(plan->privacy.empty() && plan->places.empty()); // it knew of neither
    }
    void damagedPlansAndRangesAreErrorsOrPlansButNeverACrash() {
        const std::string plan = encodePlan(test::planOf(7, true));
        const std::string ranges = encodeRanges({{0, 100, 2, Reason::BadTime}, {1, 5, 1, Reason::None}});
        for (std::size_t length = 0; length < plan.size(); ++length) QVERIFY(!decodePlan({plan.data(), length}));
        for (std::size_t length = 0; length < ranges.size(); ++length) QVERIFY(!decodeRanges({ranges.data(), length}));
        std::mt19937_64 random(1);
        for (int i = 0; i < 5000; ++i) {
            std::string damaged = i % 2 == 0 ? plan : ranges;
            damaged[random() % damaged.size()] = static_cast<char>(random());
            static_cast<void>(decodePlan(damaged));
            static_cast<void>(decodeRanges(damaged));
            static_cast<void>(decodeProgress(damaged));
        }
    }
    void aProgressRecordComesBackWhole() {
        BatchProgress progress;
        progress.id = {9};
        progress.addBatchMs = 1.5;
        progress.eventMin = Timestamp{-3};
        progress.recovered = true;
        const Result<BatchProgress> read = decodeProgress(encodeProgress(progress));
        QVERIFY(read.has_value());
        QVERIFY(read->id == progress.id && read->eventMin == progress.eventMin && read->recovered);
        QCOMPARE(read->addBatchMs, 1.5);
    }
};

QTEST_APPLESS_MAIN(StoreCodecTest)
#include "tst_store_codec.moc"
