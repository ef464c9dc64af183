#include "core/split/importer.h"

#include <algorithm>

namespace sg {
namespace {

constexpr std::size_t kRoundBytes = 32U << 20U;
constexpr std::size_t kGroup = 1024; // references that share a sync
constexpr std::uint64_t kGroupBytes = 64U << 20U;
constexpr std::size_t kPerFile = 16U << 10U; // what opening a file costs, in bytes of the round
constexpr Nanoseconds kSpeedEvery = Milliseconds(250);
constexpr Nanoseconds kSpeedOver = std::chrono::seconds(10);
constexpr Nanoseconds kSpeedAtLeast = std::chrono::seconds(1); // before it says nothing
constexpr Nanoseconds kNever = std::chrono::hours(24 * 365);

} // namespace

Status Importer::open(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
        SG_TRY_ASSIGN(const FileInfo info, m_context.files.stat(path));
        if (!info.isDirectory) {
            m_paths.push_back(path);
            m_sizes.push_back(info.size);
            continue;
        }
        SG_TRY_ASSIGN(const std::vector<std::string> names, m_context.files.list(path));
        for (const std::string& name : names) {
            const std::string file = joinPath(path, name);
            const auto inside = m_context.files.stat(file);
            if (name.front() == '.' || !inside || inside->isDirectory) continue;
            m_paths.push_back(file);
            m_sizes.push_back(inside->size);
        }
    }
    for (const std::string& path : m_paths) SG_TRY(m_context.files.openRead(path));
    for (const std::uint64_t size : m_sizes) m_bytes += size;
    return {};
}

CutRules Importer::rules() const {
    if (isPaced()) return m_context.rules;
    CutRules rules = m_context.rules;
    rules.minAge = rules.maxAge = kNever;
    rules.maxBytes = m_context.tuning.maxBytes;
    return rules;
}

Status Importer::begin() {
    Current& current = m_current.emplace();
    m_bytesBehind += m_next > 0 ? m_sizes[m_next - 1] : 0;
    current.file.path = current.file.home = m_paths[m_next++];
    return current.file.open(m_context);
}

Result<std::size_t> Importer::hashSome() {
    Follower& file = m_current->file;
    file.readTo = m_current->hashed;
    SG_TRY_ASSIGN(const std::string_view bytes, file.fetch(m_context, 0));
    m_current->digest.add(bytes);
    m_current->hashed += bytes.size();
    if (bytes.size() < kReadBlock) SG_TRY(identify());
    return bytes.size();
}

/// All bytes were seen: is this file known?
Status Importer::identify() {
    Current& current = *m_current;
    if (current.hashed == 0) {
        m_current.reset(); // an empty file has nothing to import
        return {};
    }
    const std::string hash = current.digest.hex();
    KnownSource* known = m_context.book.byContent(current.hashed, hash);
    if (known != nullptr) {
        SG_TRY(publishReferences()); // its position counts what is published
        if (!m_references.empty()) return {};
        current.known = true;
    } else {
        SourceInfo info;
        info.kind = SourceInfo::Kind::Imported;
        info.path = current.file.path;
        info.device = current.file.info.device;
        info.inode = current.file.info.inode;
        info.size = current.hashed;
        info.contentHash = hash;
        known = &m_context.book.add(std::move(info));
    }
    return current.file.attach(m_context, *known);
}

/// The next bytes of the finished file; nothing beyond what was hashed.
Result<std::string_view> Importer::next(std::uint64_t ahead) {
    Current& current = *m_current;
    SG_TRY_ASSIGN(std::string_view bytes, current.file.fetch(m_context, ahead));
    if (!current.file.isGzip()) {
        const std::uint64_t at = current.file.readTo + ahead;
        bytes = bytes.substr(0, current.hashed > at ? current.hashed - at : 0);
    }
    current.allRead = bytes.empty();
    return bytes;
}

Result<std::size_t> Importer::readSome() {
    SG_TRY_ASSIGN(const std::string_view bytes, next(0));
    if (!bytes.empty()) m_current->file.accept(m_context, bytes);
    return bytes.size();
}

/// Whether a line may be released; if not, m_due says when.
bool Importer::isDue(std::string_view line) {
    const SteadyTime now = m_context.clock.steady();
    if (m_pace != m_context.tuning.pace) {
        m_pace = m_context.tuning.pace;
        m_base.reset();
        m_due = now;
    }
    if (const auto time = m_eventTime(m_current->file.source->info, line)) {
        if (!m_base) m_base = {*time, now};
        const double wait = static_cast<double>(time->ns - m_base->first.ns) / m_pace;
        m_due = m_base->second + Nanoseconds(static_cast<std::int64_t>(wait));
    }
    return m_due <= now;
}

Result<std::size_t> Importer::releaseDue() {
    Current& current = *m_current;
    std::size_t released = 0;
    while (released < kReadBlock) {
        std::string_view rest = std::string_view(current.held).substr(current.heldFrom);
        std::size_t end = rest.find('\n');
        if (end == std::string_view::npos && !current.allRead && rest.size() <= kLongestLine) {
            current.held.erase(0, current.heldFrom);
            current.heldFrom = 0;
            SG_TRY_ASSIGN(const std::string_view more, next(current.file.isGzip() ? 0 : current.held.size()));
            current.held += more;
            continue;
        }
        if (rest.empty()) break;
        end = end == std::string_view::npos ? std::min(rest.size(), kLongestLine) : end + 1;
        const std::string_view line = rest.substr(0, end);
        if (!isDue(line.ends_with('\n') ? line.substr(0, line.size() - 1) : line)) break;
        for (std::string_view part = line; !part.empty(); part.remove_prefix(std::min(part.size(), kReadBlock)))
            current.file.accept(m_context, part.substr(0, kReadBlock));
        current.heldFrom += end;
        released += end;
    }
    return released;
}

/// Cuts what `until` allows: a range of a plain file becomes a reference, unpacked bytes become a chunk.
Status Importer::cut(Cutter::Until until) {
    Follower& file = m_current->file;
    const std::uint64_t before = m_context.part.chunks;
    if (file.isGzip()) {
        SG_TRY(publishReferences());
        if (!m_references.empty()) return {};
        const std::uint64_t lines = m_context.part.split;
        SG_TRY(m_context.publish(*file.source, file.cutter, rules(), until));
        m_lines += m_context.part.split - lines;
        m_current->chunks += m_context.part.chunks - before;
        return {};
    }
    const SteadyTime now = m_context.clock.steady();
    while (auto cut = file.cutter.next(now, rules(), until)) {
        if (cut->arrival.ns == 0) cut->arrival = m_context.clock.wall();
        if (cut->lines > file.cutter.lines()) m_context.linesRead(1); // the torn last line is one now
        m_references.push_back({file.source, file.cutter.offset(), *cut});
        m_referencedBytes += cut->bytes;
        ++m_current->chunks;
        file.cutter.take(*cut, now);
    }
    if (m_references.size() >= kGroup || m_referencedBytes >= kGroupBytes) return publishReferences();
    return {};
}

Status Importer::publishReferences() {
    if (m_references.empty()) return {};
    SG_TRY(m_context.lookForRoom());
    if (m_context.blocked()) return {};
    SG_TRY_ASSIGN(const std::size_t count, m_context.writer->publishReferences(m_references, m_context.clock.steady()));
    for (std::size_t i = 0; i < count; ++i) {
        m_referencedBytes -= m_references[i].cut.bytes;
        m_lines += m_references[i].cut.lines;
    }
    m_references.erase(m_references.begin(), m_references.begin() + static_cast<std::ptrdiff_t>(count));
    if (!m_references.empty()) m_context.room = ChunkWriter::Room::DiskFull;
    return {};
}

void Importer::finish() {
    const Current& current = *m_current;
    const auto now = m_context.files.stat(current.file.path);
    if (now && (now->size != current.file.info.size || now->modifiedNs != current.file.info.modifiedNs))
        m_context.raise("split.changed:" + current.file.path, Severity::Warning, current.file.path + " changed while it was imported",
                        "An import is a finished file; follow a log that is still written.");
    if (current.known && current.chunks == 0) {
        ++m_alreadyImported;
        m_context.raise("split.imported", Severity::Info,
                        m_alreadyImported == 1
                            ? current.file.path + " was already imported"
                            : std::to_string(m_alreadyImported) + " files were already imported, the last is " + current.file.path,
                        "The same bytes are imported only once into a data directory.");
    }
    m_current.reset();
}

/// A file that cannot be read after all: said, and left.
void Importer::giveUp(const Error& error) {
    const std::string& path = m_current->file.path;
    m_context.raise("split.import:" + path, Severity::Error, error.message, "The other files are imported.");
    if (m_current->file.source != nullptr) m_context.linesGone(m_current->file.cutter.lines());
    m_current.reset();
}

Result<bool> Importer::round() {
    std::size_t spent = 0;
    bool waits = false;
    while (spent < kRoundBytes && !waits && !m_context.blocked() && (m_current || (m_next < m_paths.size() && !m_cancelled))) {
        if (!m_current) {
            spent += kPerFile;
            if (const Status begun = begin(); !begun) {
                giveUp(begun.error());
                continue;
            }
        }
        Follower& file = m_current->file;
        const bool hashing = file.source == nullptr;
        const auto some = hashing ? hashSome() : isPaced() || !m_current->held.empty() ? releaseDue() : readSome();
        if (!some) {
            giveUp(some.error());
            continue;
        }
        spent += *some;
        if (hashing) continue;
        const bool ends = m_current->allRead && m_current->heldFrom == m_current->held.size();
        waits = *some == 0 && !ends;
        SG_TRY(cut(ends ? Cutter::Until::End : Cutter::Until::Due));
        if (ends && file.cutter.empty()) finish();
    }
    SG_TRY(publishReferences());
    return !waits && !m_context.blocked() && !done();
}

Status Importer::cancel() {
    if (done()) return {};
    SG_TRY(publishReferences()); // they are cut; only where there is no room for them they are not
    m_last = progress();
    std::uint64_t forgotten = 0;
    for (const ChunkWriter::Reference& reference : m_references) forgotten += reference.cut.lines;
    if (m_current && m_current->file.source != nullptr) forgotten += m_current->file.cutter.lines();
    m_context.linesGone(forgotten);
    m_references.clear();
    m_referencedBytes = 0;
    m_current.reset();
    m_cancelled = m_last.cancelled = true;
    m_last.secondsLeft = -1;
    m_last.lines = m_lines;
    m_last.file.clear();
    m_context.raise("split.import_cancelled", Severity::Info,
                    "the import was cancelled after " + std::to_string(m_lines) + " lines; " + std::to_string(m_last.filesDone) + " of " +
                        std::to_string(m_last.files) + " files are read to their end",
                    "What was cut into chunks stays and is processed. Import the same files again to go on behind it.");
    return {};
}

ImportProgress Importer::progress() {
    if (m_cancelled) return m_last;
    ImportProgress progress;
    progress.files = static_cast<std::uint32_t>(m_paths.size());
    progress.filesDone = static_cast<std::uint32_t>(m_next - (m_current ? 1 : 0));
    progress.bytes = m_bytes;
    progress.lines = m_lines;
    progress.paced = isPaced();
    if (m_current) {
        const std::uint64_t size = m_sizes[m_next - 1];
        const bool checked = m_current->file.source != nullptr;
        progress.file = m_current->file.path;
        progress.checked = m_bytesBehind + (checked ? size : std::min(size, m_current->hashed));
        progress.read = m_bytesBehind + (checked ? std::min(size, m_current->file.consumed()) : 0);
    } else {
        progress.checked = progress.read = m_bytesBehind + (m_next > 0 ? m_sizes[m_next - 1] : 0);
    }
    progress.secondsLeft = done() ? 0 : secondsLeft(progress);
    return progress;
}

double Importer::secondsLeft(const ImportProgress& progress) {
    const SteadyTime now = m_context.clock.steady();
    const std::uint64_t work = progress.paced ? progress.read : progress.checked + progress.read;
    if (m_speed.empty() || now - m_speed.back().first >= kSpeedEvery) m_speed.emplace_back(now, work);
    while (now - m_speed.front().first > kSpeedOver) m_speed.pop_front();
    if (m_speed.empty()) return -1;
    const Nanoseconds took = now - m_speed.front().first;
    if (took < kSpeedAtLeast || work <= m_speed.front().second) return -1;
    const double perSecond = static_cast<double>(work - m_speed.front().second) / std::chrono::duration<double>(took).count();
    const std::uint64_t all = progress.paced ? progress.bytes : 2 * progress.bytes;
    return static_cast<double>(all - std::min(all, work)) / perSecond;
}

Status Importer::flush() {
    if (m_current && m_current->file.source != nullptr) SG_TRY(cut(Cutter::Until::WholeLines));
    return publishReferences();
}

std::optional<Nanoseconds> Importer::untilDue() const {
    if (!m_current || !isPaced()) return std::nullopt;
    const SteadyTime now = m_context.clock.steady();
    Nanoseconds wait = std::max(Nanoseconds(0), m_due - now);
    if (const auto due = m_current->file.cutter.untilDue(now, m_context.rules)) wait = std::min(wait, *due);
    return wait;
}

} // namespace sg
