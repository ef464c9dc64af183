#include "ui/charts/time_ticks.h"

#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

namespace sg {
namespace {

constexpr qint64 kDay = 86'400;
constexpr qint64 kMostTicks = 6;

QString dateText(const QDate& date) { return QLocale().toString(date, QStringLiteral("d MMM")); }

std::vector<TimeTick> dayTicks(qint64 fromMs, qint64 toMs) {
    const qint64 days = (toMs - fromMs) / (kDay * 1000);
    qint64 step = 1;
    for (const qint64 candidate : {1, 2, 7, 14, 28, 56, 91, 182, 364})
        if (days / (step = candidate) <= kMostTicks) break;
    std::vector<TimeTick> ticks;
    const QDate first = QDateTime::fromMSecsSinceEpoch(fromMs).date();
    // Counted from a fixed day, so that the ticks stay where they are while the range moves.
    const qint64 offset = first.toJulianDay() % step;
    for (QDate date = first.addDays(-offset);; date = date.addDays(step)) {
        const qint64 ms = date.startOfDay().toMSecsSinceEpoch();
        if (ms > toMs) break;
        if (ms >= fromMs) ticks.push_back({ms, dateText(date)});
    }
    return ticks;
}

} // namespace

std::vector<TimeTick> timeTicks(qint64 fromMs, qint64 toMs) {
    const qint64 span = (toMs - fromMs) / 1000;
    if (span <= 0) return {};
    if (span > 3 * kDay) return dayTicks(fromMs, toMs);
    qint64 step = 1;
    for (const qint64 candidate : {1, 2, 5, 10, 20, 30, 60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 14'400, 21'600, 43'200})
        if (span / (step = candidate) <= kMostTicks) break;
    const qint64 offset = QDateTime::fromMSecsSinceEpoch(fromMs / 2 + toMs / 2).offsetFromUtc();
    std::vector<TimeTick> ticks;
    const qint64 from = fromMs / 1000 + offset;
    for (qint64 local = (from + step - 1) / step * step;; local += step) {
        const qint64 ms = (local - offset) * 1000;
        if (ms > toMs) break;
        if (ms < fromMs) continue;
        const QDateTime time = QDateTime::fromMSecsSinceEpoch(ms);
        const bool midnight = span > kDay && time.time().msecsSinceStartOfDay() == 0;
        ticks.push_back(
            {ms, midnight ? dateText(time.date()) : time.toString(step < 60 ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm"))});
    }
    return ticks;
}

QString momentText(qint64 ms, qint64 spanMs) {
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(ms);
    const QString clock = time.toString(QStringLiteral("HH:mm:ss"));
    return spanMs > kDay * 1000 ? dateText(time.date()) + QLatin1Char(' ') + clock : clock;
}

} // namespace sg
