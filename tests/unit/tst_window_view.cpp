#include "core/base/hash.h"
#include "core/batch/window_view.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <set>

using namespace sg;

namespace {

constexpr std::int64_t kStart = 1'760'000'040; // 54 s before a full minute

struct Line {
    std::int64_t second = 0;
    std::int32_t status = 200;
    std::int64_t bytes = 100;
    int url = 0, visitor = 0;
    std::int64_t durationMs = -1;
    bool bot = false, late = false;
};

Aggregate deltaOf(const std::vector<Line>& lines) {
    Aggregate delta;
    for (const Line& line : lines) {
        const std::string address = "10.0.0." + std::to_string(line.visitor);
        const std::string path = "/p/" + std::to_string(line.url);
        AgentInfo agent;
        agent.name = line.bot ? "Googlebot" : "Firefox";
        agent.bot = line.bot;
        agent.osName = line.visitor % 3 == 0 ? "iOS" : "Ubuntu";
        const std::string key = "device-" + std::to_string(line.url % 4);
        const std::string country = line.visitor % 2 == 0 ? "DE" : "NZ";
        const std::string network = "Network " + std::to_string(line.visitor % 5);
        Event event;
        event.record.time = Timestamp::fromSeconds(line.second);
        event.record.hasTime = true;
        event.record.address = address;
        event.record.method = "GET";
        event.record.agent = agent.name;
        event.agentHash = hashBytes(agent.name);
        event.record.status = line.status;
        event.record.bytes = line.bytes;
        event.record.durationNs = line.durationMs < 0 ? kAbsent : line.durationMs * 1'000'000;
        event.url.path = path;
        event.agent = &agent;
        event.record.key = key;
        event.country = country;
        event.network = network;
        delta.add(event, line.late);
    }
    return delta;
}

std::vector<Line> steady(std::int64_t from, std::int64_t to, int perSecond) {
    std::vector<Line> lines;
    for (std::int64_t second = from; second < to; ++second)
        for (int i = 0; i < perSecond; ++i) {
            const auto n = static_cast<int>((second * perSecond + i) % 997);
            lines.push_back({second, n % 10 == 0 ? 500 : n % 7 == 0 ? 404 : 200, 10 + n, n % 20, n % 50, 5 + n % 90, n % 9 == 0, false});
        }
    return lines;
}

/// What a window must say, counted line by line.
WindowSums expectedOf(const std::vector<Line>& lines, std::int64_t from, std::int64_t to) {
    WindowSums sums;
    for (const Line& line : lines) {
        if (line.second < from || line.second >= to || line.late) continue;
        ++sums.lines;
        sums.bytes += static_cast<std::uint64_t>(line.bytes);
        sums.errors += line.status >= 400 ? 1U : 0U;
        ++sums.byClass[statusClass(line.status)];
        sums.noStatus += line.status == kNoStatus ? 1U : 0U;
    }
    return sums;
}

std::uint64_t linesOf(const std::vector<WindowPoint>& points) {
    std::uint64_t sum = 0;
    for (const WindowPoint& point : points) sum += point.lines();
    return sum;
}

bool samePoints(const WindowPart& a, const WindowPart& b) {
    return std::ranges::equal(a.points, b.points, [](const WindowPoint& x, const WindowPoint& y) {
        return x.second == y.second && x.byClass == y.byClass && x.noStatus == y.noStatus && x.bytes == y.bytes && x.visitors == y.visitors && x.p50Ms == y.p50Ms &&
               x.p95Ms == y.p95Ms && x.p99Ms == y.p99Ms;
    });
}
bool sameSums(const WindowSums& a, const WindowSums& b) {
    return a.lines == b.lines && a.bytes == b.bytes && a.errors == b.errors && a.bots == b.bots && a.byClass == b.byClass && a.noStatus == b.noStatus &&
           a.byStatus == b.byStatus && a.visitors == b.visitors && a.p50Ms == b.p50Ms && a.p95Ms == b.p95Ms && a.p99Ms == b.p99Ms;
}
bool sameList(const TopList& a, const TopList& b) {
    return a.exact == b.exact && std::ranges::equal(a.entries, b.entries, [](const TopEntry& x, const TopEntry& y) {
               return x.key == y.key && x.count == y.count && x.bytes == y.bytes && x.errors == y.errors;
           });
}
bool samePart(const WindowPart& a, const WindowPart& b) {
    return a.from == b.from && a.to == b.to && a.stepSeconds == b.stepSeconds && samePoints(a, b) && sameSums(a.now, b.now) &&
           sameSums(a.before, b.before) && sameList(a.urls, b.urls) && sameList(a.agents, b.agents) && sameList(a.methods, b.methods) && sameList(a.keys, b.keys) &&
           sameList(a.countries, b.countries) && sameList(a.networks, b.networks) && sameList(a.systems, b.systems);
}

ViewRequest liveOf(std::int64_t span) {
    ViewRequest request;
    request.spanSeconds = span;
    return request;
}
ViewRequest fixedOf(std::int64_t from, std::int64_t to) {
    ViewRequest request;
    request.from = from;
    request.to = to;
    return request;
}
ViewRequest everything() {
    ViewRequest request;
    request.everything = true;
    return request;
}

/// A store and a live state that get the same batches, as the engine gives them.
class Bench {
public:
    Bench() {
        Store::Options options;
        options.path = m_folder.filePath("store.sqlite").toStdString();
        auto opened = Store::open(options);
        if (!opened) qFatal("%s", opened.error().message.c_str());
        store = std::move(*opened);
        view = std::make_unique<WindowView>(*store);
    }
    void commit(const std::vector<Line>& lines) {
        const Aggregate delta = deltaOf(lines);
        Plan plan;
        plan.id = BatchId{++m_batch};
        plan.first = plan.last = Sequence{m_batch};
        plan.lines = lines.size();
        BatchCommit commit;
        commit.id = plan.id;
        commit.delta = &delta;
        commit.parsed = lines.size();
        if (!store->savePlan(plan) || !store->commit(commit)) qFatal("the store refused batch %d", static_cast<int>(m_batch));
        live.merge(delta);
        live.forgetRowsOlderThan(kLiveSeconds);
        view->committed(delta);
    }
    const WindowPart& ask(const ViewRequest& request, bool ended = false) {
        const Status done = view->update(request, live, ended);
        if (!done) qFatal("%s", done.error().message.c_str());
        return *view->part();
    }
    /// The same question to a view that knows nothing yet.
    std::shared_ptr<const WindowPart> askAnew(const ViewRequest& request, bool ended = false) const {
        WindowView fresh(*store);
        const Status done = fresh.update(request, live, ended);
        if (!done) qFatal("%s", done.error().message.c_str());
        return fresh.part();
    }

    std::unique_ptr<Store> store;
    Aggregate live;
    std::unique_ptr<WindowView> view;

private:
    QTemporaryDir m_folder;
    std::uint64_t m_batch = 0;
};

} // namespace

class WindowViewTest : public QObject {
    Q_OBJECT
private slots:
    void saysNothingBeforeTheFirstEvent() {
        Bench bench;
        const WindowPart& part = bench.ask(liveOf(60));
        QCOMPARE(part.from, 0);
        QCOMPARE(part.to, 0);
        QVERIFY(part.points.empty());
        bench.commit(steady(kStart, kStart + 5, 3));
        QCOMPARE(bench.ask(liveOf(60)).now.lines, 12ULL);
    }

    void leavesTheNewestSecondOutUntilTheEnd() {
        Bench bench;
        bench.commit(steady(kStart, kStart + 100, 3));
        const WindowPart running = bench.ask(liveOf(60));
        QCOMPARE(running.to, kStart + 99);
        QCOMPARE(running.from, kStart + 39);
        QCOMPARE(running.points.back().second, kStart + 98);
        const WindowPart ended = bench.ask(liveOf(60), true);
        QCOMPARE(ended.to, kStart + 100);
        QCOMPARE(ended.points.back().second, kStart + 99);
        QCOMPARE(ended.now.lines, 180ULL);
    }

    void countsToTheSecondWithTheWindowBefore() {
        Bench bench;
        const std::vector<Line> lines = steady(kStart, kStart + 500, 4);
        bench.commit(lines);
        const WindowPart& part = bench.ask(liveOf(120));
        for (const auto& [sums, from] : {std::pair{part.now, part.from}, std::pair{part.before, part.from - 120}}) {
            const WindowSums expected = expectedOf(lines, from, from + 120);
            QCOMPARE(sums.lines, expected.lines);
            QCOMPARE(sums.bytes, expected.bytes);
            QCOMPARE(sums.errors, expected.errors);
            QVERIFY(sums.byClass == expected.byClass);
        }
        QCOMPARE(part.stepSeconds, 1);
        QCOMPARE(part.points.size(), std::size_t{120});
        QCOMPARE(linesOf(part.points), part.now.lines);
        QVERIFY(std::abs(part.now.visitors - 100) < 3);
        QVERIFY(part.now.p95Ms > part.now.p50Ms && part.now.p50Ms > 5);
        QVERIFY(!part.urls.entries.empty());
    }

    void knowsNothingOfAWindowBeforeTheFirstEvent() {
        Bench bench;
        bench.commit(steady(kStart, kStart + 30, 4));
        const WindowPart& part = bench.ask(liveOf(60));
        QVERIFY(sameSums(part.before, WindowSums{}));
    }

    void choosesAStepOfAtMost300Points_data() {
        QTest::addColumn<int>("span");
        QTest::addColumn<int>("step");
        QTest::addColumn<int>("points");
        QTest::newRow("a minute by seconds") << 60 << 1 << 60;
        QTest::newRow("five minutes by seconds") << 300 << 1 << 300;
        QTest::newRow("a second more") << 301 << 2 << 150;
        QTest::newRow("ten minutes by two seconds") << 600 << 2 << 300;
        QTest::newRow("half an hour by ten") << 1800 << 10 << 180;
        QTest::newRow("an hour by fifteen") << 3600 << 15 << 240;
        QTest::newRow("two hours by thirty") << 7199 << 30 << 239;
        QTest::newRow("four hours by minutes, from the store") << 14'400 << 60 << 240;
        QTest::newRow("a day by five minutes, from the store") << 86'400 << 300 << 288;
    }
    void choosesAStepOfAtMost300Points() {
        QFETCH(int, span);
        QFETCH(int, step);
        QFETCH(int, points);
        Bench bench;
        const std::int64_t end = (kStart / 3600 + 25) * 3600 + 1;
        for (std::int64_t from = end - 88'000; from < end; from += 8'000) bench.commit(steady(from, std::min(from + 8'000, end), 1));
        const WindowPart& part = bench.ask(liveOf(span));
        QCOMPARE(part.stepSeconds, step);
        QVERIFY(part.points.size() <= kMaxWindowPoints);
        QVERIFY(std::abs(static_cast<int>(part.points.size()) - points) <= 1);
        for (std::size_t i = 0; i < part.points.size(); ++i) {
            QCOMPARE(part.points[i].lines(), static_cast<std::uint64_t>(step));
            QCOMPARE(part.points[i].visitors >= 0, step >= 60);
            if (i > 0) QCOMPARE(part.points[i].second, part.points[i - 1].second + step);
        }
    }

    void isTheSameKeptUpAsMadeAnew_data() {
        QTest::addColumn<int>("span");
        QTest::newRow("a minute") << 60;
        QTest::newRow("ten minutes") << 600;
        QTest::newRow("longer than the data") << 3600;
    }
    void isTheSameKeptUpAsMadeAnew() {
        QFETCH(int, span);
        Bench bench;
        std::mt19937_64 random(7);
        std::vector<Line> all;
        std::int64_t now = kStart;
        for (int batch = 0; batch < 60; ++batch) {
            std::vector<Line> lines;
            for (int i = 0; i < 200; ++i) {
                now += random() % 10 == 0 ? 1 : 0;
                const bool late = random() % 40 == 0;
                const std::int64_t back = late ? 200 : static_cast<std::int64_t>(random() % 4);
                lines.push_back({now - back, random() % 5 == 0 ? 503 : 200, static_cast<std::int64_t>(random() % 1000),
                                 static_cast<int>(random() % 30), static_cast<int>(random() % 90),
                                 static_cast<std::int64_t>(random() % 300), random() % 6 == 0, late});
            }
            all.insert(all.end(), lines.begin(), lines.end());
            bench.commit(lines);
            const WindowPart& part = bench.ask(liveOf(span));
            QVERIFY2(samePart(part, *bench.askAnew(liveOf(span))), qPrintable(QString("batch %1").arg(batch)));
            QCOMPARE(part.now.lines, expectedOf(all, part.from, part.to).lines);
            QCOMPARE(part.before.lines, expectedOf(all, part.from - span, part.from).lines);
        }
    }

    void ranksUrlsAsAsked() {
        Bench bench;
        std::vector<Line> lines;
        for (int i = 0; i < 30; ++i) lines.push_back({kStart, 200, 1, 1, 1});
        for (int i = 0; i < 20; ++i) lines.push_back({kStart, 500, 1, 2, 1});
        for (int i = 0; i < 10; ++i) lines.push_back({kStart, 200, 1000, 3, 1});
        lines.push_back({kStart + 1});
        bench.commit(lines);
        ViewRequest request = liveOf(60);
        QCOMPARE(bench.ask(request).urls.entries.front().key, std::string("/p/1"));
        request.rank = RankBy::Errors;
        QCOMPARE(bench.ask(request).urls.entries.front().key, std::string("/p/2"));
        request.rank = RankBy::Bytes;
        QCOMPARE(bench.ask(request).urls.entries.front().key, std::string("/p/3"));
    }

    void listsKeysCountriesNetworksAndSystems_data() {
        QTest::addColumn<bool>("all");
        QTest::newRow("of a window") << false;
        QTest::newRow("of everything") << true;
    }
    void listsKeysCountriesNetworksAndSystems() {
        QFETCH(bool, all);
        Bench bench;
        bench.commit({{kStart, 200, 1, 5, 4}, {kStart, 200, 1, 5, 2}, {kStart, 200, 1, 6, 3}});
        const WindowPart& part = bench.ask(all ? everything() : fixedOf(kStart, kStart + 60));
        QCOMPARE(part.keys.entries.size(), std::size_t{2});
        QCOMPARE(part.keys.entries.front().key, std::string("device-1"));
        QCOMPARE(part.keys.entries.front().count, std::uint64_t{2});
        QCOMPARE(part.countries.entries.front().key, std::string("DE"));
        QCOMPARE(part.networks.entries.size(), std::size_t{3});
        QCOMPARE(part.systems.entries.front().key, std::string("Ubuntu"));
        QCOMPARE(part.systems.entries.back().count, std::uint64_t{1});
    }

    void tellsLinesWithoutAStatusFromOtherOnes_data() {
        QTest::addColumn<qint64>("from");
        QTest::addColumn<qint64>("to");
        QTest::newRow("by seconds") << qint64{kStart} << qint64{kStart + 60};
        QTest::newRow("by minutes") << qint64{kStart - 86'400} << qint64{kStart + 600};
        QTest::newRow("in all") << qint64{0} << qint64{0};
    }
    void tellsLinesWithoutAStatusFromOtherOnes() {
        QFETCH(qint64, from);
        QFETCH(qint64, to);
        Bench bench;
        bench.commit({{kStart, 200}, {kStart, kNoStatus}, {kStart, 0}, {kStart, kNoStatus}, {kStart, 999}});
        bench.commit({{kStart + 900}});
        const WindowPart& part = bench.ask(to == 0 ? everything() : fixedOf(from, to), true);
        QCOMPARE(part.now.byClass[5], std::uint64_t{4});
        QCOMPARE(part.now.noStatus, std::uint64_t{2});
        std::uint64_t without = 0;
        for (const WindowPoint& point : part.points) without += point.noStatus;
        QCOMPARE(without, std::uint64_t{2});
    }

    void answersAFixedWindow() {
        Bench bench;
        const std::vector<Line> lines = steady(kStart, kStart + 900, 2);
        bench.commit(lines);
        const WindowPart part = bench.ask(fixedOf(kStart + 400, kStart + 500));
        QCOMPARE(part.from, kStart + 400);
        QCOMPARE(part.to, kStart + 500);
        QCOMPARE(part.now.lines, 200ULL);
        QCOMPARE(part.before.lines, 200ULL);
        QCOMPARE(part.points.size(), std::size_t{100});
        // A fixed window stays where it is, and what comes into it late in the stream still counts.
        bench.commit({{kStart + 450}});
        bench.commit(steady(kStart + 900, kStart + 1000, 2));
        const WindowPart& later = bench.ask(fixedOf(kStart + 400, kStart + 500));
        QCOMPARE(later.now.lines, 201ULL);
        QCOMPARE(later.from, kStart + 400);
    }

    void answersEverything() {
        Bench bench;
        std::uint64_t total = 0;
        for (std::int64_t from = kStart; from < kStart + 200'000; from += 20'000) {
            const std::vector<Line> lines = steady(from, from + 20'000, 1);
            total += lines.size();
            bench.commit(lines);
            const WindowPart& part = bench.ask(everything());
            QVERIFY(part.points.size() <= kMaxWindowPoints);
            QCOMPARE(part.now.lines, total);
        }
        const WindowPart& part = bench.ask(everything(), true);
        QCOMPARE(part.from, kStart);
        QCOMPARE(part.to, kStart + 200'000);
        QCOMPARE(part.stepSeconds, 900);
        QCOMPARE(linesOf(part.points), total);
        QVERIFY(sameSums(part.before, WindowSums{}));
        // Asked for only now, it comes from the store.
        const auto anew = bench.askAnew(everything(), true);
        QVERIFY(samePart(part, *anew));
    }

    void aLineFromTheFutureMovesNothing() {
        Bench bench;
        bench.commit(steady(kStart, kStart + 200, 2));
        Line future{kStart + 40'000'000};
        future.late = true; // as the slice adds it
        bench.commit({future});
        const WindowPart& part = bench.ask(liveOf(60));
        QCOMPARE(part.to, kStart + 199);
        QCOMPARE(part.now.lines, 120ULL);
        QCOMPARE(part.points.size(), std::size_t{60});
    }

    void isTheSameObjectWhileNothingChanges() {
        Bench bench;
        bench.commit(steady(kStart, kStart + 20, 2));
        bench.ask(liveOf(60));
        const auto first = bench.view->part();
        bench.ask(liveOf(60));
        QCOMPARE(bench.view->part(), first);
        bench.commit(steady(kStart + 20, kStart + 21, 2));
        bench.ask(liveOf(60));
        QVERIFY(bench.view->part() != first);
    }
};

QTEST_GUILESS_MAIN(WindowViewTest)
#include "tst_window_view.moc"
