#include "core/pipeline/scenario.h"

#include "core/base/file_system.h"
#include "core/pipeline/built_in_scenarios.h"
#include "core/pipeline/profile_reader.h"

#include <algorithm>
#include <cctype>

namespace sg {
namespace {

constexpr std::uint64_t kMaxScenarioBytes = 1U << 20U;
constexpr std::size_t kMaxSay = 200;

void copyField(const ProfileField& field, const Tuning& from, Tuning& to) {
    Tuning source = from;
    std::visit(Overloaded{
                   [&](const ChoiceField& f) { f.set(to, f.get(source)); },
                   [&](const auto& f) { f.of(to) = f.of(source); },
               },
               field.value);
}

class ScenarioReader {
public:
    ScenarioReader(const std::string& name, Scenario& scenario) : m_scenario(scenario), m_reader(name, scenario.start), m_name(name) {}

    Status read(const toml::table& document) {
        SG_TRY(readText(document, "title", true, m_scenario.title));
        SG_TRY(readText(document, "about", false, m_scenario.about));
        SG_TRY(m_reader.read(document, {"title", "about", "step"}));
        const toml::node* steps = document.get("step");
        if (steps == nullptr) return {};
        if (steps->as_array() == nullptr) return m_reader.complain(steps->source(), "steps begin with [[step]], each on its own");
        for (const toml::node& step : *steps->as_array()) {
            if (step.as_table() == nullptr) return m_reader.complain(step.source(), "steps begin with [[step]], each on its own");
            SG_TRY(readStep(*step.as_table()));
        }
        return {};
    }

private:
    Status readText(const toml::table& table, std::string_view key, bool needed, std::string& into) {
        const toml::node* node = table.get(key);
        if (node == nullptr)
            return needed ? m_reader.complain(table.source(), std::string(key) + " is missing: " + std::string(key) + " = \"...\"")
                          : Status();
        const auto text = node->value_exact<std::string>();
        if (!text || text->empty() || text->size() > kMaxSay)
            return m_reader.complain(node->source(), std::string(key) + " must be a text of 1.." + std::to_string(kMaxSay) + " bytes");
        into = *text;
        return {};
    }

    Status readStep(const toml::table& table) {
        ScenarioStep step;
        const toml::node* at = table.get("at");
        if (at == nullptr) return m_reader.complain(table.source(), "a step needs its time: at = \"30s\"");
        const auto time = ProfileReader::readDuration(*at);
        if (!time) return m_reader.complain(at->source(), "at must be a duration such as \"30s\"");
        if (!m_scenario.steps.empty() && *time < m_scenario.steps.back().at)
            return m_reader.complain(at->source(), "steps stand in the order of their times: this one comes before the one above it");
        step.at = *time;
        ProfileReader values(m_name, step.values);
        for (const auto& [key, node] : table) {
            if (key.str() == "at") continue;
            if (key.str() == "say") {
                SG_TRY(readText(table, "say", true, step.say));
            } else if (key.str() == "hold_delivery") {
                SG_TRY(readSet("output.hold", node, key.source(), step, values));
            } else if (key.str() == "set" && node.as_table() != nullptr) {
                SG_TRY(readSets(*node.as_table(), step, values));
            } else {
                return m_reader.complain(key.source(),
                                         "unknown key " + std::string(key.str()) + "; a step has at, say, set and hold_delivery");
            }
        }
        if (step.sets.empty() && step.say.empty()) return m_reader.complain(table.source(), "this step neither sets nor says anything");
        m_scenario.steps.push_back(std::move(step));
        return {};
    }

    Status readSets(const toml::table& sets, ScenarioStep& step, ProfileReader& values) {
        for (const auto& [key, node] : sets) {
            const std::string name(key.str());
            const toml::table* section = node.as_table();
            if (section == nullptr) {
                SG_TRY(readSet(name, node, key.source(), step, values));
                continue;
            }
            for (const auto& [inner, value] : *section)
                SG_TRY(readSet(name + '.' + std::string(inner.str()), value, inner.source(), step, values));
        }
        return {};
    }

    /// `name` is "section.key", or a key that stands in one section only.
    Status readSet(const std::string& name, const toml::node& node, const toml::source_region& where, ScenarioStep& step,
                   ProfileReader& values) {
        const ProfileField* found = nullptr;
        std::string several;
        for (const ProfileField& field : kProfileFields) {
            const std::string full = std::string(field.section) + '.' + std::string(field.key);
            if (name != full && name != field.key) continue;
            several += (several.empty() ? "" : " or ") + full;
            if (found != nullptr) found = nullptr;
            else if (several == full) found = &field;
        }
        if (several.empty())
            return m_reader.complain(where, "unknown key " + name + "; a step sets the fields of a profile, such as \"traffic.rate\"");
        if (found == nullptr) return m_reader.complain(where, name + " stands in more than one section: write \"" + several + '"');
        SG_TRY(values.readField(*found, node));
        step.sets.push_back(found);
        return {};
    }

    Scenario& m_scenario;
    ProfileReader m_reader;
    const std::string m_name;
};

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

/// "launch" of "a/launch.toml".
std::string baseName(const std::string& path) {
    const auto slash = path.rfind('/');
    std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (name.ends_with(".toml")) name.resize(name.size() - 5);
    return name;
}

} // namespace

void ScenarioStep::apply(Tuning& tuning) const {
    for (const ProfileField* field : sets) copyField(*field, values, tuning);
}

Tuning Scenario::after(Milliseconds time) const {
    Tuning tuning = start;
    for (const ScenarioStep& step : steps)
        if (step.at <= time) step.apply(tuning);
    return tuning;
}

Result<Scenario> readScenario(std::string_view text, const std::string& name, const Tuning& base) {
    Scenario scenario;
    scenario.name = baseName(name);
    scenario.start = base;
    try {
        const toml::table document = toml::parse(text, name);
        SG_TRY(ScenarioReader(name, scenario).read(document));
        return scenario;
    } catch (const toml::parse_error& error) {
        const auto& at = error.source().begin;
        return fail(ErrorCode::InvalidArgument, name + ':' + std::to_string(at.line) + ':' + std::to_string(at.column) +
                                                    ": this is no TOML: " + std::string(error.description()));
    }
}

Result<Scenario> findScenario(const std::string& nameOrPath, const Tuning& base) {
    std::string known;
    for (const Scenario& scenario : builtInScenarios()) {
        if (lower(nameOrPath) == lower(scenario.title) || lower(nameOrPath) == scenario.name)
            for (const BuiltInScenario& each : kBuiltInScenarios)
                if (scenario.name == each.name) return readScenario(each.text, each.name, base);
        known += (known.empty() ? "" : ", ") + scenario.name;
    }
    if (!nameOrPath.ends_with(".toml"))
        return fail(ErrorCode::NotFound, "unknown scenario \"" + nameOrPath + "\"; known are " + known + ", or the path of a .toml file");
    PosixFileSystem files;
    SG_TRY_ASSIGN(const std::string text, files.readWhole(nameOrPath, kMaxScenarioBytes));
    return readScenario(text, nameOrPath, base);
}

bool isScenarioFile(const std::string& path) {
    PosixFileSystem files;
    const auto text = files.readWhole(path, kMaxScenarioBytes);
    if (!text) return false;
    try {
        const toml::table document = toml::parse(*text, path);
        return document.contains("title") || document.contains("step");
    } catch (const toml::parse_error&) {
        return false;
    }
}

const std::vector<Scenario>& builtInScenarios() {
    static const std::vector<Scenario> kAll = [] {
        std::vector<Scenario> all;
        // A test reads each of them: one that cannot be read never leaves the house.
        for (const BuiltInScenario& each : kBuiltInScenarios)
            if (auto scenario = readScenario(each.text, each.name, Tuning{})) all.push_back(std::move(*scenario));
        return all;
    }();
    return kAll;
}

} // namespace sg
