#pragma once
/// A line that opens what is under it: chevron, title, and a word on what is inside.
#include "ui/style/appearance.h"

#include <QToolButton>

namespace sg {

class FoldButton : public QToolButton {
    Q_OBJECT

public:
    /// Strong for groups, Body for what is folded inside one.
    FoldButton(Appearance& appearance, Appearance::Text role, const QString& title, QWidget* parent = nullptr);
    void setSummary(const QString& summary);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override; ///< a title that does not fit takes more lines

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    [[nodiscard]] int textRoom(int width) const;
    [[nodiscard]] bool isBeside(int width) const; ///< the summary; else it stands below the title

    Appearance& m_appearance;
    Appearance::Text m_role;
    QString m_summary;
};

} // namespace sg
