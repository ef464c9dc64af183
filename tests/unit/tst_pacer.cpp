// First: moc cannot read <chrono> when nothing of the library has been seen before it.
#include <QTest>

#include "core/generate/pacer.h"

#include <cstdlib>

using namespace std::chrono_literals;

class PacerTest : public QObject {
    Q_OBJECT
    static sg::TrafficTuning steady(double rate) {
        sg::TrafficTuning t;
        t.rate = rate;
        return t;
    }
private slots:
    void keepsTheCountExactly_data() {
        QTest::addColumn<double>("rate");
        QTest::addColumn<qulonglong>("linesInFiveMinutes");
        QTest::newRow("1/s") << 1.0 << 300ULL;
        QTest::newRow("3/s") << 3.0 << 900ULL;
        QTest::newRow("1,234/s") << 1234.0 << 370'200ULL;
        QTest::newRow("500,000/s") << 5e5 << 150'000'000ULL;
    }
    void keepsTheCountExactly() {
        QFETCH(double, rate);
        QFETCH(qulonglong, linesInFiveMinutes);
        sg::SteadyTime now{1h};
        sg::Pacer pacer(now);
        pacer.follow(steady(rate), now);
        qulonglong lines = 0;
        sg::Nanoseconds passed{0};
        for (int i = 0; passed < 5min; ++i) {
            const sg::Nanoseconds step = std::min<sg::Nanoseconds>(sg::Nanoseconds(1'000'000 + i * 7919 % 13'000'000), 5min - passed);
            passed += step;
            now += step;
            const auto due = pacer.due(now);
            QVERIFY(static_cast<double>(due) <= rate * 0.015 + 1);
            pacer.take(due);
            lines += due;
        }
        QCOMPARE(lines, linesInFiveMinutes);
        QCOMPARE(pacer.leftOut(), std::uint64_t{0});
    }
    void catchesUpTwoSecondsAfterAStallAndNoMore() {
        sg::SteadyTime now{1h};
        sg::Pacer pacer(now);
        pacer.follow(steady(1000), now);
        now += 10min;
        QCOMPARE(pacer.due(now), std::uint64_t{2000});
        QCOMPARE(pacer.leftOut(), std::uint64_t{598'000});
        pacer.take(2000);
        now += 1s;
        QCOMPARE(pacer.due(now), std::uint64_t{1000});
    }
    void aNewRateHoldsFromNowOn() {
        sg::SteadyTime now{1h};
        sg::Pacer pacer(now);
        pacer.follow(steady(100), now);
        now += 1s;
        pacer.take(pacer.due(now));
        pacer.follow(steady(10'000), now);
        QCOMPARE(pacer.due(now), std::uint64_t{0});
        now += 500ms;
        QCOMPARE(pacer.due(now), std::uint64_t{5000});
    }
    void aPauseOwesNothing() {
        sg::SteadyTime now{1h};
        sg::Pacer pacer(now);
        pacer.follow(steady(100), now);
        now += 1h;
        pacer.skip(now);
        now += 1s;
        QCOMPARE(pacer.due(now), std::uint64_t{100});
        QCOMPARE(pacer.leftOut(), std::uint64_t{0});
    }
    void waitsForTheNextLine() {
        const sg::SteadyTime now{1h};
        sg::Pacer pacer(now);
        pacer.follow(steady(100), now);
        QCOMPARE(pacer.wait(now, 20ms).count(), 10LL);
        pacer.follow(steady(1), now);
        QCOMPARE(pacer.wait(now, 20ms).count(), 20LL);
    }
};
QTEST_APPLESS_MAIN(PacerTest)
#include "tst_pacer.moc"
