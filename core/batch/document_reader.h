#pragma once
/// Reads a committed batch again from its chunks and fills bulk bodies with its documents: the same ones at every replay.
///
/// *Thread:* one. *Cost:* one block of 1 MiB (more only for a longer line), one parser per format; nothing per batch but its ranges.
#include "core/base/file_system.h"
#include "core/base/result.h"
#include "core/chunks/data_directory.h"
#include "core/elastic/bulk.h"
#include "core/enrich/anonymizer.h"
#include "core/enrich/enricher.h"
#include "core/format/format.h"
#include "core/store/store.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sg {

class DocumentReader {
public:
    DocumentReader(FileSystem& files, const DataDirectory& data, const CommittedBatch& batch,
                   const std::function<std::string(SourceId)>& sourcePath, Enricher& enricher, const PrivacyKey& key,
                   std::shared_ptr<const Places> places);

    /// Adds documents until the body is full or the batch has ended. A line that was read when the batch was committed and is not
    /// readable now goes to `unreadable`. *Errors:* of reading; a chunk that is not there (any more) is counted in `missingChunks`.
    [[nodiscard]] Status fill(BulkBody& body, std::vector<DeadLetter>& unreadable);
    [[nodiscard]] bool atEnd() const { return m_chunk >= m_batch.plan.chunks.size(); }
    [[nodiscard]] std::uint64_t documents() const { return m_documents; }
    [[nodiscard]] std::uint64_t missingChunks() const { return m_missingChunks; }

private:
    [[nodiscard]] Status openChunk();
    [[nodiscard]] Status nextLine(std::string_view& line, bool& have);
    [[nodiscard]] bool encode(std::string_view line, std::uint64_t offset, std::vector<DeadLetter>& unreadable);
    void closeChunk();

    FileSystem& m_files;
    const DataDirectory& m_data;
    const CommittedBatch& m_batch;
    const std::function<std::string(SourceId)>& m_sourcePath;
    Enricher& m_enricher;
    std::unique_ptr<Anonymizer> m_anonymizer; ///< null when the plan takes nothing out
    std::shared_ptr<const Places> m_places;   ///< null when the plan names none
    std::uint32_t m_chunk = 0;  ///< index in the plan
    std::size_t m_range = 0;    ///< next of the committed ranges
    std::uint32_t m_skip = 0;   ///< lines still to leave out
    bool m_skipHeaders = false; ///< they may be header lines, which the parser must see
    std::unique_ptr<File> m_file;
    std::uint64_t m_fileOffset = 0; ///< where the chunk begins in the file
    std::uint64_t m_read = 0;       ///< bytes of the chunk in the buffer or behind it
    std::string m_buffer;
    std::size_t m_begin = 0, m_end = 0; ///< unread part of the buffer
    std::string m_path;                 ///< of the chunk's source
    std::string m_chunkName;            ///< stream-sequence
    std::string m_formatName;
    int m_formatZone = 0;
    std::unique_ptr<LineParser> m_parser;
    Event m_event;
    std::string m_document; ///< waits for the next body when it did not fit
    std::string m_id, m_index;
    std::int64_t m_indexDay = INT64_MIN;
    std::uint64_t m_documentOffset = 0;
    bool m_pending = false;
    std::uint64_t m_documents = 0;
    std::uint64_t m_missingChunks = 0;
};

/// The line at `offset` of a planned chunk, at most 64 KiB of it; empty when it cannot be read any more.
[[nodiscard]] std::string readLineAt(FileSystem& files, const ChunkPlace& place, std::uint64_t offset, std::uint64_t chunkLength);

} // namespace sg
