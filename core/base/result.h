#pragma once
/// The outcome of something that can fail: a value, or an Error with a code to branch on and a sentence for people.
///
/// The verbs are those of `std::expected` (C++23), which g++ 12 does not have.
/// *Errors:* the message is one sentence that names the object and the cause ("cannot open /var/log/x.log: permission denied").
#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace sg {

enum class ErrorCode : std::uint8_t {
    InvalidArgument, ///< the caller or the user gave something that cannot be meant
    NotFound,
    AlreadyExists,
    PermissionDenied,
    DiskFull,    ///< ENOSPC, EDQUOT, or less free space than the reserve
    Io,          ///< any other failure of the file layer
    Corrupt,     ///< stored bytes that contradict themselves
    Busy,        ///< someone else holds it
    Unavailable, ///< may work later: network, server not there
    Refused,     ///< the other side said no and will say no again
    Cancelled,
    Internal,
};

struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
};

/// Wraps an Error so that `return fail(...)` converts to any Result<T>.
struct Failure {
    Error error;
};

[[nodiscard]] inline Failure fail(ErrorCode code, std::string message) { return {{code, std::move(message)}}; }
[[nodiscard]] inline Failure fail(Error error) { return {std::move(error)}; }

template <class T> class [[nodiscard]] Result {
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Failure failure) : m_state(std::in_place_index<1>, std::move(failure.error)) {}

    [[nodiscard]] bool has_value() const { return m_state.index() == 0; }
    explicit operator bool() const { return has_value(); }
    T& value() & { return get(); }
    const T& value() const& { return get(); }
    T&& value() && { return std::move(get()); }
    T& operator*() & { return get(); }
    const T& operator*() const& { return get(); }
    T&& operator*() && { return std::move(get()); }
    T* operator->() { return &get(); }
    const T* operator->() const { return &get(); }
    [[nodiscard]] const Error& error() const {
        assert(!has_value());
        return std::get<1>(m_state);
    }
    template <class U> T value_or(U&& other) const { return has_value() ? std::get<0>(m_state) : T(std::forward<U>(other)); }

private:
    T& get() {
        assert(has_value());
        return std::get<0>(m_state);
    }
    const T& get() const {
        assert(has_value());
        return std::get<0>(m_state);
    }
    std::variant<T, Error> m_state;
};

template <> class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Failure failure) : m_error(std::move(failure.error)) {}
    [[nodiscard]] bool has_value() const { return !m_error; }
    explicit operator bool() const { return has_value(); }
    [[nodiscard]] const Error& error() const {
        assert(m_error);
        return *m_error;
    }

private:
    std::optional<Error> m_error;
};

using Status = Result<void>;

} // namespace sg

/// Evaluates an expression of type Result<...>; on failure returns it from the enclosing function.
#define SG_TRY(expression)                                                                                             \
    do {                                                                                                               \
        auto sgTryResult = (expression);                                                                               \
        if (!sgTryResult) return ::sg::fail(sgTryResult.error());                                                      \
    } while (false)

/// `SG_TRY_ASSIGN(auto x, f())`: x is the value, or the enclosing function returns the failure.
#define SG_TRY_CONCAT2(a, b) a##b
#define SG_TRY_CONCAT(a, b) SG_TRY_CONCAT2(a, b)
#define SG_TRY_ASSIGN(declaration, expression) SG_TRY_ASSIGN_AS(SG_TRY_CONCAT(sgResult, __LINE__), declaration, expression)
#define SG_TRY_ASSIGN_AS(name, declaration, expression)                                                                \
    auto name = (expression);                                                                                          \
    if (!name) return ::sg::fail(name.error());                                                                        \
    declaration = std::move(*name)
