#pragma once
/// A top list: label, bar, figure; whole rows, as many as fit. Rows glide to their new places, and the one under the mouse stays.
#include "ui/charts/chart_card.h"

#include <QHash>
#include <QVariantAnimation>

namespace sg {

class ListChart : public ChartCard {
    Q_OBJECT

public:
    enum class Kind { Urls, Hosts, Agents, Referrers, Methods, Keys };

    ListChart(const ChartContext& context, const QString& id, const QString& title, Kind kind, QWidget* parent);

    [[nodiscard]] QString subtitle() const override;
    [[nodiscard]] ChartTable table() const override;
    [[nodiscard]] QString sentence() const override;
    void refresh() override;
    void fillMenu(QMenu& menu) override;
    /// As they stand from the top, all that are known; the first `fitting` of them can be seen.
    [[nodiscard]] const std::vector<TopEntry>& entries() const { return m_entries; }
    [[nodiscard]] int fitting(const QRectF& area) const;
    /// Those of the table, and of every picture that has the room for them.
    [[nodiscard]] int shownRows() const { return fitting(plotArea()); }

protected:
    [[nodiscard]] QString emptyText() const override;
    void paintPlot(QPainter& painter, const QRectF& area, const Palette& palette) const override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    [[nodiscard]] const TopList* list() const;
    [[nodiscard]] RankBy rank() const;
    [[nodiscard]] std::uint64_t valueOf(const TopEntry& entry) const;
    [[nodiscard]] QString textOf(const TopEntry& entry) const;
    [[nodiscard]] double rowHeight() const;
    [[nodiscard]] static QString labelOf(const TopEntry& entry);

    Kind m_kind;
    std::vector<TopEntry> m_entries;
    bool m_exact = true;
    QHash<QString, double> m_from; ///< places (in rows) from which rows glide
    QVariantAnimation m_glide;
    QString m_under; ///< the mouse
    int m_underRow = -1;
};

} // namespace sg
