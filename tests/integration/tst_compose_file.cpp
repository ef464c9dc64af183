// docker-compose.yaml as docker-compose itself resolves it: no container runs, but what would run is read line by line.
#include "core/contract/tuning.h"
#include "core/elastic/template.h"

#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

#include <yaml-cpp/yaml.h>

using namespace sg;

namespace {

const QString kRoot = QStringLiteral(SG_SOURCE_DIR);

QString readText(const QString& name) {
    QFile file(kRoot + '/' + name);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QString text(const YAML::Node& node) { return node.IsDefined() && node.IsScalar() ? QString::fromStdString(node.Scalar()) : QString(); }

/// What lies below `node` at these keys; nothing when one is missing.
YAML::Node below(YAML::Node node, std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
        if (!node.IsMap() || !node[key].IsDefined()) return {};
        node.reset(node[key]);
    }
    return node;
}

/// NAME of every ${NAME} and ${NAME:-default}.
QSet<QString> settingsIn(const QString& file) {
    static const QRegularExpression setting(QStringLiteral(R"(\$\{([A-Z_]+))"));
    QSet<QString> names;
    for (auto each = setting.globalMatch(file); each.hasNext();) names << each.next().captured(1);
    return names;
}

} // namespace

class TestComposeFile : public QObject {
    Q_OBJECT

    YAML::Node m_resolved;

    /// Exit code 0 and what it wrote, else its complaint.
    static QPair<bool, QByteArray> compose(const QStringList& arguments) {
        QProcess process;
        QProcessEnvironment environment;
        environment.insert("PATH", qEnvironmentVariable("PATH"));
        environment.insert("HOME", qEnvironmentVariable("HOME"));
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(kRoot);
        process.start("docker-compose", QStringList{"-f", kRoot + "/docker-compose.yaml"} + arguments);
        process.waitForFinished(60'000);
        const bool good = process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
        return {good, good ? process.readAllStandardOutput() : process.readAllStandardError()};
    }
    /// Calls `look(name, service)` for each service.
    template <class Look> void each(const Look& look) const {
        for (const auto& service : m_resolved["services"]) look(text(service.first), service.second);
    }

private slots:
    void initTestCase() {
        QProcess version;
        version.start("docker-compose", {"version"});
        if (!version.waitForStarted()) {
            if (qgetenv("STREAMGAUGE_REQUIRE_REAL") == "1") QFAIL("there is no docker-compose");
            QSKIP("there is no docker-compose: apt-get install docker-compose");
        }
        version.waitForFinished(60'000);
        const auto [good, output] = compose({"--env-file", kRoot + "/.env.example", "config"});
        QVERIFY2(good, output);
        m_resolved = YAML::Load(output.toStdString());
    }

    void isValid_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("as it is") << QStringList{};
        QTest::newRow("with the settings of the example") << QStringList{"--env-file", kRoot + "/.env.example"};
        QTest::newRow("OpenSearch") << QStringList{"--profile", "opensearch"};
        QTest::newRow("secure") << QStringList{"--profile", "secure"};
        QTest::newRow("metrics") << QStringList{"--profile", "metrics"};
    }
    void isValid() {
        QFETCH(QStringList, arguments);
        const auto [good, output] = compose(arguments + QStringList{"config", "-q"});
        QVERIFY2(good, output);
    }

    void startsThreeServicesByItself() {
        QStringList plain;
        each([&](const QString& name, const YAML::Node& service) {
            if (!service["profiles"].IsDefined()) plain << name;
        });
        plain.sort();
        QCOMPARE(plain, QStringList({"elasticsearch", "kibana", "setup"}));
    }

    void listensOnThisMachineOnlyAndOnPortsOfItsOwn() {
        QStringList ports;
        each([&](const QString& name, const YAML::Node& service) {
            for (const auto& port : service["ports"]) {
                QVERIFY2(text(port).startsWith("127.0.0.1:"), qPrintable(name + " listens on " + text(port)));
                ports << text(port).section(':', 1, 1);
            }
            if (!service["network_mode"].IsDefined()) return;
            // Without a network of its own, only what it is told to listen on keeps others away.
            QCOMPARE(text(service["network_mode"]), QString("host"));
            QVERIFY2(!service["ports"].IsDefined(), qPrintable(name));
            QString listens;
            for (const auto& word : service["command"])
                if (text(word).startsWith("--web.listen-address=")) listens = text(word).section('=', 1);
            if (listens.isEmpty())
                listens = text(below(service, {"environment", "GF_SERVER_HTTP_ADDR"})) + ':' +
                          text(below(service, {"environment", "GF_SERVER_HTTP_PORT"}));
            QVERIFY2(listens.startsWith("127.0.0.1:"), qPrintable(name + " listens on " + listens));
            QVERIFY2(YAML::Dump(service["healthcheck"]).find(listens.toStdString() + '/') != std::string::npos, qPrintable(name));
            ports << listens.section(':', 1);
        });
        QCOMPARE(QSet<QString>(ports.begin(), ports.end()).size(), ports.size());
        ports.sort();
        QCOMPARE(ports, QStringList({"3000", "5601", "5605", "5643", "9090", "9200", "9204", "9243"}));
    }

    void isCheckedForHealthOrEnds() {
        each([](const QString& name, const YAML::Node& service) {
            const bool job = text(service["restart"]) == "no";
            QVERIFY2(job != below(service, {"healthcheck", "test"}).IsSequence(),
                     qPrintable(name + " stays without a health check, or is a job with one"));
            QVERIFY2(job || text(service["restart"]) == "unless-stopped", qPrintable(name));
        });
    }

    void waitsForWhatItNeeds() {
        each([this](const QString& name, const YAML::Node& service) {
            for (const auto& need : service["depends_on"]) {
                const YAML::Node other = below(m_resolved, {"services", text(need.first).toStdString().c_str()});
                QVERIFY2(other.IsMap(), qPrintable(name + " waits for nothing that is there"));
                const bool job = text(other["restart"]) == "no";
                QCOMPARE(text(need.second["condition"]), QString(job ? "service_completed_successfully" : "service_healthy"));
                QCOMPARE(YAML::Dump(below(other, {"profiles"})),
                         YAML::Dump(below(service, {"profiles"}))); // else it would wait for what does not start
            }
        });
    }

    void namesTheVersionOfEveryImage() {
        QSet<QString> images;
        each([&](const QString& name, const YAML::Node& service) {
            static const QRegularExpression versioned(QStringLiteral(R"(:v?\d+\.\d+\.\d+$)"));
            QVERIFY2(text(service["image"]).contains(versioned), qPrintable(name + " runs " + text(service["image"])));
            images << text(service["image"]);
        });
        QVERIFY(!readText("docker-compose.yaml").contains("latest"));
        QVERIFY(images.contains("docker.elastic.co/elasticsearch/elasticsearch:7.17.29"));
        QVERIFY(images.contains("docker.elastic.co/kibana/kibana:7.17.29"));
    }

    void isLimitedInMemoryAndLog() {
        each([](const QString& name, const YAML::Node& service) {
            QVERIFY2(!text(service["mem_limit"]).isEmpty(), qPrintable(name + " may take all memory"));
            QVERIFY2(!text(below(service, {"logging", "options", "max-size"})).isEmpty(),
                     qPrintable(name + " may fill the disk with its log"));
        });
    }

    void keepsItsDataInNamedVolumes() {
        QSet<QString> used;
        each([&](const QString& name, const YAML::Node& service) {
            for (const auto& volume : service["volumes"]) {
                const QString source = text(volume).section(':', 0, 0);
                if (source.startsWith('/')) { // of ours: there, and not to be written to
                    QVERIFY2(QFileInfo::exists(source) && text(volume).endsWith(":ro"), qPrintable(name + " mounts " + text(volume)));
                    continue;
                }
                used << source;
                QVERIFY2(m_resolved["volumes"][source.toStdString()].IsDefined(), qPrintable(name + " uses " + source));
            }
        });
        QCOMPARE(used.size(), int(m_resolved["volumes"].size()));
    }

    void holdsNoSecret() {
        static const QRegularExpression secret(QStringLiteral(R"(^ +\w*(PASSWORD|ENCRYPTIONKEY|ENCRYPTION_KEY|API_KEY): (.*)$)"),
                                               QRegularExpression::MultilineOption);
        int found = 0;
        for (auto match = secret.globalMatch(readText("docker-compose.yaml")); match.hasNext(); ++found) {
            const QString value = match.next().captured(2);
            QVERIFY2(value.startsWith("${") && value.endsWith(":-}"), qPrintable(value));
        }
        QVERIFY(found >= 6);
        for (const char* name : {"ELASTIC_PASSWORD=", "KIBANA_PASSWORD=", "KIBANA_ENCRYPTION_KEY="})
            QVERIFY2(readText(".env.example").contains('\n' + QString(name) + '\n'), name);
        QVERIFY2(readText(".gitignore").split('\n').contains("/.env"), "the file with the passwords could be checked in");
    }

    /// A file that a service sees at this path, as it lies here; empty when it is not mounted.
    QString mounted(const char* service, const QString& path) const {
        for (const auto& volume : below(m_resolved, {"services", service, "volumes"})) {
            const QString from = text(volume).section(':', 0, 0), to = text(volume).section(':', 1, 1);
            if (from.startsWith('/') && (path == to || path.startsWith(to + '/'))) return from + path.mid(to.size());
        }
        return {};
    }

    void figuresWayFromTheApplicationToTheDashboard() {
        const auto wordAfter = [&](const QString& option) {
            for (const auto& word : below(m_resolved, {"services", "prometheus", "command"}))
                if (text(word).startsWith(option)) return text(word).mid(option.size());
            return QString();
        };
        const YAML::Node scrapes = YAML::LoadFile(mounted("prometheus", wordAfter("--config.file=")).toStdString());
        QCOMPARE(text(scrapes["scrape_configs"][0]["static_configs"][0]["targets"][0]).toStdString(), MetricsTuning{}.address);
        const YAML::Node grafana = below(m_resolved, {"services", "grafana", "environment"});
        const YAML::Node source =
            YAML::LoadFile(mounted("grafana", "/etc/grafana/provisioning/datasources/streamgauge.yaml").toStdString())["datasources"][0];
        QCOMPARE(text(source["url"]), QString("$PROMETHEUS_URL"));
        QCOMPARE(text(grafana["PROMETHEUS_URL"]), "http://" + wordAfter("--web.listen-address="));
        QCOMPARE(text(below(source, {"jsonData", "timeInterval"})), text(below(scrapes, {"global", "scrape_interval"})));
        const YAML::Node provider =
            YAML::LoadFile(mounted("grafana", "/etc/grafana/provisioning/dashboards/streamgauge.yaml").toStdString())["providers"][0];
        const QString home = text(grafana["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]);
        QCOMPARE(home.section('/', 0, -2), text(below(provider, {"options", "path"})));
        QVERIFY2(QFileInfo::exists(mounted("grafana", home)), qPrintable(home));
    }

    void everySettingIsInTheExample() {
        QSet<QString> shown{"COMPOSE_PROJECT_NAME"};
        static const QRegularExpression name(QStringLiteral("^([A-Z_]+)="), QRegularExpression::MultilineOption);
        QSet<QString> offered;
        for (auto match = name.globalMatch(readText(".env.example")); match.hasNext();) offered << match.next().captured(1);
        QCOMPARE(settingsIn(readText("docker-compose.yaml")) + shown, offered);
    }

    void theDefaultsAreThoseOfTheExample() {
        const auto [good, output] = compose({"config"});
        QVERIFY(good);
        QCOMPARE(YAML::Dump(YAML::Load(output.toStdString())), YAML::Dump(m_resolved));
    }

    /// STREAMGAUGE_WRITE_GOLDEN=1 writes it.
    void theTemplatesAreTheProgramsOwn() {
        QByteArray ours;
        for (const ServerObject& each : indexTemplates("streamgauge", {}))
            ours += QByteArray::fromStdString(each.path + '\n' + each.body + '\n');
        QFile file(kRoot + "/resources/compose/index-templates.txt");
        if (qEnvironmentVariableIsSet("STREAMGAUGE_WRITE_GOLDEN")) {
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(ours) == ours.size());
            file.close();
        }
        QVERIFY2(readText("resources/compose/index-templates.txt").toUtf8() == ours,
                 "the templates have changed: STREAMGAUGE_WRITE_GOLDEN=1 tst_compose_file theTemplatesAreTheProgramsOwn writes the file");
    }
};

QTEST_GUILESS_MAIN(TestComposeFile)
#include "tst_compose_file.moc"
