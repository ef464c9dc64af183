#pragma once
/// The slider of a control: a line, its filled part, a knob. A click goes there; the wheel belongs to the panel unless it has the focus.
#include "ui/style/appearance.h"

#include <QSlider>

namespace sg {

class ValueSlider : public QSlider {
    Q_OBJECT

public:
    explicit ValueSlider(Appearance& appearance, QWidget* parent = nullptr);
    /// The colour of the filled part: 0 = the accent, 1..6 = a status class (1xx..other).
    void setStatusColour(int statusClass) { m_status = statusClass; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

signals:
    void resetRequested(); ///< Delete or Backspace

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] double knob() const; ///< its diameter, px
    void goTo(double x);

    Appearance& m_appearance;
    int m_status = 0;
};

} // namespace sg
