#include "core/enrich/anonymizer.h"

#include <QTest>

using namespace sg;

namespace {

constexpr PrivacyKey kKey{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

PrivacyTuning privacyOf(std::string_view text) {
    auto privacy = readPrivacy(text);
    if (!privacy) qFatal("%s", privacy.error().message.c_str());
    return *privacy;
}

std::string extraOf(const Record& record, EcsField field) {
    for (std::size_t i = 0; i < record.extraCount; ++i)
        if (record.extras[i].field == field) return std::string(record.extras[i].value);
    return {};
}

} // namespace

class TestAnonymizer : public QObject {
    Q_OBJECT

private slots:
    void readsItsOptions_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("canonical");
        QTest::newRow("all") << "ip=24/48,query=drop,user=hash" << "ip=24/48,query=drop,user=hash";
        QTest::newRow("in another order") << "user=hash,ip=16/32" << "ip=16/32,user=hash";
        QTest::newRow("IPv4 alone") << "ip=24" << "ip=24/48";
        QTest::newRow("keys with colons") << "query=keep:page:q" << "query=keep:page:q";
        QTest::newRow("keys with commas") << "query=keep:page,q,user=hash" << "query=keep:page:q,user=hash";
        QTest::newRow("none") << "none" << "";
        QTest::newRow("no bits taken") << "ip=32/128" << "";
        QTest::newRow("all bits taken") << "ip=0/0" << "ip=0/0";
    }
    void readsItsOptions() {
        QFETCH(const QString, text);
        QFETCH(const QString, canonical);
        const PrivacyTuning privacy = privacyOf(text.toStdString());
        QCOMPARE(privacyText(privacy), canonical.toStdString());
        QCOMPARE(takesOut(privacy), !canonical.isEmpty());
        QCOMPARE(privacyText(privacyOf(canonical.toStdString())), canonical.toStdString());
    }

    void refusesOptionsThatMeanNothing_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"ip", "ip=", "ip=33/48", "ip=24/129", "ip=24/48/3", "query", "query=keep", "query=keep:", "query=keep:a=b",
                                 "user=drop", "agent=drop", "ip=24/48,,user=hash", "ip=24/48,"})
            QTest::newRow(text) << text;
    }
    void refusesOptionsThatMeanNothing() {
        QFETCH(const QString, text);
        QVERIFY(!readPrivacy(text.toStdString()));
    }

    void shortensAddresses_data() {
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("shortened");
        QTest::newRow("IPv4") << "198.51.100.77" << "198.51.100.0";
        QTest::newRow("with a port") << "198.51.100.77:4711" << "198.51.100.0";
        QTest::newRow("IPv6") << "2001:db8:1:2:3:4:5:6" << "2001:db8:1::";
        QTest::newRow("in brackets") << "[2001:db8:1:2::6]:443" << "2001:db8:1::";
        QTest::newRow("zoned") << "fe80::1:2%eth0" << "fe80::";
        QTest::newRow("IPv4 in IPv6") << "::ffff:198.51.100.77" << "198.51.100.0";
        QTest::newRow("6to4, which holds an IPv4 address") << "2002:c633:644d::1" << "2002:c633:6400::";
        QTest::newRow("list") << "198.51.100.77, unknown, 10.1.2.3, 2001:db8::9" << "198.51.100.0, 10.1.2.0, 2001:db8::";
        QTest::newRow("name") << "dsl-198-51-100-77.isp.example" << "";
        QTest::newRow("no address") << "198.51.100.77.88" << "";
    }
    void shortensAddresses() {
        QFETCH(const QString, address);
        QFETCH(const QString, shortened);
        const std::string given = address.toStdString();
        Anonymizer anonymizer(privacyOf("ip=24/48"), kKey);
        Record record;
        record.address = given;
        record.user = "alice";
        record.addExtra(EcsField::ForwardedFor, given);
        record.addExtra(EcsField::SourcePort, "4711");
        anonymizer.apply(record);
        QCOMPARE(std::string(record.address), shortened.toStdString());
        QCOMPARE(extraOf(record, EcsField::ForwardedFor), shortened.toStdString());
        QCOMPARE(extraOf(record, EcsField::SourcePort), std::string());
        QCOMPARE(record.user, std::string_view("alice"));
    }

    void keepsTheBitsThatWereAskedFor() {
        Anonymizer anonymizer(privacyOf("ip=20/61"), kKey);
        Record record;
        record.address = "198.51.111.77, 2001:db8:1:f:3:4:5:6";
        anonymizer.apply(record);
        QCOMPARE(record.address, std::string_view("198.51.96.0, 2001:db8:1:8::"));
    }

    void takesQueriesOut_data() {
        QTest::addColumn<QString>("options");
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("left");
        QTest::newRow("dropped") << "query=drop" << "/a/b?token=secret&page=2" << "/a/b";
        QTest::newRow("fragment") << "query=drop" << "/a#access_token=secret" << "/a";
        QTest::newRow("none there") << "query=drop" << "/a/b" << "/a/b";
        QTest::newRow("absolute") << "query=drop" << "https://shop.example/a?x=1#y" << "https://shop.example/a";
        QTest::newRow("some kept") << "query=keep:page:q" << "/a?token=secret&page=2&q=x#frag" << "/a?page=2&q=x";
        QTest::newRow("none of them kept") << "query=keep:page" << "/a?token=secret" << "/a";
        QTest::newRow("both separators") << "query=keep:page" << "/a?page=2;token=secret&page2=3" << "/a?page=2";
        QTest::newRow("a key without a value") << "query=keep:debug" << "/a?debug&x" << "/a?debug";
        QTest::newRow("user and password of a URL") << "user=hash" << "http://alice:pw@shop.example/a?x=1" << "http://shop.example/a?x=1";
        QTest::newRow("a sign in the query is no user") << "user=hash" << "http://shop.example/a?mail=a@b" << "http://shop.example/a?mail=a@b";
    }
    void takesQueriesOut() {
        QFETCH(const QString, options);
        QFETCH(const QString, url);
        QFETCH(const QString, left);
        const std::string given = url.toStdString();
        Anonymizer anonymizer(privacyOf(options.toStdString()), kKey);
        Record record;
        record.line = given;
        record.target = given;
        record.referrer = given;
        record.request = given;
        record.addExtra(EcsField::UrlPath, given);
        record.addExtra(EcsField::Message, given);
        anonymizer.apply(record);
        QCOMPARE(std::string(record.target), left.toStdString());
        QCOMPARE(std::string(record.referrer), left.toStdString());
        QCOMPARE(extraOf(record, EcsField::UrlPath), left.toStdString());
        QVERIFY(record.line.empty() && record.request.empty() && extraOf(record, EcsField::Message).empty());
    }

    void hashesUserNamesWithTheKey() {
        Anonymizer anonymizer(privacyOf("user=hash"), kKey);
        std::string first;
        for (int again = 0; again < 2; ++again) {
            Record record;
            record.user = "alice";
            record.addExtra(EcsField::TlsClientSubject, "CN=alice");
            anonymizer.apply(record);
            QVERIFY(record.user.empty());
            const std::string hash = extraOf(record, EcsField::UserHash);
            QCOMPARE(hash.size(), std::size_t{16});
            if (again == 0) first = hash;
            QCOMPARE(hash, first);
            QVERIFY(extraOf(record, EcsField::TlsClientSubject).find("alice") == std::string::npos);
        }
        PrivacyKey other = kKey;
        other[15] = 0;
        Anonymizer elsewhere(privacyOf("user=hash"), other);
        Record record;
        record.user = "alice";
        elsewhere.apply(record);
        QVERIFY(extraOf(record, EcsField::UserHash) != first);
    }

    /// The values of the paper's appendix and of its reference program: bytes 0, 1, 2 ... under the key 0, 1 ... 15.
    void hashesAsSipHashDoes_data() {
        QTest::addColumn<int>("length");
        QTest::addColumn<QString>("hash");
        QTest::newRow("1 byte") << 1 << "74f839c593dc67fd";
        QTest::newRow("8 bytes") << 8 << "93f5f5799a932462";
        QTest::newRow("15 bytes") << 15 << "a129ca6149be45e5";
    }
    void hashesAsSipHashDoes() {
        QFETCH(const int, length);
        QFETCH(const QString, hash);
        std::string bytes;
        for (int i = 0; i < length; ++i) bytes += static_cast<char>(i);
        Anonymizer anonymizer(privacyOf("user=hash"), kKey);
        Record record;
        record.user = bytes;
        anonymizer.apply(record);
        QCOMPARE(extraOf(record, EcsField::UserHash), hash.toStdString());
    }

    void looksIntoLabels() {
        const Label labels[] = {{"http_x_real_ip", "198.51.100.77", false},
                                {"http_via", "1.1 proxy (198.51.100.77:80), for=\"[2001:db8:1:2::6]\"", false},
                                {"arg_token", "secret", false},
                                {"arg_page", "2", false},
                                {"upstream_uri", "/x?token=secret&page=2", false},
                                {"http_cookie", "session=abc", false},
                                {"user_id", "42", true},
                                {"client_version", "1.2.3.4", false},
                                {"time", "12:34:56", false},
                                {"bytes", "1234", true}};
        Anonymizer anonymizer(privacyOf("ip=24/48,query=keep:page,user=hash"), kKey);
        Record record;
        record.labels = labels;
        record.key = "198.51.100.77";
        anonymizer.apply(record);
        QCOMPARE(record.labels.size(), std::size(labels));
        QCOMPARE(record.labels[0].value, std::string_view("198.51.100.0"));
        QCOMPARE(record.labels[1].value, std::string_view("1.1 proxy (198.51.100.0), for=\"[2001:db8:1::]\""));
        QVERIFY(record.labels[2].value.empty());
        QCOMPARE(record.labels[3].value, std::string_view("2"));
        QCOMPARE(record.labels[4].value, std::string_view("/x?page=2"));
        QCOMPARE(record.labels[5].value.size(), std::size_t{16});
        QCOMPARE(record.labels[6].value.size(), std::size_t{16});
        QVERIFY(!record.labels[6].number);
        QCOMPARE(record.labels[7].value, std::string_view("1.2.3.4"));
        QCOMPARE(record.labels[8].value, std::string_view("12:34:56"));
        QCOMPARE(record.labels[9].value, std::string_view("1234"));
        QCOMPARE(record.key, std::string_view("198.51.100.0"));
    }

    void rebuildsALineFromWhatIsLeft() {
        Anonymizer anonymizer(privacyOf("ip=24/48,query=drop,user=hash"), kKey);
        Record record;
        record.address = "198.51.100.77";
        record.user = "alice";
        record.method = "GET";
        record.target = "/a?token=secret";
        record.version = "1.1";
        record.status = 200;
        record.bytes = 12;
        record.agent = "curl/8";
        anonymizer.apply(record);
        const std::string hash = extraOf(record, EcsField::UserHash);
        QCOMPARE(rebuiltLine(record), "198.51.100.0 - " + hash + " \"GET /a HTTP/1.1\" 200 12 \"-\" \"curl/8\"");
    }
};

QTEST_APPLESS_MAIN(TestAnonymizer)
#include "tst_anonymizer.moc"
