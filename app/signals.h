#pragma once
/// SIGINT and SIGTERM as a count: the first asks for a clean stop, the second ends now. A crash leaves no image of the memory.
namespace sg {

/// Whatever the limit was: passwords are in the memory.
void writeNoCore();
void installSignalHandlers();
/// How many stop signals have arrived.
[[nodiscard]] int stopSignals();

} // namespace sg
