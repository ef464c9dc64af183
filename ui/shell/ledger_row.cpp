#include "ui/shell/ledger_row.h"

#include "ui/models/ledger_words.h"
#include "ui/style/figure_label.h"
#include "ui/style/number_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QPainter>

#include <algorithm>

namespace sg {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("sg::LedgerRow", text); }

} // namespace

LedgerText ledgerText(const Ledger& ledger, bool outputOn) {
    LedgerText out;
    const auto differences = ledger.differences();
    out.balanced = differences.empty();
    const auto add = [&out](const QString& text, bool strong) { out.pieces.append({text, strong}); };
    add(countText(ledger.logLines()), true);
    add(tr("lines"), false);
    QString sign = QStringLiteral("=");
    for (const LedgerTerm& term : ledgerTerms(ledger, outputOn)) {
        add(sign, false);
        add(countText(term.count), true);
        add(term.name, false);
        sign = QStringLiteral("+");
    }
    out.verdict = ledgerVerdict(ledger);
    out.detail = QStringLiteral("<table>");
    for (const LedgerTerm& row : ledgerRows(ledger))
        out.detail +=
            QStringLiteral("<tr><td>%1</td><td align=right>&nbsp;&nbsp;%2</td></tr>").arg(row.name.toHtmlEscaped(), countText(row.count));
    out.detail += QStringLiteral("</table>");
    for (const std::string& difference : differences)
        out.detail += QString::fromStdString(difference).toHtmlEscaped() + QStringLiteral("<br>");
    return out;
}

LedgerRow::LedgerRow(Feed& feed, Appearance& appearance, QWidget* parent) : QFrame(parent), m_feed(feed), m_appearance(appearance) {
    setProperty("role", "card");
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(tr("Ledger"));
    connect(&feed, &Feed::frame, this, &LedgerRow::refresh);
    connect(&appearance, &Appearance::changed, this, [this] {
        updateGeometry();
        update();
    });
    refresh();
}

QSize LedgerRow::sizeHint() const { return {200, m_appearance.scaled(34)}; }
QSize LedgerRow::minimumSizeHint() const { return {100, m_appearance.scaled(34)}; }

void LedgerRow::refresh() {
    if (!m_feed.shown()) return;
    const Tuning& tuning = m_feed.session().tuning();
    LedgerText next = ledgerText(m_feed.shown()->ledger, tuning.output.on && !tuning.output.url.empty());
    m_framesWrong = next.balanced ? 0 : m_framesWrong + 1;
    if (!next.balanced && m_framesWrong < kPatienceFrames && m_feed.session().state() == Session::State::Running && m_text.balanced) {
        next.balanced = true;
        next.verdict = m_text.verdict;
    }
    if (m_since == 0) m_since = m_feed.nowMs();
    if (next.balanced && !next.verdict.isEmpty()) next.verdict += tr(", since %1").arg(clockText(m_since, true));
    m_text = std::move(next);
    if (underMouse()) setToolTip(m_text.detail);
    QString spoken;
    for (const auto& piece : std::as_const(m_text.pieces)) spoken += piece.text + QLatin1Char(' ');
    setAccessibleDescription(spoken + m_text.verdict);
    update();
}

void LedgerRow::paintEvent(QPaintEvent* event) {
    QFrame::paintEvent(event);
    const Palette& palette = m_appearance.palette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const double pad = m_appearance.scaled(14);
    double x = pad + 2;
    const double middle = height() / 2.0;
    const double size = m_appearance.scaled(9);
    if (m_text.pieces.isEmpty()) {
        painter.setFont(m_appearance.font(Appearance::Text::Body));
        painter.setPen(palette.dim);
        painter.drawText(QRectF(rect()).adjusted(pad, 0, -pad, 0), Qt::AlignVCenter | Qt::AlignLeft,
                         tr("The books begin with the first line."));
        return;
    }
    painter.setPen(
        QPen(m_text.balanced ? palette.good : palette.bad, std::max(1.6, size / 5.5), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    if (m_text.balanced) {
        painter.drawPolyline(
            QPolygonF({QPointF(x, middle), QPointF(x + size * 0.36, middle + size * 0.36), QPointF(x + size, middle - size * 0.42)}));
    } else {
        painter.drawLine(QPointF(x, middle - size / 2), QPointF(x + size, middle + size / 2));
        painter.drawLine(QPointF(x + size, middle - size / 2), QPointF(x, middle + size / 2));
    }
    x += size + m_appearance.scaled(10);
    QFont strong = m_appearance.font(Appearance::Text::Strong), body = m_appearance.font(Appearance::Text::Body);
    const double right = width() - pad;
    const auto spaceOf = [](const QFont& font) { return QFontMetricsF(font).horizontalAdvance(QLatin1Char(' ')) * 1.6; };
    double equation = 0;
    for (const auto& piece : std::as_const(m_text.pieces))
        equation += cellWidth(QFontMetricsF(piece.strong ? strong : body), piece.text) + spaceOf(body);
    // An equation without its last term would be a false one: it gets smaller instead.
    if (const double share = (right - x) / equation; share < 1)
        for (QFont* font : {&strong, &body}) font->setPixelSize(std::max(1, static_cast<int>(font->pixelSize() * share)));
    const double gap = spaceOf(body);
    for (const auto& piece : std::as_const(m_text.pieces)) {
        painter.setFont(piece.strong ? strong : body);
        painter.setPen(piece.strong ? palette.text : palette.dim);
        const QFontMetricsF metrics(painter.font());
        const double wide = cellWidth(metrics, piece.text);
        drawCells(painter, x, middle + (metrics.ascent() - metrics.descent()) / 2, piece.text);
        x += wide + gap;
    }
    x += gap * 2;
    painter.setFont(m_text.balanced ? body : strong);
    painter.setPen(m_text.balanced ? palette.dim : palette.bad);
    const QFontMetricsF metrics(painter.font());
    QString verdict = m_text.verdict;
    // Of good news as much as fits; a difference is said as far as there is room, the whole in the tooltip.
    const QString apart = QStringLiteral(", ");
    while (m_text.balanced && !verdict.isEmpty() && metrics.horizontalAdvance(verdict) > right - x)
        verdict = verdict.contains(apart) ? verdict.left(verdict.lastIndexOf(apart)) : QString();
    painter.drawText(QPointF(x, middle + (metrics.ascent() - metrics.descent()) / 2),
                     metrics.elidedText(verdict, Qt::ElideRight, std::max(0.0, right - x)));
}

} // namespace sg
