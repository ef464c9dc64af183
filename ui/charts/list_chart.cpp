#include "ui/charts/list_chart.h"

#include "ui/charts/charts.h"
#include "ui/style/figure_label.h"
#include "ui/style/number_text.h"

#include <QFontMetricsF>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QStyle>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sg {
namespace {

constexpr int kGlideMs = 240;
constexpr double kLabelShare = 0.34; // of the width
constexpr double kBar = 8, kGap = 8;

} // namespace

ListChart::ListChart(const ChartContext& context, const QString& id, const QString& title, Kind kind, QWidget* parent)
    : ChartCard(context, id, title, parent), m_kind(kind) {
    setMouseTracking(true);
    m_glide.setStartValue(0.0);
    m_glide.setEndValue(1.0);
    m_glide.setDuration(kGlideMs);
    m_glide.setEasingCurve(QEasingCurve::OutCubic);
    connect(&m_glide, &QVariantAnimation::valueChanged, this, [this] { update(plotArea()); });
    connect(&context.feed, &Feed::window, this, &ListChart::invalidate);
}

const TopList* ListChart::list() const {
    const auto& shown = feed().shown();
    if (!shown || !shown->window) return nullptr;
    const WindowPart& window = *shown->window;
    switch (m_kind) {
    case Kind::Urls:
        return &window.urls;
    case Kind::Hosts:
        return &window.hosts;
    case Kind::Agents:
        return m_agentsBy == AgentsBy::Browser ? &window.agents : m_agentsBy == AgentsBy::System ? &window.systems : &m_people;
    case Kind::Referrers:
        return &window.referrers;
    case Kind::Methods:
        return &window.methods;
    case Kind::Countries:
        return &window.countries;
    case Kind::Networks:
        return &window.networks;
    case Kind::Keys:
        return &window.keys;
    }
    return nullptr;
}

/// The rank that the list on the screen has, not the one that was asked for a moment ago.
RankBy ListChart::rank() const {
    const auto& shown = feed().shown();
    return m_kind == Kind::Urls && shown && shown->window ? shown->window->request.rank : RankBy::Count;
}

double ListChart::valueOf(const TopEntry& entry) const {
    switch (rank()) {
    case RankBy::Errors:
        return static_cast<double>(entry.errors);
    case RankBy::Bytes:
        return static_cast<double>(entry.bytes);
    case RankBy::P95:
        return static_cast<double>(entry.p95Ms);
    case RankBy::Count:
        break;
    }
    return static_cast<double>(entry.count);
}

QString ListChart::textOf(const TopEntry& entry) const {
    switch (rank()) {
    case RankBy::Errors:
        return countText(entry.errors);
    case RankBy::Bytes:
        return bytesText(static_cast<double>(entry.bytes));
    case RankBy::P95:
        return millisecondsText(static_cast<double>(entry.p95Ms));
    case RankBy::Count:
        break;
    }
    return countText(entry.count);
}

QString ListChart::labelOf(const TopEntry& entry) { return entry.key.empty() ? tr("(none)") : rawText(entry.key); }

QString ListChart::subtitle() const {
    if (m_kind == Kind::Agents) {
        const auto& shown = feed().shown();
        if (!shown || !shown->window || shown->window->now.lines == 0) return {};
        if (m_agentsBy == AgentsBy::Bots) return tr("people and bots");
        const double bots = static_cast<double>(shown->window->now.bots) / static_cast<double>(shown->window->now.lines);
        return (m_agentsBy == AgentsBy::Browser ? tr("browsers · bots %1") : tr("systems · bots %1")).arg(shareText(bots));
    }
    switch (rank()) {
    case RankBy::Errors:
        return tr("by errors");
    case RankBy::Bytes:
        return tr("by bytes");
    case RankBy::P95:
        return tr("by p95 response");
    case RankBy::Count:
        break;
    }
    return m_kind == Kind::Keys ? tr("by lines") : tr("by requests");
}

void ListChart::setAgentsBy(AgentsBy by) {
    if (by == m_agentsBy) return;
    m_agentsBy = by;
    refresh();
}

void ListChart::countPeople() {
    m_people = {};
    const auto& shown = feed().shown();
    if (!shown || !shown->window || shown->window->now.lines == 0) return;
    const WindowSums& now = shown->window->now;
    TopEntry people, bots;
    people.key = tr("People").toStdString();
    people.count = now.lines - std::min(now.bots, now.lines);
    bots.key = tr("Bots").toStdString();
    bots.count = now.bots;
    m_people.entries = {people, bots};
    std::stable_sort(m_people.entries.begin(), m_people.entries.end(), [](const TopEntry& a, const TopEntry& b) { return a.count > b.count; });
}

void ListChart::refresh() {
    std::vector<TopEntry> next;
    if (m_kind == Kind::Agents && m_agentsBy == AgentsBy::Bots) countPeople();
    if (const TopList* shown = list()) {
        next = shown->entries;
        m_exact = shown->exact;
    }
    // The row that the person is looking at stays under the mouse, or where the keyboard found it.
    if (m_heldRow >= 0 && m_heldRow < static_cast<int>(next.size())) {
        const auto held = std::find_if(next.begin(), next.end(), [this](const TopEntry& entry) { return labelOf(entry) == m_held; });
        const auto place = next.begin() + m_heldRow;
        if (held != next.end() && held < place) std::rotate(held, held + 1, place + 1);
        else if (held != next.end() && held > place) std::rotate(place, held, held + 1);
    }
    QHash<QString, double> places;
    bool moved = false;
    const double progress = m_glide.state() == QAbstractAnimation::Running ? m_glide.currentValue().toDouble() : 1;
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        const QString key = labelOf(m_entries[i]);
        const auto to = static_cast<double>(i);
        const double from = m_from.value(key, to);
        places.insert(key, from + (to - from) * progress);
    }
    m_entries = std::move(next);
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        const auto was = places.constFind(labelOf(m_entries[i]));
        moved = moved || (was != places.constEnd() && std::abs(*was - static_cast<double>(i)) > 0.01);
    }
    m_from = std::move(places);
    m_glide.stop();
    if (moved && isVisible() && style()->styleHint(QStyle::SH_Widget_Animation_Duration, nullptr, this) > 0) m_glide.start();
    else m_from.clear();
    redraw();
}

double ListChart::rowHeight() const {
    return std::max<double>(appearance().scaled(18), std::ceil(QFontMetricsF(appearance().font(Appearance::Text::Body)).height()) + 3);
}

int ListChart::fitting(const QRectF& area) const {
    return std::clamp(static_cast<int>(area.height() / rowHeight()), 0, static_cast<int>(m_entries.size()));
}

void ListChart::paintPlot(QPainter& painter, const QRectF& area, const Palette& palette) const {
    const int rows = std::min(fitting(area), shownRows());
    if (rows == 0) return;
    const QFontMetricsF body(appearance().font(Appearance::Text::Body)), caption(appearance().font(Appearance::Text::Caption));
    double most = 0;
    double figures = cellWidth(caption, QStringLiteral("00,000"));
    for (int i = 0; i < rows; ++i) {
        most = std::max(most, valueOf(m_entries[static_cast<std::size_t>(i)]));
        figures = std::max(figures, cellWidth(caption, textOf(m_entries[static_cast<std::size_t>(i)])));
    }
    const double height = rowHeight(), bar = appearance().stroke(kBar);
    const double labels = std::floor(area.width() * kLabelShare);
    const QRectF track(area.left() + labels + kGap, 0, std::max(0.0, area.width() - labels - figures - 2 * kGap), bar);
    const bool gliding = m_glide.state() == QAbstractAnimation::Running;
    const double progress = gliding ? m_glide.currentValue().toDouble() : 1;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (gliding) painter.setClipRect(area, Qt::IntersectClip);
    const auto wayOf = [&](int row) { return gliding ? m_from.value(labelOf(m_entries[static_cast<std::size_t>(row)]), row) - row : 0; };
    // Who climbs passes in front of who falls, the furthest first, each on its own ground: no text lies over another.
    std::vector<int> order(static_cast<std::size_t>(rows));
    std::iota(order.begin(), order.end(), 0);
    if (gliding) std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return wayOf(a) < wayOf(b); });
    for (const int i : order) {
        const TopEntry& entry = m_entries[static_cast<std::size_t>(i)];
        const QString label = labelOf(entry);
        const double way = wayOf(i);
        const double top = area.top() + (i + way * (1 - progress)) * height;
        const double middle = top + height / 2;
        if (way != 0) painter.fillRect(QRectF(area.left(), top, area.width(), height), palette.surface);
        painter.setFont(appearance().font(Appearance::Text::Body));
        painter.setPen(palette.text);
        painter.drawText(QPointF(area.left(), middle + (body.ascent() - body.descent()) / 2),
                         body.elidedText(label, Qt::ElideMiddle, labels));
        painter.setPen(Qt::NoPen);
        painter.setBrush(palette.line);
        painter.drawRoundedRect(track.translated(0, middle - bar / 2), bar / 2, bar / 2);
        if (const auto value = valueOf(entry); value > 0 && most > 0) {
            const double width = std::max(bar, track.width() * value / most);
            painter.setBrush(itemColour(i, palette.accent, palette));
            painter.drawRoundedRect(QRectF(track.left(), middle - bar / 2, std::min(width, std::max(bar, track.width())), bar), bar / 2,
                                    bar / 2);
        }
        painter.setFont(appearance().font(Appearance::Text::Caption));
        painter.setPen(palette.dim);
        const QString figure = textOf(entry);
        drawCells(painter, area.right() - cellWidth(caption, figure), middle + (caption.ascent() - caption.descent()) / 2, figure);
    }
    painter.restore();
}

QString ListChart::emptyText() const {
    if (!m_entries.empty()) return {};
    switch (m_kind) {
    case Kind::Urls:
        if (rank() == RankBy::P95) return tr("The slowest of the pages that are asked for often will be here, where the log's format carries response times.");
        return tr("The pages that are asked for most will be here.");
    case Kind::Hosts:
        return tr("The hosts that are asked for most will be here, where the log's format names them.");
    case Kind::Agents:
        return tr("The browsers and programs that ask most will be here, where the log's format names them.");
    case Kind::Referrers:
        return tr("The pages that send most visitors will be here, where the log's format names them.");
    case Kind::Methods:
        return tr("GET, POST and the others will be here, most frequent first.");
    case Kind::Countries:
        return tr("No visitor's country is known yet. A database of places tells: give one under \"Privacy and places\" at the left, or as "
                  "--mmdb FILE.");
    case Kind::Networks:
        return tr("No visitor's network is known yet. A database of networks (ASN) tells: give one under \"Privacy and places\" at the "
                  "left, or as --mmdb FILE.");
    case Kind::Keys:
        return tr("The devices, customers or whatever else lines are counted by will be here, where a format is told their key.");
    }
    return {};
}

QString ListChart::sentence() const {
    if (m_entries.empty()) return emptyText();
    const auto most = std::max_element(m_entries.begin(), m_entries.end(),
                                       [this](const TopEntry& a, const TopEntry& b) { return valueOf(a) < valueOf(b); });
    if (m_kind == Kind::Keys) return tr("First is %1: %2 lines.").arg(labelOf(*most), countText(most->count));
    if (countsOnly()) return tr("First is %1: %2 requests.").arg(labelOf(*most), countText(most->count));
    return tr("First is %1: %2 requests, %3 of them errors, %4.")
        .arg(labelOf(*most), countText(most->count), countText(most->errors), bytesText(static_cast<double>(most->bytes)));
}

ChartTable ListChart::table() const {
    ChartTable table;
    if (countsOnly()) {
        table.columns = {title(), tr("requests")};
        for (const TopEntry& entry : m_entries) table.rows.append({labelOf(entry), QVariant::fromValue<qulonglong>(entry.count)});
        return table;
    }
    table.columns = {title(), tr("requests"), tr("errors"), tr("bytes"), tr("requests too high by at most")};
    const bool timed = m_kind == Kind::Urls;
    if (timed) table.columns << tr("p95 (ms)");
    const int rows = shownRows();
    for (int i = 0; i < rows; ++i) {
        const TopEntry& entry = m_entries[static_cast<std::size_t>(i)];
        table.rows.append({labelOf(entry), QVariant::fromValue<qulonglong>(entry.count), QVariant::fromValue<qulonglong>(entry.errors),
                           QVariant::fromValue<qulonglong>(entry.bytes), QVariant::fromValue<qulonglong>(entry.maxError)});
        if (timed) table.rows.back() << (entry.p95Ms < 0 ? QVariant() : QVariant(static_cast<double>(entry.p95Ms)));
    }
    return table;
}

void ListChart::fillMenu(QMenu& menu) {
    if (m_kind == Kind::Agents)
        for (const auto& [by, text] : {std::pair{AgentsBy::Browser, tr("By browser")}, std::pair{AgentsBy::System, tr("By system")},
                                       std::pair{AgentsBy::Bots, tr("Bots against people")}}) {
            QAction* action = menu.addAction(text);
            action->setCheckable(true);
            action->setChecked(m_agentsBy == by);
            connect(action, &QAction::triggered, this, [this, wanted = by] { setAgentsBy(wanted); });
        }
    if (m_kind != Kind::Urls) return;
    for (const auto& [rank, text] : {std::pair{RankBy::Count, tr("By requests")}, std::pair{RankBy::Errors, tr("By errors")},
                                     std::pair{RankBy::P95, tr("By p95 response")}, std::pair{RankBy::Bytes, tr("By bytes")}}) {
        QAction* action = menu.addAction(text);
        action->setCheckable(true);
        action->setChecked(feed().rank() == rank);
        connect(action, &QAction::triggered, this, [this, by = rank] { feed().setRank(by); });
    }
}

int ListChart::itemAt(const QPointF& at) const {
    const QRectF area = plotArea();
    const int row = area.contains(at) ? static_cast<int>((at.y() - area.top()) / rowHeight()) : -1;
    return row < itemCount() ? row : -1;
}

QPointF ListChart::placeOf(int item) const {
    return QRectF(plotArea()).topLeft() + QPointF(plotArea().width() * kLabelShare, (item + 0.5) * rowHeight());
}

Tip ListChart::tipOf(int item) const {
    const TopEntry& entry = m_entries[static_cast<std::size_t>(item)];
    if (countsOnly()) return {labelOf(entry), {{tr("requests"), countText(entry.count), {}}}};
    Tip tip{labelOf(entry),
            {{tr("requests"), countText(entry.count), {}},
             {tr("errors"), countText(entry.errors), {}},
             {tr("bytes"), bytesText(static_cast<double>(entry.bytes)), {}}}};
    if (entry.p95Ms >= 0) tip.rows.append({tr("p95 response"), millisecondsText(static_cast<double>(entry.p95Ms)), {}});
    if (!m_exact && entry.maxError > 0) tip.rows.append({tr("too high by at most %1").arg(countText(entry.maxError)), {}, {}});
    return tip;
}

void ListChart::hold(int row) {
    m_heldRow = row;
    m_held = row >= 0 ? labelOf(m_entries[static_cast<std::size_t>(row)]) : QString();
}

void ListChart::mouseMoveEvent(QMouseEvent* event) {
    ChartCard::mouseMoveEvent(event);
    hold(itemAt(event->position()));
}

void ListChart::keyPressEvent(QKeyEvent* event) {
    ChartCard::keyPressEvent(event);
    hold(chosenItem());
}

void ListChart::leaveEvent(QEvent* event) {
    ChartCard::leaveEvent(event);
    hold(chosenItem());
}

void ListChart::hideEvent(QHideEvent* event) {
    ChartCard::hideEvent(event);
    m_glide.stop();
    m_from.clear();
    hold(-1);
}

ChartCard* makeTopUrls(const ChartContext& context, QWidget* parent) {
    return new ListChart(context, QStringLiteral("top-urls"), ListChart::tr("Top URLs"), ListChart::Kind::Urls, parent);
}
ChartCard* makeHostsChart(const ChartContext& context, QWidget* parent) {
    return new ListChart(context, QStringLiteral("hosts"), ListChart::tr("Hosts"), ListChart::Kind::Hosts, parent);
}
ChartCard* makeAgentsChart(const ChartContext& context, QWidget* parent) {
    return new ListChart(context, QStringLiteral("agents"), ListChart::tr("Agents"), ListChart::Kind::Agents, parent);
}
ChartCard* makeReferrersChart(const ChartContext& context, QWidget* parent) {
    return new ListChart(context, QStringLiteral("referrers"), ListChart::tr("Referrers"), ListChart::Kind::Referrers, parent);
}
ChartCard* makeMethodsChart(const ChartContext& context, QWidget* parent) {
    return new ListChart(context, QStringLiteral("methods"), ListChart::tr("Methods"), ListChart::Kind::Methods, parent);
}
ChartCard* makeCountriesChart(const ChartContext& context, QWidget* parent) {
    return new ListChart(context, QStringLiteral("countries"), ListChart::tr("Countries"), ListChart::Kind::Countries, parent);
}
ChartCard* makeNetworksChart(const ChartContext& context, QWidget* parent) {
    return new ListChart(context, QStringLiteral("networks"), ListChart::tr("Networks"), ListChart::Kind::Networks, parent);
}

ChartCard* makeKeysChart(const ChartContext& context, QWidget* parent) {
    return new ListChart(context, QStringLiteral("keys"), ListChart::tr("Keys"), ListChart::Kind::Keys, parent);
}

} // namespace sg
