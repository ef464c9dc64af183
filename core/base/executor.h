#pragma once
/// Runs the slices of a batch, on one thread or on many.
///
/// *Thread:* `run` is called by the batch thread and returns when every slice has ended.
#include <cstddef>
#include <functional>

namespace sg {

class Executor {
public:
    virtual ~Executor() = default;
    /// How many slices can run at once; at least 1.
    [[nodiscard]] virtual std::size_t width() const = 0;
    /// Calls `slice(0) ... slice(count - 1)`, in any order and possibly at the same time; the calling thread takes part.
    virtual void run(std::size_t count, const std::function<void(std::size_t)>& slice) = 0;
};

/// All slices in order on the calling thread: for tests and for one core.
class InlineExecutor final : public Executor {
public:
    [[nodiscard]] std::size_t width() const override { return 1; }
    void run(std::size_t count, const std::function<void(std::size_t)>& slice) override {
        for (std::size_t i = 0; i < count; ++i) slice(i);
    }
};

} // namespace sg
