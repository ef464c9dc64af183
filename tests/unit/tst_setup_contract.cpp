// A contract test: ILM, ISM, SLM, SM and bearer tokens are in none of the servers that the tests can have, so a receiver plays the servers
// that have them, and what is asked of it is compared with what their documentation says.
#include "core/elastic/doctor.h"
#include "core/pipeline/qt_transport.h"
#include "core/pipeline/server_talk.h"
#include "tests/support/played_server.h"

#include <QTest>

namespace sg {
namespace {

using test::HttpReceiver;
using test::PlayedServer;

template <class Errand, class... Arguments> std::shared_ptr<Errand> carryOut(const PlayedServer& server, Arguments... arguments) {
    const auto errand = std::make_shared<Errand>(std::move(arguments)...);
    const auto way = makeQtTransport(server.receiver.url(), {}, "tests");
    bool done = false;
    converse(*way, errand, [&] { done = true; });
    if (!QTest::qWaitFor([&] { return done; }, 20'000)) qFatal("no answer");
    return errand;
}

SetUpOptions thirtyDays() {
    SetUpOptions options;
    options.retention = std::chrono::hours(24 * 30);
    return options;
}

} // namespace

class TestSetupContract : public QObject {
    Q_OBJECT
private slots:
    void givesRetentionToIlm();
    void givesRetentionToIsm();
    void namesNoPolicyWhereThereIsNone();
    void leavesAForeignPolicyAndAllElseAlone_data();
    void leavesAForeignPolicyAndAllElseAlone();
    void onlyLooksWhereAllIsRight();
    void aRunThatSaysNothingKeepsTheRetentionOfAnInstall();
    void aRunThatSaysNothingEndsTheRetentionOfARun();
    void tellsIndicesThatIsmHasAlready();
    void endsRetention_data();
    void endsRetention();
    void registersDailySnapshots();
    void givesDailySnapshotsToSm();
    void leavesForeignSnapshotsAlone_data();
    void leavesForeignSnapshotsAlone();
    void deletesNothingWhereTheServerDoes();
    void putsTheTemplatesForWhoMayPutNoPolicy();
    void takesAwayPoliciesOfOursOnly();
    void letsIndicesGoBeforeTheirPolicyIsTakenAway_data();
    void letsIndicesGoBeforeTheirPolicyIsTakenAway();
    void aNewerOneStays();
    void sendsABearerToken();
};

void TestSetupContract::givesRetentionToIlm() {
    PlayedServer server;
    server.ilm = true;
    const auto done = carryOut<SetUp>(server, thirtyDays());
    QVERIFY(!done->failure() && done->obstacle() == nullptr);
    QCOMPARE(server.writes.first(), QString("PUT /_ilm/policy/streamgauge-retention")); // before the templates that name it
    QCOMPARE(server.writes.size(), 7);
    const QJsonValue policy = server.body("/_ilm/policy/streamgauge-retention").value("policy");
    QCOMPARE(policy["_meta"]["managed_by"].toString(), QString("streamgauge"));
    QCOMPARE(policy["phases"]["delete"]["min_age"].toString(), QString("30d"));
    QVERIFY(policy["phases"]["delete"]["actions"].toObject().contains("delete"));
    QVERIFY(policy["phases"]["hot"]["actions"].isObject());
    QCOMPARE(server.body("/_component_template/streamgauge-settings").value("template")["settings"]["index"]["lifecycle"]["name"].toString(),
             QString("streamgauge-retention"));
    // Another age: policy anew, templates as they are.
    server.writes.clear();
    SetUpOptions week = thirtyDays();
    week.retention = std::chrono::hours(36);
    static_cast<void>(carryOut<SetUp>(server, week));
    QCOMPARE(server.writes, QStringList{"PUT /_ilm/policy/streamgauge-retention"});
    QCOMPARE(server.body("/_ilm/policy/streamgauge-retention").value("policy")["phases"]["delete"]["min_age"].toString(), QString("36h"));
}

void TestSetupContract::givesRetentionToIsm() {
    PlayedServer server;
    server.ism = true;
    static_cast<void>(carryOut<SetUp>(server, thirtyDays()));
    const QString path = "/_plugins/_ism/policies/streamgauge-retention";
    QCOMPARE(server.writes.first(), "PUT " + path);
    const QJsonValue policy = server.body(path).value("policy");
    QVERIFY(policy["description"].toString().startsWith("streamgauge"));
    QCOMPARE(policy["default_state"].toString(), QString("hot"));
    QCOMPARE(policy["states"][0]["transitions"][0]["conditions"]["min_index_age"].toString(), QString("30d"));
    QCOMPARE(policy["states"][0]["transitions"][0]["state_name"].toString(), policy["states"][1]["name"].toString());
    QVERIFY(policy["states"][1]["actions"][0].toObject().contains("delete"));
    const QJsonArray patterns = policy["ism_template"][0]["index_patterns"].toArray();
    QCOMPARE(patterns, (QJsonArray{"streamgauge-access-*", "streamgauge-sessions-*", "streamgauge-deadletters-*", "streamgauge-alerts-*"}));
    QVERIFY(!server.kept["/_component_template/streamgauge-settings"].contains("lifecycle")); // the pattern binds it, OpenSearch knows no such setting
    server.writes.clear();
    SetUpOptions week = thirtyDays();
    week.retention = std::chrono::hours(24 * 7);
    static_cast<void>(carryOut<SetUp>(server, week));
    QCOMPARE(server.writes, QStringList{"PUT " + path + "?if_seq_no=7&if_primary_term=2"});
}

void TestSetupContract::namesNoPolicyWhereThereIsNone() {
    for (const int without : {0, 410, -1}) {
        PlayedServer server;
        server.typed = without < 0;
        server.without = std::max(0, without);
        const auto done = carryOut<SetUp>(server, thirtyDays());
        QCOMPARE(done->keeper(), Keeper::Nobody);
        QCOMPARE(server.writes.size(), 6);
        for (const QByteArray& body : server.kept) QVERIFY2(!body.contains("lifecycle"), body);
    }
}

void TestSetupContract::leavesAForeignPolicyAndAllElseAlone_data() {
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("ILM policy") << "/_ilm/policy/streamgauge-retention" << QByteArray(R"({"policy":{"phases":{}}})");
    QTest::newRow("ISM policy") << "/_plugins/_ism/policies/streamgauge-retention" << QByteArray(R"({"policy":{"description":"mine"}})");
    QTest::newRow("index template") << "/_index_template/streamgauge-alerts" << QByteArray(R"({"index_patterns":["x"]})");
    QTest::newRow("component template") << "/_component_template/streamgauge-settings"
                                        << QByteArray(R"({"template":{},"_meta":{"managed_by":"somebody"}})");
}
void TestSetupContract::leavesAForeignPolicyAndAllElseAlone() {
    QFETCH(QString, path);
    QFETCH(QByteArray, body);
    PlayedServer server;
    server.ilm = path.startsWith("/_ilm");
    server.ism = path.startsWith("/_plugins");
    server.kept[path] = body;
    const auto done = carryOut<SetUp>(server, thirtyDays());
    QVERIFY(done->obstacle() != nullptr && done->obstacle()->state == SetUpRow::State::Foreign && !done->obstacle()->advice.empty());
    QCOMPARE(server.writes, QStringList());
    QCOMPARE(server.kept[path], body);
}

void TestSetupContract::onlyLooksWhereAllIsRight() {
    PlayedServer server;
    server.ilm = true;
    static_cast<void>(carryOut<SetUp>(server, thirtyDays()));
    server.writes.clear();
    const auto again = carryOut<SetUp>(server, thirtyDays());
    QCOMPARE(server.writes, QStringList());
    for (const SetUpRow& row : again->rows()) QCOMPARE(row.state, SetUpRow::State::Current);
    const PlayedServer empty;
    const auto look = carryOut<SetUp>(empty, thirtyDays(), SetUp::Mode::Look);
    QCOMPARE(look->rows().back().state, SetUpRow::State::Missing);
}

void TestSetupContract::aRunThatSaysNothingKeepsTheRetentionOfAnInstall() {
    for (const bool ilm : {true, false}) {
        PlayedServer server;
        server.ilm = ilm;
        server.ism = !ilm;
        SetUpOptions install = thirtyDays();
        install.isInstall = true;
        static_cast<void>(carryOut<SetUp>(server, install));
        server.writes.clear();
        static_cast<void>(carryOut<SetUp>(server, SetUpOptions()));
        QCOMPARE(server.writes, QStringList());
        // Other settings are put, and the policy stays in them.
        SetUpOptions slower;
        slower.settings.refresh = Milliseconds(5000);
        static_cast<void>(carryOut<SetUp>(server, slower));
        QCOMPARE(server.writes, QStringList{"PUT /_component_template/streamgauge-settings"});
        const QByteArray named = R"("lifecycle":{"name":"streamgauge-retention"})";
        QCOMPARE(server.kept["/_component_template/streamgauge-settings"].contains(named), ilm);
        // And who looks is told.
        const auto look = carryOut<SetUp>(server, SetUpOptions(), SetUp::Mode::Look);
        const auto row = std::find_if(look->rows().begin(), look->rows().end(),
                                      [](const SetUpRow& each) { return each.what.find("policy") != std::string::npos; });
        QVERIFY(row != look->rows().end() && row->state == SetUpRow::State::Current);
        QCOMPARE(row->detail, std::string("deletes after 30d, as an install said"));
    }
}

void TestSetupContract::aRunThatSaysNothingEndsTheRetentionOfARun() {
    for (const bool ilm : {true, false}) {
        PlayedServer server;
        server.ilm = ilm;
        server.ism = !ilm;
        const QString path = ilm ? "/_ilm/policy/streamgauge-retention" : "/_plugins/_ism/policies/streamgauge-retention";
        static_cast<void>(carryOut<SetUp>(server, thirtyDays()));
        QVERIFY(server.kept[path].contains("30d"));
        server.writes.clear();
        const auto look = carryOut<SetUp>(server, SetUpOptions(), SetUp::Mode::Look);
        QCOMPARE(server.writes, QStringList());
        static_cast<void>(carryOut<SetUp>(server, SetUpOptions()));
        QVERIFY2(!server.kept[path].contains("30d"), server.kept[path]);
        QVERIFY(!server.kept["/_component_template/streamgauge-settings"].contains("retention"));
        server.writes.clear();
        server.receiver.requests.clear();
        static_cast<void>(carryOut<SetUp>(server, SetUpOptions()));
        QCOMPARE(server.writes, QStringList());
        QCOMPARE(server.receiver.requests.size(), 2); // nothing but the templates is asked for
    }
}

void TestSetupContract::tellsIndicesThatIsmHasAlready() {
    PlayedServer server;
    server.ism = true;
    static_cast<void>(carryOut<SetUp>(server, thirtyDays()));
    for (int day = 10; day < 30; ++day)
        for (const char* kind : {"access", "deadletters", "sessions", "alerts"})
            server.managed << QString("streamgauge-%1-2026.01.%2").arg(kind).arg(day);
    SetUpOptions year = thirtyDays();
    year.retention = std::chrono::hours(24 * 365);
    server.writes.clear();
    static_cast<void>(carryOut<SetUp>(server, year));
    QVERIFY2(server.writes.value(0).startsWith("PUT /_plugins/_ism/policies/streamgauge-retention?"), qPrintable(server.writes.join('\n')));
    QSet<QString> told;
    for (const QString& write : server.writes.mid(1)) {
        QVERIFY2(write.startsWith("POST /_plugins/_ism/change_policy/") && write.size() < 4096, qPrintable(write));
        for (const QString& index : write.section('/', 4).split(',')) told << index;
    }
    QCOMPARE(told, QSet<QString>(server.managed.begin(), server.managed.end())); // each of ours, and none that has another policy
}

void TestSetupContract::endsRetention_data() {
    QTest::addColumn<bool>("ilm");
    QTest::newRow("ILM") << true;
    QTest::newRow("ISM") << false;
}
void TestSetupContract::endsRetention() {
    QFETCH(bool, ilm);
    PlayedServer server;
    server.ilm = ilm;
    server.ism = !ilm;
    SetUpOptions never;
    never.endsRetention = true;
    static_cast<void>(carryOut<SetUp>(server, never));
    QCOMPARE(server.writes.size(), 6); // there is nothing to be ended
    static_cast<void>(carryOut<SetUp>(server, thirtyDays()));
    server.managed = QStringList{"streamgauge-access-2026.01.10"};
    server.writes.clear();
    static_cast<void>(carryOut<SetUp>(server, never));
    const QByteArray policy = server.kept[ilm ? "/_ilm/policy/streamgauge-retention" : "/_plugins/_ism/policies/streamgauge-retention"];
    QVERIFY2(!policy.contains("delete\":") && !policy.contains("\"delete\"") && !policy.contains("ism_template"), policy);
    QVERIFY(!server.kept["/_component_template/streamgauge-settings"].contains("lifecycle"));
    QCOMPARE(server.writes.contains("POST /_plugins/_ism/change_policy/streamgauge-access-2026.01.10"), !ilm);
    server.writes.clear();
    static_cast<void>(carryOut<SetUp>(server, never));
    QCOMPARE(server.writes, QStringList());
    static_cast<void>(carryOut<SetUp>(server, thirtyDays())); // and it can be had again
    QVERIFY(server.kept[ilm ? "/_ilm/policy/streamgauge-retention" : "/_plugins/_ism/policies/streamgauge-retention"].contains("30d"));
}

void TestSetupContract::registersDailySnapshots() {
    PlayedServer server;
    server.slm = true;
    SetUpOptions options;
    options.snapshotLocation = "/var/backups/\"search\"";
    static_cast<void>(carryOut<SetUp>(server, options));
    QCOMPARE(server.body("/_snapshot/streamgauge").value("settings")["location"].toString(), QString("/var/backups/\"search\""));
    const QJsonObject policy = server.body("/_slm/policy/streamgauge-daily");
    QCOMPARE(policy["repository"].toString(), QString("streamgauge"));
    QCOMPARE(policy["config"]["indices"].toArray().size(), 4);
    QCOMPARE(policy["config"]["indices"][1].toString(), QString("streamgauge-sessions-*"));
    QCOMPARE(policy["config"]["include_global_state"].toBool(true), false);
    QCOMPARE(policy["schedule"].toString().split(' ').size(), 6); // Elasticsearch's cron has seconds
    QVERIFY(policy["retention"].toObject().contains("expire_after"));
    PlayedServer without;
    const auto told = carryOut<SetUp>(without, options);
    QCOMPARE(told->rows().back().state, SetUpRow::State::Absent);
    QVERIFY(told->rows().back().advice.find("streamgauge-cli snapshot") != std::string::npos);
    server.writes.clear();
    static_cast<void>(carryOut<SetUp>(server, options));
    QCOMPARE(server.writes, QStringList()); // what is right stays
    options.snapshotRepository = "second";
    static_cast<void>(carryOut<SetUp>(server, options));
    QCOMPARE(server.writes, (QStringList{"PUT /_snapshot/second", "PUT /_slm/policy/streamgauge-daily"}));
    QCOMPARE(server.body("/_slm/policy/streamgauge-daily")["repository"].toString(), QString("second"));
}

void TestSetupContract::givesDailySnapshotsToSm() {
    PlayedServer server;
    server.sm = true;
    SetUpOptions options;
    options.snapshotLocation = "/var/backups/search";
    static_cast<void>(carryOut<SetUp>(server, options));
    const QString path = "/_plugins/_sm/policies/streamgauge-daily";
    QCOMPARE(server.writes.mid(server.writes.size() - 2), (QStringList{"PUT /_snapshot/streamgauge", "POST " + path}));
    const QJsonObject policy = server.body(path);
    QVERIFY(policy["description"].toString().startsWith("streamgauge"));
    QCOMPARE(policy["creation"]["schedule"]["cron"]["expression"].toString().split(' ').size(), 5); // OpenSearch's cron has no seconds
    QCOMPARE(policy["creation"]["schedule"]["cron"]["timezone"].toString(), QString("UTC"));
    QCOMPARE(policy["deletion"]["condition"]["max_age"].toString(), QString("30d"));
    QVERIFY(policy["deletion"]["condition"]["max_count"].toInt() > policy["deletion"]["condition"]["min_count"].toInt());
    QCOMPARE(policy["snapshot_config"]["repository"].toString(), QString("streamgauge"));
    QCOMPARE(policy["snapshot_config"]["indices"].toString(),
             QString("streamgauge-access-*,streamgauge-sessions-*,streamgauge-deadletters-*,streamgauge-alerts-*"));
    QCOMPARE(policy["snapshot_config"]["include_global_state"].toBool(true), false);
    server.writes.clear();
    const auto again = carryOut<SetUp>(server, options);
    QCOMPARE(server.writes, QStringList());
    QCOMPARE(again->rows().back().state, SetUpRow::State::Current);
    options.snapshotRepository = "second";
    static_cast<void>(carryOut<SetUp>(server, options));
    QCOMPARE(server.writes, (QStringList{"PUT /_snapshot/second", "PUT " + path + "?if_seq_no=7&if_primary_term=2"}));
}

void TestSetupContract::leavesForeignSnapshotsAlone_data() {
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("a repository elsewhere") << "/_snapshot/streamgauge" << QByteArray(R"({"type":"fs","settings":{"location":"/theirs"}})");
    QTest::newRow("a repository of another kind") << "/_snapshot/streamgauge" << QByteArray(R"({"type":"s3","settings":{"bucket":"theirs"}})");
    QTest::newRow("an SLM policy") << "/_slm/policy/streamgauge-daily" << QByteArray(R"({"repository":"r","config":{}})");
    QTest::newRow("an SM policy") << "/_plugins/_sm/policies/streamgauge-daily" << QByteArray(R"({"description":"mine","snapshot_config":{}})");
}
void TestSetupContract::leavesForeignSnapshotsAlone() {
    QFETCH(QString, path);
    QFETCH(QByteArray, body);
    PlayedServer server;
    server.slm = path.startsWith("/_slm");
    server.sm = path.startsWith("/_plugins");
    server.kept[path] = body;
    SetUpOptions options;
    options.snapshotLocation = "/var/backups/search";
    const auto done = carryOut<SetUp>(server, options);
    QVERIFY(done->obstacle() != nullptr && done->obstacle() == &done->rows().back() && !done->obstacle()->advice.empty());
    QCOMPARE(server.kept[path], body);
    for (const QString& write : server.writes) QVERIFY2(!write.contains(path), qPrintable(write));
}

void TestSetupContract::deletesNothingWhereTheServerDoes() {
    for (const bool ilm : {true, false}) {
        PlayedServer server;
        server.ilm = ilm;
        server.ism = !ilm;
        const auto sweep = carryOut<Sweep>(server, std::string("streamgauge"), Milliseconds(std::chrono::hours(24)), SystemClock().wall());
        QVERIFY(sweep->deleted().empty());
        for (const QByteArray& request : server.receiver.requests) QVERIFY2(!request.contains("_settings"), request);
    }
}

void TestSetupContract::putsTheTemplatesForWhoMayPutNoPolicy() {
    PlayedServer server;
    server.ilm = true;
    server.forbidden = "/_ilm";
    const auto done = carryOut<SetUp>(server, thirtyDays());
    QVERIFY(done->isForbidden() && done->obstacle() == nullptr);
    QCOMPARE(server.writes.size(), 6);
    QVERIFY(!server.kept["/_component_template/streamgauge-settings"].contains("lifecycle")); // it is not there
    QVERIFY2(done->rows().front().advice.find("manage_ilm") != std::string::npos, done->rows().front().advice.c_str());
}

void TestSetupContract::letsIndicesGoBeforeTheirPolicyIsTakenAway_data() {
    QTest::addColumn<bool>("ilm");
    QTest::newRow("ILM, which keeps a policy that is in use") << true;
    QTest::newRow("ISM, which deletes on by one that is gone") << false;
}
void TestSetupContract::letsIndicesGoBeforeTheirPolicyIsTakenAway() {
    QFETCH(bool, ilm);
    PlayedServer server;
    server.ilm = ilm;
    server.ism = !ilm;
    static_cast<void>(carryOut<SetUp>(server, thirtyDays()));
    server.managed = QStringList{"streamgauge-access-2026.01.10", "streamgauge-alerts-2026.01.10"};
    server.writes.clear();
    const auto done = carryOut<Removal>(server, std::string("streamgauge"));
    for (const SetUpRow& row : done->rows()) QVERIFY2(row.state == SetUpRow::State::Removed, sentenceOf(row).c_str());
    QVERIFY2(server.managed.isEmpty() && server.kept.isEmpty(), qPrintable(server.writes.join('\n')));
}

void TestSetupContract::takesAwayPoliciesOfOursOnly() {
    for (const bool ours : {true, false}) {
        PlayedServer server;
        server.ilm = server.slm = server.sm = true;
        if (ours) {
            SetUpOptions options = thirtyDays();
            options.snapshotLocation = "/backups";
            static_cast<void>(carryOut<SetUp>(server, options));
            server.slm = false; // as OpenSearch has it
            static_cast<void>(carryOut<SetUp>(server, options));
            server.slm = true;
        } else {
            server.kept["/_ilm/policy/streamgauge-retention"] = R"({"policy":{"phases":{}}})";
            server.kept["/_slm/policy/streamgauge-daily"] = R"({"repository":"r"})";
            server.kept["/_plugins/_sm/policies/streamgauge-daily"] = R"({"description":"mine"})";
            server.kept["/_index_template/streamgauge-alerts"] = R"({"index_patterns":["x"]})";
            // of the prefix streamgauge-eu
            server.kept["/_index_template/streamgauge-eu-access"] = R"({"version":2,"_meta":{"managed_by":"streamgauge"}})";
        }
        server.writes.clear();
        const auto done = carryOut<Removal>(server, std::string("streamgauge"));
        QVERIFY(!done->failure());
        QCOMPARE(server.writes.size(), ours ? 9 : 0);
        QCOMPARE(server.kept.keys(), ours ? QStringList{"/_snapshot/streamgauge"}
                                          : (QStringList{"/_ilm/policy/streamgauge-retention", "/_index_template/streamgauge-alerts",
                                                         "/_index_template/streamgauge-eu-access", "/_plugins/_sm/policies/streamgauge-daily",
                                                         "/_slm/policy/streamgauge-daily"}));
        if (ours) // components after the templates that use them
            QVERIFY(server.writes.indexOf("DELETE /_index_template/streamgauge-alerts") <
                    server.writes.indexOf("DELETE /_component_template/streamgauge-settings"));
    }
}

void TestSetupContract::aNewerOneStays() {
    PlayedServer server;
    const QByteArray newer = R"({"index_patterns":["streamgauge-access-*"],"version":999,"_meta":{"managed_by":"streamgauge"}})";
    server.kept["/_index_template/streamgauge-access"] = newer;
    const auto done = carryOut<SetUp>(server, SetUpOptions());
    QVERIFY(done->obstacle() == nullptr);
    QCOMPARE(server.kept["/_index_template/streamgauge-access"], newer);
    QCOMPARE(server.writes.size(), 5);
}

void TestSetupContract::sendsABearerToken() {
    HttpReceiver server;
    Credentials credentials;
    credentials.token = "dGhlIHRva2Vu";
    const auto ask = [](Transport& way) {
        HttpResponse got;
        bool done = false;
        HttpRequest request;
        request.path = "/";
        way.send(std::move(request), [&](HttpResponse response) {
            got = std::move(response);
            done = true;
        });
        if (!QTest::qWaitFor([&] { return done; }, 20'000)) qFatal("no answer");
        return got;
    };
    QCOMPARE(ask(*makeQtTransport(server.url(), credentials, "tests")).status, 200);
    QVERIFY2(server.requests.value(0).contains("\r\nAuthorization: Bearer dGhlIHRva2Vu\r\n"), server.requests.value(0));
    const HttpResponse refused = ask(*makeQtTransport("http://search.example:9200", credentials, "tests"));
    QCOMPARE(refused.status, 0);
    QCOMPARE(refused.error, std::string("a token is not sent over plain http: use https"));
}

} // namespace sg

QTEST_GUILESS_MAIN(sg::TestSetupContract)
#include "tst_setup_contract.moc"
