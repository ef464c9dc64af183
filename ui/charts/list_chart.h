#pragma once
/// A top list: label, bar, figure; whole rows, as many as fit. Rows glide to their new places, and the one under the mouse stays.
#include "ui/charts/chart_card.h"

#include <QHash>
#include <QVariantAnimation>

namespace sg {

class ListChart : public ChartCard {
    Q_OBJECT

public:
    enum class Kind { Urls, Hosts, Agents, Referrers, Methods, Countries, Networks, Keys };
    enum class AgentsBy { Browser, System, Bots };

    ListChart(const ChartContext& context, const QString& id, const QString& title, Kind kind, QWidget* parent);

    [[nodiscard]] QString subtitle() const override;
    [[nodiscard]] ChartTable table() const override;
    [[nodiscard]] QString sentence() const override;
    void refresh() override;
    void fillMenu(QMenu& menu) override;
    void setAgentsBy(AgentsBy by);
    /// As they stand from the top, all that are known; the first `fitting` of them can be seen.
    [[nodiscard]] const std::vector<TopEntry>& entries() const { return m_entries; }
    [[nodiscard]] int fitting(const QRectF& area) const;
    /// Those of the table, and of every picture that has the room for them.
    [[nodiscard]] int shownRows() const { return fitting(plotArea()); }

protected:
    [[nodiscard]] QString emptyText() const override;
    void paintPlot(QPainter& painter, const QRectF& area, const Palette& palette) const override;
    [[nodiscard]] int itemCount() const override { return shownRows(); }
    [[nodiscard]] int itemAt(const QPointF& at) const override;
    [[nodiscard]] Tip tipOf(int item) const override;
    [[nodiscard]] QPointF placeOf(int item) const override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    [[nodiscard]] const TopList* list() const;
    [[nodiscard]] RankBy rank() const;
    [[nodiscard]] double valueOf(const TopEntry& entry) const;
    [[nodiscard]] QString textOf(const TopEntry& entry) const;
    [[nodiscard]] double rowHeight() const;
    void hold(int row);
    void countPeople();
    /// People and bots have no errors or bytes of their own.
    [[nodiscard]] bool countsOnly() const { return m_kind == Kind::Agents && m_agentsBy == AgentsBy::Bots; }
    [[nodiscard]] static QString labelOf(const TopEntry& entry);

    Kind m_kind;
    AgentsBy m_agentsBy = AgentsBy::Browser;
    TopList m_people; ///< people and bots, as a list of two
    std::vector<TopEntry> m_entries;
    bool m_exact = true;
    QHash<QString, double> m_from; ///< places (in rows) from which rows glide
    QVariantAnimation m_glide;
    QString m_held; ///< the row that the mouse or the keyboard is at, and where it stays
    int m_heldRow = -1;
};

} // namespace sg
