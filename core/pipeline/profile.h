#pragma once
/// A Tuning as one TOML file: read, checked against `kProfileFields`, written.
///
/// Durations are strings with a unit ("500ms", "1s", "5m", "1h"), sizes whole bytes or strings ("256MiB"). What a profile leaves out keeps
/// its value; its [[format]] tables, where it has any, are all the formats of a person's own. *Errors:* `file:line:column: sentence`, for an unknown key, a wrong type, a value out of range, and anything that is no TOML.
/// Secrets do not belong in a profile: an address with a user or password is refused.
#include "core/base/result.h"
#include "core/contract/tuning.h"

#include <string>
#include <string_view>

namespace sg {

[[nodiscard]] Result<Tuning> readProfile(const std::string& path, Tuning base);
/// `name` stands where the file's name would in messages.
[[nodiscard]] Result<Tuning> parseProfile(std::string_view text, const std::string& name, Tuning base);
/// Every field in the order of the table, each with unit, range and default as a comment. Reads back to the same values.
[[nodiscard]] std::string writeProfile(const Tuning& tuning);

} // namespace sg
