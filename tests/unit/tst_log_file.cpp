#include "core/generate/log_file.h"
#include "tests/unit/generate_support.h"

#include <QTest>

#include <map>
#include <zlib.h>

using namespace sg;

class LogFileTest : public QObject {
    Q_OBJECT
    struct Place {
        QTemporaryDir folder;
        test::SmallDisk disk;
        std::string path = folder.filePath("access.log").toStdString();
        std::string text(const std::string& suffix = {}) { return disk.readWhole(path + suffix).value_or(std::string("missing")); }
        bool has(const std::string& suffix) { return disk.stat(path + suffix).has_value(); }
    };
    static std::string numbered(int from, int to) {
        std::string text;
        for (int i = from; i < to; ++i) text += "line " + std::to_string(i) + "\n";
        return text;
    }
private slots:
    void rotatesByNameAndKeepsEveryLine() {
        Place p;
        auto log = LogFile::open(p.disk, p.path, {100, RotationKind::Rename, 90, false}, {});
        QVERIFY(log);
        for (int i = 0; i < 50; ++i) {
            std::string buffer = numbered(i * 10, i * 10 + 10);
            QVERIFY((*log)->write(buffer));
            QVERIFY(buffer.empty());
        }
        std::string all;
        for (int n = 90; n > 0; --n) {
            if (!p.has("." + std::to_string(n))) continue;
            const std::string text = p.text("." + std::to_string(n));
            QVERIFY(text.size() <= 100);
            all += text;
        }
        QCOMPARE(all + p.text(), numbered(0, 500));
        QCOMPARE((*log)->lines(), std::uint64_t{500});
        QVERIFY((*log)->rotations() > 40);
    }
    void keepsNoMoreThanItShould() {
        Place p;
        auto log = LogFile::open(p.disk, p.path, {100, RotationKind::Rename, 2, false}, {});
        std::string buffer = numbered(0, 200);
        QVERIFY((*log)->write(buffer));
        QVERIFY(p.has(".1") && p.has(".2") && !p.has(".3"));
    }
    void deletesNothingThatHasNotBeenRead() {
        Place p;
        bool read = false;
        auto log = LogFile::open(p.disk, p.path, {100, RotationKind::Rename, 2, false}, [&read](auto, auto, auto) { return read; });
        std::string buffer = numbered(0, 100);
        QVERIFY((*log)->write(buffer));
        QVERIFY(p.has(".7"));
        read = true;
        QVERIFY((*log)->maintain());
        QVERIFY(p.has(".2") && !p.has(".3") && !p.has(".7"));
    }
    void asksWithTheFilesOwnInode() {
        Place p;
        std::map<std::uint64_t, std::uint64_t> asked;
        auto log = LogFile::open(p.disk, p.path, {100, RotationKind::Rename, 0, false}, [&asked](auto, auto inode, auto size) {
            asked[inode] = size;
            return false;
        });
        const std::uint64_t first = p.disk.stat(p.path)->inode;
        std::string buffer = numbered(0, 30);
        QVERIFY((*log)->write(buffer));
        QVERIFY(asked.contains(first));
        QVERIFY(asked[first] > 90);
    }
    void copytruncateLosesNothingAndWaitsForTheReader() {
        Place p;
        bool read = false;
        auto log = LogFile::open(p.disk, p.path, {100, RotationKind::CopyTruncate, 90, false}, [&read](auto, auto, auto) { return read; });
        const std::uint64_t inode = p.disk.stat(p.path)->inode;
        std::string buffer = numbered(0, 30);
        const Status waiting = (*log)->write(buffer);
        QVERIFY(!waiting && waiting.error().code == ErrorCode::Busy);
        QVERIFY(!p.has(".1"));
        QCOMPARE(p.text() + buffer, numbered(0, 30));
        read = true;
        QVERIFY((*log)->write(buffer));
        QCOMPARE(p.disk.stat(p.path)->inode, inode);
        QCOMPARE(p.text(".2") + p.text(".1") + p.text(), numbered(0, 30));
    }
    void compressesOnlyWhatHasBeenRead() {
        Place p;
        bool read = false;
        auto log = LogFile::open(p.disk, p.path, {100, RotationKind::Rename, 5, true}, [&read](auto, auto, auto) { return read; });
        std::string buffer = numbered(0, 20);
        QVERIFY((*log)->write(buffer));
        const std::string raw = p.text(".1");
        for (int i = 0; i < 3; ++i) QVERIFY((*log)->maintain());
        QVERIFY(p.has(".1") && !p.has(".1.gz"));
        read = true;
        for (int i = 0; i < 4; ++i) QVERIFY((*log)->maintain());
        QVERIFY(!p.has(".1") && p.has(".1.gz"));
        gzFile packed = ::gzopen((p.path + ".1.gz").c_str(), "rb");
        std::array<char, 4096> room{};
        const int got = ::gzread(packed, room.data(), room.size());
        ::gzclose(packed);
        QCOMPARE(std::string(room.data(), static_cast<std::size_t>(got)), raw);
    }
    void aFullDiskLeavesWholeLinesAndForgetsNone() {
        for (std::uint64_t room = 0; room < 60; ++room) {
            Place p;
            auto log = LogFile::open(p.disk, p.path, {}, {});
            p.disk.room = room;
            std::string buffer = numbered(0, 10);
            const Status full = (*log)->write(buffer);
            QVERIFY(!full && full.error().code == ErrorCode::DiskFull);
            const std::string there = p.text();
            QVERIFY(there.empty() || there.back() == '\n');
            QCOMPARE((*log)->lines(), static_cast<std::uint64_t>(std::count(there.begin(), there.end(), '\n')));
            QCOMPARE(there + buffer, numbered(0, 10));
            p.disk.room = 1000;
            QVERIFY((*log)->write(buffer));
            QCOMPARE(p.text(), numbered(0, 10));
            QCOMPARE((*log)->lines(), std::uint64_t{10});
        }
    }
    void endsALineThatAKillLeftTorn() {
        Place p;
        QVERIFY(p.disk.replaceDurably(p.path, "whole\nhal"));
        auto log = LogFile::open(p.disk, p.path, {}, {});
        std::string buffer = "new\n";
        QVERIFY((*log)->write(buffer));
        QCOMPARE(p.text(), std::string("whole\nhal\nnew\n"));
        QCOMPARE((*log)->lines(), std::uint64_t{1});
    }
    void followsThePathWhenSomeoneMovesTheFileAway() {
        Place p;
        auto log = LogFile::open(p.disk, p.path, {}, {});
        std::string buffer = "one\n";
        QVERIFY((*log)->write(buffer));
        QVERIFY(p.disk.rename(p.path, p.path + ".moved"));
        QVERIFY((*log)->maintain());
        buffer = "two\n";
        QVERIFY((*log)->write(buffer));
        QCOMPARE(p.text(), std::string("two\n"));
        QCOMPARE(p.text(".moved"), std::string("one\n"));
    }
};
QTEST_APPLESS_MAIN(LogFileTest)
#include "tst_log_file.moc"
