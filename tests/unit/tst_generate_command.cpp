#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "app/generate_command.h"

class GenerateCommandTest : public QObject {
    Q_OBJECT
    static int run(const QStringList& words) {
        std::vector<std::string> args;
        for (const QString& word : words) args.push_back(word.toStdString());
        return sg::runGenerateCommand(args);
    }
private slots:
    void refusesWrongArguments_data() {
        QTest::addColumn<QStringList>("words");
        for (const char* words : {"--rate 0", "--rate fast", "--count -1", "--count", "--for 10", "--format xml", "--start yesterday",
                                  "--shape square", "--nonsense 1", "file", "--shape stages", "--stages 10s", "--pages 0", "--zipf 4",
                                  "--status 20=1", "--rotate 1K", "--keep 101", "--start 2024-02-30", "--bots=2"})
            QTest::newRow(words) << QString(words).split(' ');
    }
    void refusesWrongArguments() {
        QFETCH(QStringList, words);
        QCOMPARE(run(words), 2);
    }
    void writesTheSameBytesForTheSameSeed() {
        const QTemporaryDir folder;
        QByteArray texts[2];
        for (int i = 0; i < 2; ++i) {
            const QString path = folder.filePath(QString::number(i));
            QCOMPARE(run({"--format", "combined", "--rate", "max", "--count", "5000", "--seed=9", "--start", "2024-03-23T02:18:20+01:00",
                          "--out", path}),
                     0);
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            texts[i] = file.readAll();
        }
        QCOMPARE(texts[0].count('\n'), 5000);
        QVERIFY(texts[0] == texts[1]);
        QVERIFY(texts[0].contains("[23/Mar/2024:01:18:20 +0000]"));
    }
    void anUnwritableFileIsNotAWrongArgument() { QCOMPARE(run({"--count", "1", "--out", "/nowhere/at/all.log"}), 1); }
    void combinedEndsWithTheResponseTimeUnlessToldNot() {
        const QTemporaryDir folder;
        const QString path = folder.filePath("log");
        QCOMPARE(run({"--rate", "max", "--count", "1", "--malformed", "0", "--out", path}), 0);
        QCOMPARE(run({"--rate", "max", "--count", "1", "--malformed", "0", "--no-response-time", "--out", path}), 0);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray first = file.readLine().trimmed(), second = file.readLine().trimmed();
        QVERIFY(first.at(first.size() - 4) == '.');
        QVERIFY(second.endsWith('"'));
    }
};
QTEST_APPLESS_MAIN(GenerateCommandTest)
#include "tst_generate_command.moc"
