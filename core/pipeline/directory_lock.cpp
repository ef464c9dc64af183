#include "core/pipeline/directory_lock.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace sg {

DirectoryLock::~DirectoryLock() {
    if (m_file >= 0) ::close(m_file);
}

DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept {
    std::swap(m_file, other.m_file);
    return *this;
}

Result<DirectoryLock> DirectoryLock::take(const DataDirectory& data) {
    DirectoryLock lock;
    const std::string path = data.lock();
    lock.m_file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock.m_file < 0) return fail(ErrorCode::PermissionDenied, "cannot open " + path + ": " + std::strerror(errno));
    if (::flock(lock.m_file, LOCK_EX | LOCK_NB) != 0) {
        char who[64] = {};
        static_cast<void>(::pread(lock.m_file, who, sizeof who - 1, 0));
        std::string holder(who);
        while (!holder.empty() && holder.back() == '\n') holder.pop_back();
        return fail(ErrorCode::Busy, data.root + " is in use by another Streamgauge" + (holder.empty() ? "" : " (process " + holder + ")") +
                                         "; stop it or choose another folder with --data");
    }
    const std::string pid = std::to_string(::getpid()) + '\n';
    if (::ftruncate(lock.m_file, 0) != 0 || ::pwrite(lock.m_file, pid.data(), pid.size(), 0) < 0) {
        // the lock itself holds; only its holder's number could not be written (full disk)
    }
    return lock;
}

} // namespace sg
