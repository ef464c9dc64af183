#include "ui/controls/load_curve.h"

#include "core/contract/snapshot.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sg {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

/// Corners of the shapes that are straight lines: share of the period, lines/s.
QVector<QPointF> cornersOf(const TrafficTuning& t) {
    const double low = t.rate * (1 - t.amplitude), high = t.rate * (1 + t.amplitude);
    QVector<QPointF> corners;
    switch (t.shape) {
    case LoadShape::Ramp:
        return {{0, low}, {1, high}};
    case LoadShape::Steps:
        for (int step = 0; step < 5; ++step) {
            const double rate = low + (high - low) * step / 4;
            corners << QPointF(step / 5.0, rate) << QPointF((step + 1) / 5.0, rate);
        }
        return corners;
    case LoadShape::Spike: {
        const double peak = t.rate * (1 + 9 * t.amplitude);
        return {{0, t.rate}, {0.45, t.rate}, {0.475, peak}, {0.525, peak}, {0.55, t.rate}, {1, t.rate}};
    }
    default:
        return {{0, t.rate}, {1, t.rate}};
    }
}

} // namespace

LoadShapeCurve loadShapeCurve(const TrafficTuning& traffic, int points) {
    LoadShapeCurve curve;
    curve.seconds = std::chrono::duration<double>(traffic.period).count();
    const bool stages = traffic.shape == LoadShape::Stages && !traffic.stages.empty();
    if (stages) {
        curve.seconds = 0;
        for (const Stage& stage : traffic.stages) curve.seconds += std::chrono::duration<double>(stage.duration).count();
        double at = 0;
        curve.points << QPointF(0, 0);
        for (const Stage& stage : traffic.stages) {
            at += std::chrono::duration<double>(stage.duration).count();
            curve.points << QPointF(curve.seconds > 0 ? at / curve.seconds : 1, std::max(0.0, stage.rate));
        }
    } else if (traffic.rate <= 0) {
        return curve;
    } else if (traffic.shape == LoadShape::DoubleWave || traffic.shape == LoadShape::DayCycle) {
        for (int i = 0; i <= points; ++i) {
            const double x = double(i) / points;
            const double wave =
                traffic.shape == LoadShape::DayCycle ? -std::cos(kTwoPi * x) : 0.3 * std::sin(kTwoPi * x) - 0.7 * std::cos(2 * kTwoPi * x);
            curve.points << QPointF(x, traffic.rate * (1 + traffic.amplitude * wave));
        }
    } else {
        curve.points = cornersOf(traffic);
    }
    for (const QPointF& point : std::as_const(curve.points)) curve.highest = std::max(curve.highest, point.y());
    if (curve.highest > 0)
        for (QPointF& point : curve.points) point.setY(point.y() / curve.highest);
    return curve;
}

LoadCurve::LoadCurve(ControlContext context, QWidget* parent) : QWidget(parent), m_context(context) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Load shape"));
    connect(&context.model, &TuningModel::changed, this, &LoadCurve::refresh);
    connect(&context.feed, &Feed::frame, this, [this] {
        if (!isVisible()) return;
        const auto& snapshot = m_context.feed.shown();
        const bool running = m_context.feed.session().state() == Session::State::Running && snapshot && snapshot->generator;
        const double now = running && m_context.model.wanted().traffic.on ? snapshot->generator->targetRate : -1;
        if (std::abs(now - m_now) <= 0.005 * m_curve.highest && (now < 0) == (m_now < 0)) return;
        m_now = now;
        update();
    });
    refresh();
}

QSize LoadCurve::sizeHint() const { return {m_context.appearance.scaled(120), m_context.appearance.scaled(34)}; }

void LoadCurve::refresh() {
    m_curve = loadShapeCurve(m_context.model.wanted().traffic, 60);
    const QString words = m_curve.points.isEmpty()
                              ? tr("As fast as possible")
                              : tr("%1 long, %2 at its highest")
                                    .arg(valueText(Look::Duration, m_curve.seconds * 1000), valueText(Look::Rate, m_curve.highest));
    setToolTip(words + QLatin1Char('\n') + tr("Dashed: the rate that is wanted now"));
    setAccessibleDescription(words);
    update();
}

void LoadCurve::paintEvent(QPaintEvent*) {
    const Palette& colours = m_context.appearance.palette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colours.line, 1));
    painter.setBrush(colours.raised);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    if (m_curve.points.isEmpty()) return;
    const QRectF plot = QRectF(rect()).adjusted(3, 5, -3, -3);
    const auto place = [&](const QPointF& point) {
        return QPointF(plot.left() + point.x() * plot.width(), plot.bottom() - point.y() * plot.height());
    };
    QPolygonF line;
    for (const QPointF& point : m_curve.points) line << place(point);
    QPainterPath area;
    area.addPolygon(QPolygonF(line) << plot.bottomRight() << plot.bottomLeft());
    painter.fillPath(area, blended(colours.accent, colours.raised, 0.18));
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colours.accent, 1.5));
    painter.drawPolyline(line);
    if (m_now >= 0 && m_curve.highest > 0) {
        const double y = place({0, std::min(1.0, m_now / m_curve.highest)}).y();
        painter.setPen(QPen(colours.text, 1, Qt::DashLine));
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
    }
}

} // namespace sg
