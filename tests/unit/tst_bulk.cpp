#include "core/elastic/bulk.h"
#include "core/elastic/template.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <map>

namespace sg {

class TestBulk : public QObject {
    Q_OBJECT
private slots:
    void writesAnActionLineAndADocument();
    void takesOneDocumentWhateverItsSize();
    void keepsOnlyWhatIsToBeSentAgain();
    void splitsIntoTwoWholeBodies();
    void namesTheIndexByTheUtcDay_data();
    void namesTheIndexByTheUtcDay();
    void templateIsJsonWithTheFieldsInTheirObjects();
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

} // namespace sg

QTEST_APPLESS_MAIN(sg::TestBulk)
#include "tst_bulk.moc"
