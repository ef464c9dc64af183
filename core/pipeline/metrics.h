#pragma once
/// A Snapshot in Prometheus' words: names, types and help of every figure, and the text that is answered.
///
/// Pure: what is counted is counted by the stages; nothing is added up here. *Source:* Prometheus, "Metric and label naming" and
/// "Exposition formats" (text format 0.0.4). Labels have few values (stages, reasons, status codes), whatever stands in a log.
#include "core/contract/snapshot.h"
#include "core/pipeline/process_figures.h"

#include <string>

namespace sg {

inline constexpr const char* kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

[[nodiscard]] std::string metricsText(const Snapshot& snapshot, const ProcessFigures& process);
/// What `/healthz` says against the pipeline: a sentence for each stage that has failed; empty = it is well.
[[nodiscard]] std::string failedStages(const Snapshot& snapshot);

} // namespace sg
