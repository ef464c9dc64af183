#pragma once
/// Every chart there is. A new one is a file of its own, a factory here, and a row of the table in charts.cpp.
#include "ui/charts/chart_card.h"

#include <vector>

namespace sg {

[[nodiscard]] ChartCard* makeThroughputChart(const ChartContext& context, QWidget* parent);
[[nodiscard]] ChartCard* makeStatusChart(const ChartContext& context, QWidget* parent);
[[nodiscard]] ChartCard* makeStatusDonut(const ChartContext& context, QWidget* parent);
[[nodiscard]] ChartCard* makeTopUrls(const ChartContext& context, QWidget* parent);
[[nodiscard]] ChartCard* makeResponseTimeChart(const ChartContext& context, QWidget* parent);
[[nodiscard]] ChartCard* makeBatchChart(const ChartContext& context, QWidget* parent);
[[nodiscard]] ChartCard* makeMethodsChart(const ChartContext& context, QWidget* parent);
[[nodiscard]] ChartCard* makeHostsChart(const ChartContext& context, QWidget* parent);
[[nodiscard]] ChartCard* makeAgentsChart(const ChartContext& context, QWidget* parent);
[[nodiscard]] ChartCard* makeReferrersChart(const ChartContext& context, QWidget* parent);
[[nodiscard]] ChartCard* makeCountriesChart(const ChartContext& context, QWidget* parent);
[[nodiscard]] ChartCard* makeNetworksChart(const ChartContext& context, QWidget* parent);
[[nodiscard]] ChartCard* makeBytesChart(const ChartContext& context, QWidget* parent);
[[nodiscard]] ChartCard* makeVisitorsChart(const ChartContext& context, QWidget* parent);
[[nodiscard]] ChartCard* makeKeysChart(const ChartContext& context, QWidget* parent);

struct ChartKind {
    const char* id;    ///< the card's
    const char* title; ///< untranslated, see `chartTitle`
    ChartCard* (*make)(const ChartContext& context, QWidget* parent);
    TopList WindowPart::*needs = nullptr; ///< what most logs have nothing of: menus offer the chart while the window has some
};

/// In the order of the menu.
[[nodiscard]] const std::vector<ChartKind>& chartKinds();
[[nodiscard]] bool isOffered(const ChartKind& kind, const Feed& feed);
[[nodiscard]] QString chartTitle(const ChartKind& kind);

} // namespace sg
