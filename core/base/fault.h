#pragma once
/// Named places where a test build can be told to die, so that recovery is tested at each of them.
///
/// `STREAMGAUGE_FAULT=commit.before:3` kills the process (SIGKILL) when `commit.before` is reached the third time.
/// Compiled in only with SG_FAULT_POINTS (presets dev, asan, tsan, ci); in release the macro is nothing.
#include <string_view>

namespace sg {
void reachFaultPoint(std::string_view name);
} // namespace sg

#ifdef SG_FAULT_POINTS
#define SG_FAULT_POINT(name) ::sg::reachFaultPoint(name)
#else
#define SG_FAULT_POINT(name) static_cast<void>(0)
#endif
