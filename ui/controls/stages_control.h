#pragma once
/// The stages of the load shape "stages": a table of times and rates.
#include "ui/controls/tuning_control.h"

class QTableWidget;

namespace sg {

class FoldButton;

class StagesControl : public TuningControl {
    Q_OBJECT

public:
    StagesControl(ControlContext context, const ControlRow& row, QWidget* parent = nullptr);
    [[nodiscard]] QString shownValue() const override;
    [[nodiscard]] QTableWidget* table() const { return m_table; }
    [[nodiscard]] FoldButton* toggle() const { return m_toggle; }
    void add();
    void removeCurrent();

protected:
    void present(Tuning& wanted) override;

private:
    void changedCell(int row, int column);
    void write(std::vector<Stage> stages);
    void fill();

    FoldButton* m_toggle;
    QWidget* m_inside;
    QTableWidget* m_table;
    std::vector<Stage> m_stages;
    bool m_filling = false;
};

} // namespace sg
