#pragma once
/// A slim grip in place of a dock's title bar: it can be dragged and double clicked like one, and takes 8 px.
#include "ui/style/appearance.h"

#include <QWidget>

namespace sg {

class DockHandle : public QWidget {
    Q_OBJECT

public:
    explicit DockHandle(Appearance& appearance, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override { return {40, 8}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {40, 8}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    Appearance& m_appearance;
};

} // namespace sg
