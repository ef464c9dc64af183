#include "core/contract/problem.h"

#include <algorithm>

namespace sg {
namespace {
constexpr std::size_t kMaxRows = 200;
}

bool ProblemList::raise(const std::string& key, Severity severity, std::string sentence, std::string advice, Timestamp now) {
    auto at = std::find_if(m_rows.begin(), m_rows.end(), [&](const Problem& p) { return p.key == key; });
    const bool isNew = at == m_rows.end() || at->resolved;
    if (at == m_rows.end()) {
        if (m_rows.size() >= kMaxRows) {
            auto oldest = std::find_if(m_rows.begin(), m_rows.end(), [](const Problem& p) { return p.resolved; });
            m_rows.erase(oldest == m_rows.end() ? m_rows.begin() : oldest);
        }
        m_rows.push_back({key, severity, {}, {}, 0, now, now, false});
        at = std::prev(m_rows.end());
    }
    at->severity = severity;
    at->sentence = std::move(sentence);
    at->advice = std::move(advice);
    ++at->count;
    at->last = now;
    at->resolved = false;
    return isNew;
}

bool ProblemList::resolve(const std::string& key, Timestamp now) {
    const auto at = std::find_if(m_rows.begin(), m_rows.end(), [&](const Problem& p) { return p.key == key; });
    if (at == m_rows.end() || at->resolved) return false;
    at->resolved = true;
    at->last = now;
    return true;
}

bool ProblemList::isOpen(const std::string& key) const {
    return std::any_of(m_rows.begin(), m_rows.end(), [&](const Problem& p) { return p.key == key && !p.resolved; });
}

} // namespace sg
