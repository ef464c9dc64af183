#pragma once
/// Why a line is a dead letter, in one byte. A closed set: stored in databases and plans, so numbers are never reused.
#include <array>
#include <cstdint>
#include <string_view>

namespace sg {

enum class Reason : std::uint8_t {
    None = 0,         ///< the line was read
    TooLong = 1,
    MissingField = 2,
    UnterminatedQuote = 3,
    BadTime = 4,
    BadStatus = 5,
    BadNumber = 6,
    BadJson = 7,
    NotAnObject = 8,
    UnknownShape = 9, ///< nothing of the format is recognised
    EmptyAddress = 10,
    TrailingGarbage = 11,
    NoTime = 12,      ///< JSON without any time key is fine (arrival); this is a time key without a value that can be read
    Replay = 13,      ///< read when the batch was committed, unreadable now (another engine version)
    RejectedByServer = 14, ///< Elasticsearch answered 400 for this document
    TooLarge = 15,    ///< Elasticsearch answered 413 for this document alone
};
inline constexpr std::size_t kReasonCount = 16;

struct ReasonText {
    std::string_view id;       ///< in JSON and databases
    std::string_view sentence; ///< what is wrong
    std::string_view advice;   ///< what to do
};
[[nodiscard]] const ReasonText& reasonText(Reason reason);

} // namespace sg
