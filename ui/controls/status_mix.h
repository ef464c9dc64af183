#pragma once
/// The shares of the status classes and of the codes in them. The classes always sum to 100 %; locked ones stand still. Pure.
#include "core/contract/tuning.h"

#include <array>
#include <map>
#include <vector>

namespace sg {

class StatusMix {
public:
    /// 2xx, 3xx, 4xx, 5xx, and what is none of them.
    static constexpr std::size_t kClasses = 5;
    static constexpr std::size_t kOther = 4;

    StatusMix(); ///< about what the model makes by itself
    /// Relative weights, whatever their sum. Codes of classes that fall to nothing are remembered, so that a class comes back as it was.
    void read(const std::vector<Weight>& statuses);
    /// In percent, ascending by code, without zeros.
    [[nodiscard]] std::vector<Weight> weights() const;

    [[nodiscard]] double percent(std::size_t statusClass) const { return m_classes[statusClass]; }
    /// The others give way in proportion, equally where they have nothing; what the locked ones hold is out of reach.
    void setPercent(std::size_t statusClass, double percent);
    [[nodiscard]] bool isLocked(std::size_t statusClass) const { return m_locked[statusClass]; }
    void setLocked(std::size_t statusClass, bool locked) { m_locked[statusClass] = locked; }
    /// The most that `setPercent` can reach.
    [[nodiscard]] double most(std::size_t statusClass) const;

    [[nodiscard]] double codePercent(int code) const;
    /// Of all responses; its class grows or shrinks with it unless it is locked, then the class's other codes give way.
    void setCode(int code, double percent);
    void removeCode(int code) { setCode(code, 0); }

private:
    std::array<double, kClasses> m_classes{};
    std::array<bool, kClasses> m_locked{};
    std::array<std::map<int, double>, kClasses> m_within; ///< code -> share of its class
};

[[nodiscard]] std::size_t statusClassOf(int code);

} // namespace sg
