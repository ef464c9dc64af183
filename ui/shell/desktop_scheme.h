#pragma once
/// Whether the desktop is dark, and when that changes: the portal's `color-scheme` over D-Bus; without a portal the palette's lightness.
///
/// *Source:* XDG Desktop Portal, org.freedesktop.appearance.
#include <QDBusVariant>
#include <QObject>

namespace sg {

class DesktopScheme : public QObject {
    Q_OBJECT

public:
    explicit DesktopScheme(QObject* parent = nullptr);
    [[nodiscard]] bool isDark() const { return m_dark; }

signals:
    void changed(bool dark);

private slots:
    void settingChanged(const QString& group, const QString& key, const QDBusVariant& value);

private:
    void take(const QVariant& value);

    bool m_dark = true;
};

} // namespace sg
