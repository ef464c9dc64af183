#include "core/split/source_file.h"

#include <algorithm>
#include <cstring>
#include <zlib.h>

namespace sg {
namespace {

class PlainSource final : public SourceFile {
public:
    explicit PlainSource(std::unique_ptr<File> file) : m_file(std::move(file)) {}
    Result<std::size_t> readAt(std::uint64_t position, std::span<char> into) override { return m_file->readAt(position, into); }
    Result<FileInfo> info() override { return m_file->info(); }
    bool packed() const override { return false; }

private:
    std::unique_ptr<File> m_file;
};

class GzipSource final : public SourceFile {
public:
    GzipSource(std::unique_ptr<File> file, std::string path) : m_file(std::move(file)), m_path(std::move(path)) { restart(); }
    ~GzipSource() override { ::inflateEnd(&m_stream); }
    GzipSource(const GzipSource&) = delete;
    GzipSource& operator=(const GzipSource&) = delete;

    Result<std::size_t> readAt(std::uint64_t position, std::span<char> into) override {
        if (position < m_position) restart();
        std::string skipped(64U << 10U, '\0');
        while (m_position < position) {
            SG_TRY_ASSIGN(const std::size_t n, inflateSome({skipped.data(), std::min<std::uint64_t>(skipped.size(), position - m_position)}));
            if (n == 0) return std::size_t{0};
        }
        std::size_t done = 0;
        while (done < into.size()) {
            SG_TRY_ASSIGN(const std::size_t n, inflateSome(into.subspan(done)));
            if (n == 0) break;
            done += n;
        }
        return done;
    }
    Result<FileInfo> info() override { return m_file->info(); }
    bool packed() const override { return true; }

private:
    void restart() {
        if (m_open) ::inflateEnd(&m_stream);
        m_stream = {};
        m_open = ::inflateInit2(&m_stream, 15 + 32) == Z_OK; // zlib or gzip header
        m_offset = 0;
        m_position = 0;
        m_ended = false;
        m_stream.avail_in = 0;
    }
    Result<std::size_t> inflateSome(std::span<char> into) {
        if (m_ended || into.empty()) return std::size_t{0};
        m_stream.next_out = reinterpret_cast<Bytef*>(into.data());
        m_stream.avail_out = static_cast<uInt>(std::min<std::size_t>(into.size(), 1U << 30U));
        const uInt wanted = m_stream.avail_out;
        while (m_stream.avail_out == wanted) {
            if (m_stream.avail_in == 0) {
                SG_TRY_ASSIGN(const std::size_t n, m_file->readAt(m_offset, m_input));
                if (n == 0) {
                    m_ended = true;
                    break;
                }
                m_offset += n;
                m_stream.next_in = reinterpret_cast<Bytef*>(m_input.data());
                m_stream.avail_in = static_cast<uInt>(n);
            }
            const int outcome = ::inflate(&m_stream, Z_NO_FLUSH);
            if (outcome == Z_STREAM_END) {
                // rotated logs may hold several gzip members one after another
                if (::inflateReset(&m_stream) != Z_OK) m_ended = true;
            } else if (outcome != Z_OK && outcome != Z_BUF_ERROR) {
                m_ended = true;
                if (m_stream.avail_out == wanted) return fail(ErrorCode::Corrupt, m_path + " is damaged: its gzip stream cannot be unpacked further");
            }
            if (m_ended) break;
        }
        const std::size_t n = wanted - m_stream.avail_out;
        m_position += n;
        return n;
    }

    std::unique_ptr<File> m_file;
    std::string m_path;
    z_stream m_stream{};
    std::string m_input = std::string(64U << 10U, '\0');
    std::uint64_t m_offset = 0;   // in the packed file
    std::uint64_t m_position = 0; // unpacked
    bool m_open = false;
    bool m_ended = false;
};

} // namespace

Result<std::unique_ptr<SourceFile>> SourceFile::open(FileSystem& files, const std::string& path) {
    SG_TRY_ASSIGN(auto file, files.openRead(path));
    char magic[2] = {};
    SG_TRY_ASSIGN(const std::size_t n, file->readAt(0, magic));
    const bool packed = n == 2 && static_cast<unsigned char>(magic[0]) == 0x1F && static_cast<unsigned char>(magic[1]) == 0x8B;
    if (packed) return std::unique_ptr<SourceFile>(std::make_unique<GzipSource>(std::move(file), path));
    return std::unique_ptr<SourceFile>(std::make_unique<PlainSource>(std::move(file)));
}

} // namespace sg
