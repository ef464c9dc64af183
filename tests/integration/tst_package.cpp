// The packages as somebody gets them: built, installed with apt in a bare Debian 12, used by an ordinary user there, and removed again.
#include "tests/support/program.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QRegularExpression>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

using namespace sg::test;

namespace {

const QString kSource = QStringLiteral(SG_SOURCE_DIR);
constexpr int kMost = 900'000;
const QString kScript = kSource + "/tests/servers/bare_debian.sh";

} // namespace

class TestPackage : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString m_root;
    QStringList m_packages;
    QStringList m_before; ///< the files of the system without the package

    Said asRoot(const QString& line) { return saidBy(kScript, {"run", m_root, "bash", "-ec", line}, {}, kMost); }
    /// As somebody who works on that machine.
    Said asVisitor(const QString& line) { return saidBy(kScript, {"run-as", m_root, "visitor", "bash", "-ec", "cd; " + line}, {}, kMost); }
    QString ending(const QString& suffix) const {
        for (const QString& package : m_packages)
            if (package.endsWith(suffix)) return package;
        return {};
    }
    /// All paths of the system but those of processes, of apt's own books and of people.
    QStringList filesThere() {
        const Said said = saidBy("find", {m_root,
                                          "-xdev",
                                          "(",
                                          "-path",
                                          m_root + "/home/*",
                                          "-o",
                                          "-path",
                                          m_root + "/proc",
                                          "-o",
                                          "-path",
                                          m_root + "/dev",
                                          "-o",
                                          "-path",
                                          m_root + "/tmp/*",
                                          "-o",
                                          "-path",
                                          m_root + "/var/cache/*",
                                          "-o",
                                          "-path",
                                          m_root + "/var/lib/apt/*",
                                          "-o",
                                          "-path",
                                          m_root + "/var/lib/dpkg/*",
                                          "-o",
                                          "-path",
                                          m_root + "/var/log/*",
                                          ")",
                                          "-prune",
                                          "-o",
                                          "-printf",
                                          "/%P\\n"});
        return QString::fromUtf8(said.text).split('\n', Qt::SkipEmptyParts);
    }
    static void skipOrFail(const QString& why) {
        if (qgetenv("STREAMGAUGE_REQUIRE_REAL") == "1") QFAIL(qPrintable(why));
        QSKIP(qPrintable(why));
    }

private slots:
    void initTestCase() {
        if (::geteuid() != 0) return skipOrFail("a bare Debian is made by root only");
        if (saidBy("mmdebstrap", {"--version"}).exitCode != 0) return skipOrFail("there is no mmdebstrap: apt-get install mmdebstrap");
        QVERIFY(m_folder.isValid());
        m_root = m_folder.filePath("root");
        const Said made = saidBy(kScript, {"make", m_root}, {}, kMost);
        if (made.exitCode == 3) return skipOrFail("Debian's packages cannot be reached");
        QVERIFY2(made.exitCode == 0, made.text);
        const Said built = saidBy(kSource + "/installer/package.sh", {"packaged"}, {}, kMost);
        QVERIFY2(built.exitCode == 0, built.text);
        m_packages = QString::fromUtf8(built.text).split('\n', Qt::SkipEmptyParts).filter("/packages/");
    }

    void threeKindsAreMade() {
        QCOMPARE(m_packages.size(), 3);
        for (const char* suffix : {".deb", ".tar.gz", ".sh"}) QVERIFY2(!ending(suffix).isEmpty(), suffix);
        static const QRegularExpression name(QStringLiteral(R"(/streamgauge_\d+\.\d+\.\d+_\w+\.deb$)"));
        QVERIFY2(name.match(ending(".deb")).hasMatch(), qPrintable(ending(".deb")));
    }

    void archivesHoldTheSameFiles() {
        const auto files = [](const Said& said) {
            static const QRegularExpression inside(QStringLiteral(R"((?:^|/)((?:bin|lib|share)/.*[^/])$)"));
            QSet<QString> names;
            for (const QString& line : QString::fromUtf8(said.text).split('\n'))
                if (const auto match = inside.match(line); match.hasMatch()) names << match.captured(1);
            return names;
        };
        const QSet<QString> archived = files(saidBy("tar", {"-tzf", ending(".tar.gz")}));
        const QString unpacked = m_folder.filePath("unpacked");
        QVERIFY(QDir().mkpath(unpacked));
        const Said extracted = saidBy("sh", {ending(".sh"), "--skip-license", "--exclude-subdir", "--prefix=" + unpacked});
        QVERIFY2(extracted.exitCode == 0, extracted.text);
        const Said listed = saidBy("find", {unpacked, "-type", "f", "-printf", "%P\n"});
        QVERIFY2(archived.size() > 15, QByteArray::number(archived.size()));
        QCOMPARE(files(listed), archived);
        const Said version = saidBy(unpacked + "/bin/streamgauge-cli", {"--version"});
        QVERIFY2(version.exitCode == 0 && version.text.startsWith("streamgauge-cli "), version.text); // it runs from where it lies
        QVERIFY(!QFile::exists(unpacked + "/share/man/man1/streamgauge.1"));
    }

    void filesForDesktopsAreRight() {
        const QString unpacked = m_folder.filePath("unpacked/share");
        const Said desktop = saidBy("desktop-file-validate", {unpacked + "/applications/streamgauge.desktop"});
        QVERIFY2(desktop.exitCode == 0 && desktop.text.isEmpty(), desktop.text);
        const Said metainfo = saidBy("appstreamcli", {"validate", "--no-net", unpacked + "/metainfo/streamgauge.metainfo.xml"});
        QVERIFY2(metainfo.exitCode == 0, metainfo.text);
        for (const char* page : {"streamgauge", "streamgauge-cli"}) {
            const Said shown = saidBy("man", {"--warnings", "-l", unpacked + "/man/man1/" + page + ".1.gz"});
            QVERIFY2(shown.exitCode == 0 && !shown.text.contains("warning") && shown.text.contains("SYNOPSIS"), shown.text);
        }
    }

    void saysWhoMadeItAndOfWhichDay() {
        const QByteArray authors = "Streamgauge authors <authors@streamgauge.invalid>"; // an address at which nobody can be mistaken to be
        const Said maintainer = saidBy("dpkg-deb", {"-f", ending(".deb"), "Maintainer"});
        QVERIFY2(maintainer.exitCode == 0 && maintainer.text.trimmed() == authors, maintainer.text);
        const Said changelog = saidBy("zcat", {m_folder.filePath("unpacked/share/doc/streamgauge/changelog.gz")});
        QVERIFY2(changelog.exitCode == 0 && changelog.text.contains(" -- " + authors + "  "), changelog.text);
        const Said commit = saidBy("git", {"-C", kSource, "log", "-1", "--format=%ct"});
        if (commit.exitCode != 0) QSKIP("the sources are no clone");
        const QDateTime day = QDateTime::fromSecsSinceEpoch(commit.text.trimmed().toLongLong(), Qt::UTC);
        const QByteArray line = QLocale::c().toString(day, "ddd, dd MMM yyyy HH:mm:ss").toLatin1() + " +0000";
        QVERIFY2(changelog.text.contains(authors + "  " + line), changelog.text);
        QFile metainfo(m_folder.filePath("unpacked/share/metainfo/streamgauge.metainfo.xml"));
        QVERIFY(metainfo.open(QIODevice::ReadOnly));
        QVERIFY(metainfo.readAll().contains("date=\"" + day.toString(Qt::ISODate).left(10).toLatin1() + '"'));
    }

    void holdsNoFaultPoints() {
        for (const char* program : {"streamgauge", "streamgauge-cli"}) {
            QFile file(m_folder.filePath("unpacked/bin/") + program);
            QVERIFY(file.open(QIODevice::ReadOnly));
            QVERIFY2(!file.readAll().contains("STREAMGAUGE_FAULT"), program);
        }
    }

    void aptInstallsItWithAllItNeeds() {
        QVERIFY(QFile::copy(ending(".deb"), m_root + "/root/streamgauge.deb"));
        // What is needed to look at it is there before, so that its removal can be seen.
        const Said tools =
            asRoot("apt-get update -qq && apt-get install -y -qq --no-install-recommends xvfb xauth bash-completion >/dev/null");
        QVERIFY2(tools.exitCode == 0, tools.text);
        m_before = filesThere();
        const Said installed = asRoot("apt-get install -y -qq --no-install-recommends /root/streamgauge.deb");
        QVERIFY2(installed.exitCode == 0, installed.text);
        const Said checked = asRoot("dpkg -s streamgauge | grep -E '^(Status|Depends):'; dpkg --audit; apt-get check -qq");
        QVERIFY2(checked.exitCode == 0 && checked.text.contains("Status: install ok installed"), checked.text);
        for (const char* library : {"libqt6charts6", "libqt6svg6", "libsqlite3-0", "libprometheus-cpp-core1.0", "uap-core"})
            QVERIFY2(checked.text.contains(library), checked.text);
        QVERIFY2(!checked.text.contains("-dev"), checked.text);
        const Said libraries = asRoot("for f in /usr/bin/streamgauge /usr/bin/streamgauge-cli; do ldd $f; done");
        QVERIFY2(libraries.exitCode == 0 && !libraries.text.contains("not found"), libraries.text);
    }

    void theTerminalRuns() {
        const Said said = asVisitor("streamgauge-cli run --generate --plain --for 5s && streamgauge-cli report --json >report.json");
        QVERIFY2(said.exitCode == 0, said.text);
        QVERIFY2(!said.text.contains("agents keep their text only"), said.text); // its rules came with it
        QFile file(m_root + "/home/visitor/report.json");
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QJsonObject ledger = QJsonDocument::fromJson(file.readAll()).object()["ledger"].toObject();
        QVERIFY2(ledger["balanced"].toBool() && ledger["parsed"].toInteger() > 1000, said.text);
        QVERIFY(QFileInfo(m_root + "/home/visitor/.local/share/streamgauge/store.sqlite").isFile());
    }

    void theWindowRunsADemonstration() {
        const Said said =
            asVisitor("xvfb-run -a -s '-screen 0 1600x1000x24' streamgauge --start --exit-after 8s --data window --export out; "
                      "ls out; head -c 8 out/dashboard.png | tail -c 7; cat out/ledger.json");
        QVERIFY2(said.exitCode == 0 && said.text.contains("PNG"), said.text);
        QVERIFY2(said.text.contains("\"balanced\""), said.text);
        QVERIFY2(QFileInfo(m_root + "/home/visitor/out/dashboard.png").size() > 30'000, said.text);
    }

    void thePagesAndTheCompletionAreInPlace() {
        for (const char* path :
             {"man/man1/streamgauge.1.gz", "man/man1/streamgauge-cli.1.gz", "bash-completion/completions/streamgauge-cli",
              "bash-completion/completions/streamgauge", "icons/hicolor/scalable/apps/streamgauge.svg", "applications/streamgauge.desktop",
              "metainfo/streamgauge.metainfo.xml", "streamgauge/metrics/alerts.yml", "doc/streamgauge/examples/profile.toml"})
            QVERIFY2(QFileInfo(m_root + "/usr/share/" + path).isFile(), path);
        const auto completed = [&](const QString& words) {
            const Said said =
                asVisitor("set +e; . /usr/share/bash-completion/bash_completion; __load_completion streamgauge-cli; COMP_WORDS=(" + words +
                          "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _streamgauge_cli streamgauge-cli 2>/dev/null; echo \"${COMPREPLY[*]}\"");
            return QString::fromUtf8(said.text).trimmed();
        };
        QCOMPARE(completed("streamgauge-cli rep"), QString("report"));
        QCOMPARE(completed("streamgauge-cli run --metr"), QString("--metrics"));
        QCOMPARE(completed("streamgauge-cli run --pace ''"), QString("max real 10x"));
        QCOMPARE(completed("streamgauge-cli report --data /ro"), QString("/root"));
    }

    /// There is no systemd in a bare Debian: its unit's command is run as it stands there, with the examples that the package brings.
    void theUserServiceFollowsItsProfile() {
        const Said said = asVisitor(R"(mkdir -p .config/streamgauge; cp /usr/share/doc/streamgauge/examples/* .config/streamgauge/
            sed -i 's|^STREAMGAUGE_SOURCES=.*|STREAMGAUGE_SOURCES=--import web.log --available-now|' .config/streamgauge/service.conf
            streamgauge-cli generate --rate max --count 2000 --out web.log
            unit=/usr/lib/systemd/user/streamgauge.service
            . <(sed -n 's/^\(STREAMGAUGE_[A-Z]*\)=\(.*\)/\1="\2"/p' .config/streamgauge/service.conf)
            line=$(sed -n "s|^ExecStart=||p" $unit | sed "s|%E|$HOME/.config|")
            eval "XDG_DATA_HOME=$HOME/service $line"
            XDG_DATA_HOME=$HOME/service streamgauge-cli report --json)");
        QVERIFY2(said.exitCode == 0, said.text);
        QVERIFY2(said.text.contains("\"lines\":2000,"), said.text);
    }

    void removalLeavesOnlyWhatIsTheUsers() {
        QVERIFY(!m_before.isEmpty());
        const Said removed = asRoot("rm /root/streamgauge.deb; apt-get purge -y -qq streamgauge && apt-get autoremove --purge -y -qq");
        QVERIFY2(removed.exitCode == 0, removed.text);
        const QStringList after = filesThere();
        const QSet<QString> before(m_before.begin(), m_before.end());
        QStringList left;
        for (const QString& path : after)
            if (!before.contains(path)) left << path;
        const QStringList ours = after.filter("streamgauge", Qt::CaseInsensitive);
        QVERIFY2(ours.isEmpty(), qPrintable(ours.join('\n')));
        // Caches of fonts and icons belong to Debian's packages, which came with it.
        left = left.filter(QRegularExpression("^(?!/usr/share/(icons|mime|fonts)/|/etc/fonts/)"));
        QVERIFY2(left.isEmpty(), qPrintable(left.join('\n')));
        QVERIFY(QFileInfo(m_root + "/home/visitor/.local/share/streamgauge/store.sqlite").isFile()); // the user's
    }

    void cleanupTestCase() {
        if (!m_root.isEmpty()) saidBy(kScript, {"remove", m_root});
    }
};

QTEST_GUILESS_MAIN(TestPackage)
#include "tst_package.moc"
