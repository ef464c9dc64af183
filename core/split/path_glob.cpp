#include "core/split/path_glob.h"

#include <fnmatch.h>

namespace sg {
namespace {

void expand(FileSystem& files, const std::string& directory, const std::string& rest, std::vector<std::string>& out) {
    const auto slash = rest.find('/');
    const std::string part = rest.substr(0, slash);
    const bool isLast = slash == std::string::npos;
    const auto step = [&](const std::string& name) {
        const std::string path = directory.empty() ? name : joinPath(directory, name);
        const auto info = files.stat(path);
        if (!info) return;
        if (isLast && !info->isDirectory) out.push_back(path);
        if (!isLast && info->isDirectory) expand(files, path, rest.substr(slash + 1), out);
    };
    if (!isGlob(part)) {
        step(part);
        return;
    }
    const auto names = files.list(directory.empty() ? "." : directory);
    if (!names) return;
    for (const std::string& name : *names)
        if (::fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0) step(name);
}

} // namespace

bool isGlob(const std::string& pattern) { return pattern.find_first_of("*?[") != std::string::npos; }

std::vector<std::string> expandGlob(FileSystem& files, const std::string& pattern) {
    std::vector<std::string> out;
    if (pattern.starts_with('/'))
        expand(files, "/", pattern.substr(1), out);
    else
        expand(files, "", pattern, out);
    return out;
}

} // namespace sg
