#include "core/pipeline/profile.h"
#include "core/contract/profile_fields.h"

#include <QTest>

using namespace sg;

class TestProfile : public QObject {
    Q_OBJECT
private slots:
    void readsBackWhatItWrote() {
        Tuning t;
        t.traffic.rate = 12'345.5;
        t.traffic.shape = LoadShape::Stages;
        t.traffic.stages = {{Milliseconds(30'000), 100}, {Milliseconds(1500), 0.25}};
        t.traffic.statuses = {{"500", 1}, {"200", 99.5}};
        t.traffic.agents = {{"odd \"agent\" \\ \x01 end", 1}};
        t.traffic.seed = kMaxTomlInteger;
        t.log.format = LogFormat::Json;
        t.log.gzipRotated = true;
        t.split.maxBytes = (1U << 20U) + 1;
        t.split.minAge = Milliseconds(0);
        t.batch.release = ReleaseAction::Archive;
        t.output.url = "https://[::1]:9200/es";
        t.formats = {{"shop", R"(apache:%h %l %u %t "%r" %>s %b "%{X-Trace \\ é}i")"}, {"plain-2", "common"}};
        const auto back = parseProfile(writeProfile(t), "p.toml", Tuning{});
        QVERIFY2(back, back ? "" : back.error().message.c_str());
        QVERIFY(*back == t);
        QCOMPARE(writeProfile(*back), writeProfile(t));
    }

    void ownFormatsAreAllThatAProfileNames() {
        Tuning base;
        base.formats = {{"old", "common"}};
        QCOMPARE(parseProfile("[traffic]\nrate = 5\n", "p.toml", base)->formats.size(), std::size_t(1));
        const auto t = parseProfile("[[format]]\nname = \"shop\"\nis = 'nginx:$remote_addr $status'\n", "p.toml", base);
        QVERIFY2(t, t ? "" : t.error().message.c_str());
        QVERIFY(t->formats == std::vector<NamedFormat>({{"shop", "nginx:$remote_addr $status"}}));
    }

    void keepsWhatIsLeftOut() {
        Tuning base;
        base.traffic.rate = 7;
        const auto t = parseProfile("[batch]\ninterval = \"250ms\"\n", "p.toml", base);
        QVERIFY(t);
        QCOMPARE(t->traffic.rate, 7.0);
        QCOMPARE(t->batch.interval.count(), 250);
    }

    void namesTheRangesThatClipEnforces() {
        for (const ProfileField& field : kProfileFields) {
            const std::string name = std::string(field.section) + '.' + std::string(field.key);
            std::visit(
                [&](const auto& f) {
                    if constexpr (requires {
                                      f.low;
                                      f.high;
                                  }) {
                        for (const auto& bound : {f.low, f.high}) {
                            Tuning t;
                            using Value = std::remove_reference_t<decltype(f.of(t))>;
                            f.of(t) = static_cast<Value>(bound);
                            QVERIFY2(clip(t) == t, name.c_str());
                        }
                        Tuning defaults;
                        const auto value = f.of(defaults);
                        using Bound = std::remove_cvref_t<decltype(f.low)>;
                        bool zero = false;
                        if constexpr (requires { f.zeroToo; }) zero = f.zeroToo && value == std::remove_cvref_t<decltype(value)>{};
                        QVERIFY2(zero || (static_cast<Bound>(value) >= f.low && static_cast<Bound>(value) <= f.high), name.c_str());
                    }
                },
                field.value);
        }
    }

    void readsAPartOfASecond() {
        const auto t = parseProfile("[batch]\ninterval = \"1.5s\"\n", "p.toml", Tuning{});
        QVERIFY2(t, t ? "" : t.error().message.c_str());
        QVERIFY(t->batch.interval == Milliseconds(1500));
    }

    void writesNumbersAsPeopleDo() {
        Tuning tuning;
        tuning.traffic.rate = 250'000;
        tuning.traffic.malformedShare = 0.00005;
        const std::string text = writeProfile(tuning);
        QVERIFY2(text.find("e+") == std::string::npos && text.find("e-") == std::string::npos, text.c_str());
        QVERIFY(text.find("; 1..1000000 or 0;") != std::string::npos);
        QVERIFY(text.find("\nrate = 250000\n") != std::string::npos);
    }

    void saysWhereAndWhatIsWrong_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        QTest::newRow("unknown key") << "[traffic]\nrate = 5\nrat = 5\n"
                                     << "p.toml:3:1: unknown key traffic.rat; known in [traffic] are on, rate";
        QTest::newRow("unknown section") << "[trafic]\nrate = 5\n"
                                         << "p.toml:1:2: unknown section [trafic]";
        QTest::newRow("key outside of a section") << "rate = 5\n"
                                                  << "p.toml:1:1: unknown section [rate]";
        QTest::newRow("above the range") << "[traffic]\nrate = 2000000\n"
                                         << "p.toml:2:8: traffic.rate must be a number, 1..1000000 or 0";
        QTest::newRow("not finite") << "[traffic]\nrate = nan\n"
                                    << "p.toml:2:8: traffic.rate must be a number";
        QTest::newRow("wrong type") << "[batch]\nthreads = \"two\"\n"
                                    << "p.toml:2:11: batch.threads must be a whole number, 0..64";
        QTest::newRow("negative count") << "[batch]\nmax_files = -1\n"
                                        << "batch.max_files must be a whole number, 1..100000";
        QTest::newRow("duration without a unit") << "[batch]\ninterval = 1\n"
                                                 << "batch.interval must be a duration such as \"500ms\" or \"1s\", 100ms..5m";
        QTest::newRow("size with an unknown unit") << "[split]\nmax_bytes = \"16MB\"\n"
                                                   << "split.max_bytes must be a size such as \"16MiB\", or bytes, 64KiB..256MiB";
        QTest::newRow("unknown word") << "[split]\nwhen_full = \"stop\"\n"
                                      << "split.when_full must be one of these words, wait, drop";
        QTest::newRow("weights that are no list") << "[traffic]\nstatuses = 5\n"
                                                  << "traffic.statuses must be a list of {name";
        QTest::newRow("a weight below zero") << "[traffic]\nstatuses = [{name = \"200\", weight = -1}]\n"
                                             << "p.toml:2:13: traffic.statuses must be";
        QTest::newRow("no TOML") << "[traffic\n"
                                 << "p.toml:1:";
        QTest::newRow("address without a scheme") << "[output]\nurl = \"localhost:9200\"\n"
                                                  << "p.toml:2:7: output.url must begin with http:// or https://";
        QTest::newRow("a format without a name") << "[[format]]\nis = \"common\"\n"
                                                 << "p.toml:1:1: a format needs its name";
        QTest::newRow("a format that says nothing") << "[[format]]\nname = \"a\"\n"
                                                    << "p.toml:1:1: a format needs its is: is = ";
        QTest::newRow("a format with an unknown key") << "[[format]]\nname = \"a\"\nis = \"common\"\nzone = 1\n"
                                                      << "p.toml:4:1: unknown key zone; a format has name and is";
        QTest::newRow("two formats of one name") << "[[format]]\nname = \"a\"\nis = \"common\"\n[[format]]\nname = \"a\"\nis = \"json\"\n"
                                                 << "p.toml:5:8: there are two formats named a";
        QTest::newRow("a built-in name") << "[[format]]\nname = \"combined\"\nis = \"common\"\n"
                                         << "p.toml:2:8: the name \"combined\" is taken";
        QTest::newRow("a family's name") << "[[format]]\nname = \"apache\"\nis = \"common\"\n"
                                         << "p.toml:2:8: the name \"apache\" is taken";
        QTest::newRow("a name with a blank") << "[[format]]\nname = \"my shop\"\nis = \"common\"\n"
                                             << "p.toml:2:8: the name \"my shop\" must be 1 to 40 of a-z";
        QTest::newRow("a format string that is wrong") << "[traffic]\nrate = 5\n[[format]]\nname = \"a\"\nis = \"apache:%h %Z\"\n"
                                                       << "p.toml:5:6: the format string is wrong at byte 4: '%Z' is an unknown directive";
        QTest::newRow("a name that stands for another one")
            << "[[format]]\nname = \"a\"\nis = \"common\"\n[[format]]\nname = \"b\"\nis = \"a\"\n"
            << "p.toml:6:6: unknown format 'a'";
        QTest::newRow("a format that is no table of its own") << "[format]\nname = \"a\"\n"
                                                              << "p.toml:1:1: formats begin with [[format]]";
        QTest::newRow("prefix with capitals") << "[output]\nindex_prefix = \"Logs\"\n"
                                              << "output.index_prefix must be 1 to 100 of a-z";
    }
    void saysWhereAndWhatIsWrong() {
        QFETCH(QString, text);
        QFETCH(QString, message);
        const auto t = parseProfile(text.toStdString(), "p.toml", Tuning{});
        QVERIFY(!t);
        QCOMPARE(t.error().code, ErrorCode::InvalidArgument);
        const QString said = QString::fromStdString(t.error().message);
        QVERIFY2(said.contains(message), qPrintable(said));
    }

    void refusesSecretsAndDoesNotRepeatThem() {
        const auto t = parseProfile("[output]\nurl = \"http://elastic:s3cret/x@host:9200\"\n", "p.toml", Tuning{});
        QVERIFY(!t);
        QVERIFY(t.error().message.find("s3cret") == std::string::npos);
        QVERIFY(t.error().message.find("STREAMGAUGE_ES_PASSWORD") != std::string::npos);
    }

    void namesAFileThatIsNotThere() {
        const auto t = readProfile("/nonexistent/p.toml", Tuning{});
        QVERIFY(!t);
        QVERIFY(t.error().message.find("/nonexistent/p.toml") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestProfile)
#include "tst_profile.moc"
