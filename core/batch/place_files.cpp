#include "core/batch/place_files.h"

#include <algorithm>
#include <utility>

namespace sg {
namespace {

constexpr Milliseconds kLookEvery{1000};
constexpr std::uint64_t kMostBytes = 1ULL << 30U;

std::vector<std::string> pathsOf(std::string_view text) {
    std::vector<std::string> paths;
    while (!text.empty()) {
        const auto colon = std::min(text.find(':'), text.size());
        if (colon > 0) paths.emplace_back(text.substr(0, colon));
        text.remove_prefix(std::min(colon + 1, text.size()));
    }
    return paths;
}

} // namespace

Result<std::shared_ptr<const Places>> readPlaces(FileSystem& files, const std::vector<std::string>& paths) {
    std::vector<PlaceFile> read;
    for (const std::string& path : paths) {
        SG_TRY_ASSIGN(std::string bytes, files.readWhole(path, kMostBytes));
        read.push_back({path, std::move(bytes)});
    }
    return Places::read(read);
}

void PlaceFiles::use(std::shared_ptr<const Places> places) {
    const std::lock_guard lock(m_mutex);
    m_previous = std::exchange(m_current, std::move(places));
}

void PlaceFiles::refresh(const std::string& paths, SteadyTime now) {
    if (paths.empty() && m_paths.empty()) return;
    if (m_looked && paths == m_paths && now - m_lookedAt < kLookEvery) return;
    m_looked = true;
    m_lookedAt = now;
    m_paths = paths;
    const std::vector<std::string> each = pathsOf(paths);
    std::vector<Look> looks;
    for (const std::string& path : each) {
        const auto info = m_files.stat(path);
        looks.push_back(info ? Look{path, info->device, info->inode, info->size, info->modifiedNs} : Look{path});
    }
    if (looks == m_looks) return;
    m_looks = std::move(looks);
    m_problem.clear();
    if (each.empty()) return use(nullptr);
    auto places = readPlaces(m_files, each);
    if (places) {
        const auto before = current();
        if (!before || before->name() != (*places)->name()) use(std::move(*places));
    } else {
        m_problem = places.error().message;
    }
}

std::shared_ptr<const Places> PlaceFiles::current() const {
    const std::lock_guard lock(m_mutex);
    return m_current;
}

std::shared_ptr<const Places> PlaceFiles::named(const std::string& name) const {
    if (name.empty()) return nullptr;
    const std::lock_guard lock(m_mutex);
    return m_previous && m_previous->name() == name ? m_previous : m_current;
}

} // namespace sg
