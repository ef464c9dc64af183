#include "core/format/format.h"

#include "tests/support/format_check.h"

#include <QTest>

#include <memory>
#include <string>

using namespace sg;

/// Formats that are told their columns or keys: `csv:` and `json:`.
class CsvTest : public QObject {
    Q_OBJECT
private slots:
    void readsLines_data();
    void readsLines();
    void refusesWithAPosition_data();
    void refusesWithAPosition();
    void skipsTheHeaderOfAFileOnly();
    void saysWhetherLinesHaveATime();
    void saysNothingOfTheWebUnasked();
    void keepsAHundredLabelsAndCountsTheRest();
};

namespace {

const std::string kSensor = "csv:ts,device:key,temperature:number,battery:number,site";

std::unique_ptr<LineParser> parserOf(const std::string& format) { return (*findFormat(format))->makeParser({}); }

} // namespace

void CsvTest::readsLines_data() {
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* phrase, const std::string& format, const std::string& line, const std::string& expected) {
        QTest::newRow(phrase) << QByteArray::fromStdString(format) << QByteArray::fromStdString(line)
                              << QByteArray::fromStdString(expected);
    };
    const std::string time = "time=1711156700000000000 ";
    row("a device and its readings", kSensor, "2024-03-23T01:18:20Z,d4,21.5,3.71,north",
        time + "labels.device=<d4> number.temperature=<21.5> number.battery=<3.71> labels.site=<north> key=<d4>");
    row("readings that are absent", kSensor, "1711156700,d4,,NaN,-", time + "labels.device=<d4> key=<d4>");
    row("a number that JSON does not have", kSensor, "1711156700,d4,007,.5,",
        time + "labels.device=<d4> number.temperature=<7> number.battery=<0.5> key=<d4>");
    row("a delimiter and quotes in quotes", kSensor, R"(1711156700,"a, ""b""",1,2,)",
        time + R"(labels.device=<a, "b"> number.temperature=<1> number.battery=<2> key=<a, "b">)");
    row("a reading that is no number", kSensor, "1711156700,d4,warm,1,", "dead bad_number at 14");
    row("a column too few", kSensor, "1711156700,d4,1,2", "dead missing_field at 17");
    row("a column too many", kSensor, "1711156700,d4,1,2,n,m", "dead trailing_garbage at 19");
    row("an empty time", kSensor, ",d4,1,2,n", "dead no_time at 0");
    row("a time that is none", kSensor, "noon,d4,1,2,n", "dead bad_time at 0");
    row("a quote that is not closed", kSensor, "1711156700,\"d4,1,2,n", "dead unterminated_quote at 11");
    row("something behind a quote", kSensor, "1711156700,\"d4\"x,1,2,n", "dead trailing_garbage at 15");
    row("semicolons, and a column left out", "csv:key;-;number", "d4;secret;1,5", "dead bad_number at 10");
    row("tabs", "csv:key\tn:number", "d 4\t-1.5e3", "labels.key=<d 4> number.n=<-1.5e3> key=<d 4>");
    row("a number of more digits than a server reads", "csv:key\tn:number", "d 4\t" + std::string(2000, '9') + "e-1999",
        "labels.key=<d 4> number.n=<10> key=<d 4>");
    row("a number beyond a double", "csv:key\tn:number", "d 4\t1e999", "dead bad_number at 4");
    row("labels alone", "csv:a|b", "x|y", "labels.a=<x> labels.b=<y>");
    row("nothing but delimiters", "csv:a|b", "|", "dead unknown_shape at 1");
    row("a request", "csv:ts,ip,method,url,status,bytes,duration_ms,agent", "1711156700,1.2.3.4,GET,/a?b,404,7,12.5,curl",
        time + "address=<1.2.3.4> method=<GET> target=</a?b> agent=<curl> status=404 bytes=7 duration=12500000");
    row("a status that is none", "csv:ip,status", "1.2.3.4,", "dead bad_status at 8");
    row("a key map", "json:ts=at,key=device,number=battery.volts", R"({"at":1711156700,"device":"d4","battery":{"volts":3.7},"on":true})",
        time + "labels.device=<d4> number.battery.volts=<3.7> labels.on=<true> key=<d4>");
    row("a key map knows nothing else", "json:ip=client", R"({"client":"1.2.3.4","status":200})", "address=<1.2.3.4> labels.status=<200>");
    row("a reading of a map that is none", "json:key=device,number=t", R"({"device":"d4","t":"warm"})", "dead bad_number at 16");
}

void CsvTest::readsLines() {
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, expected);
    const auto parser = parserOf(format.toStdString());
    const std::string text = line.toStdString();
    QCOMPARE(QByteArray::fromStdString(test::parseToText(*parser, text)), expected);
    // Every beginning of it is one of the three outcomes, whatever the parser saw before.
    Record record;
    for (std::size_t n = 0; n < text.size(); ++n) {
        const std::string part = text.substr(0, n);
        const LineOutcome outcome = parser->parse(part, false, record);
        QVERIFY(outcome.kind != LineOutcome::Kind::Dead || (outcome.reason != Reason::None && outcome.column <= n));
    }
}

void CsvTest::refusesWithAPosition_data() {
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("why");
    const auto row = [](const char* phrase, const char* format, const char* why) {
        QTest::newRow(phrase) << QByteArray(format) << QByteArray(why);
    };
    row("no columns", "csv:", "byte 5: a column has no name");
    row("an empty column", "csv:ts,,a", "byte 8: a column has no name");
    row("a column twice", "csv:a,a", "byte 7: 'a' is there twice");
    row("a word that is none", "csv:ts,x:foo", "byte 10: 'foo' is none of ts, time, ip");
    row("no key map", "json:", "byte 6: expected WORD=KEY");
    row("a word of a map that is none", "json:ts=a,foo=b", "byte 11: 'foo' is none of ts, time, ip");
    row("a key that is missing", "json:ts=", "byte 9: the key of the line is missing");
    row("a key twice", "json:ts=a,ip=a", "byte 14: the key 'a' is there twice");
}

void CsvTest::refusesWithAPosition() {
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, why);
    const auto found = findFormat(format.toStdString());
    QVERIFY(!found.has_value());
    QCOMPARE(found.error().code, ErrorCode::InvalidArgument);
    QVERIFY2(QByteArray::fromStdString(found.error().message).contains(why), found.error().message.c_str());
}

void CsvTest::skipsTheHeaderOfAFileOnly() {
    const auto parser = parserOf("csv:header,key,n:number");
    QCOMPARE(test::parseToText(*parser, "device,reading", true), std::string("skipped"));
    QCOMPARE(test::parseToText(*parser, "device,reading"), std::string("dead bad_number at 7"));
    QCOMPARE(test::parseToText(*parser, "d4,1"), std::string("labels.key=<d4> number.n=<1> key=<d4>"));
}

void CsvTest::saysWhetherLinesHaveATime() {
    QVERIFY(!(*findFormat(kSensor))->timeless());
    QVERIFY((*findFormat("csv:key,n:number"))->timeless());
    QVERIFY((*findFormat("json:key=device"))->timeless());
    QVERIFY(!(*findFormat("json"))->timeless());
}

void CsvTest::saysNothingOfTheWebUnasked() {
    Record record;
    QVERIFY(parserOf(kSensor)->parse("1711156700,d4,1,2,n", false, record).kind == LineOutcome::Kind::Parsed);
    QVERIFY(!record.web);
    QVERIFY(parserOf("csv:key,status")->parse("d4,200", false, record).kind == LineOutcome::Kind::Parsed);
    QVERIFY(record.web);
}

void CsvTest::keepsAHundredLabelsAndCountsTheRest() {
    std::string line = "{\"status\":200";
    for (int i = 0; i < 120; ++i) line += ",\"k" + std::to_string(i) + "\":\"v\"";
    line += '}';
    Record record;
    const auto parser = parserOf("json");
    QVERIFY(parser->parse(line, false, record).kind == LineOutcome::Kind::Parsed);
    QCOMPARE(record.labels.size(), std::size_t(100));
    QCOMPARE(record.labelsLeftOut, std::uint32_t(20));
    QVERIFY(parser->parse("{\"status\":200,\"a\":1}", false, record).kind == LineOutcome::Kind::Parsed);
    QCOMPARE(record.labels.size(), std::size_t(1));
    QCOMPARE(record.labelsLeftOut, std::uint32_t(0));
}

QTEST_APPLESS_MAIN(CsvTest)
#include "tst_csv.moc"
