#include "core/format/format.h"

#include "tests/support/format_check.h"

#include <QTest>

#include <string>

using namespace sg;

class FormatStringTest : public QObject {
    Q_OBJECT
private slots:
    void readsApacheStrings_data();
    void readsApacheStrings();
    void readsNginxStrings_data();
    void readsNginxStrings();
    void refusesWrongStrings_data();
    void refusesWrongStrings();
    void isFoundAgainByItsWholeName();
    void readsWhatTheBuiltInCombinedReads_data();
    void readsWhatTheBuiltInCombinedReads();
    void takesTheZoneOfTheOptions();
    void isTimelessWithoutATime_data();
    void isTimelessWithoutATime();
    void keepsAHundredLabelsAndCountsTheRest();
    void survivesEveryPrefixOfItsLine_data();
    void survivesEveryPrefixOfItsLine();
    void givesUpOnALineWithTooManyPlaces();
};

namespace {

const std::string kCall = R"(1.2.3.4 - - [23/Mar/2024:01:18:20 +0000] "GET /a HTTP/1.1" 200 7)";
const std::string kRead = "time=1711156700000000000 address=<1.2.3.4> method=<GET> target=</a> version=<1.1>";

void columns() {
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("expected");
}

void addRow(const char* phrase, const std::string& format, const std::string& line, const std::string& expected) {
    QTest::newRow(phrase) << QByteArray::fromStdString(format) << QByteArray::fromStdString(line) << QByteArray::fromStdString(expected);
}

QByteArray readWith(const QByteArray& name, const QByteArray& line) {
    const auto format = findFormat(name.toStdString());
    if (!format) return QByteArray::fromStdString("refused: " + format.error().message);
    const auto parser = (*format)->makeParser({});
    return QByteArray::fromStdString(test::parseToText(*parser, line.toStdString()));
}

} // namespace

void FormatStringTest::readsApacheStrings_data() {
    columns();
    const auto row = [](const char* phrase, const std::string& format, const std::string& line, const std::string& expected) {
        addRow(phrase, "apache:" + format, line, expected);
    };
    const std::string common = R"(%h %l %u %t "%r" %>s %b)";
    row("the common format", common, kCall, kRead + " status=200 bytes=7");
    row("with its quotes escaped as in a configuration", R"(%h %l %u %t \"%r\" %>s %b)", kCall, kRead + " status=200 bytes=7");
    row("as a line of a configuration", R"(LogFormat "%h %l %u %t \"%r\" %>s %b" common)", kCall, kRead + " status=200 bytes=7");
    row("by its nickname", "common", kCall, kRead + " status=200 bytes=7");
    row("with a newline at its end", common + "\\n", kCall, kRead + " status=200 bytes=7");
    row("a virtual host by nickname", "vhost_combined",
        R"(a.example:443 1.2.3.4 - - [23/Mar/2024:01:18:20 +0000] "GET /a HTTP/1.1" 200 70 "-" "curl/8")",
        kRead + " host=<a.example> agent=<curl/8> status=200 bytes=70 DestinationPort=<443> ResponseBytes=<70>");
    row("tabs", R"(%h\t%t\t%>s)", "1.2.3.4\t[23/Mar/2024:01:18:20 +0000]\t404", "time=1711156700000000000 address=<1.2.3.4> status=404");
    row("a percent sign", "%h 100%% %>s", "1.2.3.4 100% 404", "address=<1.2.3.4> status=404");
    row("a carriage return at the line's end", "%h %>s", "1.2.3.4 404\r", "address=<1.2.3.4> status=404");
    row("spaces at the line's end", "%h %>s", "1.2.3.4 404  ", "address=<1.2.3.4> status=404");
    row("the parts of a request", R"("%m %U%q %H" %s)", R"("GET /a b?c=1 HTTP/2.0" 200)",
        "method=<GET> target=</a b?c=1> version=<2.0> status=200");
    row("a path without a query", R"("%m %U%q %H" %s)", R"("GET /a HTTP/1.1" 200)", "method=<GET> target=</a> version=<1.1> status=200");
    row("a path alone", "%U %s", "/a 200", "target=</a> status=200");
    row("path and query apart", "%q|%U|%s", "?b=1|/a|200", "status=200 UrlQuery=<b=1> UrlPath=</a>");
    row("a path beside the request is the server's business", R"("%r" %U%q %s)", R"("GET /a%20b HTTP/1.1" /a b 200)",
        "method=<GET> target=</a%20b> version=<1.1> status=200");
    row("durations", "%D %T %{ms}T", "1234567 1 1234", "duration=1234567000");
    row("a duration in milliseconds", "%T %{ms}T", "1 1234", "duration=1234000000");
    row("a duration in seconds", "%{s}T", "3", "duration=3000000000");
    row("a duration that was not logged", "%D %s", "- 200", "status=200");
    row("bytes in and out", "%I %O %S %s", "100 5000 5100 200",
        "status=200 bytes=5000 RequestBytes=<100> ResponseBytes=<5000> NetworkBytes=<5100>");
    row("two statuses", "%s %>s", "302 200", "status=200 labels.status_original=<302>");
    row("the first status alone", "%<s", "302", "status=302");
    row("headers of the request", R"("%{Referer}i" "%{user-agent}i" "%{Host}i" "%{X-Trace}i")",
        R"("http://r/" "curl" "a.example:8080" "7f")", "host=<a.example> referrer=<http://r/> agent=<curl> labels.http_x_trace=<7f>");
    row("headers of some statuses only", R"(%!200,304,302{Referer}i %>s)", "- 200", "status=200");
    row("forwarded addresses without quotes", "%{X-Forwarded-For}i %l %u %t", "1.2.3.4, 5.6.7.8 - - [23/Mar/2024:01:18:20 +0000]",
        "time=1711156700000000000 ForwardedFor=<1.2.3.4, 5.6.7.8>");
    row("headers of the response, environment, cookies, notes", R"("%{Content-Type}o" "%{Location}o" "%{A}e" "%{b}C" "%{c}n")",
        R"("text/html" "/x" "1" "2" "-")",
        "ResponseMimeType=<text/html> labels.sent_http_location=</x> labels.env_a=<1> labels.cookie_b=<2>");
    row("TLS", "%{SSL_PROTOCOL}x %{SSL_CIPHER}x %{SSL_TLS_SNI}x %{SSL_SESSION_RESUMED}x", "TLSv1.3 TLS_AES a.example Initial",
        "TlsVersion=<TLSv1.3> TlsCipher=<TLS_AES> TlsServerName=<a.example> TlsResumed=<Initial>");
    row("TLS as older configurations name it", "%{version}c %{cipher}c", "TLSv1.2 ECDHE", "TlsVersion=<TLSv1.2> TlsCipher=<ECDHE>");
    row("the server", "%v %V %A %p %{local}p %{remote}p %P %{tid}P %f %R %k %X %L", "a b 10.0.0.1 80 8080 4711 99 140 /srv/a proxy 3 - x1",
        "host=<a> DestinationIp=<10.0.0.1> DestinationPort=<80> SourcePort=<4711> ProcessId=<99> ThreadId=<140> FilePath=</srv/a> "
        "labels.server_name_used=<b> labels.handler=<proxy> labels.connection_requests=<3> labels.connection_status=<-> "
        "labels.error_log_id=<x1>");
    row("the address before the name", "%h %a %{c}a", "crawl.example 1.2.3.4 10.0.0.1",
        "address=<1.2.3.4> labels.remote_host=<crawl.example> labels.peer_address=<10.0.0.1>");
    row("trailers and the time to the first byte", "%{T}^ti|%{U}^to|%^FB", "a|b|99",
        "labels.trailer_t=<a> labels.sent_trailer_u=<b> labels.time_to_first_byte_us=<99>");
    row("the unique id", "%{UNIQUE_ID}e", "ZtYq", "RequestId=<ZtYq>");
    row("a user with spaces and brackets", common, R"(1.2.3.4 - a [b] c [23/Mar/2024:01:18:20 +0000] "-" 200 -)",
        "time=1711156700000000000 address=<1.2.3.4> user=<a [b] c> status=200");
    row("a user that is empty", common, R"(1.2.3.4 - "" [23/Mar/2024:01:18:20 +0000] "-" 200 -)",
        "time=1711156700000000000 address=<1.2.3.4> status=200");
    row("an agent without quotes", "%h %{User-Agent}i %D", "1.2.3.4 Mozilla/5.0 (X11; Linux) 7",
        "address=<1.2.3.4> agent=<Mozilla/5.0 (X11; Linux)> duration=7000");
    row("an agent without quotes at the end", "%D %{User-Agent}i", "7 a b ", "agent=<a b > duration=7000");
    row("an IPv6 address before a colon", "%h:%{remote}p %s", "2001:db8::1:443 200", "address=<2001:db8::1> status=200 SourcePort=<443>");
    row("escapes stay as written", R"(%h "%r" "%{User-Agent}i")", R"(1.2.3.4 "GET /\"x HTTP/1.1" "a\\\"b\x22")",
        R"(address=<1.2.3.4> method=<GET> target=</\"x> version=<1.1> agent=<a\\\"b\x22>)");
    row("half a TLS handshake", R"(%h "%r" %s)", R"(1.2.3.4 "\x16\x03\x01" 400)", R"(address=<1.2.3.4> request=<\x16\x03\x01> status=400)");
    row("raw bytes", R"(%h "%r" %s)", "1.2.3.4 \"\xff\x01\" 400", R"(address=<1.2.3.4> request=<\xff\x01> status=400)");
    row("a line that JSON was made of", R"({"ip":"%a","t":"%{%Y-%m-%dT%H:%M:%S%z}t","r":"%r","s":%>s})",
        R"({"ip":"1.2.3.4","t":"2024-03-23T03:18:20+0200","r":"GET /a HTTP/1.1","s":200})", kRead + " status=200");
    row("a syslog header in front", common, "<190>Mar 23 01:18:20 web1 httpd[7]: " + kCall, kRead + " status=200 bytes=7 HostName=<web1>");
    row("a syslog header before a format without ident", R"(%h %u %t "%r")",
        R"(<190>Mar 23 01:18:20 web1 httpd: 1.2.3.4 - [23/Mar/2024:01:18:20 +0000] "GET /a HTTP/1.1")", kRead + " HostName=<web1>");

    row("seconds and microseconds", "%{sec}t.%{usec_frac}t", "1711156700.000042", "time=1711156700000042000");
    row("milliseconds", "%{msec}t %{sec}t", "1711156700123 1711156700", "time=1711156700123000000");
    row("microseconds", "%{usec}t", "1711156700123456", "time=1711156700123456000");
    row("a pattern", "%{%d/%b/%Y:%T}t.%{msec_frac}t %{%z}t", "23/Mar/2024:03:18:20.123 +0200", "time=1711156700123000000");
    row("a fraction beside Apache's own time", "%t %{usec_frac}t", "[23/Mar/2024:01:18:20 +0000] 000042", "time=1711156700000042000");
    row("begin and end", "%{begin:sec}t %{end:sec}t", "1711156700 1711156799", "time=1711156700000000000");
    row("the end alone", "%{end:%s}t", "1711156700", "time=1711156700000000000");
    row("patterns of begin and end", "%{end:%F %T}t|%{begin:%F %T}t", "2024-03-23 01:18:29|2024-03-23 01:18:20",
        "time=1711156700000000000");
    row("half a day", "%{%D %r}t", "03/23/24 01:18:20 PM", "time=1711199900000000000");
    row("names in full", "%{%A, %e %B %Y %k:%M:%S %Z}t", "Saturday, 23 March 2024  1:18:20 UTC", "time=1711156700000000000");
    row("the day of the year", "%{%Y-%j %T}t", "2024-083 01:18:20", "time=1711156700000000000");
    row("a time of day without a day is none", "%{%T}t %h", "01:18:20 1.2.3.4", "address=<1.2.3.4>");
    row("a leap second", "%{%F %T}t", "2016-12-31 23:59:60", "time=1483228800000000000");
    row("before 1970", "%{%F %T}t", "1969-12-31 23:59:59", "time=-1000000000");

    row("a day that does not exist", "%h %{%F %T}t", "1.2.3.4 2023-02-29 00:00:00", "dead bad_time at 27");
    row("a time that is none", "%h %t", "1.2.3.4 [23/Foo/2024:01:18:20 +0000]", "dead bad_time at 9");
    row("a pattern that does not fit", "%h %{%F}t %s", "1.2.3.4 23/03/2024 200", "dead bad_time at 8");
    row("an empty line of fields", common, "", "skipped");
    row("an empty address", "%h %s", " 200", "dead empty_address at 0");
    row("an empty status", common, R"(1.2.3.4 - - [23/Mar/2024:01:18:20 +0000] "GET /a HTTP/1.1"  7)", "dead bad_status at 59");
    row("a status of two digits", "%h %s", "1.2.3.4 20", "dead bad_status at 8");
    row("a number that is none", "%h %D", "1.2.3.4 1a", "dead bad_number at 8");
    row("a number beyond 64 bits", "%h %b", "1.2.3.4 99999999999999999999", "dead bad_number at 8");
    row("a duration beyond 64 bits", "%T", "9999999999999", "dead bad_number at 0");
    row("an unterminated quote", R"(%h "%r" %s)", R"(1.2.3.4 "GET / 200)", "dead unterminated_quote at 8");
    row("something behind a quote", R"(%h "%r" %s)", R"(1.2.3.4 "GET /"x 200)", "dead trailing_garbage at 15");
    row("something behind the end", "%h %s", "1.2.3.4 200 x", "dead trailing_garbage at 12");
    row("a missing field", "%h %u %s", "1.2.3.4 -", "dead missing_field at 9");
    row("another literal", "%h -> %s", "1.2.3.4 => 200", "dead trailing_garbage at 8");
    row("another beginning", "x%h", "y1.2.3.4", "dead unknown_shape at 0");
    row("a line of another format", common, "GET / HTTP/1.1", "dead missing_field at 14");
    row("a virtual host in front", common, "a.example " + kCall, "dead unknown_shape at 18");
}

void FormatStringTest::readsApacheStrings() {
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, expected);
    QCOMPARE(readWith(format, line), expected);
}

void FormatStringTest::readsNginxStrings_data() {
    columns();
    const auto row = [](const char* phrase, const std::string& format, const std::string& line, const std::string& expected) {
        addRow(phrase, "nginx:" + format, line, expected);
    };
    row("ingress-nginx' client behind its proxies", R"($the_real_ip - [$the_real_ip] - $remote_user "$request" $remote_addr)",
        R"(1.2.3.4 - [1.2.3.4] - ann "GET /a HTTP/1.1" 10.0.0.1)",
        "address=<1.2.3.4> user=<ann> method=<GET> target=</a> version=<1.1> labels.the_real_ip=<1.2.3.4> labels.remote_addr=<10.0.0.1>");
    row("nginx's own", "combined", kCall + R"( "-" "curl/8")", kRead + " agent=<curl/8> status=200 bytes=7");
    row("as a line of a configuration", "log_format main '$remote_addr $status' ' $body_bytes_sent';", "1.2.3.4 200 7",
        "address=<1.2.3.4> status=200 bytes=7");
    row("names in braces", "${remote_addr}x${status}", "1.2.3.4x200", "address=<1.2.3.4> status=200");
    row("variables that part by their bytes", "$remote_addr$request_uri", "1.2.3.4/a?b", "address=<1.2.3.4> target=</a?b>");
    row("a URL of parts", "$scheme://$host$uri$is_args$args $status", "https://a.example/a b?c=1 200",
        "target=</a b?c=1> host=<a.example> status=200 UrlScheme=<https>");
    row("a URL of a request that was none", "$scheme://$host$request_uri \"$request_method\"", "http://a.example- \"-\"",
        "host=<a.example> UrlScheme=<http>");
    row("a status before a number", "$status$body_bytes_sent", "2001234", "status=200 bytes=1234");
    row("times before a number", "$time_iso8601$status$request_time$msec$pipe", "2024-03-23T01:18:20+00:002000.0421711156700.500p",
        "time=1711156700500000000 status=200 duration=42000000 labels.pipe=<p>");
    row("the local time", "[$time_local] $status", "[23/Mar/2024:03:18:20 +0200] 200", "time=1711156700000000000 status=200");
    row("a query alone", "$uri?$args $status", "/a?b=1 200", "status=200 UrlPath=</a> UrlQuery=<b=1>");
    row("lists of upstreams", "$upstream_addr $upstream_status $upstream_response_time $status",
        "10.0.0.1:80, unix:/s : 10.0.0.2:80 502, - : 200 0.001, - : 0.042 200",
        "status=200 labels.upstream_addr=<10.0.0.1:80, unix:/s : 10.0.0.2:80> labels.upstream_status=<502, - : 200> "
        "labels.upstream_response_time=<0.001, - : 0.042>");
    row("lists with commas between", "$upstream_status,$upstream_response_time,$status", "502, 200,0.001, 0.042,200",
        "status=200 labels.upstream_status=<502, 200> labels.upstream_response_time=<0.001, 0.042>");
    row("the ingress controller's",
        R"($remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" )"
        R"($request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr )"
        R"($upstream_response_length $upstream_response_time $upstream_status $req_id)",
        kCall + R"( "-" "curl/8" 79 0.001 [default-web-80] [] 10.0.0.1:80, 10.0.0.2:80 0, 5 0.000, 0.001 502, 200 ab12)",
        kRead + " agent=<curl/8> status=200 bytes=7 duration=1000000 RequestBytes=<79> labels.proxy_upstream_name=<default-web-80> "
                "labels.upstream_addr=<10.0.0.1:80, 10.0.0.2:80> labels.upstream_response_length=<0, 5> "
                "labels.upstream_response_time=<0.000, 0.001> labels.upstream_status=<502, 200> labels.req_id=<ab12>");
    row("variables of a configuration's own", "$remote_addr $my_map \"$arg_x\"", "1.2.3.4 a \"b\"",
        "address=<1.2.3.4> labels.my_map=<a> labels.arg_x=<b>");
    row("the asked host before the server's name", "$server_name $http_host $host", "_ a.example:8080 a.example",
        "host=<a.example> labels.server_name=<_> labels.http_host=<a.example:8080>");
    row("the server's name when no host was asked", "$server_name $http_host", "b.example -",
        "host=<b.example> labels.server_name=<b.example>");
    row("the real address when there is no other", "$http_x_real_ip $remote_addr", "1.2.3.4 -",
        "address=<1.2.3.4> labels.http_x_real_ip=<1.2.3.4>");
    row("forwarded addresses", R"($remote_addr "$http_x_forwarded_for")", R"(10.0.0.1 "1.2.3.4, 5.6.7.8")",
        "address=<10.0.0.1> ForwardedFor=<1.2.3.4, 5.6.7.8>");
    row("TLS", "$ssl_protocol $ssl_cipher $ssl_server_name $ssl_session_reused", "TLSv1.3 TLS_AES a.example r",
        "TlsVersion=<TLSv1.3> TlsCipher=<TLS_AES> TlsServerName=<a.example> TlsResumed=<r>");
    row("bytes, ports, ids", "$bytes_sent $request_length $remote_port $server_port $pid $request_id $connection",
        "900 80 4711 443 99 7f3a 12",
        "bytes=900 ResponseBytes=<900> RequestBytes=<80> SourcePort=<4711> DestinationPort=<443> ProcessId=<99> RequestId=<7f3a> "
        "labels.connection=<12>");
    row("the method goes before the request line's", R"("$request" $request_method)", R"("PUT /a HTTP/1.1" POST)",
        "method=<POST> target=</a> version=<1.1>");
    row("escapes stay as written", R"("$request" $status)", R"("GET /\x22\x5C HTTP/1.1" 200)",
        R"(method=<GET> target=</\x22\x5C> version=<1.1> status=200)");
    row("JSON is decoded", R"(escape=json {"r":"$request","a":"$http_user_agent","s":$status})",
        R"({"r":"GET /\"\\ HTTP/1.1","a":"\u0001\u00e9\ud83d\ude00\q\n","s":200})",
        R"(method=<GET> target=</"\> version=<1.1> agent=<\x01\xc3\xa9\xf0\x9f\x98\x80\q\x0a> status=200)");
    row("JSON whose values are absent",
        R"(escape=json {"a":"$remote_addr","u":"$remote_user","l":"$content_length","t":"$upstream_response_time"})",
        R"({"a":"","u":"","l":"","t":""})", "");
    row("JSON of several pieces", "log_format j escape=json '{\"s\":$status,' \"\\\"t\\\":$msec}\" ;", R"({"s":200,"t":1711156700.5})",
        "time=1711156700500000000 status=200");
    row("nothing is escaped", R"(escape=none "$http_user_agent" $status)", R"("a "b" c" 200)", R"(agent=<a "b" c> status=200)");
    row("a backslash that is none of nginx's", R"(escape=none "$http_user_agent" $status)", R"("a\" 200)", R"(agent=<a\> status=200)");
    row("an empty request", R"($remote_addr "$request" $status)", R"(1.2.3.4 "" 400)", "address=<1.2.3.4> status=400");
    row("an empty status is none", "$remote_addr $status", "1.2.3.4 ", "dead bad_status at 8");
    row("a list that ends in a comma", "$upstream_status|$status", "502,|200", "dead missing_field at 0");
}

void FormatStringTest::readsNginxStrings() {
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, expected);
    QCOMPARE(readWith(format, line), expected);
}

void FormatStringTest::refusesWrongStrings_data() {
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("sentence");
    const auto row = [](const char* phrase, const char* format, const char* sentence) {
        QTest::newRow(phrase) << QByteArray(format) << "the format string is wrong at byte " + QByteArray(sentence);
    };
    const char* const between = ", and nothing tells where the one ends and the other begins; put a character between";
    row("nothing", "apache:", "1: it has no field, so there is nothing to read");
    row("literals alone", "nginx:hello", "1: it has no field, so there is nothing to read");
    row("an unknown directive", "apache:%h %Z", "4: '%Z' is an unknown directive");
    row("an unknown directive behind modifiers", "apache:%h %!200>{a}y", "4: '%!200>{a}y' is an unknown directive");
    row("an unknown long directive", "apache:%^xy", "1: '%^xy' is an unknown directive");
    row("half a directive", "apache:%h %>", "4: '%>' is not a whole directive");
    row("a header without a name", "apache:%i", "1: '%i' is a directive that needs a name in braces");
    row("an open brace", "apache:%h %{Referer", "5: the brace is not closed");
    row("a unit of time", "apache:%{ns}T", "1: '%{ns}T' is a duration in an unknown unit; known are s, ms and us");
    row("a conversion of a time", "apache:%{%Y-%Q}t", "1: the time pattern has an unknown conversion '%Q'");
    row("two fields that touch", "apache:%h%u", (QByteArray("3: nothing stands between %h and %u") + between).constData());
    row("two numbers that touch", "apache:%D%b", (QByteArray("3: nothing stands between %D and %b") + between).constData());
    row("a newline in the middle", "apache:%h\\n%u", "3: a record of several lines cannot be read: a line is an event");
    row("a place in a line of a configuration", R"(apache:LogFormat "%h %Z" x)", "15: '%Z' is an unknown directive");
    row("a dollar alone", "nginx:$status $", "9: a $ without a variable's name; nginx has no way to write a $ itself");
    row("an open brace of nginx", "nginx:${status", "1: the brace is not closed");
    row("an unknown escape", "nginx:escape=xml $status", "1: 'escape=xml' is unknown: escape is default, json or none");
    row("two variables that touch", "nginx:$host$status",
        (QByteArray("6: nothing stands between $host and $status") + between).constData());
    row("a place in pieces", "nginx:log_format a '$host' '$status';",
        (QByteArray("23: nothing stands between $host and $status") + between).constData());
}

void FormatStringTest::refusesWrongStrings() {
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, sentence);
    const auto found = findFormat(format.toStdString());
    QVERIFY(!found.has_value());
    QCOMPARE(found.error().code, ErrorCode::InvalidArgument);
    QCOMPARE(QByteArray::fromStdString(found.error().message), sentence);
}

void FormatStringTest::isFoundAgainByItsWholeName() {
    const std::string name = R"(apache:%h %l %u %t "%r" %>s %b)";
    const auto format = findFormat(name);
    QVERIFY(format.has_value());
    QCOMPARE(std::string((*format)->name()), name);
    QVERIFY(findFormat((*format)->name()).has_value());
    QCOMPARE(std::string(datasetName((*format)->name())), std::string("apache"));
}

void FormatStringTest::readsWhatTheBuiltInCombinedReads_data() {
    QTest::addColumn<QByteArray>("line");
    const auto row = [](const char* phrase, const std::string& line) { QTest::newRow(phrase) << QByteArray::fromStdString(line); };
    const std::string client = "1.2.3.4 - - [23/Mar/2024:01:18:20 +0000] ";
    row("an ordinary line", client + R"("GET /a?b HTTP/1.1" 200 7 "http://r/" "Mozilla/5.0 X11")");
    row("absent values", client + R"("-" 408 - "-" "-")");
    row("an empty request", client + R"("" 400 0 "" "")");
    row("escaped quotes", client + R"("GET /\" HTTP/1.1" 200 7 "\\" "\"x\"")");
    row("an unterminated agent", client + R"("GET / HTTP/1.1" 200 7 "-" "Mozilla)");
    row("a bare quote inside the agent", client + R"("GET / HTTP/1.1" 200 7 "-" "a"b")");
    row("an empty status", client + R"("GET / HTTP/1.1"  7 "-" "-")");
    row("no bytes", client + R"("GET / HTTP/1.1" 200)");
    row("bytes that are negative", client + R"("GET / HTTP/1.1" 200 -5 "-" "-")");
    row("an impossible date", R"(1.2.3.4 - - [31/Apr/2024:01:18:20 +0000] "-" 200 7 "-" "-")");
    row("a user with a quote", R"(1.2.3.4 - a"b [23/Mar/2024:01:18:20 +0000] "-" 200 7 "-" "-")");
    row("a syslog header", "<13>1 2024-03-23T01:18:20Z web1 nginx 7 - - " + client + R"("GET / HTTP/1.1" 200 7 "-" "-")");
    row("raw bytes", client + "\"\xff\x00\x1b\" 400 7 \"-\" \"-\"");
}

void FormatStringTest::readsWhatTheBuiltInCombinedReads() {
    QFETCH(QByteArray, line);
    const QByteArray builtIn = readWith("combined", line);
    QCOMPARE(readWith("apache:combined", line), builtIn);
    QCOMPARE(readWith("nginx:combined", line), builtIn);
    const std::string text = line.toStdString();
    Record expected;
    Record found;
    const auto combined = (*findFormat("combined"))->makeParser({});
    const auto compiled = (*findFormat("apache:combined"))->makeParser({});
    QCOMPARE(compiled->parse(text, false, found).kind, combined->parse(text, false, expected).kind);
    QCOMPARE(found.clean, expected.clean);
}

void FormatStringTest::takesTheZoneOfTheOptions() {
    Record record;
    const auto parser = (*findFormat("apache:%{%F %T}t"))->makeParser({.zoneOffsetMinutes = 60});
    QVERIFY(parser->parse("2024-03-23 02:18:20", false, record).kind == LineOutcome::Kind::Parsed);
    QCOMPARE(record.time.ns, 1711156700000000000);
}

void FormatStringTest::isTimelessWithoutATime_data() {
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<bool>("timeless");
    QTest::newRow("a time") << QByteArray("apache:%h %t") << false;
    QTest::newRow("a pattern") << QByteArray("apache:%{%F}t") << false;
    QTest::newRow("no time") << QByteArray("apache:%h") << true;
    QTest::newRow("a time of day") << QByteArray("apache:%{%T}t") << true;
    QTest::newRow("a fraction alone") << QByteArray("apache:%{usec_frac}t") << true;
}

void FormatStringTest::isTimelessWithoutATime() {
    QFETCH(QByteArray, format);
    QFETCH(bool, timeless);
    QCOMPARE((*findFormat(format.toStdString()))->timeless(), timeless);
}

void FormatStringTest::keepsAHundredLabelsAndCountsTheRest() {
    std::string format = "nginx:$status";
    std::string line = "200";
    for (int i = 0; i < 120; ++i) {
        format += " $v" + std::to_string(i);
        line += i == 7 ? " -" : " x";
    }
    const auto parser = (*findFormat(format))->makeParser({});
    Record record;
    QVERIFY(parser->parse(line, false, record).kind == LineOutcome::Kind::Parsed);
    QCOMPARE(record.labels.size(), kMaxLabels);
    QCOMPARE(record.labelsLeftOut, std::uint32_t(19));
    QCOMPARE(std::string(record.labels[7].name), std::string("v8"));
}

void FormatStringTest::survivesEveryPrefixOfItsLine_data() {
    columns();
    for (const FormatInfo& info : formatTable())
        if (info.name.find(':') != std::string_view::npos)
            addRow(std::string(datasetName(info.name)).c_str(), std::string(info.name), std::string(info.example), {});
    for (const auto& [format, line] : test::formatStrings()) addRow(format.c_str(), format, line, {});
}

void FormatStringTest::survivesEveryPrefixOfItsLine() {
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, line);
    const std::string whole = line.toStdString();
    const std::string name = format.toStdString();
    const QByteArray read = readWith(format, line);
    QVERIFY2(!read.startsWith("dead") && !read.startsWith("refused"), read.constData());
    for (std::size_t length = 0; length <= whole.size(); ++length)
        QCOMPARE(QByteArray::fromStdString(test::checkFormat(name, std::string_view(whole).substr(0, length))), QByteArray());
}

void FormatStringTest::givesUpOnALineWithTooManyPlaces() {
    const auto parser = (*findFormat("apache:%{a}i %{b}i %{c}i %{d}i %{e}i %s"))->makeParser({});
    std::string line;
    for (int i = 0; i < 100'000; ++i) line += "x ";
    Record record;
    const LineOutcome outcome = parser->parse(line, false, record);
    QVERIFY(outcome.kind == LineOutcome::Kind::Dead);
    QVERIFY(outcome.column <= line.size());
}

QTEST_APPLESS_MAIN(FormatStringTest)
#include "tst_format_string.moc"
