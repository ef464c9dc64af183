#pragma once
/// SIGINT and SIGTERM as a count: the first asks for a clean stop, the second ends now.
namespace sg {

void installSignalHandlers();
/// How many stop signals have arrived.
[[nodiscard]] int stopSignals();

} // namespace sg
