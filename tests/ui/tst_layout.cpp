// What can be read: every text of every widget, at small sizes, at twice the scale and with large text, in two fonts. Texts are taken from
// the painting itself, so that what a widget draws by hand is looked at as well.
#include <QAbstractItemView>
#include <QApplication>
#include <QDialog>
#include <QDockWidget>
#include <QLayout>
#include <QLineEdit>
#include <QPaintEngine>
#include <QPainter>
#include <QProcess>
#include <QScreen>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTemporaryFile>
#include <QTest>

#include "ui/charts/list_chart.h"
#include "ui/controls/control_group.h"
#include "ui/controls/controls_panel.h"
#include "ui/controls/value_edit.h"
#include "tests/support/played_kibana.h"
#include "tests/support/played_server.h"
#include "ui/shell/doctor_dialog.h"
#include "ui/shell/format_ranking.h"
#include "ui/shell/format_wizard.h"
#include "ui/shell/main_window.h"
#include "ui/views/tables_panel.h"

using namespace sg;
using test::PlayedKibana;
using test::PlayedServer;

namespace {

constexpr const char* kLines =
    "203.0.113.9 - frank [10/Oct/2024:13:55:36 +0000] \"GET /index.html HTTP/1.1\" 200 2326 \"-\" \"Mozilla/5.0 (X11; Linux x86_64)\"\n"
    "2001:db8::17 - - [10/Oct/2024:13:55:37 +0000] \"POST /cart/add?item=17 HTTP/2.0\" 302 - \"https://shop.example/\" \"curl/8.1\"\n"
    "no line of an access log\n";

struct Drawn {
    QString text;
    QRectF box; ///< of its ink, in the widget's coordinates
};

/// A device that keeps the texts and forgets the rest.
class TextRecorder : public QPaintDevice, public QPaintEngine {
public:
    explicit TextRecorder(QSize size) : QPaintEngine(AllFeatures), m_size(size) {}
    QVector<Drawn> texts;

    [[nodiscard]] QPaintEngine* paintEngine() const override { return const_cast<TextRecorder*>(this); }
    bool begin(QPaintDevice*) override { return true; }
    bool end() override { return true; }
    void updateState(const QPaintEngineState&) override {}
    void drawPixmap(const QRectF&, const QPixmap&, const QRectF&) override {}
    void drawPath(const QPainterPath&) override {}
    void drawPolygon(const QPointF*, int, PolygonDrawMode) override {}
    void drawPolygon(const QPoint*, int, PolygonDrawMode) override {}
    void drawTextItem(const QPointF& at, const QTextItem& item) override {
        if (item.text().trimmed().isEmpty()) return;
        const QRectF ink = QFontMetricsF(item.font()).tightBoundingRect(item.text());
        texts.append({item.text(), painter()->combinedTransform().mapRect(ink.translated(at))});
    }
    [[nodiscard]] Type type() const override { return User; }

protected:
    [[nodiscard]] int metric(PaintDeviceMetric which) const override {
        switch (which) {
        case PdmWidth:
            return m_size.width();
        case PdmHeight:
            return m_size.height();
        case PdmDpiX:
        case PdmDpiY:
        case PdmPhysicalDpiX:
        case PdmPhysicalDpiY:
            return 96;
        case PdmDepth:
            return 32;
        case PdmDevicePixelRatio:
            return 1;
        case PdmDevicePixelRatioScaled:
            return static_cast<int>(devicePixelRatioFScale());
        default:
            return QPaintDevice::metric(which);
        }
    }

private:
    QSize m_size;
};

bool insideOf(const QWidget* widget, const char* className) {
    for (; widget != nullptr; widget = widget->parentWidget())
        if (widget->inherits(className)) return true;
    return false;
}

/// Data of any length, which is cut where the room ends: the rows of tables, and what was typed.
bool holdsData(const QWidget* widget) {
    if (const auto* edit = qobject_cast<const QLineEdit*>(widget))
        return qobject_cast<const ValueEdit*>(edit) == nullptr && !edit->text().isEmpty();
    // Lines of a log that go on behind the edge: a bar brings the rest.
    if (const auto* lines = qobject_cast<const QAbstractScrollArea*>(widget->parentWidget());
        lines != nullptr && widget == lines->viewport() && lines->horizontalScrollBar()->maximum() > 0)
        return true;
    const auto* view = qobject_cast<const QAbstractItemView*>(widget->parentWidget());
    return view != nullptr && widget == view->viewport() && !view->inherits("QHeaderView");
}

/// The head of a table that is wider than its view: a bar brings the rest.
bool scrollsSideways(const QWidget* header) {
    const auto* table = header != nullptr && header->inherits("QHeaderView") ? qobject_cast<const QAbstractScrollArea*>(header->parentWidget()) : nullptr;
    return table != nullptr && table->horizontalScrollBar()->isVisible();
}

/// The words of a widget that end in three dots because a dialog follows.
QString ownWords(const QWidget* widget) {
    const QVariant text = widget->property("text"), title = widget->property("title");
    return text.toString() + title.toString() + widget->property("placeholderText").toString();
}

/// What cannot be read in `top`, one line a finding.
QStringList unreadable(QWidget& top) {
    QStringList found;
    QList<QWidget*> all = top.findChildren<QWidget*>();
    all.prepend(&top);
    for (QWidget* widget : all) {
        if (!widget->isVisible() || widget->window() != top.window() || widget->size().isEmpty()) continue;
        TextRecorder recorder(widget->size());
        widget->render(&recorder, {}, {}, QWidget::DrawWindowBackground);
        if (recorder.texts.isEmpty()) continue;
        const auto say = [&](const Drawn& text, const QString& what) {
            found << QStringLiteral("%1 (%2x%3): \"%4\" %5")
                         .arg(QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char(' ') + widget->objectName())
                         .arg(widget->width())
                         .arg(widget->height())
                         .arg(text.text, what);
        };
        const bool data = holdsData(widget) || scrollsSideways(widget->parentWidget());
        const bool scrolls = insideOf(widget, "QAbstractScrollArea");
        for (const Drawn& text : recorder.texts) {
            const bool url = qobject_cast<ListChart*>(widget) != nullptr;
            if (text.text.contains(QChar(0x2026)) && !data && !url && !ownWords(widget).contains(QChar(0x2026)))
                say(text, QStringLiteral("is elided"));
            if (data) continue;
            if (text.box.left() < -1.5 || text.box.right() > widget->width() + 1.5) say(text, QStringLiteral("is cut at a side"));
            // A scrolled view's rows end where the view does.
            const bool view = widget->parentWidget() != nullptr && widget->parentWidget()->inherits("QAbstractScrollArea") &&
                              !widget->parentWidget()->inherits("QGraphicsView");
            if (!view && (text.box.top() < -1.5 || text.box.bottom() > widget->height() + 1.5)) say(text, QStringLiteral("is cut above or below"));
            for (QWidget* up = widget->parentWidget(); up != nullptr && widget != &top; up = up->parentWidget()) {
                const QRectF box = text.box.translated(widget->mapTo(up, QPoint(0, 0)));
                if (box.left() < -1.5 || box.right() > up->width() + 1.5)
                    say(text, QStringLiteral("is hidden at a side of ") + QString::fromLatin1(up->metaObject()->className()));
                if (!scrolls && (box.top() < -1.5 || box.bottom() > up->height() + 1.5))
                    say(text, QStringLiteral("is hidden above or below ") + QString::fromLatin1(up->metaObject()->className()));
                if (up == &top) break;
            }
        }
    }
    found.removeDuplicates();
    return found;
}

/// Two siblings that lie over each other hide something, whatever is drawn in them.
QStringList overlapping(QWidget& top) {
    QStringList found;
    for (QWidget* parent : top.findChildren<QWidget*>()) {
        if (!parent->isVisible() || parent->layout() == nullptr) continue;
        QVector<QWidget*> placed;
        for (int i = 0; i < parent->layout()->count(); ++i)
            if (QWidget* each = parent->layout()->itemAt(i)->widget(); each != nullptr && each->isVisible()) placed << each;
        for (qsizetype a = 0; a < placed.size(); ++a)
            for (qsizetype b = a + 1; b < placed.size(); ++b)
                if (const QRect both = placed[a]->geometry() & placed[b]->geometry(); both.width() > 1 && both.height() > 1)
                    found << QStringLiteral("%1 and %2 overlap in %3")
                                 .arg(QString::fromLatin1(placed[a]->metaObject()->className()),
                                      QString::fromLatin1(placed[b]->metaObject()->className()),
                                      QString::fromLatin1(parent->metaObject()->className()));
    }
    found.removeDuplicates();
    return found;
}

void settle() {
    for (int i = 0; i < 4; ++i) {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }
}

} // namespace

class TestLayout : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void everythingCanBeRead_data() {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<double>("text");
        QTest::addColumn<QString>("family");
        for (const char* family : {"Inter", "DejaVu Sans"}) {
            QTest::addRow("1280x720, %s", family) << QSize(1280, 720) << 1.0 << QString(family);
            QTest::addRow("1600x1000, %s", family) << QSize(1600, 1000) << 1.0 << QString(family);
            QTest::addRow("1600x1000, text at 200 %%, %s", family) << QSize(1600, 1000) << 2.0 << QString(family);
        }
    }
    void everythingCanBeRead() {
        QFETCH(QSize, size);
        QFETCH(double, text);
        QFETCH(QString, family);
        QTemporaryDir folder;
        Appearance appearance;
        appearance.setTheme(Theme::Dark);
        appearance.applyTo(*qApp);
        appearance.setFamily(family);
        appearance.setTextScale(text);
        WindowSettings settings(folder.filePath(QStringLiteral("window.conf")));
        PipelineOptions options;
        options.dataDirectory = folder.filePath(QStringLiteral("data")).toStdString();
        options.generate = true;
        Tuning tune;
        tune.traffic.rate = 20'000;
        tune.batch.interval = Milliseconds(200);
        Session session(options, tune);
        Feed feed(session);
        TuningModel tuning(feed);
        MainWindow window(feed, tuning, appearance, settings);
        window.resize(size);
        window.show();
        settle();
        QStringList found;
        const auto look = [&](QWidget& what, const QString& where) {
            settle();
            if (const QString pictures = qEnvironmentVariable("SG_PICTURES"); !pictures.isEmpty())
                what.grab().save(QStringLiteral("%1/%2x%3-%4-%5-%6.png").arg(pictures).arg(size.width()).arg(size.height()).arg(text).arg(family.left(5), QString(where).replace('/', '-')));
            for (const QString& line : unreadable(what) + overlapping(what)) found << where + QStringLiteral(": ") + line;
        };
        look(window, QStringLiteral("before the first line"));
        session.start();
        QTRY_VERIFY_WITH_TIMEOUT(feed.shown() && feed.shown()->window && feed.shown()->window->points.size() >= 3, 60'000);
        window.notice().hideNow();
        auto* panel = window.findChild<ControlsPanel*>();
        for (std::size_t i = 0; i < kControlGroups; ++i) {
            panel->group(static_cast<ControlGroupId>(i))->setOpen(true);
            panel->group(static_cast<ControlGroupId>(i))->setFurtherOpen(true);
        }
        look(window, QStringLiteral("main window"));
        QCOMPARE(window.size(), size); // no part has pushed it wider
        auto* tables = window.findChild<TablesPanel*>();
        auto* dock = window.findChild<QDockWidget*>(QStringLiteral("tables"));
        window.resizeDocks({dock}, {size.height() / 3}, Qt::Vertical);
        for (const char* tab : {"log", "dead-letters", "problems", "batches"}) {
            tables->showTab(QLatin1String(tab));
            look(*tables, QLatin1String(tab));
        }
        window.notice().show(QStringLiteral("The address of Elasticsearch answers with something that is not Elasticsearch: is it a proxy, or "
                                            "another program that listens on this port of the machine?"),
                             Notice::Kind::Wrong, QStringLiteral("Try again"), [] {});
        look(window, QStringLiteral("a notice"));
        window.notice().hideNow();
        for (const ChartKind& kind : chartKinds()) {
            window.charts().enlarge(QLatin1String(kind.id));
            look(*window.charts().chart(QLatin1String(kind.id)), QLatin1String(kind.id));
        }
        window.charts().enlarge({});
        const auto lookAtDialog = [&] {
            settle();
            auto* dialog = window.findChild<QDialog*>();
            QVERIFY(dialog != nullptr);
            look(*dialog, dialog->windowTitle());
            QVERIFY2(dialog->width() <= std::max(size.width(), 1280), qPrintable(dialog->windowTitle()));
            dialog->close();
            QCoreApplication::sendPostedEvents(dialog, QEvent::DeferredDelete);
        };
        QTest::keyClick(&window, Qt::Key_F1);
        lookAtDialog();
        window.openLogs({folder.filePath(QStringLiteral("access.log"))}, OpenLogDialog::Mode::Import);
        lookAtDialog();
        {
            FormatWizard wizard(std::make_shared<const std::string>(kLines), {}, appearance, &window);
            QSignalSpy tried(&wizard, &FormatWizard::tried);
            wizard.show();
            wizard.setDescription(QStringLiteral("apache:%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\""));
            QTRY_VERIFY_WITH_TIMEOUT(!tried.isEmpty() && wizard.ranking().rowCount() > 0, 60'000);
            look(wizard, QStringLiteral("Describe a format"));
            tried.clear();
            wizard.setDescription(QStringLiteral("apache:%h %l %u %t \"%r\" %>Z %b"));
            QTRY_VERIFY_WITH_TIMEOUT(!tried.isEmpty(), 60'000);
            look(wizard, QStringLiteral("Describe a format, with a mistake"));
            QVERIFY(wizard.width() <= std::max(size.width(), 1280) && wizard.height() <= std::max(size.height(), 720));
        }
        {
            PlayedServer server;
            server.blocked = true;
            PlayedKibana kibana;
            kibana.dashboards = 0;
            DoctorPlaces places;
            places.elasticsearch = server.receiver.url();
            places.kibana = kibana.receiver.url();
            DoctorDialog doctor(appearance, places, Credentials{}, &window);
            QSignalSpy answered(&doctor, &DoctorDialog::answered);
            doctor.show();
            QTRY_COMPARE_WITH_TIMEOUT(answered.count(), 1, 60'000);
            look(doctor, QStringLiteral("the connection"));
            QVERIFY(doctor.width() <= std::max(size.width(), 1280) && doctor.height() <= std::max(size.height(), 720));
        }
        window.setPresenting(true);
        QTRY_COMPARE(window.size(), window.screen()->size());
        look(window, QStringLiteral("Present"));
        window.setPresenting(false);
        session.stop();
        QTRY_COMPARE_WITH_TIMEOUT(session.state(), Session::State::Stopped, 60'000);
        for (const QString& line : std::as_const(found)) qWarning("%s", qPrintable(line));
        QCOMPARE(found, QStringList());
    }
    /// The scale of a screen is fixed for a process: a second one looks at 2560x1440 with scale 2.
    void everythingCanBeReadAtTwiceTheScale() {
        if (qEnvironmentVariableIsSet("QT_SCALE_FACTOR")) QSKIP("this is the second process");
        QProcess again;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("QT_SCALE_FACTOR"), QStringLiteral("2"));
        again.setProcessEnvironment(environment);
        again.setProcessChannelMode(QProcess::MergedChannels);
        again.start(QCoreApplication::applicationFilePath(),
                    {QStringLiteral("everythingCanBeRead:1280x720, Inter"), QStringLiteral("everythingCanBeRead:1280x720, DejaVu Sans")});
        QVERIFY(again.waitForFinished(120'000));
        QVERIFY2(again.exitCode() == 0, again.readAll());
    }
};

/// A screen of 2560x1440 that is in memory only: what is looked at does not depend on where the test runs.
int main(int argc, char** argv) {
    QTemporaryFile screens;
    if (!screens.open()) return 1;
    screens.write(R"({"screens": [{"name": "one", "x": 0, "y": 0, "width": 2560, "height": 1440, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}]})");
    screens.close();
    qputenv("QT_QPA_PLATFORM", "offscreen:configfile=" + screens.fileName().toUtf8());
    QApplication application(argc, argv);
    TestLayout test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_layout.moc"
