#include "ui/shell/main_window.h"

#include "core/pipeline/profile.h"
#include "ui/controls/controls_panel.h"
#include "ui/shell/dock_handle.h"
#include "ui/shell/shortcuts.h"
#include "ui/style/number_text.h"
#include "ui/views/tables_panel.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QCloseEvent>
#include <QComboBox>
#include <QDialog>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QSaveFile>
#include <QScreen>
#include <QScrollArea>
#include <QShortcut>
#include <QTabBar>
#include <QTimer>
#include <QToolBar>
#include <QVBoxLayout>

namespace sg {
namespace {

constexpr int kLow = 900;     // px: below it the strip and the figures are compact
constexpr int kNarrow = 1400; // px: below it the controls are narrow
constexpr int kCloseMs = 5000;
const QString kKibanaDefault = QStringLiteral("http://127.0.0.1:5601");

/// The keyboard belongs to what has the focus: Space presses a button there.
bool takesSpace(const QWidget* widget) {
    return qobject_cast<const QAbstractButton*>(widget) || qobject_cast<const QComboBox*>(widget) ||
           qobject_cast<const QLineEdit*>(widget) || qobject_cast<const QAbstractItemView*>(widget) ||
           qobject_cast<const QPlainTextEdit*>(widget) || qobject_cast<const QAbstractSpinBox*>(widget) ||
           qobject_cast<const QTabBar*>(widget) || qobject_cast<const QAbstractSlider*>(widget);
}

std::vector<std::string> toStrings(const QStringList& list) {
    std::vector<std::string> out;
    for (const QString& text : list) out.push_back(text.toStdString());
    return out;
}

} // namespace

MainWindow::MainWindow(Feed& feed, TuningModel& tuning, Appearance& appearance, WindowSettings& settings, QWidget* parent)
    : QMainWindow(parent), m_feed(feed), m_tuning(tuning), m_appearance(appearance), m_settings(settings),
      m_credentials(settings.credentialFile()), m_scenario(tuning, feed) {
    setWindowTitle(QStringLiteral("Streamgauge"));
    setWindowIcon(QIcon(QStringLiteral(":/icons/streamgauge.svg")));
    setAcceptDrops(true);
    setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks);
    setMinimumSize(960, 600);

    auto* top = new QToolBar(tr("Bar"), this);
    top->setObjectName(QStringLiteral("bar"));
    top->setMovable(false);
    top->setContextMenuPolicy(Qt::PreventContextMenu);
    addToolBar(Qt::TopToolBarArea, top);
    m_bar = new Bar(feed, appearance, top);
    m_bar->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    top->addWidget(m_bar);

    connectExporter();
    buildCentre();
    buildDocks();
    buildMenus();
    buildShortcuts();

    connect(m_bar, &Bar::pauseToggled, this, [this] { m_feed.setPaused(!m_feed.isPaused()); });
    connect(m_bar, &Bar::presentClicked, this, [this] { setPresenting(!m_presenting); });
    connect(m_bar, &Bar::startStopClicked, this, &MainWindow::startStop);
    connect(m_bar, &Bar::kibanaClicked, this, [this] {
        m_kibana.open(m_settings.value(QStringLiteral("kibana/url"), kKibanaDefault).toString(),
                      QString::fromStdString(m_tuning.wanted().output.indexPrefix), m_feed.range(), m_feed.session().options().credentials);
    });
    connect(&m_kibana, &Kibana::asked, this,
            [this](const QString& sentence) { m_notice->show(sentence, Notice::Kind::Said, tr("Import"), [this] { m_kibana.import(); }); });
    connect(&m_kibana, &Kibana::said, this,
            [this](const QString& sentence, bool good) { m_notice->show(sentence, good ? Notice::Kind::Said : Notice::Kind::Wrong); });
    connect(m_strip, &PipelineStrip::stageClicked, this, &MainWindow::stageClicked);
    connect(&feed.session(), &Session::failed, this, [this](const QString& sentence) {
        m_notice->show(sentence, Notice::Kind::Wrong, tr("Try again"), [this] { m_feed.session().start(); });
    });
    connect(&feed.session(), &Session::said, this, [this](const QString& sentence) { m_notice->show(sentence, Notice::Kind::Said); });
    connect(&feed.session(), &Session::stateChanged, this, &MainWindow::sessionChanged);
    connect(m_import, &ImportRow::cancelled, this, [this](const QString& sentence) { m_notice->show(sentence, Notice::Kind::Said); });
    connect(&m_scenario, &ScenarioRunner::changed, this, [this] {
        m_bar->setScenario(m_scenario.title());
        m_caption->setText(m_scenario.caption());
        m_caption->setVisible(!m_scenario.caption().isEmpty());
    });
    connect(&m_credentials, &CredentialStore::fellBack, this,
            [this](const QString& sentence) { m_notice->show(sentence, Notice::Kind::Wrong); });
    if (!settings.complaint().isEmpty()) m_notice->show(settings.complaint(), Notice::Kind::Wrong);
    // Once the parts have taken over the text's new size.
    connect(&appearance, &Appearance::changed, this, &MainWindow::fitToSize, Qt::QueuedConnection);
    qApp->installEventFilter(this);
    restoreLayout();
}

MainWindow::~MainWindow() { qApp->removeEventFilter(this); }

void MainWindow::buildCentre() {
    auto* centre = new QWidget(this);
    setCentralWidget(centre);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 14, 0);
    column->setSpacing(10);
    m_notice = new Notice(m_appearance, centre);
    m_caption = new QLabel(centre);
    m_caption->setWordWrap(true);
    m_caption->setAlignment(Qt::AlignCenter);
    m_caption->setProperty("role", "scenario");
    m_caption->setVisible(false);
    m_strip = new PipelineStrip(m_feed, m_appearance, centre);
    m_ledger = new LedgerRow(m_feed, m_appearance, centre);
    m_import = new ImportRow(m_feed, centre);
    m_figures = new FigureRow(m_feed, m_appearance, centre);
    m_scroll = new QScrollArea(centre);
    m_charts = new ChartArea({m_feed, m_appearance}, m_scroll);
    m_scroll->setWidget(m_charts);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    column->addWidget(m_notice);
    column->addWidget(m_strip);
    column->addWidget(m_ledger);
    column->addWidget(m_import);
    column->addWidget(m_caption);
    column->addWidget(m_figures);
    column->addWidget(m_scroll, 1);
}

void MainWindow::buildDocks() {
    // The places first, then what stands there: with a style sheet each change of a parent styles all that is inside again.
    const auto dock = [this](const QString& name, const QString& title, Qt::DockWidgetArea area) {
        auto* made = new QDockWidget(title, this);
        made->setObjectName(name);
        made->setTitleBarWidget(new DockHandle(m_appearance, made));
        made->setWidget(new QWidget(made));
        addDockWidget(area, made);
        return made;
    };
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    m_controlsDock = dock(QStringLiteral("controls"), tr("Controls"), Qt::LeftDockWidgetArea);
    auto* margin = new QVBoxLayout(m_controlsDock->widget());
    margin->setContentsMargins(14, 0, 0, 14);
    // The column of controls is a card like all else.
    auto* card = new QFrame(m_controlsDock->widget());
    card->setProperty("role", "card");
    margin->addWidget(card);
    auto* column = new QVBoxLayout(card);
    column->setContentsMargins(1, 4, 1, 4);
    m_controls = new ControlsPanel(m_tuning, m_feed, m_appearance, card);
    column->addWidget(m_controls);
    m_tablesDock = dock(QStringLiteral("tables"), tr("Tables"), Qt::BottomDockWidgetArea);
    auto* aside = new QVBoxLayout(m_tablesDock->widget());
    aside->setContentsMargins(0, 0, 14, 0);
    m_tables = new TablesPanel(m_feed, m_appearance, m_tablesDock->widget());
    aside->addWidget(m_tables);
    connect(m_controls, &ControlsPanel::testConnectionRequested, this, &MainWindow::testConnection);
    connect(m_controls, &ControlsPanel::credentialsEntered, this, &MainWindow::takeCredentials);
    connect(m_controls, &ControlsPanel::credentialsForgotten, this, [this] {
        m_credentials.save({});
        m_controls->setCredentialsKept(false);
        useCredentials({});
    });
    connect(m_controls, &ControlsPanel::kibanaAddressEntered, this,
            [this](const QString& address) { m_settings.set(QStringLiteral("kibana/url"), address); });
    m_controls->setKibanaAddress(m_settings.value(QStringLiteral("kibana/url"), kKibanaDefault).toString());
    m_controls->restoreFoldState(m_settings.value(QStringLiteral("window/folds")).toMap());
}

void MainWindow::buildMenus() {
    QMenu& source = m_bar->sourceMenu();
    source.addAction(tr("Generate a log"), this, &MainWindow::generate);
    source.addAction(tr("Follow log files…"), this, [this] { openLogs({}, OpenLogDialog::Mode::Follow); });
    source.addAction(tr("Import log files…"), this, [this] { openLogs({}, OpenLogDialog::Mode::Import); });
    source.addAction(tr("Import a folder of chunks…"), this, [this] {
        const QString folder = QFileDialog::getExistingDirectory(this, tr("Folder of log files"));
        if (!folder.isEmpty()) openLogs({folder}, OpenLogDialog::Mode::Import);
    });
    source.addSeparator();
    source.addAction(tr("Describe a format…"), this, [this] { describeFormat(); });
    source.addSeparator();
    source.addAction(tr("Look at Elasticsearch and Kibana…"), this,
                     [this] { testConnection(QString::fromStdString(m_tuning.wanted().output.url)); });
    source.addAction(tr("New run: archive the data, begin with empty books"), this, [this] { m_feed.session().newRun(); });

    QMenu& scenarios = m_bar->scenarioMenu();
    for (const Scenario& scenario : builtInScenarios()) {
        QAction* action = scenarios.addAction(QString::fromStdString(scenario.title), this, [this, scenario] { playScenario(scenario); });
        action->setToolTip(QString::fromStdString(scenario.about));
    }
    scenarios.setToolTipsVisible(true);
    scenarios.addSeparator();
    scenarios.addAction(tr("End the scenario"), this, [this] { m_scenario.stop(); });

    QMenu& exports = m_bar->exportMenu();
    const std::pair<QString, QString> kinds[] = {{tr("Dashboard as a picture (PNG)…"), QStringLiteral("png")},
                                                 {tr("Report (PDF)…"), QStringLiteral("pdf")},
                                                 {tr("Web page (HTML)…"), QStringLiteral("html")},
                                                 {tr("Everything as tables (CSV)…"), QStringLiteral("csv")}};
    for (const auto& [text, kind] : kinds) exports.addAction(text, this, [this, kind = kind] { exportDashboard(kind); });

    QMenu& more = m_bar->moreMenu();
    more.addAction(tr("Open a profile…"), this, [this] {
        const QString path = QFileDialog::getOpenFileName(this, tr("Profile"), {}, tr("Profiles (*.toml)"));
        if (!path.isEmpty()) openProfile(path);
    });
    m_recentMenu = more.addMenu(tr("Recent profiles"));
    more.addAction(tr("Save the profile"), this, [this] { saveProfile(false); });
    more.addAction(tr("Save the profile as…"), this, [this] { saveProfile(true); });
    more.addSeparator();
    QMenu* layout = more.addMenu(tr("Layout"));
    layout->addAction(tr("Demo"), this, [this] { applyPreset(QStringLiteral("demo")); });
    layout->addAction(tr("Charts only"), this, [this] { applyPreset(QStringLiteral("charts")); });
    layout->addAction(tr("Present"), this, [this] { setPresenting(true); });
    layout->addSeparator();
    layout->addAction(m_controlsDock->toggleViewAction());
    layout->addAction(m_tablesDock->toggleViewAction());
    QMenu* charts = more.addMenu(tr("Charts"));
    charts->addAction(tr("The usual five"), this, [this] { m_charts->setCharts(ChartArea::defaultCharts()); });
    charts->addSeparator();
    for (const ChartKind& kind : chartKinds()) {
        QAction* chart = charts->addAction(chartTitle(kind), this, [this, id = QString::fromLatin1(kind.id)] { m_charts->enlarge(id); });
        connect(charts, &QMenu::aboutToShow, chart, [this, chart, &kind] { chart->setVisible(isOffered(kind, m_feed)); });
    }
    QMenu* theme = more.addMenu(tr("Theme"));
    const std::pair<QString, Theme> themes[] = {
        {tr("As the system"), Theme::System}, {tr("Light"), Theme::Light}, {tr("Dark"), Theme::Dark}};
    for (const auto& [text, value] : themes) theme->addAction(text, this, [this, value = value] { m_appearance.setTheme(value); });
    more.addSeparator();
    more.addAction(tr("Shortcuts (F1)"), this, &MainWindow::showShortcuts);
    more.addAction(tr("Quit (Ctrl+Q)"), this, &QWidget::close);
    fillRecent();
    connect(m_charts, &ChartArea::exportRequested, this, [this](ChartCard* chart) {
        QMenu menu;
        for (const char* kind : {"png", "svg", "pdf", "csv"})
            menu.addAction(QString::fromLatin1(kind).toUpper() + QStringLiteral("…"), this,
                           [this, chart, kind] { exportChart(*chart, QLatin1String(kind)); });
        menu.exec(QCursor::pos());
    });
}

void MainWindow::buildShortcuts() {
    const std::pair<const char*, std::function<void()>> actions[] = {
        {"Ctrl+Space", [this] { m_feed.setPaused(!m_feed.isPaused()); }},
        {"Ctrl+Return", [this] { startStop(); }},
        {"F11", [this] { setPresenting(!m_presenting); }},
        {"Ctrl+N", [this] { m_feed.session().newRun(); }},
        {"Ctrl+O", [this] { openLogs({}, OpenLogDialog::Mode::Import); }},
        {"Ctrl+L", [this] { openLogs({}, OpenLogDialog::Mode::Follow); }},
        {"Ctrl+D", [this] { describeFormat(); }},
        {"Ctrl+P",
         [this] {
             const QString path = QFileDialog::getOpenFileName(this, tr("Profile"), {}, tr("Profiles (*.toml)"));
             if (!path.isEmpty()) openProfile(path);
         }},
        {"Ctrl+S", [this] { saveProfile(false); }},
        {"Ctrl+E", [this] { exportDashboard(QStringLiteral("png")); }},
        {"Ctrl+K", [this] { emit m_bar->kibanaClicked(); }},
        {"Ctrl+1",
         [this] {
             m_controlsDock->show();
             m_controls->setFocus(Qt::ShortcutFocusReason);
         }},
        {"Ctrl+2",
         [this] {
             m_tablesDock->show();
             m_tables->setFocus(Qt::ShortcutFocusReason);
         }},
        {"Escape", [this] { escape(); }},
        {"F1", [this] { showShortcuts(); }},
        {"Ctrl+Q", [this] { close(); }},
    };
    for (const auto& [keys, act] : actions) {
        auto* shortcut = new QShortcut(QKeySequence(QString::fromLatin1(keys)), this);
        connect(shortcut, &QShortcut::activated, this, act);
    }
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
    // Space pauses only where no control wants it: a shortcut would steal the key from every button.
    if (event->type() == QEvent::KeyPress && isActiveWindow()) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Space && key->modifiers() == Qt::NoModifier && !key->isAutoRepeat() && watched == focusWidget() &&
            !takesSpace(focusWidget())) {
            m_feed.setPaused(!m_feed.isPaused());
            return true;
        }
        if (key->key() == Qt::Key_Space && key->modifiers() == Qt::NoModifier && focusWidget() == nullptr && watched == this) {
            m_feed.setPaused(!m_feed.isPaused());
            return true;
        }
    }
    return QMainWindow::eventFilter(watched, event);
}

void MainWindow::escape() {
    if (m_notice->isVisible()) m_notice->hideNow();
    else if (!m_charts->enlarged().isEmpty()) m_charts->enlarge({});
    else if (m_presenting) setPresenting(false);
    else if (!m_feed.range().isLive()) m_feed.range().reset();
}

void MainWindow::startStop() {
    Session& session = m_feed.session();
    if (session.state() == Session::State::Stopped) session.start();
    else session.stop();
}

void MainWindow::stageClicked(StripStage stage, bool failed) {
    if (failed) {
        m_tablesDock->show();
        m_tables->showTab(QStringLiteral("problems"));
        return;
    }
    m_controlsDock->show();
    switch (stage) {
    case StripStage::Generator:
    case StripStage::LogFile:
        m_controls->focusGroup(StageName::Generator);
        break;
    case StripStage::Splitter:
        m_controls->focusGroup(StageName::Splitter);
        break;
    case StripStage::Batch:
        m_controls->focusGroup(StageName::Batch);
        break;
    case StripStage::Output:
        m_controls->focusGroup(StageName::Output);
        break;
    }
}

OpenLogDialog* MainWindow::openLogs(const QStringList& paths, OpenLogDialog::Mode mode) {
    auto* dialog = new OpenLogDialog(paths, mode, m_tuning.wanted().formats, m_appearance, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &OpenLogDialog::describeRequested, this, [this, dialog] { describeFormat(dialog); });
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        if (dialog->mode() == OpenLogDialog::Mode::Follow) follow(dialog->paths(), dialog->format());
        else import(dialog->paths(), dialog->format(), dialog->pace());
    });
    dialog->open();
    return dialog;
}

void MainWindow::describeFormat(OpenLogDialog* opening) {
    auto* wizard = new FormatWizard(opening != nullptr ? opening->sample() : nullptr, m_tuning.wanted().formats, m_appearance,
                                    opening != nullptr ? static_cast<QWidget*>(opening) : this);
    wizard->setAttribute(Qt::WA_DeleteOnClose);
    connect(wizard, &FormatWizard::saved, this, [this, wizard, opening](const NamedFormat& format) {
        const QString where = keepFormat(format);
        wizard->setOwn(m_tuning.wanted().formats, where);
        if (opening != nullptr) opening->setOwn(m_tuning.wanted().formats);
    });
    connect(wizard, &QDialog::accepted, this, [this, wizard, opening] {
        // Where nothing is open yet, the files that it is for are asked for next.
        (opening != nullptr ? opening : openLogs({}, OpenLogDialog::Mode::Import))->useFormat(wizard->format());
    });
    wizard->open();
}

QString MainWindow::keepFormat(const NamedFormat& format) {
    m_tuning.change(QStringLiteral("format"), {}, [&](Tuning& wanted) {
        const auto known = std::find_if(wanted.formats.begin(), wanted.formats.end(), [&](const NamedFormat& f) { return f.name == format.name; });
        if (known == wanted.formats.end()) wanted.formats.push_back(format);
        else known->is = format.is;
    });
    const QString name = QString::fromStdString(format.name);
    if (m_profile.isEmpty()) return tr("%1 is in force; Ctrl+S in the window keeps it in a profile's file").arg(name);
    if (!writeProfileTo(m_profile)) return tr("%1 is in force, but %2 could not be written").arg(name, m_profile);
    return tr("%1 is saved in %2").arg(name, QFileInfo(m_profile).fileName());
}

void MainWindow::follow(const QStringList& paths, const QString& format) {
    PipelineOptions options = m_feed.session().options();
    options.generate = false;
    options.follow = toStrings(paths);
    options.import.clear();
    options.format = format.toStdString();
    m_feed.range().reset();
    m_feed.session().open(options);
}

void MainWindow::import(const QStringList& paths, const QString& format, double pace) {
    PipelineOptions options = m_feed.session().options();
    options.generate = false;
    options.follow.clear();
    options.import = toStrings(paths);
    options.format = format.toStdString();
    m_tuning.change(QStringLiteral("pace"), {}, [&](Tuning& wanted) { wanted.split.pace = pace; });
    m_feed.range().setEverything();
    m_feed.session().open(options);
}

void MainWindow::generate() {
    PipelineOptions options = m_feed.session().options();
    options.generate = true;
    options.follow.clear();
    options.import.clear();
    options.format = "auto";
    m_feed.range().reset();
    m_feed.session().open(options);
}

void MainWindow::openProfile(const QString& path) {
    if (isScenarioFile(path.toStdString())) {
        const auto scenario = findScenario(path.toStdString(), m_tuning.wanted());
        if (scenario) playScenario(*scenario);
        else m_notice->show(QString::fromStdString(scenario.error().message), Notice::Kind::Wrong);
        return;
    }
    const auto profile = readProfile(path.toStdString(), Tuning{});
    if (!profile) {
        m_notice->show(QString::fromStdString(profile.error().message), Notice::Kind::Wrong);
        return;
    }
    m_scenario.stop();
    m_profile = path;
    m_tuning.replace(*profile, tr("Profile %1").arg(QFileInfo(path).fileName()));
    m_settings.addRecentProfile(path);
    fillRecent();
    m_notice->show(tr("The profile %1 is in force.").arg(path), Notice::Kind::Said);
}

void MainWindow::saveProfile(bool as) {
    QString path = m_profile;
    if (as || path.isEmpty())
        path = QFileDialog::getSaveFileName(this, tr("Save the profile"), path.isEmpty() ? QStringLiteral("streamgauge.toml") : path,
                                            tr("Profiles (*.toml)"));
    if (path.isEmpty()) return;
    if (!writeProfileTo(path)) return;
    m_profile = path;
    m_settings.addRecentProfile(path);
    fillRecent();
    m_notice->show(tr("The profile was saved as %1.").arg(path), Notice::Kind::Said);
}

bool MainWindow::writeProfileTo(const QString& path) {
    QSaveFile file(path);
    const QByteArray text = QByteArray::fromStdString(writeProfile(m_tuning.wanted()));
    if (file.open(QIODevice::WriteOnly) && file.write(text) == text.size() && file.commit()) return true;
    m_notice->show(tr("%1 cannot be written: %2").arg(path, file.errorString()), Notice::Kind::Wrong);
    return false;
}

void MainWindow::fillRecent() {
    m_recentMenu->clear();
    for (const QString& path : m_settings.recentProfiles()) m_recentMenu->addAction(path, this, [this, path] { openProfile(path); });
    m_recentMenu->setEnabled(!m_recentMenu->isEmpty());
}

void MainWindow::playScenario(const Scenario& scenario) {
    if (!m_feed.session().options().generate) generate();
    else if (m_feed.session().state() == Session::State::Stopped) m_feed.session().start();
    m_scenario.play(scenario);
}

void MainWindow::takeCredentials(const QString& user, const QString& password, const QString& apiKey, const QString& caFile,
                                 const QString& token) {
    // What is left empty stays as it is; password, key and token never stand beside each other.
    Credentials next = m_feed.session().options().credentials.value_or(Credentials{});
    if (!user.isEmpty()) next.user = user.toStdString();
    if (!password.isEmpty()) {
        next.password = password.toStdString();
        next.apiKey.clear();
        next.token.clear();
    }
    if (!apiKey.isEmpty() || !token.isEmpty()) {
        next.apiKey = apiKey.toStdString();
        next.token = apiKey.isEmpty() ? token.toStdString() : std::string();
        next.user.clear();
        next.password.clear();
    }
    if (!caFile.isEmpty()) next.caFile = caFile.toStdString();
    m_credentials.save(next);
    m_controls->setCredentialsKept(!next.empty());
    useCredentials(next);
}

void MainWindow::useCredentials(const Credentials& credentials) {
    PipelineOptions options = m_feed.session().options();
    options.credentials = credentials.empty() ? std::optional<Credentials>() : credentials;
    if (options.credentials == m_feed.session().options().credentials) return;
    // They hold from the opening of a run on.
    if (m_feed.session().state() == Session::State::Stopped) m_feed.session().setOptions(options);
    else m_feed.session().open(options);
}

void MainWindow::loadCredentials(std::function<void()> then) {
    connect(
        &m_credentials, &CredentialStore::loaded, this,
        [this, then = std::move(then)](const Credentials& credentials) {
            m_controls->setCredentialsKept(!credentials.empty());
            if (!credentials.empty()) useCredentials(credentials);
            then();
        },
        Qt::SingleShotConnection);
    m_credentials.load();
}

void MainWindow::testConnection(const QString& url) {
    const Tuning& tuning = m_tuning.wanted();
    DoctorPlaces places;
    places.elasticsearch = url.toStdString();
    places.kibana = m_settings.value(QStringLiteral("kibana/url"), kKibanaDefault).toString().toStdString();
    places.setUp.prefix = tuning.output.indexPrefix;
    places.setUp.settings = {tuning.output.refresh, tuning.output.shards, tuning.output.replicas, {}};
    places.setUp.retention = tuning.output.retention;
    if (const std::string wrong = checkDoctorPlaces(places); !wrong.empty()) {
        m_controls->setConnectionAnswer(false, QString::fromStdString(wrong));
        return;
    }
    delete m_doctor;
    m_doctor = new DoctorDialog(m_appearance, std::move(places), m_feed.session().options().credentials, this);
    connect(m_doctor, &DoctorDialog::answered, m_controls, &ControlsPanel::setConnectionAnswer);
    m_doctor->show();
}

void MainWindow::sessionChanged(Session::State state) {
    if (state == Session::State::Finishing) {
        const auto snapshot = m_feed.session().snapshot();
        m_notice->show(tr("Finishing batch %1: what is written is split, processed and delivered. Stop again to end now.")
                           .arg(snapshot && snapshot->batch ? countText(snapshot->batch->batches + 1) : QString()),
                       Notice::Kind::Said);
    }
    if (state == Session::State::Stopped && m_closing) closeNow();
}

void MainWindow::setPresenting(bool presenting) {
    if (presenting == m_presenting) return;
    m_presenting = presenting;
    if (presenting) {
        m_stateBefore = saveState();
        m_charts->enlarge({});
    }
    for (QWidget* widget : {static_cast<QWidget*>(m_bar->parentWidget()), static_cast<QWidget*>(m_controlsDock),
                            static_cast<QWidget*>(m_tablesDock), static_cast<QWidget*>(m_strip)})
        widget->setVisible(!presenting);
    m_charts->setPresenting(presenting);
    m_figures->setPresenting(presenting);
    centralWidget()->layout()->setContentsMargins(presenting ? 14 : 0, presenting ? 14 : 0, 14, presenting ? 14 : 0);
    if (presenting) {
        showFullScreen();
        // The smallest text (11 px) is 2 % of the screen's height, the figures 6 %.
        m_appearance.present(static_cast<double>(screen()->size().height()) * 0.02 / 11);
    } else {
        m_appearance.endPresenting();
        showNormal();
        restoreState(m_stateBefore);
    }
    fitToSize();
}

void MainWindow::applyPreset(const QString& name) {
    setPresenting(false);
    const bool demo = name == QLatin1String("demo");
    m_charts->setCharts(ChartArea::defaultCharts());
    m_charts->enlarge({});
    for (QDockWidget* dock : {m_controlsDock, m_tablesDock}) {
        dock->setFloating(false);
        dock->setVisible(demo);
    }
    addDockWidget(Qt::LeftDockWidgetArea, m_controlsDock);
    addDockWidget(Qt::BottomDockWidgetArea, m_tablesDock);
    m_controlsDock->setVisible(demo);
    m_tablesDock->setVisible(demo);
    fitToSize();
}

void MainWindow::fitToSize() {
    if (m_fitting) return;
    m_fitting = true;
    // Large text makes a window as small as a small one.
    const bool low = height() < m_appearance.scaled(kLow) && !m_presenting, narrow = width() < m_appearance.scaled(kNarrow);
    m_strip->setCompact(low);
    m_figures->setCompact(low);
    if (!m_presenting && !m_controlsDock->isFloating() && dockWidgetArea(m_controlsDock) == Qt::LeftDockWidgetArea) {
        // The controls hold at 240 px whatever the text's size: what is more than two ninths of the window is the charts'.
        const int wide = std::min(m_appearance.scaled(narrow ? 256 : 310), std::max(narrow ? 256 : 310, width() * 2 / 9));
        resizeDocks({m_controlsDock}, {wide}, Qt::Horizontal);
    }
    if (!m_presenting && !m_tablesDock->isFloating()) {
        const int tall = low ? m_tables->minimumSizeHint().height() + 8 : std::max(m_appearance.scaled(170), height() / 5);
        resizeDocks({m_tablesDock}, {tall}, Qt::Vertical);
    }
    m_fitting = false;
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    const int low = m_appearance.scaled(kLow), narrow = m_appearance.scaled(kNarrow);
    const bool crossed = (event->oldSize().height() < low) != (event->size().height() < low) ||
                         (event->oldSize().width() < narrow) != (event->size().width() < narrow);
    if (crossed || !event->oldSize().isValid()) QTimer::singleShot(0, this, &MainWindow::fitToSize);
}

void MainWindow::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    // No control has the focus at first: Space is for Pause.
    centralWidget()->setFocusPolicy(Qt::ClickFocus);
    QTimer::singleShot(0, centralWidget(), qOverload<>(&QWidget::setFocus));
}

void MainWindow::restoreLayout() {
    resize(1600, 1000);
    const QByteArray geometry = m_settings.value(QStringLiteral("window/geometry")).toByteArray();
    if (!geometry.isEmpty()) restoreGeometry(geometry);
    const QByteArray state = m_settings.value(QStringLiteral("window/state")).toByteArray();
    if (!state.isEmpty()) restoreState(state);
    const QStringList charts = m_settings.value(QStringLiteral("window/charts")).toStringList();
    if (!charts.isEmpty()) m_charts->setCharts(charts);
    const qint64 span = m_settings.value(QStringLiteral("window/span"), 300).toLongLong();
    m_feed.range().setLive(span);
}

void MainWindow::saveLayout() {
    if (m_presenting) setPresenting(false);
    m_settings.set(QStringLiteral("window/geometry"), saveGeometry());
    m_settings.set(QStringLiteral("window/state"), saveState());
    m_settings.set(QStringLiteral("window/charts"), m_charts->charts());
    m_settings.set(QStringLiteral("window/folds"), m_controls->foldState());
    m_settings.set(QStringLiteral("window/span"), m_feed.range().spanSeconds());
    m_settings.set(QStringLiteral("window/theme"), static_cast<int>(m_appearance.theme()));
    m_settings.set(QStringLiteral("profiles/last"), m_profile);
    m_settings.sync();
}

void MainWindow::showShortcuts() {
    auto* page = new QDialog(this);
    page->setAttribute(Qt::WA_DeleteOnClose);
    page->setWindowTitle(tr("Shortcuts"));
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(20, 16, 20, 16);
    column->addWidget(new QLabel(shortcutsHtml(), page));
    page->open();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile()) {
            event->acceptProposedAction();
            return;
        }
}

void MainWindow::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile()) paths << url.toLocalFile();
    if (paths.isEmpty()) return;
    event->acceptProposedAction();
    if (paths.size() == 1 && paths.front().endsWith(QLatin1String(".toml"))) openProfile(paths.front());
    else openLogs(paths, OpenLogDialog::Mode::Import);
}

void MainWindow::closeEvent(QCloseEvent* event) {
    Session& session = m_feed.session();
    if (session.state() == Session::State::Stopped || m_closing) {
        event->accept();
        closeNow();
        return;
    }
    event->ignore();
    m_closing = true;
    session.stop();
    QTimer::singleShot(kCloseMs, this, &MainWindow::closeNow);
}

void MainWindow::closeNow() {
    if (m_closed) return;
    m_closed = m_closing = true;
    saveLayout();
    hide();
    if (m_feed.session().state() == Session::State::Finishing) m_feed.session().stop(); // a second stop ends now
    emit ended();
}

} // namespace sg
