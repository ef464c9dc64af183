#include "ui/controls/number_control.h"

#include "ui/controls/control_header.h"
#include "ui/controls/field_value.h"
#include "ui/controls/value_edit.h"
#include "ui/controls/value_slider.h"

#include <QSignalBlocker>
#include <QThread>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace sg {
namespace {

/// Threads: the last place stands for all cores, which the field calls 0.
SliderScale scaleOf(const ControlRow& row) {
    const NumberRange range = numberRange(profileField(row.section, row.key));
    if (row.look == Look::Threads) return {1, static_cast<double>(std::max(2, QThread::idealThreadCount() + 1)), false, 1};
    return {range.low, range.high, row.slide == Slide::Log, row.step};
}

double allCores() { return std::max(2, QThread::idealThreadCount() + 1); }

} // namespace

NumberControl::NumberControl(ControlContext context, const ControlRow& row, QWidget* parent)
    : TuningControl(context, row, parent), m_scale(scaleOf(row)) {
    auto* edit = new ValueEdit(this);
    m_edit = edit;
    header()->setValueWidget(edit);
    connect(edit, &ValueEdit::entered, this, &NumberControl::typed);
    connect(edit, &ValueEdit::left, this, [this] {
        setProblem({});
        refresh();
    });
    QVector<QWidget*> editors;
    if (row.slide != Slide::None) {
        m_slider = new ValueSlider(appearance(), this);
        m_slider->setRange(0, m_scale.places());
        body()->addWidget(m_slider);
        connect(m_slider, &QAbstractSlider::valueChanged, this, &NumberControl::slide);
        connect(m_slider, &QAbstractSlider::actionTriggered, this, &NumberControl::step);
        connect(m_slider, &ValueSlider::resetRequested, this, &TuningControl::resetToDefault);
        editors << m_slider;
    }
    editors << edit;
    edit->setAccessibleName(tr("%1, as a number").arg(name()));
    finish(editors);
}

QString NumberControl::shownValue() const { return valueText(row().look, m_value); }

void NumberControl::present(Tuning& wanted) {
    m_value = numberOf(field(), wanted);
    static_cast<ValueEdit*>(m_edit)->showText(shownValue());
    if (m_slider == nullptr) return;
    // "max" is no place between the ends: the knob stands at the upper one.
    const bool most = m_value == 0 && (row().look == Look::Rate || row().look == Look::Threads);
    const int place = most ? m_scale.places() : m_scale.placeOf(m_value);
    // Under the hand the knob stays where the hand is.
    if (m_slider->isSliderDown()) return;
    const QSignalBlocker quiet(m_slider);
    m_slider->setValue(place);
}

void NumberControl::slide(int place) {
    const double value = m_scale.valueAt(place);
    set(row().look == Look::Threads && value >= allCores() ? 0 : value);
}

void NumberControl::step(int action) {
    const int direction = action == QAbstractSlider::SliderSingleStepAdd || action == QAbstractSlider::SliderPageStepAdd   ? 1
                          : action == QAbstractSlider::SliderSingleStepSub || action == QAbstractSlider::SliderPageStepSub ? -1
                                                                                                                           : 0;
    if (direction == 0) return;
    const bool page = action == QAbstractSlider::SliderPageStepAdd || action == QAbstractSlider::SliderPageStepSub;
    const double now =
        m_value == 0 && (row().look == Look::Rate || row().look == Look::Threads) ? m_scale.valueAt(m_scale.places()) : m_value;
    m_slider->setSliderPosition(m_scale.stepFrom(now, direction, page));
}

void NumberControl::typed() {
    const auto value = parseValue(row().look, m_edit->text());
    const NumberRange range = numberRange(field());
    const QString limits = tr("%1 to %2").arg(valueText(row().look, range.low), valueText(row().look, range.high));
    if (!value) {
        setProblem(tr("\"%1\" is not understood; write %2.").arg(m_edit->text(), limits));
        m_edit->setModified(true);
        return;
    }
    if ((*value < range.low || *value > range.high) && !(range.zeroToo && *value == 0)) {
        setProblem(tr("%1 is outside %2.").arg(m_edit->text(), limits));
        m_edit->setModified(true);
        return;
    }
    setProblem({});
    set(*value);
}

void NumberControl::set(double value) {
    setProblem({});
    if (numberRange(field()).whole) value = std::round(value);
    commit(valueText(row().look, value), [&](Tuning& wanted) { setNumber(field(), wanted, value); });
}

void NumberControl::discard() { m_edit->setModified(false); }

} // namespace sg
