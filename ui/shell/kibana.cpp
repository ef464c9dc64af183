#include "ui/shell/kibana.h"

#include <QDateTime>
#include <QDesktopServices>
#include <QNetworkReply>

namespace sg {
namespace {

constexpr int kPatienceMs = 4000;

QString moment(qint64 ms) {
    return QLatin1Char('\'') + QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs) + QLatin1Char('\'');
}

} // namespace

QUrl discoverUrl(const QUrl& kibana, const QString& prefix, const TimeRange& range) {
    const QString time = range.isLive() ? QStringLiteral("from:now-%1s,to:now").arg(range.spanSeconds())
                                        : QStringLiteral("from:%1,to:%2").arg(moment(range.fromMs()), moment(range.toMs()));
    const QString refresh =
        range.isLive() ? QStringLiteral("refreshInterval:(pause:!f,value:5000)") : QStringLiteral("refreshInterval:(pause:!t,value:0)");
    QUrl url(kibana);
    QString path = url.path();
    while (path.endsWith(QLatin1Char('/'))) path.chop(1);
    url.setPath(path + QStringLiteral("/app/discover"));
    url.setFragment(
        QStringLiteral("/?_g=(%1,time:(%2))&_a=(index:'%3-access',query:(language:kuery,query:''))").arg(refresh, time, prefix));
    return url;
}

Kibana::Kibana(QObject* parent) : QObject(parent) {
    m_network.setTransferTimeout(kPatienceMs);
    m_network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
}

void Kibana::open(const QString& address, const QString& prefix, const TimeRange& range) {
    if (address.isEmpty()) {
        emit said(tr("No Kibana address is set. Enter it under Output, or start one: docker compose up -d"), false);
        return;
    }
    const QUrl base(address, QUrl::StrictMode);
    if (!base.isValid() || base.host().isEmpty() || !base.scheme().startsWith(QLatin1String("http")) || !base.userInfo().isEmpty()) {
        emit said(tr("The Kibana address must be http(s)://host:port without a user or password."), false);
        return;
    }
    const QUrl target = discoverUrl(base, prefix, range);
    QUrl status(base);
    status.setPath(base.path() + (base.path().endsWith(QLatin1Char('/')) ? QString() : QStringLiteral("/")) + QStringLiteral("api/status"));
    QNetworkReply* reply = m_network.get(QNetworkRequest(status));
    connect(reply, &QNetworkReply::finished, this, [this, reply, target, address] {
        reply->deleteLater();
        const int code = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        if (code == 0) {
            emit said(tr("Kibana does not answer at %1 (%2). Start it (docker compose up -d), or set the right address under Output.")
                          .arg(address, reply->errorString()),
                      false);
            return;
        }
        if (code == 503) {
            emit said(tr("Kibana at %1 is still starting; try again in a moment.").arg(address), false);
            return;
        }
        // A login page (302, 401) is Kibana as well: the browser will show it.
        if (QDesktopServices::openUrl(target)) emit said(tr("Kibana was opened in the browser."), true);
        else emit said(tr("No browser could be started; the address is %1").arg(target.toString(QUrl::FullyEncoded)), false);
    });
}

} // namespace sg
