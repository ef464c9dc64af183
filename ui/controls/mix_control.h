#pragma once
/// The status mix: a stacked preview, a slider and a lock per class on one common scale, and the single codes.
#include "ui/controls/status_mix.h"
#include "ui/controls/tuning_control.h"

class QLabel;
class QToolButton;

namespace sg {

class ControlHeader;
class ValueEdit;
class ValueSlider;
class WeightTable;

/// The shares as one bar.
class MixBar : public QWidget {
    Q_OBJECT

public:
    MixBar(Appearance& appearance, const StatusMix& mix, QWidget* parent = nullptr);
    void setOwn(bool own); ///< the model's own mix: drawn faint, it is about so
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Appearance& m_appearance;
    const StatusMix& m_mix;
    bool m_own = true;
};

class MixControl : public TuningControl {
    Q_OBJECT

public:
    MixControl(ControlContext context, const ControlRow& row, QWidget* parent = nullptr);
    [[nodiscard]] QString shownValue() const override;
    [[nodiscard]] const StatusMix& mix() const { return m_mix; }
    [[nodiscard]] ValueSlider* slider(std::size_t statusClass) const { return m_rows[statusClass].slider; }
    [[nodiscard]] ValueEdit* edit(std::size_t statusClass) const { return m_rows[statusClass].edit; }
    [[nodiscard]] QToolButton* lock(std::size_t statusClass) const { return m_rows[statusClass].lock; }
    [[nodiscard]] WeightTable* codes() const { return m_codes; }

protected:
    void present(Tuning& wanted) override;
    void discard() override;

private:
    struct Row {
        QWidget* box = nullptr;
        ControlHeader* header = nullptr;
        ValueEdit* edit = nullptr;
        ValueSlider* slider = nullptr;
        QToolButton* lock = nullptr;
    };
    void addRow(std::size_t statusClass);
    void setPercent(std::size_t statusClass, double percent);
    void enter(std::size_t statusClass);
    void write(const QString& value);

    StatusMix m_mix;
    bool m_own = true;
    MixBar* m_bar;
    QLabel* m_note;
    std::array<Row, StatusMix::kClasses> m_rows;
    WeightTable* m_codes;
};

} // namespace sg
