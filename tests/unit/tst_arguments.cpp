#include "app/arguments.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace sg;

class TestArguments : public QObject {
    Q_OBJECT
private slots:
    void init() { qunsetenv("NO_COLOR"); }

    void readsTheWholeCommandLine() {
        const auto run = parseRunArguments({"--data",
                                            "/d",
                                            "--follow",
                                            "/a*.log",
                                            "/b.log",
                                            "--format",
                                            "combined",
                                            "--interval",
                                            "250ms",
                                            "--elasticsearch",
                                            "http://127.0.0.1:9200",
                                            "--index-prefix=shop",
                                            "--for",
                                            "30s",
                                            "--drain-timeout",
                                            "5s",
                                            "--pace",
                                            "10x",
                                            "--metrics",
                                            "[::1]:9470",
                                            "--mmdb",
                                            "/city.mmdb",
                                            "/asn.mmdb",
                                            "--mmdb=/own.mmdb",
                                            "--anonymize",
                                            "ip=24/48,query=keep:page,q,user=hash",
                                            "--no-color",
                                            "--plain"});
        QVERIFY2(run, run ? "" : run.error().message.c_str());
        QCOMPARE(run->pipeline.dataDirectory, std::string("/d"));
        QCOMPARE(run->pipeline.follow, (std::vector<std::string>{"/a*.log", "/b.log"}));
        QCOMPARE(run->tuning.batch.interval.count(), 250);
        QCOMPARE(run->tuning.output.url, std::string("http://127.0.0.1:9200"));
        QCOMPARE(run->tuning.output.indexPrefix, std::string("shop"));
        QCOMPARE(run->forDuration->count(), 30'000);
        QCOMPARE(run->tuning.output.drainTimeout.count(), 5000);
        QCOMPARE(run->tuning.places.databases, std::string("/city.mmdb:/asn.mmdb:/own.mmdb"));
        QCOMPARE(run->tuning.privacy.queryKeys, std::string("page,q"));
        QCOMPARE(run->tuning.privacy.ipv4Bits, 24U);
        QCOMPARE(static_cast<int>(run->tuning.privacy.user), static_cast<int>(UserPrivacy::Hash));
        QCOMPARE(run->tuning.split.pace, 10.0);
        QVERIFY(run->tuning.metrics.on);
        QCOMPARE(run->tuning.metrics.address, std::string("[::1]:9470"));
        QVERIFY(run->plain && !run->colour && !run->pipeline.availableNow && !run->pipeline.generate);
    }

    void setsTheLowLatencyPresetBelowWhatIsNamed() {
        const auto preset = parseRunArguments({"--generate", "--low-latency"});
        QVERIFY(preset);
        QCOMPARE(preset->tuning.batch.interval.count(), 200);
        QCOMPARE(preset->tuning.output.refresh.count(), 200);
        for (const auto& order : {std::vector<std::string>{"--generate", "--interval", "500ms", "--low-latency"},
                                  std::vector<std::string>{"--generate", "--low-latency", "--interval", "500ms"}}) {
            const auto named = parseRunArguments(order);
            QVERIFY(named);
            QCOMPARE(named->tuning.batch.interval.count(), 500);
            QCOMPARE(named->tuning.output.refresh.count(), 200);
        }
    }

    void readsWhatIsRetriedAndHow() {
        const auto retry = parseRetryArguments({"--data", "/d", "--reason", "bad_time", "--format", "json", "--elasticsearch", "http://x:9200"});
        QVERIFY2(retry, retry ? "" : retry.error().message.c_str());
        QCOMPARE(retry->run.pipeline.dataDirectory, std::string("/d"));
        QVERIFY(retry->request.reason == Reason::BadTime && retry->request.format == "json" && !retry->keepHere);
        QVERIFY(retry->run.pipeline.availableNow && retry->run.pipeline.format == "auto"); // of everything else that may wait
        QCOMPARE(retry->run.tuning.output.url, std::string("http://x:9200"));
        const auto all = parseRetryArguments({"--format", "auto", "--keep-here"});
        QVERIFY(all && !all->request.reason && all->request.format.empty() && all->keepHere && !all->run.tuning.output.on);
        const auto wrong = parseRetryArguments({"--reason", "bad_tim"});
        QVERIFY(!wrong && wrong.error().message.find("one of too_long, missing_field") != std::string::npos);
        QVERIFY(!parseRetryArguments({"--format", "nothing"}));
        QVERIFY(!parseRetryArguments({"--generate"}));
    }

    void makesLinesInTheFormatThatIsRead() {
        const auto original = parseRunArguments({"--generate", "--rate", "max", "--format", "original"});
        QVERIFY(original);
        QVERIFY(original->tuning.log.format == LogFormat::Original);
        QCOMPARE(original->tuning.traffic.rate, 0.0);
        QVERIFY(parseRunArguments({"--generate", "--format", "combined"})->tuning.log.format == LogFormat::CombinedTimed);
        QVERIFY(!parseRunArguments({"--generate", "--format", "vhost_combined"}));
    }

    void aProfileWithStepsIsAScenario() {
        const QTemporaryDir folder;
        const std::string path = folder.filePath("launch.toml").toStdString();
        std::ofstream(path) << "title = \"Launch\"\n[traffic]\nrate = 70\n[[step]]\nat = \"2s\"\nset.rate = 700\nsay = \"Now.\"\n";
        for (const char* option : {"--profile", "--scenario"}) {
            const auto run = parseRunArguments({option, path, "--interval", "2s"});
            QVERIFY2(run, run ? "" : run.error().message.c_str());
            QVERIFY(run->pipeline.generate);
            QVERIFY(run->scenario);
            QCOMPARE(run->tuning.traffic.rate, 70.0);
            QVERIFY(run->scenario->start == run->tuning); // the option holds in it
            QCOMPARE(run->scenario->after(Milliseconds(2000)).traffic.rate, 700.0);
            QVERIFY(run->scenario->after(Milliseconds(2000)).batch.interval == Milliseconds(2000));
        }
        const auto import = parseRunArguments({"--scenario", "attack", "--import", "/a"});
        QVERIFY(import && import->scenario && !import->pipeline.generate);
        QVERIFY(!parseRetryArguments({"--data", "/d", "--profile", path})); // a retry makes no lines
        const auto unknown = parseRunArguments({"--scenario", "nonsense"});
        QVERIFY(!unknown && unknown.error().message.find("known are") != std::string::npos);
    }
    void letsOptionsWinOverTheProfile() {
        const QTemporaryDir folder;
        const std::string path = folder.filePath("p.toml").toStdString();
        std::ofstream(path) << "[traffic]\nrate = 7\nzipf = 2\n";
        const auto run = parseRunArguments({"--rate", "9", "--generate", "--profile", path});
        QVERIFY(run);
        QCOMPARE(run->tuning.traffic.rate, 9.0);
        QCOMPARE(run->tuning.traffic.zipf, 2.0);
    }

    void takesAFormatOfTheProfile() {
        const QTemporaryDir folder;
        const std::string path = folder.filePath("p.toml").toStdString();
        std::ofstream(path) << "[[format]]\nname = \"shop\"\nis = \"apache:%h %s\"\n";
        const auto run = parseRunArguments({"--import", "/a", "--format", "shop", "--profile", path});
        QVERIFY2(run, run ? "" : run.error().message.c_str());
        QCOMPARE(run->pipeline.format, std::string("shop"));
        QCOMPARE(run->tuning.formats.size(), std::size_t(1));
        const auto wrong = parseRunArguments({"--import", "/a", "--format", "shup", "--profile", path});
        QVERIFY(!wrong);
        QVERIFY2(wrong.error().message.starts_with("--format is \"shup\", but must be one of auto, shop, combined"),
                 wrong.error().message.c_str());
    }

    void namesTheArgumentAndWhatWouldBeRight_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("message");
        QTest::newRow("nothing to read") << QStringList{} << "what to read is missing";
        QTest::newRow("a slip") << QStringList{"--generate", "--intervall", "1s"} << "unknown option --intervall; did you mean --interval?";
        QTest::newRow("another word") << QStringList{"--bananas-and-apples"} << "known are --data";
        QTest::newRow("no value") << QStringList{"--data"} << "--data needs a value: --data DIR";
        QTest::newRow("an option instead of a value") << QStringList{"--follow", "--for", "3s"} << "--follow needs a value";
        QTest::newRow("no unit") << QStringList{"--generate", "--interval", "1"}
                                 << "--interval is \"1\", but must be a duration from 100ms to 5m";
        QTest::newRow("rate too high") << QStringList{"--generate", "--rate", "2000000"}
                                       << "--rate is \"2000000\", but must be a number of lines/s from 1 to 1000000, or max";
        QTest::newRow("metrics without a port") << QStringList{"--generate", "--metrics", "localhost"}
                                                << "--metrics is \"localhost\", but must be host:port";
        QTest::newRow("metrics at no port") << QStringList{"--generate", "--metrics", "127.0.0.1:70000"}
                                            << "--metrics is \"127.0.0.1:70000\", but has no port from 0";
        QTest::newRow("a wrong format string") << QStringList{"--follow", "/a", "--format", "apache:%h %Z"}
                                               << "--format: the format string is wrong at byte 4: '%Z' is an unknown directive";
        QTest::newRow("unknown format") << QStringList{"--generate", "--format", "csv"} << "--format is \"csv\", but must be one of auto, ";
        QTest::newRow("a path that belongs nowhere") << QStringList{"x.log"} << "\"x.log\" belongs to no option";
        QTest::newRow("pace") << QStringList{"--import", "a", "--pace", "fast"} << "max, real, or a factor such as 10x";
        QTest::newRow("a switch with a value") << QStringList{"--generate=yes"} << "--generate takes no value";
        QTest::newRow("count without generate") << QStringList{"--follow", "a", "--count", "5"} << "--count is for --generate";
        QTest::newRow("too many bits") << QStringList{"--generate", "--anonymize", "ip=64"} << "--anonymize: \"ip=64\" must be ip= and the bits";
        QTest::newRow("a part that is none") << QStringList{"--generate", "--anonymize", "cookies=drop"} << "must be one of ip=24/48, query=drop";
        QTest::newRow("an archive of what is taken out") << QStringList{"--generate", "--anonymize", "user=hash", "--archive"}
                                                         << "archived chunks keep the lines as they were";
        QTest::newRow("a database with a colon") << QStringList{"--generate", "--mmdb", "/a:b"} << "a path without a colon";
        QTest::newRow("prefix") << QStringList{"--generate", "--index-prefix", "_x"} << "--index-prefix is \"_x\", but must be";
    }
    void namesTheArgumentAndWhatWouldBeRight() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, message);
        std::vector<std::string> given;
        for (const QString& argument : arguments) given.push_back(argument.toStdString());
        const auto run = parseRunArguments(given);
        QVERIFY(!run);
        QVERIFY2(QString::fromStdString(run.error().message).contains(message), run.error().message.c_str());
    }

    void neverRepeatsAPassword() {
        const auto run = parseRunArguments({"--generate", "--elasticsearch", "http://u:s3cret@host:9200"});
        QVERIFY(!run);
        QVERIFY(run.error().message.find("s3cret") == std::string::npos);
        QVERIFY(run.error().message.find("STREAMGAUGE_ES_PASSWORD") != std::string::npos);
    }

    void placesDataWhereXdgSays() {
        QCOMPARE(dataDirectoryUnder("/x", "/home/a"), std::string("/x/streamgauge"));
        QCOMPARE(dataDirectoryUnder("relative", "/home/a"), std::string("/home/a/.local/share/streamgauge"));
        QCOMPARE(parseReportArguments({"--data", "/d", "--json"})->data, std::string("/d"));
    }
};

QTEST_APPLESS_MAIN(TestArguments)
#include "tst_arguments.moc"
