#include "core/generate/address_range.h"

#include <QTest>

#include <arpa/inet.h>
#include <set>
#include <string>

class AddressRangeTest : public QObject {
    Q_OBJECT
private slots:
    void refusesWhatIsNoRange_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", "hello", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "2001:db8::/129", "10.0.0.0/8x", "300.1.1.1"})
            QTest::newRow(text) << text;
    }
    void refusesWhatIsNoRange() {
        QFETCH(QString, text);
        QVERIFY(!sg::AddressRange::parse(text.toStdString()));
    }
    void staysInsideAndFillsTheRange() {
        const auto range = sg::AddressRange::parse("10.20.30.64/27");
        QVERIFY(range);
        sg::Random random(1);
        std::set<std::string> seen;
        for (int i = 0; i < 2000; ++i) {
            const sg::AddressText address = range->pick(random);
            in_addr parsed{};
            QCOMPARE(::inet_pton(AF_INET, std::string(address.view()).c_str(), &parsed), 1);
            QCOMPARE(ntohl(parsed.s_addr) >> 5U, 0x0A141E40U >> 5U);
            seen.emplace(address.view());
        }
        QCOMPARE(seen.size(), std::size_t{32});
    }
    void staysInsideSixes() {
        const auto range = sg::AddressRange::parse("2001:db8:aa00::/41");
        sg::Random random(1);
        for (int i = 0; i < 500; ++i) {
            in6_addr parsed{};
            QCOMPARE(::inet_pton(AF_INET6, std::string(range->pick(random).view()).c_str(), &parsed), 1);
            QCOMPARE(parsed.s6_addr[0], std::uint8_t{0x20});
            QCOMPARE(parsed.s6_addr[3], std::uint8_t{0xB8});
            QCOMPARE(parsed.s6_addr[4], std::uint8_t{0xAA});
            QCOMPARE(parsed.s6_addr[5] & 0x80, 0);
        }
    }
    void aSingleAddressIsItself() {
        sg::Random random(1);
        QCOMPARE(std::string(sg::AddressRange::parse("192.0.2.7")->pick(random).view()), std::string("192.0.2.7"));
        QCOMPARE(std::string(sg::AddressRange::parse("2001:db8::1")->pick(random).view()), std::string("2001:db8::1"));
    }
};
QTEST_APPLESS_MAIN(AddressRangeTest)
#include "tst_address_range.moc"
