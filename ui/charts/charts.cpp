#include "ui/charts/charts.h"

#include <QCoreApplication>

namespace sg {

const std::vector<ChartKind>& chartKinds() {
    static const std::vector<ChartKind> kinds = {
        {"throughput", QT_TRANSLATE_NOOP("sg::Charts", "Throughput"), makeThroughputChart},
        {"status", QT_TRANSLATE_NOOP("sg::Charts", "Status codes"), makeStatusChart},
        {"status-donut", QT_TRANSLATE_NOOP("sg::Charts", "Status codes, whole range"), makeStatusDonut},
        {"top-urls", QT_TRANSLATE_NOOP("sg::Charts", "Top URLs"), makeTopUrls},
        {"response-time", QT_TRANSLATE_NOOP("sg::Charts", "Response time"), makeResponseTimeChart},
        {"micro-batches", QT_TRANSLATE_NOOP("sg::Charts", "Micro-batches"), makeBatchChart},
        {"bytes", QT_TRANSLATE_NOOP("sg::Charts", "Traffic"), makeBytesChart},
        {"visitors", QT_TRANSLATE_NOOP("sg::Charts", "Visitors"), makeVisitorsChart},
        {"methods", QT_TRANSLATE_NOOP("sg::Charts", "Methods"), makeMethodsChart},
        {"hosts", QT_TRANSLATE_NOOP("sg::Charts", "Hosts"), makeHostsChart},
        {"agents", QT_TRANSLATE_NOOP("sg::Charts", "Agents"), makeAgentsChart},
        {"referrers", QT_TRANSLATE_NOOP("sg::Charts", "Referrers"), makeReferrersChart},
        {"countries", QT_TRANSLATE_NOOP("sg::Charts", "Countries"), makeCountriesChart},
        {"networks", QT_TRANSLATE_NOOP("sg::Charts", "Networks"), makeNetworksChart},
        {"keys", QT_TRANSLATE_NOOP("sg::Charts", "Keys"), makeKeysChart, &WindowPart::keys},
    };
    return kinds;
}

bool isOffered(const ChartKind& kind, const Feed& feed) {
    if (kind.needs == nullptr) return true;
    const auto& shown = feed.shown();
    return shown && shown->window && !((*shown->window).*kind.needs).entries.empty();
}

QString chartTitle(const ChartKind& kind) { return QCoreApplication::translate("sg::Charts", kind.title); }

} // namespace sg
