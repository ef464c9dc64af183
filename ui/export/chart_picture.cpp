#include "ui/export/chart_picture.h"

#include "ui/models/ledger_words.h"
#include "ui/style/figure_label.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QSvgGenerator>

#include <algorithm>
#include <cmath>

namespace sg {
namespace {

constexpr double kGap = 10, kPad = 16;

QString tr(const char* text) { return QCoreApplication::translate("sg::Export", text); }

QFont sized(const QFont& family, int px, QFont::Weight weight = QFont::Normal) {
    QFont font = family;
    font.setPixelSize(px);
    font.setWeight(weight);
    return font;
}

void drawCard(QPainter& painter, const QRectF& box, const Palette& palette) {
    painter.setPen(QPen(palette.line, 1));
    painter.setBrush(palette.surface);
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
}

QString fitted(const QFont& font, const QString& text, double width) {
    const QFontMetricsF metrics(font);
    return cellWidth(metrics, text) <= width ? text : metrics.elidedText(text, Qt::ElideRight, width);
}

} // namespace

QSize pictureSize(const ChartCard& chart) { return chart.size().expandedTo({320, 200}); }

QImage chartImage(const ChartCard& chart, const Palette& palette) {
    const QSize size = pictureSize(chart);
    QImage image(size * kImageScale, QImage::Format_RGB32);
    image.setDevicePixelRatio(kImageScale);
    image.fill(palette.ground);
    QPainter painter(&image);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    chart.draw(painter, QRectF({0, 0}, QSizeF(size)), palette);
    return image;
}

QByteArray chartSvg(const ChartCard& chart, const Palette& palette, QSizeF size) {
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setSize(size.toSize());
    generator.setViewBox(QRectF({0, 0}, size));
    generator.setResolution(96);
    generator.setTitle(chart.title());
    generator.setDescription(chart.sentence());
    QPainter painter(&generator);
    painter.fillRect(QRectF({0, 0}, size), palette.ground);
    chart.draw(painter, QRectF({0, 0}, size), palette);
    painter.end();
    return buffer.data();
}

QPicture chartPicture(const ChartCard& chart, const Palette& palette, QSizeF size) {
    QPicture picture;
    QPainter painter(&picture);
    painter.setRenderHint(QPainter::Antialiasing);
    chart.draw(painter, QRectF({0, 0}, size), palette);
    painter.end();
    return picture;
}

QImage dashboardImage(const ExportRequest& request) {
    const Palette& palette = request.palette;
    const int width = 1600;
    const double inner = width - 2 * kPad;
    // Two charts above, three below, and so on: the rows of the screen.
    const double upper = 320, lower = 300, heads = 54, ledger = 38, figures = request.figures.isEmpty() ? 0 : 92;
    const std::size_t count = request.charts.size();
    const std::size_t rows = count == 0 ? 0 : count <= 2 ? 1 : 1 + (count - 2 + 2) / 3;
    double height = kPad + heads + ledger + kGap + kPad;
    if (figures > 0) height += figures + kGap;
    for (std::size_t row = 0; row < rows; ++row) height += (row == 0 ? upper : lower) + (row > 0 ? kGap : 0);

    QImage image(QSize(width, static_cast<int>(std::ceil(height))) * kImageScale, QImage::Format_RGB32);
    image.setDevicePixelRatio(kImageScale);
    image.fill(palette.ground);
    QPainter painter(&image);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    double y = kPad;
    painter.setPen(palette.text);
    const QFont brand = sized(request.font, 22, QFont::Bold), body = sized(request.font, 14),
                strong = sized(request.font, 14, QFont::DemiBold);
    painter.setFont(brand);
    const QString name = request.title.isEmpty() ? QStringLiteral("Streamgauge") : QStringLiteral("Streamgauge  ") + request.title;
    painter.drawText(QPointF(kPad, y + 28), fitted(brand, name, inner * 0.55));
    painter.setFont(body);
    painter.setPen(palette.dim);
    const QString range = fitted(body, rangeText(request.fromMs, request.toMs), inner * 0.44);
    painter.drawText(QPointF(width - kPad - QFontMetricsF(body).horizontalAdvance(range), y + 27), range);
    y += heads;

    drawCard(painter, {kPad, y, inner, ledger}, palette);
    const bool balanced = !request.snapshot || request.snapshot->ledger.balanced();
    const QString line = request.snapshot ? ledgerSentence(request.snapshot->ledger, request.snapshot->ledger.notRequested == 0)
                                          : tr("The books begin with the first line.");
    const double middle = y + ledger / 2;
    painter.setPen(QPen(balanced ? palette.good : palette.bad, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const double x = kPad + 16;
    if (balanced) painter.drawPolyline(QPolygonF({QPointF(x, middle), QPointF(x + 4, middle + 4), QPointF(x + 11, middle - 5)}));
    else {
        painter.drawLine(QPointF(x, middle - 5), QPointF(x + 10, middle + 5));
        painter.drawLine(QPointF(x + 10, middle - 5), QPointF(x, middle + 5));
    }
    painter.setFont(strong);
    painter.setPen(palette.text);
    const QString shown = fitted(strong, line, inner * 0.68);
    drawCells(painter, x + 24, middle + 5, shown);
    if (request.snapshot) {
        painter.setFont(body);
        painter.setPen(balanced ? palette.dim : palette.bad);
        const double from = x + 24 + cellWidth(QFontMetricsF(strong), shown) + 28;
        painter.drawText(QPointF(from, middle + 5), fitted(body, ledgerVerdict(request.snapshot->ledger), width - kPad - 14 - from));
    }
    y += ledger + kGap;

    if (figures > 0) {
        const auto n = static_cast<double>(request.figures.size());
        const double wide = (inner - kGap * (n - 1)) / n;
        double left = kPad;
        const QFont caption = sized(request.font, 12), figure = sized(request.font, 26, QFont::DemiBold);
        for (const ExportFigure& f : request.figures) {
            drawCard(painter, {left, y, wide, figures}, palette);
            painter.setFont(caption);
            painter.setPen(palette.dim);
            painter.drawText(QPointF(left + 14, y + 23), fitted(caption, f.caption, wide - 28));
            drawCells(painter, left + 14, y + 78, fitted(caption, f.change, wide - 28));
            painter.setFont(figure);
            painter.setPen(palette.text);
            drawCells(painter, left + 14, y + 56, fitted(figure, f.value, wide - 28));
            left += wide + kGap;
        }
        y += figures + kGap;
    }

    std::size_t at = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        const std::size_t here = std::min<std::size_t>(row == 0 ? 2 : 3, count - at);
        const double tall = row == 0 ? upper : lower;
        // The first chart is the wide one, as on the screen.
        double left = kPad;
        for (std::size_t i = 0; i < here; ++i, ++at) {
            const double share = here == 1 ? 1.0 : here == 2 && row == 0 ? (i == 0 ? 0.68 : 0.32) : 1.0 / static_cast<double>(here);
            const double wide = (inner - kGap * static_cast<double>(here - 1)) * share;
            const QRectF box(left, y, wide, tall);
            const ChartCard::AtDesk desk(*request.charts[at]);
            request.charts[at]->draw(painter, box, palette);
            left += wide + kGap;
        }
        y += tall + kGap;
    }
    return image;
}

} // namespace sg
