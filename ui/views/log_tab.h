#pragma once
/// The live log with its filter.
#include "ui/models/feed.h"
#include "ui/models/live_log.h"
#include "ui/views/log_view.h"
#include "ui/views/table_tab.h"

#include <array>

class QLineEdit;
class QPushButton;
class QToolButton;

namespace sg {

class LogTab : public TableTab {
    Q_OBJECT

public:
    LogTab(Feed& feed, Appearance& appearance, QWidget* parent = nullptr);
    [[nodiscard]] LogView& view() { return *m_view; }
    [[nodiscard]] LiveLog& log() { return *m_log; }
    void focusFilter();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void take();
    void applyFilter();
    void refreshText();
    void restyle();

    Feed& m_feed;
    Appearance& m_appearance;
    LiveLog* m_log;
    LogView* m_view;
    QLineEdit* m_pattern;
    QToolButton *m_regular, *m_only;
    std::array<QToolButton*, kLineClasses> m_classes{};
    QLabel* m_note;
    QPushButton* m_follow;
    std::string m_stream;
};

} // namespace sg
