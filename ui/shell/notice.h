#pragma once
/// One sentence in a row of its own, with at most one thing to do about it; never modal. The newest replaces the one before.
#include "ui/style/appearance.h"

#include <QFrame>
#include <QTimer>

#include <functional>

class QLabel;
class QPushButton;

namespace sg {

class Notice : public QFrame {
    Q_OBJECT

public:
    explicit Notice(Appearance& appearance, QWidget* parent = nullptr);
    enum class Kind { Said, Wrong };
    /// `Said` leaves by itself after 10 s; `Wrong` stays until it is closed or replaced.
    void show(const QString& sentence, Kind kind, const QString& action = {}, std::function<void()> act = {});
    void hideNow();
    [[nodiscard]] QString sentence() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Appearance& m_appearance;
    QLabel* m_text = nullptr;
    QPushButton* m_action = nullptr;
    Kind m_kind = Kind::Said;
    std::function<void()> m_act;
    QTimer m_timer;
};

} // namespace sg
