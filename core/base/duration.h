#pragma once
/// Durations as people write them on the command line and in profiles.
#include "core/base/clock.h"

#include <optional>
#include <string_view>

namespace sg {

/// A whole or decimal number and a unit: "500ms", "10s", "1.5s", "5m", "1h", "2d". Empty when it is not that, negative or above 10,000
/// days. The unit is required (also for 0): a bare number would be read as seconds by some and as milliseconds by others.
[[nodiscard]] std::optional<Milliseconds> parseDuration(std::string_view text);

} // namespace sg
