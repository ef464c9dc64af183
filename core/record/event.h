#pragma once
/// One access log line as the formats read it (Record), and with what enrichment found (Event).
///
/// All views point into the line, into the parser's scratch, or into a memo that outlives the batch; a Record is valid until
/// the parser's next line. No allocation per line. A view that is empty with `data() == nullptr` is absent; `-` is absent too.
/// Text in quoted formats is kept as the server wrote it (escapes are not undone); JSON strings are decoded.
#include "core/base/clock.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sg {

/// ECS fields that have no place of their own in Record.
enum class EcsField : std::uint8_t {
    RequestId,
    RequestBytes,
    ResponseBytes,
    TlsVersion,
    TlsCipher,
    TlsProtocol,
    DestinationAddress,
    DestinationIp,
    DestinationPort,
    HostName,
    EventId,
    LogLevel,
    Message,
    ForwardedFor,
    UrlScheme,
    UrlQuery,
    UrlPath,
    UserAgentName,
    ServiceName,
    SourcePort,
    ProcessId,
    ThreadId,
    FilePath,
    NetworkBytes,
    RequestBodyBytes,
    RequestMimeType,
    ResponseMimeType,
    TlsServerName,
    TlsClientSubject,
    TlsClientIssuer,
    TlsResumed,
    SourceBytes,
    DestinationBytes,
    TraceId,
    EventAction,
    EventCode,
    ProcessName,
    UserHash, ///< in place of the user's name
};
inline constexpr std::size_t kEcsFieldCount = static_cast<std::size_t>(EcsField::UserHash) + 1;

struct ExtraField {
    EcsField field;
    std::string_view value;
};

/// What a line says that ECS has no field for: goes to `labels.<name>`.
struct Label {
    std::string_view name; ///< the format's own word for it; what Elasticsearch cannot have in a name is replaced when it is written
    std::string_view value;
    bool number = false; ///< the value is a number as JSON writes it, and goes to `streamgauge.values.<name>`
};

inline constexpr std::size_t kMaxExtras = 24;
inline constexpr std::size_t kMaxLabels = 100; ///< a document; a mapping must not grow with the lines
inline constexpr std::int32_t kNoStatus = -1;
inline constexpr std::int64_t kAbsent = -1;

struct Record {
    std::string_view line; ///< the whole line, without its newline (a CR before it is left out too)
    Timestamp time;        ///< event time; the arrival when `hasTime` is false
    bool hasTime = false;
    bool clean = false; ///< the line is printable ASCII without `"` inside a field and without backslash: may be copied into JSON as it is
    std::string_view address; ///< client as written: IP, host name, "unknown"
    std::string_view user;
    std::string_view request; ///< the request line as written, when it is not "METHOD target HTTP/x"
    std::string_view method;
    std::string_view target;  ///< request target: path and query, absolute URL, or host:port
    std::string_view version; ///< "1.1"
    std::string_view host;    ///< virtual host, without port
    std::string_view referrer;
    std::string_view agent;
    std::int32_t status = kNoStatus;   ///< 0..999
    std::int64_t bytes = kAbsent;      ///< response body bytes
    std::int64_t durationNs = kAbsent; ///< time to serve
    std::uint8_t extraCount = 0;
    std::array<ExtraField, kMaxExtras> extras;
    std::span<const Label> labels;   ///< in the parser's scratch; at most kMaxLabels, absent values left out
    std::uint32_t labelsLeftOut = 0; ///< those beyond kMaxLabels
    std::string_view key;            ///< what a line that is no request is counted by: a device, a customer
    bool web = true;                 ///< false: of a format that is told what its lines are; nothing is said of web access then

    void addExtra(EcsField field, std::string_view value) {
        if (extraCount < kMaxExtras) extras[extraCount++] = {field, value};
    }
};

/// The parts of a request target (RFC 3986). Views into it.
struct UrlParts {
    std::string_view scheme, domain, path, query, fragment, extension;
};

/// What is known of a user agent; lives in the enricher's memo. Empty = unknown.
struct AgentInfo {
    std::string name, version, osName, osVersion, osFull, device;
    bool bot = false;
    std::string json; ///< the agent's ECS object as JSON (`{"original":...,"name":...}`), rendered once
};

enum class AddressKind : std::uint8_t { Absent, Ipv4, Ipv6, Name, Unknown };

/// Numeric view of a client address; IPv4 in the last 4 bytes of an IPv4-mapped address.
struct AddressInfo {
    AddressKind kind = AddressKind::Absent;
    std::array<std::uint8_t, 16> bytes{};
    std::string_view ip; ///< the text that goes to source.ip (no port, no zone, no brackets); absent for names
    std::int32_t port = -1;
};

/// Where an address is, and in whose network. Lives in the enricher's memo.
struct PlaceInfo {
    std::string country; ///< its name, else its code; of an address that is not public, what it is: "private"
    std::string network; ///< "AS64496 Example Ltd"
    std::string geoJson; ///< ECS' object source.geo, rendered once; empty = nothing is known
    std::string asJson;  ///< source.as
};

struct Event {
    Record record;
    UrlParts url;
    AddressInfo address;
    const PlaceInfo* place = nullptr; ///< null when nobody was asked
    const AgentInfo* agent = nullptr; ///< null when the line has none
    std::uint64_t agentHash = 0;      ///< hashBytes of the agent's text; 0 when the line has none
    std::string_view country;         ///< of the address, as it is counted and shown; empty = unknown
    std::string_view network;         ///< who runs the address's network, the same
};

} // namespace sg
