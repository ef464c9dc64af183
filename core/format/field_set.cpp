#include "core/format/field_set.h"

#include "core/format/request_line.h"
#include "core/format/words.h"

#include <charconv>
#include <cmath>

namespace sg {
namespace {

constexpr std::int64_t kMicrosecond = 1'000;
constexpr std::int64_t kMillisecond = 1'000'000;
constexpr double kSecond = 1e9;
constexpr double kMaxSeconds = 9e9;

std::string_view textOf(const Scalar& value) {
    if (value.kind != Scalar::Kind::Text && value.kind != Scalar::Kind::Number) return {};
    return presentText(value.text);
}

bool isPlainDigits(std::string_view text) {
    for (const char c : text)
        if (!isDigit(c)) return false;
    return !text.empty();
}

std::optional<double> realOf(std::string_view text) {
    double value = 0;
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

/// A whole number that is not negative; JSON may write it as 512.0.
std::optional<std::int64_t> wholeOf(const Scalar& value) {
    if (value.kind == Scalar::Kind::Bool) return std::nullopt;
    if (isPlainDigits(value.text)) return readNumber(value.text);
    if (value.kind != Scalar::Kind::Number) return std::nullopt;
    const auto real = realOf(value.text);
    if (!real || *real < 0 || *real >= 9.2e18 || *real != std::floor(*real)) return std::nullopt;
    return static_cast<std::int64_t>(*real);
}

/// Seconds as text or number; nanoseconds.
std::optional<std::int64_t> secondsOf(const Scalar& value) {
    if (value.kind == Scalar::Kind::Bool) return std::nullopt;
    if (const auto exact = readSeconds(value.text)) return exact;
    if (value.kind != Scalar::Kind::Number) return std::nullopt;
    const auto real = realOf(value.text); // with an exponent
    if (!real || !(*real >= 0 && *real < kMaxSeconds)) return std::nullopt;
    return std::llround(*real * kSecond);
}

/// The same in a smaller unit.
std::optional<std::int64_t> unitsOf(Scalar value, std::int64_t unit) {
    if (value.kind == Scalar::Kind::Bool) return std::nullopt;
    if (isPlainDigits(value.text)) {
        const auto whole = readNumber(value.text);
        return whole && *whole < INT64_MAX / unit ? std::optional(*whole * unit) : std::nullopt;
    }
    const auto real = realOf(value.text);
    const double ns = real.value_or(-1) * static_cast<double>(unit);
    return ns >= 0 && ns < kMaxSeconds * kSecond ? std::optional(std::llround(ns)) : std::nullopt;
}

/// Go's way to write a duration: `1m2.5s`, `250ms`, `7.1µs`.
std::optional<std::int64_t> goDuration(std::string_view text) {
    struct Unit {
        std::string_view name;
        double ns;
    };
    static constexpr std::array kUnits = std::to_array<Unit>(
        {{"ns", 1}, {"us", 1e3}, {"\xC2\xB5s", 1e3}, {"\xCE\xBCs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}});
    double sum = 0;
    if (text.empty()) return std::nullopt;
    while (!text.empty()) {
        std::size_t digits = 0;
        while (digits < text.size() && (isDigit(text[digits]) || text[digits] == '.')) ++digits;
        const auto amount = realOf(text.substr(0, digits));
        text.remove_prefix(digits);
        std::size_t letters = 0;
        while (letters < text.size() && !isDigit(text[letters]) && text[letters] != '.') ++letters;
        const std::string_view name = text.substr(0, letters);
        text.remove_prefix(letters);
        double unit = 0;
        for (const Unit& known : kUnits)
            if (known.name == name) unit = known.ns;
        if (!amount || unit == 0) return std::nullopt;
        sum += *amount * unit;
    }
    return sum < kMaxSeconds * kSecond ? std::optional(std::llround(sum)) : std::nullopt;
}

std::string_view tlsVersionName(std::string_view number) {
    static constexpr std::array<std::string_view, 5> kNames = {"SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"};
    const auto code = readNumber(number);
    return code && *code >= 768 && *code <= 772 ? kNames[static_cast<std::size_t>(*code - 768)] : number;
}

/// Names of IANA's registry for what servers of today agree on.
std::string_view cipherName(std::string_view number) {
    struct Cipher {
        std::int64_t code;
        std::string_view name;
    };
    static constexpr std::array kCiphers = std::to_array<Cipher>({
        {0x002F, "TLS_RSA_WITH_AES_128_CBC_SHA"},
        {0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA"},
        {0x009C, "TLS_RSA_WITH_AES_128_GCM_SHA256"},
        {0x009D, "TLS_RSA_WITH_AES_256_GCM_SHA384"},
        {0x1301, "TLS_AES_128_GCM_SHA256"},
        {0x1302, "TLS_AES_256_GCM_SHA384"},
        {0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
        {0xC009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"},
        {0xC00A, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA"},
        {0xC013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"},
        {0xC014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
        {0xC023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"},
        {0xC027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256"},
        {0xC02B, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
        {0xC02C, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"},
        {0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
        {0xC030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"},
        {0xCCA8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"},
        {0xCCA9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
    });
    const auto code = readNumber(number);
    if (!code) return number;
    for (const Cipher& cipher : kCiphers)
        if (cipher.code == *code) return cipher.name;
    return number;
}

std::size_t digitsLength(std::string_view text) {
    std::size_t n = 0;
    while (n < text.size() && isDigit(text[n])) ++n;
    return n;
}

} // namespace

bool isJsonNumber(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const std::size_t whole = digitsLength(text);
    if (whole == 0 || (whole > 1 && text[0] == '0')) return false;
    text.remove_prefix(whole);
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        const std::size_t fraction = digitsLength(text);
        if (fraction == 0) return false;
        text.remove_prefix(fraction);
    }
    if (!text.empty() && (text[0] | 0x20) == 'e') {
        text.remove_prefix(1);
        if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
        const std::size_t exponent = digitsLength(text);
        if (exponent == 0) return false;
        text.remove_prefix(exponent);
    }
    return text.empty();
}

void FieldSet::begin() {
    m_labels.clear();
    m_numbersUsed = 0;
    m_extrasSeen = 0;
    m_request = m_wholeTarget = m_path = m_query = m_addressPort = m_clientAddress = {};
    m_duration = {};
    m_maybeTime = m_maybeBytes = {};
    m_durationIsCaddys = false;
    m_responseBytes = kAbsent;
    m_timeFailure = Reason::None;
    m_failedName = {};
}

void FieldSet::fillExtra(Record& record, EcsField field, const Scalar& value) {
    const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(field);
    if ((m_extrasSeen & bit) != 0) return;
    const std::string_view present = textOf(value);
    if (present.data() == nullptr) return;
    m_extrasSeen |= bit;
    record.addExtra(field, present);
}

/// Also Go's `2024/03/23 01:18:20`.
std::optional<Timestamp> FieldSet::anyTime(std::string_view text) {
    std::array<char, 40> dashed{};
    if (text.size() < 19 || text.size() > dashed.size() || text[4] != '/' || text[7] != '/') return m_times.any(text);
    std::copy(text.begin(), text.end(), dashed.begin());
    dashed[4] = dashed[7] = '-';
    return m_times.any({dashed.data(), text.size()});
}

void FieldSet::putTime(std::string_view name, const Scalar& value, Record& record) {
    if (record.hasTime) return;
    const std::string_view text = textOf(value);
    const bool present = text.data() != nullptr;
    if (const auto time = present ? anyTime(text) : std::nullopt) {
        record.time = *time;
        record.hasTime = true;
    } else if (const auto real = value.kind == Scalar::Kind::Number ? realOf(text) : std::nullopt; real && TimeParser::epoch(*real)) {
        record.time = *TimeParser::epoch(*real);
        record.hasTime = true;
    } else if (m_timeFailure == Reason::None) { // another time may still be readable
        m_timeFailure = present ? Reason::BadTime : Reason::NoTime;
        m_failedName = name;
    }
}

void FieldSet::keepSpare(Spare& spare, std::string_view name, const Scalar& value) {
    if (value.kind == Scalar::Kind::Null) return;
    if (spare.value.kind == Scalar::Kind::Null) spare = {name, value};
    else m_labels.add(name, presentText(value.text));
}

/// Only texts with a date and a time of day: `"date":"2024-03-23"` and numbers may be anything.
void FieldSet::useSpareTime(Record& record) {
    constexpr std::size_t kLeast = 19;
    const auto& [name, value] = m_maybeTime;
    if (value.kind == Scalar::Kind::Null) return;
    const bool looked = !record.hasTime && value.kind == Scalar::Kind::Text && value.text.size() >= kLeast;
    if (const auto time = looked ? anyTime(value.text) : std::nullopt) {
        record.time = *time;
        record.hasTime = true;
    } else {
        m_labels.add(name, presentText(value.text));
    }
}

void FieldSet::useSpareBytes(Record& record) {
    const auto& [name, value] = m_maybeBytes;
    if (value.kind == Scalar::Kind::Null) return;
    if (const auto bytes = record.web && record.bytes == kAbsent ? wholeOf(value) : std::nullopt) record.bytes = *bytes;
    else m_labels.add(name, presentText(value.text));
}

Reason FieldSet::putNumber(JsonKey meaning, std::string_view name, Scalar value, Record& record) {
    if (value.kind == Scalar::Kind::Null) return Reason::None;
    if (meaning == JsonKey::StatusCode) {
        if (record.status != kNoStatus || (value.text == "-" && value.kind == Scalar::Kind::Text)) return Reason::None;
        const bool shortNumber = value.kind == Scalar::Kind::Number && isPlainDigits(value.text) && value.text.size() <= 3;
        const auto status = shortNumber ? std::optional(static_cast<std::int32_t>(*readNumber(value.text))) : readStatus(value.text);
        if (!status) return Reason::BadStatus;
        record.status = *status;
        return Reason::None;
    }
    if (value.kind == Scalar::Kind::Text) {
        value.text = presentText(value.text);
        if (value.text.data() == nullptr) return Reason::None;
    }
    const auto store = [](std::int64_t& field, std::optional<std::int64_t> number) {
        if (!number) return Reason::BadNumber;
        if (field == kAbsent) field = *number;
        return Reason::None;
    };
    const auto storeExtra = [&](EcsField field) {
        if (!wholeOf(value)) return Reason::BadNumber;
        fillExtra(record, field, value);
        return Reason::None;
    };
    switch (meaning) {
    case JsonKey::Bytes:
        return store(record.bytes, wholeOf(value));
    case JsonKey::ResponseBytes:
        if (const Reason reason = store(m_responseBytes, wholeOf(value)); reason != Reason::None) return reason;
        return storeExtra(EcsField::ResponseBytes);
    case JsonKey::RequestBytes:
        return storeExtra(EcsField::RequestBytes);
    case JsonKey::RequestBodyBytes:
        return storeExtra(EcsField::RequestBodyBytes);
    case JsonKey::SourceBytes:
        return storeExtra(EcsField::SourceBytes);
    case JsonKey::DestinationBytes:
        return storeExtra(EcsField::DestinationBytes);
    case JsonKey::DurationSeconds:
        return store(record.durationNs, secondsOf(value));
    case JsonKey::DurationMs:
        return store(record.durationNs, unitsOf(value, kMillisecond));
    case JsonKey::DurationUs:
        return store(record.durationNs, unitsOf(value, kMicrosecond));
    case JsonKey::DurationNs:
        return store(record.durationNs, wholeOf(value));
    default:
        break;
    }
    // Numeric: as it is where JSON can have it, else written anew.
    if (value.text == "null" || value.text == "NaN" || value.text == "nan") return Reason::None;
    const auto real = value.kind == Scalar::Kind::Bool ? std::nullopt : realOf(value.text);
    if (!real) return Reason::BadNumber;
    // A server reads numbers of any length only up to a limit of its own, and refuses the document beyond.
    if (!isJsonNumber(value.text) || value.text.size() > m_numbers.front().size()) {
        if (m_numbersUsed == m_numbers.size()) {
            m_labels.leaveOut();
            return Reason::None;
        }
        auto& room = m_numbers[m_numbersUsed++];
        const auto written = std::to_chars(room.data(), room.data() + room.size(), *real);
        value.text = {room.data(), static_cast<std::size_t>(written.ptr - room.data())};
    }
    m_labels.add(name, value.text, true);
    return Reason::None;
}

Reason FieldSet::put(JsonKey meaning, std::string_view name, const Scalar& value, Record& record) {
    const auto fill = [&](std::string_view& field) {
        if (field.data() == nullptr) field = textOf(value);
    };
    const auto extra = [&](EcsField field) { fillExtra(record, field, value); };
    switch (meaning) {
    case JsonKey::Other:
    case JsonKey::Label:
        if (value.kind != Scalar::Kind::Null) m_labels.add(name, presentText(value.text));
        break;
    case JsonKey::LeftOut:
    case JsonKey::WrappedLine:
    case JsonKey::WrappedStream:
        break;
    case JsonKey::Key:
        fill(record.key);
        m_labels.add(name, textOf(value));
        break;
    case JsonKey::Time:
        putTime(name, value, record);
        break;
    case JsonKey::MaybeTime:
        keepSpare(m_maybeTime, name, value);
        break;
    case JsonKey::MaybeBytes:
        keepSpare(m_maybeBytes, name, value);
        break;
    case JsonKey::Address:
        fill(record.address);
        break;
    case JsonKey::ClientAddress:
        fill(m_clientAddress);
        break;
    case JsonKey::AddressPort:
        fill(m_addressPort);
        break;
    case JsonKey::SourcePort:
        extra(EcsField::SourcePort);
        break;
    case JsonKey::User:
        fill(record.user);
        break;
    case JsonKey::Request:
        fill(m_request);
        break;
    case JsonKey::Method:
        fill(record.method);
        break;
    case JsonKey::Target:
        fill(m_wholeTarget);
        break;
    case JsonKey::Path:
        fill(m_path);
        break;
    case JsonKey::Query:
        fill(m_query);
        break;
    case JsonKey::Version:
        fill(record.version);
        if (record.version.starts_with("HTTP/")) record.version = presentText(record.version.substr(5));
        else if (record.version == "HTTP") record.version = {}; // the protocol's name alone
        break;
    case JsonKey::Host:
        fill(record.host);
        record.host = withoutPort(record.host);
        break;
    case JsonKey::Referrer:
        fill(record.referrer);
        break;
    case JsonKey::Agent:
        fill(record.agent);
        break;
    case JsonKey::Duration:
        if (m_duration.kind == Scalar::Kind::Null) m_duration = value;
        break;
    case JsonKey::StatusCode:
    case JsonKey::Bytes:
    case JsonKey::ResponseBytes:
    case JsonKey::RequestBytes:
    case JsonKey::RequestBodyBytes:
    case JsonKey::SourceBytes:
    case JsonKey::DestinationBytes:
    case JsonKey::DurationSeconds:
    case JsonKey::DurationMs:
    case JsonKey::DurationUs:
    case JsonKey::DurationNs:
    case JsonKey::Numeric:
        return putNumber(meaning, name, value, record);
    case JsonKey::ForwardedFor:
        extra(EcsField::ForwardedFor);
        break;
    case JsonKey::RequestId:
        extra(EcsField::RequestId);
        break;
    case JsonKey::TlsVersion:
        extra(EcsField::TlsVersion);
        break;
    case JsonKey::TlsVersionNumber:
        fillExtra(record, EcsField::TlsVersion, {value.kind, tlsVersionName(value.text)});
        break;
    case JsonKey::TlsCipher:
        extra(EcsField::TlsCipher);
        break;
    case JsonKey::TlsCipherNumber:
        fillExtra(record, EcsField::TlsCipher, {value.kind, cipherName(value.text)});
        break;
    case JsonKey::TlsProtocol:
        extra(EcsField::TlsProtocol);
        break;
    case JsonKey::TlsServerName:
        extra(EcsField::TlsServerName);
        break;
    case JsonKey::TlsResumed:
        if (value.kind == Scalar::Kind::Bool) record.addExtra(EcsField::TlsResumed, value.text);
        break;
    case JsonKey::SslProtocol: { // TLSv1.3
        const std::string_view protocol = textOf(value);
        const std::size_t v = protocol.find('v');
        if (v == std::string_view::npos || v + 1 == protocol.size()) break;
        record.addExtra(EcsField::TlsVersion, protocol.substr(v + 1));
        record.addExtra(EcsField::TlsProtocol, protocol.substr(0, v) == "SSL" ? "ssl" : "tls");
        break;
    }
    case JsonKey::DestinationAddressPort: {
        std::string_view address;
        std::string_view port;
        if (!splitAddressPort(textOf(value), address, port)) address = textOf(value);
        fillExtra(record, EcsField::DestinationAddress, {Scalar::Kind::Text, address});
        fillExtra(record, EcsField::DestinationPort, {Scalar::Kind::Text, port});
        break;
    }
    case JsonKey::DestinationAddress:
        extra(EcsField::DestinationAddress);
        break;
    case JsonKey::DestinationIp:
        extra(EcsField::DestinationIp);
        break;
    case JsonKey::DestinationPort:
        extra(EcsField::DestinationPort);
        break;
    case JsonKey::HostName:
        extra(EcsField::HostName);
        break;
    case JsonKey::EventId:
        extra(EcsField::EventId);
        break;
    case JsonKey::LogLevel:
        extra(EcsField::LogLevel);
        break;
    case JsonKey::Message:
        extra(EcsField::Message);
        break;
    case JsonKey::Scheme:
        extra(EcsField::UrlScheme);
        break;
    case JsonKey::AgentName:
        extra(EcsField::UserAgentName);
        break;
    case JsonKey::ServiceName:
        extra(EcsField::ServiceName);
        break;
    case JsonKey::MimeType:
        extra(EcsField::ResponseMimeType);
        break;
    case JsonKey::TraceId:
        extra(EcsField::TraceId);
        break;
    case JsonKey::Action:
        extra(EcsField::EventAction);
        break;
    case JsonKey::Code:
        extra(EcsField::EventCode);
        break;
    case JsonKey::ProcessName:
        extra(EcsField::ProcessName);
        break;
    case JsonKey::ProcessId:
        extra(EcsField::ProcessId);
        break;
    }
    return Reason::None;
}

Reason FieldSet::finish(Record& record) {
    useSpareTime(record);
    if (!record.hasTime && m_hasOuterTime) {
        record.time = m_outerTime;
        record.hasTime = true;
    }
    if (!record.hasTime && m_timeFailure != Reason::None) return m_timeFailure;
    m_failedName = {};
    if (record.bytes == kAbsent) record.bytes = m_responseBytes;

    if (m_clientAddress.data() != nullptr) record.address = m_clientAddress;
    if (m_addressPort.data() != nullptr) {
        std::string_view address;
        std::string_view port;
        if (!splitAddressPort(m_addressPort, address, port)) address = m_addressPort;
        if (record.address.data() == nullptr) {
            record.address = address;
            fillExtra(record, EcsField::SourcePort, {Scalar::Kind::Text, port});
        }
    }
    if (m_duration.kind != Scalar::Kind::Null) {
        if (!m_durationIsCaddys) {
            m_labels.add("duration", presentText(m_duration.text));
        } else if (record.durationNs == kAbsent && textOf(m_duration).data() != nullptr) {
            auto duration = secondsOf(m_duration);
            if (!duration) duration = goDuration(m_duration.text);
            if (!duration) {
                m_failedName = "duration";
                return Reason::BadNumber;
            }
            record.durationNs = *duration;
        }
    }

    // The request line first, for it is what the client sent; the single keys go before its parts.
    const std::string_view method = record.method;
    const std::string_view version = record.version;
    // A path alone is what some call the request, beside a method of its own.
    if (m_request.starts_with('/') && method.data() != nullptr && m_request.find(' ') == std::string_view::npos) {
        if (m_path.data() == nullptr) m_path = m_request;
    } else if (m_request.data() != nullptr) {
        readRequestLine(m_request, record);
    }
    if (method.data() != nullptr) record.method = method;
    if (version.data() != nullptr) record.version = version;
    if (m_wholeTarget.data() != nullptr) {
        record.target = m_wholeTarget;
    } else if (record.target.data() == nullptr && m_path.data() != nullptr) {
        record.target = m_path;
        if (m_query.data() != nullptr && m_path.find('?') == std::string_view::npos) {
            m_target.assign(m_path);
            if (m_query.front() != '?') m_target += '?';
            m_target += m_query;
            record.target = m_target;
        }
    }
    record.web = record.status != kNoStatus || record.request.data() != nullptr || record.method.data() != nullptr ||
                 record.target.data() != nullptr || record.agent.data() != nullptr;
    useSpareBytes(record);
    m_labels.publish(record);
    const bool known = record.web || record.hasTime || record.address.data() != nullptr || record.key.data() != nullptr;
    return known ? Reason::None : Reason::UnknownShape;
}

} // namespace sg
