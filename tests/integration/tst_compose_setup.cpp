// What the containers of docker-compose.yaml would run, run here: the set-up job and the health checks against a real Elasticsearch, plain
// and with TLS and passwords; against a receiver of the test's own where it is Kibana, or a user or API key is made (none of them can be
// had here).
#include "core/elastic/template.h"
#include "tests/servers/elasticsearch_server.h"
#include "tests/support/http_receiver.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QScopeGuard>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>
#include <yaml-cpp/yaml.h>

using namespace sg;
using sg::test::HttpReceiver;

namespace {

const QString kRoot = QStringLiteral(SG_SOURCE_DIR);
using Environment = QMap<QString, QString>;

QByteArray http(const QByteArray& body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
}
const QByteArray kKibana = R"({"version":{"number":"7.17.29"},"status":{"overall":{"state":"green"}}})";
const QByteArray kHalfReady = R"({"status":{"overall":{"since":"x","state":"red"},"statuses":[{"id":"core","state":"green"}]}})";
const QByteArray kImported = R"({"success":true,"successCount":48})";
const QByteArray kRefused = R"({"success":false,"errors":[{"id":"a","type":"search"}]})";
const QByteArray kKey = R"({"id":"abc","name":"streamgauge","api_key":"d-e_f","encoded":"x"})";
const QByteArray kForeign = R"({"index_patterns":["foreign-access-*"],"priority":300,"_meta":{"managed_by":"someone"}})";
const QByteArray kNewer = R"({"index_patterns":["newer-access-*"],"priority":300,"version":999,"_meta":{"managed_by":"streamgauge"}})";

struct Outcome {
    int exitCode;
    QString text;
};

/// Lets the receivers answer while it runs.
Outcome run(const QString& program, const QStringList& arguments, const Environment& environment = {}) {
    QProcess process;
    QProcessEnvironment all = QProcessEnvironment::systemEnvironment();
    for (const auto& [name, value] : environment.toStdMap()) all.insert(name, value);
    process.setProcessEnvironment(all);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(program, arguments);
    if (!process.waitForStarted() || !QTest::qWaitFor([&] { return process.state() == QProcess::NotRunning; }, 180'000))
        return {-1, "does not end"};
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, QString::fromUtf8(process.readAll())};
}

Outcome setup(const QStringList& arguments, const Environment& environment) {
    return run("sh", QStringList{kRoot + "/resources/compose/setup.sh"} + arguments, environment);
}

/// The command of a service's health check, for another address.
QStringList healthCheck(const std::string& service, const QString& from, const QString& to) {
    const YAML::Node file = YAML::LoadFile((kRoot + "/docker-compose.yaml").toStdString());
    QStringList words;
    for (const auto& each : file["services"][service]["healthcheck"]["test"])
        words << QString::fromStdString(each.Scalar()).replace(from, to).replace("$$", "$");
    const QString kind = words.takeFirst();
    return kind == "CMD-SHELL" ? QStringList{"sh", "-c"} + words : words;
}

Outcome runWords(QStringList words) {
    const QString program = words.takeFirst();
    return run(program, words);
}

} // namespace

class TestComposeSetup : public QObject {
    Q_OBJECT

    ElasticsearchServer m_server;

    QString url() const { return QString::fromStdString(m_server.url()); }
    QJsonObject templateOf(const QString& prefix) const {
        return QJsonDocument::fromJson(m_server.request("GET", "/_index_template/" + prefix + "-access").body)
            .object()["index_templates"][0]["index_template"]
            .toObject();
    }

private slots:
    void initTestCase() {
        if (m_server.start()) return;
        if (m_server.isUnreachable() && !ElasticsearchServer::isRequired()) QSKIP(qPrintable("no real Elasticsearch: " + m_server.why()));
        QFAIL(qPrintable(m_server.why()));
    }

    void installsTheTemplateThatTheApplicationUses() {
        for (int time = 0; time < 2; ++time) { // again is no fault
            const Outcome outcome = setup({"install"}, {{"ELASTICSEARCH_URL", url()}});
            QVERIFY2(outcome.exitCode == 0, qPrintable(outcome.text));
        }
        const QJsonObject byJob = templateOf("streamgauge");
        QVERIFY(!byJob.isEmpty());
        const QByteArray components = m_server.request("GET", "/_component_template/streamgauge-*").body;
        for (const ServerObject& each : indexTemplates("streamgauge", {}))
            QCOMPARE(m_server.request("PUT", QString::fromStdString(each.path), QByteArray::fromStdString(each.body)).status, 200);
        QCOMPARE(templateOf("streamgauge"), byJob);
        QCOMPARE(m_server.request("GET", "/_component_template/streamgauge-*").body, components);
    }

    void anotherPrefixHasATemplateOfItsOwn() {
        QVERIFY(setup({"install"}, {{"ELASTICSEARCH_URL", url()}, {"INDEX_PREFIX", "shop-7"}}).exitCode == 0);
        QCOMPARE(templateOf("shop-7")["index_patterns"][0].toString(), QString("shop-7-access-*"));
    }

    void leavesForeignAndNewerTemplatesAlone() {
        QCOMPARE(m_server.request("PUT", "/_index_template/foreign-access", kForeign).status, 200);
        const Outcome foreign = setup({"install"}, {{"ELASTICSEARCH_URL", url()}, {"INDEX_PREFIX", "foreign"}});
        QCOMPARE(foreign.exitCode, 1);
        QVERIFY2(foreign.text.contains("not Streamgauge's"), qPrintable(foreign.text));
        QCOMPARE(templateOf("foreign")["priority"].toInt(), 300);
        QCOMPARE(m_server.request("PUT", "/_index_template/newer-access", kNewer).status, 200);
        const Outcome newer = setup({"install"}, {{"ELASTICSEARCH_URL", url()}, {"INDEX_PREFIX", "newer"}});
        QCOMPARE(newer.exitCode, 0);
        QCOMPARE(templateOf("newer")["version"].toInt(), 999);
    }

    void importsTheDashboards() {
        HttpReceiver kibana;
        kibana.answer = [](const QByteArray& request) { return http(request.startsWith("GET ") ? kKibana : kImported); };
        const Outcome outcome = setup({"install"}, {{"ELASTICSEARCH_URL", url()}, {"KIBANA_URL", QString::fromStdString(kibana.url())}});
        QVERIFY2(outcome.exitCode == 0, qPrintable(outcome.text));
        const QByteArray request = kibana.requests.value(1);
        QVERIFY(request.startsWith("POST /api/saved_objects/_import?overwrite=true HTTP/1.1\r\n"));
        QVERIFY(request.contains("\r\nkbn-xsrf: true\r\n"));
        QVERIFY(request.contains("name=\"file\"; filename=\"streamgauge.ndjson\"\r\n"));
        QFile bundle(kRoot + "/resources/kibana/streamgauge-7.17-8.8.ndjson");
        QVERIFY(bundle.open(QIODevice::ReadOnly));
        QVERIFY(request.contains("\r\n\r\n" + bundle.readAll() + "\r\n--"));
    }

    void takesTheBundleThatFits_data() {
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<QString>("bundle");
        QTest::newRow("7.17") << QByteArray("7.17.29") << "migrationVersion\":{\"dashboard\":\"7.9.3\"";
        QTest::newRow("8.8") << QByteArray("8.8.2") << "migrationVersion\":{\"dashboard\":\"7.9.3\"";
        QTest::newRow("8.19") << QByteArray("8.19.8") << "typeMigrationVersion\":\"8.9.0\"";
        QTest::newRow("9") << QByteArray("9.2.0") << "typeMigrationVersion\":\"8.9.0\"";
        QTest::newRow("10") << QByteArray("10.0.0") << "typeMigrationVersion\":\"8.9.0\"";
        QTest::newRow("OpenSearch Dashboards") << QByteArray("2.19.1") << "migrationVersion\":{\"dashboard\":\"7.9.3\"";
        QTest::newRow("too old") << QByteArray("7.16.3") << "";
    }
    void takesTheBundleThatFits() {
        QFETCH(QByteArray, version);
        QFETCH(QString, bundle);
        HttpReceiver kibana;
        kibana.answer = [&](const QByteArray& request) {
            return http(request.startsWith("GET ") ? QByteArray(kKibana).replace("7.17.29", version) : kImported);
        };
        const Outcome outcome = setup({"install"}, {{"ELASTICSEARCH_URL", url()}, {"KIBANA_URL", QString::fromStdString(kibana.url())}});
        QCOMPARE(outcome.exitCode, bundle.isEmpty() ? 1 : 0);
        QCOMPARE(kibana.requests.size(), bundle.isEmpty() ? 1 : 2);
        QVERIFY(kibana.requests.back().contains(bundle.toUtf8()));
    }

    void endsInFailureWhenKibanaLeavesSomethingOut() {
        HttpReceiver kibana;
        kibana.answer = [](const QByteArray& request) { return http(request.startsWith("GET ") ? kKibana : kRefused); };
        const Outcome outcome = setup({"install"}, {{"ELASTICSEARCH_URL", url()}, {"KIBANA_URL", QString::fromStdString(kibana.url())}});
        QCOMPARE(outcome.exitCode, 1);
        QVERIFY2(outcome.text.contains("did not import"), qPrintable(outcome.text));
    }

    void makesAnApiKey() {
        HttpReceiver server;
        server.answer = [](const QByteArray&) { return http(kKey); };
        const Outcome outcome = setup({"api-key"}, {{"ELASTICSEARCH_URL", QString::fromStdString(server.url())},
                                                    {"STREAMGAUGE_ES_USER", "elastic"},
                                                    {"STREAMGAUGE_ES_PASSWORD", "a \"q\\uote"}});
        QCOMPARE(outcome.text, QString("STREAMGAUGE_ES_API_KEY=" + QByteArray("abc:d-e_f").toBase64() + "\n"));
        const QByteArray request = server.requests.value(0);
        QVERIFY2(request.contains("\r\nAuthorization: Basic " + QByteArray("elastic:a \"q\\uote").toBase64() + "\r\n"), request);
        const QJsonDocument body = QJsonDocument::fromJson(request.mid(request.indexOf("\r\n\r\n")));
        QCOMPARE(body["role_descriptors"]["streamgauge"]["indices"][0]["names"][0].toString(), QString("streamgauge-*"));
    }

    void givesKibanaItsPassword() {
        HttpReceiver server; // the minimal distribution cannot keep users: their index needs an analysis module that it does not have
        server.answer = [](const QByteArray&) { return http("{}"); };
        Environment environment{{"ELASTICSEARCH_URL", QString::fromStdString(server.url())},
                                {"STREAMGAUGE_ES_USER", "elastic"},
                                {"STREAMGAUGE_ES_PASSWORD", "s3cret"},
                                {"KIBANA_PASSWORD", "quo\"te\\d"}};
        const Outcome outcome = setup({"kibana-password"}, environment);
        QVERIFY2(outcome.exitCode == 0, qPrintable(outcome.text));
        const QByteArray request = server.requests.value(0);
        QVERIFY2(request.startsWith("POST /_security/user/kibana_system/_password HTTP/1.1\r\n"), request);
        QCOMPARE(QJsonDocument::fromJson(request.mid(request.indexOf("\r\n\r\n")))["password"].toString(), environment["KIBANA_PASSWORD"]);
        server.answer = [](const QByteArray&) { return QByteArray("HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\n{}"); };
        QCOMPARE(setup({"kibana-password"}, environment).exitCode, 1);
    }

    void theHealthChecksTellHealth() {
        const QString here = url().remove("http://");
        for (const char* service : {"elasticsearch", "opensearch"}) {
            QVERIFY2(runWords(healthCheck(service, "localhost:9200", here)).exitCode == 0, service);
            QVERIFY2(runWords(healthCheck(service, "localhost:9200", "127.0.0.1:1")).exitCode != 0, service);
        }
        HttpReceiver kibana;
        const QString there = QString::fromStdString(kibana.url()).remove("http://");
        kibana.answer = [](const QByteArray&) { return http(kKibana); };
        for (const char* service : {"kibana", "opensearch-dashboards"})
            QVERIFY2(runWords(healthCheck(service, "localhost:5601", there)).exitCode == 0, service);
        kibana.answer = [](const QByteArray&) { return http(kHalfReady); };
        QVERIFY(runWords(healthCheck("kibana", "localhost:5601", there)).exitCode != 0);
    }

    void theSecureProfileHasCertificatesAndPasswords() {
        const QTemporaryDir folder;
        const QString script = QStringLiteral(SG_SERVER_SCRIPT);
        const bool root = ::geteuid() == 0;
        QVERIFY(run(script, {"install", folder.path()}).exitCode == 0);
        const QString home = folder.filePath("elasticsearch-7.17.29");
        const QString certificates = home + "/config/certificates";
        QVERIFY(QDir().mkdir(certificates));
        Environment environment{{"CERTUTIL", kRoot + "/tests/servers/certutil.sh"},
                                {"CERTIFICATE_HOSTS", "localhost,elasticsearch-secure"},
                                {"ELASTIC_PASSWORD", "pass \"w\\ord"},
                                {"KIBANA_PASSWORD", "quo\"te\\d-kibana"}};
        const QString java = QFileInfo(QStandardPaths::findExecutable("java")).canonicalFilePath();
        environment["ES_JAVA_HOME"] = java.section('/', 0, -3); // the images bring one along
        if (root) environment["CERTIFICATE_OWNER"] = "65534";
        const Outcome incomplete = setup({"certificates", certificates}, environment);
        QVERIFY2(incomplete.exitCode == 1 && incomplete.text.contains("KIBANA_ENCRYPTION_KEY is empty"), qPrintable(incomplete.text));
        environment["KIBANA_ENCRYPTION_KEY"] = "0123456789abcdef0123456789abcdef";
        const Outcome made = setup({"certificates", certificates}, environment);
        QVERIFY2(made.exitCode == 0, qPrintable(made.text));
        QCOMPARE(QFile::permissions(certificates + "/server.key") & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        QVERIFY(!QFile::exists(certificates + "/ca.key"));
        QVERIFY(setup({"certificates", certificates}, environment).text.contains("are there"));
        // What the image makes of ELASTIC_PASSWORD.
        const QString keystore = "printf %s \"$ELASTIC_PASSWORD\" | " + home + "/bin/elasticsearch-keystore add -x -f bootstrap.password";
        QVERIFY2(run("sh", {"-c", root ? keystore + " && chown -R 65534:65534 " + home + "/config" : keystore}, environment).exitCode == 0,
                 "keystore");
        if (root) QVERIFY(run("chown", {"-R", "65534:65534", home}).exitCode == 0);
        const Outcome started = run(script, {"start", folder.path(), "xpack.security.enabled=true", "xpack.security.http.ssl.enabled=true",
                                             "xpack.security.http.ssl.key=certificates/server.key",
                                             "xpack.security.http.ssl.certificate=certificates/server.crt",
                                             "xpack.security.http.ssl.certificate_authorities=certificates/ca.crt"});
        QVERIFY2(started.exitCode == 0, qPrintable(started.text));
        const auto stop = qScopeGuard([&] { run(script, {"kill9", folder.path()}); });
        const QString port = started.text.trimmed().section(':', -1);
        environment["ELASTICSEARCH_URL"] = "https://localhost:" + port;
        environment["STREAMGAUGE_ES_USER"] = "elastic";
        environment["STREAMGAUGE_ES_PASSWORD"] = environment["ELASTIC_PASSWORD"];
        environment["STREAMGAUGE_ES_CA"] = certificates + "/ca.crt";

        QStringList health = healthCheck("elasticsearch-secure", "localhost:9200", "localhost:" + port);
        health.last().replace("config/certificates", certificates);
        const Outcome healthy = runWords(health);
        QVERIFY2(healthy.exitCode == 0, qPrintable(healthy.text));
        const Outcome installed = setup({"install"}, environment);
        QVERIFY2(installed.exitCode == 0, qPrintable(installed.text));
        environment["STREAMGAUGE_ES_PASSWORD"] = "wrong-password";
        const Outcome wrong = setup({"install"}, environment);
        QVERIFY2(wrong.exitCode == 1 && wrong.text.contains("HTTP 401"), qPrintable(wrong.text));
        QVERIFY(!wrong.text.contains("wrong-password"));
        environment.remove("STREAMGAUGE_ES_CA");
        const Outcome stranger = setup({"install"}, environment);
        QVERIFY2(stranger.exitCode == 1 && stranger.text.contains("certificate"), qPrintable(stranger.text));
    }
};

QTEST_GUILESS_MAIN(TestComposeSetup)
#include "tst_compose_setup.moc"
