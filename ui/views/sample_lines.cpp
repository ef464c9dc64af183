#include "ui/views/sample_lines.h"

#include "ui/style/number_text.h"
#include "ui/views/cell_delegate.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>
#include <array>
#include <cmath>

namespace sg {
namespace {

constexpr int kShownRows = 10;
constexpr qsizetype kMostOfAValue = 300;
constexpr double kTint = 0.20;

/// How many bytes the UTF-8 character has that begins with this one.
std::size_t lengthOf(unsigned char lead) { return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4; }

} // namespace

QString fieldKindText(FieldKind kind) {
    static constexpr std::array<const char*, kFieldKinds> kTexts{
        QT_TRANSLATE_NOOP("sg::SampleLines", "time"),         QT_TRANSLATE_NOOP("sg::SampleLines", "client"),
        QT_TRANSLATE_NOOP("sg::SampleLines", "user"),         QT_TRANSLATE_NOOP("sg::SampleLines", "host"),
        QT_TRANSLATE_NOOP("sg::SampleLines", "method"),       QT_TRANSLATE_NOOP("sg::SampleLines", "target"),
        QT_TRANSLATE_NOOP("sg::SampleLines", "HTTP version"), QT_TRANSLATE_NOOP("sg::SampleLines", "odd request"),
        QT_TRANSLATE_NOOP("sg::SampleLines", "status"),       QT_TRANSLATE_NOOP("sg::SampleLines", "bytes"),
        QT_TRANSLATE_NOOP("sg::SampleLines", "duration"),     QT_TRANSLATE_NOOP("sg::SampleLines", "referrer"),
        QT_TRANSLATE_NOOP("sg::SampleLines", "agent"),        QT_TRANSLATE_NOOP("sg::SampleLines", "key"),
        QT_TRANSLATE_NOOP("sg::SampleLines", "other fields")};
    return QCoreApplication::translate("sg::SampleLines", kTexts[static_cast<std::size_t>(kind)]);
}

QString brokenText(const LineSample& sample) {
    const std::string_view sentence = reasonText(sample.reason).sentence;
    QString why = QString::fromUtf8(sentence.data(), static_cast<qsizetype>(sentence.size()));
    if (why.endsWith(QLatin1Char('.'))) why.chop(1); // it goes on
    return QCoreApplication::translate("sg::SampleLines", "%1, at column %2").arg(why, countText(sample.column + 1));
}

SampleLines::SampleLines(Appearance& appearance, QWidget* parent) : QAbstractScrollArea(parent), m_appearance(appearance) {
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    setAccessibleName(tr("Sample lines with their fields"));
    viewport()->setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setMinimumHeight(m_appearance.scaled(110));
    connect(&appearance, &Appearance::changed, this, [this] {
        fitScrollBars();
        viewport()->update();
    });
}

SampleLines::Row SampleLines::makeRow(const LineSample& sample) {
    Row row;
    row.sample = sample;
    const std::string& bytes = sample.line;
    row.text = rawText(bytes);
    row.charOfByte.resize(bytes.size() + 1, static_cast<int>(row.text.size()));
    const bool decoded = !QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size())).contains(QChar::ReplacementCharacter);
    int at = 0;
    for (std::size_t i = 0; i < bytes.size();) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        const std::size_t length = decoded ? std::min(lengthOf(byte), bytes.size() - i) : 1;
        for (std::size_t k = 0; k < length; ++k) row.charOfByte[i + k] = at;
        at += static_cast<int>(rawText(bytes.substr(i, length)).size());
        i += length;
    }
    return row;
}

void SampleLines::setTrial(const FormatTrial& trial) {
    m_rows.clear();
    for (const LineSample& sample : trial.samples) m_rows.push_back(makeRow(sample));
    bool headed = false;
    for (const LineSample& failure : trial.failures) {
        if (std::any_of(trial.samples.begin(), trial.samples.end(), [&](const LineSample& s) { return s.number == failure.number; })) continue;
        if (!headed) {
            Row heading;
            heading.heading = true;
            heading.text = tr("The next lines that it does not read");
            m_rows.push_back(std::move(heading));
            headed = true;
        }
        m_rows.push_back(makeRow(failure));
    }
    m_row = m_rows.empty() ? -1 : std::clamp(m_row, 0, static_cast<int>(m_rows.size()) - 1);
    if (m_row >= 0 && m_rows[static_cast<std::size_t>(m_row)].heading) --m_row;
    m_range = -1;
    fitScrollBars();
    viewport()->update();
}

std::vector<FieldKind> SampleLines::kinds() const {
    std::array<bool, kFieldKinds> there{};
    for (const Row& row : m_rows)
        for (const FieldRange& range : row.sample.ranges) there[static_cast<std::size_t>(row.sample.fields[range.field].kind)] = true;
    std::vector<FieldKind> kinds;
    for (std::size_t i = 0; i < kFieldKinds; ++i)
        if (there[i]) kinds.push_back(static_cast<FieldKind>(i));
    return kinds;
}

double SampleLines::rowHeight() const { return std::ceil(QFontMetricsF(m_appearance.monospace()).height()) + m_appearance.scaled(6); }
double SampleLines::charWidth() const { return QFontMetricsF(m_appearance.monospace()).horizontalAdvance(QLatin1Char('0')); }
double SampleLines::textLeft() const { return m_appearance.scaled(12) + 4 * charWidth() + m_appearance.scaled(20); }

QSize SampleLines::sizeHint() const { return {m_appearance.scaled(700), static_cast<int>(rowHeight() * kShownRows) + m_appearance.scaled(14)}; }

double SampleLines::xOf(const Row& row, std::size_t byte) const {
    const int chars = row.charOfByte[std::min(byte, row.charOfByte.size() - 1)];
    return textLeft() - horizontalScrollBar()->value() + QFontMetricsF(m_appearance.monospace()).horizontalAdvance(row.text.left(chars));
}

int SampleLines::rowAt(double y) const {
    const auto row = static_cast<int>(std::floor((y + verticalScrollBar()->value()) / rowHeight()));
    return row >= 0 && row < static_cast<int>(m_rows.size()) && !m_rows[static_cast<std::size_t>(row)].heading ? row : -1;
}

int SampleLines::rangeAt(const Row& row, double x) const {
    for (std::size_t i = 0; i < row.sample.ranges.size(); ++i)
        if (x >= xOf(row, row.sample.ranges[i].begin) && x < xOf(row, row.sample.ranges[i].end)) return static_cast<int>(i);
    return -1;
}

QRectF SampleLines::placeOf(int row, std::size_t range) const {
    if (row < 0 || row >= static_cast<int>(m_rows.size())) return {};
    const Row& shown = m_rows[static_cast<std::size_t>(row)];
    if (range >= shown.sample.ranges.size()) return {};
    const FieldRange& place = shown.sample.ranges[range];
    const double left = xOf(shown, place.begin);
    return {left, row * rowHeight() - verticalScrollBar()->value(), xOf(shown, place.end) - left, rowHeight()};
}

QString SampleLines::words(const Row& row, int range) const {
    const QString line = tr("Line %1").arg(countText(row.sample.number));
    if (!row.sample.parsed) return tr("%1: %2").arg(line, brokenText(row.sample));
    const auto said = [](const ReadField& field) {
        QString value = rawText(field.value);
        if (value.size() > kMostOfAValue) value = value.left(kMostOfAValue) + QStringLiteral("…");
        const QString name = field.kind == FieldKind::Other ? QString::fromStdString(field.name) : fieldKindText(field.kind);
        return name + QStringLiteral(" = ") + value;
    };
    if (range >= 0 && range < static_cast<int>(row.sample.ranges.size())) {
        const FieldRange& place = row.sample.ranges[static_cast<std::size_t>(range)];
        return tr("%1, columns %2 to %3: %4")
            .arg(line, countText(place.begin + 1), countText(place.end), said(row.sample.fields[place.field]));
    }
    // The line itself: what was read of it without a place of its own.
    QStringList unplaced;
    for (std::size_t i = 0; i < row.sample.fields.size(); ++i)
        if (std::none_of(row.sample.ranges.begin(), row.sample.ranges.end(), [&](const FieldRange& r) { return r.field == i; }))
            unplaced << said(row.sample.fields[i]);
    const QString count = tr("%1: %2 fields").arg(line, countText(row.sample.fields.size()));
    return unplaced.isEmpty() ? count : tr("%1; also %2").arg(count, unplaced.join(QStringLiteral(", ")));
}

QString SampleLines::currentText() const {
    return m_row < 0 || m_row >= static_cast<int>(m_rows.size()) ? QString() : words(m_rows[static_cast<std::size_t>(m_row)], m_range);
}

void SampleLines::moveTo(int row, int range) {
    m_row = row;
    m_range = range;
    const QString said = currentText();
    setAccessibleDescription(said);
    emit pointed(said);
    // What is chosen is seen.
    const double tall = rowHeight(), top = row * tall;
    QScrollBar& down = *verticalScrollBar();
    if (top < down.value()) down.setValue(static_cast<int>(top));
    else if (top + tall > down.value() + viewport()->height()) down.setValue(static_cast<int>(std::ceil(top + tall)) - viewport()->height());
    if (range >= 0) {
        const QRectF place = placeOf(row, static_cast<std::size_t>(range));
        QScrollBar& across = *horizontalScrollBar();
        if (place.left() < textLeft()) across.setValue(across.value() + static_cast<int>(place.left() - textLeft()));
        else if (place.right() > viewport()->width()) across.setValue(across.value() + static_cast<int>(place.right()) - viewport()->width() + 8);
    }
    viewport()->update();
}

void SampleLines::fitScrollBars() {
    double widest = 0;
    const QFontMetricsF metrics(m_appearance.monospace());
    for (const Row& row : m_rows) widest = std::max(widest, metrics.horizontalAdvance(row.text));
    const auto wide = static_cast<int>(textLeft() + widest + m_appearance.scaled(12));
    const auto tall = static_cast<int>(std::ceil(rowHeight() * static_cast<double>(m_rows.size())));
    horizontalScrollBar()->setRange(0, std::max(0, wide - viewport()->width()));
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setSingleStep(static_cast<int>(charWidth() * 4));
    verticalScrollBar()->setRange(0, std::max(0, tall - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(static_cast<int>(rowHeight()));
}

void SampleLines::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    fitScrollBars();
}

void SampleLines::keyPressEvent(QKeyEvent* event) {
    const auto rows = static_cast<int>(m_rows.size());
    const auto step = [&](int by) {
        int row = m_row + by;
        while (row >= 0 && row < rows && m_rows[static_cast<std::size_t>(row)].heading) row += by;
        if (row >= 0 && row < rows) moveTo(row, -1);
    };
    const int last = m_row < 0 ? -1 : static_cast<int>(m_rows[static_cast<std::size_t>(m_row)].sample.ranges.size()) - 1;
    switch (event->key()) {
    case Qt::Key_Down:
        step(1);
        return;
    case Qt::Key_Up:
        step(-1);
        return;
    case Qt::Key_Right:
        if (m_row >= 0 && m_range < last) moveTo(m_row, m_range + 1);
        return;
    case Qt::Key_Left:
        if (m_row >= 0 && m_range >= 0) moveTo(m_row, m_range - 1);
        return;
    case Qt::Key_Home:
        if (m_row >= 0) moveTo(m_row, last >= 0 ? 0 : -1);
        return;
    case Qt::Key_End:
        if (m_row >= 0) moveTo(m_row, last);
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void SampleLines::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    if (m_row >= 0) emit pointed(currentText());
    viewport()->update();
}

void SampleLines::mousePressEvent(QMouseEvent* event) {
    if (const int row = rowAt(event->position().y()); row >= 0)
        moveTo(row, rangeAt(m_rows[static_cast<std::size_t>(row)], event->position().x()));
}

bool SampleLines::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::MouseMove || event->type() == QEvent::ToolTip) {
        const bool tip = event->type() == QEvent::ToolTip;
        const QPointF at = tip ? QPointF(static_cast<QHelpEvent*>(event)->pos()) : static_cast<QMouseEvent*>(event)->position();
        if (const int row = rowAt(at.y()); row >= 0) {
            const Row& under = m_rows[static_cast<std::size_t>(row)];
            const QString said = words(under, rangeAt(under, at.x()));
            emit pointed(said);
            if (tip) {
                QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), said.toHtmlEscaped(), viewport());
                return true;
            }
        } else if (tip) {
            QToolTip::hideText();
            return true;
        }
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void SampleLines::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    const Palette& palette = m_appearance.palette();
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), palette.raised);
    const QFont mono = m_appearance.monospace();
    const QFontMetricsF metrics(mono);
    const double tall = rowHeight(), left = textLeft(), thick = std::max(1.5, m_appearance.scaled(2) * 1.0);
    if (m_rows.empty()) {
        painter.setFont(m_appearance.font(Appearance::Text::Body));
        painter.setPen(palette.dim);
        painter.drawText(QRectF(viewport()->rect()), Qt::AlignCenter, tr("Lines appear here with their fields in colours."));
        return;
    }
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const Row& row = m_rows[i];
        const double top = static_cast<double>(i) * tall - verticalScrollBar()->value();
        if (top > viewport()->height() || top + tall < 0) continue;
        const double baseline = top + (tall + metrics.ascent() - metrics.descent()) / 2;
        if (row.heading) {
            painter.setFont(m_appearance.font(Appearance::Text::Caption));
            painter.setPen(palette.dim);
            painter.drawText(QPointF(m_appearance.scaled(12), baseline), row.text);
            continue;
        }
        const bool current = static_cast<int>(i) == m_row && hasFocus();
        if (current) painter.fillRect(QRectF(0, top, viewport()->width(), tall), blended(palette.selection, palette.raised, 0.55));
        painter.save();
        painter.setClipRect(QRectF(left - 3, top, viewport()->width() - left + 3, tall));
        for (std::size_t r = 0; r < row.sample.ranges.size(); ++r) {
            const QColor& colour = palette.fields[static_cast<std::size_t>(row.sample.fields[row.sample.ranges[r].field].kind)];
            const QRectF place = placeOf(static_cast<int>(i), r);
            painter.fillRect(place.adjusted(0, 2, 0, -1), blended(colour, palette.raised, kTint));
            painter.fillRect(QRectF(place.left(), place.bottom() - 1 - thick, place.width(), thick), colour);
            if (current && static_cast<int>(r) == m_range) {
                painter.setPen(QPen(palette.accent, 1.5));
                painter.drawRect(place.adjusted(-1, 1, 1, -1));
            }
        }
        if (!row.sample.parsed) { // from there on nothing was read
            const double at = xOf(row, row.sample.column);
            painter.fillRect(QRectF(at, top + 2, std::max(charWidth(), viewport()->width() - at), tall - 3), blended(palette.bad, palette.raised, 0.14));
            painter.fillRect(QRectF(at - thick / 2, top + 1, thick, tall - 2), palette.bad);
        }
        painter.setFont(mono);
        painter.setPen(row.sample.parsed ? palette.text : palette.dim);
        painter.drawText(QPointF(left - horizontalScrollBar()->value(), baseline), row.text);
        painter.restore();
        painter.setFont(mono);
        painter.setPen(palette.dim);
        const QString number = QString::number(row.sample.number);
        painter.drawText(QPointF(left - m_appearance.scaled(20) - metrics.horizontalAdvance(number), baseline), number);
        if (!row.sample.parsed)
            drawCellMark(painter, {left - m_appearance.scaled(10), top + tall / 2}, m_appearance.scaled(9), CellMark::Warning, palette, false);
    }
    if (hasFocus()) {
        painter.setPen(QPen(palette.accent, 1));
        painter.drawRect(QRectF(viewport()->rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

FieldLegend::FieldLegend(Appearance& appearance, QWidget* parent) : QWidget(parent), m_appearance(appearance) {
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&appearance, &Appearance::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void FieldLegend::setKinds(std::vector<FieldKind> kinds) {
    if (kinds == m_kinds) return;
    m_kinds = std::move(kinds);
    QStringList names;
    for (const FieldKind kind : m_kinds) names << fieldKindText(kind);
    setAccessibleName(tr("Fields: %1").arg(names.join(QStringLiteral(", "))));
    updateGeometry();
    update();
}

template <class Each> int FieldLegend::layOut(int width, const Each& each) const {
    const QFontMetricsF metrics(m_appearance.font(Appearance::Text::Caption));
    const double tall = std::ceil(metrics.height()) + m_appearance.scaled(4), swatch = m_appearance.scaled(10), gap = m_appearance.scaled(14);
    double x = 0, y = 0;
    for (const FieldKind kind : m_kinds) {
        const double wide = swatch + m_appearance.scaled(5) + metrics.horizontalAdvance(fieldKindText(kind));
        if (x > 0 && x + wide > width) {
            x = 0;
            y += tall;
        }
        each(kind, x, y);
        x += wide + gap;
    }
    return static_cast<int>(y + tall);
}

QSize FieldLegend::sizeHint() const { return {m_appearance.scaled(300), heightForWidth(std::max(width(), m_appearance.scaled(300)))}; }
int FieldLegend::heightForWidth(int width) const {
    return layOut(width, [](FieldKind, double, double) {});
}

void FieldLegend::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    QPainter painter(this);
    const Palette& palette = m_appearance.palette();
    painter.setFont(m_appearance.font(Appearance::Text::Caption));
    const QFontMetricsF metrics(painter.font());
    const double swatch = m_appearance.scaled(10), tall = std::ceil(metrics.height()) + m_appearance.scaled(4);
    static_cast<void>(layOut(width(), [&](FieldKind kind, double x, double y) {
        const QColor& colour = palette.fields[static_cast<std::size_t>(kind)];
        const QRectF box(x, y + (tall - swatch) / 2, swatch, swatch);
        painter.fillRect(box, blended(colour, palette.surface, 0.35));
        painter.fillRect(QRectF(box.left(), box.bottom() - 2, swatch, 2), colour);
        painter.setPen(palette.dim);
        painter.drawText(QPointF(x + swatch + m_appearance.scaled(5), y + (tall + metrics.ascent() - metrics.descent()) / 2), fieldKindText(kind));
    }));
}

} // namespace sg
