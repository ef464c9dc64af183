#pragma once
/// What a data directory holds: the books, the status codes, the top URLs.
#include "core/aggregate/aggregate.h"
#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/contract/ledger.h"

#include <string>
#include <vector>

namespace sg {

struct Report {
    std::string stream;
    Ledger ledger; ///< lines = split + unsplit, the unsplit tail counted in the followed files as they are now
    Totals totals;
    TopList urls, hosts, agents, referrers, methods, keys, countries, networks, systems;
    std::uint64_t batches = 0;
    std::uint64_t minuteLines = 0;     ///< sum over all minute rows: must be the ledger's `parsed`
    std::vector<std::string> problems; ///< sentences on what could not be read
};

/// *Errors:* NotFound when there is no data directory, or what the store says.
[[nodiscard]] Result<Report> readReport(FileSystem& files, const std::string& dataDirectory);
[[nodiscard]] std::string reportJson(const Report& report);
[[nodiscard]] std::string reportText(const Report& report);
/// What a run leaves for `target` (its address; empty = none is set now), and what to do; empty = nothing.
[[nodiscard]] std::string waitingText(std::uint64_t documents, std::uint64_t deadLetters, const std::string& dataDirectory,
                                      const std::string& target);

} // namespace sg
