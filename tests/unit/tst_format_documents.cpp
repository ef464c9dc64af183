#include "tests/support/document_check.h"
#include "tests/support/format_check.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <random>

using namespace sg;

/// From the line to the document: what is promised of any bytes at all.
class FormatDocumentsTest : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void goldenLinesGiveValidDocuments();
    void mutatedLinesGiveValidDocuments();
    void noiseGivesValidDocuments();

private:
    std::vector<std::string> m_lines;
};

void FormatDocumentsTest::initTestCase() {
    const QDir folder(QString(SG_TEST_DATA) + "/format");
    for (const QString& name : folder.entryList({"*.log"}, QDir::Files, QDir::Name)) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QIODevice::ReadOnly));
        for (const QByteArray& line : file.readAll().split('\n')) m_lines.push_back(line.toStdString());
    }
    for (const test::FormatString& each : test::formatStrings()) m_lines.push_back(each.line);
    QVERIFY(m_lines.size() > 50);
}

void FormatDocumentsTest::goldenLinesGiveValidDocuments() {
    for (const std::string& line : m_lines) QCOMPARE(QByteArray::fromStdString(test::checkDocuments(line)), QByteArray());
}

void FormatDocumentsTest::mutatedLinesGiveValidDocuments() {
    constexpr int kRounds = 100'000;
    std::mt19937 random(20240323);
    for (int round = 0; round < kRounds; ++round)
        QCOMPARE(QByteArray::fromStdString(test::checkDocuments(test::mutated(m_lines[random() % m_lines.size()], random))), QByteArray());
}

void FormatDocumentsTest::noiseGivesValidDocuments() {
    constexpr int kRounds = 10'000;
    std::mt19937 random(7);
    for (int round = 0; round < kRounds; ++round) {
        std::string line(random() % 200, '\0');
        for (char& c : line) c = static_cast<char>(random() % 256);
        QCOMPARE(QByteArray::fromStdString(test::checkDocuments(line)), QByteArray());
    }
}

QTEST_APPLESS_MAIN(FormatDocumentsTest)
#include "tst_format_documents.moc"
