#pragma once
/// A Kibana and a browser of the test's own, for the window: which requests it sends, which address it opens.
#include "tests/support/http_receiver.h"

#include "core/pipeline/kibana_client.h"

#include <QDesktopServices>
#include <QObject>
#include <QUrl>

#include <algorithm>

namespace sg::test {

/// Takes the place of the browser.
class Browser : public QObject {
    Q_OBJECT

public:
    Browser() { QDesktopServices::setUrlHandler(QStringLiteral("http"), this, "open"); }
    ~Browser() override { QDesktopServices::unsetUrlHandler(QStringLiteral("http")); }
    QList<QUrl> opened;

public slots:
    void open(const QUrl& url) { opened << url; }
};

/// Plays a Kibana 7.17 with our dashboards: of this version (1), an older one (-1), or none (0).
struct PlayedKibana {
    HttpReceiver receiver;
    int dashboards = 1;

    PlayedKibana() {
        receiver.answer = [this](const QByteArray& request) {
            QByteArray body = "{\"version\":{\"number\":\"7.17.29\"},\"status\":{\"overall\":{\"state\":\"green\"}}}";
            QByteArray status = "200 OK";
            if (request.contains("/_import?")) {
                body = "{\"success\":true,\"successCount\":48}";
            } else if (request.contains("/_export ") && dashboards == 0) {
                status = "400 Bad Request";
                body = "{\"attributes\":{\"objects\":[{\"error\":{\"statusCode\":404}}]}}";
            } else if (request.contains("/_export ")) {
                const QByteArray version = dashboards > 0 ? QByteArray::number(kibanaDashboardsVersion()) : "0";
                body = "{\"id\":\"streamgauge-overview\",\"attributes\":{\"description\":\"Dashboards of Streamgauge, version " + version +
                       ".\"}}\n";
            }
            return "HTTP/1.1 " + status + "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
        };
    }
    [[nodiscard]] QString url() const { return QString::fromStdString(receiver.url()); }
    [[nodiscard]] bool imported() const {
        return std::any_of(receiver.requests.begin(), receiver.requests.end(),
                           [](const QByteArray& each) { return each.contains("/_import?"); });
    }
};

} // namespace sg::test
