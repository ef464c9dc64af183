#include "core/elastic/template.h"
#include "core/pipeline/qt_transport.h"
#include "tests/servers/elasticsearch_server.h"
#include "tests/support/delivery_bench.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <algorithm>
#include <set>

namespace sg {
namespace {

using test::DeliveryBench;

/// A bench on the real clock and network; every test has indices of its own.
std::unique_ptr<DeliveryBench> benchOn(const std::string& url, const std::string& prefix) {
    auto bench =
        std::make_unique<DeliveryBench>("abcdefgh", url, prefix, [](const std::string& to) { return makeQtTransport(to, {}, "abcdefgh"); });
    bench->useSystemClock();
    return bench;
}

struct RefusedItems {
    int inPart = 0; ///< answers in which some documents were taken and others refused with 429
};

/// The real one, looking at the answers that pass.
class CountingTransport final : public Transport {
public:
    CountingTransport(std::unique_ptr<Transport> real, RefusedItems& refused) : m_real(std::move(real)), m_refused(refused) {}
    void send(HttpRequest request, Answer answer) override {
        m_real->send(std::move(request), [this, answer = std::move(answer)](HttpResponse response) {
            int taken = 0, refused = 0;
            if (response.status == 200)
                for (const QJsonValue item : QJsonDocument::fromJson(QByteArray::fromStdString(response.body))["items"].toArray())
                    ++(item["create"]["status"].toInt() == 429 ? refused : taken);
            if (taken > 0 && refused > 0) ++m_refused.inPart;
            answer(std::move(response));
        });
    }

private:
    std::unique_ptr<Transport> m_real;
    RefusedItems& m_refused;
};

} // namespace

class TestElasticsearch : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void takesEveryDocumentUnderItsIdOnce();
    void countsAReplayAsDuplicates();
    void keepsABadDocumentAsDeadLetter();
    void waitsForAWriteBlockToBeLifted();
    void waitsForTheIndexLimitToBeRaised();
    void survivesKillAndRestart();
    void survivesAPause();
    void saysThatAWebServerIsNoElasticsearch();
    void getsThroughTightIndexingPressure();
    void retriesOnlyWhatAFullQueueRefused();

private:
    std::set<std::string> idsIn(const std::string& prefix) const;
    void put(const QString& path, const QByteArray& body, const QByteArray& method = "PUT") const;
    ElasticsearchServer m_server;
};

#define DELIVER(bench, milliseconds)                                                                                                       \
    QTRY_VERIFY2_WITH_TIMEOUT(((bench).pump(), (bench).deliverer->idle()), (bench).deliverer->part().stage.detail.c_str(), milliseconds)

void TestElasticsearch::initTestCase() {
    if (m_server.start()) return;
    if (m_server.isUnreachable() && !ElasticsearchServer::isRequired())
        QSKIP(qPrintable("SKIPPED, no real Elasticsearch: " + m_server.why()));
    QFAIL(qPrintable(m_server.why()));
}

void TestElasticsearch::put(const QString& path, const QByteArray& body, const QByteArray& method) const {
    const auto answer = m_server.request(method, path, body);
    QVERIFY2(answer.status == 200, answer.body.constData());
}

std::set<std::string> TestElasticsearch::idsIn(const std::string& prefix) const {
    const QString index = QString::fromStdString("/" + prefix + "-access-*");
    static_cast<void>(m_server.request("POST", index + "/_refresh"));
    const auto answer = m_server.request("POST", index + "/_search", R"({"size":10000,"_source":false})");
    std::set<std::string> ids;
    for (const QJsonValue hit : QJsonDocument::fromJson(answer.body)["hits"]["hits"].toArray())
        ids.insert(hit["_id"].toString().toStdString());
    return ids;
}

void TestElasticsearch::takesEveryDocumentUnderItsIdOnce() {
    const auto bench = benchOn(m_server.url(), "ids");
    bench->tuning.output.bulkBytes = 64U << 10U;
    for (int i = 0; i < 3; ++i) bench->addBatch(1000);
    DELIVER(*bench, 30'000);
    const Ledger ledger = bench->ledger();
    QCOMPARE(ledger.created, 3000U);
    QCOMPARE(ledger.duplicate + ledger.rejected + ledger.abandoned + ledger.undelivered, 0U);
    QCOMPARE(idsIn("ids"), std::set<std::string>(bench->ids.begin(), bench->ids.end()));
    QCOMPARE(bench->deliverer->part().product, std::string("Elasticsearch 7.17.29"));
    const auto mapping = m_server.request("GET", "/ids-access-2025.10.10/_mapping/field/source.ip");
    QVERIFY2(mapping.body.contains("\"type\":\"ip\""), mapping.body.constData());
    // A place is a point there, whatever came first.
    const auto kept = m_server.request("PUT", "/ids-access-2025.10.10/_doc/place?refresh=true",
                                       "{\"@timestamp\":\"2025-10-10T00:00:00Z\",\"source\":{\"geo\":{\"location\":{\"lat\":51.5142,\"lon\":-0.0931}}}}");
    QCOMPARE(kept.status, 201);
    const auto near = m_server.request("POST", "/ids-access-2025.10.10/_count",
                                       "{\"query\":{\"geo_distance\":{\"distance\":\"1km\",\"source.geo.location\":\"51.51,-0.09\"}}}");
    QCOMPARE(QJsonDocument::fromJson(near.body)["count"].toInt(), 1);
}

void TestElasticsearch::countsAReplayAsDuplicates() {
    const auto bench = benchOn(m_server.url(), "replay");
    bench->addBatch(500);
    // As if an earlier run had sent it and died before it knew: the mark is durable, the documents are there.
    const std::string target = targetOf(bench->tuning.output).key;
    QVERIFY(bench->store->markSent(BatchId{1}, target).has_value());
    const auto letters = bench->store->lettersToDeliver(target, 10);
    QVERIFY(letters.has_value() && letters->size() == 1);
    QVERIFY(bench->store->markLettersSent({letters->front().row}).has_value());
    {
        const auto twin = benchOn(m_server.url(), "replay");
        twin->addBatch(500);
        DELIVER(*twin, 30'000);
    }
    bench->open();
    DELIVER(*bench, 30'000);
    QCOMPARE(bench->ledger().duplicate, 500U);
    QCOMPARE(bench->ledger().created, 0U);
    QCOMPARE(idsIn("replay").size(), 500U);
}

void TestElasticsearch::keepsABadDocumentAsDeadLetter() {
    // An older index whose mapping does not take what one of the lines has.
    put("/bad-access-2025.10.10",
        R"({"mappings":{"properties":{"http":{"properties":{"response":{"properties":{"body":{"properties":{"bytes":{"type":"byte"}}}}}}}}}})");
    const auto bench = benchOn(m_server.url(), "bad");
    bench->addBatch(150); // body bytes 0..149: those above 127 are no byte
    DELIVER(*bench, 30'000);
    QCOMPARE(bench->ledger().created, 128U);
    QCOMPARE(bench->ledger().rejected, 22U);
    const auto letters = bench->store->deadLetters(100);
    QVERIFY(letters.has_value());
    const auto at =
        std::find_if(letters->begin(), letters->end(), [](const DeadLetter& l) { return l.reason == Reason::RejectedByServer; });
    QVERIFY(at != letters->end());
    QVERIFY2(at->detail.find("mapper_parsing_exception") == 0, at->detail.c_str());
    QVERIFY2(at->raw.find("GET /p/1") != std::string::npos, at->raw.c_str());
}

void TestElasticsearch::waitsForAWriteBlockToBeLifted() {
    put("/blocked-access-2025.10.10", R"({"settings":{"index.blocks.write":true}})");
    const auto bench = benchOn(m_server.url(), "blocked");
    bench->addBatch(200);
    QTRY_VERIFY_WITH_TIMEOUT((bench->pump(), bench->isOpen("elastic.blocked:write_block")), 20'000);
    QCOMPARE(bench->ledger().undelivered, 200U);
    put("/blocked-access-2025.10.10/_settings", R"({"index.blocks.write":false})");
    DELIVER(*bench, 60'000);
    QCOMPARE(bench->ledger().created, 200U);
    QVERIFY(!bench->isOpen("elastic.blocked:write_block"));
}

void TestElasticsearch::waitsForTheIndexLimitToBeRaised() {
    const auto bench = benchOn(m_server.url(), "limited");
    bench->addBatch(100, 10);
    DELIVER(*bench, 30'000);
    put("/_cluster/settings", R"({"transient":{"cluster.max_shards_per_node":1}})");
    bench->addBatch(150, 10); // of the day whose index is there
    bench->addBatch(200, 11); // its index cannot be made
    bench->addBatch(50, 10);
    QTRY_VERIFY_WITH_TIMEOUT((bench->pump(), bench->isOpen("elastic.blocked:validation")), 20'000);
    const std::string sentence = bench->deliverer->part().stage.detail;
    QVERIFY2(sentence.find("Paused: " + m_server.url() + " refuses documents: validation_exception: ") == 0, sentence.c_str());
    QVERIFY2(sentence.find("maximum") != std::string::npos && sentence.find('\n') == std::string::npos, sentence.c_str());
    QCOMPARE(bench->ledger().rejected, 0U);
    QVERIFY(bench->ledger().undelivered >= 200U);
    put("/_cluster/settings", R"({"transient":{"cluster.max_shards_per_node":null}})");
    DELIVER(*bench, 60'000);
    QVERIFY(!bench->isOpen("elastic.blocked:validation"));
    QCOMPARE(bench->ledger().created, 500U);
    QCOMPARE(idsIn("limited"), std::set<std::string>(bench->ids.begin(), bench->ids.end()));
}

void TestElasticsearch::survivesKillAndRestart() {
    const auto bench = benchOn(m_server.url(), "killed");
    bench->tuning.output.bulkBytes = 64U << 10U;
    for (int i = 0; i < 6; ++i) bench->addBatch(1000);
    QTRY_VERIFY_WITH_TIMEOUT((bench->pump(), bench->deliverer->part().created > 0), 30'000);
    QVERIFY(m_server.kill9());
    QTRY_VERIFY_WITH_TIMEOUT((bench->pump(), bench->isOpen("elastic.unreached")), 60'000);
    QVERIFY2(m_server.start(), qPrintable(m_server.why()));
    DELIVER(*bench, 60'000);
    QCOMPARE(bench->ledger().indexed(), 6000U);
    QCOMPARE(idsIn("killed"), std::set<std::string>(bench->ids.begin(), bench->ids.end()));
}

void TestElasticsearch::survivesAPause() {
    const auto bench = benchOn(m_server.url(), "paused");
    bench->tuning.output.timeout = Milliseconds(1000);
    DELIVER(*bench, 20'000);
    QVERIFY(m_server.pause());
    bench->addBatch(300);
    QTRY_VERIFY_WITH_TIMEOUT((bench->pump(), bench->isOpen("elastic.unreached")), 60'000);
    QVERIFY(m_server.resume());
    bench->tuning.output.timeout = Milliseconds(60'000);
    DELIVER(*bench, 60'000);
    QCOMPARE(bench->ledger().indexed(), 300U);
    QCOMPARE(idsIn("paused").size(), 300U);
}

void TestElasticsearch::saysThatAWebServerIsNoElasticsearch() {
    QTcpServer web;
    QVERIFY(web.listen(QHostAddress::LocalHost));
    connect(&web, &QTcpServer::newConnection, &web, [&] {
        QTcpSocket* socket = web.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [socket] {
            if (!socket->readAll().endsWith("\r\n\r\n")) return;
            socket->write("HTTP/1.1 200 OK\r\nServer: shop\r\nContent-Length: 33\r\n\r\n<html><title>A shop</title></html>");
        });
    });
    const std::string url = "http://127.0.0.1:" + std::to_string(web.serverPort());
    const auto bench = benchOn(url, "web");
    bench->addBatch(10);
    QTRY_VERIFY_WITH_TIMEOUT((bench->pump(), bench->isOpen("elastic.identity")), 10'000);
    QCOMPARE(bench->deliverer->part().stage.problems.front().sentence, url + " answers, but is no Elasticsearch (a web server: A shop)");
    QCOMPARE(bench->deliverer->part().stage.detail, std::string("Not connected: 1 batch waits on disk"));
}

void TestElasticsearch::getsThroughTightIndexingPressure() {
    QVERIFY(m_server.kill9());
    QVERIFY2(m_server.start({"indexing_pressure.memory.limit=64kb"}), qPrintable(m_server.why()));
    const auto bench = benchOn(m_server.url(), "tight");
    bench->addBatch(2000);
    DELIVER(*bench, 120'000);
    QCOMPARE(bench->ledger().indexed(), 2000U);
    QVERIFY(bench->deliverer->part().retries > 0);
    QCOMPARE(idsIn("tight").size(), 2000U);
}

void TestElasticsearch::retriesOnlyWhatAFullQueueRefused() {
    QVERIFY(m_server.kill9());
    QVERIFY2(m_server.start({"thread_pool.write.size=1", "thread_pool.write.queue_size=1"}), qPrintable(m_server.why()));
    // One request becomes one task for each shard: one runs, one waits, the others are refused.
    put("/busy-access-2025.10.10", R"({"settings":{"number_of_shards":4,"number_of_replicas":0}})");
    RefusedItems refused;
    const auto make = [&](const std::string& to) { return std::make_unique<CountingTransport>(makeQtTransport(to, {}, "s"), refused); };
    std::vector<std::unique_ptr<DeliveryBench>> benches;
    std::set<std::string> ids;
    for (const char* stream : {"aaaaaaaa", "bbbbbbbb"}) {
        auto& bench = *benches.emplace_back(std::make_unique<DeliveryBench>(stream, m_server.url(), "busy", make));
        bench.useSystemClock();
        bench.addBatch(1000);
        ids.insert(bench.ids.begin(), bench.ids.end());
    }
    const auto allDone = [&] {
        bool done = true;
        for (const auto& bench : benches) done = (bench->pump(), bench->deliverer->idle()) && done;
        return done;
    };
    QTRY_VERIFY_WITH_TIMEOUT(allDone(), 200'000);
    QVERIFY2(refused.inPart > 0, "no answer took a part and refused the rest");
    for (const auto& bench : benches) {
        const Ledger ledger = bench->ledger();
        QCOMPARE(ledger.created, 1000U); // what was refused with 429 was not done: no duplicate either
        QCOMPARE(ledger.duplicate + ledger.rejected + ledger.abandoned + ledger.undelivered, 0U);
        QVERIFY(bench->deliverer->part().retries > 0);
    }
    QCOMPARE(idsIn("busy"), ids);
}

} // namespace sg

QTEST_GUILESS_MAIN(sg::TestElasticsearch)
#include "tst_elasticsearch.moc"
