#include "core/format/time_parser.h"

#include "core/format/scanner.h"

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace sg {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kSecondNs = 1'000'000'000;

/// Two digits; -1 when they are none.
int twoDigits(const char* p) { return isDigit(p[0]) && isDigit(p[1]) ? (p[0] - '0') * 10 + (p[1] - '0') : -1; }

int fourDigits(const char* p) {
    const int high = twoDigits(p);
    const int low = twoDigits(p + 2);
    return high < 0 || low < 0 ? -1 : high * 100 + low;
}

int monthNumber(const char* p) {
    static constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
    const char name[3] = {static_cast<char>(p[0] | 0x20), static_cast<char>(p[1] | 0x20), static_cast<char>(p[2] | 0x20)};
    for (int month = 0; month < 12; ++month)
        if (std::memcmp(name, kMonths.data() + month * 3, 3) == 0) return month + 1;
    return -1;
}

} // namespace

std::optional<Timestamp> joinTime(std::int64_t seconds, std::int64_t fractionNs) {
    // The earliest moments are only in range together with their fraction.
    if (seconds < 0 && fractionNs > 0) {
        ++seconds;
        fractionNs -= kSecondNs;
    }
    std::int64_t ns = 0;
    if (__builtin_mul_overflow(seconds, kSecondNs, &ns) || __builtin_add_overflow(ns, fractionNs, &ns)) return std::nullopt;
    return Timestamp{ns};
}

std::optional<std::int64_t> dayNumber(int year, int month, int day) {
    if (year < 0 || month < 1 || day < 1) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch().count();
}

namespace {

/// Reads `HH:MM:SS[.fraction][ ][zone]` to the end of the text and puts it together with the day.
std::optional<Timestamp> withClock(std::int64_t day, std::string_view text, int zoneOffset) {
    if (text.size() < 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
    const int hour = twoDigits(text.data());
    const int minute = twoDigits(text.data() + 3);
    const int second = twoDigits(text.data() + 6);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
    text.remove_prefix(8);

    std::int64_t fraction = 0;
    if (!text.empty() && (text[0] == '.' || text[0] == ',')) {
        std::size_t digits = 1;
        std::int64_t weight = kSecondNs / 10;
        for (; digits < text.size() && isDigit(text[digits]); ++digits) {
            fraction += (text[digits] - '0') * weight;
            weight /= 10;
        }
        if (digits == 1) return std::nullopt;
        text.remove_prefix(digits);
    }

    if (!text.empty() && text[0] == ' ') {
        text.remove_prefix(1);
        if (text.empty()) return std::nullopt;
    }
    if (text == "Z" || text == "z") {
        zoneOffset = 0;
    } else if (!text.empty()) {
        if (text[0] != '+' && text[0] != '-') return std::nullopt;
        const bool west = text[0] == '-';
        text.remove_prefix(1);
        const bool hoursOnly = text.size() == 2;
        const bool colon = text.size() == 5 && text[2] == ':';
        if (!hoursOnly && !colon && text.size() != 4) return std::nullopt;
        const int hours = twoDigits(text.data());
        const int minutes = hoursOnly ? 0 : twoDigits(text.data() + (colon ? 3 : 2));
        if (hours < 0 || minutes < 0 || minutes > 59) return std::nullopt;
        zoneOffset = (hours * 60 + minutes) * (west ? -1 : 1);
        if (zoneOffset < -12 * 60 || zoneOffset > 14 * 60) return std::nullopt;
    }

    const std::int64_t seconds = day * kDaySeconds + hour * 3600 + minute * 60 + second - zoneOffset * 60;
    if (second == 60 && seconds % kDaySeconds != 0) return std::nullopt;
    return joinTime(seconds, fraction);
}

} // namespace

std::optional<Timestamp> TimeParser::apacheAnew(std::string_view text) {
    if (text.size() < 20 || text[2] != '/' || text[6] != '/' || text[11] != ':') return std::nullopt;
    const auto day = dayNumber(fourDigits(text.data() + 7), monthNumber(text.data() + 3), twoDigits(text.data()));
    if (!day) return std::nullopt;
    const auto time = withClock(*day, text.substr(12), m_zoneOffset);
    if (time && text.size() == kStamp) {
        std::memcpy(m_last.data(), text.data(), kStamp);
        m_lastTime = *time;
    }
    return time;
}

std::optional<Timestamp> TimeParser::iso8601(std::string_view text) {
    if (text.size() < 19 || text[4] != '-' || text[7] != '-') return std::nullopt;
    if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
    if (std::memcmp(text.data(), m_lastDate.data(), m_lastDate.size()) != 0) {
        const auto day = dayNumber(fourDigits(text.data()), twoDigits(text.data() + 5), twoDigits(text.data() + 8));
        if (!day) return std::nullopt;
        std::memcpy(m_lastDate.data(), text.data(), m_lastDate.size());
        m_lastDay = *day;
    }
    return withClock(m_lastDay, text.substr(11), m_zoneOffset);
}

namespace {

/// Units of a number of this magnitude in one second.
std::int64_t unitsPerSecond(std::int64_t magnitude) {
    if (magnitude < 100'000'000'000) return 1;
    if (magnitude < 100'000'000'000'000) return 1'000;
    if (magnitude < 100'000'000'000'000'000) return 1'000'000;
    return kSecondNs;
}

} // namespace

std::optional<Timestamp> TimeParser::epoch(std::int64_t value) {
    if (value == std::numeric_limits<std::int64_t>::min()) return std::nullopt;
    std::int64_t ns = 0;
    if (__builtin_mul_overflow(value, kSecondNs / unitsPerSecond(std::abs(value)), &ns)) return std::nullopt;
    return Timestamp{ns};
}

std::optional<Timestamp> TimeParser::epoch(double value) {
    if (!(std::abs(value) < 9.2e18)) return std::nullopt;
    const auto units = static_cast<double>(unitsPerSecond(static_cast<std::int64_t>(std::abs(value))));
    const double micros = std::round(value / units * 1e6);
    if (!(std::abs(micros) < 9.2e15)) return std::nullopt;
    return Timestamp{static_cast<std::int64_t>(micros) * 1000};
}

std::optional<Timestamp> TimeParser::epoch(std::string_view text) {
    const bool negative = !text.empty() && text[0] == '-';
    if (negative) text.remove_prefix(1);
    const std::size_t point = text.find('.');
    const auto whole = readNumber(text.substr(0, point));
    if (!whole) return std::nullopt;
    const auto time = epoch(*whole);
    if (!time) return std::nullopt;
    std::int64_t ns = time->ns;
    if (point != std::string_view::npos) {
        if (point + 1 == text.size()) return std::nullopt;
        std::int64_t weight = kSecondNs / unitsPerSecond(*whole) / 10;
        for (const char c : text.substr(point + 1)) {
            if (!isDigit(c)) return std::nullopt;
            if (__builtin_add_overflow(ns, (c - '0') * weight, &ns)) return std::nullopt;
            weight /= 10;
        }
    }
    return Timestamp{negative ? -ns : ns};
}

std::optional<Timestamp> TimeParser::any(std::string_view text) {
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
    if (text.size() >= 12 && text[2] == '/') return apache(text);
    if (text.size() >= 11 && text[4] == '-') return iso8601(text);
    return epoch(text);
}

} // namespace sg
