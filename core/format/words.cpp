#include "core/format/words.h"

#include "core/format/syslog_header.h"

#include <algorithm>

namespace sg {
namespace {

constexpr std::size_t kMaxTag = 64;

bool isDigits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), isDigit); }

/// What is left of a syslog header when a collector took the rest: `program[pid]: `.
SyslogHeader readTag(std::string_view line) {
    const std::size_t open = line.substr(0, kMaxTag).find('[');
    const std::size_t close = open == std::string_view::npos ? open : line.find("]: ", open);
    SyslogHeader header;
    if (close == std::string_view::npos || open == 0 || !isDigits(line.substr(open + 1, close - open - 1))) return header;
    header.program = line.substr(0, open);
    header.processId = line.substr(open + 1, close - open - 1);
    if (header.program.find_first_of(" \":") != std::string_view::npos) return {};
    header.length = close + 3;
    return header;
}

} // namespace

Reason nextText(Scan& scan, std::string_view& text) {
    if (const Reason reason = scan.space(); reason != Reason::None) return reason;
    if (scan.atEnd()) return Reason::MissingField;
    if (*scan.at == '"') return scan.quoted(text);
    text = scan.takeWord();
    if (text.empty()) return Reason::MissingField;
    return text.find('"') == std::string_view::npos ? Reason::None : failAt(scan, text.data(), Reason::UnknownShape);
}

Reason nextTime(Scan& scan, TimeParser& times, Record& record) {
    if (const Reason reason = scan.space(); reason != Reason::None) return reason;
    if (scan.atEnd()) return Reason::MissingField;
    if (*scan.at != '[') return Reason::UnknownShape;
    const char* text = scan.at + 1;
    const char* close = scan.find(']', text);
    if (close == scan.end) return failAt(scan, scan.end, Reason::MissingField);
    const auto time = times.apache({text, static_cast<std::size_t>(close - text)});
    if (!time) return failAt(scan, text, Reason::BadTime);
    record.time = *time;
    record.hasTime = true;
    scan.at = close + 1;
    return Reason::None;
}

bool splitAddressPort(std::string_view text, std::string_view& address, std::string_view& port) {
    if (text == "-") return true;
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return false;
    const std::string_view digits = text.substr(colon + 1);
    if (digits != "-" && !isDigits(digits)) return false;
    address = presentText(text.substr(0, colon));
    if (address.starts_with('[') && address.ends_with(']')) address = presentText(address.substr(1, address.size() - 2));
    port = presentText(digits);
    return true;
}

std::string_view skipSyslogHeader(Scan& scan, Record& record) {
    const std::string_view line(scan.at, scan.left());
    SyslogHeader header = readSyslogHeader(line);
    if (header.length == 0) header = readTag(line);
    if (header.length == 0) return {};
    scan.at += header.length;
    if (!header.host.empty()) record.addExtra(EcsField::HostName, header.host);
    if (!header.program.empty()) record.addExtra(EcsField::ProcessName, header.program);
    if (!header.processId.empty()) record.addExtra(EcsField::ProcessId, header.processId);
    return header.time;
}

} // namespace sg
