#pragma once
/// What is said to a Kibana (or OpenSearch Dashboards) about our dashboards, and what its answers mean; without a socket.
///
/// Ours are the objects of a bundle (resources/kibana). Their ids begin with the index prefix, so that two prefixes have dashboards of
/// their own. An import puts ours in the place of objects with the same id; others are not touched.
///
/// *Errors:* Unavailable = may work later (no answer, still starting); PermissionDenied = credentials; Refused = not a Kibana that fits, or
/// it said no. The sentence names the address and what to do. *Source:* Kibana's saved objects API (`_import`, `_export`), 7.17 to 9.
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/elastic/transport.h"

#include <optional>
#include <string>
#include <string_view>

namespace sg {

/// Where the dashboards are, or are to be.
struct KibanaPlace {
    std::string url;                    ///< http(s)://host:port and a base path if it has one; without secrets
    std::string space;                  ///< a Kibana space's identifier; empty = the default one
    std::string prefix = "streamgauge"; ///< of the indices
    friend bool operator==(const KibanaPlace&, const KibanaPlace&) = default;
};
/// What is wrong with it, as a sentence; empty = nothing.
[[nodiscard]] std::string checkKibanaPlace(const KibanaPlace& place);

/// Who answers.
struct KibanaServer {
    std::string product;   ///< "Kibana 7.17.29", "OpenSearch Dashboards 2.19.1"
    bool newShape = false; ///< takes the bundle for 8.9 and later
};
[[nodiscard]] HttpRequest kibanaStatusRequest(const KibanaPlace& place);
/// A Kibana that says "degraded" or "yellow" counts as ready: what it cannot do, it says in its next answer.
[[nodiscard]] Result<KibanaServer> readKibanaStatus(const HttpResponse& response, const KibanaPlace& place);

/// Asks for the Overview dashboard by an export: the one way to read an object that every version keeps.
[[nodiscard]] HttpRequest kibanaDashboardRequest(const KibanaPlace& place);
/// The version of our dashboards that are there; nullopt = none. 0 = there, but not saying its version.
[[nodiscard]] Result<std::optional<int>> readKibanaDashboard(const HttpResponse& response, const KibanaPlace& place);

/// `bundle` for the place's prefix, as a multipart form.
[[nodiscard]] HttpRequest kibanaImportRequest(std::string_view bundle, const KibanaPlace& place);
/// How many objects were imported. A success that left one out is a failure, and names it.
[[nodiscard]] Result<int> readKibanaImport(const HttpResponse& response, const KibanaPlace& place);

/// What a dashboard shows: the newest `spanSeconds`, refreshed every 5 s; or, with 0, from one moment to another, without refresh.
struct KibanaTime {
    std::int64_t spanSeconds = 900;
    Timestamp from, to;
};
/// The address of the Overview for a browser.
[[nodiscard]] std::string kibanaOverviewUrl(const KibanaPlace& place, const KibanaTime& time);

} // namespace sg
