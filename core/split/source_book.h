#pragma once
/// Everything that is known of the sources of a data directory: what they are, by which fingerprint, and how far they are in chunks.
///
/// A line of the `sources` file may be followed by another one of the same id: the last one holds. That lengthens the fingerprint of a log
/// that was short when it was first seen: what is durable always covers min(1024, position) bytes, so that it names the bytes that were
/// split, and nothing else. *Thread:* the splitter's.
#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/chunks/data_directory.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

inline constexpr std::size_t kFingerprintBytes = 1024;

struct KnownSource {
    SourceInfo info;            ///< the fingerprint may be longer than the durable one
    std::uint64_t position = 0; ///< end of its last chunk (or where it begins)
    bool durable = false;       ///< the sources file knows it
    std::uint32_t durableLength = 0;
    std::string head; ///< its first bytes, at most kFingerprintBytes; only once seen in this run
    [[nodiscard]] std::uint64_t begin() const { return info.begin.value; }
};

class SourceBook {
public:
    [[nodiscard]] static Result<SourceBook> load(FileSystem& files, const DataDirectory& data);

    /// With the next id; not durable yet.
    KnownSource& add(SourceInfo info);
    [[nodiscard]] KnownSource* find(SourceId id);
    /// A chunk or a released position reaches this far.
    void reached(SourceId id, std::uint64_t end);
    /// Newest followed source of this inode.
    [[nodiscard]] KnownSource* byInode(std::uint64_t device, std::uint64_t inode);
    /// Newest followed source first seen at this path.
    [[nodiscard]] KnownSource* byPath(const std::string& path);
    /// Followed source whose fingerprint these first bytes of a file bear; the longest fingerprint wins, then the newest source.
    [[nodiscard]] KnownSource* byHead(std::string_view head);
    /// Followed source, seen in this run under another path, of whose beginning these bytes are a part.
    [[nodiscard]] KnownSource* byPartOfHead(std::string_view head, const std::string& path);
    /// The source of retried dead letters of this name that came from this path.
    [[nodiscard]] KnownSource* byRetry(const std::string& name, const std::string& path);
    [[nodiscard]] KnownSource* byContent(std::uint64_t size, const std::string& hash);
    /// True also for the beginning of a file that is shorter than the fingerprint, as far as it is known.
    [[nodiscard]] static bool bearsFingerprint(const KnownSource& source, std::string_view head);
    /// Sets the fingerprint to that of these bytes.
    static void setFingerprint(SourceInfo& info, std::string_view head);

    /// These are its first bytes, as far as they are known now.
    void learnHead(KnownSource& source, std::string_view head);
    /// Makes them durable, with one sync. *Errors:* those of the disk; nothing changes then.
    [[nodiscard]] Status makeDurable(const std::vector<KnownSource*>& sources);
    /// Before a chunk that ends here: durable, with the fingerprint of min(1024, end) bytes.
    [[nodiscard]] Status cover(KnownSource& source, std::uint64_t end);
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(m_sources.size()); }

private:
    SourceBook(FileSystem& files, DataDirectory data) : m_files(&files), m_data(std::move(data)) {}
    void index(const KnownSource& source);

    FileSystem* m_files;
    DataDirectory m_data;
    std::map<std::uint64_t, KnownSource> m_sources;
    std::uint64_t m_lastId = 0;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> m_byInode;
    std::map<std::string, std::uint64_t> m_byPath;
    std::map<std::uint32_t, std::map<std::string, std::uint64_t>> m_byFingerprint; // length, digest
    std::map<std::pair<std::uint64_t, std::string>, std::uint64_t> m_byContent;
    std::map<std::pair<std::string, std::string>, std::uint64_t> m_byRetry; // name, path
};

} // namespace sg
