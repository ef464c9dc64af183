#pragma once
/// Adds to a Record what can be known without asking anyone: URL parts, the kind of address, the user agent.
///
/// *Thread:* the rules are immutable and shared; an Enricher belongs to one slice. *Cost:* a memo per distinct agent, bounded.
/// *Source:* user agents by uap-core's regexes.yaml (Debian package uap-core).
#include "core/base/result.h"
#include "core/record/event.h"

#include <memory>
#include <string>
#include <string_view>

namespace sg {

class AgentRules; ///< compiled regexes
class Places;     ///< databases of places and networks (places.h)

/// Reads and compiles a regexes.yaml. *Errors:* NotFound, or Corrupt with the rule that does not compile.
[[nodiscard]] Result<std::shared_ptr<const AgentRules>> loadAgentRules(const std::string& path);
/// A hex digest of the file that the rules came from: part of a batch's plan.
[[nodiscard]] const std::string& agentRulesHash(const AgentRules& rules);
inline constexpr std::string_view kDefaultAgentRules = "/usr/share/uap-core/regexes.yaml";

/// RFC 3986 split of a request target: path, absolute URL, authority (CONNECT) or `*`. The extension is left empty.
[[nodiscard]] UrlParts splitUrl(std::string_view method, std::string_view target);
/// `html` of `/a/b.html;v=1`: at most 16 letters and digits; empty when the path has none.
[[nodiscard]] std::string_view urlExtension(std::string_view path);
/// What a client address is, and the part that Elasticsearch accepts as an ip.
[[nodiscard]] AddressInfo readAddress(std::string_view address);
/// The item of a list of addresses that is the client, as it is written: the one that readAddress reads.
[[nodiscard]] std::string_view clientOfList(std::string_view list);

class Enricher {
public:
    /// `rules` may be null: then agents have their text and the bot mark only.
    explicit Enricher(std::shared_ptr<const AgentRules> rules, std::size_t memoEntries = 20'000);
    ~Enricher();
    Enricher(const Enricher&) = delete;
    Enricher& operator=(const Enricher&) = delete;
    /// Whom to ask for places from now on; null = nobody.
    void usePlaces(const std::shared_ptr<const Places>& places);
    /// REQUIRES: the views of event.record are valid. event.agent and event.place are valid until the next call on this object.
    void enrich(Event& event);
    /// The same but for the URL's extension, and event.address where nobody is asked for places: no sum asks for them; addresses are counted
    /// as they are written. Of a list in the client's place, or of one that proxies forwarded where there is no client, event.record.address
    /// is the client then, and the list is ForwardedFor.
    void enrichForSums(Event& event);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace sg
