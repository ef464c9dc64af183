#include "core/contract/profile_fields.h"

#include <algorithm>
#include <charconv>

namespace sg {

std::string checkServerUrl(std::string_view url) {
    if (url.empty()) return {};
    const std::size_t scheme = url.starts_with("http://") ? 7 : url.starts_with("https://") ? 8 : 0;
    const std::string_view rest = url.substr(scheme);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    // an @ anywhere: a password may itself hold a slash, and must not be shown either way
    if (url.find('@') != std::string_view::npos)
        return "carries a user or password; leave it out and put it into STREAMGAUGE_ES_USER and STREAMGAUGE_ES_PASSWORD";
    if (scheme == 0) return "must begin with http:// or https://, such as http://localhost:9200";
    std::string_view host = authority, port;
    if (const auto bracket = authority.rfind(']'); bracket != std::string_view::npos) {
        host = authority.substr(0, bracket + 1);
        port = authority.substr(bracket + 1);
    } else if (const auto colon = authority.rfind(':'); colon != std::string_view::npos) {
        host = authority.substr(0, colon);
        port = authority.substr(colon);
    }
    if (host.empty() || std::any_of(host.begin(), host.end(), [](char c) { return static_cast<unsigned char>(c) <= ' '; }))
        return "names no host, such as http://localhost:9200";
    if (!port.empty()) {
        unsigned number = 0;
        const auto [end, error] = std::from_chars(port.data() + 1, port.data() + port.size(), number);
        if (port[0] != ':' || error != std::errc{} || end != port.data() + port.size() || number == 0 || number > 65'535)
            return "has no port from 1 to 65535 after its host, such as http://localhost:9200";
    }
    if (rest.find_first_of("?#") != std::string_view::npos) return "must end after host, port and path, without ? or #";
    return {};
}

std::string checkQueryKeys(std::string_view keys) {
    if (keys.empty()) return {};
    const bool clean = std::none_of(keys.begin(), keys.end(), [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '&' || c == '=' || c == ';' || c == '?' || c == '#' || c == ':'; });
    if (clean && keys.front() != ',' && keys.back() != ',' && keys.find(",,") == std::string_view::npos) return {};
    return "must be names of query parameters with commas between, such as page,q";
}

std::string checkDatabases(std::string_view paths) {
    constexpr std::ptrdiff_t kMost = 8;
    if (paths.empty()) return {};
    if (paths.front() != ':' && paths.back() != ':' && paths.find("::") == std::string_view::npos &&
        std::count(paths.begin(), paths.end(), ':') < kMost)
        return {};
    return "must be one to eight paths with colons between, such as /usr/share/GeoIP/GeoLite2-City.mmdb";
}

std::string checkIndexPrefix(std::string_view given) {
    std::string prefix(given);
    // Not at the beginning: a template for every index there is would be somebody else's as well.
    if (const std::size_t mark = prefix.find(kSourceMark); mark != std::string::npos) {
        if (mark == 0) return "must not begin with {source}, but with a name of its own, such as devices-{source}";
        prefix.erase(mark, kSourceMark.size());
    }
    const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-'; };
    if (!prefix.empty() && prefix.size() <= 100 && std::all_of(prefix.begin(), prefix.end(), allowed) &&
        std::string_view("_-.").find(prefix[0]) == std::string_view::npos)
        return {};
    return "must be 1 to 100 of a-z, 0-9, _, . and -, beginning with a letter or digit, such as streamgauge; {source} may stand in it once";
}

std::string checkListenAddress(std::string_view address) {
    constexpr std::string_view kRight = "must be host:port, the host an address of this machine or localhost, such as 127.0.0.1:9464";
    const auto colon = address.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::string(kRight);
    const std::string_view host = address.substr(0, colon), port = address.substr(colon + 1);
    const bool bracketed = host.front() == '[' && host.back() == ']';
    if (!bracketed && host.find_first_of("[]:/@ ") != std::string_view::npos) return std::string(kRight);
    unsigned number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc{} || end != port.data() + port.size() || number > 65'535)
        return "has no port from 0 (a free one) to 65535 after its host, such as 127.0.0.1:9464";
    return {};
}

} // namespace sg
