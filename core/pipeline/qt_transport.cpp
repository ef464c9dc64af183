#include "core/pipeline/qt_transport.h"

#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>
#include <QHostAddress>
#include <QIODevice>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QNetworkRequest>
#include <QPointer>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslError>
#include <QSslSocket>
#include <QStringList>
#include <QTimer>
#include <QUrl>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

namespace sg {
namespace {

constexpr qint64 kMaxAnswer = 64LL << 20;
constexpr qint64 kMaxCredentialsFile = 64 << 10;
constexpr int kLearnMs = 10'000;
constexpr const char* kPlainSecret = " is not sent over plain http: use https";

/// A request's body that can be read once: Qt cannot send it again behind our back.
class OnceBody final : public QIODevice {
public:
    explicit OnceBody(std::string bytes) : m_bytes(std::move(bytes)) { open(QIODevice::ReadOnly | QIODevice::Unbuffered); }
    bool isSequential() const override { return false; }
    qint64 size() const override { return static_cast<qint64>(m_bytes.size()); }
    bool reset() override { return m_read == 0; }
    bool seek(qint64 position) override {
        if (position < m_read) return false;
        return QIODevice::seek(position);
    }

protected:
    qint64 readData(char* into, qint64 limit) override {
        const qint64 n = std::min(limit, size() - m_read);
        if (n <= 0) return m_read == size() ? -1 : 0;
        std::memcpy(into, m_bytes.data() + m_read, static_cast<std::size_t>(n));
        m_read += n;
        return n;
    }
    qint64 writeData(const char*, qint64) override { return -1; }

private:
    const std::string m_bytes;
    qint64 m_read = 0;
};

/// Answers every request with one sentence.
class RefusingTransport final : public Transport {
public:
    explicit RefusingTransport(std::string sentence) : m_sentence(std::move(sentence)) {}
    void send(HttpRequest, Answer answer) override {
        QTimer::singleShot(0, &m_context, [this, answer = std::move(answer)] {
            HttpResponse response;
            response.error = m_sentence;
            answer(std::move(response));
        });
    }

private:
    const std::string m_sentence;
    QObject m_context; // what is queued dies with it
};

/// Names and addresses that a certificate is for.
QString namesIn(const QSslCertificate& certificate) {
    const auto alternatives = certificate.subjectAlternativeNames();
    QStringList names = alternatives.values(QSsl::DnsEntry) + alternatives.values(QSsl::IpAddressEntry);
    if (names.isEmpty()) names = certificate.subjectInfo(QSslCertificate::CommonName);
    names.sort();
    return names.isEmpty() ? QStringLiteral("no address") : names.join(QStringLiteral(", "));
}

QString sentenceOf(const QSslError& error, const QString& host) {
    const QSslCertificate certificate = error.certificate();
    switch (error.error()) {
    case QSslError::CertificateExpired:
        return QStringLiteral("its certificate expired on ") + certificate.expiryDate().toUTC().date().toString(Qt::ISODate);
    case QSslError::CertificateNotYetValid:
        return QStringLiteral("its certificate is not valid before ") + certificate.effectiveDate().toUTC().date().toString(Qt::ISODate);
    case QSslError::HostNameMismatch:
        return QStringLiteral("its certificate is for ") + namesIn(certificate) + QStringLiteral(", not for ") + host;
    case QSslError::UnableToGetIssuerCertificate:
    case QSslError::UnableToGetLocalIssuerCertificate:
    case QSslError::UnableToVerifyFirstCertificate:
    case QSslError::SelfSignedCertificate:
    case QSslError::SelfSignedCertificateInChain:
    case QSslError::CertificateUntrusted:
    case QSslError::CertificateSignatureFailed:
        return QStringLiteral("its certificate is signed by no authority that is known here");
    default:
        return QStringLiteral("its certificate is refused: ") + error.errorString();
    }
}

/// All that is wrong with a server's certificate, each thing once.
std::string sentenceOf(const QList<QSslError>& errors, const QString& host) {
    QStringList sentences;
    for (const QSslError& error : errors) sentences << sentenceOf(error, host);
    sentences.removeDuplicates();
    return sentences.join(QStringLiteral(", and ")).toStdString();
}

class QtTransport final : public Transport {
public:
    /// `fingerprint`: of the authority, 32 bytes; empty = `tls` knows its authorities.
    QtTransport(QUrl base, QByteArray authorization, QSslConfiguration tls, QByteArray opaqueId, QByteArray fingerprint)
        : m_base(std::move(base)), m_authorization(std::move(authorization)), m_opaqueId(std::move(opaqueId)),
          m_fingerprint(std::move(fingerprint)), m_tls(std::move(tls)) {
        m_manager.setProxy(QNetworkProxy::NoProxy);
        m_manager.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
    }
    ~QtTransport() override {
        for (QNetworkReply* reply : m_manager.findChildren<QNetworkReply*>()) {
            reply->disconnect();
            reply->abort();
        }
    }
    void send(HttpRequest request, Answer answer) override;

private:
    void sendNow(HttpRequest request, Answer answer);
    void learn();
    void learned(const QList<QSslCertificate>& chain, const QString& error);
    /// What became of a request, beside what its reply knows.
    struct Course {
        bool tooLong = false;
        bool overdue = false;
        QList<QSslError> certificate; ///< what is wrong with the server's
    };
    void finish(QNetworkReply* reply, const Answer& answer, const Course& course);

    const QUrl m_base;
    const QByteArray m_authorization;
    const QByteArray m_opaqueId;
    const QByteArray m_fingerprint;
    QSslConfiguration m_tls;
    bool m_knowsAuthority = false; ///< the one with the fingerprint is in m_tls
    std::vector<std::pair<HttpRequest, Answer>> m_waiting; ///< while it is looked for
    QNetworkAccessManager m_manager;
    std::unique_ptr<QSslSocket> m_learner;
};

void QtTransport::send(HttpRequest request, Answer answer) {
    if (m_fingerprint.isEmpty() || m_knowsAuthority) return sendNow(std::move(request), std::move(answer));
    m_waiting.emplace_back(std::move(request), std::move(answer));
    if (!m_learner) learn();
}

/// Looks at the certificates of the server, without sending it anything.
void QtTransport::learn() {
    m_learner = std::make_unique<QSslSocket>();
    QSslSocket* socket = m_learner.get();
    socket->setProxy(QNetworkProxy::NoProxy);
    socket->setSslConfiguration(m_tls);
    socket->setPeerVerifyMode(QSslSocket::QueryPeer); // to see them all; nothing is trusted by this
    auto done = std::make_shared<bool>(false);
    const auto end = [this, socket, done](const QString& error) {
        if (std::exchange(*done, true)) return;
        const QList<QSslCertificate> chain = socket->peerCertificateChain();
        QTimer::singleShot(0, &m_manager, [this, chain, error] { learned(chain, error); }); // not inside the socket's own signal
    };
    QObject::connect(socket, &QSslSocket::sslErrors, socket, [socket](const QList<QSslError>&) { socket->ignoreSslErrors(); });
    QObject::connect(socket, &QSslSocket::encrypted, socket, [end] { end({}); });
    QObject::connect(socket, &QAbstractSocket::errorOccurred, socket, [end, socket] { end(socket->errorString()); });
    QTimer::singleShot(kLearnMs, socket, [end] { end(QStringLiteral("no answer in time")); });
    socket->connectToHostEncrypted(m_base.host(), static_cast<quint16>(m_base.port(443)));
}

void QtTransport::learned(const QList<QSslCertificate>& chain, const QString& error) {
    m_learner.reset();
    for (const QSslCertificate& each : chain)
        if (each.digest(QCryptographicHash::Sha256) == m_fingerprint) {
            m_tls.setCaCertificates({each});
            m_knowsAuthority = true;
        }
    for (auto& [request, answer] : std::exchange(m_waiting, {})) {
        if (m_knowsAuthority) {
            sendNow(std::move(request), std::move(answer));
            continue;
        }
        HttpResponse response;
        response.untrusted = !chain.isEmpty();
        response.error = response.untrusted ? "none of the certificates that it sends has the fingerprint that is named" : error.toStdString();
        answer(std::move(response));
    }
}

void QtTransport::sendNow(HttpRequest request, Answer answer) {
    QUrl url = m_base;
    const std::size_t query = request.path.find('?');
    url.setPath(m_base.path(QUrl::FullyEncoded) + QString::fromStdString(request.path.substr(0, query)), QUrl::TolerantMode);
    if (query != std::string::npos) url.setQuery(QString::fromStdString(request.path.substr(query + 1)));
    QNetworkRequest message(url);
    message.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    message.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    message.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    message.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    message.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    message.setAttribute(QNetworkRequest::DoNotBufferUploadDataAttribute, true);
    message.setSslConfiguration(m_tls);
    message.setRawHeader("X-Opaque-Id", m_opaqueId);
    message.setRawHeader("User-Agent", "streamgauge");
    if (!m_authorization.isEmpty()) message.setRawHeader("Authorization", m_authorization);
    if (!request.contentType.empty()) message.setHeader(QNetworkRequest::ContentTypeHeader, QString::fromStdString(request.contentType));
    for (const auto& [name, value] : request.headers)
        message.setRawHeader(QByteArray::fromStdString(name), QByteArray::fromStdString(value));
    const auto method = QByteArray::fromStdString(request.method);
    QNetworkReply* reply = nullptr;
    if (request.body.empty()) {
        reply = m_manager.sendCustomRequest(message, method);
    } else {
        auto* body = new OnceBody(std::move(request.body)); // the reply owns it from here
        message.setHeader(QNetworkRequest::ContentLengthHeader, body->size());
        reply = m_manager.sendCustomRequest(message, method, body);
        body->setParent(reply);
    }
    auto course = std::make_shared<Course>();
    auto* timer = new QTimer(reply);
    timer->setSingleShot(true);
    QObject::connect(timer, &QTimer::timeout, reply, [reply, course] {
        course->overdue = true;
        reply->abort();
    });
    timer->start(request.timeout);
    QObject::connect(reply, &QNetworkReply::sslErrors, reply, [course](const QList<QSslError>& errors) { course->certificate = errors; });
    QObject::connect(reply, &QNetworkReply::metaDataChanged, reply, [reply, course] { // not read to its end only to be refused
        if (reply->header(QNetworkRequest::ContentLengthHeader).toLongLong() <= kMaxAnswer) return;
        course->tooLong = true;
        reply->abort();
    });
    QObject::connect(reply, &QNetworkReply::readyRead, reply, [reply, course] {
        if (reply->bytesAvailable() <= kMaxAnswer) return;
        course->tooLong = true;
        reply->abort();
    });
    QObject::connect(
        reply, &QNetworkReply::finished, reply,
        [this, reply, course, answer = std::move(answer)] {
            reply->deleteLater();
            finish(reply, answer, *course);
        },
        Qt::QueuedConnection);
}

void QtTransport::finish(QNetworkReply* reply, const Answer& answer, const Course& course) {
    HttpResponse response;
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    // A connection that is cut in the middle of an answer has a status, but no whole body.
    const QNetworkReply::NetworkError error = reply->error();
    const bool cut = error != QNetworkReply::NoError && error < QNetworkReply::ContentAccessDenied &&
                     error != QNetworkReply::ProxyAuthenticationRequiredError;
    if (status != 0 && !cut && !course.tooLong && !course.overdue) {
        response.status = status;
        response.body = reply->readAll().toStdString();
        for (const auto& [name, value] : reply->rawHeaderPairs())
            response.headers.emplace_back(name.toLower().toStdString(), value.toStdString());
    } else {
        response.timedOut = course.overdue;
        response.untrusted = !course.certificate.isEmpty();
        if (response.untrusted) m_knowsAuthority = false; // it may have got another certificate
        if (response.untrusted) response.error = sentenceOf(course.certificate, reply->url().host());
        else if (course.overdue) response.error = "no answer in time";
        else if (course.tooLong) response.error = "the answer is longer than 64 MiB";
        else if (error == QNetworkReply::SslHandshakeFailedError)
            response.error = "it speaks no TLS that fits (" + reply->errorString().toStdString() + ')';
        else response.error = reply->errorString().toStdString();
    }
    answer(std::move(response));
}

bool isLoopback(const QString& host) { return host == QLatin1String("localhost") || QHostAddress(host).isLoopback(); }

/// 32 bytes from 64 hex digits, with or without colons; empty when it is none, but a file's name.
QByteArray fingerprintIn(const std::string& text) {
    QByteArray hex = QByteArray::fromStdString(text).replace(':', "").toLower();
    const bool isOne = hex.size() == 64 &&
        std::all_of(hex.begin(), hex.end(), [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; });
    return isOne ? QByteArray::fromHex(hex) : QByteArray();
}

bool readAssignment(std::string_view name, std::string_view value, Credentials& into) {
    const std::map<std::string_view, std::string Credentials::*> fields{{"STREAMGAUGE_ES_USER", &Credentials::user},
                                                                        {"STREAMGAUGE_ES_PASSWORD", &Credentials::password},
                                                                        {"STREAMGAUGE_ES_API_KEY", &Credentials::apiKey},
                                                                        {"STREAMGAUGE_ES_TOKEN", &Credentials::token},
                                                                        {"STREAMGAUGE_ES_CA", &Credentials::caFile}};
    const auto at = fields.find(name);
    if (at == fields.end()) return false;
    into.*(at->second) = value;
    return true;
}

Status readCredentialsFile(const QString& path, Credentials& into) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fail(ErrorCode::NotFound, "cannot read the credentials in " + path.toStdString() + ": " + file.errorString().toStdString());
    const auto others = QFileDevice::ReadGroup | QFileDevice::WriteGroup | QFileDevice::ReadOther | QFileDevice::WriteOther;
    if (file.permissions() & others) // of the open file: no one can put another in its place
        return fail(ErrorCode::PermissionDenied,
                    "the credentials in " + path.toStdString() + " can be read or written by others: chmod 600 it");
    const QByteArray content = file.read(kMaxCredentialsFile);
    int number = 0;
    for (const QByteArray& raw : content.split('\n')) {
        ++number;
        const QByteArray line = raw.trimmed();
        if (line.isEmpty() || line.startsWith('#')) continue;
        const auto equals = line.indexOf('=');
        if (equals < 0 || !readAssignment(line.left(equals).trimmed().toStdString(), line.mid(equals + 1).trimmed().toStdString(), into))
            return fail(ErrorCode::InvalidArgument,
                        "line " + std::to_string(number) + " of " + path.toStdString() +
                            " is none of STREAMGAUGE_ES_USER=, STREAMGAUGE_ES_PASSWORD=, STREAMGAUGE_ES_API_KEY=, STREAMGAUGE_ES_TOKEN=, "
                            "STREAMGAUGE_ES_CA=");
    }
    return {};
}

} // namespace

Result<Credentials> credentialsFromEnvironment() {
    Credentials credentials;
    if (const QString path = qEnvironmentVariable("STREAMGAUGE_ES_CREDENTIALS"); !path.isEmpty())
        SG_TRY(readCredentialsFile(path, credentials));
    for (const char* name :
         {"STREAMGAUGE_ES_USER", "STREAMGAUGE_ES_PASSWORD", "STREAMGAUGE_ES_API_KEY", "STREAMGAUGE_ES_TOKEN", "STREAMGAUGE_ES_CA"})
        if (const QByteArray value = qgetenv(name); !value.isEmpty()) readAssignment(name, value.toStdString(), credentials);
    if (!credentials.apiKey.empty() && !credentials.user.empty())
        return fail(ErrorCode::InvalidArgument, "both STREAMGAUGE_ES_API_KEY and STREAMGAUGE_ES_USER are set: one of them is to be used");
    if (!credentials.token.empty() && !(credentials.apiKey.empty() && credentials.user.empty()))
        return fail(ErrorCode::InvalidArgument, "STREAMGAUGE_ES_TOKEN is set beside another way to log in: one of them is to be used");
    return credentials;
}

Credentials credentialsFor(const std::string& url, const std::string& named, const Credentials& credentials) {
    const auto server = [](const std::string& address) {
        const QUrl parsed(QString::fromStdString(address));
        return std::tuple(parsed.scheme(), parsed.host(), parsed.port(parsed.scheme() == QLatin1String("https") ? 443 : 80));
    };
    if (server(url) == server(named)) return credentials;
    Credentials rest;
    rest.caFile = credentials.caFile;
    return rest;
}

std::unique_ptr<Transport> makeQtTransport(const std::string& url, const Credentials& credentials, const std::string& stream) {
    const auto refuse = [](std::string sentence) { return std::make_unique<RefusingTransport>(std::move(sentence)); };
    QUrl base(QString::fromStdString(url), QUrl::StrictMode);
    if (!base.isValid() || base.host().isEmpty() || (base.scheme() != QLatin1String("http") && base.scheme() != QLatin1String("https")))
        return refuse("the address is not of the form http://host:port");
    QString path = base.path(QUrl::FullyEncoded);
    while (path.endsWith(QLatin1Char('/'))) path.chop(1);
    base.setPath(path, QUrl::TolerantMode);

    QByteArray authorization;
    const bool open = base.scheme() == QLatin1String("http") && !isLoopback(base.host());
    if (!credentials.apiKey.empty()) {
        if (open) return refuse(std::string("an API key") + kPlainSecret);
        authorization = "ApiKey " + QByteArray::fromStdString(credentials.apiKey);
    } else if (!credentials.token.empty()) {
        if (open) return refuse(std::string("a token") + kPlainSecret);
        authorization = "Bearer " + QByteArray::fromStdString(credentials.token);
    } else {
        QByteArray pair = QByteArray::fromStdString(credentials.user + ':' + credentials.password);
        if (credentials.user.empty())
            pair = (base.userName(QUrl::FullyDecoded) + QLatin1Char(':') + base.password(QUrl::FullyDecoded)).toUtf8();
        if (pair != ":") authorization = "Basic " + pair.toBase64();
    }
    base.setUserInfo(QString());

    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    const QByteArray fingerprint = fingerprintIn(credentials.caFile);
    if (!fingerprint.isEmpty()) {
        tls.setCaCertificates({});
    } else if (!credentials.caFile.empty()) {
        const QList<QSslCertificate> authorities = QSslCertificate::fromPath(QString::fromStdString(credentials.caFile));
        if (authorities.isEmpty()) return refuse("STREAMGAUGE_ES_CA names " + credentials.caFile + ", which holds no certificate");
        tls.setCaCertificates(authorities);
    }
    return std::make_unique<QtTransport>(base, authorization, tls, "streamgauge-" + QByteArray::fromStdString(stream),
                                         base.scheme() == QLatin1String("https") ? fingerprint : QByteArray());
}

} // namespace sg
