#!/usr/bin/env python3
"""Makes grafana/streamgauge.json: the panels as they stand below, in the order in which they are seen.

    make_dashboard.py           writes it beside this file
    make_dashboard.py --print   to standard output
"""
import json
import pathlib
import sys

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24


def on(name, labels=""):
    """A metric of the chosen instances."""
    return name + '{instance=~"$instance"' + ("," + labels if labels else "") + "}"


def rate(name, labels=""):
    return f"rate({on(name, labels)}[$__rate_interval])"


def by(label, expression):
    return f"sum by ({label}) ({expression})"


def quantile(q, name):
    return f"histogram_quantile({q}, {by('le', rate(name + '_bucket'))})"


def mean(name):
    return f"sum({rate(name + '_sum')}) / sum({rate(name + '_count')})"


def figure(title, unit, expression, description, steps=None, width=4, decimals=None):
    """One number; `steps`: [(from, colour)], the first from the beginning."""
    steps = steps or [(None, "text")]
    defaults = {"unit": unit, "thresholds": {"mode": "absolute", "steps": [{"value": at, "color": colour} for at, colour in steps]}}
    if decimals is not None:
        defaults["decimals"] = decimals
    return {"type": "stat", "title": title, "description": description, "size": (width, 4), "targets": [(expression, "")],
            "fieldConfig": {"defaults": defaults, "overrides": []},
            "options": {"reduceOptions": {"calcs": ["lastNotNull"]}, "graphMode": "area", "colorMode": "value"}}


def chart(title, unit, targets, description, width=12, stack=False, least=0):
    custom = {"lineWidth": 1, "fillOpacity": 20 if stack else 5, "showPoints": "never",
              "stacking": {"mode": "normal" if stack else "none", "group": "A"}}
    defaults = {"unit": unit, "custom": custom}
    if least is not None:
        defaults["min"] = least
    return {"type": "timeseries", "title": title, "description": description, "size": (width, 8), "targets": targets,
            "fieldConfig": {"defaults": defaults, "overrides": []},
            "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}}}


def row(title):
    return {"type": "row", "title": title, "size": (WIDTH, 1), "targets": []}


def one(name, legend, labels=""):
    return (f"sum({on(name, labels)})", legend)


PANELS = [
    figure("Lines", "short", f"sum({on('streamgauge_read_lines_total')})", "Read since the stream of the data directory began."),
    figure("Indexed", "short", "sum(" + on("streamgauge_delivered_documents_total", 'result=~"created|duplicate"') + ")",
           "Documents that Elasticsearch has."),
    figure("Dead letters", "short", f"sum({on('streamgauge_dead_letters_left')})", "Lines and documents with a reason of their own, but for those retried.",
           [(None, "text"), (1, "orange")]),
    figure("In flight", "short", f"sum({on('streamgauge_in_flight_lines')})", "Unsplit, waiting, in the open batch, undelivered."),
    figure("Ledger", "none", f"sum({on('streamgauge_ledger_differences')})", "Equalities that do not hold: 0 = every line is accounted for.",
           [(None, "green"), (1, "red")]),
    figure("Line to chart", "s", f"max({on('streamgauge_last_line_to_chart_seconds')})",
           "The oldest line of the newest batch, from its arrival until it is on the charts.", decimals=2),

    row("Ledger"),
    chart("Where the lines are", "short",
          [one("streamgauge_unsplit_lines", "unsplit"), one("streamgauge_waiting_lines", "waiting"),
           one("streamgauge_open_lines", "open"), one("streamgauge_undelivered_documents", "undelivered")],
          "The parts of what is in flight.", stack=True),
    chart("Finished lines", "short",
          [one("streamgauge_delivered_documents_total", "created", 'result="created"'),
           one("streamgauge_delivered_documents_total", "duplicate", 'result="duplicate"'),
           one("streamgauge_not_requested_lines_total", "not requested"), one("streamgauge_dead_letters_total", "dead letters"),
           one("streamgauge_skipped_lines_total", "skipped"), one("streamgauge_abandoned_lines_total", "abandoned"),
           one("streamgauge_lost_lines_total", "lost")],
          "Every line that was read ends in one of these.", stack=True),

    row("Throughput"),
    chart("Lines/s by stage", "short",
          [(f"sum({rate('streamgauge_generated_lines_total')})", "generated"), (f"sum({rate('streamgauge_read_lines_total')})", "read"),
           (f"sum({rate('streamgauge_committed_lines_total')})", "committed"),
           (f"sum({rate('streamgauge_delivered_documents_total')})", "delivered"),
           (f"sum({on('streamgauge_generator_target_lines_per_second')})", "target")],
          "Equal lines lie on each other; what lies below falls behind."),
    chart("Requests/s by status", "reqps", [(by("status", rate("streamgauge_requests_total")), "{{status}}")],
          "What the log tells of the web server.", stack=True),

    row("Batches"),
    chart("Batch duration against interval", "s",
          [(quantile(0.5, "streamgauge_batch_processing_seconds"), "processing p50"),
           (quantile(0.95, "streamgauge_batch_processing_seconds"), "processing p95"),
           (mean("streamgauge_batch_scheduling_delay_seconds"), "scheduling delay"),
           (mean("streamgauge_batch_total_delay_seconds"), "total delay"),
           (f"max({on('streamgauge_batch_interval_seconds')})", "interval")],
          "Processing above the interval: the pipeline falls behind."),
    chart("Time by phase", "percentunit", [(by("phase", rate("streamgauge_batch_phase_seconds_total")), "{{phase}}")],
          "Share of the time that the batch thread spends in Spark's phases.", stack=True),

    row("Delivery and lag"),
    chart("Answers to bulk requests/s by status", "reqps", [(by("status", rate("streamgauge_bulk_responses_total")), "{{status}}")],
          "none = the connection broke or timed out.", width=8, stack=True),
    chart("Bulk latency", "s",
          [(quantile(0.5, "streamgauge_bulk_latency_seconds"), "p50"), (quantile(0.99, "streamgauge_bulk_latency_seconds"), "p99")],
          "A bulk request until its answer.", width=8),
    chart("Lag: line to chart", "s",
          [(quantile(0.5, "streamgauge_line_to_chart_seconds"), "p50"), (quantile(0.95, "streamgauge_line_to_chart_seconds"), "p95")],
          "The oldest line of each batch.", width=8),
    chart("Lag: not delivered", "short",
          [one("streamgauge_undelivered_documents", "documents"), one("streamgauge_undelivered_batches", "batches"),
           one("streamgauge_bulk_requests_in_flight", "requests in flight")],
          "What waits on disk for Elasticsearch.", width=8),
    chart("Chunks on disk", "bytes", [one("streamgauge_chunks_on_disk_bytes", "bytes")], "Waiting for a batch or for their delivery.",
          width=8),
    chart("Bodies", "bytes",
          [one("streamgauge_bulk_body_limit_bytes", "largest for now"),
           (f"sum({rate('streamgauge_bulk_sent_bytes_total')})", "sent a second")],
          "The limit grows while the server takes what it is given, and is halved when it does not.", width=8),
    chart("Requests at a time", "short",
          [one("streamgauge_bulk_requests_limit", "limit for now"), one("streamgauge_output_busy_ratio", "share of the time")],
          "The adaptive limit, and how much of the time the server had a request of ours.", width=8),
    chart("Retries/s", "short", [(f"sum({rate('streamgauge_bulk_retries_total')})", "retries")], "Bulk requests sent again.", width=8),

    row("Dead letters and problems"),
    chart("Dead letters/s by reason", "short", [(by("reason", rate("streamgauge_dead_letters_total")), "{{reason}}")],
          "Why a line could not be read, or a document was refused.", stack=True),
    chart("Open problems", "short", [(by("stage, kind", on("streamgauge_open_problems")), "{{stage}}: {{kind}}")],
          "What a person should know; the window has the sentences."),

    row("Process"),
    chart("CPU", "percentunit", [(f"sum({rate('process_cpu_seconds_total')})", "cores")], "1 = one core.", width=8),
    chart("Memory", "bytes", [one("process_resident_memory_bytes", "resident")], "Resident.", width=8),
    chart("Open files", "short", [one("process_open_fds", "open"), one("process_threads", "threads")], "And threads.", width=8),
]


def placed(panels):
    x = y = height = 0
    for number, panel in enumerate(panels, 1):
        width, tall = panel.pop("size")
        if x + width > WIDTH:
            x, y, height = 0, y + height, 0
        panel["id"] = number
        panel["gridPos"] = {"x": x, "y": y, "w": width, "h": tall}
        panel["targets"] = [{"refId": chr(ord("A") + i), "expr": expression, "legendFormat": legend, "datasource": DATASOURCE}
                            for i, (expression, legend) in enumerate(panel["targets"])]
        if panel["type"] != "row":
            panel["datasource"] = DATASOURCE
        x, height = x + width, max(height, tall)
        yield panel


def dashboard():
    return {
        "uid": "streamgauge", "title": "Streamgauge", "tags": ["streamgauge"], "schemaVersion": 39, "version": 1, "editable": False,
        "time": {"from": "now-15m", "to": "now"}, "refresh": "5s", "timezone": "browser", "graphTooltip": 1,
        "templating": {"list": [
            {"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Prometheus", "hide": 0},
            {"name": "instance", "type": "query", "label": "Instance", "datasource": DATASOURCE, "includeAll": True, "multi": True,
             "allValue": ".*", "current": {"text": "All", "value": "$__all"}, "refresh": 2, "sort": 1,
             "query": {"query": "label_values(streamgauge_build_info, instance)", "refId": "instances"},
             "definition": "label_values(streamgauge_build_info, instance)"}]},
        "annotations": {"list": [
            {"name": "Started", "datasource": DATASOURCE, "enable": True, "iconColor": "blue", "step": "5s", "titleFormat": "started",
             "expr": "changes(process_start_time_seconds{job=\"streamgauge\"}[1m]) > 0"}]},
        "links": [], "panels": list(placed(PANELS)),
    }


if __name__ == "__main__":
    text = json.dumps(dashboard(), indent=2, ensure_ascii=False) + "\n"
    if sys.argv[1:] == ["--print"]:
        sys.stdout.write(text)
    else:
        (pathlib.Path(__file__).parent / "grafana" / "streamgauge.json").write_text(text, encoding="utf-8")
