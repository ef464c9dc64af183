#pragma once
/// Finds which of many short strings occur in a text, in one pass, whatever their number.
///
/// *Thread:* immutable after construction. *Cost:* one table look-up a byte. *Source:* Aho and Corasick, CACM 18 (1975).
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

class AtomSearch {
public:
    /// Atoms in lower case, not empty; texts are compared without regard to the case of A-Z.
    explicit AtomSearch(const std::vector<std::string>& atoms);
    /// Replaces `found` by the indexes of the atoms that occur, ascending.
    void find(std::string_view text, std::vector<int>& found) const;
    [[nodiscard]] bool any(std::string_view text) const;

private:
    static constexpr std::int32_t kNone = -1;

    std::array<std::uint8_t, 256> m_classOf{}; ///< of a byte; 0 = in no atom
    std::size_t m_classCount = 1;
    std::vector<std::uint32_t> m_next;    ///< state * classCount + class
    std::vector<std::int32_t> m_atom;     ///< that ends in the state, or kNone
    std::vector<std::uint32_t> m_shorter; ///< next state down the suffixes where an atom ends; 0 = none
};

} // namespace sg
