#include "ui/style/appearance.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QStyleFactory>
#include <QToolTip>

#include <algorithm>
#include <cmath>

/// The icons are linked into a static library: without this nothing would ask for them.
static void initIcons() { Q_INIT_RESOURCE(resources); }

namespace sg {

namespace {
constexpr double kRoomStroke = 0.6; ///< of the text scale: text grows more than what is beside it
} // namespace

Appearance::Appearance(QObject* parent) : QObject(parent) {
    initIcons();
    const QStringList families = QFontDatabase::families();
    m_family = families.contains(QStringLiteral("Inter")) ? QStringLiteral("Inter")
                                                          : QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
}

void Appearance::setFamily(const QString& family) {
    if (family == m_family) return;
    m_family = family;
    refresh();
}

bool Appearance::isDark() const { return m_theme == Theme::Dark || (m_theme == Theme::System && m_systemDark); }

const Palette& Appearance::palette() const { return isDark() ? darkPalette() : lightPalette(); }

void Appearance::setTheme(Theme theme) {
    if (theme == m_theme) return;
    m_theme = theme;
    refresh();
}

void Appearance::setSystemDark(bool dark) {
    if (dark == m_systemDark) return;
    m_systemDark = dark;
    if (m_theme == Theme::System) refresh();
}

void Appearance::setTextScale(double scale) {
    scale = std::clamp(scale, 0.8, 4.0);
    if (std::abs(scale - m_textScale) < 0.001) return;
    m_textScale = scale;
    refresh();
}

void Appearance::present(double textScale) {
    if (!m_presenting) m_deskScale = m_textScale;
    m_presenting = true;
    m_textScale = std::clamp(textScale, 0.8, 4.0);
    refresh();
}

void Appearance::endPresenting() {
    if (!m_presenting) return;
    m_presenting = false;
    m_textScale = m_deskScale;
    refresh();
}

double Appearance::stroke(double px) const { return m_presenting ? px * std::max(1.0, kRoomStroke * m_textScale) : px; }

Appearance::AtDesk::AtDesk(Appearance& appearance)
    : m_appearance(appearance), m_textScale(appearance.m_textScale), m_presenting(appearance.m_presenting) {
    if (!m_presenting) return;
    m_appearance.m_presenting = false;
    m_appearance.m_textScale = m_appearance.m_deskScale;
}

Appearance::AtDesk::~AtDesk() {
    m_appearance.m_presenting = m_presenting;
    m_appearance.m_textScale = m_textScale;
}

int Appearance::scaled(double px) const { return static_cast<int>(std::lround(px * m_textScale)); }

QFont Appearance::font(Text role) const {
    QFont font(m_family);
    const auto set = [&](double px, QFont::Weight weight) {
        font.setPixelSize(std::max(1, scaled(px)));
        font.setWeight(weight);
    };
    switch (role) {
    case Text::Figure:
        set(m_presenting ? 34 : 24, QFont::DemiBold);
        break;
    case Text::SmallFigure:
        set(17, QFont::DemiBold);
        break;
    case Text::Title:
        set(13, QFont::DemiBold);
        break;
    case Text::Body:
        set(13, QFont::Normal);
        break;
    case Text::Strong:
        set(13, QFont::DemiBold);
        break;
    case Text::Caption:
        set(11, QFont::Normal);
        break;
    }
    return font;
}

QFont Appearance::monospace() const {
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPixelSize(std::max(1, scaled(12)));
    return font;
}

void Appearance::applyTo(QApplication& application) {
    m_application = &application;
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    refresh();
}

void Appearance::refresh() {
    if (m_application != nullptr) {
        const Palette& p = palette();
        QPalette colours;
        colours.setColor(QPalette::Window, p.ground);
        colours.setColor(QPalette::WindowText, p.text);
        colours.setColor(QPalette::Base, p.surface);
        colours.setColor(QPalette::AlternateBase, p.raised);
        colours.setColor(QPalette::Text, p.text);
        colours.setColor(QPalette::PlaceholderText, p.dim);
        colours.setColor(QPalette::Button, p.raised);
        colours.setColor(QPalette::ButtonText, p.text);
        colours.setColor(QPalette::BrightText, p.bad);
        colours.setColor(QPalette::Highlight, p.selection);
        colours.setColor(QPalette::HighlightedText, p.text);
        colours.setColor(QPalette::Link, p.accent);
        colours.setColor(QPalette::LinkVisited, p.accent);
        colours.setColor(QPalette::ToolTipBase, p.raised);
        colours.setColor(QPalette::ToolTipText, p.text);
        colours.setColor(QPalette::Light, p.raised);
        colours.setColor(QPalette::Midlight, p.raised);
        colours.setColor(QPalette::Mid, p.line);
        colours.setColor(QPalette::Dark, p.line);
        colours.setColor(QPalette::Shadow, p.ground);
        for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
            colours.setColor(QPalette::Disabled, role, p.dim);
        QApplication::setPalette(colours);
        QToolTip::setPalette(colours);
        QApplication::setFont(font(Text::Body));
        m_application->setStyleSheet(styleSheet(p, m_textScale));
    }
    emit changed();
}

} // namespace sg
