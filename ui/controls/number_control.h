#pragma once
/// A number: editable beside its name, and a slider under it.
#include "ui/controls/slider_scale.h"
#include "ui/controls/tuning_control.h"

class QLineEdit;

namespace sg {

class ValueSlider;

class NumberControl : public TuningControl {
    Q_OBJECT

public:
    NumberControl(ControlContext context, const ControlRow& row, QWidget* parent = nullptr);
    [[nodiscard]] QString shownValue() const override;
    [[nodiscard]] ValueSlider* slider() const { return m_slider; } ///< null when the row has none
    [[nodiscard]] QLineEdit* edit() const { return m_edit; }

protected:
    void present(Tuning& wanted) override;
    void discard() override;

private:
    void slide(int place);
    void step(int action);
    void typed();
    void set(double value);

    SliderScale m_scale;
    QLineEdit* m_edit;
    ValueSlider* m_slider = nullptr;
    double m_value = 0;
};

} // namespace sg
