// The tables over a real pipeline: they fill, they leave a reader in peace, they copy.
#include <QClipboard>
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>

#include "ui/views/batches_tab.h"
#include "ui/views/cell_delegate.h"
#include "ui/views/dead_letters_tab.h"
#include "ui/views/log_tab.h"
#include "ui/views/problems_tab.h"
#include "ui/views/tables_panel.h"

#include <QApplication>
#include <QHeaderView>
#include <QLabel>
#include <QStyledItemDelegate>

#include <algorithm>

using namespace sg;

namespace {

/// Settles what a view has put off.
void settle() { QCoreApplication::processEvents(); }

TailPart tail(std::uint64_t id, int lines) {
    TailPart part;
    part.batch = {id};
    part.linesInBatch = static_cast<std::uint64_t>(lines);
    for (int i = 0; i < lines; ++i) {
        TailLine line;
        line.raw = "GET /page/" + std::to_string(id * 1000 + static_cast<std::uint64_t>(i));
        line.status = 200;
        line.time = Timestamp::fromSeconds(1'700'000'000);
        part.lines.push_back(line);
    }
    return part;
}

BatchPart batches(std::uint64_t first, std::uint64_t last) {
    BatchPart part;
    for (std::uint64_t id = first; id <= last; ++id) {
        BatchProgress progress;
        progress.id = {id};
        progress.lines = id;
        part.recent.push_back(progress);
    }
    return part;
}

} // namespace

class TestTablesPanel : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        m_appearance.setTheme(Theme::Dark);
        m_appearance.applyTo(*qApp);
    }

    void fillsWithTheBatchesOfARealPipeline() {
        QTemporaryDir folder;
        PipelineOptions options;
        options.dataDirectory = folder.filePath(QStringLiteral("data")).toStdString();
        options.generate = true;
        Tuning tuning;
        tuning.batch.interval = Milliseconds(200);
        tuning.traffic.rate = 5000;
        tuning.traffic.malformedShare = 0.05;
        Session session(options, tuning);
        Feed feed(session);
        TablesPanel panel(feed, m_appearance);
        panel.resize(1320, 300);
        panel.show();
        QCOMPARE(panel.currentTab(), QStringLiteral("batches"));
        session.start();
        QTRY_VERIFY_WITH_TIMEOUT(panel.batches().model().rowCount() >= 6, 30'000);
        // Equal to the part that the feed shows, row by row.
        feed.setPaused(true);
        settle();
        const auto& recent = feed.shown()->batch->recent;
        int row = panel.batches().model().rowAt(0).state == BatchState::Planned ? 1 : 0;
        for (auto at = recent.rbegin(); at != recent.rend(); ++at, ++row) {
            QCOMPARE(panel.batches().model().rowAt(row).progress.id.value, at->id.value);
            QCOMPARE(panel.batches().model().rowAt(row).progress.lines, at->lines);
            QCOMPARE(panel.batches().model().rowAt(row).state, BatchState::Off);
        }
        QCOMPARE(panel.openProblems(), 0);
        if (const QByteArray photographs = qgetenv("SG_PHOTOGRAPHS"); !photographs.isEmpty()) {
            for (const char* id : {"batches", "log", "dead-letters", "problems"}) {
                panel.showTab(QLatin1String(id));
                QTest::qWait(50);
                panel.grab().save(QString::fromLocal8Bit(photographs) + QStringLiteral("/tables-") + QLatin1String(id) +
                                  QStringLiteral(".png"));
            }
        }
        session.stop();
        session.stop();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Stopped, 30'000);
    }

    void leavesTheChosenBatchWhereItIs() {
        BatchTable table;
        RowView view(m_appearance, QVector<RowView::ColumnShape>(BatchTable::kColumns, {QStringLiteral("0"), 1}));
        view.setModel(&table);
        view.resize(900, 200);
        view.show();
        table.take(batches(1, 50), nullptr, true);
        settle();
        view.selectRow(2);
        QVERIFY(view.isReading());
        const int before = view.visualRect(view.selectionModel()->selectedRows().first()).top();
        table.take(batches(1, 53), nullptr, true);
        settle();
        const QModelIndex chosen = view.selectionModel()->selectedRows().first();
        QCOMPARE(chosen.data().toString(), QStringLiteral("48"));
        QCOMPARE(view.visualRect(chosen).top(), before);
        view.showNewest();
        QVERIFY(!view.isReading());
        QCOMPARE(view.verticalScrollBar()->value(), 0);
        table.take(batches(1, 54), nullptr, true);
        settle();
        QCOMPARE(view.verticalScrollBar()->value(), 0);
    }
    void leavesTheScrolledPlaceWhereItIs() {
        BatchTable table;
        RowView view(m_appearance, QVector<RowView::ColumnShape>(BatchTable::kColumns, {QStringLiteral("0"), 1}));
        view.setModel(&table);
        view.resize(900, 200);
        view.show();
        table.take(batches(1, 100), nullptr, true);
        settle();
        view.verticalScrollBar()->setValue(20);
        const QString top = view.indexAt({5, 2}).data().toString();
        table.take(batches(11, 110), nullptr, true);
        settle();
        QCOMPARE(view.indexAt({5, 2}).data().toString(), top);
    }
    void copiesTheChosenRowsWithTheirHeaders() {
        BatchTable table;
        RowView view(m_appearance, QVector<RowView::ColumnShape>(BatchTable::kColumns, {QStringLiteral("0"), 1}));
        view.setModel(&table);
        table.take(batches(1, 3), nullptr, true);
        view.selectRow(0);
        const QStringList lines = view.selectedText().split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 2);
        QVERIFY(lines[0].startsWith(QStringLiteral("Batch\tPlanned\tChunks\tLines")));
        QVERIFY(lines[1].startsWith(QStringLiteral("3\t")));
        QTest::keyClick(&view, Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), view.selectedText());
    }
    void showsWholeRowsOnly() {
        auto* view = new RowView(m_appearance, QVector<RowView::ColumnShape>(BatchTable::kColumns, {QStringLiteral("0"), 1}));
        BatchTable table;
        view->setModel(&table);
        table.take(batches(1, 50), nullptr, true);
        WholeRows holder(view, m_appearance);
        for (const int height : {130, 151, 177, 240}) {
            holder.resize(1400, height);
            holder.show();
            settle();
            QCOMPARE(view->viewport()->height() % tableRowHeight(m_appearance), 0);
            QVERIFY(view->viewport()->height() > 0);
        }
    }

    void followsTheNewestLineUntilSomeoneReads() {
        LiveLog log;
        LogView view(log, m_appearance);
        view.resize(600, 260);
        view.show();
        for (std::uint64_t id = 1; id <= 3; ++id) log.take(tail(id, 100));
        settle();
        QVERIFY(view.isFollowing());
        QCOMPARE(view.verticalScrollBar()->value(), view.verticalScrollBar()->maximum());
        QSignalSpy changed(&view, &LogView::followingChanged);
        QTest::keyClick(&view, Qt::Key_PageUp);
        QVERIFY(!view.isFollowing());
        QCOMPARE(changed.count(), 1);
        const QString top = view.indexAt({5, 2}).data().toString();
        log.take(tail(4, 100));
        settle();
        QCOMPARE(view.indexAt({5, 2}).data().toString(), top);
        view.setFollowing(true);
        settle();
        QCOMPARE(view.verticalScrollBar()->value(), view.verticalScrollBar()->maximum());
    }
    void keepsWhatIsReadInPlaceWhenTheOldestLinesLeave() {
        LiveLog log;
        LogView view(log, m_appearance);
        view.resize(600, 260);
        view.show();
        for (std::uint64_t id = 1; id <= 50; ++id) log.take(tail(id, 200));
        settle();
        view.setFollowing(false);
        view.verticalScrollBar()->setValue(6000);
        settle();
        const QString top = view.indexAt({5, 2}).data().toString();
        QVERIFY(!top.isEmpty());
        log.take(tail(51, 200));
        settle();
        QCOMPARE(view.indexAt({5, 2}).data().toString(), top);
    }

    void teachesWhileThereIsNothing_data() {
        QTest::addColumn<QString>("tab");
        for (const char* id : {"batches", "log", "dead-letters", "problems"}) QTest::newRow(id) << QString::fromLatin1(id);
    }
    void teachesWhileThereIsNothing() {
        QFETCH(QString, tab);
        QTemporaryDir folder;
        PipelineOptions options;
        options.dataDirectory = folder.filePath(QStringLiteral("data")).toStdString();
        Session session(options, Tuning{});
        Feed feed(session);
        TablesPanel panel(feed, m_appearance);
        panel.resize(1000, 240);
        panel.show();
        panel.showTab(tab);
        QCOMPARE(panel.currentTab(), tab);
        QString text;
        for (const auto* label : panel.findChildren<QLabel*>())
            if (label->isVisible() && label->text().startsWith(QStringLiteral("No "))) text = label->text();
        QVERIFY(text.contains(QLatin1Char('.')));
        QVERIFY(text.size() > 60);
    }
    void retriesDeadLettersWhileThePipelineRuns() {
        QTemporaryDir folder;
        PipelineOptions options;
        options.dataDirectory = folder.filePath(QStringLiteral("data")).toStdString();
        options.generate = true;
        options.count = 300;
        options.format = "combined"; // which the lines are not
        Tuning tuning;
        tuning.batch.interval = Milliseconds(100);
        tuning.traffic.rate = 2000;
        tuning.traffic.malformedShare = 0;
        tuning.log.format = LogFormat::Json;
        Session session(options, tuning);
        Feed feed(session);
        DeadLettersTab tab(feed, m_appearance);
        tab.resize(1100, 300);
        tab.show();
        QPushButton* retry = nullptr;
        for (auto* button : tab.findChildren<QPushButton*>())
            if (button->text() == QStringLiteral("Retry")) retry = button;
        QComboBox* format = nullptr;
        for (auto* box : tab.findChildren<QComboBox*>())
            if (box->accessibleName().startsWith(QStringLiteral("Format"))) format = box;
        QVERIFY(retry != nullptr && format != nullptr && !retry->isEnabled());
        session.start();
        QTRY_COMPARE_WITH_TIMEOUT(tab.model().total(), 300ULL, 30'000);
        QVERIFY(retry->isEnabled());
        format->setCurrentIndex(format->findData(QStringLiteral("json")));
        QTest::mouseClick(retry, Qt::LeftButton);
        const auto said = [&tab](const QString& text) {
            const auto labels = tab.findChildren<QLabel*>();
            return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) { return label->text().contains(text); });
        };
        QVERIFY(said(QStringLiteral("The lines are being read again")));
        QTRY_VERIFY_WITH_TIMEOUT(said(QStringLiteral("300 of 300 lines read now; 0 stay, 0 were not kept")), 30'000);
        QTRY_COMPARE_WITH_TIMEOUT(tab.model().total(), 0ULL, 10'000);
        QCOMPARE(tab.model().rowCount(), 0);
        QVERIFY(!retry->isEnabled());
        QTRY_COMPARE_WITH_TIMEOUT(session.snapshot()->ledger.parsed, 300ULL, 10'000);
        const Ledger ledger = session.snapshot()->ledger;
        QCOMPARE(ledger.deadLeft(), 0ULL);
        QCOMPARE(ledger.logLines(), 300ULL);
        session.stop();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Stopped, 30'000);
        QVERIFY(session.snapshot()->ledger.balanced());
    }
    void writesDeadLettersOrSaysWhyNot() {
        QTemporaryDir folder;
        Session session(PipelineOptions{}, Tuning{});
        Feed feed(session);
        DeadLettersTab tab(feed, m_appearance);
        auto part = std::make_shared<DeadLetterPart>();
        part->rows.resize(1);
        part->rows[0].reason = Reason::BadJson;
        part->byReason[static_cast<std::size_t>(Reason::BadJson)] = 1;
        tab.model().take(part);
        const QString path = folder.filePath(QStringLiteral("dead.ndjson"));
        QCOMPARE(tab.writeTo(path), QString());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), tab.model().ndjson());
        const QString wrong = tab.writeTo(path + QStringLiteral("/below/a/file"));
        QVERIFY2(wrong.contains(QStringLiteral("cannot be written: ")), qPrintable(wrong));
    }

private:
    Appearance m_appearance;
};

QTEST_MAIN(TestTablesPanel)
#include "tst_tables_panel.moc"
