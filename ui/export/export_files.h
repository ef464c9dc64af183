#pragma once
/// Files that appear whole, all together, and never over another one.
#include "ui/export/exporter.h"

#include <QByteArray>

#include <functional>
#include <vector>

namespace sg {

struct ExportFile {
    QString name; ///< in the folder
    std::function<QByteArray()> bytes;
};

/// Writes them beside each other into `folder`, which is made when it is missing. When one of them is there already and `overwrite` is
/// not set, all get the same suffix, so that a set stays a set. Cancelled or failed, nothing is left behind.
[[nodiscard]] ExportOutcome writeFiles(const std::vector<ExportFile>& files, const QString& folder, bool overwrite,
                                       const std::function<bool()>& cancelled, const std::function<void(int, const QString&)>& progress);

} // namespace sg
