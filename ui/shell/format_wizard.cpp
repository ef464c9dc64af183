#include "ui/shell/format_wizard.h"

#include "ui/shell/format_ranking.h"
#include "ui/shell/format_view.h"
#include "ui/style/number_text.h"

#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStyle>
#include <QTextCursor>
#include <QTextEdit>
#include <QVBoxLayout>

#include <algorithm>

namespace sg {
namespace {

constexpr std::size_t kShownBytes = 64U << 10U; // of a sample, in the field of the lines

struct Start {
    const char* name;
    const char* description;
};
constexpr Start kStarts[] = {
    {"combined", R"(apache:%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i")"},
    {"vhost_combined", R"(apache:%v:%p %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i")"},
    {"common", R"(apache:%h %l %u %t "%r" %>s %b)"},
    {"nginx_combined", R"(nginx:$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent")"},
};
/// What the four families look like, for the menu of beginnings.
constexpr Start kExamples[] = {
    {QT_TRANSLATE_NOOP("sg::FormatWizard", "Apache LogFormat"), kStarts[0].description},
    {QT_TRANSLATE_NOOP("sg::FormatWizard", "nginx log_format"), kStarts[3].description},
    {QT_TRANSLATE_NOOP("sg::FormatWizard", "JSON with keys of one's own"), "json:ts=time,ip=remote_addr,status=status,request=request"},
    {QT_TRANSLATE_NOOP("sg::FormatWizard", "Columns (CSV)"), "csv:ts,device:key,temperature:number"},
};

} // namespace

QString startOf(const QString& is) {
    for (const Start& start : kStarts)
        if (is == QLatin1String(start.name)) return QString::fromLatin1(start.description);
    return is;
}

FormatWizard::FormatWizard(std::shared_ptr<const std::string> sample, std::vector<NamedFormat> own, Appearance& appearance, QWidget* parent)
    : QDialog(parent), m_appearance(appearance), m_sample(std::move(sample)) {
    m_probe.setOwn(std::move(own));
    setWindowTitle(tr("Describe a format"));
    const QSize wanted(appearance.scaled(1040), appearance.scaled(660));
    resize(parent != nullptr ? wanted.boundedTo(parent->window()->size() - QSize(40, 40)) : wanted);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(18, 14, 18, 14);
    column->setSpacing(8);
    const auto caption = [this](const QString& text, QWidget* buddy) {
        auto* label = new QLabel(text, this);
        label->setProperty("role", "strong");
        label->setBuddy(buddy);
        return label;
    };

    auto* top = new QHBoxLayout;
    top->setSpacing(18);
    auto* left = new QVBoxLayout;
    left->setSpacing(4);
    m_lines = new QPlainTextEdit(this);
    m_lines->setFont(appearance.monospace());
    m_lines->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_lines->setTabChangesFocus(true);
    m_lines->setPlaceholderText(tr("Paste some lines of the log here"));
    m_lines->setAccessibleName(tr("Lines"));
    left->addWidget(caption(m_sample ? tr("Lines: the first of the file, or paste others") : tr("Lines"), m_lines));
    left->addWidget(m_lines, 1);
    top->addLayout(left, 1);
    auto* right = new QVBoxLayout;
    right->setSpacing(4);
    m_ranking = new FormatRanking(appearance, this);
    m_explained = new QLabel(this);
    m_explained->setWordWrap(true);
    m_explained->setTextFormat(Qt::PlainText);
    m_explained->setProperty("role", "caption");
    right->addWidget(caption(tr("What reads them"), m_ranking));
    right->addWidget(m_explained);
    right->addWidget(m_ranking, 1);
    top->addLayout(right, 1);
    column->addLayout(top, 2);

    m_description = new QPlainTextEdit(this);
    m_description->setFont(appearance.monospace());
    m_description->setTabChangesFocus(true);
    m_description->setAccessibleName(tr("Format"));
    m_description->setPlaceholderText(tr("apache:%h %t \"%r\" %>s %b    nginx:$remote_addr [$time_local] ...    json:ts=time,...    csv:ts,..."));
    m_description->setFixedHeight(QFontMetrics(appearance.monospace()).lineSpacing() * 2 + appearance.scaled(22));
    auto* begin = new QPushButton(tr("Begin with"), this);
    begin->setAutoDefault(false);
    auto* menu = new QMenu(begin);
    for (const Start& example : kExamples)
        menu->addAction(tr(example.name), this, [this, text = QString::fromLatin1(example.description)] { setDescription(text); });
    begin->setMenu(menu);
    auto* head = new QHBoxLayout;
    head->addWidget(caption(tr("Format"), m_description));
    m_wrong = new QLabel(this);
    m_wrong->setProperty("role", "error");
    m_wrong->setTextFormat(Qt::PlainText);
    m_wrong->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    head->addSpacing(10);
    head->addWidget(m_wrong, 1);
    head->addWidget(begin);
    column->addLayout(head);
    column->addWidget(m_description);

    m_view = new FormatView(appearance, this);
    column->addWidget(m_view, 4);

    auto* foot = new QHBoxLayout;
    m_name = new QLineEdit(this);
    m_name->setPlaceholderText(tr("shop_front"));
    m_name->setAccessibleName(tr("Name of the format"));
    m_name->setFixedWidth(appearance.scaled(190));
    m_save = new QPushButton(tr("Save in the profile"), this);
    m_save->setAutoDefault(false);
    m_nameSays = new QLabel(this);
    m_nameSays->setProperty("role", "caption");
    m_nameSays->setTextFormat(Qt::PlainText);
    m_nameSays->setWordWrap(true);
    m_nameSays->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_use = new QPushButton(tr("Use it"), this);
    m_use->setProperty("role", "primary");
    auto* close = new QPushButton(tr("Close"), this);
    close->setAutoDefault(false);
    foot->addWidget(caption(tr("Name"), m_name));
    foot->addWidget(m_name);
    foot->addWidget(m_save);
    foot->addWidget(m_nameSays, 1);
    foot->addWidget(m_use);
    foot->addWidget(close);
    column->addLayout(foot);

    connect(m_lines, &QPlainTextEdit::textChanged, this, &FormatWizard::linesChanged);
    connect(m_description, &QPlainTextEdit::textChanged, this, &FormatWizard::descriptionChanged);
    connect(m_name, &QLineEdit::textChanged, this, &FormatWizard::nameChanged);
    connect(m_ranking, &FormatRanking::chosen, this, [this](const QString&, const QString& is) { setDescription(startOf(is)); });
    connect(m_save, &QPushButton::clicked, this, [this] { emit saved({m_name->text().toStdString(), description().toStdString()}); });
    connect(m_use, &QPushButton::clicked, this, &QDialog::accept);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(&m_probe, &FormatProbe::recognised, this, &FormatWizard::take);
    connect(&m_probe, &FormatProbe::tried, this, &FormatWizard::takeTrial);
    if (m_sample) {
        std::string shown = m_sample->substr(0, kShownBytes);
        if (shown.size() < m_sample->size()) shown.resize(shown.rfind('\n') == std::string::npos ? shown.size() : shown.rfind('\n'));
        const QSignalBlocker quiet(m_lines);
        m_lines->setPlainText(QString::fromUtf8(shown.data(), static_cast<qsizetype>(shown.size())));
        m_probe.recogniseText(*m_sample);
        m_description->setFocus();
    }
    descriptionChanged();
}

QString FormatWizard::description() const {
    QString text = m_description->toPlainText();
    return text.remove(QLatin1Char('\n')); // as it stands in a configuration that was pasted over several lines
}

void FormatWizard::setDescription(const QString& text) {
    if (text != m_description->toPlainText()) m_description->setPlainText(text);
}

QString FormatWizard::format() const {
    const std::string text = description().toStdString();
    for (const NamedFormat& own : m_probe.own())
        if (own.is == text) return QString::fromStdString(own.name);
    return description();
}

void FormatWizard::linesChanged() {
    std::string lines = m_lines->toPlainText().toStdString();
    if (!lines.empty() && lines.back() != '\n') lines += '\n';
    m_sample = std::make_shared<const std::string>(lines);
    m_probe.recogniseText(std::move(lines));
    descriptionChanged();
}

void FormatWizard::take(const FormatProbe::Log& log) {
    m_ranking->setLog(**log);
    m_explained->setText((*log)->lines == 0        ? tr("Paste lines to see which formats read them.")
                         : (*log)->candidates.empty() ? tr("No known format reads any of them: describe it below.")
                                                      : QString::fromStdString((*log)->explanation) + QLatin1Char('.'));
    // Something to begin with, where nothing was written yet.
    if (description().isEmpty() && !(*log)->candidates.empty()) setDescription(startOf(QString::fromStdString((*log)->candidates.front().is)));
}

void FormatWizard::descriptionChanged() {
    const QString text = description();
    m_use->setEnabled(false);
    if (text.isEmpty()) {
        m_compiles = false;
        markFault(-1);
        m_wrong->clear();
        m_view->clear(tr("Describe the format above, choose one that reads the lines, or begin with an example."));
        nameChanged();
        return;
    }
    m_probe.tryFormat(text.toStdString(), m_sample ? m_sample : std::make_shared<const std::string>());
}

void FormatWizard::takeTrial(const std::string& format, const FormatProbe::Trial& trial) {
    if (format != description().toStdString()) return; // edited meanwhile, down to nothing
    m_compiles = trial->wrong.empty();
    if (m_compiles) {
        m_wrong->clear();
        markFault(-1);
        m_view->setTrial(format.size() > 40 ? tr("It") : QString::fromStdString(format), trial->trial);
    } else {
        const auto before = static_cast<qsizetype>(std::min(trial->wrongAt, format.size()));
        const int at = static_cast<int>(QString::fromUtf8(format.data(), before).size());
        const QString why = tr("at character %1: %2").arg(countText(static_cast<std::uint64_t>(at) + 1), QString::fromStdString(trial->wrong));
        m_wrong->setText(why);
        m_wrong->setToolTip(why.toHtmlEscaped());
        markFault(at);
        m_view->clear(tr("It cannot be read yet."));
    }
    m_use->setEnabled(m_compiles);
    nameChanged();
    emit tried();
}

/// Underlines the place where the description is wrong; below 0 = nowhere.
void FormatWizard::markFault(int at) {
    QList<QTextEdit::ExtraSelection> marks;
    if (at >= 0) {
        const int size = m_description->document()->characterCount() - 1;
        QTextEdit::ExtraSelection mark;
        mark.cursor = QTextCursor(m_description->document());
        mark.cursor.setPosition(std::clamp(at, 0, std::max(0, size - 1)));
        mark.cursor.setPosition(std::min(mark.cursor.position() + 2, size), QTextCursor::KeepAnchor);
        mark.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        mark.format.setUnderlineColor(m_appearance.palette().bad);
        mark.format.setBackground(blended(m_appearance.palette().bad, m_appearance.palette().raised, 0.22));
        marks << mark;
    }
    m_description->setExtraSelections(marks);
    m_description->setAccessibleDescription(m_wrong->text());
}

void FormatWizard::nameChanged() {
    const QString name = m_name->text();
    const std::string text = name.toStdString();
    const std::string complaint = checkOwnFormatName(text);
    const bool known = std::any_of(m_probe.own().begin(), m_probe.own().end(), [&](const NamedFormat& own) { return own.name == text; });
    m_name->setProperty("wrong", !name.isEmpty() && !complaint.empty());
    m_name->style()->unpolish(m_name);
    m_name->style()->polish(m_name);
    m_save->setText(known ? tr("Replace in the profile") : tr("Save in the profile"));
    m_save->setEnabled(m_compiles && complaint.empty());
    m_nameSays->setText(name.isEmpty()       ? tr("With a name it can be chosen, recognised, and given as --format")
                        : !complaint.empty() ? tr("The name %1").arg(QString::fromStdString(complaint))
                        : known              ? tr("The profile has a format of that name")
                                             : QString());
    m_nameSays->setToolTip(m_nameSays->text());
}

void FormatWizard::setOwn(std::vector<NamedFormat> own, const QString& sentence) {
    m_probe.setOwn(std::move(own));
    nameChanged();
    m_nameSays->setText(sentence);
    m_nameSays->setToolTip(sentence);
    if (m_sample) m_probe.recogniseText(*m_sample);
}

} // namespace sg
