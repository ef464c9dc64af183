// Whole folders and files through the command line into a real Elasticsearch: every line is a document, a dead letter or skipped, in the
// server, in the store and by a count of the files; and a second run adds nothing.
#include "tests/servers/elasticsearch_server.h"
#include "tests/support/cli.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

namespace sg {

namespace {

constexpr int kChunks = 24;
constexpr int kEvents = 1000; ///< a chunk

/// What the replaced system leaves: chunk files named by time, each event with an empty line behind it.
bool writeChunkFolder(const QString& folder) {
    const CliOutcome made = runCli({"generate", "--format", "original", "--model", "uniform", "--rate", "max", "--seed", "7", "--malformed", "0", "--count",
                                    QString::number(kChunks * kEvents), "--out", "-"});
    const QList<QByteArray> events = made.output.split('\n');
    if (made.exitCode != 0 || events.size() != kChunks * kEvents + 1) return false;
    QDir().mkpath(folder);
    for (int chunk = 0; chunk < kChunks; ++chunk) {
        QFile file(folder + QStringLiteral("/2024_03_23_01_%1_00.log").arg(chunk, 2, 10, QLatin1Char('0')));
        if (!file.open(QIODevice::WriteOnly)) return false;
        for (int i = 0; i < kEvents; ++i) file.write(events[chunk * kEvents + i] + "\n\n");
    }
    return true;
}

struct FileCount {
    qint64 lines = 0;
    qint64 blank = 0;
};

FileCount countFile(const QString& path) {
    FileCount count;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return count;
    QByteArray bytes = file.readAll();
    if (!bytes.isEmpty() && !bytes.endsWith('\n')) bytes += '\n';
    for (qsizetype begin = 0, end = 0; (end = bytes.indexOf('\n', begin)) >= 0; begin = end + 1) {
        ++count.lines;
        count.blank += QByteArrayView(bytes).sliced(begin, end - begin).trimmed().isEmpty() ? 1 : 0;
    }
    return count;
}

} // namespace

class TestRealInput : public QObject {
    Q_OBJECT

    qint64 documents(const QString& index, const QByteArray& query = R"({"query":{"match_all":{}}})") const {
        static_cast<void>(m_server.request("POST", '/' + index + "/_refresh"));
        const auto answer = m_server.request("POST", '/' + index + "/_count", query);
        return answer.status == 200 ? QJsonDocument::fromJson(answer.body)["count"].toInteger(-1) : -1;
    }

    /// Runs it twice, and compares the server, the ledger and `counted`.
    void goThrough(const QString& source, const QString& format, const QString& prefix, const FileCount& counted, qint64 bad) {
        const QTemporaryDir data;
        const QStringList run{"run",         "--data",          data.path(), "--import", source,           "--format", format, "--available-now",
                              "--elasticsearch", QString::fromStdString(m_server.url()), "--index-prefix", prefix,     "--plain"};
        for (int round = 1; round <= 2; ++round) {
            const CliOutcome outcome = runCli(run);
            QVERIFY2(outcome.exitCode == 0, outcome.errors);
            const QJsonObject report = readReportOf(data.path());
            const QJsonObject ledger = report["ledger"].toObject();
            const QByteArray shown = toText(ledger);
            QVERIFY2(ledger["balanced"].toBool(), shown);
            QVERIFY2(ledger["lines"].toInteger() == counted.lines, shown);
            QVERIFY2(ledger["skipped"].toInteger() == counted.blank, shown);
            QVERIFY2(bad < 0 || ledger["dead"].toInteger() == bad, shown);
            QVERIFY2(ledger["in_flight"].toInteger() == 0, shown);
            QVERIFY2(ledger["rejected"].toInteger() == 0 && ledger["duplicate"].toInteger() == 0, shown);
            const qint64 indexed = documents(prefix + "-access-*");
            QVERIFY2(indexed == ledger["indexed"].toInteger(), (QByteArray::number(indexed) + " documents, but " + shown));
            QVERIFY2(indexed + ledger["dead"].toInteger() + ledger["skipped"].toInteger() == counted.lines, shown);
            const QJsonObject status = report["status"].toObject();
            for (auto at = status.begin(); at != status.end(); ++at) {
                const QByteArray query = R"({"query":{"term":{"http.response.status_code":)" + at.key().toLatin1() + "}}}";
                QCOMPARE(documents(prefix + "-access-*", query), at->toInteger());
            }
        }
    }

private slots:
    void initTestCase() {
        if (m_server.start()) return;
        if (m_server.isUnreachable() && !ElasticsearchServer::isRequired()) QSKIP(qPrintable("no Elasticsearch: " + m_server.why()));
        QFAIL(qPrintable(m_server.why()));
    }

    void theReplacedSystemsChunks() {
        const QTemporaryDir folder;
        QVERIFY(writeChunkFolder(folder.filePath("logs")));
        goThrough(folder.filePath("logs"), "original", "chunks", {2 * kChunks * kEvents, kChunks * kEvents}, 0);
    }
    void aLargeLogWithBadLines() {
        const QTemporaryDir folder;
        const QString log = folder.filePath("access.log");
        const CliOutcome made =
            runCli({"generate", "--format", "combined", "--rate", "max", "--seed", "3", "--count", "150000", "--malformed", "0.01", "--out", log});
        QVERIFY2(made.exitCode == 0, made.errors);
        const FileCount counted = countFile(log);
        QVERIFY(counted.lines >= 150'000);
        goThrough(log, "combined", "large", counted, -1);
        QVERIFY(documents("large-deadletters-*") > 0);
    }
    /// Files of one's own: SG_REAL_INPUT=FOLDER and SG_REAL_FORMAT=NAME.
    void aFolderOfOnesOwn() {
        const QString folder = qEnvironmentVariable("SG_REAL_INPUT");
        if (folder.isEmpty()) QSKIP("SG_REAL_INPUT names no folder");
        FileCount counted;
        for (const QFileInfo& file : QDir(folder).entryInfoList(QDir::Files)) {
            const FileCount one = countFile(file.filePath());
            counted.lines += one.lines;
            counted.blank += one.blank;
        }
        QVERIFY(counted.lines > 0);
        goThrough(folder, qEnvironmentVariable("SG_REAL_FORMAT", "auto"), "own", counted, -1);
    }

private:
    ElasticsearchServer m_server;
};

} // namespace sg

QTEST_GUILESS_MAIN(sg::TestRealInput)
#include "tst_real_input.moc"
