#include "ui/views/log_view.h"

#include "ui/style/figure_label.h"
#include "ui/style/number_text.h"
#include "ui/views/cell_delegate.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QFontMetricsF>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QWheelEvent>

#include <algorithm>

namespace sg {
namespace {

/// Time, status with its mark, and the line in one pass; only what can be seen of a line is looked at.
class LogDelegate : public QStyledItemDelegate {
public:
    LogDelegate(const LiveLog& log, Appearance& appearance, QObject* parent)
        : QStyledItemDelegate(parent), m_log(log), m_appearance(appearance) {}

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        Q_UNUSED(option)
        Q_UNUSED(index)
        return {100, tableRowHeight(m_appearance)};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Palette& palette = m_appearance.palette();
        const LogRow& row = m_log.rowAt(index.row());
        const double pad = m_appearance.scaled(10), middle = QRectF(option.rect).center().y();
        double x = option.rect.left() + pad;
        const double right = option.rect.right() - pad;
        drawRowGround(*painter, option, index, palette);

        painter->setFont(m_appearance.font(Appearance::Text::Body));
        const QFontMetricsF body(painter->font());
        const double baseline = middle + (body.ascent() - body.descent()) / 2;
        painter->setPen(palette.dim);
        const QString clock = row.timeMs == 0 ? QStringLiteral("-") : clockText(row.timeMs, true);
        drawCells(*painter, x, baseline, clock);
        x += cellWidth(body, QStringLiteral("00:00:00")) + pad;

        const double size = m_appearance.scaled(9);
        if (row.kind == LineClass::Dead) {
            drawCellMark(*painter, {x + size / 2, middle}, size, CellMark::Warning, palette, false);
        } else {
            painter->fillRect(QRectF(x, middle - size / 2, size, size), palette.status[static_cast<std::size_t>(row.kind)]);
        }
        x += size + m_appearance.scaled(6);
        painter->setPen(palette.text);
        const QString status = row.kind == LineClass::Dead ? lineClassText(row.kind)
                               : row.status < 0            ? QStringLiteral("-")
                                                           : QString::number(row.status);
        drawCells(*painter, x, baseline, status);
        x += std::max(cellWidth(body, QStringLiteral("000")), body.horizontalAdvance(lineClassText(LineClass::Dead))) + pad;

        painter->setFont(m_appearance.monospace());
        const QFontMetricsF mono(painter->font());
        const double cell = std::max(1.0, mono.horizontalAdvance(QLatin1Char('0')));
        const auto room = static_cast<qsizetype>(std::max(0.0, right - x) / cell) + 1;
        const bool cut = row.text.size() > room;
        const QString seen = cut ? mono.elidedText(row.text.left(room + 1), Qt::ElideRight, right - x) : row.text;
        for (const auto& [start, length] : m_log.matches(seen)) {
            const double from = mono.horizontalAdvance(seen.left(start)), wide = mono.horizontalAdvance(seen.mid(start, length));
            painter->fillRect(QRectF(x + from, middle - mono.height() / 2, wide, mono.height()),
                              blended(palette.accent, palette.surface, 0.35));
        }
        painter->setPen(row.kind == LineClass::Dead ? palette.dim : palette.text);
        painter->drawText(QPointF(x, middle + (mono.ascent() - mono.descent()) / 2), seen);
    }

private:
    const LiveLog& m_log;
    Appearance& m_appearance;
};

} // namespace

LogView::LogView(LiveLog& log, Appearance& appearance, QWidget* parent) : QListView(parent), m_log(log), m_appearance(appearance) {
    setFrameShape(QFrame::NoFrame);
    setUniformItemSizes(true);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setItemDelegate(new LogDelegate(log, appearance, this));
    setModel(&log);
    connect(&log, &QAbstractItemModel::rowsInserted, this, [this] {
        if (m_following) scrollToBottom();
    });
    connect(&log, &QAbstractItemModel::modelReset, this, [this] {
        if (m_following) scrollToBottom();
    });
    connect(&log, &QAbstractItemModel::rowsRemoved, this, [this](const QModelIndex&, int first, int last) {
        if (!m_following && first == 0) removed(last - first + 1);
    });
    connect(verticalScrollBar(), &QAbstractSlider::actionTriggered, this,
            [this] { setFollowing(verticalScrollBar()->sliderPosition() >= verticalScrollBar()->maximum()); });
    connect(&appearance, &Appearance::changed, this, &LogView::scheduleDelayedItemsLayout);
}

void LogView::removed(int count) {
    const int top = verticalScrollBar()->value();
    executeDelayedItemsLayout();
    verticalScrollBar()->setValue(std::max(0, top - count));
}

void LogView::setFollowing(bool following) {
    if (following) {
        clearSelection();
        scrollToBottom();
    }
    if (following == m_following) return;
    m_following = following;
    emit followingChanged(following);
}

void LogView::showEvent(QShowEvent* event) {
    QListView::showEvent(event);
    if (m_following) scrollToBottom();
}

void LogView::resizeEvent(QResizeEvent* event) {
    QListView::resizeEvent(event);
    if (m_following) scrollToBottom();
}

void LogView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
        return;
    }
    switch (event->key()) {
    case Qt::Key_Up:
    case Qt::Key_PageUp:
    case Qt::Key_Home:
        if (!currentIndex().isValid() && model()->rowCount() > 0)
            setCurrentIndex(
                model()->index(std::min(model()->rowCount() - 1, verticalScrollBar()->value() + verticalScrollBar()->pageStep()), 0));
        setFollowing(false);
        break;
    case Qt::Key_End:
    case Qt::Key_Escape:
        if (event->key() == Qt::Key_Escape && m_following) break;
        setFollowing(true);
        return;
    default:
        break;
    }
    QListView::keyPressEvent(event);
}

void LogView::wheelEvent(QWheelEvent* event) {
    if (event->angleDelta().y() > 0 && verticalScrollBar()->maximum() > 0) setFollowing(false);
    QListView::wheelEvent(event);
}

void LogView::mousePressEvent(QMouseEvent* event) {
    if (indexAt(event->position().toPoint()).isValid()) setFollowing(false);
    QListView::mousePressEvent(event);
}

QString LogView::selectedText() const {
    QModelIndexList rows = selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    QStringList lines;
    for (const QModelIndex& row : std::as_const(rows)) lines.append(m_log.rowAt(row.row()).text);
    return lines.join(QLatin1Char('\n'));
}

void LogView::copySelection() const {
    const QString text = selectedText();
    if (!text.isEmpty()) QGuiApplication::clipboard()->setText(text);
}

void LogView::contextMenuEvent(QContextMenuEvent* event) {
    setFollowing(false);
    QMenu menu(this);
    QAction* copy = menu.addAction(tr("Copy lines"), QKeySequence::Copy, this, &LogView::copySelection);
    copy->setEnabled(selectionModel()->hasSelection());
    menu.addAction(tr("Select all"), QKeySequence::SelectAll, this, &LogView::selectAll);
    menu.addAction(tr("Follow the newest"), QKeySequence(Qt::Key_End), this, [this] { setFollowing(true); });
    menu.exec(event->globalPos());
}

} // namespace sg
