// A real Elasticsearch behind TLS: who is trusted, what is said of who is not, and that no credential is ever written down.
#include "core/pipeline/kibana_client.h"
#include "core/pipeline/qt_transport.h"
#include "tests/servers/elasticsearch_server.h"
#include "tests/servers/tls_front.h"
#include "tests/support/cli.h"
#include "tests/support/delivery_bench.h"
#include "tests/support/folder_search.h"

#include <QCryptographicHash>
#include <QDate>
#include <QTest>
#include <QUrl>

#include <csignal>
#include <optional>
#include <sys/resource.h>

namespace sg {

using test::DeliveryBench;

namespace {

constexpr const char* kUser = "gauge";
constexpr const char* kPassword = "Rh1ne-level";
constexpr const char* kApiKey = "a2V5aWQ6bWFpbi1nYXVnZQ==";

QByteArray basic() { return "Basic " + QByteArray(kUser).append(':').append(kPassword).toBase64(); }

} // namespace

class TestElasticsearchTls : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void saysWhyACertificateIsRefusedAndLosesNothing_data();
    void saysWhyACertificateIsRefusedAndLosesNothing();
    void trustsTheSystemsAuthoritiesOnly();
    void waitsWhileTheCertificateIsExchanged();
    void aFingerprintTrustsOneAuthorityAndNothingElse_data();
    void aFingerprintTrustsOneAuthorityAndNothingElse();
    void kibanaIsNotTrustedEither();
    void saysThatNobodySpeaksTls();
    void sendsCredentialsAndWritesThemNowhere_data();
    void sendsCredentialsAndWritesThemNowhere();
    void aCrashLeavesNoCredential_data();
    void aCrashLeavesNoCredential();

private:
    quint16 plainPort() const { return static_cast<quint16>(QUrl(QString::fromStdString(m_server.url())).port()); }
    qint64 documents(const QString& prefix) const;
    std::unique_ptr<DeliveryBench> bench(const TlsFront& front, const char* prefix, const QString& caFile) const;

    ElasticsearchServer m_server;
    CertificateAuthority m_authority;
    CertificateAuthority m_stranger;
};

#define DELIVER(bench, milliseconds)                                                                                                       \
    QTRY_VERIFY2_WITH_TIMEOUT(((bench).pump(), (bench).deliverer->idle()), (bench).deliverer->part().stage.detail.c_str(), milliseconds)

void TestElasticsearchTls::initTestCase() {
    if (m_server.start()) return;
    if (m_server.isUnreachable() && !ElasticsearchServer::isRequired())
        QSKIP(qPrintable("SKIPPED, no real Elasticsearch: " + m_server.why()));
    QFAIL(qPrintable(m_server.why()));
}

qint64 TestElasticsearchTls::documents(const QString& prefix) const {
    static_cast<void>(m_server.request("POST", "/" + prefix + "-access-*/_refresh"));
    const auto answer = m_server.request("GET", "/" + prefix + "-access-*/_count");
    return QJsonDocument::fromJson(answer.body).object()["count"].toInteger(-1);
}

/// On the real clock and network.
std::unique_ptr<DeliveryBench> TestElasticsearchTls::bench(const TlsFront& front, const char* prefix, const QString& caFile) const {
    Credentials credentials;
    credentials.caFile = caFile.toStdString();
    auto made = std::make_unique<DeliveryBench>("abcdefgh", front.url().toStdString(), prefix, [credentials](const std::string& to) {
        return makeQtTransport(to, credentials, "abcdefgh");
    });
    made->useSystemClock();
    return made;
}

void TestElasticsearchTls::saysWhyACertificateIsRefusedAndLosesNothing_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("days");
    QTest::addColumn<bool>("known"); // the authority is the one that is named
    QTest::addColumn<QString>("sentence");
    const QString yesterday = QDateTime::currentDateTimeUtc().date().addDays(-1).toString(Qt::ISODate);
    QTest::newRow("another authority") << "IP:127.0.0.1" << 30 << false << "its certificate is signed by no authority that is known here";
    QTest::newRow("expired") << "IP:127.0.0.1" << -1 << true << "its certificate expired on " + yesterday;
    QTest::newRow("for another host") << "DNS:search.example" << 30 << true << "its certificate is for search.example, not for 127.0.0.1";
}
void TestElasticsearchTls::saysWhyACertificateIsRefusedAndLosesNothing() {
    QFETCH(QString, name);
    QFETCH(int, days);
    QFETCH(bool, known);
    QFETCH(QString, sentence);
    TlsFront front(m_authority.sign(name, days), plainPort());
    const QByteArray prefix = "tls-" + QByteArray(QTest::currentDataTag()).replace(' ', '-');
    const auto bench = this->bench(front, prefix, (known ? m_authority : m_stranger).file());
    bench->addBatch(200);
    QTRY_VERIFY_WITH_TIMEOUT((bench->pump(), bench->isOpen("elastic.identity")), 10'000);
    const Problem& problem = bench->deliverer->part().stage.problems.front();
    QCOMPARE(QString::fromStdString(problem.sentence), front.url() + " is not trusted: " + sentence);
    QVERIFY(QString::fromStdString(problem.advice).contains("STREAMGAUGE_ES_CA"));
    QCOMPARE(bench->ledger().undelivered, 200U);
    QCOMPARE(bench->deliverer->part().sent, 0U);
    // The server is given a good one.
    front.setIdentity(m_authority.sign("IP:127.0.0.1"));
    if (!known) return; // and still nobody is trusted who should not be
    DELIVER(*bench, 60'000);
    QCOMPARE(bench->ledger().created, 200U);
    QCOMPARE(documents(prefix), 200);
}

void TestElasticsearchTls::trustsTheSystemsAuthoritiesOnly() {
    TlsFront front(m_authority.sign("IP:127.0.0.1"), plainPort());
    const auto bench = this->bench(front, "tls-system", QString());
    bench->addBatch(10);
    QTRY_VERIFY_WITH_TIMEOUT((bench->pump(), bench->isOpen("elastic.identity")), 10'000);
    QCOMPARE(QString::fromStdString(bench->deliverer->part().stage.problems.front().sentence),
             front.url() + " is not trusted: its certificate is signed by no authority that is known here");
    QCOMPARE(bench->ledger().undelivered, 10U);
}

void TestElasticsearchTls::waitsWhileTheCertificateIsExchanged() {
    TlsFront front(m_authority.sign("IP:127.0.0.1"), plainPort());
    const auto bench = this->bench(front, "tls-exchange", m_authority.file());
    bench->addBatch(300);
    DELIVER(*bench, 30'000);
    front.setIdentity(m_stranger.sign("IP:127.0.0.1"));
    bench->addBatch(300);
    QTRY_VERIFY_WITH_TIMEOUT((bench->pump(), bench->isOpen("elastic.identity")), 30'000);
    QCOMPARE(bench->ledger().undelivered, 300U);
    front.setIdentity(m_authority.sign("IP:127.0.0.1"));
    DELIVER(*bench, 60'000);
    QCOMPARE(bench->ledger().indexed(), 600U);
    QCOMPARE(documents("tls-exchange"), 600);
}

void TestElasticsearchTls::aFingerprintTrustsOneAuthorityAndNothingElse_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("days");
    QTest::addColumn<bool>("right"); // fingerprint
    QTest::addColumn<QString>("sentence");
    const QString yesterday = QDateTime::currentDateTimeUtc().date().addDays(-1).toString(Qt::ISODate);
    QTest::newRow("the right one") << "IP:127.0.0.1" << 30 << true << "";
    QTest::newRow("another") << "IP:127.0.0.1" << 30 << false << "none of the certificates that it sends has the fingerprint that is named";
    QTest::newRow("expired all the same") << "IP:127.0.0.1" << -1 << true << "its certificate expired on " + yesterday;
    QTest::newRow("for another host all the same") << "DNS:search.example" << 30 << true
                                                   << "its certificate is for search.example, not for 127.0.0.1";
}
void TestElasticsearchTls::aFingerprintTrustsOneAuthorityAndNothingElse() {
    QFETCH(QString, name);
    QFETCH(int, days);
    QFETCH(bool, right);
    QFETCH(QString, sentence);
    const auto identity = m_authority.sign(name, days);
    TlsFront front(identity, plainPort());
    const QSslCertificate& named = right ? identity.authority : m_stranger.sign(name).authority;
    const QByteArray prefix = "print-" + QByteArray(QTest::currentDataTag()).replace(' ', '-');
    const auto bench = this->bench(front, prefix, QString::fromLatin1(named.digest(QCryptographicHash::Sha256).toHex(':')));
    bench->addBatch(200);
    if (sentence.isEmpty()) {
        DELIVER(*bench, 60'000);
        QCOMPARE(documents(prefix), 200);
        return;
    }
    QTRY_VERIFY_WITH_TIMEOUT((bench->pump(), bench->isOpen("elastic.identity")), 20'000);
    QCOMPARE(QString::fromStdString(bench->deliverer->part().stage.problems.front().sentence), front.url() + " is not trusted: " + sentence);
    QCOMPARE(bench->ledger().undelivered, 200U);
    QCOMPARE(front.authorizations().size(), 0);
}

void TestElasticsearchTls::kibanaIsNotTrustedEither() {
    TlsFront front(m_authority.sign("IP:127.0.0.1"), plainPort());
    Credentials credentials{"gauge", kPassword, "", m_stranger.file().toStdString()};
    KibanaClient client({front.url().toStdString(), {}, "streamgauge"}, credentials);
    std::optional<Result<KibanaState>> state;
    client.check([&](const Result<KibanaState>& found) { state = found; });
    QTRY_VERIFY_WITH_TIMEOUT(state.has_value(), 20'000);
    QVERIFY(!state->has_value());
    const QString said = QString::fromStdString(state->error().message);
    QVERIFY2(said.startsWith("Kibana at " + front.url() + " is not trusted: its certificate is signed by no authority"), qPrintable(said));
    QVERIFY2(said.contains("STREAMGAUGE_ES_CA") && !said.contains("Start it"), qPrintable(said));
    QCOMPARE(front.authorizations().size(), 0);
}

void TestElasticsearchTls::saysThatNobodySpeaksTls() {
    const std::string url = "https://127.0.0.1:" + std::to_string(plainPort());
    DeliveryBench bench("abcdefgh", url, "tls-plain", [](const std::string& to) { return makeQtTransport(to, {}, "abcdefgh"); });
    bench.useSystemClock();
    bench.addBatch(10);
    QTRY_VERIFY_WITH_TIMEOUT((bench.pump(), bench.isOpen("elastic.unreached")), 10'000);
    const std::string sentence = bench.deliverer->part().stage.problems.front().sentence;
    QVERIFY2(sentence.find(url + " does not answer: it speaks no TLS") == 0, sentence.c_str());
    QCOMPARE(bench.ledger().undelivered, 10U);
}

void TestElasticsearchTls::sendsCredentialsAndWritesThemNowhere_data() {
    QTest::addColumn<bool>("key");
    QTest::addColumn<bool>("trusted");
    QTest::newRow("user and password") << false << true;
    QTest::newRow("API key") << true << true;
    QTest::newRow("user and password to nobody who is trusted") << false << false;
    QTest::newRow("API key to nobody who is trusted") << true << false;
}
void TestElasticsearchTls::sendsCredentialsAndWritesThemNowhere() {
    QFETCH(bool, key);
    QFETCH(bool, trusted);
    TlsFront front(m_authority.sign("IP:127.0.0.1"), plainPort());
    QTemporaryDir folder;
    const QString log = folder.filePath("access.log");
    QCOMPARE(runCli({"generate", "--format", "combined", "--rate", "max", "--count", "2000", "--out", log}).exitCode, 0);
    const QString prefix = QString("tls-login-%1%2").arg(key).arg(trusted);
    QProcess cli;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("STREAMGAUGE_ES_CA", (trusted ? m_authority : m_stranger).file());
    if (key) environment.insert("STREAMGAUGE_ES_API_KEY", kApiKey);
    else {
        environment.insert("STREAMGAUGE_ES_USER", kUser);
        environment.insert("STREAMGAUGE_ES_PASSWORD", kPassword);
    }
    environment.insert("XDG_STATE_HOME", folder.filePath("state"));
    cli.setProcessEnvironment(environment);
    const QString data = folder.filePath("data");
    cli.start(QStringLiteral(SG_CLI), {"run", "--data", data, "--follow", log, "--format", "combined", "--elasticsearch", front.url(),
                                       "--index-prefix", prefix, "--available-now", "--drain-timeout", trusted ? "120s" : "1s"});
    QVERIFY(cli.waitForStarted());
    QFile words(QString("/proc/%1/cmdline").arg(cli.processId())); // what ps shows
    QVERIFY(words.open(QIODevice::ReadOnly));
    const QByteArray shown = words.readAll();
    QTRY_COMPARE_WITH_TIMEOUT(cli.state(), QProcess::NotRunning, 150'000); // the front answers meanwhile
    const QByteArray said = cli.readAllStandardOutput() + cli.readAllStandardError();
    QVERIFY2(cli.exitCode() == (trusted ? 0 : 3), said);
    const QJsonObject ledger = ledgerOf(data);
    QVERIFY2(ledger["balanced"].toBool() && ledger["lines"].toInteger() == 2000, toText(ledger));
    if (trusted) {
        QCOMPARE(documents(prefix), ledger["indexed"].toInteger());
        QVERIFY(front.authorizations().size() >= 3); // who it is, the template, documents
        for (const QByteArray& each : front.authorizations()) QCOMPARE(each, key ? QByteArray("ApiKey ") + kApiKey : basic());
    } else {
        QVERIFY2(said.contains("is not trusted: "), said);
        QCOMPARE(front.authorizations().size(), 0);
    }
    const QByteArrayList secrets = {kPassword, kApiKey, basic().mid(6), QByteArray::fromBase64(kApiKey)};
    for (const QByteArray& secret : secrets) QVERIFY2(!said.contains(secret) && !shown.contains(secret), said);
    const test::FolderSearch search = test::searchFolder(folder.path(), secrets);
    QVERIFY2(search.found.isEmpty(), qPrintable(search.found));
    QVERIFY(search.files >= 3);
}

void TestElasticsearchTls::aCrashLeavesNoCredential_data() {
    QTest::addColumn<int>("signal");
    QTest::newRow("SIGSEGV") << SIGSEGV;
    QTest::newRow("SIGABRT") << SIGABRT;
}
/// What it says, its log, its data, and the folder in which it is started, where the system would write its memory.
void TestElasticsearchTls::aCrashLeavesNoCredential() {
    QFETCH(int, signal);
    TlsFront front(m_authority.sign("IP:127.0.0.1"), plainPort());
    QTemporaryDir folder;
    const QString data = folder.filePath("data"), here = folder.filePath("here");
    QVERIFY(QDir().mkpath(here));
    const QString prefix = QString("tls-crash-%1").arg(signal);
    QProcess cli;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("STREAMGAUGE_ES_CA", m_authority.file());
    environment.insert("STREAMGAUGE_ES_USER", kUser);
    environment.insert("STREAMGAUGE_ES_PASSWORD", kPassword);
    environment.insert("XDG_STATE_HOME", folder.filePath("state"));
    cli.setProcessEnvironment(environment);
    cli.setWorkingDirectory(here);
    cli.setChildProcessModifier([] { // whoever wants cores of everything
        rlimit limit{};
        ::getrlimit(RLIMIT_CORE, &limit);
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_CORE, &limit);
    });
    cli.start(QStringLiteral(SG_CLI), {"run", "--data", data, "--generate", "--rate", "500", "--elasticsearch", front.url(), "--index-prefix", prefix});
    QVERIFY(cli.waitForStarted());
    QTRY_VERIFY_WITH_TIMEOUT(documents(prefix) > 0, 60'000);
    QCOMPARE(::kill(static_cast<pid_t>(cli.processId()), signal), 0);
    QTRY_COMPARE_WITH_TIMEOUT(cli.state(), QProcess::NotRunning, 60'000);
    QCOMPARE(cli.exitStatus(), QProcess::CrashExit);
    const QByteArrayList secrets = {kPassword, basic().mid(6)};
    const QByteArray said = cli.readAllStandardOutput() + cli.readAllStandardError();
    for (const QByteArray& secret : secrets) QVERIFY2(!said.contains(secret), said);
    const test::FolderSearch search = test::searchFolder(folder.path(), secrets);
    QVERIFY2(search.found.isEmpty(), qPrintable(search.found));
    QVERIFY(QFile::exists(data + "/streamgauge.log"));
    QVERIFY2(QDir(here).isEmpty(), qPrintable(QDir(here).entryList().join(' ')));
}

} // namespace sg

QTEST_GUILESS_MAIN(sg::TestElasticsearchTls)
#include "tst_elasticsearch_tls.moc"
