#pragma once
/// Finds the header lines (record/header.h) in a range of a file, as a parser does that reads all its lines.
///
/// *Thread:* any. *Cost:* one pass with memchr, a block of 256 KiB.
#include "core/base/file_system.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace sg {

struct HeaderRange {
    std::uint64_t begin = 0, end = 0; ///< bytes of the file
    bool beginsSource = false;        ///< a byte order mark may stand first
    bool insideLine = false;          ///< what comes before the first newline is no line
};

/// Takes the header lines of the range, a torn last one too, into `header`, and puts the byte behind the last of them into `behindLast`,
/// which stays as it is where there is none. *Errors:* of reading; a file that ends earlier is none.
[[nodiscard]] Status foldHeader(File& file, const HeaderRange& range, std::string& header, std::uint64_t* behindLast = nullptr);

/// Whether a `#Fields:` line is among these lines.
[[nodiscard]] bool hasFieldsLine(std::string_view lines);

} // namespace sg
