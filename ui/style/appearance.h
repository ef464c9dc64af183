#pragma once
/// How the application looks now: theme, text scale, fonts. Widgets hold a reference and repaint on `changed`.
///
/// *Thread:* the window's. *Source:* the desktop's scheme comes from outside by `setSystemDark`.
#include "ui/style/palette.h"

#include <QFont>
#include <QObject>
#include <QString>

class QApplication;

namespace sg {

enum class Theme { System, Light, Dark };

class Appearance : public QObject {
    Q_OBJECT

public:
    /// Text roles; sizes in px at scale 1: 24 semi-bold, 17 semi-bold, 13 semi-bold, 13, 13 semi-bold, 11.
    enum class Text { Figure, SmallFigure, Title, Body, Strong, Caption };

    explicit Appearance(QObject* parent = nullptr);

    [[nodiscard]] const Palette& palette() const;
    [[nodiscard]] Theme theme() const { return m_theme; }
    void setTheme(Theme theme);
    void setSystemDark(bool dark);
    /// Of all text, 0.8..4; Present and the accessibility setting multiply into it.
    [[nodiscard]] double textScale() const { return m_textScale; }
    void setTextScale(double scale);
    /// For a room: that text scale, and figures half as large again, until endPresenting gives back what was before.
    void present(double textScale);
    void endPresenting();
    /// Inter where it is there, else the system's, until another one is set.
    void setFamily(const QString& family);
    [[nodiscard]] QFont font(Text role) const;
    [[nodiscard]] QFont monospace() const; ///< of log lines
    /// `px` at text scale 1.
    [[nodiscard]] int scaled(double px) const;
    /// Lines and marks: `px`, and more where a room is to see them.
    [[nodiscard]] double stroke(double px) const;

    /// While one lives everything is measured as outside Present; nobody is told. What is exported does not depend on it.
    class AtDesk {
    public:
        explicit AtDesk(Appearance& appearance);
        ~AtDesk();
        AtDesk(const AtDesk&) = delete;
        AtDesk& operator=(const AtDesk&) = delete;

    private:
        Appearance& m_appearance;
        const double m_textScale;
        const bool m_presenting;
    };

    /// Fusion, palette, font and style sheet for everything; again after each change.
    void applyTo(QApplication& application);

signals:
    void changed();

private:
    [[nodiscard]] bool isDark() const;
    void refresh();

    Theme m_theme = Theme::System;
    bool m_systemDark = true;
    double m_textScale = 1;
    double m_deskScale = 1; ///< outside Present
    bool m_presenting = false;
    QString m_family;
    QApplication* m_application = nullptr;
};

/// The style sheet of all widgets; sizes follow the text scale. Roles are dynamic properties:
/// `role` = "card", "figure", "title", "caption", "strong", "chip", "flat", "primary".
[[nodiscard]] QString styleSheet(const Palette& palette, double textScale);

} // namespace sg
