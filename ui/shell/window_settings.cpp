#include "ui/shell/window_settings.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

namespace sg {
namespace {

constexpr int kRecent = 8;
constexpr int kVersion = 1;
const QString kVersionKey = QStringLiteral("version");

} // namespace

WindowSettings::WindowSettings(const QString& path) : m_path(path) {
    if (m_path.isEmpty())
        m_path = QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + QStringLiteral("/streamgauge/streamgauge.conf");
    QDir().mkpath(QFileInfo(m_path).absolutePath());
    m_settings = std::make_unique<QSettings>(m_path, QSettings::IniFormat);
    const bool written = QFileInfo(m_path).size() > 0;
    const int version = m_settings->value(kVersionKey, 0).toInt();
    if (m_settings->status() != QSettings::NoError || (written && version != kVersion)) {
        const QString aside =
            m_path + QStringLiteral(".set-aside-") + QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMddTHHmmss"));
        m_settings.reset();
        const bool moved = QFile::rename(m_path, aside);
        m_complaint =
            QCoreApplication::translate("sg::WindowSettings", "The window's settings could not be read; %1.")
                .arg(moved ? QCoreApplication::translate("sg::WindowSettings", "they were set aside as %1").arg(aside)
                           : QCoreApplication::translate("sg::WindowSettings", "they are left as they are and will be written anew"));
        m_settings = std::make_unique<QSettings>(m_path, QSettings::IniFormat);
        m_settings->clear();
    }
    m_settings->setValue(kVersionKey, kVersion);
}

QStringList WindowSettings::recentProfiles() const { return value(QStringLiteral("profiles/recent")).toStringList(); }

void WindowSettings::addRecentProfile(const QString& path) {
    QStringList recent = recentProfiles();
    recent.removeAll(path);
    recent.prepend(path);
    set(QStringLiteral("profiles/recent"), recent.mid(0, kRecent));
}

QString WindowSettings::credentialFile() const { return QFileInfo(m_path).absolutePath() + QStringLiteral("/credentials.json"); }

} // namespace sg
