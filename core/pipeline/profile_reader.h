#pragma once
/// Reads one TOML document, or single fields of one, into a Tuning; the first thing that is wrong ends it.
///
/// Private to what reads profiles and scenarios. *Errors:* `name:line:column: sentence`.
#include "core/base/duration.h"
#include "core/base/result.h"
#include "core/contract/profile_fields.h"
#include "core/format/format.h"
#include "core/pipeline/profile_text.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <toml++/toml.h>
#include <utility>
#include <vector>

namespace sg {

class ProfileReader {
public:
    ProfileReader(std::string name, Tuning& tuning) : m_name(std::move(name)), m_tuning(tuning) {}

    /// `others`: keys at the top that are somebody else's.
    Status read(const toml::table& document, std::initializer_list<std::string_view> others = {}) {
        // toml++ sorts keys; the first complaint should be about the first mistake in the file
        std::vector<std::pair<toml::source_position, std::pair<std::string, const toml::node*>>> entries;
        for (const auto& [key, section] : document) {
            if (key.str() == kFormats || std::find(others.begin(), others.end(), key.str()) != others.end()) continue;
            const bool known =
                std::any_of(std::begin(kProfileFields), std::end(kProfileFields), [&](const auto& f) { return f.section == key.str(); });
            if (!known)
                return complain(key.source(),
                                "unknown section [" + std::string(key.str()) +
                                    "]; known are traffic, log, split, batch, output, metrics, privacy, places, and [[format]]");
            const toml::table* table = section.as_table();
            if (table == nullptr)
                return complain(section.source(), std::string(key.str()) + " must be a section: [" + std::string(key.str()) + "]");
            for (const auto& [name, node] : *table)
                entries.push_back({name.source().begin, {std::string(key.str()) + '.' + std::string(name.str()), &node}});
        }
        std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (const auto& [position, entry] : entries) SG_TRY(readEntry(entry.first, *entry.second, position));
        return document.contains(kFormats) ? readFormats(*document.get(kFormats)) : Status();
    }

    Status readField(const ProfileField& field, const toml::node& node) {
        return std::visit([&](const auto& f) { return set(field, f, node); }, field.value);
    }
    Status complain(const toml::source_region& where, const std::string& sentence) const { return complain(where.begin, sentence); }
    Status complain(const toml::source_position& where, const std::string& sentence) const {
        return fail(ErrorCode::InvalidArgument,
                    m_name + ':' + std::to_string(where.line) + ':' + std::to_string(where.column) + ": " + sentence);
    }

    static std::optional<Milliseconds> readDuration(const toml::node& node) {
        const auto text = node.value_exact<std::string>();
        return text ? parseDuration(*text) : std::nullopt;
    }

private:
    static constexpr std::string_view kFormats = "format";

    Status readFormats(const toml::node& node) {
        constexpr std::string_view kShape = "formats begin with [[format]], each on its own";
        std::vector<NamedFormat> formats;
        if (node.as_array() == nullptr) return complain(node.source(), std::string(kShape));
        for (const toml::node& each : *node.as_array()) {
            if (each.as_table() == nullptr) return complain(each.source(), std::string(kShape));
            const toml::table& table = *each.as_table();
            for (const auto& [key, value] : table)
                if (key.str() != "name" && key.str() != "is")
                    return complain(key.source(), "unknown key " + std::string(key.str()) + "; a format has name and is");
            NamedFormat format;
            SG_TRY(readFormatText(table, "name", format.name));
            SG_TRY(readFormatText(table, "is", format.is));
            const toml::source_region& name = table.get("name")->source();
            if (const std::string complaint = checkFormatName(format.name); !complaint.empty())
                return complain(name, "the name \"" + format.name + "\" " + complaint);
            for (const NamedFormat& before : formats)
                if (before.name == format.name) return complain(name, "there are two formats named " + format.name);
            if (const auto found = findFormat(format.is); !found) return complain(table.get("is")->source(), found.error().message);
            formats.push_back(std::move(format));
        }
        m_tuning.formats = std::move(formats);
        return {};
    }
    Status readFormatText(const toml::table& table, std::string_view key, std::string& into) const {
        const toml::node* node = table.get(key);
        if (node == nullptr) return complain(table.source(), "a format needs its " + std::string(key) + ": " + std::string(key) + " = \"...\"");
        const auto text = node->value_exact<std::string>();
        if (!text) return complain(node->source(), std::string(key) + " must be a string");
        into = *text;
        return {};
    }

    Status readEntry(const std::string& path, const toml::node& node, const toml::source_position& position) {
        const auto* field = std::find_if(std::begin(kProfileFields), std::end(kProfileFields), [&](const ProfileField& f) {
            return path.size() == f.section.size() + 1 + f.key.size() && path.starts_with(f.section) && path.ends_with(f.key);
        });
        if (field == std::end(kProfileFields)) {
            const std::string_view section = std::string_view(path).substr(0, path.find('.'));
            std::string known;
            for (const ProfileField& f : kProfileFields)
                if (f.section == section) known += (known.empty() ? "" : ", ") + std::string(f.key);
            return complain(position, "unknown key " + path + "; known in [" + std::string(section) + "] are " + known);
        }
        return readField(*field, node);
    }

    Status wrong(const ProfileField& field, const toml::node& node, std::string_view kind) const {
        return complain(node.source(), std::string(field.section) + '.' + std::string(field.key) + " must be " + std::string(kind) + ", " +
                                           rangeText(field));
    }

    Status set(const ProfileField& field, const SwitchField& f, const toml::node& node) {
        const auto value = node.value_exact<bool>();
        if (!value) return complain(node.source(), std::string(field.section) + '.' + std::string(field.key) + " must be true or false");
        f.of(m_tuning) = *value;
        return {};
    }
    Status set(const ProfileField& field, const RealField& f, const toml::node& node) {
        const auto value = readReal(node);
        if (!value || !((*value >= f.low && *value <= f.high) || (f.zeroToo && *value == 0))) return wrong(field, node, "a number");
        f.of(m_tuning) = *value;
        return {};
    }
    template <class Field> Status setWhole(const ProfileField& field, const Field& f, const toml::node& node) {
        const auto value = node.value_exact<std::int64_t>();
        if (!value || *value < 0 || static_cast<std::uint64_t>(*value) < f.low || static_cast<std::uint64_t>(*value) > f.high)
            return wrong(field, node, "a whole number");
        using Number = std::remove_reference_t<decltype(f.of(m_tuning))>;
        f.of(m_tuning) = static_cast<Number>(*value);
        return {};
    }
    Status set(const ProfileField& field, const CountField& f, const toml::node& node) { return setWhole(field, f, node); }
    Status set(const ProfileField& field, const LongField& f, const toml::node& node) { return setWhole(field, f, node); }
    Status set(const ProfileField& field, const SizeField& f, const toml::node& node) {
        std::optional<std::uint64_t> value;
        if (const auto text = node.value_exact<std::string>()) value = readSize(*text);
        else if (const auto bytes = node.value_exact<std::int64_t>(); bytes && *bytes >= 0) value = static_cast<std::uint64_t>(*bytes);
        if (!value || *value < f.low || *value > f.high) return wrong(field, node, "a size such as \"16MiB\", or bytes");
        f.of(m_tuning) = *value;
        return {};
    }
    Status set(const ProfileField& field, const DurationField& f, const toml::node& node) {
        const auto value = readDuration(node);
        if (!value || !((*value >= f.low && *value <= f.high) || (f.zeroToo && value->count() == 0)))
            return wrong(field, node, "a duration such as \"500ms\" or \"1s\"");
        f.of(m_tuning) = *value;
        return {};
    }
    Status set(const ProfileField& field, const ChoiceField& f, const toml::node& node) {
        const auto text = node.value_exact<std::string>();
        const auto at = text ? std::find(f.names.begin(), f.names.end(), *text) : f.names.end();
        if (at == f.names.end()) return wrong(field, node, "one of these words");
        f.set(m_tuning, static_cast<std::size_t>(at - f.names.begin()));
        return {};
    }
    Status set(const ProfileField& field, const TextField& f, const toml::node& node) {
        const auto text = node.value_exact<std::string>();
        if (!text) return wrong(field, node, "a string");
        if (const std::string complaint = f.check(*text); !complaint.empty())
            return complain(node.source(), std::string(field.section) + '.' + std::string(field.key) + ' ' + complaint);
        f.of(m_tuning) = *text;
        return {};
    }
    Status set(const ProfileField& field, const WeightsField& f, const toml::node& node) {
        std::vector<Weight> weights;
        SG_TRY(readRows(field, node, "{name = \"text\", weight = number from 0}", [&](const toml::table& row) {
            const auto name = row["name"].value_exact<std::string>();
            const auto weight = row.contains("weight") ? readReal(*row.get("weight")) : std::nullopt;
            if (!name || name->empty() || !weight || *weight < 0 || row.size() != 2) return false;
            weights.push_back({*name, *weight});
            return true;
        }));
        f.of(m_tuning) = std::move(weights);
        return {};
    }
    Status set(const ProfileField& field, const StagesField& f, const toml::node& node) {
        std::vector<Stage> stages;
        SG_TRY(readRows(field, node, "{for = \"30s\", rate = lines/s, 0..1000000}", [&](const toml::table& row) {
            const auto duration = row.contains("for") ? readDuration(*row.get("for")) : std::nullopt;
            const auto rate = row.contains("rate") ? readReal(*row.get("rate")) : std::nullopt;
            if (!duration || duration->count() == 0 || !rate || *rate < 0 || *rate > 1e6 || row.size() != 2) return false;
            stages.push_back({*duration, *rate});
            return true;
        }));
        f.of(m_tuning) = std::move(stages);
        return {};
    }

    template <class Take> Status readRows(const ProfileField& field, const toml::node& node, std::string_view shape, const Take& take) {
        const std::string what = std::string(field.section) + '.' + std::string(field.key) + " must be a list of " + std::string(shape);
        const toml::array* rows = node.as_array();
        if (rows == nullptr) return complain(node.source(), what);
        for (const toml::node& row : *rows)
            if (row.as_table() == nullptr || !take(*row.as_table())) return complain(row.source(), what);
        return {};
    }

    static std::optional<double> readReal(const toml::node& node) {
        std::optional<double> value;
        if (const auto real = node.value_exact<double>()) value = *real;
        else if (const auto whole = node.value_exact<std::int64_t>()) value = static_cast<double>(*whole);
        return value && std::isfinite(*value) ? value : std::nullopt;
    }

    const std::string m_name;
    Tuning& m_tuning;
};

} // namespace sg
