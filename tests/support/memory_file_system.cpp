#include "tests/support/memory_file_system.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sg::test {

/// A change of a folder that was not synced: `from` empty = an entry appears, `to` empty = it goes, both = it is renamed.
/// A rename across folders is a change in each, and one to the disk: a journal writes both or neither.
struct MemoryFileSystem::Change {
    std::string from;
    std::string to;
    InodePtr inode;
    std::shared_ptr<Crossing> crossing; // of a rename across folders
};

struct MemoryFileSystem::Crossing {
    std::weak_ptr<Inode> source; // the folders
    std::weak_ptr<Inode> target;
    std::optional<bool> survives; // once a power loss has decided it
};

struct MemoryFileSystem::Inode {
    /// An append or a truncation that was not synced.
    struct Edit {
        bool isTruncation = false;
        std::uint64_t size = 0; // after a truncation
        std::string bytes;      // of an append
    };
    Inode(std::uint64_t n, bool directory, std::shared_ptr<std::set<std::uint64_t>> numbers)
        : number(n), isDirectory(directory), freeNumbers(std::move(numbers)) {}
    Inode(const Inode&) = delete;
    Inode& operator=(const Inode&) = delete;
    ~Inode() { freeNumbers->insert(number); }

    void apply(const Edit& edit, std::string& to) const {
        if (edit.isTruncation) to.resize(edit.size);
        else to += edit.bytes;
    }

    const std::uint64_t number;
    const bool isDirectory;
    std::shared_ptr<std::set<std::uint64_t>> freeNumbers;
    std::int64_t modified = 0;
    std::string content;
    std::string durable;
    std::vector<Edit> edits; // from `durable` to `content`
    std::map<std::string, InodePtr> entries;
    std::map<std::string, InodePtr> durableEntries;
    std::vector<Change> changes; // from `durableEntries` to `entries`
    void makeDurable(const Change& change) {
        if (!change.from.empty()) durableEntries.erase(change.from);
        if (change.to.empty()) return;
        // One file has one name: a creation and a later rename of it cannot both be what is left.
        std::erase_if(durableEntries, [&](const auto& entry) { return entry.second == change.inode; });
        durableEntries[change.to] = change.inode;
    }
};

class MemoryFileSystem::OpenFile final : public File {
public:
    OpenFile(MemoryFileSystem& files, InodePtr inode, std::string path)
        : m_files(files), m_inode(std::move(inode)), m_path(std::move(path)) {}
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() override {
        const std::lock_guard lock(m_files.m_mutex);
        m_inode.reset(); // gives its number back under the lock
    }

    Result<std::size_t> readAt(std::uint64_t offset, std::span<char> into) override {
        const std::lock_guard lock(m_files.m_mutex);
        if (m_inode->isDirectory) return fail(ErrorCode::Io, "cannot read " + m_path + ": is a directory");
        if (offset >= m_inode->content.size()) return std::size_t{0};
        const std::size_t n = std::min<std::size_t>(into.size(), m_inode->content.size() - offset);
        std::memcpy(into.data(), m_inode->content.data() + offset, n);
        return n;
    }
    Status append(std::string_view bytes) override {
        const std::lock_guard lock(m_files.m_mutex);
        SG_TRY(m_files.count("write to", m_path));
        std::size_t fits = bytes.size();
        if (m_files.m_free) {
            fits = std::min<std::uint64_t>(fits, *m_files.m_free);
            *m_files.m_free -= fits;
        }
        if (fits > 0) {
            m_inode->content += bytes.substr(0, fits);
            m_inode->edits.push_back({false, 0, std::string(bytes.substr(0, fits))});
            m_inode->modified = ++m_files.m_now;
        }
        if (fits < bytes.size()) return fail(ErrorCode::DiskFull, "cannot write to " + m_path + ": No space left on device");
        return {};
    }
    Status sync() override {
        const std::lock_guard lock(m_files.m_mutex);
        SG_TRY(m_files.count("sync", m_path));
        ++m_files.m_syncs;
        for (const Inode::Edit& edit : m_inode->edits) m_inode->apply(edit, m_inode->durable);
        m_inode->edits.clear();
        return {};
    }
    Status truncate(std::uint64_t size) override {
        const std::lock_guard lock(m_files.m_mutex);
        SG_TRY(m_files.count("truncate", m_path));
        if (m_files.m_free && size < m_inode->content.size()) *m_files.m_free += m_inode->content.size() - size;
        m_inode->content.resize(size);
        m_inode->edits.push_back({true, size, {}});
        m_inode->modified = ++m_files.m_now;
        return {};
    }
    Result<FileInfo> info() override {
        const std::lock_guard lock(m_files.m_mutex);
        return FileInfo{1, m_inode->number, m_inode->content.size(), m_inode->modified, m_inode->isDirectory};
    }

private:
    MemoryFileSystem& m_files;
    InodePtr m_inode;
    const std::string m_path;
};

MemoryFileSystem::MemoryFileSystem() : m_freeNumbers(std::make_shared<std::set<std::uint64_t>>()) { m_root = makeInode(true); }
MemoryFileSystem::~MemoryFileSystem() = default;

std::uint64_t MemoryFileSystem::takeNumber() {
    if (m_freeNumbers->empty()) return ++m_lastNumber;
    const std::uint64_t number = *m_freeNumbers->begin();
    m_freeNumbers->erase(m_freeNumbers->begin());
    return number;
}

MemoryFileSystem::InodePtr MemoryFileSystem::makeInode(bool isDirectory) {
    auto inode = std::make_shared<Inode>(takeNumber(), isDirectory, m_freeNumbers);
    inode->modified = ++m_now;
    return inode;
}

MemoryFileSystem::InodePtr MemoryFileSystem::find(const std::string& path) const {
    InodePtr at = m_root;
    std::size_t begin = 0;
    while (begin < path.size()) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (end > begin) {
            const auto entry = at->entries.find(path.substr(begin, end - begin));
            if (entry == at->entries.end()) return nullptr;
            at = entry->second;
        }
        begin = end + 1;
    }
    return at;
}

MemoryFileSystem::InodePtr MemoryFileSystem::folderOf(const std::string& path) const {
    auto folder = find(parentDirectory(path));
    return folder && folder->isDirectory ? folder : nullptr;
}

namespace {
std::string nameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }
Failure notFound(std::string_view what, const std::string& path) {
    return fail(ErrorCode::NotFound, "cannot " + std::string(what) + " " + path + ": No such file or directory");
}
Failure refused(std::string_view what, const std::string& path) {
    return fail(ErrorCode::PermissionDenied, "cannot " + std::string(what) + " " + path + ": Permission denied");
}
} // namespace

Status MemoryFileSystem::count(std::string_view what, const std::string& path) {
    ++m_calls;
    if (m_power != nullptr && !m_power->count()) throw PowerLost{};
    if (m_dieAt != 0 && m_calls >= m_dieAt) throw PowerLost{};
    if (m_failAt != 0 && m_calls == m_failAt) return fail(m_failure, "cannot " + std::string(what) + " " + path + ": as the test asked");
    return {};
}

Result<std::unique_ptr<File>> MemoryFileSystem::openRead(const std::string& path) {
    const std::lock_guard lock(m_mutex);
    if (m_denied.contains(path)) return refused("open", path);
    auto inode = find(path);
    if (!inode) return notFound("open", path);
    return std::unique_ptr<File>(std::make_unique<OpenFile>(*this, std::move(inode), path));
}

Result<std::unique_ptr<File>> MemoryFileSystem::openAppend(const std::string& path) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_denied.contains(path)) return refused("open", path);
        if (auto inode = find(path)) return std::unique_ptr<File>(std::make_unique<OpenFile>(*this, std::move(inode), path));
    }
    return createNew(path);
}

Result<std::unique_ptr<File>> MemoryFileSystem::createNew(const std::string& path) {
    const std::lock_guard lock(m_mutex);
    SG_TRY(count("create", path));
    if (m_denied.contains(path)) return refused("create", path);
    const auto folder = folderOf(path);
    if (!folder) return notFound("create", path);
    if (folder->entries.contains(nameOf(path))) return fail(ErrorCode::AlreadyExists, "cannot create " + path + ": File exists");
    if (m_free && *m_free == 0) return fail(ErrorCode::DiskFull, "cannot create " + path + ": No space left on device");
    auto inode = makeInode(false);
    folder->entries[nameOf(path)] = inode;
    folder->changes.push_back({{}, nameOf(path), inode, nullptr});
    return std::unique_ptr<File>(std::make_unique<OpenFile>(*this, std::move(inode), path));
}

void MemoryFileSystem::giveBack(const InodePtr& inode) {
    if (m_free && inode) *m_free += inode->content.size();
}

Status MemoryFileSystem::rename(const std::string& from, const std::string& to) {
    const std::lock_guard lock(m_mutex);
    SG_TRY(count("rename", from));
    const auto source = folderOf(from);
    const auto target = folderOf(to);
    if (!source || !target || !source->entries.contains(nameOf(from))) return notFound("rename", from);
    auto inode = source->entries[nameOf(from)];
    source->entries.erase(nameOf(from));
    if (const auto old = target->entries.find(nameOf(to)); old != target->entries.end()) giveBack(old->second);
    target->entries[nameOf(to)] = inode;
    if (source == target) {
        source->changes.push_back({nameOf(from), nameOf(to), inode, nullptr});
    } else {
        const auto crossing = std::make_shared<Crossing>(Crossing{source, target, {}});
        source->changes.push_back({nameOf(from), {}, inode, crossing});
        target->changes.push_back({{}, nameOf(to), inode, crossing});
    }
    return {};
}

Status MemoryFileSystem::remove(const std::string& path) {
    const std::lock_guard lock(m_mutex);
    SG_TRY(count("remove", path));
    const auto folder = folderOf(path);
    if (!folder || !folder->entries.contains(nameOf(path))) return notFound("remove", path);
    auto inode = folder->entries[nameOf(path)];
    giveBack(inode);
    folder->entries.erase(nameOf(path));
    folder->changes.push_back({nameOf(path), {}, std::move(inode), nullptr});
    return {};
}

MemoryFileSystem::InodePtr MemoryFileSystem::makeFolders(const std::string& path, bool durable) {
    InodePtr at = m_root;
    std::size_t begin = 0;
    while (begin < path.size()) {
        const std::size_t end = std::min(path.find('/', begin), path.size());
        if (end > begin) {
            const std::string name = path.substr(begin, end - begin);
            InodePtr& entry = at->entries[name];
            if (!entry) {
                entry = makeInode(true);
                if (durable) at->durableEntries[name] = entry;
                else at->changes.push_back({{}, name, entry, nullptr});
            }
            at = entry;
        }
        begin = end + 1;
    }
    return at;
}

Status MemoryFileSystem::makeDirectories(const std::string& path) {
    const std::lock_guard lock(m_mutex);
    SG_TRY(count("create folder", path));
    if (const auto there = find(path); there && !there->isDirectory)
        return fail(ErrorCode::AlreadyExists, "cannot create folder " + path + ": File exists");
    makeFolders(path, false);
    return {};
}

/// What the other folder of a rename knows of it is durable with this one, and so is what came before it there.
void MemoryFileSystem::makeOtherHalfDurable(const Inode& synced, const Crossing& crossing) {
    const auto source = crossing.source.lock();
    const auto other = source && source.get() != &synced ? source : crossing.target.lock();
    if (!other || other.get() == &synced) return;
    const auto half =
        std::find_if(other->changes.begin(), other->changes.end(), [&](const Change& each) { return each.crossing.get() == &crossing; });
    if (half == other->changes.end()) return;
    for (auto change = other->changes.begin(); change != std::next(half); ++change) other->makeDurable(*change);
    const std::vector<Change> before(other->changes.begin(), std::next(half));
    other->changes.erase(other->changes.begin(), std::next(half));
    for (const Change& change : before)
        if (change.crossing && change.crossing.get() != &crossing) makeOtherHalfDurable(*other, *change.crossing);
}

Status MemoryFileSystem::syncDirectory(const std::string& path) {
    std::function<void()> before;
    {
        const std::lock_guard lock(m_mutex);
        before.swap(m_beforeSyncDirectory);
    }
    if (before) {
        before();
        const std::lock_guard lock(m_mutex);
        m_beforeSyncDirectory = std::move(before);
    }
    const std::lock_guard lock(m_mutex);
    SG_TRY(count("sync folder", path));
    ++m_syncs;
    const auto folder = find(path);
    if (!folder || !folder->isDirectory) return notFound("open folder", path);
    for (const Change& change : std::exchange(folder->changes, {}))
        if (change.crossing) makeOtherHalfDurable(*folder, *change.crossing);
    folder->durableEntries = folder->entries;
    return {};
}

Result<std::vector<std::string>> MemoryFileSystem::list(const std::string& path) {
    const std::lock_guard lock(m_mutex);
    if (m_denied.contains(path)) return refused("open folder", path);
    const auto folder = find(path);
    if (!folder || !folder->isDirectory) return notFound("open folder", path);
    std::vector<std::string> names;
    for (const auto& [name, inode] : folder->entries) names.push_back(name);
    return names;
}

Result<FileInfo> MemoryFileSystem::stat(const std::string& path) {
    const std::lock_guard lock(m_mutex);
    const auto inode = find(path);
    if (!inode) return notFound("stat", path);
    return FileInfo{1, inode->number, inode->content.size(), inode->modified, inode->isDirectory};
}

Result<std::uint64_t> MemoryFileSystem::freeBytes(const std::string&) {
    const std::lock_guard lock(m_mutex);
    return m_free.value_or(1ULL << 50U);
}

/// Brings one inode, and everything below it, to what the disk still knows.
void MemoryFileSystem::settle(Inode& inode, std::mt19937_64& random) {
    if (!inode.isDirectory) {
        std::uint64_t units = 0; // where the prefix may end: after each byte and each truncation
        for (const Inode::Edit& edit : inode.edits) units += edit.isTruncation ? 1 : edit.bytes.size();
        // All and nothing are as likely as everything between.
        const std::uint64_t choice = random() % 3;
        std::uint64_t keep = choice == 0 ? 0 : choice == 1 ? units : random() % (units + 1);
        for (Inode::Edit& edit : inode.edits) {
            if (keep == 0) break;
            if (!edit.isTruncation && edit.bytes.size() > keep) edit.bytes.resize(keep);
            keep -= edit.isTruncation ? 1 : edit.bytes.size();
            inode.apply(edit, inode.durable);
        }
        inode.edits.clear();
        inode.content = inode.durable;
        return;
    }
    for (const Change& change : inode.changes) {
        bool survives = random() % 2 != 0;
        if (change.crossing) survives = change.crossing->survives.value_or(survives);
        if (change.crossing) change.crossing->survives = survives;
        if (survives) inode.makeDurable(change);
    }
    inode.changes.clear();
    inode.entries = inode.durableEntries;
    for (const auto& [name, child] : inode.entries) settle(*child, random);
}

void MemoryFileSystem::plugInto(Power& power) {
    const std::lock_guard lock(m_mutex);
    m_power = &power;
}

void MemoryFileSystem::beforeSyncDirectory(std::function<void()> what) {
    const std::lock_guard lock(m_mutex);
    m_beforeSyncDirectory = std::move(what);
}

void MemoryFileSystem::powerLoss(std::uint64_t seed) {
    const std::lock_guard lock(m_mutex);
    std::mt19937_64 random(seed);
    settle(*m_root, random);
    m_dieAt = 0;
    m_failAt = 0;
}

void MemoryFileSystem::dieAtCall(std::uint64_t n) {
    const std::lock_guard lock(m_mutex);
    m_dieAt = n == 0 ? 0 : m_calls + n;
}

void MemoryFileSystem::failAtCall(std::uint64_t n, ErrorCode code) {
    const std::lock_guard lock(m_mutex);
    m_failAt = n == 0 ? 0 : m_calls + n;
    m_failure = code;
}

void MemoryFileSystem::setFreeBytes(std::optional<std::uint64_t> bytes) {
    const std::lock_guard lock(m_mutex);
    m_free = bytes;
}

void MemoryFileSystem::deny(const std::string& path, bool denied) {
    const std::lock_guard lock(m_mutex);
    if (denied) m_denied.insert(path);
    else m_denied.erase(path);
}

std::uint64_t MemoryFileSystem::changingCalls() const {
    const std::lock_guard lock(m_mutex);
    return m_calls;
}

std::uint64_t MemoryFileSystem::syncCalls() const {
    const std::lock_guard lock(m_mutex);
    return m_syncs;
}

void MemoryFileSystem::put(const std::string& path, std::string_view content) {
    const std::lock_guard lock(m_mutex);
    const auto folder = makeFolders(parentDirectory(path), true);
    InodePtr& entry = folder->entries[nameOf(path)];
    if (!entry) entry = makeInode(false);
    folder->durableEntries[nameOf(path)] = entry;
    entry->content = entry->durable = content;
    entry->edits.clear();
    entry->modified = ++m_now;
}

void MemoryFileSystem::add(const std::string& path, std::string_view content, bool durable) {
    if (!exists(path)) put(path, {});
    const std::lock_guard lock(m_mutex);
    const auto inode = find(path);
    inode->content += content;
    inode->modified = ++m_now;
    if (durable) {
        inode->durable = inode->content;
        inode->edits.clear();
    } else {
        inode->edits.push_back({false, 0, std::string(content)});
    }
}

void MemoryFileSystem::move(const std::string& from, const std::string& to) {
    const std::lock_guard lock(m_mutex);
    const auto source = folderOf(from);
    const auto target = folderOf(to);
    auto inode = source->entries.at(nameOf(from));
    for (auto* entries : {&source->entries, &source->durableEntries}) entries->erase(nameOf(from));
    for (auto* entries : {&target->entries, &target->durableEntries}) (*entries)[nameOf(to)] = inode;
}

void MemoryFileSystem::erase(const std::string& path) {
    const std::lock_guard lock(m_mutex);
    const auto folder = folderOf(path);
    giveBack(folder->entries.at(nameOf(path)));
    folder->durableEntries.erase(nameOf(path));
    folder->entries.erase(nameOf(path));
}

std::string MemoryFileSystem::content(const std::string& path) const {
    const std::lock_guard lock(m_mutex);
    const auto inode = find(path);
    return inode ? inode->content : std::string();
}

bool MemoryFileSystem::exists(const std::string& path) const {
    const std::lock_guard lock(m_mutex);
    return find(path) != nullptr;
}

} // namespace sg::test
