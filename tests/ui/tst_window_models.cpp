// What lies between the pipeline and the widgets: the history of rates, the range of time, the session, the wanted settings.
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "ui/models/history.h"
#include "ui/models/tuning_model.h"
#include "ui/style/number_text.h"

using namespace sg;

namespace {

std::shared_ptr<Snapshot> snapshotWith(std::uint64_t generated, std::uint64_t committed, std::uint64_t created, qint64 intervalMs = 1000) {
    auto snapshot = std::make_shared<Snapshot>();
    GeneratorPart generator;
    generator.lines = generated;
    snapshot->generator = std::make_shared<const GeneratorPart>(generator);
    BatchPart batch;
    batch.interval = Milliseconds(intervalMs);
    snapshot->batch = std::make_shared<const BatchPart>(batch);
    snapshot->ledger.committed = committed;
    snapshot->ledger.created = created;
    return snapshot;
}

constexpr qint64 kStart = 1'700'000'000'000;

PipelineOptions generating(const QTemporaryDir& folder) {
    PipelineOptions options;
    options.dataDirectory = folder.filePath("data").toStdString();
    options.generate = true;
    return options;
}

} // namespace

class TestWindowModels : public QObject {
    Q_OBJECT

private slots:
    void spreadsABatchOverTheTimeSinceTheOneBefore() {
        History history;
        for (qint64 ms = 0; ms <= 30'000; ms += 100) {
            // 1,000 lines a second, committed every five seconds
            const auto batches = static_cast<std::uint64_t>(ms / 5000);
            history.record(*snapshotWith(static_cast<std::uint64_t>(ms), batches * 5000, 0, 5000), kStart + ms);
        }
        const auto points = history.points(Flow::Processed, kStart + 6'000, kStart + 25'000, 300);
        QVERIFY(points.size() >= 15);
        for (const QPointF& point : points) QVERIFY2(qAbs(point.y() - 1000) < 25, qPrintable(QString::number(point.y())));
    }
    /// 1,000 lines a second, indexed once a second, each second answer late: the line is no comb, and the sum is right.
    void evensOutAnswersThatComeEarlyAndLate() {
        History history;
        std::uint64_t indexed = 0;
        for (qint64 ms = 0; ms <= 60'000; ms += 100) {
            if (ms % 2000 == 900 || ms % 2000 == 1300) indexed += 1000;
            history.record(*snapshotWith(static_cast<std::uint64_t>(ms), indexed, indexed), kStart + ms);
        }
        const auto points = history.points(Flow::Indexed, kStart + 5'000, kStart + 55'000, 300);
        QCOMPARE(points.size(), 50);
        double sum = 0;
        for (const QPointF& point : points) {
            QVERIFY2(qAbs(point.y() - 1000) < 150, qPrintable(QString::number(point.y())));
            sum += point.y();
        }
        QVERIFY2(qAbs(sum / 50 - 1000) < 20, qPrintable(QString::number(sum / 50)));
    }
    void saysNothingOfSecondsThatAreNotKnownYet() {
        History history;
        for (qint64 ms = 0; ms <= 9'900; ms += 100)
            history.record(*snapshotWith(static_cast<std::uint64_t>(ms), ms < 5000 ? 0 : 5000, 0, 5000), kStart + ms);
        const auto points = history.points(Flow::Processed, kStart, kStart + 10'000, 300);
        QVERIFY(!points.isEmpty());
        QVERIFY(points.back().x() <= static_cast<double>(kStart + 5'500)); // the batch after 5 s is not committed
    }
    void fallsToZeroWhenNothingComes() {
        History history;
        for (qint64 ms = 0; ms <= 20'000; ms += 100)
            history.record(*snapshotWith(static_cast<std::uint64_t>(std::min<qint64>(ms, 5000)), 0, 0), kStart + ms);
        QVERIFY(qAbs(history.recentRate(Flow::Generated, 5)) < 1e-9);
        QCOMPARE(history.points(Flow::Generated, kStart + 10'000, kStart + 18'000, 300).size(), 0 + 8);
    }
    void keepsAtMostTheAskedPoints() {
        History history;
        for (qint64 ms = 0; ms <= 1'000'000; ms += 500) history.record(*snapshotWith(static_cast<std::uint64_t>(ms), 0, 0), kStart + ms);
        const auto points = history.points(Flow::Generated, kStart, kStart + 1'000'000, 300);
        QVERIFY(points.size() <= 300);
        QVERIFY(points.size() >= 90);
        QVERIFY(qAbs(points[50].y() - 1000) < 1);
    }
    void beginsAnewWithAnotherRun() {
        History history;
        history.record(*snapshotWith(5000, 0, 0), kStart);
        history.record(*snapshotWith(100, 0, 0), kStart + 1000); // smaller: another run
        history.record(*snapshotWith(200, 0, 0), kStart + 2000);
        history.record(*snapshotWith(200, 0, 0), kStart + 4000);
        double sum = 0;
        for (const QPointF& point : history.points(Flow::Generated, kStart, kStart + 3000, 300)) sum += point.y();
        QCOMPARE(sum, 100.0);
    }
    void movesAMarkWhileTheSameControlMoves() {
        History history;
        history.mark(kStart, "rate", "Rate 10 /s");
        history.mark(kStart + 500, "rate", "Rate 20 /s");
        history.mark(kStart + 600, "interval", "Interval 5 s");
        history.mark(kStart + 9000, "rate", "Rate 30 /s");
        const auto marks = history.marks(kStart, kStart + 10'000);
        QCOMPARE(marks.size(), 3);
        QCOMPARE(marks[0].text, QString("Rate 20 /s"));
        QCOMPARE(marks[0].ms, kStart + 500);
    }

    void rangeFollowsTheClockOnlyWhileLive() {
        TimeRange range;
        range.setLive(300);
        range.advance(kStart + 1234);
        QCOMPARE(range.toMs(), kStart + 1000);
        QCOMPARE(range.fromMs(), kStart + 1000 - 300'000);
        range.setFixed(kStart - 60'500, kStart - 30'200);
        range.advance(kStart + 5000);
        QCOMPARE(range.fromMs(), kStart - 61'000);
        QCOMPARE(range.toMs(), kStart - 30'000);
        const ViewRequest request = range.request(RankBy::Errors);
        QVERIFY(!request.live());
        QCOMPARE(request.from, (kStart - 61'000) / 1000);
        range.reset();
        QVERIFY(range.isLive());
        QVERIFY(range.request(RankBy::Count).live());
    }
    void rangeIsNeverShorterThanTenSeconds() {
        TimeRange range;
        range.setFixed(kStart + 4000, kStart + 4500);
        QVERIFY(range.toMs() - range.fromMs() >= 10'000);
        for (int i = 0; i < 50; ++i) range.zoom(kStart + 4000, 0.5);
        QVERIFY(range.toMs() - range.fromMs() >= 10'000);
    }
    void zoomKeepsTheMomentUnderTheMouse() {
        TimeRange range;
        range.setFixed(kStart, kStart + 100'000);
        range.zoom(kStart + 25'000, 0.5);
        QVERIFY(qAbs(range.toMs() - range.fromMs() - 50'000) <= 1000); // bounds are whole seconds
        QVERIFY(qAbs(range.fromMs() - (kStart + 12'500)) <= 1000);
    }

    void startsStopsAndStartsAgain() {
        QTemporaryDir folder;
        Session session(generating(folder), Tuning{});
        QSignalSpy states(&session, &Session::stateChanged);
        session.start();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Running, 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(session.snapshot()->ledger.committed > 0, 20'000);
        session.stop();
        QCOMPARE(session.state(), Session::State::Finishing);
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Stopped, 30'000);
        const auto last = session.snapshot();
        QVERIFY(last->ledger.balanced());
        QCOMPARE(last->ledger.inFlight(), std::uint64_t{0});
        session.start();
        QTRY_VERIFY_WITH_TIMEOUT(session.snapshot()->ledger.committed > last->ledger.committed, 20'000);
        QCOMPARE(states.count(), 6);
    }
    void saysWhyItCannotStart() {
        QTemporaryDir folder;
        Session first(generating(folder), Tuning{}), second(generating(folder), Tuning{});
        first.start();
        QTRY_COMPARE_WITH_TIMEOUT(first.state(), Session::State::Running, 20'000);
        QSignalSpy failures(&second, &Session::failed);
        second.start();
        QTRY_COMPARE_WITH_TIMEOUT(failures.count(), 1, 20'000);
        QCOMPARE(second.state(), Session::State::Stopped);
        QVERIFY2(failures[0][0].toString().contains("process"), qPrintable(failures[0][0].toString()));
    }
    void aChangeIsPendingUntilItsStageHasIt() {
        QTemporaryDir folder;
        Session session(generating(folder), Tuning{});
        Feed feed(session);
        TuningModel tuning(feed);
        const Revision before = tuning.change("rate", "Rate 500 /s", [](Tuning& t) { t.traffic.rate = 500; });
        QVERIFY(!tuning.isPending(StageName::Generator, before)); // nothing runs: nothing is pending
        session.start();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Running, 20'000);
        QCOMPARE(session.tuning().traffic.rate, 500.0);
        QSignalSpy changed(&tuning, &TuningModel::changed);
        const Revision revision = tuning.change("rate", "Rate 2,000 /s", [](Tuning& t) { t.traffic.rate = 2000; });
        QVERIFY(revision.value > 0);
        QCOMPARE(changed.count(), 1);
        QTRY_VERIFY_WITH_TIMEOUT(!tuning.isPending(StageName::Generator, revision), 20'000);
        QTRY_COMPARE_WITH_TIMEOUT(session.snapshot()->generator->targetRate, 2000.0, 20'000);
        QCOMPARE(feed.history().marks(0, std::numeric_limits<qint64>::max()).size(), 1);
        tuning.change("rate", "the same", [](Tuning& t) { t.traffic.rate = 2000; });
        QCOMPARE(changed.count(), 1);
    }
    void pauseFreezesThePictureAndNotThePipeline() {
        QTemporaryDir folder;
        Session session(generating(folder), Tuning{});
        Feed feed(session);
        session.start();
        QTRY_VERIFY_WITH_TIMEOUT(feed.shown() && feed.shown()->ledger.committed > 0, 20'000);
        feed.setPaused(true);
        const auto frozen = feed.shown();
        const std::uint64_t then = frozen->ledger.committed;
        QSignalSpy frames(&feed, &Feed::frame);
        QTRY_VERIFY_WITH_TIMEOUT(session.snapshot()->ledger.committed > then, 20'000);
        QCOMPARE(feed.shown(), frozen);
        QCOMPARE(frames.count(), 0);
        feed.setPaused(false);
        QVERIFY(feed.shown()->ledger.committed > then);
    }
    void newRunArchivesBeforeItStarts() {
        QTemporaryDir folder;
        QStringList archived;
        Session session(generating(folder), Tuning{}, [&](const std::string& directory) -> Result<std::string> {
            archived << QString::fromStdString(directory);
            return std::string("/kept/here");
        });
        session.start();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Running, 20'000);
        QSignalSpy said(&session, &Session::said);
        session.newRun();
        QTRY_VERIFY_WITH_TIMEOUT(said.count() > 0, 30'000);
        QCOMPARE(archived.size(), 1);
        QVERIFY(said[0][0].toString().contains("/kept/here"));
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Running, 20'000);
    }

    void numbersReadWell_data() {
        QTest::addColumn<QString>("shown");
        QTest::addColumn<QString>("expected");
        QTest::newRow("a count") << countText(41'208'331) << "41,208,331";
        QTest::newRow("a rate") << rateText(12504.4) << "12,504 /s";
        QTest::newRow("a slow rate") << rateText(0.416) << "0.42 /s";
        QTest::newRow("a rate of something") << rateText(12.46, "chunks") << "12.5 chunks/s";
        QTest::newRow("no rate") << rateText(0) << "0 /s";
        QTest::newRow("bytes") << bytesText(218'000'000) << "218 MB";
        QTest::newRow("few bytes") << bytesText(999) << "999 B";
        QTest::newRow("a share") << shareText(0.0802) << "8.02 %";
        QTest::newRow("milliseconds") << millisecondsText(184) << "184 ms";
        QTest::newRow("seconds from milliseconds") << millisecondsText(1234) << "1.23 s";
        QTest::newRow("an absent time") << millisecondsText(-1) << "-";
        QTest::newRow("seconds") << durationText(0.62) << "0.62 s";
        QTest::newRow("minutes") << durationText(2400) << "40 min";
        QTest::newRow("more") << changeText(104.1, 100) << "+4.1 %";
        QTest::newRow("less") << changeText(90, 100) << QString(QChar(0x2212)) + "10.0 %";
        QTest::newRow("nothing to compare with") << changeText(90, 0) << "";
        QTest::newRow("text stays") << rawText("GET /caf\xC3\xA9") << QString::fromUtf8("GET /caf\xC3\xA9");
        QTest::newRow("a byte that is no UTF-8") << rawText("a\xFF") << "a\\xFF";
        QTest::newRow("controls do not steer") << rawText(std::string("a\x1b[2Jb\0c", 8)) << "a\\x1B[2Jb\\x00c";
    }
    void numbersReadWell() {
        QFETCH(QString, shown);
        QFETCH(QString, expected);
        QCOMPARE(shown, expected);
    }

    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }
};

QTEST_MAIN(TestWindowModels)
#include "tst_window_models.moc"
