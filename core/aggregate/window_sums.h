#pragma once
/// Sums over a window of event time, made of second and minute rows: one step of a time chart, and the whole window.
///
/// All of it is additive: a row that comes later (a batch that was just committed) is added to what is there, in any order.
/// *Thread:* one owner at a time. *Cost:* a minute into a window: some 250 keys and at most 16 KiB of registers; a window holds about 1
/// MiB.
#include "core/aggregate/rows.h"
#include "core/contract/window.h"

#include <array>
#include <cstdint>
#include <vector>

namespace sg {

/// One step of the time charts while it is added up.
class StepSum {
public:
    void add(const SecondRow& row);
    /// Leaves out the minute's top lists.
    void add(const MinuteRow& row);
    void merge(const StepSum& other);
    /// *visitors* are known when minutes were added.
    [[nodiscard]] WindowPoint point(std::int64_t second) const;

private:
    std::array<std::uint64_t, 6> m_byClass{};
    std::uint64_t m_noStatus = 0;
    std::uint64_t m_bytes = 0;
    bool m_minutes = false;
    HyperLogLog m_visitors;
    Histogram m_durations{512};
};

/// Whole minutes added up, with wider top lists than a single minute has.
class MinuteSum {
public:
    MinuteSum();
    void add(const MinuteRow& row) { m_row.merge(row); }
    [[nodiscard]] WindowSums sums() const;
    [[nodiscard]] TopList urls(RankBy rank, std::size_t count) const;
    [[nodiscard]] TopList hosts(std::size_t count) const { return m_row.hosts.top(TopMap::Rank::Count, count); }
    [[nodiscard]] TopList agents(std::size_t count) const { return m_row.agents.top(TopMap::Rank::Count, count); }
    [[nodiscard]] TopList referrers(std::size_t count) const { return m_row.referrers.top(TopMap::Rank::Count, count); }
    [[nodiscard]] TopList methods(std::size_t count) const { return m_row.methods.top(TopMap::Rank::Count, count); }
    [[nodiscard]] TopList keys(std::size_t count) const { return m_row.keys.top(TopMap::Rank::Count, count); }
    [[nodiscard]] TopList countries(std::size_t count) const { return m_row.countries.top(TopMap::Rank::Count, count); }
    [[nodiscard]] TopList networks(std::size_t count) const { return m_row.networks.top(TopMap::Rank::Count, count); }
    [[nodiscard]] TopList systems(std::size_t count) const { return m_row.systems.top(TopMap::Rank::Count, count); }

private:
    MinuteRow m_row;
};

/// What seconds alone can say of a window: exact to the second.
struct SecondSum {
    std::array<std::uint64_t, 6> byClass{};
    std::uint64_t noStatus = 0;
    std::uint64_t bytes = 0;
    void add(const SecondSum& other);
    /// Puts these in the place of the ones from whole minutes.
    void replaceIn(WindowSums& sums) const;
};

inline constexpr std::size_t kMaxWindowPoints = 300;

/// The shortest step, in seconds and at least `least`, with which `span` seconds give at most 300 points. Each step of a minute or more
/// is a whole multiple of the one before it, so that steps can be put together.
[[nodiscard]] std::int64_t windowStep(std::int64_t span, std::int64_t least);

/// The greatest multiple of `step` that is not greater than `value`, which may be negative.
[[nodiscard]] constexpr std::int64_t floorTo(std::int64_t value, std::int64_t step) {
    const std::int64_t rest = value % step;
    return value - (rest < 0 ? rest + step : rest);
}
[[nodiscard]] constexpr std::int64_t ceilTo(std::int64_t value, std::int64_t step) { return floorTo(value + step - 1, step); }

} // namespace sg
