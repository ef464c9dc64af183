#include "ui/views/problems_tab.h"

#include <QPushButton>

namespace sg {
namespace {

constexpr std::array kStages{StageName::Generator, StageName::Splitter, StageName::Batch, StageName::Output};

} // namespace

ProblemsTab::ProblemsTab(Feed& feed, Appearance& appearance, QWidget* parent) : TableTab(parent), m_feed(feed) {
    m_model = new ProblemTable(this);
    m_view = new RowView(appearance, {{QStringLiteral("resolved___"), 0},
                                      {QStringLiteral("Elasticsearch"), 0},
                                      {QStringLiteral("cannot read what is to be"), 6},
                                      {QStringLiteral("00,000"), 0},
                                      {QStringLiteral("00-00 00:00"), 0},
                                      {QStringLiteral("00-00 00:00"), 0},
                                      {QStringLiteral("What is to be delivered"), 5}});
    m_view->setModel(m_model);
    m_view->setAccessibleName(tr("Problems, the open ones first"));
    setContent(new WholeRows(m_view, appearance));

    m_failed = new QWidget;
    auto* row = new QHBoxLayout(m_failed);
    row->setContentsMargins(0, 0, 0, 0);
    m_failure = new QLabel;
    m_failure->setProperty("role", "error");
    m_failure->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row->addWidget(m_failure, 1);
    for (std::size_t i = 0; i < kStages.size(); ++i) {
        const StageName stage = kStages[i];
        m_restart[i] = new QPushButton(tr("Restart %1").arg(stageNameText(stage)));
        m_restart[i]->setToolTip(tr("Starts the stage again where it stopped; nothing that was committed is done twice."));
        m_restart[i]->hide();
        row->addWidget(m_restart[i]);
        connect(m_restart[i], &QPushButton::clicked, this, [this, stage] { m_feed.session().restart(stage); });
    }
    m_failed->hide();
    tools()->setContentsMargins(0, 0, 0, 0);
    tools()->addWidget(m_failed);
    connect(&feed, &Feed::frame, this, &ProblemsTab::refresh);
    refresh();
}

void ProblemsTab::refresh() {
    const auto& shown = m_feed.shown();
    if (shown) {
        const std::array<const void*, 5> parts{shown->generator.get(), shown->splitter.get(), shown->batch.get(), shown->output.get(),
                                               shown->metrics.get()};
        if (parts == m_parts) return;
        m_parts = parts;
        m_model->take(*shown);
        QStringList sentences;
        for (std::size_t i = 0; i < kStages.size(); ++i) {
            const StageStatus* stage = stageStatus(*shown, kStages[i]);
            const bool failed = stage != nullptr && stage->state == StageState::Failed;
            m_restart[i]->setVisible(failed);
            if (failed) sentences.append(tr("%1 has failed: %2").arg(stageNameText(kStages[i]), QString::fromStdString(stage->detail)));
        }
        const QString text = sentences.join(QStringLiteral("  "));
        if (text != m_failure->text()) {
            m_failure->setText(text);
            m_failure->setToolTip(text);
            m_failed->setVisible(!text.isEmpty());
            m_failed->layout()->setContentsMargins(10, 6, 10, 6);
        }
    }
    setEmptyText(m_model->rowCount() > 0
                     ? QString()
                     : tr("No problems. What a person should know stands here once, with how often it happened and what to do; "
                          "when it is over it stays for a while, dim."));
    if (m_model->open() == m_open) return;
    m_open = m_model->open();
    emit openChanged(m_open);
}

} // namespace sg
