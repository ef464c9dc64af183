// Formats on the screen: the ranking of a dropped log, its fields in colours, the wizard, formats of a person's own; imports that are
// watched and cancelled. Over the whole window and a real pipeline.
#include <QAbstractButton>
#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QProcess>
#include <QProgressBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "core/contract/ledger.h"
#include "ui/shell/format_ranking.h"
#include "ui/shell/format_view.h"
#include "ui/shell/main_window.h"
#include "ui/views/sample_lines.h"

#include <set>

using namespace sg;

namespace {

constexpr int kPatience = 30'000;

/// Everything that app/window_main.cpp composes, on a data directory of its own.
struct Stand {
    QTemporaryDir folder;
    Appearance appearance;
    WindowSettings settings;
    Session session;
    Feed feed;
    TuningModel tuning;
    MainWindow window;

    Stand() : settings(folder.filePath("window.conf")), session(options(folder), quick()), feed(session), tuning(feed),
              window(feed, tuning, appearance, settings) {
        appearance.setTheme(Theme::Dark);
        appearance.applyTo(*qApp);
        window.resize(1600, 1000);
        window.show();
    }
    static Tuning quick() {
        Tuning tuning;
        tuning.batch.interval = Milliseconds(200);
        return tuning;
    }
    static PipelineOptions options(const QTemporaryDir& folder) {
        PipelineOptions options;
        options.dataDirectory = folder.filePath("data").toStdString();
        return options;
    }
    QString write(const QString& name, const QByteArray& bytes) const {
        QFile file(folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(name));
        file.write(bytes);
        return file.fileName();
    }
    OpenLogDialog* drop(const QStringList& paths) {
        QMimeData mime;
        QList<QUrl> urls;
        for (const QString& path : paths) urls << QUrl::fromLocalFile(path);
        mime.setUrls(urls);
        QDragEnterEvent enter(QPoint(400, 400), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &enter);
        QDropEvent event(QPointF(400, 400), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window, &event);
        return window.findChild<OpenLogDialog*>();
    }
    [[nodiscard]] Ledger ledger() const { return session.snapshot() ? session.snapshot()->ledger : Ledger{}; }
    [[nodiscard]] ImportProgress import() const {
        return session.snapshot() && session.snapshot()->splitter ? session.snapshot()->splitter->import : ImportProgress{};
    }
};

QByteArray combinedLines(int count, int perSecond = 10) {
    QByteArray lines;
    for (int i = 0; i < count; ++i) {
        const int second = i / perSecond;
        lines += "203.0.113." + QByteArray::number(i % 250) + " - - [10/Oct/2024:" + QByteArray::number(10 + second / 3600) + ":" +
                 QByteArray::number(second / 60 % 60).rightJustified(2, '0') + ":" + QByteArray::number(second % 60).rightJustified(2, '0') +
                 " +0000] \"GET /page/" + QByteArray::number(i % 7) + " HTTP/1.1\" " + (i % 10 == 0 ? "404" : "200") +
                 " 512 \"-\" \"Mozilla/5.0\"\n";
    }
    return lines;
}

/// Lines that no built-in format reads.
QByteArray oddLines(int count) {
    QByteArray lines;
    for (int i = 0; i < count; ++i)
        lines += "<203.0.113." + QByteArray::number(i % 250) + "> 10/Oct/2024:13:10:" + QByteArray::number(10 + i % 50) + " +0000 GET /p/" +
                 QByteArray::number(i % 9) + " -> " + (i % 10 == 0 ? "500" : "200") + " in " + QByteArray::number(100 + i) + "us\n";
    return lines;
}
const QString kOdd = QStringLiteral("apache:<%a> %{%d/%b/%Y:%T %z}t %m %U -> %>s in %Dus");

QAbstractButton* buttonOf(QWidget& within, const QString& text) {
    for (QAbstractButton* button : within.findChildren<QAbstractButton*>())
        if (button->text() == text) return button;
    return nullptr;
}

template <class Widget> Widget* named(QWidget& within, const QString& name) {
    for (Widget* widget : within.findChildren<Widget*>())
        if (widget->accessibleName() == name) return widget;
    return nullptr;
}

QStringList rankedNames(const FormatRanking& ranking) {
    QStringList names;
    for (int row = 0; row < ranking.rowCount(); ++row) names << ranking.item(row, 0)->text();
    return names;
}

} // namespace

class TestFormatWizard : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void eachKindHasAColourOfItsOwn() {
        for (const Palette* palette : {&darkPalette(), &lightPalette()}) {
            std::set<QRgb> seen;
            for (const QColor& colour : palette->fields) {
                QVERIFY(colour.isValid());
                QVERIFY2(seen.insert(colour.rgb()).second, qPrintable(colour.name()));
                for (const QColor& status : palette->status) QVERIFY(colour != status); // those mean status and nothing else
            }
            QCOMPARE(palette->fields.size(), kFieldKinds);
        }
        std::set<QString> names;
        for (std::size_t i = 0; i < kFieldKinds; ++i) QVERIFY(names.insert(fieldKindText(static_cast<FieldKind>(i))).second);
    }

    void fieldsAreNamedUnderThePointerAndByTheKeys() {
        Appearance appearance;
        appearance.setTheme(Theme::Dark);
        SampleLines lines(appearance);
        lines.resize(1200, 260);
        lines.show();
        QVERIFY(QTest::qWaitForWindowExposed(&lines, kPatience)); // the first window: the display may still be starting
        const QByteArray text = combinedLines(30) + "broken \xff line\n";
        const DescribedFormat described = tryDescription("combined", text.toStdString());
        QCOMPARE(described.trial.matched, std::size_t(30));
        lines.setTrial(described.trial);
        QSignalSpy pointed(&lines, &SampleLines::pointed);
        // The status of the first line: its place, its colour, its name.
        const LineSample& first = described.trial.samples.front();
        std::size_t status = 0;
        while (first.fields[first.ranges[status].field].kind != FieldKind::StatusCode) ++status;
        const QRectF place = lines.placeOf(0, status);
        QVERIFY(!place.isEmpty());
        QTest::mouseMove(lines.viewport(), place.center().toPoint());
        QTRY_VERIFY(!pointed.isEmpty());
        QVERIFY2(pointed.last()[0].toString().endsWith("status = 404"), qPrintable(pointed.last()[0].toString()));
        const QImage picture = lines.viewport()->grab().toImage();
        const double scale = picture.devicePixelRatio();
        QCOMPARE(picture.pixelColor((QPointF(place.center().x(), place.bottom() - 2) * scale).toPoint()),
                 appearance.palette().fields[static_cast<std::size_t>(FieldKind::StatusCode)]);
        QVERIFY(lines.kinds().size() >= 7);
        // By the keys: every field of the line, then the line that broke.
        lines.setFocus();
        QTest::keyClick(&lines, Qt::Key_Home);
        QVERIFY2(lines.currentText().contains("client = 203.0.113.0"), qPrintable(lines.currentText()));
        QStringList said;
        for (std::size_t i = 1; i < first.ranges.size(); ++i) {
            QTest::keyClick(&lines, Qt::Key_Right);
            said << lines.currentText();
        }
        QVERIFY2(said.filter("status = 404").size() == 1 && said.filter("agent = Mozilla/5.0").size() == 1, qPrintable(said.join('\n')));
        QVERIFY(said.filter("time = 2024-10-10 10:00:00.000 UTC").size() == 1);
        for (int i = 0; i < 12; ++i) QTest::keyClick(&lines, Qt::Key_Down);
        QVERIFY2(lines.currentText().startsWith("Line 31: ") && lines.currentText().contains("at column"), qPrintable(lines.currentText()));
        QCOMPARE(lines.accessibleDescription(), lines.currentText());
    }

    void aMixedLogIsRankedAndItsFailuresShown() {
        Stand stand;
        const QString path = stand.write("mixed.log", combinedLines(300) + QByteArray("HTTP:200 www.gigaom.com /a 1.2.3.4\n").repeated(40) + "what is this\n");
        OpenLogDialog* dialog = stand.drop({path});
        QVERIFY(dialog);
        QSignalSpy shown(dialog, &OpenLogDialog::shown);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->ranking().rowCount() >= 3 && !shown.isEmpty(), kPatience);
        const QStringList names = rankedNames(dialog->ranking());
        QCOMPARE(names.mid(0, 1), QStringList{"combined"});
        QVERIFY(names.contains("original"));
        const int original = static_cast<int>(names.indexOf("original"));
        QCOMPARE(dialog->ranking().item(original, 2)->text(), QString("40"));
        QVERIFY2(dialog->ranking().item(original, 3)->text().contains("40 lines that combined does not read"),
                 qPrintable(dialog->ranking().item(original, 3)->text()));
        QVERIFY2(dialog->ranking().item(1, 3)->text().contains("the same fields; combined comes first"),
                 qPrintable(dialog->ranking().item(1, 3)->text()));
        bool mixed = false;
        for (const QLabel* label : dialog->findChildren<QLabel*>()) mixed |= label->text().contains("the lines are mixed");
        QVERIFY(mixed);
        QVERIFY2(dialog->view().verdict().contains("combined reads 300 of the first 341 lines") &&
                     dialog->view().verdict().contains("line 301"),
                 qPrintable(dialog->view().verdict()));
        // A row chosen by the keyboard is what the lines are read as.
        dialog->ranking().setFocus();
        dialog->ranking().setCurrentCell(original, 0);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->view().verdict().startsWith("original reads 40 of"), kPatience);
        QCOMPARE(dialog->format(), QString("original"));
        named<QComboBox>(*dialog, "Format")->setCurrentIndex(0);
        QCOMPARE(dialog->format(), QString("auto"));
        QTRY_VERIFY_WITH_TIMEOUT(dialog->view().verdict().startsWith("combined reads"), kPatience);
        dialog->reject();
    }

    void packedFilesFoldersAndPatternsAreLookedInto_data() {
        QTest::addColumn<QString>("asked");
        QTest::addColumn<QString>("judgedBy");
        QTest::newRow("a pattern: the file written last") << "logs/access.*" << "access.2.log";
        QTest::newRow("a folder: its first file") << "logs" << "access.1.log";
        QTest::newRow("a packed file") << "logs/packed.gz" << "packed.gz";
        QTest::newRow("a pattern of packed files") << "logs/*.gz" << "packed.gz";
    }
    void packedFilesFoldersAndPatternsAreLookedInto() {
        QFETCH(QString, asked);
        QFETCH(QString, judgedBy);
        Stand stand;
        QVERIFY(QDir(stand.folder.path()).mkdir("logs"));
        stand.write("logs/access.1.log", combinedLines(20));
        stand.write("logs/access.2.log", combinedLines(20));
        QFile older(stand.folder.filePath("logs/access.1.log"));
        QVERIFY(older.open(QIODevice::ReadWrite) && older.setFileTime(QDateTime::currentDateTime().addDays(-1), QFileDevice::FileModificationTime));
        stand.write("logs/packed", combinedLines(20'000)); // more than is looked at
        QCOMPARE(QProcess::execute("gzip", {stand.folder.filePath("logs/packed")}), 0);
        const auto log = recogniseLog(stand.folder.filePath(asked).toStdString());
        QVERIFY2(log, log ? "" : log.error().message.c_str());
        QVERIFY2(QString::fromStdString(log->file).endsWith(judgedBy), log->file.c_str());
        QCOMPARE(log->candidates.front().name, std::string("combined"));
        QCOMPARE(log->candidates.front().share, 1.0); // no line was cut in two by the end of the sample
        QVERIFY(log->sample.starts_with(combinedLines(1).toStdString().substr(0, 8)) && log->sample.ends_with('\n'));
        const auto nothing = recogniseLog(stand.folder.filePath("logs/none.*").toStdString());
        QVERIFY(!nothing && nothing.error().code == ErrorCode::NotFound);
    }

    void theWizardTriesEachKeystrokeAndTellsWhereItIsWrong() {
        Appearance appearance;
        FormatWizard wizard(nullptr, {}, appearance);
        wizard.show();
        auto* lines = named<QPlainTextEdit>(wizard, "Lines");
        auto* text = named<QPlainTextEdit>(wizard, "Format");
        QVERIFY(lines && text);
        QAbstractButton* use = buttonOf(wizard, "Use it");
        QVERIFY(!use->isEnabled());
        QSignalSpy tried(&wizard, &FormatWizard::tried);
        lines->setPlainText(QString::fromUtf8(combinedLines(20)));
        // The best guess is the beginning, as a string that can be edited.
        QTRY_COMPARE_WITH_TIMEOUT(wizard.description(), startOf("combined"), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(wizard.view().verdict().contains("reads 20 of the first 20 lines (100.0"), kPatience);
        QVERIFY(use->isEnabled());
        QCOMPARE(rankedNames(wizard.ranking()).value(0), QString("combined"));
        // One letter wrong: where, and why; and the place is marked in the text.
        tried.clear();
        text->setPlainText("apache:%h %l %u %t \"%r\" %>Z %b");
        QTRY_VERIFY_WITH_TIMEOUT(!tried.isEmpty() && !use->isEnabled(), kPatience);
        QString wrong;
        for (const QLabel* label : wizard.findChildren<QLabel*>())
            if (label->property("role").toString() == "error") wrong = label->text();
        QVERIFY2(wrong.startsWith("at character 25: '%>Z' is an unknown directive"), qPrintable(wrong));
        QCOMPARE(text->extraSelections().size(), 1);
        QCOMPARE(text->extraSelections().front().cursor.selectionStart(), 24);
        // Right again, but not for these lines: how many, and where the first broke.
        text->setPlainText("apache:%h %l %u %t \"%r\" %>s %b");
        QTRY_VERIFY_WITH_TIMEOUT(wizard.view().verdict().contains("reads 0 of the first 20 lines"), kPatience);
        QVERIFY2(wizard.view().verdict().contains("The first that it does not read is line 1") && wizard.view().verdict().contains("at column 7"),
                 qPrintable(wizard.view().verdict()));
        QVERIFY2(!wizard.view().verdict().contains(".,"), qPrintable(wizard.view().verdict()));
        QCOMPARE(text->extraSelections().size(), 0);
        // Typed, not pasted: each keystroke is a try, and the last one counts.
        text->setFocus();
        text->moveCursor(QTextCursor::End);
        QTest::keyClicks(text, " \"%{Referer}i\" \"%{User-Agent}i\"");
        QTRY_VERIFY_WITH_TIMEOUT(wizard.view().verdict().contains("reads 20 of the first 20 lines"), kPatience);
        // Names: refused ones say why, and cannot be saved.
        auto* name = named<QLineEdit>(wizard, "Name of the format");
        QAbstractButton* save = buttonOf(wizard, "Save in the profile");
        QVERIFY(!save->isEnabled());
        for (const char* taken : {"combined", "my shop", "apache"}) {
            name->setText(taken);
            QVERIFY2(!save->isEnabled(), taken);
        }
        name->setText("shop");
        QVERIFY(save->isEnabled());
        QSignalSpy saved(&wizard, &FormatWizard::saved);
        save->click();
        QCOMPARE(saved.count(), 1);
        QCOMPARE(QString::fromStdString(saved[0][0].value<NamedFormat>().is), wizard.description());
        wizard.setOwn({saved[0][0].value<NamedFormat>()}, "kept");
        QVERIFY(buttonOf(wizard, "Replace in the profile"));
        QCOMPARE(wizard.format(), QString("shop"));
    }

    void aDescribedFormatIsSavedRecognisedAndRead() {
        Stand stand;
        const QString profile = stand.write("own.toml", "[batch]\ninterval = \"200ms\"\n");
        stand.window.openProfile(profile);
        const QString path = stand.write("odd.log", oddLines(3000));
        OpenLogDialog* dialog = stand.drop({path});
        QVERIFY(dialog);
        QSignalSpy recognised(dialog, &OpenLogDialog::recognised);
        QTRY_VERIFY_WITH_TIMEOUT(!recognised.isEmpty(), kPatience);
        QCOMPARE(dialog->ranking().rowCount(), 0);
        buttonOf(*dialog, "Describe a format…")->click();
        auto* wizard = dialog->findChild<FormatWizard*>();
        QVERIFY(wizard);
        QVERIFY(named<QPlainTextEdit>(*wizard, "Lines")->toPlainText().startsWith("<203.0.113.0>"));
        wizard->setDescription(kOdd);
        QTRY_VERIFY_WITH_TIMEOUT(wizard->view().verdict().contains("reads 1,000 of the first 1,000 lines"), kPatience);
        named<QLineEdit>(*wizard, "Name of the format")->setText("odd");
        buttonOf(*wizard, "Save in the profile")->click();
        QFile file(profile);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray written = file.readAll();
        QVERIFY2(written.contains("[[format]]\nname = \"odd\"\nis = \"" + kOdd.toUtf8() + "\"\n"), written.constData());
        QCOMPARE(stand.tuning.wanted().formats.size(), std::size_t(1));
        buttonOf(*wizard, "Use it")->click();
        QTRY_COMPARE_WITH_TIMEOUT(dialog->format(), QString("odd"), kPatience);
        // It is recognised now, as the best of all.
        QTRY_COMPARE_WITH_TIMEOUT(rankedNames(dialog->ranking()), QStringList{"odd"}, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(dialog->view().verdict().startsWith("odd reads 1,000"), kPatience);
        dialog->accept();
        QTRY_COMPARE_WITH_TIMEOUT(stand.ledger().parsed, std::uint64_t{3000}, kPatience);
        QCOMPARE(stand.ledger().dead(), std::uint64_t{0});
        QTRY_VERIFY_WITH_TIMEOUT(stand.feed.shown()->window && stand.feed.shown()->window->now.errors == 300, kPatience);
        // And a source that nobody names a format for is read by it as well.
        const QString more = stand.write("more.log", oddLines(2500).replace("GET", "PUT"));
        stand.window.import({more}, "auto", 0);
        QTRY_COMPARE_WITH_TIMEOUT(stand.ledger().parsed, std::uint64_t{5500}, kPatience);
        QCOMPARE(stand.ledger().dead(), std::uint64_t{0});
        // A scenario leaves it alone, a profile without it does not know it.
        stand.window.playScenario(builtInScenarios().front());
        QCOMPARE(stand.tuning.wanted().formats.size(), std::size_t(1));
    }

    void theWizardIsReachedByAKeyAndLeadsToTheFiles() {
        Stand stand;
        QVERIFY(QTest::qWaitForWindowActive(&stand.window));
        QTest::keyClick(&stand.window, Qt::Key_D, Qt::ControlModifier);
        auto* wizard = stand.window.findChild<FormatWizard*>();
        QVERIFY(wizard);
        named<QPlainTextEdit>(*wizard, "Lines")->setPlainText(QString::fromUtf8(oddLines(5)));
        wizard->setDescription(kOdd);
        QAbstractButton* use = buttonOf(*wizard, "Use it");
        QTRY_VERIFY_WITH_TIMEOUT(use->isEnabled(), kPatience);
        use->click();
        auto* dialog = stand.window.findChild<OpenLogDialog*>();
        QVERIFY(dialog);
        QCOMPARE(dialog->format(), kOdd);
        dialog->reject();
    }

    void theImportRowSaysWhatIsLeft_data() {
        QTest::addColumn<ImportProgress>("import");
        QTest::addColumn<bool>("done");
        QTest::addColumn<int>("waiting");
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("percent");
        QTest::newRow("no import") << ImportProgress{} << true << 5 << QString() << 0;
        ImportProgress progress{1, 0, 1'000'000'000, 300'000'000, 0, 0, 4.0, false, false, "/old/a.log"};
        QTest::newRow("looked at") << progress << false << 0
                                   << QString("Looking whether a.log was imported before: 300 MB of 1.00 GB; about 4 s left") << 15;
        progress = {3, 1, 1'000'000'000, 1'000'000'000, 412'000'000, 2'000'000, 6.0, false, false, "/old/b.log"};
        QTest::newRow("cut") << progress << false << 0 << QString("Importing b.log: 412 MB of 1.00 GB read, 1 of 3 files; about 6 s left") << 71;
        progress = {1, 0, 1'000'000'000, 1'000'000'000, 412'000'000, 2'000'000, -1, true, false, "/old/b.log"};
        QTest::newRow("at its own pace, no estimate yet") << progress << false << 0 << QString("Importing b.log: 412 MB of 1.00 GB read") << 41;
        progress = {1, 1, 1'000'000'000, 1'000'000'000, 1'000'000'000, 4'000'000, 0, false, false, ""};
        QTest::newRow("batches catch up") << progress << true << 1'000'000
                                          << QString("Read to its end; 3,000,000 of 4,000,000 lines are processed; about 2 s left") << 75;
        QTest::newRow("through") << progress << true << 0 << QString() << 0;
    }
    void theImportRowSaysWhatIsLeft() {
        QFETCH(ImportProgress, import);
        QFETCH(bool, done);
        QFETCH(int, waiting);
        QFETCH(QString, text);
        QFETCH(int, percent);
        Snapshot snapshot;
        SplitterPart part;
        part.stage.state = StageState::Running;
        part.import = import;
        part.importDone = done;
        snapshot.splitter = std::make_shared<const SplitterPart>(part);
        snapshot.ledger.waiting = static_cast<std::uint64_t>(waiting);
        const ImportWords words = importWords(&snapshot, 500'000);
        QCOMPARE(words.text, text);
        QCOMPARE(words.shown, !text.isEmpty());
        QCOMPARE(words.canCancel, !text.isEmpty() && !done);
        QCOMPARE(static_cast<int>(words.share * 100 + 0.5), percent);
        QVERIFY(!importWords(nullptr, 0).shown);
    }

    void anImportIsCancelledInTheMiddleAndTheBooksBalance() {
        Stand stand;
        const QString path = stand.write("long.log", combinedLines(72'000)); // two hours
        stand.window.show();
        stand.window.import({path}, "auto", 60);
        auto* row = stand.window.findChild<ImportRow*>();
        QVERIFY(row);
        QTRY_VERIFY_WITH_TIMEOUT(stand.ledger().parsed > 500 && row->isVisible(), kPatience);
        QAbstractButton* cancel = buttonOf(*row, "Cancel the import");
        QVERIFY(cancel && cancel->isVisible() && cancel->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(row->accessibleDescription().contains("left"), kPatience); // the estimate
        QVERIFY2(row->accessibleDescription().startsWith("Importing long.log: "), qPrintable(row->accessibleDescription()));
        const auto* bar = row->findChild<QProgressBar*>();
        QVERIFY(bar->value() > 0 && bar->value() < 1000);
        cancel->click();
        QTRY_VERIFY_WITH_TIMEOUT(stand.window.notice().sentence().startsWith("The import was cancelled with "), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(!row->isVisible(), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(stand.ledger().inFlight() == 0, kPatience);
        const Ledger ledger = stand.ledger();
        QVERIFY2(ledger.balanced(), ledger.differences().empty() ? "" : ledger.differences().front().c_str());
        QVERIFY(ledger.lines > 500 && ledger.lines < 72'000);
        QCOMPARE(ledger.lines, ledger.parsed);
        QCOMPARE(stand.import().lines, ledger.lines);
        // The data's span is on the screen, and "Live" returns.
        QVERIFY(stand.feed.range().isEverything());
        QVERIFY(stand.feed.delaySeconds() < 0);
        // Again, at full speed: it goes on behind what was read, and nothing is there twice.
        stand.window.import({path}, "auto", 0);
        QTRY_COMPARE_WITH_TIMEOUT(stand.ledger().parsed, std::uint64_t{72'000}, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(stand.ledger().inFlight(), std::uint64_t{0}, kPatience);
        QVERIFY(stand.ledger().balanced());
        QTRY_VERIFY_WITH_TIMEOUT(stand.feed.shown()->window && stand.feed.shown()->window->now.lines == 72'000, kPatience);
        stand.feed.range().reset();
        QVERIFY(stand.feed.range().isLive());
    }

    void isPhotographed_data() {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("dark");
        for (const QSize size : {QSize(1280, 720), QSize(1600, 1000)})
            for (const bool dark : {true, false})
                QTest::addRow("%dx%d %s", size.width(), size.height(), dark ? "dark" : "light") << size << dark;
    }
    /// The dialogs stand inside the window at each size, and nothing in them is cut off.
    void isPhotographed() {
        QFETCH(QSize, size);
        QFETCH(bool, dark);
        Stand stand;
        stand.appearance.setTheme(dark ? Theme::Dark : Theme::Light);
        stand.window.resize(size);
        QFile broken(QStringLiteral(SG_TEST_DATA "/format/combined.log"));
        QVERIFY(broken.open(QIODevice::ReadOnly));
        const QString path = stand.write("access.log", combinedLines(400) + broken.readAll() + QByteArray("HTTP:200 www.gigaom.com /a 1.2.3.4\n").repeated(12));
        OpenLogDialog* dialog = stand.drop({path});
        QVERIFY(dialog);
        QSignalSpy shown(dialog, &OpenLogDialog::shown);
        QTRY_VERIFY_WITH_TIMEOUT(!shown.isEmpty(), kPatience);
        const QString suffix = QStringLiteral("-%1x%2-%3.png").arg(size.width()).arg(size.height()).arg(dark ? "dark" : "light");
        const QDir folder(QStringLiteral(SG_PHOTOGRAPHS));
        QVERIFY(folder.mkpath(QStringLiteral(".")));
        const auto photograph = [&](QDialog& what, const QString& name) {
            QVERIFY2(what.width() <= size.width() && what.height() <= size.height(),
                     qPrintable(QStringLiteral("%1 is %2x%3").arg(name).arg(what.width()).arg(what.height())));
            QVERIFY2(what.minimumSizeHint().height() <= what.height() && what.minimumSizeHint().width() <= what.width(), qPrintable(name));
            QVERIFY(what.grab().toImage().save(folder.filePath(name + suffix)));
        };
        dialog->view().lines().setFocus();
        QTest::keyClick(&dialog->view().lines(), Qt::Key_Home);
        photograph(*dialog, QStringLiteral("open-log"));
        buttonOf(*dialog, "Describe a format…")->click();
        auto* wizard = dialog->findChild<FormatWizard*>();
        wizard->setDescription(startOf("combined"));
        QSignalSpy tried(wizard, &FormatWizard::tried);
        QTRY_VERIFY_WITH_TIMEOUT(!tried.isEmpty() && wizard->ranking().rowCount() > 0, kPatience);
        photograph(*wizard, QStringLiteral("format-wizard"));
        tried.clear();
        wizard->setDescription("apache:%h %l %u %t \"%r\" %>Z %b");
        QTRY_VERIFY_WITH_TIMEOUT(!tried.isEmpty(), kPatience);
        photograph(*wizard, QStringLiteral("format-wizard-wrong"));
    }
};

QTEST_MAIN(TestFormatWizard)
#include "tst_format_wizard.moc"
