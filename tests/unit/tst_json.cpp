#include "core/format/format.h"
#include "core/format/json_keys.h"
#include "core/format/json_repair.h"

#include "tests/support/format_check.h"

#include <QTest>

#include <memory>
#include <string>

using namespace sg;

class JsonTest : public QObject {
    Q_OBJECT
private slots:
    void readsObjects_data();
    void readsObjects();
    void readsALineTheSameAfterShorterOnes_data();
    void readsALineTheSameAfterShorterOnes();
    void readsALineOfAMegabyte();
    void knowsItsKeys();
    void saysWhereALineBreaks();
};

void JsonTest::readsObjects_data() {
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* phrase, const std::string& line, const std::string& expected) {
        QTest::newRow(phrase) << QByteArray::fromStdString(line) << QByteArray::fromStdString(expected);
    };
    row("an ISO time", R"({"time_iso8601":"2024-03-23T06:48:20+05:30"})", "time=1711156700000000000");
    row("an Apache time in brackets", R"({"time":"[23/Mar/2024:01:18:20 +0000]"})", "time=1711156700000000000");
    row("epoch seconds", R"({"ts":1711156700})", "time=1711156700000000000");
    row("epoch milliseconds", R"({"ts":1711156700123})", "time=1711156700123000000");
    row("epoch microseconds as text", R"({"ts":"1711156700123456"})", "time=1711156700123456000");
    row("epoch seconds with a fraction", R"({"msec":"1711156700.123"})", "time=1711156700123000000");
    row("an impossible date", R"({"time":"2023-02-29T00:00:00Z","status":200})", "dead bad_time at 2");
    row("an empty time", R"({"status":200,"time":""})", "dead no_time at 15");
    row("a time of null", R"({"status":200,"time":null})", "dead no_time at 15");
    row("a second time that can be read", R"({"time":"soon","msec":1711156700})", "time=1711156700000000000");
    row("no time at all", R"({"status":200})", "status=200");
    row("the first of two keys", R"({"status":200,"status":404})", "status=200");
    row("the first of two names", R"({"remote_addr":"1.1.1.1","client_ip":"2.2.2.2"})", "address=<1.1.1.1>");
    row("a status as text", R"({"status":"404"})", "status=404");
    row("status 000 as text", R"({"status":"000"})", "status=0");
    row("an empty status", R"({"status":""})", "dead bad_status at 2");
    row("a status of null", R"({"status":null,"ip":"1.1.1.1"})", "address=<1.1.1.1>");
    row("a status of four digits", R"({"status":2000})", "dead bad_status at 2");
    row("a status with a fraction", R"({"status":200.5})", "dead bad_status at 2");
    row("a negative status", R"({"status":-1})", "dead bad_status at 2");
    row("bytes beyond 2^53", R"({"status":200,"bytes":9007199254740993})", "status=200 bytes=9007199254740993");
    row("bytes beyond 64 bits", R"({"status":200,"bytes":99999999999999999999})", "dead bad_number at 15");
    row("a number beyond 64 bits in a key that is not known", R"({"status":200,"trace":340282366920938463463374607431768211456})",
        "status=200 labels.trace=<340282366920938463463374607431768211456>");
    row("a number beyond a double in a key that is not known", R"({"status":200,"trace":1e999})", "status=200 labels.trace=<1e999>");
    row("negative bytes", R"({"status":200,"bytes":-1})", "dead bad_number at 15");
    row("bytes `-`", R"({"status":200,"bytes":"-"})", "status=200");
    row("a duration `-`", R"({"status":200,"request_time":"-"})", "status=200");
    row("a duration of words", R"({"status":200,"request_time":"fast"})", "dead bad_number at 15");
    row("an empty referrer", R"({"status":200,"http_referer":""})", "status=200");
    row("a list where a value may stand", R"({"source":{"ip":["1.1.1.1","2.2.2.2"]}})", "address=<1.1.1.1>");
    row("an empty list", R"({"status":200,"source":{"ip":[]}})", "status=200");
    row("a number where text may stand", R"({"status":200,"remote_user":123})", "user=<123> status=200");
    row("dots and nesting mixed", R"({"http.response":{"status_code":200},"source":{"geo":{"ip":"x"}}})",
        "status=200 labels.source.geo.ip=<x>");
    row("nesting without end", R"({"status":200,"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}})",
        R"(status=200 labels.a.a.a.a.a.a=<{"a":{"a":1}}>)");
    row("keys that are not known", R"({"status":200,"site":"north","on":true,"n":-1.50e3,"off":null,"none":"-","list":["a",1],"empty":[]})",
        R"(status=200 labels.site=<north> labels.on=<true> labels.n=<-1.50e3> labels.list=<["a",1]>)");
    row("a number that is none", R"({"status":200,"n":01})", "dead bad_json at 0");
    row("a device and its readings", R"({"time":"2024-03-23T01:18:20Z","device":"d4","temp":21.5})",
        "time=1711156700000000000 labels.device=<d4> labels.temp=<21.5>");
    row("a duration of an unknown unit", R"({"status":200,"duration":12.5})", "status=200 labels.duration=<12.5>");
    row("Docker's wrapper around JSON",
        R"({"log":"{\"status\":200,\"uri\":\"/\\u0041\",\"x\":\"y\"}\n","stream":"stdout","time":"2024-03-23T01:18:20.5Z"})",
        "time=1711156700500000000 target=</A> status=200 labels.x=<y>");
    row("Docker's wrapper around combined",
        R"({"log":"1.1.1.1 - - [23/Mar/2024:01:18:20 +0000] \"GET / HTTP/1.1\" 200 7 \"-\" \"curl\"\n","stream":"stderr","time":"2024-03-23T02:00:00Z"})",
        "time=1711156700000000000 address=<1.1.1.1> method=<GET> target=</> version=<1.1> agent=<curl> status=200 bytes=7");
    row("Docker's wrapper around what is no request", R"({"log":"starting up\n","stream":"stdout","time":"2024-03-23T02:00:00Z"})",
        "dead missing_field at 0");
    row("Docker's wrapper around nothing", R"({"log":"\n","stream":"stdout","time":"2024-03-23T02:00:00Z"})", "dead unknown_shape at 0");
    row("a key named log", R"({"status":200,"log":"x"})", "status=200 labels.log=<x>");
    row("Kubernetes' prefix", R"(2024-03-23T01:18:20.123456789Z stdout F {"status":200,"uri":"/"})",
        "time=1711156700123456789 target=</> status=200");
    row("Kubernetes' prefix and a time behind it", R"(2024-03-23T01:18:20.1Z stderr F {"status":200,"msec":1711156699.5})",
        "time=1711156699500000000 status=200");
    row("a syslog header", R"(<190>Mar 23 01:18:20 web1 nginx: {"status":200,"uri":"/"})", "target=</> status=200");
    row("docker compose in front", R"(web-1  | {"status":200,"uri":"/"})", "target=</> status=200");
    row("docker compose in front of what is no object", R"(web-1  | starting)", "dead bad_json at 0");
    row("Kubernetes' prefix before a part of a line", R"(2024-03-23T01:18:20.123456789Z stdout P {"status":2)", "dead bad_json at 51");
    row("Kubernetes' prefix before common",
        R"(2024-03-23T01:18:20.123456789Z stdout F 1.1.1.1 - - [23/Mar/2024:01:18:20 +0000] "GET / HTTP/1.1" 200 7)",
        "time=1711156700000000000 address=<1.1.1.1> method=<GET> target=</> version=<1.1> status=200 bytes=7");
    row("an escaped key", R"({"stat\u0075s":200})", "status=200");
    row("escapes are undone", R"({"request":"GET /\u0041\t\u0000 HTTP/1.1"})", R"(method=<GET> target=</A\x09\x00> version=<1.1>)");
    row("an emoji as a surrogate pair", R"({"user":"\ud83d\ude00"})", "dead unknown_shape at 0");
    row("a lone surrogate stays text", R"({"ip":"\ud83d!"})", R"(address=<\ud83d!>)");
    row("nginx without escape=json", R"({"request":"\x16\x03\x01","status":400})", R"(request=<\x16\x03\x01> status=400)");
    row("a raw control", "{\"request\":\"a\tb\",\"status\":400}", R"(request=<a\x09b> status=400)");
    row("a byte that is not UTF-8", "{\"request\":\"GET /\xff HTTP/1.1\",\"status\":400}",
        R"(method=<GET> target=</\xFF> version=<1.1> status=400)");
    row("a raw NUL", std::string("{\"request\":\"a\0b\",\"status\":400}", 30), R"(request=<a\x00b> status=400)");
    row("a byte outside strings", "{\"status\":200}\xff", "dead bad_json at 0");
    row("a path and a query", R"({"uri":"/a","args":"b=c"})", "target=</a?b=c>");
    row("a path that has its query", R"({"path":"/a?b=c","query_string":"b=c"})", "target=</a?b=c>");
    row("a query without path", R"({"status":200,"args":"b=c"})", "status=200");
    row("the target before the path", R"({"uri":"/index.html","request_uri":"/"})", "target=</>");
    row("single keys beside the request line", R"({"request":"GET /a HTTP/1.1","request_uri":"/b"})",
        "method=<GET> target=</b> version=<1.1>");
    row("a request that is none", R"({"request":"","status":400})", "status=400");
    row("a protocol without its version", R"({"status":200,"server_protocol":"HTTP/"})", "status=200");
    row("an old TLS", R"({"status":200,"ssl_protocol":"SSLv3"})", "status=200 TlsVersion=<3> TlsProtocol=<ssl>");
    row("a host with its port", R"({"status":200,"host":"[2001:db8::1]:443"})", "host=<[2001:db8::1]> status=200");
    row("spaces around", " \t{ \"status\" : 200 } ", "status=200");
    row("a carriage return", "{\"status\":200}\r", "status=200");
    row("blank", "\r", "skipped");
    row("an empty object", "{}", "dead unknown_shape at 0");
    row("a list", "[{}]", "dead not_an_object at 0");
    row("a text", R"("status")", "dead not_an_object at 0");
    row("a number", "200", "dead not_an_object at 0");
    row("null", "null", "dead not_an_object at 0");
    row("two objects", R"({"status":200}{"status":200})", "dead bad_json at 0");
    row("no JSON", "hello", "dead bad_json at 0");
    row("a cut text", R"({"status":200,"request":"GET)", "dead bad_json at 24");
    row("a cut object", R"({"status":200,"a":{)", "dead bad_json at 19");
    row("a wrong word", R"({"status":200,"a":tru})", "dead bad_json at 0");
    row("a comma too many", R"({"status":200,})", "dead bad_json at 0");
    row("every extra at once",
        R"({"status":200,"request_id":"r","request_length":1,"bytes_sent":2,"tls.version":"1.2","tls.cipher":"c","tls.version_protocol":"tls","destination.address":"d","server_addr":"10.0.0.1","server_port":443,"hostname":"h","event.id":"e","level":"info","message":"m","http_x_forwarded_for":"f","scheme":"https","service.name":"s","user_agent.name":"n"})",
        "status=200 bytes=2 RequestId=<r> RequestBytes=<1> ResponseBytes=<2> TlsVersion=<1.2> TlsCipher=<c> TlsProtocol=<tls> "
        "DestinationAddress=<d> "
        "DestinationIp=<10.0.0.1> DestinationPort=<443> HostName=<h> EventId=<e> LogLevel=<info> Message=<m> ForwardedFor=<f> "
        "UrlScheme=<https> "
        "ServiceName=<s> UserAgentName=<n>");
}

void JsonTest::readsObjects() {
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, expected);
    const auto parser = (*findFormat("json"))->makeParser({});
    QCOMPARE(QByteArray::fromStdString(test::parseToText(*parser, line.toStdString())), expected);
    QCOMPARE(QByteArray::fromStdString(test::checkFormats(line.toStdString())), QByteArray());
}

/// The keys of lines before are remembered in their order. What a longer line left behind a shorter one is of other objects.
void JsonTest::readsALineTheSameAfterShorterOnes_data() {
    QTest::addColumn<QByteArray>("longer");
    QTest::addColumn<QByteArray>("shorter");
    QTest::addColumn<QByteArray>("line");
    const auto row = [](const char* phrase, const char* longer, const char* shorter, const char* line) {
        QTest::newRow(phrase) << QByteArray(longer) << QByteArray(shorter) << QByteArray(line);
    };
    row("an object whose name is as long", R"({"status":200,"source":{"ip":"203.0.113.7","port":5}})",
        R"({"status":200,"server":{"ip":"10.0.0.2"}})", R"({"status":200,"server":{"ip":"10.0.0.2","port":443}})");
    row("the same with escapes", R"({"a":"\\n","status":200,"source":{"ip":"203.0.113.7","port":5}})",
        R"({"a":"\\n","status":200,"server":{"ip":"10.0.0.2"}})", R"({"a":"\\n","status":200,"server":{"ip":"10.0.0.2","port":443}})");
    row("a line that is cut", R"({"status":200,"source":{"ip":"203.0.113.7","port":5}})", R"({"status":200,"server":{"ip":"10.0.0.2",)",
        R"({"status":200,"server":{"ip":"10.0.0.2","port":443}})");
}

void JsonTest::readsALineTheSameAfterShorterOnes() {
    QFETCH(QByteArray, longer);
    QFETCH(QByteArray, shorter);
    QFETCH(QByteArray, line);
    const auto alone = (*findFormat("json"))->makeParser({});
    const std::string expected = test::parseToText(*alone, line.toStdString());
    const auto parser = (*findFormat("json"))->makeParser({});
    for (const QByteArray& before : {longer, shorter}) static_cast<void>(test::parseToText(*parser, before.toStdString()));
    for (int again = 0; again < 2; ++again) QCOMPARE(test::parseToText(*parser, line.toStdString()), expected);
}

void JsonTest::readsALineOfAMegabyte() {
    const auto parser = (*findFormat("json"))->makeParser({});
    const std::string agent(2'000'000, 'a');
    Record record;
    const std::string line = R"({"status":200,"http_user_agent":")" + agent + "\"}";
    QVERIFY(parser->parse(line, false, record).kind == LineOutcome::Kind::Parsed);
    QVERIFY(record.agent == agent);
    QCOMPARE(test::parseToText(*parser, R"({"status":404})"), std::string("status=404"));
}

void JsonTest::knowsItsKeys() {
    QVERIFY(findJsonKey("http.response.status_code") == JsonKey::StatusCode);
    QVERIFY(findJsonKey("@timestamp") == JsonKey::Time);
    QVERIFY(findJsonKey("x_forwarded_for") == JsonKey::ForwardedFor);
    QVERIFY(findJsonKey("Status") == JsonKey::Other);
    QVERIFY(findJsonKey("") == JsonKey::Other);
    QVERIFY(findJsonKey(std::string(1000, 'a')) == JsonKey::Other);
}

void JsonTest::saysWhereALineBreaks() {
    QCOMPARE(brokenJsonColumn(R"({"a":"b)"), std::size_t(5));
    QCOMPARE(brokenJsonColumn(R"({"a":"b\)"), std::size_t(5));
    QCOMPARE(brokenJsonColumn(R"({"a":[1)"), std::size_t(7));
    QCOMPARE(brokenJsonColumn(R"({"a":"{["})"), std::size_t(0));
    QCOMPARE(brokenJsonColumn("}}}"), std::size_t(0));
}

QTEST_APPLESS_MAIN(JsonTest)
#include "tst_json.moc"
