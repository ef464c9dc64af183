/// `traefik`: Traefik's access log in Common Log Format: `combined`, then the request's number, the router, the server and the time.
///
/// | in the line       | in the document                                                    |
/// |-------------------|--------------------------------------------------------------------|
/// | combined's fields | as `combined`                                                      |
/// | 42                | labels.request_count                                               |
/// | "router"          | labels.router_name (Traefik 1: the frontend)                       |
/// | "http://ip:port"  | destination.address, destination.ip or domain, destination.port, labels.service_url |
/// | 7ms               | event.duration                                                     |
///
/// What is missing from the end is absent: older versions wrote less. *Source:* Traefik's "Access Logs".
#include "core/format/clf.h"
#include "core/format/formats.h"
#include "core/format/label_list.h"
#include "core/format/words.h"

namespace sg {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kMaxMilliseconds = INT64_MAX / kMillisecond;

class TraefikParser final : public ScanningParser {
public:
    explicit TraefikParser(const FormatOptions& options) : m_times(options.zoneOffsetMinutes), m_lenient(options.lenient) {}

private:
    [[nodiscard]] Reason read(Scan& scan, Record& record) override;
    [[nodiscard]] Syslog syslogHeader() const override { return Syslog::OnFailure; }
    [[nodiscard]] Reason readTail(Scan& scan, Record& record);

    TimeParser m_times;
    bool m_lenient;
    LabelList m_labels;
};

Reason TraefikParser::read(Scan& scan, Record& record) {
    m_labels.clear();
    if (const Reason reason = readClient(scan, m_times, record); reason != Reason::None) return reason;
    markClean(scan, scan.at, record);
    if (const Reason reason = readExchange(scan, record); reason != Reason::None) return reason;
    if (const Reason reason = readTail(scan, record); reason != Reason::None) return reason;
    m_labels.publish(record);
    return Reason::None;
}

/// A server's address in its URL.
void readServer(std::string_view url, Record& record) {
    if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    url = url.substr(0, url.find('/'));
    if (url.empty()) return;
    const std::string_view host = withoutPort(url);
    if (host.size() + 1 < url.size()) record.addExtra(EcsField::DestinationPort, url.substr(host.size() + 1));
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (!host.empty()) record.addExtra(EcsField::DestinationAddress, bracketed ? host.substr(1, host.size() - 2) : host);
}

Reason TraefikParser::readTail(Scan& scan, Record& record) {
    if (scan.atEnd() && m_lenient) return Reason::None;
    std::array<std::string_view*, 2> quoted = {&record.referrer, &record.agent};
    for (std::string_view* const field : quoted) {
        std::string_view text;
        if (const Reason reason = nextText(scan, text); reason != Reason::None) return reason;
        *field = presentText(text);
    }
    if (scan.atEnd() && m_lenient) return Reason::None;
    std::int64_t count = kAbsent;
    const char* const digits = scan.at + 1;
    if (const Reason reason = nextNumber(scan, count); reason != Reason::None) return reason;
    if (count != kAbsent) m_labels.add("request_count", {digits, static_cast<std::size_t>(scan.at - digits)});

    std::string_view text;
    if (scan.atEnd()) return Reason::None;
    if (const Reason reason = nextText(scan, text); reason != Reason::None) return reason;
    m_labels.add("router_name", presentText(text));
    if (scan.atEnd()) return Reason::None;
    if (const Reason reason = nextText(scan, text); reason != Reason::None) return reason;
    if (text = presentText(text); !text.empty()) {
        m_labels.add("service_url", text);
        readServer(text, record);
    }
    if (scan.atEnd()) return Reason::None;
    std::string_view duration;
    if (const Reason reason = nextWord(scan, duration); reason != Reason::None) return reason;
    if (duration != "-") {
        const auto milliseconds = duration.ends_with("ms") ? readNumber(duration.substr(0, duration.size() - 2)) : std::nullopt;
        if (!milliseconds || *milliseconds >= kMaxMilliseconds) return failAt(scan, duration.data(), Reason::BadNumber);
        record.durationNs = *milliseconds * kMillisecond;
    }
    return readEnd(scan);
}

} // namespace

std::shared_ptr<const Format> makeTraefik() { return std::make_shared<ParserFormat<TraefikParser>>("traefik"); }

} // namespace sg
