#include "ui/controls/field_value.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace sg {
namespace {

template <class F> inline constexpr bool kHasReference = !std::is_same_v<F, ChoiceField>;
template <class F> inline constexpr bool kIsNumber = std::is_same_v<F, RealField> || std::is_same_v<F, CountField> ||
                                                     std::is_same_v<F, LongField> || std::is_same_v<F, SizeField> ||
                                                     std::is_same_v<F, DurationField>;

} // namespace

const ProfileField& profileField(std::string_view section, std::string_view key) {
    const auto found = std::find_if(std::begin(kProfileFields), std::end(kProfileFields),
                                    [&](const ProfileField& field) { return field.section == section && field.key == key; });
    Q_ASSERT(found != std::end(kProfileFields));
    return *found;
}

NumberRange numberRange(const ProfileField& field) {
    return std::visit(
        [](const auto& value) -> NumberRange {
            using F = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<F, RealField>) return {value.low, value.high, value.zeroToo, false};
            else if constexpr (std::is_same_v<F, DurationField>)
                return {static_cast<double>(value.low.count()), static_cast<double>(value.high.count()), value.zeroToo, true};
            else if constexpr (kIsNumber<F>) return {static_cast<double>(value.low), static_cast<double>(value.high), false, true};
            else return {};
        },
        field.value);
}

double numberOf(const ProfileField& field, Tuning& tuning) {
    return std::visit(
        [&](const auto& value) -> double {
            using F = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<F, DurationField>) return static_cast<double>(value.of(tuning).count());
            else if constexpr (kIsNumber<F>) return static_cast<double>(value.of(tuning));
            else return 0;
        },
        field.value);
}

void setNumber(const ProfileField& field, Tuning& tuning, double number) {
    std::visit(
        [&](const auto& value) {
            using F = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<F, RealField>) {
                value.of(tuning) = value.zeroToo && number <= 0 ? 0 : std::clamp(number, value.low, value.high);
            } else if constexpr (kIsNumber<F>) {
                using T = std::decay_t<decltype(value.of(tuning))>;
                if constexpr (std::is_same_v<F, DurationField>)
                    value.of(tuning) = value.zeroToo && number <= 0 ? Milliseconds(0) : Milliseconds(
                        std::llround(std::clamp(number, static_cast<double>(value.low.count()), static_cast<double>(value.high.count()))));
                // Above 2^53 a double has no neighbour below the limit: compare before converting.
                else if (number >= static_cast<double>(value.high)) value.of(tuning) = static_cast<T>(value.high);
                else value.of(tuning) = static_cast<T>(std::llround(std::max(number, static_cast<double>(value.low))));
            }
        },
        field.value);
}

bool sameValue(const ProfileField& field, Tuning& a, Tuning& b) {
    return std::visit(
        [&](const auto& value) -> bool {
            if constexpr (kHasReference<std::decay_t<decltype(value)>>) return value.of(a) == value.of(b);
            else return value.get(a) == value.get(b);
        },
        field.value);
}

void copyValue(const ProfileField& field, Tuning& from, Tuning& to) {
    std::visit(
        [&](const auto& value) {
            if constexpr (kHasReference<std::decay_t<decltype(value)>>) value.of(to) = value.of(from);
            else value.set(to, value.get(from));
        },
        field.value);
}

} // namespace sg
