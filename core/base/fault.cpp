#include "core/base/fault.h"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <unistd.h>

namespace sg {

void reachFaultPoint(std::string_view name) {
    struct Wanted {
        std::string name;
        long count = 0;
    };
    static const Wanted wanted = [] {
        const char* text = std::getenv("STREAMGAUGE_FAULT");
        if (text == nullptr) return Wanted{};
        const std::string_view spec(text);
        const auto colon = spec.rfind(':');
        if (colon == std::string_view::npos) return Wanted{std::string(spec), 1};
        return Wanted{std::string(spec.substr(0, colon)), std::strtol(text + colon + 1, nullptr, 10)};
    }();
    if (name != wanted.name) return;
    static std::atomic<long> reached = 0;
    if (++reached == wanted.count) ::kill(::getpid(), SIGKILL);
}

} // namespace sg
