#include "ui/shell/kibana.h"

#include <QDesktopServices>
#include <QUrl>

namespace sg {

void Kibana::open(const QString& address, const QString& prefix, const TimeRange& range, const std::optional<Credentials>& credentials) {
    if (address.isEmpty()) {
        emit said(tr("No Kibana address is set. Enter it under Output, or start one: docker compose up -d"), false);
        return;
    }
    if (address.contains(QLatin1Char('@'))) {
        emit said(tr("The Kibana address must be http(s)://host:port without a user or password."), false);
        return;
    }
    auto client = KibanaClient::create({address.toStdString(), {}, prefix.toStdString()}, credentials);
    if (!client) {
        emit said(tr("Kibana cannot be asked: %1.").arg(QString::fromStdString(client.error().message)), false);
        return;
    }
    constexpr std::int64_t kNsPerMs = 1'000'000;
    m_time = {range.isLive() ? range.spanSeconds() : 0, Timestamp{range.fromMs() * kNsPerMs}, Timestamp{range.toMs() * kNsPerMs}};
    m_client = std::move(*client);
    m_client->check([this](const Result<KibanaState>& state) { take(state); });
}

void Kibana::take(const Result<KibanaState>& state) {
    if (!state) {
        const QString sentence = QString::fromStdString(state.error().message);
        // A Kibana that asks for a login is there: the browser shows it, and may be logged in already.
        if (state.error().code == ErrorCode::PermissionDenied) browse(sentence, false);
        else emit said(sentence, false);
        return;
    }
    const QString product = QString::fromStdString(state->product);
    switch (state->dashboards) {
    case KibanaState::Dashboards::Missing:
        emit asked(tr("%1 answers, but does not have Streamgauge's dashboards yet. May they be imported?").arg(product));
        return;
    case KibanaState::Dashboards::Older:
        browse({}, true);
        emit asked(tr("The dashboards in %1 are older than this Streamgauge. May they be renewed?").arg(product));
        return;
    case KibanaState::Dashboards::Newer:
    case KibanaState::Dashboards::Current:
        browse(tr("Kibana was opened in the browser."), true);
    }
}

void Kibana::import() {
    if (!m_client) return;
    m_client->import([this](const Result<int>& imported) {
        if (imported) browse(tr("The dashboards were imported, and Kibana opened in the browser."), true);
        else emit said(QString::fromStdString(imported.error().message), false);
    });
}

void Kibana::browse(const QString& sentence, bool good) {
    const QString address = QString::fromStdString(kibanaOverviewUrl(m_client->place(), m_time));
    const bool opened = QDesktopServices::openUrl(QUrl(address));
    if (!opened) emit said(tr("No browser could be started; the address is %1").arg(address), false);
    else if (!sentence.isEmpty()) emit said(sentence, good);
}

} // namespace sg
