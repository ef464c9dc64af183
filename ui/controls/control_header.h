#pragma once
/// The upper line of a control: its name on the left, its value on the right, between them the mark: a clock while the change is on its
/// way, else the reset button when there is something to reset. Where both do not fit into one line, the value takes the next.
#include "ui/style/appearance.h"

#include <QAbstractButton>
#include <QWidget>

class QLabel;

namespace sg {

class ControlMark : public QAbstractButton {
    Q_OBJECT

public:
    explicit ControlMark(Appearance& appearance, QWidget* parent = nullptr);
    void setPending(bool pending);
    void setResettable(bool resettable, bool shown); ///< `shown`: the control has the focus or the mouse
    [[nodiscard]] bool isPending() const { return m_pending; }
    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void arm();

    Appearance& m_appearance;
    bool m_pending = false;
    bool m_resettable = false;
    bool m_shown = false;
};

class ControlHeader : public QWidget {
    Q_OBJECT

public:
    ControlHeader(Appearance& appearance, const QString& name, QWidget* parent = nullptr);
    [[nodiscard]] QLabel* label() const { return m_label; }
    [[nodiscard]] ControlMark* mark() const { return m_mark; }
    void setValueWidget(QWidget* value); ///< becomes a child
    /// A widget that already says the name (a check box) takes the label's place.
    void replaceLabel(QWidget* widget);

    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    struct Plan {
        QRect name, mark, value;
        int height = 0;
    };
    [[nodiscard]] Plan plan(int width) const;

    Appearance& m_appearance;
    QLabel* m_label;
    QWidget* m_name;
    ControlMark* m_mark;
    QWidget* m_value = nullptr;
};

} // namespace sg
