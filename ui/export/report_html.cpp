#include "ui/export/report_document.h"

#include <QCoreApplication>
#include <QRegularExpression>

namespace sg {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("sg::Export", text); }

QString element(const char* name, const QString& text) {
    return QStringLiteral("<%1>%2</%1>\n").arg(QLatin1String(name), text.toHtmlEscaped());
}

QString tableHtml(const ReportTable& table) {
    if (table.rows.isEmpty()) return {};
    QString out = table.title.isEmpty() ? QString() : element("h3", table.title);
    const auto cell = [&table](const char* name, qsizetype column, const QString& text) {
        return QStringLiteral("<%1%2>%3</%1>")
            .arg(QLatin1String(name), table.right.value(column) ? QStringLiteral(" class=\"n\"") : QString(), text.toHtmlEscaped());
    };
    out += QStringLiteral("<table><thead><tr>");
    for (qsizetype column = 0; column < table.columns.size(); ++column) out += cell("th", column, table.columns[column]);
    out += QStringLiteral("</tr></thead><tbody>\n");
    for (const QStringList& row : table.rows) {
        out += QStringLiteral("<tr>");
        for (qsizetype column = 0; column < row.size(); ++column) out += cell("td", column, row[column]);
        out += QStringLiteral("</tr>\n");
    }
    out += QStringLiteral("</tbody></table>\n");
    if (!table.note.isEmpty()) out += QStringLiteral("<p class=\"dim\">%1</p>\n").arg(table.note.toHtmlEscaped());
    return out;
}

/// The picture alone, with names of its own: several stand in one page.
QString inlineSvg(const ReportChart& chart) {
    QString svg = QString::fromUtf8(chart.svg);
    svg = svg.mid(std::max<qsizetype>(0, svg.indexOf(QLatin1String("<svg"))));
    svg.replace(QRegularExpression(QStringLiteral("\\b(xml:)?id=\"([^\"]+)\"")), QStringLiteral("id=\"%1-\\2\"").arg(chart.id));
    svg.replace(QRegularExpression(QStringLiteral("url\\(#([^)]+)\\)")), QStringLiteral("url(#%1-\\1)").arg(chart.id));
    return svg;
}

QString style(const Palette& p, const QString& family) {
    QString css = QStringLiteral(
        "body{margin:0;background:@ground;color:@text;font:15px/1.5 '@font',system-ui,sans-serif}"
        "main{max-width:1040px;margin:0 auto;padding:40px 24px 80px}"
        "h1{font-size:34px;line-height:1.2;margin:0 0 8px}h2{font-size:22px;margin:48px 0 12px}h3{font-size:16px;margin:28px 0 8px}"
        ".dim,th{color:@dim}.books{border:1px solid @verdict;border-radius:10px;background:@surface;padding:14px 18px;margin:24px 0}"
        ".books "
        "b{font-variant-numeric:tabular-nums}.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px}"
        ".figures div{background:@surface;border:1px solid @line;border-radius:10px;padding:10px 14px}"
        ".figures strong{display:block;font-size:24px;font-variant-numeric:tabular-nums}.figures span{font-size:12px;color:@dim}"
        "figure{margin:24px 0}figure svg{width:100%;height:auto;display:block}figcaption{margin-top:8px}"
        "table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}"
        "th{font-weight:400;text-align:left;border-bottom:1px solid @line}td,th{padding:5px 10px;overflow-wrap:anywhere}"
        "tbody tr:nth-child(even){background:@surface}.n{text-align:right;white-space:nowrap}dl{display:grid;grid-template-columns:240px "
        "1fr;gap:4px}"
        "dt{color:@dim}dd{margin:0}pre{background:@surface;border:1px solid @line;border-radius:10px;padding:14px "
        "18px;overflow:auto;font-size:12px}");
    const std::pair<const char*, QColor> colours[] = {
        {"@ground", p.ground}, {"@surface", p.surface}, {"@line", p.line}, {"@text", p.text}, {"@dim", p.dim}};
    for (const auto& [name, colour] : colours) css.replace(QLatin1String(name), colour.name());
    QString plain = family;
    plain.remove(QRegularExpression(QStringLiteral("[^A-Za-z0-9 -]")));
    return css.replace(QLatin1String("@font"), plain);
}

} // namespace

QByteArray reportHtml(const ReportContent& content) {
    const Palette& p = content.palette;
    QString out = QStringLiteral("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                                 "<meta name=\"viewport\" content=\"width=device-width\">\n");
    out += element("title", QStringLiteral("Streamgauge: ") + content.title);
    out += QStringLiteral("<style>") +
           style(p, content.font.family()).replace(QLatin1String("@verdict"), (content.balanced ? p.good : p.bad).name()) +
           QStringLiteral("</style>\n</head>\n<body>\n<main>\n");
    out += element("h1", content.title);
    out += QStringLiteral("<p class=\"dim\">%1</p>\n").arg(content.range.toHtmlEscaped());
    out += QStringLiteral("<div class=\"books\"><b>%1 %2</b><br><span class=\"dim\">%3</span></div>\n")
               .arg(content.balanced ? QStringLiteral("\u2713") : QStringLiteral("\u2717"), content.ledger.toHtmlEscaped(),
                    content.verdict.toHtmlEscaped());
    if (!content.figures.isEmpty()) {
        out += QStringLiteral("<div class=\"figures\">\n");
        for (const ExportFigure& figure : content.figures)
            out += QStringLiteral("<div><span>%1</span><strong>%2</strong><span>%3</span></div>\n")
                       .arg(figure.caption.toHtmlEscaped(), figure.value.toHtmlEscaped(), figure.change.toHtmlEscaped());
        out += QStringLiteral("</div>\n");
    }
    out += QStringLiteral("<dl>\n");
    for (const auto& [name, value] : content.facts) out += element("dt", name) + element("dd", value);
    out += QStringLiteral("</dl>\n");
    if (!content.charts.empty()) out += element("h2", tr("Charts"));
    for (const ReportChart& chart : content.charts)
        out += QStringLiteral("<figure>\n") + inlineSvg(chart) + element("figcaption", chart.sentence) + QStringLiteral("</figure>\n");
    out += element("h2", tr("Tables"));
    out += tableHtml(content.books);
    for (const ReportTable& table : content.tables) out += tableHtml(table);
    if (!content.settings.trimmed().isEmpty()) out += element("h2", tr("Settings")) + element("pre", content.settings);
    out += QStringLiteral("</main>\n</body>\n</html>\n");
    return out.toUtf8();
}

} // namespace sg
