#pragma once
/// A line of text whose digits stand in cells of equal width, so that changing numbers do not jerk.
#include "ui/style/appearance.h"

#include <QWidget>

namespace sg {

class FigureLabel : public QWidget {
    Q_OBJECT

public:
    FigureLabel(Appearance& appearance, Appearance::Text role, QWidget* parent = nullptr);
    void setText(const QString& text);
    [[nodiscard]] QString text() const { return m_text; }
    void setDim(bool dim);
    void setBad(bool bad); ///< the palette's `bad`: a difference in the books
    void setRightAligned(bool right) { m_right = right; }
    void setRole(Appearance::Text role);
    void setWhole(bool whole); ///< never cut; else it gives way and is elided at its end, the whole in the tooltip
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Appearance& m_appearance;
    Appearance::Text m_role;
    QString m_text;
    bool m_dim = false;
    bool m_bad = false;
    bool m_right = false;
    bool m_whole = false;
};

/// Width of `text` with its digits in equal cells.
[[nodiscard]] double cellWidth(const QFontMetricsF& metrics, const QString& text);
/// Draws it so, from `left` on at `baseline`.
void drawCells(QPainter& painter, double left, double baseline, const QString& text);

} // namespace sg
