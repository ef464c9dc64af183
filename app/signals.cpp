#include "app/signals.h"

#include <csignal>
#include <sys/resource.h>

namespace sg {
namespace {

volatile std::sig_atomic_t g_signals = 0; // written by the handler only

void countSignal(int) { g_signals = g_signals + 1; }

} // namespace

void writeNoCore() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_CORE, &limit) != 0) return;
    limit.rlim_cur = 0;
    ::setrlimit(RLIMIT_CORE, &limit);
}

void installSignalHandlers() {
    struct sigaction action = {};
    action.sa_handler = countSignal;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
}

int stopSignals() { return g_signals; }

} // namespace sg
