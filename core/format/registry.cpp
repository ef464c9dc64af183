/// The formats by name, one row each, in the order in which detection prefers them on a tie.
#include "core/format/formats.h"

#include <array>

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
    Row{{"json", R"({"time":"2024-03-23T01:18:20Z","remote_addr":"203.0.113.7","request":"GET /a HTTP/1.1","status":200})",
         "ECS; nginx's variables"},
        makeJson},
    Row{{"original", "HTTP:200 www.gigaom.com /a 203.0.113.7", "the system that this one replaces"}, makeOriginal},
};

/// Formats that are told what to read by what follows their name and a colon. REQUIRES: the example's name is one that `make` takes.
struct Family {
    std::string_view prefix; ///< with the colon
    std::string_view wants;  ///< what follows it
    FormatInfo info;         ///< the name in full
    Result<std::shared_ptr<const Format>> (*make)(std::string_view name);
};

constexpr std::array<Family, 0> kFamilies = {};

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

} // namespace sg
