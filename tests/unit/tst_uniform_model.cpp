#include "tests/unit/generate_support.h"

#include <QTest>

#include <map>
#include <set>
#include <sstream>

class UniformModelTest : public QObject {
    Q_OBJECT
private slots:
    void writesTheOriginalSystemsLines() {
        sg::Tuning tuning;
        tuning.traffic.model = sg::GeneratorModel::Uniform;
        tuning.traffic.malformedShare = 0;
        tuning.log.format = sg::LogFormat::Original;
        std::map<std::string, int> statuses, sites, paths;
        for (const std::string& line : sg::test::linesOf(sg::test::generateText(98'000, tuning))) {
            std::istringstream words(line);
            std::string status, site, path, address, more;
            words >> status >> site >> path >> address;
            QVERIFY(!(words >> more));
            QVERIFY(status.starts_with("HTTP:"));
            ++statuses[status];
            ++sites[site];
            ++paths[path];
        }
        QCOMPARE(statuses.size(), std::size_t{49});
        QCOMPARE(sites.size(), std::size_t{8});
        QCOMPARE(paths.size(), std::size_t{7});
        for (const auto& [status, count] : statuses) QVERIFY2(std::abs(count - 2000) < 250, status.c_str());
    }
};
QTEST_APPLESS_MAIN(UniformModelTest)
#include "tst_uniform_model.moc"
