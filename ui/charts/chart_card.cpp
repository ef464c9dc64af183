#include "ui/charts/chart_card.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDateTime>
#include <QFontMetricsF>
#include <QMenu>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace sg {
namespace {

constexpr double kPadX = 14, kPadY = 10;
constexpr double kHeaderGap = 4; // between the header and the plot
constexpr double kEntryGap = 14; // between entries of the legend
constexpr double kSquare = 9, kDash = 16, kSampleGap = 6;
constexpr double kLeastPlot = 120;
constexpr double kMenuRoom = 8; // between the legend and the menu's dots

double sampleWidth(const LegendEntry& entry, const Appearance& appearance) { return appearance.stroke(entry.width > 0 ? kDash : kSquare); }

void paintEntry(QPainter& painter, const QRectF& area, const LegendEntry& entry, const Appearance& appearance, const Palette& palette) {
    const QFontMetricsF metrics(painter.font());
    const double middle = area.center().y();
    const QColor colour = entry.shown ? entry.colour : palette.line;
    if (entry.width > 0) {
        painter.setPen(QPen(colour, appearance.stroke(entry.width), entry.style, Qt::FlatCap));
        painter.drawLine(QPointF(area.left(), middle), QPointF(area.left() + sampleWidth(entry, appearance), middle));
    } else {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        const double side = sampleWidth(entry, appearance);
        painter.drawRoundedRect(QRectF(area.left(), middle - side / 2, side, side), side / 4.5, side / 4.5);
    }
    painter.setPen(entry.shown ? palette.text : palette.dim);
    const double left = area.left() + sampleWidth(entry, appearance) + appearance.stroke(kSampleGap);
    painter.drawText(QPointF(left, middle + (metrics.ascent() - metrics.descent()) / 2), entry.name);
    if (!entry.shown) {
        painter.setPen(QPen(palette.dim, 1));
        painter.drawLine(QPointF(left, middle), QPointF(left + metrics.horizontalAdvance(entry.name), middle));
    }
}

/// Shows or hides a series; looks like the legend's entry that it is.
class LegendButton : public QAbstractButton {
public:
    LegendButton(Appearance& appearance, QWidget* parent) : QAbstractButton(parent), m_appearance(appearance) {
        setCheckable(true);
        setFocusPolicy(Qt::TabFocus);
        setCursor(Qt::PointingHandCursor);
    }
    void setEntry(const LegendEntry& entry) {
        m_entry = entry;
        setChecked(entry.shown);
        setAccessibleName(entry.name);
        setAccessibleDescription(QCoreApplication::translate("sg::ChartCard", "Shows or hides this series"));
        update();
    }

protected:
    void paintEvent(QPaintEvent* event) override {
        Q_UNUSED(event)
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setFont(m_appearance.font(Appearance::Text::Body));
        const Palette& palette = m_appearance.palette();
        paintEntry(painter, QRectF(rect()).adjusted(3, 0, -3, 0), m_entry, m_appearance, palette);
        if (hasFocus() || underMouse()) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(hasFocus() ? palette.accent : palette.line, 1));
            painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
        }
    }
    void enterEvent(QEnterEvent* event) override {
        QAbstractButton::enterEvent(event);
        update();
    }
    void leaveEvent(QEvent* event) override {
        QAbstractButton::leaveEvent(event);
        update();
    }

private:
    Appearance& m_appearance;
    LegendEntry m_entry;
};

/// Three dots in the card's corner.
class MenuButton : public QAbstractButton {
public:
    MenuButton(Appearance& appearance, QWidget* parent) : QAbstractButton(parent), m_appearance(appearance) {
        setFocusPolicy(Qt::TabFocus);
        setToolTip(QCoreApplication::translate("sg::ChartCard", "Copy, export and more"));
    }

protected:
    void paintEvent(QPaintEvent* event) override {
        Q_UNUSED(event)
        const Palette& palette = m_appearance.palette();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(hasFocus() || underMouse() ? palette.text : blended(palette.dim, palette.surface, 0.6));
        const QPointF middle = QRectF(rect()).center();
        for (const double y : {-4.5, 0.0, 4.5}) painter.drawEllipse(middle + QPointF(0, y), 1.3, 1.3);
        if (hasFocus()) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(palette.accent, 1));
            painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
        }
    }
    void enterEvent(QEnterEvent* event) override {
        QAbstractButton::enterEvent(event);
        update();
    }
    void leaveEvent(QEvent* event) override {
        QAbstractButton::leaveEvent(event);
        update();
    }

private:
    Appearance& m_appearance;
};

ChartCursor* cursorOf(Feed& feed) {
    if (auto* shared = feed.findChild<ChartCursor*>(QString(), Qt::FindDirectChildrenOnly)) return shared;
    return new ChartCursor(&feed);
}

QString cellText(const QVariant& value) {
    if (!value.isValid()) return {};
    if (value.userType() == QMetaType::QDateTime) return value.toDateTime().toUTC().toString(Qt::ISODateWithMs);
    if (value.userType() == QMetaType::Double) return QString::number(value.toDouble(), 'g', 10);
    QString text = value.toString();
    return text.replace(QLatin1Char('\t'), QLatin1Char(' ')).replace(QLatin1Char('\n'), QLatin1Char(' '));
}

} // namespace

/// Where the parts of a card's head are, for a width; the legend takes a row of its own when it does not fit beside the title.
struct ChartCard::Header {
    double height = 0;
    double titleWidth = 0;
    QRectF subtitle;
    QVector<QRectF> entries;
};

ChartCard::ChartCard(ChartContext context, QString id, QString title, QWidget* parent)
    : QFrame(parent), m_context(context), m_id(std::move(id)), m_title(std::move(title)) {
    if (m_context.cursor == nullptr) m_context.cursor = cursorOf(context.feed);
    setProperty("role", "card");
    setObjectName(QStringLiteral("chart-") + m_id);
    resize(kUnseenCardSize);
    setAccessibleName(m_title);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    m_menuButton = new MenuButton(context.appearance, this);
    m_menuButton->setAccessibleName(tr("Menu of %1").arg(m_title));
    connect(m_menuButton, &QAbstractButton::clicked, this,
            [this] { popMenu(m_menuButton->mapToGlobal(QPoint(0, m_menuButton->height()))); });
    connect(&context.appearance, &Appearance::changed, this, [this] {
        restyle();
        updateGeometry();
        invalidate();
        redraw();
    });
}

QVector<LegendEntry> ChartCard::legend(const Palette& palette) const {
    Q_UNUSED(palette)
    return {};
}

void ChartCard::showSeries(int index, bool shown) {
    Q_UNUSED(index)
    Q_UNUSED(shown)
}

void ChartCard::setSeriesShown(int index, bool shown) {
    const QVector<LegendEntry> entries = legend(appearance().palette());
    if (index < 0 || index >= entries.size()) return;
    const auto others = std::count_if(entries.begin(), entries.end(), [](const LegendEntry& entry) { return entry.shown; });
    if (shown || others > 1 || !entries[index].shown) showSeries(index, shown);
    redraw();
}

void ChartCard::fillMenu(QMenu& menu) { Q_UNUSED(menu) }

bool ChartCard::placePlot(const QRect& area) {
    Q_UNUSED(area)
    return false;
}

int ChartCard::itemAt(const QPointF& at) const {
    Q_UNUSED(at)
    return -1;
}

Tip ChartCard::tipOf(int item) const {
    Q_UNUSED(item)
    return {};
}

QPointF ChartCard::placeOf(int item) const {
    Q_UNUSED(item)
    return m_plotArea.center();
}

void ChartCard::choose(int item) {
    if (item == m_chosen) return;
    m_chosen = item;
    update();
}

QColor ChartCard::itemColour(int item, const QColor& colour, const Palette& palette) const {
    return m_chosen < 0 || m_chosen == item ? colour : blended(colour, palette.surface, 0.4);
}

QMarginsF ChartCard::padding() const {
    const double x = appearance().stroke(kPadX), y = appearance().stroke(kPadY);
    return {x, y, x, y};
}

ChartCard::Header ChartCard::header(double width, const QVector<LegendEntry>& entries) const {
    const QFontMetricsF strong(appearance().font(Appearance::Text::Strong)), body(appearance().font(Appearance::Text::Body));
    const double sampleGap = appearance().stroke(kSampleGap), entryGap = appearance().stroke(kEntryGap), menuRoom = appearance().stroke(kMenuRoom);
    Header header;
    const double row = std::ceil(std::max(strong.height(), body.height())) + 2;
    header.height = row;
    header.titleWidth = strong.horizontalAdvance(m_title);
    double legend = 0;
    for (const LegendEntry& entry : entries)
        legend += (legend > 0 ? entryGap : 0) + sampleWidth(entry, appearance()) + sampleGap + body.horizontalAdvance(entry.name);
    const bool below = legend > 0 && header.titleWidth + 20 + legend > width - menuRoom;
    header.subtitle =
        QRectF(header.titleWidth + 8, 0, std::max(0.0, width - header.titleWidth - 8 - menuRoom - (below || legend <= 0 ? 0 : legend + 12)), row);
    if (below) header.height = 2 * row;
    double x = below ? 0 : width - menuRoom - legend, y = below ? row : 0;
    for (const LegendEntry& entry : entries) {
        const double size = sampleWidth(entry, appearance()) + sampleGap + body.horizontalAdvance(entry.name);
        if (below && x > 0 && x + size > width) {
            x = 0;
            y += row;
            header.height += row;
        }
        header.entries.append(QRectF(x, y, size, row));
        x += size + entryGap;
    }
    return header;
}

void ChartCard::paintHeader(QPainter& painter, const QRectF& area, const Header& header, const Palette& palette) const {
    painter.setFont(appearance().font(Appearance::Text::Strong));
    const QFontMetricsF strong(painter.font());
    const double row = std::ceil(strong.height()) + 2;
    const double baseline = area.top() + (row + strong.ascent() - strong.descent()) / 2;
    painter.setPen(palette.text);
    painter.drawText(QPointF(area.left(), baseline), strong.elidedText(m_title, Qt::ElideMiddle, area.width()));
    painter.setFont(appearance().font(Appearance::Text::Caption));
    painter.setPen(palette.dim);
    const QFontMetricsF caption(painter.font());
    // Where it does not fit, what it says first goes first; a stump of a word says nothing.
    const QString apart = QStringLiteral(" · ");
    QString small = subtitle();
    while (caption.horizontalAdvance(small) > header.subtitle.width() && small.contains(apart))
        small.remove(0, small.indexOf(apart) + apart.size());
    if (caption.horizontalAdvance(small) <= header.subtitle.width())
        painter.drawText(QPointF(area.left() + header.subtitle.left(), baseline), small);
}

void ChartCard::paintEmpty(QPainter& painter, const QRectF& area, const Palette& palette) const {
    painter.setFont(appearance().font(Appearance::Text::Body));
    painter.setPen(palette.dim);
    painter.drawText(area.adjusted(10, 0, -10, 0), Qt::AlignCenter | Qt::TextWordWrap, emptyText());
}

void ChartCard::draw(QPainter& painter, const QRectF& target, const Palette& palette) const {
    painter.save();
    painter.setClipRect(target, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::TextAntialiasing);
    painter.setPen(QPen(palette.line, 1));
    painter.setBrush(palette.surface);
    painter.drawRoundedRect(target.adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
    const QRectF inner = target.marginsRemoved(padding());
    const QVector<LegendEntry> entries = legend(palette);
    const Header head = header(inner.width(), entries);
    paintHeader(painter, inner, head, palette);
    painter.setFont(appearance().font(Appearance::Text::Body));
    for (qsizetype i = 0; i < entries.size(); ++i) paintEntry(painter, head.entries[i].translated(inner.topLeft()), entries[i], appearance(), palette);
    const QRectF plot = inner.adjusted(0, head.height + kHeaderGap, 0, 0);
    if (emptyText().isEmpty()) paintPlot(painter, plot, palette);
    else paintEmpty(painter, plot, palette);
    painter.restore();
}

QRect ChartCard::plotAreaBelow(const Header& header) const {
    return QRectF(rect()).marginsRemoved(padding()).adjusted(0, header.height + kHeaderGap, 0, 0).toRect();
}

ChartCard::AtDesk::AtDesk(ChartCard& card) : m_desk(card.appearance()), m_card(card), m_plotArea(card.m_plotArea) {
    const double inner = card.width() - 2 * card.padding().left();
    card.m_plotArea = card.plotAreaBelow(card.header(inner, card.legend(card.appearance().palette())));
}

ChartCard::AtDesk::~AtDesk() { m_card.m_plotArea = m_plotArea; }

void ChartCard::arrange() {
    const QVector<LegendEntry> entries = legend(appearance().palette());
    const QMarginsF pad = padding();
    const Header head = header(width() - 2 * pad.left(), entries);
    while (m_legendButtons.size() < static_cast<std::size_t>(entries.size())) {
        const auto index = static_cast<int>(m_legendButtons.size());
        auto* button = new LegendButton(appearance(), this);
        connect(button, &QAbstractButton::clicked, this, [this, index](bool shown) { setSeriesShown(index, shown); });
        m_legendButtons.push_back(button);
    }
    for (std::size_t i = 0; i < m_legendButtons.size(); ++i) {
        auto* button = static_cast<LegendButton*>(m_legendButtons[i]);
        const auto index = static_cast<qsizetype>(i);
        button->setVisible(index < entries.size());
        if (index >= entries.size()) continue;
        button->setGeometry(head.entries[index].translated(pad.left(), pad.top()).adjusted(-3, 0, 3, 0).toAlignedRect());
        button->setEntry(entries[index]);
    }
    m_menuButton->setGeometry(width() - 15, static_cast<int>(pad.top()), 13,
                              static_cast<int>(std::ceil(head.height > 0 ? std::min(head.height, 24.0) : 20)));
    m_menuButton->raise();
    m_plotArea = plotAreaBelow(head);
    m_ownPlot = placePlot(m_plotArea);
}

void ChartCard::invalidate() {
    m_dirty = true;
    if (isVisible() && !m_soon.isActive()) m_soon.start(0, this);
}

void ChartCard::redraw() {
    arrange();
    setAccessibleDescription(emptyText().isEmpty() ? sentence() : emptyText());
    update();
}

void ChartCard::timerEvent(QTimerEvent* event) {
    if (event->timerId() != m_soon.timerId()) {
        QFrame::timerEvent(event);
        return;
    }
    m_soon.stop();
    m_dirty = false;
    refresh();
}

void ChartCard::showEvent(QShowEvent* event) {
    QFrame::showEvent(event);
    if (m_dirty) {
        m_dirty = false;
        restyle();
        refresh();
    }
    arrange();
}

void ChartCard::hideEvent(QHideEvent* event) {
    QFrame::hideEvent(event);
    m_soon.stop();
    cursor().hideTip();
}

void ChartCard::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    arrange();
}

bool ChartCard::event(QEvent* event) {
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) update();
    return QFrame::event(event);
}

void ChartCard::paintEvent(QPaintEvent* event) {
    QFrame::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Palette& palette = appearance().palette();
    const QRectF inner = QRectF(rect()).marginsRemoved(padding());
    if (event->rect().top() < m_plotArea.top()) paintHeader(painter, inner, header(inner.width(), legend(palette)), palette);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(palette.accent, 1));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
    }
    if (!emptyText().isEmpty()) paintEmpty(painter, m_plotArea, palette);
    else if (!m_ownPlot) paintPlot(painter, m_plotArea, palette);
}

void ChartCard::contextMenuEvent(QContextMenuEvent* event) {
    popMenu(event->reason() == QContextMenuEvent::Mouse ? event->globalPos() : mapToGlobal(m_plotArea.topLeft()));
}

void ChartCard::mouseMoveEvent(QMouseEvent* event) {
    const int item = emptyText().isEmpty() ? itemAt(event->position()) : -1;
    choose(-1);
    if (item < 0) cursor().hideTip();
    else cursor().showTip(appearance(), window(), tipOf(item), event->globalPosition().toPoint());
}

void ChartCard::leaveEvent(QEvent* event) {
    QFrame::leaveEvent(event);
    cursor().hideTip();
}

void ChartCard::keyPressEvent(QKeyEvent* event) {
    const int count = emptyText().isEmpty() ? itemCount() : 0;
    int next = -1;
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Up:
        next = m_chosen < 0 ? count - 1 : std::max(0, m_chosen - 1);
        break;
    case Qt::Key_Right:
    case Qt::Key_Down:
        next = std::min(m_chosen + 1, count - 1);
        break;
    case Qt::Key_Home:
        next = 0;
        break;
    case Qt::Key_End:
        next = count - 1;
        break;
    case Qt::Key_Escape:
        if (m_chosen < 0) break;
        choose(-1);
        cursor().hideTip();
        return;
    default:
        break;
    }
    if (count == 0 || next < 0) {
        QFrame::keyPressEvent(event);
        return;
    }
    choose(next);
    const Tip tip = tipOf(next);
    QString spoken = tip.heading;
    for (const TipRow& row : tip.rows) spoken += QStringLiteral(", ") + row.name + QLatin1Char(' ') + row.value;
    setAccessibleDescription(spoken);
    cursor().showTip(appearance(), window(), tip, mapToGlobal(placeOf(next).toPoint()));
}

void ChartCard::focusOutEvent(QFocusEvent* event) {
    QFrame::focusOutEvent(event);
    if (m_chosen < 0) return;
    choose(-1);
    cursor().hideTip();
}

void ChartCard::mouseDoubleClickEvent(QMouseEvent* event) {
    Q_UNUSED(event)
    emit enlargeRequested();
}

void ChartCard::popMenu(const QPoint& global) {
    cursor().hideTip();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    fillMenu(*menu);
    if (!menu->isEmpty()) menu->addSeparator();
    menu->addAction(tr("Copy image"), this, &ChartCard::copyImage);
    menu->addAction(tr("Copy data"), this, &ChartCard::copyData);
    menu->addAction(tr("Export this chart…"), this, &ChartCard::exportRequested);
    emit menuAboutToShow(menu);
    menu->popup(global);
}

void ChartCard::copyImage() const {
    constexpr int kScale = 2;
    QImage image(size() * kScale, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(kScale);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    draw(painter, QRectF(QPointF(0, 0), QSizeF(size())), appearance().palette());
    painter.end();
    QApplication::clipboard()->setImage(image);
}

void ChartCard::copyData() const {
    const ChartTable shown = table();
    QString text = shown.columns.join(QLatin1Char('\t')) + QLatin1Char('\n');
    for (const QVector<QVariant>& row : shown.rows) {
        QStringList cells;
        for (const QVariant& value : row) cells << cellText(value);
        text += cells.join(QLatin1Char('\t')) + QLatin1Char('\n');
    }
    QApplication::clipboard()->setText(text);
}

QSize ChartCard::sizeHint() const { return minimumSizeHint().expandedTo({appearance().scaled(360), appearance().scaled(220)}); }

QSize ChartCard::minimumSizeHint() const {
    const double row = std::ceil(QFontMetricsF(appearance().font(Appearance::Text::Strong)).height()) + 2;
    const double ticks = std::ceil(QFontMetricsF(appearance().font(Appearance::Text::Caption)).height()) * 1.5 + 6;
    return {appearance().scaled(200), static_cast<int>(std::ceil(kLeastPlot + row + ticks + kHeaderGap + 2 * padding().top()))};
}

} // namespace sg
