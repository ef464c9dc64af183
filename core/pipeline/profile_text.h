#pragma once
/// Values of a profile as text, and ranges as a person reads them. Private to the profile's reader and writer.
#include "core/contract/profile_fields.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sg {

/// "16MiB" in bytes; nothing when it is not that or too great.
[[nodiscard]] std::optional<std::uint64_t> readSize(std::string_view text);
/// In the greatest unit that leaves no rest.
[[nodiscard]] std::string sizeText(std::uint64_t bytes);
[[nodiscard]] std::string durationText(Milliseconds time);
[[nodiscard]] std::string realText(double value);
/// "1..1000000", as it stands in the comment of a field and in a complaint.
[[nodiscard]] std::string rangeText(const ProfileField& field);

template <class... Ts> struct Overloaded : Ts... { using Ts::operator()...; };
template <class... Ts> Overloaded(Ts...) -> Overloaded<Ts...>;

} // namespace sg
