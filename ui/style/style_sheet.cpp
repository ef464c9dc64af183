#include "ui/style/appearance.h"

#include <cmath>

namespace sg {
namespace {

/// `@name` stands for a colour of the palette, `12px!` for a size that follows the text scale.
constexpr const char* kSheet = R"(
QMainWindow, QDialog { background: @ground; }
QWidget { color: @text; font-size: 13px!; }
QFrame[role="card"] { background: @surface; border: 1px solid @line; border-radius: 10px; }
QLabel { background: transparent; }
QLabel[role="caption"] { color: @dim; font-size: 11px!; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="title"] { font-weight: 600; }
QLabel[role="brand"] { font-size: 19px!; font-weight: 700; }
QLabel[role="value"] { color: @accent; font-weight: 600; }
QLabel[role="scenario"] { font-size: 16px!; font-weight: 600; color: @accent; padding: 4px; }
QLabel[role="error"] { color: @bad; }

QPushButton, QToolButton { background: @raised; border: 1px solid @line; border-radius: 8px; padding: 6px 14px; color: @text; }
QPushButton:hover, QToolButton:hover { border-color: @accent; }
QPushButton:pressed, QToolButton:pressed { background: @line; }
QPushButton:disabled, QToolButton:disabled { color: @dim; }
QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus { border: 1px solid @accent; }
QPushButton:checked, QToolButton:checked { background: @selection; border-color: @accent; }
QPushButton[role="primary"] { background: @accent; color: @onAccent; border-color: @accent; font-weight: 600; }
QPushButton[role="primary"]:focus { border-color: @text; }
QPushButton[role="primary"]:disabled { background: @raised; color: @dim; border-color: @line; }
QPushButton[role="flat"], QToolButton[role="flat"] { background: transparent; border: 1px solid transparent; padding: 2px 6px; }
QPushButton[role="flat"]:hover, QToolButton[role="flat"]:hover { background: @raised; }
QPushButton[role="flat"]:focus, QToolButton[role="flat"]:focus { border: 1px solid @accent; }
QToolButton::menu-indicator { image: none; width: 0; }
QPushButton::menu-indicator { image: none; width: 0; }

QComboBox, QLineEdit, QAbstractSpinBox, QPlainTextEdit { background: @raised; border: 1px solid @line; border-radius: 8px; padding: 5px 9px;
    selection-background-color: @selection; selection-color: @text; }
QComboBox:disabled, QLineEdit:disabled, QAbstractSpinBox:disabled { color: @dim; }
QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url(:/icons/chevron-@shade.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @line; selection-background-color: @selection; selection-color: @text; outline: none; }
QAbstractSpinBox { padding-right: 4px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: none; }
QLineEdit[wrong="true"], QAbstractSpinBox[wrong="true"] { border-color: @bad; }

QLineEdit[role="value"] { background: transparent; border: 1px solid transparent; border-radius: 5px; padding: 0 2px; color: @accent; font-weight: 600; }
QLineEdit[role="value"]:hover { border-color: @line; }
QLineEdit[role="value"]:focus { border-color: @accent; background: @raised; }
QLineEdit[role="value"]:disabled, QLineEdit[role="value"][pending="true"] { color: @dim; }
QLineEdit[role="value"][wrong="true"] { border-color: @bad; }
QLabel[off="true"] { color: @dim; }
QCheckBox:disabled { color: @dim; }

QSlider::groove:horizontal { height: 4px; background: @line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: @accent; border-radius: 2px; }
QSlider::handle:horizontal { background: @knob; border: 1px solid @line; width: 14px; height: 14px; margin: -6px 0; border-radius: 8px; }
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { border: 2px solid @accent; width: 12px; height: 12px; }
QSlider::sub-page:horizontal:disabled { background: @dim; }

QCheckBox { spacing: 8px; background: transparent; }
QCheckBox::indicator { width: 16px; height: 16px; border: 1px solid @dim; border-radius: 4px; background: @raised; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url(:/icons/check-@shade.svg); }
QCheckBox::indicator:focus { border: 2px solid @text; }
QRadioButton { background: transparent; spacing: 8px; }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid @dim; border-radius: 8px; background: @raised; }
QRadioButton::indicator:checked { border: 4px solid @accent; width: 8px; height: 8px; background: @onAccent; }
QRadioButton::indicator:focus { border-color: @text; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }

QTabWidget::pane { border: none; background: @surface; }
QTabBar { background: transparent; border: none; }
QTabBar::tab { background: transparent; color: @dim; padding: 7px 14px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: @text; border-bottom: 2px solid @accent; }
QTabBar::tab:hover { color: @text; }
QTabBar::tab:focus { color: @accent; }

QAbstractItemView { background: @surface; alternate-background-color: @raised; border: none; gridline-color: transparent;
    selection-background-color: @selection; selection-color: @text; outline: none; }
QHeaderView { background: @surface; border: none; }
QHeaderView::section { background: @surface; color: @dim; border: none; padding: 5px 10px; font-weight: 400; }
QTableView::item { padding: 0 10px; border: none; }
QTableView:focus { border: 1px solid @accent; }
QTableCornerButton::section { background: @surface; border: none; }

QScrollArea { background: transparent; border: none; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @line; border-radius: 4px; margin: 1px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: @dim; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: transparent; border: none; height: 0; width: 0; }

QMenu { background: @surface; border: 1px solid @line; padding: 6px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 6px; }
QMenu::item:selected { background: @selection; }
QMenu::item:disabled { color: @dim; }
QMenu::separator { height: 1px; background: @line; margin: 5px 8px; }
QMenuBar { background: @ground; }
QToolTip { background: @raised; color: @text; border: 1px solid @line; padding: 5px 8px; }

QDockWidget { color: @text; }
QDockWidget > QWidget { background: transparent; }
QToolBar { border: none; padding: 0; spacing: 0; background: transparent; }
QMainWindow::separator { background: @ground; width: 10px; height: 10px; }
QSplitter::handle { background: transparent; }
QProgressBar { background: @line; border: none; border-radius: 3px; height: 6px; text-align: center; color: transparent; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QGroupBox { border: none; margin-top: 18px; font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; left: 0; }
)";

} // namespace

QString styleSheet(const Palette& palette, double textScale) {
    QString sheet = QString::fromLatin1(kSheet);
    // Longer names first: @onAccent holds none of the others, but @line must not eat a longer name's head.
    const std::pair<const char*, QColor> colours[] = {
        {"@selection", palette.selection}, {"@onAccent", palette.onAccent}, {"@surface", palette.surface}, {"@ground", palette.ground},
        {"@raised", palette.raised},       {"@accent", palette.accent},     {"@line", palette.line},       {"@text", palette.text},
        {"@knob", palette.knob},           {"@dim", palette.dim},           {"@bad", palette.bad},
    };
    for (const auto& [name, colour] : colours) sheet.replace(QLatin1String(name), colour.name());
    sheet.replace(QLatin1String("@shade"), palette.dark ? QLatin1String("dark") : QLatin1String("light"));
    QString out;
    out.reserve(sheet.size());
    for (qsizetype at = 0; at < sheet.size();) {
        const qsizetype mark = sheet.indexOf(QLatin1String("px!"), at);
        if (mark < 0) {
            out += QStringView(sheet).mid(at);
            break;
        }
        qsizetype begin = mark;
        while (begin > at && sheet[begin - 1].isDigit()) --begin;
        const int px = QStringView(sheet).mid(begin, mark - begin).toInt();
        out += QStringView(sheet).mid(at, begin - at);
        out += QString::number(static_cast<int>(std::lround(px * textScale))) + QLatin1String("px");
        at = mark + 3;
    }
    return out;
}

} // namespace sg
