#include "core/split/splitter.h"

#include "core/base/fault.h"
#include "core/chunks/data_directory.h"
#include "core/split/fingerprint.h"
#include "core/split/path_glob.h"
#include "core/split/source_file.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <set>

namespace sg {
namespace {

constexpr std::size_t kBlock = 256U << 10U;
constexpr std::size_t kMaxLine = 1U << 20U;
constexpr std::size_t kStepBytes = 32U << 20U;
constexpr std::size_t kStepFiles = 500;           ///< imported files begun in one step
constexpr std::uint32_t kFingerprintBytes = 1024;
constexpr Nanoseconds kScanEvery = std::chrono::milliseconds(500);
constexpr Nanoseconds kListEvery = std::chrono::milliseconds(250);
constexpr Nanoseconds kGoneWait = std::chrono::seconds(5); ///< writers may go on in a rotated file until they reopen
constexpr Milliseconds kPoll{20};
constexpr Milliseconds kBlocked{200};
constexpr std::uint64_t kReferencedFactor = 4;    ///< references cost no disk, but a limit on what waits all the same

/// A run of lines of one source that is being collected.
struct Tail {
    SourceInfo source;                 ///< id 0: not registered yet
    std::unique_ptr<SourceFile> file;
    FileInfo opened;                   ///< device and inode
    bool imported = false;
    bool reference = false;            ///< chunks are references: the bytes need not be kept
    std::string buffer;                ///< bytes from `start` on; empty for references but for the torn end
    std::uint64_t start = 0;           ///< position of the first byte that is in no chunk
    std::uint64_t held = 0;            ///< bytes from `start` that were read
    std::uint64_t complete = 0;        ///< of them, up to the last newline
    std::uint64_t lines = 0;           ///< complete lines held
    std::uint64_t boundary = 0;        ///< references: bytes and lines up to the last whole multiple of lines per chunk
    std::uint64_t boundaryLines = 0;
    SteadyTime since{};                ///< when the first line held was read
    Timestamp arrival;
    bool skipping = false;             ///< inside the rest of a line that was cut
    bool atEnd = false;                ///< the last read found nothing more
    bool gone = false;                 ///< no watched path leads to it any more
    bool ended = false;                ///< nothing will follow
    SteadyTime lastGrowth{};
    std::string path;
    // pace of imports
    std::optional<Timestamp> firstEvent;
    SteadyTime paceStart{};
    std::string reread;                ///< fingerprint bytes of the last look

    [[nodiscard]] std::uint64_t position() const { return start + held; }
};

std::uint64_t countNewlines(std::string_view bytes) { return static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n')); }

/// Length of the first `lines` lines of `bytes`, newlines included.
std::size_t lengthOfLines(std::string_view bytes, std::uint64_t lines) {
    std::size_t at = 0;
    for (; lines > 0; --lines) {
        const void* newline = std::memchr(bytes.data() + at, '\n', bytes.size() - at);
        if (newline == nullptr) return bytes.size();
        at = static_cast<std::size_t>(static_cast<const char*>(newline) - bytes.data()) + 1;
    }
    return at;
}

class ChunkSplitter final : public Splitter {
public:
    ChunkSplitter(FileSystem& files, const Clock& clock, SplitterOptions options)
        : m_files(files), m_clock(clock), m_options(std::move(options)), m_data{m_options.dataDirectory} {}

    Status load();
    Result<Milliseconds> step(const Tuning& tuning) override;
    Status flush(bool sourcesEnded) override;
    const SplitterPart& part() const override { return m_part; }
    bool drained() const override;
    bool finished(std::uint64_t device, std::uint64_t inode, std::uint64_t size) const override;

private:
    // what is known of sources
    std::uint64_t positionOf(const SourceInfo& source) const;
    Status registerSource(Tail& tail, SourceInfo::Kind kind, std::uint64_t begin);
    Status lengthenFingerprint(Tail& tail);
    const SourceInfo* knownByFingerprint(std::string_view head) const;
    Tail* tailOf(SourceId source);

    // finding files
    void scan();
    void consider(const std::string& path, bool explicitPath);
    void beginTail(std::unique_ptr<SourceFile> file, const FileInfo& info, const std::string& path, const SourceInfo* known);
    Status beginImports();
    Status beginImport(const std::string& path);
    Status registerImports();
    Status collectImportPaths(const std::string& path);

    // reading
    Result<std::size_t> read(Tail& tail, const Tuning& tuning);
    void take(Tail& tail, std::string_view bytes, std::uint64_t linesPerChunk);
    std::size_t skipRest(Tail& tail, std::string_view bytes);
    std::size_t allowedByPace(Tail& tail, std::string_view bytes, double pace);
    bool intact(Tail& tail, const FileInfo& now);
    Status restartTruncated(Tail& tail);
    Status end(Tail& tail);

    // cutting
    Status publishDue(Tail& tail, const Tuning& tuning);
    Status publish(Tail& tail, std::uint64_t bytes, std::uint64_t lines);
    Status publishAll(Tail& tail, bool torn);
    Status cutLongLine(Tail& tail);
    Status syncPublished();
    bool blocked(const Tuning& tuning);
    void listDisk(bool now);
    void raise(const std::string& key, Severity severity, std::string sentence, std::string advice) {
        m_problems.raise(key, severity, std::move(sentence), std::move(advice), m_clock.wall());
    }
    void updatePart(const Tuning* tuning);

    FileSystem& m_files;
    const Clock& m_clock;
    const SplitterOptions m_options;
    const DataDirectory m_data;

    std::map<std::uint64_t, SourceInfo> m_sources;       // newest words about each
    std::map<std::uint64_t, std::uint64_t> m_positions;  // source -> durable end
    std::uint64_t m_nextSource = 1;
    Sequence m_nextSequence;
    std::vector<std::unique_ptr<Tail>> m_tails;
    std::vector<std::string> m_importPaths;              // still to begin, last first
    std::set<std::string> m_importHashes;                // begun in this run
    std::vector<std::unique_ptr<Tail>> m_newImports;     // to be registered together
    struct Seen {
        std::uint64_t size = 0;
        std::int64_t modifiedNs = 0;
    };
    std::map<std::pair<std::uint64_t, std::uint64_t>, Seen> m_idle; // device, inode -> looked at and nothing to do
    struct OnDisk {
        std::uint64_t bytes = 0;
        bool reference = false;
    };
    std::map<std::uint64_t, OnDisk> m_onDisk;            // sequence -> chunk
    std::map<std::uint64_t, std::uint64_t> m_unsynced;   // source -> end, published but the folder not synced
    std::uint64_t m_fileBytes = 0, m_referencedBytes = 0;
    SteadyTime m_scanned{}, m_listed{};
    bool m_haveScanned = false;
    bool m_full = false;
    Milliseconds m_maxAge{500};
    std::uint32_t m_linesPerChunk = 1000;
    SplitterPart m_part;
    ProblemList m_problems;
    SteadyTime m_rateSince{};
    std::uint64_t m_rateLines = 0;
};

Status ChunkSplitter::load() {
    SG_TRY(m_files.makeDirectories(m_data.chunks()));
    SG_TRY_ASSIGN(const std::vector<SourceInfo> sources, readSources(m_files, m_data));
    for (const SourceInfo& source : sources) {
        m_sources[source.id.value] = source;
        m_nextSource = std::max(m_nextSource, source.id.value + 1);
    }
    SG_TRY_ASSIGN(const ReleasedPositions released, readReleased(m_files, m_data));
    for (const auto& [id, position] : released.sources) m_positions[id] = position.end.value;
    m_part.split = released.lines().value;
    SG_TRY_ASSIGN(const std::vector<std::string> names, m_files.list(m_data.chunks()));
    for (const std::string& name : names)
        if (name.starts_with(".tmp-")) SG_TRY(m_files.remove(joinPath(m_data.chunks(), name)));
    SG_TRY_ASSIGN(const std::vector<ChunkRef> chunks, listChunks(m_files, m_data));
    Sequence last = std::max(released.last, m_options.lastPlanned);
    for (const ChunkRef& chunk : chunks) {
        last = std::max(last, chunk.sequence);
        if (released.isReleased(chunk.sequence)) continue;
        std::uint64_t length = chunk.length.value;
        if (!chunk.reference) {
            SG_TRY_ASSIGN(const FileInfo info, m_files.stat(joinPath(m_data.chunks(), chunk.fileName())));
            length = info.size;
        }
        m_onDisk[chunk.sequence.value] = {length, chunk.reference};
        m_part.split += chunk.lines.value;
        std::uint64_t& end = m_positions[chunk.source.value];
        end = std::max(end, chunk.start.value + length);
    }
    m_nextSequence = Sequence{last.value + 1};
    m_part.lines = m_part.split;
    for (const std::string& path : m_options.import) SG_TRY(collectImportPaths(path));
    std::reverse(m_importPaths.begin(), m_importPaths.end());
    listDisk(true);
    m_part.stage.state = StageState::Starting;
    updatePart(nullptr);
    return {};
}

/// A folder means the files in it, in order of their names; everything must be readable before anything begins.
Status ChunkSplitter::collectImportPaths(const std::string& path) {
    std::vector<std::string> paths{path};
    if (!m_files.stat(path) && isGlob(path)) paths = expandGlob(m_files, path);
    if (paths.empty()) return fail(ErrorCode::NotFound, "nothing matches " + path);
    for (const std::string& each : paths) {
        SG_TRY_ASSIGN(const FileInfo info, m_files.stat(each));
        if (info.isDirectory) {
            SG_TRY_ASSIGN(const std::vector<std::string> names, m_files.list(each));
            for (const std::string& name : names) {
                const std::string inside = joinPath(each, name);
                if (name.starts_with('.')) continue;
                SG_TRY_ASSIGN(const FileInfo entry, m_files.stat(inside));
                if (entry.isDirectory) continue;
                SG_TRY(m_files.openRead(inside));
                m_importPaths.push_back(inside);
            }
        } else {
            SG_TRY(m_files.openRead(each));
            m_importPaths.push_back(each);
        }
    }
    return {};
}

std::uint64_t ChunkSplitter::positionOf(const SourceInfo& source) const {
    const auto at = m_positions.find(source.id.value);
    return at == m_positions.end() ? source.begin.value : std::max(source.begin.value, at->second);
}

Tail* ChunkSplitter::tailOf(SourceId source) {
    for (const auto& tail : m_tails)
        if (tail->source.id == source && !tail->ended) return tail.get();
    return nullptr;
}

/// The newest source whose first bytes these are; the longer fingerprint wins.
const SourceInfo* ChunkSplitter::knownByFingerprint(std::string_view head) const {
    const SourceInfo* best = nullptr;
    std::map<std::uint32_t, std::string> digests;
    for (const auto& [id, source] : m_sources) {
        if (source.kind != SourceInfo::Kind::Followed || source.fingerprintLength == 0 || source.fingerprintLength > head.size()) continue;
        std::string& digest = digests[source.fingerprintLength];
        if (digest.empty()) digest = digestOf(head.substr(0, source.fingerprintLength));
        if (digest == source.fingerprint && (best == nullptr || source.fingerprintLength >= best->fingerprintLength)) best = &source;
    }
    return best;
}

Status ChunkSplitter::registerSource(Tail& tail, SourceInfo::Kind kind, std::uint64_t begin) {
    std::string head(kFingerprintBytes, '\0');
    SG_TRY_ASSIGN(const std::size_t n, tail.file->readAt(0, head));
    head.resize(n);
    SourceInfo source;
    source.id = SourceId{m_nextSource};
    source.kind = kind;
    source.path = tail.path;
    source.device = tail.opened.device;
    source.inode = tail.opened.inode;
    source.fingerprint = digestOf(head);
    source.fingerprintLength = static_cast<std::uint32_t>(n);
    source.begin = ByteOffset{begin};
    SG_FAULT_POINT("split.source.before");
    SG_TRY(appendSources(m_files, m_data, {source}));
    SG_FAULT_POINT("split.source.after");
    ++m_nextSource;
    m_sources[source.id.value] = source;
    tail.source = std::move(source);
    return {};
}

/// A fingerprint taken of a short file is taken again once there are more bytes: the longer, the surer.
Status ChunkSplitter::lengthenFingerprint(Tail& tail) {
    if (tail.source.id.value == 0 || tail.imported || tail.source.fingerprintLength >= kFingerprintBytes || tail.position() < kFingerprintBytes) return {};
    std::string head(kFingerprintBytes, '\0');
    SG_TRY_ASSIGN(const std::size_t n, tail.file->readAt(0, head));
    if (n < kFingerprintBytes || digestOf(std::string_view(head).substr(0, tail.source.fingerprintLength)) != tail.source.fingerprint) return {};
    SourceInfo source = tail.source;
    source.fingerprint = digestOf(head);
    source.fingerprintLength = kFingerprintBytes;
    SG_TRY(appendSources(m_files, m_data, {source}));
    m_sources[source.id.value] = source;
    tail.source = std::move(source);
    return {};
}

void ChunkSplitter::scan() {
    const SteadyTime now = m_clock.steady();
    const bool whole = !m_haveScanned || now - m_scanned >= kScanEvery;
    std::set<std::pair<std::uint64_t, std::uint64_t>> present;
    for (const std::string& pattern : m_options.follow) {
        if (isGlob(pattern) && !m_files.stat(pattern)) {
            if (!whole) continue;
            for (const std::string& path : expandGlob(m_files, pattern)) consider(path, false);
        } else {
            consider(pattern, true);
        }
    }
    if (!whole) return;
    m_scanned = now;
    m_haveScanned = true;
    for (const std::string& pattern : m_options.follow) {
        const std::vector<std::string> paths = isGlob(pattern) && !m_files.stat(pattern) ? expandGlob(m_files, pattern) : std::vector{pattern};
        for (const std::string& path : paths)
            if (const auto info = m_files.stat(path)) present.emplace(info->device, info->inode);
    }
    for (const auto& tail : m_tails)
        if (!tail->imported) tail->gone = !present.contains({tail->opened.device, tail->opened.inode});
}

/// Decides what a watched path is: a file that is already read, one that goes on where a known source was, or a new source.
void ChunkSplitter::consider(const std::string& path, bool explicitPath) {
    const std::string permission = "split.permission:" + path;
    const auto info = m_files.stat(path);
    if (!info) {
        if (explicitPath && info.error().code == ErrorCode::PermissionDenied)
            raise(permission, Severity::Warning, info.error().message, "Let this user read it (for instance, add it to the group adm); reading begins by itself.");
        else if (explicitPath && info.error().code == ErrorCode::NotFound && m_tails.empty())
            raise("split.missing:" + path, Severity::Warning, path + " does not exist", "Check the path; reading begins as soon as it is there.");
        return;
    }
    m_problems.resolve("split.missing:" + path, m_clock.wall());
    if (info->isDirectory) {
        raise("split.folder:" + path, Severity::Warning, path + " is a folder", "Follow the files in it: " + joinPath(path, "*.log"));
        return;
    }
    for (const auto& tail : m_tails)
        if (!tail->ended && !tail->imported && tail->opened.device == info->device && tail->opened.inode == info->inode) return;
    const auto key = std::pair(info->device, info->inode);
    if (const auto idle = m_idle.find(key); idle != m_idle.end() && idle->second.size == info->size && idle->second.modifiedNs == info->modifiedNs) return;
    auto file = SourceFile::open(m_files, path);
    if (!file) {
        if (file.error().code == ErrorCode::PermissionDenied)
            raise(permission, Severity::Warning, file.error().message, "Let this user read it (for instance, add it to the group adm); reading begins by itself.");
        return;
    }
    m_problems.resolve(permission, m_clock.wall());
    std::string head(kFingerprintBytes, '\0');
    const auto n = (*file)->readAt(0, head);
    if (!n) return;
    head.resize(*n);
    const SourceInfo* known = head.empty() ? nullptr : knownByFingerprint(head);
    if (known != nullptr) {
        // A copy of what is being read (copytruncate): it matters once the original was truncated.
        if (Tail* live = tailOf(known->id); live != nullptr) {
            const auto now = live->file->info();
            if (now && intact(*live, *now)) return;
        }
        const bool sameInode = known->inode == info->inode && known->device == info->device;
        if (!(*file)->packed() && positionOf(*known) > info->size && !sameInode) return; // a copy that is not finished yet
        if (!(*file)->packed() && positionOf(*known) == info->size && !sameInode) {
            m_idle[key] = {info->size, info->modifiedNs};
            return;
        }
    }
    beginTail(std::move(*file), *info, path, known);
}

void ChunkSplitter::beginTail(std::unique_ptr<SourceFile> file, const FileInfo& info, const std::string& path, const SourceInfo* known) {
    auto tail = std::make_unique<Tail>();
    tail->file = std::move(file);
    tail->opened = info;
    tail->path = path;
    tail->lastGrowth = m_clock.steady();
    if (known != nullptr) {
        tail->source = *known;
        tail->start = positionOf(*known);
        // A chunk that ends inside a line was the first 1 MiB of one: its rest is left out.
        char before = '\n';
        if (tail->start > 0 && (tail->file->packed() || tail->start < info.size)) {
            const auto n = tail->file->readAt(tail->start - 1, {&before, 1});
            tail->skipping = n && *n == 1 && before != '\n';
        }
    }
    m_tails.push_back(std::move(tail));
}

Status ChunkSplitter::beginImports() {
    std::size_t begun = 0;
    while (!m_importPaths.empty() && begun < kStepFiles && m_tails.size() + m_newImports.size() < kStepFiles + 100) {
        const std::string path = m_importPaths.back();
        SG_TRY(beginImport(path));
        m_importPaths.pop_back();
        ++begun;
    }
    return registerImports();
}

Status ChunkSplitter::beginImport(const std::string& path) {
    SG_TRY_ASSIGN(auto file, SourceFile::open(m_files, path));
    SG_TRY_ASSIGN(const FileInfo info, file->info());
    SG_TRY_ASSIGN(auto raw, m_files.openRead(path));
    Digest digest;
    std::string block(kBlock, '\0');
    for (std::uint64_t at = 0;;) {
        SG_TRY_ASSIGN(const std::size_t n, raw->readAt(at, block));
        digest.add(std::string_view(block).substr(0, n));
        at += n;
        if (n < block.size()) break;
    }
    const std::string hash = digest.finish();
    const SourceInfo* known = nullptr;
    for (const auto& [id, source] : m_sources)
        if (source.kind == SourceInfo::Kind::Imported && source.contentHash == hash && source.size == info.size) known = &source;
    if (m_importHashes.contains(hash) || (known != nullptr && !file->packed() && positionOf(*known) >= info.size)) {
        raise("split.imported:" + path, Severity::Info, path + " was imported before: nothing was added", "");
        return {};
    }
    m_importHashes.insert(hash);
    if (info.size == 0) return {};
    auto tail = std::make_unique<Tail>();
    tail->imported = true;
    tail->reference = !file->packed();
    tail->file = std::move(file);
    tail->opened = info;
    tail->path = path;
    if (known != nullptr) {
        tail->source = *known;
        tail->start = positionOf(*known);
        char before = '\n';
        if (tail->start > 0) {
            SG_TRY_ASSIGN(const std::size_t n, tail->file->readAt(tail->start - 1, {&before, 1}));
            tail->skipping = n == 1 && before != '\n';
        }
        if (known->path == path) {
            m_tails.push_back(std::move(tail));
            return {};
        }
        tail->source.path = path; // it moved: references must lead to where it is now
    } else {
        tail->source.id = SourceId{m_nextSource++};
        tail->source.kind = SourceInfo::Kind::Imported;
        tail->source.path = path;
        tail->source.device = info.device;
        tail->source.inode = info.inode;
        tail->source.size = info.size;
        tail->source.contentHash = hash;
        tail->source.fingerprint = hash;
    }
    m_newImports.push_back(std::move(tail));
    return {};
}

/// Many files, one sync: a folder of thousands must not take minutes.
Status ChunkSplitter::registerImports() {
    if (m_newImports.empty()) return {};
    std::vector<SourceInfo> sources;
    for (const auto& tail : m_newImports) sources.push_back(tail->source);
    SG_FAULT_POINT("split.source.before");
    SG_TRY(appendSources(m_files, m_data, sources));
    SG_FAULT_POINT("split.source.after");
    for (auto& tail : m_newImports) {
        m_sources[tail->source.id.value] = tail->source;
        m_tails.push_back(std::move(tail));
    }
    m_newImports.clear();
    return {};
}

/// Is this still the file whose bytes were read? Neither shorter nor with other first bytes.
bool ChunkSplitter::intact(Tail& tail, const FileInfo& now) {
    if (tail.file->packed()) return true;
    if (now.size < tail.position()) return false;
    if (tail.source.id.value == 0) return true;
    std::string head(tail.source.fingerprintLength, '\0');
    const auto n = tail.file->readAt(0, head);
    return n && *n == head.size() && digestOf(head) == tail.source.fingerprint;
}

/// The file was truncated under the reader. What was read before is still the log's; then the file goes on as another generation, or,
/// when its first bytes are the same, at its new end.
Status ChunkSplitter::restartTruncated(Tail& tail) {
    SG_TRY(publishAll(tail, true));
    SG_TRY_ASSIGN(const FileInfo now, tail.file->info());
    std::string head(kFingerprintBytes, '\0');
    SG_TRY_ASSIGN(const std::size_t n, tail.file->readAt(0, head));
    head.resize(n);
    const bool sameBeginning = tail.source.id.value != 0 && tail.source.fingerprintLength > 0 && n >= tail.source.fingerprintLength &&
                               digestOf(std::string_view(head).substr(0, tail.source.fingerprintLength)) == tail.source.fingerprint;
    const std::uint64_t before = tail.start;
    tail.source = SourceInfo{};
    tail.skipping = false;
    tail.start = tail.held = tail.complete = tail.lines = 0;
    tail.buffer.clear();
    if (!sameBeginning) return {};
    raise("split.shrunk:" + tail.path, Severity::Error,
          tail.path + " became shorter (" + std::to_string(now.size) + " bytes, " + std::to_string(before) + " were read): reading goes on at its new end",
          "Lines that were written again may be missing or read twice; look for what truncates the file without emptying it.");
    // A source of its own, so that its positions cannot be mistaken for those of the longer file.
    SG_TRY(registerSource(tail, SourceInfo::Kind::Followed, now.size));
    tail.start = now.size;
    return {};
}

/// How much of `bytes` may be read now, so that event time does not run ahead of the clock.
std::size_t ChunkSplitter::allowedByPace(Tail& tail, std::string_view bytes, double pace) {
    std::size_t at = 0;
    const SteadyTime now = m_clock.steady();
    while (at < bytes.size()) {
        const auto newline = bytes.find('\n', at);
        if (newline == std::string_view::npos) return tail.held == 0 && at == 0 ? bytes.size() : at;
        if (const auto event = m_options.eventTime(tail.source, bytes.substr(at, newline - at))) {
            if (!tail.firstEvent) {
                tail.firstEvent = event;
                tail.paceStart = now;
            }
            const double due = static_cast<double>(event->ns - tail.firstEvent->ns) / pace;
            if (static_cast<double>(std::chrono::duration_cast<Nanoseconds>(now - tail.paceStart).count()) < due) return at;
        }
        at = newline + 1;
    }
    return at;
}

/// Leaves out the rest of a line that was cut; returns how many bytes that took.
std::size_t ChunkSplitter::skipRest(Tail& tail, std::string_view bytes) {
    const auto newline = bytes.find('\n');
    const std::size_t n = newline == std::string_view::npos ? bytes.size() : newline + 1;
    tail.start += n;
    m_part.cutBytes += n;
    if (newline != std::string_view::npos) tail.skipping = false;
    return n;
}

void ChunkSplitter::take(Tail& tail, std::string_view bytes, std::uint64_t linesPerChunk) {
    if (bytes.empty()) return;
    if (tail.held == 0) {
        tail.since = m_clock.steady();
        tail.arrival = Timestamp{m_clock.wall().ns / 1'000'000 * 1'000'000};
    }
    if (!tail.reference) tail.buffer.append(bytes);
    const std::uint64_t fresh = countNewlines(bytes);
    const auto last = bytes.rfind('\n');
    if (last != std::string_view::npos) {
        if (tail.reference) {
            // Remember the last whole multiple, since the bytes are not kept.
            const std::uint64_t whole = (tail.lines + fresh) / linesPerChunk * linesPerChunk;
            if (whole > tail.lines) {
                tail.boundary = tail.held + lengthOfLines(bytes, whole - tail.lines);
                tail.boundaryLines = whole;
            }
        }
        tail.complete = tail.held + last + 1;
        tail.lines += fresh;
        m_part.lines += fresh;
    }
    tail.held += bytes.size();
}

/// Reads what is there, up to a block; returns the bytes it took.
Result<std::size_t> ChunkSplitter::read(Tail& tail, const Tuning& tuning) {
    static thread_local std::string block(kBlock, '\0');
    auto info = tail.file->info();
    if (!info) return fail(info.error());
    if (!tail.imported && !intact(tail, *info)) {
        SG_TRY(restartTruncated(tail));
        return std::size_t{1}; // look again at once
    }
    if (!tail.file->packed() && info->size == tail.position()) {
        tail.atEnd = true;
        return std::size_t{0};
    }
    auto got = tail.file->readAt(tail.position(), block);
    if (!got) {
        if (got.error().code != ErrorCode::Corrupt) return fail(got.error());
        raise("split.damaged:" + tail.path, Severity::Error, got.error().message, "What came before the damage was read.");
        tail.ended = true;
        got = std::size_t{0};
    }
    std::string_view bytes(block.data(), *got);
    if (bytes.empty()) {
        tail.atEnd = true;
        return std::size_t{0};
    }
    if (!tail.imported) {
        if (tail.source.id.value == 0) SG_TRY(registerSource(tail, SourceInfo::Kind::Followed, 0));
        // Bytes that were read while the file was being truncated and written anew belong to nobody.
        SG_TRY_ASSIGN(const FileInfo after, tail.file->info());
        if (after.size < tail.position() + bytes.size() || !intact(tail, after)) {
            SG_TRY(restartTruncated(tail));
            return std::size_t{1};
        }
    }
    tail.atEnd = false;
    tail.lastGrowth = m_clock.steady();
    if (tail.imported && tuning.split.pace > 0 && m_options.eventTime) {
        bytes = bytes.substr(0, allowedByPace(tail, bytes, tuning.split.pace));
        if (bytes.empty()) return std::size_t{0};
    }
    const std::size_t n = bytes.size();
    if (tail.skipping) bytes.remove_prefix(skipRest(tail, bytes));
    take(tail, bytes, tuning.split.linesPerChunk);
    SG_TRY(lengthenFingerprint(tail));
    return n;
}

Status ChunkSplitter::publish(Tail& tail, std::uint64_t bytes, std::uint64_t lines) {
    // Two names that are not durable may survive a power loss out of order: the second without the first would be a hole in the log.
    SG_TRY(syncPublished());
    ChunkRef chunk;
    chunk.stream = m_options.stream;
    chunk.sequence = m_nextSequence;
    chunk.source = tail.source.id;
    chunk.start = ByteOffset{tail.start};
    chunk.lines = LineCount{lines};
    chunk.arrival = tail.arrival;
    chunk.length = ByteCount{bytes};
    chunk.reference = tail.reference;
    const std::string name = chunk.fileName();
    const std::string path = joinPath(m_data.chunks(), name);
    SG_FAULT_POINT("split.chunk.before");
    if (chunk.reference) {
        SG_TRY(m_files.createNew(path));
    } else {
        const std::string temporary = joinPath(m_data.chunks(), ".tmp-" + name);
        const auto write = [&]() -> Status {
            SG_TRY_ASSIGN(auto file, m_files.createNew(temporary));
            SG_TRY(file->append(std::string_view(tail.buffer).substr(0, bytes)));
            return file->sync();
        };
        if (const Status written = write(); !written) {
            static_cast<void>(m_files.remove(temporary));
            return written;
        }
        SG_FAULT_POINT("split.chunk.written");
        SG_TRY(m_files.rename(temporary, path));
    }
    SG_FAULT_POINT("split.chunk.renamed");
    ++m_nextSequence;
    tail.buffer.erase(0, tail.reference ? 0 : bytes);
    tail.start += bytes;
    tail.held -= bytes;
    tail.complete -= std::min(tail.complete, bytes);
    tail.lines -= std::min(tail.lines, lines);
    tail.boundary = tail.boundaryLines = 0;
    tail.since = m_clock.steady();
    tail.arrival = Timestamp{m_clock.wall().ns / 1'000'000 * 1'000'000};
    m_unsynced[tail.source.id.value] = tail.start;
    m_onDisk[chunk.sequence.value] = {bytes, chunk.reference};
    (chunk.reference ? m_referencedBytes : m_fileBytes) += bytes;
    m_part.split += lines;
    ++m_part.chunks;
    SG_FAULT_POINT("split.chunk.after");
    return {};
}

/// Everything held, also a torn last line: its writer is gone.
Status ChunkSplitter::publishAll(Tail& tail, bool torn) {
    if (torn && tail.held > tail.complete) {
        const std::uint64_t bytes = tail.held;
        const std::uint64_t lines = tail.lines + 1;
        m_part.lines += 1;
        tail.complete = bytes;
        tail.lines = lines;
        if (!tail.reference && (tail.buffer.empty() || tail.buffer.back() == '\n')) return fail(ErrorCode::Internal, "no torn line in " + tail.path);
        return publish(tail, bytes, lines);
    }
    if (tail.lines == 0) return {};
    return publish(tail, tail.complete, tail.lines);
}

/// A line above 1 MiB: its first 1 MiB is a line of the chunk, the rest is left out and counted.
Status ChunkSplitter::cutLongLine(Tail& tail) {
    const std::uint64_t kept = tail.complete + kMaxLine;
    const std::uint64_t rest = tail.held - kept;
    tail.held = kept;
    if (!tail.reference) tail.buffer.resize(kept);
    SG_TRY(publishAll(tail, true));
    tail.start += rest;
    m_part.cutBytes += rest;
    tail.skipping = true;
    raise("split.too_long:" + tail.path, Severity::Warning, tail.path + " has a line above 1 MiB: it was cut", "The line is among the dead letters.");
    return {};
}

Status ChunkSplitter::publishDue(Tail& tail, const Tuning& tuning) {
    const SplitTuning& split = tuning.split;
    while (tail.lines > 0 || tail.held >= kMaxLine) {
        const Nanoseconds age = m_clock.steady() - tail.since;
        const bool young = age < split.minAge;
        if (tail.held - tail.complete >= kMaxLine) return cutLongLine(tail);
        const bool filled = tail.held >= split.maxBytes;
        if (filled && (tail.lines < split.linesPerChunk || tail.reference)) {
            SG_TRY(tail.reference && tail.boundaryLines > 0 ? publish(tail, tail.boundary, tail.boundaryLines) : publish(tail, tail.complete, tail.lines));
            if (tail.reference) SG_TRY(publishAll(tail, false));
            continue;
        }
        if (tail.lines >= split.linesPerChunk && (!young || filled)) {
            if (tail.reference) {
                // The bytes are not kept, so lines behind the boundary close with it or wait for the next read.
                if (tail.boundaryLines == 0) break;
                const std::uint64_t more = tail.lines - tail.boundaryLines;
                const std::uint64_t complete = tail.complete - tail.boundary;
                SG_TRY(publish(tail, tail.boundary, tail.boundaryLines));
                static_cast<void>(more);
                static_cast<void>(complete);
                continue;
            }
            // Without a minimum age every chunk has exactly the lines asked for; with one it grows in whole multiples.
            std::uint64_t lines = split.minAge.count() == 0 ? split.linesPerChunk : tail.lines / split.linesPerChunk * split.linesPerChunk;
            std::uint64_t bytes = lengthOfLines(tail.buffer, lines);
            while (bytes > split.maxBytes && lines > split.linesPerChunk) {
                lines = std::max<std::uint64_t>(split.linesPerChunk, lines / 2 / split.linesPerChunk * split.linesPerChunk);
                bytes = lengthOfLines(tail.buffer, lines);
            }
            SG_TRY(publish(tail, bytes, lines));
            continue;
        }
        if (age >= m_maxAge) {
            SG_TRY(publishAll(tail, false));
            continue;
        }
        break;
    }
    return {};
}

Status ChunkSplitter::syncPublished() {
    if (m_unsynced.empty()) return {};
    SG_TRY(m_files.syncDirectory(m_data.chunks()));
    for (const auto& [source, end] : m_unsynced) m_positions[source] = std::max(m_positions[source], end);
    m_unsynced.clear();
    return {};
}

void ChunkSplitter::listDisk(bool now) {
    const SteadyTime time = m_clock.steady();
    if (!now && time - m_listed < kListEvery) return;
    m_listed = time;
    const auto chunks = listChunks(m_files, m_data);
    if (!chunks) return;
    std::set<std::uint64_t> present;
    for (const ChunkRef& chunk : *chunks) present.insert(chunk.sequence.value);
    std::erase_if(m_onDisk, [&](const auto& entry) { return !present.contains(entry.first); });
    m_fileBytes = m_referencedBytes = 0;
    for (const auto& [sequence, chunk] : m_onDisk) (chunk.reference ? m_referencedBytes : m_fileBytes) += chunk.bytes;
}

/// Full, by what was allowed or by what the disk has left.
bool ChunkSplitter::blocked(const Tuning& tuning) {
    listDisk(false);
    const bool queueFull = m_fileBytes >= tuning.split.queueBytes || m_referencedBytes >= kReferencedFactor * tuning.split.queueBytes;
    if (queueFull)
        raise("split.queue_full", Severity::Warning, "chunks waiting in " + m_data.chunks() + " reach the limit of " + std::to_string(tuning.split.queueBytes >> 20U) + " MiB: reading waits",
              "It goes on when Elasticsearch takes documents again; or raise split.queue_bytes.");
    else
        m_problems.resolve("split.queue_full", m_clock.wall());
    const auto free = m_files.freeBytes(m_data.root);
    const bool diskLow = m_full || (free && *free < tuning.split.minFreeBytes);
    if (diskLow)
        raise("split.disk_full", Severity::Warning,
              "the disk of " + m_data.root + " is full (" + std::to_string(free.value_or(0) >> 20U) + " MiB free, " +
                  std::to_string(tuning.split.minFreeBytes >> 20U) + " MiB are kept): splitting waits",
              "Free some space; it goes on by itself and nothing is lost.");
    else
        m_problems.resolve("split.disk_full", m_clock.wall());
    m_full = false;
    return queueFull || diskLow;
}

Status ChunkSplitter::end(Tail& tail) {
    SG_TRY(publishAll(tail, true));
    tail.ended = true;
    m_idle[{tail.opened.device, tail.opened.inode}] = {tail.start, 0};
    return {};
}

Result<Milliseconds> ChunkSplitter::step(const Tuning& tuning) {
    m_maxAge = std::max(Milliseconds(50), std::min(Milliseconds(5000), tuning.batch.interval / 2));
    m_linesPerChunk = tuning.split.linesPerChunk;
    if (blocked(tuning)) {
        m_part.stage.state = StageState::Waiting;
        updatePart(&tuning);
        return kBlocked;
    }
    // A full disk is waited for; anything else stops the stage.
    const auto work = [&]() -> Result<bool> {
        SG_TRY(beginImports());
        scan();
        bool more = !m_importPaths.empty();
        std::size_t budget = kStepBytes;
        for (const auto& tail : m_tails) {
            while (!tail->ended && budget > 0) {
                SG_TRY_ASSIGN(const std::size_t n, read(*tail, tuning));
                SG_TRY(publishDue(*tail, tuning));
                if (n == 0) break;
                budget -= std::min(budget, n);
                if (blocked(tuning)) return false;
            }
            if (tail->ended || (tail->imported && tail->atEnd)) {
                SG_TRY(end(*tail));
            } else if (tail->atEnd && (tail->file->packed() || (tail->gone && m_clock.steady() - tail->lastGrowth >= kGoneWait))) {
                SG_TRY(end(*tail));
            }
        }
        if (budget == 0) more = true;
        return more;
    };
    const auto more = work();
    Status synced = syncPublished();
    std::erase_if(m_tails, [](const auto& tail) { return tail->ended; });
    if (!more || !synced) {
        const Error& error = !more ? more.error() : synced.error();
        if (error.code != ErrorCode::DiskFull) return fail(error);
        m_full = true;
        m_part.stage.state = StageState::Waiting;
        updatePart(&tuning);
        return kBlocked;
    }
    m_part.stage.state = StageState::Running;
    updatePart(&tuning);
    return *more ? Milliseconds(0) : kPoll;
}

Status ChunkSplitter::flush(bool sourcesEnded) {
    for (const auto& tail : m_tails) SG_TRY(publishAll(*tail, sourcesEnded));
    const Status synced = syncPublished();
    updatePart(nullptr);
    return synced;
}

bool ChunkSplitter::drained() const {
    if (!m_importPaths.empty() || !m_newImports.empty()) return false;
    if (!m_options.follow.empty() && !m_haveScanned) return false;
    return std::all_of(m_tails.begin(), m_tails.end(), [](const auto& tail) { return tail->atEnd && !tail->imported; });
}

bool ChunkSplitter::finished(std::uint64_t device, std::uint64_t inode, std::uint64_t size) const {
    for (const auto& tail : m_tails)
        if (!tail->imported && tail->opened.device == device && tail->opened.inode == inode) {
            const auto position = m_positions.find(tail->source.id.value);
            return position != m_positions.end() && position->second >= size && tail->start >= size;
        }
    for (auto at = m_sources.rbegin(); at != m_sources.rend(); ++at)
        if (at->second.device == device && at->second.inode == inode) return positionOf(at->second) >= size;
    return size == 0;
}

void ChunkSplitter::updatePart(const Tuning* tuning) {
    m_part.unsplit = 0;
    for (const auto& tail : m_tails) m_part.unsplit += tail->lines;
    m_part.chunkBytesOnDisk = m_fileBytes;
    m_part.sources = static_cast<std::uint32_t>(m_sources.size());
    m_part.importDone = m_importPaths.empty() && m_newImports.empty() && std::none_of(m_tails.begin(), m_tails.end(), [](const auto& t) { return t->imported; });
    if (tuning != nullptr) m_part.stage.appliedRevision = tuning->revision;
    const SteadyTime now = m_clock.steady();
    if (now - m_rateSince >= std::chrono::seconds(1)) {
        const double seconds = std::chrono::duration<double>(now - m_rateSince).count();
        if (m_rateSince != SteadyTime{}) m_part.stage.rate = static_cast<double>(m_part.lines - m_rateLines) / seconds;
        m_rateSince = now;
        m_rateLines = m_part.lines;
    }
    m_part.stage.detail = std::to_string(m_part.unsplit) + " lines not yet in a chunk";
    m_part.stage.problems = m_problems.rows();
}

} // namespace

Result<std::unique_ptr<Splitter>> Splitter::open(FileSystem& files, const Clock& clock, SplitterOptions options) {
    auto splitter = std::make_unique<ChunkSplitter>(files, clock, std::move(options));
    SG_TRY(splitter->load());
    return std::unique_ptr<Splitter>(std::move(splitter));
}

} // namespace sg
