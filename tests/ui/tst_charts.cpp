// The charts by themselves, over snapshots that the test makes: what they draw, when they draw it, what a hand does to them.
#include <QAbstractButton>
#include <QApplication>
#include <QBoxLayout>
#include <QChart>
#include <QChartView>
#include <QGraphicsView>
#include <QImage>
#include <QLineSeries>
#include <QMouseEvent>
#include <QPainter>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QWheelEvent>

#include "ui/charts/charts.h"
#include "ui/charts/list_chart.h"
#include "ui/charts/time_chart.h"

#include <algorithm>
#include <map>
#include <memory>

using namespace sg;

namespace {

constexpr qint64 kNow = 1'700'000'400'000; // whole minutes: every step of a window begins there
constexpr std::int64_t kNowSecond = kNow / 1000;

WindowPoint pointAt(std::int64_t second, std::uint64_t lines) {
    WindowPoint point;
    point.second = second;
    point.byClass[1] = lines - lines / 10;
    point.byClass[3] = lines / 10;
    point.bytes = lines * 500;
    point.p50Ms = 20;
    point.p95Ms = 180;
    point.p99Ms = 700;
    return point;
}

/// [from, to) in steps, each of `lines`; `missing` has no data.
std::shared_ptr<WindowPart> windowOf(std::int64_t from, std::int64_t to, std::int64_t step, std::int64_t missing = 0) {
    auto window = std::make_shared<WindowPart>();
    window->from = from;
    window->to = to;
    window->stepSeconds = step;
    for (std::int64_t second = from; second + step <= to; second += step)
        if (second != missing) window->points.push_back(pointAt(second, 1000 * static_cast<std::uint64_t>(step)));
    for (const WindowPoint& point : window->points) {
        window->now.lines += point.lines();
        for (std::size_t i = 0; i < point.byClass.size(); ++i) window->now.byClass[i] += point.byClass[i];
    }
    window->now.p50Ms = 20;
    window->now.p95Ms = 180;
    window->now.p99Ms = 700;
    for (std::uint64_t i = 0; i < 50; ++i) window->urls.entries.push_back({"/page/" + std::to_string(i), 5000 - i * 10, 9000, i, 0});
    return window;
}

std::shared_ptr<Snapshot> snapshotOf(std::shared_ptr<const WindowPart> window, std::uint64_t lines, std::uint64_t batches) {
    auto snapshot = std::make_shared<Snapshot>();
    GeneratorPart generator;
    generator.lines = lines;
    snapshot->generator = std::make_shared<const GeneratorPart>(generator);
    BatchPart batch;
    batch.interval = Milliseconds(1000);
    batch.batches = batches;
    for (std::uint64_t id = 1; id <= std::min<std::uint64_t>(batches, 100); ++id) {
        BatchProgress progress;
        progress.id.value = id;
        progress.triggerMs = 120;
        batch.recent.push_back(progress);
    }
    snapshot->batch = std::make_shared<const BatchPart>(batch);
    snapshot->window = std::move(window);
    return snapshot;
}

/// How often each widget was painted.
class PaintCount : public QObject {
public:
    bool eventFilter(QObject* watched, QEvent* event) override {
        if (event->type() == QEvent::Paint) ++m_counts[watched];
        return false;
    }
    void watch(ChartCard& card) {
        card.installEventFilter(this);
        for (QGraphicsView* view : card.findChildren<QGraphicsView*>()) view->viewport()->installEventFilter(this);
    }
    [[nodiscard]] int of(ChartCard& card) {
        int most = m_counts[&card];
        for (QGraphicsView* view : card.findChildren<QGraphicsView*>()) most = std::max(most, m_counts[view->viewport()]);
        return most;
    }
    void clear() { m_counts.clear(); }

private:
    std::map<QObject*, int> m_counts;
};

/// All that was asked for by now is painted, and what that asked for as well.
void settle() {
    for (int i = 0; i < 4; ++i) {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }
}

struct Stand {
    QTemporaryDir folder;
    Appearance appearance;
    Session session;
    Feed feed;
    QWidget window;
    std::map<QString, ChartCard*> charts;

    explicit Stand(const QStringList& ids) : session(options(folder), Tuning{}), feed(session) {
        appearance.setTheme(Theme::Dark);
        auto* row = new QHBoxLayout(&window);
        for (const ChartKind& kind : chartKinds())
            if (ids.contains(QLatin1String(kind.id))) {
                ChartCard* card = kind.make({feed, appearance, nullptr}, &window);
                row->addWidget(card);
                charts[QLatin1String(kind.id)] = card;
            }
        window.resize(1400, 420);
    }
    static PipelineOptions options(const QTemporaryDir& folder) {
        PipelineOptions options;
        options.dataDirectory = folder.filePath("data").toStdString();
        return options;
    }
    void show() {
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        window.activateWindow();
        settle();
    }
    [[nodiscard]] TimeChart& time(const char* id) { return *dynamic_cast<TimeChart*>(charts.at(QLatin1String(id))); }
};

QStringList timeCharts() {
    return {QStringLiteral("throughput"), QStringLiteral("status"), QStringLiteral("response-time"), QStringLiteral("bytes")};
}

} // namespace

class TestCharts : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void keepsEachSeriesToItsPoints_data() {
        QTest::addColumn<qint64>("span");
        QTest::addColumn<qint64>("step");
        QTest::newRow("ten seconds") << qint64{10} << qint64{1};
        QTest::newRow("five minutes") << qint64{300} << qint64{1};
        QTest::newRow("a zoom of 17 minutes and 13 seconds") << qint64{1033} << qint64{5};
        QTest::newRow("an hour") << qint64{3600} << qint64{15};
        QTest::newRow("six hours") << qint64{21'600} << qint64{120};
        QTest::newRow("a day") << qint64{86'400} << qint64{300};
    }
    void keepsEachSeriesToItsPoints() {
        QFETCH(qint64, span);
        QFETCH(qint64, step);
        Stand stand(timeCharts());
        for (qint64 second = std::min<qint64>(span, 7200); second >= 0; --second)
            stand.feed.inject(snapshotOf(nullptr, static_cast<std::uint64_t>(7200 - second) * 1000, 0), kNow - second * 1000);
        stand.feed.range().setFixed(kNow - span * 1000, kNow);
        stand.feed.inject(snapshotOf(windowOf(kNowSecond - span, kNowSecond, step), 7'200'000, 1), kNow);
        for (const auto& [id, card] : stand.charts) {
            card->refresh();
            for (const Trace& trace : dynamic_cast<TimeChart*>(card)->traces()) {
                if (!trace.offered || trace.name == QStringLiteral("indexed")) continue;
                QVERIFY2(!trace.points.isEmpty(), qPrintable(id + trace.name));
                QVERIFY2(trace.points.size() <= kMostPoints, qPrintable(id + trace.name));
                QVERIFY(trace.points.front().x() >= static_cast<double>(kNow - span * 1000));
                QVERIFY(trace.points.back().x() <= static_cast<double>(kNow));
            }
        }
    }
    void drawsWhatStandsBesideTheWindowInItsSteps() {
        // A stream of two minutes in a range of an hour: the window has steps of 15 s, and so have the others.
        Stand stand({QStringLiteral("throughput")});
        for (qint64 second = 120; second >= 0; --second)
            stand.feed.inject(snapshotOf(nullptr, static_cast<std::uint64_t>(120 - second) * 1000, 0), kNow - second * 1000);
        stand.feed.inject(snapshotOf(windowOf(kNowSecond - 120, kNowSecond, 15), 120'000, 1), kNow);
        TimeChart& chart = stand.time("throughput");
        chart.refresh();
        const Trace &generated = chart.traces()[0], &processed = chart.traces()[1];
        QCOMPARE(generated.stepMs, processed.stepMs);
        QVERIFY(generated.points.size() > 3);
        for (const QPointF& point : generated.points)
            QVERIFY2(std::any_of(processed.points.begin(), processed.points.end(), [&](const QPointF& p) { return p.x() == point.x(); }),
                     qPrintable(QString::number(point.x())));
    }
    void leavesASecondWithoutDataOutOfALogAxis() {
        Stand stand(timeCharts());
        const std::int64_t missing = kNowSecond - 30;
        stand.feed.range().setFixed(kNow - 60'000, kNow);
        stand.feed.inject(snapshotOf(windowOf(kNowSecond - 60, kNowSecond, 1, missing), 0, 1), kNow);
        for (const char* id : {"throughput", "response-time", "bytes"}) {
            TimeChart& chart = stand.time(id);
            chart.setLogScale(true);
            chart.refresh();
            const Trace& trace = chart.traces()[1 % chart.traces().size()];
            QCOMPARE(trace.points.size(), 59);
            for (const QPointF& point : trace.points) {
                QVERIFY(point.y() > 0);
                QVERIFY(point.x() != static_cast<double>(missing * 1000 + 500));
            }
        }
    }
    void drawsAGapWhereThereIsNoData() {
        // The same chart with and without the seconds in the middle: only there the line is away.
        Stand stand({QStringLiteral("response-time")});
        TimeChart& chart = stand.time("response-time");
        chart.setSeriesShown(2, false); // its dashes begin anew behind the gap
        stand.feed.range().setFixed(kNow - 60'000, kNow);
        const auto picture = [&](std::int64_t from, std::int64_t to) {
            auto window = windowOf(kNowSecond - 60, kNowSecond, 1);
            std::erase_if(window->points, [&](const WindowPoint& point) { return point.second >= from && point.second < to; });
            stand.feed.inject(snapshotOf(window, 0, 1), kNow);
            chart.refresh();
            QImage image(chart.size(), QImage::Format_RGB32);
            QPainter painter(&image);
            chart.draw(painter, QRectF(QPointF(0, 0), QSizeF(chart.size())), darkPalette());
            return image;
        };
        const QImage whole = picture(0, 0), gap = picture(kNowSecond - 35, kNowSecond - 25);
        const QRect plot = chart.plotRect().toAlignedRect();
        const auto differs = [&](double share) {
            const int x = plot.left() + static_cast<int>(share * plot.width());
            for (int y = plot.top(); y < plot.bottom(); ++y)
                if (whole.pixel(x, y) != gap.pixel(x, y)) return true;
            return false;
        };
        QVERIFY(differs(0.5));
        QVERIFY(!differs(0.2));
        QVERIFY(!differs(0.8));
    }
    void tellsInItsTableExactlyThePointsThatItDraws() {
        Stand stand(timeCharts());
        stand.feed.range().setFixed(kNow - 60'000, kNow);
        stand.feed.inject(snapshotOf(windowOf(kNowSecond - 60, kNowSecond, 1, kNowSecond - 30), 0, 1), kNow);
        for (const auto& [id, card] : stand.charts) {
            card->refresh();
            const ChartTable table = card->table();
            int column = 0;
            for (const Trace& trace : dynamic_cast<TimeChart*>(card)->traces()) {
                if (!trace.shown || !trace.offered) continue;
                ++column;
                QVector<QPointF> told;
                for (const QVector<QVariant>& row : table.rows)
                    if (row[column].isValid())
                        told.append({static_cast<double>(row[0].toDateTime().toMSecsSinceEpoch()), row[column].toDouble()});
                QCOMPARE(told, trace.points);
            }
            QCOMPARE(table.columns.size(), column + 1);
        }
    }
    void tellsTheRowsOfAListThatItsPictureShows_data() {
        QTest::addColumn<QSize>("size");
        QTest::newRow("that was never shown") << QSize();
        QTest::newRow("that is low") << QSize(500, 200);
        QTest::newRow("that is high") << QSize(500, 900);
    }
    void tellsTheRowsOfAListThatItsPictureShows() {
        QFETCH(QSize, size);
        Stand stand({});
        const std::unique_ptr<ChartCard> card(makeTopUrls({stand.feed, stand.appearance, nullptr}, nullptr));
        auto* list = dynamic_cast<ListChart*>(card.get());
        if (size.isValid()) list->resize(size);
        stand.feed.inject(snapshotOf(windowOf(kNowSecond - 60, kNowSecond, 1), 0, 1), kNow);
        list->refresh();
        const qsizetype rows = list->table().rows.size();
        QCOMPARE(rows, static_cast<qsizetype>(list->shownRows()));
        QVERIFY(rows > 3 && rows < 50);
        // A larger picture shows no row that the table does not have: below the last one there is nothing.
        const auto inked = [&](int height) {
            QImage image(list->width(), height, QImage::Format_RGB32);
            QPainter painter(&image);
            list->draw(painter, QRectF(0, 0, list->width(), height), darkPalette());
            painter.end();
            int last = 0;
            for (int y = 0; y < height - 4; ++y)
                for (int x = 4; x < image.width() - 4; ++x)
                    if (image.pixelColor(x, y) != darkPalette().surface) last = y;
            return last;
        };
        QCOMPARE(inked(list->height() + 400), inked(list->height()));
    }
    void saysThatLinesCarryNoStatusInsteadOfCallingThemOthers() {
        Stand stand({QStringLiteral("status"), QStringLiteral("status-donut")});
        auto window = windowOf(kNowSecond - 60, kNowSecond, 1);
        for (WindowPoint& point : window->points) {
            point.byClass = {0, 0, 0, 0, 0, 1000};
            point.noStatus = 1000;
        }
        window->now.byClass = {0, 0, 0, 0, 0, window->now.lines};
        window->now.noStatus = window->now.lines;
        stand.feed.range().setFixed(kNow - 60'000, kNow);
        stand.feed.inject(snapshotOf(window, 60'000, 1), kNow);
        for (const auto& [id, card] : stand.charts) {
            card->refresh();
            QVERIFY2(card->table().rows.isEmpty(), qPrintable(id));
            QCOMPARE(card->sentence(), QStringLiteral("These lines carry no status codes."));
        }
        // Beside answers they change no share.
        auto both = std::make_shared<WindowPart>(*window);
        for (WindowPoint& point : both->points) point.byClass = {0, 30, 0, 10, 0, 1000};
        both->now.byClass = {0, 1800, 0, 600, 0, 60'000};
        both->now.lines = 62'400;
        stand.feed.inject(snapshotOf(both, 62'400, 2), kNow + 1000);
        for (const auto& [id, card] : stand.charts) card->refresh();
        QVERIFY2(stand.charts.at("status")->sentence().contains("2,400"), qPrintable(stand.charts.at("status")->sentence()));
        QVERIFY2(stand.charts.at("status-donut")->sentence().contains("25"), qPrintable(stand.charts.at("status-donut")->sentence()));
        for (const auto& row : stand.charts.at("status-donut")->table().rows) QVERIFY(row.front().toString() != QStringLiteral("other"));
    }
    void offersTheKeysWhileThereAreAny() {
        Stand stand({QStringLiteral("keys")});
        const auto offered = [&] {
            const auto& kinds = chartKinds();
            return std::any_of(kinds.begin(), kinds.end(),
                               [&](const ChartKind& kind) { return kind.id == std::string_view("keys") && isOffered(kind, stand.feed); });
        };
        auto window = windowOf(kNowSecond - 60, kNowSecond, 1);
        stand.feed.range().setFixed(kNow - 60'000, kNow);
        stand.feed.inject(snapshotOf(window, 60'000, 1), kNow);
        QVERIFY(!offered());
        auto keyed = std::make_shared<WindowPart>(*window);
        keyed->keys.entries = {{"greenhouse-4", 70, 0, 0, 0}, {"door", 9, 0, 0, 0}};
        stand.feed.inject(snapshotOf(keyed, 60'000, 2), kNow + 1000);
        QVERIFY(offered());
        stand.show();
        ChartCard* card = stand.charts.at("keys");
        card->refresh();
        QCOMPARE(card->table().rows.front().front().toString(), QStringLiteral("greenhouse-4"));
        QCOMPARE(card->sentence(), QStringLiteral("First is greenhouse-4: 70 lines."));
    }
    void isPaintedOnlyWhenItsOwnDataChanged() {
        Stand stand(timeCharts() + QStringList{QStringLiteral("top-urls"), QStringLiteral("micro-batches")});
        const auto window = windowOf(kNowSecond - 300, kNowSecond, 1);
        stand.feed.inject(snapshotOf(window, 1000, 1), kNow);
        stand.show();
        PaintCount paints;
        for (const auto& [id, card] : stand.charts) paints.watch(*card);
        const auto painted = [&] {
            settle();
            QStringList ids;
            for (const auto& [id, card] : stand.charts)
                for (int i = 0; i < paints.of(*card); ++i) ids << id;
            paints.clear();
            return ids;
        };
        painted();
        for (int i = 1; i < 9; ++i) { // frames of the same second, without a batch
            stand.feed.inject(snapshotOf(window, 1000, 1), kNow + i * 100);
            settle();
        }
        QCOMPARE(painted(), QStringList());
        stand.feed.inject(snapshotOf(window, 1000, 2), kNow + 900);
        QCOMPARE(painted(), QStringList(QStringLiteral("micro-batches")));
        stand.feed.inject(snapshotOf(window, 1000, 2), kNow + 1000); // the next second
        QCOMPARE(painted(), QStringList({QStringLiteral("bytes"), QStringLiteral("response-time"), QStringLiteral("status"),
                                         QStringLiteral("throughput")}));
        // A new window, a new second and a new batch in one frame: each chart once.
        stand.feed.inject(snapshotOf(windowOf(kNowSecond - 300, kNowSecond, 1), 1000, 3), kNow + 2000);
        QCOMPARE(painted().size(), static_cast<qsizetype>(stand.charts.size()));
    }
    void costsNothingWhileItIsHidden() {
        Stand stand(timeCharts());
        stand.show();
        TimeChart& chart = stand.time("response-time");
        chart.hide();
        settle();
        PaintCount paints;
        paints.watch(chart);
        stand.feed.inject(snapshotOf(windowOf(kNowSecond - 60, kNowSecond, 1), 0, 1), kNow);
        settle();
        QVERIFY(chart.traces()[1].points.isEmpty());
        QCOMPARE(paints.of(chart), 0);
        chart.show();
        settle();
        QVERIFY(!chart.traces()[1].points.isEmpty());
        QVERIFY(paints.of(chart) > 0);
    }
    void aDragChoosesTheRangeForAllAndZeroReturns() {
        Stand stand(timeCharts());
        stand.feed.inject(snapshotOf(windowOf(kNowSecond - 300, kNowSecond, 1), 0, 1), kNow);
        stand.show();
        TimeChart& chart = stand.time("throughput");
        const qint64 from = stand.feed.range().fromMs(), to = stand.feed.range().toMs();
        const QRectF plot = chart.plotRect();
        const auto at = [&](double share) { return QPointF(plot.left() + share * plot.width(), plot.center().y()).toPoint(); };
        QTest::mousePress(&chart, Qt::LeftButton, {}, at(0.25));
        QMouseEvent move(QEvent::MouseMove, at(0.75), chart.mapToGlobal(QPointF(at(0.75))), Qt::NoButton, Qt::LeftButton, {});
        QCoreApplication::sendEvent(&chart, &move);
        QTest::mouseRelease(&chart, Qt::LeftButton, {}, at(0.75));
        const TimeRange& range = stand.feed.range();
        QVERIFY(!range.isLive());
        const qint64 pixel = static_cast<qint64>(static_cast<double>(to - from) / plot.width()) + 1000; // and whole seconds
        QVERIFY(qAbs(range.fromMs() - (from + (to - from) / 4)) <= pixel);
        QVERIFY(qAbs(range.toMs() - (from + (to - from) * 3 / 4)) <= pixel);
        settle();
        for (const char* id : {"status", "response-time", "bytes"})
            for (const Trace& trace : stand.time(id).traces())
                for (const QPointF& point : trace.points)
                    QVERIFY(point.x() >= static_cast<double>(range.fromMs()) && point.x() <= static_cast<double>(range.toMs()));
        QTest::keyClick(&chart, Qt::Key_0);
        QVERIFY(range.isLive());
        // A click without a way is not a range.
        QTest::mouseClick(&chart, Qt::LeftButton, {}, at(0.5));
        QVERIFY(range.isLive());
    }
    void theWheelZoomsAroundTheMouse() {
        Stand stand({QStringLiteral("throughput")});
        stand.feed.inject(snapshotOf(windowOf(kNowSecond - 300, kNowSecond, 1), 0, 1), kNow);
        stand.show();
        TimeChart& chart = stand.time("throughput");
        const qint64 span = stand.feed.range().toMs() - stand.feed.range().fromMs();
        const auto turn = [&](int delta) {
            const QPointF at = chart.plotRect().center();
            QWheelEvent wheel(at, chart.mapToGlobal(at), {}, {0, delta}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(&chart, &wheel);
            settle();
            return stand.feed.range().toMs() - stand.feed.range().fromMs();
        };
        const qint64 closer = turn(120);
        QVERIFY(closer < span);
        QVERIFY(turn(-120) > closer);
    }
    void aClickInTheLegendHidesASeriesButNotTheLast() {
        Stand stand({QStringLiteral("response-time")});
        stand.feed.inject(snapshotOf(windowOf(kNowSecond - 300, kNowSecond, 1), 0, 1), kNow);
        stand.show();
        TimeChart& chart = stand.time("response-time");
        const auto click = [&](const char* name) {
            for (QAbstractButton* button : chart.findChildren<QAbstractButton*>())
                if (button->accessibleName() == QLatin1String(name)) QTest::mouseClick(button, Qt::LeftButton);
            settle();
        };
        click("p50");
        QVERIFY(!chart.traces()[0].shown);
        QCOMPARE(chart.table().columns.size(), 3);
        click("p99");
        click("p95");
        QVERIFY(chart.traces()[1].shown);
        click("p50");
        QVERIFY(chart.traces()[0].shown);
    }
    void theArrowKeysReachEveryTip_data() {
        QTest::addColumn<QString>("id");
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("last");
        QTest::newRow("rows") << "top-urls" << "/page/0" << QString();
        QTest::newRow("bars") << "micro-batches" << "Batch 1," << "Batch 7,";
        QTest::newRow("slices") << "status-donut" << "2xx" << "4xx";
    }
    void theArrowKeysReachEveryTip() {
        QFETCH(QString, id);
        QFETCH(QString, first);
        QFETCH(QString, last);
        Stand stand({id});
        stand.feed.inject(snapshotOf(windowOf(kNowSecond - 60, kNowSecond, 1), 0, 7), kNow);
        stand.show();
        ChartCard& chart = *stand.charts.at(id);
        chart.setFocus();
        const auto tip = [&]() -> const TipWidget* {
            auto* shown = stand.window.findChild<TipWidget*>();
            return shown != nullptr && shown->isVisible() ? shown : nullptr;
        };
        QVERIFY(tip() == nullptr);
        QTest::keyClick(&chart, Qt::Key_Home);
        QVERIFY(tip() != nullptr);
        QVERIFY2(chart.accessibleDescription().startsWith(first), qPrintable(chart.accessibleDescription()));
        QVERIFY(stand.window.rect().contains(tip()->geometry()));
        const QString before = chart.accessibleDescription();
        QTest::keyClick(&chart, Qt::Key_Right);
        QVERIFY(chart.accessibleDescription() != before);
        QTest::keyClick(&chart, Qt::Key_Left);
        QCOMPARE(chart.accessibleDescription(), before);
        QTest::keyClick(&chart, Qt::Key_End);
        QVERIFY2(chart.accessibleDescription().startsWith(last), qPrintable(chart.accessibleDescription()));
        QTest::keyClick(&chart, Qt::Key_Escape);
        QVERIFY(tip() == nullptr);
    }
    void agentsAreBrowsersSystemsOrBotsAgainstPeople() {
        Stand stand({QStringLiteral("agents")});
        auto window = windowOf(kNowSecond - 60, kNowSecond, 1);
        window->agents.entries = {{"Firefox", 40'000, 9, 1, 0}, {"Googlebot", 20'000, 9, 1, 0}};
        window->systems.entries = {{"Ubuntu", 35'000, 9, 1, 0}, {"iOS", 25'000, 9, 1, 0}};
        window->now.bots = 20'000;
        QCOMPARE(window->now.lines, std::uint64_t{60'000});
        stand.feed.inject(snapshotOf(window, 0, 1), kNow);
        auto& list = dynamic_cast<ListChart&>(*stand.charts.at(QStringLiteral("agents")));
        const auto first = [&] {
            list.refresh();
            return QString::fromStdString(list.entries().front().key) + QLatin1Char(' ') + QString::number(list.entries().front().count);
        };
        QCOMPARE(first(), QStringLiteral("Firefox 40000"));
        QVERIFY2(list.subtitle().contains("bots 33.33 %"), qPrintable(list.subtitle()));
        list.setAgentsBy(ListChart::AgentsBy::System);
        QCOMPARE(first(), QStringLiteral("Ubuntu 35000"));
        list.setAgentsBy(ListChart::AgentsBy::Bots);
        QCOMPARE(first(), QStringLiteral("People 40000"));
        QCOMPARE(list.table().columns.size(), 2);
        QVERIFY(list.sentence().contains("40,000 requests"));
    }
    void urlsCanBeRankedByTheirResponseTime() {
        Stand stand({QStringLiteral("top-urls")});
        auto window = windowOf(kNowSecond - 60, kNowSecond, 1);
        window->request.rank = RankBy::P95;
        window->urls.entries = {{"/slow", 50, 9, 1, 0, 900}, {"/fast", 5000, 9, 1, 0, 20}};
        stand.feed.inject(snapshotOf(window, 0, 1), kNow);
        auto& list = dynamic_cast<ListChart&>(*stand.charts.at(QStringLiteral("top-urls")));
        list.refresh();
        QVERIFY2(list.subtitle().contains("p95"), qPrintable(list.subtitle()));
        const ChartTable table = list.table();
        QCOMPARE(table.columns.back(), QStringLiteral("p95 (ms)"));
        QCOMPARE(table.rows.front().back().toDouble(), 900.0);
        // Where nothing is known the cell is empty.
        window = std::make_shared<WindowPart>(*window);
        window->urls.entries[0].p95Ms = -1;
        stand.feed.inject(snapshotOf(window, 0, 2), kNow + 100);
        list.refresh();
        QVERIFY(!list.table().rows.front().back().isValid());
    }
    void theMouseFindsTheSliceUnderIt() {
        Stand stand({QStringLiteral("status-donut")});
        stand.feed.inject(snapshotOf(windowOf(kNowSecond - 60, kNowSecond, 1), 0, 1), kNow);
        stand.show();
        ChartCard& chart = *stand.charts.at(QStringLiteral("status-donut"));
        chart.setFocus();
        const auto tip = [&] { return stand.window.findChild<TipWidget*>(); };
        // Over the whole card, its slices are found and nothing else.
        int hits = 0, misses = 0;
        for (int x = 0; x < chart.width(); x += 7)
            for (int y = 0; y < chart.height(); y += 7) {
                QTest::mouseMove(&chart, {x, y});
                settle();
                (tip() != nullptr && tip()->isVisible() ? hits : misses)++;
            }
        QVERIFY(hits > 20);
        QVERIFY(misses > hits);
    }
    void oneSlowBatchIsNotTheHeadroom() {
        Stand stand({QStringLiteral("micro-batches")});
        auto snapshot = snapshotOf(windowOf(kNowSecond - 60, kNowSecond, 1), 0, 10);
        auto batch = std::make_shared<BatchPart>(*snapshot->batch);
        batch->recent.back().triggerMs = 920; // nine took 120 ms
        snapshot->batch = batch;
        stand.feed.inject(snapshot, kNow);
        ChartCard& chart = *stand.charts.at(QStringLiteral("micro-batches"));
        chart.refresh();
        QVERIFY2(chart.subtitle().contains("headroom 80 %"), qPrintable(chart.subtitle()));
        // Behind, it says how long: 10 batches of 3,000 lines took 2 s of work, so 100,000 lines take 6.7 s when nothing comes.
        batch = std::make_shared<BatchPart>(*batch);
        batch->stage.state = StageState::Behind;
        for (BatchProgress& each : batch->recent) each.lines = 3000;
        snapshot = std::make_shared<Snapshot>(*snapshot);
        snapshot->batch = batch;
        snapshot->ledger.waiting = 100'000;
        stand.feed.inject(snapshot, kNow + 100);
        chart.refresh();
        QVERIFY2(chart.subtitle().contains("100,000 lines wait, about 6.67 s to clear"), qPrintable(chart.subtitle()));
    }
    void sparseDataIsAFewLinesAndNotHundreds() {
        Stand stand({QStringLiteral("response-time")});
        auto window = windowOf(kNowSecond - 300, kNowSecond, 1);
        std::erase_if(window->points, [](const WindowPoint& point) { return point.second % 3 != 0; });
        std::erase_if(window->points, [](const WindowPoint& point) { return point.second >= kNowSecond - 200 && point.second < kNowSecond - 150; });
        stand.feed.inject(snapshotOf(window, 0, 1), kNow);
        stand.show();
        TimeChart& chart = stand.time("response-time");
        auto* view = chart.findChild<QChartView*>();
        QVERIFY(view != nullptr);
        const auto series = view->chart()->series();
        QVERIFY2(series.size() <= 3 * 12, qPrintable(QString::number(series.size())));
        // The long one is still a gap: no line goes through its middle.
        const auto middle = static_cast<double>(kNowSecond - 175) * 1000;
        int through = 0, shown = 0;
        for (QAbstractSeries* each : series)
            if (auto* line = qobject_cast<QLineSeries*>(each); line != nullptr && line->isVisible() && line->count() > 0) {
                ++shown;
                if (line->at(0).x() < middle && line->at(line->count() - 1).x() > middle) ++through;
            }
        QVERIFY(shown >= 3);
        QCOMPARE(through, 0);
    }
    void everyRowOfTheThroughputHasAllItsSeries_data() {
        QTest::addColumn<qint64>("span");
        QTest::newRow("live, five minutes") << qint64{300};
        QTest::newRow("a range that no step divides") << qint64{437};
        QTest::newRow("half an hour and a bit") << qint64{1801};
    }
    void everyRowOfTheThroughputHasAllItsSeries() {
        QFETCH(qint64, span);
        Stand stand({QStringLiteral("throughput")});
        for (qint64 second = 2000; second >= 0; --second)
            stand.feed.inject(snapshotOf(nullptr, static_cast<std::uint64_t>(2000 - second) * 1000, 0), kNow - second * 1000);
        stand.feed.range().setFixed(kNow - span * 1000, kNow);
        std::int64_t step = 1;
        for (const std::int64_t each : {1, 2, 5, 10}) // as the engine chooses it
            if (span / (step = each) <= 300) break;
        const std::int64_t from = (kNowSecond - span + step - 1) / step * step;
        stand.feed.inject(snapshotOf(windowOf(from, kNowSecond, step), 2'000'000, 1), kNow);
        TimeChart& chart = stand.time("throughput");
        chart.refresh();
        const ChartTable table = chart.table();
        QVERIFY(table.rows.size() > 100);
        int lonely = 0;
        for (const QVector<QVariant>& row : table.rows) lonely += row[1].isValid() != row[2].isValid();
        QVERIFY2(lonely <= 1, qPrintable(QString::number(lonely))); // the step that is not complete yet
    }
    void aDoubleClickAsksForTheFullSize() {
        Stand stand({QStringLiteral("throughput")});
        stand.feed.inject(snapshotOf(windowOf(kNowSecond - 300, kNowSecond, 1), 0, 1), kNow);
        stand.show();
        TimeChart& chart = stand.time("throughput");
        QSignalSpy asked(&chart, &ChartCard::enlargeRequested);
        QTest::mouseDClick(&chart, Qt::LeftButton, {}, chart.plotRect().center().toPoint());
        QCOMPARE(asked.count(), 1);
        QVERIFY(stand.feed.range().isLive());
    }
};

QTEST_MAIN(TestCharts)
#include "tst_charts.moc"
