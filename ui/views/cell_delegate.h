#pragma once
/// Draws the cells of all tables: numbers in equal digit cells, marks that differ by shape, dim and strong text, the chosen row.
#include "ui/models/keyed_table.h"
#include "ui/style/appearance.h"

#include <QStyledItemDelegate>

namespace sg {

class CellDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    CellDelegate(Appearance& appearance, QObject* parent);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    Appearance& m_appearance;
};

/// Of a row of any table at this text scale.
[[nodiscard]] int tableRowHeight(const Appearance& appearance);
/// Ground of a row: chosen, every second, or nothing; and the frame of the row that the keyboard is on.
void drawRowGround(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index, const Palette& palette);
/// A mark of the given size around its centre.
void drawCellMark(QPainter& painter, QPointF centre, double size, CellMark mark, const Palette& palette, bool dim);

} // namespace sg
