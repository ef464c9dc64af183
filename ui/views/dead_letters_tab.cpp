#include "ui/views/dead_letters_tab.h"

#include "ui/style/number_text.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QPushButton>
#include <QSaveFile>
#include <QStandardPaths>

namespace sg {

DeadLettersTab::DeadLettersTab(Feed& feed, Appearance& appearance, QWidget* parent) : TableTab(parent), m_feed(feed) {
    m_model = new DeadLetterTable(this);
    m_view = new RowView(appearance, {{QStringLiteral("00:00:00"), 0},
                                      {QStringLiteral("The time stamp is not a date"), 3},
                                      {QStringLiteral("203.0.113.7 - - [23/Nov/2026:"), 6},
                                      {QStringLiteral("access.log:0000000"), 2},
                                      {QStringLiteral("column 000"), 1},
                                      {QStringLiteral("Check that the format is"), 4},
                                      {QStringLiteral("000000"), 0}});
    m_view->setModel(m_model);
    m_view->setAccessibleName(tr("Dead letters, the newest first"));
    setContent(new WholeRows(m_view, appearance));

    m_reasons = new QComboBox;
    m_reasons->setAccessibleName(tr("Reason of the dead letters"));
    m_reasons->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_reasons->setMinimumContentsLength(16);
    tools()->addWidget(m_reasons, 2);
    m_note = new QLabel;
    m_note->setProperty("role", "caption");
    m_note->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    tools()->addWidget(m_note, 3);
    m_format = new QComboBox;
    m_format->setAccessibleName(tr("Format in which the dead letters are read again"));
    m_format->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_format->setMinimumContentsLength(10);
    m_format->setToolTip(tr("The format in which the lines are read again"));
    fillFormats();
    tools()->addWidget(m_format, 1);
    m_retry = new QPushButton(tr("Retry"));
    m_retry->setToolTip(tr("Reads the lines of the chosen reason again, and sends refused documents again: what can be read now is counted "
                           "and delivered like any other line, the rest comes back here"));
    tools()->addWidget(m_retry);
    connect(m_retry, &QPushButton::clicked, this, &DeadLettersTab::retry);
    m_export = new QPushButton(tr("Save as..."));
    m_export->setToolTip(tr("What is shown, one JSON object a line, with the bytes as they were"));
    tools()->addWidget(m_export);

    connect(m_reasons, &QComboBox::activated, this, [this] {
        const QVariant reason = m_reasons->currentData();
        m_model->setReason(reason.isValid() ? std::optional(static_cast<Reason>(reason.toInt())) : std::nullopt);
        refresh();
    });
    connect(m_export, &QPushButton::clicked, this, &DeadLettersTab::askAndWrite);
    connect(&feed, &Feed::deadLetters, this, [this] {
        const auto& shown = m_feed.shown();
        if (!shown || !shown->deadLetters) return;
        m_model->take(shown->deadLetters);
        tellRetry();
        refresh();
        emit countChanged(m_model->total());
    });
    if (feed.shown() && feed.shown()->deadLetters) m_model->take(feed.shown()->deadLetters);
    refresh();
}

/// The profile's own formats first: one of them was most likely described for these lines.
void DeadLettersTab::fillFormats() {
    const std::vector<NamedFormat>& own = m_feed.session().tuning().formats;
    if (m_format->count() > 0 && own == m_own) return;
    m_own = own;
    const QString before = m_format->currentText();
    m_format->clear();
    m_format->addItem(tr("As read now"), QString());
    for (const NamedFormat& format : m_own) m_format->addItem(QString::fromStdString(format.name), QString::fromStdString(format.is));
    for (const std::string& name : readableFormats()) m_format->addItem(QString::fromStdString(name), QString::fromStdString(name));
    m_format->setCurrentIndex(std::max(0, m_format->findText(before)));
}

void DeadLettersTab::refresh() {
    fillReasons();
    fillFormats();
    const std::uint64_t of = m_model->reason() ? m_model->count(*m_model->reason()) : m_model->total();
    const auto rows = static_cast<std::uint64_t>(m_model->rowCount());
    QString note = m_said;
    if (rows < of && !note.isEmpty()) note += QStringLiteral(". ");
    if (rows < of) note += tr("The newest %1 of %2 are shown.").arg(countText(rows), countText(of));
    if (m_model->notKept() > 0)
        note +=
            (note.isEmpty() ? QString() : QStringLiteral(" ")) + tr("%1 were counted, but not kept.").arg(countText(m_model->notKept()));
    m_note->setText(note);
    m_note->setToolTip(note);
    m_export->setEnabled(rows > 0);
    m_retry->setEnabled(rows > 0);
    m_format->setEnabled(rows > 0);
    m_reasons->setEnabled(m_model->total() > 0);
    if (rows > 0) setEmptyText({});
    else if (of > 0) setEmptyText(tr("%1 dead letters were counted; none of them is among those that are kept.").arg(countText(of)));
    else
        setEmptyText(
            tr("No dead letters. A line that cannot be read, or a document that Elasticsearch refuses, is kept here with its reason and "
               "what to do about it; it is never lost without a count."));
}

void DeadLettersTab::fillReasons() {
    std::array<std::uint64_t, kReasonCount> counts{};
    for (std::size_t reason = 1; reason < kReasonCount; ++reason) counts[reason] = m_model->count(static_cast<Reason>(reason));
    if ((counts == m_counts && m_reasons->count() > 0) || m_reasons->view()->isVisible()) return;
    m_counts = counts;
    const QSignalBlocker quiet(m_reasons);
    m_reasons->clear();
    m_reasons->addItem(tr("All reasons (%1)").arg(countText(m_model->total())));
    for (std::size_t reason = 1; reason < kReasonCount; ++reason) {
        const auto value = static_cast<Reason>(reason);
        if (counts[reason] == 0 && m_model->reason() != value) continue;
        m_reasons->addItem(QStringLiteral("%1 (%2)").arg(reasonSentence(value).chopped(1), countText(counts[reason])),
                           static_cast<int>(reason));
        if (m_model->reason() == value) m_reasons->setCurrentIndex(m_reasons->count() - 1);
    }
}

void DeadLettersTab::retry() {
    const auto& shown = m_feed.shown();
    m_retryBefore = shown && shown->deadLetters ? shown->deadLetters->retry.id : 0;
    RetryRequest request;
    request.reason = m_model->reason();
    request.format = m_format->currentData().toString().toStdString();
    const QString wrong = m_feed.session().retryDeadLetters(request);
    m_asked = wrong.isEmpty();
    m_said = m_asked ? tr("The lines are being read again") : wrong;
    refresh();
}

void DeadLettersTab::tellRetry() {
    const RetryOutcome& newest = m_feed.shown()->deadLetters->retry;
    if (!m_asked || newest.id == m_retryBefore) return;
    m_said = QString::fromStdString(retryWords(newest));
}

QString DeadLettersTab::writeTo(const QString& path) const {
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly)) return tr("%1 cannot be written: %2").arg(path, file.errorString());
    file.write(m_model->ndjson());
    if (!file.commit()) return tr("%1 cannot be written: %2").arg(path, file.errorString());
    return {};
}

void DeadLettersTab::askAndWrite() {
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    const QString path = QFileDialog::getSaveFileName(this, tr("Save the dead letters"), folder + QStringLiteral("/dead-letters.ndjson"),
                                                      tr("JSON lines (*.ndjson)"));
    if (path.isEmpty()) return;
    const QString wrong = writeTo(path);
    m_note->setText(wrong.isEmpty() ? tr("%1 dead letters are in %2.").arg(countText(static_cast<std::uint64_t>(m_model->rowCount())), path)
                                    : wrong);
    m_note->setToolTip(m_note->text());
}

} // namespace sg
