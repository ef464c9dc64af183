#include "core/pipeline/profile.h"
#include "ui/export/exporter.h"
#include "ui/shell/main_window.h"

#include <QDesktopServices>
#include <QFileDialog>
#include <QFileInfo>
#include <QStandardPaths>

namespace sg {
namespace {

struct Choice {
    const char* name;
    ExportKind kind;
    const char* filter; ///< untranslated; empty = a folder
};

constexpr Choice kChartChoices[] = {
    {"png", ExportKind::ChartPng, QT_TRANSLATE_NOOP("sg::MainWindow", "Pictures (*.png)")},
    {"svg", ExportKind::ChartSvg, QT_TRANSLATE_NOOP("sg::MainWindow", "Drawings (*.svg)")},
    {"pdf", ExportKind::ChartPdf, QT_TRANSLATE_NOOP("sg::MainWindow", "Documents (*.pdf)")},
    {"csv", ExportKind::ChartCsv, QT_TRANSLATE_NOOP("sg::MainWindow", "Tables (*.csv)")},
};
constexpr Choice kDashboardChoices[] = {
    {"png", ExportKind::Dashboard, QT_TRANSLATE_NOOP("sg::MainWindow", "Pictures (*.png)")},
    {"pdf", ExportKind::Report, QT_TRANSLATE_NOOP("sg::MainWindow", "Documents (*.pdf)")},
    {"html", ExportKind::Html, QT_TRANSLATE_NOOP("sg::MainWindow", "Web pages (*.html)")},
    {"csv", ExportKind::Everything, ""},
};

template <std::size_t N> const Choice& choiceOf(const Choice (&choices)[N], const QString& name) {
    for (const Choice& choice : choices)
        if (name == QLatin1String(choice.name)) return choice;
    return choices[0];
}

} // namespace

ExportRequest MainWindow::exportRequest() {
    ExportRequest request;
    request.charts = m_charts->shownCharts();
    request.snapshot = m_feed.shown();
    request.fromMs = m_feed.range().fromMs();
    request.toMs = m_feed.range().toMs();
    request.title = m_scenario.title();
    if (request.title.isEmpty()) {
        const PipelineOptions& options = m_feed.session().options();
        const auto& paths = options.import.empty() ? options.follow : options.import;
        request.title =
            options.generate || paths.empty() ? tr("Generated traffic") : QFileInfo(QString::fromStdString(paths.front())).fileName();
    }
    for (const FigureText& figure : m_figures->shown()) request.figures.append({figure.caption, figure.value, figure.change});
    request.settings = QString::fromStdString(writeProfile(m_tuning.wanted()));
    request.palette = m_appearance.palette();
    request.font = m_appearance.font(Appearance::Text::Body);
    return request;
}

void MainWindow::startExport(ExportKind kind, ExportRequest request, const QString& filter) {
    if (m_exporter->isRunning()) {
        m_notice->show(tr("An export is under way; it has to end first."), Notice::Kind::Said, tr("Cancel it"),
                       [this] { m_exporter->cancel(); });
        return;
    }
    const QString place =
        m_settings.value(QStringLiteral("export/folder"), QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)).toString();
    // The dialog asks before it replaces a file: that is the person's word.
    const QString path = fillsFolder(kind) ? QFileDialog::getExistingDirectory(this, tr("Folder for the tables"), place)
                                           : QFileDialog::getSaveFileName(this, tr("Export"),
                                                                          place + QLatin1Char('/') + exportFileName(kind, request), filter);
    if (path.isEmpty()) return;
    m_settings.set(QStringLiteral("export/folder"), fillsFolder(kind) ? path : QFileInfo(path).absolutePath());
    m_exporter->start(kind, std::move(request), path, !fillsFolder(kind));
}

void MainWindow::exportChart(ChartCard& chart, const QString& kind) {
    const Choice& choice = choiceOf(kChartChoices, kind);
    ExportRequest request = exportRequest();
    request.charts = {&chart};
    startExport(choice.kind, std::move(request), tr(choice.filter));
}

void MainWindow::exportDashboard(const QString& kind) {
    const Choice& choice = choiceOf(kDashboardChoices, kind);
    startExport(choice.kind, exportRequest(), tr(choice.filter));
}

QString MainWindow::exportTo(const QString& folder) {
    // Present shows two charts; what is left behind is all five.
    return Exporter::exportTo(exportRequest(), folder);
}

void MainWindow::connectExporter() {
    m_exporter = new Exporter(this);
    connect(m_exporter, &Exporter::progress, this, [this](int percent, const QString& what) {
        m_notice->show(tr("Exporting: %1 (%2 %)").arg(what).arg(percent), Notice::Kind::Said, tr("Cancel"),
                       [this] { m_exporter->cancel(); });
    });
    connect(m_exporter, &Exporter::finished, this, [this](const QStringList& files) {
        const QString first = files.value(0);
        m_notice->show(
            files.size() == 1
                ? tr("Exported to %1.").arg(first)
                : tr("%n files were exported to %1.", nullptr, static_cast<int>(files.size())).arg(QFileInfo(first).absolutePath()),
            Notice::Kind::Said, tr("Show the folder"),
            [first] { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(first).absolutePath())); });
    });
    connect(m_exporter, &Exporter::failed, this, [this](const QString& sentence) { m_notice->show(sentence, Notice::Kind::Wrong); });
    connect(m_exporter, &Exporter::cancelled, this,
            [this] { m_notice->show(tr("The export was cancelled; nothing was left behind."), Notice::Kind::Said); });
}

} // namespace sg
