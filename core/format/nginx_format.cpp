/// `nginx:<log_format>`: nginx's format strings.
///
/// *Source:* nginx 1.27: ngx_http_core_module, log, upstream, ssl, realip, proxy, geoip, http2 and http3 modules ("Embedded Variables").
#include "core/format/formats.h"
#include "core/format/program.h"

#include <algorithm>
#include <array>

namespace sg {
namespace {

constexpr std::string_view kFamily = "nginx:";
constexpr std::string_view kCombined =
    R"($remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent")";

using Shape = FieldShape;
using Role = FieldRole;

/// A variable. One that is in no row is read as text and kept as a label under its own name: configurations make their own (map, set).
struct Variable {
    std::string_view name;
    Shape shape;
    Role role = Role::Label;
    std::uint8_t rank = 0;
    EcsField extra = EcsField::Message;
    bool mayBeEmpty = false;
};

constexpr Variable ecs(std::string_view name, Shape shape, EcsField field, std::uint8_t rank = 0) {
    return {name, shape, Role::Extra, rank, field, false};
}

constexpr std::array kVariables = {
    Variable{"args", Shape::Text, Role::Query},
    Variable{"body_bytes_sent", Shape::Number, Role::Bytes, 10},
    ecs("bytes_sent", Shape::Number, EcsField::ResponseBytes),
    Variable{"connection", Shape::Number},
    Variable{"connection_requests", Shape::Number},
    Variable{"connection_time", Shape::Decimal},
    ecs("content_length", Shape::Text, EcsField::RequestBodyBytes),
    ecs("content_type", Shape::Text, EcsField::RequestMimeType),
    Variable{"document_uri", Shape::Path, Role::Path},
    Variable{"host", Shape::Host, Role::Host, 10},
    ecs("hostname", Shape::Host, EcsField::HostName),
    ecs("http_content_length", Shape::Text, EcsField::RequestBodyBytes),
    ecs("http_content_type", Shape::Text, EcsField::RequestMimeType),
    Variable{"http_host", Shape::Text, Role::Host, 9},
    Variable{"http_referer", Shape::Text, Role::Referrer},
    Variable{"http_user_agent", Shape::Text, Role::Agent},
    Variable{"http_x_forwarded_for", Shape::List, Role::Extra, 9, EcsField::ForwardedFor},
    Variable{"http_x_forwarded_host", Shape::Text, Role::Host, 3},
    Variable{"http_x_real_ip", Shape::Word, Role::Address, 2},
    ecs("http_x_request_id", Shape::Text, EcsField::RequestId, 5),
    Variable{"msec", Shape::Epoch, Role::Time, 8},
    ecs("pid", Shape::Number, EcsField::ProcessId),
    Variable{"pipe", Shape::Mark},
    Variable{"proxy_add_x_forwarded_for", Shape::List, Role::Extra, 8, EcsField::ForwardedFor},
    Variable{"proxy_protocol_addr", Shape::Word, Role::Address, 8},
    ecs("proxy_protocol_port", Shape::Number, EcsField::SourcePort, 1),
    Variable{"query_string", Shape::Text, Role::Query},
    Variable{"realip_remote_addr", Shape::Word, Role::Address, 3},
    Variable{"realip_remote_port", Shape::Number},
    Variable{"remote_addr", Shape::Host, Role::Address, 10},
    ecs("remote_port", Shape::Number, EcsField::SourcePort, 2),
    Variable{"remote_user", Shape::Text, Role::User},
    Variable{"request", Shape::Text, Role::Request},
    ecs("request_filename", Shape::Text, EcsField::FilePath),
    ecs("request_id", Shape::Token, EcsField::RequestId, 10),
    ecs("request_length", Shape::Number, EcsField::RequestBytes),
    Variable{"request_method", Shape::Token, Role::Method},
    Variable{"request_time", Shape::Decimal, Role::Duration, 10},
    Variable{"request_uri", Shape::Target, Role::Target, 10},
    ecs("scheme", Shape::Token, EcsField::UrlScheme),
    ecs("sent_http_content_type", Shape::Text, EcsField::ResponseMimeType),
    ecs("server_addr", Shape::Host, EcsField::DestinationIp),
    Variable{"server_name", Shape::Host, Role::Host, 5},
    ecs("server_port", Shape::Number, EcsField::DestinationPort),
    Variable{"server_protocol", Shape::Protocol, Role::Version},
    ecs("ssl_cipher", Shape::Word, EcsField::TlsCipher),
    ecs("ssl_client_i_dn", Shape::Text, EcsField::TlsClientIssuer),
    ecs("ssl_client_s_dn", Shape::Text, EcsField::TlsClientSubject),
    ecs("ssl_protocol", Shape::Word, EcsField::TlsVersion),
    ecs("ssl_server_name", Shape::Word, EcsField::TlsServerName),
    ecs("ssl_session_reused", Shape::Word, EcsField::TlsResumed),
    Variable{"status", Shape::StatusCode, Role::StatusCode, 10},
    Variable{"the_real_ip", Shape::Host, Role::Address, 11}, // ingress-nginx: the client behind its proxies
    Variable{"time_iso8601", Shape::IsoTime, Role::Time, 5},
    Variable{"time_local", Shape::ApacheTime, Role::Time, 5},
    Variable{"upstream_addr", Shape::List},
    Variable{"upstream_bytes_received", Shape::List},
    Variable{"upstream_bytes_sent", Shape::List},
    Variable{"upstream_cache_status", Shape::Word},
    Variable{"upstream_connect_time", Shape::List},
    Variable{"upstream_first_byte_time", Shape::List},
    Variable{"upstream_header_time", Shape::List},
    Variable{"upstream_queue_time", Shape::List},
    Variable{"upstream_response_length", Shape::List},
    Variable{"upstream_response_time", Shape::List},
    Variable{"upstream_session_time", Shape::List},
    Variable{"upstream_status", Shape::List},
    Variable{"uri", Shape::Path, Role::Path},
};
static_assert(std::is_sorted(kVariables.begin(), kVariables.end(), [](const Variable& a, const Variable& b) { return a.name < b.name; }));

FormatField fieldOf(std::string_view name) {
    FormatField field;
    field.label = name;
    const auto at = std::lower_bound(kVariables.begin(), kVariables.end(), name,
                                     [](const Variable& variable, std::string_view wanted) { return variable.name < wanted; });
    if (at == kVariables.end() || at->name != name) {
        field.role = Role::Label;
        return field;
    }
    field.shape = at->shape;
    field.role = at->role;
    field.rank = at->rank;
    field.extra = at->extra;
    return field;
}

bool isNameByte(char c) { return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// The bytes of the format and where each stood in what the user wrote: a configuration's strings may come in pieces.
struct Source {
    std::string text;
    std::vector<std::size_t> positions;
    LogEscapes escapes = LogEscapes::Backslash;

    void add(char c, std::size_t position) {
        text += c;
        positions.push_back(position);
    }
    [[nodiscard]] std::size_t at(std::size_t i) const {
        return i < positions.size() ? positions[i] : positions.empty() ? 0 : positions.back() + 1;
    }
};

/// Takes spaces.
void skipSpaces(std::string_view text, std::size_t& at) {
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r')) ++at;
}

/// `'...' "..." ...;`: the strings of a configuration, one behind the other; false when it is none, and then `source` is as it was.
bool readPieces(std::string_view text, std::size_t at, Source& source) {
    Source pieces;
    pieces.escapes = source.escapes;
    skipSpaces(text, at);
    if (at == text.size() || (text[at] != '\'' && text[at] != '"')) return false;
    while (at < text.size() && text[at] != ';') {
        const char quote = text[at];
        if (quote != '\'' && quote != '"') return false;
        for (++at; at < text.size() && text[at] != quote; ++at) {
            if (text[at] == '\\' && at + 1 < text.size()) {
                ++at;
                static constexpr std::string_view kLetters = "tnr\"'\\";
                static constexpr std::string_view kBytes = "\t\n\r\"'\\";
                const std::size_t letter = kLetters.find(text[at]);
                if (letter == std::string_view::npos) pieces.add('\\', at - 1);
                pieces.add(letter == std::string_view::npos ? text[at] : kBytes[letter], at);
            } else {
                pieces.add(text[at], at);
            }
        }
        if (at == text.size()) return false;
        ++at;
        skipSpaces(text, at);
    }
    source = std::move(pieces);
    return true;
}

/// What follows the family: a bare format, `escape=json ...`, or a whole `log_format name escape=json '...' '...';`.
Result<Source> readSource(std::string_view text) {
    Source source;
    std::size_t at = 0;
    bool directive = false;
    if (text.starts_with("log_format ")) {
        directive = true;
        at = text.find_first_not_of(' ', 11);
        at = at == std::string_view::npos ? text.size() : std::min(text.find_first_of(" \t\n", at), text.size());
        skipSpaces(text, at);
    }
    if (text.substr(at).starts_with("escape=")) {
        const std::size_t begin = at;
        at = std::min(text.find_first_of(" \t\n", at), text.size());
        const std::string_view how = text.substr(begin + 7, at - begin - 7);
        if (how == "json") source.escapes = LogEscapes::Json;
        else if (how == "none") source.escapes = LogEscapes::None;
        else if (how != "default")
            return fail(
                formatError(begin, "'" + std::string(text.substr(begin, at - begin)) + "' is unknown: escape is default, json or none"));
        if (at < text.size()) ++at;
    }
    // Without the directive double quotes are the format's own.
    std::size_t quote = at;
    skipSpaces(text, quote);
    const bool pieces = directive || (at > 0 && quote < text.size() && text[quote] == '\'');
    if (pieces && readPieces(text, at, source)) return source;
    for (; at < text.size(); ++at) source.add(text[at], at);
    return source;
}

Result<std::vector<FormatItem>> readVariables(const Source& source) {
    const std::string_view text = source.text;
    std::vector<FormatItem> items;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t begin = at;
        if (text[at] != '$') {
            items.push_back({std::string(1, text[at]), source.at(at), {}});
            ++at;
            continue;
        }
        ++at;
        const bool braces = at < text.size() && text[at] == '{';
        if (braces) ++at;
        const std::size_t nameBegin = at;
        while (at < text.size() && isNameByte(text[at])) ++at;
        const std::string_view name = text.substr(nameBegin, at - nameBegin);
        if (name.empty()) return fail(formatError(source.at(begin), "a $ without a variable's name; nginx has no way to write a $ itself"));
        if (braces && (at == text.size() || text[at++] != '}')) return fail(formatError(source.at(begin), "the brace is not closed"));
        // `$is_args$args` is the query with its question mark, or nothing.
        if (name == "is_args") {
            const std::string_view rest = text.substr(at);
            bool joined = false;
            for (const std::string_view query : {"$args", "${args}", "$query_string", "${query_string}"}) {
                if (joined || !rest.starts_with(query)) continue;
                if (query.back() != '}' && rest.size() > query.size() && isNameByte(rest[query.size()])) continue;
                at += query.size();
                joined = true;
            }
            FormatField field = fieldOf("args");
            field.shape = Shape::Query;
            field.mayBeEmpty = true;
            if (!joined) field.role = Role::Skip;
            items.push_back({std::string(text.substr(begin, at - begin)), source.at(begin), std::move(field)});
            continue;
        }
        items.push_back({std::string(text.substr(begin, at - begin)), source.at(begin), fieldOf(name)});
    }
    while (!items.empty() && !items.back().field && (items.back().text == "\n" || items.back().text == "\r")) items.pop_back();
    return items;
}

} // namespace

Result<std::shared_ptr<const Format>> makeNginx(std::string_view name) {
    std::string_view text = name.substr(kFamily.size());
    if (text == "combined") text = kCombined;
    SG_TRY_ASSIGN(const Source source, readSource(text));
    SG_TRY_ASSIGN(std::vector<FormatItem> items, readVariables(source));
    return compileFormat(std::string(name), std::move(items), source.escapes);
}

} // namespace sg
