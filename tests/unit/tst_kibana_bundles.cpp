// The dashboards for Kibana, read as an import and a browser would.
#include "core/elastic/template.h"
#include "tests/support/kibana_bundle.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace sg;
using namespace sg::test;

namespace {

const QString kFolder = QStringLiteral(SG_SOURCE_DIR "/resources/kibana/");
const QString kOld = QStringLiteral("streamgauge-7.17-8.8.ndjson");
const QString kNew = QStringLiteral("streamgauge-8.9-9.ndjson");

QByteArray read(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

QMap<QString, QString> fields() { return fieldsOf(QByteArray::fromStdString(mappingsBody())); }

BundleShape shapeOf(const QString& name) { return name == kOld ? BundleShape::Before89 : BundleShape::From89; }

/// One break of a bundle each, and a word of what must be said of it. Raw strings stay outside of the class: moc does not read them.
struct Break {
    const char* phrase;
    const QString& name;
    const char* what;
    const char* by;
    const char* complaint;
};
const Break kBreaks[] = {
    {"an object that is there twice", kOld, R"("id":"streamgauge-panel-methods","mig)", R"("id":"streamgauge-panel-hosts","mig)",
     "is there twice"},
    {"a reference into nothing", kOld, R"("id":"streamgauge-panel-methods"})", R"("id":"streamgauge-panel-none"})", "which is not there"},
    {"a panel without its reference", kOld, R"(\"panelRefName\":\"panel_3\")", R"(\"panelRefName\":\"panel_99\")", "no reference named"},
    {"a panel without its reference, new", kNew, R"(\"panelRefName\":\"panel_3\")", R"(\"panelRefName\":\"panel_99\")",
     "no reference named \"3:panel_99\""},
    {"panels that are no JSON", kOld, R"("panelsJSON":"[)", R"("panelsJSON":"[[)", "panelsJSON is no JSON"},
    {"a panel of another type", kOld, R"(\"type\":\"search\",\"panelIndex\")", R"(\"type\":\"visualization\",\"panelIndex\")",
     "is not of the type of what it shows"},
    {"panels over each other", kOld, R"(\"x\":24,\"y\":16)", R"(\"x\":23,\"y\":16)", "lies over another"},
    {"a panel beyond the edge", kOld, R"(\"x\":24,\"y\":16,\"w\":24)", R"(\"x\":24,\"y\":16,\"w\":25)", "does not fit"},
    {"a field that is not indexed", kOld, R"(\"field\":\"url.path\")", R"(\"field\":\"url.paht\")", "field url.paht, which is not in"},
    {"a sum of words", kOld, R"(\"field\":\"http.response.body.bytes\")", R"(\"field\":\"url.path\")",
     "sum uses url.path, which is a keyword"},
    {"a column that is not indexed", kNew, R"("columns":["source.address")", R"("columns":["source.adress")", "a column uses"},
    {"a query over a field that is not indexed", kOld, R"(\"query\":\"streamgauge.bot : true\")",
     R"(\"query\":\"streamgauge.robot : true\")", "streamgauge.robot"},
    {"a query that is none", kOld, R"(\"query\":\"streamgauge.bot : true\")", R"(\"query\":\"streamgauge.bot : (true\")", "no KQL"},
    {"a time field that is no date", kOld, R"("timeFieldName":"event.created")", R"("timeFieldName":"event.id")", "its time uses"},
    {"an order by nothing", kOld, R"(\"orderBy\":\"1.95\")", R"(\"orderBy\":\"9.95\")", "ordered by nothing"},
    {"a link into nothing", kOld, "(#/view/streamgauge-errors)", "(#/view/streamgauge-oops)", "links to dashboard:streamgauge-oops"},
    {"a drill-down into nothing", kOld, "index:'streamgauge-access'", "index:'streamgauge-oops'", "leads to a view"},
    {"a shape that is too new", kOld, R"({"dashboard":"7.9.3"})", R"({"dashboard":"7.17.0"})", "newer than the oldest Kibana"},
    {"no version of a shape", kNew, R"("typeMigrationVersion":"8.5.0",)", "", "no version of its shape"},
    {"controls of before", kNew, R"(\"type\":\"metric\",\"params\")", R"(\"type\":\"input_control_vis\",\"params\")",
     "not every Kibana has"},
    {"a control of a field that is not indexed", kNew, R"(\"fieldName\":\"url.domain\")", R"(\"fieldName\":\"host.ip\")", "host.ip"},
};

} // namespace

class TestKibanaBundles : public QObject {
    Q_OBJECT

    static void eachBundle() {
        QTest::addColumn<QString>("name");
        QTest::newRow("7.17 to 8.8") << kOld;
        QTest::newRow("8.9 and 9") << kNew;
    }

private slots:
    void areMadeOfTheDescription_data() { eachBundle(); }
    void areMadeOfTheDescription() {
        QFETCH(QString, name);
        const QTemporaryDir made;
        QProcess script;
        script.start("python3", {kFolder + "make_bundles.py", made.path()});
        QVERIFY(script.waitForFinished());
        QVERIFY2(script.exitCode() == 0, script.readAllStandardError());
        QVERIFY2(read(made.filePath(name)) == read(kFolder + name), "run resources/kibana/make_bundles.py and check in what it makes");
        QVERIFY(!read(kFolder + name).isEmpty());
    }

    void canBeImportedAndShown_data() { eachBundle(); }
    void canBeImportedAndShown() {
        QFETCH(QString, name);
        const QStringList complaints = complaintsOf(read(kFolder + name), shapeOf(name), fields());
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints.join('\n')));
    }

    void holdTheDashboards_data() { eachBundle(); }
    void holdTheDashboards() {
        QFETCH(QString, name);
        QStringList ids;
        QMap<QString, QString> times;
        for (const QJsonObject& object : objectsOf(read(kFolder + name))) {
            if (object["type"] == "dashboard") ids << object["id"].toString();
            if (object["type"] == "index-pattern") times[object["id"].toString()] = object["attributes"]["timeFieldName"].toString();
        }
        QCOMPARE(ids, QStringList({"streamgauge-overview", "streamgauge-errors", "streamgauge-visitors", "streamgauge-pipeline"}));
        QCOMPARE(times["streamgauge-access"], QString("@timestamp"));
        QCOMPARE(times["streamgauge-arrival"], QString("event.created"));
    }

    void showEveryPanelAndSearchSomewhere_data() { eachBundle(); }
    void showEveryPanelAndSearchSomewhere() {
        QFETCH(QString, name);
        QSet<QString> made, shown;
        for (const QJsonObject& object : objectsOf(read(kFolder + name))) {
            if (object["type"] == "visualization" || object["type"] == "search") made << object["id"].toString();
            if (object["type"] != "dashboard") continue;
            for (const QJsonValue each : object["references"].toArray()) shown << each["id"].toString();
        }
        QCOMPARE(QStringList((made - shown).values()), QStringList());
    }

    void areRefusedWhenBroken_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("what");
        QTest::addColumn<QByteArray>("by");
        QTest::addColumn<QString>("complaint");
        for (const Break& each : kBreaks)
            QTest::newRow(each.phrase) << each.name << QByteArray(each.what) << QByteArray(each.by) << QString(each.complaint);
    }
    void areRefusedWhenBroken() {
        QFETCH(QString, name);
        QFETCH(QByteArray, what);
        QFETCH(QByteArray, by);
        QFETCH(QString, complaint);
        QByteArray bundle = read(kFolder + name);
        QVERIFY2(bundle.contains(what), "the bundle has changed: break it in another place");
        bundle.replace(what, by);
        const QStringList complaints = complaintsOf(bundle, shapeOf(name), fields());
        QVERIFY2(std::any_of(complaints.begin(), complaints.end(), [&](const QString& each) { return each.contains(complaint); }),
                 qPrintable(complaints.join('\n')));
    }
};

QTEST_GUILESS_MAIN(TestKibanaBundles)
#include "tst_kibana_bundles.moc"
