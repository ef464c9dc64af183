#include "core/elastic/gzip.h"

#include <libdeflate.h>

namespace sg {
namespace {
constexpr int kFastest = 1;
} // namespace

Gzip::Gzip() = default;
Gzip::~Gzip() = default;
void Gzip::Free::operator()(libdeflate_compressor* compressor) const { libdeflate_free_compressor(compressor); }

std::string Gzip::compress(std::string_view bytes) {
    if (!m_compressor) m_compressor.reset(libdeflate_alloc_compressor(kFastest));
    if (!m_compressor) return {};
    std::string out(libdeflate_gzip_compress_bound(m_compressor.get(), bytes.size()), '\0');
    out.resize(libdeflate_gzip_compress(m_compressor.get(), bytes.data(), bytes.size(), out.data(), out.size()));
    return out;
}

} // namespace sg
