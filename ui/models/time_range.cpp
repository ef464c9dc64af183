#include "ui/models/time_range.h"

#include <algorithm>
#include <cmath>

namespace sg {
namespace {

constexpr qint64 kLeast = 10'000;
constexpr qint64 kYoung = 60'000;
constexpr qint64 kMost = 86'400'000LL * 400;

qint64 wholeSeconds(qint64 ms) { return ms >= 0 ? ms / 1000 * 1000 : -((-ms + 999) / 1000 * 1000); }

} // namespace

void TimeRange::setLive(qint64 spanSeconds) {
    spanSeconds = std::clamp<qint64>(spanSeconds, 10, 86'400);
    if (m_live && spanSeconds == m_span) return;
    m_live = true;
    m_everything = false;
    m_span = spanSeconds;
    m_from = liveFrom();
    emit changed();
}

qint64 TimeRange::liveFrom() const {
    const qint64 whole = m_to - m_span * 1000;
    return m_first > 0 ? std::max(whole, std::min(m_first, m_to - std::min(kYoung, m_span * 1000))) : whole;
}

void TimeRange::setFirst(qint64 firstMs) { m_first = firstMs > 0 ? wholeSeconds(firstMs) : 0; }

void TimeRange::setFixed(qint64 fromMs, qint64 toMs) {
    if (toMs < fromMs) std::swap(fromMs, toMs);
    fromMs = wholeSeconds(fromMs);
    toMs = wholeSeconds(toMs + 999);
    if (toMs - fromMs < kLeast) {
        const qint64 middle = wholeSeconds((fromMs + toMs) / 2);
        fromMs = middle - kLeast / 2;
        toMs = middle + kLeast / 2;
    }
    if (!m_live && !m_everything && fromMs == m_from && toMs == m_to) return;
    m_live = false;
    m_everything = false;
    m_from = fromMs;
    m_to = std::min(toMs, fromMs + kMost);
    emit changed();
}

void TimeRange::setEverything() {
    if (m_everything) return;
    m_live = false;
    m_everything = true;
    emit changed();
}

void TimeRange::setBounds(qint64 fromMs, qint64 toMs) {
    if (!m_everything || (fromMs == m_from && toMs == m_to)) return;
    m_from = fromMs;
    m_to = std::max(toMs, fromMs + kLeast);
    emit advanced();
}

void TimeRange::advance(qint64 nowMs) {
    if (!m_live) return;
    const qint64 to = wholeSeconds(nowMs);
    if (to == m_to) return;
    m_to = to;
    m_from = liveFrom();
    emit advanced();
}

void TimeRange::zoom(qint64 aroundMs, double factor) {
    const double span = static_cast<double>(m_to - m_from);
    if (span <= 0) return;
    const double wanted = std::clamp(span * factor, static_cast<double>(kLeast), static_cast<double>(kMost));
    const double left = static_cast<double>(aroundMs - m_from) / span;
    const auto from = aroundMs - static_cast<qint64>(std::llround(left * wanted));
    setFixed(from, from + static_cast<qint64>(std::llround(wanted)));
}

ViewRequest TimeRange::request(RankBy rank) const {
    ViewRequest request;
    request.rank = rank;
    request.spanSeconds = m_span;
    request.everything = m_everything;
    if (!m_live && !m_everything) {
        request.from = m_from / 1000;
        request.to = m_to / 1000;
    }
    return request;
}

} // namespace sg
