#include "core/generate/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sg {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

/// Two waves a period, the second lower; mean 1.
double doubleWave(double x, double amplitude) { return 1 + amplitude * (0.3 * std::sin(kTwoPi * x) - 0.7 * std::cos(2 * kTwoPi * x)); }
double doubleWaveIntegral(double x, double amplitude) {
    return x + amplitude * (0.3 * (1 - std::cos(kTwoPi * x)) / kTwoPi - 0.7 * std::sin(2 * kTwoPi * x) / (2 * kTwoPi));
}
/// Lowest at the beginning (the night), highest in the middle; mean 1.
double dayCycle(double x, double amplitude) { return 1 - amplitude * std::cos(kTwoPi * x); }
double dayCycleIntegral(double x, double amplitude) { return x - amplitude * std::sin(kTwoPi * x) / kTwoPi; }

} // namespace

Schedule::Schedule(const TrafficTuning& traffic)
    : m_shape(traffic.shape), m_rate(traffic.rate), m_amplitude(traffic.amplitude),
      m_period(std::max(1e-3, std::chrono::duration<double>(traffic.period).count())) {
    if (m_shape == LoadShape::Stages && traffic.stages.empty()) m_shape = LoadShape::Steady;
    m_unlimited = m_shape != LoadShape::Stages && traffic.rate <= 0;
    if (m_unlimited) return;
    const double low = m_rate * (1 - m_amplitude);
    const double high = m_rate * (1 + m_amplitude);
    switch (m_shape) {
    case LoadShape::Steady:
        addCorner(0, m_rate);
        addCorner(m_period, m_rate);
        break;
    case LoadShape::Ramp:
        addCorner(0, low);
        addCorner(m_period, high);
        break;
    case LoadShape::Steps:
        for (int step = 0; step < 5; ++step) {
            addCorner(m_period * step / 5, low + (high - low) * step / 4);
            addCorner(m_period * (step + 1) / 5, low + (high - low) * step / 4);
        }
        break;
    case LoadShape::Spike: {
        const double peak = m_rate * (1 + 9 * m_amplitude);
        addCorner(0, m_rate);
        addCorner(m_period * 0.45, m_rate);
        addCorner(m_period * 0.475, peak);
        addCorner(m_period * 0.525, peak);
        addCorner(m_period * 0.55, m_rate);
        addCorner(m_period, m_rate);
        break;
    }
    case LoadShape::Stages: {
        double at = 0;
        addCorner(0, 0);
        for (const Stage& stage : traffic.stages) {
            at += std::chrono::duration<double>(stage.duration).count();
            m_rate = std::max(m_rate, stage.rate);
            addCorner(at, std::max(0.0, stage.rate));
        }
        break;
    }
    case LoadShape::DoubleWave:
    case LoadShape::DayCycle:
        break;
    }
}

void Schedule::addCorner(double at, double rate) {
    double lines = 0;
    if (!m_corners.empty()) {
        const Corner& last = m_corners.back();
        lines = last.linesBefore + (last.rate + rate) / 2 * (at - last.at);
    }
    m_corners.push_back({at, rate, lines});
}

double Schedule::rateAt(double seconds) const {
    if (m_unlimited) return 0;
    const double inPeriod = m_shape == LoadShape::Stages ? seconds : std::fmod(seconds, m_period);
    if (m_shape == LoadShape::DoubleWave) return m_rate * doubleWave(inPeriod / m_period, m_amplitude);
    if (m_shape == LoadShape::DayCycle) return m_rate * dayCycle(inPeriod / m_period, m_amplitude);
    const auto next = std::upper_bound(m_corners.begin(), m_corners.end(), inPeriod, [](double t, const Corner& c) { return t < c.at; });
    if (next == m_corners.end()) return m_corners.back().rate;
    const Corner& before = *std::prev(next);
    return before.rate + (next->rate - before.rate) * (inPeriod - before.at) / (next->at - before.at);
}

double Schedule::linesUntil(double seconds) const {
    if (m_unlimited) return 0;
    if (m_shape == LoadShape::Steady) return m_rate * seconds;
    const double periods = m_shape == LoadShape::Stages ? 0 : std::floor(seconds / m_period);
    const double inPeriod = seconds - periods * m_period;
    if (m_shape == LoadShape::DoubleWave) return m_rate * m_period * (periods + doubleWaveIntegral(inPeriod / m_period, m_amplitude));
    if (m_shape == LoadShape::DayCycle) return m_rate * m_period * (periods + dayCycleIntegral(inPeriod / m_period, m_amplitude));
    const Corner& last = m_corners.back();
    const auto next = std::upper_bound(m_corners.begin(), m_corners.end(), inPeriod, [](double t, const Corner& c) { return t < c.at; });
    if (next == m_corners.end()) return periods * last.linesBefore + last.linesBefore + last.rate * (inPeriod - last.at);
    const Corner& before = *std::prev(next);
    const double passed = inPeriod - before.at;
    const double rate = before.rate + (next->rate - before.rate) * passed / (next->at - before.at);
    return periods * last.linesBefore + before.linesBefore + (before.rate + rate) / 2 * passed;
}

double Schedule::loadAt(double seconds) const { return m_unlimited || m_rate <= 0 ? 1 : rateAt(seconds) / m_rate; }

} // namespace sg
