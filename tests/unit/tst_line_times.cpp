#include "core/pipeline/line_times.h"

#include <QTest>

using namespace sg;

namespace {

constexpr const char* kFields = "#Fields: time date c-ip sc-status x-one";
constexpr const char* kLine = "01:18:20 2024-03-23 203.0.113.7 200 v";

std::int64_t secondsOf(std::optional<Timestamp> time) { return time ? time->seconds() : -1; }

} // namespace

class LineTimesTest : public QObject {
    Q_OBJECT
private slots:
    void readsALineByTheHeaderBeforeIt_data() {
        QTest::addColumn<QByteArray>("format");
        QTest::newRow("named") << QByteArray("w3c");
        QTest::newRow("recognised") << QByteArray("auto");
    }
    void readsALineByTheHeaderBeforeIt() {
        QFETCH(const QByteArray, format);
        LineTimes times(format.toStdString(), 0);
        QCOMPARE(secondsOf(times.of(SourceId{1}, kLine)), std::int64_t{-1}); // no format has such lines by itself
        for (const char* line : {"\xEF\xBB\xBF#Software: Microsoft Internet Information Services 10.0", "#Version: 1.0", kFields})
            QCOMPARE(secondsOf(times.of(SourceId{2}, line)), std::int64_t{-1});
        QCOMPARE(secondsOf(times.of(SourceId{2}, kLine)), std::int64_t{1'711'156'700});
        static_cast<void>(times.of(SourceId{2}, "#Fields: date time"));
        QCOMPARE(secondsOf(times.of(SourceId{2}, "2024-03-23 01:18:21")), std::int64_t{1'711'156'701});
        QCOMPARE(secondsOf(times.of(SourceId{1}, kLine)), std::int64_t{-1}); // the header of another source says nothing of this one
    }
    void asksForTheHeaderOfALogThatWasBegunBefore() {
        for (const char* format : {"w3c", "auto"}) {
            int asked = 0;
            LineTimes times(format, 0, [&](SourceId source) {
                ++asked;
                return source == SourceId{7} ? std::string(kFields) : std::string();
            });
            QCOMPARE(secondsOf(times.of(SourceId{7}, kLine)), std::int64_t{1'711'156'700});
            QCOMPARE(secondsOf(times.of(SourceId{7}, kLine)), std::int64_t{1'711'156'700});
            QCOMPARE(secondsOf(times.of(SourceId{8}, kLine)), std::int64_t{-1});
            QCOMPARE(asked, 2);
        }
    }
    void leavesLinesWithoutATimeAlone() {
        LineTimes times("auto", 60);
        QCOMPARE(secondsOf(times.of(SourceId{1}, "nothing")), std::int64_t{-1});
        QCOMPARE(secondsOf(times.of(SourceId{1}, "203.0.113.7 - - [23/Mar/2024:01:18:20 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"")),
                 std::int64_t{1'711'156'700});
    }
};

QTEST_APPLESS_MAIN(LineTimesTest)
#include "tst_line_times.moc"
