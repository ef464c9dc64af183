#include "ui/charts/charts.h"
#include "ui/charts/value_scale.h"
#include "ui/style/figure_label.h"
#include "ui/style/number_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <span>

namespace sg {
namespace {

constexpr double kSlot = 8, kBarShare = 0.7; // px a batch, and how much of it is the bar
constexpr double kLabelGap = 6;
constexpr std::size_t kJudged = 10; // batches that headroom and pace are taken from
constexpr int kRateSeconds = 3;

/// A bar a batch: its processing time against the interval.
class BatchChart : public ChartCard {
    Q_DECLARE_TR_FUNCTIONS(sg::BatchChart)

public:
    BatchChart(const ChartContext& context, QWidget* parent)
        : ChartCard(context, QStringLiteral("micro-batches"), tr("Micro-batches"), parent) {
        setMouseTracking(true);
        connect(&context.feed, &Feed::batch, this, &BatchChart::invalidate);
    }

    [[nodiscard]] QString subtitle() const override {
        if (m_batches.empty()) return tr("duration");
        if (const double clear = clearSeconds(); m_waiting > 0 && m_stageBehind)
            return clear > 0 ? tr("behind: %1 lines wait, about %2 to clear").arg(countText(m_waiting), durationText(clear))
                             : tr("behind: %1 lines wait, and more come than are processed").arg(countText(m_waiting));
        return tr("interval %1 · headroom %2 %").arg(seconds(m_intervalMs)).arg(std::lround(headroom() * 100));
    }

    [[nodiscard]] QString sentence() const override {
        if (m_batches.empty()) return emptyText();
        double sum = 0;
        for (const BatchProgress& batch : m_batches) sum += batch.triggerMs;
        return tr("The last %1 batches took %2 on average, of an interval of %3; by the newest of them the headroom is %4 %.")
            .arg(m_batches.size())
            .arg(millisecondsText(sum / static_cast<double>(m_batches.size())), seconds(m_intervalMs))
            .arg(std::lround(headroom() * 100));
    }

    [[nodiscard]] ChartTable table() const override {
        ChartTable table;
        table.columns = {tr("planned (UTC)"),
                         tr("batch"),
                         tr("lines"),
                         tr("input rate (lines/s)"),
                         tr("process rate (lines/s)"),
                         tr("processing time (ms)"),
                         tr("scheduling delay (ms)"),
                         tr("total delay (ms)"),
                         tr("interval (ms)")};
        const auto first = m_batches.size() - static_cast<std::size_t>(fitting(frameIn(plotArea())));
        for (std::size_t i = first; i < m_batches.size(); ++i) {
            const BatchProgress& batch = m_batches[i];
            table.rows.append({QDateTime::fromMSecsSinceEpoch(plannedMs(batch), Qt::UTC), QVariant::fromValue<qulonglong>(batch.id.value),
                               QVariant::fromValue<qulonglong>(batch.lines), batch.inputRowsPerSecond, batch.processedRowsPerSecond,
                               batch.triggerMs, batch.schedulingDelayMs, batch.totalDelayMs, m_intervalMs});
        }
        return table;
    }

    void refresh() override {
        m_waiting = 0;
        m_stageBehind = false;
        const auto& shown = feed().shown();
        const std::uint64_t newest = m_batches.empty() ? 0 : m_batches.back().id.value;
        m_batches.clear();
        if (shown && shown->batch) {
            m_batches = shown->batch->recent;
            m_intervalMs = static_cast<double>(shown->batch->interval.count());
            m_waiting = shown->ledger.waiting;
            m_stageBehind = shown->batch->stage.state == StageState::Behind;
        }
        double greatest = m_intervalMs * 1.05;
        for (const BatchProgress& batch : m_batches) greatest = std::max(greatest, batch.triggerMs);
        m_scale.fit(0, greatest / 1000);
        // The bar that was chosen moves on with its batch.
        if (chosenItem() >= 0 && !m_batches.empty() && m_batches.back().id.value != newest) {
            const auto came = static_cast<int>(m_batches.back().id.value - newest);
            choose(itemCount() < static_cast<int>(m_batches.size()) || came < 0 ? chosenItem() - came : chosenItem());
            if (chosenItem() < 0) cursor().hideTip();
        }
        redraw();
    }

protected:
    [[nodiscard]] QString emptyText() const override {
        return m_batches.empty() ? tr("Each micro-batch will be a bar here: below the dashed line it took less than the interval.")
                                 : QString();
    }

    void paintPlot(QPainter& painter, const QRectF& area, const Palette& palette) const override {
        const QRectF frame = frameIn(area);
        if (frame.width() < kSlot || frame.height() < 1) return;
        painter.save();
        painter.setFont(appearance().font(Appearance::Text::Caption));
        const QFontMetricsF metrics(painter.font());
        const auto yOf = [&](double value) { return frame.bottom() - value / m_scale.top() * frame.height(); };
        double above = frame.bottom() + 2 * metrics.height();
        for (const double value : m_scale.ticks()) {
            const double y = std::round(yOf(value));
            painter.setRenderHint(QPainter::Antialiasing, false);
            painter.setPen(QPen(palette.line, 1));
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y));
            if (above - y < metrics.height() * 1.15) continue;
            above = y;
            const QString text = tickText(value, m_scale.step()) + QStringLiteral(" s");
            painter.setPen(palette.dim);
            drawCells(painter, frame.left() - kLabelGap - cellWidth(metrics, text), y + (metrics.ascent() - metrics.descent()) / 2, text);
        }
        painter.setRenderHint(QPainter::Antialiasing);
        const int count = std::min(fitting(frame), fitting(frameIn(plotArea())));
        const double clock = cellWidth(metrics, QStringLiteral("00:00:00"));
        // A label stays with its batch while the bars move on.
        const auto every = static_cast<std::uint64_t>(std::max(1.0, std::ceil((clock + 14) / kSlot / 5) * 5));
        for (int i = 0; i < count; ++i) {
            const BatchProgress& batch = m_batches[m_batches.size() - static_cast<std::size_t>(count - i)];
            const double left = frame.right() - kSlot * (count - i);
            const double height = std::max(1.0, std::min(frame.height(), batch.triggerMs / 1000 / m_scale.top() * frame.height()));
            painter.setPen(Qt::NoPen);
            painter.setBrush(itemColour(i, palette.accent, palette));
            painter.drawRect(QRectF(left + kSlot * (1 - kBarShare) / 2, frame.bottom() - height, kSlot * kBarShare, height));
            const double middle = left + kSlot / 2;
            if (batch.id.value % every == 0 && middle - clock / 2 >= frame.left() - 8 && middle + clock / 2 <= area.right() + 12) {
                painter.setPen(palette.dim);
                drawCells(painter, middle - clock / 2, frame.bottom() + kLabelGap + metrics.ascent(), clockText(plannedMs(batch), true));
            }
        }
        const double interval = std::round(yOf(m_intervalMs / 1000)) + 0.5;
        if (interval >= frame.top()) {
            painter.setPen(QPen(palette.text, appearance().stroke(1), Qt::DashLine));
            painter.drawLine(QPointF(frame.left(), interval), QPointF(frame.right(), interval));
        }
        painter.restore();
    }

    [[nodiscard]] int itemCount() const override { return fitting(frameIn(plotArea())); }
    [[nodiscard]] int itemAt(const QPointF& at) const override {
        const QRectF frame = frameIn(plotArea());
        const int back = static_cast<int>(std::floor((frame.right() - at.x()) / kSlot));
        return frame.contains(at) && back >= 0 && back < itemCount() ? itemCount() - 1 - back : -1;
    }
    [[nodiscard]] QPointF placeOf(int item) const override {
        const QRectF frame = frameIn(plotArea());
        return {frame.right() - kSlot * (itemCount() - item - 0.5), frame.center().y()};
    }
    [[nodiscard]] Tip tipOf(int item) const override {
        const BatchProgress& batch = m_batches[m_batches.size() - static_cast<std::size_t>(itemCount() - item)];
        return {tr("Batch %1, %2").arg(batch.id.value).arg(clockText(plannedMs(batch), true)),
                {{tr("input rate"), rateText(batch.inputRowsPerSecond), {}},
                 {tr("process rate"), rateText(batch.processedRowsPerSecond), {}},
                 {tr("processing time"), millisecondsText(batch.triggerMs), {}},
                 {tr("scheduling delay"), millisecondsText(batch.schedulingDelayMs), {}},
                 {tr("total delay"), millisecondsText(batch.totalDelayMs), {}}}};
    }

private:
    static qint64 plannedMs(const BatchProgress& batch) { return batch.planned.ns / 1'000'000; }
    static QString seconds(double ms) { return ms < 1000 ? millisecondsText(ms) : tickText(ms / 1000, 0.1) + QStringLiteral(" s"); }
    [[nodiscard]] QRectF frameIn(const QRectF& area) const {
        const QFontMetricsF metrics(appearance().font(Appearance::Text::Caption));
        return area.adjusted(std::ceil(cellWidth(metrics, QStringLiteral("00.0 s")) + kLabelGap), std::ceil(metrics.height() / 2), -2,
                             -std::ceil(metrics.height() + kLabelGap));
    }
    [[nodiscard]] int fitting(const QRectF& frame) const {
        return std::clamp(static_cast<int>(frame.width() / kSlot), 0, static_cast<int>(m_batches.size()));
    }
    /// The newest batches: one alone says little, since its size and the disk's mood change.
    [[nodiscard]] std::span<const BatchProgress> newest() const {
        return std::span(m_batches).last(std::min(kJudged, m_batches.size()));
    }
    /// Share of the interval in which nothing is to be done; 0 = none.
    [[nodiscard]] double headroom() const {
        double took = 0;
        for (const BatchProgress& batch : newest()) took += batch.triggerMs;
        return std::max(0.0, 1 - took / (std::max(1.0, m_intervalMs) * static_cast<double>(newest().size())));
    }
    /// What the newest batches process when there is always something to do, against what comes in; negative = never at this pace.
    [[nodiscard]] double clearSeconds() const {
        double lines = 0, took = 0;
        for (const BatchProgress& batch : newest()) {
            lines += static_cast<double>(batch.lines);
            took += batch.triggerMs / 1000;
        }
        const double gain = (took > 0 ? lines / took : 0) - feed().history().recentRate(Flow::Generated, kRateSeconds);
        return gain > 0 ? static_cast<double>(m_waiting) / gain : -1;
    }

    std::vector<BatchProgress> m_batches;
    double m_intervalMs = 1000;
    std::uint64_t m_waiting = 0;
    bool m_stageBehind = false;
    ValueScale m_scale;
};

} // namespace

ChartCard* makeBatchChart(const ChartContext& context, QWidget* parent) { return new BatchChart(context, parent); }

} // namespace sg
