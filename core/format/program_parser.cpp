#include "core/format/program_parser.h"

#include "core/format/request_line.h"

#include <algorithm>

namespace sg {
namespace {

constexpr int kMaxRetries = 100;

/// Where the bytes at `at` differ from the literal, or end behind it.
const char* compareLiteral(const std::string& literal, const char* at, const char* end, bool& matched) {
    const char* want = literal.data();
    const char* const wantEnd = want + literal.size();
    while (want != wantEnd && at != end && *want == *at) {
        ++want;
        ++at;
    }
    matched = want == wantEnd;
    return at;
}

/// The same for what stands behind a step: short literals are one comparison.
inline const char* matchLiteral(const Program::Step& step, const char* at, const char* end, bool& matched) {
    if (step.literalSize <= sizeof step.literalWord && end - at >= static_cast<std::ptrdiff_t>(sizeof step.literalWord)) [[likely]] {
        std::uint64_t word;
        std::memcpy(&word, at, sizeof word);
        if ((word & step.literalMask) == step.literalWord) [[likely]] {
            matched = true;
            return at + step.literalSize;
        }
    }
    return compareLiteral(step.literal, at, end, matched);
}

/// Fields between quotes are seldom long: blocks in line instead of a call.
inline const char* findQuote(const Scan& scan, const char* from) {
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"');
    for (; scan.end - from >= 16; from += 16) {
        const int hits = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)), quote));
        if (hits != 0) return from + __builtin_ctz(static_cast<unsigned>(hits));
    }
#endif
    return scan.find('"', from);
}

inline bool holdsQuote(const Scan& scan, const char* begin, const char* end) {
    const auto size = static_cast<std::size_t>(end - begin);
#ifdef __SSE2__
    if (size <= 16 && scan.end - begin >= 16) [[likely]] {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin));
        const auto hits = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8('"'))));
        return (hits & ((1U << size) - 1U)) != 0;
    }
#endif
    return size != 0 && std::memchr(begin, '"', size) != nullptr;
}

/// Every space separates: it stands behind a comma or in ` : `.
bool isList(std::string_view text) {
    if (text.empty() || text.back() == ',' || text.front() == ' ') return false;
    for (std::size_t space = text.find(' '); space != std::string_view::npos; space = text.find(' ', space + 1)) {
        if (text[space - 1] == ',') continue;
        if (text.size() - space < 4 || text[space + 1] != ':' || text[space + 2] != ' ') return false;
        space += 2;
    }
    return true;
}

/// At a space that separates items of a list.
bool isInsideList(const Scan& scan, const char* from, const char* at) {
    if (*at != ' ') return false;
    return (at != from && at[-1] == ',') || (scan.end - at >= 3 && at[1] == ':' && at[2] == ' ') ||
           (at - from >= 2 && at[-1] == ':' && at[-2] == ' ');
}

bool isWord(std::string_view text) { return text.find_first_of(" \t") == std::string_view::npos; }

bool isDecimal(std::string_view text) {
    std::size_t points = 0;
    for (const char c : text) {
        if (c == '.') ++points;
        else if (!isDigit(c)) return false;
    }
    return points <= 1 && text.size() > points;
}

bool isProtocol(std::string_view text) {
    for (const char c : text) {
        const char lower = static_cast<char>(c | 0x20);
        if (!isDigit(c) && (lower < 'a' || lower > 'z') && c != '/' && c != '.' && c != '-') return false;
    }
    return true;
}

void appendUtf8(std::uint32_t code, char*& at) {
    const auto put = [&at](std::uint32_t byte) { *at++ = static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | code >> 6U);
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | code >> 12U);
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | code >> 18U);
        put(0x80U | (code >> 12U & 0x3FU));
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
}

/// Four hex digits; -1 when they are none.
int hexUnit(std::string_view text) {
    if (text.size() < 4) return -1;
    int unit = 0;
    for (const char c : text.substr(0, 4)) {
        const char lower = static_cast<char>(c | 0x20);
        const int digit = isDigit(c) ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
        if (digit < 0) return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

/// Of a number in milli- or microseconds; the sign of the unit only says that it does not count.
std::size_t fractionDigits(std::int64_t unit) { return unit == 1'000'000 || unit == -1'000'000 ? 3 : 6; }

/// JSON's escapes undone; never longer than the text. What is no escape stays as it is.
char* decodeJson(std::string_view text, char* at) {
    while (!text.empty()) {
        if (text[0] != '\\' || text.size() == 1) {
            *at++ = text[0];
            text.remove_prefix(1);
            continue;
        }
        static constexpr std::string_view kLetters = "\"\\/bfnrt";
        static constexpr std::string_view kBytes = "\"\\/\b\f\n\r\t";
        if (const std::size_t letter = kLetters.find(text[1]); letter != std::string_view::npos) {
            *at++ = kBytes[letter];
            text.remove_prefix(2);
            continue;
        }
        const int unit = text[1] == 'u' ? hexUnit(text.substr(2)) : -1;
        if (unit >= 0xD800 && unit < 0xDC00 && text.substr(6, 2) == "\\u") {
            const int low = hexUnit(text.substr(8));
            if (low >= 0xDC00 && low < 0xE000) {
                appendUtf8(0x10000U + (static_cast<std::uint32_t>(unit - 0xD800) << 10U) + static_cast<std::uint32_t>(low - 0xDC00), at);
                text.remove_prefix(12);
                continue;
            }
        }
        if (unit >= 0 && (unit < 0xD800 || unit >= 0xE000)) {
            appendUtf8(static_cast<std::uint32_t>(unit), at);
            text.remove_prefix(6);
            continue;
        }
        *at++ = '\\';
        text.remove_prefix(1);
    }
    return at;
}

} // namespace

ProgramParser::ProgramParser(std::shared_ptr<const Program> program, const FormatOptions& options)
    : m_program(std::move(program)), m_zoneOffset(options.zoneOffsetMinutes), m_times(options.zoneOffsetMinutes),
      m_ends(m_program->steps.size()), m_values(m_program->labels.size()) {
    m_labels.reserve(std::min(m_values.size(), kMaxLabels));
}

Reason ProgramParser::read(Scan& scan, Record& record) {
    m_decode = !scan.plain && m_program->escapes == LogEscapes::Json;
    if (m_decode && m_decoded.size() < scan.left()) m_decoded.resize(scan.left());
    const char* const begin = scan.at;
    Reason reason = run<false>(scan, record, 0);
    if (reason == Reason::None || !m_program->hasChoices) [[likely]]
        return reason;

    const char* deepest = scan.at;
    for (int retry = 0; retry < kMaxRetries; ++retry) {
        std::size_t step = m_failed + (m_exhausted ? 0 : 1);
        while (step > 0 && (step > m_program->steps.size() || m_program->steps[step - 1].end != Program::End::Choice)) --step;
        if (step == 0) break;
        const std::string_view line = record.line;
        clearRecord(record);
        record.line = line;
        scan.at = begin;
        const Reason again = run<true>(scan, record, step - 1);
        if (again == Reason::None) return again;
        if (!m_exhausted && scan.at > deepest) {
            deepest = scan.at;
            reason = again;
        }
    }
    scan.at = deepest;
    return reason;
}

Reason ProgramParser::fail(Scan& scan, const char* at, std::size_t step, bool exhausted, Reason reason) {
    scan.at = at;
    m_failed = step;
    m_exhausted = exhausted;
    return reason;
}

template <bool kRetry> Reason ProgramParser::run(Scan& scan, Record& record, std::size_t forced) {
    const Program& program = *m_program;
    m_decodedEnd = 0;
    m_request = m_responseBytes = {};
    m_fraction = 0;
    if (program.patternTime) m_timeParts = {};

    const char* at = scan.at;
    bool matched = true;
    if (!program.head.empty()) {
        const char* const begin = at;
        at = compareLiteral(program.head, at, scan.end, matched);
        if (!matched)
            return fail(scan, at, 0, true,
                        at == scan.end ? Reason::MissingField
                        : at == begin  ? Reason::UnknownShape
                                       : Reason::TrailingGarbage);
    }
    const char* unquoted = at; // begin of what stands outside of quotes
    bool quoteInside = false;
    const bool plain = scan.plain;
    const Program::Step* const first = program.steps.data();
    const Program::Step* const last = first + program.steps.size();
    for (const Program::Step* step = first; step != last; ++step) {
        const char* const begin = at;
        const char* end = scan.end;
        if (step->end == Program::End::Quoted && plain) {
            end = findQuote(scan, begin);
        } else if (step->end == Program::End::Certain) {
            // Apache's time nearly always has its full width
            if (step->shape == FieldShape::ApacheTime && scan.end - begin > 26 && begin[26] == step->stop) end = begin + 26;
            else end = scan.find(step->stop, begin);
        }
        const bool choice = step->end == Program::End::Choice;
        if (!kRetry && choice && step->shape != FieldShape::List) { // the first place is nearly always the right one
            end = scan.find(step->stop, begin);
            static_cast<void>(matchLiteral(*step, end, scan.end, matched));
            if (matched) m_ends[static_cast<std::size_t>(step - first)] = end;
            else end = scan.end;
        }
        if (end == scan.end) {
            const auto i = static_cast<std::size_t>(step - first);
            if (kRetry && choice && i < forced) {
                end = m_ends[i];
            } else {
                scan.at = begin;
                const Reason reason = findEnd(*step, scan, kRetry && i == forced ? m_ends[i] + 1 : begin, end);
                if (reason != Reason::None) return fail(scan, scan.at, i, true, reason);
            }
            if (choice) m_ends[i] = end;
        }
        const std::string_view text(begin, static_cast<std::size_t>(end - begin));
        Reason reason = Reason::None;
        switch (step->store) {
        case Program::Store::Member:
            record.*step->member = value(text);
            break;
        case Program::Store::Label:
            m_values[step->label] = value(text);
            break;
        case Program::Store::Request:
            m_request = value(text);
            break;
        case Program::Store::Address:
            record.address = value(text);
            if (text.empty() && !step->mayBeEmpty) reason = Reason::EmptyAddress;
            break;
        case Program::Store::StatusCode:
            if (const auto code = readStatus(text)) [[likely]]
                record.status = *code;
            else reason = take(*step, text, record);
            break;
        case Program::Store::Bytes:
            if (text.size() - 1 < 8 && isDigit(text[0])) [[likely]] {
                std::int64_t bytes = 0;
                const char* p = begin;
                for (; p != end && isDigit(*p); ++p) bytes = bytes * 10 + (*p - '0');
                record.bytes = bytes;
                if (p != end) reason = Reason::BadNumber;
            } else {
                reason = take(*step, text, record);
            }
            break;
        case Program::Store::ApacheTime:
            if (const auto time = m_times.apache(text)) [[likely]] {
                record.time = *time;
                record.hasTime = true;
            } else {
                reason = takeTime(*step, text, record);
            }
            break;
        case Program::Store::Other:
            reason = take(*step, text, record);
            break;
        }
        if (reason != Reason::None) [[unlikely]]
            return fail(scan, begin, static_cast<std::size_t>(step - first), false, reason);
        if (step->checkQuotes && plain && holdsQuote(scan, unquoted, end)) quoteInside = true;
        at = matchLiteral(*step, end, scan.end, matched);
        if (!matched) [[unlikely]]
            return fail(scan, at, static_cast<std::size_t>(step - first), false,
                        at == scan.end ? Reason::MissingField : Reason::TrailingGarbage);
        if (step->quoteBehind) unquoted = at;
    }
    while (at != scan.end && *at == ' ') ++at;
    if (at != scan.end) return fail(scan, at, program.steps.size(), false, Reason::TrailingGarbage);
    record.clean = plain && !quoteInside;
    const Reason reason = finish(record);
    return reason == Reason::None ? reason : fail(scan, at, program.steps.size(), false, reason);
}

Reason ProgramParser::findEnd(const Program::Step& step, Scan& scan, const char* from, const char*& end) {
    switch (step.end) {
    case Program::End::Quoted:
        end = scan.quoteEnd(from);
        if (end != scan.end) return Reason::None;
        if (from != scan.begin && from[-1] == '"') scan.at = from - 1;
        return Reason::UnterminatedQuote;
    case Program::End::Certain:
        end = scan.find(step.stop, from);
        if (end != scan.end) return Reason::None;
        scan.at = scan.end;
        return Reason::MissingField;
    case Program::End::Choice:
        for (end = scan.find(step.stop, from); end != scan.end; end = scan.find(step.stop, end + 1)) {
            bool matched = false;
            static_cast<void>(matchLiteral(step, end, scan.end, matched));
            if (matched && (step.shape != FieldShape::List || step.literal.starts_with(" :") || !isInsideList(scan, from, end)))
                return Reason::None;
        }
        scan.at = scan.end;
        return Reason::MissingField;
    case Program::End::Rest:
        end = step.endsAtSpace ? scan.find(' ', from) : scan.end;
        return Reason::None;
    case Program::End::Run:
        for (end = from; end != scan.end && m_program->runs[step.run][static_cast<unsigned char>(*end)]; ++end) {
        }
        // The field behind it is absent and written as `-`, which this one could have taken for its own: `a.example-`
        if (end - from > 1 && end[-1] == '-' && (end == scan.end || (*end != '/' && *end != '*' && *end != '?'))) --end;
        return Reason::None;
    case Program::End::Own:
        break;
    }
    return ownEnd(step, scan, end);
}

Reason ProgramParser::ownEnd(const Program::Step& step, Scan& scan, const char*& end) {
    const char* const begin = scan.at;
    const auto ofWidth = [&](std::ptrdiff_t width) {
        if (scan.end - begin < width) {
            scan.at = scan.end;
            return Reason::MissingField;
        }
        end = begin + width;
        return Reason::None;
    };
    switch (step.shape) {
    case FieldShape::Pattern: {
        TimeParts ignored;
        const char* read = m_program->patterns[step.pattern].read(begin, scan.end, step.role == FieldRole::Time ? m_timeParts : ignored);
        if (read == nullptr) return begin == scan.end ? Reason::MissingField : Reason::BadTime;
        end = read;
        return Reason::None;
    }
    case FieldShape::StatusCode:
        return ofWidth(begin != scan.end && *begin == '-' ? 1 : 3);
    case FieldShape::ApacheTime:
        return ofWidth(26);
    case FieldShape::IsoTime:
        return ofWidth(25);
    case FieldShape::Number: // of milli- or microseconds
        return ofWidth(static_cast<std::ptrdiff_t>(fractionDigits(step.unit)));
    case FieldShape::Epoch:
    case FieldShape::Decimal: {
        const char* p = begin;
        while (p != scan.end && isDigit(*p)) ++p;
        return ofWidth(p - begin + 4);
    }
    default:
        return ofWidth(1);
    }
}

/// A user with spaces beside an ident, or one that begins with `- `, is more likely a line with more fields in front.
bool ProgramParser::isUser(std::string_view text) const {
    if (isWord(text)) return true;
    return !text.starts_with("- ") && (m_program->ident == 0 || m_values[m_program->ident - 1U].data() == nullptr);
}

std::string_view ProgramParser::decoded(std::string_view text) {
    if (text.find('\\') == std::string_view::npos) return text;
    char* const begin = m_decoded.data() + m_decodedEnd;
    char* const end = decodeJson(text, begin);
    m_decodedEnd += static_cast<std::size_t>(end - begin);
    return {begin, static_cast<std::size_t>(end - begin)};
}

Reason ProgramParser::takeTime(const Program::Step& step, std::string_view text, Record& record) {
    std::optional<Timestamp> time;
    switch (step.shape) {
    case FieldShape::ApacheTime:
        time = m_times.apache(text);
        break;
    case FieldShape::IsoTime:
        time = m_times.iso8601(text);
        break;
    case FieldShape::Epoch:
        if (const auto ns = readSeconds(text)) time = Timestamp{*ns};
        break;
    case FieldShape::Pattern:
        return Reason::None; // was read to find its end
    default: {
        std::int64_t ns = 0;
        if (const auto units = readNumber(text); units && !__builtin_mul_overflow(*units, step.unit, &ns)) time = Timestamp{ns};
        break;
    }
    }
    if (!time) return text.empty() || text == "-" ? Reason::NoTime : Reason::BadTime;
    record.time = *time;
    record.hasTime = true;
    return Reason::None;
}

Reason ProgramParser::take(const Program::Step& step, std::string_view text, Record& record) {
    const bool absent = text.empty() ? step.mayBeEmpty : text.size() == 1 && text[0] == '-';
    switch (step.role) {
    case FieldRole::Address:
        if (text.empty() && !absent) return Reason::EmptyAddress;
        if (step.shape == FieldShape::Word && step.stop != ' ' && !isWord(text)) return Reason::TrailingGarbage;
        record.address = value(text);
        return Reason::None;
    case FieldRole::User:
        if (step.end != Program::End::Quoted && !isUser(text)) return Reason::UnknownShape;
        if (text != "\"\"") record.user = value(text); // Apache writes an empty user as two quotes
        return Reason::None;
    case FieldRole::Request:
        m_request = value(text);
        return Reason::None;
    case FieldRole::StatusCode: {
        if (absent) return Reason::None;
        const auto code = readStatus(text);
        if (!code) return Reason::BadStatus;
        record.status = *code;
        return Reason::None;
    }
    case FieldRole::Bytes: {
        if (absent) return Reason::None;
        const auto bytes = readNumber(text);
        if (!bytes) return Reason::BadNumber;
        record.bytes = *bytes;
        return Reason::None;
    }
    case FieldRole::Duration: {
        if (absent) return Reason::None;
        std::int64_t ns = 0;
        if (step.shape == FieldShape::Decimal) {
            const auto seconds = readSeconds(text);
            if (!seconds) return Reason::BadNumber;
            ns = *seconds;
        } else if (const auto units = readNumber(text); !units || __builtin_mul_overflow(*units, step.unit, &ns)) {
            return Reason::BadNumber;
        }
        record.durationNs = ns;
        return Reason::None;
    }
    case FieldRole::Fraction: {
        const auto units = readNumber(text);
        if (!units || text.size() != fractionDigits(step.unit)) return Reason::BadTime;
        m_fraction = std::max<std::int64_t>(0, *units * step.unit);
        return Reason::None;
    }
    case FieldRole::Time:
        return takeTime(step, text, record);
    default:
        break;
    }

    // Texts and numbers that are kept as text.
    switch (step.shape) {
    case FieldShape::Number:
        if (!absent && !readNumber(text)) return Reason::BadNumber;
        break;
    case FieldShape::Decimal:
    case FieldShape::Epoch:
        if (!absent && !isDecimal(text)) return Reason::BadNumber;
        break;
    case FieldShape::StatusCode:
        if (!absent && !readStatus(text)) return Reason::BadStatus;
        break;
    case FieldShape::List:
        if (step.end != Program::End::Quoted && !absent && !isList(text)) return Reason::MissingField;
        break;
    case FieldShape::Word:
        if (step.end != Program::End::Quoted && !isWord(text)) return Reason::TrailingGarbage;
        break;
    case FieldShape::Protocol:
        if (!isProtocol(text)) return Reason::TrailingGarbage;
        break;
    default:
        break;
    }
    switch (step.role) {
    case FieldRole::Label:
        m_values[step.label] = step.shape == FieldShape::Mark && !text.empty() ? text : value(text);
        break;
    case FieldRole::Method:
        record.method = value(text);
        break;
    case FieldRole::Target:
        record.target = value(text);
        break;
    case FieldRole::Version:
        record.version = text.starts_with("HTTP/") ? presentText(text.substr(5)) : std::string_view();
        break;
    case FieldRole::Host:
        record.host = presentText(withoutPort(value(text)));
        break;
    case FieldRole::Referrer:
        record.referrer = value(text);
        break;
    case FieldRole::Agent:
        record.agent = value(text);
        break;
    case FieldRole::Extra: {
        std::string_view present = value(text);
        if (step.extra == EcsField::UrlQuery && present.starts_with('?')) present = presentText(present.substr(1));
        if (step.extra == EcsField::ResponseBytes) m_responseBytes = present;
        if (present.data() != nullptr) record.addExtra(step.extra, present);
        break;
    }
    default:
        break;
    }
    return Reason::None;
}

Reason ProgramParser::finish(Record& record) {
    const Program& program = *m_program;
    if (program.patternTime) {
        const auto time = m_timeParts.moment(m_zoneOffset);
        if (!time) return Reason::BadTime;
        record.time = *time;
        record.hasTime = true;
    }
    if (m_fraction != 0 && record.hasTime && __builtin_add_overflow(record.time.ns, m_fraction, &record.time.ns)) return Reason::BadTime;
    if (m_request.data() != nullptr) {
        // What the server logged by itself goes before what its request line seems to say.
        const std::string_view method = record.method;
        const std::string_view version = record.version;
        const std::string_view target = record.target;
        readRequestLine(m_request, record);
        if (method.data() != nullptr) record.method = method;
        if (version.data() != nullptr) record.version = version;
        if (target.data() != nullptr) record.target = target;
    }
    if (record.bytes == kAbsent && m_responseBytes.data() != nullptr) record.bytes = readNumber(m_responseBytes).value_or(kAbsent);
    for (const Program::Fallback& fallback : program.fallbacks) {
        std::string_view& place = fallback.role == FieldRole::Address ? record.address : record.host;
        const std::string_view text = m_values[fallback.label];
        if (place.data() == nullptr && text.data() != nullptr)
            place = fallback.role == FieldRole::Address ? text : presentText(withoutPort(text));
    }
    if (!m_values.empty()) {
        m_labels.clear();
        for (std::size_t i = 0; i < m_values.size(); ++i) {
            if (m_values[i].data() == nullptr) continue;
            if (m_labels.size() < kMaxLabels) m_labels.push_back({program.labels[i], m_values[i]});
            else ++record.labelsLeftOut;
        }
        record.labels = m_labels;
    }
    return Reason::None;
}

} // namespace sg
