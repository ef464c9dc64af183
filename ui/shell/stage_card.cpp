#include "ui/shell/stage_card.h"

#include "ui/style/figure_label.h"

#include <QCoreApplication>
#include <QLinearGradient>
#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace sg {
namespace {

constexpr double kPad = 12; // px beside the text, whatever the text's size

} // namespace

QString stateText(StageState state) {
    const auto tr = [](const char* text) { return QCoreApplication::translate("sg::StageCard", text); };
    switch (state) {
    case StageState::Off:
        return tr("off");
    case StageState::Starting:
        return tr("starting");
    case StageState::Running:
        return tr("running");
    case StageState::Waiting:
        return tr("waiting");
    case StageState::Behind:
        return tr("behind");
    case StageState::Paused:
        return tr("paused");
    case StageState::Failed:
        return tr("failed");
    case StageState::Stopped:
        return tr("stopped");
    }
    return {};
}

void drawStateLight(QPainter& painter, const QRectF& box, StageState state, const Palette& palette) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const double ring = std::max(1.4, box.width() / 6);
    const QRectF inner = box.adjusted(ring / 2, ring / 2, -ring / 2, -ring / 2);
    switch (state) {
    case StageState::Running:
        painter.setBrush(palette.good);
        painter.drawEllipse(box);
        break;
    case StageState::Starting:
        painter.setPen(QPen(palette.accent, ring));
        painter.setBrush(Qt::NoBrush);
        painter.drawArc(inner, 90 * 16, -250 * 16);
        break;
    case StageState::Waiting:
        painter.setPen(QPen(palette.warn, ring));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(inner);
        break;
    case StageState::Behind: {
        painter.setBrush(palette.warn);
        painter.drawPolygon(QPolygonF({box.bottomLeft(), QPointF(box.center().x(), box.top()), box.bottomRight()}));
        break;
    }
    case StageState::Paused: {
        painter.setBrush(palette.accent);
        const double bar = box.width() / 3;
        painter.drawRect(QRectF(box.left(), box.top(), bar, box.height()));
        painter.drawRect(QRectF(box.right() - bar, box.top(), bar, box.height()));
        break;
    }
    case StageState::Failed:
        painter.setPen(QPen(palette.bad, ring * 1.4, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(inner.topLeft(), inner.bottomRight());
        painter.drawLine(inner.topRight(), inner.bottomLeft());
        break;
    case StageState::Stopped:
        painter.setBrush(palette.dim);
        painter.drawRect(inner);
        break;
    case StageState::Off:
        painter.setPen(QPen(palette.dim, ring));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(inner);
        break;
    }
    painter.restore();
}

StageCard::StageCard(Appearance& appearance, const QString& name, QWidget* parent)
    : QAbstractButton(parent), m_appearance(appearance), m_name(name) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(name);
    connect(&appearance, &Appearance::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void StageCard::setContent(const Content& content) {
    if (content == m_content) return;
    const bool described = content.state != m_content.state || content.detail != m_content.detail || content.more != m_content.more;
    m_content = content;
    if (described) {
        setToolTip(m_name + QStringLiteral(": ") + stateText(content.state) +
                   (content.detail.isEmpty() ? QString() : QStringLiteral("\n") + content.detail) +
                   (content.more.isEmpty() ? QString() : QStringLiteral("\n") + content.more));
        setAccessibleDescription(stateText(content.state) + QStringLiteral(", ") + content.figure + QStringLiteral(", ") + content.detail);
    }
    update();
}

void StageCard::setCompact(bool compact) {
    if (compact == m_compact) return;
    m_compact = compact;
    updateGeometry();
    update();
}

QSize StageCard::sizeHint() const { return {m_appearance.scaled(190), m_appearance.scaled(m_compact ? 64 : 96)}; }
QSize StageCard::minimumSizeHint() const {
    // The name is never cut.
    const QFontMetricsF metrics(m_appearance.font(Appearance::Text::Caption));
    const double name = metrics.horizontalAdvance(m_name) + m_appearance.scaled(14) + 2 * kPad;
    return {std::max(m_appearance.scaled(100), static_cast<int>(std::ceil(name)) + 2), sizeHint().height()};
}

void StageCard::drawSpark(QPainter& painter, const QRectF& area) const {
    const auto& points = m_content.spark;
    if (points.size() < 2) return;
    const Palette& palette = m_appearance.palette();
    const double left = points.front().x(), width = std::max(1.0, points.back().x() - left);
    double top = 0;
    for (const QPointF& point : points) top = std::max(top, point.y());
    top = top > 0 ? top * 1.15 : 1;
    QPolygonF line;
    line.reserve(points.size());
    for (const QPointF& point : points)
        line << QPointF(area.left() + (point.x() - left) / width * area.width(), area.bottom() - point.y() / top * area.height());
    QPainterPath fill;
    fill.moveTo(line.front().x(), area.bottom());
    for (const QPointF& point : std::as_const(line)) fill.lineTo(point);
    fill.lineTo(line.back().x(), area.bottom());
    QColor under = palette.accent;
    under.setAlpha(palette.dark ? 46 : 38);
    painter.setPen(Qt::NoPen);
    painter.setBrush(under);
    painter.drawPath(fill);
    painter.setPen(QPen(palette.accent, 1.3));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(line);
}

void StageCard::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    const Palette& palette = m_appearance.palette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool failed = m_content.state == StageState::Failed;
    painter.setPen(QPen(hasFocus()     ? palette.accent
                        : failed       ? palette.bad
                        : underMouse() ? blended(palette.accent, palette.line, 0.5)
                                       : palette.line,
                        1));
    painter.setBrush(isDown() ? palette.raised : palette.surface);
    painter.drawRoundedRect(frame, 10, 10);

    const double pad = kPad;
    const QRectF inside = frame.adjusted(pad, m_appearance.scaled(8), -pad, -m_appearance.scaled(8));
    painter.setFont(m_appearance.font(Appearance::Text::Caption));
    QFontMetricsF metrics(painter.font());
    const double light = m_appearance.scaled(8);
    drawStateLight(painter, QRectF(inside.left(), inside.top() + (metrics.height() - light) / 2, light, light), m_content.state, palette);
    painter.setPen(palette.text);
    const double nameLeft = inside.left() + light + m_appearance.scaled(6);
    painter.drawText(QPointF(nameLeft, inside.top() + metrics.ascent()), m_name);
    // Anything but running is said in a word beside the name.
    if (m_content.state != StageState::Running) {
        painter.setPen(failed ? palette.bad : palette.dim);
        const QString word = QStringLiteral("· ") + stateText(m_content.state);
        const double left = nameLeft + metrics.horizontalAdvance(m_name) + m_appearance.scaled(5);
        if (left + metrics.horizontalAdvance(word) <= inside.right())
            painter.drawText(QPointF(left, inside.top() + metrics.ascent()), word);
    }
    double y = inside.top() + metrics.height() + 1;

    QFont figure = m_appearance.font(Appearance::Text::SmallFigure);
    const QFontMetricsF large(figure);
    // A number is never cut: it gets smaller.
    if (const double wide = cellWidth(large, m_content.figure); wide > inside.width())
        figure.setPixelSize(std::max(1, static_cast<int>(figure.pixelSize() * inside.width() / wide)));
    painter.setFont(figure);
    painter.setPen(palette.text);
    drawCells(painter, inside.left(), y + large.ascent(), m_content.figure);
    y += large.height();

    painter.setFont(m_appearance.font(Appearance::Text::Caption));
    painter.setPen(failed ? palette.bad : m_content.state == StageState::Behind ? palette.warn : palette.dim);
    const bool whole = m_content.brief.isEmpty() || metrics.horizontalAdvance(m_content.detail) <= inside.width();
    painter.drawText(QPointF(inside.left(), y + metrics.ascent()),
                     metrics.elidedText(whole ? m_content.detail : m_content.brief, Qt::ElideRight, inside.width()));
    y += metrics.height() + m_appearance.scaled(4);

    if (!m_compact) drawSpark(painter, QRectF(inside.left(), y, inside.width(), inside.bottom() - y));
}

} // namespace sg
