#include "ui/controls/value_slider.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace sg {

ValueSlider::ValueSlider(Appearance& appearance, QWidget* parent) : QSlider(Qt::Horizontal, parent), m_appearance(appearance) {
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

double ValueSlider::knob() const { return m_appearance.scaled(13); }
QSize ValueSlider::sizeHint() const { return {m_appearance.scaled(120), m_appearance.scaled(17)}; }
QSize ValueSlider::minimumSizeHint() const { return {m_appearance.scaled(40), m_appearance.scaled(17)}; }

void ValueSlider::paintEvent(QPaintEvent*) {
    const Palette& colours = m_appearance.palette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const double size = knob(), thickness = std::max(3.0, size * 0.3);
    const double middle = height() / 2.0, travel = width() - size - 2;
    const double share = maximum() > minimum() ? double(sliderPosition() - minimum()) / (maximum() - minimum()) : 0;
    const double at = 1 + size / 2 + share * travel;
    const QRectF groove(1, middle - thickness / 2, width() - 2, thickness);
    painter.setBrush(colours.line);
    painter.drawRoundedRect(groove, thickness / 2, thickness / 2);
    const QColor filled = m_status == 0 ? colours.accent : colours.status[static_cast<std::size_t>(m_status - 1)];
    painter.setBrush(isEnabled() ? filled : colours.dim);
    painter.drawRoundedRect(QRectF(groove.left(), groove.top(), at - groove.left(), thickness), thickness / 2, thickness / 2);
    const bool marked = isEnabled() && (hasFocus() || underMouse());
    painter.setBrush(isEnabled() ? colours.knob : colours.dim);
    painter.setPen(QPen(marked ? colours.accent : blended(colours.dim, colours.surface, colours.dark ? 0.0 : 0.7), marked ? 2 : 1));
    const double radius = size / 2 - (marked ? 1 : 0.5);
    painter.drawEllipse(QPointF(at, middle), radius, radius);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colours.accent, 1));
        painter.drawEllipse(QPointF(at, middle), std::min(size / 2 + 1.5, middle - 0.5), std::min(size / 2 + 1.5, middle - 0.5));
    }
}

void ValueSlider::goTo(double x) {
    const double travel = width() - knob() - 2;
    if (travel <= 0) return;
    const double share = std::clamp((x - 1 - knob() / 2) / travel, 0.0, 1.0);
    setValue(minimum() + static_cast<int>(std::lround(share * (maximum() - minimum()))));
}

void ValueSlider::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return event->ignore();
    setSliderDown(true);
    goTo(event->position().x());
}

void ValueSlider::mouseMoveEvent(QMouseEvent* event) {
    if (isSliderDown()) goTo(event->position().x());
}

void ValueSlider::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) setSliderDown(false);
}

void ValueSlider::wheelEvent(QWheelEvent* event) {
    if (hasFocus()) QSlider::wheelEvent(event);
    else event->ignore();
}

void ValueSlider::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace) emit resetRequested();
    else QSlider::keyPressEvent(event);
}

} // namespace sg
