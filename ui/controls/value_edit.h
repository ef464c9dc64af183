#pragma once
/// The number beside a control's name: looks like text, is a field once it has the focus; as wide as what it holds.
#include <QLineEdit>

namespace sg {

class ValueEdit : public QLineEdit {
    Q_OBJECT

public:
    explicit ValueEdit(QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    /// Not while it is being typed into.
    void showText(const QString& text);

signals:
    void entered(); ///< Enter or the focus is gone, and the text was changed
    void left();    ///< Escape, or the focus is gone with an unchanged text

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    QString m_shown;
};

} // namespace sg
