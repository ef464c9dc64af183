#include "ui/export/exporter.h"

#include "ui/export/chart_picture.h"
#include "ui/export/csv.h"
#include "ui/export/export_files.h"
#include "ui/export/report_document.h"

#include <QBuffer>
#include <QDateTime>
#include <QFileInfo>
#include <QTimer>
#include <QtConcurrent>

#include <atomic>

namespace sg {
namespace {

QByteArray png(const QImage& image) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return buffer.data();
}

} // namespace

bool fillsFolder(ExportKind kind) { return kind == ExportKind::Everything || kind == ExportKind::Unattended; }

QString exportFileName(ExportKind kind, const ExportRequest& request) {
    const QString chart = request.charts.empty() ? QStringLiteral("chart") : request.charts.front()->id();
    switch (kind) {
    case ExportKind::ChartPng:
        return chart + QStringLiteral(".png");
    case ExportKind::ChartSvg:
        return chart + QStringLiteral(".svg");
    case ExportKind::ChartPdf:
        return chart + QStringLiteral(".pdf");
    case ExportKind::ChartCsv:
        return chart + QStringLiteral(".csv");
    case ExportKind::Dashboard:
        return QStringLiteral("dashboard.png");
    case ExportKind::Report:
        return QStringLiteral("report.pdf");
    case ExportKind::Html:
        return QStringLiteral("report.html");
    case ExportKind::Everything:
    case ExportKind::Unattended:
        break;
    }
    return {};
}

/// Steps that need the window's thread, then files that do not.
struct Exporter::Job {
    ExportKind kind;
    ExportRequest request;
    QString folder;
    QString name; ///< of the file, for kinds that make one
    bool overwrite;
    std::size_t at = 0;
    std::vector<ExportFile> files;
    std::shared_ptr<ReportContent> report;
    /// Shared with the background: set, nothing more is written and what was is taken back.
    std::shared_ptr<std::atomic<bool>> cancelled = std::make_shared<std::atomic<bool>>(false);

    Job(ExportKind k, ExportRequest r, const QString& path, bool over) : kind(k), request(std::move(r)), overwrite(over) {
        if (fillsFolder(kind)) {
            folder = path;
        } else {
            folder = QFileInfo(path).absolutePath();
            name = QFileInfo(path).fileName();
        }
        if (kind == ExportKind::Report || kind == ExportKind::Html) report = std::make_shared<ReportContent>(reportContent(request));
    }

    [[nodiscard]] std::size_t steps() const {
        const bool one =
            kind == ExportKind::ChartPng || kind == ExportKind::ChartSvg || kind == ExportKind::ChartPdf || kind == ExportKind::ChartCsv;
        return (one ? std::min<std::size_t>(1, request.charts.size()) : request.charts.size()) + 1;
    }

    /// The next; true when it was the last.
    bool step() {
        if (at + 1 < steps()) chart(*request.charts[at]);
        else finish();
        return ++at == steps();
    }

    void chart(ChartCard& card) {
        card.refresh();
        const ChartCard::AtDesk desk(card);
        switch (kind) {
        case ExportKind::ChartPng:
            add(name, [image = chartImage(card, request.palette)] { return png(image); });
            break;
        case ExportKind::ChartSvg:
            add(name, [svg = chartSvg(card, request.palette, pictureSize(card))] { return svg; });
            break;
        case ExportKind::ChartPdf:
            add(name, [chart = reportChart(card, request.palette), palette = request.palette] { return chartPdf(chart, palette); });
            break;
        case ExportKind::ChartCsv:
            add(name, [table = card.table()] { return csvOf(table); });
            break;
        case ExportKind::Report:
        case ExportKind::Html:
            report->charts.push_back(reportChart(card, request.palette));
            break;
        case ExportKind::Everything:
        case ExportKind::Unattended:
            add(card.id() + QStringLiteral(".csv"), [table = card.table()] { return csvOf(table); });
            break;
        case ExportKind::Dashboard:
            break;
        }
    }

    void finish() {
        if (kind == ExportKind::Report) add(name, [content = report] { return reportPdf(*content); });
        if (kind == ExportKind::Html) add(name, [content = report] { return reportHtml(*content); });
        if (kind == ExportKind::Dashboard || kind == ExportKind::Unattended)
            add(kind == ExportKind::Dashboard ? name : QStringLiteral("dashboard.png"),
                [image = dashboardImage(request)] { return png(image); });
        if (!fillsFolder(kind)) return;
        const auto snapshot = request.snapshot;
        if (kind == ExportKind::Everything && snapshot && snapshot->batch)
            add(QStringLiteral("batches.csv"), [snapshot] { return csvOf(batchesTable(snapshot->batch->recent)); });
        add(QStringLiteral("ledger.json"), [ledger = snapshot ? snapshot->ledger : Ledger{}] { return ledgerJson(ledger); });
    }

    void add(const QString& file, std::function<QByteArray()> bytes) { files.push_back({file, std::move(bytes)}); }
};

Exporter::Exporter(QObject* parent) : QObject(parent) {
    m_pool.setMaxThreadCount(1);
    connect(&m_watcher, &QFutureWatcherBase::progressTextChanged, this,
            [this](const QString& text) { emit progress(50 + m_watcher.progressValue() / 2, text); });
    connect(&m_watcher, &QFutureWatcherBase::finished, this, [this] {
        if (!m_job) return;
        const auto future = m_watcher.future();
        end(future.resultAt(0));
    });
}

Exporter::~Exporter() {
    cancel();
    m_job.reset();
    m_pool.waitForDone();
}

void Exporter::start(ExportKind kind, ExportRequest request, const QString& path, bool overwrite) {
    if (m_job) return;
    m_job = std::make_unique<Job>(kind, std::move(request), path, overwrite);
    QTimer::singleShot(0, this, &Exporter::step);
}

void Exporter::step() {
    if (!m_job) return;
    if (*m_job->cancelled) {
        end({{}, {}, true});
        return;
    }
    const bool last = m_job->step();
    emit progress(static_cast<int>(50 * m_job->at / m_job->steps()), {});
    if (last) write();
    else QTimer::singleShot(0, this, &Exporter::step);
}

void Exporter::write() {
    const auto work = [files = m_job->files, folder = m_job->folder, overwrite = m_job->overwrite,
                       cancelled = m_job->cancelled](QPromise<ExportOutcome>& promise) {
        promise.setProgressRange(0, 100);
        ExportOutcome outcome = writeFiles(
            files, folder, overwrite, [&cancelled] { return cancelled->load(); },
            [&promise](int percent, const QString& what) { promise.setProgressValueAndText(percent, what); });
        promise.addResult(std::move(outcome));
    };
    m_watcher.setFuture(QtConcurrent::run(&m_pool, work));
}

void Exporter::cancel() {
    if (m_job) *m_job->cancelled = true;
}

void Exporter::end(const ExportOutcome& outcome) {
    m_job.reset();
    if (!outcome.error.isEmpty()) emit failed(outcome.error);
    else if (outcome.cancelled) emit cancelled();
    else emit finished(outcome.files);
}

ExportOutcome Exporter::run(ExportKind kind, ExportRequest request, const QString& path, bool overwrite) {
    Job job(kind, std::move(request), path, overwrite);
    while (!job.step()) {
    }
    return writeFiles(
        job.files, job.folder, overwrite, [] { return false; }, [](int, const QString&) {});
}

QString Exporter::exportTo(const ExportRequest& request, const QString& folder) {
    return run(ExportKind::Unattended, request, folder).error;
}

} // namespace sg
