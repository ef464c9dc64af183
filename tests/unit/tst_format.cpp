#include "core/format/format.h"
#include "core/record/header.h"

#include "tests/support/format_check.h"

#include <QFile>
#include <QTest>

#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace sg;

class FormatTest : public QObject {
    Q_OBJECT
private slots:
    void namesAreRegistered();
    void readsGoldenLines_data();
    void readsGoldenLines();
    void readsHostileLines_data();
    void readsHostileLines();
    void survivesEveryPrefix_data();
    void survivesEveryPrefix();
    void survivesMutations_data();
    void survivesMutations();
    void readsALineTheSameWhateverCameBefore();
    void dropsTheByteOrderMarkOfTheFirstLineOnly();
    void leavesNothingOfTheLineBefore();
    void saysWhichLinesAreClean_data();
    void saysWhichLinesAreClean();
    void takesTheZoneOfTheOptions();
    void detectsEachFormatInItsGoldenFile_data();
    void detectsEachFormatInItsGoldenFile();
    void detectionCountsWhatItSaw();
    void detectionLooksAtAThousandLines();
    void detectionExplainsItself_data();
    void detectionExplainsItself();
};

namespace {

const std::string kClient = "203.0.113.7 - - [23/Mar/2024:01:18:20 +0000] ";
const std::string kTime = "time=1711156700000000000 address=<203.0.113.7> ";
const std::string kGet = kTime + "method=<GET> target=</> version=<1.1> ";

std::unique_ptr<LineParser> parserOf(std::string_view format) { return (*findFormat(format))->makeParser({}); }

std::vector<std::string> readLines(const std::string& name) {
    QFile file(QString::fromStdString(std::string(SG_TEST_DATA) + "/format/" + name));
    if (!file.open(QIODevice::ReadOnly)) qFatal("cannot open %s", name.c_str());
    std::vector<std::string> lines;
    const QByteArray bytes = file.readAll();
    for (const QByteArray& line : bytes.split('\n')) lines.push_back(line.toStdString());
    lines.pop_back(); // behind the last newline
    return lines;
}

std::string readFile(const std::string& name) {
    std::string all;
    for (const std::string& line : readLines(name)) all += line + '\n';
    return all;
}

/// The golden lines of a format, or the line of a format string.
std::vector<std::string> linesOf(const std::string& name) {
    for (const test::FormatString& each : test::formatStrings())
        if (each.format == name) return {each.line};
    return readLines(name + ".log");
}

void formatRows() {
    QTest::addColumn<QByteArray>("format");
    for (const std::string_view name : formatNames()) {
        const QByteArray format(name.data(), static_cast<qsizetype>(name.size()));
        QTest::newRow(format.constData()) << format;
    }
}

} // namespace

void FormatTest::namesAreRegistered() {
    for (const std::string_view name : formatNames()) {
        const auto format = findFormat(name);
        QVERIFY(format.has_value());
        QCOMPARE(QByteArray::fromStdString(std::string((*format)->name())), QByteArray::fromStdString(std::string(name)));
        QCOMPARE((*format)->timeless(), name == "original");
    }
    const auto unknown = findFormat("comined");
    QVERIFY(!unknown.has_value());
    QCOMPARE(unknown.error().code, ErrorCode::InvalidArgument);
    const QByteArray sentence = QByteArray::fromStdString(unknown.error().message);
    QVERIFY(sentence.startsWith("unknown format 'comined': known are combined, nginx_combined, vhost_combined, common"));
    for (const std::string_view name : formatNames())
        QVERIFY(sentence.contains(QByteArray(name.data(), static_cast<qsizetype>(name.size()))));
}

void FormatTest::readsGoldenLines_data() { formatRows(); }

void FormatTest::readsGoldenLines() {
    QFETCH(QByteArray, format);
    const std::string name = format.toStdString();
    const auto lines = readLines(name + ".log");
    const auto expected = readLines(name + ".expected");
    QVERIFY(!lines.empty());
    QCOMPARE(lines.size(), expected.size());
    const auto parser = parserOf(name);
    for (std::size_t i = 0; i < lines.size(); ++i)
        QCOMPARE(QByteArray::fromStdString(test::parseToText(*parser, lines[i])), QByteArray::fromStdString(expected[i]));
}

void FormatTest::readsHostileLines_data() {
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* phrase, const char* format, const std::string& line, const std::string& expected) {
        QTest::newRow(phrase) << QByteArray(format) << QByteArray::fromStdString(line) << QByteArray::fromStdString(expected);
    };
    const std::string tail = " 200 7 \"-\" \"-\"";
    const std::string ok = kGet + "status=200 bytes=7";
    using namespace std::string_literals;

    row("nothing", "combined", "", "skipped");
    row("a carriage return alone", "combined", "\r", "skipped");
    row("carriage returns alone", "combined", "\r\r", "skipped");
    row("a space alone", "combined", " ", "dead empty_address at 0");
    row("prose", "combined", "the quick brown fox jumps", "dead missing_field at 25");
    row("one word", "combined", "quick", "dead missing_field at 5");
    row("NUL bytes after a crash", "combined", std::string(20, '\0'), "dead missing_field at 20");
    row("a carriage return at the end", "combined", kClient + "\"GET / HTTP/1.1\"" + tail + "\r", ok);
    row("a carriage return in the middle", "combined", kClient + "\"GET /\r HTTP/1.1\"" + tail,
        kTime + "method=<GET> target=</\\x0d> version=<1.1> status=200 bytes=7");
    row("NUL and ESC in the URL", "combined", kClient + "\"GET /\0\x1b[2J HTTP/1.1\""s + tail,
        kTime + "method=<GET> target=</\\x00\\x1b[2J> version=<1.1> status=200 bytes=7");
    row("invalid UTF-8", "combined", kClient + "\"GET /\xc3( HTTP/1.1\"" + tail,
        kTime + "method=<GET> target=</\\xc3(> version=<1.1> status=200 bytes=7");
    row("U+2028", "combined", kClient + "\"GET /\xe2\x80\xa8 HTTP/1.1\"" + tail,
        kTime + "method=<GET> target=</\\xe2\\x80\\xa8> version=<1.1> status=200 bytes=7");
    row("half a TLS handshake as raw bytes", "combined", kClient + "\"\x16\x03\x01\x02\"" + tail,
        kTime + "request=<\\x16\\x03\\x01\\x02> status=200 bytes=7");
    row("an escaped quote in the request", "combined", kClient + R"("GET /\" HTTP/1.1")" + tail,
        kTime + R"(method=<GET> target=</\"> version=<1.1> status=200 bytes=7)");
    row("an escaped backslash before the quote", "combined", kClient + R"("GET / HTTP/1.1" 200 7 "-" "\\")",
        kGet + "agent=<\\\\> status=200 bytes=7");
    row("an escaped quote at the very end", "combined", kClient + R"("GET / HTTP/1.1" 200 7 "-" "a\")", "dead unterminated_quote at 72");
    row("a bare quote inside the agent", "combined", kClient + R"("GET / HTTP/1.1" 200 7 "-" "a"b")", "dead trailing_garbage at 75");
    row("an unterminated request", "combined", kClient + "\"GET / HTTP/1.1 200 7", "dead unterminated_quote at 45");
    row("a request that is `-`", "combined", kClient + "\"-\"" + tail, kTime + "status=200 bytes=7");
    row("an empty request", "combined", kClient + "\"\"" + tail, kTime + "status=200 bytes=7");
    row("HTTP/0.9", "combined", kClient + "\"GET /\"" + tail, kTime + "request=<GET /> method=<GET> target=</> status=200 bytes=7");
    row("an absolute URL", "combined", kClient + "\"GET http://a.example/ HTTP/1.1\"" + tail,
        kTime + "method=<GET> target=<http://a.example/> version=<1.1> status=200 bytes=7");
    row("a request of 100 KB", "combined", kClient + "\"GET /" + std::string(100'000, 'a') + " HTTP/1.1\"" + tail,
        kTime + "method=<GET> target=</" + std::string(100'000, 'a') + "> version=<1.1> status=200 bytes=7");
    row("an unquoted request", "combined", kClient + "GET / HTTP/1.1 200 7", "dead missing_field at 45");
    row("status 000", "combined", kClient + "\"GET / HTTP/1.1\" 000 7 \"-\" \"-\"", kGet + "status=0 bytes=7");
    row("status 999", "combined", kClient + "\"GET / HTTP/1.1\" 999 7 \"-\" \"-\"", kGet + "status=999 bytes=7");
    row("status `-`", "combined", kClient + "\"GET / HTTP/1.1\" - 7 \"-\" \"-\"", kGet + "bytes=7");
    row("an empty status", "combined", kClient + "\"GET / HTTP/1.1\"  7 \"-\" \"-\"", "dead bad_status at 62");
    row("a status of two digits", "combined", kClient + "\"GET / HTTP/1.1\" 20 7 \"-\" \"-\"", "dead bad_status at 62");
    row("a status of four digits", "combined", kClient + "\"GET / HTTP/1.1\" 2000 7 \"-\" \"-\"", "dead bad_status at 62");
    row("bytes `-`", "combined", kClient + "\"GET / HTTP/1.1\" 200 - \"-\" \"-\"", kGet + "status=200");
    row("bytes beyond 2^53", "combined", kClient + "\"GET / HTTP/1.1\" 200 9007199254740993 \"-\" \"-\"",
        kGet + "status=200 bytes=9007199254740993");
    row("bytes beyond 64 bits", "combined", kClient + "\"GET / HTTP/1.1\" 200 99999999999999999999 \"-\" \"-\"", "dead bad_number at 66");
    row("bytes that are negative", "combined", kClient + "\"GET / HTTP/1.1\" 200 -5 \"-\" \"-\"", "dead bad_number at 66");
    row("no bytes", "combined", kClient + "\"GET / HTTP/1.1\" 200", "dead missing_field at 65");
    row("no agent", "combined", kClient + "\"GET / HTTP/1.1\" 200 7 \"-\"", "dead missing_field at 71");
    row("something glued to the agent", "combined", kClient + "\"GET / HTTP/1.1\"" + tail + "x", "dead trailing_garbage at 75");
    row("spaces behind", "combined", kClient + "\"GET / HTTP/1.1\"" + tail + "  ", ok);
    row("a response time in seconds", "combined", kClient + "\"GET / HTTP/1.1\"" + tail + " 0.042", ok + " duration=42000000");
    row("the first of two response times", "combined", kClient + "\"GET / HTTP/1.1\"" + tail + " 0.042 0.030", ok + " duration=42000000");
    row("a whole number behind is ambiguous", "combined", kClient + "\"GET / HTTP/1.1\"" + tail + " 42", ok);
    row("a forwarded address behind", "combined", kClient + "\"GET / HTTP/1.1\"" + tail + " \"198.51.100.1\"",
        ok + " ForwardedFor=<198.51.100.1>");
    row("a forwarded `-` behind", "combined", kClient + "\"GET / HTTP/1.1\"" + tail + " \"-\"", ok);
    row("a quoted word behind", "combined", kClient + "\"GET / HTTP/1.1\"" + tail + " \"gzip\" HIT", ok);
    row("named times behind", "combined", kClient + "\"GET / HTTP/1.1\"" + tail + " rt=0.1 urt=\"0.1, 0.2\"", ok);
    row("forwarded addresses behind under their name", "combined",
        kClient + "\"GET / HTTP/1.1\"" + tail + " X-Forwarded-For=\"198.51.100.1, 10.0.0.1\"",
        ok + " ForwardedFor=<198.51.100.1, 10.0.0.1>");
    row("a forwarded `-` behind under its name", "combined", kClient + "\"GET / HTTP/1.1\"" + tail + " X-Forwarded-For=\"-\"", ok);
    row("a server's addresses behind under their name", "combined",
        kClient + "\"GET / HTTP/1.1\"" + tail + " upstream=\"10.0.0.1:80, 10.0.0.2:80\"", ok);
    row("a number between bytes and referrer", "combined", kClient + "\"GET / HTTP/1.1\" 200 7 3413 \"-\" \"-\"", ok);
    row("two numbers between bytes and referrer", "combined", kClient + "\"GET / HTTP/1.1\" 200 7 3413 9 \"-\" \"-\"",
        "dead missing_field at 68");
    row("a number behind the common format", "common", kClient + "\"GET / HTTP/1.1\" 200 7 98", ok);
    row("numbers behind the common format", "common", kClient + "\"GET / HTTP/1.1\" 200 7 98 0.042 ", ok);
    row("a word behind the common format", "common", kClient + "\"GET / HTTP/1.1\" 200 7 98 x", "dead trailing_garbage at 71");
    row("a number that is none behind the common format", "common", kClient + "\"GET / HTTP/1.1\" 200 7 9x", "dead trailing_garbage at 68");
    row("an unterminated extra", "combined", kClient + "\"GET / HTTP/1.1\"" + tail + " \"198.51", "dead unterminated_quote at 76");
    row(
        "thirty extras", "combined",
        kClient + "\"GET / HTTP/1.1\"" + tail +
            [] {
                std::string extras;
                for (int i = 0; i < 30; ++i) extras += " \"x\"";
                return extras;
            }(),
        ok);
    row("an address that is a name", "combined", "crawl.example.net - - [23/Mar/2024:01:18:20 +0000] \"-\"" + tail,
        "time=1711156700000000000 address=<crawl.example.net> status=200 bytes=7");
    row("a zoned IPv6 address", "combined", "fe80::1%eth0 - - [23/Mar/2024:01:18:20 +0000] \"-\"" + tail,
        "time=1711156700000000000 address=<fe80::1%eth0> status=200 bytes=7");
    row("a list of addresses", "combined", "198.51.100.1, 10.0.0.1, unknown - - [23/Mar/2024:01:18:20 +0000] \"-\"" + tail,
        "time=1711156700000000000 address=<198.51.100.1, 10.0.0.1, unknown> status=200 bytes=7");
    row("a list of addresses that ends", "combined", "198.51.100.1, ", "dead missing_field at 14");
    row("a list of addresses without spaces", "combined", "198.51.100.1,10.0.0.1 - - [23/Mar/2024:01:18:20 +0000] \"-\"" + tail,
        "time=1711156700000000000 address=<198.51.100.1,10.0.0.1> status=200 bytes=7");
    row("a syslog header", "combined", "<190>Mar  3 01:18:20 web1 nginx: " + kClient + "\"GET / HTTP/1.1\"" + tail,
        ok + " HostName=<web1>");
    row("a syslog header without a host", "common", "Mar 23 01:18:20 nginx[77]: " + kClient + "\"GET / HTTP/1.1\" 200 7", ok);
    row("a syslog header with an ISO time", "vhost_combined",
        "2024-03-23T01:18:20.123456+00:00 web1 httpd[7]: a.example:80 " + kClient + "\"GET / HTTP/1.1\"" + tail,
        kTime + "method=<GET> target=</> version=<1.1> host=<a.example> status=200 bytes=7 DestinationPort=<80> HostName=<web1>");
    row("a syslog header of RFC 5424", "nginx_combined",
        "<190>1 2024-03-23T01:18:20.123Z web1 nginx - - [origin@1 ip=\"1.2.3.4\\]\"][b@1 c=\"\"] " + kClient + "\"GET / HTTP/1.1\"" + tail,
        ok + " HostName=<web1>");
    row("a broken line behind a syslog header", "combined",
        "<190>Mar 23 01:18:20 web1 nginx: " + kClient + "\"GET / HTTP/1.1\"  7 \"-\" \"-\"", "dead bad_status at 95");
    row("a header that is none", "combined", "<999>Mar 23 01:18:20 web1 nginx: " + kClient + "\"GET / HTTP/1.1\"" + tail,
        "dead unknown_shape at 9");
    row("a virtual host without a port", "vhost_combined", "a.example " + kClient + "\"GET / HTTP/1.1\"" + tail,
        kTime + "method=<GET> target=</> version=<1.1> host=<a.example> status=200 bytes=7");
    const std::string stamp = " - - [23/Mar/2024:01:18:20 +0000] \"GET / HTTP/1.1\"" + tail;
    const std::string listed = "method=<GET> target=</> version=<1.1> host=<a.example> status=200 bytes=7";
    row("a list in quotes and the proxy that spoke", "vhost_combined", "a.example:80 \"198.51.100.1, 10.0.0.1\" 10.0.0.9" + stamp,
        "time=1711156700000000000 address=<198.51.100.1, 10.0.0.1> " + listed + " DestinationPort=<80> ForwardedFor=<10.0.0.9>");
    row("a list and the proxy that spoke", "vhost_combined", "a.example 198.51.100.1, 10.0.0.1 10.0.0.9" + stamp,
        "time=1711156700000000000 address=<198.51.100.1, 10.0.0.1> " + listed + " ForwardedFor=<10.0.0.9>");
    row("no list in quotes and who spoke", "vhost_combined", "a.example \"-\" 203.0.113.7" + stamp, kTime + listed);
    row("a list in quotes", "combined", "\"198.51.100.1, 10.0.0.1\"" + stamp,
        "time=1711156700000000000 address=<198.51.100.1, 10.0.0.1> method=<GET> target=</> version=<1.1> status=200 bytes=7");
    row("words in quotes where the client stands", "combined", "\"a b\"" + stamp, "dead unknown_shape at 0");
    row("a quote where the client stands", "combined", "\"a" , "dead unterminated_quote at 0");
    row("a combined line has no virtual host", "vhost_combined", kClient + "\"GET / HTTP/1.1\"" + tail, "dead missing_field at 16");
    row("an address that is `-`", "combined", "- - - [23/Mar/2024:01:18:20 +0000] \"-\"" + tail,
        "time=1711156700000000000 status=200 bytes=7");
    row("an empty address", "combined", " - - [23/Mar/2024:01:18:20 +0000] \"-\"" + tail, "dead empty_address at 0");
    row("a user with spaces and brackets", "combined", "203.0.113.7 - a [b] c [23/Mar/2024:01:18:20 +0000] \"-\"" + tail,
        "time=1711156700000000000 address=<203.0.113.7> user=<a [b] c> status=200 bytes=7");
    row("a user with a quote", "combined", R"(203.0.113.7 - a"b [23/Mar/2024:01:18:20 +0000] "-")" + tail,
        "time=1711156700000000000 address=<203.0.113.7> user=<a\"b> status=200 bytes=7");
    row("neither ident nor user", "combined", "203.0.113.7 [23/Mar/2024:01:18:20 +0000] \"-\"" + tail, "dead missing_field at 12");
    row("no user", "combined", "203.0.113.7 - [23/Mar/2024:01:18:20 +0000] \"-\"" + tail,
        "time=1711156700000000000 address=<203.0.113.7> status=200 bytes=7");
    row("no user, and no time", "combined", "203.0.113.7 - [x] \"-\"" + tail, "dead missing_field at 14");
    row("no user behind a virtual host could be no host", "vhost_combined",
        "a.example 203.0.113.7 - [23/Mar/2024:01:18:20 +0000] \"-\"" + tail, "dead missing_field at 24");
    row("ingress-nginx' address that is the client's again", "nginx_combined",
        "203.0.113.7 - [203.0.113.7] - - [23/Mar/2024:01:18:20 +0000] \"-\"" + tail,
        "time=1711156700000000000 address=<203.0.113.7> status=200 bytes=7");
    row("ingress-nginx' list of proxies, and a user", "nginx_combined",
        "203.0.113.7 - [198.51.100.1, 203.0.113.7] - ann [23/Mar/2024:01:18:20 +0000] \"-\"" + tail,
        "time=1711156700000000000 address=<203.0.113.7> user=<ann> status=200 bytes=7 ForwardedFor=<198.51.100.1, 203.0.113.7>");
    row("Jetty's spaces around no user", "combined", "203.0.113.7 -  -  [23/Mar/2024:01:18:20 +0000] \"-\"" + tail + "  8",
        "time=1711156700000000000 address=<203.0.113.7> status=200 bytes=7");
    row("a user in brackets that is no address", "combined", "203.0.113.7 - [a] - b [23/Mar/2024:01:18:20 +0000] \"-\"" + tail,
        "time=1711156700000000000 address=<203.0.113.7> user=<[a] - b> status=200 bytes=7");
    row("neither referrer nor agent, without quotes", "combined", kClient + "\"GET / HTTP/1.1\" 200 7 - -",
        kTime + "method=<GET> target=</> version=<1.1> status=200 bytes=7");
    row("more behind two dashes", "combined", kClient + "\"GET / HTTP/1.1\" 200 7 - - \"curl\"", "dead missing_field at 68");
    row("docker compose in front", "combined", "web_1  | " + kClient + "\"GET / HTTP/1.1\"" + tail, ok);
    row("docker compose in front of a syslog header", "common",
        "shop-web-1 | Mar 23 01:18:20 web1 nginx: " + kClient + "\"GET / HTTP/1.1\" 200 7", ok + " HostName=<web1>");
    row("docker compose in front of what is none", "combined", "web_1  | starting", "dead missing_field at 17");
    row("a bar behind what no container is called", "combined", "web/1 | " + kClient + "\"GET / HTTP/1.1\"" + tail,
        "dead unknown_shape at 6");
    row("docker compose in front of Traefik", "traefik",
        "proxy-1  | " + kClient + "\"GET / HTTP/1.1\" 200 7 \"-\" \"-\" 1 \"a@docker\" \"http://10.0.0.1:80\" 12ms",
        kTime + "method=<GET> target=</> version=<1.1> status=200 bytes=7 duration=12000000 DestinationPort=<80> "
                "DestinationAddress=<10.0.0.1> labels.request_count=<1> labels.router_name=<a@docker> "
                "labels.service_url=<http://10.0.0.1:80>");
    row("docker compose in front of HAProxy", "haproxy",
        "gate_1 | 203.0.113.7:33325 [23/Mar/2024:01:18:20.000] www/1: Connection closed during SSL handshake",
        kTime + "SourcePort=<33325> Message=<Connection closed during SSL handshake> labels.frontend_name=<www> labels.bind_name=<1>");
    row("a connection of HAProxy behind a header with a year", "haproxy",
        "2024-03-23T01:18:20+00:00 gate haproxy[8]: Connect from 203.0.113.7:2312 to 2001:db8::1:443 (www/TCP)",
        kTime + "HostName=<gate> ProcessName=<haproxy> ProcessId=<8> SourcePort=<2312> DestinationAddress=<2001:db8::1> "
                "DestinationPort=<443> EventAction=<Connect> labels.frontend_name=<www> labels.mode=<TCP>");
    row("a connection of HAProxy that is cut", "haproxy", "Connect from 203.0.113.7:2312 to 198.51.100.10:80", "dead unknown_shape at 0");
    const std::string cut = "203.0.113.7:1 [23/Mar/2024:01:18:20.000] a b/c 0/0/0/3/3 200 9 - - ---- 1/1/0/0/0 0/0 \"GET /";
    const std::string longPath(1024 - cut.size(), 'x');
    row("a request of HAProxy that its 1,024 bytes cut", "haproxy", cut + longPath,
        kTime + "request=<GET /" + longPath + "> method=<GET> target=</" + longPath +
            "> status=200 bytes=9 duration=3000000 SourcePort=<1> ResponseBytes=<9> labels.frontend_name=<a> labels.backend_name=<b> "
            "labels.server_name=<c> labels.time_request=<0> labels.time_queue=<0> labels.time_connect=<0> labels.time_response=<3> "
            "labels.termination_state=<---->");
    row("TLS through a network load balancer", "aws_alb",
        "tls 2.0 2024-03-23T01:18:20 net/nlb/1 g3 203.0.113.7:51341 10.0.0.1:443 5 2 98 246 40 - - ECDHE-RSA-AES128-SHA tlsv12 - a.example",
        kTime + "duration=5000000 SourcePort=<51341> DestinationAddress=<10.0.0.1> DestinationPort=<443> SourceBytes=<98> "
                "DestinationBytes=<246> TlsCipher=<ECDHE-RSA-AES128-SHA> TlsVersion=<tlsv12> TlsServerName=<a.example> labels.type=<tls> "
                "labels.elb=<net/nlb/1> labels.listener=<g3> labels.tls_handshake_time=<2> labels.incoming_tls_alert=<40>");
    row("a classic line is not of the application load balancer", "aws_alb",
        "2024-03-23T01:18:20Z a 203.0.113.7:1 - -1 -1 -1 503 0 0 0 \"-\"", "dead unknown_shape at 0");
    const std::string squid = "1711156700.000      7 203.0.113.7 58938 TCP_MISS/200 904 123 364 123 528 GET http://shop.example/ 1.1 ann "
                              "HIER_DIRECT/198.51.100.10 80 text/html - - ";
    const std::string wide = "user=<ann> method=<GET> target=<http://shop.example/> version=<1.1> ";
    const std::string both = "status=200 bytes=528 duration=7000000 SourcePort=<58938> ResponseBytes=<904> DestinationBytes=<904> "
                             "SourceBytes=<123> DestinationAddress=<198.51.100.10> DestinationPort=<80> ResponseMimeType=<text/html>";
    const std::string squidLabels = " labels.result_code=<TCP_MISS> labels.hierarchy_code=<HIER_DIRECT>";
    row("Squid with the columns of both sides", "squid", squid + R"("https://ref/" "curl/8.5.0" "shop.example:80" "192.0.2.1" 53 -)",
        kTime + wide + "host=<shop.example> referrer=<https://ref/> agent=<curl/8.5.0> " + both + " ForwardedFor=<192.0.2.1>" +
            squidLabels);
    row("Squid with the columns of both sides and nothing in quotes", "squid", squid.substr(0, squid.size() - 5),
        kTime + wide + both + squidLabels);
    row("Squid's quotes that are not closed", "squid", squid + "\"-\" \"curl", "dead unterminated_quote at 153");
    row("a virtual host in front is not this format", "combined", "a.example:80 203.0.113.7 - - [23/Mar/2024:01:18:20 +0000] \"-\"" + tail,
        "dead unknown_shape at 13");
    row("an empty time", "combined", "203.0.113.7 - - [] \"-\"" + tail, "dead bad_time at 17");
    row("no time", "combined", "203.0.113.7 - - [-] \"-\"" + tail, "address=<203.0.113.7> status=200 bytes=7");
    row("a time of ISO 8601", "common", "203.0.113.7 - - [2024-03-23T01:18:20+00:00] \"GET / HTTP/1.1\" 200 7", ok);
    std::string bars;
    while (bars.size() < (2U << 20U)) bars += "a | ";
    row("bars without end", "combined", bars.c_str(), "dead missing_field at " + std::to_string(bars.size()));
    row("a time without its bracket", "combined", "203.0.113.7 - - [23/Mar/2024:01:18:20 +0000", "dead missing_field at 43");
    row("an impossible date", "combined", "203.0.113.7 - - [31/Apr/2024:01:18:20 +0000] \"-\"" + tail, "dead bad_time at 17");
    row("a leap second", "combined", "203.0.113.7 - - [31/Dec/2016:23:59:60 +0000] \"-\"" + tail,
        "time=1483228800000000000 address=<203.0.113.7> status=200 bytes=7");
    row("before 1970", "combined", "203.0.113.7 - - [31/Dec/1969:23:59:59 +0000] \"-\"" + tail,
        "time=-1000000000 address=<203.0.113.7> status=200 bytes=7");
    row("a cut line", "combined", kClient.substr(0, 25), "dead missing_field at 25");
    row("two lines that a crash merged", "common", kClient + "\"GET /" + kClient + "\"GET / HTTP/1.1\" 200 7",
        "dead trailing_garbage at 97");
    row("a combined line is not common", "common", kClient + "\"GET / HTTP/1.1\"" + tail, "dead trailing_garbage at 68");
    row("a port that is none", "vhost_combined", "a.example:http " + kClient + "\"-\"" + tail, "dead unknown_shape at 0");
    row("a host without client", "vhost_combined", "a.example:80", "dead missing_field at 12");
    row("a status of the original that is empty", "original", "HTTP: a /b 1.2.3.4", "dead bad_status at 5");
    row("an original with a status alone", "original", "HTTP:200", "dead missing_field at 8");
    row("an original with a site alone", "original", "HTTP:200 a", "dead missing_field at 10");
    row("an original without a path", "original", "HTTP:200 a  1.2.3.4", "dead missing_field at 19");
}

void FormatTest::readsHostileLines() {
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, expected);
    const auto parser = parserOf(format.toStdString());
    QCOMPARE(QByteArray::fromStdString(test::parseToText(*parser, line.toStdString())), expected);
    QCOMPARE(QByteArray::fromStdString(test::checkFormats(line.toStdString())), QByteArray());
}

void FormatTest::survivesEveryPrefix_data() { formatRows(); }

void FormatTest::survivesEveryPrefix() {
    QFETCH(QByteArray, format);
    for (const std::string& line : readLines(format.toStdString() + ".log"))
        for (std::size_t length = 0; length <= line.size(); ++length)
            QCOMPARE(QByteArray::fromStdString(test::checkFormats(std::string_view(line).substr(0, length))), QByteArray());
}

void FormatTest::survivesMutations_data() {
    formatRows();
    for (const test::FormatString& each : test::formatStrings())
        QTest::newRow(each.format.c_str()) << QByteArray::fromStdString(each.format);
}

void FormatTest::survivesMutations() {
    QFETCH(QByteArray, format);
    const int rounds = qEnvironmentVariableIsSet("STREAMGAUGE_MUTATIONS") ? qEnvironmentVariableIntValue("STREAMGAUGE_MUTATIONS") : 100'000;
    const auto lines = linesOf(format.toStdString());
    const auto parser = parserOf(format.toStdString());
    std::mt19937 random(20240323);
    for (int round = 0; round < rounds; ++round) {
        const std::string line = test::mutated(lines[random() % lines.size()], random);
        // All formats look at every hundredth; the others cost this one alone.
        if (round % 100 == 0) {
            const std::string wrong = test::checkFormats(line);
            if (!wrong.empty())
                QFAIL(qPrintable(QString::fromStdString(wrong) + " in " + QByteArray::fromStdString(line).toPercentEncoding(" ")));
            continue;
        }
        Record record;
        const LineOutcome outcome = parser->parse(line, round % 3 == 0, record);
        if (outcome.kind == LineOutcome::Kind::Dead) QVERIFY(outcome.reason != Reason::None && outcome.column <= line.size());
    }
}

void FormatTest::readsALineTheSameWhateverCameBefore() {
    for (const std::string_view name : formatNames()) {
        const auto lines = readLines(std::string(name) + ".log");
        const auto onward = parserOf(name);
        const auto backward = parserOf(name);
        std::vector<std::string> seen(lines.size());
        std::vector<std::string> headers(lines.size()); // in force at each line
        std::string header;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            headers[i] = header;
            takeHeaderLine(lines[i], header);
            seen[i] = test::parseToText(*onward, lines[i]);
        }
        for (std::size_t i = lines.size(); i-- > 0;) {
            backward->setHeader(headers[i]);
            QCOMPARE(QByteArray::fromStdString(test::parseToText(*backward, lines[i])), QByteArray::fromStdString(seen[i]));
            const auto fresh = parserOf(name);
            fresh->setHeader(headers[i]);
            QCOMPARE(QByteArray::fromStdString(test::parseToText(*fresh, lines[i])), QByteArray::fromStdString(seen[i]));
        }
    }
}

void FormatTest::dropsTheByteOrderMarkOfTheFirstLineOnly() {
    const auto parser = parserOf("combined");
    const std::string mark = "\xEF\xBB\xBF";
    const std::string line = mark + kClient + "\"GET / HTTP/1.1\" 200 7 \"-\" \"-\"";
    QCOMPARE(QByteArray::fromStdString(test::parseToText(*parser, line, true)), QByteArray::fromStdString(kGet + "status=200 bytes=7"));
    QVERIFY(test::parseToText(*parser, line, false).find("address=<\\xef\\xbb\\xbf203.0.113.7>") != std::string::npos);
    QCOMPARE(test::parseToText(*parser, mark, true), std::string("skipped"));
    // The column is that of the line as it came.
    QCOMPARE(test::parseToText(*parser, mark + "203.0.113.7 - - [] x", true), std::string("dead bad_time at 20"));

    Record record;
    const std::string ended = line + "\r";
    QVERIFY(parser->parse(ended, true, record).kind == LineOutcome::Kind::Parsed);
    QVERIFY(record.line == std::string_view(line).substr(3));
}

void FormatTest::leavesNothingOfTheLineBefore() {
    const auto parser = parserOf("combined");
    Record record;
    const std::string full =
        "203.0.113.7 - bob [23/Mar/2024:01:18:20 +0000] \"GET / HTTP/1.1\" 200 7 \"http://a/\" \"curl\" \"198.51.100.1\" 0.5";
    QVERIFY(parser->parse(full, false, record).kind == LineOutcome::Kind::Parsed);
    QCOMPARE(int(record.extraCount), 1);
    const std::string bare = "- - - [23/Mar/2024:01:18:20 +0000] \"-\" - - \"-\" \"-\"";
    QVERIFY(parser->parse(bare, false, record).kind == LineOutcome::Kind::Parsed);
    QCOMPARE(test::describe(record), std::string("time=1711156700000000000"));
    QVERIFY(parser->parse(full, false, record).kind == LineOutcome::Kind::Parsed);
    QVERIFY(parser->parse(kClient, false, record).kind == LineOutcome::Kind::Dead);
    QCOMPARE(test::describe(record), std::string());
    QVERIFY(record.line == std::string_view(kClient));
}

void FormatTest::saysWhichLinesAreClean_data() {
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<bool>("clean");
    const auto row = [](const char* phrase, const char* format, const std::string& line, bool clean) {
        QTest::newRow(phrase) << QByteArray(format) << QByteArray::fromStdString(line) << clean;
    };
    const std::string tail = " 200 7 \"-\" \"-\"";
    row("printable ASCII", "combined", kClient + "\"GET / HTTP/1.1\"" + tail, true);
    row("with a carriage return behind", "combined", kClient + "\"GET / HTTP/1.1\"" + tail + "\r", true);
    row("an umlaut", "combined", kClient + "\"GET /\xc3\xa4 HTTP/1.1\"" + tail, false);
    row("a control", "combined", kClient + "\"GET /\x01 HTTP/1.1\"" + tail, false);
    row("DEL", "combined", kClient + "\"GET /\x7f HTTP/1.1\"" + tail, false);
    row("an escape", "combined", kClient + "\"GET /\\x01 HTTP/1.1\"" + tail, false);
    row("a quote in the user", "combined", "203.0.113.7 - a\"b [23/Mar/2024:01:18:20 +0000] \"-\"" + tail, false);
    row("a quote in the address", "common", "20\"3 - - [23/Mar/2024:01:18:20 +0000] \"-\" 200 7", false);
    row("a quote in the virtual host", "vhost_combined", "a\"b:80 " + kClient + "\"-\"" + tail, false);
    row("a plain original", "original", "HTTP:200 a.example /b 1.2.3.4", true);
    row("an original with a quote", "original", "HTTP:200 a.example /\"b 1.2.3.4", false);
    row("plain JSON", "json", R"({"status":200,"remote_addr":"1.2.3.4"})", true);
    row("JSON with an escape", "json", R"({"status":200,"http_user_agent":"a\"b"})", false);
}

void FormatTest::saysWhichLinesAreClean() {
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, line);
    QFETCH(bool, clean);
    const auto parser = parserOf(format.toStdString());
    Record record;
    const std::string text = line.toStdString();
    QVERIFY(parser->parse(text, false, record).kind == LineOutcome::Kind::Parsed);
    QCOMPARE(record.clean, clean);
}

void FormatTest::takesTheZoneOfTheOptions() {
    Record record;
    const auto parser = (*findFormat("common"))->makeParser({.zoneOffsetMinutes = 60});
    QVERIFY(parser->parse("1.2.3.4 - - [23/Mar/2024:02:18:20] \"-\" 200 7", false, record).kind == LineOutcome::Kind::Parsed);
    QCOMPARE(record.time.ns, 1711156700000000000);
}

void FormatTest::detectsEachFormatInItsGoldenFile_data() { formatRows(); }

void FormatTest::detectsEachFormatInItsGoldenFile() {
    QFETCH(QByteArray, format);
    const auto guesses = detectFormat(readFile(format.toStdString() + ".log"));
    QCOMPARE(guesses.size(), formatNames().size());
    // Nothing tells nginx's combined from Apache's: the more common name wins.
    const std::string expected = format == "nginx_combined" ? "combined" : format.toStdString();
    QCOMPARE(guesses.front().name, expected);
    QVERIFY(guesses.front().matched > 0);
    if (format == "combined") {
        QCOMPARE(guesses[1].name, std::string("nginx_combined"));
        QCOMPARE(guesses[1].share(), guesses[0].share());
    } else if (format != "nginx_combined") {
        QVERIFY(guesses[1].share() <= guesses[0].share());
        // What these say, json reads as well.
        const bool isJson = format == "caddy" || format == "traefik_json";
        if (guesses[1].share() == guesses[0].share() && !isJson) QVERIFY(guesses[1].fields < guesses[0].fields);
    }
}

void FormatTest::detectionCountsWhatItSaw() {
    const auto guesses = detectFormat("HTTP:200 a /b 1.2.3.4\n\nHTTP:200 a /b 1.2.3.4\r\nnoise\nHTTP:404 a /b 1.2.3.4");
    QCOMPARE(guesses.front().name, std::string("original"));
    QCOMPARE(guesses.front().lines, std::size_t(4));
    QCOMPARE(guesses.front().matched, std::size_t(3));
    QCOMPARE(guesses.front().fields, std::size_t(12));
    QCOMPARE(guesses.front().share(), 0.75);
    for (const FormatGuess& guess : detectFormat("")) {
        QCOMPARE(guess.lines, std::size_t(0));
        QCOMPARE(guess.share(), 0.0);
    }
}

void FormatTest::detectionLooksAtAThousandLines() {
    std::string sample;
    for (int i = 0; i < 3000; ++i) sample += "HTTP:200 a /b 1.2.3.4\n";
    QCOMPARE(detectFormat(sample).front().lines, std::size_t(1000));
}

void FormatTest::detectionExplainsItself_data() {
    QTest::addColumn<QByteArray>("sample");
    QTest::addColumn<QByteArray>("sentence");
    const QByteArray combined = QByteArray::fromStdString(kClient + "\"GET / HTTP/1.1\" 200 7 \"-\" \"curl\"\n");
    QTest::newRow("nothing known") << QByteArray("what\nis\nthis\n") << QByteArray("no known format reads any of the first lines");
    QTest::newRow("one format") << QByteArray("HTTP:200 a /b 1.2.3.4\n").repeated(4)
                                << QByteArray("format original, 100 % of the first 4 lines");
    QTest::newRow("a tie of twins")
        << combined.repeated(4)
        << QByteArray(
               "format combined, 100 % of the first 4 lines; as many are read by nginx_combined (the same fields; combined comes first)");
    QTest::newRow("mixed lines") << QByteArray("HTTP:200 a /b 1.2.3.4\n").repeated(3) + combined
                                 << QByteArray("format original, 75 % of the first 4 lines; the lines are mixed: combined reads 1 of those "
                                               "that original does not");
}

void FormatTest::detectionExplainsItself() {
    QFETCH(QByteArray, sample);
    QFETCH(QByteArray, sentence);
    QCOMPARE(QByteArray::fromStdString(explainGuesses(detectFormat(sample.toStdString()))), sentence);
}

QTEST_APPLESS_MAIN(FormatTest)
#include "tst_format.moc"
