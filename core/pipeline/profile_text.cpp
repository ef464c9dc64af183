#include "core/pipeline/profile_text.h"

#include <charconv>
#include <span>

namespace sg {
namespace {

std::string choices(std::span<const std::string_view> names) {
    std::string out;
    for (const std::string_view name : names) out += (out.empty() ? "" : ", ") + std::string(name);
    return out;
}

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
} // namespace

std::optional<std::uint64_t> readSize(std::string_view text) { return readQuantity(text, kSizeUnits); }
std::string sizeText(std::uint64_t bytes) { return quantityText(bytes, kSizeUnits, "0B"); }
std::string durationText(Milliseconds time) { return quantityText(static_cast<std::uint64_t>(time.count()), kTimeUnits, "0s"); }

std::string realText(double value) {
    char buffer[32];
    // As people write numbers; with an exponent only what would be longer than this.
    auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed);
    if (error != std::errc{}) end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    return std::string(buffer, end);
}

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
                          [&](const DurationField& f) { return bounds(durationText(f.low), durationText(f.high)) + (f.zeroToo ? " or 0s" : ""); },
                          [](const ChoiceField& f) { return choices(f.names); },
                          [](const TextField&) -> std::string { return "text"; },
                          [](const WeightsField&) -> std::string { return "a list"; },
                          [](const StagesField&) -> std::string { return "a list"; },
                      },
                      field.value);
}

} // namespace sg
