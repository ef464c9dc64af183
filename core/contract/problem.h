#pragma once
/// Something a person should know: one row per kind and object, with count, first, last and what to do. Never a dialog.
#include "core/base/clock.h"

#include <cstdint>
#include <string>
#include <vector>

namespace sg {

enum class Severity : std::uint8_t {
    Info,
    Warning, ///< surprising, nothing lost
    Error,   ///< data lost or a person is needed
};

struct Problem {
    std::string key; ///< stable: "<stage>.<kind>[:<object>]", e.g. "split.permission:/var/log/x.log"
    Severity severity = Severity::Warning;
    std::string sentence; ///< names the object and the cause
    std::string advice;   ///< what to do; may be empty
    std::uint64_t count = 0;
    Timestamp first;
    Timestamp last;
    bool resolved = false; ///< no longer true; kept so that it can be seen
};

/// The problems of one stage, in order of their first occurrence; at most 200 (the oldest resolved leave first).
/// *Thread:* belongs to its stage's thread; copies of `rows()` are published.
class ProblemList {
public:
    /// Counts an occurrence; a new key, or one that was resolved, returns true (log it then, and only then).
    bool raise(const std::string& key, Severity severity, std::string sentence, std::string advice, Timestamp now);
    /// Marks it resolved; true if it was open.
    bool resolve(const std::string& key, Timestamp now);
    [[nodiscard]] bool isOpen(const std::string& key) const;
    [[nodiscard]] const std::vector<Problem>& rows() const { return m_rows; }

private:
    std::vector<Problem> m_rows;
};

} // namespace sg
