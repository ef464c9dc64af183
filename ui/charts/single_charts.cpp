#include "ui/charts/charts.h"
#include "ui/charts/time_chart.h"
#include "ui/charts/window_points.h"
#include "ui/style/number_text.h"

#include <QCoreApplication>

#include <cmath>

namespace sg {
namespace {

/// One line in the accent.
class SingleChart : public TimeChart {
public:
    SingleChart(const ChartContext& context, const QString& id, const QString& title, const QString& unit, QWidget* parent)
        : TimeChart(context, id, title, parent) {
        Trace trace{title.toLower(), unit, [](const Palette& p) { return p.accent; }};
        trace.width = 1.8;
        trace.glow = true;
        setTraces({trace});
    }

protected:
    [[nodiscard]] virtual QVector<QPointF> pointsOf(const WindowPart& window) const = 0;
    [[nodiscard]] virtual QString teaching() const = 0;

    void collect(QVector<Trace>& all) override {
        all[0].points.clear();
        if (const WindowPart* window = part()) {
            all[0].stepMs = static_cast<double>(window->stepSeconds) * 1000;
            all[0].points = pointsOf(*window);
        }
    }
    [[nodiscard]] QVector<LegendEntry> legend(const Palette& palette) const override {
        Q_UNUSED(palette)
        return {};
    }
    [[nodiscard]] QString emptyText() const override { return traces()[0].points.isEmpty() ? teaching() : QString(); }
};

class BytesChart : public SingleChart {
    Q_DECLARE_TR_FUNCTIONS(sg::BytesChart)

public:
    BytesChart(const ChartContext& context, QWidget* parent)
        : SingleChart(context, QStringLiteral("bytes"), tr("Traffic"), tr("bytes/s"), parent) {}
    [[nodiscard]] QString subtitle() const override { return tr("bytes sent per second"); }
    [[nodiscard]] QString sentence() const override {
        const WindowPart* window = part();
        if (window == nullptr || window->now.lines == 0) return emptyText();
        return tr("%1 were sent in answer to %2 requests.")
            .arg(bytesText(static_cast<double>(window->now.bytes)), countText(window->now.lines));
    }

protected:
    [[nodiscard]] QVector<QPointF> pointsOf(const WindowPart& window) const override {
        return perSecond(window, [](const WindowPoint& point) { return static_cast<double>(point.bytes); });
    }
    [[nodiscard]] QString valueText(const Trace&, double value) const override { return bytesText(value) + QStringLiteral("/s"); }
    [[nodiscard]] QString axisText(double value) const override { return bytesText(value); }
    [[nodiscard]] QString widestLabel() const override { return QStringLiteral("00.0 MB"); }
    [[nodiscard]] QString teaching() const override { return tr("The bytes that the server sends each second will be here."); }
};

class VisitorsChart : public SingleChart {
    Q_DECLARE_TR_FUNCTIONS(sg::VisitorsChart)

public:
    VisitorsChart(const ChartContext& context, QWidget* parent)
        : SingleChart(context, QStringLiteral("visitors"), tr("Visitors"), tr("distinct in the step"), parent) {}
    [[nodiscard]] QString subtitle() const override {
        const WindowPart* window = part();
        return window == nullptr || window->stepSeconds < 60
                   ? tr("distinct")
                   : tr("distinct in %1").arg(durationText(static_cast<double>(window->stepSeconds)));
    }
    [[nodiscard]] QString sentence() const override {
        const WindowPart* window = part();
        if (window == nullptr || window->now.lines == 0) return tr("No visitors are known yet.");
        return tr("About %1 visitors came (distinct pairs of address and agent, standard error %2).")
            .arg(countText(static_cast<std::uint64_t>(std::llround(window->now.visitors))), shareText(window->now.visitorsError));
    }

protected:
    [[nodiscard]] QVector<QPointF> pointsOf(const WindowPart& window) const override {
        return whereKnown(window, [](const WindowPoint& point) { return point.visitors; });
    }
    [[nodiscard]] QString valueText(const Trace&, double value) const override {
        return countText(static_cast<std::uint64_t>(std::llround(value)));
    }
    [[nodiscard]] QString teaching() const override {
        return part() == nullptr ? tr("How many different visitors came in each step will be here.")
                                 : tr("Visitors are counted by whole minutes: choose a time range of six hours or more to see their line.");
    }
};

} // namespace

ChartCard* makeBytesChart(const ChartContext& context, QWidget* parent) { return new BytesChart(context, parent); }
ChartCard* makeVisitorsChart(const ChartContext& context, QWidget* parent) { return new VisitorsChart(context, parent); }

} // namespace sg
