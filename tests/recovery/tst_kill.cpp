// The program itself is killed (SIGKILL) at every named place and at random moments, started again, and the books are counted.
#include "tests/support/cli.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

using namespace sg;

namespace {

/// What a log holds, counted here by other means than the product's parser.
struct LogCount {
    qint64 lines = 0;
    QMap<QString, qint64> status; ///< code -> lines, of lines whose third field behind the quotes looks like one
};

LogCount countLog(const QString& folder, const QString& pattern) {
    LogCount count;
    for (const QString& name : QDir(folder).entryList({pattern}, QDir::Files)) {
        QFile file(folder + '/' + name);
        if (!file.open(QIODevice::ReadOnly)) continue;
        const QByteArray bytes = file.readAll();
        for (qsizetype begin = 0, end = 0; (end = bytes.indexOf('\n', begin)) >= 0; begin = end + 1) {
            const QByteArrayView line = QByteArrayView(bytes).sliced(begin, end - begin);
            ++count.lines;
            const auto open = line.indexOf('"');
            const auto close = line.indexOf("\" ", open + 1);
            if (open > 0 && close > 0) ++count.status[QString::fromLatin1(line.sliced(close + 2).first(std::min<qsizetype>(3, line.size() - close - 2)))];
        }
    }
    return count;
}

/// Starts the program and kills it that long after its log has begun to grow (or was rotated), however slow the machine is.
bool isKilledWhileWriting(const QStringList& arguments, const QString& log, int afterMs) {
    const qint64 before = QFileInfo(log).size();
    QProcess process;
    process.start(QStringLiteral(SG_CLI), arguments);
    QDeadlineTimer patience(60'000);
    while (QFileInfo(log).size() == before)
        if (process.waitForFinished(5) || patience.hasExpired()) break;
    const bool wrote = QFileInfo(log).size() != before;
    if (process.state() != QProcess::NotRunning) process.waitForFinished(afterMs);
    process.kill();
    process.waitForFinished(30'000);
    return wrote && process.exitStatus() == QProcess::CrashExit;
}

} // namespace

class TestKill : public QObject {
    Q_OBJECT

    /// Everything in the log is in the store exactly once, and the store says so itself.
    void compareWithLog(const QString& data, const LogCount& log) {
        const QJsonObject found = readReportOf(data);
        const QJsonObject ledger = found["ledger"].toObject();
        const QByteArray shown = toText(ledger);
        QVERIFY2(ledger["balanced"].toBool(), shown);
        QVERIFY2(ledger["lines"].toInteger() == log.lines, (QByteArray::number(log.lines) + " lines in the log, but " + shown));
        QVERIFY2(ledger["in_flight"].toInteger() == 0, shown);
        QVERIFY2(ledger["lost"].toInteger() == 0, shown);
        QVERIFY2(ledger["parsed"].toInteger() + ledger["dead"].toInteger() + ledger["skipped"].toInteger() == log.lines, shown);
        const QJsonObject status = found["status"].toObject();
        for (const QString code : {"200", "304", "404"})
            QVERIFY2(qAbs(status[code].toInteger() - log.status.value(code)) <= ledger["dead"].toInteger(),
                     qPrintable(QString("status %1: %2 in the store, %3 in the log")
                                    .arg(code)
                                    .arg(status[code].toInteger())
                                    .arg(log.status.value(code))));
    }

private slots:
    void finishesExactlyOnceAfterAKillAt_data() {
        QTest::addColumn<QString>("point");
        QTest::addColumn<int>("count");
        const QStringList points = {"split.source.before", "split.source.after", "split.chunk.before", "split.chunk.written",
                                    "split.chunk.renamed", "split.chunk.after",  "plan.before",        "plan.after",
                                    "process.before",      "process.after",
                                    "commit.before",       "commit.during",      "commit.after",       "release.before",
                                    "release.after",       "checkpoint.before",  "checkpoint.during",  "checkpoint.after"};
        for (const QString& point : points)
            for (const int count : {1, 3}) {
                if (count > 1 && (point.startsWith("split.source") || point.startsWith("checkpoint"))) continue;
                QTest::addRow("%s, time %d", qPrintable(point), count) << point << count;
            }
    }
    void finishesExactlyOnceAfterAKillAt() {
        QFETCH(QString, point);
        QFETCH(int, count);
        QTemporaryDir folder;
        const QString log = folder.filePath("access.log");
        const QString data = folder.filePath("data");
        QCOMPARE(runCli({"generate", "--format", "combined", "--rate", "max", "--count", "30000", "--seed", "7", "--out", log}).exitCode,
                 0);
        const QStringList run = {"run", "--data", data, "--follow", log, "--format", "combined", "--interval", "100ms", "--available-now"};
        // Small batches, so that every step is reached more than once; folding is due after the 64th.
        const QString profile = folder.filePath("small.toml");
        QFile file(profile);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("[split]\nmin_age = \"0ms\"\nlines_per_chunk = 100\n[batch]\nmax_files = 4\n");
        file.close();
        const CliOutcome killed = runCli(run + QStringList{"--profile", profile}, point + ':' + QString::number(count));
        QVERIFY2(killed.killed, "the fault point was not reached: " + point.toUtf8() + " " + killed.errors);
        const CliOutcome again = runCli(run + QStringList{"--profile", profile});
        QVERIFY2(again.exitCode == 0, again.errors);
        compareWithLog(data, countLog(folder.path(), "access.log"));
    }

    void readsW3cWithTheColumnsInForceAfterAKillAt_data() {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("point");
        for (const char* format : {"w3c", "auto"})
            for (const char* point :
                 {"split.chunk.after:3", "plan.before:2", "plan.after:1", "plan.after:2", "commit.after:2", "release.after:1"})
                QTest::addRow("%s, %s", format, point) << format << point;
    }
    void readsW3cWithTheColumnsInForceAfterAKillAt() {
        QFETCH(QString, format);
        QFETCH(QString, point);
        QTemporaryDir folder;
        const QString log = folder.filePath("u_ex251010.log");
        const QString data = folder.filePath("data");
        // The status stands elsewhere after each of these, at places that are no multiple of the lines of a chunk.
        const QList<QByteArray> columns = {"date time c-ip cs-method cs-uri-stem sc-status sc-win32-status",
                                           "date time c-ip cs-method cs-uri-stem sc-win32-status sc-status",
                                           "time sc-status sc-win32-status c-ip cs-method cs-uri-stem"};
        int written = 0;
        const auto grow = [&](int lines) {
            QFile file(log);
            if (!file.open(QIODevice::Append)) qFatal("%s", qPrintable(file.errorString()));
            for (const int end = written + lines; written < end; ++written) {
                const QByteArray time = "13:00:" + QByteArray::number(10 + written / 100 % 50);
                const QByteArray request = "203.0.113." + QByteArray::number(written % 250) + " GET /p";
                const QByteArray status = QList<QByteArray>{"200", "304", "404"}[written % 3];
                const auto set = written / 333 % 3;
                if (written % 333 == 0)
                    file.write("#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2025-10-10 13:00:00\r\n"
                               "#Fields: " +
                               columns[set] + "\r\n");
                if (set == 0) file.write("2025-10-10 " + time + ' ' + request + ' ' + status + " 64\r\n");
                else if (set == 1) file.write("2025-10-10 " + time + ' ' + request + " 64 " + status + "\r\n");
                else file.write(time + ' ' + status + " 64 " + request + "\r\n");
            }
        };
        QFile profile(folder.filePath("small.toml"));
        QVERIFY(profile.open(QIODevice::WriteOnly));
        profile.write("[split]\nmin_age = \"0ms\"\nlines_per_chunk = 50\n[batch]\nmax_files = 4\n");
        profile.close();
        const QStringList run = {"run",  "--data",     data,    "--follow",        log,         "--format",
                                 format, "--interval", "100ms", "--available-now", "--profile", profile.fileName()};
        grow(1500);
        const CliOutcome killed = runCli(run, point);
        QVERIFY2(killed.killed, "the fault point was not reached: " + point.toUtf8() + " " + killed.errors);
        grow(1100);
        const CliOutcome again = runCli(run);
        QVERIFY2(again.exitCode == 0, again.errors);
        grow(500);
        const CliOutcome last = runCli(run);
        QVERIFY2(last.exitCode == 0, last.errors);

        const CliOutcome parsed = runCli({"parse", "--format", "w3c", log});
        QMap<QString, qint64> expected;
        for (const QByteArray& line : parsed.output.split('\n'))
            if (const QJsonObject document = QJsonDocument::fromJson(line).object(); !document.isEmpty())
                ++expected[QString::number(document["http"]["response"]["status_code"].toInt())];
        QCOMPARE(expected.keys(), QStringList({"200", "304", "404"}));
        const QJsonObject found = readReportOf(data);
        const QJsonObject ledger = found["ledger"].toObject();
        const QByteArray shown = toText(ledger);
        QVERIFY2(ledger["balanced"].toBool(), shown);
        QVERIFY2(ledger["dead"].toInteger(-1) == 0, shown);
        QVERIFY2(ledger["parsed"].toInteger() == written, shown);
        QVERIFY2(ledger["skipped"].toInteger() == 4 * ((written + 332) / 333), shown);
        for (auto at = expected.begin(); at != expected.end(); ++at) QCOMPARE(found["status"].toObject()[at.key()].toInteger(), at.value());
    }

    void finishesExactlyOnceAfterRandomKills() {
        QTemporaryDir folder;
        const QString data = folder.filePath("data");
        QRandomGenerator random(20260401);
        const QStringList run = {"run",      "--data",   data,         "--generate", "--rate", "20000",
                                 "--format", "combined", "--interval", "100ms",      "--for",  "60s"};
        for (int kill = 0; kill < 100; ++kill) {
            const int afterMs = static_cast<int>(random.bounded(400));
            if (kill % 4 == 0) QVERIFY(runCli(run, {}, afterMs).killed);
            else QVERIFY2(isKilledWhileWriting(run, data + "/log/access.log", afterMs), "it wrote nothing, or ended by itself");
        }
        const CliOutcome last =
            runCli({"run", "--data", data, "--follow", data + "/log/access.log", "--format", "combined", "--available-now"});
        QVERIFY2(last.exitCode == 0, last.errors);
        const LogCount log = countLog(data + "/log", "access.log*");
        QVERIFY(log.lines >= 75);
        compareWithLog(data, log);
    }

    void splitsTheRestOfItsOwnLogWithoutAnySourceAfterAKillAt_data() {
        QTest::addColumn<QString>("point");
        for (const char* point : {"split.chunk.before:3", "generate.write.before:5", "generate.write.after:5", "generate.rotate.before:1",
                                  "generate.rotate.before:3", "generate.rotate.after:1", "generate.rotate.after:3"})
            QTest::newRow(point) << point;
    }
    void splitsTheRestOfItsOwnLogWithoutAnySourceAfterAKillAt() {
        QFETCH(QString, point);
        QTemporaryDir folder;
        const QString data = folder.filePath("data");
        QFile profile(folder.filePath("rotate.toml"));
        QVERIFY(profile.open(QIODevice::WriteOnly));
        profile.write("[log]\nrotate_bytes = \"1MiB\"\nkeep_rotated = 100\n");
        profile.close();
        const CliOutcome killed = runCli({"run", "--data", data, "--generate", "--rate", "20000", "--interval", "100ms", "--for", "60s",
                                          "--profile", profile.fileName()},
                                         point);
        QVERIFY2(killed.killed, killed.errors);
        if (point.startsWith("split")) QVERIFY(ledgerOf(data)["unsplit"].toInteger() > 0);
        const CliOutcome rest = runCli({"run", "--data", data, "--available-now"});
        QVERIFY2(rest.exitCode == 0, rest.errors);
        compareWithLog(data, countLog(data + "/log", "access.log*"));
        QCOMPARE(ledgerOf(data)["in_flight"].toInteger(-1), 0);
        QVERIFY2(rest.output.contains(" 0 in flight"), rest.output);
        QVERIFY2(!rest.errors.contains("there is no file"), rest.errors);
    }

    void abandonsExactlyOnceAfterAKillAt_data() {
        QTest::addColumn<QString>("point");
        for (const char* point : {"abandon.before:1", "abandon.during:1", "abandon.during:3", "abandon.after:1", "abandon.after:2",
                                  "release.before:1", "release.after:2"})
            QTest::newRow(point) << point;
    }
    void abandonsExactlyOnceAfterAKillAt() {
        QFETCH(QString, point);
        QTemporaryDir folder;
        const QString log = folder.filePath("access.log");
        const QString data = folder.filePath("data");
        const int lines = 240'000;
        QCOMPARE(runCli({"generate", "--format", "combined", "--rate", "max", "--count", QString::number(lines), "--out", log}).exitCode,
                 0);
        QFile profile(folder.filePath("drop.toml"));
        QVERIFY(profile.open(QIODevice::WriteOnly));
        profile.write("[split]\nqueue_bytes = \"16MiB\"\nwhen_full = \"drop\"\n[batch]\nmax_files = 5\n");
        profile.close();
        // Nobody listens there: the queue fills, and the reader does not wait.
        const QStringList run = {"run",
                                 "--data",
                                 data,
                                 "--follow",
                                 log,
                                 "--format",
                                 "combined",
                                 "--interval",
                                 "100ms",
                                 "--available-now",
                                 "--profile",
                                 profile.fileName(),
                                 "--elasticsearch",
                                 "http://127.0.0.1:1",
                                 "--drain-timeout",
                                 "0s"};
        const CliOutcome killed = runCli(run, point);
        QVERIFY2(killed.killed, "the fault point was not reached: " + point.toUtf8() + " " + killed.errors);
        const CliOutcome again = runCli(run);
        QVERIFY2(again.exitCode == 3, QByteArray::number(again.exitCode) + (again.killed ? " killed " : " ") + again.output + again.errors);
        const QJsonObject ledger = ledgerOf(data);
        const QByteArray shown = toText(ledger);
        QVERIFY2(ledger["balanced"].toBool(), shown);
        QCOMPARE(ledger["lines"].toInteger(), lines);
        QCOMPARE(ledger["lost"].toInteger(), 0);
        QCOMPARE(ledger["waiting"].toInteger() + ledger["unsplit"].toInteger() + ledger["indexed"].toInteger(), 0);
        QVERIFY2(ledger["abandoned"].toInteger() > 0 && ledger["undelivered"].toInteger() > 0, shown);
        QCOMPARE(ledger["abandoned"].toInteger() + ledger["undelivered"].toInteger(), ledger["parsed"].toInteger());
        qint64 bytes = 0;
        for (const QFileInfo& chunk : QDir(data + "/chunks").entryInfoList(QDir::Files)) bytes += chunk.size();
        QVERIFY2(bytes <= 16 << 20, QByteArray::number(bytes));
        QFile text(data + "/streamgauge.log");
        QVERIFY(text.open(QIODevice::ReadOnly));
        const QByteArray said = text.readAll();
        QVERIFY2(said.contains("[batch] [error] ") && said.contains(" were abandoned"), said.right(2000));
    }

    void retriesDeadLettersExactlyOnceAfterAKillAt_data() {
        QTest::addColumn<QString>("point");
        for (const char* point :
             {"retry.begin.before", "retry.begin.after", "split.source.after:2", "split.chunk.written:3", "split.chunk.renamed", "retry.chunk.after:5",
              "retry.finish.before", "retry.finish.during", "retry.finish.after", "plan.after", "commit.during", "release.after"})
            QTest::newRow(point) << point;
    }
    void retriesDeadLettersExactlyOnceAfterAKillAt() {
        QFETCH(QString, point);
        QTemporaryDir folder;
        const QString data = folder.filePath("data");
        // Two logs whose lines are read as the wrong format: all of them die, but for those that nothing can read.
        QStringList follow = {"--follow"};
        qint64 lines = 0;
        constexpr int kBroken = 3; // of each log
        for (const char* name : {"one.log", "two.log"}) {
            const QString log = folder.filePath(name);
            QCOMPARE(runCli({"generate", "--format", "json", "--rate", "max", "--count", "600", "--seed", QString::number(follow.size()), "--out", log}).exitCode, 0);
            QFile file(log);
            QVERIFY(file.open(QIODevice::Append));
            for (int i = 0; i < kBroken; ++i) file.write("{no line of any format " + QByteArray::number(i) + "\n");
            file.close();
            lines += countLog(folder.path(), name).lines;
            follow.append(log);
        }
        QFile profile(folder.filePath("small.toml"));
        QVERIFY(profile.open(QIODevice::WriteOnly));
        profile.write("[split]\nmin_age = \"0ms\"\nlines_per_chunk = 100\nmax_bytes = \"64KiB\"\n[batch]\nmax_files = 4\n");
        profile.close();
        const QStringList run = QStringList{"run",      "--data",   data,      "--format",     "combined",
                                            "--interval", "100ms", "--profile", profile.fileName(), "--available-now"} +
                                follow;
        const CliOutcome first = runCli(run);
        QVERIFY2(first.exitCode == 0, first.errors);
        QCOMPARE(ledgerOf(data)["dead"].toInteger(), lines);

        const QStringList retry = {"retry", "--data", data, "--format", "json", "--profile", profile.fileName()};
        const CliOutcome killed = runCli(retry, point);
        QVERIFY2(killed.killed, "the fault point was not reached: " + point.toUtf8() + " " + killed.errors);
        // What a kill left is finished by whoever opens the directory; only if it had not begun there is anything to ask for again.
        const CliOutcome finished = runCli(run);
        QVERIFY2(finished.exitCode == 0, finished.errors);
        if (point == "retry.begin.before") {
            QCOMPARE(ledgerOf(data)["resolved"].toInteger(), 0);
            const CliOutcome again = runCli(retry);
            QVERIFY2(again.exitCode == 0, again.errors);
            QVERIFY2(again.output.contains("1,200 of 1,206 lines read now; 6 stay, 0 were not kept"), again.output);
        }
        const QJsonObject ledger = ledgerOf(data);
        const QByteArray shown = toText(ledger);
        QVERIFY2(ledger["balanced"].toBool(), shown);
        QCOMPARE(ledger["resolved"].toInteger(), lines);
        QCOMPARE(ledger["lines"].toInteger(), 2 * lines);
        QCOMPARE(ledger["parsed"].toInteger(), lines - 2 * kBroken);
        QCOMPARE(ledger["dead"].toInteger(), lines + 2 * kBroken);
        QCOMPARE(ledger["in_flight"].toInteger() + ledger["lost"].toInteger(), 0);

        // Those that stay can be retried as often as anybody likes.
        const CliOutcome same = runCli(retry);
        QVERIFY2(same.output.contains("0 of 6 lines read now; 6 stay, 0 were not kept"), same.output + same.errors);
        QVERIFY2(ledgerOf(data)["balanced"].toBool(), toText(ledgerOf(data)));
        QCOMPARE(ledgerOf(data)["dead"].toInteger() - ledgerOf(data)["resolved"].toInteger(), 2 * kBroken);
        const CliOutcome none = runCli({"retry", "--data", data, "--reason", "bad_time"});
        QVERIFY2(none.output.contains("0 of 0 lines read now; 0 stay, 0 were not kept"), none.output + none.errors);
    }

    void endsWithItsBooksWhenTheQueueIsFullAndNobodyTakes() {
        QTemporaryDir folder;
        const QString log = folder.filePath("access.log");
        const QString data = folder.filePath("data");
        QCOMPARE(runCli({"generate", "--format", "combined", "--rate", "max", "--count", "150000", "--out", log}).exitCode, 0);
        QFile profile(folder.filePath("full.toml"));
        QVERIFY(profile.open(QIODevice::WriteOnly));
        profile.write("[split]\nqueue_bytes = \"16MiB\"\n");
        profile.close();
        const CliOutcome outcome =
            runCli({"run", "--data", data, "--follow", log, "--format", "combined", "--interval", "100ms", "--available-now", "--profile",
                    profile.fileName(), "--elasticsearch", "http://127.0.0.1:1", "--drain-timeout", "1s"});
        QVERIFY2(outcome.exitCode == 3, QByteArray::number(outcome.exitCode) + outcome.errors);
        const QJsonObject ledger = ledgerOf(data);
        QVERIFY2(ledger["balanced"].toBool(), toText(ledger));
        QCOMPARE(ledger["lines"].toInteger(), 150'000);
        QCOMPARE(ledger["abandoned"].toInteger() + ledger["lost"].toInteger(), 0);
        QVERIFY2(ledger["unsplit"].toInteger() > 0 && ledger["undelivered"].toInteger() > 0, toText(ledger));
    }

    void addsNothingWhenRunAgain() {
        QTemporaryDir folder;
        const QString log = folder.filePath("access.log");
        const QString data = folder.filePath("data");
        QCOMPARE(runCli({"generate", "--format", "combined", "--rate", "max", "--count", "5000", "--out", log}).exitCode, 0);
        for (int round = 0; round < 3; ++round)
            QCOMPARE(runCli({"run", "--data", data, "--import", log, "--format", "auto", "--available-now"}).exitCode, 0);
        compareWithLog(data, countLog(folder.path(), "access.log"));
    }

    void isRefusedBesideARunningOne() {
        QTemporaryDir folder;
        const QString data = folder.filePath("data");
        QProcess first;
        first.setStandardOutputFile(QProcess::nullDevice());
        first.start(QStringLiteral(SG_CLI), {"run", "--data", data, "--generate", "--rate", "100", "--for", "60s"});
        QVERIFY(first.waitForStarted());
        QTRY_VERIFY(QFile::exists(data + "/store.sqlite"));
        const CliOutcome second = runCli({"run", "--data", data, "--generate", "--rate", "100", "--for", "1s"});
        QCOMPARE(second.exitCode, 1);
        QVERIFY2(second.errors.contains("process " + QByteArray::number(first.processId())), second.errors);
        first.terminate();
        QVERIFY(first.waitForFinished(20'000));
        QCOMPARE(first.exitCode(), 0);
        QVERIFY(readReportOf(data)["ledger"].toObject()["balanced"].toBool());
    }

    void beginsAnewStreamWhenTheStoreIsLost() {
        QTemporaryDir folder;
        const QString log = folder.filePath("access.log");
        const QString data = folder.filePath("data");
        QCOMPARE(runCli({"generate", "--format", "combined", "--rate", "max", "--count", "5000", "--out", log}).exitCode, 0);
        const QStringList run = {"run", "--data", data, "--follow", log, "--available-now"};
        QCOMPARE(runCli(run).exitCode, 0);
        QFile store(data + "/store.sqlite");
        QVERIFY(store.open(QIODevice::WriteOnly | QIODevice::Truncate));
        store.write("this is no database at all, whatever its name says");
        store.close();
        const CliOutcome again = runCli(run);
        QCOMPARE(again.exitCode, 0);
        const QJsonObject ledger = readReportOf(data)["ledger"].toObject();
        QVERIFY2(ledger["balanced"].toBool(), toText(ledger));
        QCOMPARE(ledger["opening"].toInteger(), 5000);
        QCOMPARE(ledger["lines"].toInteger(), 5000);
        QCOMPARE(ledger["parsed"].toInteger(), 0);
    }
};

QTEST_GUILESS_MAIN(TestKill)
#include "tst_kill.moc"
