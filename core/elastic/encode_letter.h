#pragma once
/// Dead letters as ECS 8 documents: why a line is one, the line itself, and where it stood.
///
/// The line stands in `event.original`, bytes that are not UTF-8 as `\xHH`; `error.type` is the reason, `error.message` its sentence with
/// the column or the server's own words. `@timestamp` is when it was found: a line that cannot be read has no time of its own.
#include "core/base/clock.h"
#include "core/record/reason.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace sg {

struct LetterView {
    std::string_view id; ///< event.id and _id
    Timestamp found;
    Reason reason = Reason::None;
    std::string_view detail;
    std::string_view raw;
    std::string_view path;
    std::uint64_t offset = 0;
    std::uint64_t batch = 0;
    bool rejected = false; ///< a document that was refused, not a line that could not be read
};

/// Appends one JSON object without a newline.
void encodeLetter(const LetterView& letter, std::string& out);

} // namespace sg
