#pragma once
/// How a number of the Tuning is written, read back and laid on a slider. Pure.
#include <QString>

#include <optional>

namespace sg {

enum class Look {
    Count,    ///< "1,000"
    Rate,     ///< "12,500 /s", 0 = "max"
    Share,    ///< 0.12 as "12 %"
    Decimal,  ///< "1.10"
    Seconds,  ///< seconds, "8 s"
    Millis,   ///< milliseconds as a real number, "41 ms"
    Duration, ///< whole milliseconds, "500 ms", "1.0 s", "5 min", "2 h"
    Age,      ///< whole milliseconds in days, "30 d", "36 h", 0 = "never"
    Bytes,    ///< "256 MiB"
    Threads,  ///< "2 of 8", 0 = "all 8"
};

[[nodiscard]] QString valueText(Look look, double value);
/// What a person may type: "50k", "1.5M", "max", "12 %", "90 s", "1.5 min", "64 MiB", "all", "30 d", "never". Empty: none of these.
[[nodiscard]] std::optional<double> parseValue(Look look, const QString& text);
/// The nearest number with so many significant digits.
[[nodiscard]] double rounded(double value, int significantDigits);

} // namespace sg
