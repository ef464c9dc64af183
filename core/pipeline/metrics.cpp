#include "core/pipeline/metrics.h"

#include <QtGlobal>

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

namespace sg {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

constexpr std::array<std::string_view, 8> kStates{"off", "starting", "running", "waiting", "behind", "paused", "failed", "stopped"};
constexpr const char* kStream = " Since the stream of the data directory began: it goes on over restarts.";
constexpr const char* kProcess = " Since this process began.";

double real(std::uint64_t value) { return static_cast<double>(value); }
double seconds(Timestamp time) { return static_cast<double>(time.ns) / 1e9; }

/// Families in the order in which they are added; a family's samples follow each other, as the format wants.
class Families {
public:
    void counter(const std::string& name, const std::string& help, double value, Labels labels = {}) {
        add(MetricType::Counter, name, help, std::move(labels)).counter.value = value;
    }
    void gauge(const std::string& name, const std::string& help, double value, Labels labels = {}) {
        add(MetricType::Gauge, name, help, std::move(labels)).gauge.value = value;
    }
    void histogram(const std::string& name, const std::string& help, const DurationCounts& durations) {
        ClientMetric::Histogram& out = add(MetricType::Histogram, name, help, {}).histogram;
        for (std::size_t i = 0; i < durations.counts().size(); ++i) {
            out.sample_count += durations.counts()[i];
            if (i < DurationCounts::kBounds.size()) out.bucket.push_back({out.sample_count, DurationCounts::kBounds[i]});
        }
        out.sample_sum = durations.sumSeconds();
    }
    std::vector<MetricFamily> take() { return std::move(m_families); }

private:
    ClientMetric& add(MetricType type, const std::string& name, const std::string& help, Labels labels) {
        if (m_families.empty() || m_families.back().name != name) m_families.push_back({name, help, type, {}});
        ClientMetric& sample = m_families.back().metric.emplace_back();
        sample.label = std::move(labels);
        return sample;
    }
    std::vector<MetricFamily> m_families;
};

struct NamedStage {
    const char* name;
    const StageStatus* status;
};

std::vector<NamedStage> stagesOf(const Snapshot& s) {
    std::vector<NamedStage> stages;
    if (s.generator) stages.push_back({"generator", &s.generator->stage});
    if (s.splitter) stages.push_back({"splitter", &s.splitter->stage});
    if (s.batch) stages.push_back({"batch", &s.batch->stage});
    if (s.output) stages.push_back({"output", &s.output->stage});
    return stages;
}

void addBooks(Families& f, const Ledger& l) {
    const auto books = [&](const char* name, const char* help, std::uint64_t value) {
        f.counter(std::string("streamgauge_") + name + "_total", std::string(help) + kStream, real(value));
    };
    books("read_lines", "Complete lines read from the sources.", l.lines);
    books("split_lines", "Lines in published chunks.", l.split);
    books("planned_lines", "Lines in chunks that a batch has taken.", l.planned);
    books("lost_lines", "Lines in chunks that vanished or could not be read.", l.lost);
    books("committed_lines", "Lines of committed batches.", l.committed);
    books("parsed_lines", "Lines that became events.", l.parsed);
    books("skipped_lines", "Blank lines and headers.", l.skipped);
    books("late_lines", "Parsed lines behind the watermark.", l.late);
    const std::string dead = "streamgauge_dead_letters_total";
    const std::string deadHelp =
        std::string("Lines that could not be read, and documents that Elasticsearch refused, by reason.") + kStream;
    for (auto reason = static_cast<std::size_t>(Reason::TooLong); reason < static_cast<std::size_t>(Reason::RejectedByServer); ++reason)
        f.counter(dead, deadHelp, real(l.deadByReason[reason]), {{"reason", std::string(reasonText(static_cast<Reason>(reason)).id)}});
    f.counter(dead, deadHelp, real(l.rejected), {{"reason", "refused"}});
    books("resolved_dead_letters", "Of them, those that are lines of a chunk again.", l.resolved());
    books("retried_lines", "Planned lines of such chunks.", l.retried);
    const std::string delivered = "streamgauge_delivered_documents_total";
    const std::string deliveredHelp = std::string("Documents with a final answer of Elasticsearch, by result.") + kStream;
    f.counter(delivered, deliveredHelp, real(l.created), {{"result", "created"}});
    f.counter(delivered, deliveredHelp, real(l.duplicate), {{"result", "duplicate"}});
    f.counter(delivered, deliveredHelp, real(l.rejected), {{"result", "rejected"}});
    books("sent_documents", "Documents sent, each attempt counted, of delivered batches.", l.sent);
    books("abandoned_lines", "Parsed lines given up before they were delivered.", l.abandoned);
    books("not_requested_lines", "Parsed lines for which no Elasticsearch was set.", l.notRequested);
    f.counter("streamgauge_generated_lines_total", std::string("Lines written by the generator.") + kProcess, real(l.generated));

    f.gauge("streamgauge_opening_lines", "Lines released before this store was made: their fate is in an older one.", real(l.opening));
    f.gauge("streamgauge_unsplit_lines", "Lines read and in no published chunk.", real(l.unsplit));
    f.gauge("streamgauge_waiting_lines", "Lines in chunks that no batch has taken.", real(l.waiting));
    f.gauge("streamgauge_open_lines", "Lines of the batch that is planned and not committed.", real(l.open));
    f.gauge("streamgauge_undelivered_documents", "Documents of committed batches without a final answer.", real(l.undelivered));
    f.gauge("streamgauge_dead_letters_left", "Dead letters that have not been retried.", real(l.deadLeft()));
    f.gauge("streamgauge_retrying_dead_letters", "Dead letters of a retry that is not finished.", real(l.retrying));
    f.gauge("streamgauge_in_flight_lines", "Lines on their way: unsplit, waiting, open and undelivered.", real(l.inFlight()));
    f.gauge("streamgauge_ledger_differences", "Equalities of the ledger that do not hold; 0 = every line is accounted for.",
            real(l.differences().size()));
}

void addTraffic(Families& f, const Totals& totals) {
    const std::string name = "streamgauge_requests_total", help = std::string("Requests of the log by HTTP status.") + kStream;
    for (std::size_t status = 0; status < totals.byStatus.size(); ++status)
        if (totals.byStatus[status] > 0) f.counter(name, help, real(totals.byStatus[status]), {{"status", std::to_string(status)}});
    f.counter(name, help, real(totals.noStatus), {{"status", "none"}});
    f.counter("streamgauge_bot_requests_total", std::string("Requests that no person made.") + kStream, real(totals.bots));
    f.counter("streamgauge_response_bytes_total", std::string("Bytes of the responses of the log.") + kStream, real(totals.bytes));
    f.gauge("streamgauge_visitors", "Distinct pairs of address and user agent, estimated.", totals.visitors);
}

void addBatches(Families& f, const BatchPart& batch) {
    const BatchProgress& current = batch.current;
    const BatchTimings& timings = batch.timings;
    f.counter("streamgauge_batches_total", std::string("Committed batches.") + kStream, real(batch.batches));
    f.gauge("streamgauge_batch_interval_seconds", "Spark's batch duration: from one batch to the next.",
            std::chrono::duration<double>(batch.interval).count());
    f.histogram("streamgauge_batch_processing_seconds", std::string("Spark's triggerExecution: all of a batch.") + kProcess,
                timings.processing);
    f.histogram("streamgauge_batch_scheduling_delay_seconds", std::string("How long after its due tick a batch began.") + kProcess,
                timings.schedulingDelay);
    f.histogram("streamgauge_batch_total_delay_seconds", std::string("Scheduling delay and processing.") + kProcess, timings.totalDelay);
    f.histogram("streamgauge_line_to_chart_seconds",
                std::string("Arrival of the oldest line of a batch until it is committed and on the charts.") + kProcess,
                timings.lineToChart);
    const std::string phase = "streamgauge_batch_phase_seconds_total", help = std::string("Time of batches by Spark's phase.") + kProcess;
    f.counter(phase, help, timings.latestOffsetSeconds, {{"phase", "latestOffset"}});
    f.counter(phase, help, timings.walCommitSeconds, {{"phase", "walCommit"}});
    f.counter(phase, help, timings.addBatchSeconds, {{"phase", "addBatch"}});
    f.counter(phase, help, timings.commitSeconds, {{"phase", "commitOffsets"}});
    f.gauge("streamgauge_last_line_to_chart_seconds", "The same delay of the newest batch.", batch.lineToChartMs / 1000);
    f.gauge("streamgauge_last_batch_lines", "Lines of the newest batch.", real(current.lines));
    f.gauge("streamgauge_last_batch_input_lines_per_second", "Spark's inputRowsPerSecond.", current.inputRowsPerSecond);
    f.gauge("streamgauge_last_batch_processed_lines_per_second", "Spark's processedRowsPerSecond.", current.processedRowsPerSecond);
    if (batch.totals.last.ns != 0)
        f.gauge("streamgauge_newest_event_timestamp_seconds", "The greatest event time.", seconds(batch.totals.last));
    if (current.watermark.ns != 0)
        f.gauge("streamgauge_watermark_timestamp_seconds", "Lines with an earlier event time are late.", seconds(current.watermark));
}

void addDelivery(Families& f, const OutputPart& output) {
    f.gauge("streamgauge_output_info", "Where documents go; always 1.", 1, {{"target", output.target}, {"product", output.product}});
    f.gauge("streamgauge_undelivered_batches", "Committed batches that wait for their delivery.", real(output.batchesWaiting));
    f.gauge("streamgauge_unindexed_dead_letters", "Dead letters that their index does not show as they are now.",
            real(output.lettersWaiting));
    f.gauge("streamgauge_bulk_requests_in_flight", "Bulk requests without an answer yet.", output.inFlight);
    f.gauge("streamgauge_bulk_requests_limit", "Bulk requests at a time at most, as the server takes them now.", output.mayFly);
    f.gauge("streamgauge_bulk_body_limit_bytes", "Bytes of a bulk request at most, as the server takes them now.", real(output.bodyBytes));
    f.gauge("streamgauge_output_busy_ratio", "Share of the last second or so in which the server had a bulk request of ours.",
            output.busyShare);
    f.counter("streamgauge_bulk_sent_bytes_total", std::string("Bytes of bulk bodies as they were on the line.") + kProcess,
              real(output.sentBytes));
    const std::string name = "streamgauge_bulk_responses_total";
    const std::string help = std::string("Answers to bulk requests by HTTP status; none = the connection broke or timed out.") + kProcess;
    if (output.answers.empty()) f.counter(name, help, 0, {{"status", "200"}});
    for (const auto& [status, count] : output.answers)
        f.counter(name, help, real(count), {{"status", status == 0 ? "none" : std::to_string(status)}});
    f.counter("streamgauge_bulk_retries_total", std::string("Bulk requests sent again.") + kProcess, real(output.retries));
    f.histogram("streamgauge_bulk_latency_seconds", std::string("Bulk request until its answer.") + kProcess, output.latency);
}

void addStages(Families& f, const Snapshot& s) {
    const std::vector<NamedStage> stages = stagesOf(s);
    for (const NamedStage& stage : stages)
        for (std::size_t state = 0; state < kStates.size(); ++state)
            f.gauge("streamgauge_stage_state", "1 for the state that a stage is in.",
                    static_cast<std::size_t>(stage.status->state) == state,
                    {{"stage", stage.name}, {"state", std::string(kStates[state])}});
    for (const NamedStage& stage : stages)
        f.gauge("streamgauge_stage_lines_per_second", "Rate of a stage over the last second or so; of the output in documents.",
                stage.status->rate, {{"stage", stage.name}});
    for (const NamedStage& stage : stages) {
        std::map<std::string, double> open; // by kind: an object's name behind the colon would be a label of any number of values
        for (const Problem& problem : stage.status->problems) {
            double& count = open[problem.key.substr(0, problem.key.find(':'))];
            count += problem.resolved ? 0 : 1;
        }
        if (open.empty()) open["none"] = 0;
        for (const auto& [kind, count] : open)
            f.gauge("streamgauge_open_problems", "Problems that are still true, by kind.", count, {{"stage", stage.name}, {"kind", kind}});
    }
}

void addSources(Families& f, const Snapshot& s) {
    if (s.generator) {
        f.gauge("streamgauge_generator_target_lines_per_second", "What the generator is to make now.", s.generator->targetRate);
        f.counter("streamgauge_generated_bytes_total", std::string("Bytes written by the generator.") + kProcess, real(s.generator->bytes));
        f.counter("streamgauge_log_rotations_total", std::string("Rotations of the generator's log.") + kProcess, s.generator->rotations);
    }
    if (s.splitter) {
        f.counter("streamgauge_chunks_total", std::string("Chunks published.") + kProcess, real(s.splitter->chunks));
        f.gauge("streamgauge_chunks_on_disk_bytes", "Bytes of chunks that wait for a batch or for their delivery.",
                real(s.splitter->chunkBytesOnDisk));
        f.gauge("streamgauge_sources", "Files that are read.", s.splitter->sources);
    }
}

void addProcess(Families& f, const ProcessFigures& p) {
    f.counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", p.cpuSeconds);
    f.gauge("process_open_fds", "Number of open file descriptors.", real(p.openFiles));
    f.gauge("process_max_fds", "Maximum number of open file descriptors.", real(p.maxOpenFiles));
    f.gauge("process_resident_memory_bytes", "Resident memory size in bytes.", real(p.residentBytes));
    f.gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", real(p.virtualBytes));
    f.gauge("process_threads", "Threads of the process.", real(p.threads));
    f.gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.", p.startedAt);
}

class SnapshotCollectable final : public prometheus::Collectable {
public:
    SnapshotCollectable(const Snapshot& snapshot, const ProcessFigures& process) : m_snapshot(snapshot), m_process(process) {}
    std::vector<MetricFamily> Collect() const override {
        Families f;
        f.gauge("streamgauge_build_info", "What was built; always 1.", 1,
                {{"version", SG_VERSION}, {"compiler", __VERSION__}, {"qt", qVersion()}});
        f.gauge("streamgauge_stream_info", "The stream of the data directory; always 1.", 1, {{"stream", m_snapshot.stream}});
        addBooks(f, m_snapshot.ledger);
        if (m_snapshot.batch) {
            addTraffic(f, m_snapshot.batch->totals);
            addBatches(f, *m_snapshot.batch);
        }
        if (m_snapshot.output) addDelivery(f, *m_snapshot.output);
        addStages(f, m_snapshot);
        addSources(f, m_snapshot);
        addProcess(f, m_process);
        return f.take();
    }

private:
    const Snapshot& m_snapshot;
    const ProcessFigures& m_process;
};

} // namespace

std::string metricsText(const Snapshot& snapshot, const ProcessFigures& process) {
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, SnapshotCollectable(snapshot, process).Collect());
    return out.str();
}

std::string failedStages(const Snapshot& snapshot) {
    std::string sentences;
    for (const NamedStage& stage : stagesOf(snapshot))
        if (stage.status->state == StageState::Failed)
            sentences +=
                (sentences.empty() ? "" : "\n") + ("the stage " + std::string(stage.name) + " has failed: ") + stage.status->detail;
    return sentences;
}

} // namespace sg
