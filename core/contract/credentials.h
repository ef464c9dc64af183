#pragma once
/// What proves who we are to Elasticsearch. At most one of password, apiKey and token is sent; nothing of it is ever in a profile, a log, a URL
/// or an argument.
#include <string>

namespace sg {

struct Credentials {
    std::string user;
    std::string password;
    std::string apiKey; ///< base64 "id:key"; over plain http to loopback only
    std::string caFile; ///< PEM, or the SHA-256 fingerprint of an authority's certificate; empty = the system's authorities
    std::string token = {}; ///< a bearer token; over plain http to loopback only
    [[nodiscard]] bool empty() const {
        return user.empty() && password.empty() && apiKey.empty() && caFile.empty() && token.empty();
    }
    friend bool operator==(const Credentials&, const Credentials&) = default;
};

} // namespace sg
