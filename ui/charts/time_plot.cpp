#include "ui/charts/time_plot.h"

#include <QAreaSeries>
#include <QChart>
#include <QGraphicsLayout>
#include <QLineSeries>
#include <QLinearGradient>
#include <QValueAxis>

namespace sg {

QBrush fadingBrush(const QColor& colour) {
    QLinearGradient gradient(0, 0, 0, 1);
    gradient.setCoordinateMode(QGradient::ObjectBoundingMode);
    QColor from = colour, to = colour;
    from.setAlphaF(0.34F);
    to.setAlphaF(0.04F);
    gradient.setColorAt(0, from);
    gradient.setColorAt(1, to);
    return gradient;
}

TimePlot::TimePlot(QWidget* parent) : QChartView(parent), m_x(new QValueAxis), m_y(new QValueAxis) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::NoFocus);
    setContextMenuPolicy(Qt::NoContextMenu);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setRenderHint(QPainter::Antialiasing);
    // The scene would ask for a second painting of what `showStrokes` has asked for.
    setViewportUpdateMode(QGraphicsView::NoViewportUpdate);
    setOptimizationFlag(QGraphicsView::DontSavePainterState);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    // The card handles the mouse: Qt Charts' own handling is left out.
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setMinimumSize(0, 0);

    chart()->legend()->hide();
    chart()->setBackgroundVisible(false);
    chart()->setMargins({});
    chart()->layout()->setContentsMargins(0, 0, 0, 0);
    chart()->setMinimumSize(0, 0);
    chart()->addAxis(m_x, Qt::AlignBottom);
    chart()->addAxis(m_y, Qt::AlignLeft);
    m_x->setVisible(false);
    m_y->setVisible(false);
    // Qt Charts lays the plot out a turn of the loop after it was asked to.
    connect(chart(), &QChart::plotAreaChanged, viewport(), qOverload<>(&QWidget::update));
}

void TimePlot::setPainters(Paint behind, Paint front) {
    m_behind = std::move(behind);
    m_front = std::move(front);
}

void TimePlot::setSurface(const QColor& colour) {
    m_surface = colour;
    viewport()->update();
}

void TimePlot::attach(QAbstractSeries* series) {
    chart()->addSeries(series);
    series->attachAxis(m_x);
    series->attachAxis(m_y);
}

void TimePlot::showStrokes(const QVector<Stroke>& strokes, const QRectF& area, double fromMs, double toMs, double bottom, double top) {
    if (area != m_area) {
        m_area = area;
        chart()->setPlotArea(area);
    }
    m_x->setRange(fromMs, toMs);
    m_y->setRange(bottom, top);
    std::size_t areas = 0, lines = 0;
    for (const Stroke& stroke : strokes) {
        if (stroke.area) {
            if (areas == m_areas.size()) {
                auto* upper = new QLineSeries(this);
                auto* series = new QAreaSeries(upper);
                series->setPen(Qt::NoPen);
                attach(series);
                m_areas.push_back({series, upper});
            }
            const Area& shown = m_areas[areas++];
            const QBrush brush = stroke.gradient ? fadingBrush(stroke.colour) : QBrush(stroke.colour);
            if (shown.series->brush() != brush) shown.series->setBrush(brush);
            shown.upper->replace(stroke.points);
            shown.series->setVisible(true);
            continue;
        }
        if (lines == m_lines.size()) {
            auto* series = new QLineSeries;
            attach(series);
            m_lines.push_back(series);
        }
        QLineSeries* shown = m_lines[lines++];
        const QPen pen(stroke.colour, stroke.width, stroke.style, stroke.style == Qt::SolidLine ? Qt::RoundCap : Qt::FlatCap,
                       Qt::RoundJoin);
        if (shown->pen() != pen) shown->setPen(pen);
        shown->replace(stroke.points);
        shown->setVisible(true);
    }
    for (; areas < m_areas.size(); ++areas) m_areas[areas].series->setVisible(false);
    for (; lines < m_lines.size(); ++lines) m_lines[lines]->setVisible(false);
    viewport()->update();
}

void TimePlot::drawBackground(QPainter* painter, const QRectF& rect) {
    painter->fillRect(rect, m_surface);
    if (m_behind) m_behind(*painter);
}

void TimePlot::drawForeground(QPainter* painter, const QRectF& rect) {
    Q_UNUSED(rect)
    if (m_front) m_front(*painter);
}

} // namespace sg
