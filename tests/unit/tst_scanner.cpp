#include "core/format/scanner.h"

#include <QTest>

#include <string>

using namespace sg;

class ScannerTest : public QObject {
    Q_OBJECT
private slots:
    void seesEveryByteThatIsNotPlain();
    void findsTheClosingQuoteAtEveryDistance();
    void readsSeconds();
    void readsNumbersUpTo64Bits();
    void knowsAddressLists_data();
    void knowsAddressLists();
    void cutsPorts();
};

void ScannerTest::seesEveryByteThatIsNotPlain() {
    for (std::size_t length = 1; length < 40; ++length)
        for (std::size_t at = 0; at < length; ++at)
            for (int byte = 0; byte < 256; ++byte) {
                std::string text(length, 'x');
                text[at] = static_cast<char>(byte);
                QCOMPARE(isPlain(text), byte >= 0x20 && byte < 0x7f && byte != '\\');
            }
    QVERIFY(isPlain(""));
}

void ScannerTest::findsTheClosingQuoteAtEveryDistance() {
    for (std::size_t before = 0; before < 40; ++before)
        for (std::size_t slashes = 0; slashes < 4; ++slashes)
            for (std::size_t after = 0; after < 20; ++after) {
                const std::string text = std::string(before, 'x') + std::string(slashes, '\\') + '"' + std::string(after, 'y') + '"';
                const Scan scan{text.data(), text.data(), text.data() + text.size(), isPlain(text)};
                // An even number of backslashes are backslashes; an odd one takes the quote with it.
                const std::size_t expected = slashes % 2 == 0 ? before + slashes : text.size() - 1;
                QCOMPARE(static_cast<std::size_t>(scan.quoteEnd(text.data()) - text.data()), expected);
                const Scan open{text.data(), text.data(), text.data() + before + slashes, false};
                QCOMPARE(open.quoteEnd(text.data()), open.end);
            }
}

void ScannerTest::readsSeconds() {
    QCOMPARE(readSeconds("0.042").value_or(-1), 42'000'000);
    QCOMPARE(readSeconds("12").value_or(-1), 12'000'000'000);
    QCOMPARE(readSeconds("1.0000000019").value_or(-1), 1'000'000'001);
    QVERIFY(!readSeconds(""));
    QVERIFY(!readSeconds("."));
    QVERIFY(!readSeconds("1."));
    QVERIFY(!readSeconds(".5"));
    QVERIFY(!readSeconds("-1.5"));
    QVERIFY(!readSeconds("1.5.2"));
    QVERIFY(!readSeconds("9223372036.9"));
    QVERIFY(!readSeconds("1e3"));
}

void ScannerTest::readsNumbersUpTo64Bits() {
    QCOMPARE(readNumber("0").value_or(-1), 0);
    QCOMPARE(readNumber("9007199254740993").value_or(-1), 9007199254740993);
    QCOMPARE(readNumber("9223372036854775807").value_or(-1), std::numeric_limits<std::int64_t>::max());
    QVERIFY(!readNumber("9223372036854775808"));
    QVERIFY(!readNumber(""));
    QVERIFY(!readNumber("-1"));
    QVERIFY(!readNumber("1 "));
    QCOMPARE(readStatus("000").value_or(-1), 0);
    QCOMPARE(readStatus("999").value_or(-1), 999);
    QVERIFY(!readStatus("20"));
    QVERIFY(!readStatus("2000"));
    QVERIFY(!readStatus("2O0"));
}

void ScannerTest::knowsAddressLists_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("list");
    const auto row = [](const char* text, bool list) { QTest::newRow(text) << QByteArray(text) << list; };
    row("203.0.113.7", true);
    row("203.0.113.7, 10.0.0.1", true);
    row("203.0.113.7:4711, 2001:db8::1", true);
    row("unknown, 203.0.113.7", true);
    row("[2001:db8::1]:443", true);
    row("fe80::1%eth0", true);
    row("::ffff:203.0.113.7", true);
    row("unknown", false);
    row("-", false);
    row("", false);
    row("0.042", false);
    row("example.org", false);
    row("203.0.113.7, example.org", false);
    row("203.0.113.7,", false);
    row("12:34", false);
    row("1.2.3", false);
}

void ScannerTest::knowsAddressLists() {
    QFETCH(QByteArray, text);
    QFETCH(bool, list);
    QCOMPARE(isAddressList({text.constData(), static_cast<std::size_t>(text.size())}), list);
}

void ScannerTest::cutsPorts() {
    const auto cut = [](const char* text) { return QByteArray::fromStdString(std::string(withoutPort(text))); };
    QCOMPARE(cut("example.org:443"), QByteArray("example.org"));
    QCOMPARE(cut("example.org"), QByteArray("example.org"));
    QCOMPARE(cut("[2001:db8::1]:443"), QByteArray("[2001:db8::1]"));
    QCOMPARE(cut("2001:db8::1"), QByteArray("2001:db8::1"));
    QCOMPARE(cut("example.org:https"), QByteArray("example.org:https"));
    QCOMPARE(cut(":80"), QByteArray(":80"));
    QCOMPARE(cut(""), QByteArray(""));
}

QTEST_APPLESS_MAIN(ScannerTest)
#include "tst_scanner.moc"
