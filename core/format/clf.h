#pragma once
/// The parts of the Common Log Format and its relatives, in the order in which they stand in a line.
///
/// *Source:* Apache httpd mod_log_config, nginx ngx_http_log_module. Exactly one space between fields. A user name may contain spaces (then
/// the ident is `-`, which tells it from a line with a virtual host in front): it ends where a time in brackets begins. Text stays as it
/// was written.
#include "core/format/scanner.h"
#include "core/format/time_parser.h"

namespace sg {

/// `address ident user [time]`; the address may be a list, separated by `, `, in quotes or not, and one more behind it.
[[nodiscard]] Reason readClient(Scan& scan, TimeParser& times, Record& record);
/// ` "request" status bytes`
[[nodiscard]] Reason readExchange(Scan& scan, Record& record);
/// ` "referrer" "agent"`, behind at most one number that some servers put in front and nobody names.
[[nodiscard]] Reason readReferrerAndAgent(Scan& scan, Record& record);
/// Whatever else stands behind. Quoted: a list of addresses is the ForwardedFor, under its name (`X-Forwarded-For="..."`) too. Plain: the
/// first number with a decimal point is the time to serve in seconds; whole numbers are ambiguous (milli-, microseconds, bytes, a port) and
/// left alone. Only an unclosed quote is a failure.
[[nodiscard]] Reason readExtras(Scan& scan, Record& record);
/// Numbers behind the byte count, as many as there are: a time to serve in a unit that the line does not say, most often.
[[nodiscard]] Reason readPlainNumbers(Scan& scan);
/// Nothing but spaces may follow.
[[nodiscard]] Reason readEnd(Scan& scan);
/// Sets `clean`: REQUIRES `unquotedEnd` to be the end of the fields that stand without quotes and could hide one.
void markClean(const Scan& scan, const char* unquotedEnd, Record& record);

/// address, ident, user, time, request, status, bytes, referrer, agent and extras: what `combined` and `nginx_combined` are.
class CombinedParser final : public ScanningParser {
public:
    explicit CombinedParser(const FormatOptions& options) : m_times(options.zoneOffsetMinutes) {}

private:
    [[nodiscard]] Reason read(Scan& scan, Record& record) override;
    [[nodiscard]] Syslog syslogHeader() const override { return Syslog::OnFailure; }

    TimeParser m_times;
};

} // namespace sg
