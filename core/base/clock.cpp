#include "core/base/clock.h"

#include <cstdio>

namespace sg {
namespace {

struct Civil {
    int year;
    unsigned month, day;
};

Civil civilOf(Timestamp time) {
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(time.days()))};
    return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day())};
}

} // namespace

std::string isoDate(Timestamp time) {
    const Civil date = civilOf(time);
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", date.year, date.month, date.day);
    return text;
}

std::string isoTime(Timestamp time) {
    const Civil date = civilOf(time);
    const std::int64_t second = time.seconds() - time.days() * 86'400;
    const std::int64_t millisecond = (time.ns - time.seconds() * 1'000'000'000) / 1'000'000;
    char text[80];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", date.year, date.month, date.day,
                  static_cast<int>(second / 3600), static_cast<int>(second / 60 % 60), static_cast<int>(second % 60),
                  static_cast<int>(millisecond));
    return text;
}

} // namespace sg
