#include "core/generate/quantile_table.h"
#include "core/generate/traffic_model.h"
#include "core/generate/weights.h"

#include <algorithm>
#include <array>

namespace sg {
namespace {

constexpr std::array<std::uint32_t, 49> kStatuses{100, 101, 102, 200, 201, 202, 203, 204, 205, 206, 207, 226, 300, 301, 302, 303, 304,
                                                  305, 307, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414,
                                                  415, 416, 417, 422, 423, 424, 426, 500, 501, 502, 503, 504, 505, 507, 510};
constexpr std::array<std::string_view, 8> kSites{"console.amazon.com",     "flume.apache.org", "hadoop.apache.org",
                                                 "www.cloudera.com",       "www.gigaom.com",   "www.globalknowledge.com",
                                                 "www.infiniteskills.com", "www.quicloud.com"};
constexpr std::array<std::string_view, 7> kPaths{"/about.html",    "/contact.html",  "/contact/submit.html", "/index.html",
                                                 "/products.html", "/services.html", "/support.html"};

class UniformModel final : public TrafficModel {
public:
    UniformModel(const TrafficTuning& traffic, LogFormat format) : m_random(traffic.seed), m_weights(traffic, format) {
        UniformModel::adopt(traffic, format);
    }
    void next(Access& access) override {
        access.status = m_weights.statuses.empty() ? kStatuses[m_random.below(kStatuses.size())]
                                                   : m_weights.statuses[m_weights.statusTable.pick(m_random)];
        access.site = m_ownSites ? kSites[m_random.below(kSites.size())]
                                 : std::string_view(m_weights.sites.texts[m_weights.sites.table.pick(m_random)]);
        access.path = kPaths[m_random.below(kPaths.size())];
        m_address = m_weights.ranges.empty() ? m_anywhere.pick(m_random) : m_weights.address(m_random);
        access.address = m_address.view();
        access.method =
            m_weights.methods.empty() ? "GET" : std::string_view(m_weights.methods.texts[m_weights.methods.table.pick(m_random)]);
        access.agent = m_weights.agents.texts[m_weights.agents.table.pick(m_random)];
        access.referrer = "-";
        access.protocol = "HTTP/1.1";
        access.bytes = static_cast<std::uint32_t>(4000 * m_sizes.pick(m_random));
        access.responseMs = static_cast<std::uint32_t>(m_medianMs * m_load * m_times.pick(m_random));
    }
    void setLoad(double load) override { m_load = std::clamp(load, 0.5, 20.0); }
    void adopt(const TrafficTuning& traffic, LogFormat format) override {
        m_weights = Weights(traffic, format);
        m_ownSites = traffic.sites.empty();
        m_medianMs = traffic.responseMedianMs;
        m_times = QuantileTable::logNormal(traffic.responseSpread);
    }

private:
    Random m_random;
    Weights m_weights;
    AddressRange m_anywhere = *AddressRange::parse("0.0.0.0/0");
    QuantileTable m_sizes = QuantileTable::logNormal(0.5);
    QuantileTable m_times = QuantileTable::logNormal(0.8);
    AddressText m_address;
    bool m_ownSites = true;
    double m_medianMs = 40;
    double m_load = 1;
};

} // namespace

std::unique_ptr<TrafficModel> makeUniformModel(const TrafficTuning& traffic, LogFormat format) {
    return std::make_unique<UniformModel>(traffic, format);
}

} // namespace sg
