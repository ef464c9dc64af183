#pragma once
/// A chart in its card: title, subtitle, legend, plot, menu. What every chart can do: be drawn elsewhere (export), give its table (CSV),
/// say its message in a sentence (report).
///
/// A chart redraws only when its own data changed and it can be seen; it takes at most 300 points a series.
#include "ui/charts/chart_cursor.h"
#include "ui/models/feed.h"
#include "ui/style/appearance.h"

#include <QBasicTimer>
#include <QFrame>
#include <QSize>
#include <QString>
#include <QStringList>
#include <QVariant>
#include <QVector>

#include <vector>

class QMenu;
class QPainter;
class QAbstractButton;

namespace sg {

inline constexpr int kMostPoints = 300;           ///< of a series
inline constexpr QSize kUnseenCardSize(720, 360); ///< of a card that no layout has given a place: what is exported of it fits that

/// What a chart shows, as numbers: exactly the points on the screen.
struct ChartTable {
    QStringList columns;             ///< with units: "time", "processed (lines/s)"
    QVector<QVector<QVariant>> rows; ///< QDateTime (UTC), double, qulonglong or QString; an invalid QVariant = absent
};

struct ChartContext {
    Feed& feed;
    Appearance& appearance;
    ChartCursor* cursor = nullptr; ///< shared by all charts; null = the feed's own
};

/// One series as the legend names it; its sample has the series' own width and dashes.
struct LegendEntry {
    QString name;
    QColor colour;
    double width = 0; ///< of a line; 0 = an area, shown as a square
    Qt::PenStyle style = Qt::SolidLine;
    bool shown = true;
};

class ChartCard : public QFrame {
    Q_OBJECT

public:
    /// `id` is the file name of exports: a-z and -.
    ChartCard(ChartContext context, QString id, QString title, QWidget* parent = nullptr);

    [[nodiscard]] const QString& id() const { return m_id; }
    [[nodiscard]] const QString& title() const { return m_title; }
    /// Small beside the title: the unit, or what the chart says in a few words.
    [[nodiscard]] virtual QString subtitle() const { return {}; }
    [[nodiscard]] virtual ChartTable table() const = 0;
    /// One sentence on what the chart says now, for the report.
    [[nodiscard]] virtual QString sentence() const = 0;
    /// The whole card (title, legend, plot) into `target`, with the colours of `palette`; also onto a QSvgGenerator or a QPdfWriter:
    /// nothing is drawn outside `target`.
    virtual void draw(QPainter& painter, const QRectF& target, const Palette& palette) const;
    /// Brings the plot up to date with what the feed shows, even when hidden: before an export.
    virtual void refresh() = 0;
    /// Entries of its own for the card's menu (log scale, rank, errors only, ...).
    virtual void fillMenu(QMenu& menu);
    /// Shows or hides a series; the last one shown stays.
    void setSeriesShown(int index, bool shown);

    void copyImage() const;
    void copyData() const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

    /// While one lives, the card draws and counts its rows as outside Present: what is exported does not depend on it.
    class AtDesk {
    public:
        explicit AtDesk(ChartCard& card);
        ~AtDesk();
        AtDesk(const AtDesk&) = delete;
        AtDesk& operator=(const AtDesk&) = delete;

    private:
        const Appearance::AtDesk m_desk;
        ChartCard& m_card;
        const QRect m_plotArea;
    };

signals:
    void enlargeRequested();           ///< double click
    void exportRequested();            ///< from its menu
    void menuAboutToShow(QMenu* menu); ///< the window adds its own entries

protected:
    [[nodiscard]] Feed& feed() const { return m_context.feed; }
    [[nodiscard]] Appearance& appearance() const { return m_context.appearance; }
    [[nodiscard]] ChartCursor& cursor() const { return *m_context.cursor; }

    /// The data changed: `refresh` runs once, soon, or when the card is shown.
    void invalidate();
    /// Title, subtitle, legend and plot are painted anew.
    void redraw();

    [[nodiscard]] virtual QVector<LegendEntry> legend(const Palette& palette) const;
    virtual void showSeries(int index, bool shown);
    /// Why there is nothing to see, and what to do; empty when there is something.
    [[nodiscard]] virtual QString emptyText() const = 0;
    virtual void paintPlot(QPainter& painter, const QRectF& area, const Palette& palette) const = 0;
    /// For a chart that shows its plot by a widget of its own: place it there, hidden when the chart is empty. `paintPlot` is then called
    /// for exports only.
    virtual bool placePlot(const QRect& area);
    /// What can be pointed at: rows, bars, slices; the mouse by its place, the arrow keys one by one. 0 = none.
    [[nodiscard]] virtual int itemCount() const { return 0; }
    [[nodiscard]] virtual int itemAt(const QPointF& at) const; ///< in the card's coordinates; -1 = none
    [[nodiscard]] virtual Tip tipOf(int item) const;
    [[nodiscard]] virtual QPointF placeOf(int item) const; ///< where its tip belongs
    /// Chosen by the keyboard: the others are drawn at 40 %; -1 = none.
    [[nodiscard]] int chosenItem() const { return m_chosen; }
    void choose(int item);
    [[nodiscard]] QColor itemColour(int item, const QColor& colour, const Palette& palette) const;
    /// Another palette, other fonts.
    virtual void restyle() {}
    [[nodiscard]] QRect plotArea() const { return m_plotArea; }

    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void timerEvent(QTimerEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

private:
    struct Header;
    [[nodiscard]] QMarginsF padding() const;
    [[nodiscard]] Header header(double width, const QVector<LegendEntry>& entries) const;
    void paintHeader(QPainter& painter, const QRectF& area, const Header& header, const Palette& palette) const;
    void paintEmpty(QPainter& painter, const QRectF& area, const Palette& palette) const;
    [[nodiscard]] QRect plotAreaBelow(const Header& header) const;
    void arrange();
    void popMenu(const QPoint& global);

    ChartContext m_context;
    QString m_id;
    QString m_title;
    QRect m_plotArea;
    bool m_dirty = true;
    bool m_ownPlot = false; ///< a widget shows the plot
    int m_chosen = -1;
    QBasicTimer m_soon;
    QAbstractButton* m_menuButton = nullptr;
    std::vector<QAbstractButton*> m_legendButtons;
};

} // namespace sg
