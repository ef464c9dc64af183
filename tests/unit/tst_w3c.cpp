#include "core/format/format.h"
#include "core/record/header.h"

#include "tests/support/format_check.h"

#include <QTest>

#include <memory>
#include <string>

using namespace sg;

class W3cTest : public QObject {
    Q_OBJECT
private slots:
    void readsWithoutAHeader_data();
    void readsWithoutAHeader();
    void aCloudFrontLineMayEndBeforeWhatCameLater();
    void aGivenHeaderIsAsGoodAsASeenOne();
    void anEmptyHeaderForgetsTheColumns();
    void keepsTheHeaderInForce();
    void theTimeIsUtcWhateverTheZone();
    void localTimesTakeTheZone();
    void theProtocolsNameIsNoVersion();
    void aHeaderWithoutEndIsBounded_data();
    void aHeaderWithoutEndIsBounded();
};

namespace {

std::unique_ptr<LineParser> parserOf(std::string_view format) { return (*findFormat(format))->makeParser({}); }

} // namespace

void W3cTest::readsWithoutAHeader_data() {
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* phrase, const char* format, const char* line, const char* expected) {
        QTest::newRow(phrase) << QByteArray(format) << QByteArray(line) << QByteArray(expected);
    };
    row("IIS 8 and later", "w3c", "2024-03-23 01:18:20 10.0.0.2 GET /a b=1 443 - 203.0.113.7 Mozilla/5.0+(X11) https://ref/ 200 0 0 5",
        "time=1711156700000000000 address=<203.0.113.7> method=<GET> referrer=<https://ref/> agent=<Mozilla/5.0 (X11)> status=200 "
        "duration=5000000 DestinationAddress=<10.0.0.2> UrlQuery=<b=1> DestinationPort=<443> UrlPath=</a> labels.sc-substatus=<0> "
        "labels.sc-win32-status=<0>");
    row("IIS 7", "w3c", "2024-03-23 01:18:20 10.0.0.2 GET /a - 443 - 203.0.113.7 curl 404 0 2 5",
        "time=1711156700000000000 address=<203.0.113.7> method=<GET> agent=<curl> status=404 duration=5000000 "
        "DestinationAddress=<10.0.0.2> DestinationPort=<443> UrlPath=</a> labels.sc-substatus=<0> labels.sc-win32-status=<2>");
    const auto iis = [&](const char* phrase, const std::string& columns, const std::string& expected) {
        row(phrase, "w3c", ("2024-03-23 01:18:20 " + columns).c_str(),
            ("time=1711156700000000000 address=<203.0.113.7> method=<GET> " + expected +
             " UrlPath=</a> labels.sc-substatus=<0> labels.sc-win32-status=<0>")
                .c_str());
    };
    const std::string server = "DestinationAddress=<10.0.0.2> DestinationPort=<443>";
    iis("IIS with a server's name in front", "web-01 10.0.0.2 GET /a - 443 - 203.0.113.7 curl - 200 0 0 5 -",
        "agent=<curl> status=200 duration=5000000 HostName=<web-01> " + server);
    iis("IIS with sizes, and an address behind",
        "10.0.0.2 GET /a - 443 - 203.0.113.7 curl https://ref/ 200 0 0 862954 907 12 198.51.100.1",
        "referrer=<https://ref/> agent=<curl> status=200 bytes=862954 duration=12000000 " + server +
            " RequestBodyBytes=<907> ForwardedFor=<198.51.100.1>");
    iis("IIS with a cookie, and Exchange's addresses behind",
        "mail 10.0.0.2 GET /a b=1 443 - 203.0.113.7 curl a=b https://ref/ 200 0 0 4 10.0.61.69,10.93.4.75 36391",
        "referrer=<https://ref/> agent=<curl> status=200 duration=4000000 HostName=<mail> "
        "DestinationAddress=<10.0.0.2> UrlQuery=<b=1> DestinationPort=<443> ForwardedFor=<10.0.61.69,10.93.4.75> SourcePort=<36391>");
    iis("IIS with a referrer and a host", "10.0.0.2 GET /a - 443 - 203.0.113.7 curl https://ref/ shop.example 200 0 0 5",
        "host=<shop.example> referrer=<https://ref/> agent=<curl> status=200 duration=5000000 " + server);
    row("IIS with a site in front and the version", "w3c",
        "2024-03-23 01:18:20 W3SVC1 10.0.0.2 GET /a - 443 - 203.0.113.7 HTTP/1.1 curl - https://ref/ 200 0 0 34018 303 46",
        "time=1711156700000000000 address=<203.0.113.7> method=<GET> version=<1.1> referrer=<https://ref/> agent=<curl> status=200 "
        "bytes=34018 duration=46000000 DestinationAddress=<10.0.0.2> DestinationPort=<443> RequestBodyBytes=<303> UrlPath=</a> "
        "labels.s-sitename=<W3SVC1> labels.sc-substatus=<0> labels.sc-win32-status=<0>");
    row("IIS with a number that none writes", "w3c", "2024-03-23 01:18:20 10.0.0.2 GET /a - 443 - 203.0.113.7 curl 200 0 0 5 6",
        "dead unknown_shape at 0");
    row("a date, a time and a word", "w3c", "2024-03-23 01:18:20.123 /shop/", "dead unknown_shape at 0");
    row("columns that are empty", "w3c", "2024-03-23\t01:18:20\t\t\t\t\t\t\t\t\t\t\t\t\t", "dead unknown_shape at 0");
    row("a number of columns that none has", "w3c", "2024-03-23 01:18:20 10.0.0.2 GET /a - 443", "dead unknown_shape at 0");
    row("columns of another kind", "w3c", "2024-03-23 01:18:20 a b c d e f g h i j k", "dead unknown_shape at 0");
    row("CloudFront's twelve", "cloudfront",
        "2024-03-23\t01:18:20\tFRA56\t760\t203.0.113.7\tGET\td1.cloudfront.net\t/a\t200\t-\ta%2520b\tc=1",
        "time=1711156700000000000 address=<203.0.113.7> method=<GET> host=<d1.cloudfront.net> agent=<a b> status=200 bytes=760 "
        "ResponseBytes=<760> UrlQuery=<c=1> UrlPath=</a> labels.x-edge-location=<FRA56>");
    row("CloudFront's real-time log", "cloudfront",
        "1711156700.123\t203.0.113.7\t0.002\t200\t760\tGET\thttps\td1.cloudfront.net\t/a\t77\tFRA56\tid==\tshop.example\t0.003\tHTTP/"
        "2.0\tIPv4"
        "\tcurl\t-\t-\tc=1\tHit",
        "time=1711156700123000000 address=<203.0.113.7> method=<GET> version=<2.0> host=<shop.example> agent=<curl> status=200 bytes=760 "
        "duration=3000000 ResponseBytes=<760> UrlScheme=<https> RequestBytes=<77> RequestId=<id==> UrlQuery=<c=1> UrlPath=</a> "
        "labels.time-to-first-byte=<0.002> labels.x-edge-location=<FRA56> labels.c-ip-version=<IPv4> "
        "labels.x-edge-response-result-type=<Hit>");
    row("no log of CloudFront", "cloudfront", "2024-03-23 01:18:20 10.0.0.2 GET", "dead unknown_shape at 0");
}

void W3cTest::aCloudFrontLineMayEndBeforeWhatCameLater() {
    const std::string fields =
        "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query "
        "cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol "
        "ssl-cipher x-edge-response-result-type cs-protocol-version fle-status";
    const std::string line = "2024-03-23\t01:18:20\tFRA56\t760\t203.0.113.7\tGET\td1.cloudfront.net\t/a\t200\t-\t-\t-\t-\tHit\tid==\t-\t"
                             "https\t-\t-\t-\t-\t-";
    for (const char* const name : {"cloudfront", "w3c"}) {
        const auto parser = parserOf(name);
        QCOMPARE(test::parseToText(*parser, fields), std::string("skipped"));
        const QByteArray text = QByteArray::fromStdString(test::parseToText(*parser, line + "\tHit"));
        const QByteArray begin = "time=1711156700000000000 address=<203.0.113.7> method=<GET> host=<d1.cloudfront.net> status=200";
        QVERIFY2(text.startsWith(begin), text.data());
        QVERIFY2(text.endsWith("labels.x-edge-result-type=<Hit> labels.x-edge-response-result-type=<Hit>"), text.data());
        QCOMPARE(test::parseToText(*parser, line), std::string("dead missing_field at ") + std::to_string(line.size()));
    }
}

void W3cTest::readsWithoutAHeader() {
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, expected);
    const auto parser = parserOf(format.toStdString());
    QCOMPARE(QByteArray::fromStdString(test::parseToText(*parser, line.toStdString())), expected);
}

void W3cTest::aGivenHeaderIsAsGoodAsASeenOne() {
    const std::string line = "01:18:20 203.0.113.7 200";
    const std::string expected = "time=1711156700000000000 address=<203.0.113.7> status=200";
    const auto seen = parserOf("w3c");
    QCOMPARE(test::parseToText(*seen, "\xEF\xBB\xBF#Date: 2024-03-23 00:00:00", true), std::string("skipped"));
    QCOMPARE(test::parseToText(*seen, "#Fields: time c-ip sc-status\r"), std::string("skipped"));
    QCOMPARE(test::parseToText(*seen, line), expected);
    const auto given = parserOf("w3c");
    given->setHeader("#Fields: time c-ip sc-status\n#Date: 2024-03-23 00:00:00");
    QCOMPARE(test::parseToText(*given, line), expected);
}

void W3cTest::anEmptyHeaderForgetsTheColumns() {
    const auto parser = parserOf("w3c");
    parser->setHeader("#Fields: c-ip sc-status");
    QCOMPARE(test::parseToText(*parser, "203.0.113.7 200"), std::string("address=<203.0.113.7> status=200"));
    parser->setHeader({});
    QCOMPARE(test::parseToText(*parser, "203.0.113.7 200"), std::string("dead unknown_shape at 0"));
}

void W3cTest::keepsTheHeaderInForce() {
    std::string header;
    takeHeaderLine("#Software: x", header);
    takeHeaderLine("2024-03-23 01:18:20", header);
    QCOMPARE(header, std::string());
    takeHeaderLine("#Fields: a b\r", header);
    takeHeaderLine("#Date: 2024-03-23", header);
    takeHeaderLine("#fields: c", header);
    QCOMPARE(header, std::string("#fields: c\n#Date: 2024-03-23"));
    QVERIFY(isFieldsLine("#Fields: a"));
    QVERIFY(!isFieldsLine("#Field"));
    QVERIFY(!isFieldsLine("Fields: a"));
}

void W3cTest::theTimeIsUtcWhateverTheZone() {
    const auto parser = (*findFormat("w3c"))->makeParser({.zoneOffsetMinutes = 60});
    parser->setHeader("#Fields: date time c-ip");
    QCOMPARE(test::parseToText(*parser, "2024-03-23 01:18:20 203.0.113.7"), std::string("time=1711156700000000000 address=<203.0.113.7>"));
}

void W3cTest::localTimesTakeTheZone() {
    const auto parser = (*findFormat("w3c"))->makeParser({.zoneOffsetMinutes = 60});
    parser->setHeader("#Fields: date-local time-local c-ip TimeTakenMS");
    QCOMPARE(test::parseToText(*parser, "2024-03-23 02:18:20.363 203.0.113.7 2"),
             std::string("time=1711156700363000000 address=<203.0.113.7> duration=2000000"));
    parser->setHeader("#Fields: date-local time-local date time c-ip");
    QCOMPARE(test::parseToText(*parser, "2024-03-23 02:18:20 2024-03-23 01:18:20 203.0.113.7"),
             std::string("time=1711156700000000000 address=<203.0.113.7>"));
}

void W3cTest::theProtocolsNameIsNoVersion() {
    const auto parser = parserOf("w3c");
    parser->setHeader("#Fields: c-ip cs-version");
    QCOMPARE(test::parseToText(*parser, "203.0.113.7 HTTP"), std::string("address=<203.0.113.7>"));
    QCOMPARE(test::parseToText(*parser, "203.0.113.7 HTTP/2"), std::string("address=<203.0.113.7> version=<2>"));
}

void W3cTest::aHeaderWithoutEndIsBounded_data() {
    QTest::addColumn<int>("columns");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("outcome");
    QTest::newRow("as many columns as are read") << 256 << QByteArray("c") << QByteArray("time=1711156700000000000");
    QTest::newRow("more columns") << 257 << QByteArray("c") << QByteArray("dead trailing_garbage");
    QTest::newRow("half a million columns") << 500'000 << QByteArray("c") << QByteArray("dead trailing_garbage");
    QTest::newRow("names longer than a header is kept") << 300 << QByteArray(200, 'x') << QByteArray("dead trailing_garbage");
    QTest::newRow("one name without end") << 3 << QByteArray(1'000'000, 'x') << QByteArray("time=1711156700000000000");
}

void W3cTest::aHeaderWithoutEndIsBounded() {
    QFETCH(int, columns);
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, outcome);
    std::string fields = "#Fields: date time", line = "2024-03-23 01:18:20";
    for (int i = 2; i < columns; ++i) {
        fields += ' ' + name.toStdString();
        line += " v";
    }
    // Seen in the file, or carried by a plan: the same columns.
    const auto seen = parserOf("w3c"), given = parserOf("w3c");
    QCOMPARE(test::parseToText(*seen, fields), std::string("skipped"));
    std::string header;
    takeHeaderLine(fields, header);
    QVERIFY(header.size() <= kMaxHeaderLine);
    given->setHeader(header);
    const std::string read = test::parseToText(*seen, line);
    QCOMPARE(QByteArray::fromStdString(read.substr(0, static_cast<std::size_t>(outcome.size()))), outcome);
    QCOMPARE(test::parseToText(*given, line), read);
}

QTEST_APPLESS_MAIN(W3cTest)
#include "tst_w3c.moc"
