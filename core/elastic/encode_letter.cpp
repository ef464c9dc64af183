#include "core/elastic/encode_letter.h"

#include "core/elastic/encode.h"

namespace sg {

void encodeLetter(const LetterView& letter, std::string& out) {
    const ReasonText& reason = reasonText(letter.reason);
    out += R"({"@timestamp":")";
    appendIsoTime(letter.found, out);
    out += R"(","ecs":{"version":"8.11.0"},"error":{"type":)";
    appendJsonString(reason.id, out);
    std::string message(reason.sentence);
    if (!letter.detail.empty()) message.append(" (").append(letter.detail).append(")");
    out += R"(,"message":)";
    appendJsonString(message, out);
    out += R"(},"event":{"dataset":"streamgauge.deadletters","id":)";
    appendJsonString(letter.id, out);
    out += R"(,"kind":"pipeline_error","module":"streamgauge")";
    if (!letter.raw.empty()) { // it may have been withheld
        out += R"(,"original":)";
        appendJsonString(letter.raw, out);
    }
    out += '}';
    if (!letter.path.empty()) {
        out += R"(,"log":{"file":{"path":)";
        appendJsonString(letter.path, out);
        out += R"(},"offset":)" + std::to_string(letter.offset) + '}';
    }
    out += R"(,"streamgauge":{"batch":)" + std::to_string(letter.batch) + R"(,"rejected":)" + (letter.rejected ? "true" : "false") + "}}";
}

} // namespace sg
