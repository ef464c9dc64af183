#pragma once
/// Index prefixes that name the source: `{source}` in one stands for the log that a line is from.
///
/// `devices-{source}` sends the lines of `/var/log/Greenhouse 4.csv.1` to `devices-greenhouse-4-access-2024.03.23`. The name is decided when
/// a batch is planned and stands in its plan, so that a replay finds the same index even after the file was renamed.
#include <string>
#include <string_view>

namespace sg {

/// What `{source}` becomes: the file's name without folder, compression (`.gz`), rotation (`.1`, `-20240323`, `.2024-03-23`) and the usual
/// endings of logs (`.log`, `.csv`, `.json` ...), in lower case; runs of what an index cannot have, and of dots, are one `-`. At most 60
/// characters, never empty.
[[nodiscard]] std::string sourceIndexName(std::string_view path);

[[nodiscard]] bool namesSource(std::string_view prefix);
/// The prefix with a source's name in it.
[[nodiscard]] std::string prefixFor(std::string_view prefix, std::string_view sourceName);
/// The prefix as an index pattern has it: `*` for every source.
[[nodiscard]] std::string prefixPattern(std::string_view prefix);
/// Whether an index whose name begins with `made` is one of this prefix: equal, or with some source's name in it.
[[nodiscard]] bool isPrefixOf(std::string_view made, std::string_view prefix);
/// The prefix as templates and saved objects are named by it.
[[nodiscard]] std::string prefixName(std::string_view prefix);

} // namespace sg
