#include "core/enrich/agent_rules.h"

#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <yaml-cpp/yaml.h>

using namespace sg;

namespace {

std::shared_ptr<const AgentRules> debianRules() {
    static const auto kRules = [] {
        auto loaded = loadAgentRules(std::string(kDefaultAgentRules));
        return loaded ? *loaded : nullptr;
    }();
    return kRules;
}

std::string field(const YAML::Node& node, const char* key) {
    const YAML::Node value = node[key];
    return value && !value.IsNull() ? value.as<std::string>() : std::string();
}

/// Family and version of a test case as AgentInfo has them.
std::string expected(const YAML::Node& node, std::initializer_list<const char*> keys) {
    std::string family = field(node, "family");
    if (family == "Other") family.clear();
    std::string version;
    for (const char* key : keys) {
        const std::string part = field(node, key);
        if (part.empty()) break;
        version += (version.empty() ? "" : ".") + part;
    }
    return family + " " + version;
}

} // namespace

class TestAgentRules : public QObject {
    Q_OBJECT
    QTemporaryDir m_directory;

    std::string write(const char* text) {
        const std::string path = m_directory.filePath("rules.yaml").toStdString();
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }

private slots:
    void agreesWithUapCore_data() {
        QTest::addColumn<QString>("list");
        QTest::addColumn<QString>("file");
        QTest::newRow("browsers") << "ua" << "tests/test_ua.yaml";
        QTest::newRow("systems") << "os" << "tests/test_os.yaml";
        QTest::newRow("devices") << "device" << "tests/test_device.yaml";
        QTest::newRow("Firefox") << "ua" << "test_resources/firefox_user_agent_strings.yaml";
        QTest::newRow("Opera Mini") << "ua" << "test_resources/opera_mini_user_agent_strings.yaml";
        QTest::newRow("podcast programs") << "ua" << "test_resources/podcasting_user_agent_strings.yaml";
        QTest::newRow("a list of browsers") << "ua" << "test_resources/pgts_browser_list.yaml";
        QTest::newRow("further systems") << "os" << "test_resources/additional_os_tests.yaml";
    }
    void agreesWithUapCore() {
        QFETCH(QString, list);
        QFETCH(QString, file);
        const std::string path = "/usr/share/uap-core/" + file.toStdString();
        if (!QFile::exists(QString::fromStdString(path)) || !debianRules()) QSKIP("SKIPPED: the package uap-core is not installed");
        int cases = 0;
        int wrong = 0;
        for (const YAML::Node& node : YAML::LoadFile(path)["test_cases"]) {
            const auto agent = node["user_agent_string"].as<std::string>();
            const AgentInfo info = classifyAgent(agent, debianRules().get());
            std::string want;
            std::string got;
            if (list == "ua") { // most cases leave the fourth part open
                want = expected(node, {"major", "minor", "patch", "patch_minor"});
                got = info.name + " " + info.version;
                if (field(node, "patch_minor").empty() && got.starts_with(want + ".")) got = want;
            } else if (list == "os") {
                want = expected(node, {"major", "minor", "patch", "patch_minor"});
                got = info.osName + " " + info.osVersion;
            } else {
                want = expected(node, {});
                got = info.device + " ";
            }
            ++cases;
            if (want == got) continue;
            ++wrong;
            qInfo("%s: expected \"%s\", found \"%s\"", agent.c_str(), want.c_str(), got.c_str());
        }
        QVERIFY(cases > 20);
        QVERIFY2(wrong * 200 <= cases, qPrintable(QString("%1 of %2 cases differ").arg(wrong).arg(cases)));
    }

    void marksNoPersonsDeviceAsABot() {
        const QString path = "/usr/share/uap-core/tests/test_device.yaml";
        if (!QFile::exists(path) || !debianRules()) QSKIP("SKIPPED: the package uap-core is not installed");
        int bots = 0;
        for (const YAML::Node& node : YAML::LoadFile(path.toStdString())["test_cases"]) {
            const auto agent = node["user_agent_string"].as<std::string>();
            const bool bot = classifyAgent(agent, debianRules().get()).bot;
            if (field(node, "family") == "Spider") {
                ++bots;
                QVERIFY2(bot, agent.c_str());
            } else if (bot) {
                QFAIL(agent.c_str());
            }
        }
        QVERIFY(bots > 10);
    }

    void knowsCrawlersByName_data() {
        QTest::addColumn<QString>("agent");
        QTest::addColumn<bool>("bot");
        QTest::newRow("GPTBot") << "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"
                                << true;
        QTest::newRow("ClaudeBot") << "Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)" << true;
        QTest::newRow("CCBot") << "CCBot/2.0 (https://commoncrawl.org/faq/)" << true;
        QTest::newRow("Bytespider")
            << "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (compatible; Bytespider; spider-feedback@bytedance.com)" << true;
        QTest::newRow("Googlebot") << "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" << true;
        QTest::newRow("bingbot") << "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)" << true;
        QTest::newRow("an uptime check") << "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)" << true;
        QTest::newRow("a probe") << "kube-probe/1.27" << true;
        QTest::newRow("a scanner") << "Mozilla/5.0 zgrab/0.x" << true;
        QTest::newRow("curl is a tool") << "curl/7.88.1" << false;
        QTest::newRow("wget is a tool") << "Wget/1.21.3" << false;
        QTest::newRow("a telephone called Cubot")
            << "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36" << false;
        QTest::newRow("Chrome")
            << "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36" << false;
        QTest::newRow("Firefox") << "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0" << false;
    }
    void knowsCrawlersByName() {
        QFETCH(QString, agent);
        QFETCH(bool, bot);
        const std::string text = agent.toStdString();
        QCOMPARE(classifyAgent(text, nullptr).bot, bot);
        if (debianRules()) QCOMPARE(classifyAgent(text, debianRules().get()).bot, bot);
    }

    void rendersTheEcsObject() {
        if (!debianRules()) QSKIP("SKIPPED: the package uap-core is not installed");
        const std::string agent =
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.1 Safari/605.1.15";
        const AgentInfo info = classifyAgent(agent, debianRules().get());
        QCOMPARE(info.name, std::string("Safari"));
        QCOMPARE(info.version, std::string("16.1"));
        QCOMPARE(info.osFull, std::string("Mac OS X 10.15.7"));
        QCOMPARE(info.json, "{\"original\":\"" + agent +
                                "\",\"name\":\"Safari\",\"version\":\"16.1\",\"device\":{\"name\":\"Mac\"},\"os\":{\"name\":\"Mac OS "
                                "X\",\"version\":\"10.15.7\",\"full\":"
                                "\"Mac OS X 10.15.7\"}}");
    }

    void leavesOutWhatIsOther() {
        const AgentInfo info = classifyAgent("\x01 qqq \"", debianRules().get());
        QVERIFY(info.name.empty() && info.osName.empty() && info.device.empty() && info.version.empty());
        QCOMPARE(info.json, std::string("{\"original\":\"\\u0001 qqq \\\"\"}"));
    }

    void takesExpressionsThatLookAhead() {
        const auto rules = loadAgentRules(
            write("user_agent_parsers:\n  - regex: '(Foo)(?!Bar)/(\\d+)'\n  - regex: '(F..)/(\\d+)'\n    family_replacement: 'Late $1'\n"
                  "os_parsers:\n  - regex: '(sys)'\n    regex_flag: 'i'\n    os_replacement: '<$1>'\n    os_v1_replacement: '7'\n"
                  "device_parsers:\n  - regex: '(?<=dev )(\\w+);(\\w+)'\n    device_replacement: ' $2 $1 '\n"));
        QVERIFY2(bool(rules), rules ? "" : rules.error().message.c_str());
        const AgentInfo first = classifyAgent("Foo/12 SYS dev a;b", rules->get());
        QCOMPARE(first.name, std::string("Foo"));
        QCOMPARE(first.version, std::string("12"));
        QCOMPARE(first.osFull, std::string("<SYS> 7"));
        QCOMPARE(first.device, std::string("b a"));
        QCOMPARE(classifyAgent("Fox/3", rules->get()).name, std::string("Late Fox"));
    }

    void refusesFilesThatAreNotRules_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("not YAML") << QByteArray("a: [") << "is not a file of agent rules";
        QTest::newRow("another YAML") << QByteArray("a: 1") << "user_agent_parsers";
        QTest::newRow("empty") << QByteArray("") << "is not a file of agent rules";
        QTest::newRow("an expression that is none")
            << QByteArray("user_agent_parsers:\n  - regex: 'ok'\n  - regex: '(a'\nos_parsers: []\ndevice_parsers: []\n")
            << "rule 2 of user_agent_parsers";
    }
    void refusesFilesThatAreNotRules() {
        QFETCH(QByteArray, text);
        QFETCH(QString, says);
        const auto rules = loadAgentRules(write(text.constData()));
        QVERIFY(!rules);
        QCOMPARE(rules.error().code, ErrorCode::Corrupt);
        QVERIFY2(QString::fromStdString(rules.error().message).contains(says), rules.error().message.c_str());
    }

    void saysThatAFileIsMissing() {
        const auto rules = loadAgentRules(m_directory.filePath("none.yaml").toStdString());
        QVERIFY(!rules);
        QCOMPARE(rules.error().code, ErrorCode::NotFound);
    }

    void hashesTheFile() {
        const char* const text = "user_agent_parsers: []\nos_parsers: []\ndevice_parsers: []\n";
        const auto a = loadAgentRules(write(text));
        const auto b = loadAgentRules(write(text));
        const auto c = loadAgentRules(write("user_agent_parsers: []\nos_parsers: []\ndevice_parsers: [] \n"));
        QVERIFY(a && b && c);
        QCOMPARE(agentRulesHash(**a), agentRulesHash(**b));
        QVERIFY(agentRulesHash(**a) != agentRulesHash(**c));
        QCOMPARE(agentRulesHash(**a).size(), std::size_t{32});
    }
};

QTEST_APPLESS_MAIN(TestAgentRules)
#include "tst_agent_rules.moc"
