#include "ui/models/feed.h"

#include <QDateTime>

#include <algorithm>
#include <vector>

namespace sg {
namespace {

constexpr int kFrameMs = 100;
constexpr std::size_t kDelays = 100;

} // namespace

Feed::Feed(Session& session, QObject* parent) : QObject(parent), m_session(session) {
    m_now = QDateTime::currentMSecsSinceEpoch();
    m_range.advance(m_now);
    connect(&m_range, &TimeRange::changed, this, [this] {
        request();
        emit second();
    });
    m_timer.setInterval(kFrameMs);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, [this] { tick(QDateTime::currentMSecsSinceEpoch()); });
    m_timer.start();
    connect(&session, &Session::stateChanged, this, [this](Session::State state) {
        if (state == Session::State::Starting) m_delays.clear();
        if (state == Session::State::Running) request();
    });
    request();
}

void Feed::request() { m_session.setView(m_range.request(m_rank)); }

void Feed::setRank(RankBy rank) {
    if (rank == m_rank) return;
    m_rank = rank;
    request();
}

void Feed::setPaused(bool paused) {
    if (paused == m_paused) return;
    m_paused = paused;
    m_pausedAt = m_now;
    emit pausedChanged(paused);
    if (!paused) tick(QDateTime::currentMSecsSinceEpoch());
}

qint64 Feed::behindMs() const { return m_paused ? m_now - m_pausedAt : 0; }

void Feed::mark(const QString& subject, const QString& text) { m_history.mark(QDateTime::currentMSecsSinceEpoch(), subject, text); }

double Feed::delayP99() const {
    if (m_delays.empty()) return -1;
    std::vector<double> sorted(m_delays.begin(), m_delays.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted[std::min(sorted.size() - 1, sorted.size() * 99 / 100)];
}

void Feed::tick(qint64 nowMs) {
    const bool running = m_session.state() == Session::State::Running || m_session.state() == Session::State::Finishing;
    turn(m_session.snapshot(), nowMs, running);
}

void Feed::inject(const std::shared_ptr<const Snapshot>& snapshot, qint64 nowMs) {
    m_timer.stop();
    turn(snapshot, nowMs, true);
}

void Feed::turn(const std::shared_ptr<const Snapshot>& next, qint64 nowMs, bool running) {
    const qint64 lastSecond = m_now / 1000;
    m_now = nowMs;
    if (next && running) m_history.record(*next, nowMs);
    if (m_paused) {
        // A range chosen by hand is answered even so: it asks for the past.
        if (next && next->window && m_shown && !m_range.isLive() && next->window != m_shown->window &&
            next->window->request == m_range.request(m_rank)) {
            auto mixed = std::make_shared<Snapshot>(*m_shown);
            mixed->window = next->window;
            m_shown = std::move(mixed);
            emit window();
        }
        if (nowMs / 1000 != lastSecond) emit lagged();
        return;
    }
    if (running && nowMs / 1000 != lastSecond && m_range.isLive()) {
        m_range.advance(nowMs);
        emit second();
    }
    if (next) take(next);
    emit frame();
}

void Feed::take(const std::shared_ptr<const Snapshot>& next) {
    const auto before = std::exchange(m_shown, next);
    const std::uint64_t batches = next->batch ? next->batch->batches : 0;
    const bool newBatch = batches != m_batches;
    m_batches = batches;
    if (next->batch) m_range.setFirst(next->batch->totals.parsed > 0 ? next->batch->totals.first.ns / 1'000'000 : m_now);
    const bool live = m_session.state() == Session::State::Running && m_session.options().import.empty();
    if (!live) {
        m_delay = -1;
    } else if (newBatch && next->batch->current.lines > 0 && !next->batch->current.recovered) {
        m_delay = std::max(0.0, static_cast<double>(m_now) / 1e3 - static_cast<double>(next->batch->current.oldestArrival.ns) / 1e9);
        m_delays.push_back(m_delay);
        if (m_delays.size() > kDelays) m_delays.pop_front();
    }
    if (newBatch) emit batch();
    if (next->window && (!before || before->window != next->window)) {
        m_range.setBounds(next->window->from * 1000, next->window->to * 1000);
        emit window();
    }
    if (next->tail && (!before || before->tail != next->tail)) emit lines();
    if (next->deadLetters && (!before || before->deadLetters != next->deadLetters)) emit deadLetters();
}

} // namespace sg
