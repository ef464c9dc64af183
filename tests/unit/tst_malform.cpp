#include "core/generate/malform.h"

#include <QTest>

#include <algorithm>
#include <string>

class MalformTest : public QObject {
    Q_OBJECT
private slots:
    void keepsOneLineEndAndDamagesTheRest() {
        const std::string whole = "192.0.2.7 - - [29/Feb/2024:23:59:58 +0000] \"GET /a HTTP/1.1\" 404 12 \"-\" \"curl/8\" 0.001\n";
        sg::Random random(1);
        for (int i = 0; i < 2000; ++i) {
            std::string line = whole;
            const char* end = sg::malform(line.data(), line.data() + line.size(), random);
            line.resize(static_cast<std::size_t>(end - line.data()));
            QCOMPARE(std::count(line.begin(), line.end(), '\n'), 1);
            QCOMPARE(line.back(), '\n');
            QVERIFY(line.size() > 1);
            // Neither three bare fields after the request nor all of its quotes are left.
            QVERIFY(std::count(line.begin(), line.end(), '"') < 6 || line[0] == '\x16');
        }
    }
};
QTEST_APPLESS_MAIN(MalformTest)
#include "tst_malform.moc"
