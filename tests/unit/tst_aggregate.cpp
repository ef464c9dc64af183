#include "core/aggregate/aggregate.h"
#include "core/aggregate/rows.h"
#include "core/base/hash.h"
#include "tests/support/reference_sums.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace sg;

namespace {

struct Line {
    std::string method = "GET";
    std::string address, path, agentText, referrer, host, key, country, network;
    AgentInfo agent;
    std::int32_t status = 200;
    std::int64_t bytes = 0, durationNs = kAbsent;
    Timestamp time;
    bool late = false;
};

Event eventOf(const Line& line) {
    Event event;
    event.record.time = line.time;
    event.record.hasTime = true;
    event.record.address = line.address;
    event.record.method = line.method;
    event.record.host = line.host;
    event.record.agent = line.agentText;
    event.agentHash = hashBytes(line.agentText);
    event.record.referrer = line.referrer;
    event.record.status = line.status;
    event.record.bytes = line.bytes;
    event.record.durationNs = line.durationNs;
    event.url.path = line.path;
    event.agent = &line.agent;
    event.record.key = line.key;
    event.country = line.country;
    event.network = line.network;
    return event;
}

std::vector<Line> manyLines(std::size_t count) {
    std::mt19937_64 random(42);
    constexpr std::array<std::int32_t, 7> kStatuses = {200, 200, 200, 304, 404, 500, kNoStatus};
    std::vector<Line> lines;
    for (std::size_t i = 0; i < count; ++i) {
        Line line;
        line.address = "10.0." + std::to_string(random() % 20) + '.' + std::to_string(random() % 250);
        line.path = "/p/" + std::to_string(random() % 300);
        line.agent.name = random() % 8 == 0 ? "Googlebot" : "Firefox";
        line.agent.bot = line.agent.name == "Googlebot";
        line.agentText = line.agent.name + "/" + std::to_string(random() % 5);
        line.referrer = random() % 2 == 0 ? "https://www.example.com:443/x?y" : "";
        line.agent.osName = random() % 4 == 0 ? "" : random() % 2 == 0 ? "Ubuntu" : "iOS";
        line.key = random() % 3 == 0 ? "device-" + std::to_string(random() % 40) : "";
        line.country = random() % 5 == 0 ? "" : random() % 2 == 0 ? "DE" : "AQ";
        line.network = line.country.empty() ? "" : "Network " + std::to_string(random() % 9);
        line.host = "shop.example";
        line.status = kStatuses[random() % kStatuses.size()];
        line.bytes = static_cast<std::int64_t>(random() % 50'000);
        line.durationNs = static_cast<std::int64_t>(random() % 900'000'000);
        line.time = Timestamp::fromSeconds(1'700'000'000 + static_cast<std::int64_t>(random() % 400));
        line.late = random() % 50 == 0;
        lines.push_back(line);
    }
    return lines;
}

/// A crawl of a site with more pages and visitors than are counted exactly; its clock jumps, and odd lines are among the others.
std::vector<Line> crawledLines(std::size_t count) {
    std::mt19937_64 random(7);
    const auto oneOf = [&](std::initializer_list<const char*> words) { return std::string(words.begin()[random() % words.size()]); };
    constexpr std::array<std::int32_t, 9> kStatuses = {200, 200, 200, 301, 404, 503, 0, kNoStatus, 1001};
    std::vector<Line> lines;
    std::int64_t clock = 1'700'000'000;
    for (std::size_t i = 0; i < count; ++i) {
        Line line;
        if (random() % 2000 == 0) ++clock;
        if (random() % 30'000 == 0) clock += static_cast<std::int64_t>(random() % 400) - 150;
        line.late = random() % 4000 == 0;
        line.time = Timestamp::fromSeconds(line.late ? clock - 200 : clock);
        line.method = random() % 50 == 0 ? "M" + std::to_string(random() % 40) : oneOf({"GET", "GET", "GET", "POST", "HEAD", "PUT"});
        line.path = random() % 3 == 0 ? "/p/" + std::to_string(random() % 400) : "/item/" + std::to_string(random() % 400'000);
        if (random() % 1000 == 0) line.path += std::string(600, 'x'); // cut
        line.address = random() % 2 == 0 ? "192.0.2." + std::to_string(random() % 250) : "2001:db8::" + std::to_string(random() % 400'000);
        if (random() % 500 == 0) line.address.clear();
        line.agent.name = random() % 20 == 0 ? "Agent" + std::to_string(random() % 90) : oneOf({"Chrome", "Firefox", "Safari", "Edge", ""});
        line.agent.osName = oneOf({"Windows", "Linux", "iOS", ""});
        line.agent.bot = random() % 10 == 0;
        line.agentText = line.agent.name + "/1";
        line.host = oneOf({"shop.example", "www.shop.example", ""});
        line.referrer = random() % 10 == 0 ? "http://r" + std::to_string(random() % 60) + ".example/" : oneOf({"", "https://shop.example/a"});
        line.key = random() % 10 == 0 ? "device-" + std::to_string(random() % 300) : "";
        line.country = oneOf({"DE", "FR", "US", ""});
        line.network = random() % 4 == 0 ? "Network " + std::to_string(random() % 100) : "";
        line.status = kStatuses[random() % kStatuses.size()];
        line.bytes = static_cast<std::int64_t>(random() % 50'000) - 10;
        line.durationNs = random() % 9 == 0 ? kAbsent : static_cast<std::int64_t>(random() % 5'000'000'000);
        lines.push_back(std::move(line));
    }
    return lines;
}

std::map<Dimension, std::string> keysOf(const Line& line) {
    const std::string referrer = line.referrer.empty() ? "" : line.referrer.substr(line.referrer.find("//") + 2);
    return {{Dimension::Url, line.path},
            {Dimension::Host, line.host},
            {Dimension::Agent, line.agent.name.empty() ? "unknown" : line.agent.name},
            {Dimension::System, line.agent.osName.empty() ? "unknown" : line.agent.osName},
            {Dimension::Referrer, referrer.substr(0, referrer.find('/'))},
            {Dimension::Method, line.method},
            {Dimension::Address, line.address},
            {Dimension::Key, line.key},
            {Dimension::Country, line.country},
            {Dimension::Network, line.network}};
}

void compareTops(const TopList& found, const ReferenceTop& expected) {
    const std::vector<TopEntry> entries = expected.entries();
    QCOMPARE(found.exact, expected.maxError() == 0);
    QCOMPARE(found.entries.size(), entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const TopEntry &a = found.entries[i], &b = entries[i];
        if (a.key != b.key || a.count != b.count || a.bytes != b.bytes || a.errors != b.errors || a.maxError != b.maxError)
            QFAIL(qPrintable(QString("place %1: %2 %3 instead of %4 %5").arg(i).arg(a.key.c_str()).arg(a.count).arg(b.key.c_str()).arg(b.count)));
    }
}

void compareDurations(const Histogram& found, const Histogram& expected) {
    QCOMPARE(found.count(), expected.count());
    for (const double q : {0.01, 0.5, 0.95, 0.99}) QCOMPARE(found.quantileMs(q), expected.quantileMs(q));
}

Aggregate aggregateOf(const std::vector<Line>& lines, std::size_t first = 0, std::size_t step = 1) {
    Aggregate sums;
    for (std::size_t i = first; i < lines.size(); i += step) sums.add(eventOf(lines[i]), lines[i].late);
    return sums;
}

std::string stored(const char* name) {
    QFile file(QStringLiteral(SG_TEST_DATA "/aggregate/") + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

/// "key count, key count", greatest first.
std::string listOf(const TopList& list) {
    std::string text;
    for (const TopEntry& entry : list.entries) text += (text.empty() ? "" : ", ") + entry.key + ' ' + std::to_string(entry.count);
    return text;
}

std::uint64_t minuteLines(const Aggregate& sums) {
    std::uint64_t lines = 0;
    sums.visitMinutes([&](std::int64_t, const std::string& row) { lines += minuteRowLines(row).value_or(0U); });
    return lines;
}

} // namespace

class AggregateTest : public QObject {
    Q_OBJECT
private slots:
    void countsStatusesIntoClasses_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("kind");
        QTest::newRow("informational") << 101 << 0;
        QTest::newRow("success") << 200 << 1;
        QTest::newRow("redirect") << 399 << 2;
        QTest::newRow("client's error") << 404 << 3;
        QTest::newRow("server's error") << 599 << 4;
        QTest::newRow("none") << -1 << 5;
        QTest::newRow("nginx without an answer") << 0 << 5;
        QTest::newRow("below a hundred") << 99 << 5;
        QTest::newRow("above") << 600 << 5;
    }
    void countsStatusesIntoClasses() {
        QFETCH(int, status);
        QFETCH(int, kind);
        QCOMPARE(statusClass(status), static_cast<std::size_t>(kind));
    }
    void addsUpEachPartOfALine() {
        Line line;
        line.address = "192.0.2.1";
        line.path = "/a";
        line.agent.name = "Firefox";
        line.referrer = "https://user@www.example.com:8080/from?x";
        line.host = "shop.example";
        line.status = 404;
        line.bytes = 10;
        line.durationNs = 2'000'000;
        line.time = Timestamp::fromSeconds(120);
        Aggregate sums;
        sums.add(eventOf(line), false);
        sums.add(eventOf(line), true);
        const Totals totals = sums.totals();
        QCOMPARE(totals.parsed, std::uint64_t{2});
        QCOMPARE(totals.bytes, std::uint64_t{20});
        QCOMPARE(totals.byClass[3], std::uint64_t{2});
        QCOMPARE(totals.byStatus[404], std::uint64_t{2});
        QCOMPARE(qRound(totals.visitors), 1);
        QVERIFY(totals.first == Timestamp::fromSeconds(120));
        QVERIFY(std::abs(totals.p50Ms - 2.0F) < 0.01F);
        QCOMPARE(sums.late(), std::uint64_t{1});
        QCOMPARE(sums.seconds(10).size(), std::size_t{1});
        QCOMPARE(sums.seconds(10)[0].byClass[3], std::uint32_t{1}); // the late one missed its second
        QCOMPARE(minuteLines(sums), std::uint64_t{2});
        const TopList referrers = sums.top(Dimension::Referrer, RankBy::Count, 5);
        QVERIFY(referrers.entries.at(0).key == "www.example.com");
        QCOMPARE(sums.top(Dimension::Url, RankBy::Errors, 5).entries.at(0).errors, std::uint64_t{2});
        QVERIFY(sums.top(Dimension::Agent, RankBy::Count, 5).entries.at(0).key == "Firefox");
        QVERIFY(sums.top(Dimension::Address, RankBy::Bytes, 5).entries.at(0).key == "192.0.2.1");
    }
    void countsKeysCountriesNetworksAndSystemsWhereALineHasThem() {
        Aggregate sums;
        Line line;
        line.time = Timestamp::fromSeconds(120);
        line.agent.name = "Firefox";
        line.agent.osName = "Ubuntu";
        line.country = "NZ";
        line.network = "Example Networks";
        sums.add(eventOf(line), false);
        line.agent.osName = "";
        line.country = line.network = "";
        line.key = "greenhouse-4";
        sums.add(eventOf(line), true);
        Event nameless = eventOf(line);
        nameless.agent = nullptr;
        nameless.agentHash = 0;
        sums.add(nameless, false);
        nameless.record.web = false;
        sums.add(nameless, false);
        const auto all = [&](Dimension dimension) { return listOf(sums.top(dimension, RankBy::Count, 9)); };
        QCOMPARE(all(Dimension::Key), std::string("greenhouse-4 3"));
        QCOMPARE(all(Dimension::Country), std::string("NZ 1"));
        QCOMPARE(all(Dimension::Network), std::string("Example Networks 1"));
        QCOMPARE(all(Dimension::System), std::string("Ubuntu 1, unknown 1"));
        QCOMPARE(all(Dimension::Agent), std::string("Firefox 2, unknown 1"));
        sums.eachMinute(2, 3, [](std::int64_t, const MinuteRow& row) {
            QCOMPARE(listOf(row.keys.top(TopMap::Rank::Count, 9)), std::string("greenhouse-4 3"));
            QCOMPARE(listOf(row.countries.top(TopMap::Rank::Count, 9)), std::string("NZ 1"));
            QCOMPARE(listOf(row.networks.top(TopMap::Rank::Count, 9)), std::string("Example Networks 1"));
            QCOMPARE(listOf(row.systems.top(TopMap::Rank::Count, 9)), std::string("Ubuntu 1, unknown 1"));
        });
    }
    void aLineThatSaysNothingOfItsSenderIsNoVisitor() {
        Aggregate sums;
        Event event;
        event.record.time = Timestamp::fromSeconds(120);
        sums.add(event, false);
        QCOMPARE(sums.totals().visitors, 0.0);
        event.record.address = "192.0.2.1";
        sums.add(event, false);
        QCOMPARE(qRound(sums.totals().visitors), 1);
    }
    void readsWhatTheVersionBeforeStored() {
        const Result<Aggregate> sums = Aggregate::deserialize(stored("version1.sums"));
        QVERIFY2(sums.has_value(), sums ? "" : sums.error().message.c_str());
        QCOMPARE(sums->totals().parsed, std::uint64_t{20});
        QCOMPARE(minuteLines(*sums), std::uint64_t{20});
        QCOMPARE(listOf(sums->top(Dimension::Url, RankBy::Count, 9)), std::string("/p/0 7, /p/1 7, /p/2 6"));
        QCOMPARE(listOf(sums->top(Dimension::Address, RankBy::Count, 1)), std::string("192.0.2.0 4"));
        QCOMPARE(sums->top(Dimension::System, RankBy::Count, 9).entries.size(), std::size_t{0});

        const Aggregate now = aggregateOf(manyLines(300));
        std::string minute, second;
        now.visitMinutes([&](std::int64_t, const std::string& row) { minute = row; });
        now.visitSeconds([&](std::int64_t, const std::string& row) { second = row; });
        const std::string oldMinute = stored("version1.minute");
        const Result<std::string> both = mergeMinuteRows(minute, oldMinute);
        QVERIFY2(both.has_value(), both ? "" : both.error().message.c_str());
        QCOMPARE(minuteRowLines(*both).value_or(0U), minuteRowLines(minute).value_or(0U) + minuteRowLines(oldMinute).value_or(0U));
        QVERIFY(mergeSecondRows(stored("version1.second"), second).has_value());
        for (std::size_t length = 0; length < oldMinute.size(); ++length)
            QVERIFY(!mergeMinuteRows(minute, std::string_view(oldMinute).substr(0, length)));
        std::string later = oldMinute;
        later[0] = static_cast<char>(kStoredVersion + 1);
        QVERIFY(!mergeMinuteRows(minute, later));
    }
    void readsARowThatHasNoDurationsByUrl() {
        std::vector<Line> lines = manyLines(300);
        for (Line& line : lines) line.durationNs = kAbsent;
        std::string minute;
        aggregateOf(lines).visitMinutes([&](std::int64_t, const std::string& row) { minute = row; });
        // They stand at the end of a row: without any, all but their number is what version 2 wrote.
        std::string second = minute;
        second[0] = 2;
        second.pop_back();
        const Result<std::string> both = mergeMinuteRows(second, second);
        QVERIFY2(both.has_value(), both ? "" : both.error().message.c_str());
        QVERIFY(*both == *mergeMinuteRows(minute, minute));
        QVERIFY(!mergeMinuteRows(second, minute.substr(0, minute.size() - 1)));
    }
    void ranksUrlsByTheirSlowestRequests_data() {
        QTest::addColumn<std::size_t>("slices");
        QTest::newRow("in one slice") << std::size_t{1};
        QTest::newRow("in five") << std::size_t{5};
    }
    void ranksUrlsByTheirSlowestRequests() {
        QFETCH(std::size_t, slices);
        // 100 URLs; the more often one is asked for, the faster it is; of one path a single request takes a minute.
        std::vector<Line> lines;
        std::map<std::string, std::vector<std::int64_t>> durations;
        std::mt19937_64 random(7);
        for (int url = 0; url < 100; ++url)
            for (int i = 0; i < 40'000 / (url + 10); ++i) {
                Line line;
                line.path = "/p/" + std::to_string(url);
                line.time = Timestamp::fromSeconds(1'700'000'000 + static_cast<std::int64_t>(random() % 180));
                line.durationNs = (url + 1) * 1'000'000LL + static_cast<std::int64_t>(random() % 9'000'000);
                durations[line.path].push_back(line.durationNs);
                lines.push_back(line);
            }
        std::shuffle(lines.begin(), lines.end(), random);
        Line rare;
        rare.path = "/rare";
        rare.time = lines.front().time;
        rare.durationNs = 60'000'000'000;
        lines.push_back(rare);
        Aggregate sums;
        for (std::size_t i = 0; i < slices; ++i) sums.merge(aggregateOf(lines, i, slices));

        const auto p95 = [&](const std::string& path) {
            std::vector<std::int64_t>& of = durations[path];
            std::sort(of.begin(), of.end());
            return static_cast<double>(of[of.size() * 95 / 100]) / 1e6;
        };
        const TopList byCount = sums.top(Dimension::Url, RankBy::Count, 40);
        QCOMPARE(byCount.entries.size(), std::size_t{40});
        for (const TopEntry& entry : byCount.entries) {
            const double exact = p95(entry.key);
            QVERIFY2(std::abs(static_cast<double>(entry.p95Ms) - exact) <= exact * 0.07, qPrintable(QString("%1: %2 for %3").arg(entry.key.c_str()).arg(static_cast<double>(entry.p95Ms)).arg(exact)));
        }
        const TopList slowest = sums.top(Dimension::Url, RankBy::P95, 10);
        QCOMPARE(slowest.entries.size(), std::size_t{10});
        for (std::size_t i = 0; i < slowest.entries.size(); ++i) {
            QVERIFY(slowest.entries[i].key != "/rare");
            QVERIFY(slowest.entries[i].count >= 20);
            if (i > 0) QVERIFY(slowest.entries[i].p95Ms <= slowest.entries[i - 1].p95Ms);
        }
        // What the store gives back says the same.
        const Result<Aggregate> read = Aggregate::deserialize(sums.serialize());
        QVERIFY(read.has_value());
        QCOMPARE(listOf(read->top(Dimension::Url, RankBy::P95, 10)), listOf(slowest));
        QVERIFY(sums.memoryBytes() < 3'000'000);
    }
    void slicesMergedInAnyOrderAreOneAggregate() {
        std::vector<Line> lines = manyLines(6000);
        // Durations by URL are exact for as many URLs as a minute keeps.
        for (std::size_t i = 0; i < lines.size(); ++i) lines[i].path = "/p/" + std::to_string(i % kTimedUrls);
        const std::string whole = aggregateOf(lines).serialize();
        for (const std::size_t slices : {2U, 3U, 7U}) {
            Aggregate forward, backward;
            for (std::size_t i = 0; i < slices; ++i) forward.merge(aggregateOf(lines, i, slices));
            for (std::size_t i = slices; i > 0; --i) backward.merge(aggregateOf(lines, i - 1, slices));
            // The minutes' small lists are sketches; everything else, and the minutes' counts, are the same to the byte.
            QCOMPARE(minuteLines(forward), minuteLines(backward));
            Aggregate one = aggregateOf(lines);
            for (Aggregate* sums : {&forward, &backward, &one}) dropMinutes(*sums);
            QVERIFY(forward.serialize() == one.serialize());
            QVERIFY(backward.serialize() == one.serialize());
        }
        QVERIFY(!whole.empty());
    }
    void plainMapsCountTheSame() {
        constexpr std::size_t kAll = 1'000'000;
        Aggregate sums;
        ReferenceSums plain;
        const std::vector<Line> lines = crawledLines(250'000);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const Event event = eventOf(lines[i]);
            if (i % 3 == 0) sums.expect(event.record); // changes nothing
            sums.add(event, lines[i].late);
            plain.add(event, lines[i].late, keysOf(lines[i]));
            if (i % 90'001 == 0) { // somebody looks in the middle
                static_cast<void>(sums.totals());
                plain.handOver();
            }
        }
        const Totals totals = sums.totals();
        plain.handOver();
        QCOMPARE(totals.parsed, plain.parsed);
        QCOMPARE(totals.bytes, plain.bytes);
        QCOMPARE(totals.bots, plain.bots);
        QCOMPARE(sums.late(), plain.late);
        QCOMPARE(totals.visitors, plain.visitors.estimate());
        QCOMPARE(totals.p95Ms, plain.durations.quantileMs(0.95));
        QCOMPARE(totals.noStatus, plain.byStatus[kNoStatus]);
        for (std::int32_t status = 0; status < 1000; ++status)
            QCOMPARE(totals.byStatus[static_cast<std::size_t>(status)], plain.byStatus[status]);
        for (std::size_t d = 0; d < kDimensionCount; ++d) {
            const auto dimension = static_cast<Dimension>(d);
            compareTops(sums.top(dimension, RankBy::Count, kAll), plain.tops[dimension]);
        }
        for (const Dimension dimension : {Dimension::Url, Dimension::Address}) QVERIFY(plain.tops[dimension].maxError() > 0);

        QVERIFY(plain.minutes.size() > 10);
        std::size_t rows = 0, purged = 0;
        sums.eachMinute(0, INT64_MAX, [&](std::int64_t minute, const MinuteRow& row) {
            ++rows;
            QVERIFY(plain.minutes.contains(minute));
            const ReferenceMinute& expected = plain.minutes[minute];
            QCOMPARE(row.lines, expected.lines);
            QCOMPARE(row.late, expected.late);
            QCOMPARE(row.bytes, expected.bytes);
            QCOMPARE(row.errors, expected.errors);
            QCOMPARE(row.bots, expected.bots);
            QVERIFY(row.byClass == expected.byClass);
            QVERIFY((std::map(row.byStatus.begin(), row.byStatus.end()) == expected.byStatus));
            QCOMPARE(row.visitors.estimate(), expected.visitors.estimate());
            compareDurations(row.durations, expected.durations);
            const std::map<Dimension, const TopMap*> lists = {
                {Dimension::Url, &row.urls},           {Dimension::Host, &row.hosts},       {Dimension::Agent, &row.agents},
                {Dimension::Referrer, &row.referrers}, {Dimension::Method, &row.methods},   {Dimension::Key, &row.keys},
                {Dimension::Country, &row.countries},  {Dimension::Network, &row.networks}, {Dimension::System, &row.systems}};
            for (const auto& [dimension, list] : lists) {
                compareTops(list->top(TopMap::Rank::Count, kAll), expected.tops.at(dimension));
                purged += list->exact() ? 0 : 1;
            }
        });
        QCOMPARE(rows, plain.minutes.size());
        QVERIFY(purged > 0);
        rows = 0;
        sums.eachSecond(0, INT64_MAX, [&](std::int64_t second, const SecondRow& row) {
            ++rows;
            QVERIFY(plain.seconds.contains(second));
            const SecondRow& expected = plain.seconds[second];
            QVERIFY(row.byClass == expected.byClass && row.noStatus == expected.noStatus && row.bytes == expected.bytes);
            compareDurations(row.durations, expected.durations);
        });
        QCOMPARE(rows, plain.seconds.size());
    }
    void slicesThatPurgedAreWrongByNoMoreThanTheySay() {
        const std::vector<Line> lines = crawledLines(250'000);
        std::map<std::string, std::uint64_t> urls;
        for (const Line& line : lines) ++urls[std::string(TopMap::cut(line.path))];
        Aggregate sums = aggregateOf(lines, 0, 3);
        for (std::size_t i = 1; i < 3; ++i) sums.merge(aggregateOf(lines, i, 3));
        QCOMPARE(sums.totals().parsed, std::uint64_t{lines.size()});
        QCOMPARE(minuteLines(sums), std::uint64_t{lines.size()});
        const TopList top = sums.top(Dimension::Url, RankBy::Count, 400);
        QCOMPARE(top.entries.size(), std::size_t{400});
        QVERIFY(!top.exact);
        for (const TopEntry& entry : top.entries) {
            const std::uint64_t truth = urls[entry.key];
            QVERIFY(truth > 100 && truth <= entry.count && entry.count <= truth + entry.maxError); // the pages, not the items
        }
    }
    void whatIsReadBackIsTheSame() {
        const Aggregate sums = aggregateOf(manyLines(3000));
        const std::string bytes = sums.serialize();
        const Result<Aggregate> read = Aggregate::deserialize(bytes);
        QVERIFY2(read.has_value(), read ? "" : read.error().message.c_str());
        QVERIFY(read->serialize() == bytes);
        QCOMPARE(read->totals().visitors, sums.totals().visitors);
        QCOMPARE(read->seconds(10'000).size(), sums.seconds(10'000).size());
    }
    void damagedBytesAreAnErrorOrAnAggregateButNeverACrash() {
        const std::string bytes = aggregateOf(manyLines(300)).serialize();
        std::mt19937_64 random(5);
        for (std::size_t length = 0; length < bytes.size(); length += 97) QVERIFY(!Aggregate::deserialize({bytes.data(), length}));
        for (int round = 0; round < 3000; ++round) {
            std::string damaged = bytes;
            for (std::uint64_t n = 1 + random() % 4; n > 0; --n) damaged[random() % damaged.size()] = static_cast<char>(random());
            Result<Aggregate> read = Aggregate::deserialize(damaged);
            if (!read) {
                QCOMPARE(read.error().code, ErrorCode::Corrupt);
                continue;
            }
            QVERIFY(!read->serialize().empty());
        }
    }
    void damagedRowsAreAnError() {
        const Aggregate sums = aggregateOf(manyLines(300));
        std::string minute, second;
        sums.visitMinutes([&](std::int64_t, const std::string& row) { minute = row; });
        sums.visitSeconds([&](std::int64_t, const std::string& row) { second = row; });
        QVERIFY(mergeMinuteRows(minute, minute).has_value());
        QVERIFY(mergeSecondRows(second, second).has_value());
        QCOMPARE(minuteRowLines(*mergeMinuteRows(minute, minute)).value_or(0U), 2 * minuteRowLines(minute).value_or(0U));
        for (std::size_t length = 0; length < minute.size(); length += 13) QVERIFY(!mergeMinuteRows(minute, minute.substr(0, length)));
        for (std::size_t length = 0; length < second.size(); ++length) QVERIFY(!mergeSecondRows(second.substr(0, length), second));
        QVERIFY(!minuteRowLines(""));
    }
    void rowsPutBackAreTheRowsThatWereVisited() {
        const Aggregate sums = aggregateOf(manyLines(1000));
        Aggregate other;
        sums.visitMinutes([&](std::int64_t minute, const std::string& row) { QVERIFY(other.restoreMinute(minute, row)); });
        sums.visitSeconds([&](std::int64_t second, const std::string& row) { QVERIFY(other.restoreSecond(second, row)); });
        QCOMPARE(minuteLines(other), minuteLines(sums));
        QCOMPARE(other.seconds(1000).size(), sums.seconds(1000).size());
        QCOMPARE(other.totals().parsed, std::uint64_t{0});
    }
    void oldRowsAreForgottenAndTotalsStay() {
        Aggregate sums;
        Line line;
        line.path = "/";
        for (std::int64_t second = 0; second < 10'000; ++second) {
            line.time = Timestamp::fromSeconds(1'000'000 + second);
            sums.add(eventOf(line), false);
        }
        QCOMPARE(sums.seconds(100'000).size(), std::size_t{7200});
        QCOMPARE(minuteLines(sums), std::uint64_t{10'000});
        sums.forgetRowsOlderThan(3600);
        QVERIFY(sums.seconds(100'000).size() <= 3601);
        QCOMPARE(sums.seconds(1)[0].second, 1'009'999);
        sums.add(eventOf(line), false); // into a row that was cached before
        sums.forgetRows();
        QVERIFY(sums.seconds(10).empty());
        sums.add(eventOf(line), false);
        QCOMPARE(sums.totals().parsed, std::uint64_t{10'002});
        QCOMPARE(sums.top(Dimension::Url, RankBy::Count, 1).entries.at(0).count, std::uint64_t{10'002});
    }
    void aMillionUrlsStayUnderSixtyMegabytes() {
        Aggregate sums;
        Line line;
        line.address = "192.0.2.1";
        line.time = Timestamp::fromSeconds(1'000'000);
        for (int i = 0; i < 1'000'000; ++i) {
            line.path = "/product/" + std::to_string(i) + "/details.html";
            sums.add(eventOf(line), false);
        }
        QVERIFY2(sums.memoryBytes() < 60'000'000, qPrintable(QString::number(sums.memoryBytes())));
        QVERIFY(!sums.top(Dimension::Url, RankBy::Count, 10).exact);
    }

private:
    /// Rows put back without their minutes.
    static void dropMinutes(Aggregate& sums) {
        std::map<std::int64_t, std::string> seconds;
        sums.visitSeconds([&](std::int64_t second, const std::string& row) { seconds[second] = row; });
        sums.forgetRows();
        for (const auto& [second, row] : seconds) QVERIFY(sums.restoreSecond(second, row));
    }
};

QTEST_APPLESS_MAIN(AggregateTest)
#include "tst_aggregate.moc"
