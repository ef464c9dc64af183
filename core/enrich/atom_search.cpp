#include "core/enrich/atom_search.h"

#include <algorithm>

namespace sg {

AtomSearch::AtomSearch(const std::vector<std::string>& atoms) {
    for (const std::string& atom : atoms)
        for (const char c : atom) {
            auto& byteClass = m_classOf[static_cast<unsigned char>(c)];
            if (byteClass == 0) byteClass = static_cast<std::uint8_t>(m_classCount++);
        }
    for (int upper = 'A'; upper <= 'Z'; ++upper)
        m_classOf[static_cast<std::size_t>(upper)] = m_classOf[static_cast<std::size_t>(upper - 'A' + 'a')];

    const auto addState = [this] {
        m_next.resize(m_next.size() + m_classCount, 0);
        m_atom.push_back(kNone);
        return static_cast<std::uint32_t>(m_atom.size() - 1);
    };
    addState();
    for (std::size_t i = 0; i < atoms.size(); ++i) {
        std::uint32_t state = 0;
        for (const char c : atoms[i]) {
            const std::size_t slot = state * m_classCount + m_classOf[static_cast<unsigned char>(c)];
            if (m_next[slot] == 0) {
                const std::uint32_t added = addState();
                m_next[slot] = added;
            }
            state = m_next[slot];
        }
        m_atom[state] = static_cast<std::int32_t>(i);
    }

    // Breadth first: the failure state of a node is shallower, so its row is complete when the node's is filled.
    std::vector<std::uint32_t> failure(m_atom.size(), 0);
    std::vector<std::uint32_t> queue;
    m_shorter.assign(m_atom.size(), 0);
    for (std::size_t c = 1; c < m_classCount; ++c)
        if (m_next[c] != 0) queue.push_back(m_next[c]);
    for (std::size_t head = 0; head < queue.size(); ++head) {
        const std::uint32_t state = queue[head];
        const std::uint32_t back = failure[state];
        m_shorter[state] = m_atom[back] != kNone ? back : m_shorter[back];
        for (std::size_t c = 1; c < m_classCount; ++c) {
            std::uint32_t& next = m_next[state * m_classCount + c];
            const std::uint32_t other = m_next[back * m_classCount + c];
            if (next == 0) {
                next = other;
            } else {
                failure[next] = other;
                queue.push_back(next);
            }
        }
    }
}

void AtomSearch::find(std::string_view text, std::vector<int>& found) const {
    found.clear();
    std::uint32_t state = 0;
    for (const char c : text) {
        state = m_next[state * m_classCount + m_classOf[static_cast<unsigned char>(c)]];
        for (std::uint32_t end = m_atom[state] != kNone ? state : m_shorter[state]; end != 0; end = m_shorter[end])
            found.push_back(m_atom[end]);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
}

bool AtomSearch::any(std::string_view text) const {
    std::uint32_t state = 0;
    for (const char c : text) {
        state = m_next[state * m_classCount + m_classOf[static_cast<unsigned char>(c)]];
        if (m_atom[state] != kNone || m_shorter[state] != 0) return true;
    }
    return false;
}

} // namespace sg
