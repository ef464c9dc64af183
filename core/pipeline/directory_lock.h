#pragma once
/// The right to change a data directory: one process, one holder at a time.
///
/// *Owns:* a flock, given back by the destructor or by the system when the process dies. *Errors:* Busy names the process that has it.
#include "core/base/result.h"
#include "core/chunks/data_directory.h"

namespace sg {

class DirectoryLock {
public:
    [[nodiscard]] static Result<DirectoryLock> take(const DataDirectory& data);
    DirectoryLock() = default;
    DirectoryLock(DirectoryLock&& other) noexcept : m_file(other.m_file) { other.m_file = -1; }
    DirectoryLock& operator=(DirectoryLock&& other) noexcept;
    ~DirectoryLock();

private:
    int m_file = -1;
};

} // namespace sg
