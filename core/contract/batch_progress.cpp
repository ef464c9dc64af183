#include "core/contract/batch_progress.h"

#include <cmath>
#include <cstdio>

namespace sg {
namespace {

std::string number(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.3f", value);
    return text;
}

} // namespace

std::string toProgressJson(const BatchProgress& p, std::string_view stream, std::string_view runId) {
    std::string out =
        R"({"id":")" + std::string(stream) + R"(","runId":")" + std::string(runId) + R"(","name":"streamgauge","timestamp":")";
    out += isoTime(p.planned) + R"(","batchId":)" + std::to_string(p.id.value) + R"(,"numInputRows":)" + std::to_string(p.lines);
    const auto rate = [&](const char* key, double value) {
        if (std::isfinite(value) && value > 0) out += std::string(",\"") + key + "\":" + number(value);
    };
    rate("inputRowsPerSecond", p.inputRowsPerSecond);
    rate("processedRowsPerSecond", p.processedRowsPerSecond);
    out += R"(,"durationMs":{"latestOffset":)" + number(p.latestOffsetMs) + R"(,"walCommit":)" + number(p.walCommitMs) + R"(,"addBatch":)" +
           number(p.addBatchMs) + R"(,"commitOffsets":)" + number(p.commitMs) + R"(,"triggerExecution":)" + number(p.triggerMs) + "}";
    out += R"(,"schedulingDelayMs":)" + number(p.schedulingDelayMs) + R"(,"totalDelayMs":)" + number(p.totalDelayMs);
    if (p.parsed > 0) {
        out += R"(,"eventTime":{"min":")" + isoTime(p.eventMin) + R"(","max":")" + isoTime(p.eventMax) + '"';
        if (p.watermark.ns != 0) out += R"(,"watermark":")" + isoTime(p.watermark) + '"';
        out += "}";
    }
    out += R"(,"sources":[{"description":"chunks","files":)" + std::to_string(p.chunks) + R"(,"bytes":)" + std::to_string(p.bytes) +
           R"(,"numInputRows":)" + std::to_string(p.lines) + "}]";
    out += R"(,"sink":{"numOutputRows":)" + std::to_string(p.parsed) + R"(},"dead":)" + std::to_string(p.dead) + R"(,"late":)" +
           std::to_string(p.late) + R"(,"recovered":)" + (p.recovered ? "true" : "false") + "}";
    return out;
}

} // namespace sg
