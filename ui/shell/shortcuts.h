#pragma once
/// Every key of the window in one table: what makes the shortcuts and the page that explains them (F1).
#include <QString>

#include <span>

namespace sg {

struct Shortcut {
    const char* keys; ///< as QKeySequence reads them; empty = explained only
    const char* shown;
    const char* what; ///< untranslated
};

[[nodiscard]] std::span<const Shortcut> shortcuts();
/// As a table of HTML, for the page.
[[nodiscard]] QString shortcutsHtml();

} // namespace sg
