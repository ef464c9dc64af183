#include "tests/support/power_loss_vfs.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <random>
#include <sqlite3.h>
#include <vector>

namespace sg::test {
namespace {

constexpr std::size_t kSector = 512;

struct Change {
    bool truncate = false;
    std::size_t at = 0;
    std::string bytes;
};

void applyTo(std::string& content, const Change& change) {
    if (change.truncate) {
        content.resize(change.at);
        return;
    }
    if (content.size() < change.at + change.bytes.size()) content.resize(change.at + change.bytes.size());
    std::memcpy(content.data() + change.at, change.bytes.data(), change.bytes.size());
}

struct Inode {
    std::string seen;    // what the program reads
    std::string durable; // what the disk has for sure
    std::vector<Change> pending;
    bool linked = false;                              // its name is durable
    std::vector<std::unique_ptr<std::string>> shared; // WAL index, gone with the power
};

} // namespace

struct PowerLossVfs::State {
    sqlite3_vfs vfs{};
    std::string name;
    std::map<std::string, std::shared_ptr<Inode>> files;
    std::map<std::string, std::shared_ptr<Inode>> removed; // the removal is not durable yet
    std::uint64_t calls = 0;
    std::uint64_t cut = 0;
    bool cutHere = false;
    Power* power = nullptr;
    std::mt19937_64 random{1};

    void syncFolder() {
        removed.clear();
        for (const auto& [path, inode] : files) inode->linked = true;
    }
    bool isDark() const { return cutHere || (power != nullptr && power->isOff()); }
    bool changes() {
        if (isDark()) return false;
        ++calls;
        if (power != nullptr) return power->count();
        cutHere = cut != 0 && calls >= cut;
        return !cutHere;
    }
};

namespace {

struct VfsFile {
    sqlite3_file base;
    PowerLossVfs::State* state;
    std::shared_ptr<Inode>* inode;
    std::string* path;
    bool deleteOnClose;
    bool syncsFolder; // SQLite's own VFS does so at the first sync of a new journal or WAL, not of a new database
};

VfsFile& self(sqlite3_file* file) { return *reinterpret_cast<VfsFile*>(file); }
PowerLossVfs::State& stateOf(sqlite3_vfs* vfs) { return *static_cast<PowerLossVfs::State*>(vfs->pAppData); }

int closeFile(sqlite3_file* file) {
    VfsFile& f = self(file);
    if (f.deleteOnClose) f.state->files.erase(*f.path);
    delete f.inode;
    delete f.path;
    return SQLITE_OK;
}

int readFile(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
    VfsFile& f = self(file);
    if (f.state->isDark()) return SQLITE_IOERR_READ;
    const std::string& content = (*f.inode)->seen;
    const auto wanted = static_cast<std::size_t>(amount);
    const std::size_t at = std::min(static_cast<std::size_t>(offset), content.size());
    const std::size_t got = std::min(wanted, content.size() - at);
    std::memcpy(into, content.data() + at, got);
    if (got == wanted) return SQLITE_OK;
    std::memset(static_cast<char*>(into) + got, 0, wanted - got);
    return SQLITE_IOERR_SHORT_READ;
}

int writeFile(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
    VfsFile& f = self(file);
    Change change{false, static_cast<std::size_t>(offset), std::string(static_cast<const char*>(from), static_cast<std::size_t>(amount))};
    const bool wasDark = f.state->isDark();
    const bool lit = f.state->changes();
    if (wasDark) return SQLITE_IOERR_WRITE;
    // The write during which the power goes may still reach the disk, whole or in part.
    applyTo((*f.inode)->seen, change);
    (*f.inode)->pending.push_back(std::move(change));
    return lit ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

int truncateFile(sqlite3_file* file, sqlite3_int64 size) {
    VfsFile& f = self(file);
    if (!f.state->changes()) return SQLITE_IOERR_TRUNCATE;
    Change change{true, static_cast<std::size_t>(size), {}};
    applyTo((*f.inode)->seen, change);
    (*f.inode)->pending.push_back(std::move(change));
    return SQLITE_OK;
}

int syncFile(sqlite3_file* file, int) {
    VfsFile& f = self(file);
    if (!f.state->changes()) return SQLITE_IOERR_FSYNC;
    Inode& inode = **f.inode;
    inode.durable = inode.seen;
    inode.pending.clear();
    if (f.syncsFolder) f.state->syncFolder();
    f.syncsFolder = false;
    return SQLITE_OK;
}

int fileSize(sqlite3_file* file, sqlite3_int64* size) {
    VfsFile& f = self(file);
    if (f.state->isDark()) return SQLITE_IOERR_FSTAT;
    *size = static_cast<sqlite3_int64>((*f.inode)->seen.size());
    return SQLITE_OK;
}

int lockFile(sqlite3_file*, int) { return SQLITE_OK; }
int checkLock(sqlite3_file*, int* held) {
    *held = 0;
    return SQLITE_OK;
}
int fileControl(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sectorSize(sqlite3_file*) { return static_cast<int>(kSector); }
int characteristics(sqlite3_file*) { return 0; }

int sharedMap(sqlite3_file* file, int region, int size, int extend, void volatile** at) {
    VfsFile& f = self(file);
    *at = nullptr;
    if (f.state->isDark()) return SQLITE_IOERR_SHMMAP;
    auto& shared = (*f.inode)->shared;
    while (static_cast<std::size_t>(region) >= shared.size()) {
        if (extend == 0) return SQLITE_OK;
        shared.push_back(std::make_unique<std::string>(static_cast<std::size_t>(size), '\0'));
    }
    *at = shared[static_cast<std::size_t>(region)]->data();
    return SQLITE_OK;
}
int sharedLock(sqlite3_file*, int, int, int) { return SQLITE_OK; }
void sharedBarrier(sqlite3_file*) {}
int sharedUnmap(sqlite3_file* file, int remove) {
    if (remove != 0) (*self(file).inode)->shared.clear();
    return SQLITE_OK;
}

const sqlite3_io_methods kMethods = {2,          closeFile,     readFile,    writeFile,   truncateFile, syncFile,        fileSize,
                                     lockFile,   lockFile,      checkLock,   fileControl, sectorSize,   characteristics, sharedMap,
                                     sharedLock, sharedBarrier, sharedUnmap, nullptr,     nullptr};

int openFile(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* outFlags) {
    PowerLossVfs::State& state = stateOf(vfs);
    VfsFile& f = self(file);
    f.base.pMethods = nullptr;
    if (state.isDark()) return SQLITE_CANTOPEN;
    const std::string path = name != nullptr ? name : "temporary-" + std::to_string(state.random());
    auto at = state.files.find(path);
    f.syncsFolder = at == state.files.end() && (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)) != 0;
    if (at == state.files.end()) {
        if ((flags & SQLITE_OPEN_CREATE) == 0 || !state.changes()) return SQLITE_CANTOPEN;
        at = state.files.emplace(path, std::make_shared<Inode>()).first;
    }
    f.state = &state;
    f.inode = new std::shared_ptr<Inode>(at->second);
    f.path = new std::string(path);
    f.deleteOnClose = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    f.base.pMethods = &kMethods;
    if (outFlags != nullptr) *outFlags = flags;
    return SQLITE_OK;
}

int removeFile(sqlite3_vfs* vfs, const char* name, int syncFolder) {
    PowerLossVfs::State& state = stateOf(vfs);
    if (!state.changes()) return SQLITE_IOERR_DELETE;
    const auto at = state.files.find(name);
    if (at == state.files.end()) return SQLITE_IOERR_DELETE_NOENT;
    if (at->second->linked) state.removed[name] = at->second;
    state.files.erase(at);
    if (syncFolder != 0) state.syncFolder();
    return SQLITE_OK;
}

int accessFile(sqlite3_vfs* vfs, const char* name, int, int* there) {
    *there = stateOf(vfs).files.contains(name) ? 1 : 0;
    return SQLITE_OK;
}

int fullPath(sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}

int randomBytes(sqlite3_vfs* vfs, int size, char* out) {
    for (int i = 0; i < size; ++i) out[i] = static_cast<char>(stateOf(vfs).random());
    return size;
}

int sleepFor(sqlite3_vfs*, int microseconds) { return microseconds; }
int currentTime(sqlite3_vfs*, double* day) {
    *day = 2'460'000.5;
    return SQLITE_OK;
}
int lastError(sqlite3_vfs*, int, char*) { return 0; }

/// What the disk has of a file: every unsynced change is kept, lost or, a write, torn at a sector.
std::string afterPowerLoss(const Inode& inode, std::mt19937_64& random) {
    std::string content = inode.durable;
    for (Change change : inode.pending) {
        const std::uint64_t fate = random() % 3;
        if (fate == 0) continue;
        if (fate == 1 && !change.truncate && change.bytes.size() > kSector)
            change.bytes.resize(kSector * (1 + random() % (change.bytes.size() / kSector)));
        applyTo(content, change);
    }
    return content;
}

} // namespace

PowerLossVfs::PowerLossVfs(const std::string& name) : m_state(std::make_unique<State>()) {
    State& s = *m_state;
    s.name = name;
    s.vfs.iVersion = 1;
    s.vfs.szOsFile = sizeof(VfsFile);
    s.vfs.mxPathname = 512;
    s.vfs.zName = s.name.c_str();
    s.vfs.pAppData = &s;
    s.vfs.xOpen = openFile;
    s.vfs.xDelete = removeFile;
    s.vfs.xAccess = accessFile;
    s.vfs.xFullPathname = fullPath;
    s.vfs.xRandomness = randomBytes;
    s.vfs.xSleep = sleepFor;
    s.vfs.xCurrentTime = currentTime;
    s.vfs.xGetLastError = lastError;
    sqlite3_vfs_register(&s.vfs, 0);
}

PowerLossVfs::~PowerLossVfs() { sqlite3_vfs_unregister(&m_state->vfs); }

const std::string& PowerLossVfs::name() const { return m_state->name; }
std::uint64_t PowerLossVfs::calls() const { return m_state->calls; }
bool PowerLossVfs::isCut() const { return m_state->isDark(); }
void PowerLossVfs::plugInto(Power& power) { m_state->power = &power; }
void PowerLossVfs::cutAt(std::uint64_t call) { m_state->cut = call; }

void PowerLossVfs::restore(std::uint64_t seed) {
    State& s = *m_state;
    std::mt19937_64 random(seed);
    for (const auto& [path, inode] : s.removed)
        if (!s.files.contains(path) && random() % 2 == 0) s.files[path] = inode;
    s.removed.clear();
    for (auto at = s.files.begin(); at != s.files.end();) {
        Inode& inode = *at->second;
        if (!inode.linked && random() % 2 == 0) {
            at = s.files.erase(at);
            continue;
        }
        auto kept = std::make_shared<Inode>();
        kept->seen = kept->durable = afterPowerLoss(inode, random);
        kept->linked = true;
        at->second = std::move(kept);
        ++at;
    }
    s.cutHere = false;
    s.cut = 0;
    s.calls = 0;
}

} // namespace sg::test
