// What the pipeline holds in memory and on disk while it runs for long, seen from outside.
#include "tests/support/cli.h"

#include <QDeadlineTimer>
#include <QDirIterator>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <vector>

using namespace sg;

namespace {

constexpr double kMegabyte = 1e6;

/// A figure of /proc/PID/status in bytes; 0 when the process is gone.
double bytesOf(qint64 pid, const char* name) {
    QFile status(QStringLiteral("/proc/%1/status").arg(pid));
    if (!status.open(QIODevice::ReadOnly)) return 0;
    for (const QByteArray& line : status.readAll().split('\n'))
        if (line.startsWith(name)) return line.mid(qstrlen(name) + 1).simplified().split(' ').front().toDouble() * 1024;
    return 0;
}

double folderBytes(const QString& folder) {
    double bytes = 0;
    for (QDirIterator each(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories); each.hasNext();) {
        each.next();
        bytes += static_cast<double>(each.fileInfo().size());
    }
    return bytes;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

std::vector<double> half(const std::vector<double>& values, bool second) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    return second ? std::vector<double>(middle, values.end()) : std::vector<double>(values.begin(), middle);
}

} // namespace

class TestMemory : public QObject {
    Q_OBJECT

private slots:
    void staysFlat_data() {
        QTest::addColumn<QString>("rate");
        QTest::newRow("200,000 lines a second, output off") << "200000";
    }
    /// SG_BENCH_SECONDS of running (600); what the first of them build up is not compared.
    void staysFlat() {
        QFETCH(QString, rate);
        const int seconds = qEnvironmentVariable("SG_BENCH_SECONDS", "600").toInt();
        QVERIFY2(seconds >= 120, "SG_BENCH_SECONDS must be at least 120");
        const int settling = 60;
        const QTemporaryDir folder;
        QProcess pipeline;
        pipeline.setStandardOutputFile(folder.filePath("said"));
        pipeline.start(QStringLiteral(SG_CLI), {"run", "--data", folder.filePath("data"), "--generate", "--rate", rate, "--plain"});
        QVERIFY(pipeline.waitForStarted());
        std::vector<double> resident, heap, disk;
        for (int second = 0; second < seconds; ++second) {
            QVERIFY2(!pipeline.waitForFinished(1000), pipeline.readAllStandardError());
            if (second < settling) continue;
            resident.push_back(bytesOf(pipeline.processId(), "VmRSS"));
            heap.push_back(bytesOf(pipeline.processId(), "RssAnon"));
            if (second % 10 == 0) disk.push_back(folderBytes(folder.filePath("data")));
        }
        ::kill(static_cast<pid_t>(pipeline.processId()), SIGTERM);
        QVERIFY(pipeline.waitForFinished(120'000));
        QCOMPARE(pipeline.exitCode(), 0);
        const QJsonObject ledger = ledgerOf(folder.filePath("data"));
        const double most = *std::max_element(resident.begin(), resident.end());
        qInfo("%d s: %.0f lines/s; resident at most %.0f MB, median of the first half %.1f MB, of the second %.1f MB; heap %.1f and %.1f MB; "
              "disk %.2f and %.2f GB",
              seconds, ledger["lines"].toDouble() / seconds, most / kMegabyte, median(half(resident, false)) / kMegabyte,
              median(half(resident, true)) / kMegabyte, median(half(heap, false)) / kMegabyte, median(half(heap, true)) / kMegabyte,
              median(half(disk, false)) / 1e9, median(half(disk, true)) / 1e9);
        QVERIFY(ledger["balanced"].toBool());
        QVERIFY2(most < 100 * kMegabyte, "more than 100 MB resident");
        QVERIFY2(median(half(heap, true)) < 1.05 * median(half(heap, false)) + kMegabyte, "the heap grows");
        QVERIFY2(median(half(disk, true)) < 1.1 * median(half(disk, false)), "the disk fills");
    }

    void aMillionPathsAndAsManyVisitors() {
        const QTemporaryDir folder;
        const QString log = folder.filePath("access.log");
        QFile file(log);
        QVERIFY(file.open(QIODevice::WriteOnly));
        for (int i = 0; i < 1'000'000; ++i)
            file.write(QStringLiteral("10.%1.%2.%3 - - [23/Mar/2024:01:%4:%5 +0000] \"GET /article/%6/of-some-length HTTP/1.1\" 200 1234 \"-\" "
                                      "\"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\"\n")
                           .arg(i >> 16)
                           .arg(i >> 8 & 255)
                           .arg(i & 255)
                           .arg(i / 60'000 % 60, 2, 10, QLatin1Char('0'))
                           .arg(i / 1000 % 60, 2, 10, QLatin1Char('0'))
                           .arg(i)
                           .toLatin1());
        file.close();
        QProcess pipeline;
        pipeline.start(QStringLiteral(SG_CLI),
                       {"run", "--data", folder.filePath("data"), "--import", log, "--format", "combined", "--available-now", "--plain"});
        QVERIFY(pipeline.waitForStarted());
        double most = 0;
        while (!pipeline.waitForFinished(50)) most = std::max(most, bytesOf(pipeline.processId(), "VmHWM"));
        QCOMPARE(pipeline.exitCode(), 0);
        const QJsonObject report = readReportOf(folder.filePath("data"));
        qInfo("a million paths: at most %.0f MB resident; %lld visitors counted", most / kMegabyte,
              static_cast<long long>(report["visitors"].toInteger()));
        QCOMPARE(report["ledger"].toObject()["parsed"].toInteger(), 1'000'000);
        QVERIFY(most > 0);
        QVERIFY2(most < 200 * kMegabyte, "more than 200 MB resident");
    }
};

int main(int argc, char** argv) {
    qputenv("QTEST_FUNCTION_TIMEOUT", "1500000"); // ms: five minutes are its own limit
    QCoreApplication application(argc, argv);
    TestMemory test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_memory.moc"
