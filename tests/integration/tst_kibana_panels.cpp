// Every panel of the dashboards as the search that Kibana would send, over documents that the pipeline has put into a real Elasticsearch.
#include "tests/servers/elasticsearch_server.h"
#include "tests/support/cli.h"
#include "tests/support/kibana_bundle.h"
#include "tests/support/mmdb_writer.h"

#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <tuple>
#include <vector>

using namespace sg;
using namespace sg::test;

namespace {

const char* const kBundles[] = {"streamgauge-7.17-8.8.ndjson", "streamgauge-8.9-9.ndjson"};
constexpr int kLines = 40'000;

QList<QJsonObject> bundle(const char* name) {
    QFile file(QStringLiteral(SG_SOURCE_DIR "/resources/kibana/") + name);
    return file.open(QIODevice::ReadOnly) ? objectsOf(file.readAll()) : QList<QJsonObject>();
}

QJsonArray aggsOf(const QJsonObject& visualization) { return inner(visualization["attributes"].toObject(), "visState")["aggs"].toArray(); }

/// The buckets of an aggregation by their keys, whether they have come as a list or by name.
QMap<QString, QJsonObject> bucketsOf(const QJsonObject& answer, const QString& id) {
    QMap<QString, QJsonObject> found;
    const QJsonValue buckets = answer[id]["buckets"];
    for (const QJsonValue each : buckets.toArray()) found[each["key"].toVariant().toString()] = each.toObject();
    const QJsonObject named = buckets.toObject();
    for (const QString& key : named.keys()) found[key] = named[key].toObject();
    return found;
}

qint64 sumOf(const QMap<QString, QJsonObject>& buckets) {
    qint64 sum = 0;
    for (const QJsonObject& each : buckets) sum += each["doc_count"].toInteger();
    return sum;
}

} // namespace

class TestKibanaPanels : public QObject {
    Q_OBJECT

    ElasticsearchServer m_server{ServerChoice::fromEnvironment()};
    QTemporaryDir m_folder;
    QJsonObject m_report;
    std::vector<double> m_durations;
    qint64 m_indexed = 0;

    static void eachObject(const QString& type) {
        QTest::addColumn<QJsonObject>("object");
        for (const char* name : kBundles)
            for (const QJsonObject& object : bundle(name))
                if (object["type"].toString() == type && (type != "visualization" || !aggsOf(object).isEmpty()))
                    QTest::addRow("%s in %s", qPrintable(object["id"].toString()), name) << object;
    }

    /// The indices of the view that an object refers to.
    static QString indicesOf(const QJsonObject& object) {
        for (const QJsonValue each : object["references"].toArray())
            if (each["id"].toString() == "streamgauge-deadletters") return "/streamgauge-deadletters-*";
        return "/streamgauge-access-*";
    }
    QJsonObject search(const QJsonObject& body, const QString& indices = "/streamgauge-access-*") {
        const auto answer = m_server.request("POST", indices + "/_search", QJsonDocument(body).toJson());
        const QJsonObject found = QJsonDocument::fromJson(answer.body).object();
        if (answer.status != 200 || found["timed_out"].toBool() || found["_shards"]["failed"].toInt() != 0)
            QTest::qFail(answer.body.constData(), __FILE__, __LINE__);
        return found;
    }
    /// The answer to a panel of the older bundle; the newer's are the same.
    QJsonObject answerOf(const QString& panel) {
        for (const QJsonObject& object : bundle(kBundles[0]))
            if (object["id"].toString() == "streamgauge-panel-" + panel)
                return search(searchOf(object, "1m"), indicesOf(object))["aggregations"].toObject();
        QTest::qFail(qPrintable("no panel " + panel), __FILE__, __LINE__);
        return {};
    }
    qint64 statusSum(int from, int to) const {
        qint64 sum = 0;
        for (int code = from; code < to; ++code) sum += m_report["status"][QString::number(code)].toInteger();
        return sum;
    }
    QMap<QString, QJsonObject> ranked(const QString& list, const QString& key) const {
        QMap<QString, QJsonObject> found;
        for (const QJsonValue each : m_report[list].toArray()) found[each[key].toString()] = each.toObject();
        return found;
    }

    /// In milliseconds, ascending.
    void readDurations(const QString& log) {
        QFile file(log);
        QVERIFY(file.open(QIODevice::ReadOnly));
        for (const QByteArray& line : file.readAll().split('\n')) {
            const QJsonValue seconds = QJsonDocument::fromJson(line)["request_time"];
            if (seconds.isDouble()) m_durations.push_back(seconds.toDouble() * 1000);
        }
        std::sort(m_durations.begin(), m_durations.end());
    }
    double shareBelow(double ms) const {
        const auto below = std::lower_bound(m_durations.begin(), m_durations.end(), ms) - m_durations.begin();
        return static_cast<double>(below) / static_cast<double>(m_durations.size());
    }

private slots:
    void initTestCase() {
        if (!m_server.start()) {
            if (m_server.isUnreachable() && !ElasticsearchServer::isRequired())
                QSKIP(qPrintable("no real Elasticsearch: " + m_server.why()));
            QFAIL(qPrintable(m_server.why()));
        }
        const QString log = m_folder.filePath("access.log");
        const CliOutcome made =
            runCli({"generate", "--format", "json", "--rate", "max", "--seed", "11", "--count", QString::number(kLines), "--start",
                    "2026-03-20T10:00:00Z", "--status", "200=70,301=5,401=4,403=3,404=8,500=6,503=4", "--out", log});
        QVERIFY2(made.exitCode == 0, made.errors);
        readDurations(log);
        const QString data = m_folder.filePath("data"), places = m_folder.filePath("places.mmdb");
        MmdbWriter writer;
        const auto half = [](const char* code, std::uint32_t number, const char* organization) {
            return mmdb::map({{"country_code", mmdb::text(code)},
                              {"autonomous_system_number", mmdb::number(number)},
                              {"autonomous_system_organization", mmdb::text(organization)}});
        };
        writer.add("0.0.0.0/1", half("FR", 64496, "Lower Half"));
        writer.add("128.0.0.0/1", half("JP", 64497, "Upper Half"));
        QFile database(places);
        const QByteArray bytes = QByteArray::fromStdString(writer.bytes("halves"));
        QVERIFY(database.open(QIODevice::WriteOnly) && database.write(bytes) == bytes.size());
        database.close();
        const CliOutcome run = runCli({"run", "--data", data, "--import", log, "--format", "json", "--mmdb", places, "--elasticsearch",
                                       QString::fromStdString(m_server.url()), "--available-now", "--drain-timeout", "300s"});
        QVERIFY2(run.exitCode == 0, run.errors);
        m_report = readReportOf(data);
        m_indexed = m_report.value("ledger")["indexed"].toInteger();
        QVERIFY2(m_report.value("ledger")["balanced"].toBool() && m_indexed > kLines * 9 / 10, toText(m_report["ledger"].toObject()));
        static_cast<void>(m_server.request("POST", "/streamgauge-*/_refresh"));
    }

    /// What the panel shows, reason by reason, against the books.
    void compareDeadLetters(const QJsonObject& report) {
        const QJsonObject ledger = report["ledger"].toObject();
        const qint64 left = ledger["dead"].toInteger() - ledger["resolved"].toInteger();
        const QMap<QString, QJsonObject> reasons = bucketsOf(answerOf("dead-letters-by-reason"), "3");
        QCOMPARE(sumOf(reasons), left);
        qint64 overTime = 0;
        for (const QJsonObject& minute : bucketsOf(answerOf("dead-letters-over-time"), "2")) overTime += sumOf(bucketsOf(minute, "3"));
        QCOMPARE(overTime, left);
    }

    void everyPanelHasSomethingToShow_data() { eachObject("visualization"); }
    void everyPanelHasSomethingToShow() {
        QFETCH(QJsonObject, object);
        const QJsonObject found = search(searchOf(object, "1m"), indicesOf(object));
        QVERIFY(found["hits"]["total"]["value"].toInteger() > 0);
        QJsonObject level = found["aggregations"].toObject();
        for (const QJsonValue each : aggsOf(object)) {
            const QString id = each["id"].toString();
            if (each["schema"].toString() == "metric") {
                if (each["type"].toString() == "count") continue;
                const QJsonObject values = level.value(id)["values"].toObject();
                QVERIFY2(values.isEmpty() ? level.value(id)["value"].isDouble() : values.begin()->isDouble(), toText(found));
                continue;
            }
            const QMap<QString, QJsonObject> buckets = bucketsOf(level, id);
            QVERIFY2(sumOf(buckets) > 0, toText(found));
            level = *std::max_element(buckets.begin(), buckets.end(), [](const QJsonObject& a, const QJsonObject& b) {
                return a["doc_count"].toInteger() < b["doc_count"].toInteger();
            });
        }
    }

    void everySavedSearchHasLines_data() { eachObject("search"); }
    void everySavedSearchHasLines() {
        QFETCH(QJsonObject, object);
        const QJsonObject attributes = object["attributes"].toObject();
        const QJsonObject source = inner(attributes["kibanaSavedObjectMeta"].toObject(), "searchSourceJSON");
        const QJsonArray order = attributes["sort"].toArray();
        const QJsonObject sort{{order[0][0].toString(), order[0][1]}};
        const QJsonObject found = search({{"size", 1},
                                          {"query", queryOf(source["query"]["query"].toString())},
                                          {"sort", sort},
                                          {"_source", false},
                                          {"fields", attributes["columns"]}},
                                         indicesOf(object));
        const QJsonObject fields = found["hits"]["hits"][0]["fields"].toObject();
        QVERIFY2(fields.size() >= 4, toText(found));
    }

    void everyControlHasChoices_data() {
        QTest::addColumn<QString>("field");
        for (const QJsonObject& object : bundle(kBundles[0]))
            for (const QJsonValue each : inner(object["attributes"].toObject(), "visState").value("params")["controls"].toArray())
                QTest::newRow(qPrintable(each["label"].toString())) << each["fieldName"].toString();
    }
    void everyControlHasChoices() {
        QFETCH(QString, field);
        const QJsonObject found =
            search({{"size", 0}, {"aggs", QJsonObject{{"1", QJsonObject{{"terms", QJsonObject{{"field", field}}}}}}}});
        QVERIFY2(!bucketsOf(found["aggregations"].toObject(), "1").isEmpty(), toText(found));
    }

    void everyDocumentIsInEachOverTimeAndInThePipeline_data() {
        QTest::addColumn<QString>("panel");
        QTest::addColumn<QString>("bucket");
        QTest::newRow("requests") << "requests-over-time"
                                  << "2";
        QTest::newRow("event time") << "by-event-time"
                                    << "2";
        QTest::newRow("arrival") << "by-arrival"
                                 << "2";
        QTest::newRow("event time against arrival") << "time-against-arrival"
                                                    << "4";
        QTest::newRow("batches") << "batches"
                                 << "5";
        QTest::newRow("log files") << "sources"
                                   << "2";
        QTest::newRow("methods") << "methods"
                                 << "2";
        QTest::newRow("people and bots") << "bots-over-time"
                                         << "2";
    }
    void everyDocumentIsInEachOverTimeAndInThePipeline() {
        QFETCH(QString, panel);
        QFETCH(QString, bucket);
        QCOMPARE(sumOf(bucketsOf(answerOf(panel), bucket)), m_indexed);
    }

    void statusIsTheStores() {
        const QMap<QString, QJsonObject> classes = bucketsOf(answerOf("status-classes"), "2");
        QCOMPARE(classes["2xx"]["doc_count"].toInteger(), statusSum(200, 300));
        QCOMPARE(classes["3xx"]["doc_count"].toInteger(), statusSum(300, 400));
        QCOMPARE(classes["4xx"]["doc_count"].toInteger(), statusSum(400, 500));
        QCOMPARE(classes["5xx"]["doc_count"].toInteger(), statusSum(500, 600));
        QCOMPARE(sumOf(classes), m_indexed);
        QVERIFY(classes["4xx"]["doc_count"].toInteger() > 1000);
        QMap<QString, qint64> codes, areas;
        for (const QJsonObject& minute : bucketsOf(answerOf("errors-over-time"), "2"))
            for (const auto& [code, each] : bucketsOf(minute, "3").toStdMap()) codes[code] += each["doc_count"].toInteger();
        for (const QString& code : codes.keys()) QCOMPARE(codes[code], m_report["status"][code].toInteger());
        QCOMPARE(codes.size(), 5);
        for (const QJsonObject& minute : bucketsOf(answerOf("status-over-time"), "2"))
            for (const auto& [name, each] : bucketsOf(minute, "3").toStdMap()) areas[name] += each["doc_count"].toInteger();
        for (const QString& name : classes.keys()) QCOMPARE(areas[name], classes[name]["doc_count"].toInteger());
    }

    void rankedListsAreTheStores_data() {
        QTest::addColumn<QString>("panel");
        QTest::addColumn<QString>("bucket");
        QTest::addColumn<QString>("list");
        QTest::addColumn<QString>("key");
        const auto row = [](const char* phrase, const char* panel, const char* bucket, const char* list, const char* key) {
            QTest::newRow(phrase) << QString(panel) << QString(bucket) << QString(list) << QString(key);
        };
        row("top URLs", "top-urls", "2", "urls", "url");
        row("methods", "methods", "2", "methods", "method");
        row("hosts", "hosts", "3", "hosts", "host");
        row("user agents", "agents", "2", "agents", "agent");
    }
    void rankedListsAreTheStores() {
        QFETCH(QString, panel);
        QFETCH(QString, bucket);
        QFETCH(QString, list);
        QFETCH(QString, key);
        const QMap<QString, QJsonObject> stored = ranked(list, key);
        const QMap<QString, QJsonObject> shown = bucketsOf(answerOf(panel), bucket);
        QVERIFY(!shown.isEmpty());
        for (const auto& [name, each] : shown.toStdMap()) {
            QVERIFY2(each["doc_count"].toInteger() == stored[name]["count"].toInteger(), qPrintable(name));
            if (panel == "hosts") QCOMPARE(each["2"]["value"].toInteger(), stored[name]["bytes"].toInteger());
        }
    }

    void errorsByUrlAreTheStores() {
        const QMap<QString, QJsonObject> stored = ranked("urls", "url");
        qint64 compared = 0;
        const QJsonObject errors = answerOf("errors-by-url");
        const QJsonObject refused = answerOf("refused-pages");
        const QMap<QString, QJsonObject> pages = bucketsOf(refused, "3");
        for (const auto& [url, each] : bucketsOf(errors, "2").toStdMap()) {
            if (!pages.contains(url) || !stored.contains(url)) continue;
            ++compared;
            QCOMPARE(each["doc_count"].toInteger() + pages[url]["doc_count"].toInteger(), stored[url]["errors"].toInteger());
        }
        QVERIFY(compared > 3);
    }

    void figuresAreTheStores() {
        const QJsonObject figures = answerOf("figures");
        QCOMPARE(figures["3"]["value"].toInteger(), m_report["bytes"].toInteger());
        qint64 bytes = 0, bots = 0;
        for (const QJsonObject& minute : bucketsOf(answerOf("bytes-over-time"), "2")) bytes += minute["1"]["value"].toInteger();
        QCOMPARE(bytes, m_report["bytes"].toInteger());
        for (const QJsonObject& minute : bucketsOf(answerOf("bots-over-time"), "2"))
            bots += bucketsOf(minute, "3").value("Bots").value("doc_count").toInteger();
        QCOMPARE(bots, m_report["bots"].toInteger());
        QVERIFY(bots > 0);
        QCOMPARE(answerOf("pipeline-figures").value("2")["value"].toInteger(), m_report["batches"].toInteger());
        // Both sides estimate percentiles, and the log knows milliseconds: what is compared is where a value stands among the durations.
        const QJsonObject durations = answerOf("duration-figures").value("1")["values"].toObject();
        for (const auto& [ours, theirs, share] :
             {std::tuple("p50", "50.0", 0.50), std::tuple("p95", "95.0", 0.95), std::tuple("p99", "99.0", 0.99)}) {
            const double stored = m_report["response_ms"][QString(ours)].toDouble();
            const double shown = durations[theirs].toDouble() / 1e6;
            for (const double value : {stored, shown}) {
                const double slack = (1 - share) * 0.1;
                QVERIFY2(shareBelow(value - 1) - slack < share && share < shareBelow(value + 1) + slack, toText(durations));
            }
        }
    }

    void deadLettersAreTheStoresAlsoAfterARetry() {
        QVERIFY2(m_report["ledger"].toObject()["dead"].toInteger() > 0, toText(m_report["ledger"].toObject()));
        compareDeadLetters(m_report);
        const auto before = search({{"size", 1000}, {"_source", false}}, "/streamgauge-deadletters-*")["hits"].toObject()["hits"].toArray();
        const CliOutcome retried = runCli({"retry", "--data", m_folder.filePath("data"), "--elasticsearch",
                                           QString::fromStdString(m_server.url()), "--drain-timeout", "60s"});
        QVERIFY2(retried.exitCode == 0, retried.errors);
        static_cast<void>(m_server.request("POST", "/streamgauge-*/_refresh"));
        const QJsonObject after = readReportOf(m_folder.filePath("data"));
        QVERIFY2(after.value("ledger")["balanced"].toBool(), toText(after["ledger"].toObject()));
        QCOMPARE(after.value("ledger")["resolved"].toInteger(), m_report.value("ledger")["dead"].toInteger());
        compareDeadLetters(after);
        // Those that are dead again are other documents: the old ones are gone.
        QSet<QString> gone;
        for (const QJsonValue hit : before) gone.insert(hit["_id"].toString());
        QCOMPARE(gone.size(), m_report.value("ledger")["dead"].toInteger());
        for (const QJsonValue hit :
             search({{"size", 1000}, {"_source", false}}, "/streamgauge-deadletters-*")["hits"].toObject()["hits"].toArray())
            QVERIFY(!gone.contains(hit["_id"].toString()));
    }
};

QTEST_GUILESS_MAIN(TestKibanaPanels)
#include "tst_kibana_panels.moc"
