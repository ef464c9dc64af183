#pragma once
/// A box of choices for a scrolling column: the wheel belongs to the column, and a text that does not fit is elided.
#include <QComboBox>

namespace sg {

class StillBox : public QComboBox {
    Q_OBJECT

public:
    explicit StillBox(QWidget* parent = nullptr);

protected:
    void wheelEvent(QWheelEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
};

} // namespace sg
