#include "ui/controls/value_edit.h"

#include <QFontMetrics>
#include <QKeyEvent>

#include <cmath>

namespace sg {

ValueEdit::ValueEdit(QWidget* parent) : QLineEdit(parent) {
    setProperty("role", QStringLiteral("value"));
    setAlignment(Qt::AlignRight);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(this, &QLineEdit::textChanged, this, [this] { updateGeometry(); });
    connect(this, &QLineEdit::editingFinished, this, [this] {
        if (isModified()) {
            setModified(false);
            emit entered();
        } else {
            emit left();
        }
    });
}

QSize ValueEdit::sizeHint() const {
    ensurePolished();
    const QFontMetrics metrics(font());
    // QLineEdit keeps two pixels free on each side, the style sheet two more and a border.
    return {metrics.horizontalAdvance(text()) + metrics.averageCharWidth() / 2 + 12, metrics.height() + 2};
}

QSize ValueEdit::minimumSizeHint() const { return sizeHint(); }

void ValueEdit::showText(const QString& text) {
    m_shown = text;
    if (hasFocus() && isModified()) return;
    setText(text);
    setModified(false);
}

void ValueEdit::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && isModified()) {
        setText(m_shown);
        setModified(false);
        selectAll();
        emit left();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void ValueEdit::focusInEvent(QFocusEvent* event) {
    QLineEdit::focusInEvent(event);
    if (event->reason() != Qt::MouseFocusReason) selectAll();
}

} // namespace sg
