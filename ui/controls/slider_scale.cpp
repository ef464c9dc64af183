#include "ui/controls/slider_scale.h"

#include "ui/controls/value_text.h"

#include <algorithm>
#include <cmath>

namespace sg {
namespace {

constexpr int kLogPlaces = 600;
constexpr int kMaxLinearPlaces = 1000;

} // namespace

SliderScale::SliderScale(double low, double high, bool logarithmic, double step)
    : m_low(low), m_high(high), m_step(step), m_logarithmic(logarithmic) {
    m_floor = low > 0 ? low : std::max(rounded(high / 1e5, 1), step);
    m_places = logarithmic ? kLogPlaces : std::clamp(static_cast<int>(std::lround((high - low) / step)), 1, kMaxLinearPlaces);
}

int SliderScale::placeOf(double value) const {
    value = std::clamp(value, m_low, m_high);
    if (!m_logarithmic) return m_high > m_low ? static_cast<int>(std::lround((value - m_low) / (m_high - m_low) * m_places)) : 0;
    if (value < m_floor) return 0;
    const int first = m_low > 0 ? 0 : 1;
    return first + static_cast<int>(std::lround(std::log(value / m_floor) / std::log(m_high / m_floor) * (m_places - first)));
}

double SliderScale::valueAt(int place) const {
    if (place <= 0) return m_low;
    if (place >= m_places) return m_high;
    const double share = m_logarithmic && m_low <= 0 ? double(place - 1) / (m_places - 1) : double(place) / m_places;
    double value = m_logarithmic ? rounded(m_floor * std::pow(m_high / m_floor, share), 2) : m_low + (m_high - m_low) * share;
    const double inverse = std::round(1 / m_step);
    value = m_step < 1 ? std::round(value * inverse) / inverse : std::round(value / m_step) * m_step;
    return std::clamp(value, m_low, m_high);
}

int SliderScale::stepFrom(double value, int direction, bool page) const {
    const int jump = page ? std::max(1, m_places / 10) : m_logarithmic ? 3 : 1;
    int place = placeOf(value) + direction * jump;
    place = std::clamp(place, 0, m_places);
    const auto further = [&] { return direction > 0 ? valueAt(place) > value : valueAt(place) < value; };
    while (!further() && place > 0 && place < m_places) place += direction;
    return place;
}

} // namespace sg
