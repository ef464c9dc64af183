#pragma once
/// Damages a line the way real logs are damaged: cut off, TLS spoken to a plain port, a quote that never ends.
#include "core/generate/random.h"

namespace sg {

/// Changes the line [begin, end), '\n' included, in place and returns its new end; it never grows and keeps exactly one '\n'.
[[nodiscard]] char* malform(char* begin, char* end, Random& random);

} // namespace sg
