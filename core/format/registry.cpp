/// The formats by name, one row each, in the order in which detection prefers them on a tie.
#include "core/format/formats.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace sg {
namespace {

struct Row {
    FormatInfo info;
    std::shared_ptr<const Format> (*make)();
};

constexpr std::array kRows = {
    Row{{"combined",
         R"(203.0.113.7 - ann [23/Mar/2024:01:18:20 +0000] "GET /a?b=1 HTTP/1.1" 200 512 "https://shop.example/" "curl/8.5.0" 0.042)",
         "Apache httpd: Log Files"},
        makeCombined},
    Row{{"nginx_combined",
         R"(203.0.113.7 - ann [23/Mar/2024:01:18:20 +0000] "GET /a?b=1 HTTP/1.1" 200 512 "https://shop.example/" "curl/8.5.0")",
         "nginx: ngx_http_log_module"},
        makeNginxCombined},
    Row{{"vhost_combined", R"(shop.example:443 203.0.113.7 - ann [23/Mar/2024:01:18:20 +0000] "GET /a HTTP/1.1" 200 512 "-" "curl/8.5.0")",
         "Debian's apache2.conf"},
        makeVhostCombined},
    Row{{"common", R"(203.0.113.7 - ann [23/Mar/2024:01:18:20 +0000] "GET /a?b=1 HTTP/1.1" 200 512)", "Apache httpd: Log Files"},
        makeCommon},
    Row{{"caddy",
         R"({"level":"info","ts":1711156700.123,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"203.0.113.7","remote_port":"41342","client_ip":"203.0.113.7","proto":"HTTP/2.0","method":"GET","host":"shop.example","uri":"/a?b=1","headers":{"User-Agent":["curl/8.5.0"]}},"bytes_read":0,"user_id":"","duration":0.042,"size":512,"status":200})",
         "Caddy: log; Caddy 1: log"},
        makeCaddy},
    Row{{"traefik_json",
         R"({"ClientHost":"203.0.113.7","ClientPort":"41342","DownstreamContentSize":512,"DownstreamStatus":200,"Duration":42000000,"RequestHost":"shop.example","RequestMethod":"GET","RequestPath":"/a?b=1","RequestProtocol":"HTTP/2.0","StartUTC":"2024-03-23T01:18:20.123Z","request_User-Agent":"curl/8.5.0"})",
         "Traefik: Access Logs"},
        makeTraefikJson},
    Row{{"json", R"({"time":"2024-03-23T01:18:20Z","remote_addr":"203.0.113.7","request":"GET /a HTTP/1.1","status":200})",
         "ECS; nginx's variables"},
        makeJson},
    Row{{"original", "HTTP:200 www.gigaom.com /a 203.0.113.7", "the system that this one replaces"}, makeOriginal},
    Row{{"traefik",
         R"(203.0.113.7 - - [23/Mar/2024:01:18:20 +0000] "GET /a HTTP/2.0" 200 512 "-" "curl/8.5.0" 42 "shop@docker" "http://10.0.0.2:80" 7ms)",
         "Traefik: Access Logs"},
        makeTraefik},
    Row{{"haproxy",
         R"(203.0.113.7:33317 [23/Mar/2024:01:18:20.123] www shop/web1 0/0/1/7/8 200 512 - - ---- 1/1/1/1/0 0/0 "GET /a HTTP/1.1")",
         "HAProxy Configuration Manual, 8.2.3"},
        makeHaproxy},
    Row{{"w3c",
         "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port c-ip cs(User-Agent) sc-status time-taken\n"
         "2024-03-23 01:18:20 10.0.0.2 GET /a b=1 443 203.0.113.7 curl/8.5.0+(x) 200 7",
         "W3C WD-logfile; Microsoft: W3C Extended Log File Format (IIS)"},
        makeW3c},
    Row{{"cloudfront", "2024-03-23\t01:18:20\tFRA56-C1\t760\t203.0.113.7\tGET\td1.cloudfront.net\t/a\t200\t-\tcurl/8.5.0%20(x)\tb=1",
         "AWS: CloudFront standard log file fields, real-time logs"},
        makeCloudFront},
    Row{{"squid", "1711156700.123      7 203.0.113.7 TCP_MISS/200 512 GET http://shop.example/a - HIER_DIRECT/10.0.0.2 text/html",
         "Squid: Access Log Formats"},
        makeSquid},
    Row{{"aws_alb",
         R"(http 2024-03-23T01:18:20.123456Z app/shop/50dc6c495c0c9188 203.0.113.7:2817 10.0.0.2:80 0.000 0.001 0.000 200 200 34 512 "GET http://shop.example:80/a HTTP/1.1" "curl/8.5.0" - - - "Root=1-65fe2d9c-1" "-" "-" 0 2024-03-23T01:18:20.122000Z "forward" "-" "-")",
         "AWS: Access logs for your Application Load Balancer"},
        makeAwsAlb},
    Row{{"aws_elb",
         R"(2024-03-23T01:18:20.123456Z shop 203.0.113.7:2817 10.0.0.2:80 0.000073 0.001048 0.000057 200 200 0 512 "GET http://shop.example:80/a HTTP/1.1" "curl/8.5.0" - -)",
         "AWS: Access logs for your Classic Load Balancer"},
        makeAwsElb},
    Row{{"aws_s3",
         R"(79a59df900b949e5 shop [23/Mar/2024:01:18:20 +0000] 203.0.113.7 - 3E57427F3EXAMPLE REST.GET.OBJECT a.png "GET /a.png HTTP/1.1" 200 - 512 512 7 6 "-" "curl/8.5.0" -)",
         "AWS: Amazon S3 server access log format"},
        makeAwsS3},
};

/// Formats that are told what to read by what follows their name and a colon. REQUIRES: the example's name is one that `make` takes.
struct Family {
    std::string_view prefix; ///< with the colon
    std::string_view wants;  ///< what follows it
    FormatInfo info;         ///< the name in full
    std::size_t countedFrom; ///< the byte of the name that is byte 1 in a complaint
    Result<std::shared_ptr<const Format>> (*make)(std::string_view name);
};

constexpr std::array kFamilies = {
    Family{"apache:",
           "<LogFormat>",
           {R"(apache:%v %a %u %{%d/%b/%Y %T}t.%{msec_frac}t "%m %U%q %H" %>s %B %{us}T "%{Referer}i" "%{User-Agent}i" "%{X-Trace}i")",
            R"(shop.example 203.0.113.7 ann 23/Mar/2024 01:18:20.123 "GET /a?b=1 HTTP/1.1" 200 512 42000 "-" "curl/8.5.0" "7f")",
            "Apache httpd: mod_log_config, mod_logio, mod_ssl"},
           7,
           makeApache},
    Family{
        "nginx:",
        "<log_format>",
        {R"(nginx:$remote_addr [$time_iso8601] $scheme://$host$request_uri $request_method $status $bytes_sent $request_time $upstream_response_time $pipe)",
         "203.0.113.7 [2024-03-23T01:18:20+00:00] https://shop.example/a?b=1 GET 200 760 0.042 0.010, 0.031 .",
         "nginx: ngx_http_log_module and the modules' variables"},
        6,
        makeNginx},
    Family{"json:",
           "<WORD=KEY,...>",
           {"json:ts=at,key=device,number=temperature,number=battery.volts",
            R"({"at":"2024-03-23T01:18:20Z","device":"greenhouse-4","temperature":21.5,"battery":{"volts":3.71},"site":"north"})",
            "the words that readable names have here"},
           0,
           makeMappedJson},
    Family{"csv:",
           "<column,...>",
           {"csv:ts,device:key,temperature:number,battery:number,site", "2024-03-23T01:18:20Z,greenhouse-4,21.5,3.71,north", "RFC 4180"},
           0,
           makeCsv},
};

constexpr auto kNames = [] {
    std::array<std::string_view, kRows.size()> names;
    for (std::size_t i = 0; i < kRows.size(); ++i) names[i] = kRows[i].info.name;
    return names;
}();

constexpr auto kTable = [] {
    std::array<FormatInfo, kRows.size() + kFamilies.size()> table;
    for (std::size_t i = 0; i < kRows.size(); ++i) table[i] = kRows[i].info;
    for (std::size_t i = 0; i < kFamilies.size(); ++i) table[kRows.size() + i] = kFamilies[i].info;
    return table;
}();

} // namespace

std::span<const std::string_view> formatNames() { return kNames; }

std::span<const FormatInfo> formatTable() { return kTable; }

Result<std::shared_ptr<const Format>> findFormat(std::string_view name) {
    for (const Row& row : kRows)
        if (row.info.name == name) return row.make();
    for (const Family& family : kFamilies)
        if (name.starts_with(family.prefix)) return family.make(name);
    std::string known;
    for (const std::string_view each : kNames) {
        if (!known.empty()) known += ", ";
        known += each;
    }
    for (const Family& family : kFamilies) known += ", " + std::string(family.prefix) + std::string(family.wants);
    return fail(ErrorCode::InvalidArgument, "unknown format '" + std::string(name) + "': known are " + known);
}

std::optional<FormatFault> formatFault(std::string_view name) {
    const auto family = std::find_if(kFamilies.begin(), kFamilies.end(), [&](const Family& each) { return name.starts_with(each.prefix); });
    const auto found = findFormat(name);
    if (found || family == kFamilies.end()) return std::nullopt;
    // Every family complains of "... byte N: why"; only the format string itself may hold these words before.
    const std::string_view message = found.error().message;
    constexpr std::string_view kByte = "byte ";
    const std::string repeated = "format '" + std::string(name) + '\'';
    const std::size_t at = message.find(kByte, message.starts_with(repeated) ? repeated.size() : 0);
    std::size_t byte = 0;
    if (at == std::string_view::npos) return FormatFault{family->countedFrom, std::string(message)};
    const auto [end, error] = std::from_chars(message.data() + at + kByte.size(), message.data() + message.size(), byte);
    if (error != std::errc{} || byte == 0) return FormatFault{family->countedFrom, std::string(message)};
    const auto why = static_cast<std::size_t>(end - message.data());
    return FormatFault{std::min(family->countedFrom + byte - 1, name.size()), std::string(message.substr(std::min(why + 2, message.size())))};
}

Result<std::string> resolveFormat(std::string_view name, std::span<const NamedFormat> own) {
    const auto named = std::find_if(own.begin(), own.end(), [&](const NamedFormat& each) { return each.name == name; });
    std::string is = named == own.end() ? std::string(name) : named->is;
    const auto found = findFormat(is);
    if (found) return is;
    if (named != own.end()) return fail(found.error().code, "the format " + std::string(name) + " of the profile: " + found.error().message);
    std::string known;
    for (const NamedFormat& each : own) known += (known.empty() ? "; the profile has " : ", ") + each.name;
    return fail(found.error().code, found.error().message + known);
}

std::string checkFormatName(std::string_view name) {
    const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
    if (name.empty() || name.size() > 40 || !std::all_of(name.begin(), name.end(), allowed) || name[0] == '-')
        return "must be 1 to 40 of a-z, 0-9, _ and -, such as shop_front";
    const bool family = std::any_of(kFamilies.begin(), kFamilies.end(),
                                    [&](const Family& each) { return each.prefix.substr(0, each.prefix.size() - 1) == name; });
    if (name == "auto" || family || std::find(kNames.begin(), kNames.end(), name) != kNames.end())
        return "is taken: a format of that name is built in";
    return {};
}

} // namespace sg
