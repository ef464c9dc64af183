#include "ui/charts/value_scale.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace sg {
namespace {

constexpr int kIntervals = 4;
constexpr double kReserve = 0.8; // a smaller scale must leave that much of it unused before it is taken

double niceStep(double greatest) {
    if (!(greatest > 0) || !std::isfinite(greatest)) return 0.25;
    const double least = greatest / kIntervals;
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double digit : {1.0, 2.0, 2.5, 4.0, 5.0, 10.0})
        if (digit * power >= least * (1 - 1e-9)) return digit * power;
    return 10 * power;
}

double niceTop(double greatest) {
    const double step = niceStep(greatest);
    return std::max(1.0, std::ceil(greatest / step - 1e-9)) * step;
}

} // namespace

void ValueScale::setLog(bool log) {
    if (log == m_log) return;
    m_log = log;
    m_fitted = false;
}

void ValueScale::fix(double top) {
    if (top == m_fixed) return;
    m_fixed = top;
    m_fitted = false;
}

void ValueScale::fit(double least, double greatest) {
    if (m_log) {
        double low = least > 0 ? std::floor(std::log10(least) + 1e-9) : 0;
        double high = greatest > 0 ? std::ceil(std::log10(greatest) - 1e-9) : low + 1;
        high = std::max(high, low + 1);
        if (m_fitted && least > 0 && greatest > 0) {
            // A decade is given up when the values keep well away from it.
            low = std::min(low, std::max(m_bottom, std::floor(std::log10(least / 1.5))));
            high = std::max(high, std::min(m_top, std::ceil(std::log10(greatest * 1.5))));
        }
        m_bottom = low;
        m_top = high;
        m_step = 1;
        m_fitted = true;
        return;
    }
    m_bottom = 0;
    if (m_fixed > 0) {
        m_top = m_fixed;
        m_step = m_fixed / kIntervals;
        return;
    }
    if (!(greatest > 0)) greatest = m_fitted ? 0 : 1;
    const bool fits = m_fitted && greatest <= m_top;
    if (fits && (greatest <= 0 || niceTop(greatest / kReserve) >= m_top)) return;
    m_top = niceTop(fits ? greatest / kReserve : greatest);
    m_step = niceStep(m_top);
    m_fitted = true;
}

double ValueScale::unit(double value) const { return m_log ? std::log10(value) : value; }

std::vector<double> ValueScale::ticks() const {
    std::vector<double> ticks;
    if (!m_log) {
        for (int i = 0; i * m_step <= m_top * (1 + 1e-9); ++i) ticks.push_back(i * m_step);
        return ticks;
    }
    const int decades = static_cast<int>(std::lround(m_top - m_bottom));
    const int every = std::max(1, (decades + 5) / 6);
    for (int i = 0; i <= decades; i += every) {
        const double decade = std::pow(10.0, m_bottom + i);
        ticks.push_back(decade);
        if (decades == 1 && i == 0)
            for (const double digit : {2.0, 5.0}) ticks.push_back(decade * digit);
    }
    return ticks;
}

QString tickText(double value, double step) {
    const QLocale locale;
    const auto decimalsOf = [](double size) {
        int decimals = 0;
        for (double scaled = size; decimals < 6 && std::abs(scaled - std::round(scaled)) > 1e-6 * std::max(1.0, scaled); scaled *= 10)
            ++decimals;
        return decimals;
    };
    if (value == 0) return locale.toString(0);
    if (std::abs(value) >= 1e9) return locale.toString(value / 1e9, 'f', decimalsOf(step / 1e9)) + QStringLiteral(" G");
    if (std::abs(value) >= 1e6) return locale.toString(value / 1e6, 'f', decimalsOf(step / 1e6)) + QStringLiteral(" M");
    return locale.toString(value, 'f', decimalsOf(step));
}

} // namespace sg
