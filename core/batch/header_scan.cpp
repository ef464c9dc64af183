#include "core/batch/header_scan.h"

#include "core/batch/slice.h"
#include "core/record/header.h"

#include <algorithm>

namespace sg {
namespace {

constexpr std::size_t kBlock = 256U << 10U;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

} // namespace

Status foldHeader(File& file, const HeaderRange& range, std::string& header, std::uint64_t* behindLast) {
    std::string block(std::min<std::uint64_t>(kBlock, range.end - range.begin), '\0');
    std::string line;
    bool first = range.beginsSource;
    bool fresh = !range.insideLine; // the next byte begins a line
    bool kept = false;
    const auto take = [&](std::uint64_t behind) {
        std::string_view text = line;
        if (first && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
        if (line.size() >= kMaxLine || !(isFieldsLine(text) || isDateLine(text))) return; // a longer one is a dead letter
        takeHeaderLine(text, header);
        if (behindLast != nullptr) *behindLast = behind;
    };
    for (std::uint64_t at = range.begin; at < range.end;) {
        SG_TRY_ASSIGN(const std::size_t n, file.readAt(at, {block.data(), std::min<std::uint64_t>(block.size(), range.end - at)}));
        if (n == 0) break;
        at += n;
        for (std::string_view rest(block.data(), n); !rest.empty();) {
            const std::size_t newline = rest.find('\n');
            const std::string_view part = rest.substr(0, newline);
            if (fresh) {
                line.clear();
                kept = part.starts_with('#') || (first && part.starts_with(kByteOrderMark.front()));
            }
            if (kept) line += part.substr(0, kMaxLine - line.size());
            fresh = newline != std::string_view::npos;
            rest.remove_prefix(fresh ? newline + 1 : rest.size());
            if (!fresh) continue;
            if (kept) take(at - rest.size());
            kept = first = false;
        }
    }
    if (!fresh && kept) take(range.end);
    return {};
}

bool hasFieldsLine(std::string_view lines) {
    while (!lines.empty()) {
        if (isFieldsLine(lines.substr(lines.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0))) return true;
        const std::size_t newline = lines.find('\n');
        lines.remove_prefix(newline == std::string_view::npos ? lines.size() : newline + 1);
    }
    return false;
}

} // namespace sg
