/// `w3c` and `cloudfront`: the W3C Extended Log Format of IIS, Azure, IIS Advanced Logging, CloudFront and many others.
///
/// | column                               | in the document                                                              |
/// |--------------------------------------|------------------------------------------------------------------------------|
/// | date, time (UTC), timestamp          | @timestamp; without a date column the day of `#Date:`                        |
/// | date-local, time-local               | @timestamp where the line has no UTC, in the zone that is given              |
/// | c-ip, c-port                         | source.*                                                                     |
/// | cs-username                          | user.name                                                                    |
/// | s-ip, s-port, s-computername         | destination.*, host.name                                                     |
/// | cs-method, cs-uri-stem, cs-uri-query, cs-uri | http.request.method, url.*                                           |
/// | cs-host, cs(Host), x-host-header     | url.domain: of CloudFront's two the one that the client asked for            |
/// | cs-version, cs-protocol              | http.version, url.scheme                                                     |
/// | cs(User-Agent), cs(Referer)          | user_agent.original, http.request.referrer                                   |
/// | sc-status                            | http.response.status_code                                                    |
/// | sc-bytes, cs-bytes                   | http.response.body.bytes, http.request.body.bytes; CloudFront: http.response.bytes (and
/// body.bytes, unless sc-content-len says them), http.request.bytes | | time-taken                           | event.duration: whole
/// numbers are ms, others s; CloudFront: s                | | x-forwarded-for                      | related.ip, and the client where c-ip
/// is absent                              | | x-edge-request-id, ssl-*, sc-content-type | http.request.id, tls.*, http.response.mime_type |
/// | cookies                              | left out                                                                     |
/// | any other                            | labels, by the column's name                                                 |
///
/// `#Fields:` may come again with other columns. Lines without any header are read as CloudFront's standard columns or as one of IIS' usual
/// sets, as far as their number and kind fit; of two values between agent and status the first is the cookie, unless it is a URL. Fields
/// are parted by tabs where the line has one, else by spaces. A value in quotes may hold spaces and doubled quotes. In the agent and
/// x-forwarded-for, `+` is a space (`w3c`) or percent escapes are undone, twice where they were made twice (`cloudfront`); the URL stays as
/// it is.
/// *Source:* W3C Working Draft WD-logfile; Microsoft, "W3C Extended Log File Format (IIS)"; AWS, "Standard log file fields" and "Real-time
/// logs".
#include "core/format/formats.h"
#include "core/format/label_list.h"
#include "core/format/scanner.h"
#include "core/format/time_parser.h"
#include "core/record/header.h"

#include <algorithm>
#include <array>

namespace sg {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::size_t kMaxColumns = 256;

enum class Column : std::uint8_t {
    Label,
    LeftOut,
    Date,
    Time,
    DateTime,
    LocalDate,
    LocalTime,
    Address,
    SourcePort,
    User,
    ServerIp,
    ServerPort,
    ServerName,
    Method,
    Stem,
    Query,
    Uri,
    Host,
    HostHeader,
    Version,
    Protocol,
    Agent,
    Referrer,
    Status,
    ResponseBytes,
    BodyBytes,
    RequestBytes,
    TimeTaken,
    Milliseconds,
    ForwardedFor,
    RequestId,
    TlsVersion,
    TlsCipher,
    MimeType,
    Action,
};

struct Name {
    std::string_view text; ///< in lower case
    Column column;
};

constexpr std::array kNames = std::to_array<Name>({
    {"date", Column::Date},
    {"time", Column::Time},
    {"date-time", Column::DateTime},
    {"datetime", Column::DateTime},
    {"timestamp", Column::DateTime},
    {"timestamp(ms)", Column::DateTime},
    {"date-utc", Column::Date},
    {"time-utc", Column::Time},
    {"date-local", Column::LocalDate},
    {"time-local", Column::LocalTime},
    {"c-ip", Column::Address},
    {"c-address", Column::Address},
    {"client-ip", Column::Address},
    {"c-port", Column::SourcePort},
    {"cs-username", Column::User},
    {"cs-user", Column::User},
    {"username", Column::User},
    {"s-ip", Column::ServerIp},
    {"s-port", Column::ServerPort},
    {"s-computername", Column::ServerName},
    {"cs-method", Column::Method},
    {"method", Column::Method},
    {"cs-uri-stem", Column::Stem},
    {"cs-uri-path", Column::Stem},
    {"uri-stem", Column::Stem},
    {"cs-uri-query", Column::Query},
    {"uri-query", Column::Query},
    {"cs-uri", Column::Uri},
    {"cs-url", Column::Uri},
    {"c-uri", Column::Uri},
    {"uri", Column::Uri},
    {"cs-host", Column::Host},
    {"cs(host)", Column::Host},
    {"cs-uri-host", Column::Host},
    {"x-host-header", Column::HostHeader},
    {"cs-version", Column::Version},
    {"cs-protocol-version", Column::Version},
    {"cs-protocol", Column::Protocol},
    {"cs-uri-scheme", Column::Protocol},
    {"cs(user-agent)", Column::Agent},
    {"cs-user-agent", Column::Agent},
    {"c-user-agent", Column::Agent},
    {"user-agent", Column::Agent},
    {"cs(referer)", Column::Referrer},
    {"cs(referrer)", Column::Referrer},
    {"cs-referer", Column::Referrer},
    {"cs-referrer", Column::Referrer},
    {"c-referrer", Column::Referrer},
    {"cs(cookie)", Column::LeftOut},
    {"cs-cookie", Column::LeftOut},
    {"cookie", Column::LeftOut},
    {"cs-headers", Column::LeftOut},
    {"sc-status", Column::Status},
    {"c-status", Column::Status},
    {"sc-bytes", Column::ResponseBytes},
    {"bytes", Column::ResponseBytes},
    {"sc-content-len", Column::BodyBytes},
    {"cs-bytes", Column::RequestBytes},
    {"time-taken", Column::TimeTaken},
    {"timetakenms", Column::Milliseconds},
    {"x-forwarded-for", Column::ForwardedFor},
    {"cs(x-forwarded-for)", Column::ForwardedFor},
    {"x-xff", Column::ForwardedFor},
    {"s-xff", Column::ForwardedFor},
    {"x-edge-request-id", Column::RequestId},
    {"ssl-protocol", Column::TlsVersion},
    {"ssl-cipher", Column::TlsCipher},
    {"sc-content-type", Column::MimeType},
    {"rs(content-type)", Column::MimeType},
    {"sc(content-type)", Column::MimeType},
    {"x-event", Column::Action},
});

/// CloudFront's standard log; shorter lines are older.
constexpr std::string_view kStandardFields =
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) "
    "x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher "
    "x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte "
    "x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end";
constexpr std::size_t kLeastStandardFields = 12; ///< up to cs-uri-query
constexpr std::size_t kLeastHeadedFields = 23;   ///< up to x-edge-response-result-type; what AWS put behind it later may be missing

/// CloudFront's real-time log with all fields in the order of its documentation; such a line begins with seconds and a fraction.
constexpr std::string_view kRealTimeFields =
    "timestamp c-ip time-to-first-byte sc-status sc-bytes cs-method cs-protocol cs-host cs-uri-stem cs-bytes x-edge-location "
    "x-edge-request-id x-host-header time-taken cs-protocol-version c-ip-version cs-user-agent cs-referer cs-cookie cs-uri-query "
    "x-edge-response-result-type x-forwarded-for ssl-protocol ssl-cipher x-edge-result-type fle-encrypted-fields fle-status "
    "sc-content-type sc-content-len sc-range-start sc-range-end c-port x-edge-detailed-result-type c-country cs-accept-encoding "
    "cs-accept cache-behavior-path-pattern cs-headers cs-header-names cs-headers-count";
constexpr std::size_t kLeastRealTimeFields = 20;

Column columnOf(std::string_view name) {
    for (const Name& known : kNames) {
        if (known.text.size() != name.size()) continue;
        const bool same = std::equal(name.begin(), name.end(), known.text.begin(),
                                     [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b; });
        if (same) return known.column;
    }
    return Column::Label;
}

bool isBlank(char c) { return c == ' ' || c == '\t'; }

/// The columns that a `#Fields:` line or one of the lists above names.
class Columns {
public:
    struct Entry {
        Column column;
        std::string_view name; ///< in the text
    };

    explicit Columns(std::string_view names) : m_text(names) {
        for (std::string_view rest = m_text; m_entries.size() < kMaxColumns;) {
            while (!rest.empty() && isBlank(rest.front())) rest.remove_prefix(1);
            const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
            if (end == 0) break;
            m_entries.push_back({columnOf(rest.substr(0, end)), rest.substr(0, end)});
            rest.remove_prefix(end);
        }
    }
    Columns(const Columns&) = delete; // the entries view into the text
    Columns& operator=(const Columns&) = delete;
    [[nodiscard]] std::span<const Entry> entries() const { return m_entries; }
    [[nodiscard]] std::string_view text() const { return m_text; }
    /// Whether CloudFront can have written them: every log of it names an edge location.
    [[nodiscard]] bool ofCloudFront() const {
        return std::any_of(m_entries.begin(), m_entries.end(), [](const Entry& entry) { return entry.name.starts_with("x-edge-"); });
    }

private:
    std::string m_text;
    std::vector<Entry> m_entries;
};

using ColumnsPtr = std::shared_ptr<const Columns>;

/// Percent escapes undone into `out`, which has room for all of the text; returns the new length.
std::size_t undoPercent(std::string_view text, char* out) {
    const auto digit = [](char c) {
        if (isDigit(c)) return c - '0';
        const char lower = static_cast<char>(c | 0x20);
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    };
    std::size_t n = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
            out[n++] = static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
            i += 2;
        } else {
            out[n++] = text[i];
        }
    }
    return n;
}

/// The columns of a line of IIS without a header, from what its values look like; empty where they fit none of its sets. IIS writes what is
/// chosen in one order, and the method, the status and the protocol's version stand out.
std::string iisFields(std::span<const std::string_view> values) {
    const auto isNumber = [](std::string_view value) { return value == "-" || readNumber(value).has_value(); };
    const auto isMethod = [](std::string_view value) { return value == "-" || (!value.empty() && value[0] >= 'A' && value[0] <= 'Z'); };
    const auto isStem = [](std::string_view value) { return value.starts_with('/') || value == "*" || value == "-"; };
    const auto isAddress = [](std::string_view value) { return value.find_first_of(".:") != std::string_view::npos || value == "-"; };
    constexpr std::size_t kBehindMethod = 6; // stem, query, port, user, client, agent
    const auto at = [&](std::size_t i) { return i < values.size() ? values[i] : std::string_view(); };

    // In front of the method: where it was served.
    std::string names = "date time";
    std::size_t method = 3;
    while (!(isMethod(at(method)) && isStem(at(method + 1)) && isNumber(at(method + 3)) && isAddress(at(method + 5))))
        if (++method > 5) return {};
    if (method == 3) names += isAddress(values[2]) ? " s-ip" : " s-sitename";
    else if (method == 4) names += values[2].starts_with("W3SVC") ? " s-sitename s-ip" : " s-computername s-ip";
    else names += " s-sitename s-computername s-ip";
    names += " cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip";

    std::size_t next = method + kBehindMethod;
    if (at(next).starts_with("HTTP/")) {
        names += " cs-version";
        ++next;
    }
    names += " cs(User-Agent)";
    ++next;

    // Up to the status: who referred, and with what.
    std::size_t status = next;
    while (status + 2 < values.size() &&
           !(readStatus(values[status]) && isNumber(values[status + 1]) && isNumber(values[status + 2])))
        ++status;
    if (status + 2 >= values.size()) return {};
    switch (status - next) {
    case 0:
        break;
    case 1:
        names += " cs(Referer)";
        break;
    case 2:
        names += values[next].find("://") != std::string_view::npos ? " cs(Referer) cs-host" : " cs(Cookie) cs(Referer)";
        break;
    case 3:
        names += " cs(Cookie) cs(Referer) cs-host";
        break;
    default:
        return {};
    }
    names += " sc-status sc-substatus sc-win32-status";

    // Behind it: sizes, the time it took, and what a person added.
    const auto rest = values.subspan(status + 3);
    const auto numbers = static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), isNumber) - rest.begin());
    const auto isOwn = [&](std::size_t from) { // a proxy's client, and its port
        if (rest.size() <= from) return rest.size() == from;
        const bool port = rest.size() == from + 2 && isNumber(rest[from + 1]);
        return isAddress(rest[from]) && (port || rest.size() == from + 1);
    };
    if (rest.empty()) return names;
    const bool sizes = numbers >= 3 && isOwn(3);
    if (!sizes && (numbers == 0 || !isOwn(1))) return {};
    names += sizes ? " sc-bytes cs-bytes time-taken" : " time-taken";
    const std::size_t own = rest.size() - (sizes ? 3 : 1);
    if (own >= 1) names += " x-forwarded-for";
    if (own == 2) names += " c-port";
    return names;
}

/// One line that is no directive.
class RowParser final : public ScanningParser {
public:
    RowParser(bool cloudFront, int zoneOffsetMinutes) : m_cloudFront(cloudFront), m_times(0), m_localTimes(zoneOffsetMinutes) {}
    /// Null: none was seen.
    void setColumns(ColumnsPtr columns) { m_columns = std::move(columns); }
    /// `yyyy-mm-dd`; empty: none was seen.
    void setDate(std::string_view date) { m_headerDate = date; }

private:
    [[nodiscard]] Reason read(Scan& scan, Record& record) override;
    [[nodiscard]] const Columns* guessColumns(const Scan& scan);
    [[nodiscard]] Reason takeValue(Scan& scan, std::string_view& value);
    [[nodiscard]] Reason put(const Columns::Entry& entry, std::string_view value, Record& record);
    [[nodiscard]] Reason putNumber(Column column, std::string_view value, Record& record);
    [[nodiscard]] Reason readTime(Scan& scan, Record& record);
    void putUri(std::string_view uri, Record& record);
    [[nodiscard]] std::string_view decoded(std::string_view text);
    /// Room for the line's decoded values: together they are never longer than the line.
    char* room();

    bool m_cloudFront;
    ColumnsPtr m_columns;
    std::vector<ColumnsPtr> m_guessed; ///< for lines without a header
    std::string m_headerDate;
    TimeParser m_times;
    TimeParser m_localTimes;
    LabelList m_labels;
    std::string m_scratch;
    std::size_t m_scratchUsed = 0;
    std::size_t m_lineSize = 0;
    bool m_tabs = false;
    bool m_quoted = false; ///< the value was in quotes
    bool m_dirty = false;  ///< a decoded value is not clean
    struct Parts {
        std::string_view date, time, dateTime, localDate, localTime, stem, hostHeader;
        std::int64_t bodyBytes = kAbsent;
    } m_parts;
};

char* RowParser::room() {
    if (m_scratch.size() < m_lineSize) m_scratch.resize(m_lineSize);
    return m_scratch.data() + m_scratchUsed;
}

/// The columns of a line without a header: by their number and by what stands in the ones that tell the sets apart.
const Columns* RowParser::guessColumns(const Scan& scan) {
    std::array<std::string_view, 24> values;
    std::size_t count = 0;
    const std::string_view line(scan.at, scan.left());
    for (std::size_t at = 0; at < line.size();) {
        std::size_t end = m_tabs ? line.find('\t', at) : line.find_first_of(" \t", at);
        end = std::min(end, line.size());
        if (end > at || m_tabs) {
            if (count < values.size()) values[count] = line.substr(at, end - at);
            ++count;
        }
        at = end + 1;
    }
    const bool date = count > 2 && values[0].size() == 10 && values[0][4] == '-' && values[1].size() >= 8 && values[1][2] == ':';
    if (m_cloudFront) {
        static const Columns kStandard(kStandardFields);
        static const Columns kRealTime(kRealTimeFields);
        if (date && count >= kLeastStandardFields) return &kStandard;
        const bool epoch = count >= kLeastRealTimeFields && values[0].size() > 10 && isDigit(values[0][0]) && values[0][10] == '.';
        return epoch ? &kRealTime : nullptr;
    }
    if (!date || count > values.size()) return nullptr;
    const std::string names = iisFields({values.data(), count});
    if (names.empty()) return nullptr;
    const auto known = std::find_if(m_guessed.begin(), m_guessed.end(), [&](const ColumnsPtr& each) { return each->text() == names; });
    if (known != m_guessed.end()) return known->get();
    return m_guessed.emplace_back(std::make_shared<const Columns>(names)).get(); // as many as there are sets
}

Reason RowParser::read(Scan& scan, Record& record) {
    m_labels.clear();
    m_scratchUsed = 0;
    m_lineSize = scan.left();
    m_dirty = false;
    m_parts = {};
    m_tabs = !scan.plain && scan.find('\t') != scan.end;
    const Columns* const columns = m_columns ? m_columns.get() : guessColumns(scan);
    if (columns == nullptr || (m_cloudFront && !columns->ofCloudFront())) return Reason::UnknownShape;
    const auto entries = columns->entries();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        while (!m_tabs && !scan.atEnd() && *scan.at == ' ') ++scan.at;
        if (scan.atEnd()) {
            if (!m_columns && m_cloudFront) break;                                   // an older line
            if (m_tabs && i >= kLeastHeadedFields && columns->ofCloudFront()) break; // a header of what came later
            return Reason::MissingField;
        }
        std::string_view value;
        const char* const begin = scan.at;
        if (const Reason reason = takeValue(scan, value); reason != Reason::None) return reason;
        if (value = presentText(value); !value.empty())
            if (const Reason reason = put(entries[i], value, record); reason != Reason::None) {
                scan.at = begin;
                return reason;
            }
        if (scan.atEnd()) continue;
        if (!isBlank(*scan.at)) return Reason::TrailingGarbage;
        ++scan.at;
    }
    while (!scan.atEnd() && (isBlank(*scan.at) || (!m_columns && m_cloudFront))) ++scan.at;
    if (!scan.atEnd()) return Reason::TrailingGarbage;

    if (const Reason reason = readTime(scan, record); reason != Reason::None) return reason;
    if (!m_parts.stem.empty()) {
        if (record.method == "CONNECT") record.target = m_parts.stem;
        else record.addExtra(EcsField::UrlPath, m_parts.stem);
    }
    if (!m_parts.hostHeader.empty()) record.host = withoutPort(m_parts.hostHeader);
    if (m_parts.bodyBytes != kAbsent) record.bytes = m_parts.bodyBytes;
    m_labels.publish(record);
    record.clean = scan.plain && !m_dirty && std::memchr(scan.begin, '"', static_cast<std::size_t>(scan.end - scan.begin)) == nullptr;
    return Reason::None;
}

Reason RowParser::takeValue(Scan& scan, std::string_view& value) {
    m_quoted = *scan.at == '"';
    if (!m_quoted) {
        value = m_tabs ? scan.take(scan.find('\t')) : scan.takeWord();
        return Reason::None;
    }
    const char* const begin = ++scan.at;
    bool doubled = false;
    const char* close = scan.find('"', begin);
    while (close != scan.end && close + 1 != scan.end && close[1] == '"') {
        doubled = true;
        close = scan.find('"', close + 2);
    }
    if (close == scan.end) {
        scan.at = begin - 1;
        return Reason::UnterminatedQuote;
    }
    value = {begin, static_cast<std::size_t>(close - begin)};
    scan.at = close + 1;
    if (doubled) {
        char* const out = room();
        char* end = out;
        for (std::size_t i = 0; i < value.size(); ++i) {
            *end++ = value[i];
            if (value[i] == '"') ++i;
        }
        value = {out, static_cast<std::size_t>(end - out)};
        m_scratchUsed += value.size();
    }
    return Reason::None;
}

std::string_view RowParser::decoded(std::string_view text) {
    if (m_cloudFront) {
        if (text.find('%') == std::string_view::npos) return text;
        char* const out = room();
        std::size_t length = undoPercent(text, out);
        if (std::string_view(out, length).find('%') != std::string_view::npos) length = undoPercent({out, length}, out);
        m_scratchUsed += length;
        text = {out, length};
    } else {
        if (m_quoted || text.find('+') == std::string_view::npos) return text;
        char* const out = room();
        std::replace_copy(text.begin(), text.end(), out, '+', ' ');
        m_scratchUsed += text.size();
        text = {out, text.size()};
    }
    m_dirty = m_dirty || !isPlain(text) || text.find('"') != std::string_view::npos;
    return text;
}

void RowParser::putUri(std::string_view uri, Record& record) {
    if (uri.front() == '/' || uri.find("://") != std::string_view::npos) {
        record.target = uri;
        return;
    }
    const std::size_t slash = uri.find('/'); // a host in front, without a scheme
    if (slash == std::string_view::npos) {
        record.target = uri;
        return;
    }
    if (record.host.empty()) record.host = withoutPort(uri.substr(0, slash));
    record.target = uri.substr(slash);
}

Reason RowParser::put(const Columns::Entry& entry, std::string_view value, Record& record) {
    const auto first = [&](std::string_view& field) {
        if (field.empty()) field = value;
    };
    switch (entry.column) {
    case Column::Label:
        m_labels.add(entry.name, value);
        break;
    case Column::LeftOut:
        break;
    case Column::Date:
        first(m_parts.date);
        break;
    case Column::Time:
        first(m_parts.time);
        break;
    case Column::DateTime:
        first(m_parts.dateTime);
        break;
    case Column::LocalDate:
        first(m_parts.localDate);
        break;
    case Column::LocalTime:
        first(m_parts.localTime);
        break;
    case Column::Address:
        first(record.address);
        break;
    case Column::SourcePort:
        record.addExtra(EcsField::SourcePort, value);
        break;
    case Column::User:
        first(record.user);
        break;
    case Column::ServerIp:
        record.addExtra(EcsField::DestinationAddress, value);
        break;
    case Column::ServerPort:
        record.addExtra(EcsField::DestinationPort, value);
        break;
    case Column::ServerName:
        record.addExtra(EcsField::HostName, value);
        break;
    case Column::Method:
        first(record.method);
        break;
    case Column::Stem:
        first(m_parts.stem);
        break;
    case Column::Query:
        record.addExtra(EcsField::UrlQuery, value);
        break;
    case Column::Uri:
        putUri(value, record);
        break;
    case Column::Host:
        if (record.host.empty()) record.host = withoutPort(value);
        break;
    case Column::HostHeader:
        first(m_parts.hostHeader);
        break;
    case Column::Version:
        if (value != "HTTP") record.version = value.starts_with("HTTP/") ? presentText(value.substr(5)) : value;
        break;
    case Column::Protocol:
        if (!value.starts_with("HTTP/")) record.addExtra(EcsField::UrlScheme, value);
        else if (value.size() > 5) record.version = value.substr(5);
        break;
    case Column::Agent:
        if (record.agent.empty()) record.agent = decoded(value);
        break;
    case Column::Referrer:
        first(record.referrer);
        break;
    case Column::ForwardedFor:
        record.addExtra(EcsField::ForwardedFor, decoded(value));
        break;
    case Column::RequestId:
        record.addExtra(EcsField::RequestId, value);
        break;
    case Column::TlsVersion:
        record.addExtra(EcsField::TlsVersion, value);
        break;
    case Column::TlsCipher:
        record.addExtra(EcsField::TlsCipher, value);
        break;
    case Column::MimeType:
        record.addExtra(EcsField::ResponseMimeType, value);
        break;
    case Column::Action:
        record.addExtra(EcsField::EventAction, value);
        break;
    case Column::Status:
    case Column::ResponseBytes:
    case Column::BodyBytes:
    case Column::RequestBytes:
    case Column::TimeTaken:
    case Column::Milliseconds:
        return putNumber(entry.column, value, record);
    }
    return Reason::None;
}

Reason RowParser::putNumber(Column column, std::string_view value, Record& record) {
    if (column == Column::TimeTaken && (m_cloudFront || value.find('.') != std::string_view::npos)) {
        const auto duration = readSeconds(value);
        if (!duration) return Reason::BadNumber;
        record.durationNs = *duration;
        return Reason::None;
    }
    const auto number = readNumber(value);
    if (column == Column::Status) {
        if (!number || value.size() > 3) return Reason::BadStatus;
        record.status = static_cast<std::int32_t>(*number);
        return Reason::None;
    }
    if (!number) return Reason::BadNumber;
    switch (column) {
    case Column::ResponseBytes:
        record.bytes = *number;
        if (m_cloudFront) record.addExtra(EcsField::ResponseBytes, value);
        break;
    case Column::BodyBytes:
        m_parts.bodyBytes = *number;
        break;
    case Column::RequestBytes:
        record.addExtra(m_cloudFront ? EcsField::RequestBytes : EcsField::RequestBodyBytes, value);
        break;
    default:
        if (*number < INT64_MAX / kMillisecond) record.durationNs = *number * kMillisecond;
        break;
    }
    return Reason::None;
}

Reason RowParser::readTime(Scan& scan, Record& record) {
    std::optional<Timestamp> time;
    const bool local = m_parts.date.empty() && m_parts.time.empty() && !m_parts.localDate.empty();
    const std::string_view ownDate = local ? m_parts.localDate : m_parts.date;
    const std::string_view ownTime = local ? m_parts.localTime : m_parts.time;
    const std::string_view date = ownDate.empty() ? std::string_view(m_headerDate) : ownDate;
    std::string_view field = m_parts.dateTime;
    if (!field.empty()) {
        time = m_times.any(field);
    } else if (!date.empty() && (!ownTime.empty() || !ownDate.empty())) {
        constexpr std::string_view kMidnight = "00:00:00";
        std::array<char, 40> joined{};
        const std::string_view clock = ownTime.empty() ? kMidnight : ownTime;
        field = ownDate.empty() ? ownTime : ownDate;
        if (date.size() == 10 && clock.size() <= joined.size() - 11) {
            std::copy(date.begin(), date.end(), joined.begin());
            if (joined[4] == '/' && joined[7] == '/') joined[4] = joined[7] = '-';
            joined[10] = ' ';
            std::copy(clock.begin(), clock.end(), joined.begin() + 11);
            time = (local ? m_localTimes : m_times).iso8601({joined.data(), 11 + clock.size()});
        }
    } else {
        return Reason::None;
    }
    if (!time) {
        const std::less_equal<const char*> notAfter;
        const bool inside = notAfter(scan.begin, field.data()) && notAfter(field.data(), scan.end);
        scan.at = inside ? field.data() : scan.begin;
        return Reason::BadTime;
    }
    record.time = *time;
    record.hasTime = true;
    return Reason::None;
}

class W3cParser final : public LineParser {
public:
    W3cParser(bool cloudFront, const FormatOptions& options) : m_row(cloudFront, options.zoneOffsetMinutes) {}

    [[nodiscard]] LineOutcome parse(std::string_view line, bool firstOfSource, Record& record) override {
        const std::string_view text = firstOfSource && line.starts_with("\xEF\xBB\xBF") ? line.substr(3) : line;
        if (!text.starts_with('#')) [[likely]]
            return m_row.parse(line, firstOfSource, record);
        clearRecord(record);
        record.line = text;
        takeDirective(text);
        return {LineOutcome::Kind::Skipped, Reason::None, 0};
    }

    void setHeader(std::string_view header) override {
        m_row.setColumns(nullptr);
        m_row.setDate({});
        m_fields.clear();
        while (!header.empty()) {
            const std::size_t end = header.find('\n');
            takeDirective(header.substr(0, end));
            header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
        }
    }

private:
    void takeDirective(std::string_view line) {
        line = headerText(line);
        if (isFieldsLine(line)) {
            const std::string_view names = line.substr(line.find(':') + 1);
            if (names == m_fields) return; // servers write it anew at each start
            m_fields = names;
            auto columns = std::make_shared<const Columns>(names);
            m_row.setColumns(columns->entries().empty() ? nullptr : std::move(columns));
        } else if (isDateLine(line)) {
            std::string_view date = line.substr(line.find(':') + 1);
            while (!date.empty() && isBlank(date.front())) date.remove_prefix(1);
            m_row.setDate(date.substr(0, 10));
        }
    }

    RowParser m_row;
    std::string m_fields;
};

class W3cFormat final : public Format {
public:
    W3cFormat(std::string_view name, bool cloudFront) : m_name(name), m_cloudFront(cloudFront) {}
    [[nodiscard]] std::string_view name() const override { return m_name; }
    [[nodiscard]] std::unique_ptr<LineParser> makeParser(const FormatOptions& options) const override {
        return std::make_unique<W3cParser>(m_cloudFront, options);
    }

private:
    std::string_view m_name;
    bool m_cloudFront;
};

} // namespace

std::shared_ptr<const Format> makeW3c() { return std::make_shared<W3cFormat>("w3c", false); }
std::shared_ptr<const Format> makeCloudFront() { return std::make_shared<W3cFormat>("cloudfront", true); }

} // namespace sg
