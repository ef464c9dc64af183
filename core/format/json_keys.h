#pragma once
/// The keys that the `json` format knows: ECS names (dotted, or nested objects joined by dots), nginx's variables, and the usual short
/// names.
#include <cstdint>
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
};

inline constexpr std::size_t kMaxJsonKey = 40; ///< no known key is longer

/// *Cost:* one hash of a few bytes and one comparison.
[[nodiscard]] JsonKey findJsonKey(std::string_view key);

} // namespace sg
