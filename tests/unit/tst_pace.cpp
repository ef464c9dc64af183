#include "core/elastic/gzip.h"
#include "core/elastic/pace.h"

#include <QTest>
#include <zlib.h>

#include <string>

using namespace sg;

namespace {

constexpr std::size_t kKiB = 1024;

/// What happens, one letter an event: s a request leaves and is taken, o overloaded (the newest request), e an echo of the same congestion
/// (a request that left before the halving), l 413 for a body of the present size, r a new connection.
void play(Pace& pace, const QString& events) {
    std::uint64_t last = 0;
    for (const QChar event : events) {
        if (event == 's') {
            last = pace.sent();
            pace.taken();
        }
        if (event == 'o') pace.overloaded(last = pace.sent());
        if (event == 'e') pace.overloaded(last);
        if (event == 'l') pace.tooLarge(pace.bodyBytes());
        if (event == 'r') pace.connected();
    }
}

} // namespace

class TestPace : public QObject {
    Q_OBJECT
private slots:
    void goesUpByStepsAndDownByHalves_data() {
        QTest::addColumn<QString>("events");
        QTest::addColumn<int>("kib");
        QTest::addColumn<int>("requests");
        QTest::newRow("begins with all that is allowed") << "" << 3200 << 8;
        QTest::newRow("stays there") << "ssss" << 3200 << 8;
        QTest::newRow("halves both") << "o" << 1600 << 4;
        QTest::newRow("halves once a congestion") << "oeee" << 1600 << 4;
        QTest::newRow("halves again for a later one") << "oo" << 800 << 2;
        QTest::newRow("never below the least") << "oooooooooooo" << 16 << 1;
        QTest::newRow("up a step an answer") << "oss" << 1800 << 4;
        QTest::newRow("one request more after eight answers") << "ossssssss" << 2400 << 5;
        QTest::newRow("back at the top, and no further") << "ossssssssssssssssssssssssssssssssssssssss" << 3200 << 8;
        QTest::newRow("a body too large leaves the requests alone") << "l" << 1600 << 8;
        QTest::newRow("does not try again what was too large") << "lssssssssssssssssssssssssssssssss" << 2800 << 8;
        QTest::newRow("a new connection forgets no congestion") << "or" << 1600 << 4;
        QTest::newRow("and may try a large body again") << "lrssssssssssssssssssssssssssssssss" << 3200 << 8;
    }
    void goesUpByStepsAndDownByHalves() {
        QFETCH(QString, events);
        QFETCH(int, kib);
        QFETCH(int, requests);
        Pace pace;
        pace.setLimits({16 * kKiB, 3200 * kKiB, 8});
        play(pace, events);
        QCOMPARE(pace.bodyBytes() / kKiB, static_cast<std::size_t>(kib));
        QCOMPARE(pace.inFlight(), static_cast<std::uint32_t>(requests));
    }

    void obeysLimitsThatChange() {
        Pace pace;
        pace.setLimits({16 * kKiB, 3200 * kKiB, 8});
        play(pace, "o");
        pace.setLimits({16 * kKiB, 800 * kKiB, 2});
        QCOMPARE(pace.bodyBytes(), 800 * kKiB);
        QCOMPARE(pace.inFlight(), 2U);
        pace.setLimits({16 * kKiB, 800 * kKiB, 2}); // the same again: nothing is forgotten
        play(pace, "o");
        pace.setLimits({16 * kKiB, 800 * kKiB, 2});
        QCOMPARE(pace.bodyBytes(), 400 * kKiB);
        pace.setLimits({16 * kKiB, 3200 * kKiB, 2}); // more is allowed: it is tried
        QCOMPARE(pace.bodyBytes(), 3200 * kKiB);
    }

    void packsWhatOthersUnpack_data() {
        QTest::addColumn<int>("size");
        for (const int size : {0, 1, 1000, 3'000'000}) QTest::addRow("%d bytes", size) << size;
    }
    void packsWhatOthersUnpack() {
        QFETCH(int, size);
        std::string text;
        for (int i = 0; static_cast<int>(text.size()) < size; ++i) text += "{\"create\":{\"_id\":\"" + std::to_string(i) + "\"}}\n";
        text.resize(static_cast<std::size_t>(size));
        Gzip gzip;
        for (int round = 0; round < 2; ++round) { // the compressor is used again
            std::string packed = gzip.compress(text);
            QVERIFY(!packed.empty());
            std::string out(text.size() + 1, '\0');
            z_stream stream{};
            QCOMPARE(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
            stream.next_in = reinterpret_cast<Bytef*>(packed.data());
            stream.avail_in = static_cast<uInt>(packed.size());
            stream.next_out = reinterpret_cast<Bytef*>(out.data());
            stream.avail_out = static_cast<uInt>(out.size());
            QCOMPARE(inflate(&stream, Z_FINISH), Z_STREAM_END);
            out.resize(stream.total_out);
            inflateEnd(&stream);
            QVERIFY(out == text);
            if (size > 1000) QVERIFY(packed.size() * 4 < text.size());
        }
    }
};

QTEST_APPLESS_MAIN(TestPace)
#include "tst_pace.moc"
