#include "core/elastic/template.h"

#include "core/elastic/index_prefix.h"

#include <array>

namespace sg {
namespace {

/// A field by its full name; objects are made of the dots.
struct Field {
    std::string_view name;
    std::string_view mapping;
};

constexpr std::string_view kKeyword = R"({"type":"keyword","ignore_above":1024})";
constexpr std::string_view kUrl = R"({"type":"keyword","ignore_above":2048})";
constexpr std::string_view kText = R"({"type":"text","norms":false})";
constexpr std::string_view kStored = R"({"type":"keyword","index":false,"doc_values":false})";
constexpr std::string_view kDate = R"({"type":"date"})";
constexpr std::string_view kLong = R"({"type":"long"})";
constexpr std::string_view kIp = R"({"type":"ip"})";
constexpr std::string_view kGeoPoint = R"({"type":"geo_point"})";
constexpr std::string_view kDouble = R"({"type":"double","ignore_malformed":true})";
constexpr std::string_view kBoolean = R"({"type":"boolean"})";

/// Sorted by name: fields of one object stand together.
constexpr std::array kFields = std::to_array<Field>({
    {"@timestamp", kDate},
    {"destination.address", kKeyword},
    {"destination.domain", kKeyword},
    {"destination.ip", kIp},
    {"destination.port", kLong},
    {"ecs.version", kKeyword},
    {"error.message", kText},
    {"error.type", kKeyword},
    {"event.category", kKeyword},
    {"event.created", kDate},
    {"event.dataset", kKeyword},
    {"event.duration", kLong},
    {"event.end", kDate},
    {"event.id", kKeyword},
    {"event.ingested", kDate},
    {"event.kind", kKeyword},
    {"event.module", kKeyword},
    {"event.original", kStored},
    {"event.outcome", kKeyword},
    {"event.reason", kKeyword},
    {"event.severity", kLong},
    {"event.start", kDate},
    {"event.type", kKeyword},
    {"host.name", kKeyword},
    {"http.request.bytes", kLong},
    {"http.request.id", kKeyword},
    {"http.request.method", kKeyword},
    {"http.request.referrer", kUrl},
    {"http.response.body.bytes", kLong},
    {"http.response.bytes", kLong},
    {"http.response.status_code", kLong},
    {"http.version", kKeyword},
    {"log.file.path", kKeyword},
    {"log.level", kKeyword},
    {"log.offset", kLong},
    {"message", kText},
    {"network.forwarded_ip", kIp},
    {"related.ip", kIp},
    {"rule.name", kKeyword},
    {"service.name", kKeyword},
    {"source.address", kKeyword},
    {"source.as.number", kLong},
    {"source.as.organization.name", kKeyword},
    {"source.domain", kKeyword},
    {"source.geo.city_name", kKeyword},
    {"source.geo.continent_code", kKeyword},
    {"source.geo.continent_name", kKeyword},
    {"source.geo.country_iso_code", kKeyword},
    {"source.geo.country_name", kKeyword},
    {"source.geo.location", kGeoPoint},
    {"source.geo.name", kKeyword},
    {"source.geo.region_iso_code", kKeyword},
    {"source.geo.region_name", kKeyword},
    {"source.ip", kIp},
    {"source.port", kLong},
    {"streamgauge.batch", kLong},
    {"streamgauge.bot", kBoolean},
    {"streamgauge.chunk", kKeyword},
    {"streamgauge.key", kKeyword},
    {"streamgauge.labels_left_out", kLong},
    {"streamgauge.rejected", kBoolean},
    {"tls.cipher", kKeyword},
    {"tls.version", kKeyword},
    {"tls.version_protocol", kKeyword},
    {"url.domain", kKeyword},
    {"url.extension", kKeyword},
    {"url.fragment", kKeyword},
    {"url.original", kUrl},
    {"url.path", kUrl},
    {"url.query", kUrl},
    {"url.scheme", kKeyword},
    {"user.hash", kKeyword},
    {"user.name", kKeyword},
    {"user_agent.device.name", kKeyword},
    {"user_agent.name", kKeyword},
    {"user_agent.original", kUrl},
    {"user_agent.os.full", kKeyword},
    {"user_agent.os.name", kKeyword},
    {"user_agent.os.version", kKeyword},
    {"user_agent.version", kKeyword},
});

/// The beginning of each template.
std::string meta(const std::string& settings = {}) {
    return R"({"version":)" + std::to_string(kTemplateVersion) + R"(,"_meta":{"managed_by":")" + std::string(kManagedBy) + '"' +
           (settings.empty() ? std::string() : R"(,"settings":")" + settings + '"') + "},";
}

/// The object that holds fields [first, last) below the first `depth` characters of their names.
void appendProperties(std::string& out, std::size_t first, std::size_t last, std::size_t depth) {
    out += R"({"properties":{)";
    for (std::size_t i = first; i < last;) {
        const std::string_view rest = kFields[i].name.substr(depth);
        const std::string_view key = rest.substr(0, rest.find('.'));
        if (i != first) out += ',';
        out += '"';
        out += key;
        out += "\":";
        if (key.size() == rest.size()) {
            out += kFields[i].mapping;
            ++i;
            continue;
        }
        const std::string_view object = kFields[i].name.substr(0, depth + key.size() + 1); // with its dot
        std::size_t end = i;
        while (end < last && kFields[end].name.starts_with(object)) ++end;
        appendProperties(out, i, end, object.size());
        i = end;
    }
    out += "}}";
}

/// What the lines name themselves. A label is text in every index, and a value a number, whichever line is the first to have it: a line
/// that says otherwise of the same name must not be refused.
constexpr std::string_view kDynamic[][2] = {
    {"labels", R"("path_match":"labels.*","mapping":)"},
    {"values", R"("path_match":"streamgauge.values.*","mapping":)"},
    {"strings_as_keyword", R"("match_mapping_type":"string","mapping":)"},
};

std::string dynamicTemplates() {
    std::string out = R"("dynamic_templates":[)";
    for (const auto& [name, rule] : kDynamic) {
        out.append(out.ends_with('[') ? "{\"" : ",{\"").append(name).append("\":{").append(rule);
        out.append(name == "values" ? kDouble : kKeyword).append("}}");
    }
    return out + "],";
}

} // namespace

std::string settingsText(const IndexSettings& settings) {
    const std::string& policy = settings.policy.empty() ? settings.boundPolicy : settings.policy;
    return "refresh " + std::to_string(settings.refresh.count()) + "ms, shards " + std::to_string(settings.shards) + ", replicas " +
           std::to_string(settings.replicas) + (policy.empty() ? std::string() : ", policy " + policy);
}

std::string mappingsBody() {
    std::string mappings;
    appendProperties(mappings, 0, kFields.size(), 0);
    std::string out = meta() + R"("template":{"mappings":{"_meta":{"ecs":"8.11.0"},"date_detection":false,)";
    out += dynamicTemplates();
    out += std::string_view(mappings).substr(1); // its own brace is open already
    return out + "}}";
}

std::string indexPatterns(std::string_view prefix) {
    std::string out;
    for (const std::string_view kind : kIndexKinds)
        out.append(out.empty() ? "" : ",").append(prefixPattern(prefix)).append("-").append(kind).append("-*");
    return out;
}

std::vector<ServerObject> indexTemplates(std::string_view prefix, const IndexSettings& settings) {
    const std::string name = prefixName(prefix);
    // One node is green with no replica, two get one by themselves.
    const std::string replicas = settings.replicas == 0 ? R"("number_of_replicas":0)"
                                                        : R"("auto_expand_replicas":"0-)" + std::to_string(settings.replicas) + '"';
    std::string body = meta(settingsText(settings)) + R"("template":{"settings":{"index":{"number_of_shards":)" +
                       std::to_string(settings.shards) + ',' + replicas + R"(,"refresh_interval":")" +
                       std::to_string(settings.refresh.count()) + R"(ms",)";
    if (!settings.policy.empty()) body += R"("lifecycle":{"name":")" + settings.policy + R"("},)";
    body += R"("mapping":{"total_fields":{"limit":2000},"ignore_malformed":false},)";
    body += R"("query":{"default_field":["message","url.path","user_agent.original","source.address"]}}}}})";
    std::vector<ServerObject> out{{"/_component_template/" + name + "-settings", std::move(body)},
                                  {"/_component_template/" + name + "-mappings", mappingsBody()}};
    // A pattern with a hole also fits what a plain prefix and the other kinds make, and two of equal priority are refused: the longer one goes
    // before.
    std::size_t priority = namesSource(prefix) ? 251 + prefix.size() * kIndexKinds.size() : 250;
    for (const std::string_view kind : kIndexKinds) {
        const std::string tail = '-' + std::string(kind);
        out.push_back({"/_index_template/" + name + tail,
                       meta() + R"("index_patterns":[")" + prefixPattern(prefix) + tail + R"(-*"],"priority":)" + std::to_string(priority) +
                           R"(,"composed_of":[")" + name + R"(-settings",")" + name + R"(-mappings"]})"});
        if (namesSource(prefix)) ++priority;
    }
    return out;
}

} // namespace sg
