#include "core/elastic/encode.h"

#include "core/enrich/enricher.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>
#include <random>
#include <simdjson.h>

using namespace sg;

namespace {

/// Of `ordinary()` and the context of `writesADocument`, but event.original.
const char* const kWholeDocument =
    "{"
    "\"@timestamp\":\"2024-03-23T01:18:20.123Z\",\"ecs\":{\"version\":\"8.11\"},"
    "\"event\":{\"kind\":\"event\",\"category\":[\"web\"],\"type\":[\"access\"],\"module\":\"streamgauge\",\"outcome\":\"failure\","
    "\"dataset\":\"combined\","
    "\"created\":\"2024-03-23T01:18:21.000Z\",\"duration\":1500000,\"id\":\"abcdefgh-000000001-00000000\"},"
    "\"http\":{\"version\":\"1.1\",\"request\":{\"method\":\"GET\",\"referrer\":\"http://ref/"
    "\"},\"response\":{\"status_code\":404,\"body\":{\"bytes\":512}}},"
    "\"url\":{\"original\":\"http://example.org/a/b.html?q=1#f\",\"path\":\"/a/"
    "b.html\",\"query\":\"q=1\",\"domain\":\"example.org\",\"extension\":\"html\","
    "\"scheme\":\"http\",\"fragment\":\"f\"},"
    "\"source\":{\"address\":\"203.0.113.9\",\"ip\":\"203.0.113.9\"},\"user\":{\"name\":\"bob\"},\"user_agent\":{\"original\":\"Googlebot/"
    "2.1\"},"
    "\"log\":{\"file\":{\"path\":\"/var/log/\\\"a\\\".log\"},\"offset\":0},\"related\":{\"ip\":[\"203.0.113.9\"]},"
    "\"streamgauge\":{\"batch\":7,\"chunk\":\"abcdefgh-000000001\",\"bot\":true}}";

Record ordinary() {
    Record record;
    record.line = "203.0.113.9 - bob [23/Mar/2024:01:18:20 +0000] \"GET http://example.org/a/b.html?q=1#f HTTP/1.1\" 404 512 "
                  "\"http://ref/\" \"Googlebot/2.1\"";
    record.time = Timestamp::fromMilliseconds(1'711'156'700'123);
    record.hasTime = true;
    record.clean = true;
    record.address = "203.0.113.9";
    record.user = "bob";
    record.method = "GET";
    record.target = "http://example.org/a/b.html?q=1#f";
    record.version = "1.1";
    record.referrer = "http://ref/";
    record.agent = "Googlebot/2.1";
    record.status = 404;
    record.bytes = 512;
    record.durationNs = 1'500'000;
    return record;
}

QByteArray encoded(const Record& record, const DocumentContext& context = {}) {
    Enricher enricher(nullptr);
    Event event;
    event.record = record;
    enricher.enrich(event);
    std::string out;
    encodeDocument(event, context, out);
    return QByteArray::fromStdString(out);
}

QJsonObject document(const Record& record, const DocumentContext& context = {}) {
    QJsonParseError error;
    const QJsonDocument parsed = QJsonDocument::fromJson(encoded(record, context), &error);
    if (error.error != QJsonParseError::NoError) qWarning("%s", qPrintable(error.errorString()));
    return parsed.object();
}

QJsonObject object(const char* json) { return QJsonDocument::fromJson(json).object(); }

/// The value at "a.b.c".
QJsonValue at(const QJsonObject& document, const QString& path) {
    QJsonValue value = document;
    for (const QString& name : path.split('.')) value = value.toObject().value(name);
    return value;
}

} // namespace

class TestEncode : public QObject {
    Q_OBJECT

private slots:
    void writesADocument() {
        DocumentContext context;
        context.id = "abcdefgh-000000001-00000000";
        context.filePath = "/var/log/\"a\".log";
        context.offset = 0;
        context.hasOffset = true;
        context.batch = 7;
        context.chunk = "abcdefgh-000000001";
        context.dataset = "combined";
        context.created = Timestamp::fromSeconds(1'711'156'701);
        context.original = true;
        const Record record = ordinary();
        QJsonObject expected = object(kWholeDocument);
        QJsonObject event = expected["event"].toObject();
        event["original"] = QString::fromUtf8(record.line.data(), static_cast<qsizetype>(record.line.size()));
        expected["event"] = event;
        QCOMPARE(document(record, context), expected);
    }

    void leavesOutWhatIsAbsent() {
        Record record;
        record.time = Timestamp{0};
        const QJsonObject expected =
            object("{\"@timestamp\":\"1970-01-01T00:00:00.000Z\",\"ecs\":{\"version\":\"8.11\"},"
                   "\"event\":{\"kind\":\"event\",\"category\":[\"web\"],\"type\":[\"access\"],\"module\":\"streamgauge\"}}");
        QCOMPARE(document(record), expected);
    }

    void writesOneFieldAfterTheOther_data() {
        QTest::addColumn<int>("field");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("json");
        const auto row = [](const char* phrase, EcsField field, const char* value, const char* path, const char* json) {
            QTest::newRow(phrase) << static_cast<int>(field) << QString(value) << QString(path) << QString(json);
        };
        row("request id", EcsField::RequestId, "r-1", "http.request.id", "\"r-1\"");
        row("request bytes are a number", EcsField::RequestBytes, "77", "http.request.bytes", "77");
        row("request bytes that are none", EcsField::RequestBytes, "7x", "http.request.bytes", "");
        row("response bytes", EcsField::ResponseBytes, "9007199254740993", "http.response.bytes", "9007199254740993");
        row("TLS version", EcsField::TlsVersion, "TLSv1.3", "tls.version", "\"1.3\"");
        row("TLS protocol of a version", EcsField::TlsVersion, "TLSv1.3", "tls.version_protocol", "\"tls\"");
        row("TLS protocol", EcsField::TlsProtocol, "TLSv1.2", "tls.version", "\"1.2\"");
        row("TLS cipher", EcsField::TlsCipher, "ECDHE", "tls.cipher", "\"ECDHE\"");
        row("destination name", EcsField::DestinationAddress, "srv1", "destination.domain", "\"srv1\"");
        row("destination name is no ip", EcsField::DestinationAddress, "srv1", "destination.ip", "");
        row("destination address that is an ip", EcsField::DestinationAddress, "10.1.2.3", "destination.ip", "\"10.1.2.3\"");
        row("destination address that is an ip is no domain", EcsField::DestinationAddress, "10.1.2.3", "destination.domain", "");
        row("destination ip", EcsField::DestinationIp, "::1", "destination.ip", "\"::1\"");
        row("destination ip that is none", EcsField::DestinationIp, "10.1.2", "destination.ip", "");
        row("destination port", EcsField::DestinationPort, "443", "destination.port", "443");
        row("destination port too large", EcsField::DestinationPort, "70000", "destination.port", "");
        row("host", EcsField::HostName, "web1", "host.name", "\"web1\"");
        row("event id", EcsField::EventId, "e1", "event.id", "\"e1\"");
        row("level", EcsField::LogLevel, "info", "log.level", "\"info\"");
        row("message", EcsField::Message, "handled", "message", "\"handled\"");
        row("the server's ip is one of all", EcsField::DestinationIp, "10.0.0.2", "related.ip", "[\"10.0.0.2\"]");
        row("the server's address without its zone", EcsField::DestinationAddress, "fe80::1%3", "related.ip", "[\"fe80::1\"]");
        row("forwarded for", EcsField::ForwardedFor, "198.51.100.7, x, [::1]:80, 198.51.100.7", "related.ip", "[\"198.51.100.7\",\"::1\"]");
        row("scheme", EcsField::UrlScheme, "https", "url.scheme", "\"https\"");
        row("path", EcsField::UrlPath, "/a.aspx", "url.original", "\"/a.aspx\"");
        row("agent name", EcsField::UserAgentName, "Firefox", "user_agent.name", "\"Firefox\"");
        row("service", EcsField::ServiceName, "shop", "service.name", "\"shop\"");
        row("source port", EcsField::SourcePort, "4711", "source.port", "4711");
        row("process", EcsField::ProcessId, "4711", "process.pid", "4711");
        row("thread", EcsField::ThreadId, "140213", "process.thread.id", "140213");
        row("file", EcsField::FilePath, "/srv/a", "file.path", "\"/srv/a\"");
        row("bytes both ways", EcsField::NetworkBytes, "99", "network.bytes", "99");
        row("request body bytes", EcsField::RequestBodyBytes, "5", "http.request.body.bytes", "5");
        row("request type", EcsField::RequestMimeType, "text/xml", "http.request.mime_type", "\"text/xml\"");
        row("response type", EcsField::ResponseMimeType, "text/css", "http.response.mime_type", "\"text/css\"");
        row("server name of the handshake", EcsField::TlsServerName, "a.example", "tls.client.server_name", "\"a.example\"");
        row("client certificate", EcsField::TlsClientSubject, "CN=a", "tls.client.subject", "\"CN=a\"");
        row("client certificate's issuer", EcsField::TlsClientIssuer, "CN=b", "tls.client.issuer", "\"CN=b\"");
        row("a resumed session of nginx", EcsField::TlsResumed, "r", "tls.resumed", "true");
        row("a resumed session of Apache", EcsField::TlsResumed, "Resumed", "tls.resumed", "true");
        row("a new session", EcsField::TlsResumed, "Initial", "tls.resumed", "false");
        row("bytes of the client", EcsField::SourceBytes, "82", "source.bytes", "82");
        row("bytes of the server", EcsField::DestinationBytes, "305", "destination.bytes", "305");
        row("trace", EcsField::TraceId, "Root=1-58337262", "trace.id", "\"Root=1-58337262\"");
        row("action", EcsField::EventAction, "REST.GET.OBJECT", "event.action", "\"REST.GET.OBJECT\"");
        row("code", EcsField::EventCode, "NoSuchKey", "event.code", "\"NoSuchKey\"");
        row("program", EcsField::ProcessName, "haproxy", "process.name", "\"haproxy\"");
        row("TLS version without a dot", EcsField::TlsVersion, "tlsv12", "tls.version", "\"1.2\"");
        row("TLS version in capitals", EcsField::TlsVersion, "TLSV1.1", "tls.version", "\"1.1\"");
        row("destination address with a zone", EcsField::DestinationAddress, "fe80::1%4", "destination.ip", "\"fe80::1\"");
        row("destination address with a zone is no domain", EcsField::DestinationAddress, "fe80::1%4", "destination.domain", "");
    }
    void writesOneFieldAfterTheOther() {
        QFETCH(int, field);
        QFETCH(QString, value);
        QFETCH(QString, path);
        QFETCH(QString, json);
        const std::string text = value.toStdString();
        for (const bool clean : {true, false}) {
            Record record;
            record.clean = clean;
            record.addExtra(static_cast<EcsField>(field), text);
            const QJsonValue expected = QJsonDocument::fromJson(("[" + json + "]").toUtf8()).array().at(0);
            QCOMPARE(at(document(record), path), expected);
        }
    }

    void writesLabels() {
        Record record;
        const std::array labels = {Label{"cache_status", "HIT"}, Label{"a.b", "1"}, Label{"a_b", "2"}, Label{"X \"Y\xff", "v\xff"},
                                   Label{"absent", ""}};
        record.labels = labels;
        record.labelsLeftOut = 7;
        const QJsonObject written = document(record);
        QCOMPARE(written["labels"].toObject(), object("{\"cache_status\":\"HIT\",\"a_b\":\"1\",\"X__Y_\":\"v\\\\xFF\"}"));
        QCOMPARE(at(written, "streamgauge.labels_left_out").toInt(), 7);
    }

    void leavesLabelsOutOfADocument_data() {
        QTest::addColumn<bool>("readings");
        QTest::addColumn<int>("before");
        QTest::addColumn<int>("expected");
        QTest::newRow("nothing else of our own") << false << 0 << 3;
        QTest::newRow("with readings") << true << 0 << 3;
        QTest::newRow("where some are left out already") << true << 7 << 10;
    }
    void leavesLabelsOutOfADocument() {
        QFETCH(bool, readings);
        QFETCH(int, before);
        QFETCH(int, expected);
        Record record;
        std::vector<Label> labels{{"a", "x:y\\"}, {"b", "\"},\"streamgauge\":{"}, {"c", "}"}};
        if (readings) labels.push_back({"volts", "3.7", true});
        record.labels = labels;
        record.labelsLeftOut = static_cast<std::uint32_t>(before);
        record.agent = ",\"labels\":{\"none\":\"";
        record.user = "ann";
        QJsonObject whole = document(record);
        const QByteArray text = encoded(record, {});
        const QByteArray shorter = QByteArray::fromStdString(withoutLabels(std::string_view(text.data(), static_cast<std::size_t>(text.size()))));
        const QJsonObject left = QJsonDocument::fromJson(shorter).object();
        QCOMPARE(at(left, "streamgauge.labels_left_out").toInt(), expected);
        QVERIFY(whole.contains("labels"));
        whole.remove("labels");
        QJsonObject ours = whole["streamgauge"].toObject();
        ours["labels_left_out"] = expected;
        whole["streamgauge"] = ours;
        QCOMPARE(left, whole);
        QVERIFY(withoutLabels(std::string_view(shorter.data(), static_cast<std::size_t>(shorter.size()))).empty());
    }

    void writesReadings() {
        Record record;
        const std::array labels = {Label{"temperature", "21.5", true}, Label{"site", "north"}, Label{"a.b", "-1e3", true}, Label{"a b", "2", true}};
        record.labels = labels;
        record.key = "greenhouse-4";
        record.web = false;
        const QJsonObject written = document(record);
        QCOMPARE(written["labels"].toObject(), object("{\"site\":\"north\"}"));
        QCOMPARE(written["streamgauge"].toObject()["values"].toObject(), object("{\"temperature\":21.5,\"a_b\":-1e3}"));
        QCOMPARE(at(written, "streamgauge.key").toString(), QString("greenhouse-4"));
        QVERIFY(!written["event"].toObject().contains("category"));
        QVERIFY(!written["event"].toObject().contains("type"));
    }

    void writesThePortOfAnAbsoluteTarget() {
        for (const bool bracketed : {false, true}) {
            Record record;
            record.method = "GET";
            record.target = bracketed ? "http://[2001:db8::1]:8080/a" : "https://shop.example:8080/a";
            QCOMPARE(at(document(record), "url.port").toInt(), 8080);
        }
        Record record;
        record.method = "GET";
        record.target = "http://shop.example/a:1";
        QVERIFY(at(document(record), "url.port").isUndefined());
    }

    void writesAddresses_data() {
        QTest::addColumn<QString>("written");
        QTest::addColumn<QByteArray>("source");
        QTest::newRow("a name") << "proxy.example" << QByteArray("{\"address\":\"proxy.example\",\"domain\":\"proxy.example\"}");
        QTest::newRow("a name with a port") << "proxy.example:80"
                                            << QByteArray("{\"address\":\"proxy.example:80\",\"domain\":\"proxy.example\",\"port\":80}");
        QTest::newRow("unknown") << "unknown" << QByteArray("{\"address\":\"unknown\"}");
        QTest::newRow("a zone") << "fe80::1%eth0" << QByteArray("{\"address\":\"fe80::1%eth0\",\"ip\":\"fe80::1\"}");
        QTest::newRow("a port") << "[::1]:443" << QByteArray("{\"address\":\"[::1]:443\",\"ip\":\"::1\",\"port\":443}");
        QTest::newRow("a list") << "10.0.0.1, 203.0.113.9" << QByteArray("{\"address\":\"203.0.113.9\",\"ip\":\"203.0.113.9\"}");
    }
    void writesAddresses() {
        QFETCH(QString, written);
        QFETCH(QByteArray, source);
        const std::string text = written.toStdString();
        Record record;
        record.address = text;
        QCOMPARE(document(record)["source"].toObject(), QJsonDocument::fromJson(source).object());
    }

    void writesOutcomeByStatus_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("outcome");
        QTest::newRow("absent") << -1 << "";
        QTest::newRow("000") << 0 << "success";
        QTest::newRow("399") << 399 << "success";
        QTest::newRow("400") << 400 << "failure";
        QTest::newRow("999") << 999 << "failure";
    }
    void writesOutcomeByStatus() {
        QFETCH(int, status);
        QFETCH(QString, outcome);
        Record record;
        record.status = status;
        const QJsonObject found = document(record);
        QCOMPARE(at(found, "event.outcome").toString(), outcome);
        QCOMPARE(at(found, "http.response.status_code").toInt(-1), status);
    }

    void takesTheVirtualHostAsDomain() {
        Record record = ordinary();
        record.target = "/a";
        record.host = "shop.example";
        QCOMPARE(at(document(record), "url.domain").toString(), QString("shop.example"));
    }

    void putsARequestThatIsNoneIntoTheMessage() {
        Record record;
        record.request = "\\x16\\x03\\x01";
        record.status = 400;
        const QJsonObject found = document(record);
        QCOMPARE(found["message"].toString(), QString("\\x16\\x03\\x01"));
        QVERIFY(!found.contains("url"));
        QVERIFY(at(found, "http.request").isUndefined());
        record.addExtra(EcsField::Message, "bad");
        QCOMPARE(document(record)["message"].toString(), QString("bad: \\x16\\x03\\x01"));
    }

    void keepsEscapesAsWritten() {
        Record record;
        record.target = "/a\\x22b\\\"c";
        record.method = "GET";
        QVERIFY(encoded(record).contains("\"original\":\"/a\\\\x22b\\\\\\\"c\""));
    }

    void writesTimes_data() {
        QTest::addColumn<qint64>("ns");
        QTest::addColumn<QString>("text");
        QTest::newRow("the epoch") << qint64{0} << "1970-01-01T00:00:00.000Z";
        QTest::newRow("before it") << qint64{-1} << "1969-12-31T23:59:59.999999999Z";
        QTest::newRow("microseconds") << qint64{1'000} << "1970-01-01T00:00:00.000001Z";
        QTest::newRow("29 February") << qint64{951'782'400'000'000'000} << "2000-02-29T00:00:00.000Z";
        QTest::newRow("the end of a year") << qint64{1'735'689'599'500'000'000} << "2024-12-31T23:59:59.500Z";
        QTest::newRow("after 2038") << qint64{4'102'444'800'000'000'000} << "2100-01-01T00:00:00.000Z";
        QTest::newRow("the last") << std::numeric_limits<qint64>::max() << "2262-04-11T23:47:16.854775807Z";
        QTest::newRow("the first") << std::numeric_limits<qint64>::min() << "1677-09-21T00:12:43.145224192Z";
    }
    void writesTimes() {
        QFETCH(qint64, ns);
        QFETCH(QString, text);
        std::string out;
        appendIsoTime({ns}, out);
        QCOMPARE(QString::fromStdString(out), text);
    }

    void isAlwaysJsonWhateverTheBytes() {
        std::mt19937 random(5);
        simdjson::dom::parser parser;
        Enricher enricher(nullptr, 64);
        std::string out;
        for (int round = 0; round < 5'000; ++round) {
            std::array<std::string, 12> texts;
            for (std::string& text : texts) {
                const std::size_t length = random() % 30;
                for (std::size_t i = 0; i < length; ++i) text += static_cast<char>(random());
            }
            Event event;
            Record& record = event.record;
            record.line = texts[0];
            record.address = texts[1];
            record.user = texts[2];
            record.request = texts[3];
            if (round % 2 == 0) record.method = texts[4];
            record.target = texts[5];
            record.version = texts[6];
            record.host = texts[7];
            record.referrer = texts[8];
            record.agent = texts[9];
            record.status = static_cast<std::int32_t>(random() % 1001) - 1;
            record.bytes = static_cast<std::int64_t>(random()) - 1;
            record.time = {static_cast<std::int64_t>(random()) << 31U};
            for (int i = 0; i < 16; ++i)
                record.addExtra(static_cast<EcsField>(random() % kEcsFieldCount), texts[static_cast<std::size_t>(i) % texts.size()]);
            DocumentContext context;
            context.original = true;
            context.filePath = texts[10];
            context.dataset = texts[11];
            enricher.enrich(event);
            out.clear();
            out += 'x';
            encodeDocument(event, context, out);
            simdjson::dom::object parsed;
            QVERIFY2(parser.parse(std::string_view(out).substr(1)).get(parsed) == simdjson::SUCCESS, out.c_str());
            QVERIFY(out.find('\n') == std::string::npos);
        }
    }

    void growsWithALineOfOnlyControls() {
        const std::string text(100'000, '\x01');
        Record record;
        record.line = record.address = record.user = record.target = record.referrer = record.agent = record.host = text;
        record.method = "GET";
        DocumentContext context;
        context.original = true;
        context.filePath = text;
        QVERIFY(!document(record, context).isEmpty());
    }
};

QTEST_APPLESS_MAIN(TestEncode)
#include "tst_encode.moc"
