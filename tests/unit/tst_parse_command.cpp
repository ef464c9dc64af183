#include "app/parse_command.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>
#include <fcntl.h>
#include <random>
#include <thread>
#include <unistd.h>

using namespace sg;

namespace {

const QByteArray kGood = "203.0.113.9 - - [23/Mar/2024:01:18:20 +0000] \"GET /a HTTP/1.1\" 200 5 \"-\" \"curl/8\"";

struct Outcome {
    int code = -1;
    QByteArray output;
    QByteArray errors;
    QList<QJsonObject> documents;
    QList<QJsonObject> dead;
};

QList<QJsonObject> objects(const QByteArray& ndjson) {
    QList<QJsonObject> found;
    for (const QByteArray& line : ndjson.split('\n')) {
        if (line.isEmpty()) continue;
        const QJsonDocument parsed = QJsonDocument::fromJson(line);
        if (!parsed.isObject()) qWarning("not an object: %s", line.constData());
        found.append(parsed.object());
    }
    return found;
}

QString summary(const Outcome& outcome) {
    const auto lines = QString::fromUtf8(outcome.errors).trimmed().split('\n');
    return lines.isEmpty() ? QString() : lines.last();
}

} // namespace

class TestParseCommand : public QObject {
    Q_OBJECT
    QTemporaryDir m_directory;

    QString path(const char* name) const { return m_directory.filePath(name); }
    void write(const char* name, const QByteArray& bytes) const {
        QFile file(path(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    QByteArray contents(const char* name) const {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    /// Runs the command with `input` on a pipe as its standard input.
    Outcome run(std::vector<std::string> arguments, const QByteArray& input = {}) const {
        QFile::remove(path("dlq"));
        arguments.insert(arguments.begin(), {"--dlq", path("dlq").toStdString()});
        int ends[2] = {-1, -1};
        if (::pipe(ends) != 0) return {};
        std::thread writer([&] {
            for (qsizetype at = 0; at < input.size();) { // odd pieces: lines are cut across reads
                const ssize_t written =
                    ::write(ends[1], input.constData() + at, static_cast<std::size_t>(std::min<qsizetype>(60'001, input.size() - at)));
                if (written <= 0) break;
                at += written;
            }
            ::close(ends[1]);
        });
        const int output = ::open(qPrintable(path("output")), O_RDWR | O_CREAT | O_TRUNC, 0600);
        const int errors = ::open(qPrintable(path("errors")), O_RDWR | O_CREAT | O_TRUNC, 0600);
        Outcome outcome;
        outcome.code = runParseCommand(arguments, {ends[0], output, errors});
        ::close(ends[0]);
        writer.join();
        ::close(output);
        ::close(errors);
        outcome.output = contents("output");
        outcome.errors = contents("errors");
        outcome.documents = objects(outcome.output);
        outcome.dead = objects(contents("dlq"));
        return outcome;
    }

private slots:
    void writesDocumentsAndDeadLetters() {
        const Outcome outcome = run({"--format", "combined"}, kGood + "\n\n" + "garbage\n" + kGood + "\r\n");
        QCOMPARE(outcome.code, 0);
        QCOMPARE(outcome.documents.size(), 2);
        QCOMPARE(outcome.dead.size(), 1);
        QCOMPARE(outcome.dead[0]["raw"].toString(), QString("garbage"));
        QCOMPARE(outcome.dead[0]["line"].toInt(), 3);
        QCOMPARE(outcome.dead[0]["offset"].toInt(), static_cast<int>(kGood.size()) + 2);
        QCOMPARE(outcome.dead[0]["file"].toString(), QString("-"));
        QVERIFY(!outcome.dead[0]["reason"].toString().isEmpty() && !outcome.dead[0]["detail"].toString().isEmpty());
        QVERIFY(outcome.dead[0]["column"].isDouble());
        QVERIFY2(summary(outcome).startsWith("lines 4, documents 2, dead 1 (") && summary(outcome).endsWith(", skipped 1"),
                 outcome.errors.constData());
        QCOMPARE(outcome.documents[1]["log"].toObject()["offset"].toInt(), static_cast<int>(kGood.size()) + 2 + 8);
    }

    void readsAFormatOfAProfile() {
        QFile profile(path("own.toml"));
        QVERIFY(profile.open(QIODevice::WriteOnly));
        profile.write("[[format]]\nname = \"shop\"\nis = 'apache:%a;%>s;%D'\n");
        profile.close();
        const std::string file = profile.fileName().toStdString();
        const QByteArray lines = "1.2.3.4;200;42\n1.2.3.5;404;43\n";
        const Outcome named = run({"--format", "shop", "--profile", file}, lines);
        QCOMPARE(named.documents.size(), 2);
        QCOMPARE(named.documents[1]["event"].toObject()["dataset"].toString(), QString("apache"));
        const Outcome recognised = run({"--format", "auto", "--profile", file}, lines);
        QCOMPARE(recognised.documents.size(), 2);
        QVERIFY2(recognised.errors.contains("format shop, 100 % of the first 2 lines"), recognised.errors.constData());
        QCOMPARE(run({"--format", "shop"}, lines).code, 2);
    }

    void readsALastLineWithoutANewline() {
        const Outcome outcome = run({"--format=combined", "-"}, kGood);
        QCOMPARE(outcome.documents.size(), 1);
        QVERIFY(outcome.output.endsWith("}\n"));
    }

    void readsNothing() {
        for (const char* format : {"combined", "auto"}) {
            const Outcome outcome = run({"--format", format});
            QCOMPARE(outcome.code, 0);
            QVERIFY(outcome.output.isEmpty());
            QCOMPARE(summary(outcome), QString("lines 0, documents 0, dead 0, skipped 0"));
        }
    }

    void readsSeveralFiles() {
        write("a.log", kGood + "\n");
        write("b.log", kGood);
        const Outcome outcome = run({"--format", "combined", path("a.log").toStdString(), path("b.log").toStdString(), "-"}, kGood + "\n");
        QCOMPARE(outcome.documents.size(), 3);
        QCOMPARE(outcome.documents[1]["log"].toObject()["file"].toObject()["path"].toString(), path("b.log"));
        QVERIFY(!outcome.documents[2]["log"].toObject().contains("file"));
    }

    void putsTheLineIntoTheEventWhenAsked() {
        const Outcome with = run({"--format", "combined", "--original"}, kGood + "\n");
        QCOMPARE(with.documents[0]["event"].toObject()["original"].toString().toUtf8(), kGood);
        QVERIFY(!run({"--format", "combined"}, kGood + "\n").documents[0]["event"].toObject().contains("original"));
    }

    void givesTheSameDocumentsTwice() {
        QCOMPARE(run({"--format", "combined"}, kGood + "\n").output, run({"--format", "combined"}, kGood + "\n").output);
    }

    void choosesAFormatAndSaysIt() {
        const Outcome outcome = run({"--format", "auto"}, (kGood + "\n").repeated(30) + "x\n");
        QCOMPARE(outcome.documents.size(), 30);
        QVERIFY2(outcome.errors.contains("-: format ") && outcome.errors.contains("combined") &&
                     outcome.errors.contains(" % of the first "),
                 outcome.errors.constData());
    }

    void losesNoLineWhenNoFormatFits() {
        const Outcome outcome = run({"--format", "auto"}, "what\nis\nthis\n");
        QCOMPARE(outcome.code, 0);
        QCOMPARE(outcome.documents.size() + outcome.dead.size(), 3);
    }

    void cutsALineAboveOneMebibyte_data() {
        QTest::addColumn<int>("length");
        QTest::addColumn<bool>("newline");
        QTest::addColumn<bool>("tooLong");
        for (const bool newline : {true, false}) {
            QTest::addRow("exactly 1 MiB, newline %d", newline) << (1 << 20) << newline << false;
            QTest::addRow("one byte more, newline %d", newline) << (1 << 20) + 1 << newline << true;
            QTest::addRow("5 MB, newline %d", newline) << 5'000'000 << newline << true;
        }
    }
    void cutsALineAboveOneMebibyte() {
        QFETCH(int, length);
        QFETCH(bool, newline);
        QFETCH(bool, tooLong);
        const QByteArray start = kGood + "\n" + QByteArray(length, 'x');
        const Outcome outcome = run({"--format", "combined"}, newline ? start + "\n" + kGood + "\n" : start);
        QCOMPARE(outcome.documents.size(), newline ? 2 : 1);
        QCOMPARE(outcome.dead.size(), 1);
        QCOMPARE(outcome.dead[0]["reason"].toString() == "too_long", tooLong);
        QCOMPARE(outcome.dead[0]["raw"].toString().size(), 1 << 20);
        if (newline) QCOMPARE(outcome.documents[1]["log"].toObject()["offset"].toInt(), static_cast<int>(kGood.size()) + 1 + length + 1);
    }

    void keepsEveryLineOfRandomBytes() {
        std::mt19937 random(3);
        QByteArray input;
        QByteArrayList lines;
        for (int i = 0; i < 3'000; ++i) {
            QByteArray line = i % 3 == 0 ? kGood : QByteArray();
            const int length = 1 + static_cast<int>(random() % 80);
            for (int k = 0; k < length; ++k) {
                const char c = static_cast<char>(random());
                if (i % 3 == 0) line[static_cast<qsizetype>(random() % static_cast<unsigned>(line.size()))] = c == '\n' ? ' ' : c;
                else line += c == '\n' ? ' ' : c;
            }
            lines.append(line);
            input += line + "\n";
        }
        const Outcome outcome = run({"--format", "combined"}, input);
        QCOMPARE(outcome.code, 0);
        QVERIFY(outcome.dead.size() > 1'000);
        for (const QJsonObject& dead : outcome.dead) { // the raw line can be had back
            const QByteArray raw = dead.contains("raw_base64") ? QByteArray::fromBase64(dead["raw_base64"].toString().toLatin1())
                                                               : dead["raw"].toString().toUtf8();
            QCOMPARE(raw, lines[dead["line"].toInt() - 1]);
        }
        const qsizetype skipped = summary(outcome).section(' ', -1).toInt();
        QCOMPARE(outcome.documents.size() + outcome.dead.size() + skipped, lines.size());
    }

    void writesRawBytesAsServersDo() {
        const Outcome outcome = run({"--format", "combined"}, QByteArray("caf\xe9\0\xe2\x80\xa8\n", 9));
        QCOMPARE(outcome.dead[0]["raw"].toString(), QString("caf\\xE9") + QChar(u'\0') + QChar(0x2028));
    }

    void refusesArguments_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("names");
        QTest::newRow("no format") << QStringList{} << "--format";
        QTest::newRow("a format without a name") << QStringList{"--format"} << "--format";
        QTest::newRow("an empty format") << QStringList{"--format="} << "--format";
        QTest::newRow("an unknown format") << QStringList{"--format", "nonsense"} << "nonsense";
        QTest::newRow("an unknown option") << QStringList{"--format", "combined", "--fast"} << "--fast";
        QTest::newRow("dead letters to standard output") << QStringList{"--format", "combined", "--dlq", "-"} << "--dlq";
    }
    void refusesArguments() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, names);
        std::vector<std::string> list;
        for (const QString& argument : arguments) list.push_back(argument.toStdString());
        const Outcome outcome = run(list);
        QCOMPARE(outcome.code, 2);
        QVERIFY(outcome.output.isEmpty());
        QVERIFY2(outcome.errors.contains(names.toUtf8()), outcome.errors.constData());
        QCOMPARE(outcome.errors.count('\n'), 1);
    }

    void saysWhatCannotBeRead_data() {
        QTest::addColumn<QString>("file");
        QTest::newRow("a missing file") << "missing.log";
        QTest::newRow("a folder") << ".";
    }
    void saysWhatCannotBeRead() {
        QFETCH(QString, file);
        const std::string name = m_directory.filePath(file).toStdString();
        const Outcome outcome = run({"--format", "combined", name, "-"}, kGood + "\n");
        QCOMPARE(outcome.code, 1);
        QVERIFY2(outcome.errors.contains(QByteArray::fromStdString(name)), outcome.errors.constData());
        QCOMPARE(outcome.documents.size(), 1); // the other input is read all the same
    }

    void saysThatRulesCannotBeRead() {
        const Outcome outcome = run({"--format", "combined", "--uap", path("none.yaml").toStdString()}, kGood + "\n");
        QCOMPARE(outcome.code, 1);
        QVERIFY(outcome.errors.contains("--uap"));
    }

    void endsQuietlyWhenItsReaderGoesAway() {
        write("many.log", (kGood + "\n").repeated(20'000));
        int ends[2] = {-1, -1};
        QVERIFY(::pipe(ends) == 0);
        ::close(ends[0]);
        const int errors = ::open(qPrintable(path("errors")), O_RDWR | O_CREAT | O_TRUNC, 0600);
        QCOMPARE(runParseCommand({"--format", "combined", path("many.log").toStdString()}, {0, ends[1], errors}), 0);
        ::close(ends[1]);
        ::close(errors);
        QVERIFY2(!contents("errors").contains("cannot"), contents("errors").constData());
    }

    void saysThatTheOutputIsFull() {
        const int full = ::open("/dev/full", O_WRONLY);
        if (full < 0) QSKIP("SKIPPED: no /dev/full");
        write("one.log", kGood + "\n");
        const int errors = ::open(qPrintable(path("errors")), O_RDWR | O_CREAT | O_TRUNC, 0600);
        QCOMPARE(runParseCommand({"--format", "combined", path("one.log").toStdString()}, {0, full, errors}), 1);
        ::close(full);
        ::close(errors);
        QVERIFY(contents("errors").contains("cannot write the documents"));
    }
};

QTEST_APPLESS_MAIN(TestParseCommand)
#include "tst_parse_command.moc"
