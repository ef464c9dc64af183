#pragma once
/// The points of a window of event time as a time chart takes them: x in the middle of the step.
#include "ui/models/feed.h"

#include <QPointF>
#include <QVector>

#include <functional>

namespace sg {

using PointValue = std::function<double(const WindowPoint&)>;

/// A rate: divided by the step; a step without data, between the first and the last known one, is 0.
[[nodiscard]] QVector<QPointF> perSecond(const WindowPart& window, const PointValue& value);
/// A state: only where there is data and the value is not negative.
[[nodiscard]] QVector<QPointF> whereKnown(const WindowPart& window, const PointValue& value);

} // namespace sg
