#include "core/base/file_system.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace sg {
namespace {

Failure systemFailure(std::string_view what, const std::string& path, int error) {
    ErrorCode code = ErrorCode::Io;
    switch (error) {
    case ENOSPC:
    case EDQUOT: code = ErrorCode::DiskFull; break;
    case ENOENT:
    case ENOTDIR: code = ErrorCode::NotFound; break;
    case EACCES:
    case EPERM:
    case EROFS: code = ErrorCode::PermissionDenied; break;
    case EEXIST: code = ErrorCode::AlreadyExists; break;
    default: break;
    }
    return fail(code, "cannot " + std::string(what) + " " + path + ": " + std::strerror(error));
}

FileInfo toInfo(const struct stat& s) {
    return {s.st_dev, s.st_ino, static_cast<std::uint64_t>(s.st_size), s.st_mtim.tv_sec * 1'000'000'000LL + s.st_mtim.tv_nsec,
            S_ISDIR(s.st_mode)};
}

class PosixFile final : public File {
public:
    PosixFile(int fd, std::string path) : m_fd(fd), m_path(std::move(path)) {}
    PosixFile(const PosixFile&) = delete;
    PosixFile& operator=(const PosixFile&) = delete;
    ~PosixFile() override { ::close(m_fd); }

    Result<std::size_t> readAt(std::uint64_t offset, std::span<char> into) override {
        std::size_t done = 0;
        while (done < into.size()) {
            const ssize_t n = ::pread(m_fd, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return systemFailure("read", m_path, errno);
            if (n == 0) break;
            done += static_cast<std::size_t>(n);
        }
        return done;
    }
    Status append(std::string_view bytes) override {
        while (!bytes.empty()) {
            const ssize_t n = ::write(m_fd, bytes.data(), bytes.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) return systemFailure("write to", m_path, errno);
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
        return {};
    }
    Status sync() override {
        if (::fdatasync(m_fd) != 0) return systemFailure("sync", m_path, errno);
        return {};
    }
    Status truncate(std::uint64_t size) override {
        if (::ftruncate(m_fd, static_cast<off_t>(size)) != 0) return systemFailure("truncate", m_path, errno);
        return {};
    }
    Result<FileInfo> info() override {
        struct stat s = {};
        if (::fstat(m_fd, &s) != 0) return systemFailure("stat", m_path, errno);
        return toInfo(s);
    }

private:
    int m_fd;
    std::string m_path;
};

Result<std::unique_ptr<File>> openFile(const std::string& path, int flags, std::string_view what) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (fd < 0) return systemFailure(what, path, errno);
    return std::unique_ptr<File>(std::make_unique<PosixFile>(fd, path));
}

} // namespace

Result<std::string> FileSystem::readWhole(const std::string& path, std::uint64_t limit) {
    SG_TRY_ASSIGN(auto file, openRead(path));
    SG_TRY_ASSIGN(const FileInfo info, file->info());
    if (info.isDirectory) return fail(ErrorCode::InvalidArgument, path + " is a folder, not a file");
    if (info.size > limit)
        return fail(ErrorCode::InvalidArgument, path + " has " + std::to_string(info.size) + " bytes, more than the limit of " + std::to_string(limit));
    std::string content(info.size, '\0');
    SG_TRY_ASSIGN(const std::size_t n, file->readAt(0, content));
    content.resize(n);
    return content;
}

Status FileSystem::replaceDurably(const std::string& path, std::string_view content) {
    const std::string temporary = path + ".tmp";
    if (stat(temporary)) SG_TRY(remove(temporary));
    SG_TRY_ASSIGN(auto file, createNew(temporary));
    SG_TRY(file->append(content));
    SG_TRY(file->sync());
    SG_TRY(rename(temporary, path));
    return syncDirectory(parentDirectory(path));
}

Status FileSystem::makeDirectoriesDurably(const std::string& path) {
    std::string folder = path;
    while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
    std::vector<std::string> naming; // folders that get a new name, deepest first
    do naming.push_back(parentDirectory(folder));
    while (!stat(folder = naming.back()) && folder != "/" && folder != ".");
    SG_TRY(makeDirectories(path));
    for (const std::string& each : naming)
        // Who may only pass through a folder cannot sync it; then it was there before, and its owner is to care.
        if (const Status synced = syncDirectory(each); !synced && synced.error().code != ErrorCode::PermissionDenied) return synced;
    return {};
}

Result<std::unique_ptr<File>> PosixFileSystem::openRead(const std::string& path) { return openFile(path, O_RDONLY, "open"); }
Result<std::unique_ptr<File>> PosixFileSystem::openAppend(const std::string& path) {
    return openFile(path, O_RDWR | O_CREAT | O_APPEND, "open");
}
Result<std::unique_ptr<File>> PosixFileSystem::createNew(const std::string& path) {
    return openFile(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND, "create");
}

Status PosixFileSystem::rename(const std::string& from, const std::string& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return systemFailure("rename " + from + " to", to, errno);
    return {};
}

Status PosixFileSystem::remove(const std::string& path) {
    if (::unlink(path.c_str()) != 0) return systemFailure("remove", path, errno);
    return {};
}

Status PosixFileSystem::makeDirectories(const std::string& path) {
    for (std::size_t at = 1; at <= path.size(); ++at) {
        if (at != path.size() && path[at] != '/') continue;
        const std::string part = path.substr(0, at);
        if (::mkdir(part.c_str(), 0700) == 0 || errno == EEXIST) continue;
        const int error = errno;
        struct stat s = {};
        if (::stat(part.c_str(), &s) == 0 && S_ISDIR(s.st_mode)) continue;
        return systemFailure("create folder", part, error);
    }
    struct stat s = {};
    if (::stat(path.c_str(), &s) != 0) return systemFailure("open folder", path, errno);
    if (!S_ISDIR(s.st_mode)) return systemFailure("create folder", path, EEXIST);
    return {};
}

Status PosixFileSystem::syncDirectory(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return systemFailure("open folder", path, errno);
    const int outcome = ::fsync(fd);
    const int error = errno;
    ::close(fd);
    if (outcome != 0) return systemFailure("sync folder", path, error);
    return {};
}

Result<std::vector<std::string>> PosixFileSystem::list(const std::string& path) {
    DIR* dir = ::opendir(path.c_str());
    if (dir == nullptr) return systemFailure("open folder", path, errno);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(dir)) {
        const std::string_view name(entry->d_name);
        if (name != "." && name != "..") names.emplace_back(name);
        errno = 0;
    }
    const int error = errno;
    ::closedir(dir);
    if (error != 0) return systemFailure("list folder", path, error);
    std::sort(names.begin(), names.end());
    return names;
}

Result<FileInfo> PosixFileSystem::stat(const std::string& path) {
    struct stat s = {};
    if (::stat(path.c_str(), &s) != 0) return systemFailure("stat", path, errno);
    return toInfo(s);
}

Result<std::uint64_t> PosixFileSystem::freeBytes(const std::string& path) {
    struct statvfs s = {};
    if (::statvfs(path.c_str(), &s) != 0) return systemFailure("ask for free space of", path, errno);
    return static_cast<std::uint64_t>(s.f_bavail) * s.f_frsize;
}

std::string parentDirectory(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

std::string joinPath(std::string_view directory, std::string_view name) {
    std::string path(directory);
    if (!path.empty() && path.back() != '/') path += '/';
    return path.append(name);
}

} // namespace sg
