#include "core/elastic/survey.h"

#include "core/elastic/answer.h"
#include "core/elastic/decide.h"
#include "core/elastic/template.h"

namespace sg {
namespace {
constexpr std::size_t kListBytes = 3000;
} // namespace

bool isUnknownPath(const HttpResponse& response) {
    if (response.status == 410) return true; // "not available when running in serverless mode"
    // 400 "no handler found for uri"; a proxy says 404 alone; 7.17 takes the path for one that makes a document (405), or for a document of
    // an index with this name
    if (response.status != 400 && response.status != 404 && response.status != 405) return false;
    const std::string said = errorOf(response);
    const auto says = [&](std::string_view what) { return said.find(what) != std::string::npos; };
    return response.status == 405 || says("no handler found") || says("invalid_index_name_exception") || says("index_not_found_exception") ||
           said == std::to_string(response.status);
}

bool ServerSurvey::failed(const HttpResponse& response) {
    if (response.status != 0 && response.status != 429 && response.status < 500 && response.status != 401) return false;
    m_failure = response;
    stop();
    return true;
}

void ServerSurvey::add(SetUpRow::State state, std::string what, std::string detail, std::string advice) {
    m_rows.push_back({state, std::move(what), std::move(detail), std::move(advice)});
}

void ServerSurvey::askKeeper(std::function<void()> next) {
    get("/_ilm/status", [this, next = std::move(next)](const HttpResponse& ilm) {
        if (failed(ilm)) return;
        if (!isUnknownPath(ilm)) { // 403: it is there, though not for us
            m_keeper = Keeper::Ilm;
            return next();
        }
        get("/_plugins/_ism/policies", [this, next](const HttpResponse& ism) {
            if (failed(ism)) return;
            m_keeper = isUnknownPath(ism) ? Keeper::Nobody : Keeper::Ism;
            next();
        });
    });
}

void ServerSurvey::useRepository(const std::string& name, const std::string& location, std::function<void()> next) {
    using State = SetUpRow::State;
    const std::string path = "/_snapshot/" + name, what = "snapshot repository " + name;
    get(path, [=, this, next = std::move(next)](const HttpResponse& response) {
        if (failed(response)) return;
        if (response.status == 200) {
            simdjson::dom::parser parser;
            simdjson::dom::element root;
            std::string_view there;
            const bool known = parser.parse(response.body).get(root) == simdjson::SUCCESS &&
                               root[name]["settings"]["location"].get(there) == simdjson::SUCCESS;
            if (!location.empty() && (!known || there != location))
                return add(State::Foreign, what, "it is there and leads " + (known ? "to " + std::string(there) : "elsewhere"),
                           "Give another --repository, or no --location.");
            add(State::Current, what);
            return next();
        }
        if (response.status == 403)
            return add(State::Forbidden, what, errorOf(response), "Give the user the cluster privilege create_snapshot.");
        if (location.empty())
            return add(State::Missing, what, "it is not there",
                       "Give --location PATH, a folder below path.repo of the server's configuration.");
        const std::string body = R"({"type":"fs","settings":{"compress":true,"location":)" + jsonText(location) + "}}";
        ask("PUT", path, body, [=, this](const HttpResponse& answer) {
            if (answer.status == 200) {
                add(State::Made, what, location);
                return next();
            }
            // a location that cannot be used is a 500 with the reason in it: no use in trying again
            add(answer.status == 403 ? State::Forbidden : State::Refused, what, errorOf(answer),
                "The folder must be below path.repo of the server's configuration, and writable for the server on every node.");
        });
    });
}

std::string policiesPath(Keeper keeper, std::string_view prefix) {
    return keeper == Keeper::Ilm
               ? '/' + indexPatterns(prefix) + "/_settings/index.lifecycle.name?expand_wildcards=open,closed&ignore_unavailable=true"
               : "/_plugins/_ism/explain/" + indexPatterns(prefix) + "?size=10000";
}

std::vector<std::string> indicesWithPolicy(const HttpResponse& response, std::string_view policy) {
    std::vector<std::string> lists;
    simdjson::dom::parser parser;
    simdjson::dom::object all;
    if (response.status != 200 || parser.parse(response.body).get(all) != simdjson::SUCCESS) return lists;
    for (const auto& [index, state] : all) {
        if (!state.is_object()) continue;
        std::string_view has = textAt(state, "index.plugins.index_state_management.policy_id");
        if (has.empty() && state["settings"]["index"]["lifecycle"]["name"].get(has) != simdjson::SUCCESS) continue;
        if (has != policy) continue;
        if (lists.empty() || lists.back().size() + index.size() > kListBytes) lists.emplace_back(index);
        else lists.back().append(",").append(index);
    }
    return lists;
}

std::string serverAge(Milliseconds age) {
    constexpr std::int64_t kHour = 3'600'000;
    const std::int64_t hours = std::max<std::int64_t>(1, age.count() / kHour);
    return hours % 24 == 0 ? std::to_string(hours / 24) + 'd' : std::to_string(hours) + 'h';
}

} // namespace sg
