#pragma once
/// The report on paper and as a page: title, books, settings, charts with their sentences, tables.
///
/// *Thread:* `reportContent` in the window's (it draws the charts); the writers in any.
#include "ui/export/export_request.h"

#include <QPicture>
#include <QSizeF>

namespace sg {

struct ReportTable {
    QString title;
    QStringList columns;
    QVector<bool> right; ///< numbers
    QVector<QStringList> rows;
    QString note; ///< below; empty = none
};

struct ReportChart {
    QString id, title, sentence;
    QPicture picture;
    QSizeF size;
    QByteArray svg;
};

struct ReportContent {
    QString title, range;
    QVector<std::pair<QString, QString>> facts;
    QVector<ExportFigure> figures;
    QString ledger, verdict;
    bool balanced = true;
    ReportTable books;
    QString settings;
    std::vector<ReportChart> charts;
    QVector<ReportTable> tables;
    Palette palette;
    QFont font;
};

/// All but the charts.
[[nodiscard]] ReportContent reportContent(const ExportRequest& request);
/// A chart as the report takes it in.
[[nodiscard]] ReportChart reportChart(const ChartCard& chart, const Palette& palette);
/// A4.
[[nodiscard]] QByteArray reportPdf(const ReportContent& content);
/// One file without anything from elsewhere.
[[nodiscard]] QByteArray reportHtml(const ReportContent& content);
/// A page of the picture's own size.
[[nodiscard]] QByteArray chartPdf(const ReportChart& chart, const Palette& palette);

} // namespace sg
