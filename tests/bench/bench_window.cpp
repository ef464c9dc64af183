// What the window costs: five charts (or all of it) over made-up snapshots at 10 Hz, without a pipeline beside them; and how long the
// program takes to its first picture, looked at from outside.
//   bench_window charts|window [SECONDS]
//   bench_window start PROGRAM [ROUNDS]
#include <QApplication>
#include <QDateTime>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QProcess>
#include <QScreen>
#include <QThread>
#include <QTemporaryDir>
#include <QTimer>
#include <QWindow>

#include "ui/shell/main_window.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace sg;

namespace {

constexpr std::int64_t kSpan = 300;
constexpr std::uint64_t kRate = 12'500;
constexpr int kFrameMs = 100;

double cpuSeconds(int who) {
    rusage usage{};
    getrusage(who, &usage);
    const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double megabytes(const char* what) {
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly)) return -1;
    for (const QByteArray& line : status.readAll().split('\n'))
        if (line.startsWith(what)) return static_cast<double>(line.simplified().split(' ').value(1).toLongLong()) / 1024;
    return -1;
}

/// What a run of 12,500 lines/s would say: a window of 300 points, 100 batches, 50 URLs that change places.
class Player {
public:
    std::shared_ptr<const Snapshot> frame(qint64 nowMs) {
        const std::int64_t second = nowMs / 1000;
        auto snapshot = std::make_shared<Snapshot>();
        snapshot->taken.ns = nowMs * 1'000'000;
        auto generator = std::make_shared<GeneratorPart>();
        generator->stage.state = StageState::Running;
        generator->targetRate = static_cast<double>(kRate);
        generator->lines = static_cast<std::uint64_t>(nowMs - m_begin) * kRate / 1000;
        generator->bytes = generator->lines * 230;
        snapshot->generator = generator;
        auto splitter = std::make_shared<SplitterPart>();
        splitter->stage.state = StageState::Running;
        splitter->lines = splitter->split = generator->lines;
        splitter->chunks = generator->lines / 1000;
        snapshot->splitter = splitter;
        if (second != m_second) {
            m_second = second;
            commit(nowMs);
        }
        snapshot->batch = m_batch;
        snapshot->window = m_window;
        snapshot->ledger.lines = snapshot->ledger.split = snapshot->ledger.planned = snapshot->ledger.committed = snapshot->ledger.parsed =
            snapshot->ledger.notRequested = m_lines;
        return snapshot;
    }
    void begin(qint64 nowMs) { m_begin = nowMs - kSpan * 1000; }

private:
    [[nodiscard]] std::uint64_t linesOf(std::int64_t second) const {
        return kRate + static_cast<std::uint64_t>(1500 + 1500 * std::sin(static_cast<double>(second) / 20)) + static_cast<std::uint64_t>(second * 7919 % 300);
    }
    void commit(qint64 nowMs) {
        auto batch = std::make_shared<BatchPart>();
        if (m_batch) *batch = *m_batch;
        batch->stage.state = StageState::Running;
        batch->interval = Milliseconds(1000);
        BatchProgress progress;
        progress.id.value = ++batch->batches;
        progress.planned.ns = nowMs * 1'000'000;
        progress.oldestArrival.ns = (nowMs - 600) * 1'000'000;
        progress.lines = progress.parsed = linesOf(m_second);
        progress.chunks = 12;
        progress.triggerMs = 180 + static_cast<double>(m_second * 7919 % 160);
        progress.totalDelayMs = progress.triggerMs;
        progress.inputRowsPerSecond = static_cast<double>(progress.lines);
        progress.processedRowsPerSecond = static_cast<double>(progress.lines) / progress.triggerMs * 1000;
        batch->current = progress;
        batch->recent.push_back(progress);
        if (batch->recent.size() > 100) batch->recent.erase(batch->recent.begin());
        m_lines += progress.lines;
        batch->totals.parsed = m_lines;
        batch->totals.first.ns = m_begin * 1'000'000;
        m_batch = batch;

        auto window = std::make_shared<WindowPart>();
        window->to = m_second;
        window->from = window->to - kSpan;
        for (std::int64_t at = window->from; at < window->to; ++at) {
            WindowPoint point;
            point.second = at;
            const std::uint64_t lines = linesOf(at);
            point.byClass = {0, lines * 86 / 100, lines * 6 / 100, lines * 6 / 100, lines * 2 / 100 + lines * static_cast<std::uint64_t>(at % 60 < 5 ? 8 : 0) / 100, 0};
            point.bytes = lines * 7700;
            const auto ripple = static_cast<float>(at * 7919 % 17);
            point.p50Ms = 38 + ripple / 4;
            point.p95Ms = 180 + ripple;
            point.p99Ms = 420 + 2 * ripple;
            window->points.push_back(point);
            for (std::size_t i = 0; i < 6; ++i) window->now.byClass[i] += point.byClass[i];
            window->now.lines += point.lines();
            window->now.bytes += point.bytes;
        }
        window->now.errors = window->now.byClass[3] + window->now.byClass[4];
        window->now.p50Ms = 40;
        window->now.p95Ms = 184;
        window->now.p99Ms = 430;
        window->now.visitors = 31'204;
        window->before = window->now;
        for (int i = 0; i < 50; ++i) {
            TopEntry entry;
            entry.key = "/product/" + std::to_string(1000 + i);
            entry.count = static_cast<std::uint64_t>(60'000 / (i + 1)) + static_cast<std::uint64_t>((m_second * (i + 3)) % 37) * 40;
            entry.bytes = entry.count * 7700;
            entry.errors = entry.count / 50;
            window->urls.entries.push_back(entry);
        }
        std::sort(window->urls.entries.begin(), window->urls.entries.end(),
                  [](const TopEntry& a, const TopEntry& b) { return a.count > b.count; });
        m_window = window;
    }

    qint64 m_begin = 0;
    std::int64_t m_second = 0;
    std::uint64_t m_lines = 0;
    std::shared_ptr<BatchPart> m_batch;
    std::shared_ptr<WindowPart> m_window;
};

/// Not by QApplication::quit, which closes the window.
void runFor(int ms) {
    QEventLoop loop;
    QTimer::singleShot(ms, &loop, &QEventLoop::quit);
    loop.exec();
}

int measure(bool whole, double seconds) {
    QTemporaryDir folder;
    Appearance appearance;
    appearance.setTheme(Theme::Dark);
    appearance.applyTo(*qApp);
    WindowSettings settings(folder.filePath(QStringLiteral("window.conf")));
    PipelineOptions options;
    options.dataDirectory = folder.filePath(QStringLiteral("data")).toStdString();
    options.generate = true;
    Session session(options, Tuning());
    Feed feed(session);
    TuningModel tuning(feed);
    std::unique_ptr<QWidget> shown;
    if (whole) {
        shown = std::make_unique<MainWindow>(feed, tuning, appearance, settings);
        shown->resize(1600, 1000);
    } else {
        shown = std::make_unique<ChartArea>(ChartContext{feed, appearance});
        shown->resize(1600, 1000);
    }
    shown->show();

    Player player;
    const qint64 begin = QDateTime::currentMSecsSinceEpoch();
    player.begin(begin);
    // The five minutes before, so that the charts are full from the first frame on.
    for (qint64 ms = begin - kSpan * 1000; ms < begin; ms += 1000) feed.inject(player.frame(ms), ms);
    QTimer frames, beat;
    frames.setTimerType(Qt::PreciseTimer);
    beat.setTimerType(Qt::PreciseTimer);
    double made = 0; // the player's own share
    QObject::connect(&frames, &QTimer::timeout, [&] {
        const qint64 now = QDateTime::currentMSecsSinceEpoch();
        const double before = cpuSeconds(RUSAGE_THREAD);
        const auto snapshot = player.frame(now);
        made += cpuSeconds(RUSAGE_THREAD) - before;
        feed.inject(snapshot, now);
    });
    frames.start(kFrameMs);
    runFor(2000);

    QElapsedTimer since, all;
    qint64 longest = 0;
    std::vector<qint64> stalls;
    QObject::connect(&beat, &QTimer::timeout, [&] {
        const qint64 gap = since.restart();
        longest = std::max(longest, gap);
        stalls.push_back(gap);
    });
    // Half of the time without the beat, which costs something itself.
    made = 0;
    double thread = cpuSeconds(RUSAGE_THREAD), process = cpuSeconds(RUSAGE_SELF);
    all.start();
    runFor(static_cast<int>(seconds * 1000));
    const double span = static_cast<double>(all.elapsed()) / 1000;
    thread = cpuSeconds(RUSAGE_THREAD) - thread - made;
    process = cpuSeconds(RUSAGE_SELF) - process - made;
    since.start();
    beat.start(1);
    runFor(static_cast<int>(seconds * 1000));
    if (!shown->isVisible() || shown->windowHandle() == nullptr || !shown->windowHandle()->isExposed()) {
        std::fputs("the window was not on the screen: nothing was measured\n", stderr);
        return 1;
    }
    std::sort(stalls.begin(), stalls.end());
    const qint64 rare = stalls.empty() ? 0 : stalls[stalls.size() * 999 / 1000];
    std::printf("%s: %.1f %% of a core (window's thread %.1f %%); longest stall %lld ms, 999 of 1000 below %lld ms; %.0f MB resident, %.0f of them its own\n",
                whole ? "whole window, 1600x1000" : "five charts, 1600x1000", process / span * 100, thread / span * 100,
                static_cast<long long>(longest), static_cast<long long>(rare), megabytes("VmRSS:"), megabytes("RssAnon:"));
    return 0;
}

/// From the start of the program until the middle of the screen has another colour.
int firstPicture(const QString& program, int rounds) {
    QTemporaryDir folder;
    std::vector<qint64> times;
    for (int round = 0; round <= rounds; ++round) {
        QScreen* screen = QGuiApplication::primaryScreen();
        const QPoint middle = screen->geometry().center();
        const auto colour = [&] { return screen->grabWindow(0, middle.x(), middle.y(), 1, 1).toImage().pixel(0, 0); };
        const QRgb before = colour();
        QProcess process;
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        QElapsedTimer since;
        since.start();
        process.start(program, {QStringLiteral("--data"), folder.filePath(QString::number(round)), QStringLiteral("--settings"),
                                folder.filePath(QStringLiteral("window.conf")), QStringLiteral("--theme"), QStringLiteral("light"), QStringLiteral("--start")});
        while (colour() == before && since.elapsed() < 20'000) QThread::msleep(2);
        const qint64 took = since.elapsed();
        process.terminate();
        process.waitForFinished(30'000);
        while (colour() != before && since.elapsed() < 40'000) QThread::msleep(20);
        if (round > 0) times.push_back(took); // the first fills the disk's cache
    }
    std::sort(times.begin(), times.end());
    std::printf("first picture after %lld ms (median of %zu; %lld to %lld)\n", static_cast<long long>(times[times.size() / 2]), times.size(),
                static_cast<long long>(times.front()), static_cast<long long>(times.back()));
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const QStringList words = QCoreApplication::arguments();
    if (words.value(1) == QLatin1String("start") && words.size() > 2) return firstPicture(words[2], std::max(1, words.value(3, QStringLiteral("9")).toInt()));
    if (words.value(1) == QLatin1String("charts") || words.value(1) == QLatin1String("window"))
        return measure(words[1] == QLatin1String("window"), std::max(1.0, words.value(2, QStringLiteral("20")).toDouble()));
    std::fputs("bench_window charts|window [SECONDS] | start PROGRAM [ROUNDS]\n", stderr);
    return 2;
}
