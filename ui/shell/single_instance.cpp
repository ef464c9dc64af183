#include "ui/shell/single_instance.h"

#include <QCoreApplication>
#include <QCryptographicHash>
#include <QDataStream>
#include <QDir>
#include <QFileInfo>
#include <QLocalServer>
#include <QLocalSocket>
#include <QStandardPaths>

namespace sg {
namespace {

constexpr int kPatienceMs = 1000;
constexpr quint32 kMostBytes = 1U << 20U;

void send(QLocalSocket& socket, const QStringList& words) {
    QByteArray bytes;
    QDataStream out(&bytes, QIODevice::WriteOnly);
    out << words;
    QByteArray frame;
    QDataStream head(&frame, QIODevice::WriteOnly);
    head << static_cast<quint32>(bytes.size());
    socket.write(frame + bytes);
    socket.flush();
}

/// False while more has to come.
bool receive(QLocalSocket& socket, QStringList& words) {
    if (socket.bytesAvailable() < 4) return false;
    QDataStream head(socket.peek(4));
    quint32 size = 0;
    head >> size;
    if (size > kMostBytes) {
        socket.abort();
        return false;
    }
    if (socket.bytesAvailable() < 4 + static_cast<qint64>(size)) return false;
    socket.read(4);
    QDataStream in(socket.read(size));
    in >> words;
    return true;
}

} // namespace

SingleInstance::SingleInstance(const QString& dataDirectory, QObject* parent) : QObject(parent) {
    const QString place =
        QFileInfo(dataDirectory).exists() ? QFileInfo(dataDirectory).canonicalFilePath() : QDir(dataDirectory).absolutePath();
    const QByteArray key = QCryptographicHash::hash(place.toUtf8(), QCryptographicHash::Sha1).toHex().left(16);
    const QString runtime = QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation);
    m_name = (runtime.isEmpty() ? QDir::tempPath() : runtime) + QStringLiteral("/streamgauge-") + QString::fromLatin1(key);
}

QStringList SingleInstance::ask(const QStringList& words) const {
    QLocalSocket socket;
    socket.connectToServer(m_name);
    if (!socket.waitForConnected(kPatienceMs)) return {};
    send(socket, words);
    QStringList answer;
    while (!receive(socket, answer))
        if (!socket.waitForReadyRead(kPatienceMs)) return {};
    return answer;
}

bool SingleInstance::handOver(const QStringList& arguments) const {
    return ask(QStringList{QStringLiteral("open")} + arguments).value(0) == QLatin1String("taken");
}

qint64 SingleInstance::other() const { return ask({QStringLiteral("who")}).value(1).toLongLong(); }

void SingleInstance::listen() {
    m_server = new QLocalServer(this);
    m_server->setSocketOptions(QLocalServer::UserAccessOption);
    connect(m_server, &QLocalServer::newConnection, this, &SingleInstance::answer);
    if (!m_server->listen(m_name)) {
        // The socket of a window that was killed: nobody answers there any more.
        if (other() == 0) QLocalServer::removeServer(m_name);
        m_server->listen(m_name);
    }
}

void SingleInstance::answer() {
    while (QLocalSocket* socket = m_server->nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        const auto read = [this, socket] {
            QStringList words;
            if (!receive(*socket, words)) return;
            if (words.value(0) == QLatin1String("open")) {
                send(*socket, {QStringLiteral("taken")});
                emit asked(words.mid(1));
            } else {
                send(*socket, {QStringLiteral("pid"), QString::number(QCoreApplication::applicationPid())});
            }
        };
        connect(socket, &QLocalSocket::readyRead, this, read);
        read();
    }
}

} // namespace sg
