#pragma once
/// Where time comes from: the wall for stamps that people read, the steady clock for every wait and every duration.
///
/// *Thread:* implementations synchronize themselves. Neither ids nor order may depend on the wall clock: it jumps.
#include <chrono>
#include <cstdint>
#include <string>

namespace sg {

using Nanoseconds = std::chrono::nanoseconds;
using Milliseconds = std::chrono::milliseconds;
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Nanoseconds>;

/// Nanoseconds since 1970-01-01T00:00:00Z, negative before; covers the years 1677 to 2262. POSIX time: no leap seconds.
struct Timestamp {
    std::int64_t ns = 0;
    friend constexpr auto operator<=>(Timestamp, Timestamp) = default;
    /// Whole seconds, rounded towards minus infinity.
    [[nodiscard]] constexpr std::int64_t seconds() const { return floorDiv(1'000'000'000); }
    [[nodiscard]] constexpr std::int64_t minutes() const { return floorDiv(60'000'000'000); }
    [[nodiscard]] constexpr std::int64_t days() const { return floorDiv(86'400'000'000'000); }
    static constexpr Timestamp fromSeconds(std::int64_t s) { return {s * 1'000'000'000}; }
    static constexpr Timestamp fromMilliseconds(std::int64_t ms) { return {ms * 1'000'000}; }

private:
    [[nodiscard]] constexpr std::int64_t floorDiv(std::int64_t by) const {
        return ns / by - static_cast<std::int64_t>(ns % by != 0 && ns < 0);
    }
};

/// "2025-10-10", the UTC day.
[[nodiscard]] std::string isoDate(Timestamp time);
/// "2025-10-10T13:00:59.123Z", UTC, milliseconds rounded towards minus infinity.
[[nodiscard]] std::string isoTime(Timestamp time);

class Clock {
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual Timestamp wall() const = 0;
    [[nodiscard]] virtual SteadyTime steady() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
public:
    [[nodiscard]] Timestamp wall() const override {
        return {std::chrono::duration_cast<Nanoseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
    }
    [[nodiscard]] SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

} // namespace sg
