// What the strip, the ledger and the figures say of a snapshot; settings, the second start, the way to Kibana.
#include <QDir>
#include <QFile>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>

#include "tests/support/played_kibana.h"
#include "tests/support/played_server.h"
#include "ui/shell/credential_store.h"
#include "ui/shell/doctor_dialog.h"
#include "ui/shell/figure_row.h"
#include "ui/shell/kibana.h"
#include "ui/shell/ledger_row.h"
#include "ui/shell/pipeline_strip.h"
#include "ui/shell/single_instance.h"
#include "ui/shell/window_settings.h"

using namespace sg;
using sg::test::Browser;
using sg::test::PlayedKibana;
using sg::test::PlayedServer;

namespace {

Snapshot runningSnapshot() {
    Snapshot snapshot;
    snapshot.taken = Timestamp::fromSeconds(1'700'000'000);
    GeneratorPart generator;
    generator.stage.state = StageState::Running;
    generator.targetRate = 12'500;
    generator.logSize = 218'000'000;
    snapshot.generator = std::make_shared<const GeneratorPart>(generator);
    SplitterPart splitter;
    splitter.stage.state = StageState::Running;
    snapshot.splitter = std::make_shared<const SplitterPart>(splitter);
    BatchPart batch;
    batch.stage.state = StageState::Running;
    batch.interval = Milliseconds(1000);
    batch.batches = 412;
    batch.current.triggerMs = 210;
    snapshot.batch = std::make_shared<const BatchPart>(batch);
    snapshot.output = std::make_shared<const OutputPart>();
    return snapshot;
}

PipelineOptions generating() {
    PipelineOptions options;
    options.generate = true;
    return options;
}

QString allText(const LedgerText& text) {
    QString all;
    for (const auto& piece : text.pieces) all += piece.text + ' ';
    return all.trimmed();
}

} // namespace

class TestWindowShell : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void stripSaysWhatEachStageDoes() {
        const Snapshot snapshot = runningSnapshot();
        const auto cards = stripContent(&snapshot, History{}, Tuning{}, generating(), Session::State::Running);
        QCOMPARE(cards[0].detail, QString("target 12,500 /s"));
        QCOMPARE(cards[1].figure, QString("218 MB"));
        QVERIFY(cards[2].detail.contains("lines waiting"));
        QCOMPARE(cards[3].detail, QString("batch 412 took 0.21 s of 1.00 s"));
        QCOMPARE(cards[4].figure, QString("Off"));
        QVERIFY2(cards[4].detail.contains("stay here"), qPrintable(cards[4].detail));
        QCOMPARE(cards[4].state, StageState::Off);
    }
    void stripNamesAFailureInItsOwnWords() {
        Snapshot snapshot = runningSnapshot();
        BatchPart batch = *snapshot.batch;
        batch.stage.state = StageState::Failed;
        batch.stage.detail = "the disk is gone";
        snapshot.batch = std::make_shared<const BatchPart>(batch);
        const auto cards = stripContent(&snapshot, History{}, Tuning{}, generating(), Session::State::Running);
        QCOMPARE(cards[3].state, StageState::Failed);
        QCOMPARE(cards[3].detail, QString("the disk is gone"));
    }
    void stripSaysWhatWaitsForAnElasticsearchThatStaysAway() {
        Snapshot snapshot = runningSnapshot();
        OutputPart output;
        output.stage.state = StageState::Waiting;
        output.undelivered = 120'000;
        output.batchesWaiting = 12;
        output.stage.problems.push_back(
            {"output.connect", Severity::Warning, "http://127.0.0.1:9200 does not answer", {}, 3, {}, {}, false});
        snapshot.output = std::make_shared<const OutputPart>(output);
        Tuning tuning;
        tuning.output.url = "http://127.0.0.1:9200";
        const auto cards = stripContent(&snapshot, History{}, tuning, generating(), Session::State::Running);
        QVERIFY2(cards[4].detail.contains("12 batches wait on disk"), qPrintable(cards[4].detail));
    }
    void stripOfARunThatEndedIsStopped() {
        const Snapshot snapshot = runningSnapshot();
        const auto cards = stripContent(&snapshot, History{}, Tuning{}, generating(), Session::State::Stopped);
        for (const std::size_t i : {0U, 1U, 2U, 3U}) QCOMPARE(cards[i].state, StageState::Stopped);
    }

    void ledgerBalances() {
        Ledger ledger;
        ledger.lines = 100;
        ledger.split = 90;
        ledger.unsplit = 10;
        ledger.planned = 80;
        ledger.waiting = 10;
        ledger.committed = 80;
        ledger.parsed = 78;
        ledger.deadByReason[1] = 2;
        ledger.created = 70;
        ledger.undelivered = 8;
        const LedgerText text = ledgerText(ledger, true);
        QVERIFY(text.balanced);
        QCOMPARE(allText(text), QString("100 lines = 70 indexed + 2 dead letters + 28 in flight"));
        QCOMPARE(text.verdict, QString("nothing lost, nothing twice"));
    }
    void ledgerShowsADifferenceOfOne_data() {
        QTest::addColumn<int>("which");
        QTest::newRow("a line that was read and is nowhere") << 0;
        QTest::newRow("a chunk that was never planned") << 1;
        QTest::newRow("a line that was committed and is nothing") << 2;
        QTest::newRow("a document too many") << 3;
    }
    void ledgerShowsADifferenceOfOne() {
        QFETCH(int, which);
        Ledger ledger;
        ledger.lines = ledger.split = ledger.planned = ledger.committed = ledger.parsed = ledger.created = 50;
        QVERIFY(ledgerText(ledger, true).balanced);
        std::uint64_t* const counters[] = {&ledger.lines, &ledger.split, &ledger.committed, &ledger.created};
        ++*counters[which];
        const LedgerText text = ledgerText(ledger, true);
        QVERIFY(!text.balanced);
        QVERIFY2(text.verdict.contains('1'), qPrintable(text.verdict));
    }
    void ledgerWithoutAnOutputSaysWhereTheLinesAre() {
        Ledger ledger;
        ledger.lines = ledger.split = ledger.planned = ledger.committed = ledger.parsed = ledger.notRequested = 50;
        QCOMPARE(allText(ledgerText(ledger, false)), QString("50 lines = 50 kept here + 0 dead letters + 0 in flight"));
    }

    void figuresCompareWithTheWindowBefore() {
        WindowPart window;
        window.from = 1000;
        window.to = 1300;
        window.now.lines = 300 * 12'498;
        window.now.errors = window.now.lines / 10;
        window.now.bytes = 300ULL * 96'000'000;
        window.now.visitors = 31'204;
        window.now.p95Ms = 184;
        window.before.lines = 300 * 12'000;
        window.before.errors = window.before.lines / 10;
        window.before.bytes = window.now.bytes;
        window.before.visitors = 30'000;
        window.before.p95Ms = 196;
        const auto texts = figureTexts(&window, 0, 0.62, 1.1);
        QCOMPARE(texts[0].value, QString("12,498"));
        QVERIFY2(texts[0].change.startsWith("+4.2"), qPrintable(texts[0].change));
        QCOMPARE(texts[1].value, QString("10.00 %"));
        QCOMPARE(texts[2].value, QString("184 ms"));
        QCOMPARE(texts[2].change, QString(QChar(0x2212)) + "12.0 ms");
        QCOMPARE(texts[4].value, QString("96.0 MB/s"));
        QCOMPARE(texts[5].value, QString("0.62 s"));
        QCOMPARE(texts[5].change, QString("p99 1.10 s"));
    }
    void figuresOfAYoungStreamAreNotThinned() {
        WindowPart window;
        window.from = 1000;
        window.to = 1300;
        window.now.lines = 50'000;
        window.before.lines = 0;
        const auto texts = figureTexts(&window, 1290, -1, -1);
        QCOMPARE(texts[0].value, QString("5,000"));
        QCOMPARE(texts[0].change, QString());
    }
    void figuresOfAFormatWithoutTimesSaySo() {
        WindowPart window;
        window.from = 0;
        window.to = 10;
        window.now.lines = 5;
        const auto texts = figureTexts(&window, 0, -1, -1);
        QCOMPARE(texts[2].value, QString("-"));
        QVERIFY(texts[2].change.contains("carries none"));
        QCOMPARE(texts[5].value, QString("-"));
    }
    void figuresOfReadingsClaimNothing() {
        WindowPart window;
        window.to = 10;
        window.now.lines = window.now.noStatus = 5;
        auto texts = figureTexts(&window, 0, -1, -1);
        QCOMPARE(texts[1].value, QString("-"));
        QVERIFY(texts[1].change.contains("no status"));
        QCOMPARE(texts[3].value, QString("-"));
        window.now.lines = 25; // beside twenty answers, five of them errors
        window.now.errors = 5;
        texts = figureTexts(&window, 0, -1, -1);
        QCOMPARE(texts[1].value, QString("25.00 %"));
    }
    void figuresBeforeTheFirstLineAreDashes() {
        for (const FigureText& text : figureTexts(nullptr, 0, -1, -1)) QCOMPARE(text.value, QString("-"));
    }

    void brokenSettingsAreSetAside() {
        QTemporaryDir folder;
        const QString path = folder.filePath("streamgauge.conf");
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("\x00\x01 this is not [ a settings = file", 35);
        file.close();
        WindowSettings settings(path);
        QVERIFY2(settings.complaint().contains("set aside"), qPrintable(settings.complaint()));
        QCOMPARE(QDir(folder.path()).entryList({"streamgauge.conf.set-aside-*"}, QDir::Files).size(), 1);
        QVERIFY(settings.recentProfiles().isEmpty());
        settings.addRecentProfile("/a.toml");
        settings.addRecentProfile("/b.toml");
        settings.addRecentProfile("/a.toml");
        settings.sync();
        WindowSettings again(path);
        QVERIFY(again.complaint().isEmpty());
        QCOMPARE(again.recentProfiles(), QStringList({"/a.toml", "/b.toml"}));
    }

    void aSecondStartHandsItsFilesOver() {
        QTemporaryDir folder;
        SingleInstance first(folder.path()), second(folder.path()), elsewhere(folder.path() + "/other");
        QCOMPARE(second.other(), 0);
        first.listen();
        QSignalSpy asked(&first, &SingleInstance::asked);
        // The answer needs the event loop of the first, which is this one: the question is asked from another thread.
        bool taken = false;
        qint64 pid = 0, none = -1;
        std::unique_ptr<QThread> asker(QThread::create([&] {
            taken = second.handOver({"/var/log/a.log"});
            pid = second.other();
            none = elsewhere.other();
        }));
        asker->start();
        QTRY_VERIFY_WITH_TIMEOUT(asker->isFinished(), 20'000);
        QVERIFY(taken);
        QCOMPARE(pid, QCoreApplication::applicationPid());
        QCOMPARE(none, 0);
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked[0][0].toStringList(), QStringList{"/var/log/a.log"});
    }

    void credentialsFallBackToAFileOfTheirOwnerOnly() {
        QTemporaryDir folder;
        const QString path = folder.filePath("credentials.json");
        CredentialStore store(path);
        QSignalSpy fell(&store, &CredentialStore::fellBack), saved(&store, &CredentialStore::saved),
            loaded(&store, &CredentialStore::loaded);
        store.save({"elastic", "secret", "", "", "t0ken"});
        QTRY_COMPARE_WITH_TIMEOUT(saved.count(), 1, 30'000);
        if (saved[0][0].toBool()) QSKIP("a keyring answers here");
        QCOMPARE(fell.count(), 1);
        QVERIFY(!fell[0][0].toString().contains("secret"));
        QCOMPARE(QFile::permissions(path) & (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
                 QFile::Permissions());
        store.load();
        QTRY_COMPARE_WITH_TIMEOUT(loaded.count(), 1, 30'000);
        QCOMPARE(loaded[0][0].value<Credentials>().password, std::string("secret"));
        QCOMPARE(loaded[0][0].value<Credentials>().token, std::string("t0ken"));
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ReadOther);
        store.load();
        QTRY_COMPARE_WITH_TIMEOUT(loaded.count(), 2, 30'000);
        QVERIFY(loaded[1][0].value<Credentials>().empty());
        store.save({});
        QTRY_VERIFY_WITH_TIMEOUT(!QFile::exists(path), 30'000);
    }

    void theConnectionIsLookedAtLineByLineAndMended_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("dark") << true;
        QTest::newRow("light") << false;
    }
    void theConnectionIsLookedAtLineByLineAndMended() {
        QFETCH(bool, dark);
        Appearance appearance;
        appearance.setTheme(dark ? Theme::Dark : Theme::Light);
        appearance.applyTo(*qApp);
        PlayedServer server;
        server.blocked = true;
        PlayedKibana kibana;
        kibana.dashboards = 0;
        DoctorPlaces places;
        places.elasticsearch = server.receiver.url();
        places.kibana = kibana.receiver.url();
        DoctorDialog dialog(appearance, places, Credentials{"gauge", "s3cret-pw", "", ""});
        QSignalSpy answered(&dialog, &DoctorDialog::answered);
        dialog.show();
        const auto level = [&](const char* check) {
            for (const Finding& each : dialog.findings())
                if (each.check == check) return QString(levelName(each.level));
            return QString();
        };
        const auto press = [&](const QString& name) {
            for (QPushButton* button : dialog.findChildren<QPushButton*>())
                if (button->text() == name && button->isVisible()) return QTest::mouseClick(button, Qt::LeftButton);
            QFAIL(qPrintable("no button " + name));
        };
        QTRY_COMPARE_WITH_TIMEOUT(answered.count(), 1, 30'000);
        for (const char* check : {"name", "port", "TLS", "product", "authentication", "privileges", "clock", "disk", "Kibana"})
            QVERIFY2(level(check) == "good", check);
        for (const char* check : {"write blocks", "template", "dashboards"}) QVERIFY2(level(check) == "fault", check);
        QVERIFY(!answered[0][0].toBool());
        QVERIFY(QDir().mkpath(QStringLiteral(SG_PHOTOGRAPHS)));
        QVERIFY(dialog.grab().save(QStringLiteral(SG_PHOTOGRAPHS "/doctor-%1.png").arg(dark ? "dark" : "light")));
        press(QStringLiteral("Install"));
        QTRY_COMPARE_WITH_TIMEOUT(answered.count(), 2, 30'000);
        QCOMPARE(server.writes.size(), 6);
        QCOMPARE(level("template"), QString("good"));
        // What someone has blocked on purpose is not opened without asking.
        QTimer::singleShot(0, &dialog, [] {
            auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
            if (box != nullptr) box->button(QMessageBox::Yes)->click();
        });
        press(QStringLiteral("Lift…"));
        QTRY_COMPARE_WITH_TIMEOUT(answered.count(), 3, 30'000);
        QCOMPARE(server.writes.last(), QString("PUT /streamgauge-access-2026.01.01/_settings"));
        QCOMPARE(level("write blocks"), QString("good"));
        press(QStringLiteral("Import"));
        QTRY_COMPARE_WITH_TIMEOUT(answered.count(), 4, 30'000);
        QVERIFY(kibana.imported());
        for (const Finding& each : dialog.findings())
            QVERIFY(each.found.find("s3cret-pw") == std::string::npos && each.advice.find("s3cret-pw") == std::string::npos);
    }

    void kibanaIsOpenedAtTheRangeOnTheScreen() {
        Browser browser;
        PlayedKibana server;
        TimeRange range;
        range.setLive(900);
        Kibana kibana;
        QSignalSpy said(&kibana, &Kibana::said), asked(&kibana, &Kibana::asked);
        kibana.open(server.url() + "/base/", "streamgauge", range, Credentials{});
        QTRY_COMPARE_WITH_TIMEOUT(said.count(), 1, 20'000);
        QVERIFY2(said[0][1].toBool(), qPrintable(said[0][0].toString()));
        QCOMPARE(asked.count(), 0);
        QCOMPARE(browser.opened.value(0).path(), QString("/base/app/dashboards"));
        QCOMPARE(browser.opened.value(0).fragment(),
                 QString("/view/streamgauge-overview?_g=(refreshInterval:(pause:!f,value:5000),time:(from:now-900s,to:now))"));
        range.setFixed(1'700'000'000'000, 1'700'000'060'000);
        kibana.open(server.url(), "streamgauge", range, Credentials{});
        QTRY_COMPARE_WITH_TIMEOUT(said.count(), 2, 20'000);
        QVERIFY2(browser.opened.value(1).fragment().contains("from:'2023-11-14T22:13:20.000Z'"),
                 qPrintable(browser.opened.value(1).fragment()));
        QVERIFY(!server.imported());
    }
    void dashboardsThatAreMissingAreImportedWhenAgreedTo() {
        Browser browser;
        PlayedKibana server;
        server.dashboards = 0;
        Kibana kibana;
        QSignalSpy said(&kibana, &Kibana::said), asked(&kibana, &Kibana::asked);
        kibana.open(server.url(), "shop", TimeRange{}, Credentials{"ann", "s3cret", "", ""});
        QTRY_COMPARE_WITH_TIMEOUT(asked.count(), 1, 20'000);
        QVERIFY(browser.opened.isEmpty());
        QVERIFY(!server.imported());
        kibana.import();
        QTRY_COMPARE_WITH_TIMEOUT(said.count(), 1, 20'000);
        QVERIFY2(said[0][1].toBool(), qPrintable(said[0][0].toString()));
        QVERIFY(server.imported());
        QVERIFY(server.receiver.requests.back().contains("\r\nAuthorization: Basic " + QByteArray("ann:s3cret").toBase64()));
        QVERIFY(browser.opened.value(0).fragment().startsWith("/view/shop-overview?"));
    }
    void olderDashboardsAreOpenedAndCanBeRenewed() {
        Browser browser;
        PlayedKibana server;
        server.dashboards = -1;
        Kibana kibana;
        QSignalSpy asked(&kibana, &Kibana::asked);
        kibana.open(server.url(), "streamgauge", TimeRange{}, Credentials{});
        QTRY_COMPARE_WITH_TIMEOUT(asked.count(), 1, 20'000);
        QVERIFY2(asked[0][0].toString().contains("older"), qPrintable(asked[0][0].toString()));
        QCOMPARE(browser.opened.size(), 1);
    }
    void aKibanaThatAsksForALoginIsOpened() {
        Browser browser;
        PlayedKibana server;
        server.receiver.answer = [](const QByteArray&) { return QByteArray("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\n{}"); };
        Kibana kibana;
        QSignalSpy said(&kibana, &Kibana::said);
        kibana.open(server.url(), "streamgauge", TimeRange{}, Credentials{});
        QTRY_COMPARE_WITH_TIMEOUT(said.count(), 1, 20'000);
        QVERIFY(!said[0][1].toBool());
        QVERIFY2(said[0][0].toString().contains("credentials"), qPrintable(said[0][0].toString()));
        QCOMPARE(browser.opened.size(), 1);
    }
    void kibanaThatIsNotThereIsSaid_data() {
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("word");
        QTest::newRow("no address") << ""
                                    << "docker compose up -d";
        QTest::newRow("a secret in the address") << "http://user:pw@localhost:5601"
                                                 << "without a user or password";
        QTest::newRow("nobody there") << "http://127.0.0.1:1"
                                      << "does not answer";
    }
    void kibanaThatIsNotThereIsSaid() {
        QFETCH(QString, address);
        QFETCH(QString, word);
        Kibana kibana;
        QSignalSpy said(&kibana, &Kibana::said);
        kibana.open(address, "streamgauge", TimeRange{}, Credentials{});
        QTRY_COMPARE_WITH_TIMEOUT(said.count(), 1, 20'000);
        QVERIFY2(said[0][0].toString().contains(word), qPrintable(said[0][0].toString()));
        QVERIFY(!said[0][1].toBool());
        QVERIFY(!said[0][0].toString().contains("pw"));
    }
};

QTEST_MAIN(TestWindowShell)
#include "tst_window_shell.moc"
