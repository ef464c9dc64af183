// The metrics as Prometheus itself reads them: Debian's prometheus scrapes a run that delivers to a real Elasticsearch, promtool checks
// what it is given, and every expression of the dashboard and of the alerts is asked.
#include "tests/servers/elasticsearch_server.h"
#include "tests/support/cli.h"
#include "tests/support/program.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QUrlQuery>

#include <cmath>
#include <memory>

using namespace sg;
using namespace sg::test;

namespace {

const QString kResources = QStringLiteral(SG_SOURCE_DIR "/resources/metrics/");

QByteArray readAll(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void writeAll(const QString& path, const QByteArray& text) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size()) qFatal("cannot write");
}

/// Lines for some seconds, then none: what is scraped in the end is what stays.
QByteArray profileFor(int seconds, int rate) {
    return "[traffic]\nmalformed_share = 0.01\nshape = \"stages\"\nstages = [\n    {for = \"1s\", rate = " + QByteArray::number(rate) +
           "},\n    {for = \"" + QByteArray::number(seconds) + "s\", rate = " + QByteArray::number(rate) +
           "},\n    {for = \"1s\", rate = 0},\n    {for = \"1h\", rate = 0},\n]\n[batch]\ninterval = \"250ms\"\n";
}

/// "name{labels}" -> value, of one scrape.
QMap<QByteArray, double> samplesOf(const QByteArray& text) {
    QMap<QByteArray, double> samples;
    for (const QByteArray& line : text.split('\n'))
        if (!line.isEmpty() && !line.startsWith('#'))
            samples[line.left(line.lastIndexOf(' '))] = line.mid(line.lastIndexOf(' ') + 1).toDouble();
    return samples;
}

} // namespace

class TestPrometheus : public QObject {
    Q_OBJECT

    ElasticsearchServer m_elasticsearch;
    QTemporaryDir m_folder;
    QString m_bin; ///< of prometheus and promtool
    QString m_data, m_url, m_target;
    std::unique_ptr<QProcess> m_run, m_prometheus;
    QNetworkAccessManager m_network;

    QByteArray get(const QString& url, int* status = nullptr) {
        std::unique_ptr<QNetworkReply> reply(m_network.get(QNetworkRequest(QUrl(url))));
        if (!QTest::qWaitFor([&] { return reply->isFinished(); }, 30'000)) return {};
        if (status != nullptr) *status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        return reply->readAll();
    }
    /// The samples that an expression gives now.
    QJsonArray ask(const QString& expression) {
        QUrlQuery query;
        query.addQueryItem("query", QString::fromUtf8(QUrl::toPercentEncoding(expression)));
        const QByteArray answer = get(m_url + "/api/v1/query?" + query.toString(QUrl::FullyEncoded));
        const QJsonObject object = QJsonDocument::fromJson(answer).object();
        if (object["status"].toString() != "success") QTest::qFail(qPrintable(expression + ": " + answer), __FILE__, __LINE__);
        return object["data"]["result"].toArray();
    }
    static double valueOf(const QJsonValue& sample) { return sample["value"][1].toString().toDouble(); }
    /// Of an expression that gives one sample; -1 when it gives none.
    double number(const QString& expression) {
        const QJsonArray found = ask(expression);
        return found.isEmpty() ? -1 : valueOf(found[0]);
    }
    /// Starts a run and waits until it says where its metrics are.
    QString startRun(const QByteArray& profile, const QString& address) {
        const QString path = m_folder.filePath("profile.toml");
        writeAll(path, profile);
        m_run = std::make_unique<QProcess>();
        m_run->start(SG_CLI, {"run", "--plain", "--generate", "--profile", path, "--data", m_data, "--elasticsearch",
                              QString::fromStdString(m_elasticsearch.url()), "--metrics", address});
        static const QRegularExpression where(QStringLiteral("metrics at (http://[^/]+)/metrics"));
        QByteArray said;
        QRegularExpressionMatch match;
        const bool found = QTest::qWaitFor(
            [&] {
                said += m_run->readAllStandardError();
                match = where.match(QString::fromUtf8(said));
                return match.hasMatch() || m_run->state() == QProcess::NotRunning;
            },
            60'000);
        if (!found || !match.hasMatch()) QTest::qFail("the run says no address: " + said, __FILE__, __LINE__);
        return match.captured(1);
    }
    void skipOrFail(const QString& why, bool unreachable) {
        if (ElasticsearchServer::isRequired() || !unreachable) QFAIL(qPrintable(why));
        QSKIP(qPrintable(why));
    }

private slots:
    void initTestCase() {
        const Said where = saidBy(SG_SOURCE_DIR "/tests/servers/prometheus.sh", {});
        if (where.exitCode != 0) return skipOrFail("Debian's prometheus cannot be had: " + where.text, true);
        m_bin = QString::fromUtf8(where.text).trimmed().section('\n', -1) + '/';
    }

    void filesAreRight() {
        for (const QStringList& arguments : {QStringList{"check", "config", kResources + "prometheus.yml"},
                                             {"check", "rules", kResources + "alerts.yml"},
                                             {"test", "rules", SG_TEST_DATA "/metrics/alerts_test.yml"}}) {
            const Said said = saidBy(m_bin + "promtool", arguments);
            QVERIFY2(said.exitCode == 0, said.text);
        }
        const QString alerts = QString::fromUtf8(readAll(kResources + "alerts.yml"));
        const QString tried = QString::fromUtf8(readAll(SG_TEST_DATA "/metrics/alerts_test.yml"));
        static const QRegularExpression name(QStringLiteral("alert: (\\w+)"));
        int rules = 0;
        for (auto each = name.globalMatch(alerts); each.hasNext(); ++rules) {
            const QString alert = each.next().captured(1);
            QVERIFY2(tried.contains("alertname: " + alert + "\n"), qPrintable(alert + " is never raised by the tests"));
            QVERIFY2(tried.contains("alertname: " + alert + ", exp_alerts: []"), qPrintable(alert + " is never left out"));
        }
        QCOMPARE(rules, 9);
    }

    void theDashboardIsWhatItsScriptMakes() {
        const Said made = saidBy("python3", {kResources + "make_dashboard.py", "--print"});
        QVERIFY2(made.exitCode == 0, made.text);
        QVERIFY2(made.text == readAll(kResources + "grafana/streamgauge.json"), "run resources/metrics/make_dashboard.py");
    }

    void scrapesARunUntilNothingIsInFlight() {
        QVERIFY(m_folder.isValid());
        m_data = m_folder.filePath("data");
        if (!m_elasticsearch.start()) return skipOrFail(m_elasticsearch.why(), m_elasticsearch.isUnreachable());
        m_target = startRun(profileFor(8, 2000), "127.0.0.1:0");
        QByteArray config = readAll(kResources + "prometheus.yml");
        for (const auto& [as, than] : {std::pair<QByteArray, QByteArray>{"127.0.0.1:9464", m_target.section('/', -1).toUtf8()},
                                       {"scrape_interval: 5s", "scrape_interval: 1s"},
                                       {"evaluation_interval: 15s", "evaluation_interval: 1s"},
                                       {"[alerts.yml]", "[" + kResources.toUtf8() + "alerts.yml]"}}) {
            QVERIFY2(config.contains(as), as);
            config.replace(as, than);
        }
        writeAll(m_folder.filePath("prometheus.yml"), config);
        quint16 port = 0;
        {
            QTcpServer free;
            QVERIFY(free.listen(QHostAddress::LocalHost));
            port = free.serverPort();
        }
        m_url = QStringLiteral("http://127.0.0.1:%1").arg(port);
        m_prometheus = std::make_unique<QProcess>();
        m_prometheus->setStandardErrorFile(m_folder.filePath("prometheus.log"));
        m_prometheus->start(m_bin + "prometheus", {"--config.file", m_folder.filePath("prometheus.yml"), "--storage.tsdb.path",
                                                   m_folder.filePath("tsdb"), "--web.listen-address", m_url.section('/', -1)});
        int status = 0;
        QVERIFY2(QTest::qWaitFor(
                     [&] {
                         get(m_url + "/-/ready", &status);
                         return status == 200;
                     },
                     60'000),
                 readAll(m_folder.filePath("prometheus.log")));
        get(m_target + "/healthz", &status);
        QCOMPARE(status, 200);
        const QString atRest = "streamgauge_generator_target_lines_per_second == 0 and on (instance) streamgauge_in_flight_lines == 0 "
                               "and on (instance) sum by (instance) (streamgauge_delivered_documents_total) > 15000";
        QVERIFY2(QTest::qWaitFor([&] { return !ask(atRest).isEmpty(); }, 120'000), get(m_target + "/metrics"));
    }

    void promtoolHasNothingAgainstTheText() {
        if (!m_run) QSKIP("no run");
        const QByteArray text = get(m_target + "/metrics");
        const Said said = saidBy(m_bin + "promtool", {"check", "metrics"}, text);
        QVERIFY2(said.exitCode == 0 && said.text.isEmpty(), said.text);
        QVERIFY(samplesOf(text).size() > 150);
    }

    void everyExpressionOfTheDashboardReturnsData() {
        if (!m_prometheus) QSKIP("no Prometheus");
        const QJsonObject dashboard = QJsonDocument::fromJson(readAll(kResources + "grafana/streamgauge.json")).object();
        int asked = 0;
        for (const QJsonValue panel : dashboard["panels"].toArray()) {
            for (const QJsonValue target : panel["targets"].toArray()) {
                const QString expression = target["expr"]
                                               .toString()
                                               .replace(QLatin1String("$__rate_interval"), QLatin1String("1m"))
                                               .replace(QLatin1String("$instance"), QLatin1String(".*"));
                const QJsonArray found = ask(expression);
                const QByteArray what = (panel["title"].toString() + ": " + expression).toUtf8();
                QVERIFY2(!found.isEmpty(), what);
                for (const QJsonValue sample : found) QVERIFY2(std::isfinite(valueOf(sample)), what);
                ++asked;
            }
        }
        QVERIFY2(asked > 40, QByteArray::number(asked));
        for (const QJsonValue note : dashboard["annotations"]["list"].toArray()) ask(note["expr"].toString());
        QVERIFY(!ask("streamgauge_build_info").isEmpty());
    }

    void figuresThatMustMoveDo() {
        if (!m_prometheus) QSKIP("no Prometheus");
        for (const char* moves :
             {"sum(rate(streamgauge_read_lines_total[1m]))", "sum(rate(streamgauge_requests_total[1m]))",
              "sum(rate(streamgauge_bulk_responses_total{status=\"200\"}[1m]))", "sum(rate(streamgauge_bulk_latency_seconds_count[1m]))",
              "sum(rate(streamgauge_bulk_sent_bytes_total[1m]))", "streamgauge_bulk_body_limit_bytes", "streamgauge_bulk_requests_limit",
              "sum(rate(streamgauge_dead_letters_total[1m]))", "sum(rate(streamgauge_batch_processing_seconds_count[1m]))",
              "sum(rate(process_cpu_seconds_total[1m]))"})
            QVERIFY2(number(moves) > 0, moves);
        QVERIFY2(number("streamgauge_batch_processing_seconds_count") == number("streamgauge_batches_total"), "each batch is timed once");
    }

    void alertsAreAskedAndStaySilent() {
        if (!m_prometheus) QSKIP("no Prometheus");
        const QJsonArray rules = QJsonDocument::fromJson(get(m_url + "/api/v1/rules"))["data"]["groups"][0]["rules"].toArray();
        QCOMPARE(rules.size(), 9);
        for (const QJsonValue rule : rules) {
            QVERIFY2(rule["health"].toString() == "ok", toText(rule.toObject()));
            QVERIFY2(rule["state"].toString() != "firing", toText(rule.toObject()));
        }
    }

    void theFiguresAreThoseOfTheReport() {
        if (!m_prometheus) QSKIP("no Prometheus");
        m_run->terminate();
        QVERIFY(m_run->waitForFinished(60'000));
        QCOMPARE(m_run->exitCode(), 0);
        const QJsonObject report = readReportOf(m_data);
        const QJsonObject ledger = report["ledger"].toObject();
        QVERIFY2(ledger["balanced"].toBool(), toText(ledger));
        // What was scraped last: the target is gone, and an instant query would find nothing more.
        const auto last = [this](const QString& metric) { return number("sum(last_over_time(" + metric + "[5m]))"); };
        const std::pair<const char*, const char*> entries[] = {
            {"streamgauge_read_lines_total", "lines"},
            {"streamgauge_split_lines_total", "split"},
            {"streamgauge_unsplit_lines", "unsplit"},
            {"streamgauge_opening_lines", "opening"},
            {"streamgauge_committed_lines_total", "processed"},
            {"streamgauge_planned_lines_total", "processed"},
            {"streamgauge_parsed_lines_total", "parsed"},
            {"streamgauge_skipped_lines_total", "skipped"},
            {"streamgauge_lost_lines_total", "lost"},
            {"streamgauge_late_lines_total", "late"},
            {"streamgauge_abandoned_lines_total", "abandoned"},
            {"streamgauge_not_requested_lines_total", "not_requested"},
            {"streamgauge_sent_documents_total", "sent"},
            {"streamgauge_dead_letters_total", "dead"},
            {"streamgauge_resolved_dead_letters_total", "resolved"},
            {"streamgauge_delivered_documents_total{result=\"created\"}", "created"},
            {"streamgauge_delivered_documents_total{result=\"duplicate\"}", "duplicate"},
            {"streamgauge_delivered_documents_total{result=\"rejected\"}", "rejected"},
            {"streamgauge_waiting_lines", "waiting"},
            {"streamgauge_open_lines", "open"},
            {"streamgauge_undelivered_documents", "undelivered"},
            {"streamgauge_in_flight_lines", "in_flight"},
        };
        for (const auto& [metric, key] : entries)
            QVERIFY2(ledger.contains(key) && last(metric) == ledger[key].toDouble(),
                     QByteArray(metric) + ' ' + QByteArray::number(last(metric)) + " is not " + toText(ledger));
        QVERIFY(last("streamgauge_dead_letters_total") > 50);
        const QJsonObject reasons = ledger["dead_by_reason"].toObject(), statuses = report["status"].toObject();
        QVERIFY(reasons.size() >= 3 && statuses.size() >= 5);
        for (const QString& reason : reasons.keys())
            QCOMPARE(last("streamgauge_dead_letters_total{reason=\"" + reason + "\"}"), reasons[reason].toDouble());
        for (const QString& status : statuses.keys())
            QCOMPARE(last("streamgauge_requests_total{status=\"" + status + "\"}"), statuses[status].toDouble());
        QCOMPARE(last("streamgauge_requests_total"), ledger["parsed"].toDouble());
        QCOMPARE(last("streamgauge_batches_total"), report["batches"].toDouble());
        QCOMPARE(last("streamgauge_response_bytes_total"), report["bytes"].toDouble());
        QCOMPARE(last("streamgauge_bot_requests_total"), report["bots"].toDouble());
        QCOMPARE(last("streamgauge_ledger_differences"), 0.0);
        QCOMPARE(m_elasticsearch.request("POST", "/streamgauge-access-*/_refresh").status, 200);
        const auto counted = m_elasticsearch.request("GET", "/streamgauge-access-*/_count");
        QCOMPARE(QJsonDocument::fromJson(counted.body).object()["count"].toDouble(),
                 last("streamgauge_delivered_documents_total{result=\"created\"}"));
    }

    void whatIsDurableGoesOnAfterAKill() {
        if (m_target.isEmpty()) QSKIP("no run");
        const auto durable = [](const QByteArray& text) {
            QMap<QByteArray, double> samples = samplesOf(text);
            static const QRegularExpression help(QStringLiteral("# HELP (\\S+) .*Since the stream of the data directory began"));
            QSet<QByteArray> names;
            for (auto each = help.globalMatch(QString::fromUtf8(text)); each.hasNext();) names << each.next().captured(1).toUtf8();
            for (const QByteArray& sample : samples.keys())
                if (!names.contains(sample.left(sample.indexOf('{') < 0 ? sample.size() : sample.indexOf('{')))) samples.remove(sample);
            return samples;
        };
        // No later one is lower, whether the process is the same or another.
        QMap<QByteArray, double> before;
        int scrapes = 0;
        const auto look = [&] {
            const QByteArray text = get(m_target + "/metrics");
            const QMap<QByteArray, double> now = durable(text);
            if (now.size() < 30) QTest::qFail("no metrics: " + text, __FILE__, __LINE__);
            for (auto each = before.begin(); each != before.end(); ++each)
                if (now.value(each.key(), -1) < each.value())
                    QTest::qFail(each.key() + " went from " + QByteArray::number(each.value(), 'f', 0) + " to " +
                                     QByteArray::number(now.value(each.key(), -1), 'f', 0),
                                 __FILE__, __LINE__);
            before = now;
            ++scrapes;
        };
        for (int kill = 0; kill < 3; ++kill) {
            m_target = startRun(profileFor(600, 3000), "127.0.0.1:0");
            const auto committed = [&] { return before.value("streamgauge_committed_lines_total"); };
            look();
            const double first = committed();
            QVERIFY(QTest::qWaitFor(
                [&] {
                    look();
                    return committed() > first + 1500;
                },
                60'000));
            m_run->kill();
            QVERIFY(m_run->waitForFinished(30'000));
        }
        QVERIFY(scrapes > 6);
    }

    void cleanupTestCase() {
        for (QProcess* process : {m_run.get(), m_prometheus.get()}) {
            if (process == nullptr || process->state() == QProcess::NotRunning) continue;
            process->terminate();
            if (!process->waitForFinished(30'000)) process->kill();
        }
    }
};

QTEST_GUILESS_MAIN(TestPrometheus)
#include "tst_prometheus.moc"
