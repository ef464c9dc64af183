#pragma once
/// A data directory in a temporary folder, with one followed source, into which chunks are published as the splitter does.
#include "core/base/file_system.h"
#include "core/chunks/data_directory.h"

#include <QTemporaryDir>

#include <cstdint>
#include <string>
#include <utility>

namespace sg::test {

class ChunkFolder {
public:
    explicit ChunkFolder(std::string stream) : m_stream(std::move(stream)) {
        m_data.root = path() + "/data";
        SourceInfo source;
        source.id = SourceId{1};
        source.path = "/var/log/access.log";
        source.fingerprint = "f";
        if (!m_files.makeDirectories(m_data.chunks()) || !appendSources(m_files, m_data, {source})) qFatal("no data directory");
    }
    /// The next chunk of the source; returns its path.
    std::string publish(const std::string& bytes, std::uint64_t lines, Timestamp arrival) {
        ChunkRef chunk;
        chunk.stream = m_stream;
        chunk.sequence = nextSequence();
        chunk.source = SourceId{1};
        chunk.start = ByteOffset{m_position};
        chunk.lines = LineCount{lines};
        chunk.arrival = Timestamp{arrival.ns / 1'000'000 * 1'000'000}; // its name knows milliseconds
        std::string path = joinPath(m_data.chunks(), chunk.fileName());
        auto file = m_files.createNew(path);
        if (!file || !(*file)->append(bytes)) qFatal("no chunk");
        ++m_sequence;
        m_position += bytes.size();
        return path;
    }
    /// The next chunk begins that much further on.
    void skip(std::uint64_t bytes) { m_position += bytes; }
    [[nodiscard]] std::string path() const { return m_folder.path().toStdString(); }
    [[nodiscard]] Sequence nextSequence() const { return Sequence{m_sequence + 1}; }
    [[nodiscard]] const DataDirectory& data() const { return m_data; }

private:
    QTemporaryDir m_folder;
    PosixFileSystem m_files;
    DataDirectory m_data;
    const std::string m_stream;
    std::uint64_t m_sequence = 0;
    std::uint64_t m_position = 0;
};

} // namespace sg::test
