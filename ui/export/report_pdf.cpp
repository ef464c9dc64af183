#include "ui/export/report_document.h"
#include "ui/style/figure_label.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFontDatabase>
#include <QFontMetricsF>
#include <QPainter>
#include <QPdfWriter>

#include <algorithm>

namespace sg {
namespace {

constexpr double kWidth = 794, kHeight = 1123; ///< A4 at 96 dpi
constexpr double kMargin = 60, kBottom = 70;
constexpr int kResolution = 600;

QString tr(const char* text) { return QCoreApplication::translate("sg::Export", text); }

/// Writes down the page, and on to the next one when it is full.
class Pages {
public:
    Pages(QPdfWriter& writer, const ReportContent& content) : m_writer(writer), m_content(content), m_painter(&writer) {
        m_painter.scale(kResolution / 96.0, kResolution / 96.0);
        m_painter.setRenderHint(QPainter::Antialiasing);
        ground();
    }

    [[nodiscard]] const Palette& palette() const { return m_content.palette; }
    [[nodiscard]] QFont font(int px, QFont::Weight weight = QFont::Normal) const {
        QFont font = m_content.font;
        font.setPixelSize(px);
        font.setWeight(weight);
        return font;
    }
    [[nodiscard]] double width() const { return kWidth - 2 * kMargin; }
    QPainter& painter() { return m_painter; }
    double y = kMargin;

    void newPage() {
        footer();
        m_writer.newPage();
        ++m_page;
        y = kMargin;
        ground();
    }
    void need(double height) {
        if (y + height > kHeight - kBottom && y > kMargin) newPage();
    }
    void finish() {
        footer();
        m_painter.end();
    }
    void heading(const QString& text) {
        need(80);
        m_painter.setFont(font(19, QFont::Bold));
        m_painter.setPen(palette().text);
        y += 22;
        m_painter.drawText(QPointF(kMargin, y), text);
        y += 18;
    }
    /// A paragraph, broken into lines.
    void text(const QString& words, const QFont& font, const QColor& colour) {
        const QFontMetricsF metrics(font);
        const QRectF box = metrics.boundingRect(QRectF(0, 0, width(), 10000), Qt::TextWordWrap, words);
        need(box.height() + 6);
        m_painter.setFont(font);
        m_painter.setPen(colour);
        m_painter.drawText(QRectF(kMargin, y, width(), box.height() + 4), Qt::TextWordWrap, words);
        y += box.height() + 6;
    }
    void table(const ReportTable& table) {
        if (table.rows.isEmpty()) return;
        const QFont body = font(11), head = font(11);
        const QFontMetricsF metrics(body);
        constexpr double kRow = 19, kCell = 8;
        QVector<double> widths;
        double sum = 0;
        for (qsizetype column = 0; column < table.columns.size(); ++column) {
            double widest = metrics.horizontalAdvance(table.columns[column]);
            for (const QStringList& row : table.rows) widest = std::max(widest, cellWidth(metrics, row[column]));
            widths.append(widest + 2 * kCell);
            sum += widths.back();
        }
        // Room that is left goes to the first column, room that is missing is taken from it.
        if (table.columns.size() <= 4) widths[0] = std::max(60.0, widths[0] + std::min(width() - sum, table.right.value(0) ? 0.0 : 260.0));
        else
            for (double& wide : widths) wide *= width() / sum;
        const auto line = [&](const QStringList& cells, const QFont& font, const QColor& colour) {
            m_painter.setFont(font);
            m_painter.setPen(colour);
            double x = kMargin;
            for (qsizetype column = 0; column < cells.size(); ++column) {
                const QString shown = cellWidth(metrics, cells[column]) > widths[column] - 2 * kCell + 0.5
                                          ? metrics.elidedText(cells[column], Qt::ElideMiddle, widths[column] - 2 * kCell)
                                          : cells[column];
                const double left = table.right.value(column) ? x + widths[column] - kCell - cellWidth(metrics, shown) : x + kCell;
                drawCells(m_painter, left, y + 13.5, shown);
                x += widths[column];
            }
            y += kRow;
        };
        const double whole = std::min(width(), [&] {
            double total = 0;
            for (const double wide : std::as_const(widths)) total += wide;
            return total;
        }());
        const auto header = [&] {
            line(table.columns, head, palette().dim);
            m_painter.setPen(QPen(palette().line, 1));
            m_painter.drawLine(QPointF(kMargin, y), QPointF(kMargin + whole, y));
            y += 2;
        };
        if (!table.title.isEmpty()) {
            need(kRow * 4 + 30);
            m_painter.setFont(font(14, QFont::DemiBold));
            m_painter.setPen(palette().text);
            y += 16;
            m_painter.drawText(QPointF(kMargin, y), table.title);
            y += 9;
        }
        header();
        for (qsizetype i = 0; i < table.rows.size(); ++i) {
            if (y + kRow > kHeight - kBottom) {
                newPage();
                header();
            }
            if (i % 2 == 1) m_painter.fillRect(QRectF(kMargin, y, whole, kRow), palette().dark ? palette().surface : palette().ground);
            line(table.rows[i], body, palette().text);
        }
        y += 6;
        if (!table.note.isEmpty()) text(table.note, font(10), palette().dim);
        y += 12;
    }

private:
    void ground() { m_painter.fillRect(QRectF(0, 0, kWidth, kHeight), palette().dark ? palette().ground : palette().surface); }
    void footer() {
        m_painter.setFont(font(10));
        m_painter.setPen(palette().dim);
        const double at = kHeight - 36;
        m_painter.drawText(QPointF(kMargin, at), QStringLiteral("Streamgauge \u00b7 ") + m_content.title);
        const QString page = tr("Page %1").arg(m_page);
        m_painter.drawText(QPointF(kWidth - kMargin - QFontMetricsF(m_painter.font()).horizontalAdvance(page), at), page);
    }

    QPdfWriter& m_writer;
    const ReportContent& m_content;
    QPainter m_painter;
    int m_page = 1;
};

void titlePage(Pages& pages, const ReportContent& content) {
    const Palette& palette = pages.palette();
    QPainter& painter = pages.painter();
    pages.y = 120;
    painter.fillRect(QRectF(kMargin, pages.y - 24, 44, 5), palette.accent);
    pages.text(tr("Streamgauge report"), pages.font(13, QFont::DemiBold), palette.dim);
    pages.y += 4;
    pages.text(content.title, pages.font(34, QFont::Bold), palette.text);
    pages.text(content.range, pages.font(14), palette.text);
    pages.y += 26;

    painter.setPen(QPen(content.balanced ? palette.good : palette.bad, 1.5));
    painter.setBrush(palette.dark ? palette.surface : palette.raised);
    painter.drawRoundedRect(QRectF(kMargin, pages.y, pages.width(), 66), 8, 8);
    const double middle = pages.y + 24, x = kMargin + 18;
    painter.setPen(QPen(content.balanced ? palette.good : palette.bad, 2.2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    if (content.balanced)
        painter.drawPolyline(QPolygonF({QPointF(x, middle), QPointF(x + 4.5, middle + 4.5), QPointF(x + 12, middle - 5)}));
    else {
        painter.drawLine(QPointF(x, middle - 6), QPointF(x + 11, middle + 6));
        painter.drawLine(QPointF(x + 11, middle - 6), QPointF(x, middle + 6));
    }
    QFont strong = pages.font(13, QFont::DemiBold);
    const double room = pages.width() - 64;
    while (strong.pixelSize() > 8 && cellWidth(QFontMetricsF(strong), content.ledger) > room) strong.setPixelSize(strong.pixelSize() - 1);
    painter.setFont(strong);
    painter.setPen(palette.text);
    drawCells(painter, x + 26, middle + 5, content.ledger);
    painter.setFont(pages.font(12));
    painter.setPen(content.balanced ? palette.dim : palette.bad);
    painter.drawText(QPointF(x + 26, middle + 27), QFontMetricsF(painter.font()).elidedText(content.verdict, Qt::ElideRight, room));
    pages.y += 66 + 20;

    if (!content.figures.isEmpty()) {
        constexpr int kAcross = 3;
        constexpr double kGap = 10, kTall = 76;
        const double wide = (pages.width() - kGap * (kAcross - 1)) / kAcross;
        for (qsizetype i = 0; i < content.figures.size(); ++i) {
            const double left = kMargin + static_cast<double>(i % kAcross) * (wide + kGap);
            painter.setPen(QPen(palette.line, 1));
            painter.setBrush(palette.dark ? palette.surface : palette.raised);
            painter.drawRoundedRect(QRectF(left, pages.y, wide, kTall), 8, 8);
            painter.setFont(pages.font(11));
            painter.setPen(palette.dim);
            const QFontMetricsF caption(painter.font());
            painter.drawText(QPointF(left + 14, pages.y + 21), caption.elidedText(content.figures[i].caption, Qt::ElideRight, wide - 28));
            painter.drawText(QPointF(left + 14, pages.y + 64), caption.elidedText(content.figures[i].change, Qt::ElideRight, wide - 28));
            painter.setFont(pages.font(22, QFont::DemiBold));
            painter.setPen(palette.text);
            drawCells(painter, left + 14, pages.y + 47, content.figures[i].value);
            if (i % kAcross == kAcross - 1 || i + 1 == content.figures.size()) pages.y += kTall + kGap;
        }
        pages.y += 14;
    }
    for (const auto& [name, value] : content.facts) {
        painter.setFont(pages.font(12));
        painter.setPen(palette.dim);
        painter.drawText(QPointF(kMargin, pages.y + 14), name);
        painter.setPen(palette.text);
        painter.drawText(QPointF(kMargin + 210, pages.y + 14),
                         QFontMetricsF(painter.font()).elidedText(value, Qt::ElideMiddle, pages.width() - 210));
        pages.y += 21;
    }
    pages.y += 18;
    pages.table(content.books);
}

void settingsPages(Pages& pages, const QString& settings) {
    if (settings.trimmed().isEmpty()) return;
    pages.newPage();
    pages.heading(tr("Settings"));
    pages.text(tr("The profile in force; saved as a file it repeats this run."), pages.font(12), pages.palette().dim);
    pages.y += 6;
    QFont mono = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    mono.setPixelSize(10);
    const QFontMetricsF metrics(mono);
    constexpr double kLine = 13.2;
    for (const QString& line : settings.trimmed().split(QLatin1Char('\n'))) {
        pages.need(kLine);
        pages.painter().setFont(mono);
        pages.painter().setPen(line.startsWith(QLatin1Char('[')) ? pages.palette().accent : pages.palette().text);
        pages.painter().drawText(QPointF(kMargin, pages.y + 10), metrics.elidedText(line, Qt::ElideRight, pages.width()));
        pages.y += kLine;
    }
}

void chartPages(Pages& pages, const ReportContent& content) {
    if (content.charts.empty()) return;
    pages.newPage();
    pages.heading(tr("Charts"));
    for (const ReportChart& chart : content.charts) {
        const double scale = pages.width() / chart.size.width();
        const double tall = chart.size.height() * scale;
        pages.need(tall + 56);
        QPainter& painter = pages.painter();
        painter.save();
        painter.translate(kMargin, pages.y);
        painter.scale(scale, scale);
        painter.drawPicture(0, 0, chart.picture);
        painter.restore();
        pages.y += tall + 8;
        pages.text(chart.sentence, pages.font(12), pages.palette().text);
        pages.y += 20;
    }
}

} // namespace

QByteArray reportPdf(const ReportContent& content) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setResolution(kResolution);
        writer.setPageSize(QPageSize(QPageSize::A4));
        writer.setPageMargins(QMarginsF(0, 0, 0, 0));
        writer.setTitle(QStringLiteral("Streamgauge: ") + content.title);
        writer.setCreator(QStringLiteral("Streamgauge"));
        Pages pages(writer, content);
        titlePage(pages, content);
        settingsPages(pages, content.settings);
        chartPages(pages, content);
        if (!content.tables.isEmpty()) {
            pages.newPage();
            pages.heading(tr("Tables"));
            for (const ReportTable& table : content.tables) pages.table(table);
        }
        pages.finish();
    }
    return buffer.data();
}

QByteArray chartPdf(const ReportChart& chart, const Palette& palette) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    {
        QPdfWriter writer(&buffer);
        writer.setResolution(kResolution);
        writer.setPageSize(QPageSize(chart.size * 72 / 96, QPageSize::Point, chart.title, QPageSize::ExactMatch));
        writer.setPageMargins(QMarginsF(0, 0, 0, 0));
        writer.setTitle(chart.title);
        QPainter painter(&writer);
        painter.scale(kResolution / 96.0, kResolution / 96.0);
        painter.fillRect(QRectF({0, 0}, chart.size), palette.ground);
        painter.drawPicture(0, 0, chart.picture);
    }
    return buffer.data();
}

} // namespace sg
