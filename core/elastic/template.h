#pragma once
/// The index templates: they load on Elasticsearch 7.17, 8 and 9 and on OpenSearch 2.
///
/// Two component templates, `<prefix>-settings` and `<prefix>-mappings`, and a composable one for each kind of index. Each carries its
/// version and, in `_meta`, who put it there. Labels are keywords and `streamgauge.values` doubles, whatever their first line looked like; at
/// most 2,000 fields an index. A prefix that names the source has one set for all of them (index_prefix.h).
/// *Source:* ECS 8.11. No wildcard, match_only_text, constant_keyword, scaled_float: not every one of these servers has them.
#include "core/base/clock.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

/// Raised with every change of a template.
inline constexpr int kTemplateVersion = 2;
/// In `_meta`, as the value of "managed_by", of everything that we put on a server.
inline constexpr std::string_view kManagedBy = "streamgauge";
/// The kinds of indices: `<prefix>-<kind>-YYYY.MM.DD`.
inline constexpr std::array<std::string_view, 4> kIndexKinds{"access", "sessions", "deadletters", "alerts"};

/// What a person may want otherwise.
struct IndexSettings {
    Milliseconds refresh{500};  ///< written out, so that shards nobody searched yet are refreshed too
    std::uint32_t shards = 1;   ///< of a new index
    std::uint32_t replicas = 1; ///< at most; as many as there are other nodes
    std::string policy;         ///< name of the ILM policy; empty = none, as on a server without ILM
    std::string boundPolicy = {}; ///< name of the ISM policy that binds by its pattern: only noted
    friend bool operator==(const IndexSettings&, const IndexSettings&) = default;
};

/// One thing to PUT.
struct ServerObject {
    std::string path; ///< "/_index_template/streamgauge-access"
    std::string body;
};

/// All of them, in the order in which they must be put.
[[nodiscard]] std::vector<ServerObject> indexTemplates(std::string_view prefix, const IndexSettings& settings);
/// What `_meta` of the settings says of them: equal text, equal settings.
[[nodiscard]] std::string settingsText(const IndexSettings& settings);
/// The component template with the mappings.
[[nodiscard]] std::string mappingsBody();
/// "<prefix>-access-*,<prefix>-sessions-*,...".
[[nodiscard]] std::string indexPatterns(std::string_view prefix);

} // namespace sg
