#include "core/contract/ledger.h"

#include <QTest>

namespace sg {
namespace {

Ledger balancedLedger() {
    Ledger l;
    l.lines = 100, l.split = 95, l.unsplit = 5;
    l.opening = 10, l.planned = 60, l.waiting = 24, l.lost = 1;
    l.committed = 50, l.open = 10;
    l.parsed = 45, l.skipped = 3, l.deadByReason[static_cast<std::size_t>(Reason::BadTime)] = 2;
    l.created = 20, l.duplicate = 1, l.rejected = 2, l.undelivered = 15, l.abandoned = 3, l.notRequested = 4;
    return l;
}

} // namespace

class TestLedger : public QObject {
    Q_OBJECT

private slots:
    void balancesWhenEveryStageAgrees() {
        const Ledger l = balancedLedger();
        QVERIFY(l.balanced());
        QCOMPARE(l.indexed(), 21ULL);
        QCOMPARE(l.dead(), 4ULL);
        QCOMPARE(l.inFlight(), 54ULL);
        QCOMPARE(l.opening + l.indexed() + l.dead() + l.skipped + l.lost + l.abandoned + l.notRequested + l.inFlight(), l.lines);
    }
    void saysWhichEqualityIsBroken_data() {
        QTest::addColumn<int>("counter");
        QTest::addColumn<QString>("named");
        const char* names[] = {"lines", "split", "planned", "committed", "parsed"};
        for (int i = 0; i < 5; ++i) QTest::newRow(names[i]) << i << names[i];
    }
    void saysWhichEqualityIsBroken() {
        QFETCH(int, counter);
        QFETCH(QString, named);
        Ledger l = balancedLedger();
        std::uint64_t* counters[] = {&l.unsplit, &l.waiting, &l.open, &l.skipped, &l.created};
        ++*counters[counter];
        QVERIFY(!l.balanced());
        QCOMPARE(l.differences().size(), std::size_t{1});
        QVERIFY(QString::fromStdString(l.differences().front()).startsWith(named + " is "));
        QVERIFY(QString::fromStdString(l.differences().front()).contains("1 too many"));
    }

    void countsARetriedDeadLetterAsALineOfItsLogOnce() {
        Ledger l = balancedLedger();
        // Both letters that could not be read, and one that was refused, are lines again: two of them were processed, one waits.
        l.lines += 3, l.split += 3, l.planned += 2, l.waiting += 1, l.committed += 2, l.parsed += 2, l.created += 2;
        l.retried = 2;
        l.resolvedByReason[static_cast<std::size_t>(Reason::BadTime)] = 2;
        l.resolvedByReason[static_cast<std::size_t>(Reason::RejectedByServer)] = 1;
        QVERIFY2(l.balanced(), l.balanced() ? "" : l.differences().front().c_str());
        QCOMPARE(l.logLines(), 100ULL);
        QCOMPARE(l.deadLeft(), 1ULL);
        QCOMPARE(l.opening + l.indexed() + l.deadLeft() + l.skipped + l.lost + l.abandoned + l.notRequested + l.inFlight(), l.logLines());
    }
    void saysWhenLinesAndLettersOfRetriesDiffer_data() {
        QTest::addColumn<int>("resolved");
        QTest::addColumn<int>("retried");
        QTest::addColumn<int>("retrying");
        QTest::addColumn<bool>("balanced");
        QTest::newRow("published, planned, not resolved yet") << 0 << 40 << 50 << true;
        QTest::newRow("more lines than letters") << 0 << 51 << 50 << false;
        QTest::newRow("resolved, its chunks not planned yet") << 24 << 0 << 0 << true;
        QTest::newRow("resolved, and no chunk anywhere") << 26 << 0 << 0 << false;
        QTest::newRow("a chunk of it was lost") << 25 << 0 << 0 << true;
        QTest::newRow("done") << 40 << 40 << 0 << true;
    }
    void saysWhenLinesAndLettersOfRetriesDiffer() {
        QFETCH(int, resolved);
        QFETCH(int, retried);
        QFETCH(int, retrying);
        QFETCH(bool, balanced);
        Ledger l = balancedLedger(); // 24 lines wait, one is lost
        l.resolvedByReason[1] = static_cast<std::uint64_t>(resolved);
        l.retried = static_cast<std::uint64_t>(retried);
        l.retrying = static_cast<std::uint64_t>(retrying);
        QCOMPARE(l.balanced(), balanced);
    }
};

} // namespace sg

QTEST_APPLESS_MAIN(sg::TestLedger)
#include "tst_ledger.moc"
