#include "core/pipeline/process_figures.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace sg {
namespace {

std::string textOf(const char* path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Seconds since the epoch at which the machine was started.
double bootTime() {
    const std::string text = textOf("/proc/stat");
    const auto at = text.find("\nbtime ");
    return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + 7, nullptr);
}

} // namespace

ProcessFigures readProcessFigures() {
    ProcessFigures figures;
    const std::string text = textOf("/proc/self/stat");
    // The second field is the program's name in brackets, which may hold anything: what is counted begins behind it, with field 3.
    const auto name = text.rfind(')');
    if (name != std::string::npos) {
        std::istringstream rest(text.substr(name + 1));
        const std::istream_iterator<std::string> end;
        const std::vector<std::string> fields(std::istream_iterator<std::string>(rest), end);
        const auto field = [&](std::size_t number) {
            return fields.size() > number - 3 ? std::strtod(fields[number - 3].c_str(), nullptr) : 0;
        };
        const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
        figures.cpuSeconds = (field(14) + field(15)) / ticks;
        figures.threads = static_cast<std::uint64_t>(field(20));
        static const double started = bootTime() + field(22) / ticks; // the same for the life of the process
        figures.startedAt = started;
        figures.virtualBytes = static_cast<std::uint64_t>(field(23));
        figures.residentBytes = static_cast<std::uint64_t>(field(24)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    }
    std::error_code error;
    for (std::filesystem::directory_iterator each("/proc/self/fd", error), end; !error && each != end; each.increment(error))
        ++figures.openFiles;
    if (figures.openFiles > 0) --figures.openFiles; // the one that reads the folder
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) figures.maxOpenFiles = limit.rlim_cur;
    return figures;
}

} // namespace sg
