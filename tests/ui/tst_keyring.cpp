// Credentials in a real keyring: kept there, read back, forgotten, and never in a file.
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "ui/shell/credential_store.h"

using namespace sg;

class TestKeyring : public QObject {
    Q_OBJECT

private slots:
    void keepsReadsAndForgets() {
        QTemporaryDir folder;
        const QString path = folder.filePath("credentials.json");
        CredentialStore store(path);
        QSignalSpy fell(&store, &CredentialStore::fellBack), saved(&store, &CredentialStore::saved), loaded(&store, &CredentialStore::loaded);
        const Credentials kept{"elastic", "se cret\xC3\xA9", "", "/etc/ca.pem", "t0ken"};
        store.save(kept);
        QTRY_COMPARE_WITH_TIMEOUT(saved.count(), 1, 30'000);
        QVERIFY2(saved[0][0].toBool(), fell.isEmpty() ? "" : qPrintable(fell[0][0].toString()));
        QVERIFY(!QFile::exists(path));
        CredentialStore another(path);
        QSignalSpy read(&another, &CredentialStore::loaded);
        another.load();
        QTRY_COMPARE_WITH_TIMEOUT(read.count(), 1, 30'000);
        QVERIFY(read[0][0].value<Credentials>() == kept);
        store.save({});
        QTRY_COMPARE_WITH_TIMEOUT(saved.count(), 2, 30'000);
        store.load();
        QTRY_COMPARE_WITH_TIMEOUT(loaded.count(), 1, 30'000);
        QVERIFY(loaded[0][0].value<Credentials>().empty());
        QVERIFY(fell.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestKeyring)
#include "tst_keyring.moc"
