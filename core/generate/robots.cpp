#include "core/generate/robots.h"

namespace sg {
namespace {

struct Robot {
    std::string_view agent;
    std::string_view range;
    double weight;
};
constexpr std::array<Robot, 7> kRobots{{
    {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "66.249.64.0/24", 28},
    {"Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "157.55.39.0/25", 14},
    {"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", "20.171.206.0/25", 16},
    {"Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)",
     "44.208.221.0/25", 10},
    {"CCBot/2.0 (https://commoncrawl.org/faq/)", "18.97.9.160/28", 6},
    {"Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", "216.144.250.150/31", 12},
    {"Mozilla/5.0 zgrab/0.x", "", 14},
}};
constexpr std::uint32_t kUptime = 5;
constexpr std::uint32_t kScanner = 6;
constexpr std::array<std::string_view, 16> kProbes{"/wp-login.php",
                                                   "/.env",
                                                   "/xmlrpc.php",
                                                   "/.git/config",
                                                   "/phpmyadmin/",
                                                   "/admin/",
                                                   "/wp-admin/setup-config.php",
                                                   "/config.json",
                                                   "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
                                                   "/backup.zip",
                                                   "/server-status",
                                                   "/actuator/health",
                                                   "/cgi-bin/luci",
                                                   "/owa/",
                                                   "/login.action",
                                                   "/../../etc/passwd"};

AliasTable kindTable() {
    std::array<double, kRobots.size()> weights{};
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = kRobots[i].weight;
    return AliasTable(weights);
}
const std::array<AddressRange, kScanner>& ranges() {
    static const auto parsed = [] {
        std::array<AddressRange, kScanner> all;
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = *AddressRange::parse(kRobots[i].range);
        return all;
    }();
    return parsed;
}

} // namespace

Robots::Robots(std::uint64_t seed) : m_random(seed), m_kinds(kindTable()) {}

void Robots::next(Access& access, const Weights& weights) {
    const std::uint32_t kind = m_kinds.pick(m_random);
    access.site = weights.sites.texts[weights.sites.table.pick(m_random)];
    access.agent = kRobots[kind].agent;
    access.method = "GET";
    access.protocol = "HTTP/1.1";
    access.referrer = "-";
    access.status = 200;
    access.responseMs = static_cast<std::uint32_t>(20 * m_spread.pick(m_random));
    m_isPage = true;
    if (kind == kScanner) return scan(access, weights);
    m_address = ranges()[kind].pick(m_random);
    access.address = m_address.view();
    if (kind == kUptime) {
        access.method = "HEAD";
        access.path = "/";
        access.bytes = 0;
        return;
    }
    crawl(access);
}

void Robots::crawl(Access& access) {
    const std::uint32_t choice = m_random.below(100);
    if (choice < 3) {
        access.path = "/robots.txt";
        access.bytes = 128;
        m_isPage = false;
        return;
    }
    const Page page = choice < 8 ? Page::Home : choice < 25 ? Page::Category : Page::Product;
    // A crawler takes every page once, not the popular ones often.
    access.path = pathOf(page, m_random.below(m_pages), m_path);
    access.bytes = static_cast<std::uint32_t>(traitsOf(page).bytes * m_spread.pick(m_random));
    if (choice >= 96) {
        access.status = choice == 96 ? 301 : 404;
        access.bytes = 562;
    }
}

void Robots::scan(Access& access, const Weights& weights) {
    if (m_probesLeft == 0) {
        m_scanner = weights.address(m_random);
        m_probesLeft = 20 + m_random.below(200);
    }
    --m_probesLeft;
    access.address = m_scanner.view();
    access.path = kProbes[m_random.below(kProbes.size())];
    access.method = m_random.below(6) == 0 ? "POST" : "GET";
    access.status = m_random.below(12) == 0 ? 403 : 404;
    access.bytes = 562;
}

} // namespace sg
