#include "core/batch/document_reader.h"

#include "core/batch/plan_privacy.h"
#include "core/elastic/encode.h"
#include "core/elastic/index_prefix.h"
#include "core/record/header.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace sg {
namespace {
constexpr std::size_t kBlock = 1U << 20U;
constexpr std::size_t kMaxKeptLine = 64U << 10U;
} // namespace

DocumentReader::DocumentReader(FileSystem& files, const DataDirectory& data, const CommittedBatch& batch,
                               const std::function<std::string(SourceId)>& sourcePath, Enricher& enricher, const PrivacyKey& key,
                               std::shared_ptr<const Places> places)
    : m_files(files), m_data(data), m_batch(batch), m_sourcePath(sourcePath), m_enricher(enricher),
      m_anonymizer(anonymizerOf(batch.plan, key)), m_places(std::move(places)) {}

Status DocumentReader::openChunk() {
    const PlannedChunk& planned = m_batch.plan.chunks[m_chunk];
    m_path = m_sourcePath ? m_sourcePath(planned.chunk.source) : std::string();
    const ChunkPlace place = placeOf(planned.chunk, m_path, m_data);
    auto file = m_files.openRead(place.path);
    if (!file) {
        if (file.error().code != ErrorCode::NotFound) return fail(file.error());
        ++m_missingChunks;
        closeChunk();
        return {};
    }
    m_file = std::move(*file);
    m_fileOffset = place.offset;
    m_read = 0;
    m_begin = m_end = 0;
    m_skip = 0;
    char name[40];
    std::snprintf(name, sizeof name, "%.8s-%09llu", planned.chunk.stream.c_str(),
                  static_cast<unsigned long long>(planned.chunk.sequence.value));
    m_chunkName = name;
    if (!m_parser || m_formatName != planned.format || m_formatZone != planned.zoneMinutes) {
        const auto format = findFormat(planned.format);
        if (!format) {
            m_file.reset(); // as if it had not been opened: there is no parser for it
            return fail(format.error());
        }
        m_parser = (*format)->makeParser({planned.zoneMinutes});
        m_formatName = planned.format;
        m_formatZone = planned.zoneMinutes;
    }
    m_parser->setHeader(planned.header);
    m_indexDay = INT64_MIN; // another source may have another index
    return {};
}

void DocumentReader::closeChunk() {
    m_file.reset();
    // Ranges of a chunk that ended early (or vanished) are done with.
    while (m_range < m_batch.ranges.size() && m_batch.ranges[m_range].chunk == m_chunk) ++m_range;
    ++m_chunk;
    if (atEnd()) std::string().swap(m_buffer); // what waits for its answers needs no megabyte
}

Status DocumentReader::nextLine(std::string_view& line, bool& have) {
    const std::uint64_t length = m_batch.plan.chunks[m_chunk].chunk.length.value;
    std::size_t searched = m_begin;
    while (true) {
        const void* newline = std::memchr(m_buffer.data() + searched, '\n', m_end - searched);
        if (newline != nullptr) {
            const auto end = static_cast<std::size_t>(static_cast<const char*>(newline) - m_buffer.data());
            line = std::string_view(m_buffer).substr(m_begin, end - m_begin);
            m_begin = end + 1;
            have = true;
            return {};
        }
        if (m_begin > 0) {
            std::memmove(m_buffer.data(), m_buffer.data() + m_begin, m_end - m_begin);
            m_end -= m_begin;
            m_begin = 0;
        }
        searched = m_end;
        std::size_t n = 0;
        if (m_read < length) {
            if (m_buffer.size() < m_end + kBlock) m_buffer.resize(m_end + kBlock);
            const std::size_t wanted = std::min<std::uint64_t>(m_buffer.size() - m_end, length - m_read);
            SG_TRY_ASSIGN(n, m_file->readAt(m_fileOffset + m_read, {m_buffer.data() + m_end, wanted}));
            m_read += n;
            m_end += n;
        }
        if (n == 0) {
            // A torn last line is a line.
            have = m_end > m_begin;
            line = std::string_view(m_buffer).substr(m_begin, m_end - m_begin);
            m_begin = m_end;
            return {};
        }
    }
}

bool DocumentReader::encode(std::string_view line, std::uint64_t offset, std::vector<DeadLetter>& unreadable) {
    const Plan& plan = m_batch.plan;
    const PlannedChunk& planned = plan.chunks[m_chunk];
    const ChunkRef& chunk = planned.chunk;
    const LineOutcome outcome = m_parser->parse(line, chunk.start.value + offset == 0, m_event.record);
    m_id = documentId(chunk.stream, chunk.sequence, offset);
    if (outcome.kind != LineOutcome::Kind::Parsed) {
        DeadLetter letter;
        letter.batch = plan.id;
        letter.reason = Reason::Replay;
        letter.detail = "column " + std::to_string(outcome.column + 1);
        keepRaw(line.substr(0, kMaxKeptLine), plan, letter);
        letter.sourcePath = m_path;
        letter.offset = chunk.start.value + offset;
        letter.documentId = m_id;
        letter.target = plan.target.key;
        unreadable.push_back(std::move(letter));
        return false;
    }
    if (!m_event.record.hasTime) m_event.record.time = chunk.arrival;
    if (m_anonymizer) m_anonymizer->apply(m_event.record);
    m_enricher.enrich(m_event);
    DocumentContext context;
    context.id = m_id;
    context.filePath = m_path;
    context.offset = chunk.start.value + offset;
    context.hasOffset = planned.retry.empty(); // else the offset is not one in the log
    context.batch = plan.id.value;
    context.chunk = m_chunkName;
    context.dataset = datasetName(planned.format);
    context.created = chunk.arrival;
    m_document.clear();
    encodeDocument(m_event, context, m_document);
    if (m_event.record.time.days() != m_indexDay) {
        m_indexDay = m_event.record.time.days();
        m_index = accessIndex(prefixFor(plan.target.prefix, planned.sourceName), m_event.record.time);
    }
    m_documentOffset = offset;
    return true;
}

Status DocumentReader::fill(BulkBody& body, std::vector<DeadLetter>& unreadable) {
    m_enricher.usePlaces(m_places);
    if (m_pending) {
        if (!body.add(m_index, m_id, m_document, m_chunk, m_documentOffset)) return {};
        m_pending = false;
        ++m_documents;
    }
    while (!atEnd()) {
        if (!m_file) {
            SG_TRY(openChunk());
            if (!m_file) continue;
        }
        const std::uint64_t offset = m_read - (m_end - m_begin);
        std::string_view line;
        bool have = false;
        SG_TRY(nextLine(line, have));
        if (!have) {
            closeChunk();
            continue;
        }
        if (m_skip == 0 && m_range < m_batch.ranges.size()) {
            const LineRange& range = m_batch.ranges[m_range];
            if (range.chunk == m_chunk && range.offset == offset) {
                m_skip = range.lines;
                m_skipHeaders = range.reason == Reason::None && needsHeader(m_formatName);
                ++m_range;
            }
        }
        if (m_skip > 0) {
            --m_skip;
            if (m_skipHeaders)
                static_cast<void>(m_parser->parse(line, m_batch.plan.chunks[m_chunk].chunk.start.value + offset == 0, m_event.record));
            continue;
        }
        if (!encode(line, offset, unreadable)) continue;
        if (!body.add(m_index, m_id, m_document, m_chunk, m_documentOffset)) {
            m_pending = true;
            return {};
        }
        ++m_documents;
    }
    return {};
}

std::string readLineAt(FileSystem& files, const ChunkPlace& place, std::uint64_t offset, std::uint64_t chunkLength) {
    auto file = files.openRead(place.path);
    if (!file || offset >= chunkLength) return {};
    std::string line(std::min<std::uint64_t>(kMaxKeptLine, chunkLength - offset), '\0');
    const auto n = (*file)->readAt(place.offset + offset, line);
    line.resize(n ? *n : 0);
    return line.substr(0, line.find('\n'));
}

} // namespace sg
