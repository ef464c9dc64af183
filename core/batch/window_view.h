#pragma once
/// Answers a ViewRequest: keeps the window's sums and steps up to date as batches are committed.
///
/// A batch's rows are added to what is there; only when a window's first minute moves (once a minute of a live window), or another
/// window is asked for, are its rows summed up again, from the live state and, where that does not reach, from the store.
/// *Thread:* the batch thread. *Errors:* of reading the store. *Cost:* see README.
#include "core/aggregate/aggregate.h"
#include "core/aggregate/window_sums.h"
#include "core/base/result.h"
#include "core/contract/window.h"
#include "core/store/store.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace sg {

class WindowView {
public:
    explicit WindowView(Store& store) : m_store(store) {}

    /// A batch was committed and is in the live state; before the next `update`.
    void committed(const Aggregate& delta);
    /// Brings the part up to date. `ended`: nothing more comes, so that the newest second is complete.
    [[nodiscard]] Status update(const ViewRequest& request, const Aggregate& live, bool ended);
    /// Null before the first update; another object whenever something may have changed.
    [[nodiscard]] const std::shared_ptr<const WindowPart>& part() const { return m_part; }

private:
    /// Seconds; `newest` has data, `known` is where the complete ones end.
    struct Bounds {
        std::int64_t from = 0, to = 0, newest = 0, known = 0;
        bool ended = false;
    };
    struct Step {
        StepSum sum;
        WindowPoint point;
        bool changed = true;
    };
    struct MinuteRange {
        std::int64_t from = 0, to = 0; ///< minutes
        std::unique_ptr<MinuteSum> sum;
    };
    using VisitMinute = std::function<void(std::int64_t, const MinuteRow&)>;

    [[nodiscard]] std::optional<Bounds> boundsOf(const ViewRequest& request, const Aggregate& live, bool ended) const;
    [[nodiscard]] Status eachMinute(const Aggregate& live, std::int64_t from, std::int64_t to, const VisitMinute& visit);
    [[nodiscard]] Status updateSteps(const Bounds& bounds, const Aggregate& live, bool anew);
    [[nodiscard]] Status updateRange(MinuteRange& range, std::int64_t from, std::int64_t to, const Aggregate& live, bool anew);
    template <class Row> void addToStep(std::int64_t second, const Row& row);
    void fillPoints(WindowPart& part, const Bounds& bounds);
    [[nodiscard]] Status fillSums(WindowPart& part, const Bounds& bounds, const Aggregate& live, bool anew);
    static void fillFromTotals(WindowPart& part, const Aggregate& live);

    Store& m_store;
    ViewRequest m_request;
    bool m_changed = true; // since the part was made
    bool m_ended = false;
    bool m_unfolded = false; // rows were read that may lack what no checkpoint had folded
    bool m_fold = false; // the store's rows are read for another window: what is not folded into them shall be
    std::shared_ptr<const WindowPart> m_part;
    std::int64_t m_first = 0;      // second of the oldest event
    std::int64_t m_liveSecond = 0; // from here on the live state has every second
    std::int64_t m_liveMinute = 0; // the same in minutes

    bool m_bySecond = true;
    std::int64_t m_step = 0;                   // 0 = nothing asked for yet
    std::int64_t m_rowsFrom = 0, m_rowsTo = 0; // what the steps hold: seconds or minutes
    std::map<std::int64_t, Step> m_steps;
    MinuteRange m_now, m_before;
};

} // namespace sg
