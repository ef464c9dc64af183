#include "ui/shell/shortcuts.h"

#include <QCoreApplication>

namespace sg {
namespace {

constexpr Shortcut kShortcuts[] = {
    {"Ctrl+Space", "Space, Ctrl+Space",
     QT_TRANSLATE_NOOP("sg::Shortcuts", "freeze the picture, or catch up; Space alone only while no control has the focus")},
    {"Ctrl+Return", "Ctrl+Return", QT_TRANSLATE_NOOP("sg::Shortcuts", "start or stop; a second stop ends at once")},
    {"F11", "F11", QT_TRANSLATE_NOOP("sg::Shortcuts", "present: full screen, large type, no controls")},
    {"Ctrl+N", "Ctrl+N", QT_TRANSLATE_NOOP("sg::Shortcuts", "new run: archive the data, begin with empty books")},
    {"Ctrl+O", "Ctrl+O", QT_TRANSLATE_NOOP("sg::Shortcuts", "import log files")},
    {"Ctrl+L", "Ctrl+L", QT_TRANSLATE_NOOP("sg::Shortcuts", "follow log files")},
    {"Ctrl+D", "Ctrl+D", QT_TRANSLATE_NOOP("sg::Shortcuts", "describe a format")},
    {"Ctrl+P", "Ctrl+P", QT_TRANSLATE_NOOP("sg::Shortcuts", "open a profile")},
    {"Ctrl+S", "Ctrl+S", QT_TRANSLATE_NOOP("sg::Shortcuts", "save the profile")},
    {"Ctrl+E", "Ctrl+E", QT_TRANSLATE_NOOP("sg::Shortcuts", "export the dashboard as a picture")},
    {"Ctrl+K", "Ctrl+K", QT_TRANSLATE_NOOP("sg::Shortcuts", "open Kibana")},
    {"Ctrl+1", "Ctrl+1", QT_TRANSLATE_NOOP("sg::Shortcuts", "the controls")},
    {"Ctrl+2", "Ctrl+2", QT_TRANSLATE_NOOP("sg::Shortcuts", "the tables")},
    {"", "0", QT_TRANSLATE_NOOP("sg::Shortcuts", "on a chart: back to the live range")},
    {"", "drag, wheel", QT_TRANSLATE_NOOP("sg::Shortcuts", "on a chart: choose a range for all charts, zoom")},
    {"", "double click", QT_TRANSLATE_NOOP("sg::Shortcuts", "on a chart: full size, and back")},
    {"Escape", "Esc", QT_TRANSLATE_NOOP("sg::Shortcuts", "close what is open: the notice, the large chart, Present, the chosen range")},
    {"F1", "F1", QT_TRANSLATE_NOOP("sg::Shortcuts", "this page")},
    {"Ctrl+Q", "Ctrl+Q", QT_TRANSLATE_NOOP("sg::Shortcuts", "finish the batch and quit")},
};

} // namespace

std::span<const Shortcut> shortcuts() { return kShortcuts; }

QString shortcutsHtml() {
    QString rows;
    for (const Shortcut& shortcut : kShortcuts)
        rows += QStringLiteral("<tr><td><b>%1</b>&nbsp;&nbsp;&nbsp;</td><td>%2</td></tr>")
                    .arg(QString::fromLatin1(shortcut.shown).toHtmlEscaped(),
                         QCoreApplication::translate("sg::Shortcuts", shortcut.what).toHtmlEscaped());
    return QStringLiteral("<table cellpadding=4>%1</table>").arg(rows);
}

} // namespace sg
