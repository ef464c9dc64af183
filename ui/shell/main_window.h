#pragma once
/// The window: bar, strip, ledger, figures, charts; controls at the left and tables below as docks. It composes and routes; what is shown
/// is made by its parts.
#include "ui/export/exporter.h"
#include "ui/shell/bar.h"
#include "ui/shell/chart_area.h"
#include "ui/shell/credential_store.h"
#include "ui/shell/doctor_dialog.h"
#include "ui/shell/figure_row.h"
#include "ui/shell/format_wizard.h"
#include "ui/shell/import_row.h"
#include "ui/shell/kibana.h"
#include "ui/shell/ledger_row.h"
#include "ui/shell/notice.h"
#include "ui/shell/open_log_dialog.h"
#include "ui/shell/pipeline_strip.h"
#include "ui/shell/scenario_runner.h"
#include "ui/shell/window_settings.h"

#include <QMainWindow>
#include <QPointer>

class QDockWidget;
class QLabel;
class QScrollArea;

namespace sg {

class ControlsPanel;
class TablesPanel;

class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    MainWindow(Feed& feed, TuningModel& tuning, Appearance& appearance, WindowSettings& settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// Files or folders that were dropped, chosen, or handed over by another start: asks how to read them.
    OpenLogDialog* openLogs(const QStringList& paths, OpenLogDialog::Mode mode);
    /// "Describe a format": over the lines of a log that is being opened, or over pasted ones.
    void describeFormat(OpenLogDialog* opening = nullptr);
    void follow(const QStringList& paths, const QString& format);
    void import(const QStringList& paths, const QString& format, double pace);
    void generate();
    void openProfile(const QString& path);
    void playScenario(const Scenario& scenario);
    void setPresenting(bool presenting);
    [[nodiscard]] bool isPresenting() const { return m_presenting; }
    /// `dashboard.png`, `<chart>.csv` and `ledger.json` into a folder; returns what went wrong, empty = nothing.
    [[nodiscard]] QString exportTo(const QString& folder);
    [[nodiscard]] Notice& notice() { return *m_notice; }
    [[nodiscard]] ChartArea& charts() { return *m_charts; }
    /// Reads what is kept in the keyring, puts it in force, then calls `then`; at once when there is no keyring.
    void loadCredentials(std::function<void()> then);
    /// Closes without asking for patience; for a second close and the unattended end.
    void closeNow();

signals:
    void ended(); ///< the window is closed and nothing runs any more

protected:
    void closeEvent(QCloseEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void buildCentre();
    void buildDocks();
    void buildMenus();
    void buildShortcuts();
    void restoreLayout();
    void saveLayout();
    void fitToSize();
    void applyPreset(const QString& name);
    void stageClicked(StripStage stage, bool failed);
    void escape();
    void startStop();
    [[nodiscard]] ExportRequest exportRequest();
    void startExport(ExportKind kind, ExportRequest request, const QString& filter);
    void connectExporter();
    void exportChart(ChartCard& chart, const QString& kind);
    void exportDashboard(const QString& kind);
    void saveProfile(bool as);
    [[nodiscard]] bool writeProfileTo(const QString& path);
    /// Into the profile's formats, and into its file where it has one; says where.
    [[nodiscard]] QString keepFormat(const NamedFormat& format);
    void showShortcuts();
    void fillRecent();
    void testConnection(const QString& url);
    void takeCredentials(const QString& user, const QString& password, const QString& apiKey, const QString& caFile,
                         const QString& token);
    void useCredentials(const Credentials& credentials);
    void sessionChanged(Session::State state);

    Feed& m_feed;
    TuningModel& m_tuning;
    Appearance& m_appearance;
    WindowSettings& m_settings;
    Bar* m_bar = nullptr;
    PipelineStrip* m_strip = nullptr;
    LedgerRow* m_ledger = nullptr;
    ImportRow* m_import = nullptr;
    FigureRow* m_figures = nullptr;
    ChartArea* m_charts = nullptr;
    QScrollArea* m_scroll = nullptr;
    Notice* m_notice = nullptr;
    QLabel* m_caption = nullptr; ///< of the scenario
    ControlsPanel* m_controls = nullptr;
    TablesPanel* m_tables = nullptr;
    QDockWidget *m_controlsDock = nullptr, *m_tablesDock = nullptr;
    class QMenu* m_recentMenu = nullptr;
    Kibana m_kibana;
    QPointer<DoctorDialog> m_doctor;
    CredentialStore m_credentials;
    ScenarioRunner m_scenario;
    Exporter* m_exporter = nullptr;
    QString m_profile;
    bool m_presenting = false;
    bool m_closing = false;
    bool m_closed = false;
    bool m_fitting = false;
    QByteArray m_stateBefore;
};

} // namespace sg
