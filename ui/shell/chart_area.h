#pragma once
/// The charts: two above, three below; each place can show any chart, and one can be shown large.
#include "ui/charts/charts.h"

#include <QWidget>

#include <array>
#include <map>
#include <vector>

class QBoxLayout;

namespace sg {

inline constexpr std::size_t kChartPlaces = 5;

class ChartArea : public QWidget {
    Q_OBJECT

public:
    ChartArea(ChartContext context, QWidget* parent = nullptr);

    /// Ids by place; unknown ids and doubles fall back to the default, empty hides the place.
    void setCharts(const QStringList& ids);
    [[nodiscard]] QStringList charts() const;
    [[nodiscard]] static QStringList defaultCharts();
    /// One chart fills the area; an empty id ends it.
    void enlarge(const QString& id);
    [[nodiscard]] QString enlarged() const { return m_enlarged; }
    /// Only the upper row: for a room.
    void setPresenting(bool presenting);
    [[nodiscard]] std::vector<ChartCard*> shownCharts() const;
    /// Made when it is needed; null for an unknown id.
    [[nodiscard]] ChartCard* chart(const QString& id);
    [[nodiscard]] QSize minimumSizeHint() const override;

signals:
    void exportRequested(sg::ChartCard* chart);
    void changed(); ///< other charts are shown

private:
    void arrange();
    void addPlaceMenu(QMenu& menu, const QString& id);

    ChartContext m_context;
    QBoxLayout *m_upper = nullptr, *m_lower = nullptr;
    std::map<QString, ChartCard*> m_made;
    QStringList m_places;
    QString m_enlarged;
    bool m_presenting = false;
};

} // namespace sg
