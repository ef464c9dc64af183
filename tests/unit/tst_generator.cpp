#include "tests/unit/generate_support.h"

#include <QTest>

using namespace sg;
using namespace std::chrono_literals;

class GeneratorTest : public QObject {
    Q_OBJECT
    struct Stand {
        test::SmallDisk disk;
        test::ManualClock clock;
        QTemporaryDir folder;
        Tuning tuning;
        GeneratorOptions options;
        std::string text;
        std::unique_ptr<Generator> generator;

        void openSink() {
            options.sink = [this](std::string_view bytes) {
                text += bytes;
                return Status{};
            };
            generator = std::move(*Generator::open(disk, clock, options, tuning));
        }
        bool openFile() {
            options.path = folder.filePath("access.log").toStdString();
            auto opened = Generator::open(disk, clock, options, tuning);
            if (opened) generator = std::move(*opened);
            return generator != nullptr;
        }
        /// Steps as the gen thread does, for `time` of the manual clock.
        bool run(Nanoseconds time) {
            for (Nanoseconds passed{0}; passed < time;) {
                const auto wait = generator->step(tuning);
                if (!wait) return false;
                const Nanoseconds by = std::min<Nanoseconds>(*wait, time - passed);
                passed += by;
                clock.advance(by);
            }
            while (generator->step(tuning).value_or(20ms) == 0ms) {
            }
            return true;
        }
        std::size_t lines() { return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')); }
    };
private slots:
    void sameSeedSameBytes_data() {
        QTest::addColumn<int>("model");
        QTest::newRow("visitors") << static_cast<int>(GeneratorModel::Visitors);
        QTest::newRow("uniform") << static_cast<int>(GeneratorModel::Uniform);
    }
    void sameSeedSameBytes() {
        QFETCH(int, model);
        Tuning tuning;
        tuning.traffic.model = static_cast<GeneratorModel>(model);
        const std::string first = test::generateText(20'000, tuning);
        QVERIFY(test::generateText(20'000, tuning) == first);
        QVERIFY(first.starts_with(test::generateText(9'999, tuning)));
        tuning.traffic.seed = 2;
        QVERIFY(test::generateText(20'000, tuning) != first);
        QCOMPARE(std::count(first.begin(), first.end(), '\n'), 20'000);
    }
    void timeStampsAdvanceByATenThousandthOfASecond() {
        Tuning tuning;
        tuning.traffic.malformedShare = 0;
        const auto lines = test::linesOf(test::generateText(20'001, tuning));
        QVERIFY(lines[0].find("[05/Jan/2026:10:00:00 +0000]") != std::string::npos);
        QVERIFY(lines[9'999].find(":10:00:00 ") != std::string::npos);
        QVERIFY(lines[10'000].find(":10:00:01 ") != std::string::npos);
        QVERIFY(lines[20'000].find(":10:00:02 ") != std::string::npos);
    }
    void keepsPace_data() {
        QTest::addColumn<double>("rate");
        QTest::addColumn<int>("seconds");
        QTest::newRow("1/s for two minutes") << 1.0 << 120;
        QTest::newRow("700/s for a minute") << 700.0 << 60;
        QTest::newRow("500,000/s for two seconds") << 5e5 << 2;
    }
    void keepsPace() {
        QFETCH(double, rate);
        QFETCH(int, seconds);
        Stand s;
        s.tuning.traffic.rate = rate;
        s.openSink();
        QVERIFY(s.run(std::chrono::seconds(seconds)));
        QVERIFY(s.generator->flush());
        QCOMPARE(static_cast<double>(s.lines()), rate * seconds);
        QVERIFY(std::abs(s.generator->part().achievedRate - rate) <= rate * 0.15);
        QCOMPARE(s.generator->part().targetRate, rate);
    }
    void flushesWithinATenthOfASecond() {
        Stand s;
        s.tuning.traffic.rate = 100;
        s.openSink();
        QVERIFY(s.run(1s));
        QVERIFY(s.lines() >= 90);
    }
    void aNewRateHoldsAtTheNextStep() {
        Stand s;
        s.tuning.traffic.rate = 10;
        s.openSink();
        QVERIFY(s.run(10s));
        s.tuning.traffic.rate = 1000;
        s.tuning.revision = {7};
        QVERIFY(s.run(1s));
        QVERIFY(s.generator->flush());
        QVERIFY(s.lines() >= 1098 && s.lines() <= 1101);
        QCOMPARE(s.generator->part().stage.appliedRevision.value, std::uint64_t{7});
    }
    void switchedOffItOwesNothing() {
        Stand s;
        s.tuning.traffic.rate = 100;
        s.openSink();
        QVERIFY(s.run(1s));
        s.tuning.traffic.on = false;
        QVERIFY(s.run(30s));
        QVERIFY(s.generator->part().stage.state == StageState::Paused);
        s.tuning.traffic.on = true;
        QVERIFY(s.run(1s));
        QVERIFY(s.generator->flush());
        QVERIFY(s.lines() >= 198 && s.lines() <= 201);
    }
    void endsAfterItsTime() {
        Stand s;
        s.tuning.traffic.rate = 100;
        s.options.duration = 3s;
        s.openSink();
        QVERIFY(s.run(2s));
        QVERIFY(!s.generator->finished());
        QVERIFY(s.run(2s));
        QVERIFY(s.generator->finished());
        QCOMPARE(s.lines(), std::size_t{300});
        QVERIFY(s.generator->part().stage.state == StageState::Stopped);
    }
    void aFullDiskWaitsAndGoesOnWithoutLosingALine() {
        Stand s;
        s.tuning.traffic.rate = 1000;
        QVERIFY(s.openFile());
        s.disk.room = 100'123;
        QVERIFY(s.run(5s));
        const GeneratorPart full = s.generator->part();
        QVERIFY(full.stage.state == StageState::Waiting);
        QCOMPARE(full.stage.problems.size(), std::size_t{1});
        QCOMPARE(full.stage.problems[0].key, std::string("generate.disk_full"));
        QVERIFY(full.stage.problems[0].severity == Severity::Warning);
        s.disk.room = UINT64_MAX;
        QVERIFY(s.run(5s));
        QVERIFY(s.generator->flush());
        QVERIFY(s.generator->step(s.tuning));
        const GeneratorPart& part = s.generator->part();
        QVERIFY(part.stage.state == StageState::Running);
        QVERIFY(part.stage.problems[0].resolved);
        QVERIFY(part.stage.detail.find("left out") != std::string::npos);
        const std::string text = *s.disk.readWhole(s.options.path);
        QCOMPARE(static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')), part.lines);
        QCOMPARE(text.size(), part.bytes);
        QCOMPARE(part.logSize, part.bytes);
    }
    void malformedLinesHaveTheirShare() {
        Tuning tuning;
        tuning.traffic.malformedShare = 0.05;
        tuning.log.format = LogFormat::Combined;
        int bad = 0;
        for (const std::string& line : test::linesOf(test::generateText(100'000, tuning)))
            bad += std::count(line.begin(), line.end(), '"') == 6 && line.back() == '"' && line[0] != '\x16' ? 0 : 1;
        QVERIFY2(std::abs(bad - 5000) < 250, qPrintable(QString::number(bad)));
    }
    void weightsThatCannotBeUsedAreSaid() {
        Stand s;
        s.tuning.traffic.addressRanges = {{"nonsense", 1}};
        s.openSink();
        QVERIFY(s.generator->step(s.tuning));
        QCOMPARE(s.generator->part().stage.problems.size(), std::size_t{1});
        QVERIFY(s.generator->part().stage.problems[0].sentence.find("nonsense") != std::string::npos);
    }
    void aFolderThatIsNotThereIsAnError() {
        Stand s;
        s.options.path = s.folder.filePath("none/access.log").toStdString();
        const auto opened = Generator::open(s.disk, s.clock, s.options, s.tuning);
        QVERIFY(!opened && opened.error().code == ErrorCode::NotFound);
    }
};
QTEST_APPLESS_MAIN(GeneratorTest)
#include "tst_generator.moc"
