#include "core/elastic/doctor.h"

#include <QTest>

#include <map>

namespace sg {
namespace {

constexpr std::int64_t kNowMs = 1'760'000'000'000;
constexpr const char* kElastic = R"({"version":{"number":"8.19.8"},"tagline":"You Know, for Search"})";

/// Answers by the beginning of the path; what is not named is answered as by a server that has it not.
struct Played {
    std::map<std::string, std::pair<int, std::string>> answers{
        {"/_security/_authenticate", {200, R"({"username":"gauge","authentication_type":"realm"})"}},
        {"/_security/user/_has_privileges",
         {200, R"({"cluster":{"monitor":true,"manage_index_templates":true},"index":{"streamgauge-access-*":)"
               R"({"create_doc":true,"auto_configure":true,"view_index_metadata":true,"delete_index":true}}})"}},
        {"/_nodes/_local/stats/fs",
         {200, R"({"nodes":{"a":{"timestamp":1760000000000,"fs":{"total":{"total_in_bytes":1000,"available_in_bytes":500}}}}})"}},
        {"/_cluster/settings", {200, "{}"}},
        {"/streamgauge-access-*", {200, "{}"}},
        {"/_component_template/", {200, R"({"component_templates":[]})"}},
        {"/_index_template/", {200, R"({"index_templates":[]})"}},
        {"/_ilm/status", {200, "{}"}},
    };
    HttpResponse root;
    std::string url = "https://search.example:9200";
    SetUpOptions setUp;

    Played() {
        root.status = 200;
        root.body = kElastic;
        root.headers = {{"x-elastic-product", "Elasticsearch"}};
    }
    std::map<std::string, Finding> look() const {
        Doctor doctor({url, setUp, true}, [] { return Timestamp::fromMilliseconds(kNowMs); });
        while (const auto request = doctor.next()) doctor.take(answerTo(request->path));
        std::map<std::string, Finding> found;
        for (const Finding& each : doctor.findings()) found[each.check] = each;
        return found;
    }

private:
    HttpResponse answerTo(const std::string& path) const {
        if (path == "/") return root;
        HttpResponse response;
        response.status = 400;
        response.body = R"({"error":"no handler found for uri"})";
        response.headers = {{"x-elastic-product", "Elasticsearch"}};
        for (const auto& [begin, answer] : answers)
            if (path.starts_with(begin)) {
                response.status = answer.first;
                response.body = answer.second;
            }
        return response;
    }
};

using Level = Finding::Level;
using Remedy = Finding::Remedy;

} // namespace

class TestDoctor : public QObject {
    Q_OBJECT
private slots:
    void saysWhatIsGood();
    void saysTheClockIsOff_data();
    void saysTheClockIsOff();
    void looksAtTheDisk_data();
    void looksAtTheDisk();
    void namesBlockedIndices();
    void saysWhatAUserLacks_data();
    void saysWhatAUserLacks();
    void endsWhereNothingCanBeAsked_data();
    void endsWhereNothingCanBeAsked();
    void tellsWhoAnswersWithoutRights();
    void readsDaysOfIndices_data();
    void readsDaysOfIndices();
};

void TestDoctor::saysWhatIsGood() {
    auto found = Played().look();
    for (const char* check : {"TLS", "product", "authentication", "privileges", "clock", "disk", "write blocks"})
        QVERIFY2(found[check].level == Level::Good, check);
    QCOMPARE(found["product"].found, std::string("Elasticsearch 8.19.8"));
    QCOMPARE(found["authentication"].found, std::string("user gauge"));
    QVERIFY(found["template"].level == Level::Fault && found["template"].remedy == Remedy::InstallTemplates);
    QVERIFY(found["retention"].level == Level::Note);
}

void TestDoctor::saysTheClockIsOff_data() {
    QTest::addColumn<qint64>("off");
    QTest::addColumn<QString>("says");
    QTest::newRow("behind") << qint64{-300'000} << "the server's clock is 300 s behind this one";
    QTest::newRow("ahead") << qint64{7'200'000} << "the server's clock is 7200 s ahead of this one";
    QTest::newRow("a little") << qint64{30'000} << "the server's clock and this one agree";
}
void TestDoctor::saysTheClockIsOff() {
    QFETCH(qint64, off);
    QFETCH(QString, says);
    Played played;
    played.answers["/_nodes/_local/stats/fs"].second = R"({"nodes":{"a":{"timestamp":)" + std::to_string(kNowMs + off) + "}}}";
    QCOMPARE(QString::fromStdString(played.look()["clock"].found), says);
}

void TestDoctor::looksAtTheDisk_data() {
    QTest::addColumn<int>("free");
    QTest::addColumn<QString>("settings");
    QTest::addColumn<int>("level");
    QTest::addColumn<QString>("says");
    const auto disk = [](const char* inner) { return QString(R"({"%1":{"cluster":{"routing":{"allocation":{"disk":{%2}}}}}})").arg("persistent", inner); };
    QTest::newRow("half full") << 500 << "{}" << int(Level::Good) << "50 % of its disk is used";
    QTest::newRow("low watermark") << 140 << "{}" << int(Level::Note) << "low watermark (85%)";
    QTest::newRow("high watermark") << 90 << "{}" << int(Level::Fault) << "high watermark (90%)";
    QTest::newRow("flood stage") << 40 << "{}" << int(Level::Fault) << "flood stage (95%)";
    QTest::newRow("its own watermarks") << 500 << disk(R"("watermark":{"flood_stage":"40%"})") << int(Level::Fault) << "flood stage (40%)";
    QTest::newRow("bytes that must stay free") << 500 << disk(R"("watermark":{"flood_stage":"1kb"})") << int(Level::Fault) <<
        "flood stage (1kb)";
    QTest::newRow("switched off") << 10 << disk(R"("threshold_enabled":"false")") << int(Level::Note) << "switched off";
}
void TestDoctor::looksAtTheDisk() {
    QFETCH(int, free);
    QFETCH(QString, settings);
    QFETCH(int, level);
    QFETCH(QString, says);
    Played played;
    played.answers["/_nodes/_local/stats/fs"].second =
        R"({"nodes":{"a":{"timestamp":1760000000000,"fs":{"total":{"total_in_bytes":1000,"available_in_bytes":)" + std::to_string(free) +
            "}}}}}";
    played.answers["/_cluster/settings"].second = settings.toStdString();
    const Finding disk = played.look()["disk"];
    QCOMPARE(int(disk.level), level);
    QVERIFY2(disk.found.find(says.toStdString()) != std::string::npos, disk.found.c_str());
}

void TestDoctor::namesBlockedIndices() {
    Played played;
    played.answers["/streamgauge-access-*"].second =
        R"({"streamgauge-access-2026.01.01":{"settings":{"index":{"blocks":{"read_only_allow_delete":"true"}}}},)"
        R"("streamgauge-access-2026.01.02":{"settings":{"index":{"blocks":{"write":"false"}}}}})";
    const Finding blocks = played.look()["write blocks"];
    QCOMPARE(blocks.found, std::string("set on streamgauge-access-2026.01.01"));
    QVERIFY(blocks.level == Level::Fault && blocks.remedy == Remedy::LiftBlocks);
}

void TestDoctor::saysWhatAUserLacks_data() {
    QTest::addColumn<QString>("lacks");
    QTest::addColumn<int>("level");
    QTest::newRow("to write") << "create_doc" << int(Level::Fault);
    QTest::newRow("to make indices") << "auto_configure" << int(Level::Fault);
    QTest::newRow("to look") << "monitor" << int(Level::Note);
    QTest::newRow("to put templates") << "manage_index_templates" << int(Level::Note);
    QTest::newRow("to delete, which nobody asked for") << "delete_index" << int(Level::Good);
}
void TestDoctor::saysWhatAUserLacks() {
    QFETCH(QString, lacks);
    QFETCH(int, level);
    Played played;
    std::string& body = played.answers["/_security/user/_has_privileges"].second;
    const std::string had = '"' + lacks.toStdString() + "\":true";
    QVERIFY(body.find(had) != std::string::npos);
    body.replace(body.find(had), had.size(), '"' + lacks.toStdString() + "\":false");
    const Finding privileges = played.look()["privileges"];
    QCOMPARE(int(privileges.level), level);
    QVERIFY(level == int(Level::Good) || privileges.found.find(lacks.toStdString()) != std::string::npos);
}

void TestDoctor::endsWhereNothingCanBeAsked_data() {
    QTest::addColumn<int>("status");
    QTest::addColumn<bool>("untrusted");
    QTest::addColumn<QString>("body");
    QTest::addColumn<QString>("check");
    QTest::addColumn<QString>("says");
    QTest::newRow("silence") << 0 << false << "" << "product" << "does not answer: cut";
    QTest::newRow("a stranger's certificate") << 0 << true << "" << "TLS" << "the server is not trusted: cut";
    QTest::newRow("a shop") << 200 << false << "<title>A shop</title>" << "product" << "is no Elasticsearch (a web server: A shop)";
    QTest::newRow("too old") << 200 << false << R"({"version":{"number":"6.8.0"},"tagline":"You Know, for Search"})" << "product" <<
        "too old";
    QTest::newRow("starting") << 503 << false << "" << "product" << "answers 503";
}
void TestDoctor::endsWhereNothingCanBeAsked() {
    QFETCH(int, status);
    QFETCH(bool, untrusted);
    QFETCH(QString, body);
    QFETCH(QString, check);
    QFETCH(QString, says);
    Played played;
    played.root = {};
    played.root.status = status;
    played.root.untrusted = untrusted;
    played.root.error = status == 0 ? "cut" : "";
    played.root.body = body.toStdString();
    auto found = played.look();
    QVERIFY2(found.count(check.toStdString()) == 1 && found.count("clock") == 0, qPrintable(check));
    const Finding line = found[check.toStdString()];
    QVERIFY2(line.level == Level::Fault && line.found.find(says.toStdString()) != std::string::npos, line.found.c_str());
    QVERIFY(!line.advice.empty());
}

void TestDoctor::tellsWhoAnswersWithoutRights() {
    HttpResponse forbidden;
    forbidden.status = 403;
    forbidden.body = R"({"error":{"type":"security_exception","reason":"no permissions for [cluster:monitor/health]"},"status":403})";
    QVERIFY(identifyHealth(forbidden, "https://x").kind == Identity::Kind::Fit);
    QCOMPARE(identifyHealth(forbidden, "https://x").product, std::string("OpenSearch"));
    // 8.19 answers 403 without its own header.
    forbidden.body = R"({"error":{"type":"security_exception","reason":"action [cluster:monitor/health] is unauthorized for user [w]"},"status":403})";
    QCOMPARE(identifyHealth(forbidden, "https://x").product, std::string("Elasticsearch"));
    forbidden.body = "<html><title>Forbidden</title></html>";
    QVERIFY(identifyHealth(forbidden, "https://x").kind == Identity::Kind::Other);
}

void TestDoctor::readsDaysOfIndices_data() {
    QTest::addColumn<QString>("index");
    QTest::addColumn<qint64>("end"); // s; 0 = none
    QTest::addColumn<QString>("prefix");
    QTest::newRow("access") << "p-access-2026.01.31" << qint64{1769904000} << "p";
    QTest::newRow("leap day") << "p-alerts-2024.02.29" << qint64{1709251200} << "p";
    QTest::newRow("no such day") << "p-access-2026.02.30" << qint64{0} << "p";
    QTest::newRow("more after it") << "p-access-2026.01.31-000001" << qint64{0} << "p";
    QTest::newRow("another prefix") << "q-access-2026.01.31" << qint64{0} << "p";
    QTest::newRow("another kind") << "p-errors-2026.01.31" << qint64{0} << "p";
    QTest::newRow("signs") << "p-access-+026.-1.31" << qint64{0} << "p";
    QTest::newRow("of a source") << "p-shop_1-x-access-2026.01.31" << qint64{1769904000} << "p-{source}-x";
    QTest::newRow("no source's name") << "p-Shop-x-access-2026.01.31" << qint64{0} << "p-{source}-x";
    QTest::newRow("without a source") << "p-x-access-2026.01.31" << qint64{0} << "p-{source}-x";
}
void TestDoctor::readsDaysOfIndices() {
    QFETCH(QString, index);
    QFETCH(qint64, end);
    QFETCH(QString, prefix);
    const auto found = endOfIndexDay(index.toStdString(), prefix.toStdString());
    QCOMPARE(found ? found->seconds() : 0, end);
}

} // namespace sg

QTEST_APPLESS_MAIN(sg::TestDoctor)
#include "tst_doctor.moc"
