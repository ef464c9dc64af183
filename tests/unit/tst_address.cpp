#include "core/enrich/enricher.h"

#include <QtTest>

using namespace sg;

class TestAddress : public QObject {
    Q_OBJECT

private slots:
    void readsAddresses_data() {
        QTest::addColumn<QString>("written");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("ip");
        QTest::addColumn<int>("port");
        const auto row = [](const char* phrase, const char* written, AddressKind kind, const char* ip, int port) {
            QTest::newRow(phrase) << QString(written) << static_cast<int>(kind) << QString(ip) << port;
        };
        using enum AddressKind;
        row("nothing", "", Absent, "", -1);
        row("a dash", "-", Absent, "", -1);
        row("unknown", "unknown", Unknown, "", -1);
        row("IPv4", "203.0.113.9", Ipv4, "203.0.113.9", -1);
        row("IPv4 at its greatest", "255.255.255.255", Ipv4, "255.255.255.255", -1);
        row("an octet above 255", "203.0.113.256", Unknown, "", -1);
        row("a leading zero, which Elasticsearch refuses", "203.0.113.09", Unknown, "", -1);
        row("three octets", "203.0.113", Unknown, "", -1);
        row("five octets", "1.2.3.4.5", Unknown, "", -1);
        row("IPv4 with a port", "1.2.3.4:567", Ipv4, "1.2.3.4", 567);
        row("a port above 65535", "1.2.3.4:65536", Unknown, "", -1);
        row("IPv6", "2001:db8::1", Ipv6, "2001:db8::1", -1);
        row("the loopback", "::1", Ipv6, "::1", -1);
        row("IPv6 in brackets with a port", "[::1]:443", Ipv6, "::1", 443);
        row("IPv6 in brackets", "[2001:db8::1]", Ipv6, "2001:db8::1", -1);
        row("a bracket that is not closed", "[::1", Unknown, "", -1);
        row("garbage in brackets", "[abc]:80", Unknown, "", -1);
        row("a zone", "fe80::1%eth0", Ipv6, "fe80::1", -1);
        row("a zone in brackets", "[fe80::1%eth0]:80", Ipv6, "fe80::1", 80);
        row("a mapped IPv4", "::ffff:198.51.100.7", Ipv4, "198.51.100.7", -1);
        row("a mapped IPv4 in hexadecimal", "::ffff:c633:6407", Ipv4, "::ffff:c633:6407", -1);
        row("too many groups", "1:2:3:4:5:6:7:8:9", Unknown, "", -1);
        row("a name", "crawl-66-249-66-1.googlebot.com", Name, "", -1);
        row("a name with a port", "proxy.example:8080", Name, "", 8080);
        row("a name of one word", "localhost", Name, "", -1);
        row("bytes that are no name", "a b\tc", Unknown, "", -1);
        row("a list, the first public one", "10.0.0.1, 203.0.113.9, 198.51.100.7", Ipv4, "203.0.113.9", -1);
        row("a list of private ones", "10.0.0.1, 192.168.1.1", Ipv4, "10.0.0.1", -1);
        row("a list that begins with unknown", "unknown, 203.0.113.9", Ipv4, "203.0.113.9", -1);
        row("a list with IPv6 and ports", "fd00::1, [2001:db8::2]:80", Ipv6, "2001:db8::2", 80);
        row("a list of names", "a.example, b.example", Name, "", -1);
        row("shared address space is not public", "100.64.0.1,172.16.0.1,169.254.1.1,127.0.0.1,198.51.100.7", Ipv4, "198.51.100.7", -1);
        row("commas only", ",,", Absent, "", -1);
    }
    void readsAddresses() {
        QFETCH(QString, written);
        QFETCH(int, kind);
        QFETCH(QString, ip);
        QFETCH(int, port);
        const std::string bytes = written.toStdString();
        const AddressInfo info = readAddress(bytes);
        QCOMPARE(static_cast<int>(info.kind), kind);
        QCOMPARE(QString::fromStdString(std::string(info.ip)), ip);
        QCOMPARE(static_cast<int>(info.port), port);
    }

    void givesIpv4InTheLastBytesOfAMappedAddress() {
        const AddressInfo plain = readAddress("198.51.100.7");
        const AddressInfo mapped = readAddress("::ffff:c633:6407");
        QCOMPARE(plain.bytes, mapped.bytes);
        QCOMPARE(int{plain.bytes[12]}, 198);
        QCOMPARE(int{plain.bytes[15]}, 7);
        QCOMPARE(int{plain.bytes[11]}, 255);
    }

    void refusesANulByte() { QCOMPARE(readAddress(std::string_view("::1\0x:", 6)).kind, AddressKind::Unknown); }
};

QTEST_APPLESS_MAIN(TestAddress)
#include "tst_address.moc"
