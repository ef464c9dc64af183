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
    updateGeometry();
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

bool FoldButton::isBeside(int width) const {
    const QFontMetrics title(m_appearance.font(m_role)), caption(m_appearance.font(Appearance::Text::Caption));
    return title.horizontalAdvance(text()) + m_appearance.scaled(10) + caption.horizontalAdvance(m_summary) <= textRoom(width);
}

int FoldButton::heightForWidth(int width) const {
    const auto lines = [&](Appearance::Text role, const QString& words) {
        const QFontMetrics metrics(m_appearance.font(role));
        const QRect room(0, 0, std::max(1, textRoom(width)), 10'000);
        return std::max(metrics.height(), metrics.boundingRect(room, Qt::TextWordWrap, words).height());
    };
    const int below = m_summary.isEmpty() || isBeside(width) ? 0 : lines(Appearance::Text::Caption, m_summary);
    return lines(m_role, text()) + below + m_appearance.scaled(4);
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
    const double room = textRoom(width());
    const bool below = !m_summary.isEmpty() && !isBeside(width());
    painter.setPen(isEnabled() ? colours.text : colours.dim);
    painter.drawText(QRectF(0, below ? m_appearance.scaled(2) : 0, room, height()),
                     Qt::AlignLeft | (below ? Qt::AlignTop : Qt::AlignVCenter) | Qt::TextWordWrap, text());
    painter.setFont(m_appearance.font(Appearance::Text::Caption));
    painter.setPen(colours.dim);
    painter.drawText(QRectF(0, 0, room, height() - (below ? m_appearance.scaled(2) : 0)),
                     below ? Qt::AlignLeft | Qt::AlignBottom | Qt::TextWordWrap : Qt::AlignRight | Qt::AlignVCenter, m_summary);
    if (hasFocus()) {
        painter.setPen(QPen(colours.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
}

} // namespace sg
