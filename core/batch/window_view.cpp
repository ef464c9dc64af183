#include "core/batch/window_view.h"

#include <algorithm>
#include <limits>

namespace sg {
namespace {

constexpr std::size_t kBars = 50;
constexpr std::int64_t kLongAgo = std::numeric_limits<std::int64_t>::min() / 2;

} // namespace

template <class Row> void WindowView::addToStep(std::int64_t second, const Row& row) {
    Step& step = m_steps[floorTo(second, m_step)];
    step.sum.add(row);
    step.changed = true;
}

void WindowView::committed(const Aggregate& delta) {
    m_changed = true;
    if (m_step == 0) return;
    // A batch may reach further than the live state keeps: what it brings behind the newest row is taken now.
    const std::optional<std::int64_t> newest = delta.newestSecond();
    if (newest && (m_request.live() || m_request.everything))
        m_rowsTo = std::max(m_rowsTo, m_bySecond ? *newest + 1 : floorTo(*newest, 60) / 60 + 1);
    if (m_bySecond) delta.eachSecond(m_rowsFrom, m_rowsTo, [this](std::int64_t second, const SecondRow& row) { addToStep(second, row); });
    else delta.eachMinute(m_rowsFrom, m_rowsTo, [this](std::int64_t minute, const MinuteRow& row) { addToStep(minute * 60, row); });
    for (const MinuteRange* range : {&m_now, &m_before})
        if (range->sum) delta.eachMinute(range->from, range->to, [&](std::int64_t, const MinuteRow& row) { range->sum->add(row); });
}

/// Empty before the first event.
std::optional<WindowView::Bounds> WindowView::boundsOf(const ViewRequest& request, const Aggregate& live, bool ended) const {
    const Totals totals = live.totals();
    if (totals.parsed == 0) return std::nullopt;
    Bounds bounds;
    // Lines from the future are in no second: one wrong clock must not move the window away from the data.
    bounds.newest = live.newestSecond().value_or(totals.last.seconds());
    bounds.ended = ended;
    bounds.known = bounds.newest + (ended ? 1 : 0);
    bounds.to = bounds.known;
    if (request.everything) bounds.from = std::min(totals.first.seconds(), bounds.to);
    else if (request.live()) bounds.from = bounds.to - std::clamp<std::int64_t>(request.spanSeconds, 10, 86'400);
    else {
        bounds.from = request.from;
        bounds.to = request.to;
    }
    return bounds;
}

Status WindowView::eachMinute(const Aggregate& live, std::int64_t from, std::int64_t to, const VisitMinute& visit) {
    const std::int64_t stored = std::min(to, m_liveMinute);
    if (from < stored && floorTo(m_first, 60) / 60 < stored) {
        if (m_fold) SG_TRY(m_store.checkpoint());
        else m_unfolded = true;
        m_fold = false;
        Status read;
        SG_TRY(m_store.eachMinute(from, stored, [&](std::int64_t minute, std::string_view bytes) {
            Aggregate row;
            read = row.restoreMinute(minute, bytes);
            row.eachMinute(minute, minute + 1, visit);
            return read.has_value();
        }));
        SG_TRY(read);
    }
    live.eachMinute(std::max(from, m_liveMinute), to, visit);
    return {};
}

Status WindowView::updateSteps(const Bounds& bounds, const Aggregate& live, bool anew) {
    const std::int64_t span = bounds.to - bounds.from;
    const bool bySecond = span <= kLiveSeconds && (bounds.from >= m_liveSecond || m_first >= m_liveSecond);
    const std::int64_t step = windowStep(span, bySecond ? 1 : 60);
    const std::int64_t unit = bySecond ? 1 : 60;
    if (!anew && !bySecond && !m_bySecond && step > m_step) { // a growing window: what is there is put together
        std::map<std::int64_t, Step> finer;
        finer.swap(m_steps);
        for (const auto& [second, old] : finer) m_steps[floorTo(second, step)].sum.merge(old.sum);
        m_step = step;
    }
    const std::int64_t from = floorTo(floorTo(bounds.from, step), unit) / unit;
    const bool grows = m_request.live() || m_request.everything;
    const std::int64_t to = (grows ? floorTo(bounds.newest, unit) + unit : ceilTo(bounds.to, unit)) / unit;
    if (anew || bySecond != m_bySecond || step != m_step || from < m_rowsFrom || to < m_rowsTo) {
        m_steps = {};
        m_fold = m_fold || bySecond != m_bySecond;
        m_bySecond = bySecond;
        m_step = step;
        m_rowsFrom = m_request.everything ? kLongAgo : from;
        m_rowsTo = from;
    }
    while (!m_steps.empty() && m_steps.begin()->first < from * unit && !m_request.everything) m_steps.erase(m_steps.begin());
    if (!m_request.everything) m_rowsFrom = std::max(m_rowsFrom, from);
    const std::int64_t next = std::max(m_rowsTo, from);
    if (next < to) {
        if (bySecond) live.eachSecond(next, to, [this](std::int64_t second, const SecondRow& row) { addToStep(second, row); });
        else SG_TRY(eachMinute(live, next, to, [this](std::int64_t minute, const MinuteRow& row) { addToStep(minute * 60, row); }));
    }
    m_rowsTo = std::max(m_rowsTo, to);
    return {};
}

void WindowView::fillPoints(WindowPart& part, const Bounds& bounds) {
    part.stepSeconds = m_step;
    // Of everything there is nothing before the first step, and behind the last one only when more may come.
    const std::int64_t from = m_request.everything ? floorTo(bounds.from, m_step) : bounds.from;
    const std::int64_t known = std::min(bounds.to, bounds.known);
    const std::int64_t to = m_request.everything && bounds.ended ? ceilTo(known, m_step) : known;
    for (auto& [second, step] : m_steps) {
        if (second < from || second + m_step > to) continue;
        if (step.changed) step.point = step.sum.point(second);
        step.changed = false;
        part.points.push_back(step.point);
    }
}

Status WindowView::updateRange(MinuteRange& range, std::int64_t from, std::int64_t to, const Aggregate& live, bool anew) {
    std::int64_t next = range.to;
    if (anew || !range.sum || from != range.from || to < range.to) {
        range.sum = std::make_unique<MinuteSum>();
        next = from;
    }
    range.from = from;
    range.to = to;
    return eachMinute(live, next, to, [&](std::int64_t, const MinuteRow& row) { range.sum->add(row); });
}

Status WindowView::fillSums(WindowPart& part, const Bounds& bounds, const Aggregate& live, bool anew) {
    const std::int64_t before = bounds.from - (bounds.to - bounds.from);
    SG_TRY(updateRange(m_now, floorTo(bounds.from, 60) / 60, ceilTo(bounds.to, 60) / 60, live, anew));
    SG_TRY(updateRange(m_before, floorTo(before, 60) / 60, ceilTo(bounds.from, 60) / 60, live, anew));
    part.now = m_now.sum->sums();
    part.before = m_before.sum->sums();
    const auto exactly = [&](std::int64_t from, std::int64_t to, WindowSums& sums) {
        if (from < m_liveSecond && m_first < m_liveSecond) return;
        SecondSum seconds;
        live.eachSecond(from, to, [&](std::int64_t, const SecondRow& row) { seconds.add({row.byClass, row.noStatus, row.bytes}); });
        seconds.replaceIn(sums);
    };
    if (m_bySecond) {
        exactly(bounds.from, bounds.to, part.now);
        exactly(before, bounds.from, part.before);
    }
    if (part.before.lines == 0) part.before = {};
    part.urls = m_now.sum->urls(m_request.rank, kBars);
    part.hosts = m_now.sum->hosts(kBars);
    part.agents = m_now.sum->agents(kBars);
    part.referrers = m_now.sum->referrers(kBars);
    part.methods = m_now.sum->methods(kBars);
    part.keys = m_now.sum->keys(kBars);
    part.countries = m_now.sum->countries(kBars);
    part.networks = m_now.sum->networks(kBars);
    part.systems = m_now.sum->systems(kBars);
    return {};
}

/// Of everything the totals are exact, rows that have expired included.
void WindowView::fillFromTotals(WindowPart& part, const Aggregate& live) {
    const Totals totals = live.totals();
    WindowSums& now = part.now;
    now.lines = totals.parsed;
    now.bytes = totals.bytes;
    now.bots = totals.bots;
    now.byClass = totals.byClass;
    now.noStatus = totals.noStatus;
    if (totals.noStatus > 0) now.byStatus.emplace_back(kNoStatus, totals.noStatus);
    for (std::size_t i = 0; i < totals.byStatus.size(); ++i) {
        if (totals.byStatus[i] == 0) continue;
        now.byStatus.emplace_back(static_cast<std::int32_t>(i), totals.byStatus[i]);
        if (i >= 400) now.errors += totals.byStatus[i];
    }
    now.visitors = totals.visitors;
    now.visitorsError = totals.visitorsError;
    now.p50Ms = totals.p50Ms;
    now.p95Ms = totals.p95Ms;
    now.p99Ms = totals.p99Ms;
    part.urls = live.top(Dimension::Url, part.request.rank, kBars);
    part.hosts = live.top(Dimension::Host, RankBy::Count, kBars);
    part.agents = live.top(Dimension::Agent, RankBy::Count, kBars);
    part.referrers = live.top(Dimension::Referrer, RankBy::Count, kBars);
    part.methods = live.top(Dimension::Method, RankBy::Count, kBars);
    part.keys = live.top(Dimension::Key, RankBy::Count, kBars);
    part.countries = live.top(Dimension::Country, RankBy::Count, kBars);
    part.networks = live.top(Dimension::Network, RankBy::Count, kBars);
    part.systems = live.top(Dimension::System, RankBy::Count, kBars);
}

Status WindowView::update(const ViewRequest& request, const Aggregate& live, bool ended) {
    const bool sameRequest = m_part && request == m_request;
    if (sameRequest && !m_changed && ended == m_ended) return {};
    // At the end the rows that were read before their batches were folded are read once more.
    const bool anew = !sameRequest || m_step == 0 || (ended && !m_ended && m_unfolded);
    m_fold = anew;
    if (anew) m_unfolded = false;
    m_request = request;
    m_ended = ended;
    auto part = std::make_shared<WindowPart>();
    part->request = request;
    const std::optional<Bounds> bounds = boundsOf(request, live, ended);
    if (!bounds) {
        m_step = 0;
        m_changed = false;
        m_part = std::move(part);
        return {};
    }
    m_first = live.totals().first.seconds();
    m_liveSecond = bounds->newest - kLiveSeconds + 1;
    m_liveMinute = floorTo(bounds->newest, 60) / 60 - kLiveSeconds / 60 + 1;
    part->from = bounds->from;
    part->to = bounds->to;
    SG_TRY(updateSteps(*bounds, live, anew));
    fillPoints(*part, *bounds);
    if (request.everything) {
        m_now.sum.reset();
        m_before.sum.reset();
        fillFromTotals(*part, live);
    } else {
        SG_TRY(fillSums(*part, *bounds, live, anew));
    }
    m_changed = false;
    m_part = std::move(part);
    return {};
}

} // namespace sg
