#pragma once
/// The dead letters: by reason, with what to do, out to a file, and read again in another format.
#include "ui/models/dead_letter_table.h"
#include "ui/models/feed.h"
#include "ui/views/row_view.h"
#include "ui/views/table_tab.h"

class QComboBox;
class QPushButton;

namespace sg {

class DeadLettersTab : public TableTab {
    Q_OBJECT

public:
    DeadLettersTab(Feed& feed, Appearance& appearance, QWidget* parent = nullptr);
    [[nodiscard]] RowView& view() { return *m_view; }
    [[nodiscard]] DeadLetterTable& model() { return *m_model; }
    /// What is shown, as NDJSON; a sentence when it failed, empty when it is there.
    [[nodiscard]] QString writeTo(const QString& path) const;

signals:
    void countChanged(quint64 count);

private:
    void refresh();
    void fillReasons();
    void fillFormats();
    void askAndWrite();
    void retry();
    void tellRetry();

    Feed& m_feed;
    DeadLetterTable* m_model;
    RowView* m_view;
    QComboBox* m_reasons;
    QLabel* m_note;
    QPushButton* m_export;
    QComboBox* m_format;
    std::vector<NamedFormat> m_own; ///< of the profile, as they stand in m_format
    QPushButton* m_retry;
    QString m_said; ///< of the retry; stands before what is shown
    std::uint64_t m_retryBefore = 0;
    bool m_asked = false;
    std::array<std::uint64_t, kReasonCount> m_counts{};
};

} // namespace sg
