#include "core/elastic/doctor.h"

#include "core/elastic/answer.h"
#include "core/elastic/decide.h"
#include "core/elastic/index_prefix.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>

namespace sg {
namespace {

using State = SetUpRow::State;
using simdjson::dom::element;

constexpr std::int64_t kClockSeconds = 60; ///< beyond it time ranges in Kibana are visibly off
constexpr const char* kAskAdmin = "Give the user the cluster privilege monitor to have it looked at.";

bool isLocal(const std::string& url) {
    return url.starts_with("http://localhost") || url.starts_with("http://127.") || url.starts_with("http://[::1]");
}

std::string percent(double share) {
    char text[16];
    std::snprintf(text, sizeof text, "%.0f %%", share * 100);
    return text;
}

std::string gigabytes(double bytes) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f GB", bytes / 1e9);
    return text;
}

/// Why something cannot be looked at, in few words.
std::string shortly(const HttpResponse& response) {
    return response.status == 403 ? "this user may not (403)" : errorOf(response);
}

/// Whether a disk is beyond a watermark such as "90%", "0.9" or "50gb" (of free space).
bool isBeyond(std::string_view mark, double total, double free) {
    double value = 0;
    const auto [end, error] = std::from_chars(mark.data(), mark.data() + mark.size(), value);
    if (error != std::errc{} || total <= 0) return false;
    const std::string_view unit = mark.substr(static_cast<std::size_t>(end - mark.data()));
    if (unit == "%") return (total - free) / total * 100 >= value;
    if (unit.empty()) return value <= 1 && (total - free) / total >= value;
    static const std::map<std::string_view, double> kUnits{{"b", 1},
                                                           {"kb", 1024.0},
                                                           {"mb", 1024.0 * 1024},
                                                           {"gb", 1024.0 * 1024 * 1024},
                                                           {"tb", 1024.0 * 1024 * 1024 * 1024}};
    const auto at = kUnits.find(unit);
    return at != kUnits.end() && free <= value * at->second;
}

/// A setting of the cluster: transient before persistent before the default.
std::string settingIn(const element& root, std::string_view path) {
    for (const char* level : {"transient", "persistent", "defaults"}) {
        element at = root;
        if (root[level].get(at) != simdjson::SUCCESS) continue;
        bool there = true;
        for (std::size_t from = 0; there && from <= path.size();) {
            const std::size_t dot = std::min(path.find('.', from), path.size());
            element inner;
            there = at[path.substr(from, dot - from)].get(inner) == simdjson::SUCCESS;
            if (there) at = inner;
            from = dot + 1;
        }
        std::string_view text;
        if (there && at.get(text) == simdjson::SUCCESS) return std::string(text);
    }
    return {};
}

} // namespace

const char* levelName(Finding::Level level) {
    return level == Finding::Level::Good ? "good" : level == Finding::Level::Note ? "note" : "fault";
}

const char* remedyName(Finding::Remedy remedy) {
    switch (remedy) {
    case Finding::Remedy::InstallTemplates:
        return "install";
    case Finding::Remedy::LiftBlocks:
        return "lift_blocks";
    case Finding::Remedy::ImportDashboards:
        return "import_dashboards";
    case Finding::Remedy::None:
        break;
    }
    return "";
}

Finding nameFinding(const std::string& host, const std::vector<std::string>& addresses, const std::string& error) {
    if (!error.empty())
        return {Finding::Level::Fault, "name", host + " is not known: " + error, "the server cannot be found",
                "Check how the host is written, and this machine's DNS or /etc/hosts.", Finding::Remedy::None};
    std::string list;
    for (const std::string& each : addresses) list += (list.empty() ? "" : ", ") + each;
    return {Finding::Level::Good, "name", list == host ? host + " is an address" : host + " is " + list, {}, {}, Finding::Remedy::None};
}

Finding portFinding(const std::string& host, int port, const std::string& error) {
    const std::string place = "port " + std::to_string(port) + " of " + host;
    if (error.empty()) return {Finding::Level::Good, "port", place + " is open", {}, {}, Finding::Remedy::None};
    return {Finding::Level::Fault, "port", place + " cannot be reached: " + error, "nothing can be delivered; it waits on disk",
            "Start the server, or check the port and what firewalls stand between; Elasticsearch listens on 9200, on localhost alone unless "
            "network.host says otherwise.",
            Finding::Remedy::None};
}

std::string sentenceOf(const SetUpRow& row) {
    static constexpr const char* kWords[] = {"is in place", "was made",    "was renewed",   "was removed",  "is newer than ours",
                                             "is older than ours",
                                             "is missing",  "is not ours", "is not allowed", "was refused", "is not done by this server"};
    return row.what + ' ' + kWords[static_cast<std::size_t>(row.state)] + (row.detail.empty() ? std::string() : ": " + row.detail);
}

std::string serverSilence(const std::string& url, const HttpResponse& failure) {
    if (failure.status == 401) return url + " does not accept the credentials: " + errorOf(failure);
    return url + ' ' + (failure.status == 0 ? silenceOf(failure) : "answers " + errorOf(failure));
}

Doctor::Doctor(DoctorQuestion question, std::function<Timestamp()> now) : m_question(std::move(question)), m_now(std::move(now)) {
    get("/", [this](const HttpResponse& response) {
        tls(response);
        const Identity identity = identifyRoot(response, m_question.url);
        if (identity.kind != Identity::Kind::AskHealth) return is(identity);
        get(kHealthPath, [this](const HttpResponse& health) { is(identifyHealth(health, m_question.url)); });
    });
}

void Doctor::say(Level level, const char* check, std::string found, std::string means, std::string advice, Finding::Remedy remedy) {
    m_findings.push_back({level, check, std::move(found), std::move(means), std::move(advice), remedy});
}

void Doctor::tls(const HttpResponse& response) {
    const bool secure = m_question.url.starts_with("https:");
    if (response.status == 0 && !response.untrusted) return; // said by who does not answer
    if (response.untrusted) return say(Level::Fault, "TLS", "the server is not trusted: " + response.error, "nothing is sent to it",
                                       std::string(kTrustAdvice) + '.');
    if (secure) return say(Level::Good, "TLS", "its certificate is trusted");
    if (isLocal(m_question.url)) return say(Level::Good, "TLS", "plain http, on this machine");
    say(Level::Note, "TLS", "plain http",
        m_question.loggedIn ? "user and password can be read on the way" : "what is sent can be read on the way",
        "Give the server TLS and the address https://.");
}

void Doctor::is(const Identity& identity) {
    switch (identity.kind) {
    case Identity::Kind::Fit:
        return version(identity.product);
    case Identity::Kind::Refused:
        say(Level::Fault, "authentication", identity.sentence, "nothing is delivered; it waits on disk", identity.advice);
        return;
    default:
        if (!m_findings.empty() && m_findings.back().level == Level::Fault) return; // untrusted: it is said
        say(Level::Fault, "product", identity.sentence, "nothing is delivered; it waits on disk", identity.advice);
    }
}

void Doctor::version(const std::string& product) {
    if (product.find(' ') != std::string::npos) {
        say(Level::Good, "product", product);
        return who();
    }
    get("/_nodes/_local/http?filter_path=nodes.*.version", [this, product](const HttpResponse& response) {
        simdjson::dom::parser parser;
        element root;
        simdjson::dom::object nodes;
        std::string number;
        if (response.status == 200 && parser.parse(response.body).get(root) == simdjson::SUCCESS &&
            root["nodes"].get(nodes) == simdjson::SUCCESS)
            for (const auto& [id, node] : nodes) number = textAt(node, "version");
        if (number.empty()) say(Level::Note, "product", product + ", which does not say its version to this user",
                                "its age cannot be checked", kAskAdmin);
        else say(Level::Good, "product", product + ' ' + number);
        who();
    });
}

void Doctor::who() {
    get("/_security/_authenticate", [this](const HttpResponse& response) {
        simdjson::dom::parser parser;
        element root;
        if (response.status == 200 && parser.parse(response.body).get(root) == simdjson::SUCCESS) {
            const bool key = textAt(root, "authentication_type") == "api_key";
            say(Level::Good, "authentication", (key ? "an API key of " : "user ") + std::string(textAt(root, "username")));
            return mayDo();
        }
        if (response.status == 401)
            return say(Level::Fault, "authentication", "the credentials are not accepted: " + errorOf(response),
                       "nothing is delivered; it waits on disk", kLoginAdvice);
        whoOpenSearch();
    });
}

void Doctor::whoOpenSearch() {
    get("/_plugins/_security/authinfo", [this](const HttpResponse& response) {
        simdjson::dom::parser parser;
        element root;
        if (response.status == 200 && parser.parse(response.body).get(root) == simdjson::SUCCESS) {
            say(Level::Good, "authentication", "user " + std::string(textAt(root, "user_name")));
            say(Level::Note, "privileges", "this server has no list of them to ask for", "the first delivery shows whether it is allowed",
                "The user needs indices:data/write/bulk, create_index and indices:admin/mapping/put on " +
                    prefixPattern(m_question.setUp.prefix) + "-*.");
        } else if (response.status == 401) {
            return say(Level::Fault, "authentication", "the credentials are not accepted", "nothing is delivered; it waits on disk",
                       kLoginAdvice);
        } else {
            const bool local = isLocal(m_question.url);
            say(local ? Level::Good : Level::Note, "authentication", "the server asks nobody who he is",
                m_question.loggedIn ? "the credentials are not looked at" : "whoever reaches it may read and delete everything",
                local ? "" : "Switch its security on before others can reach it.");
            say(Level::Good, "privileges", "everything is allowed to everybody");
        }
        clock();
    });
}

void Doctor::mayDo() {
    const std::string body = R"({"cluster":["monitor","manage_index_templates"],"index":[{"names":[")" +
        prefixPattern(m_question.setUp.prefix) +
                             R"(-access-*"],"privileges":["create_doc","auto_configure","view_index_metadata","delete_index"]}]})";
    ask("POST", "/_security/user/_has_privileges", body, [this](const HttpResponse& response) {
        privileges(response);
        clock();
    });
}

void Doctor::privileges(const HttpResponse& response) {
    simdjson::dom::parser parser;
    element root, cluster, index;
    if (response.status != 200 || parser.parse(response.body).get(root) != simdjson::SUCCESS ||
        root["cluster"].get(cluster) != simdjson::SUCCESS ||
        root["index"][prefixPattern(m_question.setUp.prefix) + "-access-*"].get(index) != simdjson::SUCCESS)
        return say(Level::Note, "privileges", "they cannot be asked for: " + errorOf(response),
                   "the first delivery shows whether it is allowed");
    const auto has = [](const element& of, std::string_view name) {
        bool value = false;
        return of[name].get(value) == simdjson::SUCCESS && value;
    };
    std::string needed, useful;
    const auto miss = [](std::string& list, std::string_view name) { list.append(list.empty() ? "" : ", ").append(name); };
    for (const char* name : {"create_doc", "auto_configure"})
        if (!has(index, name)) miss(needed, name);
    if (!needed.empty())
        return say(Level::Fault, "privileges", "the user lacks " + needed + " on " + prefixPattern(m_question.setUp.prefix) + "-*",
                   "no document is taken from it; all waits on disk",
                   "Give the user create_doc and auto_configure on these indices.");
    for (const char* name : {"monitor", "manage_index_templates"})
        if (!has(cluster, name)) miss(useful, name);
    if (!has(index, "view_index_metadata")) miss(useful, "view_index_metadata");
    if (m_question.setUp.retention.count() > 0 && !has(index, "delete_index")) miss(useful, "delete_index");
    if (useful.empty()) return say(Level::Good, "privileges", "all that is needed is allowed");
    say(Level::Note, "privileges", "documents may be written; not allowed: " + useful, "what these are for is left to an administrator",
        "Enough as it is, once an administrator has run streamgauge-cli install.");
}

void Doctor::clock() {
    m_asked = m_now();
    get("/_nodes/_local/stats/fs?filter_path=nodes.*.timestamp,nodes.*.fs.total", [this](const HttpResponse& response) {
        const Timestamp answered = m_now();
        simdjson::dom::parser parser;
        element root;
        simdjson::dom::object nodes;
        std::int64_t theirs = 0;
        if (response.status == 200 && parser.parse(response.body).get(root) == simdjson::SUCCESS &&
            root["nodes"].get(nodes) == simdjson::SUCCESS)
            for (const auto& [id, node] : nodes) theirs = wholeOf(node["timestamp"]);
        if (theirs == 0) {
            say(Level::Note, "clock", "the server's clock cannot be read: " + shortly(response), {}, kAskAdmin);
            say(Level::Note, "disk", "the server's disk cannot be looked at: " + shortly(response), {}, kAskAdmin);
            return blocks();
        }
        // within the time that the question took nobody can tell
        const std::int64_t stamp = Timestamp::fromMilliseconds(theirs).ns;
        const std::int64_t off = stamp < m_asked.ns ? stamp - m_asked.ns : stamp > answered.ns ? stamp - answered.ns : 0;
        const std::int64_t seconds = off / 1'000'000'000;
        if (std::abs(seconds) < kClockSeconds) say(Level::Good, "clock", "the server's clock and this one agree");
        else
            say(Level::Fault, "clock", "the server's clock is " + std::to_string(std::abs(seconds)) +
                (seconds < 0 ? " s behind" : " s ahead of") + " this one",
                "\"the last 15 minutes\" in Kibana are not those of the log",
                    "Let both keep their clocks by NTP (timedatectl set-ntp true).");
        get("/_cluster/settings?include_defaults=true&filter_path=*.cluster.routing.allocation.disk,*.cluster.blocks",
            [this, stats = response](const HttpResponse& settings) {
                HttpResponse both = stats;
                both.headers = {{"settings", settings.status == 200 ? settings.body : std::string()}};
                disk(both);
                blocks();
            });
    });
}

void Doctor::disk(const HttpResponse& stats) {
    simdjson::dom::parser statsParser, settingsParser;
    element root, settings;
    simdjson::dom::object nodes;
    double total = 0, free = 0;
    if (statsParser.parse(stats.body).get(root) == simdjson::SUCCESS && root["nodes"].get(nodes) == simdjson::SUCCESS)
        for (const auto& [id, node] : nodes) {
            total = static_cast<double>(wholeOf(node["fs"]["total"]["total_in_bytes"]));
            free = static_cast<double>(wholeOf(node["fs"]["total"]["available_in_bytes"]));
        }
    if (total <= 0) return say(Level::Note, "disk", "the server does not say how full its disk is");
    const std::string body = headerOf(stats, "settings");
    std::string low = "85%", high = "90%", flood = "95%", on = "true", readOnly;
    if (settingsParser.parse(body).get(settings) == simdjson::SUCCESS) {
        const std::string base = "cluster.routing.allocation.disk.";
        const auto set = [&](std::string& to, const std::string& name) {
            if (std::string value = settingIn(settings, base + name); !value.empty()) to = std::move(value);
        };
        set(on, "threshold_enabled");
        set(low, "watermark.low");
        set(high, "watermark.high");
        set(flood, "watermark.flood_stage");
        readOnly = settingIn(settings, "cluster.blocks.read_only");
    }
    if (readOnly == "true")
        say(Level::Fault, "disk", "the whole cluster is set to read only", "no document is taken",
            "Lift cluster.blocks.read_only in the cluster's settings.");
    const std::string found = percent((total - free) / total) + " of its disk is used, " + gigabytes(free) + " are free";
    if (on == "false")
        return say(Level::Note, "disk", found + "; its watermarks are switched off", "it does not stop before the disk is full",
                   "Set cluster.routing.allocation.disk.threshold_enabled to true, unless it is a test.");
    if (isBeyond(flood, total, free))
        return say(Level::Fault, "disk", found + ", which is beyond the flood stage (" + flood + ")",
                   "the server makes indices read-only; documents wait on disk here",
                   "Free space on the server, such as by deleting old indices; it lifts the block by itself.");
    if (isBeyond(high, total, free))
        return say(Level::Fault, "disk", found + ", which is beyond the high watermark (" + high + ")",
                   "new indices may find no place; next comes read-only at " + flood,
                   "Free space on the server.");
    if (isBeyond(low, total, free))
        return say(Level::Note, "disk", found + ", which is beyond the low watermark (" + low + ")", "replicas find no place any more",
                   "Free space on the server soon.");
    say(Level::Good, "disk", found);
}

void Doctor::blocks() {
    get(blocksPath(m_question.setUp.prefix), [this](const HttpResponse& response) {
        const std::vector<std::string> blocked = blockedIndices(response);
        std::string names;
        for (const std::string& name : blocked) names += (names.empty() ? "" : ", ") + name;
        if (response.status != 200)
            say(Level::Note, "write blocks", "they cannot be looked at: " + shortly(response), {}, "Give the user view_index_metadata on " +
                prefixPattern(m_question.setUp.prefix) + "-*.");
        else if (blocked.empty()) say(Level::Good, "write blocks", "none on our indices");
        else
            say(Level::Fault, "write blocks", "set on " + names, "documents of these days wait on disk",
                "Lift them, once there is room on the server's disk.",
                Finding::Remedy::LiftBlocks);
        templates();
    });
}

void Doctor::templates() {
    m_look = std::make_unique<SetUp>(m_question.setUp, SetUp::Mode::Look);
    pass(*m_look, [this] {
        sayTemplates();
        sayRetention();
    });
}

void Doctor::sayTemplates() {
    std::size_t there = 0, newer = 0, open = 0;
    std::string first;
    for (const SetUpRow& row : m_look->rows()) {
        if (row.what.find("template") == std::string::npos) continue;
        if (row.state == State::Foreign) return say(Level::Fault, "template", sentenceOf(row),
                                                    "nothing of ours is put beside it, and delivery pauses", row.advice);
        if (row.state == State::Forbidden) return say(Level::Note, "template", "they cannot be looked at: this user may not (403)",
                                                      "whether fields have the right types cannot be said", row.advice);
        if (row.state == State::Current) ++there;
        else if (row.state == State::Newer) ++newer;
        else if (++open == 1) first = sentenceOf(row);
    }
    if (const auto& failure = m_look->failure())
        return say(Level::Fault, "template", "the server does not answer any more: " +
                   (failure->status == 0 ? failure->error : errorOf(*failure)), {}, "Try again.");
    if (open > 0)
        return say(Level::Fault, "template", first + (open > 1 ? ", and so on: " + std::to_string(open) + " in all" : std::string()),
                   "fields get guessed types, and the dashboards stay empty", "Install them: streamgauge-cli install",
                   Finding::Remedy::InstallTemplates);
    say(Level::Good, "template", newer > 0 ? "in place, by a newer Streamgauge" : "in place, version " + std::to_string(kTemplateVersion) +
        " (" + std::to_string(there) + " templates)");
}

void Doctor::sayRetention() {
    if (m_question.setUp.retention.count() <= 0) {
        for (const SetUpRow& row : m_look->rows())
            if (row.what.find("policy") != std::string::npos) return say(Level::Good, "retention", row.what + ' ' + row.detail);
        return say(Level::Note, "retention", "none is set: indices are kept for ever", "the server's disk fills up in the end",
                   m_look->keeper() == Keeper::Nobody
                       ? "Set output.retention = \"30d\" in the profile."
                       : "Set output.retention = \"30d\" in the profile, or run streamgauge-cli install --retention 30d.");
    }
    const std::string age = serverAge(m_question.setUp.retention);
    for (const SetUpRow& row : m_look->rows()) {
        if (row.what.find("policy") == std::string::npos) continue;
        if (row.state == State::Current) return say(Level::Good, "retention", row.what + ' ' + row.detail);
        return say(row.state == State::Forbidden ? Level::Note : Level::Fault, "retention", sentenceOf(row), "indices are kept for ever",
                   row.advice.empty() ? "Install it: streamgauge-cli install --retention " + age : row.advice,
                   row.isTrouble() ? Finding::Remedy::None : Finding::Remedy::InstallTemplates);
    }
    if (m_look->keeper() == Keeper::Nobody)
        return say(Level::Good, "retention", "the server has neither ILM nor ISM: Streamgauge deletes day indices older than " + age +
                   " while it runs with output.retention set");
    say(Level::Note, "retention", "it cannot be looked at", {}, "Have an administrator run streamgauge-cli install --retention " + age +
        '.');
}

} // namespace sg
