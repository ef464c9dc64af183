#pragma once
/// Splits a request line into method, target and version, and leaves what is no request line as it is.
#include "core/record/event.h"

#include <string_view>

namespace sg {

/// Fills method, target and version of the record, those that are there.
///
/// `METHOD target HTTP/x[.y]`: all three; spaces between belong to the target. `METHOD /path` and `METHOD scheme://...` (HTTP/0.9): method,
/// target, and `request` as written. `-` and the empty text: nothing. Anything else: `request` alone.
void readRequestLine(std::string_view text, Record& record);

} // namespace sg
