#pragma once
/// What a person should know, of all stages, and the way out of a failure.
#include "ui/models/feed.h"
#include "ui/models/problem_table.h"
#include "ui/views/row_view.h"
#include "ui/views/table_tab.h"

#include <array>

class QPushButton;

namespace sg {

class ProblemsTab : public TableTab {
    Q_OBJECT

public:
    ProblemsTab(Feed& feed, Appearance& appearance, QWidget* parent = nullptr);
    [[nodiscard]] RowView& view() { return *m_view; }
    [[nodiscard]] const ProblemTable& model() const { return *m_model; }

signals:
    void openChanged(int open);

private:
    void refresh();

    Feed& m_feed;
    ProblemTable* m_model;
    RowView* m_view;
    QWidget* m_failed; ///< the row of the failed stages
    QLabel* m_failure;
    std::array<QPushButton*, 4> m_restart{};
    std::array<const void*, 5> m_parts{};
    int m_open = 0;
};

} // namespace sg
