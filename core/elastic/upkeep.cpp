#include "core/elastic/upkeep.h"

#include "core/elastic/answer.h"
#include "core/elastic/decide.h"
#include "core/elastic/index_prefix.h"
#include "core/elastic/template.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace sg {
namespace {

using State = SetUpRow::State;
using simdjson::dom::element;

constexpr Milliseconds kSnapshotPatience{std::chrono::hours(1)};

bool digits(std::string_view text, int& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size() && text[0] != '-';
}

} // namespace

std::optional<Timestamp> endOfIndexDay(std::string_view index, std::string_view prefix) {
    for (const std::string_view kind : kIndexKinds) {
        constexpr std::size_t kDay = 10;
        const std::string tail = '-' + std::string(kind) + '-';
        if (index.size() < tail.size() + kDay || !index.substr(0, index.size() - kDay).ends_with(tail)) continue;
        if (!isPrefixOf(index.substr(0, index.size() - kDay - tail.size()), prefix)) continue;
        const std::string_view day = index.substr(index.size() - kDay);
        int y = 0, m = 0, d = 0;
        if (day[4] != '.' || day[7] != '.' || !digits(day.substr(0, 4), y) || !digits(day.substr(5, 2), m) ||
            !digits(day.substr(8), d))
            return std::nullopt;
        const std::chrono::year_month_day date{std::chrono::year(y), std::chrono::month(static_cast<unsigned>(m)),
                                               std::chrono::day(static_cast<unsigned>(d))};
        if (!date.ok()) return std::nullopt;
        return Timestamp::fromSeconds((std::chrono::sys_days(date).time_since_epoch().count() + 1) * 86'400LL);
    }
    return std::nullopt;
}

Sweep::Sweep(std::string prefix, Milliseconds limit, Timestamp now) : m_prefix(std::move(prefix)), m_limit(limit), m_now(now) {
    if (limit.count() <= 0) return;
    askKeeper([this] {
        if (keeper() != Keeper::Nobody) return;
        get('/' + indexPatterns(m_prefix) + "/_settings/index.creation_date?expand_wildcards=open,closed&ignore_unavailable=true",
            [this](const HttpResponse& response) {
                if (!failed(response)) read(response);
            });
    });
}

void Sweep::read(const HttpResponse& response) {
    if (response.status == 403)
        return add(State::Forbidden, "old indices", "the user may not list them (" + errorOf(response) + ")",
                   "Give the user the privileges view_index_metadata and delete_index on " + prefixPattern(m_prefix) + "-*.");
    simdjson::dom::parser parser;
    simdjson::dom::object all;
    if (response.status != 200 || parser.parse(response.body).get(all) != simdjson::SUCCESS) return;
    const std::int64_t limit = m_now.ns - std::chrono::duration_cast<Nanoseconds>(m_limit).count();
    for (const auto& [key, each] : all) {
        const auto end = endOfIndexDay(key, m_prefix);
        std::string_view made;
        std::int64_t ms = 0;
        if (!end || end->ns > limit || each["settings"]["index"]["creation_date"].get(made) != simdjson::SUCCESS) continue;
        const auto [last, error] = std::from_chars(made.data(), made.data() + made.size(), ms);
        if (error != std::errc{} || Timestamp::fromMilliseconds(ms).ns > limit) continue;
        const std::string name(key);
        ask("DELETE", '/' + name, {}, [this, name](const HttpResponse& answer) {
            if (failed(answer)) return;
            if (answer.status == 200) m_deleted.push_back(name);
            else if (answer.status != 404) // someone else was faster
                add(answer.status == 403 ? State::Forbidden : State::Refused, "index " + name, "it cannot be deleted: " + errorOf(answer),
                    "Give the user the privilege delete_index on " + prefixPattern(m_prefix) + "-*, or lift the block of the index.");
        });
    }
}

std::string blocksPath(std::string_view prefix) {
    return '/' + indexPatterns(prefix) + "/_settings/index.blocks.*?expand_wildcards=open,closed&ignore_unavailable=true";
}

std::vector<std::string> blockedIndices(const HttpResponse& response) {
    std::vector<std::string> out;
    simdjson::dom::parser parser;
    simdjson::dom::object all, blocks;
    if (response.status != 200 || parser.parse(response.body).get(all) != simdjson::SUCCESS) return out;
    for (const auto& [name, each] : all) {
        if (each["settings"]["index"]["blocks"].get(blocks) != simdjson::SUCCESS) continue;
        for (const auto& [block, value] : blocks) {
            std::string_view text;
            if ((block == "write" || block == "read_only" || block == "read_only_allow_delete") && value.get(text) == simdjson::SUCCESS &&
                text == "true") {
                out.emplace_back(name);
                break;
            }
        }
    }
    return out;
}

BlockLifting::BlockLifting(std::string prefix) {
    get(blocksPath(prefix), [this](const HttpResponse& response) {
        if (failed(response)) return;
        if (response.status != 200) return add(State::Forbidden, "the write blocks", errorOf(response), "Have an administrator lift them.");
        for (const std::string& name : blockedIndices(response))
            ask("PUT", '/' + name + "/_settings",
                R"({"index.blocks.write":null,"index.blocks.read_only":null,"index.blocks.read_only_allow_delete":null})",
                [this, name](const HttpResponse& answer) {
                    if (failed(answer)) return;
                    if (answer.status == 200) add(State::Removed, "the write block of " + name);
                    else add(State::Refused, "the write block of " + name, errorOf(answer), "Have an administrator lift it.");
                });
    });
}

SnapshotTaking::SnapshotTaking(std::string prefix, std::string repository, std::string location, Timestamp now)
    : m_prefix(std::move(prefix)), m_repository(std::move(repository)), m_location(std::move(location)) {
    m_name = prefixName(m_prefix) + '-' + isoTime(now).substr(0, 19);
    std::replace(m_name.begin(), m_name.end(), ':', '.');
    std::transform(m_name.begin(), m_name.end(), m_name.begin(), [](char c) { return c == 'T' ? 't' : c; });
    useRepository(m_repository, m_location, [this] { takeIt(); });
}

void SnapshotTaking::takeIt() {
    const std::string body = R"({"indices":")" + indexPatterns(m_prefix) + R"(","include_global_state":false,"ignore_unavailable":true,)" +
                             R"("metadata":{"managed_by":")" + std::string(kManagedBy) + R"("}})";
    ask(
        "PUT", "/_snapshot/" + m_repository + '/' + m_name + "?wait_for_completion=true", body,
        [this](const HttpResponse& response) {
            if (failed(response)) return;
            simdjson::dom::parser parser;
            element root, snapshot, shards;
            std::int64_t done = 0, of = 0;
            simdjson::dom::array indices;
            const std::string what = "snapshot " + m_name;
            if (response.status != 200 || parser.parse(response.body).get(root) != simdjson::SUCCESS ||
                root["snapshot"].get(snapshot) != simdjson::SUCCESS)
                return add(response.status == 403 ? State::Forbidden : State::Refused, what, errorOf(response),
                           "See the server's own log.");
            done = wholeOf(snapshot["shards"]["successful"]);
            of = wholeOf(snapshot["shards"]["total"]);
            const std::size_t count = snapshot["indices"].get(indices) == simdjson::SUCCESS ? indices.size() : 0;
            const std::string said = std::to_string(count) + " indices, " + std::to_string(done) + " of " + std::to_string(of) + " shards";
            if (textAt(snapshot, "state") == "SUCCESS") add(State::Made, what, said);
            else add(State::Refused, what, std::string(textAt(snapshot, "state")) + ", " + said, "See the server's own log.");
        },
        kSnapshotPatience);
}

Removal::Removal(std::string prefix) : m_prefix(prefixName(prefix)), m_given(prefix) {
    // By their exact names: those of another prefix that begins with this one are another's, though they carry the same mark.
    for (const ServerObject& each : indexTemplates(prefix, {})) m_ours.insert(each.path);
    list("/_index_template/", "index_templates", "index_template", "index template ");
}

void Removal::takeAway(const std::string& path, std::string what) {
    ask("DELETE", path, {}, [this, what = std::move(what)](const HttpResponse& response) {
        if (failed(response)) return;
        if (response.status == 200) add(State::Removed, what);
        else if (response.status != 404)
            add(response.status == 403 ? State::Forbidden : State::Refused, what, errorOf(response),
                response.status == 403 ? "Give the user the privilege to manage it." : "Something else uses it; remove that first.");
    });
}

void Removal::list(const std::string& path, const char* array, const char* object, const std::string& what) {
    get(path + m_prefix + "-*", [=, this](const HttpResponse& response) {
        if (failed(response)) return;
        simdjson::dom::parser parser;
        element root, meta;
        simdjson::dom::array all;
        if (response.status == 403) add(State::Forbidden, what + m_prefix + "-*", errorOf(response),
                                        "Give the user the cluster privilege manage_index_templates.");
        if (response.status == 200 && parser.parse(response.body).get(root) == simdjson::SUCCESS &&
            root[array].get(all) == simdjson::SUCCESS)
            for (const element each : all) {
                const std::string name(textAt(each, "name"));
                if (m_ours.count(path + name) == 0) continue;
                const bool ours = each[object]["_meta"].get(meta) == simdjson::SUCCESS && textAt(meta, "managed_by") == kManagedBy;
                if (ours) takeAway(path + name, what + name);
                else add(State::Foreign, what + name, "it is not Streamgauge's, and stays");
            }
        // a component can go only when no template uses it any more
        if (path == "/_index_template/") return list("/_component_template/", "component_templates", "component_template",
                                                     "component template ");
        policy("/_ilm/policy/" + m_prefix + "-retention", "ILM policy " + m_prefix + "-retention");
        policy("/_plugins/_ism/policies/" + m_prefix + "-retention", "ISM policy " + m_prefix + "-retention");
        policy("/_slm/policy/" + m_prefix + "-daily", "SLM policy " + m_prefix + "-daily");
        policy("/_plugins/_sm/policies/" + m_prefix + "-daily", "SM policy " + m_prefix + "-daily");
    });
}

void Removal::policy(const std::string& path, const std::string& what) {
    get(path, [=, this](const HttpResponse& response) {
        if (failed(response) || response.status != 200) return;
        simdjson::dom::parser parser;
        element root, body;
        if (parser.parse(response.body).get(root) != simdjson::SUCCESS) return;
        const std::string name = path.substr(path.rfind('/') + 1);
        element meta;
        const bool ours = (root[name]["policy"]["_meta"].get(meta) == simdjson::SUCCESS && textAt(meta, "managed_by") == kManagedBy) ||
                          (root[name]["policy"]["config"]["metadata"].get(meta) == simdjson::SUCCESS &&
                           textAt(meta, "managed_by") == kManagedBy) ||
                          ((root["policy"].get(body) == simdjson::SUCCESS || root["sm_policy"].get(body) == simdjson::SUCCESS) &&
                           textAt(body, "description").starts_with(kManagedBy));
        if (!ours) add(State::Foreign, what, "it is not Streamgauge's, and stays");
        else if (name.ends_with("-retention")) release(path, what);
        else takeAway(path, what);
    });
}

/// ILM keeps a policy that an index has, and ISM goes on deleting by one that is gone: the indices are let go first.
void Removal::release(const std::string& path, const std::string& what) {
    const bool ilm = path.starts_with("/_ilm");
    get(policiesPath(ilm ? Keeper::Ilm : Keeper::Ism, m_given), [=, this](const HttpResponse& response) {
        if (failed(response)) return;
        for (const std::string& list : indicesWithPolicy(response, path.substr(path.rfind('/') + 1)))
            ask("POST", ilm ? '/' + list + "/_ilm/remove" : "/_plugins/_ism/remove/" + list, {}, [this, what](const HttpResponse& answer) {
                if (failed(answer) || answer.status == 200) return;
                add(answer.status == 403 ? State::Forbidden : State::Refused, "the indices with " + what, errorOf(answer),
                    "Give the user the privilege manage on them, or take the policy from them in Kibana.");
            });
        takeAway(path, what);
    });
}

} // namespace sg
