#include "ui/charts/chart_cursor.h"

#include "ui/style/figure_label.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace sg {
namespace {

constexpr double kPadX = 10, kPadY = 8, kSwatch = 8, kColumnGap = 16;
constexpr int kOffset = 14; // from the mouse
constexpr double kWidest = 420;

double rowHeight(const QFontMetricsF& metrics) { return std::ceil(metrics.height()) + 3; }

} // namespace

TipWidget::TipWidget(Appearance& appearance, QWidget* window) : QWidget(window), m_appearance(appearance) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    hide();
}

QSize TipWidget::wanted() const {
    const QFontMetricsF strong(m_appearance.font(Appearance::Text::Strong)), body(m_appearance.font(Appearance::Text::Caption));
    double names = 0, values = 0, notes = 0;
    for (const TipRow& row : m_tip.rows) {
        const double swatch = row.swatch.isValid() ? kSwatch + 7 : 0;
        if (row.value.isEmpty()) {
            notes = std::max(notes, swatch + body.horizontalAdvance(row.name));
            continue;
        }
        names = std::max(names, swatch + body.horizontalAdvance(row.name));
        values = std::max(values, cellWidth(body, row.value));
    }
    const double widest = std::max({cellWidth(strong, m_tip.heading), names + kColumnGap + values, notes});
    const double limit = m_appearance.scaled(kWidest);
    return {static_cast<int>(std::ceil(std::min(widest, limit) + 2 * kPadX)),
            static_cast<int>(std::ceil(2 * kPadY + rowHeight(strong) + rowHeight(body) * static_cast<double>(m_tip.rows.size())))};
}

void TipWidget::show(const Tip& tip, const QPoint& global) {
    m_tip = tip;
    const QSize size = wanted();
    const QPoint at = parentWidget()->mapFromGlobal(global);
    const QSize room = parentWidget()->size();
    int x = at.x() + kOffset, y = at.y() + kOffset;
    if (x + size.width() > room.width()) x = at.x() - kOffset - size.width();
    if (y + size.height() > room.height()) y = at.y() - kOffset - size.height();
    setGeometry(std::max(0, x), std::max(0, y), size.width(), size.height());
    raise();
    setVisible(true);
    update();
}

void TipWidget::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    const Palette& palette = m_appearance.palette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(palette.line, 1));
    painter.setBrush(palette.raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7);

    painter.setFont(m_appearance.font(Appearance::Text::Strong));
    const QFontMetricsF strong(painter.font());
    double y = kPadY;
    painter.setPen(palette.text);
    drawCells(painter, kPadX, y + strong.ascent(), m_tip.heading);
    y += rowHeight(strong);

    painter.setFont(m_appearance.font(Appearance::Text::Caption));
    const QFontMetricsF body(painter.font());
    for (const TipRow& row : m_tip.rows) {
        double x = kPadX;
        if (row.swatch.isValid()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(row.swatch);
            painter.drawRoundedRect(QRectF(x, y + (body.height() - kSwatch) / 2, kSwatch, kSwatch), 2, 2);
            x += kSwatch + 7;
        }
        const double values = row.value.isEmpty() ? 0 : cellWidth(body, row.value) + kColumnGap;
        painter.setPen(palette.dim);
        painter.drawText(QPointF(x, y + body.ascent()), body.elidedText(row.name, Qt::ElideMiddle, width() - kPadX - x - values));
        if (!row.value.isEmpty()) {
            painter.setPen(palette.text);
            drawCells(painter, width() - kPadX - cellWidth(body, row.value), y + body.ascent(), row.value);
        }
        y += rowHeight(body);
    }
}

ChartCursor::~ChartCursor() { delete m_tip; }

void ChartCursor::setMoment(std::optional<qint64> ms) {
    if (ms == m_moment) return;
    m_moment = ms;
    emit moved();
}

void ChartCursor::setBand(std::optional<std::pair<qint64, qint64>> band) {
    if (band == m_band) return;
    m_band = band;
    emit moved();
}

void ChartCursor::removeReader(CursorReader* reader) {
    m_readers.erase(std::remove(m_readers.begin(), m_readers.end(), reader), m_readers.end());
}

QVector<TipRow> ChartCursor::headlines(const CursorReader* but, const QWidget* window, qint64 ms) const {
    QVector<TipRow> rows;
    for (const CursorReader* reader : m_readers) {
        if (reader == but || !reader->isRead(window)) continue;
        if (const TipRow row = reader->headlineAt(ms); !row.name.isEmpty()) rows.append(row);
    }
    return rows;
}

void ChartCursor::showTip(Appearance& appearance, QWidget* window, const Tip& tip, const QPoint& global) {
    if (m_tip == nullptr || m_tip->parentWidget() != window) {
        delete m_tip;
        m_tip = new TipWidget(appearance, window);
    }
    m_tip->show(tip, global);
}

void ChartCursor::hideTip() {
    if (m_tip != nullptr) m_tip->hide();
}

} // namespace sg
