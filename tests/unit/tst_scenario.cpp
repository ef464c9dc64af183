#include "core/pipeline/scenario.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <set>

using namespace sg;

namespace {

constexpr const char* kSmall = "title = \"Small\"\n"
                               "about = \"For tests.\"\n"
                               "[traffic]\n"
                               "rate = 100\n"
                               "[[step]]\n"
                               "at = \"5s\"\n"
                               "set.rate = 200\n"
                               "set.\"batch.max_bytes\" = \"2MiB\"\n"
                               "set.traffic.shape = \"spike\"\n"
                               "say = \"More.\"\n"
                               "[[step]]\n"
                               "at = \"10s\"\n"
                               "hold_delivery = true\n"
                               "[[step]]\n"
                               "at = \"10s\"\n"
                               "set.interval = \"5s\"\n";

QString step(const char* body) { return QStringLiteral("title = \"t\"\n[[step]]\nat = \"1s\"\n") + body; }

} // namespace

class ScenarioTest : public QObject {
    Q_OBJECT
private slots:
    void changesOnlyWhatAStepNames() {
        Tuning base;
        base.traffic.seed = 77;
        const auto scenario = readScenario(kSmall, "folder/small.toml", base);
        QVERIFY2(scenario, scenario ? "" : scenario.error().message.c_str());
        QCOMPARE(scenario->name, std::string("small"));
        QCOMPARE(scenario->title, std::string("Small"));
        QCOMPARE(scenario->about, std::string("For tests."));
        QCOMPARE(scenario->start.traffic.rate, 100.0);
        QCOMPARE(scenario->start.traffic.seed, 77ULL);
        QCOMPARE(scenario->steps.size(), std::size_t{3});
        QCOMPARE(scenario->steps[0].say, std::string("More."));
        Tuning other;
        other.traffic.botShare = 0.5;
        Tuning expected = other;
        expected.traffic.rate = 200;
        expected.traffic.shape = LoadShape::Spike;
        expected.batch.maxBytes = 2U << 20U;
        scenario->steps[0].apply(other);
        QVERIFY(other == expected);
    }

    void addsUpTheStepsUntilATime() {
        const auto scenario = readScenario(kSmall, "small", Tuning{});
        QVERIFY(scenario);
        QVERIFY(scenario->after(Milliseconds(4'999)) == scenario->start);
        QCOMPARE(scenario->after(Milliseconds(5'000)).traffic.rate, 200.0);
        QVERIFY(!scenario->after(Milliseconds(9'999)).output.hold);
        const Tuning end = scenario->after(Milliseconds(10'000));
        QVERIFY(end.output.hold);
        QCOMPARE(end.traffic.rate, 200.0);
        QCOMPARE(end.batch.interval.count(), 5'000);
    }

    void saysWhereAMistakeIs_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("word");
        QTest::newRow("no title") << "about = \"x\""
                                  << "s.toml:1:1:"
                                  << "title";
        QTest::newRow("no TOML") << "title = "
                                 << "s.toml:1:"
                                 << "no TOML";
        QTest::newRow("an unknown section") << "title = \"t\"\n[nothing]\na = 1"
                                            << "s.toml:2:"
                                            << "nothing";
        QTest::newRow("a profile's field out of range") << "title = \"t\"\n[traffic]\nrate = 2000000"
                                                        << "s.toml:3:8:"
                                                        << "traffic.rate";
        QTest::newRow("a step without a time") << "title = \"t\"\n[[step]]\nsay = \"x\""
                                               << "s.toml:2:"
                                               << "at";
        QTest::newRow("a time without a unit") << "title = \"t\"\n[[step]]\nat = 5\nsay = \"x\""
                                               << "s.toml:3:6:"
                                               << "duration";
        QTest::newRow("a step that does nothing") << step("") << "s.toml:2:"
                                                  << "neither";
        QTest::newRow("a key of nobody") << step("sya = \"x\"") << "s.toml:4:1:"
                                         << "sya";
        QTest::newRow("a field of nobody") << step("set.speed = 5") << "s.toml:4:5:"
                                           << "speed";
        QTest::newRow("a field of a section of nobody") << step("set.\"cargo.rate\" = 5") << "s.toml:4:5:"
                                                        << "cargo.rate";
        QTest::newRow("a field of several sections") << step("set.max_bytes = \"2MiB\"") << "s.toml:4:5:"
                                                     << "split.max_bytes or batch.max_bytes";
        QTest::newRow("a value out of range") << step("set.rate = 2000000") << "s.toml:4:12:"
                                              << "traffic.rate";
        QTest::newRow("a value of another type") << step("hold_delivery = 1") << "s.toml:4:17:"
                                                 << "output.hold";
        QTest::newRow("an unknown word") << step("set.shape = \"cube\"") << "s.toml:4:13:"
                                         << "traffic.shape";
        QTest::newRow("a caption that is none") << step("say = 5") << "s.toml:4:7:"
                                                << "say";
        QTest::newRow("steps out of order") << "title = \"t\"\n[[step]]\nat = \"9s\"\nsay = \"a\"\n[[step]]\nat = \"8s\"\nsay = \"b\""
                                            << "s.toml:6:6:"
                                            << "order";
        QTest::newRow("one step for a list") << "title = \"t\"\n[step]\nat = \"9s\""
                                             << "s.toml:2:"
                                             << "[[step]]";
    }
    void saysWhereAMistakeIs() {
        QFETCH(QString, text);
        QFETCH(QString, place);
        QFETCH(QString, word);
        const auto scenario = readScenario(text.toStdString(), "s.toml", Tuning{});
        QVERIFY(!scenario);
        const QString message = QString::fromStdString(scenario.error().message);
        QVERIFY2(message.startsWith(place), qPrintable(message));
        QVERIFY2(message.contains(word), qPrintable(message));
    }

    void offersTheFiveThatComeWithTheProgram() {
        std::vector<std::string> titles;
        for (const Scenario& scenario : builtInScenarios()) titles.push_back(scenario.title);
        QCOMPARE(titles, (std::vector<std::string>{"Calm day", "Product launch", "Slow backend", "Attack", "Outage"}));
    }

    void eachOfThemCanBePlayed() {
        for (const Scenario& scenario : builtInScenarios()) {
            const char* name = scenario.name.c_str();
            QVERIFY2(!scenario.about.empty(), name);
            QVERIFY2(scenario.steps.size() >= 4, name);
            QVERIFY2(scenario.steps.front().at.count() == 0 && !scenario.steps.front().say.empty(), name);
            const auto length = scenario.steps.back().at;
            QVERIFY2(length >= Milliseconds(60'000) && length <= Milliseconds(180'000), name);
            // What a reader lets pass, the pipeline takes as it is.
            QVERIFY2(clip(scenario.start) == scenario.start, name);
            for (const ScenarioStep& step : scenario.steps) {
                const Tuning then = scenario.after(step.at);
                QVERIFY2(clip(then) == then, name);
                QVERIFY2(!step.say.empty() && step.say.back() == '.', name);
            }
            // Where documents go is not a demonstration's to say, and none leaves its mark behind.
            QVERIFY2(scenario.start.output.url.empty(), name);
            const Tuning end = scenario.after(length);
            QVERIFY2(!end.output.hold, name);
            QVERIFY2(end.traffic.statuses.empty() && end.traffic.addressRanges.empty(), name);
        }
    }

    void theOutageHoldsDeliveryForAMinute() {
        const auto outage = findScenario("outage", Tuning{});
        QVERIFY(outage);
        QVERIFY(!outage->after(Milliseconds(19'999)).output.hold);
        QVERIFY(outage->after(Milliseconds(20'000)).output.hold);
        QVERIFY(outage->after(Milliseconds(79'999)).output.hold);
        QVERIFY(!outage->after(Milliseconds(80'000)).output.hold);
    }

    void findsOneByTitleNameOrFile() {
        Tuning base;
        base.output.url = "http://search.example:9200";
        const auto byTitle = findScenario("product LAUNCH", base);
        QVERIFY(byTitle);
        QCOMPARE(byTitle->name, std::string("product_launch"));
        QCOMPARE(byTitle->start.output.url, base.output.url);
        QTemporaryDir folder;
        const std::string path = folder.filePath("mine.toml").toStdString();
        std::ofstream(path) << kSmall;
        QCOMPARE(findScenario(path, base)->name, std::string("mine"));
        const auto none = findScenario("nothing", base);
        QVERIFY(!none);
        QVERIFY(none.error().message.find("calm_day, product_launch") != std::string::npos);
        QVERIFY(!findScenario("/nowhere/x.toml", base));
    }
};

QTEST_GUILESS_MAIN(ScenarioTest)
#include "tst_scenario.moc"
