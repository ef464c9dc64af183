#pragma once
/// A foldable group of controls; what is seldom touched stands under "More".
#include "ui/controls/control_row.h"
#include "ui/style/appearance.h"

#include <QVariantAnimation>
#include <QWidget>

class QVBoxLayout;

namespace sg {

class FoldButton;

class ControlGroup : public QWidget {
    Q_OBJECT

public:
    ControlGroup(Appearance& appearance, ControlGroupId id, QWidget* parent = nullptr);
    [[nodiscard]] ControlGroupId id() const { return m_id; }
    void add(QWidget* control, bool further = false);
    /// The parent of a control that is to be added.
    [[nodiscard]] QWidget* room(bool further);
    [[nodiscard]] bool isOpen() const;
    void setOpen(bool open);
    [[nodiscard]] bool isFurtherOpen() const;
    void setFurtherOpen(bool open);
    [[nodiscard]] FoldButton* title() const { return m_title; }
    void highlight(); ///< for a second and a half

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Appearance& m_appearance;
    ControlGroupId m_id;
    FoldButton* m_title;
    QWidget* m_inside;
    QVBoxLayout* m_controls;
    FoldButton* m_furtherTitle = nullptr;
    QWidget* m_further = nullptr;
    QVariantAnimation m_glow;
};

} // namespace sg
