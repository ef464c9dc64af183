#include "ui/charts/window_points.h"

#include "ui/charts/chart_card.h"

namespace sg {
namespace {

double middle(std::int64_t second, std::int64_t step) { return static_cast<double>(second * 1000 + step * 500); }

} // namespace

QVector<QPointF> perSecond(const WindowPart& window, const PointValue& value) {
    QVector<QPointF> points;
    if (window.points.empty()) return points;
    const std::int64_t step = std::max<std::int64_t>(1, window.stepSeconds);
    std::int64_t next = window.points.front().second;
    // With data before the window, its beginning is known to be empty.
    if (window.before.lines > 0 && window.from < next) next -= (next - window.from) / step * step;
    const auto zerosUntil = [&](std::int64_t end) {
        for (; next + step <= end && points.size() < kMostPoints; next += step) points.append({middle(next, step), 0});
    };
    for (const WindowPoint& point : window.points) {
        zerosUntil(point.second);
        points.append({middle(point.second, step), value(point) / static_cast<double>(step)});
        next = point.second + step;
    }
    zerosUntil(window.to);
    return points;
}

QVector<QPointF> whereKnown(const WindowPart& window, const PointValue& value) {
    QVector<QPointF> points;
    for (const WindowPoint& point : window.points)
        if (const double y = value(point); y >= 0) points.append({middle(point.second, window.stepSeconds), y});
    return points;
}

} // namespace sg
