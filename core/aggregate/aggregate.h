#pragma once
/// Mergeable sums over events: what a slice of a batch adds up privately, what a commit stores, what the screen shows.
///
/// Associative and commutative under `merge`: any split of the same events into slices gives the same exact parts
/// (counts, bytes, codes, histograms, HyperLogLog registers; top lists too while they are exact).
/// *Thread:* one owner at a time. *Cost:* keys exact up to 100,000 a dimension, then a bounded frequent-items sketch.
#include "core/base/clock.h"
#include "core/base/result.h"
#include "core/contract/snapshot.h"
#include "core/record/event.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

struct SecondRow;
struct MinuteRow;

/// What is counted by key, in the order in which it is stored: new ones at the end.
enum class Dimension : std::uint8_t { Url, Host, Agent, Referrer, Method, Address, Key, Country, Network, System };
/// How far behind the newest event the live state keeps its rows; what is older is in the store.
inline constexpr std::int64_t kLiveSeconds = 7'200;
inline constexpr std::size_t kDimensionCount = static_cast<std::size_t>(Dimension::System) + 1;

/// 0..4 = 1xx..5xx, 5 = other (no status, 000, 6xx and above).
[[nodiscard]] std::size_t statusClass(std::int32_t status);

class Aggregate {
public:
    Aggregate();
    ~Aggregate();
    Aggregate(Aggregate&&) noexcept;
    Aggregate& operator=(Aggregate&&) noexcept;

    /// Asks for the memory that `add` of this record will look at first; worth it when other work lies between.
    void expect(const Record& record) const;
    /// Adds one parsed line. `late`: its second is closed; it counts in its minute and in the totals only.
    void add(const Event& event, bool late);
    void merge(const Aggregate& other);
    void clear();

    [[nodiscard]] Totals totals() const;
    [[nodiscard]] TopList top(Dimension dimension, RankBy rank, std::size_t count) const;
    /// The newest `count` seconds that have data, ascending.
    [[nodiscard]] std::vector<SecondPoint> seconds(std::size_t count) const;
    [[nodiscard]] std::uint64_t late() const;
    /// The newest second that has a row: neither a late line nor one from the future makes it.
    [[nodiscard]] std::optional<std::int64_t> newestSecond() const;
    /// The rows of [from, to), ascending, as they are held.
    void eachSecond(std::int64_t from, std::int64_t to, const std::function<void(std::int64_t second, const SecondRow& row)>& visit) const;
    void eachMinute(std::int64_t from, std::int64_t to, const std::function<void(std::int64_t minute, const MinuteRow& row)>& visit) const;

    /// Compact bytes; equal aggregates give equal bytes. Those of earlier versions are read too. *Errors (read):* Corrupt, with what is wrong.
    [[nodiscard]] std::string serialize() const;
    [[nodiscard]] static Result<Aggregate> deserialize(std::string_view bytes);

    /// Minute rows, for the store: calls `visit(minute since the epoch, serialized row)` in ascending order. A row is mergeable with
    /// `mergeMinuteRows`.
    void visitMinutes(const std::function<void(std::int64_t minute, const std::string& row)>& visit) const;
    /// Same for second rows.
    void visitSeconds(const std::function<void(std::int64_t second, const std::string& row)>& visit) const;
    /// Puts a stored row back (merged into the one that is there); totals stay as they are. *Errors:* Corrupt.
    [[nodiscard]] Status restoreMinute(std::int64_t minute, std::string_view row);
    [[nodiscard]] Status restoreSecond(std::int64_t second, std::string_view row);
    /// Drops minute and second rows that were handed to the store and are older than `keepSeconds` behind the newest event.
    /// Totals and tops stay.
    void forgetRowsOlderThan(std::int64_t keepSeconds);
    /// Drops all minute and second rows (they are in the store now); totals and tops stay.
    void forgetRows();
    /// Approximate bytes held.
    [[nodiscard]] std::size_t memoryBytes() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

[[nodiscard]] Result<std::string> mergeMinuteRows(std::string_view a, std::string_view b);
[[nodiscard]] Result<std::string> mergeSecondRows(std::string_view a, std::string_view b);
/// Parsed lines counted in a row: the sum over all minute rows, expired ones included, is the ledger's `parsed`.
[[nodiscard]] Result<std::uint64_t> minuteRowLines(std::string_view row);

} // namespace sg
