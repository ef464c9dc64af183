// The whole window over a real pipeline: keys, sources, a dropped log, scenarios, Present, layout, the end.
#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDir>
#include <QDirIterator>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QScrollArea>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "core/contract/ledger.h"
#include "core/pipeline/profile.h"
#include "tests/support/played_kibana.h"
#include "ui/controls/controls_panel.h"
#include "ui/controls/tuning_control.h"
#include "ui/shell/main_window.h"

#include <algorithm>

using namespace sg;

namespace {

/// Everything that app/window_main.cpp composes, on a data directory of its own.
struct Stand {
    QTemporaryDir folder;
    Appearance appearance;
    WindowSettings settings;
    Session session;
    Feed feed;
    TuningModel tuning;
    MainWindow window;

    explicit Stand(const Tuning& tune = slow())
        : settings(folder.filePath("window.conf")), session(options(folder), tune), feed(session), tuning(feed),
          window(feed, tuning, appearance, settings) {
        appearance.setTheme(Theme::Dark);
        appearance.applyTo(*qApp);
        window.resize(1600, 1000);
        window.show();
    }
    static Tuning slow() {
        Tuning tuning;
        tuning.traffic.rate = 2000;
        tuning.batch.interval = Milliseconds(200);
        return tuning;
    }
    static PipelineOptions options(const QTemporaryDir& folder) {
        PipelineOptions options;
        options.dataDirectory = folder.filePath("data").toStdString();
        options.generate = true;
        return options;
    }
    [[nodiscard]] bool runs() const {
        return session.state() == Session::State::Running && feed.shown() && feed.shown()->ledger.committed > 0;
    }
};

QByteArray combinedLines(int count) {
    QByteArray lines;
    for (int i = 0; i < count; ++i)
        lines += "203.0.113." + QByteArray::number(i % 250) +
                 " - - [10/Oct/2024:13:" + QByteArray::number(10 + i / 600).rightJustified(2, '0') + ":" +
                 QByteArray::number(i / 10 % 60).rightJustified(2, '0') + " +0000] \"GET /page/" + QByteArray::number(i % 7) +
                 " HTTP/1.1\" " + (i % 10 == 0 ? "404" : "200") + " 512 \"-\" \"Mozilla/5.0\"\n";
    return lines;
}

} // namespace

class TestMainWindow : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void showsChartsThatMoveAndBooksThatBalance() {
        Stand stand;
        stand.session.start();
        QTRY_VERIFY_WITH_TIMEOUT(stand.runs(), 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(stand.feed.shown()->window && stand.feed.shown()->window->points.size() >= 3, 30'000);
        QCOMPARE(stand.window.charts().shownCharts().size(), kChartPlaces);
        for (ChartCard* chart : stand.window.charts().shownCharts()) {
            chart->refresh();
            QVERIFY2(!chart->table().rows.isEmpty(), qPrintable(chart->id()));
            QVERIFY2(!chart->sentence().isEmpty(), qPrintable(chart->id()));
        }
        stand.session.stop();
        QTRY_COMPARE_WITH_TIMEOUT(stand.session.state(), Session::State::Stopped, 30'000);
        QVERIFY(stand.session.snapshot()->ledger.balanced());
        QCOMPARE(stand.session.snapshot()->ledger.inFlight(), std::uint64_t{0});
    }
    void everyChartOfTheMenuCanBeShown() {
        Stand stand;
        stand.session.start();
        QTRY_VERIFY_WITH_TIMEOUT(stand.runs(), 30'000);
        for (const ChartKind& kind : chartKinds()) {
            stand.window.charts().enlarge(QLatin1String(kind.id));
            QCOMPARE(stand.window.charts().enlarged(), QLatin1String(kind.id));
            QCoreApplication::processEvents();
            QVERIFY(stand.window.charts().chart(QLatin1String(kind.id))->isVisible());
        }
        QTest::keyClick(&stand.window, Qt::Key_Escape);
        QCOMPARE(stand.window.charts().enlarged(), QString());
    }
    void aDoubleClickShowsAChartLargeAndEscReturns() {
        Stand stand;
        stand.session.start();
        QTRY_VERIFY_WITH_TIMEOUT(stand.runs(), 30'000);
        ChartCard* chart = stand.window.charts().chart(QStringLiteral("throughput"));
        const QSize small = chart->size();
        QTest::mouseDClick(chart, Qt::LeftButton, {}, chart->rect().center());
        QCOMPARE(stand.window.charts().enlarged(), chart->id());
        QTRY_VERIFY(chart->width() > small.width() && chart->height() > small.height());
        QTest::keyClick(&stand.window, Qt::Key_Escape);
        QCOMPARE(stand.window.charts().enlarged(), QString());
        QTRY_COMPARE(chart->size(), small);
    }
    void chartsChangePlacesAndAreRemembered() {
        QTemporaryDir folder;
        QStringList wanted = ChartArea::defaultCharts();
        std::swap(wanted[0], wanted[4]);
        {
            Stand stand;
            stand.window.charts().setCharts(wanted);
            QCOMPARE(stand.window.charts().charts(), wanted);
            stand.window.charts().setCharts({"throughput", "throughput", "nonsense"});
            QCOMPARE(stand.window.charts().charts().count("throughput"), 1);
            QCOMPARE(stand.window.charts().charts().size(), static_cast<int>(kChartPlaces));
        }
    }
    void spaceFreezesThePictureOnlyWhereNoControlWantsIt() {
        Stand stand;
        QVERIFY(QTest::qWaitForWindowActive(&stand.window));
        QTRY_VERIFY(stand.window.focusWidget() == stand.window.centralWidget());
        QTest::keyClick(stand.window.focusWidget(), Qt::Key_Space);
        QVERIFY(stand.feed.isPaused());
        QTest::keyClick(stand.window.focusWidget(), Qt::Key_Space);
        QVERIFY(!stand.feed.isPaused());
        auto* button = stand.window.findChild<QAbstractButton*>();
        QVERIFY(button);
        QLineEdit edit(&stand.window);
        edit.show();
        edit.setFocus();
        QTest::keyClick(&edit, Qt::Key_Space);
        QVERIFY(!stand.feed.isPaused());
        QCOMPARE(edit.text(), QString(" "));
        QTest::keyClick(&edit, Qt::Key_Space, Qt::ControlModifier);
        QVERIFY(stand.feed.isPaused());
    }
    void openKibanaAsksBeforeItImportsAndThenOpens() {
        Stand stand;
        test::Browser browser;
        test::PlayedKibana kibana;
        kibana.dashboards = 0;
        stand.settings.set(QStringLiteral("kibana/url"), kibana.url());
        QVERIFY(QTest::qWaitForWindowActive(&stand.window));
        QTest::keyClick(&stand.window, Qt::Key_K, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(stand.window.notice().sentence().contains("May they be imported"), 20'000);
        QVERIFY(!kibana.imported());
        for (QAbstractButton* button : stand.window.notice().findChildren<QAbstractButton*>())
            if (button->text() == "Import") button->click();
        QTRY_COMPARE_WITH_TIMEOUT(browser.opened.size(), 1, 20'000);
        QVERIFY(kibana.imported());
        QVERIFY2(browser.opened[0].fragment().contains("from:now-300s,to:now"), qPrintable(browser.opened[0].toString()));
    }
    void aDroppedLogIsRecognisedAndPlayed() {
        Stand stand;
        const QString log = stand.folder.filePath("access.log");
        QFile file(log);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(combinedLines(3000));
        file.close();
        QMimeData mime;
        mime.setUrls({QUrl::fromLocalFile(log)});
        QDragEnterEvent enter(QPoint(400, 400), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&stand.window, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(400, 400), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&stand.window, &drop);
        auto* dialog = stand.window.findChild<OpenLogDialog*>();
        QVERIFY(dialog);
        QCOMPARE(dialog->mode(), OpenLogDialog::Mode::Import);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->findChild<QComboBox*>()->count() > 1, 20'000);
        QVERIFY2(dialog->findChild<QComboBox*>()->itemText(1).contains("combined"),
                 qPrintable(dialog->findChild<QComboBox*>()->itemText(1)));
        dialog->accept();
        QTRY_VERIFY_WITH_TIMEOUT(stand.feed.shown() && stand.feed.shown()->ledger.parsed == 3000, 30'000);
        QVERIFY(stand.feed.range().isEverything());
        QTRY_VERIFY_WITH_TIMEOUT(stand.feed.shown()->window && stand.feed.shown()->window->now.lines == 3000, 30'000);
        QCOMPARE(stand.feed.shown()->window->now.errors, std::uint64_t{300});
        QVERIFY(stand.feed.delaySeconds() < 0); // an import has no line-to-chart delay
    }
    void aScenarioChangesTheTrafficAndSaysWhy() {
        Stand stand;
        const auto& scenarios = builtInScenarios();
        QCOMPARE(scenarios.size(), std::size_t{5});
        stand.window.playScenario(scenarios[1]);
        QTRY_VERIFY_WITH_TIMEOUT(stand.runs(), 30'000);
        QCOMPARE(stand.tuning.wanted().traffic, scenarios[1].start.traffic);
    }
    void aProfileThatIsWrongIsRefusedWithItsLine() {
        Stand stand;
        const QString path = stand.folder.filePath("wrong.toml");
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("[traffic]\nrate = 12\nspeed = 3\n");
        file.close();
        const Tuning before = stand.tuning.wanted();
        stand.window.openProfile(path);
        QVERIFY2(stand.window.notice().sentence().contains("wrong.toml:3"), qPrintable(stand.window.notice().sentence()));
        QCOMPARE(stand.tuning.wanted(), before);
    }
    void presentIsForARoom() {
        Stand stand;
        stand.session.start();
        QTRY_VERIFY_WITH_TIMEOUT(stand.runs(), 30'000);
        stand.window.setPresenting(true);
        const int tall = stand.window.screen()->size().height();
        QTRY_COMPARE(stand.window.height(), tall);
        QVERIFY(stand.appearance.font(Appearance::Text::Caption).pixelSize() >= tall * 0.0195);
        QVERIFY(stand.appearance.font(Appearance::Text::Figure).pixelSize() >= tall * 0.06);
        QTest::keyClick(&stand.window, Qt::Key_Escape);
        QVERIFY(!stand.window.isPresenting());
        QVERIFY(stand.appearance.textScale() < 1.01);
    }
    void leavesWhatAnUnattendedRunPromises() {
        Stand stand;
        stand.session.start();
        QTRY_VERIFY_WITH_TIMEOUT(stand.runs(), 30'000);
        const QString folder = stand.folder.filePath("out");
        QCOMPARE(stand.window.exportTo(folder), QString());
        const QStringList files = QDir(folder).entryList(QDir::Files);
        for (const char* name :
             {"dashboard.png", "ledger.json", "throughput.csv", "status.csv", "top-urls.csv", "response-time.csv", "micro-batches.csv"})
            QVERIFY2(files.contains(QLatin1String(name)), qPrintable(files.join(' ')));
        QCOMPARE(stand.window.exportTo(folder), QString());
        QVERIFY(QDir(folder).entryList(QDir::Files).size() > files.size()); // nothing was overwritten
    }
    void aPasswordInTheAddressIsInNothingThatIsWritten() {
        Tuning tune = Stand::slow();
        tune.output.drainTimeout = Milliseconds(0);
        Stand stand(tune);
        stand.session.start();
        QTRY_VERIFY_WITH_TIMEOUT(stand.runs(), 30'000);
        auto* control = stand.window.findChild<ControlsPanel*>()->control("output", "url");
        auto* edit = control->findChild<QLineEdit*>();
        edit->clear();
        QTest::keyClicks(edit, "http://gauge:hunter2-secret@127.0.0.1:9");
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(stand.tuning.wanted().output.url, std::string("http://127.0.0.1:9"), 30'000);
        const auto silent = [&] {
            const auto snapshot = stand.feed.shown();
            if (!snapshot || !snapshot->output) return false;
            const auto& problems = snapshot->output->stage.problems;
            return std::any_of(problems.begin(), problems.end(), [](const Problem& p) { return p.key == "elastic.unreached"; });
        };
        QTRY_VERIFY_WITH_TIMEOUT(silent(), 30'000); // it was used, and failed: sentences about it are there
        QVERIFY(stand.session.options().credentials && stand.session.options().credentials->password == "hunter2-secret");
        QCOMPARE(stand.window.exportTo(stand.folder.filePath("out")), QString());
        QVERIFY(writeProfile(stand.tuning.wanted()).find("hunter2") == std::string::npos);
        for (const Problem& problem : stand.feed.shown()->output->stage.problems)
            QVERIFY(problem.sentence.find("hunter2") == std::string::npos && problem.advice.find("hunter2") == std::string::npos);
        for (const QLineEdit* each : stand.window.findChildren<QLineEdit*>()) QVERIFY(!each->text().contains("hunter2"));
        stand.session.stop();
        QTRY_COMPARE_WITH_TIMEOUT(stand.session.state(), Session::State::Stopped, 60'000);
        int looked = 0;
        for (QDirIterator each(stand.folder.path(), QDir::Files | QDir::Hidden, QDirIterator::Subdirectories); each.hasNext(); ++looked) {
            QFile file(each.next());
            if (file.fileName() == stand.settings.credentialFile()) continue; // without a keyring: for its owner's eyes only
            if (!file.open(QIODevice::ReadOnly)) { // a lock or a temporary one, gone since it was listed
                QVERIFY2(!file.exists(), qPrintable(file.fileName()));
                continue;
            }
            const QByteArray bytes = file.readAll();
            QVERIFY2(!bytes.contains("hunter2") && !bytes.contains(QByteArray("gauge:hunter2-secret").toBase64()), qPrintable(file.fileName()));
        }
        QVERIFY(looked > 10);
    }
    void passwordKeyAndTokenNeverStandBesideEachOther() {
        Stand stand;
        auto* panel = stand.window.findChild<ControlsPanel*>();
        const auto used = [&] { return stand.session.options().credentials.value_or(Credentials{}); };
        emit panel->credentialsEntered("gauge", "hunter2", {}, "/etc/ca.pem", {});
        QVERIFY(used() == (Credentials{"gauge", "hunter2", "", "/etc/ca.pem"}));
        emit panel->credentialsEntered({}, {}, {}, {}, "t0ken");
        QVERIFY(used() == (Credentials{"", "", "", "/etc/ca.pem", "t0ken"}));
        emit panel->credentialsEntered({}, {}, "a2V5", {}, {});
        QVERIFY(used() == (Credentials{"", "", "a2V5", "/etc/ca.pem"}));
        emit panel->credentialsEntered({}, {}, {}, {}, "another");
        emit panel->credentialsEntered("gauge", "hunter3", {}, {}, {});
        QVERIFY(used() == (Credentials{"gauge", "hunter3", "", "/etc/ca.pem"}));
    }
    void closingFinishesTheBatchFirst() {
        Stand stand;
        stand.session.start();
        QTRY_VERIFY_WITH_TIMEOUT(stand.runs(), 30'000);
        QSignalSpy ended(&stand.window, &MainWindow::ended);
        stand.window.close();
        QCOMPARE(stand.session.state(), Session::State::Finishing);
        QVERIFY2(stand.window.notice().sentence().contains("Finishing batch"), qPrintable(stand.window.notice().sentence()));
        QTRY_VERIFY_WITH_TIMEOUT(ended.count() == 1, 30'000);
        QTRY_COMPARE_WITH_TIMEOUT(stand.session.state(), Session::State::Stopped, 30'000);
        QVERIFY(stand.session.snapshot()->ledger.balanced());
    }
    void isPhotographedAtEachSizeInBothThemes_data() {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("dark");
        for (const QSize size : {QSize(1280, 720), QSize(1600, 1000), QSize(3840, 2160)})
            for (const bool dark : {true, false})
                QTest::addRow("%dx%d %s", size.width(), size.height(), dark ? "dark" : "light") << size << dark;
    }
    void isPhotographedAtEachSizeInBothThemes() {
        QFETCH(QSize, size);
        QFETCH(bool, dark);
        Stand stand;
        stand.appearance.setTheme(dark ? Theme::Dark : Theme::Light);
        stand.session.start();
        stand.window.resize(size);
        QTRY_VERIFY_WITH_TIMEOUT(stand.runs(), 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(stand.feed.shown()->window && stand.feed.shown()->window->points.size() >= 4, 30'000);
        const QImage picture = stand.window.grab().toImage();
        QCOMPARE(picture.size(), size * stand.window.devicePixelRatioF());
        QCOMPARE(picture.pixelColor(2, 2), stand.appearance.palette().ground);
        const QDir folder(QStringLiteral(SG_PHOTOGRAPHS));
        QVERIFY(folder.mkpath(QStringLiteral(".")));
        QVERIFY(picture.save(
            folder.filePath(QStringLiteral("main-window-%1x%2-%3.png").arg(size.width()).arg(size.height()).arg(dark ? "dark" : "light"))));
    }
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
