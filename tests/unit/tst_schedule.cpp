// First: moc cannot read <chrono> when nothing of the library has been seen before it.
#include <QTest>

#include "core/generate/schedule.h"

#include <cmath>

using sg::LoadShape;

class ScheduleTest : public QObject {
    Q_OBJECT
    static sg::TrafficTuning traffic(LoadShape shape) {
        sg::TrafficTuning t;
        t.rate = 1000;
        t.amplitude = 0.5;
        t.period = std::chrono::seconds(100);
        t.shape = shape;
        t.stages = {{std::chrono::seconds(10), 100}, {std::chrono::seconds(20), 100}, {std::chrono::seconds(10), 0}};
        return t;
    }
private slots:
    void countIsTheIntegralOfTheRate_data() {
        QTest::addColumn<int>("shape");
        QTest::addColumn<double>("linesInAPeriod");
        QTest::newRow("steady") << static_cast<int>(LoadShape::Steady) << 100'000.0;
        QTest::newRow("ramp") << static_cast<int>(LoadShape::Ramp) << 100'000.0;
        QTest::newRow("steps") << static_cast<int>(LoadShape::Steps) << 100'000.0;
        QTest::newRow("spike") << static_cast<int>(LoadShape::Spike) << 133'750.0;
        QTest::newRow("double wave") << static_cast<int>(LoadShape::DoubleWave) << 100'000.0;
        QTest::newRow("day cycle") << static_cast<int>(LoadShape::DayCycle) << 100'000.0;
        QTest::newRow("stages") << static_cast<int>(LoadShape::Stages) << 3'000.0;
    }
    void countIsTheIntegralOfTheRate() {
        QFETCH(int, shape);
        QFETCH(double, linesInAPeriod);
        const sg::Schedule schedule(traffic(static_cast<LoadShape>(shape)));
        QVERIFY(std::abs(schedule.linesUntil(100) - linesInAPeriod) < 0.01);
        double sum = 0;
        constexpr double kStep = 0.001;
        for (int i = 0; i < 250'000; ++i) {
            sum += schedule.rateAt((i + 0.5) * kStep) * kStep;
            if (i % 25'000 == 24'999) QVERIFY(std::abs(sum - schedule.linesUntil((i + 1) * kStep)) < 5);
        }
    }
    void peaksWhereTheShapeSaysSo() {
        QCOMPARE(sg::Schedule(traffic(LoadShape::Spike)).rateAt(50), 5500.0);
        QCOMPARE(sg::Schedule(traffic(LoadShape::Ramp)).rateAt(0), 500.0);
        QCOMPARE(sg::Schedule(traffic(LoadShape::Steps)).rateAt(99), 1500.0);
        QVERIFY(std::abs(sg::Schedule(traffic(LoadShape::DoubleWave)).rateAt(25) - 1500) < 1e-6);
        QVERIFY(std::abs(sg::Schedule(traffic(LoadShape::DayCycle)).rateAt(50) - 1500) < 1e-6);
        QCOMPARE(sg::Schedule(traffic(LoadShape::Stages)).rateAt(5), 50.0);
        QCOMPARE(sg::Schedule(traffic(LoadShape::Stages)).rateAt(1000), 0.0);
    }
    void rateZeroHasNoSchedule() {
        sg::TrafficTuning t;
        t.rate = 0;
        QVERIFY(sg::Schedule(t).unlimited());
    }
};
QTEST_APPLESS_MAIN(ScheduleTest)
#include "tst_schedule.moc"
