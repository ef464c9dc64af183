/// `aws_s3`: server access logs of AWS S3.
///
/// | in the line                     | in the document                                               |
/// |---------------------------------|---------------------------------------------------------------|
/// | owner, requester                | left out; user.name                                           |
/// | bucket, key                     | labels.bucket, labels.key                                     |
/// | [time], remote address          | @timestamp; source.*                                          |
/// | request id, operation           | event.id (unless the document has its own) and http.request.id; event.action |
/// | "request"                       | http.request.method, url.*, http.version                      |
/// | status, error                   | http.response.status_code; event.code                         |
/// | bytes sent, object size         | http.response.body.bytes; labels.object_size                  |
/// | total, turn-around time (ms)    | event.duration; labels.turn_around_time                       |
/// | "referrer" "agent"              | http.request.referrer, user_agent.original                    |
/// | version id                      | labels.version_id                                             |
/// | host id, signature, cipher, authentication, host, TLS version | left out twice; tls.cipher; left out; url.domain; tls.version |
/// | access point                    | labels.access_point_arn                                       |
///
/// The columns behind the agent came over the years: each may be the last. A quote in a request, referrer or agent is not escaped: one ends
/// the request where a status follows and the referrer where a space does, and the agent's is the line's last.
/// *Source:* AWS, "Amazon S3 server access log format".
#include "core/format/formats.h"
#include "core/format/label_list.h"
#include "core/format/request_line.h"
#include "core/format/words.h"

namespace sg {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kMaxMilliseconds = INT64_MAX / kMillisecond;

class S3Parser final : public ScanningParser {
public:
    explicit S3Parser(const FormatOptions& options) : m_times(options.zoneOffsetMinutes) {}

private:
    [[nodiscard]] Reason read(Scan& scan, Record& record) override;
    [[nodiscard]] Reason readBegin(Scan& scan, Record& record);
    [[nodiscard]] Reason readResult(Scan& scan, Record& record);
    [[nodiscard]] Reason readEnd(Scan& scan, Record& record);

    TimeParser m_times;
    LabelList m_labels;
    bool m_quoteInside = false;
    [[nodiscard]] Reason text(Scan& scan, std::string_view& text, bool beforeStatus = false);
};

/// Whether a status stands behind the quote: ` 404 ` or ` - `.
bool isStatusBehind(const char* quote, const char* end) {
    const std::string_view rest(quote + 1, static_cast<std::size_t>(end - quote - 1));
    return rest.starts_with(" - ") || (rest.size() > 4 && rest[0] == ' ' && rest[4] == ' ' && readStatus(rest.substr(1, 3)));
}

/// One space, and a text in quotes or a word. `beforeStatus`: a quote before a space may stand in a request, one before a status ends it.
Reason S3Parser::text(Scan& scan, std::string_view& text, bool beforeStatus) {
    if (const Reason reason = scan.space(); reason != Reason::None) return reason;
    if (scan.atEnd()) return Reason::MissingField;
    if (*scan.at != '"') {
        text = scan.takeWord();
        if (text.empty()) return Reason::MissingField;
        return text.find('"') == std::string_view::npos ? Reason::None : failAt(scan, text.data(), Reason::UnknownShape);
    }
    const char* const begin = scan.at + 1;
    const char* close = scan.find('"', begin);
    const char* const first = close;
    if (beforeStatus)
        while (close != scan.end && !isStatusBehind(close, scan.end)) close = scan.find('"', close + 1);
    if (close == scan.end) close = first; // then what stands behind it is said to be no status
    while (close != scan.end && close + 1 != scan.end && close[1] != ' ') close = scan.find('"', close + 1);
    m_quoteInside = m_quoteInside || close != first;
    if (close == scan.end) return Reason::UnterminatedQuote;
    text = {begin, static_cast<std::size_t>(close - begin)};
    scan.at = close + 1;
    return Reason::None;
}

Reason S3Parser::read(Scan& scan, Record& record) {
    m_labels.clear();
    m_quoteInside = false;
    if (const Reason reason = readBegin(scan, record); reason != Reason::None) return reason;
    const char* const unquotedEnd = scan.at;
    std::string_view request;
    if (const Reason reason = text(scan, request, true); reason != Reason::None) return reason;
    readRequestLine(request, record);
    const char* const numbers = scan.at;
    if (const Reason reason = readResult(scan, record); reason != Reason::None) return reason;
    const char* const numbersEnd = scan.at;
    std::string_view field;
    if (const Reason reason = text(scan, field); reason != Reason::None) return reason;
    record.referrer = presentText(field);
    if (const Reason reason = text(scan, field); reason != Reason::None) return reason;
    if (field.data()[-1] == '"') { // nothing behind the agent is quoted
        const auto* const last = static_cast<const char*>(memrchr(scan.at, '"', scan.left()));
        if (last != nullptr) {
            m_quoteInside = true;
            field = {field.data(), static_cast<std::size_t>(last - field.data())};
            scan.at = last + 1;
        }
    }
    record.agent = presentText(field);
    const char* const tail = scan.at;
    if (const Reason reason = readEnd(scan, record); reason != Reason::None) return reason;
    m_labels.publish(record);
    const auto hasQuote = [](const char* from, const char* to) {
        return std::memchr(from, '"', static_cast<std::size_t>(to - from)) != nullptr;
    };
    record.clean =
        scan.plain && !m_quoteInside && !hasQuote(scan.begin, unquotedEnd) && !hasQuote(numbers, numbersEnd) && !hasQuote(tail, scan.end);
    return Reason::None;
}

Reason S3Parser::readBegin(Scan& scan, Record& record) {
    std::string_view word = scan.takeWord(); // the owner
    if (word.empty()) return Reason::UnknownShape;
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    m_labels.add("bucket", presentText(word));
    if (const Reason reason = nextTime(scan, m_times, record); reason != Reason::None) return reason;
    if (const Reason reason = nextWord(scan, word); reason != Reason::None)
        return reason == Reason::MissingField && !scan.atEnd() ? Reason::EmptyAddress : reason;
    record.address = presentText(word);
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    record.user = presentText(word);
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    if (const std::string_view id = presentText(word); !id.empty()) {
        record.addExtra(EcsField::RequestId, id);
        record.addExtra(EcsField::EventId, id);
    }
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    if (word.find('.') == std::string_view::npos && word != "-") return failAt(scan, word.data(), Reason::UnknownShape);
    if (const std::string_view action = presentText(word); !action.empty()) record.addExtra(EcsField::EventAction, action);
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    m_labels.add("key", presentText(word));
    return Reason::None;
}

/// ` 200 - 113 - 7 -`
Reason S3Parser::readResult(Scan& scan, Record& record) {
    if (const Reason reason = nextStatus(scan, record); reason != Reason::None) return reason;
    std::string_view word;
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    if (const std::string_view code = presentText(word); !code.empty()) record.addExtra(EcsField::EventCode, code);
    if (const Reason reason = nextNumber(scan, record.bytes); reason != Reason::None) return reason;
    std::int64_t number = kAbsent;
    const char* digits = scan.at + 1;
    if (const Reason reason = nextNumber(scan, number); reason != Reason::None) return reason;
    if (number != kAbsent) m_labels.add("object_size", {digits, static_cast<std::size_t>(scan.at - digits)});
    std::int64_t total = kAbsent;
    if (const Reason reason = nextNumber(scan, total); reason != Reason::None) return reason;
    if (total != kAbsent && total < kMaxMilliseconds) record.durationNs = total * kMillisecond;
    number = kAbsent;
    digits = scan.at + 1;
    if (const Reason reason = nextNumber(scan, number); reason != Reason::None) return reason;
    if (number != kAbsent) m_labels.add("turn_around_time", {digits, static_cast<std::size_t>(scan.at - digits)});
    return Reason::None;
}

Reason S3Parser::readEnd(Scan& scan, Record& record) {
    enum class Column : std::uint8_t { Version, LeftOut, Cipher, Host, Tls, AccessPoint };
    static constexpr std::array kColumns = {Column::Version, Column::LeftOut, Column::LeftOut, Column::Cipher,
                                            Column::LeftOut, Column::Host,    Column::Tls,     Column::AccessPoint};
    for (std::size_t column = 0;; ++column) {
        while (scan.left() == 1 && *scan.at == ' ') ++scan.at;
        if (scan.atEnd()) return Reason::None;
        std::string_view word;
        if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
        word = presentText(word);
        if (word.empty() || column >= kColumns.size()) continue;
        switch (kColumns[column]) {
        case Column::Version:
            m_labels.add("version_id", word);
            break;
        case Column::LeftOut:
            break;
        case Column::Cipher:
            record.addExtra(EcsField::TlsCipher, word);
            break;
        case Column::Host:
            record.host = withoutPort(word);
            break;
        case Column::Tls:
            record.addExtra(EcsField::TlsVersion, word);
            break;
        case Column::AccessPoint:
            m_labels.add("access_point_arn", word);
            break;
        }
    }
}

} // namespace

std::shared_ptr<const Format> makeAwsS3() { return std::make_shared<ParserFormat<S3Parser>>("aws_s3"); }

} // namespace sg
