#pragma once
/// The one door to the disk. The tests put an in-memory twin behind it that loses what was not synced, or fails on call N.
///
/// *Thread:* a FileSystem synchronizes itself; a File belongs to one thread at a time.
/// *Errors:* every message names the path and the system's reason; ENOSPC and EDQUOT become ErrorCode::DiskFull,
/// ENOENT NotFound, EACCES/EPERM PermissionDenied, EEXIST AlreadyExists.
#include "core/base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

/// What `stat` and `fstat` say of a file.
struct FileInfo {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size = 0; ///< bytes
    std::int64_t modifiedNs = 0;
    bool isDirectory = false;
};

/// An open file. Closed by the destructor; what was not synced may be lost with the power.
class File {
public:
    virtual ~File() = default;
    /// Reads up to `into.size()` bytes at `offset`; fewer only at the end of the file (0 = at the end).
    [[nodiscard]] virtual Result<std::size_t> readAt(std::uint64_t offset, std::span<char> into) = 0;
    /// Appends all bytes, or fails; after a failure part of them may have been written (see `info().size`).
    [[nodiscard]] virtual Status append(std::string_view bytes) = 0;
    /// fdatasync: the bytes and the size are durable when this returns.
    [[nodiscard]] virtual Status sync() = 0;
    [[nodiscard]] virtual Status truncate(std::uint64_t size) = 0;
    [[nodiscard]] virtual Result<FileInfo> info() = 0;
};

class FileSystem {
public:
    virtual ~FileSystem() = default;
    [[nodiscard]] virtual Result<std::unique_ptr<File>> openRead(const std::string& path) = 0;
    /// Opens for reading and appending, created with mode 0600 if missing.
    [[nodiscard]] virtual Result<std::unique_ptr<File>> openAppend(const std::string& path) = 0;
    /// Creates a file (0600) that must not exist yet.
    [[nodiscard]] virtual Result<std::unique_ptr<File>> createNew(const std::string& path) = 0;
    /// Atomic; replaces `to`. Durable only after `syncDirectory` of the folder.
    [[nodiscard]] virtual Status rename(const std::string& from, const std::string& to) = 0;
    [[nodiscard]] virtual Status remove(const std::string& path) = 0;
    /// Creates the folder and its parents (0700); no error if it is there.
    [[nodiscard]] virtual Status makeDirectories(const std::string& path) = 0;
    /// Makes creations, renames and removals in this folder durable.
    [[nodiscard]] virtual Status syncDirectory(const std::string& path) = 0;
    /// Names (not paths) in the folder, without . and .., sorted bytewise.
    [[nodiscard]] virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
    [[nodiscard]] virtual Result<FileInfo> stat(const std::string& path) = 0;
    /// Bytes that an ordinary user may still write to the file system of `path`.
    [[nodiscard]] virtual Result<std::uint64_t> freeBytes(const std::string& path) = 0;

    /// The whole file; refuses files above `limit` bytes.
    [[nodiscard]] Result<std::string> readWhole(const std::string& path, std::uint64_t limit = 64U << 20U);
    /// Replaces `path` so that it holds either its old or its new content, durably: temporary file, sync, rename, sync of the folder.
    [[nodiscard]] Status replaceDurably(const std::string& path, std::string_view content);
    /// Creates the folder and its parents so that they outlive a power loss: the folder that names each new one is synced, and the one that
    /// names `path` in any case (a kill may have come between its creation and that sync).
    [[nodiscard]] Status makeDirectoriesDurably(const std::string& path);
};

/// The machine's own file system. Has no state.
class PosixFileSystem final : public FileSystem {
public:
    [[nodiscard]] Result<std::unique_ptr<File>> openRead(const std::string& path) override;
    [[nodiscard]] Result<std::unique_ptr<File>> openAppend(const std::string& path) override;
    [[nodiscard]] Result<std::unique_ptr<File>> createNew(const std::string& path) override;
    [[nodiscard]] Status rename(const std::string& from, const std::string& to) override;
    [[nodiscard]] Status remove(const std::string& path) override;
    [[nodiscard]] Status makeDirectories(const std::string& path) override;
    [[nodiscard]] Status syncDirectory(const std::string& path) override;
    [[nodiscard]] Result<std::vector<std::string>> list(const std::string& path) override;
    [[nodiscard]] Result<FileInfo> stat(const std::string& path) override;
    [[nodiscard]] Result<std::uint64_t> freeBytes(const std::string& path) override;
};

/// "a/b" of "a/b/c"; "." when there is no slash.
[[nodiscard]] std::string parentDirectory(const std::string& path);
[[nodiscard]] std::string joinPath(std::string_view directory, std::string_view name);

} // namespace sg
