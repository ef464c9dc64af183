#include "ui/export/export_files.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QSaveFile>

#include <algorithm>

namespace sg {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("sg::Export", text); }

QString withSuffix(const QString& name, int number) {
    if (number < 2) return name;
    const qsizetype dot = name.lastIndexOf(QLatin1Char('.'));
    const QString suffix = QStringLiteral("-%1").arg(number);
    return dot <= 0 ? name + suffix : name.left(dot) + suffix + name.mid(dot);
}

} // namespace

ExportOutcome writeFiles(const std::vector<ExportFile>& files, const QString& folder, bool overwrite,
                         const std::function<bool()>& cancelled, const std::function<void(int, const QString&)>& progress) {
    ExportOutcome outcome;
    const QDir place(folder);
    // The highest folder that this makes, to take it back.
    QString made;
    for (QString at = place.absolutePath(); !QFileInfo::exists(at); at = QFileInfo(at).absolutePath()) made = at;
    if (!made.isEmpty() && !QDir().mkpath(place.absolutePath())) {
        outcome.error = tr("The folder %1 cannot be made.").arg(place.absolutePath());
        return outcome;
    }
    if (!QFileInfo(place.absolutePath()).isDir()) {
        outcome.error = tr("%1 is not a folder.").arg(place.absolutePath());
        return outcome;
    }
    std::vector<std::unique_ptr<QSaveFile>> open;
    const auto undo = [&] {
        open.clear();
        for (const QString& file : std::as_const(outcome.files)) QFile::remove(file);
        outcome.files.clear();
        if (!made.isEmpty()) QDir(made).removeRecursively();
    };

    int number = 1;
    const auto taken = [&] {
        return std::any_of(files.begin(), files.end(), [&](const ExportFile& file) { return place.exists(withSuffix(file.name, number)); });
    };
    while (!overwrite && taken()) ++number;

    for (std::size_t i = 0; i < files.size(); ++i) {
        if (cancelled()) break;
        const QString path = place.absoluteFilePath(withSuffix(files[i].name, number));
        progress(static_cast<int>(100 * i / files.size()), files[i].name);
        const QByteArray bytes = files[i].bytes();
        auto file = std::make_unique<QSaveFile>(path);
        if (!file->open(QIODevice::WriteOnly) || file->write(bytes) != bytes.size()) {
            outcome.error = tr("%1 cannot be written: %2").arg(path, file->errorString());
            undo();
            return outcome;
        }
        open.push_back(std::move(file));
    }
    if (cancelled()) {
        undo();
        outcome.cancelled = true;
        return outcome;
    }
    for (const auto& file : open) {
        if (!file->commit()) {
            outcome.error = tr("%1 cannot be written: %2").arg(file->fileName(), file->errorString());
            undo();
            return outcome;
        }
        outcome.files.append(file->fileName());
    }
    progress(100, {});
    return outcome;
}

} // namespace sg
