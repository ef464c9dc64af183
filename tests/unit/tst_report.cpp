#include "app/report.h"

#include "core/chunks/data_directory.h"
#include "core/store/store.h"

#include <QTemporaryDir>
#include <QTest>

namespace sg {

class TestReport : public QObject {
    Q_OBJECT
private slots:
    void countsWhatIsNotSplitOnceForEachFile() {
        QTemporaryDir folder;
        PosixFileSystem files;
        const std::string root = folder.path().toStdString();
        const DataDirectory data{root + "/data"};
        QVERIFY(files.makeDirectories(data.chunks()));
        {
            Store::Options options;
            options.path = data.store();
            QVERIFY(Store::open(options));
        }
        const std::string log = root + "/access.log";
        QVERIFY((*files.openAppend(log))->append("one\ntwo\nthree\nfour\n"));
        const auto info = files.stat(log);
        QVERIFY(info);
        // Two generations of the same file, and the newest, which begins behind the first line; one was written down twice.
        std::vector<SourceInfo> sources;
        for (const std::uint64_t id : {1, 2, 3, 3}) {
            SourceInfo source;
            source.id = SourceId{id};
            source.path = log;
            source.device = info->device;
            source.inode = info->inode;
            source.begin = ByteOffset{id == 3 ? 4U : 0U};
            sources.push_back(source);
        }
        QVERIFY(appendSources(files, data, sources));
        const auto report = readReport(files, data.root);
        QVERIFY2(report, report ? "" : report.error().message.c_str());
        QCOMPARE(report->ledger.unsplit, 3ULL);
        QCOMPARE(report->ledger.lines, 3ULL);
        // Lines up to its position are split; here their chunk was released.
        ReleasedPositions released;
        released.last = Sequence{1};
        released.sources[3] = {ByteOffset{14}, LineCount{2}};
        QVERIFY(writeReleased(files, data, released));
        QCOMPARE(readReport(files, data.root)->ledger.unsplit, 1ULL);
    }

    void saysWhatARunLeaves_data() {
        QTest::addColumn<int>("documents");
        QTest::addColumn<int>("letters");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("says");
        const QString rest = "; nothing is lost: run again with the same --data to deliver ";
        QTest::newRow("nothing") << 0 << 0 << "http://es:9200" << "";
        QTest::newRow("documents") << 12 << 0 << "http://es:9200" << "12 documents wait in data for http://es:9200" + rest + "them\n";
        QTest::newRow("one dead letter") << 0 << 1 << "http://es:9200" << "1 dead letter waits in data for http://es:9200" + rest + "it\n";
        QTest::newRow("one of each, for nobody who is set now")
            << 1 << 1 << "" << "1 document and 1 dead letter wait in data for an Elasticsearch that is not set now" + rest + "them\n";
    }
    void saysWhatARunLeaves() {
        QFETCH(int, documents);
        QFETCH(int, letters);
        QFETCH(QString, target);
        QFETCH(QString, says);
        QCOMPARE(QString::fromStdString(waitingText(static_cast<std::uint64_t>(documents), static_cast<std::uint64_t>(letters), "data",
                                                    target.toStdString())),
                 says);
    }
};

} // namespace sg

QTEST_APPLESS_MAIN(sg::TestReport)
#include "tst_report.moc"
