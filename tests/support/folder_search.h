#pragma once
/// Whether what must not be written stands in any file of a folder, hidden ones and those of its folders included.
#include <QByteArrayList>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QString>

namespace sg::test {

struct FolderSearch {
    int files = 0; ///< read to their end
    QString found; ///< the first file that holds one of the secrets, or cannot be read; empty = none
};

inline FolderSearch searchFolder(const QString& folder, const QByteArrayList& secrets) {
    FolderSearch search;
    for (QDirIterator each(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories); each.hasNext(); ++search.files) {
        QFile file(each.next());
        bool clean = file.open(QIODevice::ReadOnly);
        const QByteArray bytes = file.readAll();
        for (const QByteArray& secret : secrets) clean = clean && !bytes.contains(secret);
        if (!clean && search.found.isEmpty()) search.found = file.fileName();
    }
    return search;
}

} // namespace sg::test
