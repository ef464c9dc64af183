#pragma once
/// The unpacked bytes of a `.gz` file, in order; a file that is still being written gives what is there and goes on later.
///
/// *Thread:* one. *Errors:* Corrupt when it is no gzip file or its bytes contradict themselves.
#include "core/base/file_system.h"

#include <memory>
#include <span>
#include <string>

namespace sg {

class GzipReader {
public:
    /// REQUIRES: `file` outlives the reader.
    GzipReader(File& file, std::string path);
    ~GzipReader();
    /// The next bytes; 0 = no more at the moment.
    [[nodiscard]] Result<std::size_t> read(std::span<char> into);
    /// Packed bytes that have been unpacked.
    [[nodiscard]] std::uint64_t consumed() const;
    /// The last member has ended, and the file with it.
    [[nodiscard]] bool complete() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// By its name; logs are not opened to look for a magic number.
[[nodiscard]] inline bool isGzipPath(std::string_view path) { return path.ends_with(".gz"); }

} // namespace sg
