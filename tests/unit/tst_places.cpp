#include "core/enrich/places.h"

#include "core/enrich/enricher.h"
#include "tests/support/mmdb_writer.h"

#include <QTest>

using namespace sg;
namespace mmdb = sg::test::mmdb;

namespace {

std::string cities(std::uint32_t epoch = 1'760'000'000) {
    test::MmdbWriter writer;
    writer.add("81.2.69.0/24", mmdb::city("GB", "United Kingdom", "London", 51.5142, -0.0931));
    writer.add("2a02:8100::/32", mmdb::city("DE", "Germany", "Köln \"am Rhein\"", 50.9, 6.95));
    writer.add("5.5.0.0/16", mmdb::city("XX", "Nowhere", "Off the map", 200, 10));
    return writer.bytes("GeoLite2-City", epoch);
}
std::string networks() {
    test::MmdbWriter writer;
    writer.add("81.2.0.0/16", mmdb::network(64496, "Example \\ Ltd"));
    return writer.bytes("GeoLite2-ASN");
}
std::string flat() {
    test::MmdbWriter writer;
    writer.add("6.6.6.0/24", mmdb::map({{"country_code", mmdb::text("FR")},
                                        {"city", mmdb::text("Paris")},
                                        {"state1", mmdb::text("Ile-de-France")},
                                        {"latitude", mmdb::shortReal(48.8F)},
                                        {"longitude", mmdb::real(2.3)}}));
    writer.add("7.7.7.0/24", mmdb::map({{"country", mmdb::text("US")}, {"asn", mmdb::text("AS15169")}, {"as_name", mmdb::text("Google")}}));
    return writer.bytes("flat");
}

/// With ' for ".
QByteArray json(const char* text) { return QByteArray(text).replace('\'', '"'); }

std::shared_ptr<const Places> placesOf(const std::vector<PlaceFile>& files) {
    auto places = Places::read(files);
    if (!places) qFatal("%s", places.error().message.c_str());
    return *places;
}

} // namespace

class TestPlaces : public QObject {
    Q_OBJECT

private slots:
    void saysWhereAnAddressIs_data() {
        QTest::addColumn<QByteArray>("address");
        QTest::addColumn<QByteArray>("geo");
        QTest::addColumn<QByteArray>("network");
        QTest::addColumn<QByteArray>("country");
        const QByteArray london = json("{'continent_code':'EU','continent_name':'Europe','country_iso_code':'GB','country_name':'United Kingdom',"
                                  "'city_name':'London','location':{'lat':51.5142,'lon':-0.0931}}");
        const QByteArray as = json("{'number':64496,'organization':{'name':'Example \\\\ Ltd'}}");
        QTest::newRow("two databases") << QByteArray("81.2.69.142") << london << as << QByteArray("United Kingdom");
        QTest::newRow("with a port") << QByteArray("81.2.69.142:4711") << london << as << QByteArray("United Kingdom");
        QTest::newRow("an IPv4 address in an IPv6 one") << QByteArray("::ffff:81.2.69.1") << london << as << QByteArray("United Kingdom");
        QTest::newRow("the public one of a list") << QByteArray("10.0.0.1, 81.2.69.142") << london << as << QByteArray("United Kingdom");
        QTest::newRow("only its network is known") << QByteArray("81.2.70.1") << QByteArray() << as << QByteArray();
        QTest::newRow("IPv6, odd name") << QByteArray("2a02:8100::1")
                                        << json("{'continent_code':'EU','continent_name':'Europe','country_iso_code':'DE',"
                                                      "'country_name':'Germany','city_name':'Köln \\'am Rhein\\'',"
                                                      "'location':{'lat':50.9,'lon':6.95}}")
                                        << QByteArray() << QByteArray("Germany");
        QTest::newRow("a place that is none") << QByteArray("5.5.1.1")
                                              << json("{'continent_code':'EU','continent_name':'Europe','country_iso_code':'XX',"
                                                            "'country_name':'Nowhere','city_name':'Off the map'}")
                                              << QByteArray() << QByteArray("Nowhere");
        QTest::newRow("flat database of cities") << QByteArray("6.6.6.6")
                                                 << json("{'country_iso_code':'FR','region_name':'Ile-de-France',"
                                                               "'city_name':'Paris','location':{'lat':48.8,'lon':2.3}}")
                                                 << QByteArray() << QByteArray("FR");
        QTest::newRow("flat database of networks") << QByteArray("7.7.7.7") << json("{'country_iso_code':'US'}")
                                                   << json("{'number':15169,'organization':{'name':'Google'}}")
                                                   << QByteArray("US");
        QTest::newRow("private") << QByteArray("192.168.1.1") << json("{'name':'private'}") << QByteArray() << QByteArray("private");
        QTest::newRow("unique local") << QByteArray("fd00::1") << json("{'name':'private'}") << QByteArray() << QByteArray("private");
        QTest::newRow("loopback") << QByteArray("::1") << json("{'name':'loopback'}") << QByteArray() << QByteArray("loopback");
        QTest::newRow("carrier's") << QByteArray("100.64.1.2") << json("{'name':'shared'}") << QByteArray() << QByteArray("shared");
        QTest::newRow("link-local") << QByteArray("fe80::1%eth0") << json("{'name':'link-local'}") << QByteArray()
                                    << QByteArray("link-local");
        QTest::newRow("reserved") << QByteArray("240.0.0.1") << json("{'name':'reserved'}") << QByteArray() << QByteArray("reserved");
        QTest::newRow("documentation") << QByteArray("203.0.113.9") << json("{'name':'documentation'}") << QByteArray()
                                       << QByteArray("documentation");
        QTest::newRow("public and unknown") << QByteArray("9.9.9.9") << QByteArray() << QByteArray() << QByteArray();
    }
    void saysWhereAnAddressIs() {
        QFETCH(const QByteArray, address);
        QFETCH(const QByteArray, geo);
        QFETCH(const QByteArray, network);
        QFETCH(const QByteArray, country);
        Enricher enricher(nullptr);
        enricher.usePlaces(placesOf({{"cities", cities()}, {"networks", networks()}, {"flat", flat()}}));
        for (int again = 0; again < 2; ++again) { // from the databases, then from the memo
            Event event;
            event.record.address = {address.data(), static_cast<std::size_t>(address.size())};
            enricher.enrichForSums(event);
            QVERIFY(event.place != nullptr);
            QCOMPARE(event.place->geoJson, geo.toStdString());
            QCOMPARE(event.place->asJson, network.toStdString());
            QCOMPARE(event.place->country, country.toStdString());
        }
    }

    void knowsNoPlaceOfANameAndAsksNobodyByItself() {
        Enricher enricher(nullptr);
        Event event;
        event.record.address = "81.2.69.142";
        enricher.enrich(event);
        QVERIFY(event.place == nullptr);
        enricher.usePlaces(placesOf({{"cities", cities()}}));
        event.record.address = "host.example";
        enricher.enrich(event);
        QVERIFY(event.place == nullptr);
        enricher.usePlaces(nullptr);
        event.record.address = "81.2.69.142";
        enricher.enrich(event);
        QVERIFY(event.place == nullptr);
        QCOMPARE(event.address.kind, AddressKind::Ipv4);
    }

    void believesTheFirstDatabase() {
        test::MmdbWriter writer;
        writer.add("81.2.69.0/24", mmdb::city("IE", "Ireland", "Dublin", 53.3, -6.2));
        const auto places = placesOf({{"own", writer.bytes("own")}, {"cities", cities()}});
        AddressInfo address = readAddress("81.2.69.1");
        QCOMPARE(places->describe(places->find(address)).country, std::string("Ireland"));
    }

    void remembersNoMoreThanItMay() {
        test::MmdbWriter writer;
        for (int i = 0; i < 20'000; ++i)
            writer.add("11." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".0/24", mmdb::network(static_cast<std::uint32_t>(i + 1), "n"));
        PlaceMemo memo(placesOf({{"many", writer.bytes("many")}}));
        for (int round = 0; round < 2; ++round)
            for (int i = 0; i < 20'000; ++i) {
                const PlaceInfo* place = memo.find(readAddress("11." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ".7"));
                QCOMPARE(place->network, "AS" + std::to_string(i + 1) + " n");
            }
    }

    void namesWhatADatabaseIs() {
        const auto a = placesOf({{"x", cities()}}), b = placesOf({{"y", cities()}}), c = placesOf({{"x", cities(1'760'000'001)}});
        QCOMPARE(a->name(), b->name());
        QVERIFY(a->name() != c->name());
        QVERIFY2(a->name().starts_with("GeoLite2-City 1760000000 "), a->name().c_str());
    }

    void refusesWhatIsNoDatabaseOfPlaces_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("sentence");
        const QByteArray good = QByteArray::fromStdString(cities());
        test::MmdbWriter other;
        other.add("1.2.3.0/24", mmdb::map({{"is_anonymous_vpn", mmdb::number(1)}}));
        const QByteArray not_ = "/x.mmdb is not a database of places or networks: ";
        QTest::newRow("empty") << QByteArray() << not_;
        QTest::newRow("something else") << QByteArray(10'000, 'x') << not_;
        QTest::newRow("cut at its end") << good.left(good.size() - 40) << not_;
        QTest::newRow("cut at its beginning") << good.mid(900) << not_;
        QTest::newRow("no data") << QByteArray::fromStdString(test::MmdbWriter().bytes("Empty")) << not_ + "\"Empty\" holds nothing";
        QTest::newRow("of something else") << QByteArray::fromStdString(other.bytes("GeoIP2-Anonymous-IP"))
                                           << not_ + "\"GeoIP2-Anonymous-IP\" knows no country, no city and no network";
    }
    void refusesWhatIsNoDatabaseOfPlaces() {
        QFETCH(const QByteArray, bytes);
        QFETCH(const QByteArray, sentence);
        const auto places = Places::read({{"/x.mmdb", bytes.toStdString()}});
        QVERIFY(!places);
        QVERIFY2(places.error().message.starts_with(sentence.toStdString()), places.error().message.c_str());
    }

    void livesWithAnyDamage() {
        const std::string good = cities();
        const AddressInfo addresses[] = {readAddress("81.2.69.142"), readAddress("2a02:8100::1"), readAddress("1.1.1.1")};
        for (std::size_t i = 0; i < good.size(); ++i) {
            std::string bad = good;
            bad[i] = static_cast<char>(bad[i] ^ 0xFF);
            const auto places = Places::read({{"bad", bad}});
            if (!places) continue;
            for (const AddressInfo& address : addresses) static_cast<void>((*places)->describe((*places)->find(address)));
        }
        for (std::size_t length = 0; length < good.size(); ++length) QVERIFY(!Places::read({{"cut", good.substr(0, length)}}));
    }
};

QTEST_APPLESS_MAIN(TestPlaces)
#include "tst_places.moc"
