#include "core/base/hash.h"
#include "core/aggregate/histogram.h"
#include "core/aggregate/hyper_log_log.h"
#include "core/aggregate/top_map.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace sg;

namespace {

template <class T> std::string bytesOf(const T& sketch) {
    ByteWriter out;
    sketch.write(out);
    return out.take();
}

void addKey(TopMap& map, const std::string& key) { map.add(key, hashBytes(TopMap::cut(key)), {1, key.size(), 0}); }

} // namespace

class SketchesTest : public QObject {
    Q_OBJECT
private slots:
    void distinctCountsAreWithinFourStandardErrors_data() {
        QTest::addColumn<int>("things");
        QTest::newRow("none") << 0;
        QTest::newRow("one") << 1;
        QTest::newRow("a hundred, sparse") << 100;
        QTest::newRow("a thousand, sparse to its end") << 1000;
        QTest::newRow("ten thousand") << 10'000;
        QTest::newRow("a hundred thousand") << 100'000;
        QTest::newRow("a million") << 1'000'000;
    }
    void distinctCountsAreWithinFourStandardErrors() {
        QFETCH(int, things);
        HyperLogLog sketch;
        for (int round = 0; round < 2; ++round)
            for (int i = 0; i < things; ++i) sketch.add(hashBytes("visitor " + std::to_string(i)));
        QVERIFY2(std::abs(sketch.estimate() - things) <= 4 * HyperLogLog::kStandardError * things + 0.01,
                 qPrintable(QString::number(sketch.estimate())));
    }
    void distinctCountsMergeExactlyInAnyOrder_data() {
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("second");
        QTest::newRow("sparse and sparse") << 50 << 60;
        QTest::newRow("sparse and sparse make dense") << 900 << 900;
        QTest::newRow("sparse and dense") << 50 << 20'000;
        QTest::newRow("dense and dense") << 20'000 << 30'000;
        QTest::newRow("empty and dense") << 0 << 30'000;
    }
    void distinctCountsMergeExactlyInAnyOrder() {
        QFETCH(int, first);
        QFETCH(int, second);
        HyperLogLog a, b, all;
        for (int i = 0; i < first; ++i) a.add(hashBytes("a" + std::to_string(i)));
        for (int i = 0; i < second; ++i) b.add(hashBytes("b" + std::to_string(i)));
        for (int i = 0; i < first; ++i) all.add(hashBytes("a" + std::to_string(i)));
        for (int i = 0; i < second; ++i) all.add(hashBytes("b" + std::to_string(i)));
        HyperLogLog ab = a, ba = b;
        ab.merge(b);
        ba.merge(a);
        QVERIFY(bytesOf(ab) == bytesOf(all));
        QVERIFY(bytesOf(ba) == bytesOf(all));
        HyperLogLog read;
        const std::string bytes = bytesOf(ab);
        ByteReader in(bytes);
        read.read(in);
        QVERIFY(in.finished());
        QCOMPARE(read.estimate(), all.estimate());
    }

    void quantilesAreWithinTheStatedError_data() {
        QTest::addColumn<int>("limit");
        QTest::newRow("unbounded, of the totals") << 0;
        QTest::newRow("512 buckets, of a minute") << 512;
        QTest::newRow("160 buckets, of a second") << 160;
        QTest::newRow("8 buckets, hardly any") << 8;
    }
    void quantilesAreWithinTheStatedError() {
        QFETCH(int, limit);
        Histogram histogram(static_cast<std::uint32_t>(limit));
        std::mt19937_64 random(7);
        std::vector<std::uint64_t> values;
        for (int i = 0; i < 20'000; ++i) {
            // log-normal around 40 ms by adding twelve uniform numbers: the same on every library
            double sum = -6;
            for (int k = 0; k < 12; ++k) sum += static_cast<double>(random() >> 11) / 9007199254740992.0;
            values.push_back(static_cast<std::uint64_t>(40e6 * std::exp(0.8 * sum)));
            histogram.add(static_cast<std::int64_t>(values.back()));
        }
        std::sort(values.begin(), values.end());
        for (const double q : {0.5, 0.95, 0.99, 1.0}) {
            const double exact = static_cast<double>(values[static_cast<std::size_t>(std::ceil(q * 20'000)) - 1]) / 1e6;
            const auto found = static_cast<double>(histogram.quantileMs(q));
            QVERIFY2(std::abs(found - exact) <= exact * histogram.relativeError() + 0.001,
                     qPrintable(QString("%1: %2 for %3").arg(q).arg(found).arg(exact)));
        }
        QCOMPARE(histogram.count(), std::uint64_t{20'000});
        if (limit == 0) QCOMPARE(histogram.relativeError(), 1.0 / 256);
        if (limit == 160) QVERIFY(histogram.memoryBytes() <= 2048);
    }
    void boundedHistogramsAreTheSameInAnyOrder() {
        std::mt19937_64 random(11);
        for (int round = 0; round < 20; ++round) {
            Histogram all(160), a(160), b(160), c(160);
            for (int i = 0; i < 3000; ++i) {
                const auto value = static_cast<std::int64_t>(random() >> (24 + random() % 30));
                all.add(value);
                (i % 3 == 0 ? a : i % 3 == 1 ? b : c).add(value);
            }
            Histogram left = a, right = c;
            left.merge(b);
            left.merge(c);
            right.merge(a);
            right.merge(b);
            QVERIFY(bytesOf(left) == bytesOf(all));
            QVERIFY(bytesOf(right) == bytesOf(all));
        }
    }
    void aHistogramWithoutValuesSaysSo() {
        Histogram histogram;
        histogram.add(-1);
        QCOMPARE(histogram.quantileMs(0.5), -1.0F);
    }

    void keysAreExactUpToTheCapacity() {
        TopMap map(1000, 1U << 20U);
        for (int i = 0; i < 1000; ++i)
            for (int k = 0; k <= i % 7; ++k) addKey(map, "/p/" + std::to_string(i));
        QVERIFY(map.exact());
        const TopList list = map.top(TopMap::Rank::Count, 3);
        QCOMPARE(list.keys, std::uint64_t{1000});
        QVERIFY(list.entries[0].key == "/p/104"); // 7 times, the first by key
        QCOMPARE(list.entries[0].count, std::uint64_t{7});
        QCOMPARE(list.entries[0].maxError, std::uint64_t{0});
    }
    void beyondTheCapacityCountsAreWithinTheReportedError() {
        TopMap map(200, 1U << 20U);
        std::map<std::string, std::uint64_t> exact;
        std::mt19937_64 random(3);
        constexpr int kAdds = 100'000;
        for (int i = 0; i < kAdds; ++i) {
            const std::uint64_t r = random() % 100;
            const std::string key = r < 30 ? "/top" : r < 45 ? "/second" : "/rare/" + std::to_string(random() % 50'000);
            ++exact[key];
            addKey(map, key);
        }
        QVERIFY(!map.exact());
        QVERIFY(map.maxError() <= 2 * kAdds / 200);
        const TopList list = map.top(TopMap::Rank::Count, 50);
        QVERIFY(!list.exact);
        QVERIFY(list.entries[0].key == "/top");
        QVERIFY(list.entries[1].key == "/second");
        for (const TopEntry& entry : list.entries) {
            QVERIFY(entry.count >= exact[entry.key]);
            QVERIFY(entry.count <= exact[entry.key] + entry.maxError);
        }
    }
    void textOfKeysIsBounded() {
        TopMap map(100'000, 64U << 10U);
        for (int i = 0; i < 5000; ++i) addKey(map, std::string(400, 'x') + std::to_string(i));
        QVERIFY(!map.exact());
        QVERIFY(map.memoryBytes() < 400'000);
    }
    void longKeysAreCut() {
        TopMap map;
        addKey(map, std::string(600, 'x') + "a");
        addKey(map, std::string(600, 'x') + "b");
        const TopList list = map.top(TopMap::Rank::Count, 10);
        QCOMPARE(list.entries.size(), std::size_t{1});
        QCOMPARE(list.entries[0].key.size(), TopMap::kMaxKeyBytes);
    }
};

QTEST_APPLESS_MAIN(SketchesTest)
#include "tst_sketches.moc"
