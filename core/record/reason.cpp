#include "core/record/reason.h"

namespace sg {

const ReasonText& reasonText(Reason reason) {
    static constexpr std::array<ReasonText, kReasonCount> kTexts = {{
        {"none", "The line was read.", ""},
        {"too_long", "The line is longer than 1 MiB and was cut.", "Check what wrote it; the rest of the line was counted and left out."},
        {"missing_field", "The line ends before all fields of the format were there.", "Check that the format is the one the server writes."},
        {"unterminated_quote", "A quoted field is not closed.", "The line was probably cut by a crash or a rotation."},
        {"bad_time", "The time stamp is not a date that exists in this format.", "Check the server's time format."},
        {"bad_status", "The status is not a number of three digits.", "Check that the format is the one the server writes."},
        {"bad_number", "A field that must be a number is none.", "Check that the format is the one the server writes."},
        {"bad_json", "The line is not valid JSON.", "Check that the server escapes its JSON (nginx: escape=json)."},
        {"not_an_object", "The line is JSON, but not an object.", "One JSON object a line is expected."},
        {"unknown_shape", "The line does not look like this format at all.", "Choose another format, or let it be detected (auto)."},
        {"empty_address", "The line has no client address.", "Check that the format is the one the server writes."},
        {"trailing_garbage", "Something unreadable follows the last field.", "Check that the format is the one the server writes."},
        {"no_time", "The line's time field is empty or unreadable.", "Check the key that carries the time."},
        {"replay", "The line was read before and cannot be read by this version.", "Report it with the line; its document was not sent."},
        {"rejected", "Elasticsearch refused the document.", "See Elasticsearch's reason; correct the mapping and retry."},
        {"too_large", "The document alone is larger than Elasticsearch accepts.", "Raise http.max_content_length or leave it here."},
    }};
    const auto at = static_cast<std::size_t>(reason);
    return kTexts[at < kTexts.size() ? at : 0];
}

} // namespace sg
