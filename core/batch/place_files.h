#pragma once
/// The databases of places that the Tuning names, read again when one of the files changes, between batches.
///
/// A file that cannot be read, or is something else, changes nothing: the databases read before stay in use, and `problem` says why.
/// *Thread:* `refresh` and `problem` of one thread, the others of any.
#include "core/base/clock.h"
#include "core/base/file_system.h"
#include "core/enrich/places.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sg {

class PlaceFiles {
public:
    explicit PlaceFiles(FileSystem& files) : m_files(files) {}

    /// Looks at the files, at most once a second, and reads them where they changed; `paths` as in the Tuning.
    void refresh(const std::string& paths, SteadyTime now);
    /// Null: nobody is asked.
    [[nodiscard]] std::shared_ptr<const Places> current() const;
    /// Those that a plan names. Once they were replaced and are no longer in memory: the current ones, null for an empty name.
    [[nodiscard]] std::shared_ptr<const Places> named(const std::string& name) const;
    /// Why the files are not in use as they are, as a sentence; empty = they are.
    [[nodiscard]] const std::string& problem() const { return m_problem; }

private:
    struct Look {
        std::string path;
        std::uint64_t device = 0, inode = 0, size = 0;
        std::int64_t modifiedNs = 0; ///< 0: it was not there
        friend bool operator==(const Look&, const Look&) = default;
    };
    void use(std::shared_ptr<const Places> places);

    FileSystem& m_files;
    std::string m_paths;
    std::vector<Look> m_looks;
    SteadyTime m_lookedAt{};
    bool m_looked = false;
    std::string m_problem;
    mutable std::mutex m_mutex;
    std::shared_ptr<const Places> m_current, m_previous; // guarded by m_mutex; batches planned with the previous ones may still be delivered
};

/// Reads the files at once. *Errors:* of reading and of Places::read.
[[nodiscard]] Result<std::shared_ptr<const Places>> readPlaces(FileSystem& files, const std::vector<std::string>& paths);

} // namespace sg
