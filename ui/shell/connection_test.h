#pragma once
/// Asks an Elasticsearch address who it is, once, and says the answer in a sentence.
///
/// *Thread:* the window's, never blocking. *Errors:* part of the sentence; a password is never in it.
#include "core/contract/credentials.h"

#include <QNetworkAccessManager>
#include <QObject>

namespace sg {

class ConnectionTest : public QObject {
    Q_OBJECT

public:
    explicit ConnectionTest(QObject* parent = nullptr);
    void run(const QString& url, const Credentials& credentials);

signals:
    void answered(bool good, const QString& sentence);

private:
    void take(QNetworkReply* reply, const QString& url);

    QNetworkAccessManager m_network;
};

} // namespace sg
