#pragma once
/// A field of the profile table as a control needs it: its number, its range, its default, whatever its type. Pure.
#include "core/contract/profile_fields.h"
#include "ui/controls/value_text.h"

#include <QString>

namespace sg {

/// REQUIRES: the table has it.
[[nodiscard]] const ProfileField& profileField(std::string_view section, std::string_view key);

struct NumberRange {
    double low = 0, high = 0;
    bool zeroToo = false; ///< 0 is right although `low` is above it
    bool whole = false;
};
/// REQUIRES: a field that holds a number, size or duration (milliseconds).
[[nodiscard]] NumberRange numberRange(const ProfileField& field);
[[nodiscard]] double numberOf(const ProfileField& field, Tuning& tuning);
void setNumber(const ProfileField& field, Tuning& tuning, double value);

[[nodiscard]] bool sameValue(const ProfileField& field, Tuning& a, Tuning& b);
void copyValue(const ProfileField& field, Tuning& from, Tuning& to);

} // namespace sg
