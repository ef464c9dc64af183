/// `squid`: Squid's native access.log, `%ts.%03tu %6tr %>a %Ss/%03>Hs %<st %rm %ru %[un %Sh/%<a %mt`.
///
/// | in the line           | in the document                                                            |
/// |-----------------------|----------------------------------------------------------------------------|
/// | seconds.milliseconds  | @timestamp                                                                 |
/// | elapsed (ms)          | event.duration                                                             |
/// | client                | source.address, source.ip                                                  |
/// | result/status         | labels.result_code, http.response.status_code                              |
/// | bytes                 | http.response.bytes, http.response.body.bytes (for charts), destination.bytes |
/// | method, URL           | http.request.method, url.*; `error:...` is no URL and goes to message       |
/// | user                  | user.name                                                                  |
/// | hierarchy/peer        | labels.hierarchy_code, destination.*                                       |
/// | type                  | http.response.mime_type                                                    |
///
/// A syslog header may stand in front; behind the type logged headers in brackets may follow and are left out. A logformat may put what is
/// known of both sides between the columns: the client's port behind its address (source.port), up to four sizes behind the bytes (those
/// received are source.bytes, the fourth, of the body, http.response.body.bytes), the version behind the URL, the peer's port behind its
/// address, and behind the type, from the first quote on, the referrer, the agent, the Host and the X-Forwarded-For. Such a line is known
/// by the port of its client.
/// *Source:* Squid's "Access Log Formats" and LogFormat wiki pages.
#include "core/format/formats.h"
#include "core/format/label_list.h"
#include "core/format/words.h"

namespace sg {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kMaxMilliseconds = INT64_MAX / kMillisecond;

class SquidParser final : public ScanningParser {
public:
    explicit SquidParser(const FormatOptions&) {}

private:
    [[nodiscard]] Reason read(Scan& scan, Record& record) override;
    [[nodiscard]] Reason readResult(Scan& scan, Record& record);
    [[nodiscard]] Reason readSizes(Scan& scan, Record& record);
    [[nodiscard]] Reason readRequest(Scan& scan, Record& record);
    static Reason readQuoted(Scan& scan, Record& record);

    LabelList m_labels;
    bool m_wide = false; ///< with the columns of both sides
};

Reason SquidParser::read(Scan& scan, Record& record) {
    m_labels.clear();
    if (!isDigit(*scan.at)) skipSyslogHeader(scan, record);
    while (!scan.atEnd() && *scan.at == ' ') ++scan.at;
    const std::string_view stamp = scan.takeWord();
    if (stamp.empty() || !isDigit(stamp[0]) || stamp.find('.') == std::string_view::npos)
        return failAt(scan, stamp.data(), Reason::UnknownShape);
    const auto time = TimeParser::epoch(stamp);
    if (!time) return failAt(scan, stamp.data(), Reason::BadTime);
    record.time = *time;
    record.hasTime = true;
    while (scan.left() > 1 && scan.at[0] == ' ' && scan.at[1] == ' ') ++scan.at; // the time is padded to six places
    std::int64_t elapsed = kAbsent;
    if (const Reason reason = nextNumber(scan, elapsed); reason != Reason::None) return reason;
    if (elapsed != kAbsent && elapsed < kMaxMilliseconds) record.durationNs = elapsed * kMillisecond;

    std::string_view address;
    if (const Reason reason = nextWord(scan, address); reason != Reason::None)
        return reason == Reason::MissingField && !scan.atEnd() ? Reason::EmptyAddress : reason;
    record.address = presentText(address);
    if (const Reason reason = readResult(scan, record); reason != Reason::None) return reason;
    if (const Reason reason = readRequest(scan, record); reason != Reason::None) return reason;
    m_labels.publish(record);
    record.clean = scan.plain && std::memchr(scan.begin, '"', static_cast<std::size_t>(scan.end - scan.begin)) == nullptr;
    return Reason::None;
}

/// ` TCP_MISS/200 512`
Reason SquidParser::readResult(Scan& scan, Record& record) {
    std::string_view result;
    if (const Reason reason = nextWord(scan, result); reason != Reason::None) return reason;
    std::size_t slash = result.rfind('/');
    m_wide = slash == std::string_view::npos && readNumber(result).has_value();
    if (m_wide) {
        record.addExtra(EcsField::SourcePort, result);
        if (const Reason reason = nextWord(scan, result); reason != Reason::None) return reason;
        slash = result.rfind('/');
    }
    if (slash == std::string_view::npos || slash == 0) return failAt(scan, result.data(), Reason::UnknownShape);
    const std::string_view status = result.substr(slash + 1);
    if (status != "-") {
        const auto code = readStatus(status);
        if (!code) return failAt(scan, status.data(), Reason::BadStatus);
        record.status = *code;
    }
    m_labels.add("result_code", result.substr(0, slash));

    const char* const bytes = scan.at + 1;
    if (const Reason reason = nextNumber(scan, record.bytes); reason != Reason::None) return reason;
    if (record.bytes != kAbsent) {
        const std::string_view digits(bytes, static_cast<std::size_t>(scan.at - bytes));
        record.addExtra(EcsField::ResponseBytes, digits);
        record.addExtra(EcsField::DestinationBytes, digits);
    }
    return m_wide ? readSizes(scan, record) : Reason::None;
}

/// ` 123 364 123 528` of a wide line: received, the header sent, the header received, the body sent; as many as there are numbers.
Reason SquidParser::readSizes(Scan& scan, Record& record) {
    for (int size = 0; size < 4; ++size) {
        const char* const before = scan.at;
        std::string_view word;
        if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
        const auto number = readNumber(word);
        if (!number && word != "-") {
            scan.at = before;
            return Reason::None;
        }
        if (number && size == 0) record.addExtra(EcsField::SourceBytes, word);
        if (number && size == 3) record.bytes = *number;
    }
    return Reason::None;
}

/// ` METHOD URL user HIERARCHY/peer type`
Reason SquidParser::readRequest(Scan& scan, Record& record) {
    std::string_view method;
    if (const Reason reason = nextWord(scan, method); reason != Reason::None) return reason;
    std::string_view url;
    if (const Reason reason = nextWord(scan, url); reason != Reason::None) return reason;
    if (url.starts_with("error:")) {
        record.request = url;
    } else {
        record.target = presentText(url);
        if (method != "NONE" && method != "-") record.method = method;
    }
    std::string_view user;
    if (const Reason reason = nextWord(scan, user); reason != Reason::None) return reason;
    if (m_wide) { // `1.1`
        if (user.size() == 3 && isDigit(user[0]) && user[1] == '.' && isDigit(user[2]) && !record.method.empty()) record.version = user;
        if (const Reason reason = nextWord(scan, user); reason != Reason::None) return reason;
    }
    record.user = presentText(user);
    std::string_view hierarchy;
    if (const Reason reason = nextWord(scan, hierarchy); reason != Reason::None) return reason;
    const std::size_t slash = hierarchy.find('/');
    if (slash == std::string_view::npos) return failAt(scan, hierarchy.data(), Reason::UnknownShape);
    m_labels.add("hierarchy_code", presentText(hierarchy.substr(0, slash)));
    if (const std::string_view peer = presentText(hierarchy.substr(slash + 1)); !peer.empty())
        record.addExtra(EcsField::DestinationAddress, peer);
    if (scan.atEnd()) return Reason::None; // before Squid 2.6 there was no type
    std::string_view type;
    if (m_wide) {
        if (const Reason reason = nextWord(scan, type); reason != Reason::None) return reason;
        if (readNumber(type)) record.addExtra(EcsField::DestinationPort, type);
        if (scan.atEnd()) return Reason::None;
    }
    if (const Reason reason = nextWord(scan, type); reason != Reason::None) return scan.atEnd() ? Reason::None : reason;
    if (type.front() != '[' && type != "-") record.addExtra(EcsField::ResponseMimeType, type);
    return m_wide ? readQuoted(scan, record) : Reason::None;
}

/// ` - - "referrer" "agent" "host" "forwarded for"` of a wide line; what stands behind is left out.
Reason SquidParser::readQuoted(Scan& scan, Record& record) {
    const char* const open = scan.find('"');
    if (open == scan.end) return Reason::None;
    scan.at = open - 1;
    std::array<std::string_view, 4> texts;
    for (std::string_view& text : texts) {
        if (scan.left() < 2 || scan.at[0] != ' ' || scan.at[1] != '"') break;
        ++scan.at;
        if (const Reason reason = scan.quoted(text); reason != Reason::None) return reason;
        text = presentText(text);
    }
    record.referrer = texts[0];
    record.agent = texts[1];
    if (!texts[2].empty()) record.host = withoutPort(texts[2]);
    if (isAddressList(texts[3])) record.addExtra(EcsField::ForwardedFor, texts[3]);
    return Reason::None;
}

} // namespace

std::shared_ptr<const Format> makeSquid() { return std::make_shared<ParserFormat<SquidParser>>("squid"); }

} // namespace sg
