#include "core/elastic/survey.h"

#include "core/elastic/answer.h"
#include "core/elastic/decide.h"

namespace sg {

bool isUnknownPath(const HttpResponse& response) {
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

std::string serverAge(Milliseconds age) {
    constexpr std::int64_t kHour = 3'600'000;
    const std::int64_t hours = std::max<std::int64_t>(1, age.count() / kHour);
    return hours % 24 == 0 ? std::to_string(hours / 24) + 'd' : std::to_string(hours) + 'h';
}

} // namespace sg
