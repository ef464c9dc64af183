#pragma once
/// What the value of a named field is for, and the names: the keys that the `json` format knows (ECS, dotted or nested objects joined by
/// dots; nginx's variables; Caddy's, Traefik's, Cloudflare's and Envoy's keys; the usual short names), and the words that key maps and column
/// lists use.
#include <cstdint>
#include <string>
#include <string_view>

namespace sg {

/// What a key's value is for.
enum class JsonKey : std::uint8_t {
    Other, ///< not known
    Time,
    Address,
    User,
    Request,
    Method,
    Target,
    Path,
    Query,
    Version,
    Host,
    Referrer,
    Agent,
    StatusCode,
    Bytes,         ///< of the response body
    ResponseBytes, ///< of the whole response
    DurationSeconds,
    DurationNs,
    ForwardedFor,
    RequestId,
    RequestBytes,
    TlsVersion,
    TlsCipher,
    TlsProtocol,
    SslProtocol,
    DestinationAddress,
    DestinationIp,
    DestinationPort,
    HostName,
    EventId,
    LogLevel,
    Message,
    Scheme,
    AgentName,
    ServiceName,
    AddressPort,   ///< `address:port`; Address goes before
    ClientAddress, ///< goes before Address: the server knows which proxies to trust
    SourcePort,
    RequestBodyBytes,
    SourceBytes,
    DestinationBytes,
    Duration, ///< seconds, or Go's `1m2.5s`, of Caddy; a label elsewhere
    DurationMs,
    DurationUs,
    DestinationAddressPort,
    TlsServerName,
    TlsResumed,
    TlsVersionNumber, ///< 772
    TlsCipherNumber,  ///< 4865
    MimeType,
    TraceId,
    Action,
    Code,
    ProcessName,
    ProcessId,
    WrappedLine, ///< `log` of Docker's wrapper
    WrappedStream,
    LeftOut, ///< known, and said elsewhere in the document or not worth a label
    MaybeTime,  ///< a moment, where no key that certainly is one is there; else a label
    MaybeBytes, ///< Bytes of a request, where no other key says them; else a label
    Key,     ///< what the line is counted by
    Numeric, ///< a label that stays a number
    Label,
};

inline constexpr std::size_t kMaxJsonKey = 40; ///< no known key is longer

/// *Cost:* one hash of a few bytes and one comparison.
[[nodiscard]] JsonKey findJsonKey(std::string_view key);
/// A word of a key map or column list (`ts`, `ip`, `status` ...); Other when it is none.
[[nodiscard]] JsonKey findRole(std::string_view word);
/// All of these words, for a person.
[[nodiscard]] std::string roleNames();

} // namespace sg
