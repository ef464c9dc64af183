#pragma once
/// What the readers of servers' answers share; for the .cpp files of this folder.
#include "core/elastic/encode.h"
#include "core/elastic/transport.h"

#include <simdjson.h>

namespace sg {

inline constexpr const char* kLoginAdvice = "Set STREAMGAUGE_ES_USER and STREAMGAUGE_ES_PASSWORD, or STREAMGAUGE_ES_API_KEY.";

inline constexpr const char* kTrustAdvice =
    "Let STREAMGAUGE_ES_CA name the file of the authority that signed it, or that authority's SHA-256 fingerprint, or give the server a "
    "certificate for this address";

/// As a JSON string, with its quotes.
inline std::string jsonText(std::string_view text) {
    std::string out;
    appendJsonString(text, out);
    return out;
}

/// The text of a member; empty when there is none, or the element is no object.
inline std::string_view textAt(const simdjson::dom::element& object, std::string_view key) {
    std::string_view text;
    return object[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

/// A whole number; 0 when it is none, or not there.
inline std::int64_t wholeOf(const simdjson::simdjson_result<simdjson::dom::element>& value) {
    std::int64_t number = 0;
    return value.get(number) == simdjson::SUCCESS ? number : 0;
}

/// The value of a header by its name in lower case; empty when there is none.
inline std::string headerOf(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}

} // namespace sg
