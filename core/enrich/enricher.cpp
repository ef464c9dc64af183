#include "core/enrich/enricher.h"

#include "core/enrich/agent_rules.h"

#include <absl/container/flat_hash_map.h>
#include <algorithm>

namespace sg {
namespace {

constexpr std::size_t kMemoBytes = 24U << 20U; ///< both generations together, texts and rendered objects
constexpr std::size_t kMemoAgentBytes = 2048;  ///< longer agents are not kept
constexpr std::size_t kEntryOverhead = 400;    ///< of an entry beside its text: strings, table slot, allocator

struct Entry {
    std::string text;
    AgentInfo info;
    [[nodiscard]] std::size_t bytes() const { return kEntryOverhead + text.size() + info.json.size(); }
};

/// One half of the memo. Keys view into their entries.
struct Generation {
    absl::flat_hash_map<std::string_view, std::unique_ptr<Entry>> entries;
    std::size_t bytes = 0;

    void add(std::unique_ptr<Entry> entry) {
        bytes += entry->bytes();
        const std::string_view key = entry->text;
        entries.emplace(key, std::move(entry));
    }
};

std::string_view findExtra(const Record& record, EcsField field) {
    for (std::size_t i = 0; i < record.extraCount; ++i)
        if (record.extras[i].field == field) return record.extras[i].value;
    return {};
}

} // namespace

/// The memo has two generations: what is used moves to the young one; when that is full, the old one is dropped and they change places.
/// So an entry lives at least half a memo of other agents, without a list to keep in order.
struct Enricher::State {
    std::shared_ptr<const AgentRules> rules;
    std::size_t halfEntries;
    Generation young;
    Generation old;
    AgentInfo unkept; ///< the last agent too long for the memo

    const AgentInfo* find(std::string_view agent) {
        if (const auto at = young.entries.find(agent); at != young.entries.end()) return &at->second->info;
        if (agent.size() > kMemoAgentBytes) {
            unkept = classifyAgent(agent, rules.get());
            return &unkept;
        }
        std::unique_ptr<Entry> entry;
        if (const auto at = old.entries.find(agent); at != old.entries.end()) {
            entry = std::move(at->second);
            old.entries.erase(at); // its key views into the entry, which is still there
        } else {
            entry = std::make_unique<Entry>(Entry{std::string(agent), classifyAgent(agent, rules.get())});
        }
        if (young.entries.size() >= halfEntries || young.bytes >= kMemoBytes / 2) {
            std::swap(young, old);
            young.entries.clear();
            young.bytes = 0;
        }
        const AgentInfo* const info = &entry->info;
        young.add(std::move(entry));
        return info;
    }
};

Enricher::Enricher(std::shared_ptr<const AgentRules> rules, std::size_t memoEntries) : m_state(std::make_unique<State>()) {
    m_state->rules = std::move(rules);
    m_state->halfEntries = std::max<std::size_t>(1, memoEntries / 2);
}

Enricher::~Enricher() = default;

void Enricher::enrich(Event& event) {
    const Record& record = event.record;
    if (record.extraCount == 0) {
        event.url = splitUrl(record.method, record.target);
        event.address = readAddress(record.address);
    } else {
        if (record.target.empty()) {
            event.url = splitUrl({}, findExtra(record, EcsField::UrlPath));
            if (event.url.query.empty()) event.url.query = findExtra(record, EcsField::UrlQuery);
        } else {
            event.url = splitUrl(record.method, record.target);
        }
        if (event.url.scheme.empty()) event.url.scheme = findExtra(record, EcsField::UrlScheme);
        event.address = readAddress(record.address.empty() ? findExtra(record, EcsField::ForwardedFor) : record.address);
    }
    event.agent = record.agent.empty() ? nullptr : m_state->find(record.agent);
}

} // namespace sg
