#include "ui/shell/open_log_dialog.h"

#include "ui/shell/format_ranking.h"
#include "ui/shell/format_view.h"
#include "ui/style/number_text.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QStyle>
#include <QVBoxLayout>

namespace sg {
namespace {

const QString kBetween = QStringLiteral("; ");
const QString kAuto = QStringLiteral("auto");

} // namespace

OpenLogDialog::OpenLogDialog(const QStringList& paths, Mode mode, std::vector<NamedFormat> own, Appearance& appearance, QWidget* parent)
    : QDialog(parent) {
    m_probe.setOwn(std::move(own));
    setWindowTitle(tr("Open a log"));
    // Large text makes it larger, but not larger than the window it belongs to.
    const QSize wanted(appearance.scaled(1000), appearance.scaled(640));
    resize(parent != nullptr ? wanted.boundedTo(parent->window()->size() - QSize(40, 40)) : wanted);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(18, 14, 18, 14);
    column->setSpacing(10);

    auto* place = new QHBoxLayout;
    m_paths = new QLineEdit(paths.join(kBetween), this);
    m_paths->setPlaceholderText(tr("/var/log/nginx/access.log*; several are separated by a semicolon"));
    m_paths->setAccessibleName(tr("Files, folders or patterns"));
    auto* choose = new QPushButton(tr("Choose…"), this);
    auto* files = new QLabel(tr("Files"), this);
    files->setBuddy(m_paths);
    place->addWidget(files);
    place->addWidget(m_paths, 1);
    place->addWidget(choose);
    column->addLayout(place);

    auto* middle = new QHBoxLayout;
    middle->setSpacing(18);
    auto* form = new QFormLayout;
    form->setVerticalSpacing(8);
    form->setHorizontalSpacing(12);
    m_import = new QRadioButton(tr("Import what is there, once"), this);
    m_import->setToolTip(tr("Files and folders are never changed; the same bytes are imported only once."));
    m_follow = new QRadioButton(tr("Follow: what is there, and every line to come"), this);
    (mode == Mode::Follow ? m_follow : m_import)->setChecked(true);
    form->addRow(tr("How"), m_import);
    form->addRow(QString(), m_follow);
    m_format = new QComboBox(this);
    m_format->setAccessibleName(tr("Format"));
    m_format->setMinimumWidth(appearance.scaled(270));
    m_format->setMaximumWidth(appearance.scaled(330));
    form->addRow(tr("Format"), m_format);
    auto* describe = new QPushButton(tr("Describe a format…"), this);
    describe->setAutoDefault(false);
    form->addRow(QString(), describe);
    m_pace = new QComboBox(this);
    m_pace->addItem(tr("As fast as possible"), 0.0);
    m_pace->addItem(tr("At its own pace"), 1.0);
    m_pace->addItem(tr("Ten times its pace"), 10.0);
    m_pace->addItem(tr("A hundred times its pace"), 100.0);
    m_pace->setAccessibleName(tr("Pace"));
    form->addRow(tr("Pace"), m_pace);
    middle->addLayout(form);
    auto* ranked = new QVBoxLayout;
    ranked->setSpacing(4);
    m_explained = new QLabel(this);
    m_explained->setWordWrap(true);
    m_explained->setTextFormat(Qt::PlainText);
    m_explained->setProperty("role", "caption");
    m_ranking = new FormatRanking(appearance, this);
    ranked->addWidget(m_explained);
    ranked->addWidget(m_ranking, 1);
    middle->addLayout(ranked, 1);
    column->addLayout(middle, 2);

    m_view = new FormatView(appearance, this);
    column->addWidget(m_view, 3);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Open | QDialogButtonBox::Cancel, this);
    QPushButton* open = buttons->button(QDialogButtonBox::Open);
    open->setProperty("role", "primary");
    open->style()->unpolish(open);
    open->style()->polish(open);
    column->addWidget(buttons);
    const auto ready = [this, buttons] {
        buttons->button(QDialogButtonBox::Open)->setEnabled(!this->paths().isEmpty());
        m_pace->setEnabled(m_import->isChecked());
    };
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_import, &QRadioButton::toggled, this, ready);
    connect(m_paths, &QLineEdit::textChanged, this, ready);
    connect(m_paths, &QLineEdit::editingFinished, this, [this] {
        if (this->paths().value(0) != m_asked) recognise();
    });
    connect(choose, &QPushButton::clicked, this, [this] {
        const QStringList chosen = QFileDialog::getOpenFileNames(this, tr("Log files"));
        if (chosen.isEmpty()) return;
        m_paths->setText(chosen.join(kBetween));
        recognise();
    });
    connect(describe, &QPushButton::clicked, this, &OpenLogDialog::describeRequested);
    connect(m_format, &QComboBox::currentIndexChanged, this, &OpenLogDialog::formatChosen);
    connect(m_ranking, &FormatRanking::chosen, this,
            [this](const QString& name) { m_format->setCurrentIndex(std::max(0, m_format->findData(name))); });
    connect(&m_probe, &FormatProbe::recognised, this, &OpenLogDialog::take);
    connect(&m_probe, &FormatProbe::tried, this, [this](const std::string& format, const FormatProbe::Trial& trial) {
        if (trial->wrong.empty()) m_view->setTrial(QString::fromStdString(format), trial->trial);
        else m_view->clear(QString::fromStdString(trial->wrong));
        emit shown();
    });
    fillFormats();
    ready();
    recognise();
}

QStringList OpenLogDialog::paths() const {
    QStringList paths;
    for (const QString& path : m_paths->text().split(QLatin1Char(';')))
        if (!path.trimmed().isEmpty()) paths << path.trimmed();
    return paths;
}

OpenLogDialog::Mode OpenLogDialog::mode() const { return m_follow->isChecked() ? Mode::Follow : Mode::Import; }
QString OpenLogDialog::format() const { return m_format->currentData().toString(); }
double OpenLogDialog::pace() const { return mode() == Mode::Import ? m_pace->currentData().toDouble() : 0; }

void OpenLogDialog::setOwn(std::vector<NamedFormat> own) {
    m_probe.setOwn(std::move(own));
    fillFormats();
    recognise();
}

void OpenLogDialog::useFormat(const QString& nameOrDescription) {
    if (m_format->findData(nameOrDescription) < 0) m_described = nameOrDescription;
    fillFormats();
    m_format->setCurrentIndex(std::max(0, m_format->findData(nameOrDescription)));
}

/// `auto`, what reads something, the profile's others, what was described; the choice stays where it can.
void OpenLogDialog::fillFormats() {
    const QString before = format();
    {
        const QSignalBlocker quiet(m_format);
        m_format->clear();
        m_format->addItem(tr("Recognise it for each source"), kAuto);
        for (const FormatCandidate& candidate : m_candidates)
            m_format->addItem(tr("%1 (reads %2)").arg(QString::fromStdString(candidate.name), shareText(candidate.share)),
                              QString::fromStdString(candidate.name));
        for (const NamedFormat& own : m_probe.own()) {
            const QString name = QString::fromStdString(own.name);
            if (m_format->findData(name) < 0) m_format->addItem(tr("%1 (of the profile)").arg(name), name);
        }
        if (!m_described.isEmpty()) m_format->addItem(m_described, m_described);
        m_format->setCurrentIndex(std::max(0, m_format->findData(before)));
    }
    formatChosen();
}

void OpenLogDialog::formatChosen() {
    const QString name = format() == kAuto ? m_best : format();
    m_ranking->markRow(name);
    m_format->setToolTip(m_format->currentText());
    if (m_sample && !name.isEmpty()) m_probe.tryFormat(name.toStdString(), m_sample);
    else if (m_sample) m_view->clear({});
}

void OpenLogDialog::recognise() {
    m_asked = paths().value(0);
    if (m_asked.isEmpty()) {
        m_sample.reset();
        m_candidates.clear();
        m_best.clear();
        m_ranking->clearLog();
        m_view->clear({});
        m_explained->setText(tr("Choose files, or drop them on the window: their format is recognised by their first 1,000 lines."));
        return;
    }
    m_probe.recogniseFile(m_asked);
}

void OpenLogDialog::take(const FormatProbe::Log& result) {
    m_candidates.clear();
    m_best.clear();
    m_sample.reset();
    if (!*result) {
        m_explained->setText(QString::fromStdString(result->error().message));
        m_ranking->clearLog();
        m_view->clear({});
    } else {
        const RecognisedLog& log = **result;
        m_sample = std::make_shared<const std::string>(log.sample);
        m_candidates = log.candidates;
        m_ranking->setLog(log);
        if (!log.candidates.empty()) m_best = QString::fromStdString(log.candidates.front().name);
        m_view->clear({});
        QString said = log.lines == 0              ? tr("There is no line in it yet.")
                       : log.candidates.empty()    ? tr("None of the known formats reads its first %1 lines; they would become dead letters. "
                                                        "Describe the format to read them.").arg(countText(log.lines))
                                                   : tr("Recognised: %1.").arg(QString::fromStdString(log.explanation));
        if (paths().size() > 1 || log.file != m_asked.toStdString()) said += QLatin1Char(' ') + tr("Judged by %1.").arg(QString::fromStdString(log.file));
        m_explained->setText(said);
    }
    fillFormats();
    emit recognised();
}

} // namespace sg
