#pragma once
/// Compresses a finished file a piece at a time, so that the lines do not wait for it.
#include "core/base/file_system.h"

#include <memory>
#include <string>
#include <vector>

namespace sg {

class GzipJob {
public:
    /// Writes to `to`, which is replaced if it is there.
    [[nodiscard]] static Result<std::unique_ptr<GzipJob>> start(FileSystem& files, const std::string& from, const std::string& to);
    ~GzipJob();
    GzipJob(const GzipJob&) = delete;
    GzipJob& operator=(const GzipJob&) = delete;
    /// Compresses up to 512 KiB; true when all is written and durable.
    [[nodiscard]] Result<bool> advance();

private:
    struct Stream;
    GzipJob(std::unique_ptr<File> in, std::unique_ptr<File> out);
    std::unique_ptr<File> m_in;
    std::unique_ptr<File> m_out;
    std::unique_ptr<Stream> m_stream;
    std::uint64_t m_offset = 0;
    std::vector<char> m_read;
    std::vector<char> m_packed;
};

} // namespace sg
