#include "ui/shell/chart_area.h"

#include <QBoxLayout>
#include <QMenu>

#include <algorithm>

namespace sg {
namespace {

constexpr int kUpper = 2; // places in the upper row
constexpr int kGap = 10;
constexpr int kStretch[kChartPlaces] = {68, 32, 31, 36, 33};

} // namespace

ChartArea::ChartArea(ChartContext context, QWidget* parent) : QWidget(parent), m_context(context), m_places(defaultCharts()) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(kGap);
    m_upper = new QHBoxLayout;
    m_lower = new QHBoxLayout;
    for (QBoxLayout* row : {m_upper, m_lower}) {
        row->setSpacing(kGap);
        column->addLayout(row, 1);
    }
    arrange();
}

QStringList ChartArea::defaultCharts() {
    return {QStringLiteral("throughput"), QStringLiteral("status"), QStringLiteral("top-urls"), QStringLiteral("response-time"),
            QStringLiteral("micro-batches")};
}

QStringList ChartArea::charts() const { return m_places; }

void ChartArea::setCharts(const QStringList& ids) {
    QStringList next;
    for (int place = 0; place < static_cast<int>(kChartPlaces); ++place) {
        const QString id = ids.value(place);
        const bool hidden = place < ids.size() && id.isEmpty();
        next << (hidden ? QString() : chart(id) != nullptr && !next.contains(id) ? id : defaultCharts()[place]);
    }
    // A double leaves the second place empty rather than showing one chart twice.
    for (int place = 1; place < next.size(); ++place)
        if (!next[place].isEmpty() && next.indexOf(next[place]) < place) next[place].clear();
    if (next == m_places) return;
    m_places = next;
    arrange();
    emit changed();
}

ChartCard* ChartArea::chart(const QString& id) {
    if (const auto made = m_made.find(id); made != m_made.end()) return made->second;
    for (const ChartKind& kind : chartKinds()) {
        if (id != QLatin1String(kind.id)) continue;
        ChartCard* card = kind.make(m_context, this);
        card->hide();
        connect(card, &ChartCard::enlargeRequested, this, [this, id] { enlarge(m_enlarged == id ? QString() : id); });
        connect(card, &ChartCard::exportRequested, this, [this, card] { emit exportRequested(card); });
        connect(card, &ChartCard::menuAboutToShow, this, [this, id](QMenu* menu) { addPlaceMenu(*menu, id); });
        m_made.emplace(id, card);
        return card;
    }
    return nullptr;
}

void ChartArea::addPlaceMenu(QMenu& menu, const QString& id) {
    menu.addSeparator();
    menu.addAction(m_enlarged == id ? tr("Back to all charts") : tr("Full size"), this,
                   [this, id] { enlarge(m_enlarged == id ? QString() : id); });
    const int place = static_cast<int>(m_places.indexOf(id));
    if (place < 0) return;
    QMenu* instead = menu.addMenu(tr("Show instead"));
    for (const ChartKind& kind : chartKinds()) {
        const QString other = QLatin1String(kind.id);
        if (other == id || (!isOffered(kind, m_context.feed) && !m_places.contains(other))) continue;
        instead->addAction(chartTitle(kind), this, [this, place, other] {
            QStringList next = m_places;
            // One that is shown elsewhere changes places with this one.
            if (const int there = static_cast<int>(next.indexOf(other)); there >= 0) next[there] = next[place];
            next[place] = other;
            m_places = next;
            arrange();
            emit changed();
        });
    }
    menu.addAction(tr("Hide this chart"), this, [this, place] {
        m_places[place].clear();
        arrange();
        emit changed();
    });
}

void ChartArea::enlarge(const QString& id) {
    if (id == m_enlarged || (!id.isEmpty() && chart(id) == nullptr)) return;
    m_enlarged = id;
    arrange();
}

void ChartArea::setPresenting(bool presenting) {
    if (presenting == m_presenting) return;
    m_presenting = presenting;
    arrange();
}

std::vector<ChartCard*> ChartArea::shownCharts() const {
    std::vector<ChartCard*> shown;
    for (const QString& id : m_places)
        if (const auto made = m_made.find(id); made != m_made.end()) shown.push_back(made->second);
    return shown;
}

void ChartArea::arrange() {
    setUpdatesEnabled(false);
    for (QBoxLayout* row : {m_upper, m_lower})
        while (QLayoutItem* item = row->takeAt(0)) {
            if (item->widget() != nullptr) item->widget()->hide();
            delete item;
        }
    bool upper = false, lower = false;
    for (int place = 0; place < m_places.size(); ++place) {
        const QString id = m_enlarged.isEmpty() ? m_places[place] : place == 0 ? m_enlarged : QString();
        ChartCard* card = id.isEmpty() ? nullptr : chart(id);
        if (card == nullptr || (m_presenting && place >= kUpper)) continue;
        (place < kUpper ? m_upper : m_lower)->addWidget(card, kStretch[place]);
        (place < kUpper ? upper : lower) = true;
        card->show();
    }
    auto* column = static_cast<QVBoxLayout*>(layout());
    column->setStretch(0, upper ? 1 : 0);
    column->setStretch(1, lower ? 1 : 0);
    setUpdatesEnabled(true);
    updateGeometry();
}

QSize ChartArea::minimumSizeHint() const {
    const int rows = (m_enlarged.isEmpty() && !m_presenting) ? 2 : 1;
    const int row = m_context.appearance.scaled(190);
    return {600, rows * row + (rows - 1) * kGap};
}

} // namespace sg
