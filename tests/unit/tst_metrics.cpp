// A Snapshot as Prometheus reads it, and the server that answers: over real sockets on free ports of 127.0.0.1.
#include "core/pipeline/metrics.h"
#include "core/pipeline/metrics_server.h"

#include <QDateTime>
#include <QFile>
#include <QMap>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <cmath>

using namespace sg;

namespace {

/// The sample with this name and these labels; NaN when there is none.
double valueOf(const QByteArray& text, const QByteArray& sample) {
    for (const QByteArray& line : text.split('\n'))
        if (line.startsWith(sample + ' ')) return line.mid(sample.size() + 1).toDouble();
    return std::nan("");
}

Snapshot busy() {
    Snapshot s;
    s.stream = "abcd2345";
    Ledger& l = s.ledger;
    l.lines = 1'000'000'000'123;
    l.unsplit = 23;
    l.split = 1'000'000'000'100;
    l.waiting = 100;
    l.planned = l.split - l.waiting;
    l.open = 50;
    l.committed = l.planned - l.open;
    l.deadByReason[static_cast<std::size_t>(Reason::BadTime)] = 7;
    l.resolvedByReason[static_cast<std::size_t>(Reason::BadTime)] = 4;
    l.retried = 4;
    l.skipped = 3;
    l.parsed = l.committed - 10;
    l.rejected = 5;
    l.duplicate = 4;
    l.undelivered = 60;
    l.abandoned = 2;
    l.notRequested = 1;
    l.created = l.parsed - 72;
    l.late = 11;
    l.sent = 99;
    BatchPart batch;
    batch.stage.state = StageState::Behind;
    batch.stage.rate = 1234.5;
    batch.stage.problems = {{"batch.gap:17", Severity::Error, "s", "a", 1, {}, {}, false},
                            {"batch.gap:18", Severity::Error, "s", "a", 1, {}, {}, false},
                            {"batch.disk_full", Severity::Warning, "s", "a", 1, {}, {}, true}};
    batch.batches = 42;
    batch.interval = Milliseconds(250);
    batch.totals.byStatus[200] = 900;
    batch.totals.byStatus[404] = 9;
    for (const double ms : {0.5, 250.0, 251.0, 400'000.0}) batch.timings.processing.addMs(ms);
    s.batch = std::make_shared<BatchPart>(batch);
    OutputPart output;
    output.stage.state = StageState::Running;
    output.target = "http://x/\"q\"\\\n";
    output.batchesWaiting = 3;
    output.bodyBytes = 5'000'000;
    output.mayFly = 3;
    output.busyShare = 0.25;
    output.sentBytes = 123;
    output.answers = {{0, 2}, {200, 30}, {429, 1}};
    s.output = std::make_shared<OutputPart>(output);
    return s;
}

struct Answer {
    int status = 0;
    QByteArray head, body;
};

/// Sends bytes and waits until the other side closes.
Answer ask(const std::string& address, const QByteArray& request) {
    const QString place = QString::fromStdString(address);
    QTcpSocket socket;
    socket.connectToHost(place.section(':', 0, -2), static_cast<quint16>(place.section(':', -1).toUInt()));
    if (!socket.waitForConnected(10'000)) return {};
    socket.write(request);
    while (socket.state() != QAbstractSocket::UnconnectedState && socket.waitForReadyRead(20'000)) {
    }
    const QByteArray all = socket.readAll();
    const auto end = all.indexOf("\r\n\r\n");
    return {all.mid(9, 3).toInt(), all.left(end), all.mid(end + 4)};
}
Answer get(const std::string& address, const QByteArray& path) { return ask(address, "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n"); }

MetricsTuning at(const std::string& address) { return {true, address}; }

} // namespace

class TestMetrics : public QObject {
    Q_OBJECT

    std::string m_against;
    std::unique_ptr<MetricsServer> serverOf(const Snapshot& snapshot) {
        return std::make_unique<MetricsServer>([shared = std::make_shared<const Snapshot>(snapshot)] { return shared; },
                                               [this] { return m_against; });
    }

private slots:
    void init() { m_against.clear(); }

    void showsEveryEntryOfTheBooksToTheLastLine() {
        const Snapshot s = busy();
        const QByteArray text = QByteArray::fromStdString(metricsText(s, {}));
        const Ledger& l = s.ledger;
        const QMap<QByteArray, std::uint64_t> wanted{
            {"read_lines_total", l.lines},
            {"split_lines_total", l.split},
            {"planned_lines_total", l.planned},
            {"lost_lines_total", l.lost},
            {"committed_lines_total", l.committed},
            {"parsed_lines_total", l.parsed},
            {"skipped_lines_total", l.skipped},
            {"late_lines_total", l.late},
            {"dead_letters_total{reason=\"bad_time\"}", 7},
            {"dead_letters_total{reason=\"bad_json\"}", 0},
            {"dead_letters_total{reason=\"refused\"}", l.rejected},
            {"delivered_documents_total{result=\"created\"}", l.created},
            {"delivered_documents_total{result=\"duplicate\"}", l.duplicate},
            {"delivered_documents_total{result=\"rejected\"}", l.rejected},
            {"resolved_dead_letters_total", 4},
            {"retried_lines_total", l.retried},
            {"dead_letters_left", l.dead() - 4},
            {"sent_documents_total", l.sent},
            {"abandoned_lines_total", l.abandoned},
            {"not_requested_lines_total", l.notRequested},
            {"unsplit_lines", l.unsplit},
            {"waiting_lines", l.waiting},
            {"open_lines", l.open},
            {"undelivered_documents", l.undelivered},
            {"undelivered_batches", 3},
            {"in_flight_lines", l.inFlight()},
            {"ledger_differences", 0},
            {"requests_total{status=\"404\"}", 9},
            {"batches_total", 42},
            {"bulk_responses_total{status=\"none\"}", 2},
            {"bulk_responses_total{status=\"429\"}", 1},
            {"bulk_body_limit_bytes", 5'000'000},
            {"bulk_requests_limit", 3},
            {"bulk_sent_bytes_total", 123},
        };
        for (auto each = wanted.begin(); each != wanted.end(); ++each)
            QVERIFY2(valueOf(text, "streamgauge_" + each.key()) == static_cast<double>(each.value()), each.key() + "\n" + text);
        QCOMPARE(valueOf(text, "streamgauge_batch_interval_seconds"), 0.25);
        QCOMPARE(valueOf(text, "streamgauge_output_busy_ratio"), 0.25);
        QCOMPARE(valueOf(text, "streamgauge_stage_state{stage=\"batch\",state=\"behind\"}"), 1.0);
        QCOMPARE(valueOf(text, "streamgauge_stage_state{stage=\"batch\",state=\"running\"}"), 0.0);
        QCOMPARE(valueOf(text, "streamgauge_open_problems{stage=\"batch\",kind=\"batch.gap\"}"), 2.0);
        QCOMPARE(valueOf(text, "streamgauge_open_problems{stage=\"batch\",kind=\"batch.disk_full\"}"), 0.0);
        QVERIFY2(text.contains("target=\"http://x/\\\"q\\\"\\\\\\n\""), text);
    }

    void saysEachNameOnce() {
        QStringList names;
        for (const QByteArray& line : QByteArray::fromStdString(metricsText(busy(), {})).split('\n'))
            if (line.startsWith("# HELP ")) names << QString::fromUtf8(line).section(' ', 2, 2);
        QVERIFY(names.size() > 60);
        QCOMPARE(names.removeDuplicates(), qsizetype{0});
    }

    void countsALineThatIsMissing() {
        Snapshot s = busy();
        --s.ledger.created;
        QCOMPARE(valueOf(QByteArray::fromStdString(metricsText(s, {})), "streamgauge_ledger_differences"), 1.0);
    }

    void makesHistogramsThatGrowFromBoundToBound() {
        const QByteArray text = QByteArray::fromStdString(metricsText(busy(), {}));
        const QByteArray name = "streamgauge_batch_processing_seconds";
        QCOMPARE(valueOf(text, name + "_bucket{le=\"0.001\"}"), 1.0);
        QCOMPARE(valueOf(text, name + "_bucket{le=\"0.25\"}"), 2.0); // its bound belongs to it
        QCOMPARE(valueOf(text, name + "_bucket{le=\"0.5\"}"), 3.0);
        QCOMPARE(valueOf(text, name + "_bucket{le=\"300\"}"), 3.0);
        QCOMPARE(valueOf(text, name + "_bucket{le=\"+Inf\"}"), 4.0);
        QCOMPARE(valueOf(text, name + "_count"), 4.0);
        QVERIFY(std::abs(valueOf(text, name + "_sum") - 400.5015) < 1e-9);
    }

    void readsWhatTheProcessTakes() {
        const ProcessFigures before = readProcessFigures();
        QVERIFY(before.residentBytes > (1U << 20U) && before.virtualBytes > before.residentBytes);
        QVERIFY(before.openFiles >= 3 && before.openFiles < before.maxOpenFiles && before.threads >= 1);
        const double now = static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000;
        QVERIFY2(before.startedAt > now - 600 && before.startedAt < now + 5, QByteArray::number(before.startedAt - now));
        QFile file(QStringLiteral("/proc/self/status"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const ProcessFigures with = readProcessFigures();
        QCOMPARE(with.openFiles, before.openFiles + 1);
        QVERIFY(with.cpuSeconds >= before.cpuSeconds);
        QCOMPARE(with.startedAt, before.startedAt);
    }

    void answersWhoAsksAndSaysWhatIsAmiss() {
        const auto server = serverOf(busy());
        QVERIFY(!server->part());
        server->apply(at("127.0.0.1:0"));
        const std::string address = server->part()->address;
        QVERIFY(!address.empty() && server->part()->problems.empty());
        const Answer metrics = get(address, "/metrics");
        QCOMPARE(metrics.status, 200);
        QVERIFY2(metrics.head.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8"), metrics.head);
        QCOMPARE(valueOf(metrics.body, "streamgauge_batches_total"), 42.0);
        QVERIFY(valueOf(metrics.body, "process_resident_memory_bytes") > 1e6);
        QCOMPARE(get(address, "/metrics?name[]=x").status, 200);
        QCOMPARE(get(address, "/healthz").body, QByteArray("ok\n"));
        m_against = "the stage batch has failed: the disk is gone";
        const Answer unwell = get(address, "/healthz");
        QCOMPARE(unwell.status, 503);
        QCOMPARE(unwell.body, QByteArray("the stage batch has failed: the disk is gone\n"));
        const Answer head = ask(address, "HEAD /metrics HTTP/1.1\r\n\r\n");
        QVERIFY(head.status == 200 && head.body.isEmpty());
        QCOMPARE(get(address, "/secret").status, 404);
        QCOMPARE(ask(address, "POST /metrics HTTP/1.1\r\n\r\n").status, 405);
        QCOMPARE(ask(address, "\x16\x03\x01\r\n\r\n").status, 400);
        QCOMPARE(ask(address, "GET /metrics HTTP/1.1\r\nX: " + QByteArray(10'000, 'x')).status, 431);
        QCOMPARE(get(address, "/metrics").status, 200);
    }

    void servesOthersWhileOneSaysNothing() {
        const auto server = serverOf(busy());
        server->apply(at("127.0.0.1:0"));
        const QString place = QString::fromStdString(server->part()->address);
        QList<QTcpSocket*> silent;
        for (int i = 0; i < 10; ++i) {
            auto* socket = new QTcpSocket(this);
            socket->connectToHost("127.0.0.1", static_cast<quint16>(place.section(':', 1).toUInt()));
            QVERIFY(socket->waitForConnected(10'000));
            socket->write("GET /metr");
            silent << socket;
        }
        QCOMPARE(get(server->part()->address, "/healthz").status, 200);
        qDeleteAll(silent);
    }

    void saysWhoseThePortIsAndGoesOn() {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        const std::string taken = "127.0.0.1:" + std::to_string(other.serverPort());
        const auto server = serverOf(busy());
        server->apply(at(taken));
        QVERIFY(server->part()->address.empty());
        QCOMPARE(server->part()->problems.size(), std::size_t{1});
        QCOMPARE(server->part()->problems[0].sentence, "metrics cannot be served at " + taken + ": another program has this port");
        other.close();
        QTRY_VERIFY_WITH_TIMEOUT(server->part()->address == taken, 30'000); // by itself
        QVERIFY(server->part()->problems[0].resolved);
        QCOMPARE(get(taken, "/healthz").status, 200);
    }

    void refusesAHostThatIsNotHere_data() {
        QTest::addColumn<QString>("address");
        QTest::newRow("a name") << "metrics.example:9464";
        QTest::newRow("an address of another machine") << "192.0.2.1:9464";
    }
    void refusesAHostThatIsNotHere() {
        QFETCH(QString, address);
        const auto server = serverOf(busy());
        server->apply(at(address.toStdString()));
        QVERIFY(server->part()->address.empty());
        QVERIFY(
            QString::fromStdString(server->part()->problems.at(0).sentence).startsWith("metrics cannot be served at " + address + ": "));
    }

    void movesAndEnds() {
        const auto server = serverOf(busy());
        server->apply(at("127.0.0.1:0"));
        const std::string first = server->part()->address;
        server->apply(at("127.0.0.1:0")); // nothing new: it stays
        QCOMPARE(server->part()->address, first);
        server->apply(at("localhost:0"));
        const std::string second = server->part()->address;
        QVERIFY(get(second, "/healthz").status == 200);
        QCOMPARE(get(first, "/healthz").status, 0);
        server->apply({});
        QVERIFY(server->part()->address.empty());
        QCOMPARE(get(second, "/healthz").status, 0);
    }

    void namesTheStageThatFailed() {
        Snapshot s = busy();
        QCOMPARE(failedStages(s), std::string());
        auto batch = *s.batch;
        batch.stage.state = StageState::Failed;
        batch.stage.detail = "cannot write store.sqlite";
        s.batch = std::make_shared<BatchPart>(batch);
        QCOMPARE(failedStages(s), std::string("the stage batch has failed: cannot write store.sqlite"));
    }
};

QTEST_GUILESS_MAIN(TestMetrics)
#include "tst_metrics.moc"
