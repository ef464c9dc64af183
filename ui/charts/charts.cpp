#include "ui/charts/charts.h"

#include <QCoreApplication>

namespace sg {

const std::vector<ChartKind>& chartKinds() {
    static const std::vector<ChartKind> kinds = {
        {"throughput", QT_TRANSLATE_NOOP("sg::Charts", "Throughput"), makeThroughputChart},
        {"status", QT_TRANSLATE_NOOP("sg::Charts", "Status codes"), makeStatusChart},
    };
    return kinds;
}

QString chartTitle(const ChartKind& kind) { return QCoreApplication::translate("sg::Charts", kind.title); }

} // namespace sg
