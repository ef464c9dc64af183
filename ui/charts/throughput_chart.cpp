#include "ui/charts/charts.h"
#include "ui/charts/time_chart.h"
#include "ui/charts/window_points.h"
#include "ui/style/number_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <numeric>

namespace sg {
namespace {

class ThroughputChart : public TimeChart {
    Q_DECLARE_TR_FUNCTIONS(sg::ThroughputChart)

public:
    ThroughputChart(const ChartContext& context, QWidget* parent)
        : TimeChart(context, QStringLiteral("throughput"), tr("Throughput"), parent) {
        const QString unit = tr("lines/s");
        Trace generated{tr("generated"), unit, [](const Palette& p) { return p.text; }};
        generated.width = 1.2;
        Trace processed{tr("processed"), unit, [](const Palette& p) { return p.accent; }};
        processed.width = 1.8;
        processed.glow = true;
        Trace indexed{tr("indexed"), unit, [](const Palette& p) { return p.dim; }};
        indexed.width = 1.2;
        indexed.style = Qt::DashLine;
        setTraces({generated, processed, indexed});
    }

    [[nodiscard]] QString subtitle() const override { return tr("requests per second"); }

    [[nodiscard]] QString sentence() const override {
        const Trace& processed = traces()[1];
        if (processed.points.isEmpty()) return emptyText();
        const double sum = std::accumulate(processed.points.begin(), processed.points.end(), 0.0,
                                           [](double so_far, const QPointF& point) { return so_far + point.y(); });
        const auto highest = std::max_element(processed.points.begin(), processed.points.end(),
                                              [](const QPointF& a, const QPointF& b) { return a.y() < b.y(); });
        return tr("On average %1 were processed; the most was %2 at %3.")
            .arg(rateText(sum / static_cast<double>(processed.points.size()), tr("lines")), rateText(highest->y(), tr("lines")),
                 momentText(static_cast<qint64>(highest->x()), feed().range().toMs() - feed().range().fromMs()));
    }

protected:
    void collect(QVector<Trace>& all) override {
        const TimeRange& range = feed().range();
        // What the processor did is summed up in the window's steps; the others beside it in the same ones, or a short peak would look
        // like lines that were lost.
        const qint64 span = (range.toMs() - range.fromMs()) / 1000;
        const qint64 step = part() != nullptr && span <= part()->stepSeconds * (kMostPoints + 1) ? part()->stepSeconds : 0;
        for (const auto& [index, flow] : {std::pair{0, Flow::Generated}, std::pair{2, Flow::Indexed}}) {
            all[index].points = feed().history().points(flow, range.fromMs(), range.toMs(), kMostPoints, step);
            all[index].stepMs = stepOf(all[index].points);
        }
        all[1].points.clear();
        if (const WindowPart* window = part()) {
            all[1].stepMs = static_cast<double>(window->stepSeconds) * 1000;
            all[1].points = perSecond(*window, [](const WindowPoint& point) { return static_cast<double>(point.lines()); });
        }
        // A stage that has never moved is not a line on the floor.
        for (const int index : {0, 2}) {
            const auto& points = all[index].points;
            if (std::all_of(points.begin(), points.end(), [](const QPointF& point) { return point.y() <= 0; })) all[index].points.clear();
        }
    }
    [[nodiscard]] QString valueText(const Trace&, double value) const override { return rateText(value); }
    [[nodiscard]] TipRow headline(const QVector<std::optional<double>>& values) const override {
        if (!values[1]) return {};
        return {tr("Throughput, processed"), rateText(*values[1]), appearance().palette().accent};
    }
    [[nodiscard]] QString emptyText() const override {
        for (const Trace& trace : traces())
            if (!trace.points.isEmpty()) return {};
        return part() == nullptr
                   ? tr("Press Start: what the generator writes, the processor reads and Elasticsearch takes will be three lines here.")
                   : tr("Nothing in this time range. Press 0 to return to the newest minutes.");
    }

private:
    static double stepOf(const QVector<QPointF>& points) { return points.size() > 1 ? points[1].x() - points[0].x() : 1000; }
};

} // namespace

ChartCard* makeThroughputChart(const ChartContext& context, QWidget* parent) { return new ThroughputChart(context, parent); }

} // namespace sg
