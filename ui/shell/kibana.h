#pragma once
/// Opens Kibana in the browser on our dashboards, at the time range on the screen; puts them there first when they are missing and it was
/// agreed to.
///
/// *Thread:* the window's, never blocking.
#include "core/pipeline/kibana_client.h"
#include "ui/models/time_range.h"

#include <QObject>
#include <QString>

#include <memory>
#include <optional>

namespace sg {

class Kibana : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;
    /// Without credentials those of the environment are taken, as for Elasticsearch.
    void open(const QString& address, const QString& prefix, const TimeRange& range, const std::optional<Credentials>& credentials);
    /// The answer to `asked`: puts the dashboards there, then opens them.
    void import();

signals:
    void said(const QString& sentence, bool good);
    /// The dashboards are not there, or are older: may they be imported?
    void asked(const QString& sentence);

private:
    void take(const Result<KibanaState>& state);
    void browse(const QString& sentence, bool good);

    std::unique_ptr<KibanaClient> m_client;
    KibanaTime m_time;
};

} // namespace sg
