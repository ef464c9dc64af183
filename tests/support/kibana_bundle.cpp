#include "tests/support/kibana_bundle.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRect>
#include <QRegularExpression>
#include <QSet>
#include <QUrl>

namespace sg::test {
namespace {

constexpr int kColumns = 48;

// Newer than these, and a Kibana 7.17 or OpenSearch Dashboards refuses the object.
const QMap<QString, QString> kOldCeilings{
    {"index-pattern", "7.6.0"}, {"search", "7.9.3"}, {"visualization", "7.9.3"}, {"dashboard", "7.9.3"}};
// Newer than these, and a Kibana 8.9 refuses the object.
const QMap<QString, QString> kNewCeilings{
    {"index-pattern", "8.0.0"}, {"search", "8.0.0"}, {"visualization", "8.5.0"}, {"dashboard", "8.9.0"}};
const QStringList kOldVisualizations{"metric", "line",  "area",    "histogram", "horizontal_bar",
                                     "pie",    "table", "heatmap", "markdown",  "input_control_vis"};
const QStringList kNewVisualizations = kOldVisualizations.mid(0, kOldVisualizations.size() - 1);
const QStringList kNumbers{"long", "integer", "short", "double", "float"};
const QMap<QString, QStringList> kFieldTypes{{"terms", {"keyword", "long", "integer", "ip", "boolean"}},
                                             {"date_histogram", {"date"}},
                                             {"sum", kNumbers},
                                             {"avg", kNumbers},
                                             {"percentiles", kNumbers},
                                             {"min", kNumbers + QStringList{"date"}},
                                             {"max", kNumbers + QStringList{"date"}},
                                             {"cardinality", {"keyword", "long", "integer", "ip", "boolean", "date"}}};

class Kql {
public:
    Kql(const QString& text, QStringList* fields) : m_fields(fields) {
        static const QRegularExpression token(QStringLiteral(R"(>=|<=|[():<>]|[^\s():<>=]+)"));
        for (auto each = token.globalMatch(text); each.hasNext();) m_tokens << each.next().captured();
    }
    QJsonObject read() {
        const QJsonObject query = either();
        return m_wrong || m_at != m_tokens.size() ? QJsonObject() : query;
    }

private:
    QString take() { return m_at < m_tokens.size() ? m_tokens[m_at++] : (m_wrong = true, QString()); }
    bool takes(const QString& token) {
        if (m_at == m_tokens.size() || m_tokens[m_at] != token) return false;
        ++m_at;
        return true;
    }
    static QJsonObject clause(const char* kind, const QJsonArray& parts) { return {{"bool", QJsonObject{{kind, parts}}}}; }
    static QJsonObject anyOf(const QJsonArray& parts) { return parts.size() == 1 ? parts[0].toObject() : clause("should", parts); }

    QJsonObject either() {
        QJsonArray parts{both()};
        while (takes("or")) parts << both();
        return anyOf(parts);
    }
    QJsonObject both() {
        QJsonArray parts{single()};
        while (takes("and")) parts << single();
        return parts.size() == 1 ? parts[0].toObject() : clause("filter", parts);
    }
    QJsonObject single() {
        if (takes("not")) return clause("must_not", {single()});
        if (takes("(")) {
            const QJsonObject inside = either();
            m_wrong = !takes(")") || m_wrong;
            return inside;
        }
        const QString field = take();
        if (m_fields != nullptr) *m_fields << field;
        const QString sign = take();
        static const QMap<QString, QString> ranges{{">=", "gte"}, {">", "gt"}, {"<=", "lte"}, {"<", "lt"}};
        if (ranges.contains(sign)) return {{"range", QJsonObject{{field, QJsonObject{{ranges[sign], take()}}}}}};
        m_wrong = sign != ":" || m_wrong;
        if (takes("*")) return {{"exists", QJsonObject{{"field", field}}}};
        QJsonArray values;
        if (takes("(")) {
            do values << QJsonObject{{"match", QJsonObject{{field, take()}}}};
            while (takes("or"));
            m_wrong = !takes(")") || m_wrong;
        } else {
            values << QJsonObject{{"match", QJsonObject{{field, take()}}}};
        }
        return anyOf(values);
    }

    QStringList m_tokens;
    QStringList* m_fields;
    int m_at = 0;
    bool m_wrong = false;
};

QList<int> versionOf(const QString& text) {
    QList<int> numbers;
    for (const QString& each : text.split('.')) numbers << each.toInt();
    return numbers;
}

QString keyOf(const QJsonObject& object) { return object["type"].toString() + ':' + object["id"].toString(); }

QJsonArray arrayIn(const QJsonObject& object, const QString& key) {
    return QJsonDocument::fromJson(object[key].toString().toUtf8()).array();
}

/// One object against all others.
class Examination {
public:
    Examination(BundleShape shape, const QMap<QString, QString>& fields, const QSet<QString>& known)
        : m_new(shape == BundleShape::From89), m_fields(fields), m_known(known) {}

    QStringList examine(const QJsonObject& object) {
        m_object = object;
        m_attributes = object["attributes"].toObject();
        m_complaints.clear();
        m_used.clear();
        m_references.clear();
        for (const QJsonValue each : object["references"].toArray()) {
            const QJsonObject reference = each.toObject();
            const QString name = reference["name"].toString();
            if (m_references.contains(name)) complain("two references are named " + name);
            m_references[name] = keyOf(reference);
            if (!m_known.contains(keyOf(reference)))
                complain("reference " + name + " leads to " + keyOf(reference) + ", which is not there");
        }
        version();
        source();
        const QString type = object["type"].toString();
        if (type == "index-pattern") view();
        else if (type == "search") search();
        else if (type == "visualization") visualization();
        else if (type == "dashboard") dashboard();
        else complain("is of a type that is not known here");
        for (const QString& name : m_references.keys())
            if (!m_used.contains(name)) complain("reference " + name + " is not used");
        return m_complaints;
    }

private:
    void complain(const QString& what) { m_complaints << keyOf(m_object) + ": " + what; }
    void use(const QString& name, const QString& what) {
        m_used << name;
        if (!m_references.contains(name)) complain(what + " has no reference named \"" + name + '"');
    }
    void field(const QString& name, const QString& what, const QStringList& types = {}) {
        if (!m_fields.contains(name)) complain(what + " uses the field " + name + ", which is not in the index template");
        else if (!types.isEmpty() && !types.contains(m_fields[name])) complain(what + " uses " + name + ", which is a " + m_fields[name]);
    }
    void query(const QJsonObject& query, const QString& what) {
        QStringList fields;
        if (queryOf(query["query"].toString(), &fields).isEmpty()) complain(what + " has a query that is no KQL");
        for (const QString& each : fields) field(each, what);
    }
    void version() {
        const QString type = m_object["type"].toString();
        const QString is = m_new ? m_object["typeMigrationVersion"].toString() : m_object["migrationVersion"][type].toString();
        if (is.isEmpty()) complain("has no version of its shape: every migration from the start would run");
        else if (versionOf((m_new ? kNewCeilings : kOldCeilings)[type]) < versionOf(is))
            complain("is of a shape newer than the oldest Kibana");
        if (m_new == m_object.contains("migrationVersion")) complain("names its version in the other bundle's way");
        if (m_new != (m_object["coreMigrationVersion"].toString() == "8.8.0")) complain("has a wrong coreMigrationVersion");
    }
    void source() {
        if (!m_attributes.contains("kibanaSavedObjectMeta")) return;
        const QJsonObject source = inner(m_attributes["kibanaSavedObjectMeta"].toObject(), "searchSourceJSON");
        if (source.isEmpty()) return complain("searchSourceJSON is no JSON in a string");
        if (source.contains("index")) complain("names its index beside the references");
        if (source.contains("indexRefName")) use(source["indexRefName"].toString(), "its source");
        query(source["query"].toObject(), "its source");
    }
    void view() {
        field(m_attributes["timeFieldName"].toString(), "its time", {"date"});
        const QJsonObject formats = inner(m_attributes, "fieldFormatMap");
        if (formats.isEmpty()) complain("fieldFormatMap is no JSON in a string");
        for (const QString& each : formats.keys()) {
            field(each, "a format");
            const QString link = formats[each]["params"]["urlTemplate"].toString();
            static const QRegularExpression index(QStringLiteral("index:'([^']+)'"));
            if (!link.isEmpty() && !m_known.contains("index-pattern:" + index.match(link).captured(1)))
                complain("the drill-down of " + each + " leads to a view that is not there");
            static const QRegularExpression clause(QStringLiteral("query:'([^':]+):%22\\{\\{value\\}\\}%22'"));
            if (!link.isEmpty() && clause.match(link).captured(1) != each)
                complain("the drill-down of " + each + " asks for another field");
        }
    }
    void search() {
        if (m_attributes["columns"].toArray().isEmpty()) complain("has no columns");
        for (const QJsonValue each : m_attributes["columns"].toArray()) field(each.toString(), "a column");
        for (const QJsonValue each : m_attributes["sort"].toArray()) field(each[0].toString(), "its order");
    }
    void visualization() {
        const QJsonObject state = inner(m_attributes, "visState");
        const QString type = state["type"].toString();
        if (!(m_new ? kNewVisualizations : kOldVisualizations).contains(type))
            complain("is a \"" + type + "\", which not every Kibana has");
        if (QJsonDocument::fromJson(m_attributes["uiStateJSON"].toString().toUtf8()).isNull())
            complain("uiStateJSON is no JSON in a string");
        const QJsonArray aggs = state["aggs"].toArray();
        const bool plain = type == "markdown" || type == "input_control_vis";
        if (plain != aggs.isEmpty()) complain("has no aggregations");
        if (!plain && !m_references.contains("kibanaSavedObjectMeta.searchSourceJSON.index")) complain("has no source");
        QSet<QString> ids;
        for (const QJsonValue each : aggs) {
            const QString id = each["id"].toString();
            if (ids.contains(id)) complain("two aggregations are number " + id);
            ids << id;
        }
        for (const QJsonValue each : aggs) aggregation(each.toObject(), ids);
        for (const QJsonValue each : state["params"]["controls"].toArray()) {
            use(each["indexPatternRefName"].toString(), "a control");
            field(each["fieldName"].toString(), "a control");
        }
        links(state["params"]["markdown"].toString());
    }
    void aggregation(const QJsonObject& agg, const QSet<QString>& ids) {
        const QString type = agg["type"].toString();
        const QJsonObject params = agg["params"].toObject();
        if (type == "filters") {
            for (const QJsonValue each : params["filters"].toArray()) query(each["input"].toObject(), "filter " + each["label"].toString());
            return;
        }
        if (type == "count") return;
        if (!kFieldTypes.contains(type)) return complain("has an aggregation \"" + type + "\" that is not known here");
        field(params["field"].toString(), type, kFieldTypes[type]);
        const QString order = params["orderBy"].toString();
        if (type == "terms" && order != "_key" && !ids.contains(order.section('.', 0, 0))) complain("is ordered by nothing that it has");
    }
    void links(const QString& markdown) {
        static const QRegularExpression link(QStringLiteral(R"(\]\((discover)?#/view/([^)]+)\))"));
        int links = 0;
        for (auto each = link.globalMatch(markdown); each.hasNext(); ++links) {
            const QRegularExpressionMatch match = each.next();
            const QString target = (match.captured(1).isEmpty() ? "dashboard:" : "search:") + match.captured(2);
            if (!m_known.contains(target)) complain("links to " + target + ", which is not there");
        }
        if (links != markdown.count("](")) complain("has a link that is none to a dashboard or a search");
    }
    void dashboard() {
        if (!m_attributes["timeRestore"].toBool()) complain("does not bring its time range along");
        if (inner(m_attributes, "optionsJSON").isEmpty()) complain("optionsJSON is no JSON in a string");
        const QJsonArray panels = arrayIn(m_attributes, "panelsJSON");
        if (panels.isEmpty()) complain("panelsJSON is no JSON in a string");
        QList<QRect> places;
        QSet<QString> indices;
        for (const QJsonValue each : panels) {
            const QString index = each["panelIndex"].toString();
            const QJsonObject grid = each["gridData"].toObject();
            if (indices.contains(index) || grid["i"].toString() != index) complain("panel " + index + " is numbered wrong");
            indices << index;
            const QRect place(grid["x"].toInt(), grid["y"].toInt(), grid["w"].toInt(), grid["h"].toInt());
            if (place.left() < 0 || place.isEmpty() || place.right() >= kColumns) complain("panel " + index + " does not fit in the width");
            for (const QRect& other : places)
                if (other.intersects(place)) complain("panel " + index + " lies over another");
            places << place;
            const QString name = (m_new ? index + ':' : QString()) + each["panelRefName"].toString();
            use(name, "panel " + index);
            const QString type = each["type"].toString();
            if (type.isEmpty() || !m_references[name].startsWith(type + ':'))
                complain("panel " + index + " is not of the type of what it shows");
        }
        if (m_new != m_attributes.contains("controlGroupInput")) complain("has its filter controls in the other bundle's way");
        const QJsonObject controls = inner(m_attributes["controlGroupInput"].toObject(), "panelsJSON");
        for (const QString& id : controls.keys()) {
            use("controlGroup_" + id + ":optionsListDataView", "control " + id);
            field(controls[id]["explicitInput"]["fieldName"].toString(), "control " + id);
        }
    }

    const bool m_new;
    const QMap<QString, QString>& m_fields;
    const QSet<QString>& m_known;
    QJsonObject m_object, m_attributes;
    QMap<QString, QString> m_references;
    QSet<QString> m_used;
    QStringList m_complaints;
};

void addFields(const QJsonObject& properties, const QString& before, QMap<QString, QString>& into) {
    for (const QString& name : properties.keys()) {
        const QJsonObject each = properties[name].toObject();
        if (each.contains("properties")) addFields(each["properties"].toObject(), before + name + '.', into);
        else into[before + name] = each["type"].toString();
    }
}

QJsonObject aggregationOf(const QJsonObject& agg, const QJsonObject& first, const QString& interval) {
    const QString type = agg["type"].toString();
    const QJsonObject params = agg["params"].toObject();
    QJsonObject body{{"field", params["field"]}};
    if (type == "percentiles") body["percents"] = params["percents"];
    if (type == "date_histogram") {
        body["fixed_interval"] = interval;
        body["min_doc_count"] = params["min_doc_count"];
    }
    if (type == "filters") {
        QJsonObject filters;
        for (const QJsonValue each : params["filters"].toArray())
            filters[each["label"].toString()] = queryOf(each["input"]["query"].toString());
        body = {{"filters", filters}};
    }
    if (type == "terms") {
        QString order = params["orderBy"].toString();
        if (order == first["id"].toString() && first["type"].toString() == "count") order = "_count";
        body["size"] = params["size"];
        body["order"] = QJsonObject{{order, params["order"]}};
    }
    return {{type, body}};
}

} // namespace

QJsonObject inner(const QJsonObject& object, const QString& key) {
    return QJsonDocument::fromJson(object[key].toString().toUtf8()).object();
}

QList<QJsonObject> objectsOf(const QByteArray& bundle) {
    QList<QJsonObject> objects;
    for (const QByteArray& line : bundle.split('\n'))
        if (!line.isEmpty()) objects << QJsonDocument::fromJson(line).object();
    return objects;
}

QMap<QString, QString> fieldsOf(const QByteArray& indexTemplate) {
    QMap<QString, QString> fields;
    addFields(QJsonDocument::fromJson(indexTemplate)["template"]["mappings"]["properties"].toObject(), {}, fields);
    return fields;
}

QStringList complaintsOf(const QByteArray& bundle, BundleShape shape, const QMap<QString, QString>& fields) {
    QStringList complaints;
    if (!bundle.endsWith('\n')) complaints << QStringLiteral("the last line has no end");
    const QList<QJsonObject> objects = objectsOf(bundle);
    QSet<QString> known;
    for (const QJsonObject& object : objects) {
        if (object.isEmpty()) complaints << QStringLiteral("a line is no JSON");
        if (known.contains(keyOf(object))) complaints << keyOf(object) + QStringLiteral(": is there twice");
        known << keyOf(object);
    }
    Examination examination(shape, fields, known);
    for (const QJsonObject& object : objects) complaints << examination.examine(object);
    return complaints;
}

QJsonObject queryOf(const QString& kql, QStringList* fields) {
    if (kql.trimmed().isEmpty()) return {{"match_all", QJsonObject()}};
    return Kql(kql, fields).read();
}

QJsonObject searchOf(const QJsonObject& visualization, const QString& interval) {
    const QJsonObject attributes = visualization["attributes"].toObject();
    const QJsonObject source = inner(attributes["kibanaSavedObjectMeta"].toObject(), "searchSourceJSON");
    const QJsonArray aggs = inner(attributes, "visState")["aggs"].toArray();
    const QJsonObject first = aggs[0].toObject();
    QJsonObject metrics;
    QList<QJsonObject> buckets;
    for (const QJsonValue each : aggs) {
        const QJsonObject agg = each.toObject();
        if (agg["schema"].toString() != "metric") buckets << agg;
        else if (agg["type"].toString() != "count") metrics[agg["id"].toString()] = aggregationOf(agg, first, interval);
    }
    // Metrics stand in every level, as a bucket may be ordered by one.
    QJsonObject inside = metrics;
    for (auto bucket = buckets.rbegin(); bucket != buckets.rend(); ++bucket) {
        QJsonObject made = aggregationOf(*bucket, first, interval);
        if (!inside.isEmpty()) made["aggs"] = inside;
        inside = metrics;
        inside[(*bucket)["id"].toString()] = made;
    }
    QJsonObject body{{"size", 0}, {"track_total_hits", true}, {"query", queryOf(source["query"]["query"].toString())}};
    if (!inside.isEmpty()) body["aggs"] = inside;
    return body;
}

} // namespace sg::test
