// The program's own answers: help, wrong arguments, their exit codes.
#include "tests/support/cli.h"

#include <QTest>

using namespace sg;

class TestCli : public QObject {
    Q_OBJECT
private slots:
    void helpsWithEveryCommand_data() {
        QTest::addColumn<QStringList>("arguments");
        for (const char* command : {"run", "split", "report", "parse", "bench", "generate"}) {
            QTest::addRow("%s --help", command) << QStringList{command, "--help"};
            QTest::addRow("%s -h", command) << QStringList{command, "-h"};
            QTest::addRow("help %s", command) << QStringList{"help", command};
        }
        QTest::newRow("help behind another option") << QStringList{"run", "--generate", "--help"};
    }
    void helpsWithEveryCommand() {
        QFETCH(QStringList, arguments);
        const CliOutcome outcome = runCli(arguments);
        QCOMPARE(outcome.exitCode, 0);
        QCOMPARE(outcome.errors, QByteArray());
        const QString command = arguments.front() == "help" ? arguments.back() : arguments.front();
        QVERIFY2(outcome.output.contains("streamgauge-cli " + command.toUtf8()), outcome.output);
    }
    void refusesAWrongArgument_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("no command of ours") << QStringList{"walk"};
        QTest::newRow("no option of run") << QStringList{"run", "--generat"};
        QTest::newRow("nothing to read") << QStringList{"run"};
        QTest::newRow("an interval without a unit") << QStringList{"run", "--generate", "--interval", "5"};
    }
    void refusesAWrongArgument() {
        QFETCH(QStringList, arguments);
        const CliOutcome outcome = runCli(arguments);
        QCOMPARE(outcome.exitCode, 2);
        QCOMPARE(outcome.errors.count('\n'), qsizetype{1});
    }
};

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
