#pragma once
/// The composable index template of the access indices: loads on Elasticsearch 7.17, 8 and 9 and on OpenSearch 2.
/// Labels are keywords and `streamgauge.values` doubles, whatever their first line looked like. At most 2,000 fields an index.
/// *Source:* ECS 8.11. No wildcard, match_only_text, constant_keyword, scaled_float: not every one of these servers has them.
#include "core/base/clock.h"

#include <string>
#include <string_view>

namespace sg {

/// "/_index_template/<prefix>-access"; of a prefix that names the source, one template for all of them.
[[nodiscard]] std::string templatePath(std::string_view prefix);
/// `refresh` is the index.refresh_interval, written out so that shards nobody searched yet are refreshed too.
[[nodiscard]] std::string templateBody(std::string_view prefix, Milliseconds refresh);

/// Raised with every change of the template.
inline constexpr int kTemplateVersion = 2;

} // namespace sg
