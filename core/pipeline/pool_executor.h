#pragma once
/// Runs the slices of a batch on a private pool: the calling thread and `width - 1` others.
///
/// *Owns:* its threads. *Thread:* `run` by one thread at a time.
#include "core/base/executor.h"

#include <QThreadPool>

namespace sg {

class PoolExecutor final : public Executor {
public:
    explicit PoolExecutor(std::size_t width);
    [[nodiscard]] std::size_t width() const override { return m_width; }
    void run(std::size_t count, const std::function<void(std::size_t)>& slice) override;

private:
    std::size_t m_width;
    QThreadPool m_pool;
};

} // namespace sg
