#include "tests/support/format_table.h"

#include <QFile>
#include <QTest>

using namespace sg;

class FormatTableTest : public QObject {
    Q_OBJECT
private slots:
    void everyExampleIsRead() { QVERIFY(!QByteArray::fromStdString(test::formatTableText()).contains("| dead |")); }

    void theReadmeIsWhatTheRegistrySays() {
        QFile file(QString(SG_SOURCE_DIR) + "/core/format/README.md");
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray readme = file.readAll();
        QVERIFY2(QByteArray::fromStdString(test::withFormatTable(readme.toStdString())) == readme,
                 "the table is old: build the target format_readme and commit core/format/README.md");
    }
};

QTEST_APPLESS_MAIN(FormatTableTest)
#include "tst_format_table.moc"
