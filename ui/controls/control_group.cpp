#include "ui/controls/control_group.h"

#include "ui/controls/fold_button.h"

#include <QPainter>
#include <QVBoxLayout>

namespace sg {
namespace {

constexpr int kGlowMs = 1500;

QVBoxLayout* column(QWidget* widget, int spacing) {
    auto* layout = new QVBoxLayout(widget);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing);
    return layout;
}

} // namespace

ControlGroup::ControlGroup(Appearance& appearance, ControlGroupId id, QWidget* parent)
    : QWidget(parent), m_appearance(appearance), m_id(id),
      m_title(new FoldButton(appearance, Appearance::Text::Strong, groupName(id), this)), m_inside(new QWidget(this)),
      m_controls(column(m_inside, appearance.scaled(8))) {
    auto* layout = column(this, appearance.scaled(4));
    layout->addWidget(m_title);
    layout->addWidget(m_inside);
    connect(m_title, &QAbstractButton::toggled, m_inside, &QWidget::setVisible);
    m_glow.setStartValue(1.0);
    m_glow.setEndValue(0.0);
    m_glow.setDuration(kGlowMs);
    connect(&m_glow, &QVariantAnimation::valueChanged, this, [this] { update(); });
}

void ControlGroup::add(QWidget* control, bool further) {
    if (further) static_cast<QVBoxLayout*>(room(true)->layout())->addWidget(control);
    else m_controls->insertWidget(m_furtherTitle != nullptr ? m_controls->indexOf(m_furtherTitle) : -1, control);
}

QWidget* ControlGroup::room(bool further) {
    if (!further) return m_inside;
    if (m_further == nullptr) {
        m_furtherTitle = new FoldButton(m_appearance, Appearance::Text::Caption, tr("More"), m_inside);
        m_furtherTitle->setAccessibleName(tr("More of %1").arg(groupName(m_id)));
        m_further = new QWidget(m_inside);
        column(m_further, m_appearance.scaled(8));
        m_controls->addWidget(m_furtherTitle);
        m_controls->addWidget(m_further);
        connect(m_furtherTitle, &QAbstractButton::toggled, m_further, &QWidget::setVisible);
        m_furtherTitle->setChecked(false);
    }
    return m_further;
}

bool ControlGroup::isOpen() const { return m_title->isChecked(); }
void ControlGroup::setOpen(bool open) { m_title->setChecked(open); }
bool ControlGroup::isFurtherOpen() const { return m_furtherTitle != nullptr && m_furtherTitle->isChecked(); }
void ControlGroup::setFurtherOpen(bool open) {
    if (m_furtherTitle != nullptr) m_furtherTitle->setChecked(open);
}

void ControlGroup::highlight() {
    m_glow.stop();
    m_glow.start();
}

void ControlGroup::paintEvent(QPaintEvent*) {
    if (m_glow.state() != QAbstractAnimation::Running) return;
    QPainter painter(this);
    const Palette& colours = m_appearance.palette();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(blended(colours.selection, colours.surface, m_glow.currentValue().toDouble()));
    painter.drawRoundedRect(rect(), 6, 6);
}

} // namespace sg
