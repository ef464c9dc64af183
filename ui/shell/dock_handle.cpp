#include "ui/shell/dock_handle.h"

#include <QPainter>

namespace sg {

DockHandle::DockHandle(Appearance& appearance, QWidget* parent) : QWidget(parent), m_appearance(appearance) {
    setCursor(Qt::SizeAllCursor);
    setToolTip(tr("Drag to move, double click to float"));
}

void DockHandle::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    if (!underMouse()) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_appearance.palette().dim);
    painter.drawRoundedRect(QRectF(width() / 2.0 - 18, 2.5, 36, 3), 1.5, 1.5);
}

void DockHandle::enterEvent(QEnterEvent* event) {
    QWidget::enterEvent(event);
    update();
}

void DockHandle::leaveEvent(QEvent* event) {
    QWidget::leaveEvent(event);
    update();
}

} // namespace sg
