#pragma once
/// What the window remembers between starts: layout, theme, range, charts, recent profiles. No secrets.
///
/// *Errors:* a file that is broken or foreign is set aside (renamed) with a word in `complaint`; defaults then hold.
#include <QByteArray>
#include <QSettings>
#include <QString>
#include <QStringList>

#include <memory>

namespace sg {

class WindowSettings {
public:
    /// `<config>/streamgauge/streamgauge.conf` when `path` is empty.
    explicit WindowSettings(const QString& path = {});

    [[nodiscard]] const QString& path() const { return m_path; }
    [[nodiscard]] const QString& complaint() const { return m_complaint; }
    [[nodiscard]] QVariant value(const QString& key, const QVariant& otherwise = {}) const { return m_settings->value(key, otherwise); }
    void set(const QString& key, const QVariant& value) { m_settings->setValue(key, value); }
    [[nodiscard]] QStringList recentProfiles() const;
    void addRecentProfile(const QString& path);
    [[nodiscard]] QString credentialFile() const; ///< beside it
    void sync() { m_settings->sync(); }

private:
    QString m_path;
    QString m_complaint;
    std::unique_ptr<QSettings> m_settings;
};

} // namespace sg
