#include "core/elastic/pace.h"

#include <algorithm>

namespace sg {
namespace {

constexpr std::size_t kByteSteps = 32;   // from nothing to the profile's limit
constexpr double kRequestStep = 1.0 / 8; // one more in flight after so many answers
constexpr double kLeastRequests = 1;

} // namespace

std::size_t Pace::mostBytes() const { return std::max(m_limits.leastBytes, std::min(m_limits.mostBytes, m_ceiling)); }

void Pace::bound() {
    m_bytes = std::clamp(m_bytes, m_limits.leastBytes, mostBytes());
    m_requests = std::clamp(m_requests, kLeastRequests, std::max(kLeastRequests, static_cast<double>(m_limits.mostInFlight)));
}

void Pace::setLimits(const Limits& limits) {
    const bool raised = limits.mostBytes > m_limits.mostBytes || limits.mostInFlight > m_limits.mostInFlight;
    m_limits = limits;
    if (!m_begun || raised) { // what a person allows is tried at once
        m_begun = true;
        m_bytes = limits.mostBytes;
        m_requests = limits.mostInFlight;
    }
    bound();
}

void Pace::connected() { m_ceiling = SIZE_MAX; }

void Pace::taken() {
    m_bytes += std::max<std::size_t>(1, m_limits.mostBytes / kByteSteps);
    m_requests += kRequestStep;
    bound();
}

void Pace::overloaded(std::uint64_t request) {
    if (request <= m_halvedAt) return;
    m_halvedAt = m_sent;
    m_bytes /= 2;
    m_requests /= 2;
    bound();
}

void Pace::tooLarge(std::size_t bytes) {
    m_ceiling = std::min(m_ceiling, bytes - bytes / 8);
    m_bytes = std::min(m_bytes, bytes / 2);
    bound();
}

std::size_t Pace::bodyBytes() const { return m_bytes; }
std::uint32_t Pace::inFlight() const { return static_cast<std::uint32_t>(m_requests); }

} // namespace sg
