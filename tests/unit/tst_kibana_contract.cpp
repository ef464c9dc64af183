// Contract test: no Kibana can be had here. A receiver of the test's own plays what Kibana and OpenSearch Dashboards are documented to
// answer, and looks at what is sent to them.
#include "core/pipeline/kibana_client.h"
#include "tests/support/http_receiver.h"
#include "tests/support/kibana_bundle.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QTest>

#include <optional>

using namespace sg;
using sg::test::HttpReceiver;

namespace {

QByteArray http(int status, const QByteArray& body, const QByteArray& headers = {}) {
    return "HTTP/1.1 " + QByteArray::number(status) + " As It Is\r\n" + headers + "Content-Length: " + QByteArray::number(body.size()) +
           "\r\n\r\n" + body;
}

const QByteArray kStatus7 = R"({"name":"k","version":{"number":"7.17.29"},"status":{"overall":{"state":"green","title":"Green"}}})";
const QByteArray kStatus88 = R"({"version":{"number":"8.8.2"},"status":{"overall":{"level":"available"}}})";
const QByteArray kStatus89 = R"({"version":{"number":"8.9.0"},"status":{"overall":{"level":"available"}}})";
const QByteArray kStatus9 = R"({"version":{"number":"9.2.0"},"status":{"overall":{"level":"degraded"}}})";
const QByteArray kDashboards2 = R"({"version":{"number":"2.19.1"},"status":{"overall":{"state":"yellow"}}})";
const QByteArray kStranger = R"({"status":{"overall":{"level":"available"}}})";
const QByteArray kMissing =
    R"({"statusCode":400,"error":"Bad Request","message":"Error fetching objects to export","attributes":)"
    R"({"objects":[{"id":"streamgauge-overview","type":"dashboard","error":{"statusCode":404,"error":"Not Found"}}]}})";
const QByteArray kImported = R"({"success":true,"successCount":48,"warnings":[]})";
const QByteArray kConflict = R"({"success":false,"successCount":47,"errors":[{"id":"streamgauge-overview","type":"dashboard",)"
                             R"("error":{"type":"conflict","destinationId":"x"}}]})";
const QByteArray kNoReference = R"({"success":false,"successCount":0,"errors":[{"id":"streamgauge-errors","type":"dashboard",)"
                                R"("error":{"type":"missing_references","references":[{"type":"index-pattern","id":"gone"}]}},)"
                                R"({"id":"b","type":"search","error":{"type":"unknown"}}]})";
const QByteArray kNewerShape =
    R"({"statusCode":422,"error":"Unprocessable Entity","message":"Document belongs to a more recent version of Kibana"})";
const QByteArray kForbidden = R"({"statusCode":403,"error":"Forbidden","message":"Unable to bulk_create dashboard"})";
const QByteArray kStarting = "Kibana server is not ready yet";

/// What an export of the Overview of that version answers.
QByteArray exported(const QByteArray& about) {
    return R"({"attributes":{"description":")" + about + R"("},"id":"streamgauge-overview","type":"dashboard"})" + "\n";
}

struct Play {
    const char* phrase;
    QByteArray status; ///< the answer to GET /api/status, whole
    QByteArray answer; ///< the answer to the request after it
    ErrorCode code;
    const char* sentence; ///< a part of it
};
const Play kImportPlays[] = {
    {"conflict", http(200, kStatus7), http(200, kConflict), ErrorCode::Refused,
     "imported 47 objects and left out 1: dashboard streamgauge-overview (conflict"},
    {"a reference is missing", http(200, kStatus7), http(200, kNoReference), ErrorCode::Refused,
     "left out 2: dashboard streamgauge-errors (missing_references gone) and others."},
    {"success:false without errors", http(200, kStatus7), http(200, R"({"success":false,"successCount":3})"), ErrorCode::Refused,
     "without saying why"},
    {"success with errors", http(200, kStatus7), http(200, R"({"success":true,"successCount":1,"errors":[{"id":"a","type":"search"}]})"),
     ErrorCode::Refused, "left out 1: search a"},
    {"of a later version", http(200, kStatus7), http(422, kNewerShape), ErrorCode::Refused, "belongs to a more recent version"},
    {"401", http(200, kStatus7), http(401, "{}"), ErrorCode::PermissionDenied, "does not accept the credentials"},
    {"401 at once", http(401, "{}"), "", ErrorCode::PermissionDenied, "STREAMGAUGE_ES_API_KEY"},
    {"403", http(200, kStatus7), http(403, kForbidden), ErrorCode::PermissionDenied, "Unable to bulk_create dashboard"},
    {"a stranger is told nothing", http(200, kStranger), "", ErrorCode::PermissionDenied, "does not tell a stranger its version"},
    {"503 while it starts", http(503, kStarting), "", ErrorCode::Unavailable, "is not ready yet"},
    {"503 in between", http(200, kStatus7), http(503, kStarting), ErrorCode::Unavailable, "is not ready yet"},
    {"unavailable", http(200, R"({"version":{"number":"8.19.0"},"status":{"overall":{"level":"unavailable"}}})"), "",
     ErrorCode::Unavailable, "is not ready (unavailable)"},
    {"redirect to the login", http(302, "", "Location: /login?next=%2F\r\n"), "", ErrorCode::PermissionDenied, "asks for a login"},
    {"redirect to a base path", http(302, "", "Location: /analytics\r\n"), "", ErrorCode::Refused,
     "leads on to /analytics. Give the address"},
    {"no such space", http(404, R"({"statusCode":404,"error":"Not Found","message":"Not Found"})"), "", ErrorCode::Refused,
     "base path and the space"},
    {"too large", http(200, kStatus7), http(413, "{}"), ErrorCode::Refused, "savedObjects.maxImportPayloadBytes"},
    {"half an answer", http(200, kStatus7), "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{", ErrorCode::Unavailable,
     "does not answer"},
    {"an Elasticsearch", http(200, R"({"cluster_name":"es","tagline":"You Know, for Search"})"), "", ErrorCode::Refused, "is no Kibana"},
    {"a web page", http(200, "<html>"), "", ErrorCode::Refused, "is no Kibana"},
    {"too old", http(200, R"({"version":{"number":"7.16.3"},"status":{"overall":{"state":"green"}}})"), "", ErrorCode::Refused,
     "Kibana 7.16.3, which is too old"},
};

struct Look {
    const char* phrase;
    QByteArray status;
    QByteArray answer;
    const char* product;
    KibanaState::Dashboards dashboards;
};
const Look kLooks[] = {
    {"none", kStatus7, http(400, kMissing), "Kibana 7.17.29", KibanaState::Dashboards::Missing},
    {"ours", kStatus89, http(200, exported("All. Dashboards of Streamgauge, version " + QByteArray::number(kibanaDashboardsVersion()) + '.')), "Kibana 8.9.0",
     KibanaState::Dashboards::Current},
    {"later than ours", kStatus9, http(200, exported("All. Dashboards of Streamgauge, version 99.")), "Kibana 9.2.0",
     KibanaState::Dashboards::Newer},
    {"of no version", kDashboards2, http(200, exported("mine")), "OpenSearch Dashboards 2.19.1", KibanaState::Dashboards::Older},
};

struct Fit {
    const char* phrase;
    QByteArray status;
    bool newShape;
};
const Fit kFits[] = {{"7.17", kStatus7, false},
                     {"8.8", kStatus88, false},
                     {"8.9", kStatus89, true},
                     {"9.2", kStatus9, true},
                     {"OpenSearch Dashboards", kDashboards2, false}};

QByteArray fileOf(const char* name) {
    QFile file(QStringLiteral(SG_SOURCE_DIR "/resources/kibana/") + name);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QByteArray bodyOf(const QByteArray& request) { return request.mid(request.indexOf("\r\n\r\n") + 4); }

/// The one file in a multipart body that is closed as it should be.
QByteArray uploadOf(const QByteArray& request) {
    const auto at = request.indexOf("boundary=");
    const QByteArray boundary = "--" + request.mid(at + 9, request.indexOf('\r', at) - at - 9);
    const QByteArray body = bodyOf(request);
    const QByteArray head = boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"streamgauge.ndjson\"\r\n"
                                       "Content-Type: application/ndjson\r\n\r\n";
    const QByteArray tail = "\r\n" + boundary + "--\r\n";
    if (!body.startsWith(head) || !body.endsWith(tail) || body.count(boundary) != 2) return {};
    return body.mid(head.size(), body.size() - head.size() - tail.size());
}

template <class T, class Begin> Result<T> wait(const Begin& begin) {
    std::optional<Result<T>> result;
    begin([&](Result<T> answer) { result = std::move(answer); });
    if (result || !QTest::qWaitFor([&] { return result.has_value(); }, 20'000)) qFatal("no answer, or before the call returned");
    return std::move(*result);
}

Result<int> importBy(KibanaClient& client) {
    return wait<int>([&](auto answer) { client.import(answer); });
}
Result<KibanaState> checkBy(KibanaClient& client) {
    return wait<KibanaState>([&](auto answer) { client.check(answer); });
}

/// Answers the status, then everything else.
void play(HttpReceiver& server, const QByteArray& status, const QByteArray& answer) {
    server.answer = [=](const QByteArray& request) { return request.startsWith("GET ") ? status : answer; };
}

} // namespace

class TestKibanaContract : public QObject {
    Q_OBJECT
private slots:
    void importsAsKibanaWantsIt() {
        HttpReceiver server;
        play(server, http(200, kStatus7), http(200, kImported));
        Credentials credentials;
        credentials.user = "ann";
        credentials.password = "s3cret";
        KibanaClient client({server.url() + "/analytics", "shop", "streamgauge"}, credentials);
        const auto imported = importBy(client);
        QVERIFY2(imported.has_value(), imported ? "" : imported.error().message.c_str());
        QCOMPARE(*imported, 48);
        QCOMPARE(server.requests.size(), 2);
        QVERIFY(server.requests[0].startsWith("GET /analytics/s/shop/api/status HTTP/1.1\r\n"));
        const QByteArray request = server.requests[1];
        QVERIFY(request.startsWith("POST /analytics/s/shop/api/saved_objects/_import?overwrite=true HTTP/1.1\r\n"));
        const QByteArray head = request.left(request.indexOf("\r\n\r\n") + 2);
        QVERIFY2(head.contains("\r\nkbn-xsrf: true\r\n"), head);
        QVERIFY2(head.contains("\r\nosd-xsrf: true\r\n"), head);
        QVERIFY2(head.contains("\r\nContent-Type: multipart/form-data; boundary="), head);
        QVERIFY2(head.contains("\r\nAuthorization: Basic " + QByteArray("ann:s3cret").toBase64() + "\r\n"), head);
        QVERIFY(uploadOf(request) == fileOf("streamgauge-7.17-8.8.ndjson"));
    }

    void takesTheBundleThatFits_data() {
        QTest::addColumn<QByteArray>("status");
        QTest::addColumn<QByteArray>("bundle");
        for (const Fit& fit : kFits)
            QTest::newRow(fit.phrase) << fit.status << fileOf(fit.newShape ? "streamgauge-8.9-9.ndjson" : "streamgauge-7.17-8.8.ndjson");
    }
    void takesTheBundleThatFits() {
        QFETCH(QByteArray, status);
        QFETCH(QByteArray, bundle);
        HttpReceiver server;
        play(server, http(200, status), http(200, kImported));
        KibanaClient client({server.url(), "", "streamgauge"}, {});
        QVERIFY(importBy(client).has_value());
        QVERIFY(!bundle.isEmpty());
        QVERIFY(uploadOf(server.requests.value(1)) == bundle);
        QVERIFY(!server.requests.value(1).contains("Authorization"));
    }

    void anotherPrefixHasDashboardsOfItsOwn() {
        HttpReceiver server;
        play(server, http(200, kStatus9), http(200, kImported));
        KibanaClient client({server.url(), "", "shop-7"}, {});
        QVERIFY(importBy(client).has_value());
        const QByteArray upload = uploadOf(server.requests.value(1));
        QVERIFY(!upload.contains("streamgauge-"));
        const QList<QJsonObject> objects = test::objectsOf(upload);
        QCOMPARE(objects.size(), test::objectsOf(fileOf("streamgauge-8.9-9.ndjson")).size());
        QCOMPARE(objects[0]["attributes"]["title"].toString(), QString("shop-7-access-*"));
        QSet<QString> ids;
        for (const QJsonObject& object : objects) ids << object["id"].toString();
        for (const QJsonObject& object : objects)
            for (const QJsonValue each : object["references"].toArray()) QVERIFY(ids.contains(each["id"].toString()));
        QVERIFY(upload.contains("streamgauge.batch")); // a field keeps its name
    }

    void saysWhyAnImportFailed_data() {
        QTest::addColumn<QByteArray>("status");
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("sentence");
        for (const Play& each : kImportPlays)
            QTest::newRow(each.phrase) << each.status << each.answer << int(each.code) << QString(each.sentence);
    }
    void saysWhyAnImportFailed() {
        QFETCH(QByteArray, status);
        QFETCH(QByteArray, answer);
        QFETCH(int, code);
        QFETCH(QString, sentence);
        HttpReceiver server;
        play(server, status, answer);
        KibanaClient client({server.url(), "", "streamgauge"}, {},
                            answer.contains("Content-Length: 100") ? Milliseconds(200) : Milliseconds(10'000));
        const auto imported = importBy(client);
        QVERIFY(!imported.has_value());
        const QString message = QString::fromStdString(imported.error().message);
        QVERIFY2(message.contains(sentence), qPrintable(message));
        QVERIFY2(message.contains(QString::fromStdString(server.url())), qPrintable(message));
        QCOMPARE(int(imported.error().code), code);
    }

    void aSlowOneIsNotWaitedForForEver() {
        HttpReceiver server;
        server.answer = [](const QByteArray&) { return QByteArray(); };
        KibanaClient client({server.url(), "", "streamgauge"}, {}, Milliseconds(50));
        const auto imported = importBy(client);
        QVERIFY(!imported.has_value());
        QCOMPARE(imported.error().code, ErrorCode::Unavailable);
        QVERIFY(imported.error().message.find("no answer in time") != std::string::npos);
    }

    void nobodyThereIsSaid() {
        HttpReceiver server;
        const std::string url = server.url();
        server.close();
        KibanaClient client({url, "", "streamgauge"}, {});
        const auto checked = checkBy(client);
        QVERIFY(!checked.has_value());
        QCOMPARE(checked.error().code, ErrorCode::Unavailable);
        QVERIFY2(checked.error().message.find("does not answer") != std::string::npos, checked.error().message.c_str());
    }

    void aKeyIsNotSentOverPlainHttpToAnotherHost() {
        Credentials credentials;
        credentials.apiKey = "a2V5";
        KibanaClient client({"http://kibana.example:5601", "", "streamgauge"}, credentials);
        const auto checked = checkBy(client);
        QVERIFY(!checked.has_value());
        QVERIFY2(checked.error().message.find("use https") != std::string::npos, checked.error().message.c_str());
    }

    void findsWhatIsThere_data() {
        QTest::addColumn<QByteArray>("status");
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QString>("product");
        QTest::addColumn<int>("dashboards");
        for (const Look& each : kLooks)
            QTest::newRow(each.phrase) << each.status << each.answer << QString(each.product) << int(each.dashboards);
    }
    void findsWhatIsThere() {
        QFETCH(QByteArray, status);
        QFETCH(QByteArray, answer);
        QFETCH(QString, product);
        QFETCH(int, dashboards);
        HttpReceiver server;
        play(server, http(200, status), answer);
        KibanaClient client({server.url(), "", "streamgauge"}, {});
        const auto checked = checkBy(client);
        QVERIFY2(checked.has_value(), checked ? "" : checked.error().message.c_str());
        QCOMPARE(QString::fromStdString(checked->product), product);
        QCOMPARE(int(checked->dashboards), dashboards);
        const QByteArray request = server.requests.value(1);
        QVERIFY(request.startsWith("POST /api/saved_objects/_export HTTP/1.1\r\n"));
        QVERIFY(request.contains("\r\nkbn-xsrf: true\r\n"));
        QCOMPARE(QJsonDocument::fromJson(bodyOf(request))["objects"][0]["id"].toString(), QString("streamgauge-overview"));
    }

    void refusesAPlace_data() {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("space");
        QTest::addColumn<QString>("prefix");
        QTest::addColumn<QString>("complaint");
        QTest::newRow("right") << "https://k.example/base"
                               << "shop-1"
                               << "streamgauge"
                               << "";
        QTest::newRow("no address") << ""
                                    << ""
                                    << "streamgauge"
                                    << "is empty";
        QTest::newRow("a password in it") << "http://ann:s3cret@k"
                                          << ""
                                          << "streamgauge"
                                          << "carries a user or password";
        QTest::newRow("a space that is a path") << "http://k"
                                                << "a/b"
                                                << "streamgauge"
                                                << "has only a-z";
        QTest::newRow("a prefix that is none") << "http://k"
                                               << ""
                                               << "Shop*"
                                               << "the index prefix";
    }
    void refusesAPlace() {
        QFETCH(QString, url);
        QFETCH(QString, space);
        QFETCH(QString, prefix);
        QFETCH(QString, complaint);
        const QString said = QString::fromStdString(checkKibanaPlace({url.toStdString(), space.toStdString(), prefix.toStdString()}));
        QVERIFY2(complaint.isEmpty() ? said.isEmpty() : said.contains(complaint), qPrintable(said));
        QVERIFY(!said.contains("s3cret"));
    }

    void opensTheOverviewAtATime() {
        QCOMPARE(kibanaOverviewUrl({"http://k:5601/base/", "shop", "streamgauge"}, {900, {}, {}}),
                 std::string("http://k:5601/base/s/shop/app/dashboards#/view/streamgauge-overview"
                             "?_g=(refreshInterval:(pause:!f,value:5000),time:(from:now-900s,to:now))"));
        QCOMPARE(
            kibanaOverviewUrl({"http://k:5601", "", "x"}, {0, Timestamp{1'700'000'000'000'000'000}, Timestamp{1'700'000'060'000'000'000}}),
            std::string("http://k:5601/app/dashboards#/view/x-overview?_g=(refreshInterval:(pause:!t,value:0),"
                        "time:(from:'2023-11-14T22:13:20.000Z',to:'2023-11-14T22:14:20.000Z'))"));
    }

    void theCommandLineChecksImportsAndOpens() {
        HttpReceiver server;
        QByteArray there = http(400, kMissing);
        server.answer = [&](const QByteArray& request) {
            if (request.startsWith("GET ")) return http(200, kStatus7);
            return request.contains("/_import") ? http(200, kImported) : there;
        };
        const auto run = [&](QStringList arguments) {
            QProcess process;
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert("STREAMGAUGE_KIBANA_URL", QString::fromStdString(server.url()));
            environment.insert("STREAMGAUGE_ES_USER", "ann");
            environment.insert("STREAMGAUGE_ES_PASSWORD", "s3cret");
            process.setProcessEnvironment(environment);
            process.start(QStringLiteral(SG_CLI), QStringList{"kibana"} + arguments);
            if (!QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 20'000)) qFatal("does not end");
            return QString::number(process.exitCode()) + ' ' + process.readAllStandardOutput() + process.readAllStandardError();
        };
        QVERIFY2(run({"check"}).startsWith("3 Kibana 7.17.29 at http://127.0.0.1:"), qPrintable(run({"check"})));
        QVERIFY(run({"open", "--print"}).startsWith("3 "));
        QVERIFY2(run({"import"}).startsWith("0 48 objects are in Kibana at"), qPrintable(run({"import"})));
        QVERIFY(server.requests.back().contains("\r\nAuthorization: Basic " + QByteArray("ann:s3cret").toBase64() + "\r\n"));
        there = http(200, exported("All. Dashboards of Streamgauge, version " + QByteArray::number(kibanaDashboardsVersion()) + '.'));
        QVERIFY2(run({"check"}).startsWith("0 "), qPrintable(run({"check"})));
        QVERIFY(run({"open", "--print", "--last", "1h"})
                    .contains("/app/dashboards#/view/"
                              "streamgauge-overview?_g=(refreshInterval:(pause:!f,value:5000),time:(from:now-3600s,to:now))\n"));
        server.answer = [&](const QByteArray&) { return http(401, "{}"); };
        const QString refused = run({"check"});
        QVERIFY2(refused.startsWith("1 ") && !refused.contains("s3cret"), qPrintable(refused));
        QVERIFY(run({"open", "--print"}).startsWith("0 http://127.0.0.1:")); // the browser has a login of its own
        QVERIFY(run({"fetch"}).startsWith("2 "));
        QVERIFY(run({"check", "--space", "a/b"}).startsWith("2 "));
        QVERIFY(run({"check", "--kibana", "http://ann:s3cret@k"}).startsWith("2 "));
    }

    void theVersionIsTheBundles() {
        const QByteArray words = "Dashboards of Streamgauge, version " + QByteArray::number(kibanaDashboardsVersion()) + ".";
        QCOMPARE(QByteArray::fromStdString(std::string(kibanaBundle(false))).count(words), 4);
        QCOMPARE(QByteArray::fromStdString(std::string(kibanaBundle(true))).count(words), 4);
    }
};

QTEST_GUILESS_MAIN(TestKibanaContract)
#include "tst_kibana_contract.moc"
