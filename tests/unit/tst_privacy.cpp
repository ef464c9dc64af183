// What --anonymize takes out is nowhere afterwards: not in the data directory, not in the documents, not in what the program says.
#include "tests/support/cli.h"
#include "tests/support/http_receiver.h"

#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QTest>

using namespace sg;

namespace {

const QByteArray kCombined = "198.51.100.77 - alice [10/Oct/2025:13:55:36 +0000] \"GET /buy?token=s3cr3t&page=2 HTTP/1.1\" 200 10 "
                             "\"https://mail.example/in?mail=bob%40x\" \"curl/8.0\"\n"
                             "2001:db8:1:2::77 - - [10/Oct/2025:13:55:37 +0000] \"GET /a#access=s3cr3t HTTP/1.1\" 404 10 \"-\" \"curl/8.0\" "
                             "\"203.0.113.99, 198.51.100.77\"\n"
                             "dsl-77.isp.example - alice [10/Oct/2025:13:55:38 +0000] \"s3cr3t from 198.51.100.77\" 400 0 \"-\" \"-\"\n"
                             "198.51.100.77 - alice [99/Oct/2025:13:55:39 +0000] \"GET /buy?token=s3cr3t HTTP/1.1\" 200 10 \"-\" \"-\"\n";
const QByteArray kJson =
    "{\"time\":\"2025-10-10T13:55:36Z\",\"remote_addr\":\"198.51.100.77\",\"remote_user\":\"alice\",\"request\":\"GET /buy?token=s3cr3t "
    "HTTP/1.1\",\"status\":200,\"http_x_forwarded_for\":\"203.0.113.99\",\"peer\":\"198.51.100.77:4711\",\"login\":\"alice\",\"upstream_uri\":"
    "\"/in?token=s3cr3t\",\"message\":\"alice s3cr3t\"}\n"
    "{\"time\":\"2025-10-10T13:55:36Z\",\"remote_addr\":\"2001:db8:1:2::77\",\"status\":200,\"uri\":\"/a\",\"args\":\"token=s3cr3t\"}\n"
    "{\"time\":\"2025-10-10T13:55:36Z\",\"remote_addr\":\"198.51.100.77\",\"remote_user\":\"alice\" s3cr3t\n"
    "{\"time\":\"never\",\"remote_addr\":\"198.51.100.77\",\"remote_user\":\"alice\",\"uri\":\"/x?token=s3cr3t\",\"status\":200}\n";
const QList<QByteArray> kForbidden{"198.51.100.77", "2001:db8:1:2", "203.0.113.99", "dsl-77", "s3cr3t", "alice", "bob", "token", "4711"};

/// Answers as an Elasticsearch that takes every document, and keeps them.
QByteArray takeBulk(const QByteArray& request) {
    const QByteArray body = request.mid(request.indexOf("\r\n\r\n") + 4);
    QByteArray answer = "{\"version\":{\"number\":\"7.17.29\"},\"tagline\":\"You Know, for Search\"}";
    if (request.startsWith("POST /_bulk")) {
        QByteArrayList items;
        for (qsizetype i = 0; i < body.count('\n') / 2; ++i) items << "{\"create\":{\"status\":201}}";
        answer = "{\"took\":1,\"errors\":false,\"items\":[" + items.join(',') + "]}";
    }
    return "HTTP/1.1 200 OK\r\nX-Elastic-Product: Elasticsearch\r\nContent-Type: application/json\r\nContent-Length: " +
           QByteArray::number(answer.size()) + "\r\n\r\n" + answer;
}

/// The first of the forbidden words in the bytes; empty = none.
QByteArray found(const QByteArray& bytes) {
    for (const QByteArray& word : kForbidden)
        if (bytes.contains(word)) return word;
    return {};
}

QByteArray contentOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

} // namespace

class TestPrivacy : public QObject {
    Q_OBJECT

private slots:
    void leavesNothingAnywhere_data() {
        QTest::addColumn<QByteArray>("log");
        QTest::addColumn<QString>("format");
        QTest::newRow("combined with a list behind") << kCombined << "combined";
        QTest::newRow("JSON with labels") << kJson << "json";
    }
    void leavesNothingAnywhere() {
        QFETCH(const QByteArray, log);
        QFETCH(const QString, format);
        QTemporaryDir folder;
        const QString input = folder.filePath("access.log"), data = folder.filePath("data");
        QFile file(input);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(log) == log.size());
        file.close();

        test::HttpReceiver server;
        server.answer = takeBulk;
        QProcess process;
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(SG_CLI, {"run", "--import", input, "--data", data, "--format", format, "--available-now", "--anonymize",
                               "ip=24/48,query=drop,user=hash", "--elasticsearch", QString::fromStdString(server.url())});
        QTRY_VERIFY_WITH_TIMEOUT(process.state() == QProcess::NotRunning, 60'000);
        const QByteArray said = process.readAll();
        QVERIFY2(process.exitCode() == 0, said);
        QCOMPARE(found(said), QByteArray());

        QByteArray documents;
        for (const QByteArray& request : server.requests)
            if (request.startsWith("POST /_bulk")) documents += request;
        QVERIFY2(documents.contains("198.51.100.0") && documents.contains("2001:db8:1::") && documents.contains("\"hash\":\""), documents);
        QCOMPARE(found(documents), QByteArray());

        int files = 0;
        QDirIterator each(data, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
        while (each.hasNext()) {
            const QString path = each.next();
            QVERIFY2(found(contentOf(path)).isEmpty(), qPrintable(path + ": " + found(contentOf(path))));
            ++files;
        }
        QVERIFY(files > 4);
        const QFile key(data + "/privacy.key");
        QCOMPARE(key.permissions() & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther), QFile::Permissions());

        const CliOutcome report = runCli({"report", "--data", data}), json = runCli({"report", "--data", data, "--json"});
        QVERIFY2(report.output.contains("dead letters") && !json.output.isEmpty(), report.output);
        QCOMPARE(found(report.output + json.output), QByteArray());
        const QJsonObject ledger = ledgerOf(data);
        QCOMPARE(ledger["lines"].toInt(), static_cast<int>(log.count('\n')));
        QCOMPARE(ledger["created"].toInt() + ledger["dead"].toInt(), static_cast<int>(log.count('\n')));
        QVERIFY(ledger["dead"].toInt() > 0);
    }

    void parsesTheSameWay_data() { leavesNothingAnywhere_data(); }
    void parsesTheSameWay() {
        QFETCH(const QByteArray, log);
        QFETCH(const QString, format);
        QTemporaryDir folder;
        const QString input = folder.filePath("access.log"), dead = folder.filePath("dead.ndjson");
        QFile file(input);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(log) == log.size());
        file.close();
        const auto parse = [&](const char* key) {
            qputenv("STREAMGAUGE_PRIVACY_KEY", key);
            const CliOutcome outcome = runCli({"parse", "--format", format, "--dlq", dead, "--original", "--anonymize",
                                               "ip=24/48,query=drop,user=hash", input});
            qunsetenv("STREAMGAUGE_PRIVACY_KEY");
            return outcome;
        };
        const CliOutcome outcome = parse("000102030405060708090a0b0c0d0e0f");
        QCOMPARE(outcome.exitCode, 0);
        const QByteArray letters = contentOf(dead);
        QCOMPARE(found(outcome.output + outcome.errors + letters), QByteArray());
        QCOMPARE(outcome.output.count('\n') + letters.count('\n'), log.count('\n'));
        QVERIFY2(letters.contains("\"raw_withheld\":true,"), letters);
        QVERIFY(!outcome.output.contains("\"original\":\"198"));
        QCOMPARE(parse("000102030405060708090a0b0c0d0e0f").output, outcome.output);
        QVERIFY(parse("ff0102030405060708090a0b0c0d0e0f").output != outcome.output);
        QCOMPARE(parse("secret").exitCode, 2);
    }

    void refusesToArchiveWhatItTakesOut() {
        QTemporaryDir folder;
        const QStringList arguments{"run", "--generate", "--count", "10", "--available-now", "--data", folder.filePath("data"), "--archive",
                                    "--anonymize", "ip=24/48"};
        const CliOutcome outcome = runCli(arguments);
        QCOMPARE(outcome.exitCode, 2);
        QVERIFY2(outcome.errors.contains("privacy.keep_chunks = true"), outcome.errors);
        QFile profile(folder.filePath("p.toml"));
        QVERIFY(profile.open(QIODevice::WriteOnly) && profile.write("[privacy]\nkeep_chunks = true\n") > 0);
        profile.close();
        QCOMPARE(runCli(arguments + QStringList{"--profile", profile.fileName()}).exitCode, 0);
    }
};

QTEST_GUILESS_MAIN(TestPrivacy)
#include "tst_privacy.moc"
