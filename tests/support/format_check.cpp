#include "tests/support/format_check.h"

#include <charconv>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace sg::test {
namespace {

struct NamedText {
    const char* name;
    std::string_view text;
};

std::array<NamedText, 9> textFields(const Record& r) {
    return {{{"address", r.address},
             {"user", r.user},
             {"request", r.request},
             {"method", r.method},
             {"target", r.target},
             {"version", r.version},
             {"host", r.host},
             {"referrer", r.referrer},
             {"agent", r.agent}}};
}

const char* extraName(EcsField field) {
    static constexpr const char* kNames[] = {"RequestId",
                                             "RequestBytes",
                                             "ResponseBytes",
                                             "TlsVersion",
                                             "TlsCipher",
                                             "TlsProtocol",
                                             "DestinationAddress",
                                             "DestinationIp",
                                             "DestinationPort",
                                             "HostName",
                                             "EventId",
                                             "LogLevel",
                                             "Message",
                                             "ForwardedFor",
                                             "UrlScheme",
                                             "UrlQuery",
                                             "UrlPath",
                                             "UserAgentName",
                                             "ServiceName",
                                             "SourcePort",
                                             "ProcessId",
                                             "ThreadId",
                                             "FilePath",
                                             "NetworkBytes",
                                             "RequestBodyBytes",
                                             "RequestMimeType",
                                             "ResponseMimeType",
                                             "TlsServerName",
                                             "TlsClientSubject",
                                             "TlsClientIssuer",
                                             "TlsResumed",
                                             "SourceBytes",
                                             "DestinationBytes",
                                             "TraceId",
                                             "EventAction",
                                             "EventCode",
                                             "ProcessName",
                                             "UserHash"};
    static_assert(std::size(kNames) == kEcsFieldCount);
    return kNames[static_cast<std::size_t>(field)];
}

void appendText(std::string& out, const char* name, std::string_view text) {
    if (!out.empty()) out += ' ';
    out += name;
    out += "=<";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f) {
            out += c;
        } else {
            static constexpr char kHex[] = "0123456789abcdef";
            out += "\\x";
            out += kHex[byte >> 4U];
            out += kHex[byte & 15U];
        }
    }
    out += '>';
}

void appendNumber(std::string& out, const char* name, std::int64_t value) {
    if (!out.empty()) out += ' ';
    out += name;
    out += '=' + std::to_string(value);
}

bool isInside(std::string_view part, std::string_view whole) {
    const std::less_equal<const char*> lessEqual;
    return lessEqual(whole.data(), part.data()) && lessEqual(part.data() + part.size(), whole.data() + whole.size());
}

bool isCleanText(std::string_view text) {
    for (const char c : text)
        if (c < 0x20 || c == 0x7f || c == '"' || c == '\\') return false;
    return true;
}

/// Whether the format undoes an encoding: its values may live in the parser's scratch; those of the others are views of the line.
bool decodes(std::string_view format) {
    if (format.starts_with("nginx:escape=json")) return true;
    for (const std::string_view name : {"json", "caddy", "traefik_json", "w3c", "cloudfront", "csv"})
        if (datasetName(format) == name) return true;
    return false;
}

std::string checkRecord(const Record& record, std::string_view line, bool quotedFormat) {
    const auto check = [&](const char* name, std::string_view text) -> std::string {
        if (text.data() == nullptr) return {};
        if (text.empty()) return std::string(name) + " is there, but empty";
        if (quotedFormat && !isInside(text, line)) return std::string(name) + " is not inside the line";
        if (record.clean && !isCleanText(text)) return std::string(name) + " is not clean";
        return {};
    };
    for (const NamedText& field : textFields(record))
        if (std::string wrong = check(field.name, field.text); !wrong.empty()) return wrong;
    for (std::size_t i = 0; i < record.extraCount; ++i)
        if (std::string wrong = check(extraName(record.extras[i].field), record.extras[i].value); !wrong.empty()) return wrong;
    for (const Label& label : record.labels)
        if (std::string wrong = check(("labels." + std::string(label.name)).c_str(), label.value); !wrong.empty()) return wrong;
    if (record.labels.size() > kMaxLabels) return "too many labels";
    if (!isInside(record.line, line)) return "line is not inside the line";
    if (record.status < kNoStatus || record.status > 999) return "status out of range";
    if (record.bytes < kAbsent) return "negative bytes";
    if (record.durationNs < kAbsent) return "negative duration";
    return {};
}

std::string outcomeText(const LineOutcome& outcome, const Record& record) {
    switch (outcome.kind) {
    case LineOutcome::Kind::Parsed:
        return describe(record);
    case LineOutcome::Kind::Skipped:
        return "skipped";
    case LineOutcome::Kind::Dead:
        break;
    }
    return "dead " + std::string(reasonText(outcome.reason).id) + " at " + std::to_string(outcome.column);
}

/// A format, and a parser of it that lives as long as the program: it carries its scratch and caches from line to line.
struct Veteran {
    std::shared_ptr<const Format> format;
    std::unique_ptr<LineParser> parser;
};

Veteran& veteran(const std::string& name) {
    static std::map<std::string, Veteran> veterans;
    Veteran& found = veterans[name];
    if (!found.format) {
        found.format = *findFormat(name);
        found.parser = found.format->makeParser({});
    }
    return found;
}

} // namespace

std::string describe(const Record& record) {
    std::string out;
    if (record.hasTime) appendNumber(out, "time", record.time.ns);
    for (const NamedText& field : textFields(record))
        if (field.text.data() != nullptr) appendText(out, field.name, field.text);
    if (record.status != kNoStatus) appendNumber(out, "status", record.status);
    if (record.bytes != kAbsent) appendNumber(out, "bytes", record.bytes);
    if (record.durationNs != kAbsent) appendNumber(out, "duration", record.durationNs);
    for (std::size_t i = 0; i < record.extraCount; ++i) appendText(out, extraName(record.extras[i].field), record.extras[i].value);
    for (const Label& label : record.labels)
        appendText(out, ((label.number ? "number." : "labels.") + std::string(label.name)).c_str(), label.value);
    if (record.key.data() != nullptr) appendText(out, "key", record.key);
    return out;
}

std::vector<std::string> fieldNames(const Record& record) {
    std::vector<std::string> names;
    if (record.hasTime) names.emplace_back("time");
    for (const NamedText& field : textFields(record))
        if (field.text.data() != nullptr) names.emplace_back(field.name);
    if (record.status != kNoStatus) names.emplace_back("status");
    if (record.bytes != kAbsent) names.emplace_back("bytes");
    if (record.durationNs != kAbsent) names.emplace_back("duration");
    for (std::size_t i = 0; i < record.extraCount; ++i) names.emplace_back(extraName(record.extras[i].field));
    if (!record.labels.empty()) names.emplace_back("labels");
    if (record.key.data() != nullptr) names.emplace_back("key");
    return names;
}

std::string parseToText(LineParser& parser, std::string_view line, bool firstOfSource) {
    Record record;
    const LineOutcome outcome = parser.parse(line, firstOfSource, record);
    return outcomeText(outcome, record);
}

const std::vector<FormatString>& formatStrings() {
    static const std::vector<FormatString> kStrings = {
        {"apache:combined", R"(1.2.3.4 - - [23/Mar/2024:01:18:20 +0000] "GET /a HTTP/1.1" 200 7 "-" "curl/8")"},
        {"nginx:combined", R"(1.2.3.4 - - [23/Mar/2024:01:18:20 +0000] "GET /a HTTP/1.1" 200 7 "-" "curl/8")"},
        {"apache:%h %u %{User-Agent}i %{Referer}i %D", "1.2.3.4 - Mozilla/5.0 (X11; Linux) http://r/ 7"},
        {R"(apache:"%m %U%q %H" %s %{%A, %e %B %Y %I:%M:%S %p %Z}t|%{usec_frac}t)",
         R"("GET /a b?c=1 HTTP/2.0" 200 Saturday, 23 March 2024 01:18:20 PM UTC|000042)"},
        {"apache:%{X-Forwarded-For}i %l %u [%{sec}t.%{msec_frac}t] %X%p%U", "1.2.3.4, 5.6.7.8 - - [1711156700.500] +443/a"},
        {"nginx:$time_iso8601$status$request_time$msec$pipe$scheme://$host$uri$is_args$args",
         "2024-03-23T01:18:20+00:002000.0421711156700.500phttps://a.example/a?b"},
        {"nginx:$upstream_addr $upstream_status,$upstream_response_time : $status",
         "10.0.0.1:80, unix:/s : 10.0.0.2:80 502, - : 200,0.001, - : 0.042 : 200"},
        {R"(nginx:escape=json {"t":$msec,"r":"$request","a":"$http_user_agent","u":"$remote_user","s":$status})",
         R"({"t":1711156700.500,"r":"GET /\"\\ HTTP/1.1","a":"\u0001\ud83d\ude00","u":"","s":200})"},
        {"csv:header,ts,device:key,temperature:number,-,ip,status,site", R"(1711156700,d4,21.5,x,1.2.3.4,200,"a ""b"" c")"},
        {"csv:ts;device:key;volts:number;speed:number", "2024-03-23T01:18:20Z;d 4;+.5;1e-3"},
        {"json:ts=at,key=device,number=t,number=battery.volts,label=site,status=s",
         R"({"at":1711156700.5,"device":"d4","t":-1.5e3,"battery":{"volts":"3.71"},"site":"n\u00f6rth","s":200,"x":[1]})"},
        {R"(nginx:escape=none "$request" "$http_user_agent" "$http_referer")", R"("GET / HTTP/1.1" "a "b" c" "-")"},
    };
    return kStrings;
}

std::string mutated(std::string line, std::mt19937& random) {
    static constexpr std::string_view kSharp = "\"\\[]{}:, -\r\0\x1b\x7f\x80\xff.0";
    const auto below = [&](std::size_t n) { return random() % n; };
    for (std::size_t change = below(4) + 1; change > 0 && !line.empty(); --change) {
        const std::size_t at = below(line.size());
        const char byte = below(2) == 0 ? kSharp[below(kSharp.size())] : static_cast<char>(below(256));
        switch (below(4)) {
        case 0:
            line[at] = byte;
            break;
        case 1:
            line.insert(at, 1, byte);
            break;
        case 2:
            line.erase(at, below(8) + 1);
            break;
        default:
            line.insert(at, line.substr(below(line.size()), below(12)));
            break;
        }
    }
    return line;
}

std::string checkFormat(const std::string& name, std::string_view bytes) {
    const Veteran& old = veteran(name);
    const auto parser = old.format->makeParser({});
    for (const bool first : {false, true}) {
        const std::unique_ptr<char[]> exact(new char[bytes.size()]);
        bytes.copy(exact.get(), bytes.size());
        const std::string_view line(exact.get(), bytes.size());
        Record record;
        parser->setHeader({});
        const LineOutcome outcome = parser->parse(line, first, record);
        std::string wrong;
        if (outcome.kind == LineOutcome::Kind::Parsed) wrong = checkRecord(record, line, !decodes(name));
        else if (outcome.kind == LineOutcome::Kind::Dead && (outcome.reason == Reason::None || outcome.column > line.size()))
            wrong = "a dead line without a reason or with a column outside";
        else if (outcome.kind > LineOutcome::Kind::Dead) wrong = "an outcome that is none";
        if (wrong.empty()) {
            const std::string beside = "\"7 " + std::string(bytes) + "\"[]x 9\n";
            Record again;
            old.parser->setHeader({});
            const LineOutcome second = old.parser->parse(std::string_view(beside).substr(3, bytes.size()), first, again);
            if (outcomeText(outcome, record) != outcomeText(second, again) || record.clean != again.clean)
                wrong = "another outcome beside other bytes: " + outcomeText(outcome, record) + " and " + outcomeText(second, again);
        }
        if (!wrong.empty()) return name + ": " + wrong;
    }
    return {};
}

std::string checkFormats(std::string_view bytes) {
    for (const std::string_view name : formatNames())
        if (std::string wrong = checkFormat(std::string(name), bytes); !wrong.empty()) return wrong;
    for (const FormatString& each : formatStrings())
        if (std::string wrong = checkFormat(each.format, bytes); !wrong.empty()) return wrong;
    return {};
}

} // namespace sg::test
