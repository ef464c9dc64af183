/// `haproxy`: HAProxy's HTTP log (`option httplog`, `httpslog`) and its TCP log (`option tcplog`), with or without a syslog header.
///
/// | in the line                       | in the document                                              |
/// |-----------------------------------|--------------------------------------------------------------|
/// | syslog header                     | host.name, process.name, process.pid                      |
/// | client:port                       | source.address, source.ip, source.port                       |
/// | [accept date]                     | @timestamp; it has no zone unless configured                 |
/// | frontend, backend/server          | labels.frontend_name (without `~`), backend_name, server_name |
/// | TR/Tw/Tc/Tr/Ta                    | event.duration (the last), labels.time_request, time_queue, time_connect, time_response (ms) |
/// | status, bytes                     | http.response.status_code, http.response.bytes and body.bytes |
/// | termination state                 | labels.termination_state                                     |
/// | {request headers} {response ones} | labels.captured_request_headers, captured_response_headers   |
/// | "request"                         | http.request.method, url.*, http.version; `<BADREQ>` to message |
/// | SNI/version/cipher                | tls.client.server_name, tls.*                                |
///
/// Cookies, connection and queue counts are left out, and so is one word that a log-format put in front of the timers. `-1` is absent. A
/// TCP line has three timers, no status and no request: its bytes are destination.bytes, and it is no web access. Nor are a connection that
/// failed, `client:port [date] frontend/bind: why` (labels.bind_name, message), and the line of a frontend without a log format,
/// `Connect from client:port to address:port (frontend/mode)` (event.action `Connect`, destination.*, labels.mode; its time is the syslog
/// header's where that has a year, else the arrival). The other messages of HAProxy are neither: UnknownShape.
///
/// A line ends after 1,024 bytes unless configured: a request that is cut there, without its closing quote, is an event; one that a
/// shorter line does not close is dead.
/// *Source:* HAProxy Configuration Manual, 8.2.2 to 8.2.4.
#include "core/format/formats.h"
#include "core/format/label_list.h"
#include "core/format/request_line.h"
#include "core/format/words.h"

namespace sg {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kMaxMilliseconds = INT64_MAX / kMillisecond;
constexpr std::size_t kTimers = 5;
constexpr std::size_t kTcpTimers = 3;
constexpr std::size_t kLeastCut = 960; ///< 1,024 bytes with a syslog header that need not be in the file
constexpr std::string_view kConnect = "Connect from ";

class HaproxyParser final : public ScanningParser {
public:
    explicit HaproxyParser(const FormatOptions& options) : m_times(options.zoneOffsetMinutes) {}

private:
    [[nodiscard]] Reason read(Scan& scan, Record& record) override;
    [[nodiscard]] Reason readClient(Scan& scan, Record& record);
    [[nodiscard]] Reason readConnect(Scan& scan, Record& record);
    [[nodiscard]] Reason readFault(std::string_view names, Scan& scan, Record& record);
    [[nodiscard]] Reason readNames(Scan& scan, Record& record);
    [[nodiscard]] Reason readTimers(Scan& scan, Record& record);
    [[nodiscard]] Reason readResult(Scan& scan, Record& record);
    [[nodiscard]] Reason readBytes(Scan& scan, Record& record, EcsField whole);
    [[nodiscard]] Reason readCounts(Scan& scan);
    [[nodiscard]] Reason readHeaders(Scan& scan);
    [[nodiscard]] Reason readRequest(Scan& scan, Record& record);
    static void readTls(Scan& scan, Record& record);

    TimeParser m_times;
    LabelList m_labels;
    std::string_view m_headerTime; ///< the syslog header's, with a year
    bool m_tcp = false;
};

Reason HaproxyParser::read(Scan& scan, Record& record) {
    m_labels.clear();
    if (const Reason reason = readClient(scan, record); reason != Reason::None) return readConnect(scan, record);
    if (const Reason reason = nextTime(scan, m_times, record); reason != Reason::None) return reason;
    if (const Reason reason = readNames(scan, record); reason != Reason::None) return reason;
    if (!record.web) return Reason::None;
    if (const Reason reason = readTimers(scan, record); reason != Reason::None) return reason;
    if (m_tcp) {
        record.web = false;
        if (const Reason reason = readBytes(scan, record, EcsField::DestinationBytes); reason != Reason::None) return reason;
        if (const Reason reason = readCounts(scan); reason != Reason::None) return reason;
        m_labels.publish(record);
        record.clean = scan.plain && std::memchr(scan.begin, '"', static_cast<std::size_t>(scan.end - scan.begin)) == nullptr;
        return Reason::None; // what stands behind was put there by a log-format
    }
    if (const Reason reason = readResult(scan, record); reason != Reason::None) return reason;
    if (const Reason reason = readHeaders(scan); reason != Reason::None) return reason;
    const char* const request = scan.at;
    if (const Reason reason = readRequest(scan, record); reason != Reason::None) return reason;
    m_labels.publish(record);
    const char* const close = scan.find('"', request + 2);
    record.clean = scan.plain && (close == scan.end || scan.find('"', close + 1) == scan.end) &&
                   std::memchr(scan.begin, '"', static_cast<std::size_t>(request - scan.begin)) == nullptr;
    return Reason::None;
}

Reason HaproxyParser::readClient(Scan& scan, Record& record) {
    const std::string_view line(scan.at, scan.left());
    // A line without a header begins with an address; looking for a header first would cost every line.
    std::string_view client = scan.takeWord();
    std::string_view address;
    std::string_view port;
    const bool bare = scan.left() > 1 && scan.at[1] == '[' && splitAddressPort(client, address, port);
    if (!bare) {
        scan.at = line.data();
        m_headerTime = skipSyslogHeader(scan, record);
        client = scan.takeWord();
        if (!splitAddressPort(client, address, port)) return failAt(scan, client.data(), Reason::UnknownShape);
    }
    if (address != "unix") record.address = address; // a socket's client has none
    if (!port.empty()) record.addExtra(EcsField::SourcePort, port);
    return Reason::None;
}

/// `Connect from 203.0.113.7:33317 to 10.0.0.1:80 (www/HTTP)`
Reason HaproxyParser::readConnect(Scan& scan, Record& record) {
    const char* const begin = scan.at;
    const std::string_view text(begin, scan.left());
    const auto fail = [&] { return failAt(scan, begin, Reason::UnknownShape); };
    if (!text.starts_with(kConnect)) return fail();
    scan.at += kConnect.size();
    std::string_view source, destination, word;
    std::string_view sourcePort, destinationPort;
    if (!splitAddressPort(scan.takeWord(), source, sourcePort)) return fail();
    if (nextWord(scan, word) != Reason::None || word != "to" || nextWord(scan, word) != Reason::None) return fail();
    if (!splitAddressPort(word, destination, destinationPort)) return fail();
    const std::size_t slash = nextWord(scan, word) == Reason::None ? word.find('/') : std::string_view::npos;
    if (slash == std::string_view::npos || word.front() != '(' || word.back() != ')' || !scan.atEnd()) return fail();
    if (source != "unix") record.address = source;
    if (!sourcePort.empty()) record.addExtra(EcsField::SourcePort, sourcePort);
    if (!destination.empty()) record.addExtra(EcsField::DestinationAddress, destination);
    if (!destinationPort.empty()) record.addExtra(EcsField::DestinationPort, destinationPort);
    record.addExtra(EcsField::EventAction, text.substr(0, text.find(' ')));
    m_labels.add("frontend_name", word.substr(1, slash - 1));
    m_labels.add("mode", word.substr(slash + 1, word.size() - slash - 2));
    m_labels.publish(record);
    if (const auto time = m_headerTime.empty() ? std::nullopt : m_times.iso8601(m_headerTime)) {
        record.time = *time;
        record.hasTime = true;
    }
    record.web = false;
    return Reason::None;
}

/// ` Connection closed during SSL handshake`, behind `www/1:`.
Reason HaproxyParser::readFault(std::string_view names, Scan& scan, Record& record) {
    names.remove_suffix(1);
    const std::size_t slash = names.rfind('/');
    if (slash == std::string_view::npos || slash == 0) return failAt(scan, names.data(), Reason::UnknownShape);
    if (scan.left() < 2) return Reason::MissingField;
    m_labels.add("frontend_name", names.substr(0, slash));
    m_labels.add("bind_name", names.substr(slash + 1));
    m_labels.publish(record);
    record.addExtra(EcsField::Message, {scan.at + 1, scan.left() - 1});
    scan.at = scan.end;
    record.web = false;
    return Reason::None;
}

Reason HaproxyParser::readNames(Scan& scan, Record& record) {
    std::string_view frontend;
    if (const Reason reason = nextWord(scan, frontend); reason != Reason::None) return reason;
    if (frontend.ends_with(':')) return readFault(frontend, scan, record);
    std::string_view backend;
    if (const Reason reason = nextWord(scan, backend); reason != Reason::None) return reason;
    const std::size_t slash = backend.rfind('/');
    if (slash == std::string_view::npos) return failAt(scan, backend.data(), Reason::UnknownShape);
    if (frontend.ends_with('~')) frontend.remove_suffix(1); // it came over TLS
    m_labels.add("frontend_name", frontend);
    m_labels.add("backend_name", backend.substr(0, slash));
    m_labels.add("server_name", presentText(backend.substr(slash + 1)));
    return Reason::None;
}

/// `0/0/1/0/2`, by its first byte and its slashes alone.
bool looksLikeTimers(std::string_view word) {
    return (isDigit(word[0]) || word[0] == '-' || word[0] == '+') && word.find('/') != std::string_view::npos;
}

Reason HaproxyParser::readTimers(Scan& scan, Record& record) {
    std::string_view word;
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    if (!looksLikeTimers(word)) {
        const std::string_view given = word;
        if (nextWord(scan, word) != Reason::None || !looksLikeTimers(word)) return failAt(scan, given.data(), Reason::UnknownShape);
    }
    std::array<std::string_view, kTimers> timers;
    std::size_t count = 0;
    for (std::string_view rest = word;;) {
        const std::size_t slash = rest.find('/');
        if (count == kTimers) return failAt(scan, word.data(), Reason::UnknownShape);
        timers[count++] = rest.substr(0, slash);
        if (slash == std::string_view::npos) break;
        rest.remove_prefix(slash + 1);
    }
    if (count != kTimers && count != kTcpTimers) return failAt(scan, word.data(), Reason::UnknownShape);
    m_tcp = count == kTcpTimers;
    static constexpr std::array<std::string_view, kTimers> kNames = {"time_request", "time_queue", "time_connect", "time_response", ""};
    static constexpr std::array<std::string_view, kTcpTimers> kTcpNames = {"time_queue", "time_connect", ""};
    for (std::size_t i = 0; i < count; ++i) {
        std::string_view timer = timers[i];
        if (timer == "-1") continue;
        if (timer.starts_with('+')) timer.remove_prefix(1); // `option logasap`: it went on
        const auto milliseconds = readNumber(timer);
        if (!milliseconds) return failAt(scan, timers[i].data(), Reason::BadNumber);
        if (i + 1 < count) m_labels.add(m_tcp ? kTcpNames[i] : kNames[i], timer);
        else if (*milliseconds < kMaxMilliseconds) record.durationNs = *milliseconds * kMillisecond;
    }
    return Reason::None;
}

/// ` 200 2750 - - ---- 1/1/1/1/0 0/0`
Reason HaproxyParser::readResult(Scan& scan, Record& record) {
    std::string_view status;
    if (const Reason reason = nextWord(scan, status); reason != Reason::None) return reason;
    if (status != "-1" && status != "-") {
        const auto code = readStatus(status);
        if (!code) return failAt(scan, status.data(), Reason::BadStatus);
        record.status = *code;
    }
    if (const Reason reason = readBytes(scan, record, EcsField::ResponseBytes); reason != Reason::None) return reason;
    std::string_view cookie;
    for (int cookies = 0; cookies < 2; ++cookies)
        if (const Reason reason = nextWord(scan, cookie); reason != Reason::None) return reason;
    return readCounts(scan);
}

Reason HaproxyParser::readBytes(Scan& scan, Record& record, EcsField whole) {
    std::string_view bytes;
    if (const Reason reason = nextWord(scan, bytes); reason != Reason::None) return reason;
    std::string_view digits = bytes;
    if (digits.starts_with('+')) digits.remove_prefix(1);
    if (digits == "-") return Reason::None;
    const auto number = readNumber(digits);
    if (!number) return failAt(scan, bytes.data(), Reason::BadNumber);
    if (!m_tcp) record.bytes = *number;
    record.addExtra(whole, digits);
    return Reason::None;
}

/// ` ---- 1/1/1/1/0 0/0`
Reason HaproxyParser::readCounts(Scan& scan) {
    std::string_view word;
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    m_labels.add("termination_state", word);
    for (int counts = 0; counts < 2; ++counts) {
        if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
        if (!isDigit(word[0]) || word.find('/') == std::string_view::npos) return failAt(scan, word.data(), Reason::UnknownShape);
    }
    return Reason::None;
}

/// ` {a|b} {c}`: those of the request and of the response; one pair alone is the request's.
Reason HaproxyParser::readHeaders(Scan& scan) {
    for (const std::string_view name : {"captured_request_headers", "captured_response_headers"}) {
        if (scan.left() < 2 || scan.at[0] != ' ' || scan.at[1] != '{') return Reason::None;
        const char* const text = scan.at + 2;
        const char* close = scan.find('}', text); // HAProxy writes one in a header as #7D
        while (close != scan.end && close + 1 != scan.end && close[1] != ' ') close = scan.find('}', close + 1);
        if (close == scan.end) return failAt(scan, scan.end, Reason::MissingField);
        const std::string_view headers(text, static_cast<std::size_t>(close - text));
        if (headers.find_first_not_of('|') != std::string_view::npos) m_labels.add(name, headers);
        scan.at = close + 1;
    }
    return Reason::None;
}

Reason HaproxyParser::readRequest(Scan& scan, Record& record) {
    if (const Reason reason = scan.space(); reason != Reason::None) return reason;
    if (scan.atEnd()) return Reason::MissingField;
    if (*scan.at != '"') return Reason::UnknownShape;
    const char* const text = scan.at + 1;
    const char* const close = scan.find('"', text); // one in the request is #22; a backslash is one
    if (close == scan.end) {
        if (scan.end - scan.begin < static_cast<std::ptrdiff_t>(kLeastCut)) return Reason::UnterminatedQuote;
        readRequestLine({text, scan.left() - 1}, record);
        scan.at = scan.end;
        return Reason::None;
    }
    readRequestLine({text, static_cast<std::size_t>(close - text)}, record);
    scan.at = close + 1;
    if (!scan.atEnd()) {
        if (*scan.at != ' ') return Reason::TrailingGarbage;
        readTls(scan, record);
    }
    return Reason::None;
}

/// ` 0/0/0/0/0 sni/TLSv1.3/cipher` of `option httpslog`. What else stands behind a request was put there by a log-format and is left out.
void HaproxyParser::readTls(Scan& scan, Record& record) {
    std::string_view word;
    if (nextWord(scan, word) != Reason::None || nextWord(scan, word) != Reason::None) return;
    const std::size_t second = word.rfind('/');
    const std::size_t first = second == std::string_view::npos || second == 0 ? second : word.rfind('/', second - 1);
    if (first == std::string_view::npos) return;
    const std::string_view version = presentText(word.substr(first + 1, second - first - 1));
    if (!version.starts_with("TLSv") && !version.starts_with("SSLv")) return;
    record.addExtra(EcsField::TlsVersion, version);
    if (const auto name = presentText(word.substr(0, first)); !name.empty()) record.addExtra(EcsField::TlsServerName, name);
    if (const auto cipher = presentText(word.substr(second + 1)); !cipher.empty()) record.addExtra(EcsField::TlsCipher, cipher);
}

} // namespace

std::shared_ptr<const Format> makeHaproxy() { return std::make_shared<ParserFormat<HaproxyParser>>("haproxy"); }

} // namespace sg
