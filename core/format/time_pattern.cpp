#include "core/format/time_pattern.h"

#include "core/format/scanner.h"
#include "core/format/time_parser.h"

#include <array>

namespace sg {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"January", "February", "March",     "April",   "May",      "June",
                                                      "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/// Conversions that stand for others.
struct Alias {
    char conversion;
    std::string_view pattern;
};
constexpr std::array kAliases = {
    Alias{'T', "%H:%M:%S"}, Alias{'R', "%H:%M"},    Alias{'F', "%Y-%m-%d"},    Alias{'D', "%m/%d/%y"},
    Alias{'x', "%m/%d/%y"}, Alias{'X', "%H:%M:%S"}, Alias{'r', "%I:%M:%S %p"}, Alias{'c', "%a %b %e %H:%M:%S %Y"},
};

/// Exactly `width` digits; with `padded`, spaces may take the place of leading zeros.
bool takeDigits(const char*& at, const char* end, int width, bool padded, int& value) {
    if (end - at < width) return false;
    int sum = 0;
    bool digits = false;
    for (int i = 0; i < width; ++i) {
        const char c = at[i];
        if (padded && c == ' ' && !digits) continue;
        if (!isDigit(c)) return false;
        digits = true;
        sum = sum * 10 + (c - '0');
    }
    if (!digits) return false;
    at += width;
    value = sum;
    return true;
}

bool equalsIgnoringCase(const char* at, std::string_view name) {
    for (std::size_t i = 0; i < name.size(); ++i)
        if ((at[i] | 0x20) != (name[i] | 0x20)) return false;
    return true;
}

/// The number of the name that stands here, from 0; -1 when none does.
template <std::size_t N> int takeName(const char*& at, const char* end, const std::array<std::string_view, N>& names, bool full) {
    for (std::size_t i = 0; i < N; ++i) {
        const std::string_view name = full ? names[i] : names[i].substr(0, 3);
        if (static_cast<std::size_t>(end - at) < name.size() || !equalsIgnoringCase(at, name)) continue;
        at += name.size();
        return static_cast<int>(i);
    }
    return -1;
}

bool takeZone(const char*& at, const char* end, TimeParts& parts) {
    if (at == end || (*at != '+' && *at != '-')) return false;
    const bool west = *at == '-';
    const char* p = at + 1;
    int hours = 0;
    int minutes = 0;
    if (!takeDigits(p, end, 2, false, hours)) return false;
    if (p != end && *p == ':') ++p;
    if (!takeDigits(p, end, 2, false, minutes) || minutes > 59) return false;
    const int offset = (hours * 60 + minutes) * (west ? -1 : 1);
    if (offset < -12 * 60 || offset > 14 * 60) return false;
    parts.zoneMinutes = offset;
    at = p;
    return true;
}

/// A zone's name. Only the names of UTC say what they are: others have several meanings, and the zone of the options stands for them.
bool takeZoneName(const char*& at, const char* end, TimeParts& parts) {
    const char* begin = at;
    while (at != end && ((*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z'))) ++at;
    const std::string_view name(begin, static_cast<std::size_t>(at - begin));
    if (name.empty()) return takeZone(at, end, parts); // zones without a name are written as numbers, +03
    if (name == "UTC" || name == "GMT" || name == "Z") parts.zoneMinutes = 0;
    return true;
}

bool takeEpoch(const char*& at, const char* end, TimeParts& parts) {
    const bool negative = at != end && *at == '-';
    const char* begin = at + (negative ? 1 : 0);
    const char* p = begin;
    while (p != end && isDigit(*p)) ++p;
    const auto seconds = readNumber({begin, static_cast<std::size_t>(p - begin)});
    if (!seconds || p - begin > 12) return false;
    parts.epochSeconds = negative ? -*seconds : *seconds;
    at = p;
    return true;
}

bool takeConversion(char conversion, const char*& at, const char* end, TimeParts& parts) {
    int ignored = 0;
    switch (conversion) {
    case 'Y':
        return takeDigits(at, end, 4, false, parts.year);
    case 'C':
        return takeDigits(at, end, 2, false, parts.century);
    case 'y':
        return takeDigits(at, end, 2, false, parts.yearOfCentury);
    case 'm':
        return takeDigits(at, end, 2, false, parts.month);
    case 'd':
        return takeDigits(at, end, 2, false, parts.day);
    case 'e':
        return takeDigits(at, end, 2, true, parts.day);
    case 'j':
        return takeDigits(at, end, 3, false, parts.dayOfYear);
    case 'b':
    case 'h':
    case 'B':
        parts.month = takeName(at, end, kMonths, conversion == 'B') + 1;
        return parts.month > 0;
    case 'a':
    case 'A':
        return takeName(at, end, kDays, conversion == 'A') >= 0;
    case 'H':
        return takeDigits(at, end, 2, false, parts.hour);
    case 'k':
        return takeDigits(at, end, 2, true, parts.hour);
    case 'I':
        return takeDigits(at, end, 2, false, parts.hourOfHalf);
    case 'l':
        return takeDigits(at, end, 2, true, parts.hourOfHalf);
    case 'M':
        return takeDigits(at, end, 2, false, parts.minute);
    case 'S':
        return takeDigits(at, end, 2, false, parts.second);
    case 'N': {
        const bool read = takeDigits(at, end, 9, false, ignored);
        parts.fractionNs = ignored;
        return read;
    }
    case 'p':
    case 'P':
        if (end - at < 2 || (at[1] | 0x20) != 'm' || ((at[0] | 0x20) != 'a' && (at[0] | 0x20) != 'p')) return false;
        parts.afternoon = (at[0] | 0x20) == 'p' ? 1 : 0;
        at += 2;
        return true;
    case 's':
        return takeEpoch(at, end, parts);
    case 'z':
        return takeZone(at, end, parts);
    case 'Z':
        return takeZoneName(at, end, parts);
    case 'u':
    case 'w':
        return takeDigits(at, end, 1, false, ignored);
    case 'g':
    case 'U':
    case 'V':
    case 'W':
        return takeDigits(at, end, 2, false, ignored);
    default:
        return conversion == 'G' && takeDigits(at, end, 4, false, ignored);
    }
}

} // namespace

std::optional<Timestamp> TimeParts::moment(int zoneOffsetMinutes) const {
    if (epochSeconds) return joinTime(*epochSeconds, fractionNs);
    int wholeYear = year;
    if (wholeYear < 0 && yearOfCentury >= 0) // POSIX: 69 to 99 are of the 20th century
        wholeYear = yearOfCentury + (century >= 0 ? century * 100 : yearOfCentury >= 69 ? 1900 : 2000);
    std::optional<std::int64_t> days;
    if (month >= 0 || day >= 0) {
        days = dayNumber(wholeYear, month, day);
    } else if (dayOfYear >= 1 && dayOfYear <= 366) {
        days = dayNumber(wholeYear, 1, 1);
        const auto next = dayNumber(wholeYear + 1, 1, 1);
        if (days && next) *days += dayOfYear - 1;
        if (!next || *days >= *next) return std::nullopt;
    }
    if (!days) return std::nullopt;
    int wholeHour = hour;
    if (wholeHour < 0 && hourOfHalf >= 0) {
        if (hourOfHalf < 1 || hourOfHalf > 12) return std::nullopt;
        wholeHour = hourOfHalf % 12 + (afternoon == 1 ? 12 : 0);
    }
    if (wholeHour > 23 || minute > 59 || second > 60) return std::nullopt;
    const std::int64_t seconds = *days * 86'400 + std::max(wholeHour, 0) * 3600 + std::max(minute, 0) * 60 + std::max(second, 0) -
                                 zoneMinutes.value_or(zoneOffsetMinutes) * 60;
    if (second == 60 && seconds % 86'400 != 0) return std::nullopt;
    return joinTime(seconds, fractionNs);
}

Status TimePattern::add(std::string_view pattern) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '%') {
            m_steps.push_back({'\0', pattern[i]});
            continue;
        }
        const std::size_t begin = i++;
        while (i < pattern.size() && (pattern[i] == 'E' || pattern[i] == 'O')) ++i; // the locale's other digits: C has none
        const char conversion = i < pattern.size() ? pattern[i] : '\0';
        if (conversion == '%' || conversion == 't' || conversion == 'n') {
            m_steps.push_back({'\0', conversion == 't' ? '\t' : conversion == 'n' ? '\n' : '%'});
            continue;
        }
        bool alias = false;
        for (const Alias& each : kAliases) {
            if (each.conversion != conversion) continue;
            SG_TRY(add(each.pattern));
            alias = true;
        }
        if (alias) continue;
        if (conversion == '\0' || std::string_view("YCymdejbhBaAHkIlMSNpPszZuwgUVWG").find(conversion) == std::string_view::npos)
            return fail(ErrorCode::InvalidArgument,
                        "the time pattern has an unknown conversion '" + std::string(pattern.substr(begin, i - begin + 1)) + "'");
        m_steps.push_back({conversion, '\0'});
        m_epoch |= conversion == 's';
        m_year |= conversion == 'Y';
        m_yearOfCentury |= conversion == 'y';
        m_month |= conversion == 'm' || conversion == 'b' || conversion == 'h' || conversion == 'B';
        m_day |= conversion == 'd' || conversion == 'e';
        m_dayOfYear |= conversion == 'j';
    }
    return {};
}

Result<TimePattern> TimePattern::compile(std::string_view pattern) {
    TimePattern compiled;
    SG_TRY(compiled.add(pattern));
    return compiled;
}

const char* TimePattern::read(const char* at, const char* end, TimeParts& parts) const {
    for (const Step& step : m_steps) {
        if (step.conversion == '\0') {
            if (at == end || *at != step.literal) return nullptr;
            ++at;
        } else if (!takeConversion(step.conversion, at, end, parts)) {
            return nullptr;
        }
    }
    return at;
}

void TimePattern::join(const TimePattern& other) {
    m_epoch |= other.m_epoch;
    m_year |= other.m_year;
    m_yearOfCentury |= other.m_yearOfCentury;
    m_month |= other.m_month;
    m_day |= other.m_day;
    m_dayOfYear |= other.m_dayOfYear;
}

} // namespace sg
