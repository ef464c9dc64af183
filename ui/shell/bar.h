#pragma once
/// The bar at the top: name, source, scenario, time range, Pause, Export, Open Kibana, Present, Start/Stop. It only says what was asked
/// for; the window does it.
#include "ui/models/feed.h"
#include "ui/style/appearance.h"

#include <QPushButton>
#include <QWidget>

class QAction;
class QLabel;
class QMenu;

namespace sg {

class Bar : public QWidget {
    Q_OBJECT

public:
    Bar(Feed& feed, Appearance& appearance, QWidget* parent = nullptr);

    [[nodiscard]] QMenu& sourceMenu() { return *m_sourceMenu; }
    [[nodiscard]] QMenu& scenarioMenu() { return *m_scenarioMenu; }
    [[nodiscard]] QMenu& exportMenu() { return *m_exportMenu; }
    [[nodiscard]] QMenu& moreMenu() { return *m_moreMenu; }
    void setScenario(const QString& title); ///< empty = none runs
    [[nodiscard]] QString rangeLabel() const { return m_range->text(); }

signals:
    void pauseToggled();
    void kibanaClicked();
    void presentClicked();
    void startStopClicked();

protected:
    void resizeEvent(QResizeEvent* event) override;
    [[nodiscard]] QSize minimumSizeHint() const override;

private:
    void refresh();
    void fillRanges();
    void fit();

    Feed& m_feed;
    Appearance& m_appearance;
    QLabel *m_brand = nullptr, *m_subtitle = nullptr;
    QAction *m_kibanaAction = nullptr, *m_presentAction = nullptr, *m_moved = nullptr;
    QPushButton *m_source = nullptr, *m_scenario = nullptr, *m_range = nullptr, *m_pause = nullptr, *m_export = nullptr,
                *m_kibana = nullptr, *m_present = nullptr, *m_start = nullptr, *m_more = nullptr;
    QMenu *m_sourceMenu = nullptr, *m_scenarioMenu = nullptr, *m_rangeMenu = nullptr, *m_exportMenu = nullptr, *m_moreMenu = nullptr;
};

/// "Last 5 min", "14:02:10 to 14:05:00", "All of it".
[[nodiscard]] QString rangeLabelText(const TimeRange& range);

} // namespace sg
