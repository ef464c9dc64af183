#include "core/aggregate/window_sums.h"

#include <numeric>

namespace sg {
namespace {

constexpr std::array<std::int64_t, 16> kSteps = {1,   2,     5,      10,     15,     30,     60,      300,
                                                 900, 3'600, 10'800, 21'600, 43'200, 86'400, 604'800, 6'048'000};

template <std::size_t N> void addAll(std::array<std::uint64_t, N>& to, const std::array<std::uint64_t, N>& from) {
    for (std::size_t i = 0; i < N; ++i) to[i] += from[i];
}

} // namespace

void StepSum::add(const SecondRow& row) {
    addAll(m_byClass, row.byClass);
    m_noStatus += row.noStatus;
    m_bytes += row.bytes;
    m_durations.merge(row.durations);
}

void StepSum::add(const MinuteRow& row) {
    addAll(m_byClass, row.byClass);
    m_noStatus += row.noStatus();
    m_bytes += row.bytes;
    m_durations.merge(row.durations);
    m_visitors.merge(row.visitors);
    m_minutes = true;
}

void StepSum::merge(const StepSum& other) {
    addAll(m_byClass, other.m_byClass);
    m_noStatus += other.m_noStatus;
    m_bytes += other.m_bytes;
    m_durations.merge(other.m_durations);
    m_visitors.merge(other.m_visitors);
    m_minutes = m_minutes || other.m_minutes;
}

WindowPoint StepSum::point(std::int64_t second) const {
    WindowPoint point;
    point.second = second;
    point.byClass = m_byClass;
    point.noStatus = m_noStatus;
    point.bytes = m_bytes;
    if (m_minutes) point.visitors = m_visitors.estimate();
    point.p50Ms = m_durations.quantileMs(0.50);
    point.p95Ms = m_durations.quantileMs(0.95);
    point.p99Ms = m_durations.quantileMs(0.99);
    return point;
}

MinuteSum::MinuteSum() {
    m_row.durations = Histogram();
    m_row.methods = TopMap(64, 8U << 10U);
    m_row.urls = TopMap(4096, 1U << 20U);
    m_row.urlDurations = DurationMap(kTimedUrlsOfAll);
    m_row.hosts = TopMap(1024, 128U << 10U);
    m_row.agents = TopMap(1024, 128U << 10U);
    m_row.referrers = TopMap(1024, 128U << 10U);
    m_row.keys = TopMap(4096, 512U << 10U);
    m_row.countries = TopMap(512, 16U << 10U);
    m_row.networks = TopMap(2048, 256U << 10U);
    m_row.systems = TopMap(256, 16U << 10U);
}

WindowSums MinuteSum::sums() const {
    WindowSums sums;
    sums.lines = m_row.lines;
    sums.bytes = m_row.bytes;
    sums.errors = m_row.errors;
    sums.bots = m_row.bots;
    sums.byClass = m_row.byClass;
    sums.noStatus = m_row.noStatus();
    sums.byStatus = m_row.byStatus;
    sums.visitors = m_row.visitors.estimate();
    sums.visitorsError = HyperLogLog::kStandardError;
    sums.p50Ms = m_row.durations.quantileMs(0.50);
    sums.p95Ms = m_row.durations.quantileMs(0.95);
    sums.p99Ms = m_row.durations.quantileMs(0.99);
    return sums;
}

TopList MinuteSum::urls(RankBy rank, std::size_t count) const {
    return topUrls(m_row.urls, m_row.urlDurations, rank, count);
}

void SecondSum::add(const SecondSum& other) {
    addAll(byClass, other.byClass);
    noStatus += other.noStatus;
    bytes += other.bytes;
}

void SecondSum::replaceIn(WindowSums& sums) const {
    sums.byClass = byClass;
    sums.noStatus = noStatus;
    sums.bytes = bytes;
    sums.lines = std::accumulate(byClass.begin(), byClass.end(), std::uint64_t{0});
    sums.errors = byClass[3] + byClass[4];
}

std::int64_t windowStep(std::int64_t span, std::int64_t least) {
    for (const std::int64_t step : kSteps)
        if (step >= least && span / step <= static_cast<std::int64_t>(kMaxWindowPoints)) return step;
    return ceilTo(span / static_cast<std::int64_t>(kMaxWindowPoints) + 1, kSteps.back());
}

} // namespace sg
