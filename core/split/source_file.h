#pragma once
/// The bytes of a source: a file as it is, or what a gzip file unpacks to. Positions count unpacked bytes.
///
/// *Thread:* one. *Errors:* of the file; Corrupt when a gzip stream is damaged (what came before is delivered).
#include "core/base/file_system.h"
#include "core/base/result.h"

#include <memory>
#include <string>

namespace sg {

class SourceFile {
public:
    [[nodiscard]] static Result<std::unique_ptr<SourceFile>> open(FileSystem& files, const std::string& path);
    virtual ~SourceFile() = default;
    /// Fewer bytes than asked for only at the (present) end. Positions may only grow between calls, but for the first 1,024 bytes.
    [[nodiscard]] virtual Result<std::size_t> readAt(std::uint64_t position, std::span<char> into) = 0;
    [[nodiscard]] virtual Result<FileInfo> info() = 0;
    /// True for gzip: its size says nothing of the end, and it never grows.
    [[nodiscard]] virtual bool packed() const = 0;
};

} // namespace sg
