#pragma once
/// Decides WHICH request comes next; the schedule decides when.
#include "core/generate/line_writer.h"

#include <memory>

namespace sg {

class TrafficModel {
public:
    virtual ~TrafficModel() = default;
    /// The next request. Its views live until the next call.
    virtual void next(Access& access) = 0;
    /// What the servers feel: 1 = the usual rate. Times, sizes and failures grow with it.
    virtual void setLoad(double load) = 0;
    /// Takes over changed weights, shares and medians; visitors who are there stay. The seed holds for the model's life.
    virtual void adopt(const TrafficTuning& traffic, LogFormat format) = 0;
};

/// Visitors who walk through a shop, and robots beside them.
[[nodiscard]] std::unique_ptr<TrafficModel> makeVisitorModel(const TrafficTuning& traffic, LogFormat format);
/// Independent lines: 49 statuses, 8 sites, 7 paths and any address, all equally likely.
[[nodiscard]] std::unique_ptr<TrafficModel> makeUniformModel(const TrafficTuning& traffic, LogFormat format);

} // namespace sg
