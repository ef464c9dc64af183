#pragma once
/// A table of whole rows, newest on top, that leaves a reader in peace: rows that arrive above neither move the selection nor the place
/// on the screen of someone who has scrolled away or chosen a row.
///
/// Copies the chosen rows as tab-separated text with the headers (Ctrl+C, context menu).
#include "ui/style/appearance.h"

#include <QTableView>

class QMenu;

namespace sg {

class RowView : public QTableView {
    Q_OBJECT

public:
    /// Width of a column: its header or this text, whichever is wider; what is left goes to the columns by their shares.
    struct ColumnShape {
        QString sample;
        int share = 0;
    };

    RowView(Appearance& appearance, QVector<ColumnShape> columns, QWidget* parent = nullptr);
    void setModel(QAbstractItemModel* model) override;
    /// Someone reads: it is scrolled away from the newest row, or rows are chosen.
    [[nodiscard]] bool isReading() const;
    /// To the newest row, nothing chosen.
    void showNewest();
    [[nodiscard]] QString selectedText() const;
    void copySelection() const;

signals:
    void readingChanged();
    /// Entries of the owner's for the context menu.
    void menuRequested(QMenu& menu);

protected:
    void rowsInserted(const QModelIndex& parent, int start, int end) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) override;

private:
    void measure();
    void fit();

    Appearance& m_appearance;
    QVector<ColumnShape> m_columns;
    QVector<int> m_needed;
};

/// Holds a view and gives it a height of whole rows; what is left over stays empty below.
class WholeRows : public QWidget {
    Q_OBJECT

public:
    WholeRows(QAbstractScrollArea* view, Appearance& appearance, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {0, 0}; }

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();

    QAbstractScrollArea* m_view;
    Appearance& m_appearance;
};

} // namespace sg
