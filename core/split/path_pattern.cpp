#include "core/split/path_pattern.h"

#include <fnmatch.h>

namespace sg {
namespace {

void expand(FileSystem& files, const std::string& base, std::string_view rest, std::vector<std::string>& out) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string part(rest.substr(0, slash));
    const std::string_view after = slash == rest.size() ? std::string_view() : rest.substr(slash + 1);
    const auto descend = [&](const std::string& name) {
        const std::string path = base.empty() ? name : joinPath(base, name);
        if (!after.empty()) expand(files, path, after, out);
        else if (files.stat(path)) out.push_back(path);
    };
    if (part.empty()) return after.empty() ? void() : expand(files, base, after, out);
    if (!hasWildcard(part)) return descend(part);
    const auto names = files.list(base.empty() ? "." : base);
    if (!names) return;
    for (const std::string& name : *names)
        if (::fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0) descend(name);
}

} // namespace

bool hasWildcard(const std::string& pattern) { return pattern.find_first_of("*?[") != std::string::npos; }

std::vector<std::string> expandPattern(FileSystem& files, const std::string& pattern) {
    if (files.stat(pattern)) return {pattern};
    std::vector<std::string> out;
    if (hasWildcard(pattern)) expand(files, pattern.starts_with('/') ? "/" : "", pattern, out);
    return out;
}

} // namespace sg
