#include "core/contract/profile_fields.h"
#include "core/elastic/bulk.h"
#include "core/elastic/index_prefix.h"
#include "core/elastic/template.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <map>
#include <random>

namespace sg {

class TestBulk : public QObject {
    Q_OBJECT
private slots:
    void writesAnActionLineAndADocument();
    void takesOneDocumentWhateverItsSize();
    void keepsOnlyWhatIsToBeSentAgain();
    void sendsTheRestOfADocumentWhoseNamesAreRefused();
    void splitsIntoTwoWholeBodies();
    void namesTheIndexByTheUtcDay_data();
    void namesTheIndexByTheUtcDay();
    void templateIsJsonWithTheFieldsInTheirObjects();
    void namesAnIndexByItsSource_data();
    void namesAnIndexByItsSource();
    void everyNameOfASourceIsOneOfAnIndex();
    void aTemplateCoversTheIndicesOfAllSources();
};

namespace {
BulkBody filled(int count) {
    BulkBody body(1U << 20U);
    for (int i = 0; i < count; ++i) {
        const std::string id = "id" + std::to_string(i);
        if (!body.add("x", id, "{\"n\":" + std::to_string(i) + "}", 0, static_cast<std::uint64_t>(i) * 10)) std::abort();
    }
    return body;
}
std::string line(int i) {
    const std::string n = std::to_string(i);
    return "{\"create\":{\"_index\":\"x\",\"_id\":\"id" + n + "\"}}\n{\"n\":" + n + "}\n";
}
} // namespace

void TestBulk::writesAnActionLineAndADocument() {
    const BulkBody body = filled(2);
    QCOMPARE(body.text(), line(0) + line(1));
    QCOMPARE(body.id(1), std::string_view("id1"));
}

void TestBulk::takesOneDocumentWhateverItsSize() {
    BulkBody body(100);
    QVERIFY(body.add("x", "a", std::string(1000, '1'), 0, 0));
    QVERIFY(!body.add("x", "b", "{}", 0, 0));
    QCOMPARE(body.size(), 1U);
    QVERIFY(body.text().ends_with('\n'));
}

void TestBulk::keepsOnlyWhatIsToBeSentAgain() {
    BulkBody body = filled(5);
    body.items()[3].maybeSent = true;
    body.keep({1, 3});
    QCOMPARE(body.text(), line(1) + line(3));
    QCOMPARE(body.id(1), std::string_view("id3"));
    QCOMPARE(body.items()[1].lineOffset, 30U);
    QVERIFY(body.items()[1].maybeSent);
    body.keep({});
    QVERIFY(body.empty());
    QVERIFY(body.text().empty());
}

void TestBulk::sendsTheRestOfADocumentWhoseNamesAreRefused() {
    BulkBody body(1U << 20U);
    const std::string labelled = R"({"n":1,"labels":{"a":"1","b":"2"},"streamgauge":{"batch":4}})", plain = R"({"n":2})";
    for (int i = 0; i < 4; ++i) QVERIFY(body.add("x", "id" + std::to_string(i), i % 2 == 0 ? labelled : plain, 0, 0));
    body.shorten({1, 2});
    QCOMPARE(body.document(0), std::string_view(labelled));
    QCOMPARE(body.document(1), std::string_view(plain));
    QCOMPARE(body.document(2), std::string_view(R"({"n":1,"streamgauge":{"labels_left_out":2,"batch":4}})"));
    QCOMPARE(body.document(3), std::string_view(plain));
    QVERIFY(body.items()[1].shortened && body.items()[2].shortened && !body.items()[3].shortened);
    for (std::size_t i = 0; i < 4; ++i) QCOMPARE(body.id(i), "id" + std::to_string(i));
    body.keep({2, 3});
    QCOMPARE(body.document(1), std::string_view(plain));
}

void TestBulk::splitsIntoTwoWholeBodies() {
    BulkBody first = filled(5);
    const BulkBody second = first.splitOff();
    QCOMPARE(first.text(), line(0) + line(1));
    QCOMPARE(second.text(), line(2) + line(3) + line(4));
    QCOMPARE(second.id(0), std::string_view("id2"));
}

void TestBulk::namesTheIndexByTheUtcDay_data() {
    QTest::addColumn<qlonglong>("seconds");
    QTest::addColumn<QString>("index");
    QTest::newRow("last second of a day") << 1'711'151'999LL << "p-access-2024.03.22";
    QTest::newRow("first second of the next") << 1'711'152'000LL << "p-access-2024.03.23";
    QTest::newRow("before 1970") << -1LL << "p-access-1969.12.31";
}

void TestBulk::namesTheIndexByTheUtcDay() {
    QFETCH(const qlonglong, seconds);
    QFETCH(const QString, index);
    QCOMPARE(QString::fromStdString(accessIndex("p", Timestamp::fromSeconds(seconds))), index);
}

void TestBulk::templateIsJsonWithTheFieldsInTheirObjects() {
    QJsonParseError error;
    std::map<std::string, QJsonObject> bodies;
    for (const ServerObject& each : indexTemplates("p", {Milliseconds(200), 3, 0, "p-retention"})) {
        bodies[each.path] = QJsonDocument::fromJson(QByteArray::fromStdString(each.body), &error).object();
        QCOMPARE(error.error, QJsonParseError::NoError);
        QCOMPARE(bodies[each.path].value("version").toInt(), kTemplateVersion);
        QCOMPARE(bodies[each.path].value("_meta")["managed_by"].toString(), QString("streamgauge"));
    }
    QCOMPARE(bodies.size(), std::size_t{6});
    const QJsonValue index = bodies["/_component_template/p-settings"].value("template")["settings"]["index"];
    QCOMPARE(index["refresh_interval"].toString(), QString("200ms"));
    QCOMPARE(index["number_of_shards"].toInt(), 3);
    QCOMPARE(index["number_of_replicas"].toInt(-1), 0);
    QCOMPARE(index["lifecycle"]["name"].toString(), QString("p-retention"));
    QCOMPARE(bodies["/_index_template/p-deadletters"].value("index_patterns")[0].toString(), QString("p-deadletters-*"));
    QVERIFY(bodies["/_index_template/p-alerts"].value("composed_of").toArray().contains(QString("p-mappings")));
    const QJsonObject fields = bodies["/_component_template/p-mappings"].value("template")["mappings"]["properties"].toObject();
    QCOMPARE(fields["http"]["properties"]["response"]["properties"]["status_code"]["type"].toString(), QString("long"));
    QCOMPARE(fields["source"]["properties"]["ip"]["type"].toString(), QString("ip"));
    QCOMPARE(fields["user_agent"]["properties"]["os"]["properties"]["name"]["type"].toString(), QString("keyword"));
}

void TestBulk::namesAnIndexByItsSource_data() {
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("name");
    const auto row = [](const char* path, const char* name) { QTest::newRow(path) << QString::fromUtf8(path) << QString(name); };
    row("/var/log/nginx/access.log", "access");
    row("/var/log/nginx/access.log.1", "access");
    row("/var/log/nginx/access.log.14.gz", "access");
    row("access.log-20240323", "access");
    row("access.log-20240323.gz", "access");
    row("access.log-20240323-1711156700", "access");
    row("access.2024-03-23.log", "access");
    row("access_2024-03-23.log.gz", "access");
    row("u_ex240323.log", "u_ex");
    row("/inetpub/logs/W3SVC1/u_ex24032318_x.log", "u_ex");
    row("shop.example.com-access.log", "shop-example-com-access");
    row("Greenhouse 4.csv", "greenhouse-4");
    row("orders.v2.ndjson.3", "orders-v2");
    row("device-42", "device-42");
    row("sensor.7", "sensor");
    row("1.log", "1");
    row("20240323.log", "20240323");
    row(".log", "log");
    row("K\xC3\xBC" "che.json", "k-che");
    row("*?\"<>|,#:", "source");
    row("", "source");
    row("/", "source");
}

void TestBulk::namesAnIndexByItsSource() {
    QFETCH(const QString, path);
    QFETCH(const QString, name);
    QCOMPARE(QString::fromStdString(sourceIndexName(path.toStdString())), name);
}

void TestBulk::everyNameOfASourceIsOneOfAnIndex() {
    std::mt19937 random(3);
    for (int i = 0; i < 20'000; ++i) {
        std::string path;
        for (auto n = random() % 90; n > 0; --n)
                path += static_cast<char>(random() % 3 == 0 ? random() : "abz019.-_/ "[random() % 11]);
        const std::string name = sourceIndexName(path);
        QVERIFY2(!name.empty() && name.size() <= 60, path.c_str());
        QCOMPARE(checkIndexPrefix("p-" + name), std::string());
        QCOMPARE(sourceIndexName(path), name);
    }
}

void TestBulk::aTemplateCoversTheIndicesOfAllSources() {
    bool found = false;
    for (const ServerObject& each : indexTemplates("p-{source}", {})) {
        if (each.path != "/_index_template/p-each-source-access") continue;
        found = true;
        const QJsonObject root = QJsonDocument::fromJson(QByteArray::fromStdString(each.body)).object();
        QCOMPARE(root["index_patterns"].toArray().at(0).toString(), QString("p-*-access-*"));
        QVERIFY(root["priority"].toInt() > 250); // the same pattern fits what the template of "p" makes
    }
    QVERIFY(found);
    QCOMPARE(accessIndex(prefixFor("p-{source}", "door"), Timestamp::fromSeconds(1'711'151'999)), std::string("p-door-access-2024.03.22"));
    QVERIFY(!checkIndexPrefix("{source}").empty());
    QVERIFY(!checkIndexPrefix("p-{source}-{source}").empty());
    QVERIFY(!checkIndexPrefix("p-{Source}").empty());
    QCOMPARE(checkIndexPrefix("p-{source}.x"), std::string());
}

} // namespace sg

QTEST_APPLESS_MAIN(sg::TestBulk)
#include "tst_bulk.moc"
