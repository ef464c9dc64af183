#pragma once
/// A chart over the shared time axis: what all of them have in common is here; one of them says only which series it has.
///
/// Range, ticks, crosshair and tip are shared; a drag chooses a range for everything, the wheel zooms, 0 returns.
#include "ui/charts/chart_card.h"
#include "ui/charts/time_plot.h"
#include "ui/charts/time_ticks.h"
#include "ui/charts/value_scale.h"

#include <functional>
#include <optional>

namespace sg {

struct Trace {
    enum class Shape { Line, Stack };

    QString name;
    QString unit; ///< in the table's column
    std::function<QColor(const Palette&)> colour;
    Shape shape = Shape::Line;
    double width = 1.5;
    Qt::PenStyle style = Qt::SolidLine;
    bool glow = false;         ///< a soft gradient under the line
    double stepMs = 1000;      ///< a longer way between two points is a gap
    bool shown = true;         ///< kept from one collection to the next
    bool offered = true;       ///< in the legend
    QVector<QPointF> points{}; ///< (milliseconds, value), ascending, at most kMostPoints; Stack: the value itself, not the sum
};

class TimeChart : public ChartCard, public CursorReader {
    Q_OBJECT

public:
    TimeChart(const ChartContext& context, const QString& id, const QString& title, QWidget* parent);
    ~TimeChart() override;

    [[nodiscard]] ChartTable table() const override;
    void refresh() override;
    void fillMenu(QMenu& menu) override;
    void setLogScale(bool log);
    [[nodiscard]] bool isLogScale() const { return m_scale.isLog(); }
    /// As they are on the screen: cut to the range, and of a log scale without what is not above 0.
    [[nodiscard]] const QVector<Trace>& traces() const { return m_traces; }
    /// The plot, in the card's coordinates.
    [[nodiscard]] QRectF plotRect() const;

    [[nodiscard]] TipRow headlineAt(qint64 ms) const override;
    [[nodiscard]] bool isRead(const QWidget* window) const override;

protected:
    /// The series, once, from the constructor; the first is drawn first.
    void setTraces(QVector<Trace> traces);
    /// Fills `points` (and `stepMs`) from what the feed shows now.
    virtual void collect(QVector<Trace>& traces) = 0;
    [[nodiscard]] virtual QString valueText(const Trace& trace, double value) const = 0;
    [[nodiscard]] virtual QString axisText(double value) const;
    /// The widest label that the y-axis will have: the plot's left edge never moves.
    [[nodiscard]] virtual QString widestLabel() const;
    /// What other charts' tips say of this one; default: the first shown series.
    [[nodiscard]] virtual TipRow headline(const QVector<std::optional<double>>& values) const;
    /// Keeps the scale at 0..top; 0 follows the values.
    void fixScale(double top) { m_scale.fix(top); }
    /// Grid lines are drawn over the areas as well.
    void setGridInFront(bool front) { m_gridInFront = front; }
    void setOffersLog(bool offers) { m_offersLog = offers; }
    [[nodiscard]] const ValueScale& scale() const { return m_scale; }
    [[nodiscard]] std::optional<double> valueAt(const Trace& trace, qint64 ms) const;
    /// Window of event time that the feed shows; null before the first.
    [[nodiscard]] const WindowPart* part() const;

    [[nodiscard]] QVector<LegendEntry> legend(const Palette& palette) const override;
    void showSeries(int index, bool shown) override;
    void paintPlot(QPainter& painter, const QRectF& area, const Palette& palette) const override;
    bool placePlot(const QRect& area) override;
    void restyle() override;

    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] QRectF frameIn(const QRectF& area) const;
    [[nodiscard]] QVector<Stroke> strokes(const Palette& palette) const;
    [[nodiscard]] double xOf(double ms, const QRectF& frame) const;
    [[nodiscard]] double yOf(double unit, const QRectF& frame) const;
    [[nodiscard]] qint64 momentAt(double x) const;
    void paintGrid(QPainter& painter, const QRectF& frame, const Palette& palette, double opacity) const;
    void paintLabels(QPainter& painter, const QRectF& frame, const Palette& palette) const;
    void paintMarks(QPainter& painter, const QRectF& frame, const Palette& palette) const;
    void paintCursor(QPainter& painter, const QRectF& frame, const Palette& palette) const;
    void feedPlot();
    void cursorMoved();
    void showTip(qint64 ms, const QPoint& global);
    [[nodiscard]] QRect cursorStrip(double x) const;

    TimePlot* m_plot;
    QVector<Trace> m_traces;
    QVector<QVector<double>> m_tops; ///< of stacked traces: the sum up to and with this one
    ValueScale m_scale;
    qint64 m_from = 0, m_to = 0;
    QVector<Mark> m_marks;
    bool m_gridInFront = false;
    bool m_offersLog = true;
    std::optional<qint64> m_pressed;
    QPointF m_pressedAt;
    bool m_dragging = false;
    double m_cursorX = -1;
};

} // namespace sg
