#pragma once
/// The command line of `streamgauge`: what it shares with `streamgauge-cli run`, and what only a window has.
///
/// *Errors:* as arguments.h.
#include "app/arguments.h"

#include <QString>
#include <QStringList>

namespace sg {

enum class ThemeChoice { Remembered, System, Light, Dark };

struct WindowArguments {
    RunArguments run; ///< without a source: generate
    bool sourceGiven = false;
    QString profile;  ///< as given; already read into `run.tuning`
    bool start = false;
    bool present = false;
    std::optional<Milliseconds> exitAfter;
    QString exportTo; ///< a folder; empty = nothing is exported at the end
    ThemeChoice theme = ThemeChoice::Remembered;
    QString settings;  ///< file of the window's settings; empty = the usual place
    QStringList files; ///< opened as if dropped on the window
    [[nodiscard]] bool unattended() const { return exitAfter.has_value() || !exportTo.isEmpty(); }
};

[[nodiscard]] Result<WindowArguments> parseWindowArguments(const std::vector<std::string>& arguments);
[[nodiscard]] std::string windowHelpText();

} // namespace sg
