#include "ui/views/row_view.h"

#include "ui/style/figure_label.h"
#include "ui/views/cell_delegate.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QFontMetricsF>
#include <QGuiApplication>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace sg {

RowView::RowView(Appearance& appearance, QVector<ColumnShape> columns, QWidget* parent)
    : QTableView(parent), m_appearance(appearance), m_columns(std::move(columns)) {
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setSelectionBehavior(SelectRows);
    setSelectionMode(ExtendedSelection);
    setEditTriggers(NoEditTriggers);
    setTabKeyNavigation(false);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollMode(ScrollPerPixel);
    setWordWrap(false);
    setCornerButtonEnabled(false);
    setItemDelegate(new CellDelegate(appearance, this));
    verticalHeader()->hide();
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionsClickable(false);
    horizontalHeader()->setMinimumSectionSize(20);
    horizontalHeader()->setTextElideMode(Qt::ElideRight);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &RowView::readingChanged);
    connect(&appearance, &Appearance::changed, this, &RowView::measure);
}

void RowView::setModel(QAbstractItemModel* model) {
    QTableView::setModel(model);
    measure();
}

void RowView::measure() {
    if (model() == nullptr) return;
    verticalHeader()->setDefaultSectionSize(tableRowHeight(m_appearance));
    horizontalHeader()->setFixedHeight(tableRowHeight(m_appearance) + m_appearance.scaled(2));
    const QFontMetricsF body(m_appearance.font(Appearance::Text::Body));
    m_needed.clear();
    for (int column = 0; column < m_columns.size(); ++column) {
        const double header = body.horizontalAdvance(model()->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        const double cell = cellWidth(body, m_columns[column].sample);
        m_needed.append(static_cast<int>(std::ceil(std::max(header, cell))) + m_appearance.scaled(20) + 2);
    }
    fit();
    viewport()->update();
}

void RowView::fit() {
    if (m_needed.isEmpty()) return;
    int needed = 0, shares = 0;
    for (int column = 0; column < m_needed.size(); ++column) {
        needed += m_needed[column];
        shares += m_columns[column].share;
    }
    int left = std::max(0, viewport()->width() - needed);
    for (int column = 0; column < m_needed.size(); ++column) {
        const int more = shares > 0 ? left * m_columns[column].share / shares : 0;
        left -= more;
        shares -= m_columns[column].share;
        horizontalHeader()->resizeSection(column, m_needed[column] + more);
    }
}

void RowView::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    fit();
}

bool RowView::isReading() const {
    return verticalScrollBar()->value() > 0 || (selectionModel() != nullptr && selectionModel()->hasSelection());
}

void RowView::showNewest() {
    clearSelection();
    setCurrentIndex({});
    verticalScrollBar()->setValue(0);
    emit readingChanged();
}

void RowView::rowsInserted(const QModelIndex& parent, int start, int end) {
    const int top = verticalScrollBar()->value();
    const bool reading = isReading();
    QTableView::rowsInserted(parent, start, end);
    if (!reading || start > top) return;
    // The bar's range must know the new rows before it can be moved past them.
    updateGeometries();
    verticalScrollBar()->setValue(top + (end - start + 1));
}

void RowView::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) {
    QTableView::selectionChanged(selected, deselected);
    emit readingChanged();
}

QString RowView::selectedText() const {
    if (model() == nullptr || selectionModel() == nullptr) return {};
    QModelIndexList rows = selectionModel()->selectedRows();
    if (rows.isEmpty()) return {};
    std::sort(rows.begin(), rows.end());
    const auto clean = [](QString text) {
        return text.replace(QLatin1Char('\t'), QLatin1Char(' ')).replace(QLatin1Char('\n'), QLatin1Char(' '));
    };
    QStringList lines, cells;
    for (int column = 0; column < model()->columnCount(); ++column)
        cells.append(clean(model()->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString()));
    lines.append(cells.join(QLatin1Char('\t')));
    for (const QModelIndex& row : std::as_const(rows)) {
        cells.clear();
        for (int column = 0; column < model()->columnCount(); ++column) cells.append(clean(row.siblingAtColumn(column).data().toString()));
        lines.append(cells.join(QLatin1Char('\t')));
    }
    return lines.join(QLatin1Char('\n'));
}

void RowView::copySelection() const {
    const QString text = selectedText();
    if (!text.isEmpty()) QGuiApplication::clipboard()->setText(text);
}

void RowView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
        return;
    }
    if (event->key() == Qt::Key_Escape && isReading()) {
        showNewest();
        return;
    }
    // A first arrow key chooses the first row on the screen.
    if (!currentIndex().isValid() && model() != nullptr && model()->rowCount() > 0 &&
        (event->key() == Qt::Key_Down || event->key() == Qt::Key_Up)) {
        selectRow(verticalScrollBar()->value());
        return;
    }
    QTableView::keyPressEvent(event);
}

void RowView::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    QAction* copy = menu.addAction(tr("Copy rows"), QKeySequence::Copy, this, &RowView::copySelection);
    copy->setEnabled(selectionModel() != nullptr && selectionModel()->hasSelection());
    const QModelIndex under = indexAt(viewport()->mapFromGlobal(event->globalPos()));
    if (under.isValid()) {
        const QString cell = under.data().toString();
        menu.addAction(tr("Copy cell"), this, [cell] { QGuiApplication::clipboard()->setText(cell); });
    }
    menu.addAction(tr("Select all"), QKeySequence::SelectAll, this, &RowView::selectAll);
    menu.addAction(tr("To the newest"), QKeySequence(Qt::Key_Escape), this, &RowView::showNewest);
    emit menuRequested(menu);
    menu.exec(event->globalPos());
}

WholeRows::WholeRows(QAbstractScrollArea* view, Appearance& appearance, QWidget* parent)
    : QWidget(parent), m_view(view), m_appearance(appearance) {
    view->setParent(this);
    setFocusProxy(view);
    view->horizontalScrollBar()->installEventFilter(this);
    connect(&appearance, &Appearance::changed, this, &WholeRows::place, Qt::QueuedConnection);
}

QSize WholeRows::sizeHint() const { return {400, tableRowHeight(m_appearance) * 6}; }

void WholeRows::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    place();
}

bool WholeRows::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Show || event->type() == QEvent::Hide) place();
    return QWidget::eventFilter(watched, event);
}

void WholeRows::place() {
    const auto* table = qobject_cast<QTableView*>(m_view);
    const int header = table != nullptr ? table->horizontalHeader()->height() : 0;
    const QScrollBar* bar = m_view->horizontalScrollBar();
    const int around = header + (bar->isVisible() ? bar->height() : 0) + 2 * m_view->frameWidth();
    const int row = tableRowHeight(m_appearance);
    const int rows = std::max(0, (height() - around) / row);
    m_view->setGeometry(0, 0, width(), rows > 0 ? around + rows * row : height());
}

} // namespace sg
