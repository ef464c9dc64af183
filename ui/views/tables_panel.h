#pragma once
/// The tables below the charts: batches, live log, dead letters, problems.
///
/// *Cost:* a tab that is not seen takes only what its title needs (and the log its lines). A further tab: a TableTab, one line in the
/// constructor.
#include "ui/models/feed.h"
#include "ui/style/appearance.h"

#include <QWidget>

class QPushButton;
class QTabWidget;

namespace sg {

class BatchesTab;
class DeadLettersTab;
class LogTab;
class ProblemsTab;

class TablesPanel : public QWidget {
    Q_OBJECT

public:
    TablesPanel(Feed& feed, Appearance& appearance, QWidget* parent = nullptr);

    /// "batches", "log", "dead-letters", "problems"; an unknown one changes nothing.
    void showTab(const QString& id);
    [[nodiscard]] QString currentTab() const;
    /// Warnings and errors that are still true.
    [[nodiscard]] int openProblems() const { return m_open; }

    [[nodiscard]] BatchesTab& batches() { return *m_batches; }
    [[nodiscard]] LogTab& log() { return *m_log; }
    [[nodiscard]] DeadLettersTab& deadLetters() { return *m_dead; }
    [[nodiscard]] ProblemsTab& problems() { return *m_problems; }

    [[nodiscard]] QSize sizeHint() const override;
    /// The tabs' own height: everything else may be folded away.
    [[nodiscard]] QSize minimumSizeHint() const override;

signals:
    void openProblemsChanged(int open);
    void tabChanged(const QString& id);

private:
    void add(QWidget* tab, const QString& id, const QString& title);
    void retitle();
    void refreshCorner();

    Feed& m_feed;
    Appearance& m_appearance;
    QTabWidget* m_tabs;
    QPushButton* m_newest;
    BatchesTab* m_batches;
    LogTab* m_log;
    DeadLettersTab* m_dead;
    ProblemsTab* m_problems;
    int m_open = 0;
    quint64 m_deadCount = 0;
};

} // namespace sg
