#include "ui/views/log_tab.h"

#include "ui/style/number_text.h"
#include "ui/views/cell_delegate.h"
#include "ui/views/row_view.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>

namespace sg {

LogTab::LogTab(Feed& feed, Appearance& appearance, QWidget* parent) : TableTab(parent), m_feed(feed), m_appearance(appearance) {
    m_log = new LiveLog(this);
    m_view = new LogView(*m_log, appearance);
    m_view->setAccessibleName(tr("Live log, the newest line last"));
    setContent(new WholeRows(m_view, appearance));

    m_pattern = new QLineEdit;
    m_pattern->setPlaceholderText(tr("Filter"));
    m_pattern->setClearButtonEnabled(true);
    m_pattern->setAccessibleName(tr("Filter of the log lines"));
    tools()->addWidget(m_pattern, 1);
    const auto toggle = [this](const QString& text, const QString& tip) {
        auto* button = new QToolButton;
        button->setText(text);
        button->setToolTip(tip);
        button->setAccessibleName(tip);
        button->setCheckable(true);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setFocusPolicy(Qt::StrongFocus);
        tools()->addWidget(button);
        connect(button, &QToolButton::toggled, this, &LogTab::applyFilter);
        return button;
    };
    m_regular = toggle(QStringLiteral(".*"), tr("The filter is a regular expression"));
    m_only = toggle(tr("Matches"), tr("Hide lines that do not match; otherwise matches are only highlighted"));
    tools()->addSpacing(6);
    for (std::size_t kind = 0; kind < kLineClasses; ++kind) {
        const QString name = lineClassText(static_cast<LineClass>(kind));
        m_classes[kind] = toggle(name, kind == std::size_t(LineClass::Dead) ? tr("Show lines that could not be read")
                                                                            : tr("Show lines with status %1; none chosen = all").arg(name));
    }
    m_note = new QLabel;
    m_note->setProperty("role", "caption");
    m_note->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_note->setWordWrap(true); // a narrow one takes two lines
    m_note->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    tools()->addWidget(m_note, 2);
    m_follow = new QPushButton(tr("Follow"));
    m_follow->setToolTip(tr("Back to the newest line (End)"));
    tools()->addWidget(m_follow);

    connect(m_pattern, &QLineEdit::textChanged, this, &LogTab::applyFilter);
    m_only->setChecked(true);
    connect(m_follow, &QPushButton::clicked, this, [this] {
        m_view->setFollowing(true);
        m_view->setFocus();
    });
    connect(m_view, &LogView::followingChanged, this, &LogTab::refreshText);
    connect(&feed, &Feed::lines, this, &LogTab::take);
    connect(&appearance, &Appearance::changed, this, &LogTab::restyle);
    restyle();
    take();
}

void LogTab::restyle() {
    const Palette& palette = m_appearance.palette();
    const int size = m_appearance.scaled(9);
    for (std::size_t kind = 0; kind < kLineClasses; ++kind) {
        const double ratio = devicePixelRatioF();
        QPixmap mark(QSize(size + 2, size + 2) * ratio);
        mark.setDevicePixelRatio(ratio);
        mark.fill(Qt::transparent);
        QPainter painter(&mark);
        if (kind == std::size_t(LineClass::Dead))
            drawCellMark(painter, {size / 2.0 + 1, size / 2.0 + 1}, size - 1, CellMark::Warning, palette, false);
        else painter.fillRect(QRectF(1, 1, size, size), palette.status[kind]);
        painter.end();
        m_classes[kind]->setIcon(QIcon(mark));
        m_classes[kind]->setIconSize({size + 2, size + 2});
    }
    m_pattern->setMinimumWidth(m_pattern->fontMetrics().horizontalAdvance(m_pattern->placeholderText()) + 48); // with the button
    // With large text the marks, which say nothing that the words do not, leave their room to the words.
    for (QToolButton* button : m_classes)
        button->setToolButtonStyle(m_appearance.textScale() > 1.5 ? Qt::ToolButtonTextOnly : Qt::ToolButtonTextBesideIcon);
    refreshText();
    const QString narrow = QStringLiteral("padding: %1px %2px;").arg(m_appearance.scaled(4)).arg(m_appearance.scaled(7));
    for (QToolButton* button : m_classes) button->setStyleSheet(narrow);
    m_regular->setStyleSheet(narrow);
    m_only->setStyleSheet(narrow);
    m_follow->setStyleSheet(narrow);
}

void LogTab::focusFilter() { m_pattern->setFocus(Qt::ShortcutFocusReason); }

void LogTab::take() {
    const auto& shown = m_feed.shown();
    if (shown && shown->tail) {
        if (shown->stream != m_stream) {
            m_stream = shown->stream;
            m_log->clear();
        }
        m_log->take(*shown->tail);
    }
    refreshText();
}

void LogTab::applyFilter() {
    const bool right = m_log->setPattern(m_pattern->text(), m_regular->isChecked());
    m_log->setOnlyMatches(m_only->isChecked());
    std::bitset<kLineClasses> classes;
    for (std::size_t kind = 0; kind < kLineClasses; ++kind) classes.set(kind, m_classes[kind]->isChecked());
    m_log->setClasses(classes);
    if (m_pattern->property("wrong").toBool() == right) {
        m_pattern->setProperty("wrong", !right);
        m_pattern->style()->unpolish(m_pattern);
        m_pattern->style()->polish(m_pattern);
    }
    refreshText();
}

void LogTab::refreshText() {
    const bool wrong = !m_log->error().isEmpty();
    QString note = wrong ? m_log->error() : m_log->sampleText();
    if (!wrong && m_log->isFiltered())
        note = tr("%1 of %2 kept lines").arg(countText(static_cast<std::uint64_t>(m_log->rowCount())), countText(m_log->kept()));
    if (m_note->property("role").toString() != (wrong ? QLatin1String("error") : QLatin1String("caption"))) {
        m_note->setProperty("role", wrong ? QStringLiteral("error") : QStringLiteral("caption"));
        m_note->style()->unpolish(m_note);
        m_note->style()->polish(m_note);
    }
    // With large text there is room for what is wrong only; the rest is the view's description as well.
    m_note->setVisible(wrong || m_appearance.textScale() <= 1.5);
    if (note != m_note->text()) {
        m_note->setText(note);
        m_view->setAccessibleDescription(m_note->text());
        m_note->setToolTip(note);
    }
    m_follow->setEnabled(!m_view->isFollowing());
    if (m_log->rowCount() > 0) setEmptyText({});
    else if (m_log->kept() > 0)
        setEmptyText(tr("None of the %1 lines that are kept passes the filter. Esc clears it.").arg(countText(m_log->kept())));
    else
        setEmptyText(
            tr("No lines yet. The newest lines of each batch pass by here as they stood in the log; type to filter or highlight them."));
}

void LogTab::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && m_log->isFiltered()) {
        m_pattern->clear();
        for (QToolButton* button : m_classes) button->setChecked(false);
        return;
    }
    TableTab::keyPressEvent(event);
}

} // namespace sg
