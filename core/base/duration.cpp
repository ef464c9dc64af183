#include "core/base/duration.h"

#include <charconv>
#include <cmath>

namespace sg {
namespace {

constexpr double kMaxMilliseconds = 10'000.0 * 86'400'000.0;

std::optional<double> unitInMilliseconds(std::string_view unit) {
    if (unit == "ms") return 1;
    if (unit == "s") return 1'000;
    if (unit == "m" || unit == "min") return 60'000;
    if (unit == "h") return 3'600'000;
    if (unit == "d") return 86'400'000;
    return std::nullopt;
}

} // namespace

std::optional<Milliseconds> parseDuration(std::string_view text) {
    const std::size_t digits = text.find_first_not_of("0123456789.");
    if (digits == 0 || digits == std::string_view::npos) return std::nullopt;
    const std::string_view number = text.substr(0, digits);
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value, std::chars_format::fixed);
    const auto unit = unitInMilliseconds(text.substr(digits));
    if (error != std::errc{} || end != number.data() + number.size() || !unit) return std::nullopt;
    const double milliseconds = std::round(value * *unit);
    if (!std::isfinite(milliseconds) || milliseconds > kMaxMilliseconds) return std::nullopt;
    return Milliseconds(static_cast<Milliseconds::rep>(milliseconds));
}

} // namespace sg
