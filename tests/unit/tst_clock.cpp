#include "core/base/clock.h"

#include <QTest>

using namespace sg;

class TestClock : public QObject {
    Q_OBJECT
private slots:
    void writesTimesAsIsoDoes_data() {
        QTest::addColumn<qint64>("ns");
        QTest::addColumn<QString>("time");
        QTest::newRow("the epoch") << qint64{0} << "1970-01-01T00:00:00.000Z";
        QTest::newRow("a nanosecond before it") << qint64{-1} << "1969-12-31T23:59:59.999Z";
        QTest::newRow("a leap day") << qint64{1'709'251'199'999'999'999} << "2024-02-29T23:59:59.999Z";
        QTest::newRow("a millisecond") << qint64{1'760'101'259'001'000'000} << "2025-10-10T13:00:59.001Z";
    }
    void writesTimesAsIsoDoes() {
        QFETCH(qint64, ns);
        QFETCH(QString, time);
        QCOMPARE(QString::fromStdString(isoTime(Timestamp{ns})), time);
        QCOMPARE(QString::fromStdString(isoDate(Timestamp{ns})), time.left(10));
    }
};

QTEST_APPLESS_MAIN(TestClock)
#include "tst_clock.moc"
