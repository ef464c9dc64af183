#include "core/pipeline/profile.h"

#include "core/base/file_system.h"
#include "core/pipeline/profile_reader.h"
#include "core/pipeline/profile_text.h"

#include <toml++/toml.h>

namespace sg {
namespace {

constexpr std::uint64_t kMaxProfileBytes = 1U << 20U;

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

} // namespace

Result<Tuning> parseProfile(std::string_view text, const std::string& name, Tuning base) {
    try {
        const toml::table document = toml::parse(text, name);
        SG_TRY(ProfileReader(name, base).read(document));
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
    out += "\n# Formats of one's own: [[format]] with name = \"shop\" and is = 'apache:%h %t \"%r\" %>s %b', for --format and for auto\n";
    for (const NamedFormat& format : tuning.formats)
        out += "\n[[format]]\nname = " + quoted(format.name) + "\nis = " + quoted(format.is) + '\n';
    return out;
}

} // namespace sg
