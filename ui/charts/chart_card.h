#pragma once
/// A chart in its card: title, subtitle, legend, plot, menu. What every chart can do: be drawn elsewhere (export), give its table (CSV),
/// say its message in a sentence (report).
///
/// A chart redraws only when its own data changed and it can be seen; it takes at most 300 points a series.
#include "ui/models/feed.h"
#include "ui/style/appearance.h"

#include <QFrame>
#include <QString>
#include <QStringList>
#include <QVariant>
#include <QVector>

class QMenu;
class QPainter;

namespace sg {

/// What a chart shows, as numbers: exactly the points on the screen.
struct ChartTable {
    QStringList columns;             ///< with units: "time", "processed (lines/s)"
    QVector<QVector<QVariant>> rows; ///< QDateTime (UTC), double, qulonglong or QString; an invalid QVariant = absent
};

struct ChartContext {
    Feed& feed;
    Appearance& appearance;
};

class ChartCard : public QFrame {
    Q_OBJECT

public:
    /// `id` is the file name of exports: a-z and -.
    ChartCard(ChartContext context, QString id, QString title, QWidget* parent = nullptr);

    [[nodiscard]] const QString& id() const { return m_id; }
    [[nodiscard]] const QString& title() const { return m_title; }
    [[nodiscard]] virtual ChartTable table() const = 0;
    /// One sentence on what the chart says now, for the report.
    [[nodiscard]] virtual QString sentence() const = 0;
    /// The whole card (title, legend, plot) into `target`, with the colours of `palette`; also onto a QSvgGenerator or a QPdfWriter:
    /// nothing is drawn outside `target`.
    virtual void draw(QPainter& painter, const QRectF& target, const Palette& palette) const = 0;
    /// Brings the plot up to date with what the feed shows, even when hidden: before an export.
    virtual void refresh() = 0;
    /// Entries of its own for the card's menu (log scale, rank, errors only, ...).
    virtual void fillMenu(QMenu& menu);

signals:
    void enlargeRequested(); ///< double click
    void exportRequested();  ///< from its menu

protected:
    [[nodiscard]] Feed& feed() const { return m_context.feed; }
    [[nodiscard]] Appearance& appearance() const { return m_context.appearance; }

private:
    ChartContext m_context;
    QString m_id;
    QString m_title;
};

} // namespace sg
