#include "core/pipeline/profile.h"

#include "core/base/file_system.h"
#include "core/contract/profile_fields.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <toml++/toml.h>

namespace sg {
namespace {

constexpr std::uint64_t kMaxProfileBytes = 1U << 20U;

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};
constexpr Unit kSizeUnits[] = {{"TiB", 1024 * kGiB}, {"GiB", kGiB}, {"MiB", kMiB}, {"KiB", kKiB}, {"B", 1}};
constexpr Unit kTimeUnits[] = {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}};

std::optional<std::uint64_t> readQuantity(std::string_view text, std::span<const Unit> units) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return std::nullopt;
    const std::string_view name(end, static_cast<std::size_t>(text.data() + text.size() - end));
    for (const Unit& unit : units)
        if (unit.name == name && number <= kMaxTomlInteger / unit.factor) return number * unit.factor;
    return std::nullopt;
}

/// In the greatest unit that leaves no rest.
std::string quantityText(std::uint64_t value, std::span<const Unit> units, std::string_view zero) {
    if (value == 0) return std::string(zero);
    for (const Unit& unit : units)
        if (value % unit.factor == 0) return std::to_string(value / unit.factor) + std::string(unit.name);
    return std::to_string(value);
}
std::string sizeText(std::uint64_t bytes) { return quantityText(bytes, kSizeUnits, "0B"); }
std::string durationText(Milliseconds time) { return quantityText(static_cast<std::uint64_t>(time.count()), kTimeUnits, "0s"); }

std::string realText(double value) {
    char buffer[32];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
    return error == std::errc{} ? std::string(buffer, end) : "0";
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            constexpr std::string_view kHex = "0123456789ABCDEF";
            const auto byte = static_cast<unsigned char>(c);
            out += "\\u00";
            out += kHex[byte >> 4U];
            out += kHex[byte & 15U];
        } else {
            out += c;
        }
    }
    return out + '"';
}

std::string choices(std::span<const std::string_view> names) {
    std::string out;
    for (const std::string_view name : names) out += (out.empty() ? "" : ", ") + std::string(name);
    return out;
}

template <class... Ts> struct Overloaded : Ts... { using Ts::operator()...; };
template <class... Ts> Overloaded(Ts...) -> Overloaded<Ts...>;

/// "1..1000000", as it stands in the comment of a field and in a complaint.
std::string rangeText(const ProfileField& field) {
    const auto bounds = [](const std::string& low, const std::string& high) { return low + ".." + high; };
    return std::visit(Overloaded{
                          [](const SwitchField&) -> std::string { return "true or false"; },
                          [&](const RealField& f) { return bounds(realText(f.low), realText(f.high)) + (f.zeroToo ? " or 0" : ""); },
                          [&](const CountField& f) { return bounds(std::to_string(f.low), std::to_string(f.high)); },
                          [&](const LongField& f) { return bounds(std::to_string(f.low), std::to_string(f.high)); },
                          [&](const SizeField& f) {
                              return f.high == kMaxTomlInteger ? "from " + sizeText(f.low) : bounds(sizeText(f.low), sizeText(f.high));
                          },
                          [&](const DurationField& f) { return bounds(durationText(f.low), durationText(f.high)); },
                          [](const ChoiceField& f) { return choices(f.names); },
                          [](const TextField&) -> std::string { return "text"; },
                          [](const WeightsField&) -> std::string { return "a list"; },
                          [](const StagesField&) -> std::string { return "a list"; },
                      },
                      field.value);
}

std::string valueText(const ProfileField& field, Tuning& t) {
    return std::visit(Overloaded{
                          [&](const SwitchField& f) -> std::string { return f.of(t) ? "true" : "false"; },
                          [&](const RealField& f) { return realText(f.of(t)); },
                          [&](const CountField& f) { return std::to_string(f.of(t)); },
                          [&](const LongField& f) { return std::to_string(f.of(t)); },
                          [&](const SizeField& f) { return quoted(sizeText(f.of(t))); },
                          [&](const DurationField& f) { return quoted(durationText(f.of(t))); },
                          [&](const ChoiceField& f) { return quoted(f.names[f.get(t)]); },
                          [&](const TextField& f) { return quoted(f.of(t)); },
                          [&](const WeightsField& f) {
                              std::string out;
                              for (const Weight& weight : f.of(t))
                                  out += "\n    {name = " + quoted(weight.name) + ", weight = " + realText(weight.weight) + "},";
                              return out.empty() ? "[]" : "[" + out + "\n]";
                          },
                          [&](const StagesField& f) {
                              std::string out;
                              for (const Stage& stage : f.of(t))
                                  out += "\n    {for = " + quoted(durationText(stage.duration)) + ", rate = " + realText(stage.rate) + "},";
                              return out.empty() ? "[]" : "[" + out + "\n]";
                          },
                      },
                      field.value);
}

/// Reads one document into a Tuning; the first thing that is wrong ends it.
class Reader {
public:
    Reader(const std::string& name, Tuning& tuning) : m_name(name), m_tuning(tuning) {}

    Status read(const toml::table& document) {
        // toml++ sorts keys; the first complaint should be about the first mistake in the file
        std::vector<std::pair<toml::source_position, std::pair<std::string, const toml::node*>>> entries;
        for (const auto& [key, section] : document) {
            const bool known =
                std::any_of(std::begin(kProfileFields), std::end(kProfileFields), [&](const auto& f) { return f.section == key.str(); });
            if (!known)
                return complain(key.source(),
                                "unknown section [" + std::string(key.str()) + "]; known are traffic, log, split, batch, output");
            const toml::table* table = section.as_table();
            if (table == nullptr)
                return complain(section.source(), std::string(key.str()) + " must be a section: [" + std::string(key.str()) + "]");
            for (const auto& [name, node] : *table)
                entries.push_back({name.source().begin, {std::string(key.str()) + '.' + std::string(name.str()), &node}});
        }
        std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        for (const auto& [position, entry] : entries) SG_TRY(readEntry(entry.first, *entry.second, position));
        return {};
    }

private:
    Status complain(const toml::source_region& where, const std::string& sentence) const { return complain(where.begin, sentence); }
    Status complain(const toml::source_position& where, const std::string& sentence) const {
        return fail(ErrorCode::InvalidArgument,
                    m_name + ':' + std::to_string(where.line) + ':' + std::to_string(where.column) + ": " + sentence);
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
        return std::visit([&](const auto& f) { return set(*field, f, node); }, field->value);
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
        if (const auto text = node.value_exact<std::string>()) value = readQuantity(*text, kSizeUnits);
        else if (const auto bytes = node.value_exact<std::int64_t>(); bytes && *bytes >= 0) value = static_cast<std::uint64_t>(*bytes);
        if (!value || *value < f.low || *value > f.high) return wrong(field, node, "a size such as \"16MiB\", or bytes");
        f.of(m_tuning) = *value;
        return {};
    }
    Status set(const ProfileField& field, const DurationField& f, const toml::node& node) {
        const auto value = readDuration(node);
        if (!value || *value < f.low || *value > f.high) return wrong(field, node, "a duration such as \"500ms\" or \"1s\"");
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
    static std::optional<Milliseconds> readDuration(const toml::node& node) {
        const auto text = node.value_exact<std::string>();
        const auto ms = text ? readQuantity(*text, kTimeUnits) : std::nullopt;
        if (!ms) return std::nullopt;
        return Milliseconds(static_cast<Milliseconds::rep>(*ms));
    }

    const std::string& m_name;
    Tuning& m_tuning;
};

} // namespace

Result<Tuning> parseProfile(std::string_view text, const std::string& name, Tuning base) {
    try {
        const toml::table document = toml::parse(text, name);
        SG_TRY(Reader(name, base).read(document));
        return base;
    } catch (const toml::parse_error& error) {
        const auto& at = error.source().begin;
        return fail(ErrorCode::InvalidArgument, name + ':' + std::to_string(at.line) + ':' + std::to_string(at.column) +
                                                    ": this is no TOML: " + std::string(error.description()));
    }
}

Result<Tuning> readProfile(const std::string& path, Tuning base) {
    PosixFileSystem files;
    SG_TRY_ASSIGN(const std::string text, files.readWhole(path, kMaxProfileBytes));
    return parseProfile(text, path, std::move(base));
}

std::string writeProfile(const Tuning& tuning) {
    Tuning values = tuning;
    Tuning defaults;
    std::string out = "# A Streamgauge profile. What is left out keeps its default; what is unknown or out of range is refused.\n";
    std::string_view section;
    for (const ProfileField& field : kProfileFields) {
        if (field.section != section) {
            section = field.section;
            out += "\n[" + std::string(section) + "]\n";
        }
        out += "# " + std::string(field.unit) + "; " + rangeText(field) + "; default " + valueText(field, defaults) + '\n';
        out += std::string(field.key) + " = " + valueText(field, values) + '\n';
    }
    return out;
}

} // namespace sg
