#include "ui/views/batches_tab.h"

namespace sg {

BatchesTab::BatchesTab(Feed& feed, Appearance& appearance, QWidget* parent) : TableTab(parent), m_feed(feed) {
    m_model = new BatchTable(this);
    m_view = new RowView(appearance, {{QStringLiteral("000000"), 1},
                                      {QStringLiteral("00:00:00.000"), 1},
                                      {QStringLiteral("0,000"), 1},
                                      {QStringLiteral("0,000,000"), 1},
                                      {QStringLiteral("00,000"), 1},
                                      {QStringLiteral("00,000"), 1},
                                      {QStringLiteral("0,000,000 /s"), 1},
                                      {QStringLiteral("0,000,000 /s"), 1},
                                      {QStringLiteral("000.00 s"), 1},
                                      {QStringLiteral("000.00 s"), 1},
                                      {QStringLiteral("000.00 s"), 1},
                                      {QStringLiteral("committed"), 1}});
    m_view->setModel(m_model);
    m_view->setAccessibleName(tr("Batches, the newest first"));
    setContent(new WholeRows(m_view, appearance));
    connect(&feed, &Feed::frame, this, [this] {
        if (isVisible()) refresh();
    });
    refresh();
}

void BatchesTab::showEvent(QShowEvent* event) {
    TableTab::showEvent(event);
    refresh();
}

void BatchesTab::refresh() {
    const auto& shown = m_feed.shown();
    if (shown && shown->batch && (shown->batch.get() != m_batch || shown->output.get() != m_output)) {
        m_batch = shown->batch.get();
        m_output = shown->output.get();
        const OutputTuning& output = m_feed.session().tuning().output;
        m_model->take(*shown->batch, shown->output.get(), output.on && !output.url.empty());
    }
    setEmptyText(m_model->rowCount() > 0
                     ? QString()
                     : tr("No batch yet. At each interval the lines that have come are taken as one micro-batch: counted, "
                          "committed, indexed. Each becomes a row here."));
}

} // namespace sg
