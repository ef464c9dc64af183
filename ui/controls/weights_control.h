#pragma once
/// Names and weights of one field: agents, sites, methods.
#include "ui/controls/tuning_control.h"

namespace sg {

class WeightTable;

class WeightsControl : public TuningControl {
    Q_OBJECT

public:
    WeightsControl(ControlContext context, const ControlRow& row, QWidget* parent = nullptr);
    [[nodiscard]] QString shownValue() const override;
    [[nodiscard]] WeightTable* table() const { return m_table; }

protected:
    void present(Tuning& wanted) override;

private:
    WeightTable* m_table;
};

} // namespace sg
