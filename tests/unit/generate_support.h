#pragma once
/// What the generator's tests share: a clock that is moved by hand, a disk that can be full, and lines in memory.
#include "core/generate/generator.h"

#include <QTemporaryDir>

#include <algorithm>
#include <string>
#include <vector>

namespace sg::test {

class ManualClock final : public Clock {
public:
    Timestamp wall() const override { return {Timestamp::fromSeconds(1'767'607'200).ns + m_now.count()}; }
    SteadyTime steady() const override { return SteadyTime(m_now); }
    void advance(Nanoseconds by) { m_now += by; }

private:
    Nanoseconds m_now{1'000'000'000};
};

/// The machine's disk with a bound on what files opened for appending may still take.
class SmallDisk final : public FileSystem {
public:
    std::uint64_t room = UINT64_MAX;

    Result<std::unique_ptr<File>> openRead(const std::string& path) override { return m_disk.openRead(path); }
    Result<std::unique_ptr<File>> openAppend(const std::string& path) override { return wrap(m_disk.openAppend(path)); }
    Result<std::unique_ptr<File>> createNew(const std::string& path) override { return wrap(m_disk.createNew(path)); }
    Status rename(const std::string& from, const std::string& to) override { return m_disk.rename(from, to); }
    Status remove(const std::string& path) override { return m_disk.remove(path); }
    Status makeDirectories(const std::string& path) override { return m_disk.makeDirectories(path); }
    Status syncDirectory(const std::string& path) override { return m_disk.syncDirectory(path); }
    Result<std::vector<std::string>> list(const std::string& path) override { return m_disk.list(path); }
    Result<FileInfo> stat(const std::string& path) override { return m_disk.stat(path); }
    Result<std::uint64_t> freeBytes(const std::string&) override { return room; }

private:
    class BoundedFile final : public File {
    public:
        BoundedFile(std::unique_ptr<File> file, std::uint64_t& room) : m_file(std::move(file)), m_room(room) {}
        Result<std::size_t> readAt(std::uint64_t offset, std::span<char> into) override { return m_file->readAt(offset, into); }
        Status append(std::string_view bytes) override {
            const std::size_t fits = std::min<std::uint64_t>(m_room, bytes.size());
            SG_TRY(m_file->append(bytes.substr(0, fits)));
            m_room -= fits;
            if (fits < bytes.size()) return fail(ErrorCode::DiskFull, "cannot write: no space left on device");
            return {};
        }
        Status sync() override { return m_file->sync(); }
        Status truncate(std::uint64_t size) override { return m_file->truncate(size); }
        Result<FileInfo> info() override { return m_file->info(); }

    private:
        std::unique_ptr<File> m_file;
        std::uint64_t& m_room;
    };
    Result<std::unique_ptr<File>> wrap(Result<std::unique_ptr<File>> file) {
        if (!file) return file;
        return std::unique_ptr<File>(std::make_unique<BoundedFile>(std::move(*file), room));
    }
    PosixFileSystem m_disk;
};

inline std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t to = std::min(text.find('\n', from), text.size());
        lines.push_back(text.substr(from, to - from));
        from = to + 1;
    }
    return lines;
}

/// `count` lines as fast as possible from a fixed start, through the sink.
inline std::string generateText(std::uint64_t count, Tuning tuning) {
    PosixFileSystem files;
    ManualClock clock;
    std::string text;
    GeneratorOptions options;
    options.sink = [&text](std::string_view bytes) {
        text += bytes;
        return Status{};
    };
    options.count = count;
    options.start = Timestamp::fromSeconds(1'767'607'200);
    tuning.traffic.rate = 0;
    auto generator = Generator::open(files, clock, options, tuning);
    while (generator && !(*generator)->finished())
        if (!(*generator)->step(tuning)) break;
    return text;
}

} // namespace sg::test
