#include "ui/controls/choice_control.h"

#include "core/contract/profile_fields.h"
#include "ui/controls/control_header.h"
#include "ui/controls/still_box.h"

#include <QCheckBox>
#include <QCoreApplication>
#include <QEvent>
#include <QLabel>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace sg {
ChoiceControl::ChoiceControl(ControlContext context, const ControlRow& row, QWidget* parent)
    : TuningControl(context, row, parent), m_box(new StillBox(this)) {
    for (const char* choice : row.names) m_box->addItem(QCoreApplication::translate("sg::Controls", choice));
    body()->addWidget(m_box);
    connect(m_box, &QComboBox::currentIndexChanged, this, [this](int index) {
        if (index < 0) return;
        commit(m_box->currentText(),
               [&](Tuning& wanted) { std::get<ChoiceField>(field().value).set(wanted, static_cast<std::size_t>(index)); });
    });
    finish({m_box});
}

QString ChoiceControl::shownValue() const { return m_box->currentText(); }

void ChoiceControl::present(Tuning& wanted) {
    const QSignalBlocker quiet(m_box);
    m_box->setCurrentIndex(static_cast<int>(std::get<ChoiceField>(field().value).get(wanted)));
}

SwitchControl::SwitchControl(ControlContext context, const ControlRow& row, QWidget* parent)
    : TuningControl(context, row, parent), m_box(new QCheckBox(this)) {
    header()->setValueWidget(m_box);
    header()->label()->installEventFilter(this);
    connect(m_box, &QCheckBox::toggled, this,
            [this](bool on) { commit(shownValue(), [&](Tuning& wanted) { std::get<SwitchField>(field().value).of(wanted) = on; }); });
    finish({m_box});
}

bool SwitchControl::eventFilter(QObject* watched, QEvent* event) {
    if (watched == header()->label() && event->type() == QEvent::MouseButtonPress && m_box->isEnabled()) m_box->toggle();
    return TuningControl::eventFilter(watched, event);
}

QString SwitchControl::shownValue() const { return m_box->isChecked() ? tr("on") : tr("off"); }

void SwitchControl::present(Tuning& wanted) {
    const QSignalBlocker quiet(m_box);
    m_box->setChecked(std::get<SwitchField>(field().value).of(wanted));
}

} // namespace sg
