#include "ui/style/palette.h"

#include <cmath>

namespace sg {
namespace {

Palette makeDark() {
    Palette p;
    p.dark = true;
    p.ground = QColor(0x0E131A);
    p.surface = QColor(0x161D27);
    p.raised = QColor(0x1C2532);
    p.line = QColor(0x27313F);
    p.text = QColor(0xE7EDF5);
    p.dim = QColor(0x8896A8);
    p.accent = QColor(0x4CC2FF);
    p.onAccent = QColor(0x08121B);
    p.status = {p.dim, QColor(0x2FB8A6), QColor(0x6A8DF0), QColor(0xF0B132), QColor(0xEB5757), p.dim};
    p.good = QColor(0x34C08F);
    p.warn = QColor(0xF2A33A);
    p.bad = QColor(0xFF6B6B);
    p.selection = QColor(0x22415A);
    p.knob = QColor(0xF2F6FB);
    p.fields = {QColor(0xC58AF9), QColor(0x58B7D9), QColor(0xF28DB2), QColor(0x8FD16A), QColor(0xE5D05A),
                QColor(0x5FA8FF), QColor(0x9AA7B8), QColor(0xD98C5F), QColor(0xFF9E7A), QColor(0x7FD8C4),
                QColor(0xB7E07A), QColor(0xD7A6FF), QColor(0xA3B7FF), QColor(0xFFD08A), QColor(0xC0A58A)};
    return p;
}

Palette makeLight() {
    Palette p;
    p.dark = false;
    p.ground = QColor(0xF4F6F9);
    p.surface = QColor(0xFFFFFF);
    p.raised = QColor(0xF7F9FC);
    p.line = QColor(0xDDE3EA);
    p.text = QColor(0x17202B);
    p.dim = QColor(0x5E6C7E);
    p.accent = QColor(0x1677C8);
    p.onAccent = QColor(0xFFFFFF);
    p.status = {p.dim, QColor(0x1E9E8F), QColor(0x3F63D6), QColor(0xC28500), QColor(0xB3261E), p.dim};
    p.good = QColor(0x0F7F5C);
    p.warn = QColor(0xA86200);
    p.bad = QColor(0xC0271D);
    p.selection = QColor(0xCFE5F7);
    p.knob = QColor(0xFFFFFF);
    p.fields = {QColor(0x7B3FC4), QColor(0x0E7FA8), QColor(0xB8336E), QColor(0x3E7D1F), QColor(0x8A7400),
                QColor(0x1F5FC9), QColor(0x6B7688), QColor(0x9A4F1C), QColor(0xC04A22), QColor(0x14806E),
                QColor(0x5B7A0E), QColor(0x9350D6), QColor(0x4A5FC8), QColor(0x9C6300), QColor(0x7A624A)};
    return p;
}

} // namespace

const Palette& darkPalette() {
    static const Palette palette = makeDark();
    return palette;
}

const Palette& lightPalette() {
    static const Palette palette = makeLight();
    return palette;
}

QColor blended(const QColor& top, const QColor& bottom, double opacity) {
    const auto mix = [opacity](int over, int under) { return static_cast<int>(std::lround(over * opacity + under * (1 - opacity))); };
    return QColor(mix(top.red(), bottom.red()), mix(top.green(), bottom.green()), mix(top.blue(), bottom.blue()));
}

} // namespace sg
