#include "core/pipeline/pool_executor.h"

#include <QSemaphore>

#include <algorithm>

namespace sg {

PoolExecutor::PoolExecutor(std::size_t width) : m_width(std::max<std::size_t>(width, 1)) {
    m_pool.setMaxThreadCount(static_cast<int>(m_width));
    m_pool.setObjectName(QStringLiteral("slices"));
}

void PoolExecutor::run(std::size_t count, const std::function<void(std::size_t)>& slice) {
    if (count == 0) return;
    QSemaphore ended;
    for (std::size_t i = 1; i < count; ++i)
        m_pool.start([&slice, &ended, i] {
            slice(i);
            ended.release();
        });
    slice(0);
    ended.acquire(static_cast<int>(count - 1));
}

} // namespace sg
