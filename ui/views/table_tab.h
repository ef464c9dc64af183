#pragma once
/// A tab of the tables: a row of tools over a view, or a sentence that teaches as long as there is nothing to show.
#include "ui/style/appearance.h"

#include <QBoxLayout>
#include <QLabel>
#include <QStackedLayout>
#include <QWidget>

namespace sg {

class TableTab : public QWidget {
    Q_OBJECT

public:
    explicit TableTab(QWidget* parent = nullptr);
    [[nodiscard]] QSize minimumSizeHint() const override { return {0, 0}; }

protected:
    /// Tools stand above what `setContent` was given; a tab without tools has no such row.
    [[nodiscard]] QHBoxLayout* tools();
    void setContent(QWidget* view);
    /// Empty text = there is something to show.
    void setEmptyText(const QString& text);

private:
    QVBoxLayout* m_column;
    QHBoxLayout* m_tools = nullptr;
    QStackedLayout* m_stack;
    QLabel* m_empty;
};

} // namespace sg
