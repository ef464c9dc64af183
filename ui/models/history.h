#pragma once
/// What the stages did in each second of the wall clock, as this window has seen it: for the strip's sparklines and the chart of
/// throughput. Rates are differences of the pipeline's own counters.
///
/// A stage that works in batches moves its counter once a batch: what came is spread evenly over the time since the counter moved
/// before, so that the line is the rate and not the batches' comb; and over one interval at least, what a server took over one and a
/// second more, for its answers come now early and now late. *Cost:* six hours of seconds, about 1.5 MB.
#include "core/contract/snapshot.h"

#include <QPointF>
#include <QString>
#include <QVector>

#include <array>
#include <deque>
#include <optional>

namespace sg {

enum class Flow { Generated, LogBytes, Chunks, Processed, Indexed };
inline constexpr std::size_t kFlowCount = 5;

/// A change that a person made, for the time charts.
struct Mark {
    qint64 ms = 0;
    QString subject; ///< what was changed; a further change of it within 2 s moves the mark instead of adding one
    QString text;    ///< "Rate 50,000 /s"
};

class History {
public:
    void record(const Snapshot& snapshot, qint64 nowMs);
    void mark(qint64 nowMs, const QString& subject, const QString& text);
    void clear();

    /// (milliseconds since the epoch, per second) for the complete seconds in [fromMs, toMs), averaged into at most `most` points.
    /// `step` seconds each, that of the series which these are drawn beside, so that each point has its neighbour there; 0 = the
    /// shortest that fits. Ends where the flow is not known yet.
    [[nodiscard]] QVector<QPointF> points(Flow flow, qint64 fromMs, qint64 toMs, int most, qint64 step = 0) const;
    /// Over the last `seconds` known ones; 0 without any.
    [[nodiscard]] double recentRate(Flow flow, int seconds) const;
    [[nodiscard]] QVector<Mark> marks(qint64 fromMs, qint64 toMs) const;
    [[nodiscard]] qint64 firstMs() const; ///< of what is known; 0 = nothing

private:
    struct Counter {
        bool known = false;
        std::uint64_t value = 0;
        qint64 sinceMs = 0;
        qint64 changedMs = 0;
        qint64 settledMs = 0; ///< bins before it will not change any more
    };
    struct Spread {
        qint64 most, least; ///< ms; REQUIRES: least <= most
    };
    void advance(Counter& counter, std::size_t flow, std::uint64_t value, qint64 nowMs, Spread spread);
    void add(std::size_t flow, qint64 fromMs, qint64 toMs, double amount);
    [[nodiscard]] double at(std::size_t flow, qint64 second) const;

    std::array<Counter, kFlowCount> m_counters;
    qint64 m_firstSecond = 0;
    std::deque<std::array<float, kFlowCount>> m_bins;
    std::deque<Mark> m_marks;
};

} // namespace sg
