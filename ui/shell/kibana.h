#pragma once
/// Opens Kibana in the browser on the documents of this run, at the time range on the screen.
#include "ui/models/time_range.h"

#include <QNetworkAccessManager>
#include <QObject>
#include <QUrl>

namespace sg {

/// Discover with that range; `prefix` is the index prefix. *Source:* Kibana 7.17 to 9, rison in the fragment.
[[nodiscard]] QUrl discoverUrl(const QUrl& kibana, const QString& prefix, const TimeRange& range);

class Kibana : public QObject {
    Q_OBJECT

public:
    explicit Kibana(QObject* parent = nullptr);
    /// Asks whether it answers, then opens the browser; never blocks. `said` tells what happened.
    void open(const QString& address, const QString& prefix, const TimeRange& range);

signals:
    void said(const QString& sentence, bool good);

private:
    QNetworkAccessManager m_network;
};

} // namespace sg
