/// `aws_elb` and `aws_alb`: the access logs of AWS load balancers. `aws_alb` reads those of the application one and, for who names it, of
/// the network one (TLS); `aws_elb` those of the classic one and, for who names it, of all: one bucket may hold all of them.
///
/// | in the line                  | in the document                                                     |
/// |------------------------------|---------------------------------------------------------------------|
/// | type (alb)                   | labels.type                                                         |
/// | time                         | @timestamp                                                          |
/// | elb                          | labels.elb                                                          |
/// | client:port, target:port     | source.*, destination.*                                             |
/// | three processing times       | event.duration: their sum, unless one is -1; labels.target_processing_time (s) |
/// | elb status, target status    | http.response.status_code, labels.target_status_code                |
/// | received, sent bytes         | http.request.body.bytes, http.response.body.bytes; TCP: source.bytes, destination.bytes |
/// | "request" "agent"            | http.request.method, url.*, http.version, user_agent.original       |
/// | cipher, protocol             | tls.*                                                               |
/// | target group (alb)           | labels.target_group_arn                                             |
/// | "trace" "domain" (alb)       | trace.id, tls.client.server_name                                    |
/// | "actions" "redirect" "error" | labels.actions_executed, redirect_url, error_reason                 |
///
/// A line of the network one has connection and handshake times (event.duration is the first, in ms; labels.tls_handshake_time),
/// source.bytes, destination.bytes, tls.*, labels.incoming_tls_alert. It is no web access, and nor is a classic one's TCP line. A request
/// that is `- http://host:80- -` is none: it goes to message. Classic lines of before 2015 end behind the request. What AWS adds behind the
/// known fields is left out. *Source:* AWS, "Access logs for your Classic Load Balancer", "... Application Load Balancer" and
/// "... Network Load Balancer".
#include "core/format/formats.h"
#include "core/format/label_list.h"
#include "core/format/request_line.h"
#include "core/format/words.h"

namespace sg {
namespace {

enum class Kind : std::uint8_t { Classic, Application, Network };

class LoadBalancerParser : public ScanningParser {
public:
    LoadBalancerParser(const FormatOptions& options, Kind kind)
        : m_times(options.zoneOffsetMinutes), m_lenient(options.lenient), m_own(kind) {}

private:
    [[nodiscard]] Reason read(Scan& scan, Record& record) override;
    [[nodiscard]] bool reads(Kind kind) const;
    [[nodiscard]] Reason readBegin(Scan& scan, Record& record);
    [[nodiscard]] Reason readTime(std::string_view word, Scan& scan, Record& record);
    [[nodiscard]] Reason readAddresses(Scan& scan, Record& record);
    [[nodiscard]] Reason readConnection(Scan& scan, Record& record);
    [[nodiscard]] Reason readDurations(Scan& scan, Record& record);
    [[nodiscard]] Reason readResult(Scan& scan, Record& record);
    [[nodiscard]] Reason readRequest(Scan& scan, Record& record);
    [[nodiscard]] Reason readTls(Scan& scan, Record& record);
    [[nodiscard]] Reason readApplication(Scan& scan, Record& record);

    TimeParser m_times;
    LabelList m_labels;
    bool m_lenient;
    Kind m_own;
    Kind m_kind = Kind::Classic;
};

class ClassicParser final : public LoadBalancerParser {
public:
    explicit ClassicParser(const FormatOptions& options) : LoadBalancerParser(options, Kind::Classic) {}
};

class ApplicationParser final : public LoadBalancerParser {
public:
    explicit ApplicationParser(const FormatOptions& options) : LoadBalancerParser(options, Kind::Application) {}
};

bool isType(std::string_view word) {
    return word == "http" || word == "https" || word == "h2" || word == "grpcs" || word == "ws" || word == "wss";
}

Reason LoadBalancerParser::read(Scan& scan, Record& record) {
    m_labels.clear();
    if (const Reason reason = readBegin(scan, record); reason != Reason::None) return reason;
    if (m_kind == Kind::Network) {
        if (const Reason reason = readConnection(scan, record); reason != Reason::None) return reason;
        record.clean = scan.plain && std::memchr(scan.begin, '"', static_cast<std::size_t>(scan.end - scan.begin)) == nullptr;
        m_labels.publish(record);
        return Reason::None;
    }
    if (const Reason reason = readDurations(scan, record); reason != Reason::None) return reason;
    if (const Reason reason = readResult(scan, record); reason != Reason::None) return reason;
    record.clean = scan.plain && std::memchr(scan.begin, '"', static_cast<std::size_t>(scan.at - scan.begin)) == nullptr;
    if (const Reason reason = readRequest(scan, record); reason != Reason::None) return reason;
    if (!scan.atEnd()) {
        const char* const tls = scan.at;
        if (const Reason reason = readTls(scan, record); reason != Reason::None) return reason;
        record.clean = record.clean && std::memchr(tls, '"', static_cast<std::size_t>(scan.at - tls)) == nullptr;
    }
    if (m_kind == Kind::Application)
        if (const Reason reason = readApplication(scan, record); reason != Reason::None) return reason;
    m_labels.publish(record);
    return Reason::None;
}

bool LoadBalancerParser::reads(Kind kind) const {
    return kind == m_own || (m_lenient && (m_own == Kind::Classic || kind == Kind::Network));
}

Reason LoadBalancerParser::readBegin(Scan& scan, Record& record) {
    std::string_view word = scan.takeWord();
    m_kind = Kind::Classic;
    if (isType(word)) m_kind = Kind::Application;
    else if (word == "tls") m_kind = Kind::Network;
    if (!reads(m_kind)) return failAt(scan, word.data(), Reason::UnknownShape);
    if (m_kind != Kind::Classic) {
        m_labels.add("type", word);
        if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    }
    if (m_kind == Kind::Network) // the log's version
        if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    if (const Reason reason = readTime(word, scan, record); reason != Reason::None) return reason;
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    m_labels.add("elb", presentText(word));
    if (m_kind == Kind::Network) {
        if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
        m_labels.add("listener", presentText(word));
    }
    return readAddresses(scan, record);
}

Reason LoadBalancerParser::readTime(std::string_view word, Scan& scan, Record& record) {
    if (word.size() < 11 || word[4] != '-' || word[10] != 'T') return failAt(scan, word.data(), Reason::UnknownShape);
    const auto time = m_times.iso8601(word);
    if (!time) return failAt(scan, word.data(), Reason::BadTime);
    record.time = *time;
    record.hasTime = true;
    return Reason::None;
}

Reason LoadBalancerParser::readAddresses(Scan& scan, Record& record) {
    std::string_view word;
    std::string_view address;
    std::string_view port;
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    if (!splitAddressPort(word, address, port)) return failAt(scan, word.data(), Reason::UnknownShape);
    record.address = address;
    if (!port.empty()) record.addExtra(EcsField::SourcePort, port);
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    address = port = {};
    if (!splitAddressPort(word, address, port)) address = word; // a Lambda function has no port
    if (!address.empty()) record.addExtra(EcsField::DestinationAddress, address);
    if (!port.empty()) record.addExtra(EcsField::DestinationPort, port);
    return Reason::None;
}

/// ` 5 2 98 246 alert certificate serial cipher protocol group domain`, and what came later.
Reason LoadBalancerParser::readConnection(Scan& scan, Record& record) {
    constexpr std::int64_t kMillisecond = 1'000'000;
    std::int64_t number = kAbsent;
    if (const Reason reason = nextNumber(scan, number); reason != Reason::None) return reason;
    if (number != kAbsent && number < INT64_MAX / kMillisecond) record.durationNs = number * kMillisecond;
    std::string_view word;
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    if (word != "-" && !readNumber(word)) return failAt(scan, word.data(), Reason::BadNumber);
    m_labels.add("tls_handshake_time", presentText(word));
    for (const EcsField field : {EcsField::SourceBytes, EcsField::DestinationBytes}) {
        const char* const digits = scan.at + 1;
        number = kAbsent;
        if (const Reason reason = nextNumber(scan, number); reason != Reason::None) return reason;
        if (number != kAbsent) record.addExtra(field, {digits, static_cast<std::size_t>(scan.at - digits)});
    }
    record.web = false;
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    m_labels.add("incoming_tls_alert", presentText(word));
    for (int leftOut = 0; leftOut < 2; ++leftOut)
        if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    if (const Reason reason = readTls(scan, record); reason != Reason::None) return reason;
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    if (word = presentText(word); !word.empty()) record.addExtra(EcsField::TlsServerName, word);
    return Reason::None;
}

Reason LoadBalancerParser::readDurations(Scan& scan, Record& record) {
    std::int64_t sum = 0;
    bool whole = true;
    for (int part = 0; part < 3; ++part) {
        std::string_view word;
        if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
        if (word == "-1" || word == "-") {
            whole = false;
            continue;
        }
        const auto duration = readSeconds(word);
        if (!duration || *duration > INT64_MAX / 4) return failAt(scan, word.data(), Reason::BadNumber);
        sum += *duration;
        if (part == 1) m_labels.add("target_processing_time", word);
    }
    if (whole) record.durationNs = sum;
    return Reason::None;
}

/// ` 200 200 0 29`
Reason LoadBalancerParser::readResult(Scan& scan, Record& record) {
    if (const Reason reason = nextStatus(scan, record); reason != Reason::None) return reason;
    std::string_view word;
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    if (word != "-" && !readNumber(word)) return failAt(scan, word.data(), Reason::BadStatus);
    if (word != "-" && word != "0") m_labels.add("target_status_code", word); // 0: no target was asked
    const bool tcp = record.status == kNoStatus && word == "-" && m_kind == Kind::Classic;
    const char* digits = scan.at + 1;
    std::int64_t received = kAbsent;
    if (const Reason reason = nextNumber(scan, received); reason != Reason::None) return reason;
    if (received != kAbsent)
        record.addExtra(tcp ? EcsField::SourceBytes : EcsField::RequestBodyBytes, {digits, static_cast<std::size_t>(scan.at - digits)});
    digits = scan.at + 1;
    std::int64_t sent = kAbsent;
    if (const Reason reason = nextNumber(scan, sent); reason != Reason::None) return reason;
    record.web = !tcp;
    if (!tcp) record.bytes = sent;
    else if (sent != kAbsent) record.addExtra(EcsField::DestinationBytes, {digits, static_cast<std::size_t>(scan.at - digits)});
    return Reason::None;
}

Reason LoadBalancerParser::readRequest(Scan& scan, Record& record) {
    if (const Reason reason = scan.space(); reason != Reason::None) return reason;
    std::string_view request;
    if (const Reason reason = scan.quoted(request); reason != Reason::None) return reason;
    if (request.find_first_not_of("- ") != std::string_view::npos) readRequestLine(request, record);
    if (scan.atEnd() && m_kind == Kind::Classic) return Reason::None;
    if (const Reason reason = scan.space(); reason != Reason::None) return reason;
    std::string_view agent;
    if (const Reason reason = scan.quoted(agent); reason != Reason::None) return reason;
    record.agent = presentText(agent);
    return Reason::None;
}

Reason LoadBalancerParser::readTls(Scan& scan, Record& record) {
    std::string_view word;
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    if (const std::string_view cipher = presentText(word); !cipher.empty()) record.addExtra(EcsField::TlsCipher, cipher);
    if (const Reason reason = nextWord(scan, word); reason != Reason::None) return reason;
    if (const std::string_view protocol = presentText(word); !protocol.empty()) record.addExtra(EcsField::TlsVersion, protocol);
    return Reason::None;
}

/// ` target-group "trace" "domain" "certificate" priority created "actions" "redirect" "error"`, and what came later.
Reason LoadBalancerParser::readApplication(Scan& scan, Record& record) {
    std::string_view text;
    const auto next = [&] { return nextText(scan, text); };
    if (scan.atEnd()) return Reason::None; // the first lines of 2016 ended here
    if (const Reason reason = next(); reason != Reason::None) return reason;
    m_labels.add("target_group_arn", presentText(text));
    if (scan.atEnd()) return Reason::None;
    if (const Reason reason = next(); reason != Reason::None) return reason;
    if (text = presentText(text); !text.empty()) record.addExtra(EcsField::TraceId, text);
    if (scan.atEnd()) return Reason::None;
    if (const Reason reason = next(); reason != Reason::None) return reason;
    if (text = presentText(text); !text.empty()) record.addExtra(EcsField::TlsServerName, text);
    static constexpr std::array<std::string_view, 6> kRest = {"", "", "", "actions_executed", "redirect_url", "error_reason"};
    for (const std::string_view name : kRest) { // certificate, priority and creation are left out
        if (scan.atEnd()) return Reason::None;
        if (const Reason reason = next(); reason != Reason::None) return reason;
        if (!name.empty()) m_labels.add(name, presentText(text));
    }
    while (!scan.atEnd())
        if (const Reason reason = next(); reason != Reason::None)
            return reason == Reason::MissingField && scan.atEnd() ? Reason::None : reason;
    return Reason::None;
}

} // namespace

std::shared_ptr<const Format> makeAwsElb() { return std::make_shared<ParserFormat<ClassicParser>>("aws_elb"); }
std::shared_ptr<const Format> makeAwsAlb() { return std::make_shared<ParserFormat<ApplicationParser>>("aws_alb"); }

} // namespace sg
