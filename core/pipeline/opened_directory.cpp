#include "core/pipeline/opened_directory.h"

#include "core/pipeline/new_run.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

namespace sg {
namespace {

constexpr off_t kReserveBytes = 32 << 20;
constexpr std::uint64_t kReserveWorthwhile = 1ULL << 30U; ///< free space below which the reserve would be part of the problem

std::string drawStream() {
    static constexpr char kAlphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned char bytes[8] = {};
    // getrandom cannot fail for 8 bytes once the system has booted
    static_cast<void>(::getrandom(bytes, sizeof bytes, 0));
    std::string stream;
    for (const unsigned char b : bytes) stream += kAlphabet[b & 31U];
    return stream;
}

std::string machineId(FileSystem& files) { return files.readWhole("/etc/machine-id", 4096).value_or("unknown\n"); }

} // namespace

Result<std::unique_ptr<OpenedDirectory>> OpenedDirectory::open(FileSystem& files, const Clock& clock, const std::string& path) {
    std::unique_ptr<OpenedDirectory> opened(new OpenedDirectory);
    opened->m_data.root = path;
    SG_TRY(files.makeDirectoriesDurably(path));
    SG_TRY_ASSIGN(opened->m_lock, DirectoryLock::take(opened->m_data));
    SG_TRY(finishNewRun(files, opened->m_data));
    SG_TRY(files.makeDirectoriesDurably(opened->m_data.chunks()));
    SG_TRY(opened->openStore(clock));
    SG_TRY(opened->readStream(files));
    SG_TRY(opened->readKey(files));
    SG_TRY(opened->makeReserve(files));
    return opened;
}

Status OpenedDirectory::openStore(const Clock& clock) {
    Store::Options options;
    options.path = m_data.store();
    auto store = Store::open(options);
    if (!store && store.error().code == ErrorCode::Corrupt) {
        SG_TRY_ASSIGN(const std::string aside, moveStoreAside(options.path, clock.wall()));
        m_notes.push_back(store.error().message + "; it was moved to " + aside +
                          " and a new stream begins, with what was processed before as its opening balance");
        store = Store::open(options);
    }
    if (!store) return fail(store.error());
    m_store = std::move(*store);
    return {};
}

/// The stream id is drawn once a data directory, and again when the folder was copied (other inode or machine) or its store was lost:
/// two directories must never give different lines the same document id.
Status OpenedDirectory::readStream(FileSystem& files) {
    SG_TRY_ASSIGN(const FileInfo folder, files.stat(m_data.root));
    const std::string place = std::to_string(folder.device) + ' ' + std::to_string(folder.inode) + ' ' + machineId(files);
    auto content = files.readWhole(m_data.stream(), 4096);
    if (!content && content.error().code != ErrorCode::NotFound) return fail(content.error());
    const bool known = content && content->size() > 9 && (*content)[8] == ' ';
    if (known && content->substr(9) == place && !m_store->createdNow()) {
        m_stream = content->substr(0, 8);
    } else {
        m_stream = drawStream();
        if (known && content->substr(9) != place)
            m_notes.push_back(m_data.root + " was copied from elsewhere: it continues as a stream of its own");
        else if (known && m_notes.empty())
            m_notes.push_back("the store of " + m_data.root +
                              " is gone: a new stream begins, with what was processed before as its opening balance");
        SG_TRY(files.replaceDurably(m_data.stream(), m_stream + ' ' + place));
    }
    return m_store->setMeta("stream", m_stream);
}

/// Drawn once: with another one, a user would be another user in every chart and document from then on.
Status OpenedDirectory::readKey(FileSystem& files) {
    auto content = files.readWhole(m_data.privacyKey(), 4096);
    if (content) {
        while (content->ends_with('\n')) content->pop_back();
        auto key = readPrivacyKey(*content);
        if (!key) return fail(ErrorCode::Corrupt, m_data.privacyKey() + ' ' + key.error().message + "; remove it to draw a new key");
        m_privacyKey = *key;
        return {};
    }
    if (content.error().code != ErrorCode::NotFound) return fail(content.error());
    static_cast<void>(::getrandom(m_privacyKey.data(), m_privacyKey.size(), 0)); // cannot fail for 16 bytes
    std::string text;
    for (const std::uint8_t byte : m_privacyKey) text += {"0123456789abcdef"[byte >> 4U], "0123456789abcdef"[byte & 15U]};
    return files.replaceDurably(m_data.privacyKey(), text + '\n');
}

Status OpenedDirectory::makeReserve(FileSystem& files) {
    if (files.stat(m_data.reserve())) return {};
    SG_TRY_ASSIGN(const std::uint64_t free, files.freeBytes(m_data.root));
    if (free < kReserveWorthwhile) return {};
    const int fd = ::open(m_data.reserve().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return fail(ErrorCode::Io, "cannot create " + m_data.reserve() + ": " + std::strerror(errno));
    const int error = ::posix_fallocate(fd, 0, kReserveBytes);
    ::close(fd);
    if (error != 0)
        static_cast<void>(files.remove(m_data.reserve())); // without room for it there is no reserve; splitting stops earlier anyway
    return {};
}

} // namespace sg
