/// `json`, `json:<key map>`, `caddy` and `traefik_json`: one object a line.
///
/// | format         | keys                                                                                           |
/// |----------------|------------------------------------------------------------------------------------------------|
/// | `json`         | those of json_keys.cpp: ECS, nginx's variables, Caddy's, Traefik's and the usual short names     |
/// | `json:ts=time,ip=remote_addr` | what the map says and nothing else: on the left a word of `roleNames()`, on the right the key in the
/// line, dots for nesting | | `caddy`        | as `json`, with Caddy's `request` object; `duration` is seconds. Caddy's console lines
/// (tabs, then the object), and what Caddy 1 and `format single_field` write: `common` and `combined` | | `traefik_json` | as `json`, with
/// Traefik's keys                                                                  |
///
/// All other keys are labels by their name, nested ones with dots, lists and deep objects as their JSON; the headers that Caddy logs are
/// left out but for agent, referrer, x-forwarded-for, request id and content type. Docker's wrapper (`log`, `stream`, `time`) and
/// Kubernetes' CRI prefix are taken off `json` lines: what they hold is read as JSON or, where it is none, as `combined` or `common`; their
/// time counts where the line has none.
///
/// Of several values for one field the first that is present counts, a repeated key included. Numbers may be strings. `null`, `""` and `-`
/// are absent, but for a status of `""`. Strict JSON is asked for first; what a server failed to escape is repaired and asked for again
/// (json_repair.h). Body bytes that are not there are taken from the whole response's. Without any address, status, request, key or time
/// the line is UnknownShape. *Source:* nginx ngx_http_log_module; Caddy "log"; Traefik "Access Logs"; ECS 8.11; Docker "JSON File logging
/// driver"; Kubernetes CRI.
#include "core/format/field_set.h"
#include "core/format/formats.h"
#include "core/format/json_repair.h"
#include "core/format/syslog_header.h"

#include <simdjson.h>

#include <algorithm>

namespace sg {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr int kMaxNesting = 5;                ///< what is deeper is one label
constexpr std::size_t kMaxPath = 256;         ///< longer names of nested keys are counted as labels left out
constexpr std::size_t kNameRoom = 16U << 10U; ///< for the names of one line's nested labels
constexpr std::size_t kMaxShape = 512;

enum class Dialect : std::uint8_t { Any, Caddy, Traefik };

/// A key of a map and what it is for.
struct MappedKey {
    std::string path;
    JsonKey meaning;
};

/// A key of the last line, at its place in the line.
struct ShapeKey {
    std::string key;  ///< as it stands in the line; empty: none that can be compared
    std::string path; ///< the same with the objects that it is in
    JsonKey meaning = JsonKey::Other;
    std::uint64_t head = 0; ///< the key's first eight bytes, as they lie in memory; where it is shorter, zeroes behind it
    std::uint64_t mask = 0; ///< of the bytes that are the key's
};

/// For keys: a call of memcmp costs as much as their few bytes.
inline bool sameBytes(const char* a, const char* b, std::size_t size) {
    std::uint64_t x = 0;
    std::uint64_t y = 0;
    if (size < sizeof x) {
        for (std::size_t i = 0; i < size; ++i)
            if (a[i] != b[i]) return false;
        return true;
    }
    for (std::size_t i = 0; i + sizeof x < size; i += sizeof x) {
        std::memcpy(&x, a + i, sizeof x);
        std::memcpy(&y, b + i, sizeof y);
        if (x != y) return false;
    }
    std::memcpy(&x, a + size - sizeof x, sizeof x);
    std::memcpy(&y, b + size - sizeof y, sizeof y);
    return x == y;
}

/// A place in JSON without escapes. Its bytes are printable ASCII: a space is the only blank.
struct PlainScan {
    const char* at;
    const char* end;

    /// The next byte that is no space; NUL at the end.
    char next() {
        if (at < end && *at != ' ') [[likely]] return *at;
        while (at < end && *at == ' ') ++at;
        return at < end ? *at : '\0';
    }
    /// At a value that is neither list nor object.
    [[nodiscard, gnu::always_inline]] inline bool takeScalar(Scalar& scalar) {
        const char* const begin = at;
        if (*begin == '"') {
            const char* const close = Scan{begin, begin, end, true}.find('"', begin + 1);
            if (close == end) return false;
            scalar = {Scalar::Kind::Text, {begin + 1, static_cast<std::size_t>(close - begin - 1)}};
            at = close + 1;
            return true;
        }
        while (at < end && isDigit(*at)) ++at;
        const bool whole = at > begin && (*begin != '0' || at == begin + 1);
        if (whole && at < end && (*at == ',' || *at == '}')) {
            scalar = {Scalar::Kind::Number, {begin, static_cast<std::size_t>(at - begin)}};
            return true;
        }
        while (at < end && *at != ',' && *at != '}' && *at != ']' && *at != ' ') ++at;
        const std::string_view token(begin, static_cast<std::size_t>(at - begin));
        if (*begin == 'n') {
            scalar = {};
            return token == "null";
        }
        const bool boolean = *begin == 't' || *begin == 'f';
        scalar = {boolean ? Scalar::Kind::Bool : Scalar::Kind::Number, token};
        return boolean ? token == "true" || token == "false" : isJsonNumber(token);
    }
};

class JsonParser final : public ScanningParser {
public:
    JsonParser(const FormatOptions& options, Dialect dialect, std::vector<MappedKey> map)
        : m_dialect(dialect), m_lenient(options.lenient), m_map(std::move(map)), m_fields(options.zoneOffsetMinutes),
          m_combined(makeCombined()->makeParser(options)), m_common(makeCommon()->makeParser(options)) {}

private:
    /// A parser with the bytes that it reads.
    struct Source {
        ondemand::parser parser;
        std::string copy; ///< with the padding that the parser may read beyond the line
        std::string repaired;
    };

    [[nodiscard]] Reason read(Scan& scan, Record& record) override;
    /// Takes CRI's prefix or the one of Caddy's console off.
    void skipPrefix(Scan& scan, Record& record);
    [[nodiscard]] Reason readText(Scan& scan, std::string_view text, Record& record);
    [[nodiscard]] Reason readJson(Source& source, std::string_view text, Scan& scan, Record& record);
    [[nodiscard]] Reason readWrapped(Scan& scan, Record& record);
    [[nodiscard]] Reason finish(std::string_view text, Scan& scan, Record& record);
    /// BadJson as an error of the parser; what else is wrong goes to m_reason.
    [[nodiscard]] simdjson::error_code walk(Source& source, std::string_view text, Record& record);
    [[nodiscard]] simdjson::error_code walkObject(ondemand::object object, std::size_t prefix, int depth, Record& record);
    [[nodiscard]] simdjson::error_code walkField(std::string_view name, JsonKey meaning, bool nested, ondemand::value value,
                                                 ondemand::json_type type, Record& record);
    [[nodiscard]] simdjson::error_code scalarOf(ondemand::value value, ondemand::json_type type, Scalar& scalar);
    [[nodiscard]] JsonKey meaningOf(std::string_view path) const;
    /// The key whose text begins at `raw`, if it is the one that stood here in the last line; else null.
    [[nodiscard]] const ShapeKey* expectedKey(const char* raw, std::size_t prefix) const;
    void remember(std::string_view key, std::string_view path, JsonKey meaning);
    void keyIsRead() {
        ++m_shapeAt;
        if (!m_asExpected) m_shapeWhole = std::min(m_shapeAt, m_shape.size());
    }
    [[nodiscard]] std::string_view keptName(std::string_view name, bool nested);
    void putScalar(std::string_view name, JsonKey meaning, bool nested, const Scalar& scalar, Record& record);
    /// The same walk over a line without escapes, where a string ends at the next quote: three times as fast, and as strict. False where
    /// anything is unusual: then the parser decides.
    [[nodiscard]] bool walkPlain(std::string_view text, Record& record);
    /// `prefix` is the length of the object's path with its dot; 0 for the whole line.
    [[nodiscard]] bool walkPlainObject(PlainScan& scan, std::string_view path, std::size_t prefix, int depth, Record& record);
    [[nodiscard]] bool takePlainList(PlainScan& scan, JsonKey meaning, Scalar& scalar, Record& record);
    void begin();
    void startAgain(Record& record);
    void failed(Reason reason, std::string_view key);

    // Constant after construction
    Dialect m_dialect;
    bool m_lenient;
    std::vector<MappedKey> m_map; ///< empty: json_keys.h

    FieldSet m_fields;
    Source m_outer;
    Source m_inner;
    std::string m_innerLine;
    std::unique_ptr<LineParser> m_combined;
    std::unique_ptr<LineParser> m_common;
    /// The keys in the order of the last line: most lines have the same, and a comparison is cheaper than a look-up.
    std::vector<ShapeKey> m_shape;
    std::size_t m_shapeAt = 0;
    std::size_t m_shapeWhole = 0; ///< that many are of one line; those behind were left by a longer one, maybe in other objects
    bool m_asExpected = true;                ///< all keys of this line so far
    std::array<char, kMaxPath + 1> m_path{}; ///< the dotted name of the object that is being read, with a dot behind
    std::string m_names;
    std::size_t m_namesUsed = 0;
    const char* m_copyEnd = nullptr; ///< of the copy that is being walked
    bool m_plain = false;            ///< no escapes: text is what stands in the line

    Reason m_reason = Reason::None;
    std::string_view m_failedKey;
    std::string_view m_wrapped;
    bool m_isWrapped = false; ///< has a `stream`
    bool m_caddy = false;
    bool m_traefik = false;
};

void JsonParser::begin() {
    m_fields.begin();
    m_shapeAt = 0;
    m_asExpected = true;
    m_namesUsed = 0;
    m_reason = Reason::None;
    m_failedKey = {};
    m_wrapped = {};
    m_isWrapped = m_caddy = m_traefik = false;
}

void JsonParser::failed(Reason reason, std::string_view key) {
    if (m_reason != Reason::None) return;
    m_reason = reason;
    m_failedKey = key;
}

/// `2024-03-23T01:18:20.123456789Z stdout F `
std::size_t criLength(std::string_view text, std::string_view& time) {
    if (text.size() < 32 || !isDigit(text[0]) || text[4] != '-' || text[10] != 'T') return 0;
    const std::size_t end = text.find(' ');
    if (end == std::string_view::npos) return 0;
    const std::string_view rest = text.substr(end + 1);
    for (const std::string_view stream : {"stdout ", "stderr "}) {
        if (!rest.starts_with(stream)) continue;
        const std::string_view tag = rest.substr(stream.size(), 2);
        if (tag != "F " && tag != "P ") return 0;
        time = text.substr(0, end);
        return end + 1 + stream.size() + 2;
    }
    return 0;
}

void JsonParser::skipPrefix(Scan& scan, Record& record) {
    const std::string_view text(scan.at, scan.left());
    if (m_dialect == Dialect::Any && m_map.empty()) {
        std::string_view stamp;
        if (const std::size_t length = criLength(text, stamp); length > 0) {
            if (const auto time = m_fields.times().iso8601(stamp)) m_fields.setOuterTime(*time);
            scan.at += length;
            return;
        }
    } else if (m_dialect == Dialect::Caddy && isDigit(text.front())) {
        const std::size_t tab = text.find('\t');
        const std::size_t brace = tab == std::string_view::npos ? tab : text.find("\t{", tab);
        if (brace == std::string_view::npos || tab > 40) return;
        std::array<char, 40> stamp{}; // 2024/03/23 01:18:20.123
        std::replace_copy(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(tab), stamp.begin(), '/', '-');
        if (const auto time = m_fields.times().any({stamp.data(), tab})) m_fields.setOuterTime(*time);
        const std::string_view level = text.substr(tab + 1, std::min(text.find('\t', tab + 1), brace) - tab - 1);
        if (!level.empty()) record.addExtra(EcsField::LogLevel, level);
        scan.at += brace + 1;
        return;
    }
    // What the object says of its host counts, and its time.
    const std::size_t header = readSyslogHeader(text).length;
    if (header > 0 && header < text.size() && text[header] == '{') scan.at += header;
}

Reason JsonParser::read(Scan& scan, Record& record) {
    begin();
    m_fields.clearOuterTime();
    if (*scan.at != '{') skipPrefix(scan, record);
    const std::string_view text(scan.at, scan.left());
    const bool wrapped = scan.at != scan.begin;
    const bool object = text.starts_with('{');
    if (!object && ((wrapped && m_dialect == Dialect::Any) || (m_lenient && m_dialect == Dialect::Caddy && !text.starts_with('['))))
        return readText(scan, text, record);
    record.clean = scan.plain;
    m_plain = scan.plain;
    if (const Reason reason = readJson(m_outer, text, scan, record); reason != Reason::None) return reason;
    if (m_isWrapped && m_wrapped.data() != nullptr && m_map.empty() && m_dialect == Dialect::Any) return readWrapped(scan, record);
    if (m_wrapped.data() != nullptr) m_fields.labels().add("log", m_wrapped);
    if ((m_dialect == Dialect::Caddy && !m_caddy) || (m_dialect == Dialect::Traefik && !m_traefik)) return Reason::UnknownShape;
    return finish(text, scan, record);
}

/// A line that is no JSON, for the formats that may have such.
Reason JsonParser::readText(Scan& scan, std::string_view text, Record& record) {
    const std::string_view line = record.line;
    LineOutcome outcome = m_combined->parse(text, false, record);
    if (outcome.kind != LineOutcome::Kind::Parsed) {
        const LineOutcome other = m_common->parse(text, false, record);
        if (other.kind == LineOutcome::Kind::Parsed) outcome = other;
    }
    record.line = line;
    if (outcome.kind == LineOutcome::Kind::Parsed) return Reason::None;
    const bool inside = text.data() >= scan.begin && text.data() + text.size() <= scan.end;
    scan.at = inside ? text.data() + std::min<std::size_t>(outcome.column, text.size()) : scan.begin;
    return outcome.kind == LineOutcome::Kind::Dead ? outcome.reason : Reason::UnknownShape;
}

/// What stands in Docker's `log`.
Reason JsonParser::readWrapped(Scan& scan, Record& record) {
    m_innerLine = m_wrapped;
    while (!m_innerLine.empty() && (m_innerLine.back() == '\n' || m_innerLine.back() == '\r')) m_innerLine.pop_back();
    const bool outerTime = record.hasTime;
    const Timestamp time = record.time;
    const std::string_view line = record.line;
    clearRecord(record);
    record.line = line;
    begin();
    if (outerTime) m_fields.setOuterTime(time);
    if (m_innerLine.empty()) return Reason::UnknownShape;
    const std::string_view text = m_innerLine;
    if (!text.starts_with('{')) return readText(scan, text, record);
    m_plain = isPlain(text);
    record.clean = m_plain;
    if (const Reason reason = readJson(m_inner, text, scan, record); reason != Reason::None) return reason;
    return finish(text, scan, record);
}

Reason JsonParser::finish(std::string_view text, Scan& scan, Record& record) {
    if (m_caddy) m_fields.trustDuration();
    const Reason reason = m_fields.finish(record);
    const std::string_view name = m_fields.failedName();
    const bool inside = text.data() >= scan.begin && text.data() + text.size() <= scan.end;
    if (reason != Reason::None && !name.empty() && inside)
        if (const std::size_t at = text.find(name.substr(name.rfind('.') + 1)); at != std::string_view::npos) scan.at = text.data() + at;
    return reason;
}

/// What a walk that failed left behind goes.
void JsonParser::startAgain(Record& record) {
    const bool clean = record.clean;
    const std::string_view line = record.line;
    clearRecord(record);
    record.line = line;
    record.clean = clean;
    begin();
}

Reason JsonParser::readJson(Source& source, std::string_view text, Scan& scan, Record& record) {
    simdjson::error_code error = simdjson::SUCCESS;
    if (!m_plain || !walkPlain(text, record)) {
        if (m_plain) startAgain(record);
        error = walk(source, text, record);
    }
    if (error != simdjson::SUCCESS) {
        startAgain(record);
        repairJson(text, source.repaired);
        m_plain = m_plain && isPlain(source.repaired);
        error = walk(source, source.repaired, record);
    }
    const bool inside = text.data() >= scan.begin && text.data() + text.size() <= scan.end;
    if (error != simdjson::SUCCESS) {
        if (inside) scan.at = text.data() + brokenJsonColumn(text);
        return Reason::BadJson;
    }
    if (m_reason != Reason::None && !m_failedKey.empty() && inside)
        if (const std::size_t at = text.find(m_failedKey.substr(m_failedKey.rfind('.') + 1)); at != std::string_view::npos)
            scan.at = text.data() + at;
    return m_reason;
}

[[gnu::always_inline]] inline const ShapeKey* JsonParser::expectedKey(const char* raw, std::size_t prefix) const {
    if (m_shapeAt >= (m_asExpected ? m_shapeWhole : m_shape.size())) return nullptr;
    const ShapeKey& expected = m_shape[m_shapeAt];
    const std::size_t size = expected.key.size();
    // Behind the copy there is padding: its bytes are no key's end.
    if (size == 0 || static_cast<std::size_t>(m_copyEnd - raw) <= size || raw[size] != '"') return nullptr;
    if (expected.path.size() != prefix + size) return nullptr;
    std::uint64_t head = 0;
    if (static_cast<std::size_t>(m_copyEnd - raw) >= sizeof head) [[likely]] {
        std::memcpy(&head, raw, sizeof head);
        if (((head ^ expected.head) & expected.mask) != 0) return nullptr;
        if (size > sizeof head && !sameBytes(raw, expected.key.data(), size)) return nullptr;
    } else if (!sameBytes(raw, expected.key.data(), size)) {
        return nullptr;
    }
    // While all keys were as those of one line, a prefix of the same length is the same.
    return m_asExpected || std::memcmp(expected.path.data(), m_path.data(), prefix) == 0 ? &expected : nullptr;
}

bool JsonParser::walkPlain(std::string_view text, Record& record) {
    PlainScan scan{text.data(), text.data() + text.size()};
    m_copyEnd = scan.end;
    return scan.next() == '{' && walkPlainObject(scan, {}, 0, 0, record) && scan.next() == '\0';
}

bool JsonParser::takePlainList(PlainScan& scan, JsonKey meaning, Scalar& scalar, Record& record) {
    const char* const begin = scan.at++;
    std::size_t count = 0;
    for (char c = scan.next(); c != ']' || count > 0; c = scan.next()) {
        if (c == '\0' || c == '[' || c == '{') return false;
        Scalar item;
        if (!scan.takeScalar(item)) return false;
        if (count++ == 0) scalar = item;
        c = scan.next();
        if (c == ']') break;
        if (c != ',') return false;
        ++scan.at;
    }
    ++scan.at;
    if (count == 0) scalar = {};
    else if (meaning == JsonKey::Other || meaning == JsonKey::Label) {
        scalar = {Scalar::Kind::Text, {begin, static_cast<std::size_t>(scan.at - begin)}};
        record.clean = record.clean && scalar.text.find('"') == std::string_view::npos;
    }
    return true;
}

bool JsonParser::walkPlainObject(PlainScan& scan, std::string_view path, std::size_t prefix, int depth, Record& record) {
    ++scan.at;
    char c = scan.next();
    if (c == '}') {
        ++scan.at;
        return true;
    }
    while (c == '"') {
        const char* const raw = scan.at + 1;
        const ShapeKey* const expected = expectedKey(raw, prefix);
        std::size_t size = 0;
        if (expected != nullptr) [[likely]] {
            size = expected->key.size();
        } else {
            const void* const close = std::memchr(raw, '"', static_cast<std::size_t>(scan.end - raw));
            if (close == nullptr) return false;
            size = static_cast<std::size_t>(static_cast<const char*>(close) - raw);
        }
        const std::string_view key(raw, size);
        scan.at = raw + size + 1;
        if (scan.next() != ':' || prefix + size >= kMaxPath) return false;
        ++scan.at;
        c = scan.next();
        std::string_view name = key;
        JsonKey meaning = JsonKey::Other;
        if (expected != nullptr && m_asExpected) [[likely]] {
            if (prefix > 0) name = expected->path; // nothing need be put together
            meaning = expected->meaning;
        } else {
            if (m_asExpected && prefix > 0) { // the first surprise: from here on the path is kept up
                std::memcpy(m_path.data(), path.data(), path.size());
                m_path[path.size()] = '.';
            }
            if (prefix > 0 || c == '{') {
                std::memcpy(m_path.data() + prefix, raw, size);
                name = {m_path.data(), prefix + size};
            }
            meaning = expected != nullptr ? expected->meaning : meaningOf(name);
            if (expected == nullptr) remember(key, name, meaning);
        }
        keyIsRead();
        if (c == '{') {
            if (depth == kMaxNesting) return false;
            if (depth == 0 && name == "request") m_caddy = true;
            if (!m_asExpected) m_path[name.size()] = '.';
            if (!walkPlainObject(scan, name, name.size() + 1, depth + 1, record)) return false;
        } else {
            Scalar scalar;
            if (c == '\0' || !(c == '[' ? takePlainList(scan, meaning, scalar, record) : scan.takeScalar(scalar))) return false;
            if (meaning != JsonKey::LeftOut && (c != '[' || scalar.kind != Scalar::Kind::Null))
                putScalar(name, meaning, prefix > 0, scalar, record);
        }
        c = scan.next();
        ++scan.at;
        if (c == '}') return true;
        if (c != ',') return false;
        c = scan.next();
    }
    return false;
}

simdjson::error_code JsonParser::walk(Source& source, std::string_view text, Record& record) {
    if (source.copy.size() < text.size() + simdjson::SIMDJSON_PADDING) source.copy.resize(text.size() + simdjson::SIMDJSON_PADDING);
    std::memcpy(source.copy.data(), text.data(), text.size());
    // Where brackets do not match, the parser looks behind the end: no longer line before may decide what it finds.
    std::memset(source.copy.data() + text.size(), 0, simdjson::SIMDJSON_PADDING);
    m_copyEnd = source.copy.data() + text.size();
    ondemand::document document;
    if (const auto error = source.parser.iterate(source.copy.data(), text.size(), source.copy.size()).get(document)) return error;
    ondemand::json_type type{};
    if (const auto error = document.type().get(type)) return error;
    if (type != ondemand::json_type::object) {
        m_reason = Reason::NotAnObject;
        return simdjson::SUCCESS;
    }
    ondemand::object object;
    if (const auto error = document.get_object().get(object)) return error;
    if (const auto error = walkObject(object, 0, 0, record)) return error;
    const char* behind = nullptr;
    const bool atEnd = document.current_location().get(behind) == simdjson::OUT_OF_BOUNDS;
    return atEnd ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
}

simdjson::error_code JsonParser::walkObject(ondemand::object object, std::size_t prefix, int depth, Record& record) {
    for (auto each : object) {
        ondemand::field field;
        if (const auto error = std::move(each).get(field)) return error;
        const char* const raw = field.key().raw();
        const ShapeKey* const expected = expectedKey(raw, prefix);
        std::string_view key;
        if (expected != nullptr) [[likely]] {
            key = {raw, expected->key.size()};
        } else {
            const auto* const close = static_cast<const char*>(std::memchr(raw, '"', static_cast<std::size_t>(m_copyEnd - raw)));
            if (close == nullptr) return simdjson::STRING_ERROR;
            key = {raw, static_cast<std::size_t>(close - raw)};
            if (!m_plain && key.find('\\') != std::string_view::npos)
                if (const auto error = field.unescaped_key().get(key)) return error;
        }
        std::string_view name = key;
        if (prefix + key.size() >= kMaxPath) {
            m_fields.labels().leaveOut();
            remember({}, {}, JsonKey::Other);
            keyIsRead();
            continue;
        }
        ondemand::value value = field.value();
        ondemand::json_type type{};
        if (const auto error = value.type().get(type)) return error;
        const bool goesDeeper = type == ondemand::json_type::object && depth < kMaxNesting;
        if (prefix > 0 || goesDeeper) {
            std::memcpy(m_path.data() + prefix, key.data(), key.size());
            name = {m_path.data(), prefix + key.size()};
        }
        const JsonKey meaning = expected != nullptr ? expected->meaning : meaningOf(name);
        if (expected == nullptr) remember(key.data() == raw ? key : std::string_view(), name, meaning);
        keyIsRead();
        if (!goesDeeper) {
            if (const auto error = walkField(name, meaning, prefix > 0, value, type, record)) return error;
            continue;
        }
        if (depth == 0 && name == "request") m_caddy = true;
        m_path[name.size()] = '.';
        ondemand::object inner;
        if (const auto error = value.get_object().get(inner)) return error;
        if (const auto error = walkObject(inner, name.size() + 1, depth + 1, record)) return error;
    }
    return simdjson::SUCCESS;
}

JsonKey JsonParser::meaningOf(std::string_view path) const {
    if (m_map.empty()) {
        const JsonKey meaning = findJsonKey(path);
        const bool header = path.starts_with("request.headers.") || path.starts_with("resp_headers.");
        return meaning == JsonKey::Other && header ? JsonKey::LeftOut : meaning;
    }
    for (const MappedKey& mapped : m_map)
        if (mapped.path == path) return mapped.meaning;
    return JsonKey::Other;
}

void JsonParser::remember(std::string_view key, std::string_view path, JsonKey meaning) {
    m_asExpected = false;
    if (m_shapeAt >= kMaxShape) return;
    if (m_shapeAt >= m_shape.size()) m_shape.resize(m_shapeAt + 1);
    ShapeKey& slot = m_shape[m_shapeAt];
    slot.key = key;
    slot.path = path;
    slot.meaning = meaning;
    std::array<char, sizeof slot.head> head{}, mask{};
    const std::size_t size = std::min(key.size(), head.size());
    std::copy_n(key.begin(), size, head.begin());
    std::fill_n(mask.begin(), size, '\xff');
    std::memcpy(&slot.head, head.data(), sizeof slot.head);
    std::memcpy(&slot.mask, mask.data(), sizeof slot.mask);
}

/// A name that lives as long as the record: those of the top level stand in the parser's copy, nested ones were put together.
std::string_view JsonParser::keptName(std::string_view name, bool nested) {
    if (!nested) return name;
    if (m_names.empty()) m_names.resize(kNameRoom);
    if (m_names.size() - m_namesUsed < name.size()) return {};
    char* const at = m_names.data() + m_namesUsed;
    std::memcpy(at, name.data(), name.size());
    m_namesUsed += name.size();
    return {at, name.size()};
}

simdjson::error_code JsonParser::scalarOf(ondemand::value value, ondemand::json_type type, Scalar& scalar) {
    std::string_view token = value.raw_json_token();
    while (!token.empty() && (token.back() == ' ' || token.back() == '\t' || token.back() == '\n' || token.back() == '\r'))
        token.remove_suffix(1);
    switch (type) {
    case ondemand::json_type::string:
        scalar.kind = Scalar::Kind::Text;
        if (m_plain || token.find('\\') == std::string_view::npos) {
            if (token.size() < 2 || token.back() != '"') return simdjson::STRING_ERROR;
            scalar.text = token.substr(1, token.size() - 2);
            return value.get_raw_json_string().error(); // only so does the parser see that a comma must follow
        }
        return value.get_string().get(scalar.text);
    case ondemand::json_type::number:
        scalar = {Scalar::Kind::Number, token};
        return isJsonNumber(token) ? simdjson::SUCCESS : simdjson::NUMBER_ERROR;
    case ondemand::json_type::boolean:
        scalar = {Scalar::Kind::Bool, token};
        return token == "true" || token == "false" ? simdjson::SUCCESS : simdjson::T_ATOM_ERROR;
    default:
        scalar = {};
        return token == "null" ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
    }
}

simdjson::error_code JsonParser::walkField(std::string_view name, JsonKey meaning, bool nested, ondemand::value value,
                                           ondemand::json_type type, Record& record) {
    Scalar scalar;
    if (type == ondemand::json_type::object || type == ondemand::json_type::array) {
        if (meaning == JsonKey::Other || meaning == JsonKey::Label || type == ondemand::json_type::object) {
            if (meaning == JsonKey::LeftOut) return simdjson::SUCCESS;
            std::string_view json;
            if (type == ondemand::json_type::object) {
                ondemand::object object;
                if (const auto error = value.get_object().get(object)) return error;
                if (const auto error = object.raw_json().get(json)) return error;
            } else {
                ondemand::array list;
                if (const auto error = value.get_array().get(list)) return error;
                if (const auto error = list.raw_json().get(json)) return error;
            }
            record.clean = record.clean && json.find('"') == std::string_view::npos;
            scalar = {Scalar::Kind::Text, json};
            if (json == "[]" || json == "{}") return simdjson::SUCCESS;
        } else { // ECS allows a list wherever a value stands, and HTTP headers are lists
            ondemand::array list;
            if (const auto error = value.get_array().get(list)) return error;
            bool first = true;
            for (auto each : list) {
                ondemand::value item;
                if (const auto error = std::move(each).get(item)) return error;
                if (!first) continue;
                first = false;
                ondemand::json_type itemType{};
                if (const auto error = item.type().get(itemType)) return error;
                if (itemType == ondemand::json_type::object || itemType == ondemand::json_type::array) continue;
                if (const auto error = scalarOf(item, itemType, scalar)) return error;
            }
            if (first) return simdjson::SUCCESS;
        }
    } else if (const auto error = scalarOf(value, type, scalar)) {
        return error;
    }
    putScalar(name, meaning, nested, scalar, record);
    return simdjson::SUCCESS;
}

/// Of the keys that are known and begin with a capital letter: Cloudflare's are no Traefik's.
bool isTraefikKey(std::string_view name) {
    if (name[0] < 'A' || name[0] > 'Z' || name.starts_with("Edge") || name == "RayID") return false;
    return !name.starts_with("ClientRequest") && !name.starts_with("ClientS") && name != "ClientIP";
}

/// Its name may become a label's, or be said where the value fails.
bool isNameKept(JsonKey meaning) {
    static constexpr auto kKept = [] {
        std::array<bool, 256> kept{};
        for (const JsonKey key : {JsonKey::Other, JsonKey::Label, JsonKey::Numeric, JsonKey::Key, JsonKey::Time, JsonKey::MaybeTime, JsonKey::MaybeBytes})
            kept[static_cast<std::size_t>(key)] = true;
        return kept;
    }();
    return kKept[static_cast<std::size_t>(meaning)];
}

void JsonParser::putScalar(std::string_view name, JsonKey meaning, bool nested, const Scalar& scalar, Record& record) {
    if (meaning == JsonKey::WrappedLine && !nested && scalar.kind == Scalar::Kind::Text) {
        m_wrapped = scalar.text;
        return;
    }
    if (meaning == JsonKey::WrappedStream) {
        if (m_map.empty() && (scalar.text == "stdout" || scalar.text == "stderr")) m_isWrapped = true;
        else m_fields.labels().add("stream", scalar.text);
        return;
    }
    if (m_dialect == Dialect::Traefik) m_traefik = m_traefik || (meaning != JsonKey::Other && isTraefikKey(name));
    std::string_view kept = name;
    if (isNameKept(meaning)) {
        kept = keptName(name, nested);
        if (kept.empty()) {
            m_fields.labels().leaveOut();
            return;
        }
    }
    if (const Reason reason = m_fields.put(meaning, kept, scalar, record); reason != Reason::None) failed(reason, keptName(name, nested));
}

/// `ts=time,ip=remote_addr`
Result<std::vector<MappedKey>> readKeyMap(std::string_view format, std::size_t begin) {
    const auto refuse = [&](std::size_t at, const std::string& why) {
        return fail(ErrorCode::InvalidArgument, "format '" + std::string(format) + "', byte " + std::to_string(at + 1) + ": " + why);
    };
    std::vector<MappedKey> map;
    std::size_t at = begin;
    while (true) {
        const std::size_t end = std::min(format.find(',', at), format.size());
        const std::string_view entry = format.substr(at, end - at);
        const std::size_t equals = entry.find('=');
        if (equals == std::string_view::npos) return refuse(at, "expected WORD=KEY, as in ts=time");
        const std::string_view word = entry.substr(0, equals);
        const std::string_view key = entry.substr(equals + 1);
        const JsonKey meaning = findRole(word);
        if (meaning == JsonKey::Other) return refuse(at, "'" + std::string(word) + "' is none of " + roleNames());
        if (key.empty()) return refuse(at + equals + 1, "the key of the line is missing");
        if (key.size() >= kMaxPath) return refuse(at + equals + 1, "the key is too long");
        for (const MappedKey& known : map)
            if (known.path == key) return refuse(at + equals + 1, "the key '" + std::string(key) + "' is there twice");
        map.push_back({std::string(key), meaning});
        if (end == format.size()) return map;
        at = end + 1;
    }
}

class JsonFormat final : public Format {
public:
    JsonFormat(std::string name, Dialect dialect, std::vector<MappedKey> map)
        : m_name(std::move(name)), m_dialect(dialect), m_map(std::move(map)) {}
    [[nodiscard]] std::string_view name() const override { return m_name; }
    [[nodiscard]] std::unique_ptr<LineParser> makeParser(const FormatOptions& options) const override {
        return std::make_unique<JsonParser>(options, m_dialect, m_map);
    }
    [[nodiscard]] bool timeless() const override {
        return !m_map.empty() &&
               std::none_of(m_map.begin(), m_map.end(), [](const MappedKey& key) { return key.meaning == JsonKey::Time; });
    }

private:
    std::string m_name;
    Dialect m_dialect;
    std::vector<MappedKey> m_map;
};

} // namespace

std::shared_ptr<const Format> makeJson() { return std::make_shared<JsonFormat>("json", Dialect::Any, std::vector<MappedKey>()); }
std::shared_ptr<const Format> makeCaddy() { return std::make_shared<JsonFormat>("caddy", Dialect::Caddy, std::vector<MappedKey>()); }
std::shared_ptr<const Format> makeTraefikJson() {
    return std::make_shared<JsonFormat>("traefik_json", Dialect::Traefik, std::vector<MappedKey>());
}

Result<std::shared_ptr<const Format>> makeMappedJson(std::string_view name) {
    constexpr std::string_view kPrefix = "json:";
    auto map = readKeyMap(name, kPrefix.size());
    if (!map) return fail(map.error());
    return std::shared_ptr<const Format>(std::make_shared<JsonFormat>(std::string(name), Dialect::Any, std::move(*map)));
}

} // namespace sg
