#pragma once
/// One window per data directory: a second start hands what it was given to the first and ends.
///
/// *Source:* a local socket named after the data directory and the user. The store's own lock is what protects the data.
#include <QObject>
#include <QStringList>

class QLocalServer;

namespace sg {

class SingleInstance : public QObject {
    Q_OBJECT

public:
    explicit SingleInstance(const QString& dataDirectory, QObject* parent = nullptr);
    /// Hands `arguments` to a window that is there already; true when one has taken them.
    [[nodiscard]] bool handOver(const QStringList& arguments) const;
    /// Process id of the window that answers; 0 = none.
    [[nodiscard]] qint64 other() const;
    /// Becomes the one that answers.
    void listen();

signals:
    /// Another start asked for this; raise the window.
    void asked(const QStringList& arguments);

private:
    [[nodiscard]] QStringList ask(const QStringList& words) const;
    void answer();

    QString m_name;
    QLocalServer* m_server = nullptr;
};

} // namespace sg
