#include "core/aggregate/bytes.h"

#include <QTest>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using namespace sg;

class BytesTest : public QObject {
    Q_OBJECT
private slots:
    void readsWhatWasWritten() {
        const std::vector<std::uint64_t> numbers = {
            0, 1, 127, 128, 16'383, 16'384, std::uint64_t{1} << 63, std::numeric_limits<std::uint64_t>::max()};
        const std::vector<std::int64_t> signedNumbers = {0, -1, 1, std::numeric_limits<std::int64_t>::min(),
                                                         std::numeric_limits<std::int64_t>::max()};
        ByteWriter out;
        for (const auto n : numbers) out.number(n);
        for (const auto n : signedNumbers) out.signedNumber(n);
        out.text(std::string("a\0b", 3));
        out.real(-0.25);
        ByteReader in(out.bytes());
        for (const auto n : numbers) QCOMPARE(in.number(), n);
        for (const auto n : signedNumbers) QCOMPARE(in.signedNumber(), n);
        QVERIFY(in.text() == std::string_view("a\0b", 3));
        QCOMPARE(in.real(), -0.25);
        QVERIFY(in.finished());
    }
    void failsForGoodAtTheEnd() {
        ByteReader in("\x01");
        QCOMPARE(in.number(), std::uint64_t{1});
        QCOMPARE(in.number(), std::uint64_t{0});
        QVERIFY(in.failed());
        QVERIFY(!in.finished());
    }
    void refusesWhatCannotBe_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("a text longer than the rest") << QByteArray("\x05xy", 3);
        QTest::newRow("a number of eleven bytes") << QByteArray(11, '\x80');
        QTest::newRow("a number above 64 bits") << QByteArray("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 10);
    }
    void refusesWhatCannotBe() {
        QFETCH(QByteArray, bytes);
        ByteReader in({bytes.constData(), static_cast<std::size_t>(bytes.size())});
        static_cast<void>(in.text());
        QVERIFY(in.failed());
    }
    void refusesACountThatTheRestCannotHold() {
        ByteWriter out;
        out.number(1'000'000'000);
        ByteReader in(out.bytes());
        QCOMPARE(in.count(1), std::size_t{0});
        QVERIFY(in.failed());
    }
};

QTEST_APPLESS_MAIN(BytesTest)
#include "tst_bytes.moc"
