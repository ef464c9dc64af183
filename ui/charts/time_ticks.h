#pragma once
/// Where a time axis has its ticks: at round times of the local clock, the same for every chart of the same span.
#include <QString>

#include <vector>

namespace sg {

struct TimeTick {
    qint64 ms = 0;
    QString label; ///< "13:57", "13:57:30" below a minute, "23 Nov" at a midnight of a longer span
};

/// In [fromMs, toMs]; at most seven, five to six of the usual spans.
[[nodiscard]] std::vector<TimeTick> timeTicks(qint64 fromMs, qint64 toMs);
/// A moment in full for a tip: with its date when the span is longer than a day.
[[nodiscard]] QString momentText(qint64 ms, qint64 spanMs);

} // namespace sg
