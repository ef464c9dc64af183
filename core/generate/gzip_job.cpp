#include "core/generate/gzip_job.h"

#include <zlib.h>

namespace sg {
namespace {
constexpr std::size_t kPiece = 512U << 10U;
constexpr int kGzipWindow = 15 + 16; // the largest window, with a gzip header
} // namespace

struct GzipJob::Stream {
    z_stream z{};
};

GzipJob::GzipJob(std::unique_ptr<File> in, std::unique_ptr<File> out)
    : m_in(std::move(in)), m_out(std::move(out)), m_stream(std::make_unique<Stream>()), m_read(kPiece), m_packed(kPiece) {}
GzipJob::~GzipJob() { ::deflateEnd(&m_stream->z); }

Result<std::unique_ptr<GzipJob>> GzipJob::start(FileSystem& files, const std::string& from, const std::string& to) {
    if (files.stat(to)) SG_TRY(files.remove(to));
    SG_TRY_ASSIGN(auto in, files.openRead(from));
    SG_TRY_ASSIGN(auto out, files.createNew(to));
    std::unique_ptr<GzipJob> job(new GzipJob(std::move(in), std::move(out)));
    if (::deflateInit2(&job->m_stream->z, 1, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return fail(ErrorCode::Internal, "cannot compress " + from + ": no memory");
    return job;
}

Result<bool> GzipJob::advance() {
    SG_TRY_ASSIGN(const std::size_t got, m_in->readAt(m_offset, m_read));
    m_offset += got;
    z_stream& z = m_stream->z;
    z.next_in = reinterpret_cast<Bytef*>(m_read.data());
    z.avail_in = static_cast<uInt>(got);
    const int mode = got < m_read.size() ? Z_FINISH : Z_NO_FLUSH;
    int state = Z_OK;
    do {
        z.next_out = reinterpret_cast<Bytef*>(m_packed.data());
        z.avail_out = static_cast<uInt>(m_packed.size());
        state = ::deflate(&z, mode);
        SG_TRY(m_out->append({m_packed.data(), m_packed.size() - z.avail_out}));
    } while (z.avail_out == 0 && state != Z_STREAM_END);
    if (mode != Z_FINISH) return false;
    SG_TRY(m_out->sync());
    return true;
}

} // namespace sg
