#pragma once
/// A request body as gzip, at the fastest level: for slow lines to the server, at the cost of this machine's time.
#include <memory>
#include <string>
#include <string_view>

struct libdeflate_compressor;

namespace sg {

/// *Thread:* one. *Cost:* the tables of the compressor, made at the first use.
class Gzip {
public:
    Gzip();
    ~Gzip();
    Gzip(const Gzip&) = delete;
    Gzip& operator=(const Gzip&) = delete;
    /// Empty when there was no memory for it: the body can then go as it is.
    [[nodiscard]] std::string compress(std::string_view bytes);

private:
    struct Free {
        void operator()(libdeflate_compressor* compressor) const;
    };
    std::unique_ptr<libdeflate_compressor, Free> m_compressor;
};

} // namespace sg
