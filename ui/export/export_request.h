#pragma once
/// What an export is made of. Values and charts as they are at the moment it is asked for.
#include "core/contract/snapshot.h"
#include "ui/charts/chart_card.h"
#include "ui/style/palette.h"

#include <QFont>
#include <QString>
#include <QVector>

#include <memory>
#include <vector>

namespace sg {

/// A large number with its caption, as the row of figures shows it.
struct ExportFigure {
    QString caption, value, change;
};

struct ExportRequest {
    std::vector<ChartCard*> charts;           ///< in the order of the screen; brought up to date before they are drawn
    std::shared_ptr<const Snapshot> snapshot; ///< null = nothing has run
    qint64 fromMs = 0, toMs = 0;              ///< of the time range on the screen
    QString title;                            ///< "Product launch", or what is followed
    QVector<ExportFigure> figures;
    QString settings; ///< the profile as TOML, without secrets
    Palette palette;
    QFont font; ///< family of all text
};

/// The keys of `report --json`'s "ledger".
[[nodiscard]] QByteArray ledgerJson(const Ledger& ledger);
/// "23 Nov 2026, 13:57:00 to 14:02:00 UTC+01:00 (5 min)"; what there is to say without a range.
[[nodiscard]] QString rangeText(qint64 fromMs, qint64 toMs);

} // namespace sg
