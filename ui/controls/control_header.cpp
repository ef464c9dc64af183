#include "ui/controls/control_header.h"

#include <QEvent>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace sg {

ControlMark::ControlMark(Appearance& appearance, QWidget* parent) : QAbstractButton(parent), m_appearance(appearance) {
    setObjectName(QStringLiteral("mark"));
    arm();
}

QSize ControlMark::sizeHint() const { return {m_appearance.scaled(16), m_appearance.scaled(16)}; }

void ControlMark::setPending(bool pending) {
    if (pending == m_pending) return;
    m_pending = pending;
    arm();
}

void ControlMark::setResettable(bool resettable, bool shown) {
    if (resettable == m_resettable && shown == m_shown) return;
    m_resettable = resettable;
    m_shown = shown;
    arm();
}

void ControlMark::arm() {
    const bool button = m_resettable && !m_pending;
    setFocusPolicy(m_resettable ? Qt::TabFocus : Qt::NoFocus);
    setCursor(button ? Qt::PointingHandCursor : Qt::ArrowCursor);
    setToolTip(m_pending ? tr("On its way: the worker has not taken it over yet") : button ? tr("Reset to the default") : QString());
    setAccessibleName(m_pending ? tr("pending") : m_resettable ? tr("reset to the default") : QString());
    update();
}

void ControlMark::paintEvent(QPaintEvent*) {
    const Palette& colours = m_appearance.palette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double size = m_appearance.scaled(11), x = (width() - size) / 2.0, y = (height() - size) / 2.0;
    const QRectF box(x, y, size, size);
    const QPointF middle = box.center();
    const double pen = std::max(1.2, size / 9);
    if (m_pending) {
        painter.setPen(QPen(colours.dim, pen, Qt::SolidLine, Qt::RoundCap));
        painter.drawEllipse(box);
        painter.drawLine(middle, middle - QPointF(0, size * 0.32));
        painter.drawLine(middle, middle + QPointF(size * 0.24, 0));
        return;
    }
    if (!m_resettable || !(m_shown || hasFocus())) return;
    const bool marked = hasFocus() || underMouse();
    painter.setPen(QPen(marked ? colours.accent : colours.dim, pen, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawArc(box, -150 * 16, 290 * 16);
    const QPointF tip(box.left() + size * 0.1, box.top() + size * 0.28);
    painter.drawPolyline(QPolygonF({tip + QPointF(-size * 0.08, -size * 0.34), tip, tip + QPointF(size * 0.34, 0)}));
    if (hasFocus()) {
        painter.setPen(QPen(colours.accent, 1));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
}

ControlHeader::ControlHeader(Appearance& appearance, const QString& name, QWidget* parent)
    : QWidget(parent), m_appearance(appearance), m_label(new QLabel(name, this)), m_name(m_label),
      m_mark(new ControlMark(appearance, this)) {
    m_label->setWordWrap(true);
    m_label->setTextFormat(Qt::PlainText);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void ControlHeader::setValueWidget(QWidget* value) {
    m_value = value;
    value->setParent(this);
    value->show();
    updateGeometry();
}

void ControlHeader::replaceLabel(QWidget* widget) {
    m_label->hide();
    widget->setParent(this);
    widget->show();
    m_name = widget;
    updateGeometry();
}

ControlHeader::Plan ControlHeader::plan(int width) const {
    Plan plan;
    const QSize mark = m_mark->sizeHint();
    const QSize value = m_value != nullptr ? m_value->sizeHint() : QSize(0, 0);
    const int text = m_name == m_label ? m_label->fontMetrics().horizontalAdvance(m_label->text()) + 4 : m_name->sizeHint().width();
    const int line = m_label->fontMetrics().height();
    const int gap = 2;
    const int nameLine = m_name == m_label              ? line
                         : m_name->hasHeightForWidth() ? m_name->heightForWidth(width - mark.width() - value.width() - 2 * gap)
                                                       : m_name->sizeHint().height();
    if (text + mark.width() + value.width() + 2 * gap <= width) {
        plan.height = std::max({nameLine, mark.height(), value.height()});
        plan.name = QRect(0, (plan.height - nameLine) / 2, width - mark.width() - value.width() - 2 * gap, nameLine);
        plan.value = QRect(width - value.width(), (plan.height - value.height()) / 2, value.width(), value.height());
        plan.mark = QRect(QPoint(plan.value.left() - gap - mark.width(), (plan.height - mark.height()) / 2), mark);
        return plan;
    }
    const int room = value.width() > 0 ? width : width - mark.width() - gap;
    const int nameHeight = m_name == m_label ? m_label->heightForWidth(room) : nameLine;
    plan.name = QRect(0, 0, room, nameHeight);
    if (value.width() == 0) {
        plan.height = std::max(nameHeight, mark.height());
        plan.mark = QRect(QPoint(width - mark.width(), 0), mark);
        return plan;
    }
    const int second = std::max(value.height(), mark.height());
    const int valueWidth = std::min(value.width(), width - mark.width() - gap);
    plan.height = nameHeight + second;
    plan.value = QRect(width - valueWidth, nameHeight + (second - value.height()) / 2, valueWidth, value.height());
    plan.mark = QRect(QPoint(plan.value.left() - gap - mark.width(), nameHeight + (second - mark.height()) / 2), mark);
    return plan;
}

int ControlHeader::heightForWidth(int width) const { return plan(width).height; }
QSize ControlHeader::sizeHint() const { return {m_appearance.scaled(200), plan(m_appearance.scaled(200)).height}; }
QSize ControlHeader::minimumSizeHint() const { return {m_appearance.scaled(60), plan(width() > 0 ? width() : 200).height}; }

void ControlHeader::resizeEvent(QResizeEvent*) {
    const Plan now = plan(width());
    m_name->setGeometry(now.name);
    m_mark->setGeometry(now.mark);
    if (m_value != nullptr) m_value->setGeometry(now.value);
}

bool ControlHeader::event(QEvent* event) {
    if (event->type() == QEvent::LayoutRequest || event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) {
        updateGeometry();
        resizeEvent(nullptr);
    }
    return QWidget::event(event);
}

} // namespace sg
