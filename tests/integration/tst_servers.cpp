// One real server of those that are supported (SG_SERVER): looked at, set up, filled, killed, swept, kept in a snapshot, and cleaned again.
// Where it has users, also: who may only write is enough, who may only read is told, and no password is written anywhere.
#include "core/pipeline/doctor_visit.h"
#include "core/pipeline/qt_transport.h"
#include "core/pipeline/server_talk.h"
#include "tests/servers/elasticsearch_server.h"
#include "tests/support/cli.h"
#include "tests/support/delivery_bench.h"
#include "tests/support/folder_search.h"

#include <QCryptographicHash>
#include <QFile>
#include <QJsonArray>
#include <QSslCertificate>
#include <QTest>

#include <set>

namespace sg {

using test::DeliveryBench;

namespace {

constexpr int kBad = 7;
constexpr int kLines = 3000 + kBad;
constexpr const char* kVariables[] = {"STREAMGAUGE_ES_USER", "STREAMGAUGE_ES_PASSWORD", "STREAMGAUGE_ES_API_KEY", "STREAMGAUGE_ES_CA"};

QJsonObject lineOf(const QByteArray& json, const QString& check) {
    for (const QJsonValue each : QJsonDocument::fromJson(json)["findings"].toArray())
        if (each["check"].toString() == check) return each.toObject();
    return {};
}

} // namespace

class TestServers : public QObject {
    Q_OBJECT

    ElasticsearchServer m_server{ServerChoice::fromEnvironment()};
    QTemporaryDir m_folder;
    QString m_log;
    QByteArrayList m_said; ///< by the command line: no password is in it

    [[nodiscard]] QString url() const { return QString::fromStdString(m_server.url()); }
    [[nodiscard]] bool secure() const { return m_server.choice().secure; }
    void logIn(const char* user, const char* password = ElasticsearchServer::kPassword) const {
        for (const char* name : kVariables) qunsetenv(name);
        if (!secure()) return;
        qputenv("STREAMGAUGE_ES_CA", m_server.caFile().toUtf8());
        qputenv("STREAMGAUGE_ES_USER", user);
        qputenv("STREAMGAUGE_ES_PASSWORD", password);
    }
    CliOutcome cli(const QStringList& arguments) {
        CliOutcome outcome = runCli(arguments);
        m_said << outcome.output + outcome.errors;
        return outcome;
    }
    CliOutcome on(const QString& command, const QStringList& more = {}) { return cli(QStringList{command, "--elasticsearch", url()} +
                                                                                     more); }
    CliOutcome deliver(const QString& data, const QString& drain = QStringLiteral("180s")) {
        return cli({"run", "--data", m_folder.filePath(data), "--import", m_log, "--format", "combined", "--elasticsearch", url(),
                    "--available-now", "--drain-timeout", drain});
    }
    [[nodiscard]] qint64 documents(const QString& prefix = QStringLiteral("streamgauge")) const {
        static_cast<void>(m_server.request("POST", "/" + prefix + "-access-*/_refresh"));
        return QJsonDocument::fromJson(m_server.request("GET", "/" + prefix + "-access-*/_count").body)["count"].toInteger(-1);
    }
    void put(const QString& path, const QByteArray& body) const {
        const auto answer = m_server.request("PUT", path, body);
        QVERIFY2(answer.status == 200, answer.body.constData());
    }
    [[nodiscard]] bool exists(const QString& path) const { return m_server.request("GET", path).status == 200; }
    [[nodiscard]] std::unique_ptr<Transport> transport() const {
        const auto credentials = credentialsFromEnvironment();
        return makeQtTransport(m_server.url(), credentials ? *credentials : Credentials{}, "tests");
    }
    /// On the real clock and network, as whoever is logged in.
    [[nodiscard]] std::unique_ptr<DeliveryBench> bench(const char* prefix) const {
        auto made = std::make_unique<DeliveryBench>("abcdefgh", m_server.url(), prefix, [this](const std::string&) { return transport(); });
        made->useSystemClock();
        return made;
    }
    template <class Errand, class... Arguments> std::shared_ptr<Errand> carryOut(Arguments... arguments) const {
        const auto errand = std::make_shared<Errand>(std::move(arguments)...);
        const auto way = transport();
        bool done = false;
        converse(*way, errand, [&] { done = true; });
        if (!QTest::qWaitFor([&] { return done; }, 60'000)) qFatal("no answer");
        return errand;
    }
    static void cleanUp(ElasticsearchServer& server, const QString& path) { static_cast<void>(server.request("DELETE", path)); }

private slots:
    void initTestCase();
    void init() { logIn("admin"); }
    void saysWhatIsMissing();
    void isSetUpOnceAndThenOnlyLookedAt();
    void keepsWhatIsNotOursAndWaitsForAFullDisk();
    void everyPanelHasSomethingToShow();
    void takesEveryLineOnce();
    void survivesKillAndRestart();
    void takesLinesThatBringEverNewNames();
    void aWriteBlockIsSaidAndLifted();
    void deletesOnlyOldDaysOfOurs();
    void keepsASnapshot();
    void whoMayOnlyWriteIsEnough();
    void whoMayOnlyReadIsTold();
    void aWrongPasswordLosesNothing();
    void anApiKeyIsEnough();
    void aFingerprintIsTrusted();
    void takesAwayWhatIsOurs();
    void noPasswordIsWrittenAnywhere();
};

#define DELIVER(bench, milliseconds)                                                                                                       \
    QTRY_VERIFY2_WITH_TIMEOUT(((bench).pump(), (bench).deliverer->idle()), (bench).deliverer->part().stage.detail.c_str(), milliseconds)

void TestServers::initTestCase() {
    if (!m_server.start()) {
        if (m_server.isUnreachable() && !ElasticsearchServer::isRequired()) QSKIP(qPrintable("SKIPPED, no real server: " + m_server.why()));
        QFAIL(qPrintable(m_server.why()));
    }
    qputenv("XDG_STATE_HOME", m_folder.filePath("state").toUtf8());
    m_log = m_folder.filePath("access.log");
    QCOMPARE(cli({"generate", "--format", "combined", "--rate", "max", "--count", QString::number(kLines - kBad), "--malformed", "0",
                  "--out", m_log}).exitCode, 0);
    QFile log(m_log);
    QVERIFY(log.open(QIODevice::Append));
    for (int i = 0; i < kBad; ++i) QVERIFY(log.write("no log line " + QByteArray::number(i) + '\n') > 0);
}

void TestServers::saysWhatIsMissing() {
    const CliOutcome outcome = on("doctor", {"--json"});
    QVERIFY2(outcome.exitCode == 3, outcome.output + outcome.errors);
    for (const char* check : {"name", "port", "TLS", "product", "authentication", "privileges", "clock", "write blocks"})
        QVERIFY2(lineOf(outcome.output, check)["level"].toString() == "good", qPrintable(QString(check) + ": " + outcome.output));
    const QString product = m_server.isOpenSearch() ? QStringLiteral("OpenSearch 2.19.1") : "Elasticsearch " + m_server.choice().version;
    QCOMPARE(lineOf(outcome.output, "product")["found"].toString(), product);
    QCOMPARE(lineOf(outcome.output, "template")["level"].toString(), QString("fault"));
    QCOMPARE(lineOf(outcome.output, "template")["remedy"].toString(), QString("install"));
    QCOMPARE(lineOf(outcome.output, "retention")["level"].toString(), QString("note"));
    QVERIFY(lineOf(outcome.output, "disk")["found"].toString().contains("watermarks are switched off"));
}

void TestServers::isSetUpOnceAndThenOnlyLookedAt() {
    const CliOutcome first = on("install", {"--retention", "30d"});
    QVERIFY2(first.exitCode == 0, first.output + first.errors);
    QCOMPARE(first.output.count(" was made"), 6);
    QVERIFY2(first.output.contains("neither ILM nor ISM"), first.output);
    const CliOutcome second = on("install", {"--retention", "30d"});
    QCOMPARE(second.output.count(" is in place"), 6);
    const CliOutcome well = on("doctor", {"--json", "--retention", "30d"});
    QVERIFY2(well.exitCode == 0, well.output);
    QCOMPARE(lineOf(well.output, "template")["level"].toString(), QString("good"));
    // Other settings are put; an older version of ours, too.
    QFile profile(m_folder.filePath("two-shards.toml"));
    QVERIFY(profile.open(QIODevice::WriteOnly) && profile.write("[output]\nshards = 2\n") > 0);
    profile.close();
    const CliOutcome other = on("install", {"--profile", profile.fileName()});
    QVERIFY2(other.output.contains("component template streamgauge-settings was renewed"), other.output);
    put("/_index_template/streamgauge-alerts",
        R"({"index_patterns":["streamgauge-alerts-*"],"priority":250,"version":1,"_meta":{"managed_by":"streamgauge"}})");
    const CliOutcome newer = on("install");
    QVERIFY2(newer.output.contains("index template streamgauge-alerts was renewed"), newer.output);
    QVERIFY2(newer.output.contains("component template streamgauge-settings was renewed"), newer.output);
    QCOMPARE(newer.output.count(" is in place"), 4);
}

void TestServers::keepsWhatIsNotOursAndWaitsForAFullDisk() {
    const QByteArray foreign = R"({"index_patterns":["foreign-access-*"],"priority":300,"template":{"settings":{"number_of_replicas":0}}})";
    put("/_index_template/foreign-access", foreign);
    const CliOutcome outcome = on("install", {"--index-prefix", "foreign"});
    QVERIFY2(outcome.exitCode == 3 && outcome.output.contains("index template foreign-access is not ours"), outcome.output);
    QVERIFY(!exists("/_component_template/foreign-settings")); // nothing was put beside it either
    put("/flood-access-2025.10.10", R"({"settings":{"index.blocks.read_only_allow_delete":true}})"); // as a disk beyond the flood stage does
    const auto bench = this->bench("foreign"), flooded = this->bench("flood");
    bench->addBatch(50);
    flooded->addBatch(200);
    QTRY_VERIFY_WITH_TIMEOUT((bench->pump(), bench->isOpen("elastic.blocked:template")), 20'000);
    QTRY_VERIFY_WITH_TIMEOUT((flooded->pump(), flooded->isOpen("elastic.blocked:write_block")), 30'000);
    QCOMPARE(bench->ledger().undelivered, 50U);
    QCOMPARE(flooded->ledger().undelivered, 200U);
    put("/flood-access-2025.10.10/_settings", R"({"index.blocks.read_only_allow_delete":null})");
    QCOMPARE(QJsonDocument::fromJson(m_server.request("GET",
                                                      "/_index_template/foreign-access").body)["index_templates"][0]["index_template"]
                 ["priority"].toInt(), 300);
    cleanUp(m_server, "/_index_template/foreign-access");
    QTRY_VERIFY_WITH_TIMEOUT((bench->pump(), flooded->pump(), bench->deliverer->idle() && flooded->deliverer->idle()), 60'000);
    QCOMPARE(bench->ledger().created, 50U);
    QCOMPARE(flooded->ledger().created, 200U);
    QCOMPARE(flooded->ledger().rejected, 0U);
    // Who wants it may use a template of another's: ours are then left out.
    put("/_index_template/theirs-access", QByteArray(foreign).replace("foreign", "theirs"));
    const auto told = this->bench("theirs");
    told->tuning.output.templates = false;
    told->addBatch(50);
    DELIVER(*told, 60'000);
    QCOMPARE(told->ledger().created, 50U);
    QVERIFY(!exists("/_index_template/theirs-alerts"));
}

void TestServers::everyPanelHasSomethingToShow() {
    if (m_server.choice().version == ServerChoice().version &&
        !m_server.isOpenSearch()) QSKIP("tst_kibana_panels runs by itself on this version");
    QProcess panels;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("SG_SERVER_FOLDER", m_server.folder());
    panels.setProcessEnvironment(environment);
    panels.setProcessChannelMode(QProcess::MergedChannels);
    panels.start(QStringLiteral(SG_PANELS), QStringList());
    QVERIFY(panels.waitForFinished(300'000));
    const QByteArray said = panels.readAll();
    QVERIFY2(panels.exitCode() == 0 && said.contains(" 0 failed, 0 skipped"), said.right(4000));
    const auto names = QJsonDocument::fromJson(m_server.request("GET",
                                                                "/streamgauge-*/_settings/index.creation_date").body).object().keys();
    QVERIFY(!names.isEmpty());
    for (const QString& index : names) cleanUp(m_server, "/" + index);
}

void TestServers::takesEveryLineOnce() {
    for (int time = 0; time < 2; ++time) { // a second run of the same directory finds nothing new
        const CliOutcome outcome = deliver("first");
        QVERIFY2(outcome.exitCode == 0, outcome.output + outcome.errors);
        const QJsonObject ledger = ledgerOf(m_folder.filePath("first"));
        QVERIFY2(ledger["balanced"].toBool() && ledger["lines"].toInteger() == kLines, toText(ledger));
        QVERIFY(ledger["indexed"].toInteger() > kLines * 9 / 10);
        QCOMPARE(documents(), ledger["indexed"].toInteger());
    }
    // Lines that cannot be read are there too, with their reason, for Kibana to show.
    static_cast<void>(m_server.request("POST", "/streamgauge-deadletters-*/_refresh"));
    const auto letters = m_server.request("POST", "/streamgauge-deadletters-*/_search",
                                          R"({"query":{"exists":{"field":"error.type"}},"sort":[{"@timestamp":"desc"}]})");
    const QJsonValue hits = QJsonDocument::fromJson(letters.body)["hits"];
    QVERIFY2(hits["total"]["value"].toInt() == kBad, letters.body.constData());
    QVERIFY(hits["hits"][0]["_source"]["event"]["original"].toString().startsWith("no log line "));
    const auto mapping = m_server.request("GET", "/streamgauge-access-*/_mapping/field/source.ip");
    QVERIFY2(mapping.body.contains("\"type\":\"ip\""), mapping.body.constData());
}

void TestServers::survivesKillAndRestart() {
    const auto bench = this->bench("killed");
    bench->tuning.output.bulkBytes = 64U << 10U;
    for (int i = 0; i < 4; ++i) bench->addBatch(1000);
    QTRY_VERIFY_WITH_TIMEOUT((bench->pump(), bench->deliverer->part().created > 0), 60'000);
    QVERIFY(m_server.kill9());
    QTRY_VERIFY_WITH_TIMEOUT((bench->pump(), bench->isOpen("elastic.unreached")), 20'000);
    // From here on it takes no body above 48 kB, so that every one is split by its 413.
    QVERIFY2(m_server.start({"http.max_content_length=48kb"}), qPrintable(m_server.why()));
    DELIVER(*bench, 120'000);
    QCOMPARE(bench->ledger().indexed(), 4000U);
    QCOMPARE(documents("killed"), 4000);
}

/// More names than an index holds: every line is there, those that came too late without their labels, and these are counted.
void TestServers::takesLinesThatBringEverNewNames() {
    constexpr int kNamed = 300, kNames = 10;
    QFile log(m_folder.filePath("names.json"));
    QVERIFY(log.open(QIODevice::WriteOnly));
    for (int i = 0; i < kNamed; ++i) {
        QByteArray line = R"({"time":"2025-10-10T13:55:36Z","method":"GET","uri":"/a","status":200)";
        for (int name = 0; name < kNames; ++name) line += ",\"x" + QByteArray::number(i * kNames + name) + "\":\"a, b\"";
        log.write(line + "}\n");
    }
    log.close();
    const CliOutcome outcome = cli({"run", "--data", m_folder.filePath("names"), "--import", log.fileName(), "--format", "json", "--elasticsearch",
                                    url(), "--index-prefix", "names", "--available-now"});
    QVERIFY2(outcome.exitCode == 0, outcome.output + outcome.errors);
    const QJsonObject ledger = ledgerOf(m_folder.filePath("names"));
    QVERIFY2(ledger["indexed"].toInteger() == kNamed && ledger["rejected"].toInteger() == 0, toText(ledger));
    QCOMPARE(documents("names"), kNamed);
    const auto answer = m_server.request("POST", "/names-access-*/_search",
                                         R"({"size":0,"aggs":{"out":{"sum":{"field":"streamgauge.labels_left_out"}},)"
                                         R"("shorter":{"filter":{"exists":{"field":"streamgauge.labels_left_out"}}}}})");
    const QJsonValue found = QJsonDocument::fromJson(answer.body)["aggregations"];
    const int shorter = found["shorter"]["doc_count"].toInt();
    QVERIFY2(shorter > 50 && shorter < kNamed - 50, answer.body.constData());
    QCOMPARE(found["out"]["value"].toInt(), shorter * kNames);
}

void TestServers::aWriteBlockIsSaidAndLifted() {
    put("/streamgauge-access-2019.01.01", R"({"settings":{"index.blocks.write":true}})");
    const CliOutcome outcome = on("doctor", {"--json"});
    QCOMPARE(outcome.exitCode, 3);
    const QJsonObject line = lineOf(outcome.output, "write blocks");
    QCOMPARE(line["found"].toString(), QString("set on streamgauge-access-2019.01.01"));
    QCOMPARE(line["remedy"].toString(), QString("lift_blocks"));
    DoctorPlaces places;
    places.elasticsearch = m_server.url();
    DoctorVisit visit(places);
    bool good = false;
    QString sentence;
    visit.apply(Finding::Remedy::LiftBlocks, [&](bool well, const std::string& said) {
        good = well;
        sentence = QString::fromStdString(said);
    });
    QTRY_VERIFY_WITH_TIMEOUT(!sentence.isEmpty(), 30'000);
    QVERIFY2(good && sentence == "the write block of streamgauge-access-2019.01.01 was removed.", qPrintable(sentence));
    QCOMPARE(lineOf(on("doctor", {"--json"}).output, "write blocks")["level"].toString(), QString("good"));
    cleanUp(m_server, "/streamgauge-access-2019.01.01");
}

void TestServers::deletesOnlyOldDaysOfOurs() {
    const QStringList names = {"sweep-access-2020.01.01", "sweep-sessions-2020.01.02", "sweep-access-2020.13.45",
                               "sweep-access-2020.01.01-kept",
                               "sweep-other-2020.01.01",  "other-access-2020.01.01",   "sweep-access-2098.01.01"};
    for (const QString& name : names) put("/" + name, "{}");
    constexpr auto kLimit = std::chrono::hours(24 * 30);
    const Timestamp now = SystemClock().wall(),
        later{now.ns + std::chrono::duration_cast<Nanoseconds>(kLimit + std::chrono::hours(25)).count()};
    // Made today: an old log that was read today is not swept away at once.
    QVERIFY(carryOut<Sweep>(std::string("sweep"), Milliseconds(kLimit), now)->deleted().empty());
    QVERIFY(carryOut<Sweep>(std::string("sweep"), Milliseconds(0), later)->deleted().empty()); // nobody asked for it
    const auto sweep = carryOut<Sweep>(std::string("sweep"), Milliseconds(kLimit), later);
    QVERIFY(!sweep->failure() && sweep->rows().empty());
    std::set<QString> deleted;
    for (const std::string& name : sweep->deleted()) deleted.insert(QString::fromStdString(name));
    QCOMPARE(deleted, (std::set<QString>{"sweep-access-2020.01.01", "sweep-sessions-2020.01.02"}));
    for (const QString& name : names) QCOMPARE(exists("/" + name), deleted.count(name) == 0);
}

void TestServers::keepsASnapshot() {
    const qint64 before = documents();
    QVERIFY(before > 0);
    const CliOutcome none = on("snapshot", {"--repository", "nowhere"});
    QVERIFY2(none.exitCode == 3 && none.output.contains("Give --location"), none.output);
    const CliOutcome outside = on("snapshot", {"--repository", "nowhere", "--location", "/somewhere/else"});
    QVERIFY2(outside.exitCode == 3 && outside.output.contains("path.repo"), outside.output);
    const CliOutcome taken = on("snapshot", {"--location", m_server.repository()});
    QVERIFY2(taken.exitCode == 0 && taken.output.contains("snapshot streamgauge-2"), taken.output + taken.errors);
    const QString name = "streamgauge-" + QString::fromUtf8(taken.output).section("snapshot streamgauge-2", 1).section(' ', 0,
                                                                                                                       0).prepend("2");
    // It is one: what is gone comes back out of it.
    const auto names = QJsonDocument::fromJson(m_server.request("GET",
                                                                "/streamgauge-access-*/_settings/index.creation_date").body).object().keys();
    for (const QString& index : names) QCOMPARE(m_server.request("DELETE", "/" + index).status, 200);
    const auto restored = m_server.request("POST", "/_snapshot/streamgauge/" + name + "/_restore?wait_for_completion=true",
                                           R"({"indices":"streamgauge-access-*"})");
    QVERIFY2(restored.status == 200, restored.body.constData());
    QCOMPARE(documents(), before);
}

void TestServers::whoMayOnlyWriteIsEnough() {
    if (!secure()) QSKIP("this server has no users");
    logIn("writer");
    const qint64 before = documents();
    const CliOutcome outcome = deliver("by-writer");
    QVERIFY2(outcome.exitCode == 0, outcome.output + outcome.errors);
    const QJsonObject ledger = ledgerOf(m_folder.filePath("by-writer"));
    QVERIFY2(ledger["balanced"].toBool(), toText(ledger));
    QCOMPARE(documents() - before, ledger["indexed"].toInteger());
    const CliOutcome doctor = on("doctor", {"--json"});
    QVERIFY2(doctor.exitCode == 0, doctor.output);
    QCOMPARE(lineOf(doctor.output, "privileges")["level"].toString(), QString("note"));
    QVERIFY(lineOf(doctor.output, "privileges")["found"].toString().contains("monitor, manage_index_templates"));
    QCOMPARE(on("install").exitCode, 3);
}

void TestServers::whoMayOnlyReadIsTold() {
    if (!secure()) QSKIP("this server has no users");
    logIn("reader");
    const CliOutcome doctor = on("doctor", {"--json"});
    QCOMPARE(doctor.exitCode, 3);
    QCOMPARE(lineOf(doctor.output, "privileges")["found"].toString(),
             QString("the user lacks create_doc, auto_configure on streamgauge-*"));
    const CliOutcome outcome = deliver("by-reader", "3s");
    QVERIFY2(outcome.exitCode == 3, outcome.output + outcome.errors);
    QJsonObject ledger = ledgerOf(m_folder.filePath("by-reader"));
    QVERIFY2(ledger["balanced"].toBool() && ledger["undelivered"].toInteger() > kLines * 9 / 10, toText(ledger));
    const qint64 before = documents();
    logIn("writer"); // the user is given what was missing
    QCOMPARE(deliver("by-reader").exitCode, 0);
    ledger = ledgerOf(m_folder.filePath("by-reader"));
    QCOMPARE(ledger["undelivered"].toInteger(), 0);
    QCOMPARE(documents() - before, ledger["indexed"].toInteger());
}

void TestServers::aWrongPasswordLosesNothing() {
    if (!secure()) QSKIP("this server has no users");
    logIn("writer", "Wr0ng-and-secret");
    const CliOutcome doctor = on("doctor", {"--json"});
    QCOMPARE(doctor.exitCode, 3);
    QCOMPARE(lineOf(doctor.output, "authentication")["level"].toString(), QString("fault"));
    const CliOutcome outcome = deliver("wrong-password", "1s");
    QVERIFY2(outcome.exitCode == 3, outcome.output + outcome.errors);
    const QJsonObject ledger = ledgerOf(m_folder.filePath("wrong-password"));
    QVERIFY2(ledger["balanced"].toBool() && ledger["lines"].toInteger() == kLines && ledger["undelivered"].toInteger() > kLines * 9 / 10,
             toText(ledger));
    const CliOutcome install = on("install");
    QVERIFY2(install.exitCode == 1 && install.errors.contains("does not accept the credentials"), install.errors);
}

void TestServers::anApiKeyIsEnough() {
    if (!secure() || !m_server.choice().version.startsWith("7.")) QSKIP("this distribution cannot keep API keys");
    const auto made = m_server.request("POST", "/_security/api_key",
                                       R"({"name":"streamgauge","role_descriptors":{"writer":{"indices":[{"names":["streamgauge-*"],)"
                                       R"("privileges":["create_doc","auto_configure"]}]}}})");
    QVERIFY2(made.status == 200, made.body.constData());
    const QJsonDocument key = QJsonDocument::fromJson(made.body);
    logIn("");
    qunsetenv("STREAMGAUGE_ES_USER");
    qunsetenv("STREAMGAUGE_ES_PASSWORD");
    qputenv("STREAMGAUGE_ES_API_KEY", (key["id"].toString() + ':' + key["api_key"].toString()).toUtf8().toBase64());
    const CliOutcome doctor = on("doctor", {"--json"});
    QVERIFY2(doctor.exitCode == 0, doctor.output);
    QVERIFY2(lineOf(doctor.output, "authentication")["found"].toString().startsWith("an API key"), doctor.output);
    const qint64 before = documents();
    QCOMPARE(deliver("by-key").exitCode, 0);
    QCOMPARE(documents() - before, ledgerOf(m_folder.filePath("by-key"))["indexed"].toInteger());
}

void TestServers::aFingerprintIsTrusted() {
    if (!secure()) QSKIP("this server speaks no TLS");
    const auto authority = QSslCertificate::fromPath(m_server.caFile()).value(0);
    QVERIFY(!authority.isNull());
    const QByteArray print = authority.digest(QCryptographicHash::Sha256).toHex(':').toUpper();
    qputenv("STREAMGAUGE_ES_CA", print);
    const CliOutcome known = on("doctor", {"--json"});
    QCOMPARE(lineOf(known.output, "TLS")["level"].toString(), QString("good"));
    QCOMPARE(deliver("by-fingerprint").exitCode, 0);
    qputenv("STREAMGAUGE_ES_CA", QByteArray(print).replace(0, 2, print.startsWith("00") ? "01" : "00"));
    const CliOutcome unknown = on("doctor", {"--json"});
    QCOMPARE(unknown.exitCode, 3);
    QCOMPARE(lineOf(unknown.output, "TLS")["found"].toString(),
             QString("the server is not trusted: none of the certificates that it sends has the fingerprint that is named"));
    QCOMPARE(on("install").exitCode, 1);
}

void TestServers::takesAwayWhatIsOurs() {
    put("/_index_template/streamgauge-others", R"({"index_patterns":["elsewhere-*"],"priority":7})");
    put("/_component_template/others", R"({"template":{},"_meta":{"managed_by":"streamgauge"}})"); // the mark, but none of our names
    const qint64 before = documents();
    const CliOutcome outcome = on("uninstall");
    QVERIFY2(outcome.exitCode == 0, outcome.output + outcome.errors);
    QCOMPARE(outcome.output.count(" was removed"), 6);
    QVERIFY(exists("/_index_template/streamgauge-others"));
    QVERIFY(exists("/_component_template/others"));
    QVERIFY(!exists("/_index_template/streamgauge-access"));
    QVERIFY(!exists("/_component_template/streamgauge-mappings"));
    QCOMPARE(documents(), before); // documents are the person's own
    QVERIFY(!on("uninstall").output.contains("was removed"));
}

void TestServers::noPasswordIsWrittenAnywhere() {
    const QByteArrayList secrets = {"changeme", "Wr0ng-and-secret", QByteArray("writer:changeme").toBase64(),
                                    QByteArray("admin:changeme").toBase64()};
    for (const QByteArray& said : m_said)
        for (const QByteArray& secret : secrets) QVERIFY2(!said.contains(secret), said.constData());
    const test::FolderSearch search = test::searchFolder(m_folder.path(), secrets);
    QVERIFY2(search.found.isEmpty(), qPrintable(search.found));
    QVERIFY(search.files >= 3);
}

} // namespace sg

QTEST_GUILESS_MAIN(sg::TestServers)
#include "tst_servers.moc"
