#include "ui/controls/fold_button.h"

#include <QFontMetrics>
#include <QPainter>

#include <algorithm>

namespace sg {

FoldButton::FoldButton(Appearance& appearance, Appearance::Text role, const QString& title, QWidget* parent)
    : QToolButton(parent), m_appearance(appearance), m_role(role) {
    setText(title);
    setAccessibleName(title);
    setCheckable(true);
    setChecked(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(this, &QAbstractButton::toggled, this, [this] { update(); });
}

void FoldButton::setSummary(const QString& summary) {
    if (summary == m_summary) return;
    m_summary = summary;
    setAccessibleDescription(summary);
    update();
}

QSize FoldButton::sizeHint() const {
    const QFontMetrics metrics(m_appearance.font(m_role));
    return {metrics.horizontalAdvance(text()) + m_appearance.scaled(18), metrics.height() + m_appearance.scaled(4)};
}

QSize FoldButton::minimumSizeHint() const {
    return {m_appearance.scaled(60), width() > 0 ? heightForWidth(width()) : sizeHint().height()};
}

int FoldButton::textRoom(int width) const { return width - m_appearance.scaled(18); }

int FoldButton::heightForWidth(int width) const {
    const QFontMetrics metrics(m_appearance.font(m_role));
    const QRect lines = metrics.boundingRect(QRect(0, 0, std::max(1, textRoom(width)), 10'000), Qt::TextWordWrap, text());
    return std::max(metrics.height(), lines.height()) + m_appearance.scaled(4);
}

void FoldButton::paintEvent(QPaintEvent*) {
    const Palette& colours = m_appearance.palette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double size = m_appearance.scaled(8);
    const QPointF middle(width() - size / 2 - 2, height() / 2.0);
    const bool marked = underMouse() || hasFocus();
    painter.setPen(QPen(marked ? colours.accent : colours.dim, std::max(1.4, size / 6), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const double a = size * 0.45, b = size * 0.24;
    if (isChecked()) painter.drawPolyline(QPolygonF({middle + QPointF(-a, -b), middle + QPointF(0, b), middle + QPointF(a, -b)}));
    else painter.drawPolyline(QPolygonF({middle + QPointF(-b, -a), middle + QPointF(b, 0), middle + QPointF(-b, a)}));
    painter.setFont(m_appearance.font(m_role));
    const QFontMetrics metrics(painter.font());
    const double room = textRoom(width());
    painter.setPen(isEnabled() ? colours.text : colours.dim);
    painter.drawText(QRectF(0, 0, room, height()), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextWordWrap, text());
    const double left = metrics.horizontalAdvance(text()) + m_appearance.scaled(10);
    if (!m_summary.isEmpty() && room - left > m_appearance.scaled(24)) {
        painter.setFont(m_appearance.font(Appearance::Text::Caption));
        painter.setPen(colours.dim);
        painter.drawText(QRectF(left, 0, room - left, height()), Qt::AlignRight | Qt::AlignVCenter,
                         QFontMetrics(painter.font()).elidedText(m_summary, Qt::ElideRight, static_cast<int>(room - left)));
    }
    if (hasFocus()) {
        painter.setPen(QPen(colours.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
}

} // namespace sg
