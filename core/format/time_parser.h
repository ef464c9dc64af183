#pragma once
/// Reads the time stamps of access logs: Apache's, ISO 8601 and seconds since the epoch.
///
/// *Thread:* one parser a slice. *Cost:* the last stamp is kept: lines of one second cost one comparison of 26 bytes.
/// Years 1677 to 2262, zones -1200 to +1400 (minutes 00 to 59), English month names whatever the locale, fractions to nanoseconds (further
/// digits are cut off). A leap second (`:60`, accepted in the last minute of a UTC day only) is the first second of the next day, as POSIX
/// counts.
#include "core/base/clock.h"

#include <array>
#include <cstring>
#include <optional>
#include <string_view>

namespace sg {

/// Days since 1970-01-01 of a date that exists; nothing else.
[[nodiscard]] std::optional<std::int64_t> dayNumber(int year, int month, int day);
/// Seconds and 0 to 999,999,999 ns behind them, when 64 bits of nanoseconds hold it.
[[nodiscard]] std::optional<Timestamp> joinTime(std::int64_t seconds, std::int64_t fractionNs);

class TimeParser {
public:
    /// `zoneOffsetMinutes`: of stamps that carry no zone, -720..840.
    explicit TimeParser(int zoneOffsetMinutes) : m_zoneOffset(zoneOffsetMinutes) {}

    /// `10/Oct/2000:13:55:36 -0700`; a fraction after `.` or `,` and no zone are read too.
    [[nodiscard]] std::optional<Timestamp> apache(std::string_view text) {
        if (text.size() == kStamp && std::memcmp(text.data(), m_last.data(), kStamp) == 0) return m_lastTime;
        return apacheAnew(text);
    }
    /// `2000-10-10T13:55:36.123456789-07:00`; a space for the `T`, `Z`, `-0700`, `-07` and no zone are read too.
    [[nodiscard]] std::optional<Timestamp> iso8601(std::string_view text);
    /// Digits with an optional sign and fraction; seconds, milli-, micro- or nanoseconds by magnitude (up to 1e11, 1e14, 1e17).
    [[nodiscard]] static std::optional<Timestamp> epoch(std::string_view text);
    [[nodiscard]] static std::optional<Timestamp> epoch(std::int64_t value);
    /// As far as a double goes: whole microseconds.
    [[nodiscard]] static std::optional<Timestamp> epoch(double value);
    /// Any of them, by its shape; brackets around it are left out.
    [[nodiscard]] std::optional<Timestamp> any(std::string_view text);

private:
    static constexpr std::size_t kStamp = 26;
    [[nodiscard]] std::optional<Timestamp> apacheAnew(std::string_view text);

    int m_zoneOffset;
    // What is kept is true from the beginning: bytes that are no time must not be those of an empty memory.
    std::array<char, kStamp> m_last{'0', '1', '/', 'J', 'a', 'n', '/', '1', '9', '7', '0', ':', '0',
                                    '0', ':', '0', '0', ':', '0', '0', ' ', '+', '0', '0', '0', '0'};
    Timestamp m_lastTime; ///< 0
    std::array<char, 10> m_lastDate{'1', '9', '7', '0', '-', '0', '1', '-', '0', '1'}; ///< of iso8601
    std::int64_t m_lastDay = 0;
};

} // namespace sg
