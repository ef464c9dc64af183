// From the moment a line is written to the log until a search finds its document: the command line with --low-latency, a real Elasticsearch,
// real searches. The server was started for it and is warmed by the same traffic first: a cold Elasticsearch on two cores takes seconds
// for a body, and what piles up then would be measured. Usage: bench_searchable [LINES_A_SECOND [SECONDS [WARM_UP_SECONDS]]]
#include "tests/servers/elasticsearch_server.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace sg;

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
constexpr std::chrono::milliseconds kTick{2};
constexpr int kProbesPerSecond = 50;
constexpr std::chrono::milliseconds kSearchPause{20};

/// Lines whose documents are looked for, by the number in their path; written by one thread, found by another.
class Probes {
public:
    void written(int number, SteadyTime at) {
        const std::lock_guard lock(m_mutex);
        m_waiting[number] = at;
    }
    std::map<int, SteadyTime> waiting() {
        const std::lock_guard lock(m_mutex);
        return m_waiting;
    }
    void found(int number) {
        const std::lock_guard lock(m_mutex);
        m_waiting.erase(number);
    }

private:
    std::mutex m_mutex;
    std::map<int, SteadyTime> m_waiting;
};

void writeLines(const std::string& path, int perSecond, std::chrono::seconds duration, Probes& probes) {
    const int file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    const SteadyTime begin = std::chrono::steady_clock::now();
    long written = 0;
    int probe = 0;
    const int every = std::max(1, perSecond / kProbesPerSecond);
    for (SteadyTime next = begin; next < begin + duration; next += kTick) {
        std::this_thread::sleep_until(next);
        const long target = perSecond * std::chrono::duration_cast<std::chrono::milliseconds>(next - begin).count() / 1000;
        std::string lines;
        std::vector<int> probed;
        char stamp[40];
        const std::time_t now = std::time(nullptr);
        std::tm parts{};
        ::gmtime_r(&now, &parts);
        std::strftime(stamp, sizeof stamp, "%d/%b/%Y:%H:%M:%S +0000", &parts);
        for (; written < target; ++written) {
            const bool isProbe = written % every == 0;
            if (isProbe) probed.push_back(++probe);
            lines += "203.0.113." + std::to_string(written % 250) + " - - [" + stamp + "] \"GET " +
                     (isProbe ? "/probe/" + std::to_string(probe) : "/p/" + std::to_string(written % 997)) +
                     " HTTP/1.1\" 200 1234 \"-\" \"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\"\n";
        }
        const SteadyTime at = std::chrono::steady_clock::now(); // before: the time of the write itself counts
        if (lines.empty() || ::write(file, lines.data(), lines.size()) < 0) continue;
        for (const int number : probed) probes.written(number, at);
    }
    ::close(file);
}

} // namespace

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    const int perSecond = argc > 1 ? std::atoi(argv[1]) : 5000;
    const std::chrono::seconds measured{argc > 2 ? std::atoi(argv[2]) : 40};
    const std::chrono::seconds warmUp{argc > 3 ? std::atoi(argv[3]) : 45};
    const std::chrono::seconds duration = warmUp + measured;
    ElasticsearchServer server;
    if (!server.start()) {
        std::fprintf(stderr, "no Elasticsearch: %s\n", qPrintable(server.why()));
        return 1;
    }
    QTemporaryDir folder;
    const QString log = folder.filePath("access.log");
    QProcess pipeline;
    pipeline.setProcessChannelMode(QProcess::MergedChannels);
    pipeline.setStandardOutputFile(folder.filePath("said"));
    pipeline.start(QStringLiteral(SG_CLI), {"run", "--data", folder.filePath("data"), "--follow", log, "--format", "combined", "--low-latency",
                                            "--elasticsearch", QString::fromStdString(server.url()), "--plain"});
    if (!pipeline.waitForStarted()) return 1;
    Probes probes;
    const SteadyTime begin = std::chrono::steady_clock::now();
    std::atomic<bool> ended = false;
    std::jthread writer([&] {
        writeLines(log.toStdString(), perSecond, duration, probes);
        ended = true;
    });
    std::vector<double> seconds;
    std::map<long, double> worst; // of each five seconds of writing, the warm-up too
    long searches = 0;
    SteadyTime patience = SteadyTime::max();
    while (std::chrono::steady_clock::now() < patience) {
        const std::map<int, SteadyTime> waiting = probes.waiting();
        if (ended && waiting.empty()) break;
        if (ended && patience == SteadyTime::max()) patience = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        QJsonArray paths;
        for (const auto& [number, at] : waiting) paths.append("/probe/" + QString::number(number));
        const QJsonObject query{{"size", 10'000},
                                {"_source", false},
                                {"docvalue_fields", QJsonArray{"url.path"}},
                                {"query", QJsonObject{{"terms", QJsonObject{{"url.path", paths}}}}}};
        const auto answer = server.request("POST", "/streamgauge-access-*/_search", QJsonDocument(query).toJson());
        const SteadyTime now = std::chrono::steady_clock::now();
        ++searches;
        for (const QJsonValue hit : QJsonDocument::fromJson(answer.body)["hits"]["hits"].toArray()) {
            const int number = hit["fields"]["url.path"][0].toString().mid(7).toInt();
            const auto at = waiting.find(number);
            if (at == waiting.end()) continue;
            const double took = std::chrono::duration<double>(now - at->second).count();
            double& longest = worst[std::chrono::duration_cast<std::chrono::seconds>(at->second - begin).count() / 5 * 5];
            longest = std::max(longest, took);
            if (at->second >= begin + warmUp) seconds.push_back(took);
            probes.found(number);
        }
        std::this_thread::sleep_for(kSearchPause);
    }
    const std::size_t lost = probes.waiting().size();
    pipeline.terminate();
    pipeline.waitForFinished(60'000);
    std::sort(seconds.begin(), seconds.end());
    if (seconds.empty()) {
        std::fprintf(stderr, "no line was found\n");
        return 1;
    }
    const auto at = [&](double share) { return seconds[std::min(seconds.size() - 1, static_cast<std::size_t>(share * static_cast<double>(seconds.size())))]; };
    std::printf("%d lines/s for %lld s: of %zu lines looked for by %ld searches, found after p50 %.3f s, p95 %.3f s, p99 %.3f s, at most %.3f s; "
                "%zu not found\n",
                perSecond, static_cast<long long>(measured.count()), seconds.size(), searches, at(0.5), at(0.95), at(0.99), seconds.back(), lost);
    std::printf("the longest of each five seconds, from the first line on:");
    for (const auto& [from, longest] : worst) std::printf(" %.2f", longest);
    std::printf(" s\n");
    return lost == 0 ? 0 : 1;
}
