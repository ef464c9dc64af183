#include "ui/controls/tuning_control.h"

#include "ui/controls/control_header.h"
#include "ui/controls/field_value.h"

#include <QCoreApplication>
#include <QEvent>
#include <QLabel>
#include <QStyle>
#include <QVBoxLayout>

#include <algorithm>

namespace sg {
namespace {

void setFlag(QWidget* widget, const char* name, bool value) {
    if (widget->property(name).toBool() == value) return;
    widget->setProperty(name, value);
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
}

} // namespace

TuningControl::TuningControl(ControlContext context, const ControlRow& row, QWidget* parent)
    : QWidget(parent), m_context(context), m_row(row), m_field(profileField(row.section, row.key)), m_presented(context.model.wanted()) {
    setObjectName(QLatin1String(row.section) + QLatin1Char('.') + QLatin1String(row.key));
    m_header = new ControlHeader(context.appearance, name(), this);
    m_body = new QVBoxLayout(this);
    m_body->setContentsMargins(0, 0, 0, 0);
    m_body->setSpacing(context.appearance.scaled(2));
    m_body->addWidget(m_header);
    connect(m_header->mark(), &QAbstractButton::clicked, this, [this] {
        if (!m_pending) resetToDefault();
    });
}

QString TuningControl::name() const { return QCoreApplication::translate("sg::Controls", m_row.name); }

void TuningControl::finish(const QVector<QWidget*>& editors) {
    m_editors = editors;
    m_editors << m_header->mark();
    for (qsizetype i = 0; i < m_editors.size(); ++i) {
        m_editors[i]->installEventFilter(this);
        if (i > 0) QWidget::setTabOrder(m_editors[i - 1], m_editors[i]);
    }
    setFocusProxy(m_editors.first());
    refresh();
}

void TuningControl::refresh() {
    Tuning wanted = m_context.model.wanted();
    Tuning defaults;
    // Also what a profile or a scenario has changed is not true before the worker has it.
    if (!sameValue(m_field, wanted, m_presented)) {
        copyValue(m_field, wanted, m_presented);
        m_revision = m_context.model.revision();
        checkPending();
    }
    m_differs = !sameValue(m_field, wanted, defaults);
    m_reason = m_row.noEffect != nullptr ? m_row.noEffect(wanted, m_context.feed.session().options()) : QString();
    for (QWidget* editor : std::as_const(m_editors))
        if (editor != m_header->mark()) editor->setEnabled(m_reason.isEmpty());
    present(wanted);
    setFlag(m_header->label(), "off", !m_reason.isEmpty());
    updateMark();
    updateTexts();
}

void TuningControl::updateMark() {
    const bool near = underMouse() || m_header->mark()->hasFocus() ||
                      std::any_of(m_editors.begin(), m_editors.end(), [](const QWidget* editor) { return editor->hasFocus(); });
    m_header->mark()->setResettable(m_differs && m_reason.isEmpty(), near);
}

void TuningControl::updateTexts() {
    Tuning defaults;
    const QString meaning = QCoreApplication::translate("sg::Controls", m_row.meaning);
    QStringList lines{QStringLiteral("<b>%1</b>").arg(name().toHtmlEscaped())};
    if (!m_reason.isEmpty()) lines << m_reason.toHtmlEscaped();
    lines << meaning.toHtmlEscaped();
    if (m_row.editor == Editor::Number) {
        const NumberRange range = numberRange(m_field);
        QString limits = tr("%1 to %2").arg(valueText(m_row.look, range.low), valueText(m_row.look, range.high));
        if (m_row.look == Look::Threads) limits = tr("1 to %1, or all").arg(range.high);
        if (range.zeroToo) limits += tr(", or %1").arg(valueText(m_row.look, 0));
        lines << tr("Range: %1; default: %2").arg(limits, valueText(m_row.look, numberOf(m_field, defaults))).toHtmlEscaped();
        lines << tr("Keys: arrows, Page Up and Down, Home, End; Delete resets").toHtmlEscaped();
    }
    lines << tr("In a profile: %1.%2 (%3)")
                 .arg(QLatin1String(m_row.section), QLatin1String(m_row.key),
                      QString::fromUtf8(m_field.unit.data(), static_cast<qsizetype>(m_field.unit.size())))
                 .toHtmlEscaped();
    setToolTip(lines.join(QStringLiteral("<br>")));
    QString state = shownValue();
    if (m_pending) state += tr(", pending");
    if (!m_reason.isEmpty()) state += QStringLiteral(". ") + m_reason;
    setAccessibleName(name());
    setAccessibleDescription(state);
    for (QWidget* editor : std::as_const(m_editors)) {
        if (editor == m_header->mark()) continue;
        if (editor->accessibleName().isEmpty()) editor->setAccessibleName(name());
        editor->setAccessibleDescription(m_problem.isEmpty() ? state : m_problem);
    }
}

void TuningControl::commit(const QString& value, const std::function<void(Tuning&)>& edit) {
    const QString mark = value.isEmpty() ? name() : name() + QLatin1Char(' ') + value;
    m_context.model.change(objectName(), mark, edit);
    refresh(); // also when nothing changed: what was typed may be written otherwise
}

void TuningControl::checkPending() { setPending(m_context.model.isPending(stageOf(m_row), m_revision)); }

void TuningControl::setPending(bool pending) {
    if (pending == m_pending) return;
    m_pending = pending;
    if (pending) {
        // A frozen picture has no frames, but the pipeline goes on.
        connect(&m_context.feed, &Feed::frame, this, &TuningControl::checkPending);
        connect(&m_context.feed, &Feed::lagged, this, &TuningControl::checkPending);
    } else {
        disconnect(&m_context.feed, nullptr, this, nullptr);
    }
    m_header->mark()->setPending(pending);
    const auto values = m_header->findChildren<QWidget*>();
    for (QWidget* widget : values)
        if (widget->property("role") == QLatin1String("value")) setFlag(widget, "pending", pending);
    updateMark();
    updateTexts();
    emit pendingChanged();
}

void TuningControl::resetToDefault() {
    Tuning defaults;
    setProblem({});
    discard();
    commit(tr("reset"), [&](Tuning& wanted) { copyValue(m_field, defaults, wanted); });
}

void TuningControl::setProblem(const QString& sentence) {
    if (sentence == m_problem) return;
    m_problem = sentence;
    if (m_problemLabel == nullptr) {
        m_problemLabel = new QLabel(this);
        m_problemLabel->setProperty("role", QStringLiteral("error"));
        m_problemLabel->setTextFormat(Qt::PlainText);
        m_problemLabel->setWordWrap(true);
        m_body->addWidget(m_problemLabel);
    }
    m_problemLabel->setText(sentence);
    m_problemLabel->setVisible(!sentence.isEmpty());
    for (QWidget* editor : std::as_const(m_editors)) setFlag(editor, "wrong", !sentence.isEmpty());
    updateTexts();
}

bool TuningControl::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
        QMetaObject::invokeMethod(this, &TuningControl::updateMark, Qt::QueuedConnection);
    return QWidget::eventFilter(watched, event);
}

void TuningControl::enterEvent(QEnterEvent*) { updateMark(); }
void TuningControl::leaveEvent(QEvent*) { updateMark(); }

} // namespace sg
