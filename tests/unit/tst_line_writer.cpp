// First: moc cannot read <chrono> when nothing of the library has been seen before it.
#include <QTest>

#include "core/generate/line_writer.h"

#include <array>

using sg::LogFormat;

class LineWriterTest : public QObject {
    Q_OBJECT
private slots:
    void writesEachFormat_data() {
        QTest::addColumn<int>("format");
        QTest::addColumn<QByteArray>("line");
        const auto row = [](const char* name, LogFormat format, const char* line) {
            QTest::newRow(name) << static_cast<int>(format) << QByteArray(line);
        };
        row("original", LogFormat::Original, "HTTP:404 shop.example /a 192.0.2.7\n");
        row("common", LogFormat::Common, "192.0.2.7 - - [29/Feb/2024:23:59:58 +0000] \"GET /a HTTP/1.1\" 404 -\n");
        row("combined", LogFormat::Combined, "192.0.2.7 - - [29/Feb/2024:23:59:58 +0000] \"GET /a HTTP/1.1\" 404 - \"-\" \"curl/8\"\n");
        row("combined with response time", LogFormat::CombinedTimed,
            "192.0.2.7 - - [29/Feb/2024:23:59:58 +0000] \"GET /a HTTP/1.1\" 404 - \"-\" \"curl/8\" 12.042\n");
        row("nginx", LogFormat::Nginx, "192.0.2.7 - - [29/Feb/2024:23:59:58 +0000] \"GET /a HTTP/1.1\" 404 0 \"-\" \"curl/8\"\n");
        row("json", LogFormat::Json,
            "{\"time_iso8601\":\"2024-02-29T23:59:58+00:00\",\"remote_addr\":\"192.0.2.7\",\"remote_user\":\"\",\"request_method\":\"GET\","
            "\"request_uri\":\"/a\",\"server_protocol\":\"HTTP/1.1\",\"status\":404,\"body_bytes_sent\":0,\"request_time\":12.042,"
            "\"http_referer\":\"\",\"http_user_agent\":\"curl/8\",\"host\":\"shop.example\"}\n");
    }
    void writesEachFormat() {
        QFETCH(int, format);
        QFETCH(QByteArray, line);
        sg::Access access{"192.0.2.7", "shop.example", "GET", "/a", "HTTP/1.1", "-", "curl/8", 404, 0, 12'042};
        sg::LineWriter writer(static_cast<LogFormat>(format));
        std::array<char, sg::kMaxLineBytes> room{};
        const char* end = writer.write(room.data(), access, sg::Timestamp::fromSeconds(1'709'251'198));
        QCOMPARE(QByteArray(room.data(), end - room.data()), line);
    }
    void escapesWhatWouldEndAField() {
        QCOMPARE(sg::escapeFor(LogFormat::Combined, "a\"b\\c\n", 100), std::string("a\\x22b\\x5Cc\\x0A"));
        QCOMPARE(sg::escapeFor(LogFormat::Json, "a\"b\\c\n", 100), std::string("a\\\"b\\\\c\\u000A"));
        QCOMPARE(sg::escapeFor(LogFormat::Json, "", 100), std::string("-"));
        QCOMPARE(sg::escapeFor(LogFormat::Combined, "abc\"", 5), std::string("abc"));
    }
};
QTEST_APPLESS_MAIN(LineWriterTest)
#include "tst_line_writer.moc"
