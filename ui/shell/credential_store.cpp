#include "ui/shell/credential_store.h"

#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <qt6keychain/keychain.h>

namespace sg {
namespace {

const QString kService = QStringLiteral("Streamgauge");
const QString kKey = QStringLiteral("elasticsearch");

QByteArray toBytes(const Credentials& c) {
    const QJsonObject object{{QStringLiteral("user"), QString::fromStdString(c.user)},
                             {QStringLiteral("password"), QString::fromStdString(c.password)},
                             {QStringLiteral("api_key"), QString::fromStdString(c.apiKey)},
                             {QStringLiteral("ca_file"), QString::fromStdString(c.caFile)},
                             {QStringLiteral("token"), QString::fromStdString(c.token)}};
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

Credentials fromBytes(const QByteArray& bytes) {
    const QJsonObject object = QJsonDocument::fromJson(bytes).object();
    const auto text = [&](const char* key) { return object[QLatin1String(key)].toString().toStdString(); };
    return {text("user"), text("password"), text("api_key"), text("ca_file"), text("token")};
}

} // namespace

CredentialStore::CredentialStore(const QString& file, QObject* parent) : QObject(parent), m_file(file) {}

void CredentialStore::load() {
    auto* job = new QKeychain::ReadPasswordJob(kService, this);
    job->setInsecureFallback(false);
    job->setKey(kKey);
    connect(job, &QKeychain::Job::finished, this, [this](QKeychain::Job* done) {
        const auto* read = static_cast<QKeychain::ReadPasswordJob*>(done);
        if (read->error() == QKeychain::NoError) emit loaded(fromBytes(read->binaryData()));
        else loadFile(); // nothing kept, or no keyring: what was kept without one is in the file
    });
    job->start();
}

void CredentialStore::save(const Credentials& credentials) {
    QKeychain::Job* job = nullptr;
    if (credentials.empty()) {
        QFile::remove(m_file);
        job = new QKeychain::DeletePasswordJob(kService, this);
    } else {
        auto* write = new QKeychain::WritePasswordJob(kService, this);
        write->setBinaryData(toBytes(credentials));
        job = write;
    }
    job->setInsecureFallback(false);
    job->setKey(kKey);
    connect(job, &QKeychain::Job::finished, this, [this, credentials](QKeychain::Job* done) {
        if (done->error() == QKeychain::NoError) {
            QFile::remove(m_file); // not in two places
            emit saved(true);
        } else if (credentials.empty()) {
            emit saved(false);
        } else {
            emit fellBack(tr("The system's keyring cannot be used (%1): the credentials are kept in %2, which only you can read.")
                              .arg(done->errorString(), m_file));
            saveFile(credentials);
        }
    });
    job->start();
}

void CredentialStore::loadFile() {
    QFile file(m_file);
    if (!file.open(QIODevice::ReadOnly)) {
        emit loaded({});
        return;
    }
    constexpr auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
    if ((QFileInfo(file).permissions() & others) != 0) {
        emit fellBack(tr("%1 can be read by others and is not used; allow it to its owner only (chmod 600).").arg(m_file));
        emit loaded({});
        return;
    }
    emit loaded(fromBytes(file.readAll()));
}

void CredentialStore::saveFile(const Credentials& credentials) {
    QSaveFile file(m_file);
    const bool done = file.open(QIODevice::WriteOnly) && file.setPermissions(QFile::ReadOwner | QFile::WriteOwner) &&
                      file.write(toBytes(credentials)) >= 0 && file.commit();
    if (!done) emit fellBack(tr("%1 cannot be written: %2. The credentials hold for this run only.").arg(m_file, file.errorString()));
    emit saved(false);
}

} // namespace sg
