#include "tests/support/split_bench.h"

#include <QTest>

#include <functional>
#include <set>

using namespace sg;
using namespace sg::test;

namespace {

const std::string kLog = "/log/access.log";

/// What is written and split in one life; stops with PowerLost.
struct Scenario {
    std::vector<std::string> follow, import;
    std::function<void(SplitBench&)> prepare;
    /// Steps with what the log's writer does between them; must do the same when it is run again after a power loss.
    std::function<void(SplitBench&, int round)> write;
    int rounds = 0;
    std::function<std::string()> expected;
};

std::string live(SplitBench& bench, const Scenario& scenario, int& round) {
    if (std::string why = bench.open(); !why.empty()) return why;
    while (round < scenario.rounds) {
        scenario.write(bench, round++);
        if (std::string why = bench.run(Milliseconds(40)); !why.empty()) return why;
    }
    if (std::string why = bench.run(Milliseconds(12'000)); !why.empty()) return why;
    return {};
}

/// Lines sorted, so that the order of sources does not matter.
std::multiset<std::string> linesIn(const std::string& text) {
    std::multiset<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
        lines.insert(text.substr(at, end - at));
        at = end;
    }
    return lines;
}

} // namespace

Q_DECLARE_METATYPE(Scenario)

class SplitPowerLossTest : public QObject {
    Q_OBJECT
private slots:
    void losesAndDoublesNothing_data();
    void losesAndDoublesNothing();
};

void SplitPowerLossTest::losesAndDoublesNothing_data() {
    QTest::addColumn<Scenario>("scenario");
    QTest::addColumn<bool>("power");
    const auto grow = [](SplitBench& bench, int round) { bench.files.add(kLog, linesOf(static_cast<std::uint64_t>(round) * 400, 400)); };
    const Scenario growing{{kLog}, {}, [](SplitBench&) {}, grow, 8, [] { return linesOf(0, 3200); }};
    const auto rotate = [](SplitBench& bench, int round) {
        bench.files.add(kLog, linesOf(static_cast<std::uint64_t>(round) * 30, 30));
        if (round % 3 == 2) bench.files.move(kLog, kLog + "." + std::to_string(round));
    };
    const Scenario rotating{{kLog, kLog + ".*"}, {}, [](SplitBench&) {}, rotate, 12, [] { return linesOf(0, 360); }};
    const Scenario backlog{{kLog},
                           {},
                           [](SplitBench& bench) {
                               bench.tuning.split.maxBytes = 64U << 10U;
                               bench.files.put(kLog, linesOf(0, 9000));
                           },
                           [](SplitBench&, int) {},
                           1,
                           [] { return linesOf(0, 9000); }};
    const Scenario importing{{},
                             {"/in"},
                             [](SplitBench& bench) {
                                 bench.tuning.split.maxBytes = 64U << 10U;
                                 for (std::uint64_t i = 0; i < 20; ++i)
                                     bench.files.put("/in/" + std::to_string(100 + i), linesOf(i * 2000, i % 5 == 0 ? 2000 : 20));
                             },
                             [](SplitBench&, int) {},
                             1,
                             [] {
                                 std::string all;
                                 for (std::uint64_t i = 0; i < 20; ++i) all += linesOf(i * 2000, i % 5 == 0 ? 2000 : 20);
                                 return all;
                             }};
    const Scenario tooLong{
        {kLog},
        {},
        [](SplitBench& bench) { bench.files.put(kLog, linesOf(0, 5) + std::string(3U << 20U, 'x') + "\n" + linesOf(5, 5)); },
        [](SplitBench&, int) {},
        1,
        [] { return linesOf(0, 5) + std::string(1U << 20U, 'x') + linesOf(5, 5); }};
    for (const bool power : {false, true}) {
        const char* what = power ? "power loss" : "kill";
        QTest::addRow("%s, a growing log", what) << growing << power;
        QTest::addRow("%s, rotations", what) << rotating << power;
        QTest::addRow("%s, a backlog", what) << backlog << power;
        QTest::addRow("%s, an import", what) << importing << power;
        QTest::addRow("%s, a line that is too long", what) << tooLong << power;
    }
}

/// Dies at each changing call in turn, loses what was not synced, and starts again.
void SplitPowerLossTest::losesAndDoublesNothing() {
    QFETCH(Scenario, scenario);
    QFETCH(bool, power);
    std::uint64_t deaths = 0;
    for (std::uint64_t call = 1;; ++call) {
        bool died = false;
        for (std::uint64_t seed = 0; seed < (power ? 4U : 1U); ++seed) {
            SplitBench bench(scenario.follow, scenario.import);
            scenario.prepare(bench);
            int round = 0;
            bench.files.dieAtCall(call);
            try {
                SPLIT_OK(live(bench, scenario, round));
            } catch (const PowerLost&) {
                died = true;
                bench.splitter.reset();
                if (power) bench.files.powerLoss(call * 1000 + seed);
                else bench.files.dieAtCall(0);
                SPLIT_OK(live(bench, scenario, round));
            }
            const std::string text = bench.text();
            const std::string where = "call " + std::to_string(call) + ", seed " + std::to_string(seed);
            QVERIFY2(linesIn(text) == linesIn(scenario.expected()), where.c_str());
            const std::string why = bench.contradictions();
            QVERIFY2(why.empty(), (where + ": " + why).c_str());
            QCOMPARE(bench.chunks().front().sequence.value, std::uint64_t{1});
        }
        if (!died) break;
        ++deaths;
    }
    QVERIFY(deaths > 5);
}

QTEST_APPLESS_MAIN(SplitPowerLossTest)
#include "tst_split_power_loss.moc"
