// The application as its users start it: its own binary on a display, ended by itself, by a signal, by a kill.
#include <QDir>
#include <QFile>
#include <QImage>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace {

QJsonObject ledgerOf(const QString& data) {
    QProcess report;
    report.start(QStringLiteral(SG_CLI), {"report", "--data", data, "--json"});
    report.waitForFinished(60'000);
    return QJsonDocument::fromJson(report.readAllStandardOutput()).object()["ledger"].toObject();
}

} // namespace

class TestApplication : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    [[nodiscard]] QStringList common(const QString& data) const {
        return {"--data", data, "--settings", m_folder.filePath("window.conf"), "--rate", "2000", "--interval", "200ms"};
    }

private slots:
    void runsADemonstrationUnattended() {
        const QString data = m_folder.filePath("a"), out = m_folder.filePath("out");
        QProcess app;
        app.start(QStringLiteral(SG_WINDOW), common(data) + QStringList{"--start", "--present", "--exit-after", "5s", "--export", out});
        QVERIFY(app.waitForFinished(90'000));
        QVERIFY2(app.exitCode() == 0, app.readAllStandardError());
        const QImage dashboard(out + "/dashboard.png");
        QVERIFY(dashboard.width() >= 1600);
        QFile csv(out + "/throughput.csv");
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QVERIFY(csv.readAll().count('\n') >= 3);
        QFile json(out + "/ledger.json");
        QVERIFY(json.open(QIODevice::ReadOnly));
        QVERIFY(QJsonDocument::fromJson(json.readAll()).object()["balanced"].toBool());
        const QJsonObject ledger = ledgerOf(data);
        QVERIFY(ledger["balanced"].toBool());
        QCOMPARE(ledger["in_flight"].toInteger(), 0);
        QVERIFY(ledger["parsed"].toInteger() > 0);
    }
    void endsCleanlyByASignal() {
        const QString data = m_folder.filePath("b");
        QProcess app;
        app.start(QStringLiteral(SG_WINDOW), common(data) + QStringList{"--start"});
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(data + "/log/access.log"), 60'000);
        QTest::qWait(500);
        app.terminate();
        QVERIFY(app.waitForFinished(60'000));
        QCOMPARE(app.exitStatus(), QProcess::NormalExit);
        QVERIFY2(app.exitCode() == 0, app.readAllStandardError());
        const QJsonObject ledger = ledgerOf(data);
        QVERIFY(ledger["balanced"].toBool());
        QCOMPARE(ledger["in_flight"].toInteger(), 0);
    }
    void losesNothingToAKill() {
        const QString data = m_folder.filePath("c");
        for (int round = 0; round < 2; ++round) {
            QProcess app;
            const qint64 before = QFile(data + "/log/access.log").size();
            app.start(QStringLiteral(SG_WINDOW), common(data) + QStringList{"--start"});
            QTRY_VERIFY_WITH_TIMEOUT(QFile(data + "/log/access.log").size() > before + 200'000, 60'000);
            app.kill();
            QVERIFY(app.waitForFinished(30'000));
        }
        QProcess finish;
        finish.start(QStringLiteral(SG_CLI), {"run", "--data", data, "--follow", data + "/log/access.log", "--available-now", "--plain"});
        QVERIFY(finish.waitForFinished(90'000));
        const QJsonObject ledger = ledgerOf(data);
        QVERIFY(ledger["balanced"].toBool());
        QCOMPARE(ledger["in_flight"].toInteger(), 0);
        qint64 lines = 0;
        for (const QString& name : QDir(data + "/log").entryList({"access.log*"}, QDir::Files)) {
            QFile log(data + "/log/" + name);
            QVERIFY(log.open(QIODevice::ReadOnly));
            lines += log.readAll().count('\n');
        }
        QCOMPARE(ledger["lines"].toInteger(), lines);
    }
    void refusesASecondUnattendedStartByPid() {
        const QString data = m_folder.filePath("d");
        QProcess first, second;
        first.start(QStringLiteral(SG_WINDOW), common(data) + QStringList{"--start"});
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(data + "/log/access.log"), 60'000);
        second.start(QStringLiteral(SG_WINDOW), common(data) + QStringList{"--start", "--exit-after", "2s"});
        QVERIFY(second.waitForFinished(60'000));
        QCOMPARE(second.exitCode(), 1);
        const QByteArray said = second.readAllStandardError();
        QVERIFY2(said.contains("process " + QByteArray::number(first.processId())), said);
        // A person's second start hands over and is content.
        second.start(QStringLiteral(SG_WINDOW), common(data));
        QVERIFY(second.waitForFinished(60'000));
        QVERIFY2(second.exitCode() == 0, second.readAllStandardError());
        QCOMPARE(first.state(), QProcess::Running);
        first.terminate();
        QVERIFY(first.waitForFinished(60'000));
    }
    void saysWhatIsWrongWithAnArgument_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QByteArray>("word");
        QTest::newRow("an unknown option") << QStringList{"--colour", "red"} << QByteArray("--colour");
        QTest::newRow("a theme") << QStringList{"--theme", "pink"} << QByteArray("system, light or dark");
        QTest::newRow("a duration") << QStringList{"--exit-after", "soon"} << QByteArray("duration");
        QTest::newRow("a scenario") << QStringList{"--scenario", "nonsense"} << QByteArray("nonsense");
    }
    void saysWhatIsWrongWithAnArgument() {
        QFETCH(QStringList, arguments);
        QFETCH(QByteArray, word);
        QProcess app;
        app.start(QStringLiteral(SG_WINDOW), QStringList{"--data", m_folder.filePath("e")} + arguments);
        QVERIFY(app.waitForFinished(60'000));
        QCOMPARE(app.exitCode(), 2);
        const QByteArray said = app.readAllStandardError();
        QVERIFY2(said.contains(word), said);
    }
};

QTEST_GUILESS_MAIN(TestApplication)
#include "tst_application.moc"
