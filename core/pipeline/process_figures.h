#pragma once
/// What this process takes of the machine, as the kernel counts it.
///
/// *Source:* proc(5). *Errors:* what cannot be read is 0. *Cost:* four small files of /proc and one folder, about 0.1 ms.
#include <cstdint>

namespace sg {

struct ProcessFigures {
    std::uint64_t residentBytes = 0;
    std::uint64_t virtualBytes = 0;
    double cpuSeconds = 0; ///< user and system, all threads
    std::uint64_t threads = 0;
    std::uint64_t openFiles = 0;
    std::uint64_t maxOpenFiles = 0;
    double startedAt = 0; ///< seconds since the epoch
};

[[nodiscard]] ProcessFigures readProcessFigures();

} // namespace sg
