#pragma once
/// Where the window keeps what proves who we are: the system's keyring, and on any error of it a file that only its owner can read.
///
/// *Thread:* the window's; answers come by signal. *Errors:* never silent: `fellBack` says why the file is used.
#include "core/contract/credentials.h"

#include <QObject>
#include <QString>

namespace sg {

class CredentialStore : public QObject {
    Q_OBJECT

public:
    /// `file` is used when the keyring cannot be; made with mode 0600.
    explicit CredentialStore(const QString& file, QObject* parent = nullptr);
    void load();
    void save(const Credentials& credentials); ///< empty ones are removed

signals:
    void loaded(const sg::Credentials& credentials);
    void saved(bool inKeyring);
    void fellBack(const QString& sentence);

private:
    void loadFile();
    void saveFile(const Credentials& credentials);

    QString m_file;
};

} // namespace sg
