#pragma once
/// A file system in memory that forgets, at a power loss, what was not synced; and that can stop, fail, fill up or refuse.
///
/// What survives: the content of a file as of its last `sync`, plus any prefix of what was done to it since; an entry of a folder as of the
/// folder's last sync, and each later creation, rename or removal on its own or not. A rename across folders survives in both or in
/// neither, as on every file system with a journal (ext4, XFS, btrfs): no name is lost, and a sync of either folder makes it durable. A
/// seed decides, so that a failure can be repeated. The number of a deleted inode is given to the next new file, as ext4 does. *Thread:*
/// synchronizes itself. Paths are absolute. The methods below "test's own hand" are not counted and are durable at once.
#include "core/base/file_system.h"
#include "tests/support/power.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sg::test {

/// Thrown by every call that would change something, from the one named by `dieAtCall` on.
struct PowerLost {};

class MemoryFileSystem final : public FileSystem {
public:
    MemoryFileSystem();
    ~MemoryFileSystem() override;

    [[nodiscard]] Result<std::unique_ptr<File>> openRead(const std::string& path) override;
    [[nodiscard]] Result<std::unique_ptr<File>> openAppend(const std::string& path) override;
    [[nodiscard]] Result<std::unique_ptr<File>> createNew(const std::string& path) override;
    [[nodiscard]] Status rename(const std::string& from, const std::string& to) override;
    [[nodiscard]] Status remove(const std::string& path) override;
    [[nodiscard]] Status makeDirectories(const std::string& path) override;
    [[nodiscard]] Status syncDirectory(const std::string& path) override;
    [[nodiscard]] Result<std::vector<std::string>> list(const std::string& path) override;
    [[nodiscard]] Result<FileInfo> stat(const std::string& path) override;
    [[nodiscard]] Result<std::uint64_t> freeBytes(const std::string& path) override;

    // Faults.

    /// Shares count and moment of the cut with other twins, which live as long; `powerLoss` then follows the cut for each of them.
    void plugInto(Power& power);
    /// The power goes and comes back: dies no more, forgets what was not synced. REQUIRES: files opened before are not used again.
    void powerLoss(std::uint64_t seed);
    /// Runs at the beginning of each `syncDirectory` but those it makes itself: what another thread does between a rename and its sync.
    void beforeSyncDirectory(std::function<void()> what);
    /// The n-th changing call from now (1 = the next) and all later ones throw PowerLost; 0 = never.
    void dieAtCall(std::uint64_t n);
    /// The n-th changing call from now fails once with this code and does nothing.
    void failAtCall(std::uint64_t n, ErrorCode code);
    /// Bytes that may still be written; the append that needs more writes what fits and fails. Removing gives room back. Unset = endless.
    void setFreeBytes(std::optional<std::uint64_t> bytes);
    /// Opening (or listing) this path is refused, or no longer.
    void deny(const std::string& path, bool denied = true);
    /// Changing calls so far: createNew, rename, remove, makeDirectories, append, truncate, the syncs, and openAppend that creates.
    [[nodiscard]] std::uint64_t changingCalls() const;
    /// Calls of `syncDirectory` and File::sync so far.
    [[nodiscard]] std::uint64_t syncCalls() const;

    // The test's own hand.

    /// Replaces the content, in the same inode if the file exists. Makes the folders.
    void put(const std::string& path, std::string_view content);
    /// Appends; `durable` false = the bytes are as safe as an append without a sync.
    void add(const std::string& path, std::string_view content, bool durable = true);
    void move(const std::string& from, const std::string& to);
    void erase(const std::string& path);
    [[nodiscard]] std::string content(const std::string& path) const;
    [[nodiscard]] bool exists(const std::string& path) const;

private:
    struct Inode;
    class OpenFile;
    struct Change;
    struct Crossing;
    using InodePtr = std::shared_ptr<Inode>;

    [[nodiscard]] InodePtr find(const std::string& path) const;
    [[nodiscard]] InodePtr makeInode(bool isDirectory);
    [[nodiscard]] InodePtr folderOf(const std::string& path) const;
    InodePtr makeFolders(const std::string& path, bool durable);
    [[nodiscard]] std::uint64_t takeNumber();
    /// Counts a changing call; throws PowerLost, or says which failure was asked for.
    [[nodiscard]] Status count(std::string_view what, const std::string& path);
    void giveBack(const InodePtr& inode);
    static void makeOtherHalfDurable(const Inode& synced, const Crossing& crossing);
    void settle(Inode& inode, std::mt19937_64& random);

    mutable std::mutex m_mutex; // guards everything below
    std::shared_ptr<std::set<std::uint64_t>> m_freeNumbers;
    std::uint64_t m_lastNumber = 0;
    std::int64_t m_now = 0; // of modification times
    InodePtr m_root;
    std::set<std::string> m_denied;
    std::optional<std::uint64_t> m_free;
    Power* m_power = nullptr;
    std::function<void()> m_beforeSyncDirectory;
    std::uint64_t m_calls = 0;
    std::uint64_t m_syncs = 0;
    std::uint64_t m_dieAt = 0;
    std::uint64_t m_failAt = 0;
    ErrorCode m_failure = ErrorCode::Io;
};

} // namespace sg::test
