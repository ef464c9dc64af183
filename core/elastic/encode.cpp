#include "core/elastic/encode.h"

#include "core/record/json_text.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstring>
#include <functional>
#include <memory>
#include <netinet/in.h>
#include <optional>

namespace sg {
namespace {

constexpr std::size_t kFixedBytes = 2048; ///< more than all names, numbers and punctuation of a document
constexpr std::size_t kMaxRelated = 16;   ///< addresses in related.ip
constexpr std::size_t kMaxLabelName = 128;
constexpr std::size_t kKeptScratch = std::size_t{64} << 10U;

/// Writes at a cursor into memory that is known to be large enough: a document is some forty short pieces.
class Writer {
public:
    explicit Writer(char* at) : m_at(at) {}
    [[nodiscard]] char* at() const { return m_at; }

    void raw(std::string_view text) {
        std::memcpy(m_at, text.data(), text.size());
        m_at += text.size();
    }
    void number(std::int64_t value) { m_at = std::to_chars(m_at, m_at + 20, value).ptr; }
    void number(std::uint64_t value) { m_at = std::to_chars(m_at, m_at + 20, value).ptr; }
    /// `key` is `"name":`. Absent when empty. `clean` text needs no look at its bytes.
    void text(std::string_view key, std::string_view value, bool clean) {
        if (value.empty()) return;
        raw(key);
        *m_at++ = '"';
        part(value, clean);
        raw("\",");
    }
    void part(std::string_view value, bool clean) {
        if (clean) raw(value);
        else m_at = writeJsonText(value, m_at);
    }
    template <class Integer> void member(std::string_view key, Integer value) {
        raw(key);
        number(value);
        *m_at++ = ',';
    }
    void rewind(char* to) { m_at = to; }
    /// Every member ends with a comma; the object's end takes the place of the last.
    void close() { m_at[-1] = '}'; }
    void time(Timestamp time);

    /// An object that is left out when nothing was put into it.
    template <class Fill> void object(std::string_view key, Fill fill) {
        char* const before = m_at;
        raw(key);
        *m_at++ = '{';
        char* const begin = m_at;
        fill();
        if (m_at == begin) {
            m_at = before;
            return;
        }
        close();
        *m_at++ = ',';
    }

private:
    void digits(unsigned value, int width) {
        for (int i = width - 1; i >= 0; --i) {
            m_at[i] = static_cast<char>('0' + value % 10);
            value /= 10;
        }
        m_at += width;
    }
    char* m_at;
};

/// Days since 1970 to a date of the Gregorian calendar, extended backwards.
void Writer::time(Timestamp time) {
    const std::int64_t days = time.days();
    const std::int64_t shifted = days + 719'468; // days since 0000-03-01
    const std::int64_t era = (shifted >= 0 ? shifted : shifted - 146'096) / 146'097;
    const auto dayOfEra = static_cast<unsigned>(shifted - era * 146'097);
    const unsigned yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36'524 - dayOfEra / 146'096) / 365;
    const unsigned dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const unsigned monthFromMarch = (5 * dayOfYear + 2) / 153;
    const unsigned day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
    const unsigned month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
    const auto year = static_cast<unsigned>(static_cast<std::int64_t>(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0));
    const std::int64_t seconds = time.seconds();
    const auto ofDay = static_cast<unsigned>(seconds - days * 86'400);
    const auto fraction = static_cast<unsigned>(time.ns - seconds * 1'000'000'000);
    digits(year, 4);
    *m_at++ = '-';
    digits(month, 2);
    *m_at++ = '-';
    digits(day, 2);
    *m_at++ = 'T';
    digits(ofDay / 3600, 2);
    *m_at++ = ':';
    digits(ofDay / 60 % 60, 2);
    *m_at++ = ':';
    digits(ofDay % 60, 2);
    *m_at++ = '.';
    if (fraction % 1'000'000 == 0) digits(fraction / 1'000'000, 3);
    else if (fraction % 1000 == 0) digits(fraction / 1000, 6);
    else digits(fraction, 9);
    *m_at++ = 'Z';
}

/// What Elasticsearch takes for an ip. Only for fields that are rare: the client's address was read by the enricher.
bool isIp(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN + 1> terminated{};
    if (text.empty() || text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return false;
    std::memcpy(terminated.data(), text.data(), text.size());
    in6_addr ignored{};
    return inet_pton(AF_INET, terminated.data(), &ignored) == 1 || inet_pton(AF_INET6, terminated.data(), &ignored) == 1;
}

/// A whole number from 0 to `most`.
std::optional<std::int64_t> readNumber(std::string_view text, std::int64_t most) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || value < 0 || value > most) return std::nullopt;
    return value;
}
constexpr std::int64_t kAnyNumber = INT64_MAX;
constexpr std::int64_t kMaxPort = 65'535;

/// The fields of Record::extras by kind; the first of each counts.
class Extras {
public:
    explicit Extras(const Record& record) {
        for (std::size_t i = record.extraCount; i-- > 0;)
            m_values[static_cast<std::size_t>(record.extras[i].field)] = record.extras[i].value;
    }
    [[nodiscard]] std::string_view operator[](EcsField field) const { return m_values[static_cast<std::size_t>(field)]; }

private:
    std::array<std::string_view, kEcsFieldCount> m_values;
};

/// An address of a list without spaces, brackets, port and zone, as far as it can be an ip.
std::string_view bareAddress(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (text.starts_with('[')) return text.substr(1, std::min(text.find(']'), text.size()) - 1);
    if (std::count(text.begin(), text.end(), ':') == 1) text = text.substr(0, text.find(':'));
    return text.substr(0, text.find('%'));
}

/// Every ip of the event, each once, the client's first and the server's last.
class RelatedAddresses {
public:
    void add(std::string_view ip) {
        auto* const end = m_ips.data() + m_count;
        if (m_count < m_ips.size() && std::find(m_ips.data(), end, ip) == end) m_ips[m_count++] = ip;
    }
    void addList(std::string_view list) {
        while (!list.empty()) {
            const auto comma = std::min(list.find(','), list.size());
            if (const std::string_view ip = bareAddress(list.substr(0, comma)); isIp(ip)) add(ip);
            list.remove_prefix(std::min(comma + 1, list.size()));
        }
    }
    void write(Writer& out) const {
        if (m_count == 0) return;
        out.raw("\"related\":{\"ip\":[");
        for (std::size_t i = 0; i < m_count; ++i) {
            out.raw(i == 0 ? "\"" : ",\"");
            out.raw(m_ips[i]);
            out.raw("\"");
        }
        out.raw("]},");
    }

private:
    std::array<std::string_view, kMaxRelated> m_ips;
    std::size_t m_count = 0;
};

void writeTls(const Extras& extras, bool clean, Writer& out) {
    std::string_view version = extras[EcsField::TlsVersion];
    std::string_view protocol = extras[EcsField::TlsProtocol];
    // Servers write both as one: "TLSv1.3", "SSLv3"
    const auto split = [](std::string_view& text) {
        std::string_view name;
        if (text.size() < 5 || (text[3] | 0x20) != 'v') return name;
        if (text.starts_with("TLS") || text.starts_with("tls")) name = "tls";
        else if (text.starts_with("SSL") || text.starts_with("ssl")) name = "ssl";
        if (!name.empty()) text.remove_prefix(4);
        for (const std::string_view dotted : {"1.0", "1.1", "1.2", "1.3"}) // tlsv12
            if (text.size() == 2 && text[0] == dotted[0] && text[1] == dotted[2]) text = dotted;
        return name;
    };
    std::string_view name = split(version);
    if (version.empty() && !protocol.empty()) {
        name = split(protocol);
        if (!name.empty()) version = protocol;
    }
    if (name.empty()) name = protocol;
    out.object("\"tls\":", [&] {
        out.text("\"version\":", version, clean);
        out.text("\"version_protocol\":", name, clean);
        out.text("\"cipher\":", extras[EcsField::TlsCipher], clean);
        out.object("\"client\":", [&] {
            out.text("\"server_name\":", extras[EcsField::TlsServerName], clean);
            out.text("\"subject\":", extras[EcsField::TlsClientSubject], clean);
            out.text("\"issuer\":", extras[EcsField::TlsClientIssuer], clean);
        });
        if (const std::string_view resumed = extras[EcsField::TlsResumed]; !resumed.empty())
            out.raw(resumed == "r" || resumed == "Resumed" || resumed == "true" ? "\"resumed\":true," : "\"resumed\":false,");
    });
}

/// The destination's address as far as it is an ip; empty when it is none.
std::string_view destinationIp(const Extras& extras) {
    if (isIp(extras[EcsField::DestinationIp])) return extras[EcsField::DestinationIp];
    const std::string_view address = extras[EcsField::DestinationAddress];
    const std::string_view withoutZone = address.substr(0, address.find('%'));
    return isIp(withoutZone) ? withoutZone : std::string_view();
}

void writeDestination(const Extras& extras, bool clean, Writer& out) {
    const std::string_view address = extras[EcsField::DestinationAddress];
    const bool addressIsIp = isIp(address.substr(0, address.find('%')));
    const std::string_view ip = destinationIp(extras);
    out.object("\"destination\":", [&] {
        out.text("\"address\":", address.empty() ? extras[EcsField::DestinationIp] : address, clean);
        out.text("\"ip\":", ip, clean);
        if (!addressIsIp) out.text("\"domain\":", address, clean);
        if (const auto port = readNumber(extras[EcsField::DestinationPort], kMaxPort)) out.member("\"port\":", *port);
        if (const auto bytes = readNumber(extras[EcsField::DestinationBytes], kAnyNumber)) out.member("\"bytes\":", *bytes);
    });
}

void writeEvent(const Record& record, const DocumentContext& context, const Extras& extras, Writer& out) {
    out.raw("\"event\":{\"kind\":\"event\",");
    if (record.web) out.raw("\"category\":[\"web\"],\"type\":[\"access\"],");
    out.raw("\"module\":\"streamgauge\",");
    if (record.status != kNoStatus) out.raw(record.status < 400 ? "\"outcome\":\"success\"," : "\"outcome\":\"failure\",");
    out.text("\"dataset\":", context.dataset, false);
    if (context.created.ns != 0) {
        out.raw("\"created\":\"");
        out.time(context.created);
        out.raw("\",");
    }
    if (record.durationNs != kAbsent) out.member("\"duration\":", record.durationNs);
    out.text("\"id\":", context.id.empty() ? extras[EcsField::EventId] : context.id, false);
    if (record.extraCount > 0) {
        out.text("\"action\":", extras[EcsField::EventAction], record.clean);
        out.text("\"code\":", extras[EcsField::EventCode], record.clean);
    }
    if (context.original) {
        out.raw("\"original\":\"");
        out.part(record.line, false); // a clean line has quotes between its fields
        out.raw("\",");
    }
    out.close();
    out.raw(",");
}

void writeHttp(const Record& record, const Extras& extras, bool clean, Writer& out) {
    out.object("\"http\":", [&] {
        out.text("\"version\":", record.version, clean);
        out.object("\"request\":", [&] {
            out.text("\"method\":", record.method, clean);
            out.text("\"referrer\":", record.referrer, clean);
            if (const auto bytes = readNumber(extras[EcsField::RequestBytes], kAnyNumber)) out.member("\"bytes\":", *bytes);
            if (const auto bytes = readNumber(extras[EcsField::RequestBodyBytes], kAnyNumber)) {
                out.member("\"body\":{\"bytes\":", *bytes);
                out.close();
                out.raw(",");
            }
            out.text("\"id\":", extras[EcsField::RequestId], clean);
            out.text("\"mime_type\":", extras[EcsField::RequestMimeType], clean);
        });
        out.object("\"response\":", [&] {
            if (record.status != kNoStatus) out.member("\"status_code\":", std::int64_t{record.status});
            if (const auto bytes = readNumber(extras[EcsField::ResponseBytes], kAnyNumber)) out.member("\"bytes\":", *bytes);
            if (record.bytes != kAbsent) {
                out.member("\"body\":{\"bytes\":", record.bytes);
                out.close();
                out.raw(",");
            }
            out.text("\"mime_type\":", extras[EcsField::ResponseMimeType], clean);
        });
    });
}

/// The port behind a target's host.
std::string_view portBehind(std::string_view domain, std::string_view target) {
    const std::less_equal<const char*> notAfter;
    if (domain.empty() || !notAfter(target.data(), domain.data()) ||
        !notAfter(domain.data() + domain.size(), target.data() + target.size()))
        return {};
    std::string_view rest = target.substr(static_cast<std::size_t>(domain.data() + domain.size() - target.data()));
    if (!rest.starts_with(':')) return {};
    rest.remove_prefix(1);
    std::size_t digits = 0;
    while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') ++digits;
    return rest.substr(0, digits);
}

void writeUrl(const Event& event, bool clean, Writer& out) {
    const Record& record = event.record;
    const UrlParts& url = event.url;
    out.object("\"url\":", [&] {
        if (!record.target.empty()) {
            out.text("\"original\":", record.target, clean);
        } else if (!url.path.empty()) { // formats that log path and query apart
            out.raw("\"original\":\"");
            out.part(url.path, clean);
            if (!url.query.empty()) {
                out.raw("?");
                out.part(url.query, clean);
            }
            out.raw("\",");
        }
        out.text("\"path\":", url.path, clean);
        out.text("\"query\":", url.query, clean);
        out.text("\"domain\":", url.domain.empty() ? record.host : url.domain, clean);
        if (const auto port = readNumber(portBehind(url.domain, record.target), kMaxPort)) out.member("\"port\":", *port);
        out.text("\"extension\":", url.extension, clean);
        out.text("\"scheme\":", url.scheme, clean);
        out.text("\"fragment\":", url.fragment, clean);
    });
}

void writeSource(const Event& event, const Extras& extras, bool clean, Writer& out) {
    const AddressInfo& address = event.address;
    const std::string_view written = event.record.address.empty() ? extras[EcsField::ForwardedFor] : event.record.address;
    out.object("\"source\":", [&] {
        out.text("\"address\":", written, clean);
        out.text("\"ip\":", address.ip, clean);
        if (address.kind == AddressKind::Name) {
            std::string_view name = written.substr(0, written.find(','));
            if (address.port >= 0) name = name.substr(0, name.find(':'));
            out.text("\"domain\":", name, clean);
        }
        if (address.port >= 0) out.member("\"port\":", std::int64_t{address.port});
        else if (const auto port = readNumber(extras[EcsField::SourcePort], kMaxPort)) out.member("\"port\":", *port);
        if (const auto bytes = readNumber(extras[EcsField::SourceBytes], kAnyNumber)) out.member("\"bytes\":", *bytes);
        if (event.place == nullptr) return;
        const auto rendered = [&](std::string_view key, const std::string& json) {
            if (json.empty()) return;
            out.raw(key);
            out.raw(json);
            out.raw(",");
        };
        rendered("\"geo\":", event.place->geoJson);
        rendered("\"as\":", event.place->asJson);
    });
}

/// The rest that is rare.
void writeOthers(const Extras& extras, bool clean, Writer& out) {
    out.object("\"host\":", [&] { out.text("\"name\":", extras[EcsField::HostName], clean); });
    out.object("\"service\":", [&] { out.text("\"name\":", extras[EcsField::ServiceName], clean); });
    out.object("\"trace\":", [&] { out.text("\"id\":", extras[EcsField::TraceId], clean); });
    out.object("\"process\":", [&] {
        out.text("\"name\":", extras[EcsField::ProcessName], clean);
        if (const auto pid = readNumber(extras[EcsField::ProcessId], kAnyNumber)) out.member("\"pid\":", *pid);
        out.object("\"thread\":", [&] {
            if (const auto id = readNumber(extras[EcsField::ThreadId], kAnyNumber)) out.member("\"id\":", *id);
        });
    });
    out.object("\"file\":", [&] { out.text("\"path\":", extras[EcsField::FilePath], clean); });
    out.object("\"network\":", [&] {
        if (const auto bytes = readNumber(extras[EcsField::NetworkBytes], kAnyNumber)) out.member("\"bytes\":", *bytes);
    });
}

/// Labels that are text, or those that are numbers. The name as Elasticsearch can have it: a dot would make an object of it, and a name
/// twice is refused there.
void writeLabels(std::span<const Label> labels, bool numbers, bool clean, Writer& out) {
    std::array<std::string_view, kMaxLabels> written;
    std::size_t count = 0;
    for (const Label& label : labels) {
        if (label.number != numbers || label.value.empty() || label.name.empty() || count == written.size()) continue;
        char* const before = out.at();
        out.raw("\"");
        char* const begin = out.at();
        for (const char c : label.name.substr(0, kMaxLabelName)) {
            const char lower = static_cast<char>(c | 0x20);
            const bool kept = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-';
            out.raw(kept ? std::string_view(&c, 1) : "_");
        }
        const std::string_view name(begin, static_cast<std::size_t>(out.at() - begin));
        if (std::find(written.data(), written.data() + count, name) != written.data() + count) {
            out.rewind(before);
            continue;
        }
        written[count++] = name;
        if (!numbers) {
            out.text("\":", label.value, clean);
            continue;
        }
        out.raw("\":");
        out.raw(label.value);
        out.raw(",");
    }
}

/// `message`: the server's own, and a request that is none.
void writeMessage(const Record& record, const Extras& extras, bool clean, Writer& out) {
    const std::string_view message = extras[EcsField::Message];
    if (record.request.empty() || !record.method.empty()) {
        out.text("\"message\":", message, clean);
        return;
    }
    out.raw("\"message\":\"");
    if (!message.empty()) {
        out.part(message, clean);
        out.raw(": ");
    }
    out.part(record.request, clean);
    out.raw("\",");
}

/// No document of these is larger, escapes included.
std::size_t largestSize(const Event& event, const DocumentContext& context) {
    const Record& record = event.record;
    const UrlParts& url = event.url;
    // referrer .. version: once; target and its parts; addresses up to four times
    std::size_t text = record.user.size() + record.request.size() + record.method.size() + record.version.size() + record.referrer.size() +
                       record.agent.size() + 2 * record.host.size() + record.target.size() + 4 * record.address.size();
    text += 2 * (url.path.size() + url.query.size()) + url.domain.size() + url.extension.size() + url.scheme.size() + url.fragment.size();
    std::size_t known = context.id.size() + context.filePath.size() + context.chunk.size() + context.dataset.size();
    if (context.original) known += record.line.size();
    for (std::size_t i = 0; i < record.extraCount; ++i) text += 4 * record.extras[i].value.size();
    for (const Label& label : record.labels) {
        text += label.value.size();
        known += std::min(label.name.size(), kMaxLabelName) + 4; // quotes, colon, comma
    }
    text += record.key.size();
    const std::size_t growth = record.clean ? 1 : kJsonTextGrowth;
    return kFixedBytes + growth * text + kJsonTextGrowth * known + (event.agent != nullptr ? event.agent->json.size() : 0) +
           (event.place != nullptr ? event.place->geoJson.size() + event.place->asJson.size() : 0);
}

/// Memory that is not cleared; what one long line needed is given back.
class Scratch {
public:
    char* ofSize(std::size_t size) {
        if (size > m_size || (m_size > kKeptScratch && size <= kKeptScratch)) {
            m_size = std::max(size, kKeptScratch);
            m_bytes = std::make_unique_for_overwrite<char[]>(m_size);
        }
        return m_bytes.get();
    }

private:
    std::unique_ptr<char[]> m_bytes;
    std::size_t m_size = 0;
};

} // namespace

void encodeDocument(const Event& event, const DocumentContext& context, std::string& out) {
    const Record& record = event.record;
    const bool clean = record.clean;
    const Extras extras(record);
    // Written beside `out` and appended: resizing `out` to the largest size would clear more bytes than the document has.
    thread_local Scratch scratch;
    char* const begin = scratch.ofSize(largestSize(event, context));
    Writer writer(begin);

    writer.raw("{\"@timestamp\":\"");
    writer.time(record.time);
    writer.raw("\",\"ecs\":{\"version\":\"8.11\"},");
    writeEvent(record, context, extras, writer);
    writeHttp(record, extras, clean, writer);
    writeUrl(event, clean, writer);
    writeSource(event, extras, clean, writer);
    writer.object("\"user\":", [&] {
        writer.text("\"hash\":", extras[EcsField::UserHash], clean);
        writer.text("\"name\":", record.user, clean);
    });
    if (event.agent != nullptr && !event.agent->json.empty()) {
        writer.raw("\"user_agent\":");
        writer.raw(event.agent->json);
        writer.raw(",");
    } else {
        writer.object("\"user_agent\":", [&] {
            writer.text("\"original\":", record.agent, clean);
            writer.text("\"name\":", extras[EcsField::UserAgentName], clean);
        });
    }
    if (record.extraCount > 0) {
        writeDestination(extras, clean, writer);
        writeTls(extras, clean, writer);
        writeOthers(extras, clean, writer);
    }
    if (!record.labels.empty()) writer.object("\"labels\":", [&] { writeLabels(record.labels, false, clean, writer); });
    writer.object("\"log\":", [&] {
        writer.object("\"file\":", [&] { writer.text("\"path\":", context.filePath, false); });
        if (context.hasOffset) writer.member("\"offset\":", context.offset);
        writer.text("\"level\":", extras[EcsField::LogLevel], clean);
    });
    writeMessage(record, extras, clean, writer);
    RelatedAddresses related;
    if (!event.address.ip.empty()) related.add(event.address.ip);
    if (record.address.find(',') != std::string_view::npos) related.addList(record.address);
    for (std::size_t i = 0; i < record.extraCount; ++i)
        if (record.extras[i].field == EcsField::ForwardedFor) related.addList(record.extras[i].value);
    if (record.extraCount > 0)
        if (const std::string_view ip = destinationIp(extras); !ip.empty()) related.add(ip);
    related.write(writer);
    writer.object("\"streamgauge\":", [&] {
        if (context.batch != 0) writer.member("\"batch\":", context.batch);
        writer.text("\"chunk\":", context.chunk, false);
        writer.text("\"key\":", record.key, clean);
        if (!record.labels.empty()) writer.object("\"values\":", [&] { writeLabels(record.labels, true, clean, writer); });
        if (record.labelsLeftOut > 0) writer.member("\"labels_left_out\":", std::uint64_t{record.labelsLeftOut});
        if (event.agent != nullptr) writer.raw(event.agent->bot ? "\"bot\":true," : "\"bot\":false,");
    });
    writer.close();
    out.append(begin, static_cast<std::size_t>(writer.at() - begin));
}

std::string withoutLabels(std::string_view document) {
    // No text holds these bytes: its quotes are escaped, and behind its last one stands no name.
    constexpr std::string_view kLabels = ",\"labels\":{", kOurs = ",\"streamgauge\":{", kLeftOut = "\"labels_left_out\":";
    const std::size_t begin = document.find(kLabels);
    if (begin == std::string_view::npos) return {};
    std::size_t at = begin + kLabels.size();
    std::uint64_t left = 0;
    for (bool inText = false; inText || document[at] != '}'; ++at) {
        if (document[at] == '\\') ++at;
        else if (document[at] == '"') inText = !inText;
        else if (document[at] == ':' && !inText) ++left;
    }
    std::string out(document.substr(0, begin));
    std::string_view rest = document.substr(at + 1);
    const std::size_t ours = rest.find(kOurs);
    if (ours == std::string_view::npos) { // it says nothing else of its own
        out.append(rest.substr(0, rest.size() - 1)).append(kOurs).append(kLeftOut).append(std::to_string(left)).append("}}");
        return out;
    }
    out.append(rest.substr(0, ours + kOurs.size()));
    rest.remove_prefix(ours + kOurs.size());
    if (const std::size_t counted = rest.find(kLeftOut); counted != std::string_view::npos) {
        const std::size_t digits = counted + kLeftOut.size();
        std::uint64_t before = 0;
        const char* const end = std::from_chars(rest.data() + digits, rest.data() + rest.size(), before).ptr;
        out.append(rest.substr(0, digits)).append(std::to_string(before + left));
        return out.append(end, static_cast<std::size_t>(rest.data() + rest.size() - end));
    }
    out.append(kLeftOut).append(std::to_string(left));
    if (!rest.starts_with('}')) out += ',';
    return out.append(rest);
}

void appendJsonString(std::string_view bytes, std::string& out) { appendJsonText(bytes, out); }

void appendIsoTime(Timestamp time, std::string& out) {
    std::array<char, 40> text;
    Writer writer(text.data());
    writer.time(time);
    out.append(text.data(), static_cast<std::size_t>(writer.at() - text.data()));
}

} // namespace sg
