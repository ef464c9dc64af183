#include "app/report.h"

#include "core/chunks/data_directory.h"
#include "core/elastic/encode.h"
#include "core/store/store.h"

#include <algorithm>
#include <cstdio>
#include <span>

namespace sg {
namespace {

/// Complete lines of a followed file past the position.
std::uint64_t countLines(FileSystem& files, const std::string& path, std::uint64_t from) {
    auto file = files.openRead(path);
    if (!file) return 0;
    std::string block(256U << 10U, '\0');
    std::uint64_t lines = 0;
    while (true) {
        const auto n = (*file)->readAt(from, block);
        if (!n || *n == 0) return lines;
        lines += static_cast<std::uint64_t>(std::count(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(*n), '\n'));
        from += *n;
    }
}

void appendNumber(std::string& out, const char* key, std::uint64_t value, bool first = false) {
    if (!first) out += ',';
    out.append("\"").append(key).append("\":").append(std::to_string(value));
}

void appendTop(std::string& out, const char* key, const char* name, const TopList& list) {
    out.append(",\"").append(key).append("\":[");
    bool first = true;
    for (const TopEntry& entry : list.entries) {
        if (!first) out += ',';
        first = false;
        out.append("{\"").append(name).append("\":");
        appendJsonString(entry.key, out);
        appendNumber(out, "count", entry.count);
        appendNumber(out, "bytes", entry.bytes);
        appendNumber(out, "errors", entry.errors);
        appendNumber(out, "max_error", entry.maxError);
        out += '}';
    }
    out += ']';
}

} // namespace

Result<Report> readReport(FileSystem& files, const std::string& dataDirectory) {
    const DataDirectory data{dataDirectory};
    if (!files.stat(data.store()))
        return fail(ErrorCode::NotFound,
                    dataDirectory + " holds no Streamgauge data (no " + data.store() + "); give the folder of a run with --data");
    Report report;
    // Downstream first, so that a running pipeline can only have counted more upstream.
    SG_TRY_ASSIGN(auto store, openStoreForReading(data.store()));
    SG_TRY_ASSIGN(report.ledger, store->ledger());
    SG_TRY_ASSIGN(const Aggregate aggregate, store->loadAggregate());
    SG_TRY_ASSIGN(report.minuteLines, store->minuteLines());
    SG_TRY_ASSIGN(const BatchId last, store->lastBatch());
    SG_TRY_ASSIGN(const Sequence lastPlanned, store->lastPlannedSequence());
    SG_TRY_ASSIGN(report.stream, store->meta("stream"));
    report.batches = last.value;
    report.totals = aggregate.totals();
    report.urls = aggregate.top(Dimension::Url, RankBy::Count, 50);
    report.hosts = aggregate.top(Dimension::Host, RankBy::Count, 50);
    report.agents = aggregate.top(Dimension::Agent, RankBy::Count, 50);
    report.referrers = aggregate.top(Dimension::Referrer, RankBy::Count, 50);
    report.methods = aggregate.top(Dimension::Method, RankBy::Count, 50);
    report.keys = aggregate.top(Dimension::Key, RankBy::Count, 50);
    report.countries = aggregate.top(Dimension::Country, RankBy::Count, 50);
    report.networks = aggregate.top(Dimension::Network, RankBy::Count, 50);
    report.systems = aggregate.top(Dimension::System, RankBy::Count, 50);

    SG_TRY_ASSIGN(const ReleasedPositions released, readReleased(files, data));
    SG_TRY_ASSIGN(const std::vector<ChunkRef> chunks, listChunks(files, data));
    std::map<std::uint64_t, std::uint64_t> positions;
    for (const auto& [source, position] : released.sources) positions[source] = position.end.value;
    Ledger& ledger = report.ledger;
    ledger.split = released.lines().value;
    for (const ChunkRef& chunk : chunks) {
        if (released.isReleased(chunk.sequence)) continue;
        ledger.split += chunk.lines.value;
        if (chunk.sequence > lastPlanned) ledger.waiting += chunk.lines.value;
        std::uint64_t length = chunk.length.value;
        if (!chunk.reference)
            if (const auto info = files.stat(joinPath(data.chunks(), chunk.fileName()))) length = info->size;
        std::uint64_t& end = positions[chunk.source.value];
        end = std::max(end, chunk.start.value + length);
    }
    SG_TRY_ASSIGN(const std::vector<SourceInfo> sources, readSources(files, data));
    std::map<std::pair<std::uint64_t, std::uint64_t>, SourceInfo> newest; // generation of each file; the older ones are at their end
    for (const SourceInfo& source : sources) {
        if (source.kind != SourceInfo::Kind::Followed) continue;
        SourceInfo& known = newest[{source.device, source.inode}];
        if (source.id >= known.id) known = source;
    }
    for (const auto& [file, source] : newest) {
        const auto info = files.stat(source.path);
        if (info && info->inode == source.inode && info->device == source.device)
            ledger.unsplit += countLines(files, source.path, std::max(source.begin.value, positions[source.id.value]));
    }
    ledger.lines = ledger.split + ledger.unsplit;
    return report;
}

std::string reportJson(const Report& report) {
    const Ledger& l = report.ledger;
    std::string out = "{\"ledger\":{";
    appendNumber(out, "lines", l.lines, true);
    appendNumber(out, "split", l.split);
    appendNumber(out, "unsplit", l.unsplit);
    appendNumber(out, "opening", l.opening);
    appendNumber(out, "processed", l.committed);
    appendNumber(out, "parsed", l.parsed);
    appendNumber(out, "indexed", l.indexed());
    appendNumber(out, "created", l.created);
    appendNumber(out, "duplicate", l.duplicate);
    appendNumber(out, "dead", l.dead());
    appendNumber(out, "resolved", l.resolved());
    appendNumber(out, "rejected", l.rejected);
    appendNumber(out, "skipped", l.skipped);
    appendNumber(out, "lost", l.lost);
    appendNumber(out, "abandoned", l.abandoned);
    appendNumber(out, "not_requested", l.notRequested);
    appendNumber(out, "late", l.late);
    appendNumber(out, "waiting", l.waiting);
    appendNumber(out, "open", l.open);
    appendNumber(out, "undelivered", l.undelivered);
    appendNumber(out, "sent", l.sent);
    appendNumber(out, "in_flight", l.inFlight());
    const bool minutes = report.minuteLines == l.parsed - std::min(l.parsed, l.parsedAgain);
    out.append(",\"balanced\":").append(l.balanced() && minutes ? "true" : "false").append(",\"differences\":[");
    bool first = true;
    std::vector<std::string> differences = l.differences();
    if (!minutes)
        differences.push_back("parsed is " + std::to_string(l.parsed - l.parsedAgain) + ", but the minutes make " + std::to_string(report.minuteLines));
    for (const std::string& difference : differences) {
        if (!first) out += ',';
        first = false;
        appendJsonString(difference, out);
    }
    out += "],\"dead_by_reason\":{";
    first = true;
    for (std::size_t r = 0; r < kReasonCount; ++r) {
        if (l.deadByReason[r] == 0) continue;
        appendNumber(out, std::string(reasonText(static_cast<Reason>(r)).id).c_str(), l.deadByReason[r], first);
        first = false;
    }
    out += "}},\"status\":{";
    first = true;
    for (std::size_t code = 0; code < report.totals.byStatus.size(); ++code) {
        if (report.totals.byStatus[code] == 0) continue;
        char key[8];
        std::snprintf(key, sizeof key, "%03u", static_cast<unsigned>(code));
        appendNumber(out, key, report.totals.byStatus[code], first);
        first = false;
    }
    if (report.totals.noStatus > 0) appendNumber(out, "none", report.totals.noStatus, first);
    out += '}';
    appendTop(out, "urls", "url", report.urls);
    appendTop(out, "hosts", "host", report.hosts);
    appendTop(out, "agents", "agent", report.agents);
    appendTop(out, "referrers", "referrer", report.referrers);
    appendTop(out, "methods", "method", report.methods);
    appendTop(out, "keys", "key", report.keys);
    appendTop(out, "countries", "country", report.countries);
    appendTop(out, "networks", "network", report.networks);
    appendTop(out, "systems", "system", report.systems);
    const auto time = [&](const char* key, Timestamp t) {
        out.append(",\"").append(key).append("\":");
        if (report.totals.parsed == 0) {
            out += "null";
            return;
        }
        out += '"';
        appendIsoTime(t, out);
        out += '"';
    };
    time("first", report.totals.first);
    time("last", report.totals.last);
    appendNumber(out, "bytes", report.totals.bytes);
    char text[160];
    std::snprintf(text, sizeof text, ",\"visitors\":%.0f,\"visitors_error\":%.4f", report.totals.visitors, report.totals.visitorsError);
    out += text;
    appendNumber(out, "bots", report.totals.bots);
    if (report.totals.p95Ms >= 0) {
        std::snprintf(text, sizeof text, ",\"response_ms\":{\"p50\":%.3f,\"p95\":%.3f,\"p99\":%.3f}",
                      static_cast<double>(report.totals.p50Ms), static_cast<double>(report.totals.p95Ms),
                      static_cast<double>(report.totals.p99Ms));
        out += text;
    }
    appendNumber(out, "batches", report.batches);
    out.append(",\"stream\":");
    appendJsonString(report.stream, out);
    out += "}\n";
    return out;
}

std::string reportText(const Report& report) {
    const Ledger& l = report.ledger;
    std::string out;
    char line[200];
    const auto row = [&](const char* name, std::uint64_t value) {
        std::snprintf(line, sizeof line, "  %-16s %20llu\n", name, static_cast<unsigned long long>(value));
        out += line;
    };
    out += "Ledger\n";
    row("lines", l.logLines());
    row("indexed", l.indexed());
    row("not requested", l.notRequested);
    row("dead letters", l.deadLeft());
    row("skipped", l.skipped);
    row("lost", l.lost);
    row("abandoned", l.abandoned);
    row("in flight", l.inFlight());
    if (l.resolved() > 0) row("retried", l.resolved());
    out += l.balanced() ? "  balanced\n" : "";
    for (const std::string& difference : l.differences()) out += "  NOT BALANCED: " + difference + '\n';
    out += "\nStatus\n";
    for (std::size_t code = 0; code < report.totals.byStatus.size(); ++code)
        if (report.totals.byStatus[code] > 0) row(std::to_string(code).c_str(), report.totals.byStatus[code]);
    if (report.totals.noStatus > 0) row("none", report.totals.noStatus);
    const auto list = [&](const char* title, const TopList& top) {
        out.append("\n").append(title).append("\n");
        for (const TopEntry& entry : std::span(top.entries).first(std::min<std::size_t>(10, top.entries.size()))) {
            std::snprintf(line, sizeof line, "  %12llu  %.120s\n", static_cast<unsigned long long>(entry.count), entry.key.c_str());
            out += line;
        }
    };
    if (!report.urls.entries.empty() || report.keys.entries.empty()) list("Top URLs", report.urls);
    if (!report.keys.entries.empty()) list("Top keys", report.keys);
    out += "\nVisitors ";
    // Every line that says who it is from makes one.
    if (report.totals.visitors < 0.5) out += '-';
    else {
        std::snprintf(line, sizeof line, "%.0f (\xC2\xB1 %.1f %%)", report.totals.visitors, report.totals.visitorsError * 100);
        out += line;
    }
    std::snprintf(line, sizeof line, ", bytes %llu, batches %llu\n", static_cast<unsigned long long>(report.totals.bytes),
                  static_cast<unsigned long long>(report.batches));
    out += line;
    return out;
}

std::string waitingText(std::uint64_t documents, std::uint64_t deadLetters, const std::string& dataDirectory, const std::string& target) {
    if (documents + deadLetters == 0) return {};
    std::string out;
    const auto add = [&](std::uint64_t count, const char* thing) {
        if (count > 0) out += (out.empty() ? "" : " and ") + std::to_string(count) + thing + (count == 1 ? "" : "s");
    };
    add(documents, " document");
    add(deadLetters, " dead letter");
    return out + (documents + deadLetters == 1 ? " waits in " : " wait in ") + dataDirectory + " for " +
           (target.empty() ? "an Elasticsearch that is not set now" : target) +
           "; nothing is lost: run again with the same --data to deliver " + (documents + deadLetters == 1 ? "it" : "them") + '\n';
}

} // namespace sg
