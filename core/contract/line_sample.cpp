#include "core/contract/line_sample.h"

#include <array>

namespace sg {

std::string_view fieldKindName(FieldKind kind) {
    static constexpr std::array<std::string_view, kFieldKinds> kNames{"time",   "client", "user",     "host",     "method", "target", "version", "request",
                                                                      "status", "bytes",  "duration", "referrer", "agent",  "key",    "other"};
    return kNames[static_cast<std::size_t>(kind)];
}

} // namespace sg
