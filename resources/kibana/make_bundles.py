#!/usr/bin/env python3
"""Makes the bundles of Kibana objects from dashboards.toml, beside it: `make_bundles.py [FOLDER]` (default: this folder).

The same description gives the same bytes. Two bundles, because Kibana writes objects down in two ways: before 8.9 an object names the
version of its shape in `migrationVersion` and filter controls are a visualization; from 8.9 on it is `typeMigrationVersion`, and the
controls belong to the dashboard. What both have is made once.
"""
import json
import pathlib
import re
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
PREFIX = "streamgauge-"  # of every id and index: an import for another index prefix replaces it, and nothing else may contain it
COLUMNS = 48

OLD_SHAPES = {"index-pattern": "7.6.0", "search": "7.9.3", "visualization": "7.9.3", "dashboard": "7.9.3"}
NEW_SHAPES = {"index-pattern": "8.0.0", "search": "8.0.0", "visualization": "8.5.0", "dashboard": "8.9.0"}
FORMATS = {
    "milliseconds": {"id": "duration", "params": {"inputFormat": "nanoseconds", "outputFormat": "asMilliseconds", "outputPrecision": 1}},
    "bytes": {"id": "bytes"},
    "plain": {"id": "number", "params": {"pattern": "0"}},
}
EVERYTHING = {"query": "", "language": "kuery"}


def text(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def slug(word):
    return re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")


def split_label(entry):
    """`what = Label` as its words and its label, which may be empty."""
    what, _, label = entry.partition(" = ")
    return what.split(), label


class Bundle:
    def __init__(self, description, new):
        self.description = description
        self.new = new
        self.objects = []

    def add(self, kind, name, attributes, references):
        shape = {"typeMigrationVersion": NEW_SHAPES[kind], "coreMigrationVersion": "8.8.0"} if self.new else {
            "migrationVersion": {kind: OLD_SHAPES[kind]}}
        self.objects.append({"type": kind, "id": PREFIX + name, **shape, "attributes": attributes, "references": references})

    def lines(self):
        return "".join(text(each) + "\n" for each in self.objects)

    # ---- data views ----

    def drilldown(self, field):
        start = self.description["drilldown"]["from"]
        # relative to /app/, so that it holds in a space and below a base path; {{value}} is escaped by Kibana
        query = f"{field}:%22{{{{value}}}}%22"
        return {"id": "url", "params": {"type": "a", "labelTemplate": "{{value}}", "urlTemplate":
                f"discover#/?_g=(time:(from:{start},to:now))&_a=(index:'{PREFIX}access',query:(language:kuery,query:'{query}'))"}}

    def add_views(self):
        formats = {field: FORMATS[kind] for field, kind in self.description["formats"].items()}
        formats |= {field: self.drilldown(field) for field in self.description["drilldown"]["fields"]}
        for name, view in self.description["views"].items():
            attributes = {"title": view["index"], "timeFieldName": view["time"], "fieldFormatMap": text(formats)}
            if self.new:
                attributes["name"] = view["name"]
            self.add("index-pattern", name, attributes, [])

    def source(self, entry):
        """searchSourceJSON and its reference."""
        name = "kibanaSavedObjectMeta.searchSourceJSON.index"
        source = {"query": {"query": entry.get("query", ""), "language": "kuery"}, "filter": [], "indexRefName": name}
        view = entry.get("view", "access")
        assert view in self.description["views"], f"no view {view}"
        return source, [{"name": name, "type": "index-pattern", "id": PREFIX + view}]

    # ---- saved searches ----

    def add_searches(self):
        for name, search in self.description["searches"].items():
            source, references = self.source(search)
            time = self.description["views"][search.get("view", "access")]["time"]
            attributes = {"title": "Streamgauge: " + search["title"], "description": "", "columns": search["columns"],
                          "sort": [[time, "desc"]],
                          "kibanaSavedObjectMeta": {"searchSourceJSON": text({**source, "highlightAll": True, "version": True})}}
            self.add("search", "search-" + name, attributes, references)

    # ---- visualizations ----

    def add_visualization(self, name, title, state, source, references, ui=None):
        attributes = {"title": "Streamgauge: " + title, "description": "", "version": 1, "uiStateJSON": text(ui or {}),
                      "visState": text({"title": "Streamgauge: " + title, **state}),
                      "kibanaSavedObjectMeta": {"searchSourceJSON": text(source)}}
        self.add("visualization", name, attributes, references)

    def metric(self, number, entry):
        words, label = split_label(entry)
        params = {"customLabel": label}
        if len(words) > 1:
            params["field"] = words[1]
        if words[0] == "percentiles":
            params["percents"] = [int(each) for each in words[2:]]
        return {"id": str(number), "enabled": True, "type": words[0], "schema": "metric", "params": params}

    def bucket(self, number, schema, entry, panel):
        words, label = split_label(entry)
        params = {"customLabel": label} if label else {}
        if words[0] == "time":
            kind = "date_histogram"
            time = self.description["views"][panel.get("view", "access")]["time"]
            params |= {"field": time, "useNormalizedEsInterval": True, "scaleMetricValues": False, "interval": "auto",
                       "drop_partials": False, "min_doc_count": 1, "extended_bounds": {}}
        elif words[0] == "filters":
            kind = "filters"
            params["filters"] = [{"label": name, "input": {"query": query, "language": "kuery"}}
                                 for name, query in self.description["filters"][words[1]].items()]
        else:
            assert words[0] == "terms", f"no bucket {words[0]}"
            kind = "terms"
            params |= {"field": words[1], "size": int(words[2]), "orderBy": panel.get("order", "1"), "order": "desc",
                       "otherBucket": False, "otherBucketLabel": "Other", "missingBucket": False, "missingBucketLabel": "Missing"}
        return {"id": str(number), "enabled": True, "type": kind, "schema": schema, "params": params}

    def axes(self, panel, metrics, kind, mode, sideways=False):
        """What line, area, columns and bars have in common."""
        def axis(id_, role, position, **more):
            return {"id": id_, "type": role, "position": position, "show": True, "style": {}, **more}

        labels = {"show": True, "filter": not sideways, "truncate": 200 if sideways else 100}
        value_title = metrics[0]["params"]["customLabel"]
        return {
            "type": kind, "grid": {"categoryLines": False},
            "categoryAxes": [axis("CategoryAxis-1", "category", "left" if sideways else "bottom", scale={"type": "linear"}, labels=labels,
                                  title={})],
            "valueAxes": [axis("ValueAxis-1", "value", "bottom" if sideways else "left", name="LeftAxis-1",
                               scale={"type": "linear", "mode": "percentage" if mode == "percentage" else "normal"},
                               labels={"show": True, "rotate": 0, "filter": sideways, "truncate": 100}, title={"text": value_title})],
            "seriesParams": [{"show": True, "type": kind, "mode": "stacked" if mode == "percentage" else mode,
                              "data": {"label": each["params"]["customLabel"], "id": each["id"]}, "valueAxis": "ValueAxis-1",
                              "drawLinesBetweenPoints": True, "lineWidth": 2, "interpolate": "linear", "showCircles": kind == "line"}
                             for each in metrics],
            "addTooltip": True, "addLegend": len(panel["buckets"]) > 1 or len(metrics) > 1 or metrics[0]["type"] == "percentiles",
            "legendPosition": "right", "times": [], "addTimeMarker": False, "labels": {"show": False},
            "thresholdLine": {"show": False, "value": 10, "width": 1, "style": "full", "color": "#E7664C"},
        }

    def params(self, panel, metrics):
        kind = panel["kind"]
        if kind == "metric":
            return {"type": "metric", "addTooltip": True, "addLegend": False, "metric": {
                "percentageMode": False, "useRanges": False, "colorSchema": "Green to Red", "metricColorMode": "None",
                "colorsRange": [{"from": 0, "to": 10000}], "labels": {"show": True}, "invertColors": False,
                "style": {"bgFill": "#000", "bgColor": False, "labelColor": False, "subText": "", "fontSize": 32}}}
        if kind == "table":
            return {"perPage": 10, "showPartialRows": False, "showMetricsAtAllLevels": False, "showTotal": False, "totalFunc": "sum",
                    "sort": {"columnIndex": None, "direction": None}, "percentageCol": panel.get("percent_of", "")}
        if kind == "pie":
            return {"type": "pie", "addTooltip": True, "addLegend": True, "legendPosition": "right", "isDonut": True,
                    "labels": {"show": False, "values": True, "last_level": True, "truncate": 100}}
        if kind == "heatmap":
            return {"type": "heatmap", "addTooltip": True, "addLegend": True, "enableHover": False, "legendPosition": "right", "times": [],
                    "colorsNumber": 5, "colorSchema": "Blues", "setColorRange": False, "colorsRange": [], "invertColors": False,
                    "percentageMode": False, "valueAxes": [{"show": False, "id": "ValueAxis-1", "type": "value",
                                                            "scale": {"type": "linear", "defaultYExtents": False},
                                                            "labels": {"show": False, "rotate": 0, "overwriteColor": False, "color": "black"}}]}
        shape, mode = {"line": ("line", "normal"), "area": ("area", panel.get("stack", "stacked")), "columns": ("histogram", "stacked"),
                       "bar": ("histogram", "stacked")}[kind]
        return self.axes(panel, metrics, shape, mode, sideways=kind == "bar")

    def add_panels(self):
        kinds = {"columns": "histogram", "bar": "horizontal_bar"}
        schemas = {"metric": [], "table": ["bucket", "bucket"], "pie": ["segment"]}
        for name, panel in self.description["panels"].items():
            metrics = [self.metric(i + 1, entry) for i, entry in enumerate(panel["metrics"])]
            buckets = panel.get("buckets", [])
            places = schemas.get(panel["kind"], ["segment", "group"])
            assert len(buckets) <= len(places), f"{name}: too many buckets"
            aggs = metrics + [self.bucket(len(metrics) + 1 + i, places[i], entry, panel) for i, entry in enumerate(buckets)]
            source, references = self.source(panel)
            state = {"type": kinds.get(panel["kind"], panel["kind"]), "params": self.params(panel, metrics), "aggs": aggs}
            used = {label for agg in aggs for each in agg["params"].get("filters", []) for label in [each["label"]]}
            colours = {label: colour for label, colour in self.description["colours"].items() if label in used}
            self.add_visualization("panel-" + name, panel["title"], state, source, references, {"vis": {"colors": colours}} if colours else None)

    def add_controls(self):
        """Before 8.9: a visualization of its own."""
        controls, references = [], []
        for i, (field, label) in enumerate(self.description["controls"]["fields"].items()):
            reference = f"control_{i}_index_pattern"
            controls.append({"id": slug(field), "indexPatternRefName": reference, "fieldName": field, "parent": "", "label": label,
                             "type": "list",
                             "options": {"type": "terms", "multiselect": True, "dynamicOptions": True, "size": 20, "order": "desc"}})
            references.append({"name": reference, "type": "index-pattern", "id": PREFIX + self.description["controls"]["view"]})
        state = {"type": "input_control_vis", "aggs": [],
                 "params": {"controls": controls, "updateFiltersOnChange": True, "useTimeFilter": False, "pinFilters": False}}
        self.add_visualization("controls", "Filters", state, {"query": EVERYTHING, "filter": []}, references)

    def control_group(self):
        """From 8.9 on: a part of the dashboard, with the references it needs."""
        panels, references = {}, []
        for i, (field, label) in enumerate(self.description["controls"]["fields"].items()):
            name = slug(field)
            panels[name] = {"type": "optionsListControl", "order": i, "width": "medium", "grow": True,
                            "explicitInput": {"id": name, "fieldName": field, "title": label, "selectedOptions": [], "enhancements": {}}}
            references.append({"name": f"controlGroup_{name}:optionsListDataView", "type": "index-pattern",
                               "id": PREFIX + self.description["controls"]["view"]})
        ignore = {"ignoreFilters": False, "ignoreQuery": False, "ignoreTimerange": False, "ignoreValidations": False}
        return {"controlStyle": "oneLine", "chainingSystem": "HIERARCHICAL", "panelsJSON": text(panels),
                "ignoreParentSettingsJSON": text(ignore)}, references

    # ---- dashboards ----

    def add_way(self, here):
        """The line of links at the top of a dashboard; relative, as the drill-down's."""
        ways = [f"**{each['title']}**" if each is here else f"[{each['title']}](#/view/{PREFIX}{each['id']})"
                for each in self.description["dashboards"]]
        searches = [f"[{self.description['searches'][name]['title']}](discover#/view/{PREFIX}search-{name})"
                    for row in here["rows"] for name in (each.removeprefix("search:") for each in row["panels"] if each.startswith("search:"))]
        line = " | ".join(ways) + "   Lines: " + ", ".join(searches)
        if "note" in here:
            line += "\n\n" + here["note"]
        state = {"type": "markdown", "aggs": [], "params": {"markdown": line, "openLinksInNewTab": False, "fontSize": 12}}
        self.add_visualization("way-" + here["id"], "Ways from " + here["title"], state, {"query": EVERYTHING, "filter": []}, [])

    def add_dashboard(self, board):
        self.add_way(board)
        way_height = 5 if "note" in board else 4
        rows = [{"height": way_height, "panels": {"way-" + board["id"]: COLUMNS if self.new else 20} | ({} if self.new else {"controls": 28})}]
        if not self.new:
            rows[0]["height"] = 9  # five lists
        rows += board["rows"]
        panels, references, y = [], [], 0
        for row in rows:
            x = 0
            for name, width in row["panels"].items():
                if name.startswith("search:"):
                    kind, target = "search", "search-" + name.removeprefix("search:")
                else:
                    kind, target = "visualization", "panel-" + name if name in self.description["panels"] else name
                index = str(len(panels) + 1)
                panels.append({"version": "8.9.0" if self.new else "7.9.3", "type": kind, "panelIndex": index,
                               "gridData": {"x": x, "y": y, "w": width, "h": row["height"], "i": index},
                               "embeddableConfig": {"enhancements": {}} if self.new else {}, "panelRefName": "panel_" + index})
                references.append({"name": f"{index}:panel_{index}" if self.new else "panel_" + index, "type": kind, "id": PREFIX + target})
                x += width
            assert x == COLUMNS, f"a row of {board['id']} is {x} columns wide"
            y += row["height"]
        attributes = {
            "title": "Streamgauge: " + board["title"], "description": f"{board['about']} Dashboards of Streamgauge, version {self.description['version']}.",
            "timeRestore": True, "timeFrom": "now-15m", "timeTo": "now", "refreshInterval": {"pause": False, "value": 5000},
            "optionsJSON": text({"hidePanelTitles": False, "useMargins": True}), "panelsJSON": text(panels),
            "kibanaSavedObjectMeta": {"searchSourceJSON": text({"query": EVERYTHING, "filter": []})}}
        if self.new:
            attributes["controlGroupInput"], more = self.control_group()
            references += more
        else:
            attributes["version"] = 1
        self.add("dashboard", board["id"], attributes, references)

    def make(self):
        self.add_views()
        self.add_searches()
        self.add_panels()
        if not self.new:
            self.add_controls()
        for board in self.description["dashboards"]:
            self.add_dashboard(board)
        return self


def main():
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    with open(HERE / "dashboards.toml", "rb") as file:
        description = tomllib.load(file)
    for name, new in (("streamgauge-7.17-8.8.ndjson", False), ("streamgauge-8.9-9.ndjson", True)):
        (folder / name).write_bytes(Bundle(description, new).make().lines().encode())


if __name__ == "__main__":
    main()
