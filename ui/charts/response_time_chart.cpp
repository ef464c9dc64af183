#include "ui/charts/charts.h"
#include "ui/charts/time_chart.h"
#include "ui/charts/window_points.h"
#include "ui/style/number_text.h"

#include <QCoreApplication>

namespace sg {
namespace {

using Percentile = float WindowPoint::*;
constexpr Percentile kPercentiles[] = {&WindowPoint::p50Ms, &WindowPoint::p95Ms, &WindowPoint::p99Ms};

class ResponseTimeChart : public TimeChart {
    Q_DECLARE_TR_FUNCTIONS(sg::ResponseTimeChart)

public:
    ResponseTimeChart(const ChartContext& context, QWidget* parent)
        : TimeChart(context, QStringLiteral("response-time"), tr("Response time"), parent) {
        const auto accent = [](const Palette& p) { return p.accent; };
        Trace p50{QStringLiteral("p50"), tr("ms"), accent};
        p50.width = 1.2;
        Trace p95{QStringLiteral("p95"), tr("ms"), accent};
        p95.width = 2.4;
        Trace p99{QStringLiteral("p99"), tr("ms"), accent};
        p99.width = 1.5;
        p99.style = Qt::DashLine;
        setTraces({p50, p95, p99});
        setLogScale(true);
    }

    [[nodiscard]] QString subtitle() const override { return isLogScale() ? tr("ms, log scale") : tr("ms"); }

    [[nodiscard]] QString sentence() const override {
        const WindowPart* window = part();
        if (window == nullptr || window->now.p50Ms < 0) return emptyText();
        return tr("Half of the requests took at most %1, 95 of 100 at most %2, 99 of 100 at most %3.")
            .arg(millisecondsText(static_cast<double>(window->now.p50Ms)), millisecondsText(static_cast<double>(window->now.p95Ms)),
                 millisecondsText(static_cast<double>(window->now.p99Ms)));
    }

protected:
    void collect(QVector<Trace>& all) override {
        const WindowPart* window = part();
        for (qsizetype i = 0; i < all.size(); ++i) {
            all[i].points.clear();
            if (window == nullptr) continue;
            all[i].stepMs = static_cast<double>(window->stepSeconds) * 1000;
            all[i].points =
                whereKnown(*window, [which = kPercentiles[i]](const WindowPoint& point) { return static_cast<double>(point.*which); });
        }
    }
    [[nodiscard]] QString valueText(const Trace&, double value) const override { return millisecondsText(value); }
    [[nodiscard]] QString axisText(double value) const override {
        return value < 100'000 ? TimeChart::axisText(value) : tickText(value / 1000, value / 1000) + QLatin1Char('k');
    }
    [[nodiscard]] QString widestLabel() const override { return tickText(10'000, 10'000); }
    [[nodiscard]] TipRow headline(const QVector<std::optional<double>>& values) const override {
        if (!values[1]) return {};
        return {tr("Response time, p95"), millisecondsText(*values[1]), appearance().palette().accent};
    }
    [[nodiscard]] QString emptyText() const override {
        for (const Trace& trace : traces())
            if (!trace.points.isEmpty()) return {};
        const WindowPart* window = part();
        if (window != nullptr && window->now.lines > 0 && window->now.p50Ms < 0)
            return tr("This format carries no response times. A format that ends with the request's time shows them here.");
        return window == nullptr ? tr("The time that half, 95 and 99 of 100 requests took at most will be here.")
                                 : tr("Nothing in this time range.");
    }
};

} // namespace

ChartCard* makeResponseTimeChart(const ChartContext& context, QWidget* parent) { return new ResponseTimeChart(context, parent); }

} // namespace sg
