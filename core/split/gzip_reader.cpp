#include "core/split/gzip_reader.h"

#include <array>
#include <zlib.h>

namespace sg {

struct GzipReader::State {
    File& file;
    std::string path;
    z_stream stream{};
    std::array<char, 65536> input{};
    std::uint64_t inputOffset = 0; // of the next bytes in the file
    bool usable = false;
    bool atMemberEnd = false;
    bool atFileEnd = false;

    State(File& f, std::string p) : file(f), path(std::move(p)) { usable = inflateInit2(&stream, 15 + 16) == Z_OK; }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (usable) inflateEnd(&stream);
    }
    Result<bool> fill() {
        if (stream.avail_in > 0) return true;
        SG_TRY_ASSIGN(const std::size_t n, file.readAt(inputOffset, input));
        atFileEnd = n == 0;
        inputOffset += n;
        stream.next_in = reinterpret_cast<Bytef*>(input.data());
        stream.avail_in = static_cast<uInt>(n);
        return n > 0;
    }
};

GzipReader::GzipReader(File& file, std::string path) : m_state(std::make_unique<State>(file, std::move(path))) {}
GzipReader::~GzipReader() = default;

std::uint64_t GzipReader::consumed() const { return m_state->inputOffset - m_state->stream.avail_in; }

bool GzipReader::complete() const { return m_state->atMemberEnd && m_state->atFileEnd; }

Result<std::size_t> GzipReader::read(std::span<char> into) {
    State& s = *m_state;
    if (!s.usable) return fail(ErrorCode::Internal, "cannot unpack " + s.path + ": zlib does not start");
    s.stream.next_out = reinterpret_cast<Bytef*>(into.data());
    s.stream.avail_out = static_cast<uInt>(into.size());
    while (s.stream.avail_out > 0) {
        SG_TRY_ASSIGN(const bool more, s.fill());
        if (!more) break;
        if (s.atMemberEnd) {
            inflateReset(&s.stream); // another member follows
            s.atMemberEnd = false;
        }
        const int outcome = inflate(&s.stream, Z_NO_FLUSH);
        if (outcome == Z_STREAM_END) s.atMemberEnd = true;
        else if (outcome != Z_OK && outcome != Z_BUF_ERROR)
            return fail(ErrorCode::Corrupt,
                        "cannot unpack " + s.path + ": " + (s.stream.msg == nullptr ? "it is no gzip file" : s.stream.msg));
    }
    return into.size() - s.stream.avail_out;
}

} // namespace sg
