#include "core/split/chunk_writer.h"

#include "core/base/fault.h"

#include <algorithm>
#include <set>

namespace sg {
namespace {

constexpr std::string_view kTemporary = ".tmp-";
constexpr Milliseconds kRetryEvery{500};
constexpr Milliseconds kRefreshEvery{250};

std::string mebibytes(std::uint64_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; }

} // namespace

Result<std::unique_ptr<ChunkWriter>> ChunkWriter::open(FileSystem& files, const DataDirectory& data, std::string stream,
                                                       Sequence lastPlanned, SourceBook& book, SplitterPart& part) {
    std::unique_ptr<ChunkWriter> writer(new ChunkWriter(files, data, std::move(stream), book, part));
    SG_TRY(writer->load(lastPlanned));
    return writer;
}

Status ChunkWriter::load(Sequence lastPlanned) {
    SG_TRY(m_files.makeDirectories(m_data.chunks()));
    SG_TRY_ASSIGN(const std::vector<std::string> names, m_files.list(m_data.chunks()));
    for (const std::string& name : names)
        if (name.starts_with(kTemporary)) SG_TRY(m_files.remove(joinPath(m_data.chunks(), name)));
    // A kill may have come between a change and its sync; what is built on it now must not outlive it.
    SG_TRY(m_files.syncDirectory(m_data.root));
    SG_TRY(m_files.syncDirectory(m_data.chunks()));
    SG_TRY_ASSIGN(const ReleasedPositions released, readReleased(m_files, m_data));
    SG_TRY_ASSIGN(std::vector<ChunkRef> chunks, listChunks(m_files, m_data));
    SG_TRY(dropAfterGap(chunks, released, lastPlanned));
    for (const auto& [id, position] : released.sources) m_book.reached(SourceId{id}, position.end.value);
    m_part.split = released.lines().value;
    Sequence last = std::max(released.last, lastPlanned);
    for (ChunkRef& chunk : chunks) {
        last = std::max(last, chunk.sequence);
        if (!chunk.reference) {
            SG_TRY_ASSIGN(const FileInfo info, m_files.stat(joinPath(m_data.chunks(), chunk.fileName())));
            chunk.length = ByteCount{info.size};
        }
        m_book.reached(chunk.source, chunk.end().value);
        if (released.isReleased(chunk.sequence)) continue; // its file only waits for its removal
        m_part.split += chunk.lines.value;
        m_onDisk[chunk.sequence.value] = {chunk.length.value, chunk.reference};
    }
    m_next = Sequence{last.value + 1};
    count();
    return {};
}

/// References of one group share a sync: a power loss may have kept a later one without an earlier one. They are made again, so that no
/// sequence is missing. Chunks that hold bytes of their own, or that a batch may have taken, stay.
Status ChunkWriter::dropAfterGap(std::vector<ChunkRef>& chunks, const ReleasedPositions& released, Sequence lastPlanned) {
    Sequence expected{std::max(released.last, lastPlanned).value + 1};
    auto at = std::find_if(chunks.begin(), chunks.end(), [&](const ChunkRef& c) { return c.sequence >= expected; });
    while (at != chunks.end() && at->sequence == expected) {
        ++at;
        ++expected;
    }
    if (at == chunks.end() || !std::all_of(at, chunks.end(), [](const ChunkRef& c) { return c.reference; })) return {};
    for (auto chunk = at; chunk != chunks.end(); ++chunk) SG_TRY(m_files.remove(joinPath(m_data.chunks(), chunk->fileName())));
    chunks.erase(at, chunks.end());
    return m_files.syncDirectory(m_data.chunks());
}

void ChunkWriter::count() {
    m_part.chunkBytesOnDisk = 0;
    m_referenced = 0;
    for (const auto& [sequence, chunk] : m_onDisk) (chunk.reference ? m_referenced : m_part.chunkBytesOnDisk) += chunk.bytes;
}

Status ChunkWriter::refresh(SteadyTime now) {
    m_refreshed = now;
    SG_TRY_ASSIGN(const std::vector<ChunkRef> chunks, listChunks(m_files, m_data));
    std::set<std::uint64_t> there;
    for (const ChunkRef& chunk : chunks) there.insert(chunk.sequence.value);
    std::erase_if(m_onDisk, [&](const auto& entry) { return !there.contains(entry.first); });
    count();
    return {};
}

bool ChunkWriter::isFull(const Error& error, SteadyTime now) {
    if (error.code != ErrorCode::DiskFull) return false;
    m_retryAt = now + kRetryEvery;
    m_reason = error.message;
    return true;
}

Result<ChunkWriter::Room> ChunkWriter::room(SteadyTime now, const SplitTuning& tuning) {
    if (now < m_retryAt) return Room::DiskFull;
    if (m_folderUnsynced) {
        if (const Status synced = syncFolder(); !synced) {
            if (isFull(synced.error(), now)) return Room::DiskFull;
            return fail(synced.error());
        }
    }
    const auto isQueueFull = [&] {
        return m_part.chunkBytesOnDisk >= tuning.queueBytes || m_referenced / kReferencedPerQueueByte >= tuning.queueBytes;
    };
    if (isQueueFull()) {
        if (now - m_refreshed >= kRefreshEvery) SG_TRY(refresh(now));
        if (isQueueFull()) {
            m_reason =
                mebibytes(m_part.chunkBytesOnDisk + m_referenced) + " wait in chunks, " + mebibytes(tuning.queueBytes) + " are allowed";
            return Room::QueueFull;
        }
    }
    SG_TRY_ASSIGN(const std::uint64_t free, m_files.freeBytes(m_data.chunks()));
    if (free < tuning.minFreeBytes) {
        m_reason = mebibytes(free) + " are free at " + m_data.root + ", splitting stops below " + mebibytes(tuning.minFreeBytes);
        return Room::DiskFull;
    }
    return Room::Free;
}

ChunkRef ChunkWriter::refOf(const KnownSource& source, std::uint64_t start, const Cut& cut, bool reference) const {
    ChunkRef chunk;
    chunk.stream = m_stream;
    chunk.sequence = m_next;
    chunk.source = source.info.id;
    chunk.start = ByteOffset{start};
    chunk.lines = LineCount{cut.lines};
    chunk.arrival = cut.arrival;
    chunk.length = ByteCount{cut.bytes};
    chunk.reference = reference;
    return chunk;
}

void ChunkWriter::published(const ChunkRef& chunk, KnownSource& source) {
    ++m_next;
    source.position = chunk.end().value;
    m_onDisk[chunk.sequence.value] = {chunk.length.value, chunk.reference};
    (chunk.reference ? m_referenced : m_part.chunkBytesOnDisk) += chunk.length.value;
    m_part.split += chunk.lines.value;
    m_part.unsplit -= chunk.lines.value;
    ++m_part.chunks;
    m_folderUnsynced = true;
}

Status ChunkWriter::syncFolder() {
    SG_TRY(m_files.syncDirectory(m_data.chunks()));
    m_folderUnsynced = false;
    return {};
}

Status ChunkWriter::writeFile(const std::string& name, std::string_view bytes) {
    const std::string temporary = joinPath(m_data.chunks(), std::string(kTemporary) + name);
    auto created = m_files.createNew(temporary);
    if (!created && created.error().code == ErrorCode::AlreadyExists) {
        SG_TRY(m_files.remove(temporary)); // it could not be removed when the disk was full
        created = m_files.createNew(temporary);
    }
    if (!created) return fail(created.error());
    Status done = (*created)->append(bytes);
    if (done) done = (*created)->sync();
    SG_FAULT_POINT("split.chunk.written");
    if (done) done = m_files.rename(temporary, joinPath(m_data.chunks(), name));
    if (!done) static_cast<void>(m_files.remove(temporary)); // room for the next attempt; a leftover is harmless
    return done;
}

Result<bool> ChunkWriter::publish(KnownSource& source, std::uint64_t start, const Cut& cut, std::string_view bytes, SteadyTime now) {
    SG_FAULT_POINT("split.chunk.before");
    const ChunkRef chunk = refOf(source, start, cut, false);
    Status done = m_book.cover(source, chunk.end().value);
    if (done) done = writeFile(chunk.fileName(), bytes);
    if (!done) {
        if (isFull(done.error(), now)) return false;
        return fail(done.error());
    }
    SG_FAULT_POINT("split.chunk.renamed");
    published(chunk, source);
    m_newest = chunk.fileName();
    // The chunk is there, whatever the sync says: another one under its number would be a second truth. `room` tries again, and tells.
    if (const Status synced = syncFolder(); !synced) isFull(synced.error(), now);
    SG_FAULT_POINT("split.chunk.after");
    return true;
}

Result<std::size_t> ChunkWriter::publishReferences(const std::vector<Reference>& references, SteadyTime now) {
    if (references.empty()) return std::size_t{0};
    SG_FAULT_POINT("split.chunk.before");
    std::vector<KnownSource*> unknown;
    for (const Reference& reference : references)
        if (!reference.source->durable && (unknown.empty() || unknown.back() != reference.source)) unknown.push_back(reference.source);
    Status done = m_book.makeDurable(unknown);
    std::size_t count = 0;
    while (done && count < references.size()) {
        const Reference& reference = references[count];
        const ChunkRef chunk = refOf(*reference.source, reference.start, reference.cut, true);
        const auto created = m_files.createNew(joinPath(m_data.chunks(), chunk.fileName())); // empty: there is nothing to tear
        if (!created) {
            done = fail(created.error());
            break;
        }
        published(chunk, *reference.source);
        ++count;
    }
    SG_FAULT_POINT("split.chunk.renamed");
    if (count > 0)
        if (const Status synced = syncFolder(); !synced) isFull(synced.error(), now); // `room` tries again, and tells
    SG_FAULT_POINT("split.chunk.after");
    if (!done && !isFull(done.error(), now) && count == 0) return fail(done.error());
    return count;
}

} // namespace sg
