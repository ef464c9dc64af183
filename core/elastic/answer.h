#pragma once
/// What the readers of servers' answers share; for the .cpp files of this folder.
#include "core/elastic/transport.h"

#include <simdjson.h>

namespace sg {

inline constexpr const char* kLoginAdvice = "Set STREAMGAUGE_ES_USER and STREAMGAUGE_ES_PASSWORD, or STREAMGAUGE_ES_API_KEY.";

/// The text of a member; empty when there is none, or the element is no object.
inline std::string_view textAt(const simdjson::dom::element& object, std::string_view key) {
    std::string_view text;
    return object[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

/// The value of a header by its name in lower case; empty when there is none.
inline std::string headerOf(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return {};
}

} // namespace sg
