#include "core/pipeline/qt_transport.h"
#include "tests/support/http_receiver.h"

#include <QFile>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

namespace sg {
namespace {

using test::kOk;
using Server = test::HttpReceiver;

/// Sends and waits for the answer.
HttpResponse ask(Transport& transport, HttpRequest request = {}) {
    std::optional<HttpResponse> response;
    if (request.path.empty()) request.path = "/";
    transport.send(std::move(request), [&](HttpResponse answer) { response = std::move(answer); });
    if (response) qFatal("answered before send returned");
    if (!QTest::qWaitFor([&] { return response.has_value(); }, 20'000)) qFatal("no answer");
    return std::move(*response);
}

HttpRequest bulkOf(std::string body) {
    HttpRequest request;
    request.method = "POST";
    request.path = "/_bulk?filter_path=took,items.*.status";
    request.body = std::move(body);
    request.contentType = "application/x-ndjson";
    return request;
}

constexpr const char* kNames[] = {"STREAMGAUGE_ES_USER", "STREAMGAUGE_ES_PASSWORD", "STREAMGAUGE_ES_API_KEY", "STREAMGAUGE_ES_CA",
                                  "STREAMGAUGE_ES_CREDENTIALS"};

} // namespace

class TestQtTransport : public QObject {
    Q_OBJECT
private slots:
    void init() {
        for (const char* name : kNames) qunsetenv(name);
    }
    void cleanup() { init(); }
    void sendsARequestAsItIs();
    void keepsTheConnection();
    void saysWhoWeAre_data();
    void saysWhoWeAre();
    void sendsNoKeyOverPlainHttp();
    void tellsSecretsOnlyToTheAddressOfTheSettings_data();
    void tellsSecretsOnlyToTheAddressOfTheSettings();
    void takesAnErrorStatusAsAnAnswer_data();
    void takesAnErrorStatusAsAnAnswer();
    void followsNoRedirect();
    void endsARequestInTime();
    void saysThatNobodyListens();
    void sendsABodyOnce();
    void takesHalfAnAnswerAsNone();
    void refusesAnAnswerThatIsTooLong_data();
    void refusesAnAnswerThatIsTooLong();
    void dropsAnswersWithTheTransport();
    void refusesAnAddress_data();
    void refusesAnAddress();
    void saysThatACertificateFileIsNone();
    void readsCredentials_data();
    void readsCredentials();
};

void TestQtTransport::sendsARequestAsItIs() {
    Server server;
    const auto transport = makeQtTransport(server.url() + "/search/", {}, "abcdefgh");
    const std::string body = "{\"create\":{}}\n{\"a\":\"\xc3\xa9\"}\n";
    const HttpResponse response = ask(*transport, bulkOf(body));
    QCOMPARE(response.status, 200);
    QCOMPARE(response.body, std::string("ok"));
    const std::pair<std::string, std::string> product{"x-elastic-product", "Elasticsearch"};
    QVERIFY(std::find(response.headers.begin(), response.headers.end(), product) != response.headers.end());
    const QByteArray request = server.requests.value(0);
    QVERIFY2(request.startsWith("POST /search/_bulk?filter_path=took,items.*.status HTTP/1.1\r\n"), request.constData());
    QVERIFY2(request.contains("\r\nX-Opaque-Id: streamgauge-abcdefgh\r\n"), request.constData());
    QVERIFY2(request.contains("\r\nContent-Type: application/x-ndjson\r\n"), request.constData());
    QVERIFY2(request.contains("\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n"), request.constData());
    QVERIFY2(!request.contains("Authorization"), request.constData());
    QVERIFY(request.endsWith("\r\n\r\n" + QByteArray::fromStdString(body)));
}

void TestQtTransport::keepsTheConnection() {
    Server server;
    const auto transport = makeQtTransport(server.url(), {}, "s");
    for (int i = 0; i < 5; ++i) QCOMPARE(ask(*transport, bulkOf("x\n")).status, 200);
    QCOMPARE(server.requests.size(), 5);
    QCOMPARE(server.connections, 1);
}

void TestQtTransport::saysWhoWeAre_data() {
    QTest::addColumn<QByteArray>("login"); // in the address
    QTest::addColumn<QByteArray>("user");
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("header");
    const QByteArray basic = "Basic " + QByteArray("ann:s3cret").toBase64();
    QTest::newRow("user and password") << QByteArray() << QByteArray("ann") << QByteArray() << basic;
    QTest::newRow("in the address") << QByteArray("ann:s3cret@") << QByteArray() << QByteArray() << basic;
    QTest::newRow("escaped in the address") << QByteArray("ann:s3%63ret@") << QByteArray() << QByteArray() << basic;
    QTest::newRow("the environment before the address") << QByteArray("bob:x@") << QByteArray("ann") << QByteArray() << basic;
    QTest::newRow("key to this machine") << QByteArray() << QByteArray() << QByteArray("a2V5") << QByteArray("ApiKey a2V5");
}
void TestQtTransport::saysWhoWeAre() {
    QFETCH(QByteArray, login);
    QFETCH(QByteArray, user);
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, header);
    Server server;
    Credentials credentials;
    credentials.user = user.toStdString();
    if (!user.isEmpty()) credentials.password = "s3cret";
    credentials.apiKey = key.toStdString();
    const auto transport = makeQtTransport(server.url(login.constData()), credentials, "s");
    QCOMPARE(ask(*transport).status, 200);
    const QByteArray request = server.requests.value(0);
    QVERIFY2(request.contains("\r\nAuthorization: " + header + "\r\n"), request.constData());
    QCOMPARE(request.count("Authorization"), 1);
}

void TestQtTransport::sendsNoKeyOverPlainHttp() {
    Credentials credentials;
    credentials.apiKey = "c2VjcmV0";
    const auto transport = makeQtTransport("http://search.example:9200", credentials, "s");
    const HttpResponse response = ask(*transport);
    QCOMPARE(response.status, 0);
    QCOMPARE(response.error, std::string("an API key is not sent over plain http: use https"));
}

void TestQtTransport::tellsSecretsOnlyToTheAddressOfTheSettings_data() {
    QTest::addColumn<QString>("url");
    QTest::addColumn<bool>("told");
    QTest::newRow("the same") << "https://es.example:9243" << true;
    QTest::newRow("below a path, in other letters") << "https://ES.example:9243/es/" << true;
    QTest::newRow("with a name in it") << "https://ann:x@es.example:9243" << true;
    QTest::newRow("another port") << "https://es.example:9200" << false;
    QTest::newRow("the default port") << "https://es.example" << false;
    QTest::newRow("not encrypted") << "http://es.example:9243" << false;
    QTest::newRow("another host") << "https://old.example:9243" << false;
}

void TestQtTransport::tellsSecretsOnlyToTheAddressOfTheSettings() {
    QFETCH(QString, url);
    QFETCH(bool, told);
    const Credentials all{"ann", "secret", "", "/ca.crt"};
    const Credentials some = credentialsFor(url.toStdString(), "https://es.example:9243", all);
    QCOMPARE(some.password.empty() && some.user.empty(), !told);
    QCOMPARE(some.caFile, all.caFile);
}

void TestQtTransport::takesAnErrorStatusAsAnAnswer_data() {
    QTest::addColumn<int>("status");
    for (const int status : {400, 401, 403, 404, 407, 409, 413, 429, 500, 502, 503, 504}) QTest::addRow("%d", status) << status;
}
void TestQtTransport::takesAnErrorStatusAsAnAnswer() {
    QFETCH(int, status);
    Server server;
    server.answer = [&](const QByteArray&) { return "HTTP/1.1 " + QByteArray::number(status) + " No\r\nContent-Length: 4\r\n\r\nwhy?"; };
    const auto transport = makeQtTransport(server.url("ann:s3cret@"), {}, "s");
    const HttpResponse response = ask(*transport, bulkOf("x\n"));
    QCOMPARE(response.status, status);
    QCOMPARE(response.body, std::string("why?"));
    QCOMPARE(server.requests.size(), 1);
}

void TestQtTransport::followsNoRedirect() {
    Server other;
    Server server;
    server.answer = [&](const QByteArray&) {
        return "HTTP/1.1 302 Found\r\nLocation: " + QByteArray::fromStdString(other.url()) + "/\r\nContent-Length: 0\r\n\r\n";
    };
    const auto transport = makeQtTransport(server.url("ann:s3cret@"), {}, "s");
    QCOMPARE(ask(*transport).status, 302);
    QCOMPARE(other.connections, 0);
}

void TestQtTransport::endsARequestInTime() {
    Server server;
    server.answer = [](const QByteArray&) { return QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"); };
    const auto transport = makeQtTransport(server.url(), {}, "s");
    HttpRequest request = bulkOf("x\n");
    request.timeout = Milliseconds(50);
    const HttpResponse response = ask(*transport, request);
    QCOMPARE(response.status, 0);
    QVERIFY(response.timedOut);
    QCOMPARE(response.error, std::string("no answer in time"));
    QVERIFY(response.body.empty());
    server.answer = [](const QByteArray&) { return kOk; };
    QCOMPARE(ask(*transport).status, 200); // the next one is not harmed
}

void TestQtTransport::saysThatNobodyListens() {
    Server server;
    const std::string url = server.url("ann:s3cret@");
    server.close();
    const auto transport = makeQtTransport(url, {}, "s");
    const HttpResponse response = ask(*transport);
    QCOMPARE(response.status, 0);
    QVERIFY(!response.timedOut);
    QVERIFY2(response.error.find("refused") != std::string::npos, response.error.c_str());
    QVERIFY2(response.error.find("s3cret") == std::string::npos, response.error.c_str());
}

void TestQtTransport::sendsABodyOnce() {
    Server server;
    const auto transport = makeQtTransport(server.url(), {}, "s");
    QCOMPARE(ask(*transport, bulkOf("first\n")).status, 200);
    // The kept connection is cut after it took the body: whether it was done is not known, and only the caller may try again.
    server.hangUp = true;
    const HttpResponse response = ask(*transport, bulkOf("second\n"));
    QCOMPARE(response.status, 0);
    QVERIFY(!response.error.empty());
    QCOMPARE(
        std::count_if(server.requests.begin(), server.requests.end(), [](const QByteArray& request) { return request.contains("second"); }),
        1);
}

void TestQtTransport::takesHalfAnAnswerAsNone() {
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QTcpServer::newConnection, &server, [&] {
        QTcpSocket* socket = server.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, socket, [socket] {
            socket->write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            socket->disconnectFromHost();
        });
    });
    const auto transport = makeQtTransport("http://127.0.0.1:" + std::to_string(server.serverPort()), {}, "s");
    const HttpResponse response = ask(*transport);
    QCOMPARE(response.status, 0);
    QVERIFY(!response.error.empty());
    QVERIFY(response.body.empty());
}

void TestQtTransport::refusesAnAnswerThatIsTooLong_data() {
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<int>("length");
    QTest::newRow("declared") << QByteArray("Content-Length: 67108865\r\n") << 5;
    QTest::newRow("without a length") << QByteArray("Connection: close\r\n") << (65 << 20);
}
void TestQtTransport::refusesAnAnswerThatIsTooLong() {
    QFETCH(QByteArray, header);
    QFETCH(int, length);
    Server server;
    server.answer = [&](const QByteArray&) { return "HTTP/1.1 200 OK\r\n" + header + "\r\n" + QByteArray(length, 'x'); };
    const auto transport = makeQtTransport(server.url(), {}, "s");
    const HttpResponse response = ask(*transport);
    QCOMPARE(response.status, 0);
    QCOMPARE(response.error, std::string("the answer is longer than 64 MiB"));
    QVERIFY(response.body.empty());
}

void TestQtTransport::dropsAnswersWithTheTransport() {
    Server server;
    server.answer = [](const QByteArray&) { return QByteArray(); };
    auto transport = makeQtTransport(server.url(), {}, "s");
    bool answered = false;
    HttpRequest request;
    request.path = "/";
    transport->send(request, [&](const HttpResponse&) { answered = true; });
    QVERIFY(QTest::qWaitFor([&] { return server.requests.size() == 1; }));
    transport.reset();
    QCoreApplication::processEvents();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QVERIFY(!answered);
}

void TestQtTransport::refusesAnAddress_data() {
    QTest::addColumn<QString>("url");
    QTest::newRow("empty") << "";
    QTest::newRow("no scheme") << "localhost:9200";
    QTest::newRow("another scheme") << "ftp://ann:s3cret@localhost";
    QTest::newRow("no host") << "http://";
    QTest::newRow("a space") << "http://ann:s3cret@local host";
}
void TestQtTransport::refusesAnAddress() {
    QFETCH(QString, url);
    const auto transport = makeQtTransport(url.toStdString(), {}, "s");
    const HttpResponse response = ask(*transport);
    QCOMPARE(response.status, 0);
    QCOMPARE(response.error, std::string("the address is not of the form http://host:port"));
}

void TestQtTransport::saysThatACertificateFileIsNone() {
    Credentials credentials;
    credentials.caFile = "/nowhere/ca.pem";
    const auto transport = makeQtTransport("https://127.0.0.1:1", credentials, "s");
    QCOMPARE(ask(*transport).error, std::string("STREAMGAUGE_ES_CA names /nowhere/ca.pem, which holds no certificate"));
}

void TestQtTransport::readsCredentials_data() {
    QTest::addColumn<QString>("environment"); // NAME=VALUE, by spaces
    QTest::addColumn<QByteArray>("file");     // "-" = none
    QTest::addColumn<int>("mode");
    QTest::addColumn<QString>("expected"); // user|password|key|ca, or the error
    const QByteArray none = "-";
    QTest::newRow("nothing") << "" << none << 0600 << "|||";
    QTest::newRow("user in the environment") << "USER=ann PASSWORD=s3cret" << none << 0600 << "ann|s3cret||";
    QTest::newRow("key in the environment") << "API_KEY=s3cret CA=/ca.pem" << none << 0600 << "||s3cret|/ca.pem";
    QTest::newRow("file") << "" << QByteArray("# ours\n\n STREAMGAUGE_ES_USER = ann \nSTREAMGAUGE_ES_PASSWORD=a=b\r\n") << 0600
                          << "ann|a=b||";
    QTest::newRow("only the owner may read") << "" << QByteArray("STREAMGAUGE_ES_USER=ann\n") << 0400 << "ann|||";
    QTest::newRow("environment before file") << "USER=bob" << QByteArray("STREAMGAUGE_ES_USER=ann\nSTREAMGAUGE_ES_PASSWORD=s3cret\n")
                                             << 0600 << "bob|s3cret||";
    QTest::newRow("both kinds") << "USER=ann API_KEY=s3cret" << none << 0600
                                << "error: both STREAMGAUGE_ES_API_KEY and STREAMGAUGE_ES_USER";
    QTest::newRow("both kinds from two places") << "USER=ann" << QByteArray("STREAMGAUGE_ES_API_KEY=s3cret\n") << 0600
                                                << "error: both STREAMGAUGE_ES_API_KEY and STREAMGAUGE_ES_USER";
    QTest::newRow("unknown name") << "" << QByteArray("# ours\nSTREAMGAUGE_ES_PASSWROD=s3cret\n") << 0600 << "error: line 2 of ";
    QTest::newRow("no assignment") << "" << QByteArray("s3cret\n") << 0600 << "error: line 1 of ";
    QTest::newRow("the group may read") << "" << QByteArray("STREAMGAUGE_ES_PASSWORD=s3cret\n") << 0640 << "error: the credentials in ";
    QTest::newRow("others may read") << "" << QByteArray("STREAMGAUGE_ES_PASSWORD=s3cret\n") << 0604 << "error: the credentials in ";
    QTest::newRow("others may write") << "" << QByteArray("STREAMGAUGE_ES_PASSWORD=s3cret\n") << 0602 << "error: the credentials in ";
}
void TestQtTransport::readsCredentials() {
    QFETCH(QString, environment);
    QFETCH(QByteArray, file);
    QFETCH(int, mode);
    QFETCH(QString, expected);
    const QTemporaryDir folder;
    for (const QString& pair : environment.split(' ', Qt::SkipEmptyParts))
        qputenv(("STREAMGAUGE_ES_" + pair.section('=', 0, 0)).toLatin1().constData(), pair.section('=', 1).toLatin1());
    if (file != "-") {
        QFile out(folder.filePath("credentials"));
        QVERIFY(out.open(QIODevice::WriteOnly) && out.write(file) == file.size());
        out.close();
        QFileDevice::Permissions permissions;
        const std::pair<int, QFileDevice::Permission> bits[] = {{0400, QFileDevice::ReadOwner}, {0200, QFileDevice::WriteOwner},
                                                                {0040, QFileDevice::ReadGroup}, {0020, QFileDevice::WriteGroup},
                                                                {0004, QFileDevice::ReadOther}, {0002, QFileDevice::WriteOther}};
        for (const auto& [bit, permission] : bits) permissions.setFlag(permission, (mode & bit) != 0);
        QVERIFY(out.setPermissions(permissions));
        qputenv("STREAMGAUGE_ES_CREDENTIALS", out.fileName().toLocal8Bit());
    }
    const auto credentials = credentialsFromEnvironment();
    if (expected.startsWith("error: ")) {
        QVERIFY(!credentials);
        const QString message = QString::fromStdString(credentials.error().message);
        QVERIFY2(message.startsWith(expected.mid(7)), qPrintable(message));
        QVERIFY2(!message.contains("s3cret"), qPrintable(message));
    } else {
        QVERIFY2(credentials.has_value(), credentials ? "" : credentials.error().message.c_str());
        const auto& [user, password, key, ca, token] = *credentials;
        QCOMPARE(QString::fromStdString(user + '|' + password + '|' + key + '|' + ca), expected);
        QCOMPARE(token, std::string());
    }
}

} // namespace sg

QTEST_GUILESS_MAIN(sg::TestQtTransport)
#include "tst_qt_transport.moc"
