#pragma once
/// The list of the live log: follows the newest line until someone reads; then what is read stays where it is, also when the oldest
/// lines leave.
#include "ui/models/live_log.h"
#include "ui/style/appearance.h"

#include <QListView>

namespace sg {

class LogView : public QListView {
    Q_OBJECT

public:
    LogView(LiveLog& log, Appearance& appearance, QWidget* parent = nullptr);
    [[nodiscard]] bool isFollowing() const { return m_following; }
    void setFollowing(bool following);
    /// The chosen lines as they are shown, in the order of the log.
    [[nodiscard]] QString selectedText() const;
    void copySelection() const;

signals:
    void followingChanged(bool following);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void removed(int count);

    LiveLog& m_log;
    Appearance& m_appearance;
    bool m_following = true;
};

} // namespace sg
