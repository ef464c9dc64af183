#pragma once
/// The plot of a time chart on the screen: series by Qt Charts, grid and labels painted behind them, crosshair and marks in front.
#include "ui/style/palette.h"

#include <QChartView>
#include <QPolygonF>

#include <functional>
#include <vector>

class QAreaSeries;
class QLineSeries;
class QValueAxis;

namespace sg {

/// A piece of a series without a gap, ready to be drawn: x in milliseconds, y in axis units, inside the visible range.
struct Stroke {
    QVector<QPointF> points;
    QColor colour;
    double width = 1.5;
    Qt::PenStyle style = Qt::SolidLine;
    bool area = false;     ///< filled down to the axis, without a line
    bool gradient = false; ///< of an area: fades towards the axis
};

class TimePlot : public QChartView {
    Q_OBJECT

public:
    using Paint = std::function<void(QPainter&)>;

    explicit TimePlot(QWidget* parent);
    /// Behind and in front of the series, in the view's own coordinates.
    void setPainters(Paint behind, Paint front);
    /// `area` of the view; ranges in the strokes' units.
    void showStrokes(const QVector<Stroke>& strokes, const QRectF& area, double fromMs, double toMs, double bottom, double top);
    void setSurface(const QColor& colour);

protected:
    void drawBackground(QPainter* painter, const QRectF& rect) override;
    void drawForeground(QPainter* painter, const QRectF& rect) override;

private:
    struct Area {
        QAreaSeries* series;
        QLineSeries* upper;
    };
    void attach(QAbstractSeries* series);

    QValueAxis* m_x;
    QValueAxis* m_y;
    std::vector<Area> m_areas;
    std::vector<QLineSeries*> m_lines;
    Paint m_behind, m_front;
    QRectF m_area;
    QColor m_surface;
};

/// The gradient under a line.
[[nodiscard]] QBrush fadingBrush(const QColor& colour);

} // namespace sg
