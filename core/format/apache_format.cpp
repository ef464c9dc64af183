/// `apache:<LogFormat>`: Apache httpd's format strings.
///
/// *Source:* Apache httpd 2.4: mod_log_config, mod_logio, mod_ssl ("Custom Log Formats"), mod_unique_id.
#include "core/format/formats.h"
#include "core/format/program.h"

#include <array>

namespace sg {
namespace {

constexpr std::string_view kFamily = "apache:";

/// The formats that httpd.conf and Debian's apache2.conf name.
struct Nickname {
    std::string_view name;
    std::string_view format;
};
constexpr std::array kNicknames = {
    Nickname{"common", R"(%h %l %u %t "%r" %>s %b)"},
    Nickname{"combined", R"(%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i")"},
    Nickname{"combinedio", R"(%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %I %O)"},
    Nickname{"vhost_combined", R"(%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i")"},
    Nickname{"vhost_common", R"(%v %h %l %u %t "%r" %>s %b)"},
    Nickname{"referer", "%{Referer}i -> %U"},
    Nickname{"agent", "%{User-agent}i"},
};

using Shape = FieldShape;
using Role = FieldRole;

FormatField label(Shape shape, std::string name) {
    FormatField field;
    field.shape = shape;
    field.role = Role::Label;
    field.label = std::move(name);
    return field;
}

FormatField plain(Shape shape, Role role, std::uint8_t rank = 0, std::string name = {}) {
    FormatField field = label(shape, std::move(name));
    field.role = role;
    field.rank = rank;
    return field;
}

FormatField extra(Shape shape, EcsField ecs, std::string name = {}) {
    FormatField field = plain(shape, Role::Extra, 0, std::move(name));
    field.extra = ecs;
    return field;
}

FormatField counted(Role role, std::int64_t unit, std::uint8_t rank) {
    FormatField field = plain(Shape::Number, role, rank);
    field.unit = unit;
    return field;
}

constexpr std::int64_t kMicro = 1'000;
constexpr std::int64_t kMilli = 1'000'000;
constexpr std::int64_t kSecond = 1'000'000'000;

char lowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

std::string labelName(std::string_view prefix, std::string_view name) {
    std::string out(prefix);
    for (const char c : name) out += c == '-' || c == '.' ? '_' : lowerCase(c);
    return out;
}

FormatField requestHeader(std::string_view name) {
    const std::string lower = labelName({}, name);
    if (lower == "referer") return plain(Shape::Text, Role::Referrer);
    if (lower == "user_agent") return plain(Shape::Text, Role::Agent);
    if (lower == "host") return plain(Shape::Text, Role::Host, 9, "http_host");
    if (lower == "x_forwarded_host") return plain(Shape::Text, Role::Host, 3, "http_x_forwarded_host");
    if (lower == "x_forwarded_for") return extra(Shape::List, EcsField::ForwardedFor);
    if (lower == "x_real_ip" || lower == "true_client_ip" || lower == "cf_connecting_ip")
        return plain(Shape::Word, Role::Address, 2, "http_" + lower);
    if (lower == "x_request_id") return extra(Shape::Text, EcsField::RequestId, "http_x_request_id");
    if (lower == "content_type") return extra(Shape::Text, EcsField::RequestMimeType);
    if (lower == "content_length") return extra(Shape::Text, EcsField::RequestBodyBytes);
    return label(Shape::Text, "http_" + lower);
}

/// mod_ssl's `%{NAME}x`.
FormatField tlsVariable(std::string_view name) {
    if (name == "SSL_PROTOCOL") return extra(Shape::Word, EcsField::TlsVersion);
    if (name == "SSL_CIPHER") return extra(Shape::Word, EcsField::TlsCipher);
    if (name == "SSL_TLS_SNI") return extra(Shape::Word, EcsField::TlsServerName);
    if (name == "SSL_CLIENT_S_DN") return extra(Shape::Text, EcsField::TlsClientSubject);
    if (name == "SSL_CLIENT_I_DN") return extra(Shape::Text, EcsField::TlsClientIssuer);
    if (name == "SSL_SESSION_RESUMED") return extra(Shape::Word, EcsField::TlsResumed);
    return label(Shape::Text, labelName({}, name));
}

/// mod_ssl's older `%{name}c`.
FormatField cryptography(std::string_view name) {
    if (name == "version") return extra(Shape::Word, EcsField::TlsVersion);
    if (name == "cipher") return extra(Shape::Word, EcsField::TlsCipher);
    if (name == "subjectdn") return extra(Shape::Text, EcsField::TlsClientSubject);
    if (name == "issuerdn") return extra(Shape::Text, EcsField::TlsClientIssuer);
    return label(Shape::Text, labelName("ssl_", name));
}

/// One compilation of one string.
class LogFormatReader {
public:
    /// `offset`: of the text in what the user wrote.
    LogFormatReader(std::string_view text, std::size_t offset) : m_text(text), m_offset(offset) {}

    Result<std::vector<FormatItem>> read() {
        while (m_at < m_text.size()) {
            const std::size_t begin = m_at;
            if (m_text[m_at] == '\\') {
                readEscape();
            } else if (m_text[m_at] != '%') {
                literal(m_text[m_at], begin);
                ++m_at;
            } else {
                SG_TRY(readDirective());
            }
        }
        // `\n` at the end is the end of the line
        if (!m_items.empty() && !m_items.back().field && m_items.back().text == "\n") m_items.pop_back();
        return std::move(m_items);
    }

private:
    void literal(char c, std::size_t position) { m_items.push_back({std::string(1, c), m_offset + position, {}}); }

    void readEscape() {
        const std::size_t begin = m_at++;
        const char next = m_at < m_text.size() ? m_text[m_at] : '\0';
        static constexpr std::string_view kLetters = "ntr\"\\'";
        static constexpr std::string_view kBytes = "\n\t\r\"\\'";
        if (const std::size_t letter = next == '\0' ? std::string_view::npos : kLetters.find(next); letter != std::string_view::npos) {
            literal(kBytes[letter], begin);
            ++m_at;
        } else {
            literal('\\', begin);
        }
    }

    [[nodiscard]] Failure wrong(std::size_t position, const std::string& why) const { return fail(formatError(m_offset + position, why)); }

    Status readDirective() {
        const std::size_t begin = m_at++;
        if (m_at < m_text.size() && m_text[m_at] == '%') {
            literal('%', begin);
            ++m_at;
            return {};
        }
        // `!`, statuses, `<`, `>` and `{...}` may come in any order; what a status leaves out is written as `-`.
        std::string_view argument;
        bool final = false;
        bool braces = false;
        for (; m_at < m_text.size(); ++m_at) {
            const char c = m_text[m_at];
            if (c == '{') {
                const std::size_t close = m_text.find('}', m_at);
                if (close == std::string_view::npos) return wrong(m_at, "the brace is not closed");
                argument = m_text.substr(m_at + 1, close - m_at - 1);
                braces = true;
                m_at = close;
            } else if (c == '>' || c == '<') {
                final = c == '>';
            } else if (c != '!' && c != ',' && (c < '0' || c > '9')) {
                break;
            }
        }
        if (m_at == m_text.size()) return wrong(begin, "'" + std::string(m_text.substr(begin)) + "' is not a whole directive");
        std::string letters(1, m_text[m_at++]);
        if (letters == "^") {
            letters += m_text.substr(m_at, 2);
            m_at += letters.size() - 1;
        }
        const std::string_view written = m_text.substr(begin, m_at - begin);
        if (letters == "t") return readTime(begin, written, argument);
        auto field = directive(letters, argument, braces, final);
        if (!field) return wrong(begin, "'" + std::string(written) + "' is " + field.error().message);
        m_items.push_back({std::string(written), m_offset + begin, std::move(*field)});
        return {};
    }

    void time(FormatField field, std::string_view written, std::size_t begin) {
        m_items.push_back({std::string(written), m_offset + begin, std::move(field)});
    }

    Status readTime(std::size_t begin, std::string_view written, std::string_view argument) {
        constexpr std::uint8_t kEndLowers = 1; // the request's beginning is its time
        std::uint8_t lower = 0;
        if (argument.starts_with("begin:")) {
            argument.remove_prefix(6);
        } else if (argument.starts_with("end:")) {
            argument.remove_prefix(4);
            lower = kEndLowers;
        }
        const auto rank = [lower](int of) { return static_cast<std::uint8_t>(of - lower); };
        if (argument.empty()) {
            literal('[', begin);
            time(plain(Shape::ApacheTime, Role::Time, rank(5)), written, begin);
            literal(']', begin);
        } else if (argument == "sec") {
            time(counted(Role::Time, kSecond, rank(4)), written, begin);
        } else if (argument == "msec") {
            time(counted(Role::Time, kMilli, rank(8)), written, begin);
        } else if (argument == "usec") {
            time(counted(Role::Time, kMicro, rank(10)), written, begin);
        } else if (argument == "msec_frac") {
            time(counted(Role::Fraction, kMilli, 0), written, begin);
        } else if (argument == "usec_frac") {
            time(counted(Role::Fraction, kMicro, 0), written, begin);
        } else {
            auto pattern = TimePattern::compile(argument);
            if (!pattern) return wrong(begin, pattern.error().message);
            FormatField field = plain(Shape::Pattern, Role::Time, rank(1));
            field.pattern = std::move(*pattern);
            time(std::move(field), written, begin);
        }
        return {};
    }

    [[nodiscard]] static Result<FormatField> directive(const std::string& letters, std::string_view argument, bool braces, bool final);

    std::string_view m_text;
    std::size_t m_offset;
    std::size_t m_at = 0;
    std::vector<FormatItem> m_items;
};

Result<FormatField> LogFormatReader::directive(const std::string& letters, std::string_view argument, bool braces, bool final) {
    const auto unknown = [](const std::string& why) { return fail(ErrorCode::InvalidArgument, why); };
    const auto named = [&](std::string_view prefix) { return labelName(prefix, argument); };
    if (letters == "^FB") return label(Shape::Number, "time_to_first_byte_us");
    if (letters == "^ti" || letters == "^to") {
        if (argument.empty()) return unknown("a trailer without a name");
        return label(Shape::Text, named(letters == "^ti" ? "trailer_" : "sent_trailer_"));
    }
    if (letters.size() != 1) return unknown("an unknown directive");
    const char letter = letters[0];
    if (argument.empty() && (std::string_view("Cienox").find(letter) != std::string_view::npos || (letter == 'c' && braces)))
        return unknown("a directive that needs a name in braces");
    switch (letter) {
    case 'a':
        return argument == "c" ? plain(Shape::Word, Role::Address, 5, "peer_address")
                               : plain(Shape::Word, Role::Address, 10, "client_address");
    case 'h':
        return argument == "c" ? plain(Shape::Word, Role::Address, 4, "peer_host") : plain(Shape::Word, Role::Address, 9, "remote_host");
    case 'A':
        return extra(Shape::Word, EcsField::DestinationIp);
    case 'b':
    case 'B':
        return plain(Shape::Number, Role::Bytes, letter == 'B' ? 10 : 9);
    case 'C':
        return label(Shape::Text, named("cookie_"));
    case 'D':
        return counted(Role::Duration, kMicro, 12);
    case 'T':
        if (argument == "us") return counted(Role::Duration, kMicro, 12);
        if (argument == "ms") return counted(Role::Duration, kMilli, 11);
        if (argument.empty() || argument == "s") return counted(Role::Duration, kSecond, 8);
        return unknown("a duration in an unknown unit; known are s, ms and us");
    case 'e':
        return argument == "UNIQUE_ID" ? extra(Shape::Word, EcsField::RequestId, "unique_id") : label(Shape::Text, named("env_"));
    case 'L':
        return label(Shape::Word, "error_log_id");
    case 'f':
        return extra(Shape::Text, EcsField::FilePath);
    case 'H':
        return plain(Shape::Protocol, Role::Version);
    case 'i':
        return requestHeader(argument);
    case 'I':
        return extra(Shape::Number, EcsField::RequestBytes);
    case 'O':
        return extra(Shape::Number, EcsField::ResponseBytes);
    case 'S':
        return extra(Shape::Number, EcsField::NetworkBytes);
    case 'k':
        return label(Shape::Number, "connection_requests");
    case 'l':
        return label(Shape::Word, "ident");
    case 'm':
        return plain(Shape::Token, Role::Method);
    case 'n':
        return label(Shape::Text, named("note_"));
    case 'o': {
        if (labelName({}, argument) == "content_type") return extra(Shape::Text, EcsField::ResponseMimeType);
        return label(Shape::Text, named("sent_http_"));
    }
    case 'p':
        if (argument == "remote") return extra(Shape::Number, EcsField::SourcePort);
        if (argument.empty() || argument == "canonical" || argument == "local") return extra(Shape::Number, EcsField::DestinationPort);
        return unknown("a port of an unknown kind; known are canonical, local and remote");
    case 'P':
        if (argument.empty() || argument == "pid") return extra(Shape::Number, EcsField::ProcessId);
        if (argument == "tid") return extra(Shape::Number, EcsField::ThreadId);
        if (argument == "hextid") return label(Shape::Word, "thread_id_hex");
        return unknown("a process id of an unknown kind; known are pid, tid and hextid");
    case 'q':
        return plain(Shape::Query, Role::Query);
    case 'r':
        return plain(Shape::Text, Role::Request);
    case 'R':
        return label(Shape::Text, "handler");
    case 's':
        return plain(Shape::StatusCode, Role::StatusCode, final ? 10 : 9, "status_original");
    case 'u':
        return plain(Shape::Text, Role::User);
    case 'U':
        return plain(Shape::Path, Role::Path);
    case 'v':
        return plain(Shape::Host, Role::Host, 8, "server_name");
    case 'V':
        return plain(Shape::Host, Role::Host, 8, "server_name_used");
    case 'X':
        return label(Shape::Mark, "connection_status");
    case 'x':
        return tlsVariable(argument);
    case 'c':
        if (!braces) return label(Shape::Mark, "connection_status"); // httpd 1.3's name for %X
        return cryptography(argument);
    default:
        return unknown("an unknown directive");
    }
}

/// A whole line of a configuration, `LogFormat "..." nickname`, is read as what stands between its quotes.
std::string_view withoutDirective(std::string_view text, std::size_t& offset) {
    const std::size_t open = text.find('"');
    if (!text.starts_with("LogFormat ") || open == std::string_view::npos) return text;
    std::size_t close = open + 1;
    while (close < text.size() && text[close] != '"') close += text[close] == '\\' ? 2 : 1;
    offset += open + 1;
    return text.substr(open + 1, std::min(close, text.size()) - open - 1);
}

} // namespace

Result<std::shared_ptr<const Format>> makeApache(std::string_view name) {
    std::string_view text = name.substr(kFamily.size());
    for (const Nickname& each : kNicknames)
        if (each.name == text) text = each.format;
    std::size_t offset = 0;
    text = withoutDirective(text, offset);
    SG_TRY_ASSIGN(std::vector<FormatItem> items, LogFormatReader(text, offset).read());
    return compileFormat(std::string(name), std::move(items), LogEscapes::Backslash);
}

} // namespace sg
