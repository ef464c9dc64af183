// What the controls compute without a window: numbers as text and on sliders, the status mix, address ranges, the drawn load shape.
#include <QTest>

#include "core/generate/schedule.h"
#include "ui/controls/control_row.h"
#include "ui/controls/field_value.h"
#include "ui/controls/load_curve.h"
#include "ui/controls/slider_scale.h"
#include "ui/controls/status_mix.h"
#include "ui/controls/text_control.h"

#include <cmath>

using namespace sg;

class TestControlValues : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void readsWhatPeopleType_data() {
        QTest::addColumn<int>("look");
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("value");
        const auto row = [](const char* name, Look look, const char* text, double value) {
            QTest::newRow(name) << static_cast<int>(look) << QString::fromUtf8(text) << value;
        };
        row("thousands", Look::Rate, "50k", 50'000);
        row("millions", Look::Rate, "1.5M", 1'500'000);
        row("as it is shown", Look::Rate, "12,500 /s", 12'500);
        row("as fast as possible", Look::Rate, "max", 0);
        row("a share with its sign", Look::Share, "12 %", 0.12);
        row("a share without", Look::Share, "0.02", 0.0002);
        row("milliseconds", Look::Duration, "500 ms", 500);
        row("seconds", Look::Duration, "1.5 s", 1500);
        row("a time without a unit is seconds", Look::Duration, "90", 90'000);
        row("minutes", Look::Duration, "5min", 300'000);
        row("hours", Look::Duration, "2 h", 7'200'000);
        row("think time in minutes", Look::Seconds, "2 min", 120);
        row("response in seconds", Look::Millis, "1.5 s", 1500);
        row("an age without a unit is days", Look::Age, "30", 2'592'000'000);
        row("an age in hours", Look::Age, "36 h", 129'600'000);
        row("no age", Look::Age, "never", 0);
        row("binary megabytes", Look::Bytes, "256 MiB", 268'435'456);
        row("decimal megabytes", Look::Bytes, "1 MB", 1e6);
        row("threads as shown", Look::Threads, "2 of 8", 2);
        row("all threads", Look::Threads, "all 8", 0);
    }
    void readsWhatPeopleType() {
        QFETCH(int, look);
        QFETCH(QString, text);
        QFETCH(double, value);
        const auto read = parseValue(static_cast<Look>(look), text);
        QVERIFY(read.has_value());
        QVERIFY2(std::abs(*read - value) <= std::abs(value) * 1e-12, qPrintable(QString::number(*read, 'g', 17)));
    }
    void refusesWhatIsNoNumber() {
        for (const char* text : {"", "fast", "12 apples", "1.2.3", "nan", "k", "5 %"}) QVERIFY2(!parseValue(Look::Rate, text), text);
        QVERIFY(!parseValue(Look::Bytes, "5 min"));
        QVERIFY(!parseValue(Look::Duration, "5 MiB"));
    }
    void readsBackWhatItShows() {
        for (const ControlRow& row : controlRows()) {
            if (row.editor != Editor::Number) continue;
            const ProfileField& field = profileField(row.section, row.key);
            const NumberRange range = numberRange(field);
            Tuning defaults;
            for (const double value : {range.low, numberOf(field, defaults), range.high}) {
                if (row.look == Look::Count && value > 9e15) continue; // a seed: a double has no such neighbours
                const auto read = parseValue(row.look, valueText(row.look, value));
                QVERIFY2(read, row.key);
                QVERIFY2(std::abs(*read - value) <= std::abs(value) * 0.01 + 1e-9, qPrintable(QString("%1: %2").arg(row.key).arg(*read)));
            }
        }
    }
    void eachPlaceOfASliderIsItsOwnValuesPlace_data() {
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::addColumn<bool>("log");
        QTest::addColumn<double>("step");
        QTest::newRow("rate") << 1.0 << 1e6 << true << 1.0;
        QTest::newRow("malformed, from zero") << 0.0 << 1.0 << true << 1e-5;
        QTest::newRow("interval") << 100.0 << 300'000.0 << true << 1.0;
        QTest::newRow("share") << 0.0 << 1.0 << false << 0.01;
        QTest::newRow("exponent") << 0.0 << 3.0 << false << 0.05;
    }
    void eachPlaceOfASliderIsItsOwnValuesPlace() {
        QFETCH(double, low);
        QFETCH(double, high);
        QFETCH(bool, log);
        QFETCH(double, step);
        const SliderScale scale(low, high, log, step);
        QCOMPARE(scale.valueAt(0), low);
        QCOMPARE(scale.valueAt(scale.places()), high);
        double before = low;
        for (int place = 0; place <= scale.places(); ++place) {
            const double value = scale.valueAt(place);
            QVERIFY(value >= before);
            before = value;
            // rounding to two digits moves a value by at most half of its last digit
            QVERIFY2(std::abs(scale.valueAt(scale.placeOf(value)) - value) <= std::max(value * 0.1, log ? step : 1e-9),
                     qPrintable(QString::number(value)));
        }
    }
    void aStepAlwaysChangesTheValue() {
        for (const SliderScale& scale : {SliderScale(1, 1e6, true, 1), SliderScale(0, 1, true, 1e-5), SliderScale(0, 100, false, 1)}) {
            double value = scale.valueAt(0);
            int steps = 0;
            for (; value < scale.valueAt(scale.places()); ++steps) {
                const double next = scale.valueAt(scale.stepFrom(value, 1, false));
                QVERIFY2(next > value, qPrintable(QString::number(value)));
                value = next;
            }
            QVERIFY(steps > 20);
            for (; value > scale.valueAt(0); value = scale.valueAt(scale.stepFrom(value, -1, false)))
                QVERIFY(scale.valueAt(scale.stepFrom(value, -1, false)) < value);
        }
    }

    void theMixSumsToAHundredWhateverMoves() {
        StatusMix mix;
        const auto sum = [&] {
            double total = 0;
            for (const Weight& weight : mix.weights()) total += weight.weight;
            return total;
        };
        unsigned random = 12345;
        const auto next = [&](unsigned below) {
            return (random = random * 1664525 + 1013904223) >> 16U % 16U ? (random >> 8U) % below : 0U;
        };
        for (int turn = 0; turn < 2000; ++turn) {
            const std::size_t moved = next(4);
            if (next(5) == 0) mix.setLocked(next(4), next(2) == 0);
            std::array<double, StatusMix::kClasses> before{};
            for (std::size_t i = 0; i < before.size(); ++i) before[i] = mix.percent(i);
            if (next(4) == 0) mix.setCode(static_cast<int>(200 + next(400)), next(120));
            else mix.setPercent(moved, next(120));
            for (std::size_t i = 0; i < before.size(); ++i) {
                QVERIFY(mix.percent(i) >= 0);
                if (mix.isLocked(i)) QCOMPARE(mix.percent(i), before[i]);
            }
            QVERIFY2(std::abs(sum() - 100) < 1e-6, qPrintable(QString("%1 at turn %2").arg(sum()).arg(turn)));
        }
    }
    void theOthersGiveWayInProportion() {
        StatusMix mix;
        mix.read({{"200", 60}, {"302", 20}, {"404", 20}});
        mix.setPercent(3, 20);
        QCOMPARE(mix.percent(0), 48.0);
        QCOMPARE(mix.percent(1), 16.0);
        QCOMPARE(mix.percent(2), 16.0);
        mix.setLocked(0, true);
        mix.setPercent(3, 90);
        QCOMPARE(mix.percent(0), 48.0);
        QCOMPARE(mix.percent(3), 52.0);
        QCOMPARE(mix.percent(1) + mix.percent(2), 0.0);
    }
    void aClassComesBackWithItsCodes() {
        StatusMix mix;
        mix.read({{"200", 80}, {"404", 15}, {"403", 5}});
        mix.setPercent(2, 0);
        QCOMPARE(mix.weights().size(), std::size_t{1});
        mix.setPercent(2, 20);
        QCOMPARE(mix.codePercent(404), 15.0);
        QCOMPARE(mix.codePercent(403), 5.0);
    }
    void aCodeTakesItsShareFromTheOtherClasses() {
        StatusMix mix;
        mix.read({{"200", 90}, {"404", 10}});
        mix.setCode(429, 30);
        QCOMPARE(mix.codePercent(429), 30.0);
        QCOMPARE(mix.codePercent(404), 10.0);
        QCOMPARE(mix.percent(0), 60.0);
    }
    void aLockedClassSharesItsOwn() {
        StatusMix mix;
        mix.read({{"200", 90}, {"404", 10}});
        mix.setLocked(2, true);
        mix.setCode(429, 4);
        QCOMPARE(mix.codePercent(404), 6.0);
        QCOMPARE(mix.percent(2), 10.0);
    }

    void saysWhichAddressRangeIsWrong_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("wrong");
        QTest::newRow("both families") << "10.0.0.0/8, 2001:db8::/32"
                                       << "";
        QTest::newRow("single addresses") << "192.0.2.1,2001:db8::1"
                                          << "";
        QTest::newRow("with a weight") << "10.0.0.0/8 x3"
                                       << "";
        QTest::newRow("nothing") << ""
                                 << "";
        QTest::newRow("three bytes") << "10.0.0/8"
                                     << "10.0.0/8";
        QTest::newRow("prefix too long") << "10.0.0.0/33, 10.0.0.0/8"
                                         << "10.0.0.0/33";
        QTest::newRow("prefix too long for six") << "2001:db8::/129"
                                                 << "2001:db8::/129";
        QTest::newRow("a word") << "10.0.0.0/8, home"
                                << "home";
        QTest::newRow("a weight of nothing") << "10.0.0.0/8 x0"
                                             << "10.0.0.0/8 x0";
    }
    void saysWhichAddressRangeIsWrong() {
        QFETCH(QString, text);
        QFETCH(QString, wrong);
        std::vector<Weight> ranges;
        const QString sentence = checkAddressRanges(text, ranges);
        QCOMPARE(sentence.isEmpty(), wrong.isEmpty());
        if (!wrong.isEmpty()) QVERIFY2(sentence.contains('"' + wrong + '"'), qPrintable(sentence));
        else QCOMPARE(addressRangesText(ranges).remove(' '), QString(text).remove(' '));
    }

    void drawsWhatTheGeneratorDoes() {
        for (int shape = 0; shape <= static_cast<int>(LoadShape::Stages); ++shape) {
            TrafficTuning traffic;
            traffic.rate = 2000;
            traffic.amplitude = 0.4;
            traffic.shape = static_cast<LoadShape>(shape);
            traffic.stages = {{Milliseconds(10'000), 500}, {Milliseconds(30'000), 3000}};
            const LoadShapeCurve curve = loadShapeCurve(traffic, 40);
            const Schedule schedule(traffic);
            QVERIFY(curve.points.size() >= 2);
            for (qsizetype i = 0; i + 1 < curve.points.size(); ++i) {
                // in the middle of a piece, where a jump has no say; waves are drawn by pieces of a fortieth
                const QPointF middle = (curve.points[i] + curve.points[i + 1]) / 2;
                if (curve.points[i].x() == curve.points[i + 1].x()) continue;
                const double wanted = schedule.rateAt(middle.x() * curve.seconds);
                QVERIFY2(std::abs(middle.y() * curve.highest - wanted) < 0.03 * traffic.rate,
                         qPrintable(QString("shape %1 at %2").arg(shape).arg(middle.x())));
            }
        }
    }
    void everyRowNamesAFieldOnce() {
        QStringList seen;
        for (const ControlRow& row : controlRows()) {
            const QString name = QString("%1.%2").arg(row.section, row.key);
            QVERIFY2(!seen.contains(name), qPrintable(name));
            seen << name;
            const bool known = std::any_of(std::begin(kProfileFields), std::end(kProfileFields),
                                           [&](const ProfileField& field) { return field.section == row.section && field.key == row.key; });
            QVERIFY2(known, qPrintable(name));
            if (row.editor == Editor::Choice) {
                const auto* choice = std::get_if<ChoiceField>(&profileField(row.section, row.key).value);
                QVERIFY2(choice != nullptr && choice->names.size() == row.names.size(), qPrintable(name));
            }
        }
    }
};

QTEST_MAIN(TestControlValues)
#include "tst_control_values.moc"
