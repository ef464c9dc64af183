#include "core/elastic/decide.h"

#include "core/elastic/answer.h"

#include <algorithm>
#include <array>
#include <map>

namespace sg {
namespace {

constexpr std::size_t kMaxReason = 300;
constexpr std::string_view kNamesExhausted = "Limit of total fields"; ///< index.mapping.total_fields.limit, by all supported servers

struct Block {
    std::string_view type;
    std::string_view kind;
    std::string_view advice;
};
constexpr std::array<Block, 6> kBlocks{{
    {"cluster_block_exception", "write_block",
     "Free disk space on the server or lift the index's write block; delivery goes on by itself."},
    {"index_not_found_exception", "index_not_found",
     "Allow action.auto_create_index for these indices on the server; delivery goes on by itself."},
    {"validation_exception", "validation", "Raise cluster.max_shards_per_node or delete old indices; delivery goes on by itself."},
    {"index_closed_exception", "index_closed", "Open the index again; delivery goes on by itself."},
    {"invalid_index_name_exception", "index_name", "Choose another index prefix."},
    {"security_exception", "permission",
     "Give the user the privileges create_doc and auto_configure on these indices; delivery goes on by itself."},
}};

const Block* blockOf(std::string_view type) {
    const auto* at = std::find_if(kBlocks.begin(), kBlocks.end(), [&](const Block& b) { return b.type == type; });
    return at == kBlocks.end() ? nullptr : at;
}

std::string cut(std::string_view text) {
    if (text.size() <= kMaxReason) return std::string(text);
    std::size_t end = kMaxReason;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    return std::string(text.substr(0, end)) + "...";
}

/// Type and reason of a whole answer's error; both empty when it is not the server's own error object.
struct WholeError {
    std::string type, reason;
};
WholeError readError(const std::string& body) {
    WholeError out;
    simdjson::dom::parser parser;
    simdjson::dom::element root, error;
    if (parser.parse(body).get(root) != simdjson::SUCCESS || root["error"].get(error) != simdjson::SUCCESS) return out;
    if (error.is_string()) {
        out.reason = std::string_view(error);
        return out;
    }
    out.type = textAt(error, "type");
    out.reason = textAt(error, "reason");
    return out;
}

void block(BulkDecision& decision, std::string_view kind, std::string sentence, std::string_view advice) {
    if (!decision.kind.empty()) return;
    decision.kind = kind;
    decision.sentence = std::move(sentence);
    decision.advice = advice;
}

BulkDecision decideWhole(const HttpResponse& response) {
    BulkDecision decision;
    const int status = response.status;
    const WholeError error = status == 0 ? WholeError{} : readError(response.body);
    if (const Block* known = blockOf(error.type); known != nullptr && status != 0) {
        decision.whole = BulkDecision::Whole::Blocked;
        const bool login = status == 401;
        block(decision, login ? "authentication" : known->kind, "refuses documents: " + errorOf(response),
              login ? "Check STREAMGAUGE_ES_USER and STREAMGAUGE_ES_PASSWORD, or STREAMGAUGE_ES_API_KEY." : known->advice);
        return decision;
    }
    if (status == 0 || status >= 500) {
        decision.whole = BulkDecision::Whole::Unknown;
        decision.sentence = status == 0 ? silenceOf(response) : "answers " + errorOf(response);
        return decision;
    }
    if (status == 429) {
        decision.whole = BulkDecision::Whole::Retry;
        decision.sentence = "is overloaded (" + errorOf(response) + ")";
        return decision;
    }
    if (status == 413) {
        decision.whole = BulkDecision::Whole::Split;
        return decision;
    }
    decision.whole = BulkDecision::Whole::Blocked;
    if (status == 401)
        block(decision, "authentication", "does not accept the credentials: " + errorOf(response),
              "Check STREAMGAUGE_ES_USER and STREAMGAUGE_ES_PASSWORD, or STREAMGAUGE_ES_API_KEY.");
    else if (status == 403)
        block(decision, "permission", "forbids bulk requests: " + errorOf(response),
              "Give the user the privileges create_doc and auto_configure on these indices; delivery goes on by itself.");
    else if (status == 404)
        block(decision, "not_found", "knows no bulk requests at this address: " + errorOf(response),
              "Check the address, its path included.");
    else block(decision, "request", "does not take the request: " + errorOf(response), "Check the address and what stands between.");
    return decision;
}

ItemOutcome decideItem(std::int64_t status, std::string_view type, std::string_view reason) {
    if (status >= 200 && status < 300) return ItemOutcome::Created;
    if (blockOf(type) != nullptr) return ItemOutcome::Blocked;
    if (status == 409) return ItemOutcome::Conflict;
    if (status == 429) return ItemOutcome::Retry;
    if (status == 400 && reason.find(kNamesExhausted) != std::string_view::npos) return ItemOutcome::Shorten;
    if (status == 400 || status == 413) return ItemOutcome::Reject;
    if (status == 401 || status == 403 || status == 404) return ItemOutcome::Blocked;
    return status >= 400 && status < 500 ? ItemOutcome::Reject : ItemOutcome::Unknown;
}

/// One type of 400 for half of a body is a wrong mapping: nothing is thrown away then.
void holdMappingProblem(BulkDecision& decision, std::size_t sent, bool held) {
    if (sent < kMappingProblemFrom && !held) return;
    std::map<std::string_view, std::size_t> byType;
    for (const ItemError& error : decision.errors)
        if (decision.items[error.item] == ItemOutcome::Reject) ++byType[error.type];
    for (const auto& [type, count] : byType) {
        if (count * 2 < sent) continue;
        const ItemError* example = nullptr;
        for (ItemError& error : decision.errors) {
            if (decision.items[error.item] != ItemOutcome::Reject || error.type != type) continue;
            decision.items[error.item] = ItemOutcome::Blocked;
            if (example == nullptr) example = &error;
        }
        block(decision, "mapping",
              "refuses " + std::to_string(count) + " of " + std::to_string(sent) + " documents alike: " + example->type + ": " +
                  example->reason,
              "Another template or an older index has another mapping: delete or reindex the index, or choose another prefix; delivery "
              "goes on by itself.");
        return;
    }
}

} // namespace

std::string errorOf(const HttpResponse& response) {
    if (response.status == 0) return response.error;
    const WholeError error = readError(response.body);
    const std::string status = std::to_string(response.status);
    if (!error.type.empty()) return status + ' ' + cut(error.type + ": " + error.reason);
    if (!error.reason.empty()) return status + ' ' + cut(error.reason);
    return status;
}

std::string silenceOf(const HttpResponse& response) {
    return (response.untrusted ? "is not trusted: " : "does not answer: ") + response.error;
}

BulkDecision decideBulk(const HttpResponse& response, std::size_t sent, bool mappingHeld, BulkKind kind) {
    if (response.status < 200 || response.status >= 300) return decideWhole(response);
    BulkDecision decision;
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    simdjson::dom::array items;
    if (parser.parse(response.body).get(root) != simdjson::SUCCESS || root["items"].get(items) != simdjson::SUCCESS) {
        decision.whole = BulkDecision::Whole::Unknown;
        decision.sentence = "answers " + std::to_string(response.status) + " with something that is no bulk answer";
        return decision;
    }
    decision.whole = BulkDecision::Whole::Items;
    decision.items.reserve(sent);
    for (const simdjson::dom::element item : items) {
        if (decision.items.size() == sent) {
            decision.whole = BulkDecision::Whole::Broken;
            decision.items.clear();
            decision.errors.clear();
            block(decision, "answer", "answers for more documents than the " + std::to_string(sent) + " that were sent",
                  "What stands between Streamgauge and the server changes requests or answers.");
            return decision;
        }
        simdjson::dom::object action;
        simdjson::dom::element result, error;
        std::int64_t status = 0;
        if (item.get(action) == simdjson::SUCCESS && action.begin() != action.end()) {
            result = (*action.begin()).value;
            if (result["status"].get(status) != simdjson::SUCCESS) status = 0;
        }
        std::string_view type;
        std::string reason; // "failed to parse" alone says nothing: what it was caused by goes with it
        if (status >= 300 && result["error"].get(error) == simdjson::SUCCESS) {
            type = textAt(error, "type");
            reason = textAt(error, "reason");
            if (simdjson::dom::element cause; error["caused_by"].get(cause) == simdjson::SUCCESS)
                if (const std::string_view why = textAt(cause, "reason"); !why.empty()) reason.append(": ").append(why);
        }
        const bool isGone = kind == BulkKind::Delete && status == 404 && (type.empty() || type == "index_not_found_exception");
        const ItemOutcome outcome = isGone ? ItemOutcome::Created : decideItem(status, type, reason);
        if (outcome == ItemOutcome::Reject || outcome == ItemOutcome::Shorten || outcome == ItemOutcome::Blocked)
            decision.errors.push_back({static_cast<std::uint32_t>(decision.items.size()), std::string(type), cut(reason)});
        if (outcome == ItemOutcome::Blocked) {
            const Block* known = blockOf(type);
            block(decision, known == nullptr ? "permission" : known->kind, "refuses documents: " + std::string(type) + ": " + cut(reason),
                  known == nullptr ? "Check what the user may do on these indices; delivery goes on by itself." : known->advice);
        }
        decision.items.push_back(outcome);
    }
    const std::size_t answered = decision.items.size();
    decision.items.resize(sent, ItemOutcome::Unknown);
    holdMappingProblem(decision, answered, mappingHeld);
    return decision;
}

Milliseconds backoff(unsigned attempt, std::uint32_t random) {
    const std::int64_t ceiling = attempt >= 6 ? 30'000 : 500LL << attempt;
    return Milliseconds(static_cast<std::int64_t>(random) * ceiling >> 32);
}

Milliseconds probeWait(unsigned attempt, std::uint32_t random) {
    const std::int64_t ceiling = attempt >= 3 ? 30'000 : 5000LL << attempt;
    return Milliseconds(5000 + (static_cast<std::int64_t>(random) * (ceiling - 5000) >> 32));
}

} // namespace sg
