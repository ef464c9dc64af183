#pragma once
/// Fields that one space parts, as proxies and load balancers write them: words, texts in quotes, `-` for what is absent.
///
/// On a failure the scan stands at the beginning of the field that is wrong.
#include "core/format/scanner.h"
#include "core/format/time_parser.h"

namespace sg {

[[nodiscard]] inline Reason failAt(Scan& scan, const char* at, Reason reason) {
    scan.at = at;
    return reason;
}

/// One space and a word that is not empty.
[[nodiscard]] inline Reason nextWord(Scan& scan, std::string_view& word) {
    if (const Reason reason = scan.space(); reason != Reason::None) return reason;
    word = scan.takeWord();
    return word.empty() ? Reason::MissingField : Reason::None;
}

/// The same, as a whole number; `-` and `-1` are absent.
[[nodiscard]] inline Reason nextNumber(Scan& scan, std::int64_t& number) {
    std::string_view word;
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    if (word == "-" || word == "-1") return Reason::None;
    const auto read = readNumber(word);
    if (!read) return failAt(scan, word.data(), Reason::BadNumber);
    number = *read;
    return Reason::None;
}

/// The same, as a status.
[[nodiscard]] inline Reason nextStatus(Scan& scan, Record& record) {
    if (const Reason reason = scan.space(); reason != Reason::None) return reason;
    return scan.atEnd() ? Reason::MissingField : takeStatus(scan, record);
}

/// One space and a text in quotes, or a word without any in its place.
[[nodiscard]] Reason nextText(Scan& scan, std::string_view& text);

/// One space and an Apache time in brackets.
[[nodiscard]] Reason nextTime(Scan& scan, TimeParser& times, Record& record);

/// `address:port`, the port behind the last colon; an IPv6 address needs no brackets. False when it is neither that nor `-`.
[[nodiscard]] bool splitAddressPort(std::string_view text, std::string_view& address, std::string_view& port);

/// Moves the scan behind a syslog header, or behind `program[pid]: ` alone, if there is one; host, program and pid go to the record. Its
/// time is returned when it is an ISO 8601 one.
std::string_view skipSyslogHeader(Scan& scan, Record& record);

} // namespace sg
