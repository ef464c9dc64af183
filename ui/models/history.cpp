#include "ui/models/history.h"

#include <algorithm>

namespace sg {
namespace {

constexpr std::size_t kMostSeconds = 6 * 3600;
constexpr std::size_t kMostMarks = 500;
constexpr qint64 kSameMarkMs = 2000;
constexpr qint64 kAnswerMs = 1000; ///< by how much a server's answers to even batches come apart

} // namespace

void History::record(const Snapshot& snapshot, qint64 nowMs) {
    const qint64 interval = snapshot.batch ? snapshot.batch->interval.count() : 1000;
    const qint64 perBatch = interval + interval / 2 + 1000;
    const auto flow = [&](Flow which, std::uint64_t value, qint64 patience, qint64 least = 0) {
        const auto index = static_cast<std::size_t>(which);
        advance(m_counters[index], index, value, nowMs, {patience, least});
    };
    if (snapshot.generator) {
        flow(Flow::Generated, snapshot.generator->lines, 1000);
        flow(Flow::LogBytes, snapshot.generator->bytes, 1000);
    }
    if (snapshot.splitter) flow(Flow::Chunks, snapshot.splitter->chunks, 1500);
    flow(Flow::Processed, snapshot.ledger.committed, perBatch, interval);
    flow(Flow::Indexed, snapshot.ledger.indexed(), perBatch, interval + kAnswerMs);
}

void History::advance(Counter& counter, std::size_t flow, std::uint64_t value, qint64 nowMs, Spread spread) {
    if (!counter.known || value < counter.value) { // the first look, or another run
        counter = {true, value, nowMs, nowMs, nowMs};
        return;
    }
    if (value > counter.value) {
        const qint64 from = std::max(counter.sinceMs, std::min(std::max(counter.changedMs, nowMs - spread.most), nowMs - spread.least));
        add(flow, from, std::max(nowMs, from + 1), static_cast<double>(value - counter.value));
        counter.value = value;
        counter.changedMs = nowMs;
        counter.settledMs = std::max(counter.settledMs, nowMs - spread.least);
    } else {
        counter.settledMs = std::max(counter.settledMs, nowMs - spread.most);
    }
}

void History::add(std::size_t flow, qint64 fromMs, qint64 toMs, double amount) {
    const double perMs = amount / static_cast<double>(toMs - fromMs);
    for (qint64 second = fromMs / 1000; second * 1000 < toMs; ++second) {
        if (m_bins.empty()) m_firstSecond = second;
        if (second < m_firstSecond) continue;
        while (second >= m_firstSecond + static_cast<qint64>(m_bins.size())) {
            if (second - m_firstSecond > 2 * static_cast<qint64>(kMostSeconds)) { // the clock was put forward
                m_bins.clear();
                m_firstSecond = second;
            }
            m_bins.emplace_back();
            if (m_bins.size() > kMostSeconds) {
                m_bins.pop_front();
                ++m_firstSecond;
            }
        }
        const qint64 begin = std::max(fromMs, second * 1000), end = std::min(toMs, second * 1000 + 1000);
        m_bins[static_cast<std::size_t>(second - m_firstSecond)][flow] += static_cast<float>(perMs * static_cast<double>(end - begin));
    }
}

double History::at(std::size_t flow, qint64 second) const {
    const qint64 index = second - m_firstSecond;
    return index >= 0 && index < static_cast<qint64>(m_bins.size()) ? static_cast<double>(m_bins[static_cast<std::size_t>(index)][flow])
                                                                    : 0;
}

QVector<QPointF> History::points(Flow flow, qint64 fromMs, qint64 toMs, int most, qint64 step) const {
    QVector<QPointF> points;
    const auto index = static_cast<std::size_t>(flow);
    if (m_bins.empty() || !m_counters[index].known || most <= 0) return points;
    const qint64 begin = std::max(fromMs / 1000, m_firstSecond);
    const qint64 end = std::min(toMs, m_counters[index].settledMs) / 1000; // complete seconds only
    const qint64 span = (toMs - fromMs) / 1000;
    if (step <= 0)
        for (const qint64 candidate : {1, 2, 5, 10, 15, 30, 60, 120, 300})
            if (span / (step = candidate) <= most) break;
    // Steps are aligned to the clock, so that a point keeps its value while the window moves.
    for (qint64 second = begin / step * step; second + step <= end; second += step) {
        if (second < begin) continue;
        double sum = 0;
        for (qint64 s = second; s < second + step; ++s) sum += at(index, s);
        points.append({static_cast<double>(second * 1000 + step * 500), sum / static_cast<double>(step)});
    }
    return points;
}

double History::recentRate(Flow flow, int seconds) const {
    const auto index = static_cast<std::size_t>(flow);
    const qint64 end = m_counters[index].settledMs / 1000;
    const qint64 begin = std::max(m_firstSecond, end - seconds);
    if (m_bins.empty() || end <= begin) return 0;
    double sum = 0;
    for (qint64 second = begin; second < end; ++second) sum += at(index, second);
    return sum / static_cast<double>(end - begin);
}

void History::mark(qint64 nowMs, const QString& subject, const QString& text) {
    for (auto mark = m_marks.rbegin(); mark != m_marks.rend() && nowMs - mark->ms < kSameMarkMs; ++mark)
        if (mark->subject == subject) {
            mark->ms = nowMs;
            mark->text = text;
            return;
        }
    m_marks.push_back({nowMs, subject, text});
    if (m_marks.size() > kMostMarks) m_marks.pop_front();
}

QVector<Mark> History::marks(qint64 fromMs, qint64 toMs) const {
    QVector<Mark> marks;
    for (const Mark& mark : m_marks)
        if (mark.ms >= fromMs && mark.ms < toMs) marks.append(mark);
    return marks;
}

void History::clear() {
    m_bins.clear();
    m_marks.clear();
    m_counters = {};
}

qint64 History::firstMs() const { return m_bins.empty() ? 0 : m_firstSecond * 1000; }

} // namespace sg
