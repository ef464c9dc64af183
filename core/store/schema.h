#pragma once
/// The tables of store.sqlite, as forward migrations: a file of version n becomes the newest by the steps after n.
#include "core/base/result.h"
#include "core/store/database.h"

#include <span>

namespace sg {

/// Step i makes version i + 1 of version i. A step that was released is never changed; new ones are added at the end.
[[nodiscard]] std::span<const char* const> schemaSteps();
[[nodiscard]] Result<std::int64_t> schemaVersion(Database& database);
/// One transaction a step. *Errors:* Refused when the file is of a newer program.
[[nodiscard]] Status migrate(Database& database, std::span<const char* const> steps);

} // namespace sg
