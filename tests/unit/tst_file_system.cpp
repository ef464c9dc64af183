#include "core/base/file_system.h"
#include "tests/support/memory_file_system.h"

#include <QTest>

using namespace sg;
using sg::test::MemoryFileSystem;

class TestFileSystem : public QObject {
    Q_OBJECT
private slots:
    void keepsANewFolderThroughAPowerLoss_data() {
        QTest::addColumn<QString>("there"); // before
        QTest::addColumn<QString>("path");
        QTest::newRow("one below the root") << "/"
                                            << "/data";
        QTest::newRow("several levels at once") << "/home"
                                                << "/home/user/share/data";
        QTest::newRow("with a slash at its end") << "/home"
                                                 << "/home/user/data/";
        QTest::newRow("made before a kill, not synced") << "/home"
                                                        << "/home/data";
    }
    void keepsANewFolderThroughAPowerLoss() {
        QFETCH(QString, there);
        QFETCH(QString, path);
        for (std::uint64_t seed = 1; seed <= 50; ++seed) {
            MemoryFileSystem files;
            files.put(there.toStdString() + "/.there", "");
            if (path == "/home/data") QVERIFY(files.makeDirectories(path.toStdString()));
            QVERIFY(files.makeDirectoriesDurably(path.toStdString()));
            files.powerLoss(seed);
            const auto info = files.stat(path.toStdString());
            QVERIFY(info && info->isDirectory);
        }
    }
    void saysWhatStandsInTheWay() {
        MemoryFileSystem files;
        files.put("/home", "a file");
        const Status made = files.makeDirectoriesDurably("/home");
        QVERIFY(!made);
        QVERIFY(made.error().message.find("/home") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestFileSystem)
#include "tst_file_system.moc"
