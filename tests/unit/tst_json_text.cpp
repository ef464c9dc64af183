#include "core/record/json_text.h"

#include <QtTest>
#include <random>
#include <simdjson.h>

using namespace sg;

class TestJsonText : public QObject {
    Q_OBJECT

private slots:
    void escapes_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("json");
        const auto row = [](const char* phrase, QByteArray bytes, const char* json) { QTest::newRow(phrase) << bytes << QByteArray(json); };
        row("nothing", "", "\"\"");
        row("plain ASCII", "GET /index.html HTTP/1.1", "\"GET /index.html HTTP/1.1\"");
        row("quote and backslash", "a\"b\\c", "\"a\\\"b\\\\c\"");
        row("an escape of the server is text", "\\x22", "\"\\\\x22\"");
        row("a NUL", QByteArray("a\0b", 3), "\"a\\u0000b\"");
        row("controls", "\x1b[0m\t\r", "\"\\u001B[0m\\u0009\\u000D\"");
        row("DEL is no control in JSON", "\x7f", "\"\x7f\"");
        row("UTF-8", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
        row("U+2028 untouched", "\xe2\x80\xa8", "\"\xe2\x80\xa8\"");
        row("Latin-1", "caf\xe9", "\"caf\\\\xE9\"");
        row("a sequence cut short", "\xe2\x82", "\"\\\\xE2\\\\x82\"");
        row("an overlong slash", "\xc0\xaf", "\"\\\\xC0\\\\xAF\"");
        row("a surrogate", "\xed\xa0\x80", "\"\\\\xED\\\\xA0\\\\x80\"");
        row("above U+10FFFF", "\xf4\x90\x80\x80", "\"\\\\xF4\\\\x90\\\\x80\\\\x80\"");
        row("a TLS handshake", QByteArray("\x16\x03\x01\x02\x00\x01\xfc", 7), "\"\\u0016\\u0003\\u0001\\u0002\\u0000\\u0001\\\\xFC\"");
    }
    void escapes() {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, json);
        std::string out = "before";
        appendJsonText({bytes.constData(), static_cast<std::size_t>(bytes.size())}, out);
        QCOMPARE(QByteArray::fromStdString(out), "before" + json);
    }

    void isAlwaysJsonWhateverTheBytes() {
        std::mt19937 random(11);
        simdjson::dom::parser parser;
        for (int round = 0; round < 20'000; ++round) {
            std::string bytes;
            const std::size_t length = random() % 40;
            for (std::size_t i = 0; i < length; ++i) // half of them where UTF-8 is decided
                bytes += static_cast<char>(
                    random() % 2 == 0 ? random() : std::string_view("\xc2\x80\xe0\xa0\xed\x9f\xf0\x90\xf4\x8f\"\\\x00")[random() % 12]);
            std::string out;
            appendJsonText(bytes, out);
            std::string_view decoded;
            const auto error = parser.parse(out).get(decoded);
            QVERIFY2(error == simdjson::SUCCESS, out.c_str());
            if (isUtf8(bytes)) QCOMPARE(std::string(decoded), bytes);
        }
    }
};

QTEST_APPLESS_MAIN(TestJsonText)
#include "tst_json_text.moc"
