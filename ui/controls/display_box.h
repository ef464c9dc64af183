#pragma once
/// Theme and text size: of the window, not of the Tuning.
#include "ui/style/appearance.h"

#include <QWidget>

class QComboBox;

namespace sg {

class ControlHeader;
class ValueEdit;
class ValueSlider;

class DisplayBox : public QWidget {
    Q_OBJECT

public:
    explicit DisplayBox(Appearance& appearance, QWidget* parent = nullptr);

private:
    void refresh();

    Appearance& m_appearance;
    QComboBox* m_theme;
    ValueSlider* m_size;
    ValueEdit* m_edit;
};

} // namespace sg
