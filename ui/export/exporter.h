#pragma once
/// Takes what is on the screen out to files: charts, the dashboard, a report, everything.
///
/// Charts are drawn in the window's thread, one a turn of its loop; encoding and writing run in the background, with progress, and can be
/// cancelled. Files appear whole or not at all, and an existing one is never replaced unasked: the new one gets `-2`, `-3`, ...
/// *Thread:* the window's. *Owns:* one export at a time. *Errors:* `failed`, a sentence.
#include "ui/export/export_request.h"

#include <QFutureWatcher>
#include <QObject>
#include <QStringList>
#include <QThreadPool>

#include <functional>
#include <memory>

namespace sg {

enum class ExportKind {
    ChartPng, ///< of the request's first chart, at 2x
    ChartSvg,
    ChartPdf,
    ChartCsv,
    Dashboard, ///< one PNG
    Report,    ///< PDF
    Html,
    Everything, ///< a folder: `<chart>.csv`, `batches.csv`, `ledger.json`
    Unattended, ///< a folder: `dashboard.png`, `<chart>.csv`, `ledger.json`
};

/// File name that suits, without a folder; empty for the kinds that fill one.
[[nodiscard]] QString exportFileName(ExportKind kind, const ExportRequest& request);
[[nodiscard]] bool fillsFolder(ExportKind kind);

struct ExportOutcome {
    QStringList files;
    QString error; ///< a sentence; empty = all are there, unless it was cancelled
    bool cancelled = false;
};

class Exporter : public QObject {
    Q_OBJECT

public:
    explicit Exporter(QObject* parent = nullptr);
    /// Cancels, and waits for the end of what is being encoded.
    ~Exporter() override;

    [[nodiscard]] bool isRunning() const { return m_job != nullptr; }
    /// To a file, or for `fillsFolder` into a folder (made when it is missing). `overwrite` = the person has said so.
    /// The request's charts must live until the first `progress` of 50 or an end. Does nothing while another one runs.
    void start(ExportKind kind, ExportRequest request, const QString& path, bool overwrite = false);
    /// What was written is taken back.
    void cancel();

    /// Now and in this thread: for the unattended end of a demonstration.
    [[nodiscard]] static ExportOutcome run(ExportKind kind, ExportRequest request, const QString& path, bool overwrite = false);
    /// `dashboard.png`, `<chart>.csv` and `ledger.json`; what went wrong, empty = nothing.
    [[nodiscard]] static QString exportTo(const ExportRequest& request, const QString& folder);

signals:
    void progress(int percent, const QString& what);
    void finished(const QStringList& files);
    void failed(const QString& sentence);
    void cancelled();

private:
    struct Job;
    void step();
    void write();
    void end(const ExportOutcome& outcome);

    std::unique_ptr<Job> m_job;
    QThreadPool m_pool;
    QFutureWatcher<ExportOutcome> m_watcher;
};

} // namespace sg
