#pragma once
/// The shop through which visitors walk: its pages, the files they load, and how likely each step is.
///
/// A funnel by construction: fewer carts than products, fewer checkouts than carts, fewer confirmations than checkouts.
#include "core/generate/alias_table.h"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace sg {

enum class Page : std::uint8_t { Home, Category, Product, Search, CartAdd, Cart, Checkout, Payment, Confirmation, Help, Leave };
constexpr std::size_t kPages = 11;

struct PageTraits {
    std::string_view method;
    std::uint32_t status;
    double bytes;    ///< median
    double slowness; ///< median response time relative to the usual
};
[[nodiscard]] const PageTraits& traitsOf(Page page);
/// The browser goes on by itself: POST, answered by a redirect.
[[nodiscard]] constexpr bool isRedirect(Page page) { return page == Page::CartAdd || page == Page::Payment; }

struct StaticFile {
    std::string_view path; ///< of the page's own file: the part before its number
    std::uint32_t bytes;
};
constexpr std::uint8_t kOwnFile = 0x80; ///< the picture of this one product, never in the cache
/// One bit for each file that the page needs.
[[nodiscard]] std::uint8_t filesOf(Page page);
[[nodiscard]] const StaticFile& staticFile(unsigned bit);

using PathText = std::array<char, 96>;
/// "/product/17", "/search?q=boots" ...; the view is into `room` or constant.
[[nodiscard]] std::string_view pathOf(Page page, std::uint32_t item, PathText& room);
[[nodiscard]] std::span<const std::string_view> categories();
[[nodiscard]] std::span<const std::string_view> searchWords();
[[nodiscard]] std::span<const std::string_view> entryReferrers();

class PageGraph {
public:
    PageGraph();
    [[nodiscard]] Page entry(Random& random) const { return static_cast<Page>(m_entry.pick(random)); }
    /// The page after `page`, or Leave. REQUIRES: `page` is not Leave.
    [[nodiscard]] Page next(Page page, Random& random) const {
        return static_cast<Page>(m_next[static_cast<std::size_t>(page)].pick(random));
    }

private:
    AliasTable m_entry;
    std::array<AliasTable, kPages - 1> m_next;
};

} // namespace sg
