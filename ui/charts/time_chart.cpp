#include "ui/charts/time_chart.h"

#include "ui/style/figure_label.h"
#include "ui/style/number_text.h"

#include <QDateTime>
#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QPainterPath>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <map>

namespace sg {
namespace {

constexpr double kLabelGap = 6; // between a label and the plot
constexpr int kOverhang = 12;   // of the last time label into the card's padding
constexpr double kDragFrom = 4; // px: less is a click
constexpr double kZoomIn = 0.8, kZoomOut = 1.25;
constexpr double kGap = 1.6; // steps between two points that are not joined
constexpr std::size_t kMostPieces = 12; // of a series: in sparse data only its longest gaps are shown

/// Cuts [from, to] out of an ascending line; where it crosses an edge it ends exactly there.
QVector<QPointF> cutAt(const QVector<QPointF>& points, double from, double to) {
    QVector<QPointF> out;
    out.reserve(points.size());
    const auto between = [](const QPointF& a, const QPointF& b, double x) {
        return QPointF(x, a.y() + (b.y() - a.y()) * (x - a.x()) / (b.x() - a.x()));
    };
    for (qsizetype i = 0; i < points.size(); ++i) {
        const QPointF& point = points[i];
        if (i > 0) {
            const QPointF& before = points[i - 1];
            if (before.x() < from && point.x() > from) out.append(between(before, point, from));
            if (before.x() < to && point.x() > to) out.append(between(before, point, to));
        }
        if (point.x() >= from && point.x() <= to) out.append(point);
    }
    return out;
}

/// Milliseconds between two points that are not joined any more. Where data comes once in a while everything would be gaps, and each
/// piece between them a series of its own.
double gapOf(const Trace& trace) {
    const double least = trace.stepMs * kGap;
    std::vector<double> gaps;
    for (qsizetype i = 1; i < trace.points.size(); ++i)
        if (const double way = trace.points[i].x() - trace.points[i - 1].x(); way > least) gaps.push_back(way);
    if (gaps.size() < kMostPieces) return least;
    std::nth_element(gaps.begin(), gaps.begin() + (kMostPieces - 1), gaps.end(), std::greater<>());
    return gaps[kMostPieces - 1];
}

} // namespace

TimeChart::TimeChart(const ChartContext& context, const QString& id, const QString& title, QWidget* parent)
    : ChartCard(context, id, title, parent), m_plot(new TimePlot(this)) {
    setMouseTracking(true);
    m_plot->setPainters(
        [this](QPainter& painter) {
            const QRectF frame = plotRect().translated(-m_plot->pos());
            paintGrid(painter, frame, appearance().palette(), 1);
            paintLabels(painter, frame, appearance().palette());
        },
        [this](QPainter& painter) {
            const QRectF frame = plotRect().translated(-m_plot->pos());
            if (m_gridInFront) paintGrid(painter, frame, appearance().palette(), 0.35);
            paintMarks(painter, frame, appearance().palette());
            paintCursor(painter, frame, appearance().palette());
        });
    connect(&context.feed, &Feed::second, this, &TimeChart::invalidate);
    connect(&context.feed, &Feed::window, this, &TimeChart::invalidate);
    connect(&context.feed.range(), &TimeRange::advanced, this, &TimeChart::invalidate);
    connect(&cursor(), &ChartCursor::moved, this, &TimeChart::cursorMoved);
    cursor().addReader(this);
    restyle();
}

TimeChart::~TimeChart() { cursor().removeReader(this); }

void TimeChart::setTraces(QVector<Trace> traces) { m_traces = std::move(traces); }

const WindowPart* TimeChart::part() const {
    const auto& shown = feed().shown();
    return shown && shown->window ? shown->window.get() : nullptr;
}

void TimeChart::restyle() { m_plot->setSurface(appearance().palette().surface); }

QString TimeChart::axisText(double value) const { return tickText(value, m_scale.isLog() ? value : m_scale.step()); }

QString TimeChart::widestLabel() const { return tickText(100'000, 100'000); }

TipRow TimeChart::headline(const QVector<std::optional<double>>& values) const {
    for (qsizetype i = 0; i < m_traces.size(); ++i)
        if (m_traces[i].shown && values[i])
            return {title() + QStringLiteral(", ") + m_traces[i].name, valueText(m_traces[i], *values[i]),
                    m_traces[i].colour(appearance().palette())};
    return {};
}

// --- data ---

void TimeChart::refresh() {
    m_from = feed().range().fromMs();
    m_to = feed().range().toMs();
    collect(m_traces);
    double least = 0, greatest = 0;
    m_tops.clear();
    std::map<double, double> sums;
    for (Trace& trace : m_traces) {
        const bool log = m_scale.isLog();
        const auto outside = [&](const QPointF& point) {
            return point.x() < static_cast<double>(m_from) || point.x() > static_cast<double>(m_to) || (log && !(point.y() > 0)) ||
                   !std::isfinite(point.y());
        };
        trace.points.erase(std::remove_if(trace.points.begin(), trace.points.end(), outside), trace.points.end());
        if (trace.points.size() > kMostPoints) trace.points.remove(0, trace.points.size() - kMostPoints);
        QVector<double> tops;
        for (const QPointF& point : trace.points) {
            double top = point.y();
            if (trace.shape == Trace::Shape::Stack && trace.shown) top = sums[point.x()] += point.y();
            tops.append(top);
            if (!trace.shown) continue;
            if (point.y() > 0 && (least <= 0 || point.y() < least)) least = point.y();
            greatest = std::max(greatest, top);
        }
        m_tops.append(std::move(tops));
    }
    m_scale.fit(least, greatest);
    m_marks = feed().history().marks(m_from, m_to);
    redraw();
}

std::optional<double> TimeChart::valueAt(const Trace& trace, qint64 ms) const {
    const auto x = static_cast<double>(ms);
    const auto after =
        std::lower_bound(trace.points.begin(), trace.points.end(), x, [](const QPointF& point, double at) { return point.x() < at; });
    const QPointF* best = nullptr;
    if (after != trace.points.end()) best = &*after;
    if (after != trace.points.begin() && (best == nullptr || x - std::prev(after)->x() < best->x() - x)) best = &*std::prev(after);
    if (best == nullptr || std::abs(best->x() - x) > trace.stepMs * 0.75) return {};
    return best->y();
}

ChartTable TimeChart::table() const {
    ChartTable table;
    table.columns << tr("time (UTC)");
    std::map<double, QVector<QVariant>> rows;
    int columns = 0;
    for (const Trace& trace : m_traces)
        if (trace.shown && trace.offered) ++columns;
    int column = 0;
    for (const Trace& trace : m_traces) {
        if (!trace.shown || !trace.offered) continue;
        table.columns << (trace.unit.isEmpty() ? trace.name : trace.name + QStringLiteral(" (") + trace.unit + QLatin1Char(')'));
        for (const QPointF& point : trace.points) {
            QVector<QVariant>& row = rows[point.x()];
            row.resize(columns);
            row[column] = point.y();
        }
        ++column;
    }
    for (auto& [ms, row] : rows) {
        row.prepend(QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(ms), Qt::UTC));
        table.rows.append(row);
    }
    return table;
}

void TimeChart::setLogScale(bool log) {
    if (log == m_scale.isLog()) return;
    m_scale.setLog(log);
    refresh();
}

void TimeChart::fillMenu(QMenu& menu) {
    if (m_offersLog) {
        QAction* log = menu.addAction(tr("Logarithmic scale"));
        log->setCheckable(true);
        log->setChecked(isLogScale());
        connect(log, &QAction::triggered, this, &TimeChart::setLogScale);
    }
    QAction* reset = menu.addAction(tr("Reset the time range"));
    reset->setEnabled(!feed().range().isLive());
    connect(reset, &QAction::triggered, this, [this] { feed().range().reset(); });
}

QVector<LegendEntry> TimeChart::legend(const Palette& palette) const {
    QVector<LegendEntry> entries;
    for (const Trace& trace : m_traces)
        if (trace.offered)
            entries.append(
                {trace.name, trace.colour(palette), trace.shape == Trace::Shape::Line ? trace.width : 0, trace.style, trace.shown});
    return entries;
}

void TimeChart::showSeries(int index, bool shown) {
    for (Trace& trace : m_traces)
        if (trace.offered && index-- == 0) trace.shown = shown;
    refresh();
}

// --- geometry ---

QRectF TimeChart::frameIn(const QRectF& area) const {
    const QFontMetricsF metrics(appearance().font(Appearance::Text::Caption));
    const double left = std::ceil(cellWidth(metrics, widestLabel()) + kLabelGap);
    const double right = std::ceil(std::max(0.0, cellWidth(metrics, QStringLiteral("00:00:00")) / 2 - kOverhang));
    const double above = std::ceil(metrics.height() / 2), below = std::ceil(metrics.height() + kLabelGap);
    return area.adjusted(left, above, -right, -below);
}

QRectF TimeChart::plotRect() const { return frameIn(plotArea()); }

double TimeChart::xOf(double ms, const QRectF& frame) const {
    const auto span = static_cast<double>(m_to - m_from);
    return span > 0 ? frame.left() + (ms - static_cast<double>(m_from)) / span * frame.width() : frame.left();
}

double TimeChart::yOf(double unit, const QRectF& frame) const {
    return frame.bottom() - (unit - m_scale.bottom()) / (m_scale.top() - m_scale.bottom()) * frame.height();
}

qint64 TimeChart::momentAt(double x) const {
    const QRectF frame = plotRect();
    if (frame.width() <= 0) return m_from;
    const double share = std::clamp((x - frame.left()) / frame.width(), 0.0, 1.0);
    return m_from + static_cast<qint64>(std::llround(share * static_cast<double>(m_to - m_from)));
}

bool TimeChart::placePlot(const QRect& area) {
    const bool empty = !emptyText().isEmpty();
    m_plot->setVisible(!empty);
    if (empty) return true;
    m_plot->setGeometry(area.adjusted(0, -2, kOverhang, 4));
    if (m_plot->size().isEmpty()) return true;
    feedPlot();
    return true;
}

QVector<Stroke> TimeChart::strokes(const Palette& palette) const {
    QVector<Stroke> areas, lines;
    for (qsizetype i = 0; i < m_traces.size(); ++i) {
        const Trace& trace = m_traces[i];
        if (!trace.shown || trace.points.isEmpty()) continue;
        const bool stack = trace.shape == Trace::Shape::Stack;
        const auto finish = [&](QVector<QPointF> piece) {
            if (piece.isEmpty()) return;
            if (piece.size() == 1) { // alone: as wide as its step, so that it can be seen
                const QPointF point = piece.front();
                piece = {point - QPointF(trace.stepMs / 2, 0), point + QPointF(trace.stepMs / 2, 0)};
            }
            piece = cutAt(piece, static_cast<double>(m_from), static_cast<double>(m_to));
            for (QPointF& point : piece) point.setY(std::clamp(point.y(), m_scale.bottom(), m_scale.top()));
            Stroke stroke{std::move(piece), trace.colour(palette), appearance().stroke(trace.width), trace.style, stack, false};
            if (stack) {
                stroke.colour = blended(stroke.colour, palette.surface, 0.88);
                areas.append(stroke);
                return;
            }
            if (trace.glow) {
                Stroke glow = stroke;
                glow.area = glow.gradient = true;
                areas.append(glow);
            }
            lines.append(stroke);
        };
        QVector<QPointF> piece;
        const double gap = gapOf(trace);
        double last = 0;
        for (qsizetype at = 0; at < trace.points.size(); ++at) {
            const double x = trace.points[at].x();
            if (!piece.isEmpty() && x - last > gap) {
                finish(std::exchange(piece, {}));
            }
            piece.append({x, m_scale.unit(m_tops[i][at])});
            last = x;
        }
        finish(std::move(piece));
    }
    // What is stacked lower is drawn over what is stacked higher.
    if (!m_traces.isEmpty() && m_traces.front().shape == Trace::Shape::Stack) std::reverse(areas.begin(), areas.end());
    return areas + lines;
}

void TimeChart::feedPlot() {
    if (!m_plot->isVisibleTo(this)) return;
    m_plot->showStrokes(strokes(appearance().palette()), plotRect().translated(-m_plot->pos()), static_cast<double>(m_from),
                        static_cast<double>(std::max(m_to, m_from + 1)), m_scale.bottom(), m_scale.top());
}

// --- painting ---

void TimeChart::paintGrid(QPainter& painter, const QRectF& frame, const Palette& palette, double opacity) const {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    QColor colour = palette.line;
    colour.setAlphaF(static_cast<float>(opacity));
    painter.setPen(QPen(colour, 1));
    for (const double value : m_scale.ticks()) {
        const double y = std::round(yOf(m_scale.unit(value), frame));
        painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y));
    }
    for (const TimeTick& tick : timeTicks(m_from, m_to)) {
        const double x = std::round(xOf(static_cast<double>(tick.ms), frame));
        painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()));
    }
    painter.restore();
}

void TimeChart::paintLabels(QPainter& painter, const QRectF& frame, const Palette& palette) const {
    painter.setFont(appearance().font(Appearance::Text::Caption));
    painter.setPen(palette.dim);
    const QFontMetricsF metrics(painter.font());
    const double centred = (metrics.ascent() - metrics.descent()) / 2;
    double above = frame.bottom() + 2 * metrics.height();
    for (const double value : m_scale.ticks()) {
        const double y = yOf(m_scale.unit(value), frame);
        if (above - y < metrics.height() * 1.15) continue;
        above = y;
        const QString text = axisText(value);
        drawCells(painter, frame.left() - kLabelGap - cellWidth(metrics, text), y + centred, text);
    }
    const std::vector<TimeTick> ticks = timeTicks(m_from, m_to);
    if (ticks.size() < 1) return;
    double widest = 0;
    for (const TimeTick& tick : ticks) widest = std::max(widest, cellWidth(metrics, tick.label));
    // Too narrow for all labels: every second, third ... one, counted from the clock, so that they stay where they are.
    const double apart =
        ticks.size() > 1 ? xOf(static_cast<double>(ticks[1].ms), frame) - xOf(static_cast<double>(ticks[0].ms), frame) : frame.width();
    const auto every = static_cast<qint64>(std::max(1.0, std::ceil((widest + 8) / std::max(1.0, apart))));
    const qint64 step = ticks.size() > 1 ? ticks[1].ms - ticks[0].ms : 1;
    for (const TimeTick& tick : ticks) {
        if (every > 1 && (tick.ms / step) % every != 0) continue;
        const double x = xOf(static_cast<double>(tick.ms), frame) - cellWidth(metrics, tick.label) / 2;
        drawCells(painter, x, frame.bottom() + kLabelGap + metrics.ascent(), tick.label);
    }
}

void TimeChart::paintMarks(QPainter& painter, const QRectF& frame, const Palette& palette) const {
    if (m_marks.isEmpty()) return;
    QColor colour = palette.text;
    colour.setAlphaF(0.45F);
    for (const Mark& mark : m_marks) {
        const double x = std::round(xOf(static_cast<double>(mark.ms), frame)) + 0.5;
        painter.setPen(QPen(colour, 1, Qt::DotLine));
        painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()));
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawPolygon(QPolygonF({QPointF(x - 3, frame.top()), QPointF(x + 3, frame.top()), QPointF(x, frame.top() + 4)}));
    }
}

void TimeChart::paintCursor(QPainter& painter, const QRectF& frame, const Palette& palette) const {
    if (const auto band = cursor().band()) {
        const double left = std::clamp(xOf(static_cast<double>(band->first), frame), frame.left(), frame.right());
        const double right = std::clamp(xOf(static_cast<double>(band->second), frame), frame.left(), frame.right());
        QColor fill = palette.accent;
        fill.setAlphaF(0.16F);
        painter.fillRect(QRectF(QPointF(std::min(left, right), frame.top()), QPointF(std::max(left, right), frame.bottom())), fill);
    }
    const auto moment = cursor().moment();
    if (!moment || *moment < m_from || *moment > m_to) return;
    const double x = std::round(xOf(static_cast<double>(*moment), frame)) + 0.5;
    painter.setPen(QPen(palette.dim, 1));
    painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()));
    for (qsizetype i = 0; i < m_traces.size(); ++i) {
        if (!m_traces[i].shown || m_traces[i].shape == Trace::Shape::Stack) continue;
        const auto value = valueAt(m_traces[i], *moment);
        if (!value) continue;
        painter.setPen(QPen(palette.surface, 1.5));
        painter.setBrush(m_traces[i].colour(palette));
        painter.drawEllipse(QPointF(x, yOf(m_scale.unit(*value), frame)), 3.5, 3.5);
    }
}

void TimeChart::paintPlot(QPainter& painter, const QRectF& area, const Palette& palette) const {
    const QRectF frame = frameIn(area);
    if (frame.width() < 1 || frame.height() < 1) return;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    paintGrid(painter, frame, palette, 1);
    for (const Stroke& stroke : strokes(palette)) {
        QPolygonF line;
        line.reserve(stroke.points.size() + 2);
        for (const QPointF& point : stroke.points) line.append({xOf(point.x(), frame), yOf(point.y(), frame)});
        if (line.isEmpty()) continue;
        if (stroke.area) {
            line.append({line.back().x(), frame.bottom()});
            line.append({line.front().x(), frame.bottom()});
            painter.setPen(Qt::NoPen);
            painter.setBrush(stroke.gradient ? fadingBrush(stroke.colour) : QBrush(stroke.colour));
            painter.drawPolygon(line);
        } else {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(
                QPen(stroke.colour, stroke.width, stroke.style, stroke.style == Qt::SolidLine ? Qt::RoundCap : Qt::FlatCap, Qt::RoundJoin));
            painter.drawPolyline(line);
        }
    }
    if (m_gridInFront) paintGrid(painter, frame, palette, 0.35);
    paintMarks(painter, frame, palette);
    paintLabels(painter, frame, palette);
    painter.restore();
}

// --- the mouse and the keyboard ---

QRect TimeChart::cursorStrip(double x) const {
    const QRectF frame = plotRect();
    return QRectF(x - 6, frame.top() - 4, 12, frame.height() + 8).translated(-m_plot->pos()).toAlignedRect();
}

void TimeChart::cursorMoved() {
    if (!m_plot->isVisible()) return;
    const auto moment = cursor().moment();
    const double x = moment ? xOf(static_cast<double>(*moment), plotRect()) : -1;
    if (cursor().band() || m_dragging) {
        m_plot->viewport()->update();
    } else {
        if (m_cursorX >= 0) m_plot->viewport()->update(cursorStrip(m_cursorX));
        if (x >= 0) m_plot->viewport()->update(cursorStrip(x));
    }
    m_dragging = cursor().band().has_value();
    m_cursorX = x;
}

TipRow TimeChart::headlineAt(qint64 ms) const {
    QVector<std::optional<double>> values;
    for (const Trace& trace : m_traces) values.append(valueAt(trace, ms));
    return headline(values);
}

bool TimeChart::isRead(const QWidget* window) const { return isVisible() && this->window() == window && emptyText().isEmpty(); }

void TimeChart::showTip(qint64 ms, const QPoint& global) {
    Tip tip{momentText(ms, m_to - m_from), {}};
    const Palette& palette = appearance().palette();
    for (const Trace& trace : m_traces) {
        if (!trace.shown) continue;
        const auto value = valueAt(trace, ms);
        tip.rows.append({trace.name, value ? valueText(trace, *value) : QString(QChar(0x2013)), trace.colour(palette)});
    }
    // A stack is read from its top.
    if (!m_traces.isEmpty() && m_traces.front().shape == Trace::Shape::Stack) std::reverse(tip.rows.begin(), tip.rows.end());
    if (const auto others = cursor().headlines(this, window(), ms); !others.isEmpty()) tip.rows += others;
    const double near = 4 * static_cast<double>(m_to - m_from) / std::max(1.0, plotRect().width());
    for (const Mark& mark : m_marks)
        if (std::abs(static_cast<double>(mark.ms - ms)) <= near)
            tip.rows.append({clockText(mark.ms, true) + QStringLiteral("  ") + mark.text, {}, {}});
    cursor().showTip(appearance(), window(), tip, global);
}

void TimeChart::mouseMoveEvent(QMouseEvent* event) {
    const QRectF frame = plotRect();
    const bool pressed = m_pressed && (event->buttons() & Qt::LeftButton);
    const bool inside = emptyText().isEmpty() && frame.adjusted(0, -6, 0, 6).contains(event->position());
    if (!inside && !pressed) {
        cursor().setMoment({});
        cursor().hideTip();
        return;
    }
    const qint64 ms = momentAt(event->position().x());
    if (pressed && std::abs(event->position().x() - m_pressedAt.x()) >= kDragFrom) cursor().setBand({{*m_pressed, ms}});
    cursor().setMoment(ms);
    showTip(ms, event->globalPosition().toPoint());
}

void TimeChart::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !emptyText().isEmpty() || !plotRect().contains(event->position())) {
        ChartCard::mousePressEvent(event);
        return;
    }
    m_pressed = momentAt(event->position().x());
    m_pressedAt = event->position();
}

void TimeChart::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !m_pressed) return;
    m_pressed.reset();
    const auto band = cursor().band();
    cursor().setBand({});
    if (!band) return;
    cursor().hideTip();
    feed().range().setFixed(std::min(band->first, band->second), std::max(band->first, band->second));
}

void TimeChart::leaveEvent(QEvent* event) {
    ChartCard::leaveEvent(event);
    cursor().setMoment({});
    cursor().hideTip();
}

void TimeChart::wheelEvent(QWheelEvent* event) {
    if (!emptyText().isEmpty() || event->angleDelta().y() == 0 || !plotRect().contains(event->position())) {
        event->ignore();
        return;
    }
    feed().range().zoom(momentAt(event->position().x()), event->angleDelta().y() > 0 ? kZoomIn : kZoomOut);
    event->accept();
}

void TimeChart::keyPressEvent(QKeyEvent* event) {
    const qint64 middle = cursor().moment().value_or((m_from + m_to) / 2);
    switch (event->key()) {
    case Qt::Key_0:
        feed().range().reset();
        return;
    case Qt::Key_Plus:
        feed().range().zoom(middle, kZoomIn);
        return;
    case Qt::Key_Minus:
        feed().range().zoom(middle, kZoomOut);
        return;
    case Qt::Key_Left:
    case Qt::Key_Right: {
        const qint64 step = std::max<qint64>(1000, (m_to - m_from) / kMostPoints);
        const qint64 next = std::clamp(middle + (event->key() == Qt::Key_Left ? -step : step), m_from, m_to);
        cursor().setMoment(next);
        showTip(next, mapToGlobal(QPointF(xOf(static_cast<double>(next), plotRect()), plotRect().center().y()).toPoint()));
        return;
    }
    case Qt::Key_Escape:
        if (cursor().band() || cursor().moment()) {
            m_pressed.reset();
            cursor().setBand({});
            cursor().setMoment({});
            cursor().hideTip();
            return;
        }
        break;
    default:
        break;
    }
    ChartCard::keyPressEvent(event);
}

} // namespace sg
