#include "tests/support/memory_file_system.h"

#include <QTest>

#include <set>

using namespace sg;
using sg::test::MemoryFileSystem;
using sg::test::PowerLost;

class MemoryFileSystemTest : public QObject {
    Q_OBJECT
private slots:
    void losesNoNameInARenameAcrossFolders_data() {
        QTest::addColumn<QString>("synced");
        QTest::addColumn<int>("outcomes");
        QTest::newRow("neither folder is synced") << "" << 2;
        QTest::newRow("the old folder is synced") << "/a" << 1;
        QTest::newRow("the new folder is synced") << "/b" << 1;
    }
    void losesNoNameInARenameAcrossFolders() {
        QFETCH(QString, synced);
        QFETCH(int, outcomes);
        std::set<bool> moved;
        for (std::uint64_t seed = 0; seed < 30; ++seed) {
            MemoryFileSystem files;
            files.put("/a/x", "content");
            files.put("/b/y", "other");
            QVERIFY(files.rename("/a/x", "/b/z"));
            if (!synced.isEmpty()) QVERIFY(files.syncDirectory(synced.toStdString()));
            files.powerLoss(seed);
            QVERIFY(files.exists("/a/x") != files.exists("/b/z"));
            moved.insert(files.exists("/b/z"));
            QCOMPARE(files.content(files.exists("/b/z") ? "/b/z" : "/a/x"), std::string("content"));
        }
        QCOMPARE(static_cast<int>(moved.size()), outcomes);
        QVERIFY(moved.contains(true));
    }
    void keepsWhatWasSyncedAndAPrefixOfTheRest();
    void forgetsOrKeepsEachEntryThatWasNotSynced();
    void undoesARenameButNeverShowsOneFileTwice();
    void stopsAtTheNamedCall();
    void writesWhatFitsOnAFullDisk();
    void givesTheNumberOfADeletedInodeToTheNextFile();
    void refusesADeniedPath();
};

void MemoryFileSystemTest::keepsWhatWasSyncedAndAPrefixOfTheRest() {
    std::set<std::size_t> lengths;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        MemoryFileSystem files;
        files.put("/d/f", "safe");
        {
            auto file = files.openAppend("/d/f");
            QVERIFY(file);
            QVERIFY((*file)->append("12"));
            QVERIFY((*file)->sync());
            QVERIFY((*file)->append("345"));
            QVERIFY((*file)->append("678"));
        }
        QCOMPARE(files.content("/d/f"), std::string("safe12345678"));
        files.powerLoss(seed);
        const std::string left = files.content("/d/f");
        QVERIFY(left.size() >= 6);
        QCOMPARE(left, std::string("safe12345678").substr(0, left.size()));
        lengths.insert(left.size());
    }
    QCOMPARE(lengths.size(), std::size_t{7});
}

void MemoryFileSystemTest::forgetsOrKeepsEachEntryThatWasNotSynced() {
    std::set<std::string> outcomes;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        MemoryFileSystem files;
        files.put("/d/old", "");
        QVERIFY(files.createNew("/d/a"));
        QVERIFY(files.syncDirectory("/d"));
        QVERIFY(files.createNew("/d/b"));
        QVERIFY(files.createNew("/d/c"));
        QVERIFY(files.remove("/d/old"));
        files.powerLoss(seed);
        QVERIFY(files.exists("/d/a"));
        std::string outcome;
        for (const char* name : {"/d/b", "/d/c", "/d/old"}) outcome += files.exists(name) ? '1' : '0';
        outcomes.insert(outcome);
    }
    QCOMPARE(outcomes.size(), std::size_t{8});
}

void MemoryFileSystemTest::undoesARenameButNeverShowsOneFileTwice() {
    std::set<std::string> outcomes;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        MemoryFileSystem files;
        files.put("/d/target", "old");
        QVERIFY(files.createNew("/d/new"));
        QVERIFY(files.rename("/d/new", "/d/target"));
        QVERIFY(!files.exists("/d/new"));
        files.powerLoss(seed);
        const bool isNew = files.exists("/d/new");
        const bool replaced = files.content("/d/target").empty();
        QVERIFY(files.exists("/d/target"));
        QVERIFY(!(isNew && replaced));
        outcomes.insert(isNew ? "only created" : replaced ? "renamed" : "nothing");
    }
    QCOMPARE(outcomes.size(), std::size_t{3});
}

void MemoryFileSystemTest::stopsAtTheNamedCall() {
    MemoryFileSystem files;
    files.put("/d/f", "x");
    files.dieAtCall(2);
    QVERIFY(files.createNew("/d/a"));
    QVERIFY_THROWS_EXCEPTION(PowerLost, static_cast<void>(files.createNew("/d/b")));
    QVERIFY_THROWS_EXCEPTION(PowerLost, static_cast<void>(files.syncDirectory("/d")));
    QCOMPARE(files.readWhole("/d/f").value_or(""), std::string("x"));
    files.powerLoss(1);
    QVERIFY(files.createNew("/d/b"));
    files.failAtCall(1, ErrorCode::DiskFull);
    const auto failed = files.createNew("/d/c");
    QVERIFY(!failed);
    QVERIFY(failed.error().code == ErrorCode::DiskFull);
    QVERIFY(files.createNew("/d/c"));
}

void MemoryFileSystemTest::writesWhatFitsOnAFullDisk() {
    MemoryFileSystem files;
    files.put("/d/f", "");
    files.setFreeBytes(4);
    auto file = files.openAppend("/d/f");
    QVERIFY(file);
    const Status written = (*file)->append("123456");
    QVERIFY(!written);
    QVERIFY(written.error().code == ErrorCode::DiskFull);
    QCOMPARE(files.content("/d/f"), std::string("1234"));
    QVERIFY((*file)->truncate(0));
    QCOMPARE(files.freeBytes("/d").value_or(0), std::uint64_t{4});
}

void MemoryFileSystemTest::givesTheNumberOfADeletedInodeToTheNextFile() {
    MemoryFileSystem files;
    files.put("/d/f", "1");
    const auto before = files.stat("/d/f");
    files.erase("/d/f");
    files.put("/d/f", "2");
    QCOMPARE(files.stat("/d/f")->inode, before->inode);
    auto held = files.openRead("/d/f");
    files.erase("/d/f");
    files.put("/d/f", "3");
    QVERIFY(files.stat("/d/f")->inode != before->inode);
}

void MemoryFileSystemTest::refusesADeniedPath() {
    MemoryFileSystem files;
    files.put("/d/f", "1");
    files.deny("/d/f");
    const auto opened = files.openRead("/d/f");
    QVERIFY(!opened);
    QVERIFY(opened.error().code == ErrorCode::PermissionDenied);
    files.deny("/d/f", false);
    QVERIFY(files.openRead("/d/f"));
}

QTEST_APPLESS_MAIN(MemoryFileSystemTest)
#include "tst_memory_file_system.moc"
