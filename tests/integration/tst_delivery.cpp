// The command line into a real Elasticsearch: what is in there afterwards is counted line by line.
#include "tests/servers/elasticsearch_server.h"
#include "tests/support/cli.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QSet>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>

using namespace sg;

class TestDelivery : public QObject {
    Q_OBJECT

    ElasticsearchServer m_server;

    QString url() const { return QString::fromStdString(m_server.url()); }

    qint64 documents(const QString& prefix, const QString& kind = "access") {
        static_cast<void>(m_server.request("POST", "/" + prefix + '-' + kind + "-*/_refresh"));
        const auto answer = m_server.request("GET", "/" + prefix + '-' + kind + "-*/_count");
        return QJsonDocument::fromJson(answer.body).object()["count"].toInteger(-1);
    }
    /// log.offset of every document, read page by page; a document that stands there twice is there twice.
    QList<qint64> offsets(const QString& prefix) {
        QList<qint64> found;
        static_cast<void>(m_server.request("POST", "/" + prefix + "-access-*/_refresh"));
        auto answer = m_server.request("POST", "/" + prefix + "-access-*/_search?scroll=1m&size=10000&_source=log.offset&sort=_doc", "{}");
        while (true) {
            const QJsonObject page = QJsonDocument::fromJson(answer.body).object();
            const QJsonArray hits = page["hits"]["hits"].toArray();
            for (const QJsonValue& hit : hits) found.append(hit["_source"]["log"]["offset"].toInteger());
            if (hits.isEmpty()) return found;
            const QJsonObject next{{"scroll", "1m"}, {"scroll_id", page["_scroll_id"]}};
            answer = m_server.request("POST", "/_search/scroll", QJsonDocument(next).toJson());
        }
    }
    static QString makeLog(const QTemporaryDir& folder, int lines, const QStringList& more = {}) {
        const QString log = folder.filePath("access.log");
        const CliOutcome made = runCli(
            QStringList{"generate", "--format", "combined", "--rate", "max", "--count", QString::number(lines), "--out", log} + more);
        if (made.exitCode != 0) qFatal("%s", made.errors.constData());
        return log;
    }
    /// The ledger says that everything arrived, and Elasticsearch holds as many documents.
    void verifyComplete(const QString& data, const QString& prefix, qint64 lines) {
        const QJsonObject ledger = ledgerOf(data);
        QVERIFY2(ledger["balanced"].toBool(), toText(ledger));
        QVERIFY2(ledger["lines"].toInteger() == lines, toText(ledger));
        QVERIFY2(ledger["in_flight"].toInteger() == 0, toText(ledger));
        QVERIFY2(ledger["indexed"].toInteger() + ledger["dead"].toInteger() + ledger["skipped"].toInteger() == lines, toText(ledger));
        QCOMPARE(documents(prefix), ledger["indexed"].toInteger());
        QCOMPARE(documents(prefix, "deadletters"), ledger["dead"].toInteger() - ledger["resolved"].toInteger());
    }

private slots:
    void initTestCase() {
        if (m_server.start()) return;
        if (m_server.isUnreachable() && !ElasticsearchServer::isRequired()) QSKIP(qPrintable("no real Elasticsearch: " + m_server.why()));
        QFAIL(qPrintable(m_server.why()));
    }
    void cleanup() { static_cast<void>(m_server.request("DELETE", "/d-*")); }

    void indexesEveryLineOnce() {
        QTemporaryDir folder;
        const QString log = makeLog(folder, 60'000);
        const QString data = folder.filePath("data");
        const QStringList run = {"run",
                                 "--data",
                                 data,
                                 "--import",
                                 log,
                                 "--format",
                                 "auto",
                                 "--elasticsearch",
                                 url(),
                                 "--index-prefix",
                                 "d-once",
                                 "--available-now",
                                 "--drain-timeout",
                                 "300s"};
        const CliOutcome first = runCli(run);
        QVERIFY2(first.exitCode == 0, first.errors);
        verifyComplete(data, "d-once", 60'000);
        QList<qint64> found = offsets("d-once");
        std::sort(found.begin(), found.end());
        QCOMPARE(QSet<qint64>(found.begin(), found.end()).size(), found.size());
        // each offset is where a line of the log begins
        QFile file(log);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QSet<qint64> starts;
        while (!file.atEnd()) {
            starts.insert(file.pos());
            file.readLine();
        }
        for (const qint64 offset : found) QVERIFY(starts.contains(offset));
        QCOMPARE(runCli(run).exitCode, 0);
        verifyComplete(data, "d-once", 60'000);
    }

    void readsTheOriginalFormatWithItsBlankLines() {
        QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkdir("chunks"));
        for (int i = 0; i < 5; ++i) {
            QFile file(folder.filePath(QString("chunks/2024_03_23_01_%1_20.log").arg(18 + i)));
            QVERIFY(file.open(QIODevice::WriteOnly));
            for (int line = 0; line < 1000; ++line)
                file.write("\nHTTP:" + QByteArray::number(200 + line % 300) + " hadoop.apache.org /products.html 52.179." +
                           QByteArray::number(i) + "." + QByteArray::number(line % 256) + "\n");
        }
        const QString data = folder.filePath("data");
        const CliOutcome outcome =
            runCli({"run", "--data", data, "--import", folder.filePath("chunks"), "--format", "original", "--elasticsearch", url(),
                    "--index-prefix", "d-original", "--available-now", "--drain-timeout", "300s"});
        QVERIFY2(outcome.exitCode == 0, outcome.errors);
        verifyComplete(data, "d-original", 10'000);
        QCOMPARE(documents("d-original"), 5'000);
        QCOMPARE(ledgerOf(data)["skipped"].toInteger(), 5'000);
    }

    void takesLabelsWhateverTheirNamesAndValues() {
        QTemporaryDir folder;
        const QString log = folder.filePath("hostile.log");
        QStringList lines;
        const auto add = [&](const QString& members) {
            const QString second = QString("%1").arg(lines.size() % 60, 2, 10, QChar('0'));
            lines << "{\"time\":\"2024-03-23T01:18:" + second + "Z\",\"status\":200," + members + "}";
        };
        for (const char* name : {"", ".", "..", ".a", "a.", "a..b", "a.b.c", " ", "a b", "_id", "_source", "_index", "*", "a*b", "#", "-", "\\\\",
                                 "\\\"", "\\u0000", "\\u2028", "\xC3\xBC", "labels", "streamgauge.values", "@timestamp.x", "event",
                                 "source.ip.x"})
            for (const char* value : {"\"text\"", "7", "7.5", "true", "1e999", "[1,\"a\"]", "{\"b\":{\"c\":1}}", "\"2024-03-23\"",
                                      "\"203.0.113.7\""})
                add(QString("\"%1\":%2").arg(name, value));
        for (const int length : {127, 128, 129, 255, 3000}) add("\"" + QString(length, 'n') + "\":\"v\"");
        add("\"long\":\"" + QString(40'000, 'v') + "\""); // longer than a term may be
        add("\"deep\":" + QString("{\"a\":").repeated(30) + "1" + QString("}").repeated(30));
        QStringList many;
        for (int i = 0; i < 101; ++i) many << QString("\"k%1\":%2").arg(i).arg(i % 2 == 0 ? "1" : "\"x\"");
        add(many.join(','));
        add("\"k0\":\"a word, where a number was\",\"k1\":1");
        QFile file(log);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(lines.join('\n').toUtf8() + '\n');
        file.close();
        const QString data = folder.filePath("data");
        const CliOutcome outcome = runCli({"run", "--data", data, "--import", log, "--format", "json", "--elasticsearch", url(),
                                           "--index-prefix", "d-labels", "--available-now", "--drain-timeout", "120s"});
        QVERIFY2(outcome.exitCode == 0, outcome.errors);
        verifyComplete(data, "d-labels", lines.size());
        const QJsonObject ledger = ledgerOf(data);
        QVERIFY2(ledger["indexed"].toInteger() == lines.size(), toText(ledger));
        QVERIFY2(ledger["rejected"].toInteger() == 0, toText(ledger));
        const auto found = m_server.request("GET", "/d-labels-access-*/_search?q=streamgauge.labels_left_out:1+AND+labels.k1:x");
        QCOMPARE(QJsonDocument::fromJson(found.body)["hits"]["total"]["value"].toInt(), 1);
        const auto mapping = m_server.request("GET", "/d-labels-access-2024.03.23/_mapping/field/labels.k0");
        QVERIFY2(mapping.body.contains("\"type\":\"keyword\""), mapping.body.constData());
    }

    void countsDevicesUnderTheIndexOfTheirSource() {
        QTemporaryDir folder;
        const auto write = [&](const char* name, const QByteArray& bytes) {
            QFile file(folder.filePath(name));
            if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("%s", name);
            return folder.filePath(name);
        };
        // A whole number first: the mapping must not be made after it.
        const QString house = write("Greenhouse 4.csv", "2024-03-23T01:18:20Z,north,21,3.71\n2024-03-23T01:18:21Z,north,21.5,\n"
                                                        "2024-03-23T01:18:22Z,south,+.5,3.7\n2024-03-23T01:18:23Z,south,warm,3.7\n");
        const QString shop = write("orders.csv.1", "2024-03-23T01:18:20Z,north,-1e3,0\n");
        const QString data = folder.filePath("data");
        const CliOutcome outcome = runCli({"run", "--data", data, "--import", house, "--import", shop, "--format",
                                           "csv:ts,site:key,temperature:number,volts:number", "--elasticsearch", url(), "--index-prefix",
                                           "d-{source}", "--available-now", "--drain-timeout", "120s"});
        QVERIFY2(outcome.exitCode == 0, outcome.errors);
        verifyComplete(data, "d-*", 5);
        QCOMPARE(ledgerOf(data)["dead"].toInteger(), 1); // "warm" is no number
        QCOMPARE(documents("d-greenhouse-4"), 3);
        QCOMPARE(documents("d-orders"), 1);
        const auto sums = m_server.request(
            "POST", "/d-greenhouse-4-access-2024.03.23/_search?size=0",
            R"({"aggs":{"t":{"avg":{"field":"streamgauge.values.temperature"}},"k":{"terms":{"field":"streamgauge.key"}}}})");
        const QJsonDocument answer = QJsonDocument::fromJson(sums.body);
        QVERIFY2(std::abs(answer["aggregations"]["t"]["value"].toDouble() - 43.0 / 3) < 1e-9, sums.body.constData());
        QCOMPARE(answer["aggregations"]["k"]["buckets"][0]["key"].toString(), QString("north"));
        const QJsonObject report = QJsonDocument::fromJson(runCli({"report", "--data", data, "--json"}).output).object();
        QCOMPARE(report["keys"][0]["key"].toString(), QString("north"));
        QCOMPARE(report["keys"][0]["count"].toInt(), 3);
        QCOMPARE(report["status"]["none"].toInt(), 4);
        QVERIFY(report["agents"].toArray().isEmpty());
        QCOMPARE(report["visitors"].toInt(), 0);
    }

    void finishesExactlyOnceAfterAKillAt_data() {
        QTest::addColumn<QString>("point");
        for (const char* point :
             {"deliver.send.before:1", "deliver.send.after:1", "deliver.send.after:3", "deliver.answer:1", "deliver.answer:2",
              "delivery.before:1", "delivery.after:1", "delivery.after:3", "release.before:2", "release.after:1", "letters.send:1",
              "letters.answer:1", "letters.before:1", "letters.after:1"})
            QTest::newRow(point) << point;
    }
    void finishesExactlyOnceAfterAKillAt() {
        QFETCH(QString, point);
        QTemporaryDir folder;
        const QString log = makeLog(folder, 8'000, {"--malformed", "0.01"});
        const QString data = folder.filePath("data");
        QFile profile(folder.filePath("small.toml"));
        QVERIFY(profile.open(QIODevice::WriteOnly));
        profile.write("[split]\nmin_age = \"0ms\"\n[batch]\nmax_files = 2\n[output]\ngzip = true\n");
        profile.close();
        const QStringList run = {"run",      "--data",         data,        "--follow",         log,
                                 "--format", "combined",       "--profile", profile.fileName(), "--elasticsearch",
                                 url(),      "--index-prefix", "d-kill",    "--available-now",  "--drain-timeout",
                                 "300s"};
        const CliOutcome killed = runCli(run, point);
        QVERIFY2(killed.killed, "the fault point was not reached: " + killed.errors);
        const CliOutcome again = runCli(run);
        QVERIFY2(again.exitCode == 0, again.errors);
        verifyComplete(data, "d-kill", 8'000);
    }

    void takesDeadLettersOutOfTheirIndexAfterAKillAt_data() {
        QTest::addColumn<QString>("point");
        for (const char* point : {"retry.finish.before:1", "retry.finish.after:1", "letters.send:1", "letters.answer:1", "letters.after:1"})
            QTest::newRow(point) << point;
    }
    void takesDeadLettersOutOfTheirIndexAfterAKillAt() {
        QFETCH(QString, point);
        QTemporaryDir folder;
        const QString log = folder.filePath("access.log");
        QCOMPARE(runCli({"generate", "--format", "json", "--rate", "max", "--count", "400", "--out", log}).exitCode, 0);
        const QString data = folder.filePath("data");
        const QStringList output = {"--elasticsearch", url(), "--index-prefix", "d-retry", "--drain-timeout", "300s"};
        const CliOutcome first =
            runCli(QStringList{"run", "--data", data, "--import", log, "--format", "combined", "--available-now"} + output);
        QVERIFY2(first.exitCode == 0, first.errors);
        verifyComplete(data, "d-retry", 400);
        QCOMPARE(documents("d-retry", "deadletters"), 400);
        const QStringList retry = QStringList{"retry", "--data", data, "--format", "json"} + output;
        const CliOutcome killed = runCli(retry, point);
        QVERIFY2(killed.killed, "the fault point was not reached: " + killed.errors);
        const CliOutcome again = runCli(QStringList{"run", "--data", data, "--available-now"} + output);
        QVERIFY2(again.exitCode == 0, again.errors);
        verifyComplete(data, "d-retry", 800);
        QCOMPARE(ledgerOf(data)["resolved"].toInteger(), 400);
        QCOMPARE(documents("d-retry"), 400);
        QCOMPARE(documents("d-retry", "deadletters"), 0);
    }

    void sendsRefusedDocumentsAgainAfterAChangeOfTheMapping() {
        QTemporaryDir folder;
        const QString log = makeLog(folder, 1'000, {"--malformed", "0", "--start", "2026-03-20T10:00:00Z"});
        const QString data = folder.filePath("data");
        const QString index = "/d-refused-access-2026.03.20";
        const auto made = m_server.request(
            "PUT", index, R"({"mappings":{"properties":{"http":{"properties":{"response":{"properties":{"body":{"properties":{
                   "bytes":{"type":"short"}}}}}}}}}})");
        QVERIFY2(made.status == 200, made.body);
        const QStringList output = {"--elasticsearch", url(), "--index-prefix", "d-refused", "--drain-timeout", "60s"};
        const CliOutcome first =
            runCli(QStringList{"run", "--data", data, "--import", log, "--format", "combined", "--available-now"} + output);
        QVERIFY2(first.exitCode == 0, first.errors);
        verifyComplete(data, "d-refused", 1'000);
        const qint64 refused = ledgerOf(data)["rejected"].toInteger();
        QVERIFY2(refused > 0 && refused < 500, toText(ledgerOf(data)));
        const QJsonObject before = readReportOf(data);
        // Without an output there is nobody who would take them.
        const CliOutcome nowhere = runCli({"retry", "--data", data});
        QVERIFY2(nowhere.exitCode == 2 && nowhere.errors.contains("--elasticsearch " + url().toUtf8()), nowhere.errors);
        const CliOutcome here = runCli({"retry", "--data", data, "--keep-here"});
        QVERIFY2(here.output.contains(" refused documents wait for an output"), here.output + here.errors);
        for (const auto& [path, body] : {std::pair<QString, QByteArray>{"/_close", ""},
                                         {"/_settings", R"({"index.mapping.ignore_malformed":true})"},
                                         {"/_open", ""}}) {
            const auto changed = m_server.request(path == "/_settings" ? "PUT" : "POST", index + path, body);
            QVERIFY2(changed.status == 200, changed.body);
        }
        const CliOutcome retried = runCli(QStringList{"retry", "--data", data, "--reason", "rejected"} + output);
        const QByteArray count = QByteArray::number(refused);
        QVERIFY2(retried.exitCode == 0 && retried.output.contains(count + " of " + count + " lines read now; 0 stay, 0 were not kept"),
                 retried.output + retried.errors);
        verifyComplete(data, "d-refused", 1'000 + refused);
        QCOMPARE(documents("d-refused"), 1'000);
        // The charts count each request once, however often its document was sent.
        const QJsonObject after = readReportOf(data);
        QCOMPARE(after["status"], before["status"]);
        QCOMPARE(after["bytes"], before["bytes"]);
    }

    void catchesUpWhenElasticsearchDiesAndComesBack() {
        QTemporaryDir folder;
        const QString data = folder.filePath("data");
        QProcess cli;
        cli.setStandardOutputFile(QProcess::nullDevice());
        cli.start(QStringLiteral(SG_CLI), {"run", "--data", data, "--generate", "--rate", "3000", "--interval", "200ms", "--for", "12s",
                                           "--elasticsearch", url(), "--index-prefix", "d-outage", "--drain-timeout", "120s"});
        QVERIFY(cli.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(documents("d-outage") > 0, 20'000);
        QVERIFY(m_server.kill9());
        QVERIFY2(m_server.start(), qPrintable(m_server.why()));
        QVERIFY(cli.waitForFinished(180'000));
        QVERIFY2(cli.exitCode() == 0, cli.readAllStandardError());
        const QJsonObject ledger = ledgerOf(data);
        verifyComplete(data, "d-outage", ledger["lines"].toInteger());
        QVERIFY(ledger["lines"].toInteger() > 30'000);
    }

    void keepsEverythingWhileElasticsearchIsAwayAndSaysSo() {
        QTemporaryDir folder;
        const QString log = makeLog(folder, 5'000);
        const QString data = folder.filePath("data");
        QStringList run = {"run",
                           "--data",
                           data,
                           "--import",
                           log,
                           "--format",
                           "combined",
                           "--elasticsearch",
                           url(),
                           "--index-prefix",
                           "d-away",
                           "--available-now",
                           "--drain-timeout",
                           "2s"};
        QVERIFY(m_server.pause());
        const CliOutcome away = runCli(run);
        QVERIFY(m_server.resume());
        QVERIFY2(away.exitCode == 3, away.errors);
        const QJsonObject ledger = ledgerOf(data);
        QVERIFY2(ledger["balanced"].toBool(), toText(ledger));
        QVERIFY2(ledger["in_flight"].toInteger() > 0, toText(ledger));
        run.last() = "60s";
        const CliOutcome back = runCli(run);
        QVERIFY2(back.exitCode == 0, back.errors);
        verifyComplete(data, "d-away", 5'000);
    }

    void deadLettersThatNobodyTakesAreSaidAndKept() {
        QTemporaryDir folder;
        const QString data = folder.filePath("data"), good = makeLog(folder, 100, {"--malformed", "0"}), bad = folder.filePath("bad.log");
        QCOMPARE(runCli({"generate", "--format", "json", "--rate", "max", "--count", "30", "--out", bad}).exitCode, 0);
        const auto allow = [&](const char* pattern) {
            const auto set = m_server.request("PUT", "/_cluster/settings",
                                              QByteArray(R"({"transient":{"action.auto_create_index":)") + pattern + "}}");
            QVERIFY2(set.status == 200, set.body);
        };
        const auto run = [&](const QString& log, const char* patience) {
            return runCli({"run", "--data", data, "--import", log, "--format", "combined", "--elasticsearch", url(), "--index-prefix", "d-lonely",
                           "--available-now", "--drain-timeout", patience});
        };
        const CliOutcome first = run(good, "60s"); // templates are put
        QVERIFY2(first.exitCode == 0, first.output + first.errors);
        allow(R"("-d-lonely-deadletters-*,+*")");
        const CliOutcome held = run(bad, "5s");
        allow("null");
        QVERIFY2(held.exitCode == 3, held.output + held.errors);
        QVERIFY2(held.errors.contains("\n30 dead letters wait in " + data.toUtf8() + " for " + url().toUtf8() + "; nothing is lost"), held.errors);
        QVERIFY2(held.errors.contains("dead letters wait: " + url().toUtf8() + " refuses documents"), held.errors);
        const QJsonObject ledger = ledgerOf(data);
        QVERIFY2(ledger["balanced"].toBool() && ledger["in_flight"].toInteger() == 0 && ledger["dead"].toInteger() == 30, toText(ledger));
        const CliOutcome taken = run(bad, "60s");
        QVERIFY2(taken.exitCode == 0, taken.output + taken.errors);
        verifyComplete(data, "d-lonely", 130);
    }

    void letsTwoDirectoriesAndACopyShareACluster() {
        QTemporaryDir folder;
        const QString log = makeLog(folder, 3'000);
        const auto run = [&](const QString& data, const QString& input) {
            return runCli({"run", "--data", folder.filePath(data), "--follow", input, "--format", "combined", "--elasticsearch", url(),
                           "--index-prefix", "d-two", "--available-now", "--drain-timeout", "300s"});
        };
        QCOMPARE(run("one", log).exitCode, 0);
        QCOMPARE(run("two", log).exitCode, 0);
        const qint64 both = documents("d-two");
        QCOMPARE(both, ledgerOf(folder.filePath("one"))["indexed"].toInteger() * 2);
        QCOMPARE(QProcess::execute("cp", {"-a", folder.filePath("one"), folder.filePath("copy")}), 0);
        // the copy and the original go on with different lines: none may take the other's id
        const QString more = folder.filePath("more.log");
        const QString other = folder.filePath("other.log");
        for (const QString& name : {more, other})
            QCOMPARE(runCli({"generate", "--format", "combined", "--rate", "max", "--count", "1000", "--seed", name == more ? "5" : "6",
                             "--out", name})
                         .exitCode,
                     0);
        QCOMPARE(run("one", more).exitCode, 0);
        const CliOutcome copied = run("copy", other);
        QVERIFY2(copied.exitCode == 0, copied.errors);
        const qint64 dead = ledgerOf(folder.filePath("one"))["dead"].toInteger() + ledgerOf(folder.filePath("copy"))["dead"].toInteger() -
                            2 * (6'000 - both) / 2;
        QCOMPARE(documents("d-two"), both + 2'000 - dead);
        QVERIFY(ledgerOf(folder.filePath("copy"))["balanced"].toBool());
    }

    void saysThatAWebServerIsNoElasticsearch() {
        QTcpServer web;
        QVERIFY(web.listen(QHostAddress::LocalHost));
        connect(&web, &QTcpServer::newConnection, &web, [&] {
            QTcpSocket* socket = web.nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [socket] {
                socket->readAll();
                socket->write("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\nContent-Length: "
                              "45\r\n\r\n<html><title>Welcome to nginx!</title></html>");
            });
        });
        QTemporaryDir folder;
        const QString log = makeLog(folder, 100);
        QProcess cli;
        cli.start(QStringLiteral(SG_CLI),
                  {"run", "--data", folder.filePath("data"), "--import", log, "--format", "combined", "--elasticsearch",
                   "http://127.0.0.1:" + QString::number(web.serverPort()), "--available-now", "--drain-timeout", "2s"});
        QTRY_VERIFY_WITH_TIMEOUT(cli.state() == QProcess::NotRunning, 30'000);
        QCOMPARE(cli.exitCode(), 3);
        QVERIFY2(QString(cli.readAllStandardError()).contains("Elasticsearch"), "the sentence must say that it is none");
    }
};

QTEST_GUILESS_MAIN(TestDelivery)
#include "tst_delivery.moc"
