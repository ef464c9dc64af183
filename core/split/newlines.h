#pragma once
/// Counts newlines several bytes at a time, in plain C++: a splitter that looks at each byte is slower than the disk.
#include <cstdint>
#include <string_view>

namespace sg {

[[nodiscard]] std::uint64_t countNewlines(std::string_view bytes);

} // namespace sg
