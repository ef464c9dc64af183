#pragma once
/// What proves who we are to Elasticsearch. At most one of password and apiKey is sent; nothing of it is ever in a profile, a log, a URL
/// or an argument.
#include <string>

namespace sg {

struct Credentials {
    std::string user;
    std::string password;
    std::string apiKey; ///< base64 "id:key"; over plain http to loopback only
    std::string caFile; ///< PEM; empty = the system's authorities
    [[nodiscard]] bool empty() const { return user.empty() && password.empty() && apiKey.empty() && caFile.empty(); }
    friend bool operator==(const Credentials&, const Credentials&) = default;
};

} // namespace sg
