#include "core/base/duration.h"

#include <QTest>

class DurationTest : public QObject {
    Q_OBJECT
private slots:
    void readsNumberAndUnit_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qlonglong>("milliseconds"); // -1 = refused
        QTest::newRow("milliseconds") << "500ms" << 500LL;
        QTest::newRow("seconds") << "10s" << 10'000LL;
        QTest::newRow("a part of a second") << "1.5s" << 1'500LL;
        QTest::newRow("minutes") << "5m" << 300'000LL;
        QTest::newRow("hours") << "1h" << 3'600'000LL;
        QTest::newRow("days") << "2d" << 172'800'000LL;
        QTest::newRow("nothing at all, with a unit") << "0s" << 0LL;
        QTest::newRow("no unit") << "10" << -1LL;
        QTest::newRow("no number") << "s" << -1LL;
        QTest::newRow("empty") << "" << -1LL;
        QTest::newRow("negative") << "-1s" << -1LL;
        QTest::newRow("two points") << "1.2.3s" << -1LL;
        QTest::newRow("a space between") << "1 s" << -1LL;
        QTest::newRow("unknown unit") << "3weeks" << -1LL;
        QTest::newRow("beyond every use") << "99999999999999d" << -1LL;
    }
    void readsNumberAndUnit() {
        QFETCH(QString, text);
        QFETCH(qlonglong, milliseconds);
        const auto parsed = sg::parseDuration(text.toStdString());
        QCOMPARE(parsed ? static_cast<qlonglong>(parsed->count()) : -1LL, milliseconds);
    }
};

QTEST_APPLESS_MAIN(DurationTest)
#include "tst_duration.moc"
