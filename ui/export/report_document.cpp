#include "ui/export/report_document.h"

#include "ui/export/chart_picture.h"
#include "ui/models/ledger_words.h"
#include "ui/style/number_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

namespace sg {
namespace {

constexpr std::size_t kReportUrls = 25;
constexpr std::size_t kReportBatches = 30;

QString tr(const char* text) { return QCoreApplication::translate("sg::Export", text); }

QString secondsText(double ms) { return QLocale().toString(ms / 1000, 'f', 2) + QStringLiteral(" s"); }

ReportTable booksTable(const Ledger& ledger) {
    ReportTable table;
    table.title = tr("The books");
    table.columns = {tr("Counted"), tr("Lines")};
    table.right = {false, true};
    for (const LedgerTerm& row : ledgerRows(ledger)) table.rows.append({row.name, countText(row.count)});
    return table;
}

ReportTable urlTable(const TopList& urls) {
    ReportTable table;
    table.title = tr("Top URLs");
    table.columns = {tr("URL"), tr("Requests"), tr("Errors"), tr("Traffic")};
    table.right = {false, true, true, true};
    for (std::size_t i = 0; i < std::min(kReportUrls, urls.entries.size()); ++i) {
        const TopEntry& entry = urls.entries[i];
        table.rows.append({rawText(entry.key), (entry.maxError > 0 ? QStringLiteral("\u2264 ") : QString()) + countText(entry.count),
                           countText(entry.errors), bytesText(static_cast<double>(entry.bytes))});
    }
    if (!urls.exact) table.note = tr("\u2264: at most so many; there were more URLs than are counted one by one.");
    return table;
}

ReportTable statusTable(const WindowSums& sums) {
    ReportTable table;
    table.title = tr("Status codes");
    table.columns = {tr("Status"), tr("Requests"), tr("Share")};
    table.right = {false, true, true};
    for (const auto& [code, count] : sums.byStatus)
        table.rows.append({code < 0 ? tr("none") : QString::number(code), countText(count),
                           sums.lines > 0 ? shareText(static_cast<double>(count) / static_cast<double>(sums.lines)) : QStringLiteral("-")});
    return table;
}

ReportTable batchTable(const std::vector<BatchProgress>& recent) {
    ReportTable table;
    table.title = tr("Micro-batches");
    table.columns = {tr("Batch"), tr("Planned"),    tr("Chunks"),     tr("Lines"),      tr("Dead"),
                     tr("Late"),  tr("Scheduling"), tr("Processing"), tr("Total delay")};
    table.right = QVector<bool>(table.columns.size(), true);
    for (auto at = recent.rbegin(); at != recent.rend() && table.rows.size() < static_cast<qsizetype>(kReportBatches); ++at)
        table.rows.append({QString::number(at->id.value),
                           QDateTime::fromMSecsSinceEpoch(at->planned.ns / 1'000'000).toString(QStringLiteral("HH:mm:ss.zzz")),
                           countText(at->chunks), countText(at->lines), countText(at->dead), countText(at->late),
                           secondsText(at->schedulingDelayMs), secondsText(at->triggerMs), secondsText(at->totalDelayMs)});
    if (recent.size() > kReportBatches) table.note = tr("The newest %1 batches.").arg(countText(kReportBatches));
    return table;
}

} // namespace

ReportContent reportContent(const ExportRequest& request) {
    ReportContent content;
    content.title = request.title.isEmpty() ? tr("Web traffic") : request.title;
    content.range = rangeText(request.fromMs, request.toMs);
    content.figures = request.figures;
    content.settings = request.settings;
    content.palette = request.palette;
    content.font = request.font;
    content.facts.append({tr("Written"), QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss 'UTC'"))});
    const QString version = QCoreApplication::applicationVersion();
    if (!version.isEmpty()) content.facts.append({tr("By"), QStringLiteral("Streamgauge ") + version});
    if (!request.snapshot) {
        content.ledger = tr("The books begin with the first line.");
        return content;
    }
    const Snapshot& snapshot = *request.snapshot;
    content.ledger = ledgerSentence(snapshot.ledger, snapshot.ledger.notRequested == 0);
    content.verdict = ledgerVerdict(snapshot.ledger);
    content.balanced = snapshot.ledger.balanced();
    content.books = booksTable(snapshot.ledger);
    if (!snapshot.stream.empty()) content.facts.append({tr("Stream"), QString::fromStdString(snapshot.stream)});
    if (snapshot.output && !snapshot.output->product.empty())
        content.facts.append({tr("Delivered to"), QString::fromStdString(snapshot.output->product)});
    if (snapshot.window) {
        const WindowSums& sums = snapshot.window->now;
        content.facts.append({tr("Requests in the time range"), countText(sums.lines)});
        content.facts.append(
            {tr("Visitors"), countText(static_cast<std::uint64_t>(sums.visitors + 0.5)) +
                                 (sums.visitorsError > 0 ? tr(" (\u00b1 %1)").arg(shareText(sums.visitorsError)) : QString())});
        content.facts.append({tr("Traffic"), bytesText(static_cast<double>(sums.bytes))});
        content.tables.append(urlTable(snapshot.window->urls));
        content.tables.append(statusTable(sums));
    } else if (snapshot.batch) {
        content.tables.append(urlTable(snapshot.batch->urls));
    }
    if (snapshot.batch) {
        content.facts.append({tr("Micro-batches"), countText(snapshot.batch->batches)});
        content.tables.append(batchTable(snapshot.batch->recent));
    }
    return content;
}

ReportChart reportChart(const ChartCard& chart, const Palette& palette) {
    ReportChart out;
    out.id = chart.id();
    out.title = chart.title();
    out.sentence = chart.sentence();
    out.size = pictureSize(chart);
    // One shape for all, so that the pages are even.
    out.size.setHeight(out.size.width() * 0.5);
    out.picture = chartPicture(chart, palette, out.size);
    out.svg = chartSvg(chart, palette, out.size);
    return out;
}

} // namespace sg
