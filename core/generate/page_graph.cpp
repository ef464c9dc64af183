#include "core/generate/page_graph.h"

#include <algorithm>
#include <charconv>

namespace sg {
namespace {

using Row = std::array<double, kPages>;
//                           Home Categ Prod Search CartAdd Cart Check Pay  Conf Help Leave
constexpr Row kEntry{45, 15, 33, 2, 0, 0, 0, 0, 0, 5, 0};
constexpr std::array<Row, kPages - 1> kSteps{{
    {0, 40, 18, 22, 0, 0, 0, 0, 0, 3, 17}, // Home
    {5, 14, 58, 6, 0, 0, 0, 0, 0, 0, 17},  // Category
    {6, 18, 27, 7, 14, 0, 0, 0, 0, 0, 28}, // Product
    {3, 6, 55, 15, 0, 0, 0, 0, 0, 0, 21},  // Search
    {0, 0, 0, 0, 0, 100, 0, 0, 0, 0, 0},   // CartAdd
    {5, 17, 18, 0, 0, 0, 42, 0, 0, 0, 18}, // Cart
    {0, 0, 0, 0, 0, 10, 0, 68, 0, 0, 22},  // Checkout
    {0, 0, 0, 0, 0, 0, 5, 0, 95, 0, 0},    // Payment
    {22, 0, 0, 0, 0, 0, 0, 0, 0, 0, 78},   // Confirmation
    {30, 20, 0, 0, 0, 0, 0, 0, 0, 0, 50},  // Help
}};
constexpr std::array<PageTraits, kPages> kTraits{{{"GET", 200, 14'000, 0.8},
                                                  {"GET", 200, 22'000, 1.0},
                                                  {"GET", 200, 18'000, 1.0},
                                                  {"GET", 200, 16'000, 2.2},
                                                  {"POST", 302, 0, 0.9},
                                                  {"GET", 200, 9'000, 1.1},
                                                  {"GET", 200, 11'000, 1.4},
                                                  {"POST", 302, 0, 6.0},
                                                  {"GET", 200, 7'000, 1.2},
                                                  {"GET", 200, 6'000, 0.5},
                                                  {"GET", 200, 0, 1.0}}};
constexpr std::array<StaticFile, 8> kFiles{{{"/static/site.css", 18'432},
                                            {"/static/app.js", 94'208},
                                            {"/static/logo.svg", 3'120},
                                            {"/static/font.woff2", 41'984},
                                            {"/static/hero.jpg", 182'272},
                                            {"/static/gallery.js", 22'528},
                                            {"/static/checkout.js", 35'840},
                                            {"/img/product-", 48'000}}};
constexpr std::array<std::string_view, 12> kCategories{"shoes", "jackets", "bags",   "tents", "lamps",  "books",
                                                       "games", "kitchen", "garden", "bikes", "phones", "sale"};
constexpr std::array<std::string_view, 16> kWords{"boots", "rain+jacket", "backpack", "tent",    "headlamp", "red+shoes",
                                                  "gift",  "bottle",      "gloves",   "map",     "stove",    "helmet",
                                                  "rope",  "socks",       "knife",    "blue+bag"};
constexpr std::array<std::string_view, 12> kReferrers{"-",
                                                      "-",
                                                      "-",
                                                      "-",
                                                      "https://www.google.com/",
                                                      "https://www.google.com/",
                                                      "https://www.google.com/",
                                                      "https://www.bing.com/",
                                                      "https://duckduckgo.com/",
                                                      "https://www.facebook.com/",
                                                      "https://news.example/reviews",
                                                      "https://blog.example/best-tents"};

} // namespace

const PageTraits& traitsOf(Page page) { return kTraits[static_cast<std::size_t>(page)]; }
const StaticFile& staticFile(unsigned bit) { return kFiles[bit]; }
std::span<const std::string_view> categories() { return kCategories; }
std::span<const std::string_view> searchWords() { return kWords; }
std::span<const std::string_view> entryReferrers() { return kReferrers; }

std::uint8_t filesOf(Page page) {
    switch (page) {
    case Page::Home:
        return 0x1F;
    case Page::Category:
        return 0x2F;
    case Page::Product:
        return 0xAF;
    case Page::Cart:
    case Page::Checkout:
        return 0x4F;
    case Page::CartAdd:
    case Page::Payment:
    case Page::Leave:
        return 0;
    default:
        return 0x0F;
    }
}

std::string_view pathOf(Page page, std::uint32_t item, PathText& room) {
    const auto join = [&room](std::string_view prefix, std::string_view rest) {
        std::copy_n(prefix.data(), prefix.size(), room.data());
        std::copy_n(rest.data(), rest.size(), room.data() + prefix.size());
        return std::string_view(room.data(), prefix.size() + rest.size());
    };
    switch (page) {
    case Page::Category:
        return join("/category/", kCategories[item % kCategories.size()]);
    case Page::Search:
        return join("/search?q=", kWords[item % kWords.size()]);
    case Page::Product: {
        const std::string_view prefix = join("/product/", {});
        return {room.data(), static_cast<std::size_t>(std::to_chars(room.data() + prefix.size(), room.data() + room.size(), item + 1).ptr -
                                                      room.data())};
    }
    case Page::CartAdd:
        return "/cart/add";
    case Page::Cart:
        return "/cart";
    case Page::Checkout:
        return "/checkout";
    case Page::Payment:
        return "/checkout/payment";
    case Page::Confirmation:
        return "/order/confirmation";
    case Page::Help:
        return "/help/delivery";
    case Page::Home:
    case Page::Leave:
        break;
    }
    return "/";
}

PageGraph::PageGraph() : m_entry(kEntry) {
    for (std::size_t i = 0; i < m_next.size(); ++i) m_next[i] = AliasTable(kSteps[i]);
}

} // namespace sg
