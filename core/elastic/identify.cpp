#include "core/elastic/identify.h"

#include "core/elastic/answer.h"
#include "core/elastic/decide.h"

#include <algorithm>
#include <charconv>

namespace sg {
namespace {

constexpr std::size_t kMaxTitle = 80;

bool isElastic(const HttpResponse& response) { return headerOf(response, "x-elastic-product") == "Elasticsearch"; }

/// Printable ASCII of what a stranger sent; the rest as `?`.
std::string tame(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, kMaxTitle)) out += c >= 0x20 && c < 0x7F ? c : (c == '\n' || c == '\t' ? ' ' : '?');
    const auto first = out.find_first_not_of(' ');
    if (first == std::string::npos) return {};
    return out.substr(first, out.find_last_not_of(' ') - first + 1);
}

std::string titleOf(const std::string& body) {
    std::string lower = body.substr(0, 65'536);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const auto tag = lower.find("<title");
    const auto begin = tag == std::string::npos ? tag : lower.find('>', tag);
    if (begin == std::string::npos) return {};
    return tame(std::string_view(body).substr(begin + 1, lower.find('<', begin) - begin - 1));
}

Identity other(const HttpResponse& response, const std::string& url) {
    Identity identity;
    identity.kind = Identity::Kind::Other;
    std::string name = titleOf(response.body);
    if (name.empty()) name = tame(headerOf(response, "server"));
    const std::string what = name.empty() ? "it answers " + std::to_string(response.status) : "a web server: " + name;
    identity.sentence = url + " answers, but is no Elasticsearch (" + what + ")";
    identity.advice = "Check the address and the port; Elasticsearch listens on 9200.";
    return identity;
}

Identity unreached(const HttpResponse& response, const std::string& url) {
    Identity identity;
    identity.kind = Identity::Kind::Unreached;
    identity.sentence = url + ' ' + (response.status == 0 ? silenceOf(response) : "answers " + errorOf(response));
    identity.advice = "Start it, or check the address; what is to be delivered waits on disk.";
    if (response.untrusted) {
        identity.kind = Identity::Kind::Other; // a person is needed
        identity.advice = std::string(kTrustAdvice) + "; what is to be delivered waits on disk.";
    }
    return identity;
}

bool isLater(int status) { return status == 0 || status == 429 || status >= 500; }

int numberAt(std::string_view version, std::size_t part) {
    for (; part > 0; --part) {
        const auto dot = version.find('.');
        if (dot == std::string_view::npos) return 0;
        version.remove_prefix(dot + 1);
    }
    int number = 0;
    std::from_chars(version.data(), version.data() + version.size(), number);
    return number;
}

} // namespace

Identity identifyRoot(const HttpResponse& response, const std::string& url) {
    if (isLater(response.status)) return unreached(response, url);
    Identity identity;
    if (response.status == 401 || response.status == 403 || response.status == 404 || response.status == 405) {
        identity.kind = Identity::Kind::AskHealth;
        return identity;
    }
    simdjson::dom::parser parser;
    simdjson::dom::element root, version;
    std::string_view number, distribution, tagline;
    if (response.status != 200 || parser.parse(response.body).get(root) != simdjson::SUCCESS ||
        root["version"].get(version) != simdjson::SUCCESS || version["number"].get(number) != simdjson::SUCCESS)
        return other(response, url);
    const bool named = version["distribution"].get(distribution) == simdjson::SUCCESS && distribution == "opensearch";
    const bool elastic = isElastic(response) || (root["tagline"].get(tagline) == simdjson::SUCCESS && tagline == "You Know, for Search");
    if (!named && !elastic) return other(response, url);
    identity.product = (named ? "OpenSearch " : "Elasticsearch ") + tame(number);
    identity.kind = Identity::Kind::Fit;
    const int major = numberAt(number, 0);
    if (!named && (major < 7 || (major == 7 && numberAt(number, 1) < 17))) {
        identity.kind = Identity::Kind::Other;
        identity.sentence = url + " is " + identity.product + ", which is too old";
        identity.advice = "Elasticsearch 7.17 or later, or OpenSearch, is needed.";
    }
    return identity;
}

Identity identifyHealth(const HttpResponse& response, const std::string& url) {
    if (isLater(response.status)) return unreached(response, url);
    Identity identity;
    if (response.status == 401) {
        identity.kind = Identity::Kind::Refused;
        identity.sentence = url + " does not accept the credentials: " + errorOf(response);
        identity.advice = kLoginAdvice;
        return identity;
    }
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    std::string_view cluster;
    const bool health = response.status == 200 && parser.parse(response.body).get(root) == simdjson::SUCCESS &&
                        root["cluster_name"].get(cluster) == simdjson::SUCCESS;
    // who does not let us look says so in words of its own, without the header
    const std::string said = response.status == 403 ? errorOf(response) : std::string();
    const bool forbidden = said.starts_with("403 security_exception");
    if (!health && !isElastic(response) && !forbidden) return other(response, url);
    identity.kind = Identity::Kind::Fit; // who may not read this may still be allowed to write: the first bulk tells
    identity.product = isElastic(response) || said.find("is unauthorized for") != std::string::npos ? "Elasticsearch" : "OpenSearch";
    return identity;
}

std::string withoutSecrets(std::string url) {
    const auto scheme = url.find("://");
    const auto host = scheme == std::string::npos ? 0 : scheme + 3;
    const auto at = url.rfind('@', url.find('/', host));
    if (at != std::string::npos && at >= host) url.erase(host, at + 1 - host);
    return url;
}

} // namespace sg
