#include "core/format/time_parser.h"

#include <QTest>

#include <limits>

using sg::TimeParser;
using sg::Timestamp;

class TimeParserTest : public QObject {
    Q_OBJECT
private slots:
    void readsApacheTime_data();
    void readsApacheTime();
    void readsIsoTime_data();
    void readsIsoTime();
    void readsEpoch_data();
    void readsEpoch();
    void takesTheGivenZoneWhenThereIsNone();
    void doesNotConfuseTheLastStamp();
    void takesNoNulBytesForAStampBeforeTheFirst();
    void readsEpochDoublesToTheMicrosecond();
};

namespace {
constexpr qint64 kBad = std::numeric_limits<qint64>::min();
qint64 nsOf(std::optional<Timestamp> time) { return time ? time->ns : kBad; }
void columns() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("ns");
}
void row(const char* phrase, const char* text, qint64 ns) { QTest::newRow(phrase) << QByteArray(text) << ns; }
constexpr qint64 kS = 1'000'000'000;
std::string_view view(const QByteArray& text) { return {text.constData(), static_cast<std::size_t>(text.size())}; }
} // namespace

void TimeParserTest::readsApacheTime_data() {
    columns();
    row("the example of Apache's documentation", "10/Oct/2000:13:55:36 -0700", 971211336 * kS);
    row("UTC", "10/Oct/2000:20:55:36 +0000", 971211336 * kS);
    row("a half-hour zone", "11/Oct/2000:02:25:36 +0530", 971211336 * kS);
    row("the westernmost zone", "10/Oct/2000:08:55:36 -1200", 971211336 * kS);
    row("the easternmost zone", "11/Oct/2000:10:55:36 +1400", 971211336 * kS);
    row("beyond the easternmost zone", "11/Oct/2000:10:55:36 +1401", kBad);
    row("beyond the westernmost zone", "10/Oct/2000:08:55:36 -1230", kBad);
    row("a zone of 60 minutes", "10/Oct/2000:08:55:36 +0060", kBad);
    row("no zone is the given zone", "10/Oct/2000:20:55:36", 971211336 * kS);
    row("a zone without its sign", "10/Oct/2000:20:55:36 0000", kBad);
    row("milliseconds", "10/Oct/2000:20:55:36.123 +0000", 971211336 * kS + 123'000'000);
    row("nanoseconds after a comma", "10/Oct/2000:20:55:36,123456789 +0000", 971211336 * kS + 123'456'789);
    row("more than nanoseconds", "10/Oct/2000:20:55:36.1234567899 +0000", 971211336 * kS + 123'456'789);
    row("a point without digits", "10/Oct/2000:20:55:36. +0000", kBad);
    row("a leap second is the next day's first", "31/Dec/2016:23:59:60 +0000", 1483228800 * kS);
    row("a leap second in another zone", "01/Jan/2017:05:29:60 +0530", 1483228800 * kS);
    row("a leap second at noon", "31/Dec/2016:12:00:60 +0000", kBad);
    row("second 61", "31/Dec/2016:23:59:61 +0000", kBad);
    row("29 February in a leap year", "29/Feb/2024:00:00:00 +0000", 1709164800 * kS);
    row("29 February in a common year", "29/Feb/2023:00:00:00 +0000", kBad);
    row("29 February in 1900", "29/Feb/1900:00:00:00 +0000", kBad);
    row("29 February in 2000", "29/Feb/2000:00:00:00 +0000", 951782400 * kS);
    row("31 April", "31/Apr/2024:00:00:00 +0000", kBad);
    row("day 0", "00/Apr/2024:00:00:00 +0000", kBad);
    row("hour 24", "10/Oct/2000:24:00:00 +0000", kBad);
    row("minute 60", "10/Oct/2000:20:60:00 +0000", kBad);
    row("before 1970", "31/Dec/1969:23:59:59 +0000", -kS);
    row("half a second before 1970", "31/Dec/1969:23:59:59.5 +0000", -kS / 2);
    row("after 2038", "19/Jan/2038:03:14:08 +0000", 2147483648 * kS);
    row("the last second", "11/Apr/2262:23:47:16 +0000", 9223372036 * kS);
    row("the last nanosecond", "11/Apr/2262:23:47:16.854775807 +0000", std::numeric_limits<qint64>::max());
    row("one nanosecond more", "11/Apr/2262:23:47:16.854775808 +0000", kBad);
    row("the first seconds", "21/Sep/1677:00:12:44 +0000", -9223372036 * kS);
    row("the first second's end", "21/Sep/1677:00:12:43.500 +0000", -9223372036 * kS - kS / 2);
    row("too early", "21/Sep/1677:00:12:43 +0000", kBad);
    row("year 0000", "21/Sep/0000:00:12:43 +0000", kBad);
    row("a German month", "10/Okt/2000:13:55:36 -0700", kBad);
    row("a month in capitals", "10/OCT/2000:13:55:36 -0700", 971211336 * kS);
    row("a month of stars", "10/***/2000:13:55:36 -0700", kBad);
    row("letters in the day", "1a/Oct/2000:13:55:36 -0700", kBad);
    row("one digit for the day", "1/Oct/2000:13:55:36 -0700", kBad);
    row("something behind", "10/Oct/2000:13:55:36 -0700x", kBad);
    row("a space behind", "10/Oct/2000:13:55:36 ", kBad);
    row("empty", "", kBad);
}

void TimeParserTest::readsApacheTime() {
    QFETCH(QByteArray, text);
    QFETCH(qint64, ns);
    TimeParser parser(0);
    QCOMPARE(nsOf(parser.apache(view(text))), ns);
    QCOMPARE(nsOf(parser.apache(view(text))), ns); // from the cache
    const QByteArray bracketed = "[" + text + "]";
    if (ns != kBad) QCOMPARE(nsOf(parser.any(view(bracketed))), ns);
}

void TimeParserTest::readsIsoTime_data() {
    columns();
    row("UTC", "2000-10-10T20:55:36Z", 971211336 * kS);
    row("nginx's time_iso8601", "2000-10-10T13:55:36-07:00", 971211336 * kS);
    row("nanoseconds", "2000-10-10T20:55:36.123456789Z", 971211336 * kS + 123'456'789);
    row("a zone without colon", "2000-10-11T02:25:36+0530", 971211336 * kS);
    row("a zone of hours", "2000-10-10T13:55:36-07", 971211336 * kS);
    row("a space for the T", "2000-10-10 20:55:36", 971211336 * kS);
    row("no zone", "2000-10-10T20:55:36", 971211336 * kS);
    row("29 February in a common year", "2023-02-29T00:00:00Z", kBad);
    row("month 13", "2023-13-01T00:00:00Z", kBad);
    row("a date alone", "2023-12-01", kBad);
    row("a zone too far", "2000-10-10T20:55:36+15:00", kBad);
    row("something behind", "2000-10-10T20:55:36Zx", kBad);
    row("a colon at the wrong place", "2000-10-10T20:55:36+0:530", kBad);
}

void TimeParserTest::readsIsoTime() {
    QFETCH(QByteArray, text);
    QFETCH(qint64, ns);
    TimeParser parser(0);
    QCOMPARE(nsOf(parser.iso8601(view(text))), ns);
    QCOMPARE(nsOf(parser.any(view(text))), ns);
}

void TimeParserTest::readsEpoch_data() {
    columns();
    row("seconds", "971211336", 971211336 * kS);
    row("seconds with milliseconds", "971211336.123", 971211336 * kS + 123'000'000);
    row("milliseconds", "1711156700123", 1711156700 * kS + 123'000'000);
    row("milliseconds with a fraction", "1711156700123.456", 1711156700 * kS + 123'456'000);
    row("microseconds", "1711156700123456", 1711156700 * kS + 123'456'000);
    row("nanoseconds", "1711156700123456789", 1711156700 * kS + 123'456'789);
    row("before 1970", "-1.5", -kS - kS / 2);
    row("zero", "0", 0);
    row("beyond 2262", "9300000000", kBad);
    row("no digits", "-", kBad);
    row("a point without digits", "12.", kBad);
    row("a word", "yesterday", kBad);
    row("more than 64 bits", "99999999999999999999", kBad);
}

void TimeParserTest::readsEpoch() {
    QFETCH(QByteArray, text);
    QFETCH(qint64, ns);
    QCOMPARE(nsOf(TimeParser::epoch(view(text))), ns);
}

void TimeParserTest::takesTheGivenZoneWhenThereIsNone() {
    TimeParser parser(120);
    QCOMPARE(nsOf(parser.apache("10/Oct/2000:22:55:36")), 971211336 * kS);
    QCOMPARE(nsOf(parser.iso8601("2000-10-10T22:55:36")), 971211336 * kS);
    QCOMPARE(nsOf(parser.apache("10/Oct/2000:20:55:36 +0000")), 971211336 * kS);
}

void TimeParserTest::takesNoNulBytesForAStampBeforeTheFirst() {
    TimeParser parser(0);
    QVERIFY(!parser.apache(std::string(26, '\0')));
    QVERIFY(!parser.iso8601(std::string(10, '\0') + "T00:00:00Z"));
    QCOMPARE(parser.apache("01/Jan/1970:00:00:00 +0000")->ns, 0);
    QCOMPARE(parser.iso8601("1970-01-01T00:00:01Z")->ns, 1'000'000'000);
}
void TimeParserTest::doesNotConfuseTheLastStamp() {
    TimeParser parser(0);
    QCOMPARE(nsOf(parser.apache("10/Oct/2000:13:55:36 -0700")), 971211336 * kS);
    QCOMPARE(nsOf(parser.apache("10/Oct/2000:13:55:36 -0701")), (971211336 + 60) * kS);
    QCOMPARE(nsOf(parser.apache("99/Oct/2000:13:55:36 -0700")), kBad);
    QCOMPARE(nsOf(parser.apache("10/Oct/2000:13:55:37 -0700")), 971211337 * kS);
    QCOMPARE(nsOf(parser.iso8601("2000-10-10T20:55:36Z")), 971211336 * kS);
    QCOMPARE(nsOf(parser.iso8601("2000-10-11T20:55:36Z")), (971211336 + 86400) * kS);
    QCOMPARE(nsOf(parser.iso8601("2000-10-32T20:55:36Z")), kBad);
    QCOMPARE(nsOf(parser.iso8601("2000-10-11T20:55:36Z")), (971211336 + 86400) * kS);
}

void TimeParserTest::readsEpochDoublesToTheMicrosecond() {
    QCOMPARE(nsOf(TimeParser::epoch(1700000000.123)), 1700000000123000000);
    QCOMPARE(nsOf(TimeParser::epoch(-0.5)), -kS / 2);
    QCOMPARE(nsOf(TimeParser::epoch(1e300)), kBad);
    QCOMPARE(nsOf(TimeParser::epoch(std::numeric_limits<double>::quiet_NaN())), kBad);
    QCOMPARE(nsOf(TimeParser::epoch(std::numeric_limits<std::int64_t>::min())), kBad);
}

QTEST_APPLESS_MAIN(TimeParserTest)
#include "tst_time_parser.moc"
