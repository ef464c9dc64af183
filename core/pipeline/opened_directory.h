#pragma once
/// A data directory held by this process: locked, with its stream id and its store.
///
/// *Owns:* the lock (flock, given back by the destructor or by the system when the process dies) and the Store.
/// *Errors:* Busy names the process that holds it; a corrupt store is moved aside, said in `notes`, and begun anew.
#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/chunks/data_directory.h"
#include "core/contract/privacy.h"
#include "core/pipeline/directory_lock.h"
#include "core/store/store.h"

#include <memory>
#include <string>
#include <vector>

namespace sg {

class OpenedDirectory {
public:
    [[nodiscard]] static Result<std::unique_ptr<OpenedDirectory>> open(FileSystem& files, const Clock& clock, const std::string& path);
    OpenedDirectory(const OpenedDirectory&) = delete;
    OpenedDirectory& operator=(const OpenedDirectory&) = delete;

    [[nodiscard]] const DataDirectory& data() const { return m_data; }
    [[nodiscard]] const std::string& stream() const { return m_stream; }
    [[nodiscard]] Store& store() { return *m_store; }
    [[nodiscard]] const PrivacyKey& privacyKey() const { return m_privacyKey; }
    /// Sentences a person should read once ("the store was corrupt and was moved to ...").
    [[nodiscard]] const std::vector<std::string>& notes() const { return m_notes; }

private:
    OpenedDirectory() = default;
    [[nodiscard]] Status openStore(const Clock& clock);
    [[nodiscard]] Status readStream(FileSystem& files);
    [[nodiscard]] Status readKey(FileSystem& files);
    [[nodiscard]] Status makeReserve(FileSystem& files);

    DataDirectory m_data;
    DirectoryLock m_lock; // the last to go: destroyed after the store
    std::string m_stream;
    PrivacyKey m_privacyKey{};
    std::unique_ptr<Store> m_store;
    std::vector<std::string> m_notes;
};

} // namespace sg
