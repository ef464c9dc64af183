#include "ui/style/figure_label.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace sg {
namespace {

double digitWidth(const QFontMetricsF& metrics) {
    double width = 0;
    for (char digit = '0'; digit <= '9'; ++digit) width = std::max(width, metrics.horizontalAdvance(QLatin1Char(digit)));
    return width;
}

/// Calls `visit(text, width, isDigit)` for digits one by one and for what stands between in one piece.
template <class Visit> void eachCell(const QFontMetricsF& metrics, const QString& text, const Visit& visit) {
    const double digit = digitWidth(metrics);
    for (qsizetype at = 0; at < text.size();) {
        if (text[at].isDigit()) {
            visit(text.mid(at, 1), digit, true);
            ++at;
            continue;
        }
        qsizetype end = at;
        while (end < text.size() && !text[end].isDigit()) ++end;
        const QString piece = text.mid(at, end - at);
        visit(piece, metrics.horizontalAdvance(piece), false);
        at = end;
    }
}

} // namespace

double cellWidth(const QFontMetricsF& metrics, const QString& text) {
    double width = 0;
    eachCell(metrics, text, [&](const QString&, double piece, bool) { width += piece; });
    return width;
}

void drawCells(QPainter& painter, double left, double baseline, const QString& text) {
    const QFontMetricsF metrics(painter.font());
    eachCell(metrics, text, [&](const QString& piece, double width, bool digit) {
        const double inset = digit ? (width - metrics.horizontalAdvance(piece)) / 2 : 0;
        painter.drawText(QPointF(left + inset, baseline), piece);
        left += width;
    });
}

FigureLabel::FigureLabel(Appearance& appearance, Appearance::Text role, QWidget* parent)
    : QWidget(parent), m_appearance(appearance), m_role(role) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(&appearance, &Appearance::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void FigureLabel::setText(const QString& text) {
    if (text == m_text) return;
    const bool sameLength = text.size() == m_text.size();
    m_text = text;
    setAccessibleName(text);
    if (!sameLength) updateGeometry();
    update();
}

void FigureLabel::setDim(bool dim) {
    if (dim == m_dim) return;
    m_dim = dim;
    update();
}

void FigureLabel::setBad(bool bad) {
    if (bad == m_bad) return;
    m_bad = bad;
    update();
}

QSize FigureLabel::sizeHint() const {
    const QFontMetricsF metrics(m_appearance.font(m_role));
    return {static_cast<int>(std::ceil(cellWidth(metrics, m_text))) + 1, static_cast<int>(std::ceil(metrics.height()))};
}

QSize FigureLabel::minimumSizeHint() const { return {m_whole ? sizeHint().width() : 0, sizeHint().height()}; }

void FigureLabel::setRole(Appearance::Text role) {
    if (role == m_role) return;
    m_role = role;
    updateGeometry();
    update();
}

void FigureLabel::setWhole(bool whole) {
    m_whole = whole;
    updateGeometry();
}

void FigureLabel::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    QPainter painter(this);
    painter.setFont(m_appearance.font(m_role));
    const Palette& palette = m_appearance.palette();
    painter.setPen(m_bad ? palette.bad : m_dim ? palette.dim : palette.text);
    const QFontMetricsF metrics(painter.font());
    QString shown = m_text;
    if (cellWidth(metrics, shown) > width() + 0.5) {
        while (!shown.isEmpty() && cellWidth(metrics, shown + QChar(0x2026)) > width()) shown.chop(1);
        shown += QChar(0x2026);
        if (toolTip().isEmpty()) setToolTip(m_text);
    }
    const double left = m_right ? width() - cellWidth(metrics, shown) : 0;
    drawCells(painter, left, (height() + metrics.ascent() - metrics.descent()) / 2, shown);
}

} // namespace sg
