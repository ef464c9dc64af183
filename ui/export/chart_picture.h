#pragma once
/// Charts as pictures. *Thread:* what draws a card belongs to the window's thread; what it returns may be encoded in any.
#include "ui/export/export_request.h"

#include <QImage>
#include <QPicture>
#include <QSizeF>

namespace sg {

inline constexpr double kImageScale = 2; ///< pixels a logical one

/// Of a card in an export: as it is on the screen, or a usual one when it has never been shown.
[[nodiscard]] QSize pictureSize(const ChartCard& chart);
[[nodiscard]] QImage chartImage(const ChartCard& chart, const Palette& palette);
[[nodiscard]] QByteArray chartSvg(const ChartCard& chart, const Palette& palette, QSizeF size);
[[nodiscard]] QPicture chartPicture(const ChartCard& chart, const Palette& palette, QSizeF size);
/// Title, time range, ledger, figures and all charts on one sheet.
[[nodiscard]] QImage dashboardImage(const ExportRequest& request);

} // namespace sg
