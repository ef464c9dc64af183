#pragma once
/// One of a few (a box that opens), or yes and no (a check box).
#include "ui/controls/tuning_control.h"

class QCheckBox;
class QComboBox;

namespace sg {

class ChoiceControl : public TuningControl {
    Q_OBJECT

public:
    ChoiceControl(ControlContext context, const ControlRow& row, QWidget* parent = nullptr);
    [[nodiscard]] QString shownValue() const override;
    [[nodiscard]] QComboBox* box() const { return m_box; }

protected:
    void present(Tuning& wanted) override;

private:
    QComboBox* m_box;
};

class SwitchControl : public TuningControl {
    Q_OBJECT

public:
    SwitchControl(ControlContext context, const ControlRow& row, QWidget* parent = nullptr);
    [[nodiscard]] QString shownValue() const override;
    [[nodiscard]] QCheckBox* box() const { return m_box; }

protected:
    void present(Tuning& wanted) override;
    bool eventFilter(QObject* watched, QEvent* event) override; ///< a click on the name counts too

private:
    QCheckBox* m_box;
};

} // namespace sg
