#include "core/format/request_line.h"

#include <QTest>

class RequestLineTest : public QObject {
    Q_OBJECT
private slots:
    void splits_data();
    void splits();
};

namespace {
QByteArray bytesOf(std::string_view text) {
    return text.data() == nullptr ? QByteArray("(absent)") : QByteArray(text.data(), static_cast<qsizetype>(text.size()));
}
} // namespace

void RequestLineTest::splits_data() {
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("version");
    QTest::addColumn<QByteArray>("request");
    const QByteArray none("(absent)");
    const auto row = [](const char* phrase, const QByteArray& line, const QByteArray& method, const QByteArray& target,
                        const QByteArray& version,
                        const QByteArray& request) { QTest::newRow(phrase) << line << method << target << version << request; };
    row("a plain request", "GET /a?b=c HTTP/1.1", "GET", "/a?b=c", "1.1", none);
    row("HTTP/2", "GET / HTTP/2.0", "GET", "/", "2.0", none);
    row("a version without a minor", "GET / HTTP/3", "GET", "/", "3", none);
    row("spaces in the URL", "GET /a b  c HTTP/1.1", "GET", "/a b  c", "1.1", none);
    row("HTTP in the URL", "GET /a HTTP/1.1 HTTP/1.0", "GET", "/a HTTP/1.1", "1.0", none);
    row("CONNECT", "CONNECT example.org:443 HTTP/1.1", "CONNECT", "example.org:443", "1.1", none);
    row("an absolute URL", "GET http://example.org/x HTTP/1.1", "GET", "http://example.org/x", "1.1", none);
    row("the asterisk", "OPTIONS * HTTP/1.1", "OPTIONS", "*", "1.1", none);
    row("HTTP/2's preface", "PRI * HTTP/2.0", "PRI", "*", "2.0", none);
    row("a method with a hyphen", "M-SEARCH * HTTP/1.1", "M-SEARCH", "*", "1.1", none);
    row("HTTP/0.9", "GET /", "GET", "/", none, "GET /");
    row("HTTP/0.9 with a space behind", "GET / ", "GET", "/", none, "GET / ");
    row("no request", "-", none, none, none, none);
    row("an empty request", "", none, none, none, none);
    row("a space", " ", none, none, none, " ");
    row("a TLS handshake", "\\x16\\x03\\x01\\x02\\x00\\x01", none, none, none, "\\x16\\x03\\x01\\x02\\x00\\x01");
    row("raw bytes", "\x16\x03\x01 / HTTP/1.1", none, none, none, "\x16\x03\x01 / HTTP/1.1");
    row("one word", "quit", none, none, none, "quit");
    row("two words", "hello world", none, none, none, "hello world");
    row("a URL with spaces but no version", "GET /a b", none, none, none, "GET /a b");
    row("no target", "GET  HTTP/1.1", none, none, none, "GET  HTTP/1.1");
    row("method and version", "GET HTTP/1.1", none, none, none, "GET HTTP/1.1");
    row("a version that is none", "GET / HTTP/x", none, none, none, "GET / HTTP/x");
    row("a version with two points", "GET / HTTP/1.1.1", none, none, none, "GET / HTTP/1.1.1");
    row("SSH", "SSH-2.0-Go", none, none, none, "SSH-2.0-Go");
}

void RequestLineTest::splits() {
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, target);
    QFETCH(QByteArray, version);
    QFETCH(QByteArray, request);
    sg::Record record;
    sg::readRequestLine({line.constData(), static_cast<std::size_t>(line.size())}, record);
    QCOMPARE(bytesOf(record.method), method);
    QCOMPARE(bytesOf(record.target), target);
    QCOMPARE(bytesOf(record.version), version);
    QCOMPARE(bytesOf(record.request), request);
}

QTEST_APPLESS_MAIN(RequestLineTest)
#include "tst_request_line.moc"
