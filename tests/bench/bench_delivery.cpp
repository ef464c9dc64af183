// Delivery against a blind loader of the same bodies: a real Elasticsearch, alternating rounds, the first pair dropped.
// Usage: bench_delivery [BATCHES [LINES_A_BATCH [ROUNDS]]]
#include "core/elastic/template.h"
#include "core/pipeline/qt_transport.h"
#include "tests/servers/elasticsearch_server.h"
#include "tests/support/delivery_bench.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

using namespace sg;

namespace {

/// Passes everything on and keeps the bulk bodies; starts the watch with the first of them: the loader's templates are put before, too.
class RecordingTransport final : public Transport {
public:
    RecordingTransport(std::unique_ptr<Transport> inner, std::vector<HttpRequest>& bulks, QElapsedTimer& watch)
        : m_inner(std::move(inner)), m_bulks(bulks), m_watch(watch) {}
    void send(HttpRequest request, Answer answer) override {
        if (request.path.starts_with("/_bulk") && !m_watch.isValid()) m_watch.start();
        // Not the dead letters: the loader has none.
        if (request.path.starts_with("/_bulk") && request.body.find("-deadletters-") > request.body.find('\n')) m_bulks.push_back(request);
        m_inner->send(std::move(request), std::move(answer));
    }

private:
    std::unique_ptr<Transport> m_inner;
    std::vector<HttpRequest>& m_bulks;
    QElapsedTimer& m_watch;
};

std::string makePrefix(int round, char kind) {
    char text[32];
    std::snprintf(text, sizeof text, "bench-%c%03d", kind, round);
    return text;
}

/// Delivers the backlog from its chunks; returns seconds, and the bodies that left.
double deliver(const std::string& url, const std::string& prefix, int batches, int lines, std::vector<HttpRequest>& bulks) {
    QElapsedTimer timer;
    test::DeliveryBench bench("benchbnc", url, prefix, [&](const std::string& address) -> std::unique_ptr<Transport> {
        return std::make_unique<RecordingTransport>(makeQtTransport(address, {}, "benchbnc"), bulks, timer);
    });
    for (int i = 0; i < batches; ++i) bench.addBatch(lines);
    bench.useSystemClock();
    QEventLoop loop;
    QTimer wake;
    wake.setSingleShot(true);
    QObject::connect(&wake, &QTimer::timeout, &wake, [] {});
    while (true) {
        const Milliseconds wait = bench.pump();
        if (bench.deliverer->idle() && bench.ledger().undelivered == 0) break;
        wake.start(std::min(wait, Milliseconds(50)));
        loop.processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
    }
    return static_cast<double>(timer.nsecsElapsed()) / 1e9;
}

/// Posts prepared bodies, two in flight, and looks at no answer but its status.
double load(const std::string& url, const std::vector<HttpRequest>& bulks) {
    const auto transport = makeQtTransport(url, {}, "loader");
    QEventLoop loop;
    std::size_t next = 0, done = 0;
    std::function<void()> post = [&] {
        if (next >= bulks.size()) return;
        transport->send(bulks[next++], [&](HttpResponse response) {
            if (response.status != 200) std::fprintf(stderr, "the loader got %d\n", response.status);
            ++done;
            post();
        });
    };
    QElapsedTimer timer;
    timer.start();
    post();
    post();
    while (done < bulks.size()) loop.processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents);
    return static_cast<double>(timer.nsecsElapsed()) / 1e9;
}

/// The same body for another index of a name of the same length.
std::vector<HttpRequest> renamed(std::vector<HttpRequest> bulks, const std::string& from, const std::string& to) {
    for (HttpRequest& bulk : bulks)
        for (auto at = bulk.body.find(from); at != std::string::npos; at = bulk.body.find(from, at + to.size()))
            bulk.body.replace(at, to.size(), to);
    return bulks;
}

} // namespace

int main(int argc, char** argv) {
    QCoreApplication application(argc, argv);
    const int batches = argc > 1 ? std::atoi(argv[1]) : 10;
    const int lines = argc > 2 ? std::atoi(argv[2]) : 20'000;
    const int rounds = argc > 3 ? std::atoi(argv[3]) : 4;
    ElasticsearchServer server;
    if (!server.start()) {
        std::fprintf(stderr, "no Elasticsearch: %s\n", qPrintable(server.why()));
        return 1;
    }
    std::vector<double> ratios;
    std::printf("%d documents a round\n%5s %14s %14s %8s\n", batches * lines, "round", "delivery/s", "loader/s", "ratio");
    std::vector<HttpRequest> recorded; // of the round before: the same documents every time
    std::string recordedPrefix;
    for (int round = 0; round < rounds; ++round) {
        std::vector<HttpRequest> bulks;
        const std::string own = makePrefix(round, 'a');
        const std::string blind = makePrefix(round, 'b');
        double delivered = 0, loaded = 0;
        // The loader's index gets the same mapping: an index that guesses its fields is slower.
        for (const ServerObject& each : indexTemplates(blind, {}))
            if (const auto put = server.request("PUT", QString::fromStdString(each.path), QByteArray::fromStdString(each.body));
                put.status != 200) {
                std::fprintf(stderr, "the template was refused: %s\n", put.body.constData());
                return 1;
            }
        // Who goes second meets the merges that the first one left: they take turns.
        const bool loaderFirst = round % 2 == 1;
        if (loaderFirst) loaded = load(server.url(), renamed(recorded, recordedPrefix + "-access", blind + "-access"));
        delivered = deliver(server.url(), own, batches, lines, bulks);
        if (!loaderFirst) loaded = load(server.url(), renamed(bulks, own + "-access", blind + "-access"));
        recorded = std::move(bulks);
        recordedPrefix = own;
        const double documents = batches * lines;
        const double ratio = loaded / delivered;
        std::printf("%5d %14.0f %14.0f %8.2f%s\n", round, documents / delivered, documents / loaded, ratio,
                    round == 0 ? "  (dropped)" : "");
        std::fflush(stdout);
        if (round > 0) ratios.push_back(ratio);
        static_cast<void>(server.request("DELETE", "/bench-*"));
    }
    std::sort(ratios.begin(), ratios.end());
    if (!ratios.empty()) std::printf("delivery reaches %.0f %% of the blind loader (median)\n", ratios[ratios.size() / 2] * 100);
    return 0;
}
