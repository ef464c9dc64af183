#pragma once
/// Numbers as people read them, with the locale's separators; a unit is part of the text, an absent value is a dash.
#include <QString>

#include <cstdint>

namespace sg {

[[nodiscard]] QString countText(std::uint64_t count);                       ///< "41,208,331"
[[nodiscard]] QString rateText(double perSecond, const QString& unit = {}); ///< "12,504 /s", "12.5 chunks/s", "0.4 /s"
[[nodiscard]] QString bytesText(double bytes);                              ///< "218 MB" (powers of 1000)
[[nodiscard]] QString shareText(double share);                              ///< "8.02 %"
[[nodiscard]] QString durationText(double seconds);                         ///< "0.62 s", "184 ms", "12 min", "3 h"; negative = "-"
[[nodiscard]] QString estimateText(double seconds);                         ///< "4 s", "12 min": of what is only about right
[[nodiscard]] QString millisecondsText(double ms);                          ///< "184 ms", "1.2 s"; negative = "-"
/// With a sign and no colour: "+4.1 %", "−0.3 points"; empty when there is nothing to compare with.
[[nodiscard]] QString changeText(double now, double before);
[[nodiscard]] QString clockText(qint64 ms, bool withSeconds); ///< local time of day
/// Shown text of raw bytes: valid UTF-8 stays, everything else and controls become \xHH.
[[nodiscard]] QString rawText(const std::string& bytes);

} // namespace sg
