#pragma once
/// Who is on the other end: an Elasticsearch >= 7.17, an OpenSearch, or something else that happens to speak HTTP.
///
/// *Source:* Elasticsearch >= 7.14 sends `X-elastic-product` with every answer; OpenSearch names its distribution in `GET /`.
#include "core/elastic/transport.h"

#include <string>

namespace sg {

struct Identity {
    enum class Kind : std::uint8_t {
        Fit,       ///< documents may be sent
        AskHealth, ///< `GET /` is not for us: ask kHealthPath and call identifyHealth
        Unreached, ///< no answer, or one that says "later"
        Refused,   ///< credentials are missing or wrong
        Other,     ///< not a server for documents, too old a one, or one whose certificate is refused
    };
    Kind kind = Kind::Unreached;
    std::string product;  ///< "Elasticsearch 7.17.29", "OpenSearch 2.19.1"
    std::string sentence; ///< when not Fit: what is wrong, with the address
    std::string advice;
};

inline constexpr const char* kHealthPath = "/_cluster/health";

/// From the answer to `GET /`; `url` without secrets.
[[nodiscard]] Identity identifyRoot(const HttpResponse& response, const std::string& url);
/// From the answer to `GET /_cluster/health`, where `/` was answered with 401, 403, 404 or 405.
[[nodiscard]] Identity identifyHealth(const HttpResponse& response, const std::string& url);

/// The address without `user:password@`.
[[nodiscard]] std::string withoutSecrets(std::string url);

} // namespace sg
