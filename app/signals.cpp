#include "app/signals.h"

#include <csignal>

namespace sg {
namespace {

volatile std::sig_atomic_t g_signals = 0; // written by the handler only

void countSignal(int) { g_signals = g_signals + 1; }

} // namespace

void installSignalHandlers() {
    struct sigaction action = {};
    action.sa_handler = countSignal;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
}

int stopSignals() { return g_signals; }

} // namespace sg
