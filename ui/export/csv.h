#pragma once
/// Tables as CSV by RFC 4180: UTF-8, CRLF, quotes where they are needed; times as ISO 8601 in UTC, numbers with all their digits.
///
/// Text that a spreadsheet would take for a formula is left as it is: the file is data, and what was measured must come back as it was.
#include "core/contract/batch_progress.h"
#include "ui/charts/chart_card.h"

#include <QByteArray>

#include <vector>

namespace sg {

[[nodiscard]] QByteArray csvOf(const ChartTable& table);
/// Spark's words; times in UTC, durations in milliseconds.
[[nodiscard]] ChartTable batchesTable(const std::vector<BatchProgress>& batches);
/// One value as it stands in a CSV before quoting; an absent one is empty.
[[nodiscard]] QString csvValue(const QVariant& value);

} // namespace sg
