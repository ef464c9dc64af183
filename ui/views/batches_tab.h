#pragma once
/// The micro-batches, newest first.
#include "ui/models/batch_table.h"
#include "ui/models/feed.h"
#include "ui/views/row_view.h"
#include "ui/views/table_tab.h"

namespace sg {

class BatchesTab : public TableTab {
    Q_OBJECT

public:
    BatchesTab(Feed& feed, Appearance& appearance, QWidget* parent = nullptr);
    [[nodiscard]] RowView& view() { return *m_view; }
    [[nodiscard]] const BatchTable& model() const { return *m_model; }

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();

    Feed& m_feed;
    BatchTable* m_model;
    RowView* m_view;
    const void* m_batch = nullptr; ///< the parts that are shown
    const void* m_output = nullptr;
};

} // namespace sg
