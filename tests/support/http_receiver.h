#pragma once
/// A web server of the test's own on a free port of 127.0.0.1, for what no real server can be made to do.
#include <QByteArray>
#include <QHostAddress>
#include <QList>
#include <QTcpServer>
#include <QTcpSocket>

#include <functional>
#include <memory>
#include <string>

namespace sg::test {

inline const QByteArray kOk = "HTTP/1.1 200 OK\r\nX-Elastic-Product: Elasticsearch\r\nContent-Length: 2\r\n\r\nok";

/// Answers each request with what the test says, and keeps what came. Bytes that are empty are no answer: the request waits.
class HttpReceiver {
public:
    std::function<QByteArray(const QByteArray& request)> answer = [](const QByteArray&) { return kOk; };
    QList<QByteArray> requests;
    int connections = 0;
    bool hangUp = false; ///< instead of an answer

    HttpReceiver() {
        if (!m_server.listen(QHostAddress::LocalHost)) qFatal("no port");
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            ++connections;
            QTcpSocket* socket = m_server.nextPendingConnection();
            auto received = std::make_shared<QByteArray>();
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket, received] {
                *received += socket->readAll();
                take(*socket, *received);
            });
        });
    }
    [[nodiscard]] std::string url(const char* login = "") const {
        return "http://" + std::string(login) + "127.0.0.1:" + std::to_string(m_server.serverPort());
    }
    void close() { m_server.close(); }

private:
    void take(QTcpSocket& socket, QByteArray& received) {
        while (true) {
            const auto head = received.indexOf("\r\n\r\n");
            if (head < 0) return;
            const auto at = received.toLower().indexOf("content-length: ");
            const auto length = at < 0 || at > head ? 0 : received.mid(at + 16, received.indexOf('\r', at) - at - 16).toLongLong();
            if (received.size() < head + 4 + length) return;
            requests << received.left(head + 4 + length);
            received.remove(0, head + 4 + length);
            if (hangUp) {
                socket.abort();
                return;
            }
            socket.write(answer(requests.back()));
        }
    }
    QTcpServer m_server;
};

} // namespace sg::test
