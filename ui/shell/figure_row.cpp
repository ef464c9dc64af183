#include "ui/shell/figure_row.h"

#include "ui/style/number_text.h"

#include <QBoxLayout>
#include <QCoreApplication>
#include <QFontMetricsF>
#include <QFrame>
#include <QGridLayout>
#include <QLocale>
#include <QResizeEvent>

#include <algorithm>
#include <cmath>

namespace sg {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("sg::FigureRow", text); }

QString signedText(double difference, const QString& number) {
    return (difference < 0 ? QString(QChar(0x2212)) : QStringLiteral("+")) + number;
}

} // namespace

std::array<FigureText, kFigures> figureTexts(const WindowPart* window, std::int64_t firstSecond, double delaySeconds, double delayP99) {
    std::array<FigureText, kFigures> texts;
    auto& [requests, errors, p95, visitors, traffic, delay] = texts;
    requests.caption = tr("Requests / s");
    errors.caption = tr("Error rate");
    p95.caption = tr("p95 response");
    visitors.caption = tr("Visitors");
    traffic.caption = tr("Traffic");
    delay.caption = tr("Log line to chart");
    for (FigureText* text : {&requests, &errors, &p95, &visitors, &traffic, &delay}) {
        text->value = QStringLiteral("-");
        text->brief = text->caption;
    }
    errors.brief = tr("Errors");
    p95.brief = tr("p95");
    delay.brief = tr("Delay");
    if (window != nullptr && window->to > window->from) {
        const double span = static_cast<double>(window->to - window->from);
        const std::int64_t begin = firstSecond > 0 ? std::clamp(firstSecond, window->from, window->to - 1) : window->from;
        const double filled = static_cast<double>(window->to - begin);
        // A window before that the stream does not fill is nothing to compare with.
        const bool comparable = firstSecond == 0 || firstSecond <= window->from - (window->to - window->from);
        const WindowSums &now = window->now, &before = window->before;
        const QString than = tr("on the %1 before").arg(durationText(span));
        const auto compare = [&](FigureText& text, double a, double b) {
            text.briefChange = comparable ? changeText(a, b) : QString();
            text.change = text.briefChange.isEmpty() ? QString() : text.briefChange + QLatin1Char(' ') + than;
        };
        requests.value = rateText(static_cast<double>(now.lines) / filled);
        requests.value.chop(3);
        compare(requests, static_cast<double>(now.lines), static_cast<double>(before.lines));
        const auto answersOf = [](const WindowSums& sums) { return sums.lines - std::min(sums.lines, sums.noStatus); };
        if (now.lines > 0 && answersOf(now) == 0) errors.change = tr("this format carries no status");
        if (answersOf(now) > 0) {
            const double share = static_cast<double>(now.errors) / static_cast<double>(answersOf(now));
            errors.value = shareText(share);
            errors.hint = tr("Share of answers with a status of 400 or above");
            if (comparable && answersOf(before) > 0) {
                const double points = (share - static_cast<double>(before.errors) / static_cast<double>(answersOf(before))) * 100;
                errors.change =
                    signedText(points, tr("%1 points").arg(QLocale().toString(std::abs(points), 'f', std::abs(points) < 0.1 ? 2 : 1)));
            }
        }
        p95.value = millisecondsText(static_cast<double>(now.p95Ms));
        if (now.p95Ms < 0) p95.change = now.lines > 0 ? tr("this format carries none") : QString();
        else if (comparable && before.p95Ms >= 0)
            p95.change = signedText(static_cast<double>(now.p95Ms - before.p95Ms),
                                    millisecondsText(std::abs(static_cast<double>(now.p95Ms - before.p95Ms))));
        visitors.value = countText(static_cast<std::uint64_t>(std::llround(now.visitors)));
        compare(visitors, now.visitors, before.visitors);
        visitors.hint = tr("Distinct pairs of address and agent; estimated, standard error %1").arg(shareText(now.visitorsError));
        traffic.value = bytesText(static_cast<double>(now.bytes) / filled) + QStringLiteral("/s");
        compare(traffic, static_cast<double>(now.bytes), static_cast<double>(before.bytes));
        // Every line that says who it is from makes a visitor.
        if (now.lines > 0 && std::llround(now.visitors) == 0) visitors.value = QStringLiteral("-");
    }
    delay.value = durationText(delaySeconds);
    delay.change = delayP99 < 0 ? QString() : tr("p99 %1").arg(durationText(delayP99));
    delay.hint = tr("From the moment a batch's oldest line was written until it was on the screen");
    return texts;
}

FigureRow::FigureRow(Feed& feed, Appearance& appearance, QWidget* parent)
    : QWidget(parent), m_feed(feed), m_appearance(appearance), m_grid(new QGridLayout(this)) {
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setSpacing(10);
    for (Card& card : m_cards) {
        card.frame = new QFrame(this);
        card.frame->setProperty("role", "card");
        card.frame->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        card.caption = new FigureLabel(appearance, Appearance::Text::Caption, card.frame);
        card.value = new FigureLabel(appearance, Appearance::Text::Figure, card.frame);
        card.change = new FigureLabel(appearance, Appearance::Text::Caption, card.frame);
        card.caption->setDim(true);
        card.change->setDim(true);
    }
    restyle();
    connect(&feed, &Feed::window, this, &FigureRow::refresh);
    connect(&feed, &Feed::batch, this, &FigureRow::refresh);
    connect(&appearance, &Appearance::changed, this, &FigureRow::restyle);
    refresh();
    place();
}

void FigureRow::setCompact(bool compact) {
    if (compact == m_compact) return;
    m_compact = compact;
    restyle();
}

void FigureRow::setPresenting(bool presenting) {
    m_cards[4].frame->setVisible(!presenting);
    place();
    fit();
}

void FigureRow::restyle() {
    for (Card& card : m_cards) {
        delete card.layout;
        card.layout = new QBoxLayout(m_compact ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom, card.frame);
        const int side = m_appearance.scaled(m_compact ? 10 : 14), above = m_appearance.scaled(m_compact ? 4 : 9);
        card.layout->setContentsMargins(side, above, side, above);
        card.layout->setSpacing(m_compact ? m_appearance.scaled(8) : 1);
        card.layout->addWidget(card.caption, 0);
        card.layout->addWidget(card.value, m_compact ? 1 : 0);
        card.value->setRightAligned(m_compact);
        card.value->setRole(m_compact ? Appearance::Text::SmallFigure : Appearance::Text::Figure);
        if (!m_compact) card.layout->addWidget(card.change, 0);
        card.change->setVisible(!m_compact);
        card.widest = card.value->sizeHint().width();
    }
    fit();
}

int FigureRow::needed(std::size_t index, bool brief) const {
    const Card& card = m_cards[index];
    const FigureText& text = m_texts[index];
    const QFontMetricsF metrics(m_appearance.font(Appearance::Text::Caption));
    const auto wide = [&](const QString& words) { return static_cast<int>(std::ceil(cellWidth(metrics, words))) + 1; };
    const int caption = wide(brief ? text.brief : text.caption);
    const int sides = 2 * m_appearance.scaled(m_compact ? 10 : 14) + 2;
    if (m_compact) return sides + caption + m_appearance.scaled(8) + card.widest;
    return sides + std::max({caption, card.widest, wide(brief && !text.briefChange.isEmpty() ? text.briefChange : text.change)});
}

/// All columns are as wide as the widest of their cards; there is room for them all.
bool FigureRow::fits(int columns, bool brief) const {
    std::array<int, kFigures> widest{};
    std::size_t shown = 0;
    for (std::size_t i = 0; i < kFigures; ++i) {
        if (m_cards[i].frame->isHidden()) continue;
        int& column = widest[shown++ % static_cast<std::size_t>(columns)];
        column = std::max(column, needed(i, brief));
    }
    int sum = m_grid->spacing() * (columns - 1);
    for (const int column : widest) sum += column;
    return sum <= width();
}

/// One row with the whole words, one with short ones, then two rows, then three: nothing is cut off.
void FigureRow::fit() {
    const bool all = !m_cards[4].frame->isHidden();
    int columns = all ? 6 : 5;
    bool brief = false;
    for (const auto& [wanted, shorter] :
         {std::pair{columns, false}, std::pair{columns, true}, std::pair{3, false}, std::pair{3, true}, std::pair{2, true}}) {
        columns = wanted;
        brief = shorter;
        if (fits(columns, brief)) break;
    }
    if (columns != m_columns) {
        m_columns = columns;
        place();
    }
    m_brief = brief;
    for (std::size_t i = 0; i < kFigures; ++i) {
        Card& card = m_cards[i];
        const FigureText& text = m_texts[i];
        card.caption->setText(m_brief ? text.brief : text.caption);
        card.change->setText(m_brief && !text.briefChange.isEmpty() ? text.briefChange : text.change);
        card.frame->setMinimumWidth(needed(i, m_brief));
    }
}

void FigureRow::place() {
    for (Card& card : m_cards) m_grid->removeWidget(card.frame);
    int shown = 0;
    for (int column = 0; column < static_cast<int>(kFigures); ++column) m_grid->setColumnStretch(column, column < m_columns ? 1 : 0);
    for (Card& card : m_cards) {
        if (card.frame->isHidden()) continue;
        m_grid->addWidget(card.frame, shown / m_columns, shown % m_columns);
        ++shown;
    }
}

QSize FigureRow::minimumSizeHint() const { return {200, QWidget::minimumSizeHint().height()}; }

void FigureRow::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (event->oldSize().width() != event->size().width()) fit();
}

void FigureRow::refresh() {
    const auto& snapshot = m_feed.shown();
    m_texts = figureTexts(snapshot && snapshot->window ? snapshot->window.get() : nullptr,
                          snapshot && snapshot->batch && snapshot->batch->totals.parsed > 0 ? snapshot->batch->totals.first.seconds() : 0,
                          m_feed.delaySeconds(), m_feed.delayP99());
    for (std::size_t i = 0; i < kFigures; ++i) {
        m_cards[i].value->setText(m_texts[i].value);
        m_cards[i].widest = std::max(m_cards[i].widest, m_cards[i].value->sizeHint().width());
        m_cards[i].frame->setToolTip(m_texts[i].hint);
        m_cards[i].frame->setAccessibleName(m_texts[i].caption);
        m_cards[i].frame->setAccessibleDescription(m_texts[i].value + QStringLiteral(" ") + m_texts[i].change);
    }
    fit();
}

} // namespace sg
