#pragma once
/// The header that a syslog daemon, or `docker compose logs`, puts in front of a line.
///
/// *Source:* RFC 5424 section 6, RFC 3164 section 4, and rsyslog's file formats (RFC 3164 with an ISO 8601 time).
#include <cstddef>
#include <string_view>

namespace sg {

struct SyslogHeader {
    std::size_t length = 0;   ///< bytes up to the message; 0 when the line does not begin with a header
    std::string_view host;    ///< absent in what a local socket gives
    std::string_view program; ///< the tag without its process id
    std::string_view processId;
    std::string_view time; ///< when it is an ISO 8601 one: the others have no year
};

/// `<PRI>1 time host program pid id data message`, `[<PRI>]Mmm dd hh:mm:ss [host] program[pid]: message`, or the latter with an ISO 8601
/// time. The tag's colon is what tells a header from a line that begins with a date. `container  | ` may stand in front of it, or alone.
[[nodiscard]] SyslogHeader readSyslogHeader(std::string_view line);

} // namespace sg
