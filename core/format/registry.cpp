/// The formats by name, one row each, in the order in which detection prefers them on a tie.
#include "core/format/formats.h"

#include <array>

namespace sg {
namespace {

struct Row {
    std::string_view name;
    std::shared_ptr<const Format> (*make)();
};

constexpr std::array kRows = {
    Row{"combined", makeCombined},
    Row{"nginx_combined", makeNginxCombined},
    Row{"vhost_combined", makeVhostCombined},
    Row{"common", makeCommon},
    Row{"json", makeJson},
    Row{"original", makeOriginal},
};

constexpr auto kNames = [] {
    std::array<std::string_view, kRows.size()> names;
    for (std::size_t i = 0; i < kRows.size(); ++i) names[i] = kRows[i].name;
    return names;
}();

} // namespace

std::span<const std::string_view> formatNames() { return kNames; }

Result<std::shared_ptr<const Format>> findFormat(std::string_view name) {
    for (const Row& row : kRows)
        if (row.name == name) return row.make();
    std::string known;
    for (const std::string_view each : kNames) {
        if (!known.empty()) known += ", ";
        known += each;
    }
    return fail(ErrorCode::InvalidArgument, "unknown format '" + std::string(name) + "': known are " + known);
}

} // namespace sg
