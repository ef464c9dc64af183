#include "ui/export/csv.h"

#include <QDateTime>
#include <QLocale>

#include <cmath>

namespace sg {
namespace {

void appendCell(QByteArray& out, const QString& text) {
    const QByteArray bytes = text.toUtf8();
    if (bytes.contains('"') || bytes.contains(',') || bytes.contains('\n') || bytes.contains('\r')) {
        out += '"' + QByteArray(bytes).replace('"', "\"\"") + '"';
    } else {
        out += bytes;
    }
}

QDateTime utc(Timestamp time) { return QDateTime::fromMSecsSinceEpoch(time.ns / 1'000'000, Qt::UTC); }

} // namespace

QString csvValue(const QVariant& value) {
    if (!value.isValid() || value.isNull()) return {};
    switch (value.typeId()) {
    case QMetaType::QDateTime: {
        const QDateTime time = value.toDateTime().toUTC();
        return time.toString(time.time().msec() == 0 ? Qt::ISODate : Qt::ISODateWithMs);
    }
    case QMetaType::Double:
    case QMetaType::Float: {
        const double number = value.toDouble();
        return std::isfinite(number) ? QString::number(number, 'g', QLocale::FloatingPointShortest) : QString();
    }
    default:
        return value.toString();
    }
}

QByteArray csvOf(const ChartTable& table) {
    QByteArray out;
    for (qsizetype column = 0; column < table.columns.size(); ++column) {
        if (column > 0) out += ',';
        appendCell(out, table.columns[column]);
    }
    out += "\r\n";
    for (const QVector<QVariant>& row : table.rows) {
        for (qsizetype column = 0; column < row.size(); ++column) {
            if (column > 0) out += ',';
            appendCell(out, csvValue(row[column]));
        }
        out += "\r\n";
    }
    return out;
}

ChartTable batchesTable(const std::vector<BatchProgress>& batches) {
    ChartTable table;
    const char* const columns[] = {"batch",
                                   "planned",
                                   "chunks",
                                   "lines",
                                   "bytes",
                                   "parsed",
                                   "dead",
                                   "late",
                                   "input rate (lines/s)",
                                   "process rate (lines/s)",
                                   "scheduling delay (ms)",
                                   "processing time (ms)",
                                   "total delay (ms)"};
    for (const char* column : columns) table.columns.append(QString::fromLatin1(column));
    for (const BatchProgress& batch : batches) {
        table.rows.append({static_cast<qulonglong>(batch.id.value), utc(batch.planned), static_cast<qulonglong>(batch.chunks),
                           static_cast<qulonglong>(batch.lines), static_cast<qulonglong>(batch.bytes),
                           static_cast<qulonglong>(batch.parsed), static_cast<qulonglong>(batch.dead), static_cast<qulonglong>(batch.late),
                           batch.inputRowsPerSecond, batch.processedRowsPerSecond, batch.schedulingDelayMs, batch.triggerMs,
                           batch.totalDelayMs});
    }
    return table;
}

} // namespace sg
