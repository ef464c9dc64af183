#include "core/generate/log_file.h"

#include "core/base/fault.h"

#include <algorithm>
#include <charconv>

namespace sg {
namespace {
constexpr std::size_t kWriteBytes = 1U << 20U;
constexpr std::size_t kCopyBytes = 1U << 20U;

/// By memchr, which looks at many bytes at once: lines are long.
std::uint64_t countLines(std::string_view bytes) {
    std::uint64_t lines = 0;
    for (std::size_t at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1)) ++lines;
    return lines;
}

std::string baseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }
} // namespace

Result<std::unique_ptr<LogFile>> LogFile::open(FileSystem& files, std::string path, RotationPolicy policy, MayDelete mayDelete) {
    std::unique_ptr<LogFile> log(new LogFile(files, std::move(path), policy, std::move(mayDelete)));
    for (const std::string_view what : {"gz", "copy"}) // what a kill left half made
        if (files.stat(log->temporaryPath(what))) SG_TRY(files.remove(log->temporaryPath(what)));
    SG_TRY(log->openCurrent());
    return log;
}

std::string LogFile::rotatedPath(std::uint64_t number, bool gzipped) const {
    return m_path + "." + std::to_string(number) + (gzipped ? ".gz" : "");
}

/// Hidden, so that no pattern such as access.log* takes it for a log.
std::string LogFile::temporaryPath(std::string_view what) const {
    return joinPath(parentDirectory(m_path), "." + baseName(m_path) + "." + std::string(what) + ".tmp");
}

Status LogFile::openCurrent() {
    SG_TRY_ASSIGN(m_file, m_files.openAppend(m_path));
    SG_TRY_ASSIGN(m_opened, m_file->info());
    m_size = m_opened.size;
    m_tornTail = false;
    if (m_size == 0) return {};
    char last = 0;
    SG_TRY_ASSIGN(const std::size_t got, m_file->readAt(m_size - 1, {&last, 1}));
    m_tornTail = got == 1 && last != '\n';
    return {};
}

Status LogFile::append(std::string_view bytes, std::size_t& written) {
    written = 0;
    if (m_tornTail) {
        SG_TRY(m_file->append("\n"));
        m_tornTail = false;
        ++m_size;
    }
    SG_FAULT_POINT("generate.write.before");
    const Status status = m_file->append(bytes);
    SG_FAULT_POINT("generate.write.after");
    written = bytes.size();
    if (!status) {
        // Part of it may be there: keep whole lines only, so that no reader ever joins two halves that are far apart in time.
        SG_TRY_ASSIGN(const FileInfo info, m_file->info());
        const std::size_t there = info.size > m_size ? std::min<std::size_t>(info.size - m_size, bytes.size()) : 0;
        const std::size_t end = bytes.substr(0, there).rfind('\n');
        written = end == std::string_view::npos ? 0 : end + 1;
        // If even that fails, the half line stays and the buffer goes on behind it.
        if (written != there && !m_file->truncate(m_size + written)) written = there;
    }
    m_lines += countLines(bytes.substr(0, written));
    m_bytes += written;
    m_size += written;
    return status;
}

Status LogFile::write(std::string& buffer) {
    std::size_t done = 0;
    Status status;
    while (done < buffer.size() && status) {
        std::string_view rest = std::string_view(buffer).substr(done);
        std::size_t take = std::min(rest.size(), kWriteBytes);
        if (m_policy.bytes != 0) take = std::min<std::size_t>(take, m_policy.bytes > m_size ? m_policy.bytes - m_size : 0);
        if (take < rest.size()) {
            const std::size_t end = take == 0 ? std::string_view::npos : rest.rfind('\n', take - 1);
            take = end == std::string_view::npos ? 0 : end + 1;
            if (take == 0 && m_size == 0) take = rest.find('\n') + 1; // a line longer than a file
        }
        if (take == 0) {
            status = rotate();
            continue;
        }
        std::size_t written = 0;
        status = append(rest.substr(0, take), written);
        done += written;
    }
    buffer.erase(0, done);
    return status;
}

Result<std::vector<LogFile::Rotated>> LogFile::rotated() const {
    SG_TRY_ASSIGN(const auto names, m_files.list(parentDirectory(m_path)));
    const std::string prefix = baseName(m_path) + ".";
    std::vector<Rotated> found;
    for (const std::string& name : names) {
        if (!name.starts_with(prefix)) continue;
        Rotated file;
        const char* end = name.data() + name.size();
        const auto [stop, error] = std::from_chars(name.data() + prefix.size(), end, file.number);
        file.gzipped = std::string_view(stop, static_cast<std::size_t>(end - stop)) == ".gz";
        if (error == std::errc{} && (stop == end || file.gzipped) && file.number > 0) found.push_back(file);
    }
    std::sort(found.begin(), found.end(), [](const Rotated& a, const Rotated& b) { return a.number < b.number; });
    return found;
}

/// Makes room for number 1: everything up to the first gap moves up by one.
Status LogFile::shift() {
    SG_TRY_ASSIGN(const auto files, rotated());
    std::uint64_t gap = 1;
    for (const Rotated& file : files)
        if (file.number == gap || file.number + 1 == gap) gap = file.number + 1;
    for (auto file = files.rbegin(); file != files.rend(); ++file)
        if (file->number < gap)
            SG_TRY(m_files.rename(rotatedPath(file->number, file->gzipped), rotatedPath(file->number + 1, file->gzipped)));
    if (m_gzip && m_gzipNumber < gap) ++m_gzipNumber;
    return {};
}

Status LogFile::copyCurrent() {
    const std::string temporary = temporaryPath("copy");
    if (m_files.stat(temporary)) SG_TRY(m_files.remove(temporary));
    SG_TRY_ASSIGN(auto copy, m_files.createNew(temporary));
    std::vector<char> block(kCopyBytes);
    for (std::uint64_t at = 0; at < m_size;) {
        SG_TRY_ASSIGN(const std::size_t got, m_file->readAt(at, block));
        if (got == 0) break;
        SG_TRY(copy->append({block.data(), got}));
        at += got;
    }
    SG_TRY(copy->sync());
    SG_TRY(shift());
    return m_files.rename(temporary, rotatedPath(1, false));
}

Status LogFile::rotate() {
    if (m_policy.kind == RotationKind::CopyTruncate) {
        // A reader that is behind would lose what it has not read: nothing is written until it has caught up.
        SG_TRY_ASSIGN(const FileInfo info, m_file->info());
        if (!isRead(info)) return fail(ErrorCode::Busy, m_path + " is full and has not been read to its end");
        SG_FAULT_POINT("generate.rotate.before");
        SG_TRY(copyCurrent());
        SG_TRY(m_file->truncate(0));
        m_size = 0;
    } else {
        SG_FAULT_POINT("generate.rotate.before");
        if (m_files.stat(m_path)) { // not there: a rotation before this one came no further than its rename
            SG_TRY(shift());
            SG_TRY(m_files.rename(m_path, rotatedPath(1, false)));
        }
        SG_TRY(openCurrent());
    }
    SG_FAULT_POINT("generate.rotate.after");
    ++m_rotations;
    return maintain();
}

Status LogFile::maintain() {
    if (const auto now = m_files.stat(m_path);
        !now ? now.error().code == ErrorCode::NotFound : now->inode != m_opened.inode || now->device != m_opened.device) {
        SG_TRY(openCurrent()); // moved away or deleted by someone else: the lines belong to the path
    } else if (now) {
        m_size = now->size;
    }
    if (m_gzip) {
        const auto done = m_gzip->advance();
        if (!done) {
            m_gzip.reset(); // part of a piece may have been written: it begins anew
            return fail(done.error());
        }
        if (!*done) return {};
        m_gzip.reset();
        if (m_files.stat(rotatedPath(m_gzipNumber, false))) {
            SG_TRY(m_files.rename(temporaryPath("gz"), rotatedPath(m_gzipNumber, true)));
            SG_TRY(m_files.syncDirectory(parentDirectory(m_path)));
            SG_TRY(m_files.remove(rotatedPath(m_gzipNumber, false)));
        } else {
            SG_TRY(m_files.remove(temporaryPath("gz")));
        }
    }
    if (m_policy.bytes == 0) return {};
    SG_TRY_ASSIGN(const auto files, rotated());
    for (auto file = files.rbegin(); file != files.rend(); ++file) {
        const std::string path = rotatedPath(file->number, file->gzipped);
        const auto info = m_files.stat(path);
        if (!info || (!file->gzipped && !isRead(*info))) continue;
        if (file->number > m_policy.keep) SG_TRY(m_files.remove(path));
        else if (m_policy.gzip && !file->gzipped && !m_gzip) {
            SG_TRY_ASSIGN(m_gzip, GzipJob::start(m_files, path, temporaryPath("gz")));
            m_gzipNumber = file->number;
        }
    }
    return {};
}

} // namespace sg
