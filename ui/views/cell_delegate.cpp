#include "ui/views/cell_delegate.h"

#include "ui/style/figure_label.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>

namespace sg {

int tableRowHeight(const Appearance& appearance) { return appearance.scaled(26); }

void drawRowGround(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index, const Palette& palette) {
    if (option.state.testFlag(QStyle::State_Selected)) painter.fillRect(option.rect, palette.selection);
    else if (index.row() % 2 == 1) painter.fillRect(option.rect, palette.raised);
}

void drawCellMark(QPainter& painter, QPointF centre, double size, CellMark mark, const Palette& palette, bool dim) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const double half = size / 2;
    const auto colour = [&](const QColor& own) { return dim ? palette.dim : own; };
    painter.setPen(Qt::NoPen);
    switch (mark) {
    case CellMark::Info:
        painter.setBrush(colour(palette.accent));
        painter.drawEllipse(centre, half * 0.9, half * 0.9);
        break;
    case CellMark::Warning:
        painter.setBrush(colour(palette.warn));
        painter.drawPolygon(
            QPolygonF({centre + QPointF(0, -half), centre + QPointF(half * 1.1, half * 0.9), centre + QPointF(-half * 1.1, half * 0.9)}));
        break;
    case CellMark::Error:
        painter.setBrush(colour(palette.bad));
        painter.drawPolygon(QPolygonF({centre + QPointF(0, -half * 1.15), centre + QPointF(half * 1.15, 0),
                                       centre + QPointF(0, half * 1.15), centre + QPointF(-half * 1.15, 0)}));
        break;
    case CellMark::Done:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour(palette.good), std::max(1.4, size / 6), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(
            QPolygonF({centre + QPointF(-half, 0), centre + QPointF(-half * 0.25, half * 0.7), centre + QPointF(half, -half * 0.8)}));
        break;
    case CellMark::None:
        break;
    }
    painter.restore();
}

CellDelegate::CellDelegate(Appearance& appearance, QObject* parent) : QStyledItemDelegate(parent), m_appearance(appearance) {}

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const Palette& palette = m_appearance.palette();
    painter->save();
    painter->setClipRect(option.rect);
    drawRowGround(*painter, option, index, palette);
    const bool dim = index.data(kDimRole).toBool();
    const bool raw = index.data(kRawRole).toBool();
    const bool strong = index.data(kStrongRole).toBool();
    painter->setFont(raw ? m_appearance.monospace() : m_appearance.font(strong ? Appearance::Text::Strong : Appearance::Text::Body));
    painter->setPen(dim ? palette.dim : palette.text);
    const QFontMetricsF metrics(painter->font());
    const double pad = m_appearance.scaled(10);
    QRectF box = QRectF(option.rect).adjusted(pad, 0, -pad, 0);
    const auto mark = static_cast<CellMark>(index.data(kMarkRole).toInt());
    const auto alignment = Qt::Alignment(index.data(Qt::TextAlignmentRole).toInt());
    const bool right = alignment.testFlag(Qt::AlignRight);
    const double size = m_appearance.scaled(9);
    QString text = index.data(Qt::DisplayRole).toString();
    const double baseline = box.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    if (right) {
        const double width = cellWidth(metrics, text);
        const double left = std::max(box.left(), box.right() - width);
        if (mark != CellMark::None) drawCellMark(*painter, {left - size * 1.2, box.center().y()}, size, mark, palette, dim);
        drawCells(*painter, left, baseline, text);
    } else {
        if (mark != CellMark::None) {
            drawCellMark(*painter, {box.left() + size / 2, box.center().y()}, size, mark, palette, dim);
            box.setLeft(box.left() + size + m_appearance.scaled(7));
        }
        text = metrics.elidedText(text, Qt::ElideMiddle, box.width());
        if (raw) painter->drawText(QPointF(box.left(), baseline), text);
        else drawCells(*painter, box.left(), baseline, text);
    }
    painter->restore();
}

QSize CellDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    Q_UNUSED(option)
    const QFontMetricsF metrics(index.data(kRawRole).toBool() ? m_appearance.monospace() : m_appearance.font(Appearance::Text::Body));
    return {static_cast<int>(cellWidth(metrics, index.data(Qt::DisplayRole).toString())) + m_appearance.scaled(21),
            tableRowHeight(m_appearance)};
}

} // namespace sg
