#include "core/enrich/enricher.h"

#include "core/base/hash.h"
#include "core/enrich/agent_rules.h"
#include "core/enrich/places.h"

#include <absl/container/flat_hash_map.h>
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace sg {
namespace {

constexpr std::size_t kMemoBytes = 24U << 20U; ///< both generations together, texts and rendered objects
constexpr std::size_t kMemoAgentBytes = 2048;  ///< longer agents are not kept
constexpr std::size_t kEntryOverhead = 400;    ///< of an entry beside its text: strings, table slot, allocator

struct Entry {
    std::string text;
    AgentInfo info;
    std::uint64_t hash = 0; ///< of the text
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

/// Places of the table in front of the memo. Agents that share one only cost each other a look-up.
constexpr std::size_t kRecent = 1024;

/// By the words in which agents differ: the system near the beginning, the browser's version near the end. Hashing all of the text would cost
/// more than comparing it.
std::size_t recentPlace(std::string_view agent) {
    using namespace hash_detail;
    constexpr std::size_t kWord = 8;
    if (agent.size() < 5 * kWord) return hashBytes(agent) % kRecent;
    const char* const text = agent.data();
    const char* const end = text + agent.size();
    const std::uint64_t first = load<std::uint64_t>(text + 2 * kWord) ^ load<std::uint64_t>(text + agent.size() / 2);
    const std::uint64_t second = load<std::uint64_t>(text + 4 * kWord) + load<std::uint64_t>(end - 3 * kWord);
    return mix(first ^ kFirst ^ agent.size(), second ^ mix(load<std::uint64_t>(end - kWord), kSecond)) % kRecent;
}

std::string_view findExtra(const Record& record, EcsField field) {
    for (std::size_t i = 0; i < record.extraCount; ++i)
        if (record.extras[i].field == field) return record.extras[i].value;
    return {};
}

/// One address is counted and written, whatever proxies put in front of it or behind.
void takeClient(Record& record) {
    if (record.address.empty()) {
        if (record.extraCount != 0) record.address = clientOfList(findExtra(record, EcsField::ForwardedFor));
    } else if (std::memchr(record.address.data(), ',', record.address.size()) != nullptr) {
        record.addExtra(EcsField::ForwardedFor, record.address);
        record.address = clientOfList(record.address);
    }
}

/// No browser sends a fragment: a `#` in a path that a server logs as a field of its own was `%23`.
[[gnu::noinline]] void takeFragmentBack(UrlParts& url) {
    const char* const end = url.fragment.data() + url.fragment.size();
    std::string_view& last = url.query.empty() ? url.path : url.query;
    last = {last.data(), static_cast<std::size_t>(end - last.data())};
    url.fragment = {};
}

} // namespace

/// The memo has two generations: what is used moves to the young one; when that is full, the old one is dropped and they change places.
/// So an entry lives at least half a memo of other agents, without a list to keep in order.
struct Enricher::State {
    std::shared_ptr<const AgentRules> rules;
    std::size_t halfEntries;
    Generation young;
    Generation old;
    std::array<const Entry*, kRecent> recent{}; ///< entries of the young generation
    Entry unkept;                               ///< the last agent too long for the memo
    std::unique_ptr<PlaceMemo> placeMemo;       ///< null when nobody is asked for places

    const Entry* find(std::string_view agent) {
        const Entry*& last = recent[recentPlace(agent)];
        if (last != nullptr && last->text == agent) return last;
        if (const auto at = young.entries.find(agent); at != young.entries.end()) return last = at->second.get();
        if (agent.size() > kMemoAgentBytes) {
            unkept = {{}, classifyAgent(agent, rules.get()), hashBytes(agent)};
            return &unkept;
        }
        std::unique_ptr<Entry> entry;
        if (const auto at = old.entries.find(agent); at != old.entries.end()) {
            entry = std::move(at->second);
            old.entries.erase(at); // its key views into the entry, which is still there
        } else {
            entry = std::make_unique<Entry>(Entry{std::string(agent), classifyAgent(agent, rules.get()), hashBytes(agent)});
        }
        if (young.entries.size() >= halfEntries || young.bytes >= kMemoBytes / 2) {
            std::swap(young, old);
            young.entries.clear();
            young.bytes = 0;
            recent.fill(nullptr); // what it points to is old now and may go
        }
        last = entry.get();
        young.add(std::move(entry));
        return last;
    }
};

Enricher::Enricher(std::shared_ptr<const AgentRules> rules, std::size_t memoEntries) : m_state(std::make_unique<State>()) {
    m_state->rules = std::move(rules);
    m_state->halfEntries = std::max<std::size_t>(1, memoEntries / 2);
}

Enricher::~Enricher() = default;

void Enricher::usePlaces(const std::shared_ptr<const Places>& places) {
    if (!places) m_state->placeMemo.reset();
    else if (!m_state->placeMemo || m_state->placeMemo->places() != places) m_state->placeMemo = std::make_unique<PlaceMemo>(places);
}

void Enricher::enrich(Event& event) {
    enrichForSums(event);
    event.url.extension = urlExtension(event.url.path);
    if (!m_state->placeMemo) event.address = readAddress(event.record.address);
}

void Enricher::enrichForSums(Event& event) {
    takeClient(event.record);
    const Record& record = event.record;
    if (record.target.empty() && record.extraCount != 0) {
        event.url = splitUrl({}, findExtra(record, EcsField::UrlPath));
        if (!event.url.fragment.empty()) [[unlikely]]
            takeFragmentBack(event.url);
        if (event.url.query.empty()) event.url.query = findExtra(record, EcsField::UrlQuery);
    } else {
        event.url = splitUrl(record.method, record.target);
    }
    if (event.url.scheme.empty() && record.extraCount != 0) event.url.scheme = findExtra(record, EcsField::UrlScheme);
    event.place = nullptr;
    event.country = event.network = {};
    if (m_state->placeMemo) {
        event.address = readAddress(record.address);
        event.place = m_state->placeMemo->find(event.address);
        if (event.place != nullptr) {
            event.country = event.place->country;
            event.network = event.place->network;
        }
    }
    event.agent = nullptr;
    event.agentHash = 0;
    if (record.agent.empty()) return;
    const Entry* const entry = m_state->find(record.agent);
    event.agentHash = entry->hash;
    event.agent = &entry->info;
}

} // namespace sg
