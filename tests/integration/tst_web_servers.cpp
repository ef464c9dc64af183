#include "core/format/format.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QtTest>

#include <memory>
#include <vector>

using namespace sg;

namespace {

/// How the server of a log writes bytes that would spoil it.
enum class Written { Apache, Nginx, Decoded };

struct LoggedFormat {
    const char* phrase;
    QByteArray format; ///< as its configuration has it, quotes bare
    Written written;
    bool target; ///< logs the request as it was sent
    bool referrer;
};

/// What was sent over one connection, and what came back.
struct Exchange {
    QByteArray request;
    QByteArray answer;
    quint16 port = 0;

    [[nodiscard]] QByteArray line() const { return request.left(request.indexOf("\r\n")); }
    [[nodiscard]] QByteArray header(const QByteArray& name) const {
        const auto at = request.indexOf("\r\n" + name + ": ");
        if (at < 0) return {};
        const auto begin = at + name.size() + 4;
        const QByteArray value = request.mid(begin, request.indexOf("\r\n", begin) - begin);
        return value == "-" ? QByteArray() : value; // as an absent one is written
    }
    [[nodiscard]] int status() const { return answer.startsWith("HTTP/1.") ? answer.mid(9, 3).toInt() : 0; }
};

/// The bytes that the server's escapes stand for.
QByteArray unescaped(std::string_view text, Written written) {
    const QByteArray bytes(text.data(), static_cast<qsizetype>(text.size()));
    if (written == Written::Decoded) return bytes;
    QByteArray out;
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        if (bytes[i] != '\\' || i + 1 == bytes.size()) {
            out += bytes[i];
        } else if (bytes[i + 1] == 'x') {
            out += QByteArray::fromHex(bytes.mid(i + 2, 2));
            i += 3;
        } else {
            static const QByteArray letters = "bnrtv";
            const auto letter = letters.indexOf(bytes[i + 1]);
            out += letter >= 0 ? "\b\n\r\t\v"[letter] : bytes[i + 1];
            ++i;
        }
    }
    return out;
}

/// Requests that come whole into the log.
std::vector<QByteArray> hostileRequests() {
    const QByteArray rest = "Host: x.example\r\nConnection: close\r\n\r\n";
    return {
        "GET / HTTP/1.1\r\nUser-Agent: plain/1.0 (a; b)\r\nReferer: http://r.example/?a=1#f\r\n" + rest,
        "GET /a%20b?q=\"x\"&y=\\z HTTP/1.1\r\nUser-Agent: q\"uo\\te \tTab\r\nReferer: \"\\\"\r\n" + rest,
        "GET /\xff\xfe\xc3\xa9 HTTP/1.1\r\nUser-Agent: \xff\x80\xe2\x80\xa8\r\n" + rest,
        "GET /old\r\n\r\n",
        "\x16\x03\x01\x02\x01\xfc\x03\x03\r\n\r\n",
        "POST /%3Fx?%22 HTTP/1.0\r\nUser-Agent: -\r\n\r\n",
        "GET http://x.example/p?q HTTP/1.1\r\n" + rest,
        "BREW /pot HTTP/1.1\r\nUser-Agent: \"\r\n" + rest,
        "GET /" + QByteArray(3000, 'x') + " HTTP/1.1\r\nUser-Agent: sp 5 7 \" [200] -\r\n" + rest,
        "GET /\" HTTP/1.1\r\nUser-Agent: ends in a backslash\\\r\n" + rest,
        "HEAD /%0a%7f HTTP/1.1\r\nUser-Agent: " + QByteArray(2000, '"') + "\r\n" + rest,
        "OPTIONS * HTTP/1.1\r\n" + rest,
    };
}

quint16 freePort() {
    QTcpServer server;
    return server.listen(QHostAddress::LocalHost) ? server.serverPort() : quint16(0);
}

/// A server of a test: ends with its object.
class WebServer {
public:
    ~WebServer() { stop(); }
    bool start(const QString& program, const QStringList& arguments, quint16 port) {
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.start(program, arguments);
        if (!m_process.waitForStarted()) return false;
        for (int tries = 0; tries < 3000 && m_process.state() == QProcess::Running; ++tries) {
            QTcpSocket socket;
            socket.connectToHost(QHostAddress::LocalHost, port);
            if (socket.waitForConnected(1000)) {
                socket.write("GET /ready HTTP/1.0\r\n\r\n");
                while (socket.waitForReadyRead(10'000)) {
                }
                return true;
            }
            static_cast<void>(m_process.waitForFinished(10));
        }
        return false;
    }
    void stop() {
        if (m_process.state() == QProcess::NotRunning) return;
        m_process.terminate(); // both write their logs and end
        if (!m_process.waitForFinished(20'000)) m_process.kill();
        m_process.waitForFinished();
    }
    QByteArray output() { return m_process.readAll(); }

private:
    QProcess m_process;
};

std::vector<Exchange> exchangeAll(quint16 port) {
    std::vector<Exchange> exchanges;
    for (const QByteArray& request : hostileRequests()) {
        Exchange exchange;
        exchange.request = request;
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, port);
        if (!socket.waitForConnected(10'000)) return {};
        exchange.port = socket.localPort();
        socket.write(request);
        while (socket.waitForReadyRead(20'000)) exchange.answer += socket.readAll(); // until the server closes
        exchange.answer += socket.readAll();
        exchanges.push_back(exchange);
    }
    return exchanges;
}

qsizetype linesIn(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().count('\n') : 0;
}

void writeFile(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("cannot write %s", qPrintable(path));
}

} // namespace

/// What was sent to a real server is what is read from its log.
class WebServersTest : public QObject {
    Q_OBJECT
private slots:
    void readsWhatApacheWasSent();
    void readsWhatNginxWasSent();

private:
    void compare(const LoggedFormat& logged, const QString& name, const QString& log, const std::vector<Exchange>& exchanges, qint64 begin);
};

void WebServersTest::compare(const LoggedFormat& logged, const QString& name, const QString& log, const std::vector<Exchange>& exchanges,
                             qint64 begin) {
    const auto format = findFormat(name.toStdString());
    QVERIFY2(format.has_value(), logged.phrase);
    const auto parser = (*format)->makeParser({});
    QFile file(log);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QList<QByteArray> lines = file.readAll().split('\n');
    lines.removeLast();
    lines.removeFirst(); // whether the server is there
    QCOMPARE(lines.size(), static_cast<qsizetype>(exchanges.size()));
    for (qsizetype i = 0; i < lines.size(); ++i) {
        const Exchange& sent = exchanges[static_cast<std::size_t>(i)];
        const std::string line = lines[i].toStdString();
        Record record;
        const LineOutcome outcome = parser->parse(line, false, record);
        QVERIFY2(outcome.kind == LineOutcome::Kind::Parsed, lines[i].constData());
        const auto text = [&](std::string_view field) { return unescaped(field, logged.written); };

        const QByteArray request = sent.line();
        const auto first = request.indexOf(' ');
        const auto last = request.lastIndexOf(" HTTP/");
        if (logged.target && last > first) {
            QCOMPARE(text(record.method), request.left(first));
            QCOMPARE(text(record.target), request.mid(first + 1, last - first - 1));
            QCOMPARE(text(record.version), request.mid(last + 6));
        } else if (logged.target) {
            QCOMPARE(text(record.request), request);
        }
        QCOMPARE(text(record.agent), sent.header("User-Agent"));
        if (logged.referrer) QCOMPARE(text(record.referrer), sent.header("Referer"));
        if (sent.status() != 0) QCOMPARE(record.status, sent.status());
        if (record.address.data() != nullptr) QCOMPARE(QByteArray::fromStdString(std::string(record.address)), QByteArray("127.0.0.1"));
        for (std::size_t extra = 0; extra < record.extraCount; ++extra)
            if (record.extras[extra].field == EcsField::SourcePort)
                QCOMPARE(QByteArray::fromStdString(std::string(record.extras[extra].value)), QByteArray::number(sent.port));
        QVERIFY(record.hasTime);
        QVERIFY(record.time.seconds() >= begin - 1 && record.time.seconds() <= QDateTime::currentSecsSinceEpoch() + 1);
    }
}

void WebServersTest::readsWhatApacheWasSent() {
    const QString apache = "/usr/sbin/apache2";
    const QString modules = "/usr/lib/apache2/modules/";
    if (!QFile::exists(apache) || !QFile::exists(modules + "mod_mpm_event.so")) {
        if (qgetenv("STREAMGAUGE_REQUIRE_REAL") == "1") QFAIL("apache2-bin is not installed");
        QSKIP("apache2-bin is not installed");
    }
    const LoggedFormat formats[] = {
        {"combined", R"(%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i")", Written::Apache, true, true},
        {"times in parts", R"(%a %{%d/%b/%Y %T}t.%{usec_frac}t %{%z}t "%m %U%q %H" %>s %B %D "%{User-Agent}i" "%{X-Trace}i" %X %k %P)",
         Written::Apache, false, false},
        {"an agent without quotes", R"(%v:%p %a:%{remote}p [%{begin:msec}t] %>s %{User-Agent}i %{ms}T "%r")", Written::Apache, true, false},
        {"JSON by hand", R"({"ip":"%a","t":"%{%Y-%m-%dT%H:%M:%S%z}t","r":"%r","s":%>s,"ua":"%{User-Agent}i","ref":"%{Referer}i"})",
         Written::Apache, true, true},
        {"tabs", R"(%{usec}t\t%r\t%>s\t%{User-Agent}i\t%{Referer}i)", Written::Apache, true, true},
    };
    const QTemporaryDir folder;
    QFile::setPermissions(folder.path(), QFile::Permissions(0x7755));
    const quint16 port = freePort();
    QByteArray configuration = "ServerRoot " + folder.path().toUtf8() + "\nPidFile " + folder.path().toUtf8() + "/pid\nErrorLog " +
                               folder.path().toUtf8() + "/error.log\nListen 127.0.0.1:" + QByteArray::number(port) +
                               "\nServerName a.example\nHttpProtocolOptions Unsafe\nLoadModule mpm_event_module " + modules.toUtf8() +
                               "mod_mpm_event.so\nLoadModule authz_core_module " + modules.toUtf8() + "mod_authz_core.so\nDocumentRoot " +
                               folder.path().toUtf8() + "\n";
    int number = 0;
    for (const LoggedFormat& each : formats) {
        QByteArray quoted = each.format;
        quoted.replace('"', "\\\"");
        configuration += "LogFormat \"" + quoted + "\" f" + QByteArray::number(number) + "\nCustomLog " + folder.path().toUtf8() + "/" +
                         QByteArray::number(number) + ".log f" + QByteArray::number(number) + "\n";
        ++number;
    }
    writeFile(folder.filePath("httpd.conf"), configuration);
    const qint64 begin = QDateTime::currentSecsSinceEpoch();
    WebServer server;
    const bool started = server.start(apache, {"-f", folder.filePath("httpd.conf"), "-DFOREGROUND"}, port);
    QVERIFY2(started, server.output().constData());
    const std::vector<Exchange> exchanges = exchangeAll(port);
    // A request may be logged after its connection was closed, and a server that is told to end logs it no more.
    const auto expected = static_cast<qsizetype>(exchanges.size()) + 1;
    QTRY_COMPARE_WITH_TIMEOUT(linesIn(folder.filePath(QString::number(std::size(formats) - 1) + ".log")), expected, 20'000);
    server.stop();
    number = 0;
    for (const LoggedFormat& each : formats) {
        compare(each, "apache:" + QString::fromUtf8(each.format), folder.filePath(QString::number(number++) + ".log"), exchanges, begin);
        if (QTest::currentTestFailed()) return qWarning("in the format: %s", each.phrase);
    }
}

void WebServersTest::readsWhatNginxWasSent() {
    QProcess script;
    script.start(SG_NGINX_SCRIPT, QStringList());
    script.waitForFinished(100'000);
    const QString nginx = QString::fromUtf8(script.readAllStandardOutput()).trimmed();
    if (script.exitCode() != 0 || nginx.isEmpty()) {
        if (qgetenv("STREAMGAUGE_REQUIRE_REAL") == "1") QFAIL("Debian's nginx cannot be had");
        QSKIP("Debian's nginx cannot be had");
    }
    const LoggedFormat formats[] = {
        {"combined", R"($remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent")",
         Written::Nginx, true, true},
        {"adjacent variables",
         R"($time_iso8601$status$request_time$msec$pipe$scheme://$host$request_uri "$request" $request_length $remote_port "$http_user_agent" $upstream_addr $connection)",
         Written::Nginx, false, false},
        {"JSON", R"(escape=json {"t":$msec,"ip":"$remote_addr","r":"$request","s":$status,"ua":"$http_user_agent","ref":"$http_referer"})",
         Written::Decoded, true, true},
        {"nothing escaped", R"(escape=none "$request" $status "$http_user_agent" [$time_local])", Written::Decoded, true, false},
    };
    const QTemporaryDir folder;
    const QByteArray place = folder.path().toUtf8();
    const quint16 port = freePort();
    QByteArray http;
    QByteArray logs;
    int number = 0;
    for (const LoggedFormat& each : formats) {
        const bool escape = each.format.startsWith("escape=");
        const auto space = each.format.indexOf(' ');
        http += "log_format f" + QByteArray::number(number) + " " + (escape ? each.format.left(space + 1) : QByteArray()) + "'" +
                (escape ? each.format.mid(space + 1) : each.format) + "';\n";
        logs += "access_log " + place + "/" + QByteArray::number(number) + ".log f" + QByteArray::number(number) + ";\n";
        ++number;
    }
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
        http += QByteArray(kind) + "_temp_path " + place + "/" + kind + ";\n";
    writeFile(folder.filePath("nginx.conf"), "daemon off;\nmaster_process off;\npid " + place + "/pid;\nerror_log " + place +
                                                 "/error.log;\nevents {}\nhttp {\n" + http +
                                                 "server {\nlisten 127.0.0.1:" + QByteArray::number(port) +
                                                 ";\nserver_name b.example;\nroot " + place + ";\n" + logs + "}\n}\n");
    const qint64 begin = QDateTime::currentSecsSinceEpoch();
    WebServer server;
    const bool started = server.start(nginx, {"-c", folder.filePath("nginx.conf"), "-p", folder.path()}, port);
    QVERIFY2(started, server.output().constData());
    const std::vector<Exchange> exchanges = exchangeAll(port);
    // A request may be logged after its connection was closed, and a server that is told to end logs it no more.
    const auto expected = static_cast<qsizetype>(exchanges.size()) + 1;
    QTRY_COMPARE_WITH_TIMEOUT(linesIn(folder.filePath(QString::number(std::size(formats) - 1) + ".log")), expected, 20'000);
    server.stop();
    number = 0;
    for (const LoggedFormat& each : formats) {
        compare(each, "nginx:" + QString::fromUtf8(each.format), folder.filePath(QString::number(number++) + ".log"), exchanges, begin);
        if (QTest::currentTestFailed()) return qWarning("in the format: %s", each.phrase);
    }
}

QTEST_GUILESS_MAIN(WebServersTest)
#include "tst_web_servers.moc"
