#pragma once
/// uap-core's three lists of regular expressions, compiled once, and what they say of an agent.
///
/// An agent is matched against the rules that can match at all: one pass finds which literal parts of the expressions occur in it
/// (re2::FilteredRE2), the few rules left are tried in the order of the list, and the first that matches wins, as uap-core demands.
/// RE2 runs in linear time whatever the agent; expressions that it does not take (look-ahead) run in PCRE2 with a match limit.
///
/// *Thread:* immutable after loading; `classifyAgent` may be called from many threads.
#include "core/enrich/enricher.h"

#include <cstddef>

namespace sg {

/// No more than this is looked at: everything that names an agent stands at its beginning, and the rest may be an attack.
inline constexpr std::size_t kClassifiedAgentBytes = 2048;

/// Everything of AgentInfo. `rules` may be null. Absent is empty: "Other" is not a name.
[[nodiscard]] AgentInfo classifyAgent(std::string_view agent, const AgentRules* rules);

/// True for programs that visit by themselves, by name: search engines, AI crawlers, link previews, uptime checks, scanners.
[[nodiscard]] bool isKnownCrawler(std::string_view agent);

} // namespace sg
