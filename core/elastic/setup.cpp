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
constexpr const char* kForeignAdvice =
    "Remove or rename it, or choose another index prefix; to keep it and use it as it is, set output.templates to false.";

std::string nameIn(const std::string& path) { return path.substr(path.rfind('/') + 1); }
std::string wordsOf(const std::string& path) {
    return (path.starts_with("/_component_template") ? "component template " : "index template ") + nameIn(path);
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
            if (m_options.retention.count() > 0) askKeeper([this] { policies(); });
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
    const std::string name = prefixName(m_options.prefix) + "-retention";
    if (keeper() == Keeper::Nobody) {
        add(State::Absent, "retention", "the server has neither ILM nor ISM: Streamgauge itself deletes day indices older than " +
                                            serverAge(m_options.retention) + " while it runs");
        return templates();
    }
    const std::string path = (keeper() == Keeper::Ilm ? "/_ilm/policy/" : "/_plugins/_ism/policies/") + name;
    get(path, [this, path](const HttpResponse& response) {
        if (!failed(response)) policyIs(response, path);
    });
}

void SetUp::policyIs(const HttpResponse& response, const std::string& path) {
    const bool ilm = keeper() == Keeper::Ilm;
    const std::string name = prefixName(m_options.prefix) + "-retention", what = (ilm ? "ILM policy " : "ISM policy ") + name;
    const std::string age = serverAge(m_options.retention), mark = std::string(kManagedBy) + ", delete after " + age;
    if (response.status == 403) {
        add(State::Forbidden, what, "the user may not look at it (" + errorOf(response) + ")",
            ilm ? "Give the user the cluster privilege manage_ilm, or have an administrator run streamgauge-cli install --retention " + age
                : "Have an administrator run streamgauge-cli install --retention " + age + ".");
        return templates();
    }
    simdjson::dom::parser parser;
    element root, policy, meta;
    std::int64_t number = 0, term = 0;
    bool there = response.status == 200 && parser.parse(response.body).get(root) == simdjson::SUCCESS;
    bool ours = false, right = false;
    if (there && ilm) {
        there = root[name]["policy"].get(policy) == simdjson::SUCCESS;
        ours = there && policy["_meta"].get(meta) == simdjson::SUCCESS && isOurs(meta);
        right = ours && textAt(meta, "settings") == mark;
    } else if (there) {
        there = root["policy"].get(policy) == simdjson::SUCCESS;
        const std::string_view about = there ? textAt(policy, "description") : std::string_view();
        ours = about.starts_with(kManagedBy);
        right = about == mark;
        number = wholeOf(root["_seq_no"]);
        term = wholeOf(root["_primary_term"]);
    }
    if (there && !ours) {
        add(State::Foreign, what, "it is there and not Streamgauge's", kForeignAdvice);
        return;
    }
    if (ilm) m_options.settings.policy = name;
    if (right) {
        add(State::Current, what, "deletes after " + age);
        return templates();
    }
    std::string body, to = path;
    if (ilm) {
        body = R"({"policy":{"_meta":{"managed_by":")" + std::string(kManagedBy) + R"(","settings":")" + mark +
               R"("},"phases":{"hot":{"actions":{}},"delete":{"min_age":")" + age + R"(","actions":{"delete":{}}}}}})";
    } else {
        body = R"({"policy":{"description":")" + mark + R"(","default_state":"hot","states":[{"name":"hot","actions":[],"transitions":[)" +
               R"({"state_name":"delete","conditions":{"min_index_age":")" + age + R"("}}]},{"name":"delete","actions":[{"delete":{}}],)" +
               R"("transitions":[]}],"ism_template":[{"index_patterns":)" + patternsJson(m_options.prefix) + R"(,"priority":250}]}})";
        if (there) to += "?if_seq_no=" + std::to_string(number) + "&if_primary_term=" + std::to_string(term);
    }
    put(to, body, what, there, [this] { templates(); });
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
    if (m_options.snapshotLocation.empty()) return;
    const std::string& repository = m_options.snapshotRepository;
    const std::string body = R"({"type":"fs","settings":{"compress":true,"location":)" + jsonText(m_options.snapshotLocation) + "}}";
    put("/_snapshot/" + repository, body, "snapshot repository " + repository, false, [this, repository] {
        get("/_slm/status", [this, repository](const HttpResponse& response) {
            if (failed(response)) return;
            const std::string name = prefixName(m_options.prefix) + "-daily";
            if (isUnknownPath(response))
                return add(State::Absent, "daily snapshots", "the server has no SLM",
                           "Have cron or a systemd timer run: streamgauge-cli snapshot --repository " + repository);
            const std::string policy = R"({"schedule":"0 30 1 * * ?","name":"<)" + prefixName(m_options.prefix) +
                R"(-{now/d}>","repository":")" +
                                       repository + R"(","config":{"indices":)" + patternsJson(m_options.prefix) +
                                       R"(,"include_global_state":false,"metadata":{"managed_by":")" + std::string(kManagedBy) +
                                       R"("}},"retention":{"expire_after":"30d","min_count":7,"max_count":60}})";
            put("/_slm/policy/" + name, policy, "SLM policy " + name, false, [] {});
        });
    });
}

void SetUp::put(const std::string& path, const std::string& body, const std::string& what, bool renewed, std::function<void()> next) {
    if (m_mode == Mode::Look) {
        add(renewed ? State::Older : State::Missing, what);
        return next();
    }
    ask("PUT", path, body, [this, what, renewed, next = std::move(next)](const HttpResponse& response) {
        if (failed(response)) return;
        if (response.status == 403) return add(State::Forbidden, what, "the user may not write it (" + errorOf(response) + ")",
                                               kPrivilegeAdvice);
        if (response.status < 200 || response.status >= 300)
            return add(State::Refused, what, "the server does not take it: " + errorOf(response), "See the server's own log.");
        add(renewed ? State::Renewed : State::Made, what);
        next();
    });
}

} // namespace sg
