#include "ui/charts/charts.h"
#include "ui/charts/time_chart.h"
#include "ui/charts/window_points.h"
#include "ui/style/number_text.h"

#include <QCoreApplication>

#include <QMenu>

#include <algorithm>

namespace sg {
namespace {

/// From the bottom of the stack: what is rare and matters stands on the axis.
struct Band {
    const char* name;
    std::size_t first; ///< index into byClass
    bool error;
};
constexpr Band kBands[] = {{"5xx", 4, true}, {"4xx", 3, true}, {"3xx", 2, false}, {"other", 5, false}, {"2xx", 1, false}};

/// 1xx and what is in no class are one band. Lines without a status are no answers and in none.
double countOf(const WindowPoint& point, const Band& band) {
    const std::uint64_t count = point.byClass[band.first];
    return static_cast<double>(band.first == 5 ? count + point.byClass[0] - std::min(count, point.noStatus) : count);
}

class StatusChart : public TimeChart {
    Q_DECLARE_TR_FUNCTIONS(sg::StatusChart)

public:
    StatusChart(const ChartContext& context, QWidget* parent) : TimeChart(context, QStringLiteral("status"), tr("Status codes"), parent) {
        QVector<Trace> traces;
        for (const Band& band : kBands) {
            Trace trace{band.first == 5 ? tr("1xx, other") : QString::fromLatin1(band.name), tr("share"),
                        [index = band.first](const Palette& p) { return p.status[index]; }};
            trace.shape = Trace::Shape::Stack;
            traces.append(trace);
        }
        setTraces(traces);
        setGridInFront(true);
        setOffersLog(false);
        fixScale(1);
    }

    [[nodiscard]] QString subtitle() const override { return m_errorsOnly ? tr("share · errors only") : tr("share"); }

    [[nodiscard]] QString sentence() const override {
        const WindowPart* window = part();
        if (window == nullptr || window->now.lines == 0) return emptyText();
        const std::uint64_t answers = window->now.lines - std::min(window->now.lines, window->now.noStatus);
        if (answers == 0) return emptyText();
        const auto share = [&](std::size_t index) {
            return shareText(static_cast<double>(window->now.byClass[index]) / static_cast<double>(answers));
        };
        return tr("Of %1 requests, %2 were answered with 2xx, %3 with 3xx, %4 with 4xx and %5 with 5xx.")
            .arg(countText(answers), share(1), share(2), share(3), share(4));
    }

    void fillMenu(QMenu& menu) override {
        QAction* errors = menu.addAction(tr("Errors only"));
        errors->setCheckable(true);
        errors->setChecked(m_errorsOnly);
        connect(errors, &QAction::triggered, this, &StatusChart::setErrorsOnly);
        TimeChart::fillMenu(menu);
    }

protected:
    void collect(QVector<Trace>& all) override {
        const WindowPart* window = part();
        for (qsizetype i = 0; i < all.size(); ++i) {
            const Band& band = kBands[i];
            Trace& trace = all[i];
            trace.offered = !m_errorsOnly || band.error;
            trace.points.clear();
            if (window == nullptr || !trace.offered) continue;
            trace.stepMs = static_cast<double>(window->stepSeconds) * 1000;
            trace.points = whereKnown(*window, [&band](const WindowPoint& point) {
                const std::uint64_t lines = point.lines();
                return lines > point.noStatus ? countOf(point, band) / static_cast<double>(lines - point.noStatus) : -1;
            });
            // Nothing of it at all: not offered, so that the legend stays short.
            if (band.first == 5 &&
                std::all_of(trace.points.begin(), trace.points.end(), [](const QPointF& point) { return point.y() <= 0; })) {
                trace.offered = false;
                trace.points.clear();
            }
        }
    }
    [[nodiscard]] QString valueText(const Trace&, double value) const override { return shareText(value); }
    [[nodiscard]] QString axisText(double value) const override { return tickText(value * 100, scale().step() * 100) + QLatin1Char('%'); }
    [[nodiscard]] QString widestLabel() const override { return QStringLiteral("100%"); }
    [[nodiscard]] TipRow headline(const QVector<std::optional<double>>& values) const override {
        if (!values[0] || !values[1]) return {};
        return {tr("Status codes, 4xx and 5xx"), shareText(*values[0] + *values[1]), appearance().palette().status[4]};
    }
    [[nodiscard]] QString emptyText() const override {
        for (const Trace& trace : traces())
            if (!trace.points.isEmpty()) return {};
        if (part() != nullptr && part()->now.lines > 0 && part()->now.noStatus == part()->now.lines)
            return tr("These lines carry no status codes.");
        return part() == nullptr ? tr("The share of each class of status codes, second by second, will be here.")
                                 : tr("Nothing in this time range.");
    }

private:
    void setErrorsOnly(bool only) {
        m_errorsOnly = only;
        fixScale(only ? 0 : 1);
        refresh();
    }

    bool m_errorsOnly = false;
};

} // namespace

ChartCard* makeStatusChart(const ChartContext& context, QWidget* parent) { return new StatusChart(context, parent); }

} // namespace sg
