#pragma once
/// Every colour of the application, for dark and for light. No other file names a colour.
#include <QColor>

#include <array>

namespace sg {

struct Palette {
    bool dark = true;
    QColor ground;  ///< behind the cards
    QColor surface; ///< cards, tables, docks
    QColor raised;  ///< fields, buttons, chips
    QColor line;    ///< borders, grid
    QColor text;
    QColor dim;                   ///< captions, units, absent values
    QColor accent;                ///< what can be moved, what is measured
    QColor onAccent;              ///< text on the accent
    std::array<QColor, 6> status; ///< 1xx..5xx, other: they mean status and nothing else, and are never text
    QColor good;                  ///< the ledger's tick, a running stage
    QColor warn;                  ///< a stage that waits or is behind
    QColor bad;                   ///< a difference in the books, a failed stage
    QColor selection;             ///< behind a chosen row
    QColor knob;                  ///< of sliders
    std::array<QColor, 15> fields; ///< of a log line, by kind (core/contract/line_sample.h): marks beside and under text

    friend bool operator==(const Palette&, const Palette&) = default;
};

[[nodiscard]] const Palette& darkPalette();
[[nodiscard]] const Palette& lightPalette();

/// `top` over `bottom` with that opacity, 0..1.
[[nodiscard]] QColor blended(const QColor& top, const QColor& bottom, double opacity);

} // namespace sg
