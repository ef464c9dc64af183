#include "core/enrich/enricher.h"

#include <QtTest>

using namespace sg;

namespace {
Event enriched(Enricher& enricher, std::string_view agent) {
    Event event;
    event.record.agent = agent;
    enricher.enrich(event);
    return event;
}
} // namespace

class TestEnricher : public QObject {
    Q_OBJECT

private slots:
    void takesTheClientOfAList_data() {
        QTest::addColumn<QByteArray>("address");
        QTest::addColumn<QByteArray>("forwarded");
        QTest::addColumn<QByteArray>("client");
        QTest::addColumn<int>("lists");
        const auto row = [](const char* phrase, const char* address, const char* forwarded, const char* client, int lists) {
            QTest::newRow(phrase) << QByteArray(address) << QByteArray(forwarded) << QByteArray(client) << lists;
        };
        row("one address", "10.0.0.1:80", "", "10.0.0.1:80", 0);
        row("one address and a list that was forwarded", "10.0.0.1", "198.51.100.7, 10.0.0.2", "10.0.0.1", 1);
        row("the first public one", "10.0.0.1, 198.51.100.7:80, 203.0.113.9", "", "198.51.100.7:80", 1);
        row("none is public", "unknown, fd00::1%eth0,10.0.0.1", "", "fd00::1%eth0", 1);
        row("names alone", "localhost, proxy.example", "", "localhost", 1);
        row("two lists", "10.0.0.1, 198.51.100.7", "203.0.113.9", "198.51.100.7", 2);
        row("no client but a list that was forwarded", "", "10.0.0.1, 198.51.100.7", "198.51.100.7", 1);
        row("nothing", "", "", "", 0);
    }
    void takesTheClientOfAList() {
        QFETCH(QByteArray, address);
        QFETCH(QByteArray, forwarded);
        QFETCH(QByteArray, client);
        QFETCH(int, lists);
        for (const bool forSums : {false, true}) {
            Enricher enricher(nullptr);
            Event event;
            event.record.address = {address.data(), static_cast<std::size_t>(address.size())};
            const std::string_view list(forwarded.data(), static_cast<std::size_t>(forwarded.size()));
            if (!list.empty()) event.record.addExtra(EcsField::ForwardedFor, list);
            if (forSums) enricher.enrichForSums(event);
            else enricher.enrich(event);
            QCOMPARE(QByteArray::fromStdString(std::string(event.record.address)), client);
            QCOMPARE(int{event.record.extraCount}, lists);
        }
    }

    void fillsUrlAddressAndAgent() {
        Enricher enricher(nullptr);
        Event event;
        event.record.method = "GET";
        event.record.target = "/a.js?b";
        event.record.address = "203.0.113.9";
        event.record.agent = "Googlebot/2.1";
        enricher.enrich(event);
        QCOMPARE(event.url.path, std::string_view("/a.js"));
        QCOMPARE(event.address.kind, AddressKind::Ipv4);
        QVERIFY(event.agent != nullptr && event.agent->bot);
        QCOMPARE(event.agent->json, std::string("{\"original\":\"Googlebot/2.1\"}"));
    }

    void leavesNothingOfTheEventBefore() {
        Enricher enricher(nullptr);
        Event event = enriched(enricher, "a");
        event.record = Record();
        enricher.enrich(event);
        QVERIFY(event.agent == nullptr);
        QCOMPARE(event.address.kind, AddressKind::Absent);
        QVERIFY(event.url.path.empty());
    }

    void takesUrlPartsFromFieldsOfTheirOwn() {
        Enricher enricher(nullptr);
        Event event;
        event.record.addExtra(EcsField::UrlPath, "/default.aspx");
        event.record.addExtra(EcsField::UrlQuery, "id=1");
        event.record.addExtra(EcsField::UrlScheme, "https");
        event.record.addExtra(EcsField::ForwardedFor, "10.0.0.1, 198.51.100.7");
        enricher.enrich(event);
        QCOMPARE(event.url.path, std::string_view("/default.aspx"));
        QCOMPARE(event.url.query, std::string_view("id=1"));
        QCOMPARE(event.url.scheme, std::string_view("https"));
        QCOMPARE(event.url.extension, std::string_view("aspx"));
        QCOMPARE(event.address.ip, std::string_view("198.51.100.7"));
    }

    void aHashIsOfThePathThatStandsAlone() {
        Enricher enricher(nullptr);
        Event event;
        event.record.addExtra(EcsField::UrlPath, "/${#a}.action");
        event.record.addExtra(EcsField::UrlQuery, "id=1");
        enricher.enrich(event);
        QCOMPARE(event.url.path, std::string_view("/${#a}.action"));
        QCOMPARE(event.url.query, std::string_view("id=1"));
        QCOMPARE(event.url.extension, std::string_view("action"));
        QVERIFY(event.url.fragment.empty());
        event.record = Record();
        event.record.addExtra(EcsField::UrlPath, "/a?b#c");
        enricher.enrich(event);
        QCOMPARE(event.url.path, std::string_view("/a"));
        QCOMPARE(event.url.query, std::string_view("b#c"));
    }

    void remembersAnAgent() {
        Enricher enricher(nullptr, 100);
        const AgentInfo* const first = enriched(enricher, "agent").agent;
        const std::string copy = "agent"; // another place in memory
        QCOMPARE(enriched(enricher, copy).agent, first);
    }

    void keepsWhatIsUsedAmongMillionsOfOthers() {
        Enricher enricher(nullptr, 100);
        const AgentInfo* const regular = enriched(enricher, "regular").agent;
        for (int i = 0; i < 20'000; ++i) {
            const std::string text = "once " + std::to_string(i);
            QCOMPARE(enriched(enricher, text).agent->json, "{\"original\":\"" + text + "\"}");
            if (i % 20 == 0) QCOMPARE(enriched(enricher, "regular").agent, regular);
        }
    }

    void worksWithTheSmallestMemo() {
        Enricher enricher(nullptr, 0);
        for (int round = 0; round < 3; ++round)
            for (const char* text : {"a", "b", "c"})
                QCOMPARE(enriched(enricher, text).agent->json, std::string("{\"original\":\"") + text + "\"}");
    }

    void classifiesAnAgentOfAMegabyte() {
        Enricher enricher(nullptr);
        const std::string text = "Googlebot " + std::string(1 << 20, 'x');
        const Event event = enriched(enricher, text);
        QVERIFY(event.agent->bot);
        QCOMPARE(event.agent->json.size(), text.size() + std::string_view("{\"original\":\"\"}").size());
        const std::string other = text + "y";
        QCOMPARE(enriched(enricher, other).agent->json.size(), other.size() + std::string_view("{\"original\":\"\"}").size());
    }
};

QTEST_APPLESS_MAIN(TestEnricher)
#include "tst_enricher.moc"
