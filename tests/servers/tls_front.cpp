#include "tests/servers/tls_front.h"

#include <QFile>
#include <QProcess>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTcpSocket>

namespace sg {
namespace {

constexpr int kOpensslMs = 30'000;
const QStringList kNewKey = {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"};

QByteArray contentOf(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) qFatal("cannot read %s", qPrintable(path));
    return file.readAll();
}

} // namespace

CertificateAuthority::CertificateAuthority() {
    openssl(QStringList{"req", "-x509", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=An authority of a test"} +
            kNewKey);
}

void CertificateAuthority::openssl(const QStringList& arguments) const {
    QProcess process;
    process.setWorkingDirectory(m_folder.path());
    process.start(QStringLiteral("openssl"), arguments);
    if (!process.waitForFinished(kOpensslMs) || process.exitCode() != 0)
        qFatal("openssl %s: %s", qPrintable(arguments.join(' ')), process.readAllStandardError().constData());
}

CertificateAuthority::Signed CertificateAuthority::sign(const QString& name, int days) const {
    openssl(QStringList{"req", "-new", "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=A server of a test", "-addext",
                        "subjectAltName=" + name} +
            kNewKey);
    openssl({"x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", QString::number(days),
             "-copy_extensions", "copy", "-out", "server.pem"});
    return {QSslCertificate(contentOf(m_folder.filePath("server.pem"))), QSslKey(contentOf(m_folder.filePath("server.key")), QSsl::Ec),
            QSslCertificate(contentOf(m_folder.filePath("ca.pem")))};
}

TlsFront::TlsFront(const CertificateAuthority::Signed& identity, quint16 plainPort) {
    setIdentity(identity);
    QObject::connect(&m_server, &QSslServer::pendingConnectionAvailable, &m_server, [this, plainPort] { accept(plainPort); });
    if (!m_server.listen(QHostAddress::LocalHost)) qFatal("no port");
}

void TlsFront::setIdentity(const CertificateAuthority::Signed& identity) {
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificateChain({identity.certificate, identity.authority});
    tls.setPrivateKey(identity.key);
    tls.setPeerVerifyMode(QSslSocket::VerifyNone); // of clients
    m_server.setSslConfiguration(tls);
    for (QTcpSocket* client : m_server.findChildren<QTcpSocket*>(QString(), Qt::FindDirectChildrenOnly)) client->abort();
}

void TlsFront::accept(quint16 plainPort) {
    QTcpSocket* client = m_server.nextPendingConnection();
    auto* plain = new QTcpSocket(client);
    plain->connectToHost(QHostAddress::LocalHost, plainPort);
    plain->waitForConnected(); // fails when the server is away: both are closed below
    const auto forward = [this, client, plain] {
        const QByteArray bytes = client->readAll();
        const QByteArray name = "\r\nauthorization: ";
        if (const auto at = bytes.toLower().indexOf(name); at >= 0)
            m_authorizations << bytes.mid(at + name.size(), bytes.indexOf('\r', at + 2) - at - name.size());
        plain->write(bytes);
    };
    QObject::connect(client, &QTcpSocket::readyRead, plain, forward);
    QObject::connect(plain, &QTcpSocket::readyRead, client, [client, plain] { client->write(plain->readAll()); });
    QObject::connect(plain, &QTcpSocket::disconnected, client, &QTcpSocket::disconnectFromHost);
    QObject::connect(client, &QTcpSocket::disconnected, client, &QObject::deleteLater);
    if (plain->state() != QAbstractSocket::ConnectedState) client->disconnectFromHost();
    else if (client->bytesAvailable() > 0) forward();
}

} // namespace sg
