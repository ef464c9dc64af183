#include "core/pipeline/new_run.h"

#include "core/pipeline/directory_lock.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <map>

namespace sg {
namespace {

/// In the order in which they go: the store's log before the store, which must never meet another one's.
constexpr std::array kMoved = {"chunks",           "released",         "stream",           "log",          "progress.jsonl",
                               "progress.jsonl.1", "store.sqlite-wal", "store.sqlite-shm", "store.sqlite", "sources"};
constexpr const char* kNext = "next"; // folder in the archive: what the new run begins with

std::string markerOf(const DataDirectory& data) { return joinPath(data.root, "new_run"); }

Result<bool> exists(FileSystem& files, const std::string& path) {
    const auto info = files.stat(path);
    if (info) return true;
    if (info.error().code == ErrorCode::NotFound) return false;
    return fail(info.error());
}

std::string stampOf(Timestamp now) {
    const std::time_t seconds = now.seconds();
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char stamp[80];
    std::snprintf(stamp, sizeof stamp, "run-%04d%02d%02dT%02d%02d%02dZ", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                  parts.tm_hour, parts.tm_min, parts.tm_sec);
    return stamp;
}

/// Followed logs outside of the data directory, each beginning where its last chunk ended.
Result<std::vector<SourceInfo>> sourcesToKeep(FileSystem& files, const DataDirectory& data) {
    SG_TRY_ASSIGN(const std::vector<SourceInfo> known, readSources(files, data));
    SG_TRY_ASSIGN(const ReleasedPositions released, readReleased(files, data));
    std::map<std::uint64_t, SourceInfo> sources; // the last line of an id holds
    for (const SourceInfo& source : known)
        if (source.kind == SourceInfo::Kind::Followed && !source.path.starts_with(data.log() + '/')) sources[source.id.value] = source;
    const auto reached = [&](std::uint64_t id, ByteOffset end) {
        const auto at = sources.find(id);
        if (at != sources.end()) at->second.begin = std::max(at->second.begin, end);
    };
    for (const auto& [id, position] : released.sources) reached(id, position.end);
    SG_TRY_ASSIGN(const bool haveChunks, exists(files, data.chunks()));
    if (haveChunks) {
        SG_TRY_ASSIGN(std::vector<ChunkRef> chunks, listChunks(files, data));
        for (ChunkRef& chunk : chunks) {
            if (!chunk.reference) {
                SG_TRY_ASSIGN(const FileInfo info, files.stat(joinPath(data.chunks(), chunk.fileName())));
                chunk.length = ByteCount{info.size};
            }
            reached(chunk.source.value, chunk.end());
        }
    }
    std::vector<SourceInfo> kept;
    for (auto& [id, source] : sources) kept.push_back(std::move(source));
    return kept;
}

Status syncUpTo(FileSystem& files, const DataDirectory& data, const std::string& archive) {
    SG_TRY(files.syncDirectory(archive));
    SG_TRY(files.syncDirectory(data.archive()));
    return files.syncDirectory(data.root);
}

/// All of it can be done twice: what the archive has already is not moved again.
Status move(FileSystem& files, const DataDirectory& data, const std::string& name) {
    const std::string archive = joinPath(data.archive(), name);
    for (const char* entry : kMoved) {
        const std::string from = joinPath(data.root, entry);
        const std::string to = joinPath(archive, entry);
        SG_TRY_ASSIGN(const bool there, exists(files, to));
        SG_TRY_ASSIGN(const bool here, exists(files, from));
        if (here && !there) SG_TRY(files.rename(from, to));
    }
    SG_TRY(syncUpTo(files, data, archive));
    // Only now, with the old ones durably away: a new `sources` must not be taken for the old.
    const std::string next = joinPath(joinPath(archive, kNext), "sources");
    SG_TRY_ASSIGN(const bool hasNext, exists(files, next));
    if (hasNext) {
        SG_TRY(files.rename(next, data.sources()));
        SG_TRY(files.syncDirectory(parentDirectory(next)));
        SG_TRY(files.syncDirectory(data.root));
    }
    SG_TRY(files.remove(markerOf(data)));
    return files.syncDirectory(data.root);
}

} // namespace

Status finishNewRun(FileSystem& files, const DataDirectory& data) {
    auto name = files.readWhole(markerOf(data), 4096);
    if (!name) return name.error().code == ErrorCode::NotFound ? Status() : fail(name.error());
    while (!name->empty() && name->back() == '\n') name->pop_back();
    SG_TRY_ASSIGN(const bool there, exists(files, joinPath(data.archive(), *name)));
    if (!name->starts_with("run-") || name->find('/') != std::string::npos || !there)
        return fail(ErrorCode::Corrupt, markerOf(data) + " names no archive; look into " + data.archive() + " and remove the file");
    return move(files, data, *name);
}

Result<std::string> archiveRun(FileSystem& files, const std::string& dataDirectory, Timestamp now) {
    DataDirectory data;
    data.root = dataDirectory;
    SG_TRY_ASSIGN(const bool there, exists(files, data.root));
    if (!there) return std::string();
    SG_TRY_ASSIGN(const DirectoryLock lock, DirectoryLock::take(data));
    SG_TRY(finishNewRun(files, data));
    SG_TRY_ASSIGN(const bool hasStore, exists(files, data.store()));
    SG_TRY_ASSIGN(const bool hasStream, exists(files, data.stream()));
    if (!hasStore && !hasStream) return std::string();

    std::string name = stampOf(now);
    if (const auto stream = files.readWhole(data.stream(), 4096); stream && stream->size() > 8) name += '-' + stream->substr(0, 8);
    std::string archive = joinPath(data.archive(), name);
    for (int n = 2;; ++n) { // two in one second
        SG_TRY_ASSIGN(const bool taken, exists(files, archive));
        if (!taken) break;
        archive = joinPath(data.archive(), name + '-' + std::to_string(n));
    }
    name = archive.substr(data.archive().size() + 1);
    DataDirectory next;
    next.root = joinPath(archive, kNext);
    SG_TRY(files.makeDirectories(next.root));
    SG_TRY_ASSIGN(const std::vector<SourceInfo> kept, sourcesToKeep(files, data));
    if (!kept.empty()) SG_TRY(appendSources(files, next, kept));
    SG_TRY(files.syncDirectory(next.root));
    SG_TRY(syncUpTo(files, data, archive));
    SG_TRY(files.replaceDurably(markerOf(data), name + '\n'));
    SG_TRY(move(files, data, name));
    return archive;
}

} // namespace sg
