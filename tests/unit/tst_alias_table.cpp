#include "core/generate/alias_table.h"
#include "core/generate/quantile_table.h"

#include <QTest>

#include <array>
#include <cmath>

class AliasTableTest : public QObject {
    Q_OBJECT
private slots:
    void picksByWeight() {
        const std::array<double, 4> weights{70, 0, 20, 10};
        const sg::AliasTable table(weights);
        sg::Random random(7);
        std::array<int, 4> picked{};
        for (int i = 0; i < 100'000; ++i) ++picked[table.pick(random)];
        QCOMPARE(picked[1], 0);
        QVERIFY(std::abs(picked[0] - 70'000) < 700);
        QVERIFY(std::abs(picked[2] - 20'000) < 700);
        QVERIFY(std::abs(picked[3] - 10'000) < 700);
    }
    void treatsWeightsThatAreAllZeroAsEqual() {
        const std::array<double, 2> weights{0, 0};
        const sg::AliasTable table(weights);
        sg::Random random(7);
        int second = 0;
        for (int i = 0; i < 10'000; ++i) second += static_cast<int>(table.pick(random));
        QVERIFY(std::abs(second - 5'000) < 300);
    }
    void zipfFallsWithTheRank() {
        const sg::AliasTable table = sg::AliasTable::zipf(100, 1);
        sg::Random random(3);
        std::array<double, 100> picked{};
        for (int i = 0; i < 500'000; ++i) ++picked[table.pick(random)];
        QVERIFY(std::abs(picked[0] / picked[1] - 2) < 0.1);
        QVERIFY(std::abs(picked[0] / picked[9] - 10) < 0.7);
    }
    void logNormalHasMedianOneAndItsMean() {
        const sg::QuantileTable table = sg::QuantileTable::logNormal(0.8);
        sg::Random random(5);
        int below = 0;
        for (int i = 0; i < 100'000; ++i) below += table.pick(random) < 1 ? 1 : 0;
        QVERIFY(std::abs(below - 50'000) < 700);
        QVERIFY(std::abs(table.mean() - std::exp(0.32)) < 0.01);
    }
    void exponentialHasMeanOne() { QVERIFY(std::abs(sg::QuantileTable::exponential().mean() - 1) < 0.001); }
    void randomNumbersAreThoseOfTheReference() {
        sg::Random one(1);
        sg::Random again(1);
        sg::Random other(2);
        const auto first = one.next();
        QCOMPARE(again.next(), first);
        QVERIFY(other.next() != first);
        std::uint64_t state = 0;
        QCOMPARE(sg::splitMix(state), 0xE220A8397B1DCDAFULL); // published first value of splitmix64 from 0
    }
};
QTEST_APPLESS_MAIN(AliasTableTest)
#include "tst_alias_table.moc"
