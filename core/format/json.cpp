/// `json`: one object a line, its keys by json_keys.h.
///
/// Of several values for one field the first that is present counts, a repeated key included. Numbers may be strings. `null`, `""` and `-`
/// are absent, but for a status of `""`. Strict JSON is asked for first; what a server failed to escape is repaired and asked for again
/// (json_repair.h). Body bytes that are not there are taken from the whole response's. Without any address, status, request or time the
/// line is UnknownShape.
#include "core/format/formats.h"
#include "core/format/json_keys.h"
#include "core/format/json_repair.h"
#include "core/format/request_line.h"
#include "core/format/scanner.h"
#include "core/format/time_parser.h"

#include <simdjson.h>

#include <charconv>
#include <cmath>

namespace sg {
namespace {

namespace dom = simdjson::dom;

constexpr int kMaxNesting = 5; ///< deeper objects hold no known key

/// One value, ready to be asked for text or numbers.
struct Value {
    dom::element element;
    dom::element_type type;
};

class JsonParser final : public ScanningParser {
public:
    explicit JsonParser(const FormatOptions& options) : m_times(options.zoneOffsetMinutes) {}

private:
    [[nodiscard]] Reason read(Scan& scan, Record& record) override;
    [[nodiscard]] Reason parseDocument(Scan& scan, dom::element& document);
    [[nodiscard]] simdjson::error_code parseCopy(std::string_view text, dom::element& document);
    [[nodiscard]] Reason readObject(dom::object object, std::size_t prefix, int depth, Record& record);
    [[nodiscard]] Reason readField(JsonKey key, Value value, Record& record);
    [[nodiscard]] Reason readTime(Value value, Record& record);
    [[nodiscard]] Reason finish(Record& record);

    /// The value as text; numbers are rendered into m_digits. Absent for null, true, false, objects, "" and "-".
    [[nodiscard]] std::string_view text(Value value);
    /// A text field that is still free takes the value.
    void fill(std::string_view& field, Value value) {
        if (field.data() == nullptr) field = text(value);
    }
    void fillExtra(Record& record, EcsField field, Value value);
    /// A whole number that is not negative; `present` is false for null, "" and "-".
    [[nodiscard]] std::optional<std::int64_t> number(Value value, bool& present) const;

    dom::parser m_parser;
    std::string m_copy; ///< the line and the padding that the parser reads beyond it
    std::string m_repaired;
    std::string m_target;                       ///< path and query put together
    std::array<char, kMaxJsonKey + 1> m_path{}; ///< the dotted name of the object that is being read, with a dot behind
    std::array<char, 1024> m_digits{};          ///< numbers that stand where text is asked for
    std::size_t m_digitsUsed = 0;
    std::string_view m_failedKey;
    TimeParser m_times;

    // What is put together when the whole object has been seen.
    struct Parts {
        std::string_view request, target, path, query;
        std::int64_t responseBytes = kAbsent;
        Reason time = Reason::None; ///< why a time key could not be read
        std::string_view timeKey;
    } m_parts;
};

Reason JsonParser::read(Scan& scan, Record& record) {
    dom::element document;
    if (const Reason reason = parseDocument(scan, document); reason != Reason::None) return reason;
    dom::object object;
    if (document.get(object) != simdjson::SUCCESS) return Reason::NotAnObject;

    record.clean = scan.plain;
    m_digitsUsed = 0;
    m_parts = {};
    m_failedKey = {};
    Reason reason = readObject(object, 0, 0, record);
    if (reason == Reason::None) reason = finish(record);
    if (reason != Reason::None && !m_failedKey.empty()) {
        const std::string_view line(scan.begin, scan.left());
        if (const std::size_t at = line.find(m_failedKey); at != std::string_view::npos) scan.at = scan.begin + at;
    }
    return reason;
}

simdjson::error_code JsonParser::parseCopy(std::string_view text, dom::element& document) {
    if (m_copy.size() < text.size() + simdjson::SIMDJSON_PADDING) m_copy.resize(text.size() + simdjson::SIMDJSON_PADDING);
    std::memcpy(m_copy.data(), text.data(), text.size());
    return m_parser.parse(m_copy.data(), text.size(), false).get(document);
}

Reason JsonParser::parseDocument(Scan& scan, dom::element& document) {
    const std::string_view line(scan.begin, scan.left());
    simdjson::error_code error = parseCopy(line, document);
    if (error == simdjson::SUCCESS) [[likely]]
        return Reason::None;
    repairJson(line, m_repaired);
    error = parseCopy(m_repaired, document);
    if (error == simdjson::SUCCESS) return Reason::None;
    scan.at = scan.begin + brokenJsonColumn(line);
    return Reason::BadJson;
}

Reason JsonParser::readObject(dom::object object, std::size_t prefix, int depth, Record& record) {
    for (const dom::key_value_pair field : object) {
        const std::string_view key = field.key;
        if (prefix + key.size() > kMaxJsonKey) continue;
        Value value{field.value, field.value.type()};
        std::string_view name = key;
        if (prefix > 0 || value.type == dom::element_type::OBJECT) {
            std::memcpy(m_path.data() + prefix, key.data(), key.size());
            name = {m_path.data(), prefix + key.size()};
        }
        if (value.type == dom::element_type::OBJECT) {
            if (depth == kMaxNesting) continue;
            m_path[name.size()] = '.';
            dom::object inner;
            if (field.value.get(inner) != simdjson::SUCCESS) continue;
            if (const Reason reason = readObject(inner, name.size() + 1, depth + 1, record); reason != Reason::None) return reason;
            continue;
        }
        const JsonKey known = findJsonKey(name);
        if (known == JsonKey::Other) continue;
        if (value.type == dom::element_type::ARRAY) { // ECS allows a list wherever a value stands
            dom::array list;
            if (field.value.get(list) != simdjson::SUCCESS || list.begin() == list.end()) continue;
            value.element = *list.begin();
            value.type = value.element.type();
        }
        if (const Reason reason = readField(known, value, record); reason != Reason::None) {
            m_failedKey = key;
            return reason;
        }
        if (known == JsonKey::Time && m_parts.time != Reason::None && m_parts.timeKey.empty()) m_parts.timeKey = key;
    }
    return Reason::None;
}

std::string_view JsonParser::text(Value value) {
    if (value.type == dom::element_type::STRING) {
        std::string_view string;
        if (value.element.get(string) != simdjson::SUCCESS) return {};
        return presentText(string);
    }
    char* begin = m_digits.data() + m_digitsUsed;
    char* end = m_digits.data() + m_digits.size();
    std::to_chars_result written{begin, std::errc::invalid_argument};
    if (value.type == dom::element_type::INT64) written = std::to_chars(begin, end, value.element.get_int64().value_unsafe());
    else if (value.type == dom::element_type::UINT64) written = std::to_chars(begin, end, value.element.get_uint64().value_unsafe());
    else if (value.type == dom::element_type::DOUBLE) written = std::to_chars(begin, end, value.element.get_double().value_unsafe());
    if (written.ec != std::errc()) return {};
    const auto length = static_cast<std::size_t>(written.ptr - begin);
    m_digitsUsed += length;
    return {begin, length};
}

std::optional<std::int64_t> JsonParser::number(Value value, bool& present) const {
    present = true;
    if (value.type == dom::element_type::INT64) {
        const std::int64_t n = value.element.get_int64().value_unsafe();
        return n >= 0 ? std::optional(n) : std::nullopt;
    }
    if (value.type == dom::element_type::DOUBLE) {
        const double n = value.element.get_double().value_unsafe();
        return n >= 0 && n < 9.2e18 && n == std::floor(n) ? std::optional(static_cast<std::int64_t>(n)) : std::nullopt;
    }
    if (value.type == dom::element_type::STRING) {
        const std::string_view string = presentText(value.element.get_string().value_unsafe());
        present = string.data() != nullptr;
        return present ? readNumber(string) : std::nullopt;
    }
    present = value.type != dom::element_type::NULL_VALUE;
    return std::nullopt;
}

void JsonParser::fillExtra(Record& record, EcsField field, Value value) {
    for (std::size_t i = 0; i < record.extraCount; ++i)
        if (record.extras[i].field == field) return;
    if (const std::string_view present = text(value); present.data() != nullptr) record.addExtra(field, present);
}

Reason JsonParser::readTime(Value value, Record& record) {
    if (record.hasTime) return Reason::None;
    std::optional<Timestamp> time;
    Reason failure = Reason::NoTime;
    if (value.type == dom::element_type::STRING) {
        if (const std::string_view string = text(value); string.data() != nullptr) {
            failure = Reason::BadTime;
            time = m_times.any(string);
        }
    } else if (value.type == dom::element_type::INT64) {
        failure = Reason::BadTime;
        time = TimeParser::epoch(value.element.get_int64().value_unsafe());
    } else if (value.type == dom::element_type::DOUBLE) {
        failure = Reason::BadTime;
        time = TimeParser::epoch(value.element.get_double().value_unsafe());
    }
    if (time) {
        record.time = *time;
        record.hasTime = true;
    } else if (m_parts.time == Reason::None) {
        m_parts.time = failure; // another time key may still be readable
    }
    return Reason::None;
}

std::optional<std::int32_t> statusOf(Value value, bool& present) {
    present = true;
    if (value.type == dom::element_type::STRING) {
        const std::string_view string = value.element.get_string().value_unsafe();
        present = string != "-";
        return readStatus(string);
    }
    if (value.type == dom::element_type::INT64) {
        const std::int64_t code = value.element.get_int64().value_unsafe();
        return code >= 0 && code <= 999 ? std::optional(static_cast<std::int32_t>(code)) : std::nullopt;
    }
    present = value.type != dom::element_type::NULL_VALUE;
    return std::nullopt;
}

/// Seconds as a string or a number; nanoseconds.
std::optional<std::int64_t> secondsOf(Value value, bool& present) {
    present = true;
    if (value.type == dom::element_type::STRING) {
        const std::string_view string = presentText(value.element.get_string().value_unsafe());
        present = string.data() != nullptr;
        return readSeconds(string);
    }
    present = value.type != dom::element_type::NULL_VALUE;
    double seconds = -1;
    if (value.type == dom::element_type::INT64 || value.type == dom::element_type::DOUBLE)
        seconds = value.element.get_double().value_unsafe();
    if (!(seconds >= 0 && seconds < 9e9)) return std::nullopt;
    return std::llround(seconds * 1e9);
}

Reason JsonParser::readField(JsonKey key, Value value, Record& record) {
    bool present = false;
    const auto store = [&](std::int64_t& field, std::optional<std::int64_t> found) {
        if (!present) return Reason::None;
        if (!found) return Reason::BadNumber;
        if (field == kAbsent) field = *found;
        return Reason::None;
    };
    switch (key) {
    case JsonKey::Other:
        return Reason::None;
    case JsonKey::Time:
        return readTime(value, record);
    case JsonKey::Address:
        fill(record.address, value);
        return Reason::None;
    case JsonKey::User:
        fill(record.user, value);
        return Reason::None;
    case JsonKey::Request:
        fill(m_parts.request, value);
        return Reason::None;
    case JsonKey::Method:
        fill(record.method, value);
        return Reason::None;
    case JsonKey::Target:
        fill(m_parts.target, value);
        return Reason::None;
    case JsonKey::Path:
        fill(m_parts.path, value);
        return Reason::None;
    case JsonKey::Query:
        fill(m_parts.query, value);
        return Reason::None;
    case JsonKey::Version:
        fill(record.version, value);
        if (record.version.substr(0, 5) == "HTTP/") record.version = presentText(record.version.substr(5));
        return Reason::None;
    case JsonKey::Host:
        fill(record.host, value);
        record.host = withoutPort(record.host);
        return Reason::None;
    case JsonKey::Referrer:
        fill(record.referrer, value);
        return Reason::None;
    case JsonKey::Agent:
        fill(record.agent, value);
        return Reason::None;
    case JsonKey::StatusCode: {
        if (record.status != kNoStatus) return Reason::None;
        const auto status = statusOf(value, present);
        if (present && !status) return Reason::BadStatus;
        if (present) record.status = *status;
        return Reason::None;
    }
    case JsonKey::Bytes:
        return store(record.bytes, number(value, present));
    case JsonKey::ResponseBytes: {
        const Reason reason = store(m_parts.responseBytes, number(value, present));
        if (reason == Reason::None) fillExtra(record, EcsField::ResponseBytes, value);
        return reason;
    }
    case JsonKey::RequestBytes: {
        std::int64_t ignored = kAbsent;
        const Reason reason = store(ignored, number(value, present));
        if (reason == Reason::None) fillExtra(record, EcsField::RequestBytes, value);
        return reason;
    }
    case JsonKey::DurationSeconds:
        return store(record.durationNs, secondsOf(value, present));
    case JsonKey::DurationNs:
        return store(record.durationNs, number(value, present));
    case JsonKey::ForwardedFor:
        fillExtra(record, EcsField::ForwardedFor, value);
        return Reason::None;
    case JsonKey::RequestId:
        fillExtra(record, EcsField::RequestId, value);
        return Reason::None;
    case JsonKey::TlsVersion:
        fillExtra(record, EcsField::TlsVersion, value);
        return Reason::None;
    case JsonKey::TlsCipher:
        fillExtra(record, EcsField::TlsCipher, value);
        return Reason::None;
    case JsonKey::TlsProtocol:
        fillExtra(record, EcsField::TlsProtocol, value);
        return Reason::None;
    case JsonKey::SslProtocol: { // TLSv1.3
        const std::string_view protocol = text(value);
        const std::size_t v = protocol.find('v');
        if (v == std::string_view::npos || v + 1 == protocol.size()) return Reason::None;
        record.addExtra(EcsField::TlsVersion, protocol.substr(v + 1));
        record.addExtra(EcsField::TlsProtocol, protocol.substr(0, v) == "SSL" ? "ssl" : "tls");
        return Reason::None;
    }
    case JsonKey::DestinationAddress:
        fillExtra(record, EcsField::DestinationAddress, value);
        return Reason::None;
    case JsonKey::DestinationIp:
        fillExtra(record, EcsField::DestinationIp, value);
        return Reason::None;
    case JsonKey::DestinationPort:
        fillExtra(record, EcsField::DestinationPort, value);
        return Reason::None;
    case JsonKey::HostName:
        fillExtra(record, EcsField::HostName, value);
        return Reason::None;
    case JsonKey::EventId:
        fillExtra(record, EcsField::EventId, value);
        return Reason::None;
    case JsonKey::LogLevel:
        fillExtra(record, EcsField::LogLevel, value);
        return Reason::None;
    case JsonKey::Message:
        fillExtra(record, EcsField::Message, value);
        return Reason::None;
    case JsonKey::Scheme:
        fillExtra(record, EcsField::UrlScheme, value);
        return Reason::None;
    case JsonKey::AgentName:
        fillExtra(record, EcsField::UserAgentName, value);
        return Reason::None;
    case JsonKey::ServiceName:
        fillExtra(record, EcsField::ServiceName, value);
        return Reason::None;
    }
    return Reason::None;
}

Reason JsonParser::finish(Record& record) {
    if (!record.hasTime && m_parts.time != Reason::None) {
        m_failedKey = m_parts.timeKey;
        return m_parts.time;
    }
    if (record.bytes == kAbsent) record.bytes = m_parts.responseBytes;

    // The request line first, for it is what the client sent; the single keys go before its parts.
    const std::string_view method = record.method;
    const std::string_view version = record.version;
    if (m_parts.request.data() != nullptr) readRequestLine(m_parts.request, record);
    if (method.data() != nullptr) record.method = method;
    if (version.data() != nullptr) record.version = version;
    if (m_parts.target.data() != nullptr) {
        record.target = m_parts.target;
    } else if (record.target.data() == nullptr && m_parts.path.data() != nullptr) {
        record.target = m_parts.path;
        if (m_parts.query.data() != nullptr && m_parts.path.find('?') == std::string_view::npos) {
            m_target.assign(m_parts.path);
            if (m_parts.query.front() != '?') m_target += '?';
            m_target += m_parts.query;
            record.target = m_target;
        }
    }
    const bool known = record.hasTime || record.address.data() != nullptr || record.status != kNoStatus ||
                       record.request.data() != nullptr || record.method.data() != nullptr || record.target.data() != nullptr;
    return known ? Reason::None : Reason::UnknownShape;
}

} // namespace

std::shared_ptr<const Format> makeJson() { return std::make_shared<ParserFormat<JsonParser>>("json"); }

} // namespace sg
