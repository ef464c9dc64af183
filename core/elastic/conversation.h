#pragma once
/// A conversation with a server, without a socket: says what is to be asked next, takes the answer, and goes on from there.
///
/// *Thread:* one. Whoever holds a Transport drives it: `next`, send, `take`, until `next` is empty. *Errors:* as each conversation says.
#include "core/elastic/transport.h"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace sg {

class Conversation {
public:
    Conversation() = default;
    virtual ~Conversation() = default;
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    /// The next request; nullopt = over. REQUIRES: the one before was answered.
    [[nodiscard]] std::optional<HttpRequest> next() {
        if (m_steps.empty()) return std::nullopt;
        m_then = std::move(m_steps.front().second);
        HttpRequest request = std::move(m_steps.front().first);
        m_steps.pop_front();
        return request;
    }
    void take(const HttpResponse& response) {
        const Then then = std::exchange(m_then, {});
        if (then) then(response);
    }

protected:
    using Then = std::function<void(const HttpResponse&)>;
    static constexpr Milliseconds kPatience{20'000};

    /// Appends a question; a body is JSON.
    void ask(std::string method, std::string path, std::string body, Then then, Milliseconds timeout = kPatience) {
        HttpRequest request;
        request.method = std::move(method);
        request.path = std::move(path);
        if (!body.empty()) request.contentType = "application/json";
        request.body = std::move(body);
        request.timeout = timeout;
        m_steps.emplace_back(std::move(request), std::move(then));
    }
    /// Another conversation, from its beginning to its end. REQUIRES: `inner` lives as long as this.
    void pass(Conversation& inner, std::function<void()> then) {
        std::optional<HttpRequest> request = inner.next();
        if (!request) return then();
        m_steps.emplace_back(std::move(*request), [this, &inner, then = std::move(then)](const HttpResponse& response) {
            inner.take(response);
            pass(inner, then);
        });
    }
    void get(std::string path, Then then) { ask("GET", std::move(path), {}, std::move(then)); }
    /// Nothing more is asked.
    void stop() { m_steps.clear(); }

private:
    std::deque<std::pair<HttpRequest, Then>> m_steps;
    Then m_then;
};

} // namespace sg
