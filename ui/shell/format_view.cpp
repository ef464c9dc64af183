#include "ui/shell/format_view.h"

#include "ui/style/number_text.h"
#include "ui/views/sample_lines.h"

#include <QCoreApplication>
#include <QLabel>
#include <QVBoxLayout>

namespace sg {

QString trialText(const QString& format, const FormatTrial& trial) {
    const auto tr = [](const char* text) { return QCoreApplication::translate("sg::FormatView", text); };
    if (trial.lines == 0) return tr("There is no line to read yet.");
    QString text = trial.lines == 1 ? tr("%1 reads %2 of 1 line").arg(format, countText(trial.matched))
                                    : tr("%1 reads %2 of the first %3 lines (%4)")
                                          .arg(format, countText(trial.matched), countText(trial.lines), shareText(trial.share()));
    if (trial.skipped > 0) text += tr("; %1 blank or header lines are skipped").arg(countText(trial.skipped));
    text += QLatin1Char('.');
    if (!trial.failures.empty()) {
        const LineSample& first = trial.failures.front();
        text += QLatin1Char(' ') + tr("The first that it does not read is line %1: %2.").arg(countText(first.number), brokenText(first));
    }
    return text;
}

FormatView::FormatView(Appearance& appearance, QWidget* parent) : QWidget(parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    m_verdict = new QLabel(this);
    m_verdict->setWordWrap(true);
    m_verdict->setTextFormat(Qt::PlainText);
    m_lines = new SampleLines(appearance, this);
    m_legend = new FieldLegend(appearance, this);
    m_pointed = new QLabel(this);
    m_pointed->setTextFormat(Qt::PlainText);
    m_pointed->setProperty("role", "caption");
    m_pointed->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    column->addWidget(m_verdict);
    column->addWidget(m_lines, 1);
    column->addWidget(m_legend);
    column->addWidget(m_pointed);
    connect(m_lines, &SampleLines::pointed, m_pointed, [this](const QString& words) {
        m_pointed->setText(words);
        m_pointed->setToolTip(words.toHtmlEscaped());
    });
    clear({});
}

void FormatView::setTrial(const QString& format, const FormatTrial& trial) {
    m_verdict->setText(trialText(format, trial));
    m_lines->setTrial(trial);
    m_legend->setKinds(m_lines->kinds());
    m_pointed->setText(trial.samples.empty() ? QString() : tr("Point at a field, or go through the lines with the arrow keys."));
}

void FormatView::clear(const QString& why) {
    m_verdict->setText(why);
    m_lines->setTrial({});
    m_legend->setKinds({});
    m_pointed->clear();
}

QString FormatView::verdict() const { return m_verdict->text(); }

} // namespace sg
