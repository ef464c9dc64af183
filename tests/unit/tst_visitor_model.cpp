// First: moc cannot read <chrono> when nothing of the library has been seen before it.
#include <QTest>

#include "core/generate/traffic_model.h"
#include "tests/unit/generate_support.h"

#include <cmath>
#include <map>
#include <set>

namespace {
struct Seen {
    std::string address, site, method, path, referrer, agent;
    std::uint32_t status = 0, bytes = 0, ms = 0;
};
std::vector<Seen> walk(const sg::TrafficTuning& traffic, int count, double load = 1) {
    const auto model = sg::makeVisitorModel(traffic, sg::LogFormat::Combined);
    model->setLoad(load);
    std::vector<Seen> all;
    sg::Access a;
    for (int i = 0; i < count; ++i) {
        model->next(a);
        all.push_back({std::string(a.address), std::string(a.site), std::string(a.method), std::string(a.path), std::string(a.referrer),
                       std::string(a.agent), a.status, a.bytes, a.responseMs});
    }
    return all;
}
sg::TrafficTuning people() {
    sg::TrafficTuning t;
    t.botShare = 0;
    return t;
}
int countOf(const std::vector<Seen>& all, const std::string& path) {
    return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const Seen& s) { return s.path == path; }));
}
} // namespace

class VisitorModelTest : public QObject {
    Q_OBJECT
private slots:
    void aVisitorKeepsAgentAndWalksWithReferrers() {
        std::map<std::string, std::vector<Seen>> byAddress;
        for (const Seen& s : walk(people(), 200'000)) byAddress[s.address].push_back(s);
        int followed = 0;
        for (const auto& [address, requests] : byAddress) {
            std::set<std::string> visited;
            for (std::size_t i = 0; i < requests.size(); ++i) {
                QCOMPARE(requests[i].agent, requests[0].agent);
                const bool own = requests[i].referrer.starts_with("https://shop.example/");
                // Visitors who were there when the log began have a page before the first line.
                if (own && visited.contains(requests[i].referrer)) ++followed;
                visited.insert("https://shop.example" + requests[i].path);
            }
        }
        QVERIFY(byAddress.size() > 3000);
        QVERIFY2(followed > 150'000, qPrintable(QString::number(followed)));
    }
    void theFunnelNarrows() {
        const auto all = walk(people(), 400'000);
        int products = 0;
        for (const Seen& s : all) products += s.path.starts_with("/product/") ? 1 : 0;
        const int added = countOf(all, "/cart/add"), checkout = countOf(all, "/checkout"), ordered = countOf(all, "/order/confirmation");
        QVERIFY(products > added);
        QVERIFY(added > checkout);
        QVERIFY(checkout > ordered);
        QVERIFY(ordered > 100);
    }
    void productsFollowZipf() {
        sg::TrafficTuning t = people();
        t.zipf = 1;
        t.pages = 100;
        std::map<std::string, double> views;
        for (const Seen& s : walk(t, 600'000))
            if (s.path.starts_with("/product/")) ++views[s.path];
        QVERIFY(std::abs(views["/product/1"] / views["/product/2"] - 2) < 0.2);
        QVERIFY(std::abs(views["/product/1"] / views["/product/10"] - 10) < 1.5);
        QVERIFY(views.size() <= 100);
    }
    void givenWeightsReplaceTheModelsOwn() {
        sg::TrafficTuning t;
        t.statuses = {{"200", 90}, {"404", 6}, {"503", 4}};
        t.methods = {{"GET", 3}, {"PATCH", 1}};
        t.addressRanges = {{"10.1.0.0/16", 1}};
        t.agents = {{"one", 1}, {"two", 1}};
        t.sites = {{"a.example", 1}, {"b.example", 1}};
        t.botShare = 0;
        std::map<std::uint32_t, int> statuses;
        std::set<std::string> agents, sites;
        int patches = 0;
        for (const Seen& s : walk(t, 100'000)) {
            ++statuses[s.status];
            patches += s.method == "PATCH" ? 1 : 0;
            QVERIFY(s.address.starts_with("10.1."));
            agents.insert(s.agent);
            sites.insert(s.site);
        }
        QCOMPARE(statuses.size(), std::size_t{3});
        QVERIFY(std::abs(statuses[404] - 6000) < 300);
        QVERIFY(std::abs(statuses[503] - 4000) < 300);
        QVERIFY(std::abs(patches - 25'000) < 700);
        QCOMPARE(agents, (std::set<std::string>{"one", "two"}));
        QCOMPARE(sites, (std::set<std::string>{"a.example", "b.example"}));
    }
    void robotsHaveTheirShare() {
        sg::TrafficTuning t;
        t.botShare = 0.3;
        int robots = 0, probes = 0;
        for (const Seen& s : walk(t, 100'000)) {
            robots += s.agent.find("ot") != std::string::npos || s.agent.find("zgrab") != std::string::npos ? 1 : 0;
            probes += s.path == "/wp-login.php" || s.path == "/.env" ? 1 : 0;
        }
        QVERIFY2(std::abs(robots - 30'000) < 700, qPrintable(QString::number(robots)));
        QVERIFY(probes > 100);
    }
    void timesAndSizesGrowWithTheLoad() {
        const auto mean = [](const std::vector<Seen>& all, auto member) {
            double sum = 0;
            for (const Seen& s : all) sum += s.*member;
            return sum / static_cast<double>(all.size());
        };
        const auto calm = walk(people(), 100'000), busy = walk(people(), 100'000, 4);
        QVERIFY(mean(busy, &Seen::ms) > 6 * mean(calm, &Seen::ms));
        QVERIFY(mean(busy, &Seen::bytes) > 1.01 * mean(calm, &Seen::bytes));
    }
    void visitorsMayChangeWhileTheyWalk() {
        sg::TrafficTuning t = people();
        t.agents = {{"one", 1}, {"two", 1}, {"three", 1}};
        const auto model = sg::makeVisitorModel(t, sg::LogFormat::Combined);
        sg::Access a;
        for (int i = 0; i < 10'000; ++i) model->next(a);
        t.agents = {{"only", 1}};
        t.pages = 3;
        t.rate = 50;
        t.thinkMedian = 0.1;
        model->adopt(t, sg::LogFormat::Json);
        for (int i = 0; i < 10'000; ++i) {
            model->next(a);
            QCOMPARE(std::string(a.agent), std::string("only"));
        }
    }
};
QTEST_APPLESS_MAIN(VisitorModelTest)
#include "tst_visitor_model.moc"
