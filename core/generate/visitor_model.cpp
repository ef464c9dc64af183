#include "core/generate/page_graph.h"
#include "core/generate/quantile_table.h"
#include "core/generate/robots.h"
#include "core/generate/traffic_model.h"
#include "core/generate/weights.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <utility>

namespace sg {
namespace {

constexpr std::uint32_t kNone = 0xFFFFFFFFU;
constexpr std::uint32_t kMaxActive = 200'000;
constexpr std::uint32_t kSlots = 1U << 16U; ///< of a millisecond: a minute on the wheel, longer waits go round
constexpr double kUnlimitedRate = 10'000;   ///< lines/s of model time when there is no schedule: time stamps are 1/10,000 s apart
constexpr double kThinkSigma = 0.9;

/// A person on the site. The next request is the lowest pending file, else the page `kind`.
struct Visitor {
    AddressText address;
    Page kind = Page::Leave;
    Page shown = Page::Leave; ///< the page in the browser: referrer of what comes next
    std::uint8_t entry = 0;   ///< index of the referrer of the first page
    std::uint8_t fresh = 0;   ///< files still to load
    std::uint8_t known = 0;   ///< files in the browser's cache
    std::uint8_t stale = 0;   ///< known files to ask about again (304)
    bool http2 = false;
    std::uint16_t agent = 0;
    std::uint16_t site = 0;
    std::uint32_t item = 0;
    std::uint32_t shownItem = 0;
    std::uint64_t due = 0; ///< tick
    std::uint32_t next = kNone;
};

/// Model time runs in ticks of 1 ms and jumps from event to event. Visitors arrive at the rate that yields the wanted lines/s of model
/// time, so that model time keeps up with the schedule on average and think times are real ones; where that would need more than kMaxActive
/// visitors at once, model time is slower than the schedule and think times are shortened by the same factor.
class VisitorModel final : public TrafficModel {
public:
    VisitorModel(const TrafficTuning& traffic, LogFormat format)
        : m_random(traffic.seed), m_weights(traffic, format), m_robots(splitMixOf(traffic.seed)), m_wheel(kSlots, kNone) {
        measureWalk();
        VisitorModel::adopt(traffic, format);
        populate();
    }
    void next(Access& access) override {
        if (m_random.chance(m_robotThreshold)) {
            m_robots.next(access, m_weights);
            finish(access, m_robots.isPage());
            return;
        }
        for (;;) {
            const std::uint32_t id = popDue();
            if (act(id, access)) return;
        }
    }
    void setLoad(double load) override {
        m_load = std::clamp(load, 0.05, 20.0);
        m_timeFactor = std::max(0.5, std::pow(m_load, 1.5));
        m_sizeFactor = std::clamp(std::pow(m_load, 0.1), 0.8, 1.3);
        const double failures = std::min(10.0, std::max(1.0, m_load * m_load));
        m_error500 = Random::toThreshold(0.002 * failures);
        m_error503 = m_error500 + Random::toThreshold(0.001 * failures);
    }
    void adopt(const TrafficTuning& traffic, LogFormat format) override {
        m_weights = Weights(traffic, format);
        if (m_products.size() != traffic.pages || m_zipf != traffic.zipf) {
            m_products = AliasTable::zipf(traffic.pages, traffic.zipf);
            m_words = AliasTable::zipf(static_cast<std::uint32_t>(searchWords().size()), 1);
            m_zipf = traffic.zipf;
        }
        m_robots.setPages(traffic.pages);
        m_robotThreshold = Random::toThreshold(traffic.botShare);
        m_thinkMs = traffic.thinkMedian * 1000;
        m_responseMs = traffic.responseMedianMs;
        m_times = QuantileTable::logNormal(traffic.responseSpread);
        // The rate of the visitors' lines; the robots' are beside them.
        const double rate = (traffic.rate > 0 ? traffic.rate : kUnlimitedRate) * std::max(0.01, 1 - traffic.botShare);
        const double stayMs = m_meanWaits * m_thinkMs * m_thinks.mean() + m_meanLines * 60;
        const double perMs = std::min(rate / 1000 / m_meanLines, kMaxActive * 0.9 / stayMs);
        m_gapMs = 1 / perMs;
        m_expected = static_cast<std::uint32_t>(std::min<double>(kMaxActive, perMs * stayMs));
        m_visitors.reserve(std::min<std::size_t>(kMaxActive, m_expected + m_expected / 4 + 64)); // without doubling
        setLoad(m_load);
    }

private:
    static std::uint64_t splitMixOf(std::uint64_t seed) {
        seed ^= 0x524F424F54530000ULL;
        return splitMix(seed);
    }
    /// How many lines and think times a visit has on average, by walking the graph (a constant of the graph).
    void measureWalk() {
        constexpr int kWalks = 4000;
        Random random(1);
        std::uint64_t lines = 0;
        std::uint64_t waits = 0;
        for (int i = 0; i < kWalks; ++i) {
            std::uint8_t known = 0;
            for (Page page = m_graph.entry(random); page != Page::Leave; page = m_graph.next(page, random)) {
                const std::uint8_t files = filesOf(page);
                lines += 1 + static_cast<std::uint64_t>(std::popcount(static_cast<unsigned>(files & ~known)));
                known = static_cast<std::uint8_t>(known | (files & ~kOwnFile));
                if (!isRedirect(page)) ++waits;
            }
        }
        m_meanLines = static_cast<double>(lines) / kWalks;
        m_meanWaits = static_cast<double>(waits) / kWalks;
    }
    /// The site is in use when the log begins: visitors stand anywhere in their walks.
    void populate() {
        for (std::uint32_t i = 0; i < m_expected; ++i) {
            const std::uint32_t id = arrive();
            Visitor& v = m_visitors[id];
            for (std::uint32_t steps = m_random.below(4); steps > 0; --steps) {
                const Page page = m_graph.next(v.kind, m_random);
                if (page == Page::Leave) break;
                v.known = static_cast<std::uint8_t>(v.known | (filesOf(v.kind) & ~kOwnFile));
                v.shown = v.kind;
                v.shownItem = v.item;
                v.kind = page;
                v.item = drawItem(page, v.item);
            }
            schedule(id, thinkMs() * m_random.unit());
        }
    }
    double thinkMs() { return m_thinkMs * m_thinks.pick(m_random); }
    void schedule(std::uint32_t id, double ms) {
        Visitor& v = m_visitors[id];
        v.due = m_tick + 1 + static_cast<std::uint64_t>(ms);
        std::uint32_t& head = m_wheel[v.due % kSlots];
        v.next = head;
        head = id;
    }
    std::uint32_t arrive() {
        std::uint32_t id = m_free;
        if (id == kNone) {
            id = static_cast<std::uint32_t>(m_visitors.size());
            m_visitors.emplace_back();
        } else {
            m_free = m_visitors[id].next;
        }
        ++m_active;
        Visitor& v = m_visitors[id];
        v = Visitor{};
        v.address = m_weights.ranges.empty() && m_random.below(8) == 0 ? m_sixes.pick(m_random) : m_weights.address(m_random);
        v.agent = static_cast<std::uint16_t>(m_weights.agents.table.pick(m_random));
        v.site = static_cast<std::uint16_t>(m_weights.sites.table.pick(m_random));
        v.http2 = m_random.below(4) != 0;
        v.entry = static_cast<std::uint8_t>(m_random.below(static_cast<std::uint32_t>(entryReferrers().size())));
        if (m_random.below(10) < 3) v.known = 0x7F; // has been here before
        v.kind = m_graph.entry(m_random);
        v.item = drawItem(v.kind, 0);
        return id;
    }
    std::uint32_t popDue() {
        for (;;) {
            while (m_ready != kNone) {
                const std::uint32_t id = m_ready;
                Visitor& v = m_visitors[id];
                m_ready = v.next;
                if (v.due <= m_tick) return id;
                std::uint32_t& head = m_wheel[v.due % kSlots]; // another round
                v.next = head;
                head = id;
            }
            ++m_tick;
            m_ready = std::exchange(m_wheel[m_tick % kSlots], kNone);
            while (m_nextArrival <= static_cast<double>(m_tick)) {
                m_nextArrival += m_gapMs * m_gaps.pick(m_random);
                if (m_active < kMaxActive) schedule(arrive(), 0);
            }
        }
    }
    std::uint32_t drawItem(Page page, std::uint32_t current) {
        switch (page) {
        case Page::Product:
            return m_products.pick(m_random);
        case Page::Category:
            return m_random.below(static_cast<std::uint32_t>(categories().size()));
        case Page::Search:
            return m_words.pick(m_random);
        default:
            return current;
        }
    }
    void leave(std::uint32_t id) {
        m_visitors[id].next = m_free;
        m_free = id;
        --m_active;
    }
    /// Makes the visitor's next request; false if there was none any more.
    bool act(std::uint32_t id, Access& access) {
        Visitor& v = m_visitors[id];
        if (v.fresh == 0 && v.stale == 0 && v.kind == Page::Leave) {
            leave(id);
            return false;
        }
        m_address = v.address; // the visitor may be gone before the line is written
        access.address = m_address.view();
        const auto agent = std::min<std::size_t>(v.agent, m_weights.agents.texts.size() - 1);
        const auto site = std::min<std::size_t>(v.site, m_weights.sites.texts.size() - 1);
        access.agent = m_weights.agents.texts[agent];
        access.site = m_weights.sites.texts[site];
        access.protocol = v.http2 ? "HTTP/2.0" : "HTTP/1.1";
        if (v.fresh != 0 || v.stale != 0) file(v, access);
        else page(v, access);
        if (v.fresh != 0 || v.stale != 0) {
            schedule(id, 3 + m_random.below(40));
        } else if (v.kind == Page::Leave) {
            leave(id);
        } else {
            schedule(id, isRedirect(v.shown) ? 40 + m_random.below(120) : thinkMs());
        }
        return true;
    }
    void file(Visitor& v, Access& access) {
        const bool again = v.fresh == 0;
        std::uint8_t& left = again ? v.stale : v.fresh;
        const auto bit = static_cast<unsigned>(std::countr_zero(static_cast<unsigned>(left)));
        left = static_cast<std::uint8_t>(left & (left - 1U));
        const StaticFile& asset = staticFile(bit);
        access.method = "GET";
        access.path = asset.path;
        if ((1U << bit) == kOwnFile) access.path = numbered(asset.path, v.shownItem + 1, ".jpg");
        access.referrer = referrerOf(access.site, v.shown, v.shownItem);
        access.status = again ? 304 : 200;
        access.bytes = again ? 0 : asset.bytes;
        access.responseMs = static_cast<std::uint32_t>(0.1 * m_responseMs * m_timeFactor * m_times.pick(m_random));
        if ((1U << bit) == kOwnFile) access.bytes = static_cast<std::uint32_t>(double{m_sizes.pick(m_random)} * asset.bytes);
        finish(access, false);
    }
    void page(Visitor& v, Access& access) {
        const PageTraits& traits = traitsOf(v.kind);
        access.method = traits.method;
        access.referrer = v.shown == Page::Leave ? entryReferrers()[v.entry] : referrerOf(access.site, v.shown, v.shownItem);
        access.path = pathOf(v.kind, v.item, m_path);
        access.status = traits.status;
        const std::uint32_t luck = m_random.next32();
        if (luck < m_error500) access.status = 500;
        else if (luck < m_error503) access.status = 503;
        else if (luck > 0xFFFFFFFFU - m_missing && v.kind == Page::Product) access.status = 404;
        access.bytes = access.status == 200   ? static_cast<std::uint32_t>(traits.bytes * m_sizeFactor * m_sizes.pick(m_random))
                       : access.status == 302 ? 0
                                              : 562;
        access.responseMs = static_cast<std::uint32_t>(traits.slowness * m_responseMs * m_timeFactor * m_times.pick(m_random));
        const bool failed = access.status >= 500;
        v.shown = v.kind;
        v.shownItem = v.item;
        if (!failed) {
            const std::uint8_t files = filesOf(v.kind);
            v.fresh = static_cast<std::uint8_t>(files & ~v.known);
            if (m_random.below(16) == 0) v.stale = static_cast<std::uint8_t>(files & v.known);
            v.known = static_cast<std::uint8_t>(v.known | (files & ~kOwnFile));
        }
        if (!failed || m_random.below(2) == 0) v.kind = failed ? Page::Leave : m_graph.next(v.kind, m_random);
        v.item = drawItem(v.kind, v.item);
        finish(access, true);
    }
    /// The weights that were given take the place of the model's own.
    void finish(Access& access, bool isPage) {
        if (!m_weights.methods.empty()) access.method = m_weights.methods.texts[m_weights.methods.table.pick(m_random)];
        if (m_weights.statuses.empty()) return;
        const std::uint32_t status = m_weights.statuses[m_weights.statusTable.pick(m_random)];
        if (status == access.status) return;
        access.status = status;
        if (status < 200 || status == 204 || status == 304) access.bytes = 0;
        else if (status >= 300) access.bytes = 562;
        else if (access.bytes == 0) access.bytes = isPage ? 9000 : 4000;
    }
    std::string_view referrerOf(std::string_view site, Page page, std::uint32_t item) {
        char* out = m_referrer.data();
        const auto put = [&out](std::string_view text) {
            out = std::copy_n(text.data(), text.size(), out);
        };
        put("https://");
        put(site);
        put(pathOf(page, item, m_referrerPath));
        return {m_referrer.data(), static_cast<std::size_t>(out - m_referrer.data())};
    }
    std::string_view numbered(std::string_view prefix, std::uint32_t number, std::string_view suffix) {
        std::copy_n(prefix.data(), prefix.size(), m_path.data());
        char* out = std::to_chars(m_path.data() + prefix.size(), m_path.data() + m_path.size(), number).ptr;
        std::copy_n(suffix.data(), suffix.size(), out);
        return {m_path.data(), static_cast<std::size_t>(out - m_path.data()) + suffix.size()};
    }

    Random m_random;
    Weights m_weights;
    Robots m_robots;
    PageGraph m_graph;
    AliasTable m_products;
    AliasTable m_words;
    QuantileTable m_times = QuantileTable::logNormal(0.8);
    QuantileTable m_sizes = QuantileTable::logNormal(0.45);
    QuantileTable m_thinks = QuantileTable::logNormal(kThinkSigma);
    QuantileTable m_gaps = QuantileTable::exponential();
    AddressRange m_sixes = *AddressRange::parse("2a00::/12");
    double m_zipf = -1;
    double m_thinkMs = 8000;
    double m_responseMs = 40;
    double m_load = 1;
    double m_timeFactor = 1;
    double m_sizeFactor = 1;
    double m_meanLines = 1;
    double m_meanWaits = 1;
    double m_gapMs = 1;
    double m_nextArrival = 0;
    std::uint64_t m_robotThreshold = 0;
    std::uint64_t m_error500 = 0;
    std::uint64_t m_error503 = 0;
    std::uint64_t m_missing = Random::toThreshold(0.01);
    std::uint64_t m_tick = 0;
    std::uint32_t m_expected = 0;
    std::uint32_t m_active = 0;
    std::uint32_t m_free = kNone;
    std::uint32_t m_ready = kNone;
    std::vector<Visitor> m_visitors;
    std::vector<std::uint32_t> m_wheel;
    AddressText m_address;
    PathText m_path{};
    PathText m_referrerPath{};
    std::array<char, 1024> m_referrer{};
};

} // namespace

std::unique_ptr<TrafficModel> makeVisitorModel(const TrafficTuning& traffic, LogFormat format) {
    return std::make_unique<VisitorModel>(traffic, format);
}

} // namespace sg
