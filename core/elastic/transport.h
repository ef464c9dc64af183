#pragma once
/// The one door to the network: sends an HTTP request, answers once, later, on the same thread.
///
/// *Thread:* everything on the deliver thread. *Errors:* a transport failure (refused, reset, time-out, TLS) is `status == 0` with
/// `error`; every HTTP status, also 4xx and 5xx, is an answer. Redirects are not followed; an answer above 64 MiB is an error.
#include "core/base/clock.h"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sg {

struct HttpRequest {
    std::string method = "GET";
    std::string path;  ///< from the root, with query ("/_bulk?...")
    std::string body;
    std::string contentType;
    std::vector<std::pair<std::string, std::string>> headers; ///< beside those that every request has
    Milliseconds timeout{60'000};
};

struct HttpResponse {
    int status = 0;       ///< 0 = no answer
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers; ///< names in lower case
    std::string error;    ///< a sentence, when status == 0
    bool timedOut = false;
    bool untrusted = false; ///< status == 0: the server's certificate was refused; `error` says why
};

class Transport {
public:
    using Answer = std::function<void(HttpResponse)>;
    virtual ~Transport() = default;
    /// Calls `answer` exactly once, never before `send` has returned, unless the transport is destroyed first.
    virtual void send(HttpRequest request, Answer answer) = 0;
};

} // namespace sg
