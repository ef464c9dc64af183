/// Which bytes of a line became which field; formats of a person's own in detection; where a format string is wrong.
#include "core/format/trial.h"

#include "tests/support/format_check.h"

#include <QFile>
#include <QTest>

using namespace sg;

class TrialTest : public QObject {
    Q_OBJECT
private slots:
    void findsTheBytesOfEachField_data();
    void findsTheBytesOfEachField();
    void placesWhatItSaysInEveryFormat_data();
    void placesWhatItSaysInEveryFormat();
    void saysWhereLinesBroke();
    void triesFormatsOfOnesOwn();
    void namesMayNotBeTaken();
    void saysAtWhichByteAFormatStringIsWrong_data();
    void saysAtWhichByteAFormatStringIsWrong();
};

namespace {

QByteArray contents(const std::string& name) {
    QFile file(QString::fromStdString(std::string(SG_TEST_DATA) + "/format/" + name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// `name=<bytes>` of each range.
QByteArray places(const LineSample& sample) {
    QByteArray out;
    for (const FieldRange& range : sample.ranges)
        out += (out.isEmpty() ? "" : " ") + QByteArray::fromStdString(sample.fields[range.field].name) + "=<" +
               QByteArray::fromStdString(sample.line.substr(range.begin, range.end - range.begin)) + '>';
    return out;
}

FormatTrial trialOf(const std::string& format, const std::string& lines) { return tryFormat(**findFormat(format), lines); }

} // namespace

void TrialTest::findsTheBytesOfEachField_data() {
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("combined, with a time to serve")
        << QByteArray("combined")
        << QByteArray(R"(203.0.113.7 - ann [23/Mar/2024:01:18:20 +0000] "GET /a?b=1 HTTP/1.1" 200 512 "https://r/" "curl/8.5.0 [x]" 0.042)")
        << QByteArray("client=<203.0.113.7> user=<ann> time=<23/Mar/2024:01:18:20 +0000> method=<GET> target=</a?b=1> version=<1.1> "
                      "status=<200> bytes=<512> referrer=<https://r/> agent=<curl/8.5.0 [x]> duration=<0.042>");
    QTest::newRow("status and bytes alike")
        << QByteArray("common") << QByteArray(R"(1.2.3.4 - - [03/May/2024:11:18:20 -0130] "GET / HTTP/2.0" 200 200)")
        << QByteArray("client=<1.2.3.4> time=<03/May/2024:11:18:20 -0130> method=<GET> target=</> version=<2.0> status=<200> bytes=<200>");
    QTest::newRow("original, without a time") << QByteArray("original") << QByteArray("HTTP:404 www.gigaom.com /a/ 1.2.3.4")
                                              << QByteArray("status=<404> host=<www.gigaom.com> target=</a/> client=<1.2.3.4>");
    QTest::newRow("JSON, decoded elsewhere")
        << QByteArray("json") << QByteArray(R"({"time":"2024-03-23T01:18:20Z","remote_addr":"203.0.113.7","request":"GET /\u00e9\"a HTTP/1.1","status":200,"x":"y z"})")
        << QByteArray(R"(time=<2024-03-23T01:18:20> client=<203.0.113.7> method=<GET> target=</\u00e9\"a> version=<1.1> status=<200> x=<y z>)");
    QTest::newRow("a format string")
        << QByteArray(R"(apache:%v %a %{%d/%b/%Y %T}t "%m %U%q %H" %>s %B %{us}T "%{X-Trace}i")")
        << QByteArray(R"(shop.example 203.0.113.7 23/Mar/2024 01:18:20 "GET /a?b=1 HTTP/1.1" 200 512 42000 "7f")")
        << QByteArray("host=<shop.example> client=<203.0.113.7> time=<23/Mar/2024 01:18:20> method=<GET> target=</a?b=1> version=<1.1> "
                      "status=<200> bytes=<512> duration=<42000> http_x_trace=<7f>");
    QTest::newRow("columns of a sensor") << QByteArray("csv:ts,device:key,temperature:number,site")
                                         << QByteArray("2024-03-23T01:18:20Z,greenhouse-4,21.5,\"north \"\"1\"\"\"")
                                         << QByteArray("time=<2024-03-23T01:18:20> key=<greenhouse-4> temperature=<21.5> site=<north \"\"1>");
    QTest::newRow("behind a syslog header")
        << QByteArray("combined")
        << QByteArray(R"(<134>Mar 23 01:18:20 web1 nginx: 203.0.113.7 - - [23/Mar/2024:01:18:20 +0000] "-" 400 0 "-" "-")")
        << QByteArray("host name=<web1> client=<203.0.113.7> time=<23/Mar/2024:01:18:20 +0000> status=<400> bytes=<0>");
}

void TrialTest::findsTheBytesOfEachField() {
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, expected);
    const FormatTrial trial = trialOf(format.toStdString(), line.toStdString() + '\n');
    QCOMPARE(trial.matched, std::size_t(1));
    QCOMPARE(places(trial.samples.front()), expected);
}

void TrialTest::placesWhatItSaysInEveryFormat_data() {
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("lines");
    for (const std::string_view name : formatNames())
        QTest::newRow(std::string(name).c_str()) << QByteArray::fromStdString(std::string(name)) << contents(std::string(name) + ".log");
    for (const test::FormatString& each : test::formatStrings())
        QTest::newRow(each.format.c_str()) << QByteArray::fromStdString(each.format) << QByteArray::fromStdString(each.line + '\n' + each.line + '\n'); // the first may be a header
}

/// Ranges ascend, stay in the line and apart; most of what is read is found, and a text that has a place is what stands there.
void TrialTest::placesWhatItSaysInEveryFormat() {
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, lines);
    const FormatTrial trial = trialOf(format.toStdString(), lines.toStdString());
    QVERIFY(trial.matched > 0);
    std::size_t fields = 0, placed = 0;
    for (const LineSample& sample : trial.samples) {
        if (!sample.parsed) continue;
        std::uint32_t end = 0;
        std::vector<bool> has(sample.fields.size());
        for (const FieldRange& range : sample.ranges) {
            QVERIFY(range.begin >= end && range.end > range.begin && range.end <= sample.line.size());
            end = range.end;
            has[range.field] = true;
        }
        fields += has.size();
        placed += static_cast<std::size_t>(std::count(has.begin(), has.end(), true));
    }
    QVERIFY2(placed * 10 >= fields * 6, qPrintable(QStringLiteral("%1 of %2 fields have a place").arg(placed).arg(fields)));
}

void TrialTest::saysWhereLinesBroke() {
    const std::string good = R"(1.2.3.4 - - [23/Mar/2024:01:18:20 +0000] "GET / HTTP/1.1" 200 7)";
    std::string lines = "\n";
    for (int i = 0; i < 20; ++i) lines += good + '\n';
    lines += R"(1.2.3.4 - - [23/Mar/2024:01:18:20 +0000] "GET / HTTP/1.1" abc 7)" + std::string("\n");
    const FormatTrial trial = trialOf("common", lines);
    QCOMPARE(trial.lines, std::size_t(21));
    QCOMPARE(trial.matched, std::size_t(20));
    QCOMPARE(trial.skipped, std::size_t(1));
    QCOMPARE(trial.samples.size(), std::size_t(10));
    QCOMPARE(trial.failures.size(), std::size_t(1));
    QCOMPARE(trial.failures[0].number, std::uint64_t(22));
    QCOMPARE(trial.failures[0].reason, Reason::BadStatus);
    QCOMPARE(trial.failures[0].line.substr(trial.failures[0].column, 3), std::string("abc"));
    QVERIFY(trial.failures[0].fields.empty());
}

void TrialTest::triesFormatsOfOnesOwn() {
    const std::vector<NamedFormat> own{{"broken", "apache:%Z"}, {"shop", R"(apache:%a %l %u %t "%r" %>s %b %D)"}};
    const std::string line = "1.2.3.4 - - [23/Mar/2024:01:18:20 +0000] \"GET / HTTP/1.1\" 200 7 4200\n";
    const auto guesses = detectFormat(line, own);
    QCOMPARE(guesses.size(), formatNames().size() + 1);
    QCOMPARE(guesses.front().name, std::string("shop"));
    QCOMPARE(guesses.front().is, own[1].is);
    QVERIFY(findFormat(guesses.front().is).has_value());
    // As good as a built-in one: the person's own comes first.
    const std::vector<NamedFormat> twin{{"mine", "common"}};
    QCOMPARE(detectFormat("1.2.3.4 - - [23/Mar/2024:01:18:20 +0000] \"GET / HTTP/1.1\" 200 7\n", twin).front().name, std::string("mine"));
    QCOMPARE(*resolveFormat("shop", own), own[1].is);
    QCOMPARE(*resolveFormat("combined", own), std::string("combined"));
    QVERIFY2(resolveFormat("shup", own).error().message.ends_with("; the profile has broken, shop"),
             resolveFormat("shup", own).error().message.c_str());
    QVERIFY(resolveFormat("broken", own).error().message.find("'%Z' is an unknown directive") != std::string::npos);
}

void TrialTest::namesMayNotBeTaken() {
    for (const char* name : {"shop", "shop_2", "0-day"}) QCOMPARE(checkFormatName(name), std::string());
    for (const char* name : {"", "Shop", "my shop", "a:b", "-x", "combined", "auto", "nginx", "json"})
        QVERIFY2(!checkFormatName(name).empty(), name);
}

void TrialTest::saysAtWhichByteAFormatStringIsWrong_data() {
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<int>("byte");
    QTest::addColumn<QByteArray>("why");
    const auto row = [](const char* phrase, const char* format, int byte, const char* why) {
        QTest::newRow(phrase) << QByteArray(format) << byte << QByteArray(why);
    };
    row("a directive", "apache:%h %Z", 10, "'%Z' is an unknown directive");
    row("inside a line of a configuration", "apache:LogFormat \"%h %Z\" x", 21, "'%Z' is an unknown directive");
    row("a variable", "nginx:$status $", 14, "a $ without a variable's name");
    row("a column", "csv:ts,x:foo", 9, "'foo' is none of");
    row("a key", "json:ts=a,foo=b", 10, "'foo' is none of");
    row("words that look like a place", "json:ts=byte 9: a,foo=b", 18, "'foo' is none of");
    row("nothing", "apache:", 7, "it has no field");
}

void TrialTest::saysAtWhichByteAFormatStringIsWrong() {
    QFETCH(QByteArray, format);
    QFETCH(int, byte);
    QFETCH(QByteArray, why);
    const auto fault = formatFault(format.toStdString());
    QVERIFY(fault.has_value());
    QCOMPARE(static_cast<int>(fault->byte), byte);
    QVERIFY2(QByteArray::fromStdString(fault->why).startsWith(why), fault->why.c_str());
    QVERIFY(!formatFault("apache:%h").has_value());
}

QTEST_APPLESS_MAIN(TrialTest)
#include "tst_trial.moc"
