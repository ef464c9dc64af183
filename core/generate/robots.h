#pragma once
/// Everyone who is no person: search bots, AI crawlers, uptime checks and a scanner that looks for holes.
#include "core/generate/line_writer.h"
#include "core/generate/page_graph.h"
#include "core/generate/quantile_table.h"
#include "core/generate/weights.h"

namespace sg {

class Robots {
public:
    explicit Robots(std::uint64_t seed);
    void setPages(std::uint32_t pages) { m_pages = pages; }
    /// The next request of one of them; its views live until the next call.
    void next(Access& access, const Weights& weights);
    /// Whether that was a page.
    [[nodiscard]] bool isPage() const { return m_isPage; }

private:
    void crawl(Access& access);
    void scan(Access& access, const Weights& weights);

    Random m_random;
    AliasTable m_kinds;
    QuantileTable m_spread = QuantileTable::logNormal(0.5);
    std::uint32_t m_pages = 1;
    std::uint32_t m_probesLeft = 0; ///< of the scanner at its present address
    bool m_isPage = true;
    AddressText m_address;
    AddressText m_scanner;
    PathText m_path{};
};

} // namespace sg
