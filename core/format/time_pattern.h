#pragma once
/// A strftime(3) pattern, compiled to read what it wrote; and the parts of a time that several fields of a line give together.
///
/// *Source:* POSIX strftime in the C locale, with glibc's `%k %l %P %s %N`. Names in English whatever the locale.
#include "core/base/clock.h"
#include "core/base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

/// -1 where nothing was said.
struct TimeParts {
    int year = -1;
    int century = -1;
    int yearOfCentury = -1;
    int month = -1;
    int day = -1;
    int dayOfYear = -1;
    int hour = -1;
    int hourOfHalf = -1; ///< 1..12, with `afternoon`
    int afternoon = -1;
    int minute = -1;
    int second = -1;
    std::optional<int> zoneMinutes;
    std::optional<std::int64_t> epochSeconds;
    std::int64_t fractionNs = 0;

    /// The moment, or nothing when the date does not exist. Without a clock midnight; REQUIRES: `namesADay`.
    [[nodiscard]] std::optional<Timestamp> moment(int zoneOffsetMinutes) const;
};

class TimePattern {
public:
    /// *Errors:* InvalidArgument: an unknown conversion, with its place in the pattern.
    [[nodiscard]] static Result<TimePattern> compile(std::string_view pattern);
    /// Reads from `at`; the end of what was read, or null.
    [[nodiscard]] const char* read(const char* at, const char* end, TimeParts& parts) const;
    /// What its fields say together is a day or a number of seconds.
    [[nodiscard]] bool namesADay() const { return m_epoch || ((m_year || m_yearOfCentury) && ((m_month && m_day) || m_dayOfYear)); }
    /// Adds what the other says.
    void join(const TimePattern& other);
    /// Its first byte when that is always the same, else NUL.
    [[nodiscard]] char firstByte() const { return m_steps.empty() || m_steps.front().conversion != '\0' ? '\0' : m_steps.front().literal; }

private:
    struct Step {
        char conversion = '\0'; ///< NUL: the literal
        char literal = '\0';
    };
    [[nodiscard]] Status add(std::string_view pattern);

    std::vector<Step> m_steps;
    bool m_epoch = false;
    bool m_year = false;
    bool m_yearOfCentury = false;
    bool m_month = false;
    bool m_day = false;
    bool m_dayOfYear = false;
};

} // namespace sg
