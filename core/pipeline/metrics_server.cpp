#include "core/pipeline/metrics_server.h"

#include "core/base/clock.h"
#include "core/pipeline/metrics.h"
#include "core/pipeline/problem_log.h"

#include <QEventLoop>
#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>

#include <future>
#include <pthread.h>

namespace sg {
namespace {

constexpr int kMostConnections = 16;
constexpr qint64 kMostHead = 8 * 1024;
constexpr int kPatienceMs = 10'000;
constexpr int kAgainMs = 5000;
constexpr const char* kListenKey = "metrics.listen";
constexpr const char* kPlain = "text/plain; charset=utf-8";

struct Place {
    QHostAddress host;
    quint16 port = 0;
};

/// REQUIRES: `checkListenAddress` has nothing against it.
Place placeOf(const std::string& address) {
    const auto colon = address.rfind(':');
    QString host = QString::fromStdString(address.substr(0, colon));
    if (host.startsWith(QLatin1Char('['))) host = host.mid(1, host.size() - 2);
    const QHostAddress parsed = host == QLatin1String("localhost") ? QHostAddress(QHostAddress::LocalHost) : QHostAddress(host);
    return {parsed, static_cast<quint16>(QString::fromStdString(address.substr(colon + 1)).toUInt())};
}

std::string textOf(const QHostAddress& host, quint16 port) {
    const bool brackets = host.protocol() == QAbstractSocket::IPv6Protocol;
    return (brackets ? "[" : "") + host.toString().toStdString() + (brackets ? "]:" : ":") + std::to_string(port);
}

QByteArray answerOf(const char* status, const char* type, const std::string& body, bool withBody) {
    QByteArray answer = QByteArray("HTTP/1.1 ") + status + "\r\nContent-Type: " + type +
                        "\r\nContent-Length: " + QByteArray::number(static_cast<qulonglong>(body.size())) +
                        "\r\nConnection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n";
    if (withBody) answer += QByteArray::fromStdString(body);
    return answer;
}

/// `head` is whole.
QByteArray respond(const QByteArray& head, const std::function<std::shared_ptr<const Snapshot>()>& snapshot,
                   const std::function<std::string()>& unwell) {
    const QList<QByteArray> words = head.left(head.indexOf("\r\n")).split(' ');
    if (words.size() != 3 || !words[2].startsWith("HTTP/1."))
        return answerOf("400 Bad Request", kPlain, "This is no HTTP request.\n", true);
    const bool get = words[0] == "GET";
    if (!get && words[0] != "HEAD") return answerOf("405 Method Not Allowed", kPlain, "Only GET and HEAD are answered.\n", true);
    const QByteArray path = words[1].left(words[1].indexOf('?') < 0 ? words[1].size() : words[1].indexOf('?'));
    if (path == "/metrics") return answerOf("200 OK", kMetricsContentType, metricsText(*snapshot(), readProcessFigures()), get);
    if (path == "/healthz") {
        const std::string against = unwell();
        return against.empty() ? answerOf("200 OK", kPlain, "ok\n", get) : answerOf("503 Service Unavailable", kPlain, against + '\n', get);
    }
    if (path == "/") return answerOf("200 OK", kPlain, "Streamgauge: /metrics for Prometheus, /healthz for who watches over it\n", get);
    return answerOf("404 Not Found", kPlain, "There are /metrics and /healthz.\n", get);
}

} // namespace

MetricsServer::MetricsServer(std::function<std::shared_ptr<const Snapshot>()> snapshot, std::function<std::string()> unwell)
    : m_snapshot(std::move(snapshot)), m_unwell(std::move(unwell)) {}

void MetricsServer::apply(const MetricsTuning& tuning) {
    if (tuning == m_tuning) return;
    stop();
    m_tuning = tuning;
    if (!tuning.on) {
        if (m_part.get()) m_part.publish(MetricsPart{});
        return;
    }
    auto tried = std::make_shared<std::promise<void>>();
    auto done = tried->get_future();
    m_thread = std::jthread([this, address = tuning.address, tried] { serve(address, [tried] { tried->set_value(); }); });
    ::pthread_setname_np(m_thread.native_handle(), "metrics");
    done.wait();
}

void MetricsServer::stop() {
    {
        const std::lock_guard lock(m_loopMutex);
        if (m_loop != nullptr)
            QMetaObject::invokeMethod(
                m_loop, [loop = m_loop] { loop->quit(); }, Qt::QueuedConnection);
    }
    if (m_thread.joinable()) m_thread.join();
    m_tuning = {};
}

void MetricsServer::serve(const std::string& address, const std::function<void()>& tried) {
    QEventLoop loop;
    QTcpServer server;
    QTimer again;
    ProblemList problems;
    ProblemLog log(spdlog::default_logger()->clone("metrics"));
    const SystemClock clock;
    int connections = 0;
    server.setMaxPendingConnections(kMostConnections);

    const auto publish = [&](std::string listening) {
        log.note(problems.rows(), clock.steady());
        m_part.publish(MetricsPart{std::move(listening), problems.rows()});
    };
    const auto listen = [&] {
        const Place place = placeOf(address);
        const bool named = !place.host.isNull();
        if (named && server.listen(place.host, place.port)) {
            again.stop();
            problems.resolve(kListenKey, clock.wall());
            const std::string listening = textOf(server.serverAddress(), server.serverPort());
            spdlog::info("metrics at http://{}/metrics", listening);
            publish(listening);
            return;
        }
        const std::string cause = !named                                                       ? "its host is no address of this machine"
                                  : server.serverError() == QAbstractSocket::AddressInUseError ? "another program has this port"
                                                                                               : server.errorString().toStdString();
        problems.raise(kListenKey, Severity::Warning, "metrics cannot be served at " + address + ": " + cause,
                       "Give another address, or end the other program; it is tried again by itself. Nothing else is affected.",
                       clock.wall());
        publish({});
    };
    QObject::connect(&again, &QTimer::timeout, &server, listen);
    QObject::connect(&server, &QTcpServer::newConnection, &server, [&] {
        while (QTcpSocket* socket = server.nextPendingConnection()) {
            if (connections >= kMostConnections) {
                socket->abort();
                socket->deleteLater();
                continue;
            }
            ++connections;
            socket->setReadBufferSize(kMostHead);
            QObject::connect(socket, &QTcpSocket::disconnected, &server, [&, socket] {
                --connections;
                socket->deleteLater();
            });
            QTimer::singleShot(kPatienceMs, socket, [socket] { socket->abort(); });
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                const QByteArray head = socket->peek(kMostHead);
                const bool whole = head.contains("\r\n\r\n");
                if (!whole && head.size() < kMostHead) return;
                QObject::disconnect(socket, &QTcpSocket::readyRead, socket, nullptr);
                socket->readAll();
                socket->write(whole ? respond(head, m_snapshot, m_unwell)
                                    : answerOf("431 Request Header Fields Too Large", kPlain, "The head is too long.\n", true));
                socket->disconnectFromHost(); // once it is written
            });
        }
    });
    {
        const std::lock_guard lock(m_loopMutex);
        m_loop = &loop;
    }
    listen();
    if (!server.isListening()) again.start(kAgainMs);
    tried();
    loop.exec();
    const std::lock_guard lock(m_loopMutex);
    m_loop = nullptr;
}

} // namespace sg
