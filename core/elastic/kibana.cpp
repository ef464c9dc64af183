#include "core/elastic/kibana.h"

#include "core/contract/profile_fields.h"
#include "core/elastic/answer.h"
#include "core/elastic/decide.h"
#include "core/elastic/encode.h"
#include "core/elastic/index_prefix.h"

#include <algorithm>
#include <charconv>

namespace sg {
namespace {

constexpr std::size_t kMaxSaid = 200;
constexpr std::string_view kIdPrefix = "streamgauge-"; ///< as the bundles have it
constexpr std::string_view kBoundary = "streamgauge-dashboards-2f9d41c0b7a84e53";
constexpr std::string_view kVersionWords = "Dashboards of Streamgauge, version ";

std::string pathOf(const KibanaPlace& place, std::string_view rest) {
    return (place.space.empty() ? std::string() : "/s/" + place.space) + std::string(rest);
}

HttpRequest post(const KibanaPlace& place, std::string_view path) {
    HttpRequest request;
    request.method = "POST";
    request.path = pathOf(place, path);
    request.headers = {{"kbn-xsrf", "true"}, {"osd-xsrf", "true"}}; // each takes its own and passes over the other's
    return request;
}

std::string cut(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, kMaxSaid)) out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    return text.size() > kMaxSaid ? out + "..." : out;
}

/// What an answer that is no success says, in its own words.
std::string said(const HttpResponse& response) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    std::string out = "HTTP " + std::to_string(response.status);
    if (parser.parse(response.body).get(root) != simdjson::SUCCESS) return out;
    const std::string_view message = textAt(root, "message").empty() ? textAt(root, "error") : textAt(root, "message");
    return message.empty() ? out : out + ", " + cut(message);
}

/// What every request may be answered with; `action` as in "does not allow ACTION".
Status readCommon(const HttpResponse& response, const KibanaPlace& place, std::string_view action) {
    const int status = response.status;
    if (status >= 200 && status < 300) return {};
    const std::string who = "Kibana at " + place.url;
    if (status == 0)
        return fail(response.untrusted ? ErrorCode::Refused : ErrorCode::Unavailable,
                    who + ' ' + silenceOf(response) + ". " + (response.untrusted ? kTrustAdvice : "Start it, or check the address") + '.');
    if (status == 502 || status == 503 || status == 504)
        return fail(ErrorCode::Unavailable, who + " is not ready yet (" + said(response) + "). Try again in a moment.");
    if (status == 401) return fail(ErrorCode::PermissionDenied, who + " does not accept the credentials. " + kLoginAdvice);
    if (status == 403)
        return fail(ErrorCode::PermissionDenied, who + " does not allow " + std::string(action) + " (" + said(response) +
                                                     "). The user needs all of Dashboard, Discover and Saved Objects Management.");
    if (status >= 300 && status < 400) {
        const std::string to = headerOf(response, "location");
        if (to.find("login") != std::string::npos || to.find("space_selector") != std::string::npos)
            return fail(ErrorCode::PermissionDenied, who + " asks for a login. " + kLoginAdvice);
        return fail(ErrorCode::Refused, who + " leads on to " + cut(to) + ". Give the address that it leads to, its base path included.");
    }
    if (status == 404)
        return fail(ErrorCode::Refused, place.url + " answers, but has no Kibana at this path (" + said(response) +
                                            "). Check the port, the base path and the space.");
    return fail(ErrorCode::Refused, who + " refuses " + std::string(action) + ": " + said(response) + ".");
}

Failure foreign(const KibanaPlace& place) {
    return fail(ErrorCode::Refused, place.url + " answers, but is no Kibana. Check the address and the port; Kibana listens on 5601.");
}

std::string titleOf(const simdjson::dom::element& error) {
    simdjson::dom::element cause;
    std::string out = std::string(textAt(error, "type")) + ' ' + std::string(textAt(error, "id"));
    if (error["error"].get(cause) != simdjson::SUCCESS) return out;
    out += " (" + std::string(textAt(cause, "type"));
    simdjson::dom::array references;
    if (cause["references"].get(references) == simdjson::SUCCESS)
        for (const simdjson::dom::element reference : references) out += ' ' + std::string(textAt(reference, "id"));
    const std::string_view message = textAt(cause, "message");
    if (!message.empty()) out += ": " + cut(message);
    return out + ')';
}

std::string risonTime(Timestamp time) {
    std::string out = "'";
    appendIsoTime(time, out);
    return out + '\'';
}

} // namespace

std::string checkKibanaPlace(const KibanaPlace& place) {
    if (place.url.empty()) return "the address of Kibana is empty, but must be such as http://localhost:5601";
    if (std::string complaint = checkServerUrl(place.url); !complaint.empty()) return "the address of Kibana " + complaint;
    const bool known = std::all_of(place.space.begin(), place.space.end(),
                                   [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
    if (!known) return "the space is \"" + place.space + "\", but a Kibana space's identifier has only a-z, 0-9, - and _";
    if (std::string complaint = checkIndexPrefix(place.prefix); !complaint.empty()) return "the index prefix " + complaint;
    return {};
}

HttpRequest kibanaStatusRequest(const KibanaPlace& place) {
    HttpRequest request;
    request.path = pathOf(place, "/api/status");
    request.timeout = Milliseconds(10'000);
    return request;
}

Result<KibanaServer> readKibanaStatus(const HttpResponse& response, const KibanaPlace& place) {
    SG_TRY(readCommon(response, place, "its status to be read"));
    simdjson::dom::parser parser;
    simdjson::dom::element root, overall;
    if (parser.parse(response.body).get(root) != simdjson::SUCCESS || root["status"]["overall"].get(overall) != simdjson::SUCCESS)
        return foreign(place);
    const std::string_view old = textAt(overall, "state"), level = textAt(overall, "level");
    if (old.empty() && level.empty()) return foreign(place);
    if (old == "red" || level == "unavailable" || level == "critical")
        return fail(ErrorCode::Unavailable,
                    "Kibana at " + place.url + " is not ready (" + std::string(old.empty() ? level : old) + "). Try again in a moment.");
    std::string_view number;
    if (root["version"]["number"].get(number) != simdjson::SUCCESS) // 8 and later tell a stranger the state and nothing else
        return fail(ErrorCode::PermissionDenied,
                    std::string("Kibana at ") + place.url + " does not tell a stranger its version. " + kLoginAdvice);
    int major = 0, minor = 0;
    const char* const end = number.data() + number.size();
    const auto [dot, error] = std::from_chars(number.data(), end, major);
    if (error != std::errc{} || dot == end || std::from_chars(dot + 1, end, minor).ec != std::errc{}) return foreign(place);
    const bool openSearch = major < 4; // Kibana 4 was there before the fork; its first version was 1
    KibanaServer server{(openSearch ? "OpenSearch Dashboards " : "Kibana ") + std::string(number),
                        !openSearch && (major > 8 || (major == 8 && minor >= 9))};
    if (!openSearch && (major < 7 || (major == 7 && minor < 17)))
        return fail(ErrorCode::Refused, place.url + " is " + server.product + ", which is too old: 7.17 or later is needed.");
    return server;
}

HttpRequest kibanaDashboardRequest(const KibanaPlace& place) {
    HttpRequest request = post(place, "/api/saved_objects/_export");
    request.contentType = "application/json";
    request.body = R"({"objects":[{"type":"dashboard","id":")" + prefixName(place.prefix) + R"(-overview"}],"excludeExportDetails":true})";
    request.timeout = Milliseconds(20'000);
    return request;
}

Result<std::optional<int>> readKibanaDashboard(const HttpResponse& response, const KibanaPlace& place) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (response.status == 400 && parser.parse(response.body).get(root) == simdjson::SUCCESS) {
        simdjson::dom::array objects;
        std::int64_t status = 0;
        if (root["attributes"]["objects"].get(objects) == simdjson::SUCCESS)
            for (const simdjson::dom::element object : objects)
                if (object["error"]["statusCode"].get(status) == simdjson::SUCCESS && status == 404) return std::optional<int>();
    }
    SG_TRY(readCommon(response, place, "the dashboards to be looked up"));
    const std::string line = response.body.substr(0, response.body.find('\n'));
    if (parser.parse(line).get(root) != simdjson::SUCCESS || textAt(root, "id") != prefixName(place.prefix) + "-overview") return foreign(place);
    std::string_view about;
    int version = 0;
    if (root["attributes"]["description"].get(about) == simdjson::SUCCESS) {
        const auto at = about.find(kVersionWords);
        if (at != std::string_view::npos) std::from_chars(about.data() + at + kVersionWords.size(), about.data() + about.size(), version);
    }
    return std::optional<int>(version);
}

HttpRequest kibanaImportRequest(std::string_view bundle, const KibanaPlace& place) {
    HttpRequest request = post(place, "/api/saved_objects/_import?overwrite=true");
    request.contentType = "multipart/form-data; boundary=" + std::string(kBoundary);
    request.timeout = Milliseconds(120'000);
    std::string& body = request.body;
    body = "--" + std::string(kBoundary) + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"streamgauge.ndjson\"\r\n" +
           "Content-Type: application/ndjson\r\n\r\n";
    const std::string ours = prefixName(place.prefix) + '-', indices = prefixPattern(place.prefix) + '-';
    std::size_t from = 0;
    for (std::size_t at = bundle.find(kIdPrefix); at != std::string_view::npos; at = bundle.find(kIdPrefix, from)) {
        const bool pattern = bundle.substr(at + kIdPrefix.size()).starts_with("access-*");
        body.append(bundle.substr(from, at - from)).append(pattern ? indices : ours);
        from = at + kIdPrefix.size();
    }
    body.append(bundle.substr(from)).append("\r\n--").append(kBoundary).append("--\r\n");
    return request;
}

Result<int> readKibanaImport(const HttpResponse& response, const KibanaPlace& place) {
    if (response.status == 413)
        return fail(ErrorCode::Refused,
                    "Kibana at " + place.url +
                        ", or a proxy before it, takes no request of this size. Raise savedObjects.maxImportPayloadBytes "
                        "there, or the proxy's limit.");
    SG_TRY(readCommon(response, place, "the dashboards to be imported"));
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    bool success = false;
    if (parser.parse(response.body).get(root) != simdjson::SUCCESS || root["success"].get(success) != simdjson::SUCCESS)
        return foreign(place);
    std::int64_t count = 0;
    simdjson::dom::array errors;
    std::size_t left = 0;
    std::string first;
    if (root["successCount"].get(count) != simdjson::SUCCESS) count = 0;
    if (root["errors"].get(errors) == simdjson::SUCCESS)
        for (const simdjson::dom::element error : errors)
            if (left++ == 0) first = titleOf(error);
    if (success && left == 0) return static_cast<int>(count);
    std::string sentence = "Kibana at " + place.url + " imported " + std::to_string(count) + " objects and left out ";
    if (left == 0) return fail(ErrorCode::Refused, sentence + "others, without saying why.");
    sentence += std::to_string(left) + ": " + first + (left > 1 ? " and others." : ".");
    if (first.find("conflict") != std::string::npos)
        sentence += " Objects with our ids are there and not ours, perhaps in another space: delete them, or choose another index prefix.";
    return fail(ErrorCode::Refused, sentence);
}

std::string kibanaOverviewUrl(const KibanaPlace& place, const KibanaTime& time) {
    std::string base = place.url;
    while (base.ends_with('/')) base.pop_back();
    const bool live = time.spanSeconds > 0;
    const std::string range =
        live ? "from:now-" + std::to_string(time.spanSeconds) + "s,to:now" : "from:" + risonTime(time.from) + ",to:" + risonTime(time.to);
    return base + pathOf(place, "/app/dashboards#/view/") + prefixName(place.prefix) +
           "-overview?_g=(refreshInterval:" + (live ? "(pause:!f,value:5000)" : "(pause:!t,value:0)") + ",time:(" + range + "))";
}

} // namespace sg
