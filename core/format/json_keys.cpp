#include "core/format/json_keys.h"

#include <array>

namespace sg {
namespace {

struct Row {
    std::string_view key;
    JsonKey meaning = JsonKey::Other;
};

constexpr std::array kRows = {
    // ECS
    Row{"@timestamp", JsonKey::Time},
    Row{"client.address", JsonKey::Address},
    Row{"client.ip", JsonKey::Address},
    Row{"destination.address", JsonKey::DestinationAddress},
    Row{"destination.domain", JsonKey::Host},
    Row{"destination.ip", JsonKey::DestinationIp},
    Row{"destination.port", JsonKey::DestinationPort},
    Row{"event.duration", JsonKey::DurationNs},
    Row{"event.id", JsonKey::EventId},
    Row{"host.name", JsonKey::HostName},
    Row{"http.request.bytes", JsonKey::RequestBytes},
    Row{"http.request.id", JsonKey::RequestId},
    Row{"http.request.method", JsonKey::Method},
    Row{"http.request.referrer", JsonKey::Referrer},
    Row{"http.response.body.bytes", JsonKey::Bytes},
    Row{"http.response.bytes", JsonKey::ResponseBytes},
    Row{"http.response.status_code", JsonKey::StatusCode},
    Row{"http.version", JsonKey::Version},
    Row{"log.level", JsonKey::LogLevel},
    Row{"message", JsonKey::Message},
    Row{"server.address", JsonKey::DestinationAddress},
    Row{"server.domain", JsonKey::Host},
    Row{"server.ip", JsonKey::DestinationIp},
    Row{"server.port", JsonKey::DestinationPort},
    Row{"service.name", JsonKey::ServiceName},
    Row{"source.address", JsonKey::Address},
    Row{"source.domain", JsonKey::Address},
    Row{"source.ip", JsonKey::Address},
    Row{"tls.cipher", JsonKey::TlsCipher},
    Row{"tls.version", JsonKey::TlsVersion},
    Row{"tls.version_protocol", JsonKey::TlsProtocol},
    Row{"url.domain", JsonKey::Host},
    Row{"url.full", JsonKey::Target},
    Row{"url.original", JsonKey::Target},
    Row{"url.path", JsonKey::Path},
    Row{"url.port", JsonKey::DestinationPort},
    Row{"url.query", JsonKey::Query},
    Row{"url.scheme", JsonKey::Scheme},
    Row{"user.name", JsonKey::User},
    Row{"user_agent.name", JsonKey::AgentName},
    Row{"user_agent.original", JsonKey::Agent},
    Row{"client.bytes", JsonKey::SourceBytes},
    Row{"client.domain", JsonKey::Address},
    Row{"client.port", JsonKey::SourcePort},
    Row{"client.user.name", JsonKey::User},
    Row{"destination.bytes", JsonKey::DestinationBytes},
    Row{"ecs.version", JsonKey::LeftOut},
    Row{"event.action", JsonKey::Action},
    Row{"event.category", JsonKey::LeftOut},
    Row{"event.code", JsonKey::Code},
    Row{"event.dataset", JsonKey::LeftOut},
    Row{"event.kind", JsonKey::LeftOut},
    Row{"event.module", JsonKey::LeftOut},
    Row{"event.original", JsonKey::LeftOut},
    Row{"event.outcome", JsonKey::LeftOut},
    Row{"event.type", JsonKey::LeftOut},
    Row{"http.request.body.bytes", JsonKey::RequestBodyBytes},
    Row{"http.response.mime_type", JsonKey::MimeType},
    Row{"log.file.path", JsonKey::LeftOut},
    Row{"process.name", JsonKey::ProcessName},
    Row{"process.pid", JsonKey::ProcessId},
    Row{"server.bytes", JsonKey::DestinationBytes},
    Row{"source.bytes", JsonKey::SourceBytes},
    Row{"source.port", JsonKey::SourcePort},
    Row{"tls.client.server_name", JsonKey::TlsServerName},
    Row{"trace.id", JsonKey::TraceId},
    // Caddy
    Row{"bytes_read", JsonKey::RequestBodyBytes},
    Row{"common_log", JsonKey::LeftOut},
    Row{"duration", JsonKey::Duration},
    Row{"msg", JsonKey::Message},
    Row{"request.client_ip", JsonKey::ClientAddress},
    Row{"request.headers.Referer", JsonKey::Referrer},
    Row{"request.headers.User-Agent", JsonKey::Agent},
    Row{"request.headers.X-Forwarded-For", JsonKey::ForwardedFor},
    Row{"request.headers.X-Request-Id", JsonKey::RequestId},
    Row{"request.host", JsonKey::Host},
    Row{"request.method", JsonKey::Method},
    Row{"request.proto", JsonKey::Version},
    Row{"request.remote_addr", JsonKey::AddressPort},
    Row{"request.remote_ip", JsonKey::Address},
    Row{"request.remote_port", JsonKey::SourcePort},
    Row{"request.tls.cipher_suite", JsonKey::TlsCipherNumber},
    Row{"request.tls.resumed", JsonKey::TlsResumed},
    Row{"request.tls.server_name", JsonKey::TlsServerName},
    Row{"request.tls.version", JsonKey::TlsVersionNumber},
    Row{"request.uri", JsonKey::Target},
    Row{"resp_headers.Content-Type", JsonKey::MimeType},
    Row{"user_id", JsonKey::User},
    // Traefik
    Row{"BackendAddr", JsonKey::DestinationAddressPort},
    Row{"ClientAddr", JsonKey::AddressPort},
    Row{"ClientHost", JsonKey::ClientAddress},
    Row{"ClientPort", JsonKey::SourcePort},
    Row{"ClientUsername", JsonKey::User},
    Row{"DownstreamContentSize", JsonKey::Bytes},
    Row{"DownstreamStatus", JsonKey::StatusCode},
    Row{"Duration", JsonKey::DurationNs},
    Row{"RequestAddr", JsonKey::Host},
    Row{"RequestContentSize", JsonKey::RequestBodyBytes},
    Row{"RequestHost", JsonKey::Host},
    Row{"RequestLine", JsonKey::Request},
    Row{"RequestMethod", JsonKey::Method},
    Row{"RequestPath", JsonKey::Target},
    Row{"RequestProtocol", JsonKey::Version},
    Row{"RequestScheme", JsonKey::Scheme},
    Row{"ServiceAddr", JsonKey::DestinationAddressPort},
    Row{"StartLocal", JsonKey::Time},
    Row{"StartUTC", JsonKey::Time},
    Row{"TLSCipher", JsonKey::TlsCipher},
    Row{"TLSVersion", JsonKey::TlsVersion},
    Row{"downstream_Content-Type", JsonKey::MimeType},
    Row{"request_Referer", JsonKey::Referrer},
    Row{"request_User-Agent", JsonKey::Agent},
    Row{"request_X-Forwarded-For", JsonKey::ForwardedFor},
    Row{"request_X-Request-Id", JsonKey::RequestId},
    // Docker's wrapper
    Row{"log", JsonKey::WrappedLine},
    Row{"stream", JsonKey::WrappedStream},
    // nginx variables
    Row{"args", JsonKey::Query},
    Row{"body_bytes_sent", JsonKey::Bytes},
    Row{"bytes_sent", JsonKey::ResponseBytes},
    Row{"host", JsonKey::Host},
    Row{"hostname", JsonKey::HostName},
    Row{"http_host", JsonKey::Host},
    Row{"http_referer", JsonKey::Referrer},
    Row{"http_user_agent", JsonKey::Agent},
    Row{"http_x_forwarded_for", JsonKey::ForwardedFor},
    Row{"http_x_request_id", JsonKey::RequestId},
    Row{"msec", JsonKey::Time},
    Row{"query_string", JsonKey::Query},
    Row{"remote_addr", JsonKey::Address},
    Row{"remote_user", JsonKey::User},
    Row{"request", JsonKey::Request},
    Row{"request_id", JsonKey::RequestId},
    Row{"request_length", JsonKey::RequestBytes},
    Row{"request_method", JsonKey::Method},
    Row{"request_time", JsonKey::DurationSeconds},
    Row{"request_uri", JsonKey::Target},
    Row{"scheme", JsonKey::Scheme},
    Row{"server_addr", JsonKey::DestinationIp},
    Row{"server_name", JsonKey::Host},
    Row{"server_port", JsonKey::DestinationPort},
    Row{"server_protocol", JsonKey::Version},
    Row{"ssl_cipher", JsonKey::TlsCipher},
    Row{"ssl_protocol", JsonKey::SslProtocol},
    Row{"status", JsonKey::StatusCode},
    Row{"time_iso8601", JsonKey::Time},
    Row{"time_local", JsonKey::Time},
    Row{"uri", JsonKey::Path},
    // Cloudflare's Logpush
    Row{"ClientIP", JsonKey::Address},
    Row{"ClientRequestBytes", JsonKey::RequestBytes},
    Row{"ClientRequestHost", JsonKey::Host},
    Row{"ClientRequestMethod", JsonKey::Method},
    Row{"ClientRequestProtocol", JsonKey::Version},
    Row{"ClientRequestReferer", JsonKey::Referrer},
    Row{"ClientRequestScheme", JsonKey::Scheme},
    Row{"ClientRequestURI", JsonKey::Target},
    Row{"ClientRequestUserAgent", JsonKey::Agent},
    Row{"ClientSSLCipher", JsonKey::TlsCipher},
    Row{"ClientSSLProtocol", JsonKey::TlsVersion},
    Row{"ClientSrcPort", JsonKey::SourcePort},
    Row{"EdgeResponseBytes", JsonKey::ResponseBytes},
    Row{"EdgeResponseContentType", JsonKey::MimeType},
    Row{"EdgeResponseStatus", JsonKey::StatusCode},
    Row{"EdgeStartTimestamp", JsonKey::Time},
    Row{"RayID", JsonKey::RequestId},
    // Envoy
    Row{":authority", JsonKey::Host},
    Row{"authority", JsonKey::Host},
    Row{"downstream_remote_address", JsonKey::AddressPort},
    Row{"requested_server_name", JsonKey::TlsServerName},
    Row{"start_time", JsonKey::MaybeTime},
    Row{"upstream_host", JsonKey::DestinationAddressPort},
    Row{"user-agent", JsonKey::Agent},
    Row{"x-envoy-origin-path", JsonKey::Target},
    Row{"x-envoy-original-path", JsonKey::Target},
    Row{"x-forwarded-for", JsonKey::ForwardedFor},
    Row{"x-request-id", JsonKey::RequestId},
    // Google Cloud's load balancers
    Row{"httpRequest.protocol", JsonKey::Version},
    Row{"httpRequest.referer", JsonKey::Referrer},
    Row{"httpRequest.remoteIp", JsonKey::Address},
    Row{"httpRequest.requestMethod", JsonKey::Method},
    Row{"httpRequest.requestSize", JsonKey::RequestBytes},
    Row{"httpRequest.requestUrl", JsonKey::Target},
    Row{"httpRequest.responseSize", JsonKey::ResponseBytes},
    Row{"httpRequest.serverIp", JsonKey::DestinationIp},
    Row{"httpRequest.status", JsonKey::StatusCode},
    Row{"httpRequest.userAgent", JsonKey::Agent},
    // AWS' API Gateway
    Row{"httpMethod", JsonKey::Method},
    Row{"requestId", JsonKey::RequestId},
    Row{"requestTime", JsonKey::MaybeTime},
    Row{"resourcePath", JsonKey::Path},
    Row{"responseLength", JsonKey::MaybeBytes},
    // the ingress controller of Kubernetes, and Apache's format strings of the usual kind
    Row{"http_referrer", JsonKey::Referrer},
    Row{"remoteIP", JsonKey::Address},
    Row{"request_proto", JsonKey::Version},
    Row{"request_query", JsonKey::Query},
    Row{"userAgent", JsonKey::Agent},
    Row{"useragent", JsonKey::Agent},
    // short names that many loggers use
    Row{"agent", JsonKey::Agent},
    Row{"bytes", JsonKey::Bytes},
    Row{"client_ip", JsonKey::Address},
    Row{"clientip", JsonKey::Address},
    Row{"date", JsonKey::MaybeTime},
    Row{"datetime", JsonKey::MaybeTime},
    Row{"generation_time_milli", JsonKey::DurationMs},
    Row{"http_method", JsonKey::Method},
    Row{"ip", JsonKey::Address},
    Row{"length", JsonKey::MaybeBytes},
    Row{"level", JsonKey::LogLevel},
    Row{"method", JsonKey::Method},
    Row{"path", JsonKey::Path},
    Row{"protocol", JsonKey::Version},
    Row{"referer", JsonKey::Referrer},
    Row{"referrer", JsonKey::Referrer},
    Row{"remote_ip", JsonKey::Address},
    Row{"response_code", JsonKey::StatusCode},
    Row{"size", JsonKey::Bytes},
    Row{"status_code", JsonKey::StatusCode},
    Row{"time", JsonKey::Time},
    Row{"timestamp", JsonKey::Time},
    Row{"ts", JsonKey::Time},
    Row{"url", JsonKey::Target},
    Row{"user", JsonKey::User},
    Row{"user_agent", JsonKey::Agent},
    Row{"vhost", JsonKey::Host},
    Row{"x_forwarded_for", JsonKey::ForwardedFor},
};

/// The first of several words for one meaning is the documented one.
constexpr std::array kRoles = {
    Row{"ts", JsonKey::Time},
    Row{"time", JsonKey::Time},
    Row{"ip", JsonKey::Address},
    Row{"address", JsonKey::Address},
    Row{"port", JsonKey::SourcePort},
    Row{"user", JsonKey::User},
    Row{"request", JsonKey::Request},
    Row{"method", JsonKey::Method},
    Row{"url", JsonKey::Target},
    Row{"path", JsonKey::Path},
    Row{"query", JsonKey::Query},
    Row{"scheme", JsonKey::Scheme},
    Row{"version", JsonKey::Version},
    Row{"host", JsonKey::Host},
    Row{"referrer", JsonKey::Referrer},
    Row{"referer", JsonKey::Referrer},
    Row{"agent", JsonKey::Agent},
    Row{"status", JsonKey::StatusCode},
    Row{"bytes", JsonKey::Bytes},
    Row{"response_bytes", JsonKey::ResponseBytes},
    Row{"request_bytes", JsonKey::RequestBytes},
    Row{"duration", JsonKey::DurationSeconds},
    Row{"duration_s", JsonKey::DurationSeconds},
    Row{"duration_ms", JsonKey::DurationMs},
    Row{"duration_us", JsonKey::DurationUs},
    Row{"duration_ns", JsonKey::DurationNs},
    Row{"forwarded_for", JsonKey::ForwardedFor},
    Row{"request_id", JsonKey::RequestId},
    Row{"trace_id", JsonKey::TraceId},
    Row{"tls_version", JsonKey::TlsVersion},
    Row{"tls_cipher", JsonKey::TlsCipher},
    Row{"server", JsonKey::HostName},
    Row{"service", JsonKey::ServiceName},
    Row{"level", JsonKey::LogLevel},
    Row{"message", JsonKey::Message},
    Row{"mime_type", JsonKey::MimeType},
    Row{"action", JsonKey::Action},
    Row{"key", JsonKey::Key},
    Row{"number", JsonKey::Numeric},
    Row{"label", JsonKey::Label},
};

constexpr std::size_t kSlots = 512;
static_assert(kRows.size() < 255 && kRows.size() < kSlots / 2, "a byte holds a row's number, and most slots are free");

constexpr std::size_t slotOf(std::string_view key) {
    std::uint32_t hash = static_cast<std::uint32_t>(key.size());
    for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
    return (hash ^ (hash >> 15U)) % kSlots;
}

/// Open addressing: row number + 1, 0 = free.
constexpr auto kTable = [] {
    std::array<std::uint8_t, kSlots> table{};
    for (std::size_t row = 0; row < kRows.size(); ++row) {
        std::size_t slot = slotOf(kRows[row].key);
        while (table[slot] != 0) slot = (slot + 1) % kSlots;
        table[slot] = static_cast<std::uint8_t>(row + 1);
    }
    return table;
}();

} // namespace

JsonKey findJsonKey(std::string_view key) {
    if (key.size() > kMaxJsonKey) return JsonKey::Other;
    for (std::size_t slot = slotOf(key); kTable[slot] != 0; slot = (slot + 1) % kSlots)
        if (const Row& row = kRows[kTable[slot] - 1U]; row.key == key) return row.meaning;
    return JsonKey::Other;
}

JsonKey findRole(std::string_view word) {
    for (const Row& row : kRoles)
        if (row.key == word) return row.meaning;
    return JsonKey::Other;
}

std::string roleNames() {
    std::string names;
    for (const Row& row : kRoles) {
        if (!names.empty()) names += ", ";
        names += row.key;
    }
    return names;
}

} // namespace sg
