#pragma once
/// A one-slot mailbox: the writer replaces what is in it, readers take the newest; nothing queues up.
///
/// *Thread:* synchronizes itself; any number of writers and readers. *Cost:* one short lock, a pointer copied.
#include <memory>
#include <mutex>

namespace sg {

template <class T> class Latest {
public:
    void publish(std::shared_ptr<const T> value) {
        const std::lock_guard lock(m_mutex);
        m_value = std::move(value);
    }
    void publish(T value) { publish(std::make_shared<const T>(std::move(value))); }
    /// The newest value, or null before the first.
    [[nodiscard]] std::shared_ptr<const T> get() const {
        const std::lock_guard lock(m_mutex);
        return m_value;
    }

private:
    mutable std::mutex m_mutex;
    std::shared_ptr<const T> m_value; // guarded by m_mutex
};

} // namespace sg
