// The program's own answers: help, wrong arguments, their exit codes.
#include "tests/support/cli.h"

#include <QFile>
#include <QJsonArray>
#include <QMap>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace sg;

class TestCli : public QObject {
    Q_OBJECT
private slots:
    void helpsWithEveryCommand_data() {
        QTest::addColumn<QStringList>("arguments");
        for (const char* command : {"run", "split", "report", "parse", "bench", "generate"}) {
            QTest::addRow("%s --help", command) << QStringList{command, "--help"};
            QTest::addRow("%s -h", command) << QStringList{command, "-h"};
            QTest::addRow("help %s", command) << QStringList{"help", command};
        }
        QTest::newRow("help behind another option") << QStringList{"run", "--generate", "--help"};
    }
    void helpsWithEveryCommand() {
        QFETCH(QStringList, arguments);
        const CliOutcome outcome = runCli(arguments);
        QCOMPARE(outcome.exitCode, 0);
        QCOMPARE(outcome.errors, QByteArray());
        const QString command = arguments.front() == "help" ? arguments.back() : arguments.front();
        QVERIFY2(outcome.output.contains("streamgauge-cli " + command.toUtf8()), outcome.output);
    }
    void refusesAWrongArgument_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("no command of ours") << QStringList{"walk"};
        QTest::newRow("no option of run") << QStringList{"run", "--generat"};
        QTest::newRow("nothing to read") << QStringList{"run"};
        QTest::newRow("an interval without a unit") << QStringList{"run", "--generate", "--interval", "5"};
    }
    void refusesAWrongArgument() {
        QFETCH(QStringList, arguments);
        const CliOutcome outcome = runCli(arguments);
        QCOMPARE(outcome.exitCode, 2);
        QCOMPARE(outcome.errors.count('\n'), qsizetype{1});
    }
    void countsWhatTheGeneratorWrote_data() {
        QTest::addColumn<QStringList>("weights");
        QTest::addColumn<QStringList>("statuses");
        QTest::newRow("the model's own statuses") << QStringList{"--seed", "3", "--malformed", "0.001"} << QStringList();
        QTest::newRow("weights of all kinds")
            << QStringList{"--seed",   "11",
                           "--status", "200=70,301=5,404=15,500=8,503=2",
                           "--method", "GET=80,POST=15,DELETE=5",
                           "--pages",  "300",
                           "--zipf",   "0.8",
                           "--bots",   "0.5",
                           "--malformed", "0.05",
                           "--addresses", "10.0.0.0/24=3,2001:db8::/64=1"}
            << QStringList{"200", "301", "404", "500", "503"};
    }
    /// The log is read here by one regular expression, the report by the product's own scanner.
    void countsWhatTheGeneratorWrote() {
        QFETCH(QStringList, weights);
        QFETCH(QStringList, statuses);
        const QTemporaryDir folder;
        const QString log = folder.filePath("access.log");
        const QString data = folder.filePath("data");
        constexpr qint64 kLines = 20'000;
        const QStringList generate = {"generate", "--format", "combined",           "--rate", "max", "--count", QString::number(kLines),
                                      "--start",  "2024-03-23T01:18:20Z", "--out", log};
        const CliOutcome generated = runCli(generate + weights);
        QVERIFY2(generated.exitCode == 0, generated.errors);

        struct Sums {
            qint64 count = 0, bytes = 0;
        };
        static const QRegularExpression whole(
            R"(^\S+ \S+ \S+ \[[^\]]+\] "([A-Z]+) ([^ ?"]+)(?:\?[^ "]*)? HTTP/[0-9.]+" (\d{3}) (\d+|-) "[^"]*" "[^"]*" \d+\.\d+$)");
        QMap<QString, qint64> byStatus, byMethod;
        QMap<QString, Sums> byUrl;
        qint64 lines = 0, malformed = 0, bytes = 0;
        QFile file(log);
        QVERIFY(file.open(QIODevice::ReadOnly));
        while (!file.atEnd()) {
            QByteArray line = file.readLine();
            ++lines;
            line.chop(1);
            const QRegularExpressionMatch match = whole.match(QString::fromLatin1(line));
            if (!match.hasMatch()) {
                ++malformed;
                continue;
            }
            const qint64 size = match.captured(4).toLongLong(); // 0 of "-"
            ++byStatus[match.captured(3)];
            ++byMethod[match.captured(1)];
            Sums& url = byUrl[match.captured(2)];
            ++url.count;
            url.bytes += size;
            bytes += size;
        }
        QCOMPARE(lines, kLines);
        QVERIFY(malformed > 0);
        if (!statuses.isEmpty()) QCOMPARE(byStatus.keys(), statuses);

        const CliOutcome run = runCli({"run", "--data", data, "--import", log, "--format", "combined", "--available-now"});
        QVERIFY2(run.exitCode == 0, run.errors);
        const QJsonObject report = readReportOf(data);
        const QJsonObject ledger = report["ledger"].toObject();
        QVERIFY2(ledger["balanced"].toBool(), toText(ledger));
        QCOMPARE(ledger["lines"].toInteger(), lines);
        QCOMPARE(ledger["dead"].toInteger(), malformed);
        QCOMPARE(ledger["parsed"].toInteger(), lines - malformed);
        QCOMPARE(report["bytes"].toInteger(), bytes);
        QMap<QString, qint64> status;
        const QJsonObject shown = report["status"].toObject();
        for (auto at = shown.begin(); at != shown.end(); ++at) status[at.key()] = at.value().toInteger();
        QCOMPARE(status, byStatus);
        const QJsonArray methods = report["methods"].toArray();
        QCOMPARE(methods.size(), byMethod.size());
        for (const QJsonValue& method : methods) QCOMPARE(method["count"].toInteger(), byMethod.value(method["method"].toString()));
        const QJsonArray urls = report["urls"].toArray();
        QCOMPARE(urls.size(), std::min<qsizetype>(50, byUrl.size()));
        qint64 before = kLines;
        for (const QJsonValue& url : urls) {
            const Sums sums = byUrl.value(url["url"].toString());
            QCOMPARE(url["count"].toInteger(), sums.count);
            QCOMPARE(url["bytes"].toInteger(), sums.bytes);
            QVERIFY(sums.count <= before);
            before = sums.count;
        }
    }
};

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
