#pragma once
/// The log being written: buffered, rotated by size, and never short of a line.
///
/// A write that fails half-way (disk full) is repaired back to the last whole line; what was not written stays in the buffer. A rotated
/// file is deleted or compressed only when `mayDelete` says that everything in it has been read; until then it stays, whatever `keep` says.
/// *Thread:* one. *Errors:* DiskFull is meant to be tried again, everything else is final.
#include "core/base/file_system.h"
#include "core/contract/tuning.h"
#include "core/generate/gzip_job.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sg {

using MayDelete = std::function<bool(std::uint64_t device, std::uint64_t inode, std::uint64_t size)>;

struct RotationPolicy {
    std::uint64_t bytes = 0; ///< a file never grows beyond (but for one longer line); 0 = no rotation
    RotationKind kind = RotationKind::Rename;
    std::uint32_t keep = 3;
    bool gzip = false;
};

class LogFile {
public:
    /// Appends to `path`; a torn last line that a kill left there is ended first.
    [[nodiscard]] static Result<std::unique_ptr<LogFile>> open(FileSystem& files, std::string path, RotationPolicy policy,
                                                               MayDelete mayDelete);

    void setPolicy(const RotationPolicy& policy) { m_policy = policy; }
    /// Writes as much of `buffer` (whole lines) as possible and removes it from there. *Errors:* DiskFull = the rest is still in `buffer`;
    /// Busy = the file is full and may not be truncated before it has been read.
    [[nodiscard]] Status write(std::string& buffer);
    /// Deletes and compresses rotated files, a little at a time; follows the path when someone else moved the file away.
    [[nodiscard]] Status maintain();
    [[nodiscard]] bool compressing() const { return m_gzip != nullptr; }

    [[nodiscard]] std::uint64_t size() const { return m_size; }
    [[nodiscard]] std::uint64_t lines() const { return m_lines; } ///< accepted by write()
    [[nodiscard]] std::uint64_t bytes() const { return m_bytes; }
    [[nodiscard]] std::uint32_t rotations() const { return m_rotations; }

private:
    struct Rotated {
        std::uint64_t number = 0;
        bool gzipped = false;
    };
    LogFile(FileSystem& files, std::string path, RotationPolicy policy, MayDelete mayDelete)
        : m_files(files), m_path(std::move(path)), m_policy(policy), m_mayDelete(std::move(mayDelete)) {}
    [[nodiscard]] Status openCurrent();
    [[nodiscard]] Status append(std::string_view bytes, std::size_t& written);
    [[nodiscard]] Status rotate();
    [[nodiscard]] Status shift();
    [[nodiscard]] Status copyCurrent();
    [[nodiscard]] Result<std::vector<Rotated>> rotated() const;
    [[nodiscard]] std::string rotatedPath(std::uint64_t number, bool gzipped) const;
    [[nodiscard]] std::string temporaryPath(std::string_view what) const;
    [[nodiscard]] bool isRead(const FileInfo& info) const { return !m_mayDelete || m_mayDelete(info.device, info.inode, info.size); }

    FileSystem& m_files;
    const std::string m_path;
    RotationPolicy m_policy;
    MayDelete m_mayDelete;
    std::unique_ptr<File> m_file;
    FileInfo m_opened;
    std::unique_ptr<GzipJob> m_gzip;
    std::uint64_t m_gzipNumber = 0;
    bool m_tornTail = false;
    std::uint64_t m_size = 0;
    std::uint64_t m_lines = 0;
    std::uint64_t m_bytes = 0;
    std::uint32_t m_rotations = 0;
};

} // namespace sg
