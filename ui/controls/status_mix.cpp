#include "ui/controls/status_mix.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sg {
namespace {

constexpr double kAll = 100;
/// The code that stands for a class which has none yet.
constexpr std::array<int, StatusMix::kClasses> kFirstCode{200, 302, 404, 500, 101};

} // namespace

std::size_t statusClassOf(int code) { return code >= 200 && code < 600 ? static_cast<std::size_t>(code / 100 - 2) : StatusMix::kOther; }

StatusMix::StatusMix() {
    m_classes = {87, 9, 3.5, 0.5, 0};
    m_within = {
        std::map<int, double>{{200, 1}}, {{301, 0.1}, {302, 0.3}, {304, 0.6}}, {{403, 0.1}, {404, 0.9}}, {{500, 0.6}, {503, 0.4}}, {}};
}

void StatusMix::read(const std::vector<Weight>& statuses) {
    std::array<std::map<int, double>, kClasses> codes;
    double sum = 0;
    for (const Weight& status : statuses) {
        const int code = std::atoi(status.name.c_str());
        if (code < 100 || code > 999 || !(status.weight > 0) || !std::isfinite(status.weight)) continue;
        codes[statusClassOf(code)][code] += status.weight;
        sum += status.weight;
    }
    if (!(sum > 0)) {
        *this = StatusMix();
        return;
    }
    for (std::size_t i = 0; i < kClasses; ++i) {
        const double total = std::accumulate(codes[i].begin(), codes[i].end(), 0.0, [](double t, const auto& c) { return t + c.second; });
        m_classes[i] = total / sum * kAll;
        if (total <= 0) continue;
        m_within[i].clear();
        for (const auto& [code, weight] : codes[i]) m_within[i][code] = weight / total;
    }
}

std::vector<Weight> StatusMix::weights() const {
    std::vector<Weight> weights;
    std::map<int, double> all;
    for (std::size_t i = 0; i < kClasses; ++i) {
        if (m_classes[i] <= 0) continue;
        if (m_within[i].empty()) all[kFirstCode[i]] = m_classes[i];
        for (const auto& [code, share] : m_within[i])
            if (share > 0) all[code] = m_classes[i] * share;
    }
    for (const auto& [code, percent] : all) weights.push_back({std::to_string(code), percent});
    return weights;
}

double StatusMix::most(std::size_t statusClass) const {
    double rest = kAll;
    for (std::size_t i = 0; i < kClasses; ++i)
        if (i != statusClass && m_locked[i]) rest -= m_classes[i];
    return std::max(0.0, rest);
}

void StatusMix::setPercent(std::size_t statusClass, double percent) {
    if (m_locked[statusClass]) return;
    // "Other" grows only by its codes: the four that people think in take what is over.
    const auto gives = [&](std::size_t i) { return i != statusClass && !m_locked[i] && (i != kOther || m_classes[i] > 0); };
    double free = 0;
    int givers = 0;
    for (std::size_t i = 0; i < kClasses; ++i)
        if (gives(i)) {
            free += m_classes[i];
            ++givers;
        }
    if (givers == 0) return;
    const double limit = most(statusClass);
    const double wanted = std::clamp(percent, 0.0, limit);
    const double left = limit - wanted;
    for (std::size_t i = 0; i < kClasses; ++i)
        if (gives(i)) m_classes[i] = free > 0 ? m_classes[i] * left / free : left / givers;
    m_classes[statusClass] = wanted;
}

double StatusMix::codePercent(int code) const {
    const std::size_t i = statusClassOf(code);
    const auto found = m_within[i].find(code);
    return found == m_within[i].end() ? 0 : found->second * m_classes[i];
}

void StatusMix::setCode(int code, double percent) {
    const std::size_t i = statusClassOf(code);
    const double before = codePercent(code);
    percent = std::clamp(percent, 0.0, m_locked[i] ? m_classes[i] : before + most(i) - m_classes[i]);
    std::map<int, double> codes;
    double others = 0;
    for (const auto& [each, share] : m_within[i])
        if (each != code) {
            codes[each] = share * m_classes[i];
            others += codes[each];
        }
    if (m_locked[i]) {
        if (others <= 0) return;
        for (auto& [each, value] : codes) value *= (m_classes[i] - percent) / others;
    } else {
        const double wanted = others + percent;
        const double held = m_classes[i];
        setPercent(i, wanted);
        if (std::abs(m_classes[i] - wanted) > 1e-6 && m_classes[i] == held) return; // nothing can give way
    }
    if (percent > 0) codes[code] = percent;
    const double total = others > 0 || percent > 0
                             ? std::accumulate(codes.begin(), codes.end(), 0.0, [](double t, const auto& c) { return t + c.second; })
                             : 0;
    if (total <= 0) return;
    m_within[i].clear();
    for (const auto& [each, value] : codes) m_within[i][each] = value / total;
}

} // namespace sg
