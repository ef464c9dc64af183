#include "core/enrich/agent_rules.h"

#include "core/base/file_system.h"
#include "core/enrich/atom_search.h"
#include "core/record/json_text.h"

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <re2/filtered_re2.h>
#include <re2/re2.h>
#include <yaml-cpp/yaml.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace sg {
namespace {

constexpr std::size_t kMaxGroups = 10; ///< $0 .. $9
constexpr std::uint64_t kMaxRulesFile = 16U << 20U;
constexpr std::size_t kMinAtom = 3;
constexpr std::int64_t kMatcherMemory = 2 << 20; ///< for one expression: its program and its cache of states
constexpr std::uint32_t kMatchLimit = 20'000;    ///< PCRE2 steps: an agent made to run for ever does not match

struct FreePcre {
    void operator()(pcre2_code* code) const { pcre2_code_free(code); }
    void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
    void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
};
using PcreCode = std::unique_ptr<pcre2_code, FreePcre>;

/// Groups of a match; [0] is the whole.
using Groups = std::array<std::string_view, kMaxGroups>;

constexpr std::size_t kParts = 5; ///< family, then up to four version parts
using Parts = std::array<std::string, kParts>;

struct Rule {
    int filtered = -1;      ///< number in FilteredRE2, or
    PcreCode pcre;          ///< what RE2 does not take
    Parts templates;        ///< with $1 .. $9
    std::size_t groups = 1; ///< how many of Groups the templates need
};

/// Highest $n of a template.
std::size_t highestGroup(std::string_view text) {
    std::size_t highest = 0;
    for (std::size_t i = 0; i + 1 < text.size(); ++i)
        if (text[i] == '$' && text[i + 1] >= '0' && text[i + 1] <= '9')
            highest = std::max(highest, static_cast<std::size_t>(text[i + 1] - '0'));
    return highest;
}

std::string expanded(std::string_view text, const Groups& groups) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '$' && i + 1 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '9') {
            out += groups[static_cast<std::size_t>(text[++i] - '0')];
        } else {
            out += text[i];
        }
    }
    const auto isSpace = [](char c) { return c == ' ' || c == '\t'; };
    while (!out.empty() && isSpace(out.back())) out.pop_back();
    out.erase(out.begin(), std::find_if_not(out.begin(), out.end(), isSpace));
    return out;
}

/// One list of regexes.yaml.
class RuleList {
public:
    /// `keys`: of the replacements of family and version parts; a part without a replacement is the group of its number.
    Status load(const YAML::Node& list, std::string_view listName, const std::array<const char*, kParts>& keys) {
        if (!list.IsSequence()) return fail(ErrorCode::Corrupt, std::string(listName) + " is not a list");
        for (const YAML::Node& node : list) {
            const auto pattern = node["regex"].as<std::string>("");
            const bool ignoreCase = node["regex_flag"].as<std::string>("") == "i";
            Rule rule;
            for (std::size_t part = 0; part < kParts; ++part) {
                rule.templates[part] =
                    keys[part] == nullptr ? std::string() : node[keys[part]].as<std::string>("$" + std::to_string(part + 1));
                rule.groups = std::max(rule.groups, highestGroup(rule.templates[part]) + 1);
            }
            SG_TRY(compile(pattern, ignoreCase, listName, rule));
            m_rules.push_back(std::move(rule));
        }
        std::vector<std::string> atoms;
        if (!m_ruleOfFiltered.empty()) m_filter.Compile(&atoms);
        m_atoms = AtomSearch(atoms);
        return {};
    }

    /// Parts of the first rule that matches.
    std::optional<Parts> match(std::string_view agent) const {
        std::vector<int> atoms;
        std::vector<int> candidates;
        m_atoms.find(agent, atoms);
        if (!m_ruleOfFiltered.empty()) m_filter.AllPotentials(atoms, &candidates);
        for (int& candidate : candidates) candidate = m_ruleOfFiltered[static_cast<std::size_t>(candidate)];
        const auto middle = static_cast<std::ptrdiff_t>(candidates.size());
        candidates.insert(candidates.end(), m_pcreRules.begin(), m_pcreRules.end());
        std::inplace_merge(candidates.begin(), candidates.begin() + middle, candidates.end());
        for (const int candidate : candidates) {
            const Rule& rule = m_rules[static_cast<std::size_t>(candidate)];
            Groups groups;
            if (rule.pcre ? matchPcre(rule, agent, groups) : matchRe2(rule, agent, groups)) {
                Parts parts;
                for (std::size_t part = 0; part < kParts; ++part) parts[part] = expanded(rule.templates[part], groups);
                return parts;
            }
        }
        return std::nullopt;
    }

private:
    Status compile(const std::string& pattern, bool ignoreCase, std::string_view listName, Rule& rule) {
        const int number = static_cast<int>(m_rules.size());
        RE2::Options options(RE2::Latin1); // agents are bytes
        options.set_log_errors(false);
        options.set_case_sensitive(!ignoreCase);
        options.set_max_mem(kMatcherMemory);
        int filtered = -1;
        if (m_filter.Add(pattern, options, &filtered) == RE2::NoError) {
            rule.filtered = filtered;
            rule.groups = std::min(rule.groups, static_cast<std::size_t>(m_filter.GetRE2(filtered).NumberOfCapturingGroups()) + 1);
            m_ruleOfFiltered.push_back(number);
            return {};
        }
        int code = 0;
        PCRE2_SIZE at = 0;
        rule.pcre.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(), ignoreCase ? PCRE2_CASELESS : 0U, &code,
                                      &at, nullptr));
        if (!rule.pcre) {
            std::array<PCRE2_UCHAR, 200> text{};
            pcre2_get_error_message(code, text.data(), text.size());
            return fail(ErrorCode::Corrupt, "rule " + std::to_string(number + 1) + " of " + std::string(listName) + " (" + pattern +
                                                ") is not a regular expression: " + reinterpret_cast<const char*>(text.data()));
        }
        pcre2_jit_compile(rule.pcre.get(), PCRE2_JIT_COMPLETE); // without it the interpreter runs: slower, the same result
        m_pcreRules.push_back(number);
        return {};
    }

    bool matchRe2(const Rule& rule, std::string_view agent, Groups& groups) const {
        std::array<re2::StringPiece, kMaxGroups> pieces;
        if (!m_filter.GetRE2(rule.filtered)
                 .Match(re2::StringPiece(agent.data(), agent.size()), 0, agent.size(), RE2::UNANCHORED, pieces.data(),
                        static_cast<int>(rule.groups)))
            return false;
        for (std::size_t i = 0; i < rule.groups; ++i) groups[i] = {pieces[i].data(), pieces[i].size()};
        return true;
    }

    static bool matchPcre(const Rule& rule, std::string_view agent, Groups& groups) {
        const std::unique_ptr<pcre2_match_data, FreePcre> found(pcre2_match_data_create_from_pattern(rule.pcre.get(), nullptr));
        const std::unique_ptr<pcre2_match_context, FreePcre> context(pcre2_match_context_create(nullptr));
        if (!found || !context) return false;
        pcre2_set_match_limit(context.get(), kMatchLimit);
        const int count =
            pcre2_match(rule.pcre.get(), reinterpret_cast<PCRE2_SPTR>(agent.data()), agent.size(), 0, 0, found.get(), context.get());
        if (count <= 0) return false;
        const PCRE2_SIZE* const ends = pcre2_get_ovector_pointer(found.get());
        for (std::size_t i = 0; i < static_cast<std::size_t>(count) && i < kMaxGroups; ++i)
            if (ends[2 * i] != PCRE2_UNSET) groups[i] = agent.substr(ends[2 * i], ends[2 * i + 1] - ends[2 * i]);
        return true;
    }

    std::vector<Rule> m_rules;
    re2::FilteredRE2 m_filter{static_cast<int>(kMinAtom)};
    std::vector<int> m_ruleOfFiltered;
    std::vector<int> m_pcreRules;
    AtomSearch m_atoms{{}};
};

/// FNV-1a with a seed; two of them name a file.
std::uint64_t hashed(std::string_view bytes, std::uint64_t hash) {
    for (const char c : bytes) {
        hash ^= static_cast<unsigned char>(c);
        hash *= 0x100000001B3U;
    }
    return hash;
}

std::string hex(std::uint64_t value) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[(value >> static_cast<unsigned>(shift)) & 15U];
    return text;
}

/// "10.15.7": the parts up to the first that is not there.
std::string joinedVersion(const Parts& parts) {
    std::string version;
    for (std::size_t part = 1; part < kParts && !parts[part].empty(); ++part) {
        if (!version.empty()) version += '.';
        version += parts[part];
    }
    return version;
}

/// Appends `"key":"value",` when there is a value.
void appendMember(std::string_view key, std::string_view value, std::string& out) {
    if (value.empty()) return;
    out += '"';
    out += key;
    out += "\":";
    appendJsonText(value, out);
    out += ',';
}

void closeObject(std::string& out) {
    if (out.back() == ',') out.back() = '}';
    else out += '}';
}

std::string rendered(std::string_view agent, const AgentInfo& info) {
    std::string out;
    out.reserve(agent.size() + 200);
    out += '{';
    appendMember("original", agent, out);
    appendMember("name", info.name, out);
    appendMember("version", info.version, out);
    if (!info.device.empty()) {
        out += "\"device\":{";
        appendMember("name", info.device, out);
        closeObject(out);
        out += ',';
    }
    if (!info.osName.empty()) {
        out += "\"os\":{";
        appendMember("name", info.osName, out);
        appendMember("version", info.osVersion, out);
        appendMember("full", info.osFull, out);
        closeObject(out);
        out += ',';
    }
    closeObject(out);
    return out;
}

constexpr std::string_view kOther = "Other";

} // namespace

class AgentRules {
public:
    RuleList browsers;
    RuleList systems;
    RuleList devices;
    std::string hash;
};

Result<std::shared_ptr<const AgentRules>> loadAgentRules(const std::string& path) {
    PosixFileSystem files;
    SG_TRY_ASSIGN(const std::string text, files.readWhole(path, kMaxRulesFile));
    auto rules = std::make_shared<AgentRules>();
    rules->hash = hex(hashed(text, 0xCBF29CE484222325U)) + hex(hashed(text, 0x9AE16A3B2F90404FU));
    Status status;
    try {
        const YAML::Node root = YAML::Load(text);
        if (!root.IsMap()) return fail(ErrorCode::Corrupt, path + " is not a file of agent rules: it has no user_agent_parsers");
        status = rules->browsers.load(root["user_agent_parsers"], "user_agent_parsers",
                                      {"family_replacement", "v1_replacement", "v2_replacement", "v3_replacement", "v4_replacement"});
        if (status)
            status =
                rules->systems.load(root["os_parsers"], "os_parsers",
                                    {"os_replacement", "os_v1_replacement", "os_v2_replacement", "os_v3_replacement", "os_v4_replacement"});
        if (status)
            status =
                rules->devices.load(root["device_parsers"], "device_parsers", {"device_replacement", nullptr, nullptr, nullptr, nullptr});
    } catch (const std::exception& error) { // yaml-cpp throws
        return fail(ErrorCode::Corrupt, path + " is not a file of agent rules: " + error.what());
    }
    if (!status) return fail(status.error().code, path + ": " + status.error().message);
    return std::shared_ptr<const AgentRules>(std::move(rules));
}

const std::string& agentRulesHash(const AgentRules& rules) { return rules.hash; }

AgentInfo classifyAgent(std::string_view agent, const AgentRules* rules) {
    AgentInfo info;
    const std::string_view head = agent.substr(0, kClassifiedAgentBytes);
    info.bot = isKnownCrawler(head);
    if (rules != nullptr) {
        if (auto parts = rules->browsers.match(head); parts && (*parts)[0] != kOther) {
            info.version = (*parts)[0].empty() ? std::string() : joinedVersion(*parts);
            info.name = std::move((*parts)[0]);
        }
        if (auto parts = rules->systems.match(head); parts && (*parts)[0] != kOther && !(*parts)[0].empty()) {
            info.osVersion = joinedVersion(*parts);
            info.osName = std::move((*parts)[0]);
            info.osFull = info.osVersion.empty() ? info.osName : info.osName + " " + info.osVersion;
        }
        if (auto parts = rules->devices.match(head); parts && (*parts)[0] != kOther) info.device = std::move((*parts)[0]);
        info.bot = info.bot || info.device == "Spider";
    }
    info.json = rendered(agent, info);
    return info;
}

} // namespace sg
