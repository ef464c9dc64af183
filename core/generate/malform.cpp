#include "core/generate/malform.h"

#include <algorithm>
#include <cstddef>

namespace sg {

char* malform(char* begin, char* end, Random& random) {
    const auto length = static_cast<std::uint32_t>(end - begin - 1);
    if (length < 4) return end;
    char* const stop = end - 1;
    const std::uint32_t kind = random.below(3);
    if (kind == 0) { // a TLS handshake
        const std::uint32_t kept = std::min(length, 24U);
        for (std::uint32_t i = 0; i < kept; ++i) {
            const auto byte = static_cast<char>(random.below(256));
            begin[i] = byte == '\n' ? '\x16' : byte;
        }
        begin[0] = '\x16';
        begin[1] = '\x03';
        begin[2] = '\x01';
        begin[kept] = '\n';
        return begin + kept + 1;
    }
    char* const quote = std::find(begin, stop, '"');
    if (kind == 1 && quote != stop) { // the request's closing quote and all that follows are missing
        char* const close = std::find(quote + 1, stop, '"');
        *close = '\n';
        return close + 1;
    }
    // At most 60 % are kept: every format needs something of the rest.
    char* const cut = begin + 1 + random.below(std::max(1U, length * 6 / 10 - 1));
    *cut = '\n';
    return cut + 1;
}

} // namespace sg
