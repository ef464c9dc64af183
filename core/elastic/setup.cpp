#include "core/elastic/setup.h"

#include "core/elastic/answer.h"
#include "core/elastic/decide.h"
#include "core/elastic/index_prefix.h"

#include <algorithm>

namespace sg {
namespace {

using State = SetUpRow::State;
using simdjson::dom::element;

constexpr const char* kPrivilegeAdvice =
    "Give the user the cluster privileges monitor and manage_index_templates, or have an administrator run streamgauge-cli install once.";
constexpr const char* kPolicyAdvice =
    "Give the user the cluster privilege manage_ilm, or have an administrator run streamgauge-cli install --retention once.";
constexpr const char* kForeignAdvice =
    "Remove or rename it, or choose another index prefix; to keep it and use it as it is, set output.templates to false.";

constexpr std::string_view kDeletesAfter = ", delete after ";
constexpr std::string_view kInstalled = "streamgauge install"; ///< begins with the mark of all that is ours

std::string nameIn(const std::string& path) { return path.substr(path.rfind('/') + 1); }
std::string wordsOf(const std::string& path) {
    return (path.starts_with("/_component_template") ? "component template " : "index template ") + nameIn(path);
}

std::string policyWords(const std::string& path) {
    return (path.starts_with("/_ilm") ? "ILM policy " : "ISM policy ") + nameIn(path);
}

/// The patterns of all our indices, as a JSON array.
std::string patternsJson(std::string_view prefix) {
    std::string out = "[\"" + indexPatterns(prefix) + "\"]";
    for (std::size_t at = out.find(','); at != std::string::npos; at = out.find(',', at + 3)) out.replace(at, 1, "\",\"");
    return out;
}

bool isOurs(const element& meta) { return textAt(meta, "managed_by") == kManagedBy; }

} // namespace

SetUp::SetUp(SetUpOptions options, Mode mode) : m_options(std::move(options)), m_mode(mode) { look(); }

bool SetUp::isForbidden() const {
    return std::any_of(rows().begin(), rows().end(), [](const SetUpRow& row) { return row.state == State::Forbidden; });
}

const SetUpRow* SetUp::obstacle() const {
    for (const SetUpRow& row : rows())
        if (row.state == State::Foreign || row.state == State::Refused) return &row;
    return nullptr;
}

void SetUp::look() {
    const std::string name = prefixName(m_options.prefix) + "-*";
    get("/_component_template/" + name, [this, name](const HttpResponse& components) {
        if (failed(components)) return;
        readTemplates(components, "component_templates", "component_template", "/_component_template/");
        if (isForbidden()) return;
        get("/_index_template/" + name, [this](const HttpResponse& templates) {
            if (failed(templates)) return;
            readTemplates(templates, "index_templates", "index_template", "/_index_template/");
            if (isForbidden()) return;
            const bool asks = m_options.retention.count() > 0 || m_options.endsRetention || m_mode == Mode::Look || namesPolicy();
            if (asks) askKeeper([this] { policies(); });
            else this->templates();
        });
    });
}

void SetUp::readTemplates(const HttpResponse& response, const char* list, const char* object, const std::string& path) {
    if (response.status == 403)
        return add(State::Forbidden, "the templates", "the user may not look at them (" + errorOf(response) + ")", kPrivilegeAdvice);
    simdjson::dom::parser parser;
    element root, meta;
    simdjson::dom::array all;
    if (response.status != 200 || parser.parse(response.body).get(root) != simdjson::SUCCESS || root[list].get(all) != simdjson::SUCCESS)
        return;
    for (const element each : all) {
        Found found;
        element body;
        if (each[object].get(body) != simdjson::SUCCESS) continue;
        found.version = wholeOf(body["version"]);
        if (body["_meta"].get(meta) == simdjson::SUCCESS) {
            found.ours = isOurs(meta);
            found.settings = textAt(meta, "settings");
        }
        m_found[path + std::string(textAt(each, "name"))] = std::move(found);
    }
}

void SetUp::policies() {
    const bool wanted = m_options.retention.count() > 0;
    if (keeper() == Keeper::Nobody) {
        const std::string age = serverAge(m_options.retention);
        if (wanted)
            add(State::Absent, "retention", "the server has neither ILM nor ISM: Streamgauge itself deletes day indices older than " + age +
                                                ", while it runs with output.retention = \"" + age + '"');
        return templates();
    }
    const std::string name = prefixName(m_options.prefix) + "-retention";
    const std::string path = (keeper() == Keeper::Ilm ? "/_ilm/policy/" : "/_plugins/_ism/policies/") + name;
    get(path, [this, path, wanted](const HttpResponse& response) {
        if (failed(response)) return;
        if (wanted || m_options.endsRetention) policyIs(response, path);
        else policyLeft(response, path);
    });
}

SetUp::Policy SetUp::readPolicy(const HttpResponse& response, const std::string& name) const {
    Policy out;
    simdjson::dom::parser parser;
    element root, policy, meta;
    if (response.status != 200 || parser.parse(response.body).get(root) != simdjson::SUCCESS) return out;
    if (keeper() == Keeper::Ilm) {
        out.there = root[name]["policy"].get(policy) == simdjson::SUCCESS;
        out.ours = out.there && policy["_meta"].get(meta) == simdjson::SUCCESS && isOurs(meta);
        if (out.ours) out.mark = textAt(meta, "settings");
    } else {
        out.there = root["policy"].get(policy) == simdjson::SUCCESS;
        if (out.there) out.mark = textAt(policy, "description");
        out.ours = out.mark.starts_with(kManagedBy);
        out.number = wholeOf(root["_seq_no"]);
        out.term = wholeOf(root["_primary_term"]);
    }
    return out;
}

/// The template of the settings says that there is one.
bool SetUp::namesPolicy() const {
    const std::string prefix = prefixName(m_options.prefix);
    const auto there = m_found.find("/_component_template/" + prefix + "-settings");
    return there != m_found.end() && there->second.ours && there->second.settings.ends_with(", policy " + prefix + "-retention");
}

void SetUp::notePolicy() {
    (keeper() == Keeper::Ilm ? m_options.settings.policy : m_options.settings.boundPolicy) = prefixName(m_options.prefix) + "-retention";
}

/// Nothing is said here of retention. What an install has said holds for everybody; what a run has said ends with it.
void SetUp::policyLeft(const HttpResponse& response, const std::string& path) {
    const Policy found = readPolicy(response, nameIn(path));
    const std::size_t age = found.mark.find(kDeletesAfter);
    const bool deletes = found.ours && age != std::string::npos;
    const bool stays = found.mark.starts_with(kInstalled);
    if (deletes && !stays && m_mode == Mode::Write) {
        m_options.endsRetention = true;
        return policyIs(response, path);
    }
    if (deletes) {
        const std::string after = found.mark.substr(age + kDeletesAfter.size());
        add(State::Current, policyWords(path), "deletes after " + after + (stays ? ", as an install said" : ", as an earlier run said"));
    }
    if ((deletes && stays) || (response.status == 403 && namesPolicy())) notePolicy();
    templates();
}

void SetUp::policyIs(const HttpResponse& response, const std::string& path) {
    const bool ilm = keeper() == Keeper::Ilm, ends = m_options.retention.count() <= 0;
    const std::string name = nameIn(path), what = policyWords(path);
    const std::string age = serverAge(m_options.retention);
    const std::string says = ends ? ", deletes nothing" : std::string(kDeletesAfter) + age;
    const std::string mark = std::string(m_options.isInstall ? kInstalled : kManagedBy) + says;
    if (response.status == 403) {
        const std::string again = ends ? "never" : age;
        add(State::Forbidden, what, "the user may not look at it (" + errorOf(response) + ")",
            ilm ? "Give the user the cluster privilege manage_ilm, or have an administrator run streamgauge-cli install --retention " + again
                : "Have an administrator run streamgauge-cli install --retention " + again + ".");
        return templates();
    }
    const Policy found = readPolicy(response, name);
    if (found.there && !found.ours) {
        add(State::Foreign, what, "it is there and not Streamgauge's", kForeignAdvice);
        return;
    }
    if (!ends) notePolicy();
    else if (!found.there) return templates();
    if (found.mark == mark || found.mark == std::string(kInstalled) + says) {
        add(State::Current, what, ends ? "deletes nothing" : "deletes after " + age);
        return templates();
    }
    std::string body, to = path;
    if (ilm) {
        body = R"({"policy":{"_meta":{"managed_by":")" + std::string(kManagedBy) + R"(","settings":")" + mark +
               R"("},"phases":{"hot":{"actions":{}})" +
               (ends ? std::string() : R"(,"delete":{"min_age":")" + age + R"(","actions":{"delete":{}}})") + "}}}";
    } else {
        body = R"({"policy":{"description":")" + mark + R"(","default_state":"hot","states":[{"name":"hot","actions":[],"transitions":[)";
        if (ends) body += "]}]}}";
        else
            body += R"({"state_name":"delete","conditions":{"min_index_age":")" + age +
                    R"("}}]},{"name":"delete","actions":[{"delete":{}}],"transitions":[]}],"ism_template":[{"index_patterns":)" +
                    patternsJson(m_options.prefix) + R"(,"priority":250}]}})";
        if (found.there) to += "?if_seq_no=" + std::to_string(found.number) + "&if_primary_term=" + std::to_string(found.term);
    }
    const auto next = [this, name, renewed = found.there] {
        if (keeper() == Keeper::Ism && renewed && m_mode == Mode::Write) return changeManaged(name);
        templates();
    };
    write("PUT", to, body, what, found.there, next, [this, there = found.there] {
        // A template must not name a policy that is not there.
        if (!there) m_options.settings.policy.clear(), m_options.settings.boundPolicy.clear();
        templates();
    });
}

/// ISM goes on with the version of a policy that an index began with: those that have ours are told of the new one.
void SetUp::changeManaged(const std::string& policy) {
    get(policiesPath(Keeper::Ism, m_options.prefix), [this, policy](const HttpResponse& response) {
        if (!failed(response)) changeNext(policy, indicesWithPolicy(response, policy));
    });
}

void SetUp::changeNext(const std::string& policy, std::vector<std::string> lists) {
    if (lists.empty()) return templates();
    const std::string path = "/_plugins/_ism/change_policy/" + lists.back();
    lists.pop_back();
    ask("POST", path, R"({"policy_id":")" + policy + R"("})", [this, policy, lists = std::move(lists)](const HttpResponse& response) {
        if (failed(response)) return;
        simdjson::dom::parser parser;
        element root;
        bool failures = true;
        const bool read = response.status == 200 && parser.parse(response.body).get(root) == simdjson::SUCCESS &&
                          root["failures"].get(failures) == simdjson::SUCCESS;
        if (read && !failures) return changeNext(policy, lists);
        add(response.status == 403 ? State::Forbidden : State::Refused, "the change of ISM policy " + policy,
            "indices that are there keep what was said before" + (read ? std::string() : " (" + errorOf(response) + ")"),
            "Change their policy in Dashboards.");
        templates();
    });
}

void SetUp::templates() {
    m_objects = indexTemplates(m_options.prefix, m_options.settings);
    bool foreign = false;
    for (const ServerObject& object : m_objects)
        if (const auto at = m_found.find(object.path); at != m_found.end() && !at->second.ours) {
            foreign = true;
            add(State::Foreign, wordsOf(object.path), "it is there and not Streamgauge's", kForeignAdvice);
        }
    if (!foreign) putNext(0);
}

void SetUp::putNext(std::size_t at) {
    if (at == m_objects.size()) return snapshots();
    const ServerObject& object = m_objects[at];
    const std::string what = wordsOf(object.path);
    const auto next = [this, at] { putNext(at + 1); };
    const auto found = m_found.find(object.path);
    if (found == m_found.end()) return put(object.path, object.body, what, false, next);
    const bool settings = nameIn(object.path) == prefixName(m_options.prefix) + "-settings";
    const Found& there = found->second;
    const bool differs = settings && there.settings != settingsText(m_options.settings);
    if (there.version > kTemplateVersion) add(State::Newer, what, "version " + std::to_string(there.version) + " stays");
    else if (there.version < kTemplateVersion || differs) return put(object.path, object.body, what, true, next);
    else add(State::Current, what, "version " + std::to_string(there.version));
    next();
}

void SetUp::snapshots() {
    if (m_options.snapshotLocation.empty() || m_mode == Mode::Look) return;
    useRepository(m_options.snapshotRepository, m_options.snapshotLocation, [this] {
        get("/_slm/status", [this](const HttpResponse& slm) {
            if (failed(slm)) return;
            if (!isUnknownPath(slm)) return daily("/_slm/policy/", "SLM policy ");
            get("/_plugins/_sm/policies", [this](const HttpResponse& sm) {
                if (failed(sm)) return;
                if (!isUnknownPath(sm)) return daily("/_plugins/_sm/policies/", "SM policy ");
                add(State::Absent, "daily snapshots", "the server has neither SLM nor SM",
                    "Have cron or a systemd timer run: streamgauge-cli snapshot --repository " + m_options.snapshotRepository);
            });
        });
    });
}

void SetUp::daily(const std::string& folder, const std::string& kind) {
    const std::string name = prefixName(m_options.prefix) + "-daily", path = folder + name, what = kind + name;
    get(path, [this, name, path, what](const HttpResponse& response) {
        if (!failed(response)) dailyIs(response, name, path, what);
    });
}

void SetUp::dailyIs(const HttpResponse& response, const std::string& name, const std::string& path, const std::string& what) {
    const std::string& repository = m_options.snapshotRepository;
    const std::string advice = "Have an administrator run streamgauge-cli install --location " + m_options.snapshotLocation + '.';
    if (response.status == 403) return add(State::Forbidden, what, "the user may not look at it (" + errorOf(response) + ")", advice);
    const bool slm = path.starts_with("/_slm");
    const std::string mark = std::string(kManagedBy) + ", daily into " + repository;
    simdjson::dom::parser parser;
    element root, policy, meta;
    std::int64_t number = 0, term = 0;
    bool there = response.status == 200 && parser.parse(response.body).get(root) == simdjson::SUCCESS;
    bool ours = false, right = false;
    if (there && slm) {
        there = root[name]["policy"].get(policy) == simdjson::SUCCESS;
        ours = there && policy["config"]["metadata"].get(meta) == simdjson::SUCCESS && isOurs(meta);
        right = ours && textAt(meta, "settings") == mark;
    } else if (there) {
        there = root["sm_policy"].get(policy) == simdjson::SUCCESS;
        const std::string_view about = there ? textAt(policy, "description") : std::string_view();
        ours = about.starts_with(kManagedBy);
        right = about == mark;
        number = wholeOf(root["_seq_no"]);
        term = wholeOf(root["_primary_term"]);
    }
    if (there && !ours)
        return add(State::Foreign, what, "it is there and not Streamgauge's", "Remove or rename it, or choose another index prefix.");
    if (right) return add(State::Current, what, "into " + repository);
    const std::string metadata = R"("metadata":{"managed_by":")" + std::string(kManagedBy) + R"(","settings":)" + jsonText(mark) + "}";
    if (slm) {
        const std::string body = R"({"schedule":"0 30 1 * * ?","name":"<)" + prefixName(m_options.prefix) + R"(-{now/d}>","repository":")" +
                                 repository + R"(","config":{"indices":)" + patternsJson(m_options.prefix) +
                                 R"(,"include_global_state":false,)" + metadata +
                                 R"(},"retention":{"expire_after":"30d","min_count":7,"max_count":60}})";
        return put(path, body, what, there, [] {});
    }
    const std::string body = R"({"description":)" + jsonText(mark) +
                             R"(,"creation":{"schedule":{"cron":{"expression":"30 1 * * *","timezone":"UTC"}},"time_limit":"1h"},)" +
                             R"("deletion":{"condition":{"max_age":"30d","min_count":7,"max_count":60},"time_limit":"1h"},)" +
                             R"("snapshot_config":{"repository":")" + repository + R"(","indices":")" + indexPatterns(m_options.prefix) +
                             R"(","ignore_unavailable":true,"include_global_state":false,)" + metadata + "}}";
    // It is made by POST, and renewed by PUT.
    if (!there) return write("POST", path, body, what, false, [] {});
    put(path + "?if_seq_no=" + std::to_string(number) + "&if_primary_term=" + std::to_string(term), body, what, true, [] {});
}

void SetUp::put(const std::string& path, const std::string& body, const std::string& what, bool renewed, std::function<void()> next) {
    write("PUT", path, body, what, renewed, std::move(next));
}

void SetUp::write(const char* method, const std::string& path, const std::string& body, const std::string& what, bool renewed,
                  std::function<void()> next, std::function<void()> forbidden) {
    if (m_mode == Mode::Look) {
        add(renewed ? State::Older : State::Missing, what);
        return next();
    }
    ask(method, path, body, [this, what, renewed, next = std::move(next), forbidden = std::move(forbidden)](const HttpResponse& response) {
        if (failed(response)) return;
        if (response.status == 403) {
            add(State::Forbidden, what, "the user may not write it (" + errorOf(response) + ")",
                forbidden ? kPolicyAdvice : kPrivilegeAdvice);
            return forbidden ? forbidden() : void();
        }
        if (response.status < 200 || response.status >= 300)
            return add(State::Refused, what, "the server does not take it: " + errorOf(response),
                       "See the server's own log; to have documents sent all the same, set output.templates to false.");
        add(renewed ? State::Renewed : State::Made, what);
        next();
    });
}

} // namespace sg
