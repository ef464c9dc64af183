#include "ui/charts/charts.h"
#include "ui/style/figure_label.h"
#include "ui/style/number_text.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace sg {
namespace {

constexpr std::array<const char*, 6> kNames = {"1xx", "2xx", "3xx", "4xx", "5xx", "other"};
constexpr double kRing = 0.62; // inner to outer radius

/// The classes of status codes of the whole range as a ring, with the share of errors in its middle.
class StatusDonut : public ChartCard {
    Q_DECLARE_TR_FUNCTIONS(sg::StatusDonut)

public:
    StatusDonut(const ChartContext& context, QWidget* parent)
        : ChartCard(context, QStringLiteral("status-donut"), tr("Status codes, whole range"), parent) {
        setMouseTracking(true);
        connect(&context.feed, &Feed::window, this, &StatusDonut::invalidate);
    }

    [[nodiscard]] QString subtitle() const override { return tr("share"); }
    [[nodiscard]] QString sentence() const override {
        if (m_lines == 0) return emptyText();
        return tr("Of %1 requests, %2 were errors (%3).")
            .arg(countText(m_lines), countText(m_counts[3] + m_counts[4]), shareText(errorShare()));
    }
    [[nodiscard]] ChartTable table() const override {
        ChartTable table;
        table.columns = {tr("class"), tr("requests"), tr("share")};
        for (std::size_t i = 0; i < kNames.size(); ++i)
            if (m_counts[i] > 0)
                table.rows.append({QString::fromLatin1(kNames[i]), QVariant::fromValue<qulonglong>(m_counts[i]), shareOf(i)});
        return table;
    }
    void refresh() override {
        m_counts = {};
        m_lines = 0;
        m_without = false;
        if (const auto& shown = feed().shown(); shown && shown->window) {
            m_counts = shown->window->now.byClass;
            for (const std::uint64_t count : m_counts) m_lines += count;
            // Lines without a status are no answers: a device's reading is neither a success nor an error.
            m_without = m_lines > 0 && m_lines == shown->window->now.noStatus;
            m_counts[5] -= std::min(m_counts[5], shown->window->now.noStatus);
            m_lines -= std::min(m_lines, shown->window->now.noStatus);
        }
        redraw();
    }

protected:
    [[nodiscard]] QString emptyText() const override {
        if (m_lines > 0) return {};
        return m_without ? tr("These lines carry no status codes.") : tr("The classes of status codes will be a ring here.");
    }

    void paintPlot(QPainter& painter, const QRectF& area, const Palette& palette) const override {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        const QFontMetricsF body(appearance().font(Appearance::Text::Body)), figure(appearance().font(Appearance::Text::Figure)),
            caption(appearance().font(Appearance::Text::Caption));
        const double names = namesWidth();
        const QRectF ring = ringIn(area);
        const double size = ring.width();
        const double inset = size * (1 - kRing) / 2;
        double angle = 90;
        for (std::size_t i = 0; i < kNames.size(); ++i) {
            const double sweep = -360 * shareOf(i);
            if (sweep == 0) continue;
            const QRectF inner = ring.adjusted(inset, inset, -inset, -inset);
            QPainterPath slice;
            slice.arcMoveTo(ring, angle);
            slice.arcTo(ring, angle, sweep);
            slice.arcTo(inner, angle + sweep, -sweep);
            slice.closeSubpath();
            painter.setPen(QPen(palette.surface, 2));
            painter.setBrush(itemColour(itemOf(i), palette.status[i], palette));
            painter.drawPath(slice);
            angle += sweep;
        }
        const QString share = shareText(errorShare());
        const bool fits = cellWidth(figure, share) < size * kRing - 12 && figure.height() + caption.height() < size * kRing - 8;
        painter.setFont(appearance().font(fits ? Appearance::Text::Figure : Appearance::Text::Strong));
        const QFontMetricsF centre(painter.font());
        painter.setPen(palette.text);
        drawCells(painter, ring.center().x() - cellWidth(centre, share) / 2,
                  ring.center().y() + centre.ascent() / 2 - (fits ? caption.height() / 2 : 0), share);
        painter.setFont(appearance().font(Appearance::Text::Caption));
        painter.setPen(palette.dim);
        if (fits) {
            const QString errors = tr("errors");
            painter.drawText(QPointF(ring.center().x() - caption.horizontalAdvance(errors) / 2,
                                     ring.center().y() + centre.ascent() / 2 + caption.height() / 2 + 4),
                             errors);
        }
        const double row = std::ceil(body.height()) + 4;
        const auto rows =
            static_cast<double>(std::count_if(m_counts.begin(), m_counts.end(), [](std::uint64_t count) { return count > 0; }));
        double y = area.center().y() - rows * row / 2;
        painter.setFont(appearance().font(Appearance::Text::Body));
        for (std::size_t i = 0; i < kNames.size(); ++i) {
            if (m_counts[i] == 0) continue;
            const double left = area.right() - names;
            painter.setPen(Qt::NoPen);
            painter.setBrush(palette.status[i]);
            painter.drawRoundedRect(QRectF(left, y + (row - 9) / 2, 9, 9), 2, 2);
            const double baseline = y + (row + body.ascent() - body.descent()) / 2;
            painter.setPen(palette.text);
            painter.drawText(QPointF(left + 16, baseline), QString::fromLatin1(kNames[i]));
            const QString text = shareText(shareOf(i));
            painter.setPen(palette.dim);
            drawCells(painter, area.right() - cellWidth(body, text), baseline, text);
            y += row;
        }
        painter.restore();
    }

    // The slices that there are, in the order of their classes.
    [[nodiscard]] int itemCount() const override {
        return static_cast<int>(std::count_if(m_counts.begin(), m_counts.end(), [](std::uint64_t count) { return count > 0; }));
    }
    [[nodiscard]] int itemAt(const QPointF& at) const override {
        const QRectF ring = ringIn(plotArea());
        const QPointF way = at - ring.center();
        const double distance = std::hypot(way.x(), way.y()) / (ring.width() / 2);
        if (distance > 1 || distance < kRing) return -1;
        // Clockwise from the top, as a share of the whole.
        double left = std::atan2(way.x(), -way.y()) / (2 * std::numbers::pi);
        if (left < 0) left += 1;
        for (std::size_t i = 0; i < kNames.size(); ++i)
            if ((left -= shareOf(i)) < 0) return itemOf(i);
        return -1;
    }
    [[nodiscard]] QPointF placeOf(int item) const override {
        const QRectF ring = ringIn(plotArea());
        double before = 0;
        for (std::size_t i = 0; i < classOf(item); ++i) before += shareOf(i);
        const double angle = (before + shareOf(classOf(item)) / 2) * 2 * std::numbers::pi;
        return ring.center() + QPointF(std::sin(angle), -std::cos(angle)) * (ring.width() / 2 * (1 + kRing) / 2);
    }
    [[nodiscard]] Tip tipOf(int item) const override {
        const std::size_t i = classOf(item);
        return {QString::fromLatin1(kNames[i]), {{tr("requests"), countText(m_counts[i]), {}}, {tr("share"), shareText(shareOf(i)), {}}}};
    }

private:
    [[nodiscard]] int itemOf(std::size_t status) const {
        return static_cast<int>(std::count_if(m_counts.begin(), m_counts.begin() + static_cast<std::ptrdiff_t>(status),
                                              [](std::uint64_t count) { return count > 0; }));
    }
    [[nodiscard]] std::size_t classOf(int item) const {
        for (std::size_t i = 0; i < kNames.size(); ++i)
            if (m_counts[i] > 0 && item-- == 0) return i;
        return 0;
    }
    [[nodiscard]] double namesWidth() const {
        const QFontMetricsF body(appearance().font(Appearance::Text::Body));
        return 9 + 7 + body.horizontalAdvance(QStringLiteral("other")) + 12 + cellWidth(body, QStringLiteral("00.00 %"));
    }
    [[nodiscard]] QRectF ringIn(const QRectF& area) const {
        const double room = std::max(40.0, area.width() - namesWidth() - 18);
        const double size = std::min(room, area.height());
        return {area.left() + (room - size) / 2, area.center().y() - size / 2, size, size};
    }
    [[nodiscard]] double shareOf(std::size_t i) const {
        return m_lines == 0 ? 0 : static_cast<double>(m_counts[i]) / static_cast<double>(m_lines);
    }
    [[nodiscard]] double errorShare() const { return shareOf(3) + shareOf(4); }

    std::array<std::uint64_t, 6> m_counts{};
    bool m_without = false; ///< there are lines, and none has a status
    std::uint64_t m_lines = 0;
};

} // namespace

ChartCard* makeStatusDonut(const ChartContext& context, QWidget* parent) { return new StatusDonut(context, parent); }

} // namespace sg
