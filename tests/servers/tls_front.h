#pragma once
/// TLS before a plain server on this machine, and the certificates for it, made by `openssl` for one test.
///
/// *Thread:* one with an event loop, which must run while a client talks. *Errors:* a certificate that cannot be made ends the test
/// program.
#include <QByteArrayList>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslServer>
#include <QString>
#include <QTemporaryDir>

namespace sg {

/// Signs certificates; its own is in `file()`.
class CertificateAuthority {
public:
    CertificateAuthority();
    struct Signed {
        QSslCertificate certificate;
        QSslKey key;
        QSslCertificate authority; ///< sent with it, so that its fingerprint can be looked for
    };
    /// For `name` ("IP:127.0.0.1", "DNS:search.example"); with -1 days it expired yesterday.
    [[nodiscard]] Signed sign(const QString& name, int days = 30) const;
    [[nodiscard]] QString file() const { return m_folder.filePath(QStringLiteral("ca.pem")); }

private:
    void openssl(const QStringList& arguments) const;
    QTemporaryDir m_folder;
};

class TlsFront {
public:
    TlsFront(const CertificateAuthority::Signed& identity, quint16 plainPort);
    TlsFront(const TlsFront&) = delete;
    TlsFront& operator=(const TlsFront&) = delete;
    [[nodiscard]] QString url() const { return QStringLiteral("https://127.0.0.1:%1").arg(m_server.serverPort()); }
    /// The value of the header Authorization of each request that had one.
    [[nodiscard]] const QByteArrayList& authorizations() const { return m_authorizations; }
    /// From the next connection on; the present ones are cut.
    void setIdentity(const CertificateAuthority::Signed& identity);

private:
    void accept(quint16 plainPort);
    QByteArrayList m_authorizations;
    QSslServer m_server;
};

} // namespace sg
