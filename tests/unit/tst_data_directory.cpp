#include "core/chunks/data_directory.h"

#include <QTemporaryDir>
#include <QTest>

namespace sg {

class TestDataDirectory : public QObject {
    Q_OBJECT

private slots:
    void namesAChunkSoThatItCanBeReadBack() {
        ChunkRef chunk;
        chunk.stream = "abcd2345";
        chunk.sequence = Sequence{42};
        chunk.source = SourceId{7};
        chunk.start = ByteOffset{123456789012};
        chunk.lines = LineCount{1000};
        chunk.arrival = Timestamp::fromMilliseconds(1'760'000'000'123);
        QCOMPARE(QString::fromStdString(chunk.fileName()), QString("abcd2345-000000042-000007-000123456789012-00001000-1760000000123.log"));
        QCOMPARE(ChunkRef::parseFileName(chunk.fileName()), std::optional(chunk));
        chunk.reference = true;
        chunk.length = ByteCount{227'000};
        QCOMPARE(ChunkRef::parseFileName(chunk.fileName()), std::optional(chunk));
    }
    void takesNoOtherFileForAChunk_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("a temporary file") << ".tmp-abcd2345-000000042-000007-000123456789012-00001000-1760000000123.log";
        QTest::newRow("an ending of its own") << "abcd2345-000000042-000007-000123456789012-00001000-1760000000123.txt";
        QTest::newRow("a stream in capitals") << "ABCD2345-000000042-000007-000123456789012-00001000-1760000000123.log";
        QTest::newRow("too few digits") << "abcd2345-00000042-000007-000123456789012-00001000-1760000000123.log";
        QTest::newRow("a reference without length") << "abcd2345-000000042-000007-000123456789012-00001000-1760000000123.ref";
        QTest::newRow("nothing") << "";
    }
    void takesNoOtherFileForAChunk() {
        QFETCH(QString, name);
        QVERIFY(!ChunkRef::parseFileName(name.toStdString()));
    }
    void givesIdsThatIncreaseWithThePosition() {
        QCOMPARE(QString::fromStdString(documentId("abcd2345", Sequence{12}, 345)), QString("abcd2345-000000012-00000345"));
        QVERIFY(documentId("abcd2345", Sequence{9}, 99'999'999) < documentId("abcd2345", Sequence{10}, 0));
    }

    void keepsReleasedPositions() {
        QTemporaryDir folder;
        PosixFileSystem files;
        const DataDirectory data{folder.path().toStdString()};
        QCOMPARE(readReleased(files, data)->last.value, 0ULL);
        ReleasedPositions released;
        released.sources[3] = {ByteOffset{500}, LineCount{5}};
        released.release(Sequence{1}, Sequence{4});
        released.release(Sequence{8}, Sequence{9});
        QVERIFY(writeReleased(files, data, released));
        const auto back = readReleased(files, data);
        QVERIFY(back);
        QCOMPARE(back->last.value, 9ULL);
        QCOMPARE(back->sources.at(3).end.value, 500ULL);
        QCOMPARE(back->lines().value, 5ULL);
        QCOMPARE(back->holes, released.holes);
    }
    void knowsWhatIsReleasedOutOfOrder() {
        ReleasedPositions released;
        released.release(Sequence{1}, Sequence{4});
        released.release(Sequence{8}, Sequence{9});
        for (const std::uint64_t s : {1, 4, 8, 9}) QVERIFY(released.isReleased(Sequence{s}));
        for (const std::uint64_t s : {5, 7, 10}) QVERIFY(!released.isReleased(Sequence{s}));
        released.release(Sequence{6}, Sequence{6});
        QVERIFY(released.isReleased(Sequence{6}));
        QVERIFY(!released.isReleased(Sequence{5}));
        QVERIFY(!released.isReleased(Sequence{7}));
        released.release(Sequence{5}, Sequence{7});
        QVERIFY(released.holes.empty());
        QCOMPARE(released.last.value, 9ULL);
    }
    void refusesAPositionsFileThatIsNone() {
        QTemporaryDir folder;
        PosixFileSystem files;
        const DataDirectory data{folder.path().toStdString()};
        QVERIFY(files.replaceDurably(data.released(), "last 3\n1 two 3\n"));
        const auto read = readReleased(files, data);
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::Corrupt);
    }

    void keepsSourcesWithAnyNameAndForgetsATornOne() {
        QTemporaryDir folder;
        PosixFileSystem files;
        const DataDirectory data{folder.path().toStdString()};
        SourceInfo source;
        source.id = SourceId{1};
        source.path = "/var/log/with space%\n\xFF.log";
        source.fingerprint = "0123";
        source.fingerprintLength = 1024;
        source.device = 5;
        source.inode = 6;
        QVERIFY(appendSources(files, data, {source}));
        QVERIFY((*files.openAppend(data.sources()))->append("2 follow 5 7 torn"));
        auto back = readSources(files, data);
        QVERIFY(back);
        QCOMPARE(back->size(), std::size_t{1});
        QCOMPARE(back->front().path, source.path);
        QCOMPARE(back->front().header, std::string());
        source.id = SourceId{2};
        source.kind = SourceInfo::Kind::Imported;
        source.size = 99;
        source.contentHash = "beef";
        QVERIFY(appendSources(files, data, {source}));
        back = readSources(files, data);
        QVERIFY(back);
        QCOMPARE(back->size(), std::size_t{2});
        QCOMPARE(back->back().contentHash, std::string("beef"));
    }

    void cutsOffATornLineOfAnyLength() {
        QTemporaryDir folder;
        PosixFileSystem files;
        const DataDirectory data{folder.path().toStdString()};
        SourceInfo source;
        source.id = SourceId{1};
        source.path = "/a";
        source.beginnings = "0123456789abcdef";
        source.firstBytes = "01234567";
        QVERIFY(appendSources(files, data, {source}));
        QVERIFY((*files.openAppend(data.sources()))->append("2 follow 5 7 " + std::string(30'000, 'x')));
        source.id = SourceId{3};
        QVERIFY(appendSources(files, data, {source}));
        const auto back = readSources(files, data);
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QCOMPARE(back->size(), std::size_t{2});
        QCOMPARE(back->back().id.value, 3ULL);
        QCOMPARE(back->back().beginnings, source.beginnings);
        QCOMPARE(back->back().firstBytes, source.firstBytes);
    }
    void passesOverALineWhoseFirstBlockNeverReachedTheDisk() {
        QTemporaryDir folder;
        PosixFileSystem files;
        const DataDirectory data{folder.path().toStdString()};
        SourceInfo source;
        source.id = SourceId{1};
        source.path = "/a";
        QVERIFY(appendSources(files, data, {source}));
        QVERIFY((*files.openAppend(data.sources()))->append(std::string(100, '\0') + "0 - /b\n"));
        source.id = SourceId{2};
        QVERIFY(appendSources(files, data, {source}));
        const auto back = readSources(files, data);
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QCOMPARE(back->size(), std::size_t{2});
    }
    void readsALineFromBeforeTheBeginningsWereKept_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("beginnings");
        QTest::newRow("none") << "1 follow 5 7 3 abc 0 - - 0 /a\n"
                              << "";
        QTest::newRow("each 32 bytes") << "1 follow 5 7 3 abc 0 - - 0 /a 01234567\n"
                                       << "01234567";
    }
    void readsALineFromBeforeTheBeginningsWereKept() {
        QFETCH(QString, line);
        QFETCH(QString, beginnings);
        QTemporaryDir folder;
        PosixFileSystem files;
        const DataDirectory data{folder.path().toStdString()};
        QVERIFY(files.replaceDurably(data.sources(), line.toStdString()));
        const auto back = readSources(files, data);
        QVERIFY(back);
        QCOMPARE(back->front().path, std::string("/a"));
        QCOMPARE(back->front().beginnings, beginnings.toStdString());
        QVERIFY(back->front().firstBytes.empty());
    }
};

} // namespace sg

QTEST_APPLESS_MAIN(sg::TestDataDirectory)
#include "tst_data_directory.moc"
