#include "core/batch/header_scan.h"
#include "core/batch/slice.h"
#include "core/record/header.h"

#include <QTemporaryDir>
#include <QTest>

namespace sg {

class TestHeaderScan : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { m_path = m_folder.path().toStdString() + "/log"; }

    void findsTheLinesInForceAtTheEnd_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("header");
        QTest::newRow("nothing") << QByteArray() << QByteArray();
        QTest::newRow("no header line") << QByteArray("a\n #Fields: a\n\n#Software: x\n") << QByteArray();
        QTest::newRow("one") << QByteArray("x\n#Fields: a b\r\n1 2\n") << QByteArray("#Fields: a b");
        QTest::newRow("the last of each") << QByteArray("#Fields: a\n#Date: 1\n#fields: b\n1\n") << QByteArray("#fields: b\n#Date: 1");
        QTest::newRow("torn") << QByteArray("1\n#Date: 2") << QByteArray("#Date: 2");
        QTest::newRow("behind a byte order mark") << QByteArray("\xEF\xBB\xBF#Fields: a\n") << QByteArray("#Fields: a");
        QTest::newRow("a mark in the middle is none") << QByteArray("1\n\xEF\xBB\xBF#Fields: a\n") << QByteArray();
        QTest::newRow("across blocks") << QByteArray(256 * 1024 - 4, 'x') + "\n#Fields: a\n1\n" << QByteArray("#Fields: a");
        QTest::newRow("longer than any server's") << "#Fields: " + QByteArray(kMaxLine - 10, 'x') + "\n"
                                                  << "#Fields: " + QByteArray(kMaxHeaderLine - 9, 'x');
        QTest::newRow("too long to be read") << "#Fields: " + QByteArray(kMaxLine - 9, 'x') + "\n" << QByteArray();
    }
    void findsTheLinesInForceAtTheEnd() {
        QFETCH(const QByteArray, bytes);
        QFETCH(const QByteArray, header);
        QCOMPARE(folded(bytes, {0, static_cast<std::uint64_t>(bytes.size()), true}), header);
    }

    void takesOnlyLinesThatBeginInTheRange() {
        const QByteArray bytes = "#Fields: a\n#Fields: b\n#Fields: c\n";
        QCOMPARE(folded(bytes, {11, 22}), QByteArray("#Fields: b"));
        QCOMPARE(folded(bytes, {11, 1000}), QByteArray("#Fields: c")); // the file ends earlier
        QCOMPARE(folded("x#Fields: a\n", {1, 12, false, true}), QByteArray());
        QCOMPARE(folded("x\n#Fields: a\n", {1, 13, false, true}), QByteArray("#Fields: a"));
    }

    void saysWhereTheLastHeaderLineEnds() {
        const QByteArray bytes = "#Fields: a\n1\n#Software: x\n#Date: 1\n2\n";
        std::uint64_t behind = 0;
        QCOMPARE(folded(bytes, {0, static_cast<std::uint64_t>(bytes.size()), true}, &behind), QByteArray("#Date: 1\n#Fields: a"));
        QCOMPARE(behind, static_cast<std::uint64_t>(bytes.indexOf("2\n")));
        QCOMPARE(folded("1\n#Date: 1", {0, 10}, &behind), QByteArray("#Date: 1")); // torn
        QCOMPARE(behind, std::uint64_t{10});
        behind = 7;
        QCOMPARE(folded("1\n#Software: x\n", {0, 15}, &behind), QByteArray());
        QCOMPARE(behind, std::uint64_t{7});
    }

    void knowsAFieldsLineAmongOthers() {
        QVERIFY(hasFieldsLine("\xEF\xBB\xBF#Fields: a"));
        QVERIFY(hasFieldsLine("1\n#fields: a\n"));
        QVERIFY(!hasFieldsLine("1 #Fields: a\n#Date: 1\n"));
    }

private:
    QByteArray folded(const QByteArray& bytes, const HeaderRange& range, std::uint64_t* behindLast = nullptr) {
        static_cast<void>(m_files.remove(m_path));
        auto file = m_files.createNew(m_path);
        if (!file || !(*file)->append({bytes.data(), static_cast<std::size_t>(bytes.size())})) std::abort();
        auto read = m_files.openRead(m_path);
        std::string header;
        if (!read || !foldHeader(**read, range, header, behindLast)) std::abort();
        return QByteArray::fromStdString(header);
    }

    PosixFileSystem m_files;
    QTemporaryDir m_folder;
    std::string m_path;
};

} // namespace sg

QTEST_GUILESS_MAIN(sg::TestHeaderScan)
#include "tst_header_scan.moc"
