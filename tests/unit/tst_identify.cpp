#include "core/elastic/identify.h"

#include <QTest>

namespace sg {

class TestIdentify : public QObject {
    Q_OBJECT
private slots:
    void tellsWhoAnswers_data();
    void tellsWhoAnswers();
    void asksTheHealthWhereTheRootIsForbidden();
    void leavesSecretsOutOfAddresses();
};

void TestIdentify::tellsWhoAnswers_data() {
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("header");
    QTest::addColumn<QString>("body");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("text");
    const auto row = [](const char* phrase, int status, const char* header, const char* body, Identity::Kind kind, const char* text) {
        QTest::newRow(phrase) << status << header << body << static_cast<int>(kind) << text;
    };
    row("Elasticsearch 8", 200, "x-elastic-product: Elasticsearch", R"({"version":{"number":"8.8.2"}})", Identity::Kind::Fit,
        "Elasticsearch 8.8.2");
    row("OpenSearch", 200, "", R"({"version":{"number":"2.19.1","distribution":"opensearch"}})", Identity::Kind::Fit, "OpenSearch 2.19.1");
    row("too old", 200, "", R"({"version":{"number":"7.10.2"},"tagline":"You Know, for Search"})", Identity::Kind::Other,
        "http://x is Elasticsearch 7.10.2, which is too old");
    row("web page", 200, "server: nginx", "<html><TITLE>Welcome to nginx!</TITLE>", Identity::Kind::Other,
        "http://x answers, but is no Elasticsearch (a web server: Welcome to nginx!)");
    row("web server without a title", 200, "server: lighttpd/1.4", "hello", Identity::Kind::Other,
        "http://x answers, but is no Elasticsearch (a web server: lighttpd/1.4)");
    row("other JSON", 200, "", R"({"version":{"number":"7.17.0"}})", Identity::Kind::Other,
        "http://x answers, but is no Elasticsearch (it answers 200)");
    row("starting", 503, "", "", Identity::Kind::Unreached, "http://x answers 503");
    row("no answer", 0, "", "", Identity::Kind::Unreached, "http://x does not answer: why");
    row("a certificate that is refused", -1, "", "", Identity::Kind::Other, "http://x is not trusted: why");
    row("root forbidden", 403, "", "", Identity::Kind::AskHealth, "");
    row("root without a handler", 405, "", "", Identity::Kind::AskHealth, "");
}

void TestIdentify::tellsWhoAnswers() {
    QFETCH(const int, status);
    QFETCH(const QString, header);
    QFETCH(const QString, body);
    QFETCH(const int, kind);
    QFETCH(const QString, text);
    HttpResponse response;
    response.status = std::max(status, 0);
    response.error = "why";
    response.untrusted = status < 0;
    response.body = body.toStdString();
    if (!header.isEmpty()) response.headers.emplace_back(header.section(": ", 0, 0).toStdString(), header.section(": ", 1).toStdString());
    const Identity identity = identifyRoot(response, "http://x");
    QCOMPARE(static_cast<int>(identity.kind), kind);
    QCOMPARE(QString::fromStdString(identity.kind == Identity::Kind::Fit ? identity.product : identity.sentence), text);
}

void TestIdentify::asksTheHealthWhereTheRootIsForbidden() {
    HttpResponse response;
    response.status = 200;
    response.body = R"({"cluster_name":"c","status":"green"})";
    QCOMPARE(identifyHealth(response, "u").kind, Identity::Kind::Fit);
    response.body = "<title>login</title>";
    QCOMPARE(identifyHealth(response, "u").kind, Identity::Kind::Other);
    response.status = 403;
    QCOMPARE(identifyHealth(response, "u").kind, Identity::Kind::Other);
    response.headers.emplace_back("x-elastic-product", "Elasticsearch");
    QCOMPARE(identifyHealth(response, "u").kind, Identity::Kind::Fit);
    response.status = 401;
    QCOMPARE(identifyHealth(response, "u").kind, Identity::Kind::Refused);
}

void TestIdentify::leavesSecretsOutOfAddresses() {
    QCOMPARE(withoutSecrets("https://user:p@ss@host:9200/a@b"), std::string("https://host:9200/a@b"));
    QCOMPARE(withoutSecrets("http://host"), std::string("http://host"));
}

} // namespace sg

QTEST_APPLESS_MAIN(sg::TestIdentify)
#include "tst_identify.moc"
