#include "ui/shell/connection_test.h"

#include "core/contract/profile_fields.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkReply>
#include <QSslCertificate>
#include <QSslConfiguration>

namespace sg {
namespace {

constexpr int kPatienceMs = 5000;
constexpr qint64 kMostBytes = 1 << 20;

} // namespace

ConnectionTest::ConnectionTest(QObject* parent) : QObject(parent) {
    m_network.setTransferTimeout(kPatienceMs);
    m_network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
}

void ConnectionTest::run(const QString& url, const Credentials& credentials) {
    if (url.isEmpty()) {
        emit answered(false, tr("No address is set: results stay here."));
        return;
    }
    if (const std::string wrong = checkServerUrl(url.toStdString()); !wrong.empty()) {
        emit answered(false, tr("The address %1").arg(QString::fromStdString(wrong)));
        return;
    }
    QUrl address(url);
    if (address.path().isEmpty()) address.setPath(QStringLiteral("/"));
    QNetworkRequest request(address);
    const bool secure = address.scheme() == QLatin1String("https");
    const bool local = address.host() == QLatin1String("localhost") || address.host() == QLatin1String("127.0.0.1") ||
                       address.host() == QLatin1String("::1");
    if (!credentials.apiKey.empty() && (secure || local)) {
        request.setRawHeader("Authorization", "ApiKey " + QByteArray::fromStdString(credentials.apiKey));
    } else if (!credentials.user.empty()) {
        request.setRawHeader("Authorization",
                             "Basic " + QByteArray::fromStdString(credentials.user + ':' + credentials.password).toBase64());
    }
    if (secure && !credentials.caFile.empty()) {
        QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
        const auto authorities = QSslCertificate::fromPath(QString::fromStdString(credentials.caFile), QSsl::Pem);
        if (authorities.isEmpty()) {
            emit answered(false,
                          tr("The CA file %1 holds no certificate that can be read.").arg(QString::fromStdString(credentials.caFile)));
            return;
        }
        tls.setCaCertificates(authorities);
        request.setSslConfiguration(tls);
    }
    QNetworkReply* reply = m_network.get(request);
    connect(reply, &QNetworkReply::finished, this, [this, reply, url] {
        reply->deleteLater();
        take(reply, url);
    });
}

void ConnectionTest::take(QNetworkReply* reply, const QString& url) {
    const int code = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (code == 0) {
        emit answered(false, tr("%1 does not answer: %2.").arg(url, reply->errorString()));
        return;
    }
    if (code == 401 || code == 403) {
        emit answered(false, code == 401 ? tr("%1 asks for a user and password, or an API key.").arg(url)
                                         : tr("%1 knows who asks, but does not allow it.").arg(url));
        return;
    }
    const QJsonObject root = QJsonDocument::fromJson(reply->read(kMostBytes)).object();
    const QJsonObject version = root[QLatin1String("version")].toObject();
    const QString number = version[QLatin1String("number")].toString();
    const bool openSearch = version[QLatin1String("distribution")].toString() == QLatin1String("opensearch");
    if (code == 200 && !number.isEmpty() && (openSearch || root.contains(QLatin1String("tagline")))) {
        emit answered(true, tr("%1 %2 answers, cluster \"%3\".")
                                .arg(openSearch ? QStringLiteral("OpenSearch") : QStringLiteral("Elasticsearch"), number,
                                     root[QLatin1String("cluster_name")].toString()));
        return;
    }
    if (code == 405 || reply->hasRawHeader("X-elastic-product")) {
        emit answered(true, tr("An Elasticsearch answers; it does not say its version here."));
        return;
    }
    emit answered(false, tr("What answers at %1 is neither Elasticsearch nor OpenSearch (HTTP %2).").arg(url).arg(code));
}

} // namespace sg
