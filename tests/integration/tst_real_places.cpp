// Addresses all over the world and a database that MaxMind made: what the command line says of each is what MaxMind's own reader says.
#include "tests/support/cli.h"

#include <QFile>
#include <QHostAddress>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

namespace sg {

namespace {

constexpr int kAddresses = 20'000; ///< of each kind

/// The same ones each time: IPv4 from everywhere, IPv6 from where addresses are given out.
QList<QByteArray> addresses() {
    QRandomGenerator random(17);
    QList<QByteArray> all;
    for (int i = 0; i < kAddresses; ++i) all << QHostAddress(random.bounded(0x01000000U, 0xE0000000U)).toString().toLatin1();
    for (int i = 0; i < kAddresses; ++i) {
        Q_IPV6ADDR bytes{};
        random.fillRange(reinterpret_cast<quint32*>(bytes.c), 4);
        constexpr quint8 kGivenOut[] = {0x20, 0x24, 0x26, 0x28, 0x2a};
        bytes[0] = kGivenOut[random.bounded(static_cast<quint32>(std::size(kGivenOut)))];
        bytes[1] &= 0x0f;
        all << QHostAddress(bytes).toString().toLatin1();
    }
    return all;
}

} // namespace

class TestRealPlaces : public QObject {
    Q_OBJECT

    QString m_database;

private slots:
    void initTestCase() {
        QProcess script;
        script.start(SG_SERVER_SCRIPTS "/geolite2.sh", QStringList());
        script.waitForFinished(150'000);
        m_database = QString::fromUtf8(script.readAllStandardOutput()).trimmed();
        if (script.exitCode() == 0) return;
        if (script.exitCode() == 3 && qgetenv("STREAMGAUGE_REQUIRE_REAL") != "1") QSKIP(script.readAllStandardError());
        QFAIL(script.readAllStandardError());
    }

    void eachAddressIsWhereItsDatabaseSays() {
        const QList<QByteArray> asked = addresses();
        QProcess reader;
        reader.start(SG_SERVER_SCRIPTS "/places_of.py", {m_database});
        reader.write(asked.join('\n') + '\n');
        reader.closeWriteChannel();
        QVERIFY(reader.waitForFinished(120'000));
        QVERIFY2(reader.exitCode() == 0, reader.readAllStandardError());
        const QList<QByteArray> expected = reader.readAllStandardOutput().split('\n');
        QCOMPARE(expected.size(), asked.size() + 1);

        const QTemporaryDir folder;
        QFile log(folder.filePath("access.log"));
        QVERIFY(log.open(QIODevice::WriteOnly));
        for (const QByteArray& address : asked) log.write(address + " - - [10/Oct/2025:13:55:36 +0000] \"GET / HTTP/1.1\" 200 5\n");
        log.close();
        const CliOutcome parsed = runCli({"parse", "--format", "common", "--mmdb", m_database, log.fileName()});
        QVERIFY2(parsed.exitCode == 0, parsed.errors);
        const QList<QByteArray> documents = parsed.output.split('\n');
        QCOMPARE(documents.size(), asked.size() + 1);

        int known = 0;
        for (int i = 0; i < asked.size(); ++i) {
            const QJsonObject geo = QJsonDocument::fromJson(documents[i])["source"]["geo"].toObject();
            if (geo.contains("name")) continue; // private or reserved, and named so: the database knows nothing of it
            const QByteArray found = (geo["continent_code"].toString() + '\t' + geo["country_iso_code"].toString() + '\t' +
                                      geo["country_name"].toString()).toUtf8();
            QVERIFY2(found == expected[i], (asked[i] + ": " + found + ", but " + expected[i]).constData());
            known += found.size() > 2 ? 1 : 0;
        }
        QVERIFY2(known > kAddresses, QByteArray::number(known)); // more than half of all
    }
};

} // namespace sg

QTEST_GUILESS_MAIN(sg::TestRealPlaces)
#include "tst_real_places.moc"
